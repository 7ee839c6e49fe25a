package practice

import (
	"context"
	"fmt"
	"slices"

	"leaver/internal/catalog"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// A purchase is a subscription to be: seats of a product, and on what terms.
type purchase struct {
	sku     org.SkuID
	seats   int
	channel org.Channel
	billing org.BillingAccount
	bound   org.Commitment
	began   int // days since the present term began, or
	renews  int // months until it ends
	since   int // days since the first purchase
}

// purchases are what the college pays for. Who comes on top of a normal start
// gets a seat of the last one, so that the numbers of the others hold.
func (m *maker) purchases() []purchase {
	all := []purchase{
		{sku: catalog.E3, seats: 60, channel: org.Direct, billing: org.MOSA, bound: org.MonthlyCommitment, began: 12, since: 1100},
		{sku: catalog.A3Faculty, seats: 150, channel: org.Direct, billing: org.MCA, bound: org.AnnualCommitment, renews: 7, since: 890},
		{sku: catalog.BusinessPremium, seats: 20, channel: org.Partner, billing: org.MCA, bound: org.AnnualCommitment, renews: 4, since: 610},
		{sku: catalog.Exchange1, seats: 10, channel: org.VolumeLicensing, billing: org.MOSA, bound: org.AnnualCommitment, renews: 10, since: 1100},
		{sku: catalog.Visio2, seats: 5, channel: org.Direct, billing: org.MCA, bound: org.MonthlyCommitment, began: 3, since: 3},
		{sku: catalog.PowerBIPro, seats: 12, channel: org.Direct, billing: org.MOSA, bound: org.MonthlyCommitment, began: 20, since: 430},
	}
	if m.extra > 0 {
		all = append(all, purchase{
			sku: catalog.A1Faculty, seats: m.total, channel: org.Direct, billing: org.MCA, bound: org.AnnualCommitment, renews: 9, since: 800,
		})
	}
	return all
}

// subscription makes the nth purchase a subscription of a product.
func (m *maker) subscription(n int, p purchase) (org.Subscription, org.Product, error) {
	i := slices.IndexFunc(m.offers, func(o catalog.Offer) bool { return o.Product.Sku == p.sku })
	if i < 0 {
		return org.Subscription{}, org.Product{}, fmt.Errorf("the catalogue has no product %s", p.sku)
	}
	o := m.offers[i]
	start := m.ago(p.began)
	end := org.TermAfter(start, 1)
	if p.renews > 0 {
		end = org.TermAfter(m.now, p.renews)
		start = org.TermAfter(end, -12)
	}
	return org.Subscription{
		ID: org.SubscriptionID(id(ofSubscription, n)), Sku: p.sku, SkuPartNumber: o.Product.PartNumber, DisplayName: o.Product.DisplayName,
		Channel: p.channel, Billing: p.billing, Commitment: p.bound, TermStart: start, TermEnd: end, LastPurchase: start, Recurring: true,
		Status: "Enabled", Total: p.seats, Price: o.Price, Per: o.Per,
	}, o.Product, nil
}

// organization writes the college itself: settings, what it bought, and groups.
func (m *maker) organization(ctx context.Context) error {
	o := &org.Organization{ID: TenantID, DisplayName: Name, Domains: []string{Domain}, Practice: true, UsageLocation: "NL", Settings: org.DefaultSettings()}
	o.Settings.DefaultLanguage = "nl"
	o.Settings.Education = true // it is a college
	for n, p := range m.purchases() {
		s, product, err := m.subscription(n, p)
		if err != nil {
			return err
		}
		o.Products, o.Subscriptions = append(o.Products, product), append(o.Subscriptions, s)
	}
	m.org = o
	return m.deps.Store.Change(ctx, func(tx offboard.Tx) error {
		if err := tx.SaveOrganization(ctx, o); err != nil {
			return err
		}
		if err := tx.SaveProducts(ctx, o.Products); err != nil {
			return err
		}
		for _, s := range o.Subscriptions {
			if err := tx.SaveSubscription(ctx, s, m.now); err != nil {
				return err
			}
		}
		for _, g := range m.groups() {
			if err := tx.SaveGroup(ctx, &g); err != nil {
				return err
			}
		}
		return nil
	})
}

// license gives somebody licences, and the mailbox and drive that follow.
func (m *maker) license(p *org.Person, licenses ...org.License) {
	p.Licenses = append(p.Licenses, licenses...)
	for _, l := range licenses {
		m.move(l.Sku, int(m.now.Sub(p.Created)/org.Day), 1)
	}
	m.org.Provision(p, p.Created)
}

// direct is a licence that is not given by a group.
func direct(p *org.Person, sku org.SkuID) org.License {
	return org.License{Sku: sku, Assigned: p.Created}
}
