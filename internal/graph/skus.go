package graph

import (
	"net/http"
	"slices"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// listSkus answers GET /subscribedSkus. R-API-40
func (s *Server) listSkus(w http.ResponseWriter, r *http.Request, c *call) error {
	pick, all, err := s.skus(r, c)
	if err != nil {
		return err
	}
	c.things(w, list{context: picked("subscribedSkus", pick)}, c.style(s.model["subscribedsku"], pick), all)
	return nil
}

// getSku answers GET /subscribedSkus/{id}.
func (s *Server) getSku(w http.ResponseWriter, r *http.Request, c *call) error {
	pick, all, err := s.skus(r, c)
	if err != nil {
		return err
	}
	i := slices.IndexFunc(all, func(t thing) bool { return strings.EqualFold(t.props[0].value.(string), r.PathValue("sku")) })
	if i < 0 {
		return wire.NotThere(r.PathValue("sku"))
	}
	c.entity(w, http.StatusOK, picked("subscribedSkus", pick)+"/$entity", c.style(s.model["subscribedsku"], pick), &all[i])
	return nil
}

func (s *Server) skus(r *http.Request, c *call) (pick []string, all []thing, err error) {
	options, err := c.options(r, "$skip", "$filter", "$search", "$orderby", "$expand", "$top") // R-API-40
	if err != nil {
		return nil, nil, err
	}
	if pick, err = s.model["subscribedsku"].pick(options.Select); err != nil {
		return nil, nil, err
	}
	seats, err := s.cfg.Reads.SubscribedSkus(r.Context())
	if err != nil {
		return nil, nil, err
	}
	o, _, err := s.organization(r.Context())
	if err != nil {
		return nil, nil, err
	}
	seen := c.ledger(o.Subscriptions) // the seats of all count: who assigns licences needs them
	for i := range seats {
		all = append(all, skuThing(o, seen, &seats[i]))
	}
	return pick, all, nil
}

func skuThing(o *org.Organization, seen []org.Subscription, p *offboard.ProductSeats) thing {
	t := thing{typ: "subscribedSku", path: "/subscribedSkus/" + o.ID + "_" + string(p.Sku)}
	applies := "User"
	if p.Company {
		applies = "Company"
	}
	subscriptions := []string{}
	for i := range seen {
		if seen[i].Sku == p.Sku {
			subscriptions = append(subscriptions, string(seen[i].ID))
		}
	}
	t.put("id", o.ID+"_"+string(p.Sku))
	t.put("accountName", o.DisplayName)
	t.put("accountId", o.ID)
	t.put("appliesTo", applies)
	t.put("capabilityStatus", capability(p))
	t.put("consumedUnits", p.Consumed)
	t.put("skuId", string(p.Sku))
	t.put("skuPartNumber", p.PartNumber)
	t.put("subscriptionIds", subscriptions)
	units := thing{}
	units.put("enabled", p.Enabled)
	units.put("suspended", p.Suspended)
	units.put("warning", p.Warning)
	units.put("lockedOut", p.LockedOut)
	t.put("prepaidUnits", units)
	t.put("servicePlans", planThings(p.Plans, nil))
	return t
}

// capability is the best status of a product's subscriptions. R-API-40
func capability(p *offboard.ProductSeats) string {
	switch {
	case p.Enabled > 0:
		return "Enabled"
	case p.Warning > 0:
		return "Warning"
	case p.Suspended > 0:
		return "Suspended"
	case p.LockedOut > 0:
		return "LockedOut"
	}
	return "Deleted"
}

func planThings(plans []org.ServicePlan, off []string) []thing {
	out := make([]thing, 0, len(plans))
	for _, p := range plans {
		applies, status := "User", "Success"
		if p.Company {
			applies = "Company"
		}
		if slices.Contains(off, p.ID) {
			status = "Disabled"
		}
		t := thing{}
		t.put("servicePlanId", p.ID)
		t.put("servicePlanName", p.Name)
		t.put("provisioningStatus", status)
		t.put("appliesTo", applies)
		out = append(out, t)
	}
	return out
}
