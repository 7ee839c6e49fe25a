package web

import (
	"net/http"
	"slices"
	"strconv"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// productData is the page of one subscription.
type productData struct {
	S       org.Subscription
	History []offboard.SeatPoint
	// Fixed is why seats can't be given back now; Later says that the renewal can
	// do it.
	Fixed *org.Refusal
	Later bool
	Total string // as typed
	When  org.When
}

func productsPage(v *visit) error {
	v.Section = "products"
	seen, withheld := org.Ledger(v.Org.Subscriptions, v.Actor)
	return v.render(productsView(v, seen, withheld))
}

func productPage(v *visit) error {
	v.done("quantity", "scheduled", "unscheduled")
	return v.product(v.r.PathValue("id"), productData{When: org.Now}, http.StatusOK)
}

func (v *visit) product(id string, d productData, status int) error {
	v.Section = "products"
	i := slices.IndexFunc(v.Org.Subscriptions, func(s org.Subscription) bool { return string(s.ID) == id })
	if i < 0 {
		return org.Refuse(org.NotFound, "subscription.notFound", "", org.Arg{Name: "id", Value: id})
	}
	d.S = v.Org.Subscriptions[i]
	if r := d.S.SeenBy(v.Actor); r != nil {
		return r
	}
	d.Fixed, d.Later = d.S.Reducible(v.Now)
	if d.Total == "" {
		d.Total = strconv.Itoa(d.S.Total)
	}
	var err error
	if d.History, err = v.srv.Store.SeatHistory(v.ctx(), d.S.ID); err != nil {
		return err
	}
	v.show(status, productView(v, d))
	return nil
}

// changeQuantity asks for a new total, now or at the renewal. What is refused
// stands above the form with its reason. R-LIC-21 R-LIC-22 R-SM-12
func changeQuantity(v *visit) error {
	id := v.r.PathValue("id")
	d := productData{Total: v.form("total"), When: org.Now}
	if v.form("when") == string(org.Renewal) {
		d.When = org.Renewal
	}
	total, err := strconv.Atoi(d.Total)
	if err != nil {
		v.say("critical", v.T("web.products.number"))
		return v.product(id, d, http.StatusUnprocessableEntity)
	}
	before := slices.IndexFunc(v.Org.Subscriptions, func(s org.Subscription) bool { return string(s.ID) == id })
	after, err := v.srv.Desk.SetQuantity(v.ctx(), v.Actor, org.SubscriptionID(id), total, d.When)
	if r := org.RefusalOf(err); r != nil {
		v.refuse(r)
		if r.Kind == org.NotFound {
			return r
		}
		return v.product(id, d, statuses[r.Kind])
	}
	switch {
	case err != nil:
		return err
	case after.Scheduled != nil:
		return v.redirect("/products/" + id + "?done=scheduled")
	case before >= 0 && v.Org.Subscriptions[before].Total == after.Total:
		return v.redirect("/products/" + id + "?done=unscheduled")
	}
	return v.redirect("/products/" + id + "?done=quantity")
}

// spare is what the seats that nobody uses cost a month.
func spare(s *org.Subscription) org.Money {
	return s.MonthlyPrice().Times(max(0, min(s.Free(), s.Total)))
}

// free is how many seats of a subscription nobody uses.
func free(s *org.Subscription) int { return s.Free() }

// monthly is what all seats of a subscription cost a month.
func monthly(s *org.Subscription) org.Money { return s.MonthlyPrice().Times(s.Total) }

// seatKind colours how full a subscription is.
func seatKind(s *org.Subscription) string {
	switch {
	case s.Free() < 0:
		return "critical"
	case s.Free() <= 1:
		return "warning"
	}
	return "good"
}
