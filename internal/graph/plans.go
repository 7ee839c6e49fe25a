package graph

import (
	"context"
	"slices"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// plan makes a plan of a $select. A few properties follow from the organization
// and not from the person alone; it is loaded only for those.
func (s *Server) plan(ctx context.Context, names []string) (*plan, error) {
	p, err := s.people.with(names)
	if err != nil || !slices.ContainsFunc(p.load, fromOrganization) {
		return p, err
	}
	o, _, err := s.organization(ctx)
	if err != nil {
		return nil, err
	}
	bound := *p
	bound.values = slices.Clone(p.values)
	for i, name := range p.load {
		switch name {
		case "assignedPlans":
			bound.values[i] = plansOf(o, true)
		case "provisionedPlans":
			bound.values[i] = plansOf(o, false)
		case "identities":
			bound.values[i] = identityIn(o)
		}
	}
	return &bound, nil
}

func fromOrganization(name string) bool {
	return name == "assignedPlans" || name == "provisionedPlans" || name == "identities"
}

// identityIn writes how somebody signs in.
func identityIn(o *org.Organization) writePart {
	return func(dst []byte, u *offboard.UserRow) []byte {
		dst = appendString(append(dst, `[{"signInType":"userPrincipalName","issuer":`...), o.Domains[0])
		dst = appendString(append(dst, `,"issuerAssignedId":`...), u.UPN)
		return append(dst, '}', ']')
	}
}

// plansOf writes the service plans that somebody's licences hold, assigned or
// provisioned.
func plansOf(o *org.Organization, assigned bool) writePart {
	return func(dst []byte, u *offboard.UserRow) []byte {
		dst = append(dst, '[')
		for i := range u.Licenses {
			l := &u.Licenses[i]
			product := o.Products.Find(l.Sku)
			if product == nil || l.Error != "" {
				continue
			}
			for _, plan := range product.Plans {
				if dst[len(dst)-1] != '[' {
					dst = append(dst, ',')
				}
				dst = appendPlan(dst, l, plan, assigned)
			}
		}
		return append(dst, ']')
	}
}

func appendPlan(dst []byte, l *org.License, plan org.ServicePlan, assigned bool) []byte {
	off := slices.Contains(l.DisabledPlans, plan.ID)
	if assigned {
		dst = appendTime(append(dst, `{"assignedDateTime":`...), l.Assigned)
		dst = appendString(append(dst, `,"capabilityStatus":`...), map[bool]string{false: "Enabled", true: "Deleted"}[off])
		dst = appendString(append(dst, `,"service":`...), serviceOf(plan))
		dst = appendString(append(dst, `,"servicePlanId":`...), plan.ID)
		return append(dst, '}')
	}
	dst = appendString(append(dst, `{"capabilityStatus":`...), map[bool]string{false: "Enabled", true: "Deleted"}[off])
	dst = appendString(append(dst, `,"provisioningStatus":`...), map[bool]string{false: "Success", true: "Disabled"}[off])
	dst = appendString(append(dst, `,"service":`...), serviceOf(plan))
	return append(dst, '}')
}

// serviceOf is the service behind a plan, as Graph names it.
func serviceOf(p org.ServicePlan) string {
	switch p.Provides {
	case org.Exchange:
		return "exchange"
	case org.SharePoint:
		return "SharePoint"
	default:
		return p.Name
	}
}
