package graph

import (
	"net/http"
	"slices"
	"strings"

	"leaver/internal/org"
	"leaver/internal/wire"
)

// listSubscriptions answers GET /directory/subscriptions. R-API-45
func (s *Server) listSubscriptions(w http.ResponseWriter, r *http.Request, c *call) error {
	pick, all, err := s.subscriptions(r, c)
	if err != nil {
		return err
	}
	c.things(w, list{context: picked("directory/subscriptions", pick)}, c.style(s.model["companysubscription"], pick), all)
	return nil
}

// getSubscription answers GET /directory/subscriptions/{id}, also by the
// alternate key commerceSubscriptionId. R-API-45
func (s *Server) getSubscription(w http.ResponseWriter, r *http.Request, c *call) error {
	pick, all, err := s.subscriptions(r, c)
	if err != nil {
		return err
	}
	key := r.PathValue("subscription")
	id := strings.TrimPrefix(key, "commercesubscriptionid=")
	i := slices.IndexFunc(all, func(t thing) bool { return strings.EqualFold(t.props[0].value.(string), id) })
	if i < 0 {
		return wire.NotThere(id)
	}
	c.entity(w, http.StatusOK, picked("directory/subscriptions", pick)+"/$entity", c.style(s.model["companysubscription"], pick), &all[i])
	return nil
}

func (s *Server) subscriptions(r *http.Request, c *call) (pick []string, all []thing, err error) {
	options, err := c.options(r, "$skip", "$search", "$orderby", "$expand", "$filter")
	if err != nil {
		return nil, nil, err
	}
	if pick, err = s.model["companysubscription"].pick(options.Select); err != nil {
		return nil, nil, err
	}
	o, _, err := s.organization(r.Context())
	if err != nil {
		return nil, nil, err
	}
	seen := c.ledger(o.Subscriptions)
	for i := range seen {
		all = append(all, subscriptionThing(o, &seen[i]))
	}
	return pick, all, nil
}

// ledger is what the caller sees of the subscriptions. An app sees all of them: a
// Global Administrator gave it the permission. R-ROLE-22
func (c *call) ledger(all []org.Subscription) []org.Subscription {
	if c.caller.App {
		return all
	}
	seen, _ := org.Ledger(all, c.caller.Actor)
	return seen
}

func subscriptionThing(o *org.Organization, x *org.Subscription) thing {
	t := thing{typ: "companySubscription", path: "/directory/subscriptions/" + string(x.ID)}
	status := x.Status
	if status == "" {
		status = "Enabled"
	}
	t.put("id", string(x.ID))
	t.put("commerceSubscriptionId", string(x.ID))
	t.put("createdDateTime", x.TermStart)
	t.put("isTrial", x.Trial)
	t.put("nextLifecycleDateTime", x.TermEnd)
	t.put("ownerId", o.ID)
	var partner any
	if x.Channel == org.Partner {
		partner = reseller // R-API-46
	}
	t.put("ownerTenantId", partner)
	t.put("ownerType", "User")
	t.put("skuId", string(x.Sku))
	t.put("skuPartNumber", x.SkuPartNumber)
	t.put("status", status)
	t.put("totalLicenses", x.Total)
	var plans []org.ServicePlan
	if p := o.Products.Find(x.Sku); p != nil {
		plans = p.Plans
	}
	t.put("serviceStatus", planThings(plans, nil))
	return t
}

// reseller stands for the partner's own organization: we know that there is one
// and not which. R-API-46
const reseller = "00000000-0000-4000-8000-00000000ce11"
