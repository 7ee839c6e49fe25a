package org

import (
	"slices"
	"strings"
)

// licenses says, for each product, what becomes of the seat and of the bill.
func (t *teller) licenses(it *Item) {
	person := &t.l.Person
	for _, sku := range person.Products() {
		product := Arg{"product", t.p.facts.Org.Products.Name(sku)}
		freed := it.Outcome == OutcomeDelete || slices.Contains(removedSkus(it.Steps), sku)
		inherited := person.Inherited(sku)
		switch {
		case inherited && it.Outcome == OutcomeKeep:
			t.say("R-LIC-15", Warning, "license.inheritedStays", product, Arg{"groups", t.l.Around.givers(sku)})
			continue
		case inherited:
			t.say("R-LIC-15", Info, "license.inheritedFreed", product, Arg{"groups", t.l.Around.givers(sku)})
		case freed && !t.p.unassigns(t.l):
			t.say("R-LIC-10", Warning, "license.freedAnyway", product) // keeping it is impossible: the account goes
		case freed:
			t.say("R-DEL-04", Info, "license.freed", product)
		default:
			t.say("R-DEL-05", Info, "license.kept", product)
			continue
		}
		t.bill(it, sku)
	}
}

// bill says whether the seat is still paid for, until when, and why. Each
// reason is its own sentence. R-LIC-21 … R-LIC-32 R-LIC-42
func (t *teller) bill(it *Item, sku SkuID) {
	var s *Subscription
	var refusal *Refusal
	step := reduction(it.Steps, sku)
	if step != nil {
		s = t.p.subscriptionByID(step.Sub)
		refusal, _ = s.Reducible(t.p.now)
		if refusal == nil && step.When == Renewal { // others get those that could go now
			left := *s
			left.Total = left.Bound
			refusal, _ = left.Reducible(t.p.now) // R-LIC-24
		}
	} else {
		s, refusal, _ = t.p.subscription(sku)
	}
	if s == nil {
		return
	}
	args := Args{{"product", s.DisplayName}, {"price", s.MonthlyPrice()}}
	if !t.l.Choices.stopPaying() {
		if refusal == nil {
			t.say("R-DEL-05", Info, "bill.canStop", args...)
			return
		}
	}
	if step != nil && step.When == Now {
		t.say("R-LIC-42", Info, "bill.stops", args...)
		return
	}
	if refusal == nil {
		t.say("R-LIC-21", Warning, "bill.overAssigned", args...)
		return
	}
	if step != nil { // at the renewal
		t.date(step.At, refusal.Rule, Info, "bill.stopsAtRenewal", args...)
		return
	}
	key := "bill." + strings.TrimPrefix(refusal.Reason, "subscription.")
	if s.TermEnd.IsZero() || s.Channel == Partner || s.Channel == VolumeLicensing {
		t.say(refusal.Rule, Warning, key, args...)
		return
	}
	t.date(s.TermEnd, refusal.Rule, Warning, key, args...)
}

func removedSkus(steps []Step) []SkuID {
	for i := range steps {
		if steps[i].Kind == RemoveLicenses {
			return steps[i].Skus
		}
	}
	return nil
}

func reduction(steps []Step, sku SkuID) *Step {
	for i := range steps {
		if steps[i].Kind == ReduceSubscription && slices.Contains(steps[i].Skus, sku) {
			return &steps[i]
		}
	}
	return nil
}
