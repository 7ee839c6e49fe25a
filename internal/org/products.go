package org

import "slices"

// Service names what a service plan provides, as far as the rules care.
type Service string

// The services that provision something.
const (
	Exchange   Service = "exchange"   // a mailbox, R-LIC-11
	SharePoint Service = "sharepoint" // a drive
)

// Anything is what a product provides of which nobody here knows the plans, such
// as one that an import took in: it keeps mail and files that are there, and
// creates none.
const Anything Service = "anything"

// ServicePlan is one service inside a product. Plans that provide the same
// service exclude each other; Needs names plans of which one must be there.
type ServicePlan struct {
	ID       string
	Name     string
	Provides Service
	Needs    []string
	Company  bool // applies to the organization, not to a person
}

// Product is what a licence is a licence of. R-LIC-01
type Product struct {
	Sku         SkuID
	PartNumber  string
	DisplayName string
	Plans       []ServicePlan
	Company     bool // cannot be assigned to a person
}

// Products finds a product by its SKU.
type Products []Product

// Find returns the product, or nil.
func (ps Products) Find(sku SkuID) *Product {
	for i := range ps {
		if ps[i].Sku == sku {
			return &ps[i]
		}
	}
	return nil
}

// Name is the display name of a product, or its SKU when it is not known.
func (ps Products) Name(sku SkuID) string {
	if p := ps.Find(sku); p != nil {
		return p.DisplayName
	}
	return string(sku)
}

// plans lists the service plans that a set of licences switches on.
func (ps Products) plans(licenses []License) []ServicePlan {
	var out []ServicePlan
	for _, l := range licenses {
		p := ps.Find(l.Sku)
		if p == nil || l.Error != "" {
			continue
		}
		for _, plan := range p.Plans {
			if !slices.Contains(l.DisabledPlans, plan.ID) && !slices.ContainsFunc(out, func(x ServicePlan) bool { return x.ID == plan.ID }) {
				out = append(out, plan)
			}
		}
	}
	return out
}

// Licensed says whether the person's licences provide a service.
func (ps Products) Licensed(p *Person, s Service) bool {
	return slices.ContainsFunc(p.Licenses, func(l License) bool {
		product := ps.Find(l.Sku)
		return product != nil && l.Error == "" && slices.ContainsFunc(product.Plans, func(x ServicePlan) bool {
			return (x.Provides == s || x.Provides == Anything) && !slices.Contains(l.DisabledPlans, x.ID)
		})
	})
}
