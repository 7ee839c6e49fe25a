package org

import (
	"slices"
	"time"
)

// Channel is how a subscription was bought.
type Channel string

// The purchase channels. M-08
const (
	Direct          Channel = "direct"
	Partner         Channel = "partner"
	VolumeLicensing Channel = "volumeLicensing"
	ProductKey      Channel = "productKey"
)

// BillingAccount is the kind of agreement that a purchase falls under.
type BillingAccount string

// The billing account types.
const (
	MCA  BillingAccount = "MCA"
	MOSA BillingAccount = "MOSA"
)

// Commitment is how long the buyer is bound.
type Commitment string

// The commitments.
const (
	NoCommitment      Commitment = "none"
	MonthlyCommitment Commitment = "monthly"
	AnnualCommitment  Commitment = "annual"
)

// Subscription is a product, a number of seats and a term. R-LIC-01
type Subscription struct {
	ID            SubscriptionID
	Sku           SkuID
	SkuPartNumber string
	DisplayName   string
	Channel       Channel
	Billing       BillingAccount
	Commitment    Commitment
	TermStart     time.Time
	TermEnd       time.Time
	LastPurchase  time.Time // bought, renewed or seats added: opens the window of R-LIC-24
	Bound         int       // seats that were there when more were bought after the window had closed: they stay until the renewal
	Recurring     bool
	Trial         bool
	CreditCheck   bool // pending
	EndOfSale     bool
	ByRep         bool   // managed by a representative with scheduled changes, R-LIC-31
	Status        string // Enabled, Warning, Suspended, Deleted, LockedOut
	Total         int
	Assigned      int // seats of this product in use, over all its subscriptions
	ProductTotal  int // seats of this product bought, over all its subscriptions
	Price         Money
	Per           string // month or year, per seat
	Scheduled     *ScheduledChange
}

// ScheduledChange is a new number of seats that the renewal will bring. R-LIC-25
type ScheduledChange struct {
	Total int       `json:"totalLicenses"`
	At    time.Time `json:"effectiveDateTime"`
}

// MonthlyPrice is what one seat costs a month.
func (s *Subscription) MonthlyPrice() Money {
	if s.Per == "year" {
		return Money{s.Price.Minor / 12, s.Price.Currency}
	}
	return s.Price
}

// Free is how many seats of the product nobody uses; negative when over-assigned. R-LIC-41 R-LIC-39
func (s *Subscription) Free() int { return s.ProductTotal - s.Assigned }

// When says at what moment a new number of seats takes effect.
type When string

// The moments.
const (
	Now     When = "now"
	Renewal When = "renewal"
)

// SeenBy says whether somebody who reads the ledger sees this subscription; nil
// means yes. R-ROLE-22
func (s *Subscription) SeenBy(a Actor) *Refusal {
	if s.Channel != Partner || a.System || a.Has(GlobalAdmin) {
		return nil
	}
	return Refuse(Denied, "subscription.partnerNeedsGlobal", "R-ROLE-22", Arg{"product", s.DisplayName})
}

// Ledger is what somebody sees of these subscriptions; withheld says why some are
// left out. R-ROLE-22
func Ledger(all []Subscription, a Actor) (seen []Subscription, withheld *Refusal) {
	seen = make([]Subscription, 0, len(all))
	for i := range all {
		if r := all[i].SeenBy(a); r != nil {
			withheld = Refuse(Denied, "subscription.partnersWithheld", r.Rule)
			continue
		}
		seen = append(seen, all[i])
	}
	return seen, withheld
}

// Reducible says whether seats can be given back now; when they can't, why, by
// which rule, and whether the renewal can do it. The order is that of R-SM-12.
func (s *Subscription) Reducible(now time.Time) (*Refusal, bool) {
	no := func(reason, rule string, more ...Arg) *Refusal {
		return Refuse(Conflict, reason, rule, append(Args{{"product", s.DisplayName}}, more...)...)
	}
	closed := s.windowClosed(now) || s.Total <= s.Bound // R-LIC-24
	switch {
	case s.Channel == Partner:
		return no("subscription.partner", "R-LIC-30"), false
	case s.Channel == VolumeLicensing:
		return no("subscription.volumeLicensing", "R-LIC-30"), false
	case s.Channel == ProductKey:
		return no("subscription.productKey", "R-LIC-29"), false
	case s.ByRep:
		return no("subscription.representative", "R-LIC-31"), false
	case s.CreditCheck:
		return no("subscription.creditCheck", "R-LIC-28"), false
	case s.Trial:
		return no("subscription.trial", "R-LIC-28"), false
	case s.over():
		return no("subscription.ended", "R-LIC-36"), false
	case s.Billing == MCA && !s.Recurring:
		return no("subscription.recurringOff", "R-LIC-25", Arg{"until", s.TermEnd}), false
	case s.Billing == MCA && closed && s.Commitment != AnnualCommitment:
		return no("subscription.windowClosed", "R-LIC-24", Arg{"until", s.TermEnd}), true
	case s.Commitment == AnnualCommitment && (s.Billing != MCA || closed):
		return no("subscription.commitment", "R-LIC-32", Arg{"until", s.TermEnd}), s.Recurring
	}
	return nil, true // R-LIC-26, or within the window of R-LIC-24
}

// ChangeQuantity decides what asking for a new total does: it returns the
// subscription as it will be, or refuses. R-SM-12
func ChangeQuantity(s Subscription, total int, when When, now time.Time) (Subscription, error) {
	product := Arg{"product", s.DisplayName}
	switch {
	case total < 0:
		return s, Refuse(Invalid, "subscription.negative", "R-LIC-21").On("totalLicenses")
	case s.ProductTotal-s.Total+total < s.Assigned && total < s.Total:
		return s, Refuse(Conflict, "subscription.belowAssigned", "R-LIC-21", product,
			Arg{"assigned", s.Assigned}, Arg{"total", total}).On("totalLicenses")
	case total == s.Total:
		s.Scheduled = nil // asking for what is there takes a scheduled change back
		return s, nil
	case total > s.Total:
		return buy(s, total, when, now)
	}
	refusal, atRenewal := s.Reducible(now)
	switch {
	case when == Renewal && (refusal == nil || atRenewal) && s.Recurring:
		s.Scheduled = &ScheduledChange{Total: total, At: s.TermEnd} // R-LIC-25
		return s, nil
	case when == Renewal && refusal == nil:
		return s, Refuse(Conflict, "subscription.recurringOff", "R-LIC-25", product, Arg{"until", s.TermEnd})
	case refusal != nil:
		return s, refusal
	case total < s.Bound && s.Billing == MCA:
		return s, Refuse(Conflict, "subscription.windowPartly", "R-LIC-24", product, Arg{"total", s.Bound}, Arg{"until", s.TermEnd}).On("totalLicenses")
	}
	s.setTotal(total)
	return s, nil
}

func (s *Subscription) windowClosed(now time.Time) bool {
	return now.After(s.LastPurchase.Add(PurchaseWindow))
}

func buy(s Subscription, total int, when When, now time.Time) (Subscription, error) {
	product := Arg{"product", s.DisplayName}
	switch {
	case s.Channel == Partner || s.Channel == VolumeLicensing:
		return s, Refuse(Conflict, "subscription.buyFromSeller", "R-LIC-30", product)
	case s.Channel == ProductKey:
		return s, Refuse(Conflict, "subscription.productKey", "R-LIC-29", product)
	case s.CreditCheck:
		return s, Refuse(Conflict, "subscription.creditCheck", "R-LIC-28", product)
	case s.Trial:
		return s, Refuse(Conflict, "subscription.trial", "R-LIC-28", product)
	case s.EndOfSale:
		return s, Refuse(Conflict, "subscription.endOfSale", "R-LIC-28", product) // M-07
	case s.Status != "" && s.Status != "Enabled":
		return s, Refuse(Conflict, "subscription.notActive", "R-LIC-36", product)
	case when == Renewal && !s.Recurring:
		return s, Refuse(Conflict, "subscription.recurringOff", "R-LIC-25", product, Arg{"until", s.TermEnd})
	case when == Renewal:
		s.Scheduled = &ScheduledChange{Total: total, At: s.TermEnd}
		return s, nil
	}
	if s.windowClosed(now) {
		s.Bound = s.Total // one more seat frees nobody from the contract for the others, R-LIC-32
	}
	s.setTotal(total)
	s.LastPurchase = now // opens the window for giving them back, R-LIC-24
	return s, nil
}

func (s *Subscription) setTotal(total int) {
	s.ProductTotal += total - s.Total
	s.Total = total
	s.Scheduled = nil
}

// mayReduce says why one seat can't be taken off at this moment; nil means it
// can. What allowed it when the plan was made may have changed since. R-SM-12
func (s *Subscription) mayReduce(when When, now time.Time) *Refusal {
	total := s.Total
	if when == Renewal && s.Scheduled != nil {
		total = s.Scheduled.Total
	}
	product := Arg{"product", s.DisplayName}
	refusal, atRenewal := s.Reducible(now)
	switch {
	case total < 1:
		return Refuse(Conflict, "subscription.negative", "R-LIC-21")
	case refusal != nil && (when == Now || !atRenewal):
		return refusal
	case s.ProductTotal-s.Total+total-1 < s.Assigned:
		return Refuse(Conflict, "subscription.belowAssigned", "R-LIC-21", product, Arg{"assigned", s.Assigned}, Arg{"total", total - 1})
	}
	return nil
}

// GiveBack takes one seat off a subscription, as a run's last step, or says why
// that is not possible after all. R-LIC-42
func (o *Organization) GiveBack(id SubscriptionID, when When, now time.Time) (*Subscription, *Refusal) {
	i := slices.IndexFunc(o.Subscriptions, func(s Subscription) bool { return s.ID == id })
	if i < 0 {
		return nil, Refuse(NotFound, "subscription.notFound", "R-LIC-42", Arg{"id", string(id)})
	}
	s := &o.Subscriptions[i]
	if r := s.mayReduce(when, now); r != nil {
		return nil, r
	}
	s.reduce(when)
	for j := range o.Subscriptions {
		if o.Subscriptions[j].Sku == s.Sku { // they agree on how many seats there are of the product
			o.Subscriptions[j].ProductTotal = s.ProductTotal
		}
	}
	return s, nil
}

func (s *Subscription) reduce(when When) {
	if when == Now {
		s.Total--
		s.ProductTotal--
		return
	}
	change := ScheduledChange{Total: s.Total, At: s.TermEnd}
	if s.Scheduled != nil {
		change = *s.Scheduled
	}
	change.Total--
	s.Scheduled = &change // a new one: copies of the subscription share the old
}

// Recount lets the seats in use follow what became of one person. R-SM-18
func (o *Organization) Recount(before, after *Person) {
	for _, sku := range before.Seats() {
		o.take(sku, -1)
	}
	for _, sku := range after.Seats() {
		o.take(sku, 1)
	}
}

// PutBackSeat undoes reduce: it buys the seat again, or takes it out of the
// scheduled change. R-LIC-33
func (s *Subscription) PutBackSeat(when When) {
	if when == Now || s.Scheduled == nil {
		s.Total++
		s.ProductTotal++
		return
	}
	change := *s.Scheduled
	change.Total++
	s.Scheduled = &change
	if change.Total == s.Total {
		s.Scheduled = nil // nothing is left of the reduction
	}
}
