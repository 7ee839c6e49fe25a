package api

import (
	"net/http"
	"time"

	"leaver/internal/locale"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// subscriptionView is a product, a number of seats and a term.
type subscriptionView struct {
	ID               org.SubscriptionID `json:"id"`
	SkuID            org.SkuID          `json:"skuId"`
	SkuPartNumber    string             `json:"skuPartNumber"`
	DisplayName      string             `json:"displayName"`
	Channel          org.Channel        `json:"channel"`
	BillingAccount   org.BillingAccount `json:"billingAccount"`
	Commitment       org.Commitment     `json:"commitment"`
	TermStart        *time.Time         `json:"termStartDateTime"`
	TermEnd          *time.Time         `json:"termEndDateTime"`
	Recurring        bool               `json:"recurringBilling"`
	Status           string             `json:"status"`
	TotalLicenses    int                `json:"totalLicenses"`
	AssignedLicenses int                `json:"assignedLicenses" doc:"Of the product, over all its subscriptions."`
	Price            amount             `json:"price" doc:"Of one seat."`
	Scheduled        *scheduledView     `json:"scheduledChange,omitempty"`
	Reduction        reductionView      `json:"reduction" doc:"Whether seats can be given back."`
}

type scheduledView struct {
	TotalLicenses int       `json:"totalLicenses"`
	Effective     time.Time `json:"effectiveDateTime"`
}

// reductionView says whether seats can be given back, and if not, why.
type reductionView struct {
	Now     bool         `json:"now"`
	Renewal bool         `json:"renewal" doc:"At the next renewal."`
	DownTo  int          `json:"downTo,omitzero" doc:"How far now, when more seats were bought and the others stay until the renewal."`
	Refusal *refusalView `json:"refusal,omitempty" doc:"Why not now."`
}

func subscriptionOf(lang locale.Lang, s *org.Subscription, now time.Time) subscriptionView {
	out := subscriptionView{
		ID: s.ID, SkuID: s.Sku, SkuPartNumber: s.SkuPartNumber, DisplayName: s.DisplayName, Channel: s.Channel, BillingAccount: s.Billing,
		Commitment: s.Commitment, TermStart: orNull(s.TermStart), TermEnd: orNull(s.TermEnd), Recurring: s.Recurring, Status: s.Status,
		TotalLicenses: s.Total, AssignedLicenses: s.Assigned, Price: amountOf(s.Price, s.Per),
	}
	if s.Scheduled != nil {
		out.Scheduled = &scheduledView{s.Scheduled.Total, s.Scheduled.At}
	}
	refusal, atRenewal := s.Reducible(now)
	out.Reduction = reductionView{Now: refusal == nil, Renewal: atRenewal && s.Recurring}
	if refusal == nil && s.Billing == org.MCA {
		out.Reduction.DownTo = s.Bound // R-LIC-24
	}
	if refusal != nil {
		r := refusalOf(lang, refusal)
		out.Reduction.Refusal = &r
	}
	return out
}

// ledgerView is a list of subscriptions.
type ledgerView struct {
	Value    []subscriptionView `json:"value"`
	Withheld []withheldView     `json:"withheld,omitempty" doc:"What is left out because the reader's roles don't open it."`
}

// subscriptions serves GET subscriptions. R-LIC-01
func (a *API) subscriptions(c *call) error {
	all, now, err := a.Desk.Subscriptions(c.ctx(), c.actor)
	if err != nil {
		return err
	}
	seen, withheld := org.Ledger(all, c.actor)
	out := ledgerView{Value: make([]subscriptionView, len(seen))}
	for i := range seen {
		out.Value[i] = subscriptionOf(c.lang, &seen[i], now)
	}
	if withheld != nil {
		out.Withheld = []withheldView{{[]string{"value"}, withheld.Rule, wire.Text(c.lang, withheld)}}
	}
	return c.answer(http.StatusOK, out)
}

// oneSubscription finds a subscription by id.
func (a *API) oneSubscription(c *call) (*org.Subscription, time.Time, error) {
	all, now, err := a.Desk.Subscriptions(c.ctx(), c.actor)
	if err != nil {
		return nil, now, err
	}
	for i := range all {
		if string(all[i].ID) == c.r.PathValue("id") {
			if r := all[i].SeenBy(c.actor); r != nil {
				return nil, now, r
			}
			return &all[i], now, nil
		}
	}
	return nil, now, org.Refuse(org.NotFound, "subscription.notFound", "", org.Arg{Name: "id", Value: shown(c.r.PathValue("id"))})
}

// subscription serves GET subscriptions/{id}.
func (a *API) subscription(c *call) error {
	s, now, err := a.oneSubscription(c)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, subscriptionOf(c.lang, s, now))
}

// quantityRequest asks for a new total.
type quantityRequest struct {
	Total *int     `json:"totalLicenses" doc:"The new total, not the difference."`
	When  org.When `json:"when,omitempty" doc:"now when left out."`
}

// changeSubscription serves PATCH subscriptions/{id}. R-LIC-21 … R-LIC-32
func (a *API) changeSubscription(c *call) error {
	var body quantityRequest
	if err := c.decode(&body, smallBody, false); err != nil {
		return err
	}
	const most = 1_000_000
	switch {
	case body.Total == nil:
		return wrong(c.r, "request.missing", "totalLicenses", "field", "totalLicenses")
	case *body.Total > most:
		return wrong(c.r, "request.tooMany", "totalLicenses", "field", "totalLicenses", "max", most)
	case body.When == "":
		body.When = org.Now
	case body.When != org.Now && body.When != org.Renewal:
		return wrong(c.r, "request.badValue", "when", "field", "when", "value", shown(string(body.When)), "allowed", []string{string(org.Now), string(org.Renewal)})
	}
	s, err := a.Desk.SetQuantity(c.ctx(), c.actor, org.SubscriptionID(c.r.PathValue("id")), *body.Total, body.When)
	if err != nil {
		return err
	}
	now, err := a.Desk.OrganizationTime(c.ctx())
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, subscriptionOf(c.lang, &s, now))
}

// seatPoint is how many seats there were at a moment.
type seatPoint struct {
	At       time.Time `json:"dateTime"`
	Total    int       `json:"totalLicenses"`
	Assigned int       `json:"assignedLicenses"`
}

// seatHistory serves GET subscriptions/{id}/history, oldest first.
func (a *API) seatHistory(c *call) error {
	s, _, err := a.oneSubscription(c)
	if err != nil {
		return err
	}
	points, err := a.Reads.SeatHistory(c.ctx(), s.ID)
	if err != nil {
		return err
	}
	out := list[seatPoint]{Value: make([]seatPoint, len(points))}
	for i, p := range points {
		out.Value[i] = seatPoint(p)
	}
	return c.answer(http.StatusOK, out)
}

func subscriptionRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "subscriptions", id: "listSubscriptions", tag: "subscriptions", summary: "The ledger: what was bought and how much is used",
			scopes: readBills, answer: ledgerView{}, serve: (*API).subscriptions,
		},
		{
			method: http.MethodGet, path: "subscriptions/{id}", id: "getSubscription", tag: "subscriptions", summary: "One subscription",
			scopes: readBills, answer: subscriptionView{}, refuses: []int{http.StatusNotFound}, serve: (*API).subscription,
		},
		{
			method: http.MethodPatch, path: "subscriptions/{id}", id: "changeSubscription", tag: "subscriptions", summary: "Buy or give back seats, now or at the renewal",
			about:  "A change that the contract does not allow answers 409 with the rule in error.details[].code.",
			scopes: writeBills, body: quantityRequest{}, example: `{"totalLicenses":95,"when":"now"}`, answer: subscriptionView{},
			refuses: []int{http.StatusNotFound, http.StatusConflict}, serve: (*API).changeSubscription,
		},
		{
			method: http.MethodGet, path: "subscriptions/{id}/history", id: "getSubscriptionHistory", tag: "subscriptions", summary: "How many seats there were, over time",
			scopes: readBills, answer: list[seatPoint]{}, refuses: []int{http.StatusNotFound}, serve: (*API).seatHistory,
		},
	}
}
