package org

import (
	"slices"
	"strings"
	"testing"
	"time"
)

// TestStopPaying plans one holder of E3 against every kind of subscription.
func TestStopPaying(t *testing.T) {
	for _, c := range kindsOfSubscription {
		t.Run("R-LIC-42 "+c.name, func(t *testing.T) {
			o := college()
			s := sold(c.change)
			o.Subscriptions[0] = s
			plan := MakePlan(about(o, asking(somebody("anna"), Choices{ReduceSubscriptions: yes()})), boss(), monday)
			it := plan.Items[0]
			wantPlan(t, it, OutcomeDelete)
			if stepOf(it.Steps, RemoveLicenses) == nil {
				t.Error("the licence is not unassigned")
			}
			step := stepOf(it.Steps, ReduceSubscription)
			var when When
			var from time.Time
			key, rule := "bill.stops", "R-LIC-42"
			switch {
			case c.reason == "":
				when, from = Now, monday
			case c.renewal:
				when, from = Renewal, s.TermEnd
			}
			switch {
			case c.reason != "" && c.renewal:
				key, rule = "bill.stopsAtRenewal", c.rule
			case c.reason != "":
				key, rule = "bill."+c.reason[len("subscription."):], c.rule
			}
			if (step != nil) != (when != "") || step != nil && (step.When != when || !step.At.Equal(from) || step.Sub != s.ID) {
				t.Errorf("reduceSubscription = %+v, want %q at %s", step, when, from)
			}
			bill := told(it, key)
			if bill == nil || bill.Rule != rule {
				t.Fatalf("%s = %+v by %s, want by %s", key, bill, "", rule)
			}
			if seller := s.Channel == Partner || s.Channel == VolumeLicensing; key != "bill.stops" && bill.Date.Equal(s.TermEnd) == seller {
				t.Errorf("%s has the date %s, want the end of the term unless sold by another", key, bill.Date)
			}
			if when == "" {
				if len(plan.Savings) != 0 {
					t.Errorf("savings = %v, want none", plan.Savings)
				}
			} else if want := (Saving{s.DisplayName, 1, Money{2180, "EUR"}, from}); !slices.Equal(plan.Savings, []Saving{want}) {
				t.Errorf("savings = %v, want %v", plan.Savings, want)
			}
		})
	}
}

func TestStopPayingFor(t *testing.T) {
	stop := Choices{ReduceSubscriptions: yes()}
	t.Run("R-DEL-05 R-BULK-02 O-08 without the choice licences go and nothing is reduced", func(t *testing.T) {
		it := planOf(somebody("anna"), Choices{})
		if stepOf(it.Steps, ReduceSubscription) != nil || told(it, "bill.canStop") == nil {
			t.Errorf("steps = %v, consequences = %v", kinds(it.Steps), it.Consequences)
		}
	})
	t.Run("R-LIC-24 of those that were added, one each", func(t *testing.T) {
		o := college()
		s, err := ChangeQuantity(sold(nil), 61, Now, monday)
		if err != nil {
			t.Fatal(err)
		}
		o.Subscriptions[0] = s
		plan := MakePlan(about(o, asking(somebody("anna"), stop), asking(somebody("bram"), stop)), boss(), monday.Add(Day))
		for i, want := range []When{Now, Renewal} {
			it := plan.Items[i]
			step := stepOf(it.Steps, ReduceSubscription)
			if step == nil || step.When != want {
				t.Fatalf("person %d: got %+v, want a seat given back %s", i, step, want)
			}
			if key := map[When]string{Now: "bill.stops", Renewal: "bill.stopsAtRenewal"}[want]; told(it, key) == nil {
				t.Errorf("person %d isn't told %s: %+v", i, key, it.Consequences)
			}
		}
	})
	t.Run("R-LIC-21 an over-assigned product", func(t *testing.T) {
		o := college()
		o.Subscriptions[0] = monthly(e3, 60, 61)
		it := MakePlan(about(o, asking(somebody("anna"), stop)), boss(), monday).Items[0]
		if stepOf(it.Steps, ReduceSubscription) != nil || told(it, "bill.overAssigned") == nil {
			t.Errorf("steps = %v, consequences = %v", kinds(it.Steps), it.Consequences)
		}
	})
	t.Run("R-LIC-21 every seat taken is no hindrance", func(t *testing.T) {
		o := college()
		o.Subscriptions[0] = monthly(e3, 60, 60)
		if it := MakePlan(about(o, asking(somebody("anna"), stop)), boss(), monday).Items[0]; stepOf(it.Steps, ReduceSubscription) == nil {
			t.Error("no reduction though the seat comes free first")
		}
	})
	t.Run("R-LIC-15 a seat that a group gives as well stays paid for", func(t *testing.T) {
		p := with(somebody("gijs"), func(p *Person) { p.Licenses = append(p.Licenses, License{Sku: e3, Group: "docenten"}) })
		c := mailTo("bram")
		c.ReduceSubscriptions = yes()
		it := planOf(p, c)
		wantPlan(t, it, OutcomeKeep)
		if s := stepOf(it.Steps, ReduceSubscription); s != nil {
			t.Errorf("reduceSubscription = %+v, want none: the group still gives the seat", s)
		}
		if after := Depart(p, it.Steps, monday); !slices.Equal(after.Seats(), []SkuID{e3}) || len(after.Licenses) != 1 {
			t.Errorf("licences = %v, want only the inherited one", after.Licenses)
		}
	})
	t.Run("R-LIC-14 a product held twice is given back once", func(t *testing.T) {
		p := with(somebody("gijs"), func(p *Person) { p.Licenses = append(p.Licenses, License{Sku: e3, Group: "docenten"}) })
		plan := MakePlan(about(college(), asking(p, stop)), boss(), monday)
		if len(plan.Savings) != 1 || plan.Savings[0].Seats != 1 {
			t.Errorf("savings = %v, want one seat", plan.Savings)
		}
	})
	t.Run("R-LIC-15 a group's licence of a deleted account", func(t *testing.T) {
		p := with(somebody("gijs"), func(p *Person) { p.Licenses = []License{{Sku: e3, Group: "docenten"}} })
		l := asking(p, stop)
		docenten, staff := Ref{ID: "docenten", DisplayName: "Docenten"}, Ref{ID: "staff", DisplayName: "Staff"}
		l.Around.Inherited = []InheritedLicense{{e3, docenten}, {visio, staff}}
		it := MakePlan(about(college(), l), boss(), monday).Items[0]
		if c := told(it, "license.inheritedFreed"); c == nil || c.Rule != "R-LIC-15" || !slices.Equal(c.Args.Get("groups").([]Ref), []Ref{docenten}) || stepOf(it.Steps, ReduceSubscription) == nil {
			t.Errorf("consequence = %v, steps = %v", c, kinds(it.Steps))
		}
	})
	t.Run("R-LIC-15 a group's licence of a kept account", func(t *testing.T) {
		p := with(somebody("gijs"), func(p *Person) { p.Licenses = []License{{Sku: e3, Group: "docenten"}} })
		it := planOf(p, mailTo("bram"))
		if stepOf(it.Steps, RemoveLicenses) != nil || told(it, "license.inheritedStays") == nil {
			t.Errorf("steps = %v, consequences = %v", kinds(it.Steps), it.Consequences)
		}
	})
	t.Run("R-DEL-05 nothing is told of the bill for what stays", func(t *testing.T) {
		c := mailTo("bram")
		c.RemoveLicenses = no()
		inherited := with(somebody("gijs"), func(p *Person) { p.Licenses[0].Group = "docenten" })
		for _, it := range []Item{planOf(somebody("anna"), c), planOf(inherited, mailTo("bram"))} {
			for _, x := range it.Consequences {
				if strings.HasPrefix(x.Key, "bill.") {
					t.Errorf("told %s of a licence that stays", x.Key)
				}
			}
		}
	})
	t.Run("R-LIC-16 a licence in error frees no seat", func(t *testing.T) {
		p := with(somebody("gijs"), func(p *Person) {
			p.Licenses = append(p.Licenses, License{Sku: visio, Group: "g", Error: "CountViolation"})
		})
		if s := stepOf(planOf(p, stop).Steps, RemoveLicenses); s == nil || !slices.Equal(s.Skus, []SkuID{e3}) {
			t.Errorf("removeLicenses = %+v, want E3 only", s)
		}
	})
	t.Run("R-LIC-10 keeping the licence of a deleted account frees it anyway", func(t *testing.T) {
		it := planOf(somebody("anna"), Choices{RemoveLicenses: no()})
		if told(it, "license.freedAnyway") == nil || stepOf(it.Steps, RemoveLicenses) != nil {
			t.Errorf("steps = %v, consequences = %v", kinds(it.Steps), it.Consequences)
		}
	})
	t.Run("R-SM-11 an actor who may not remove licences leaves them", func(t *testing.T) {
		it := planBy(by(AuthAdmin, ExchangeAdmin), somebody("anna"), mailTo("bram"))
		wantPlan(t, it, OutcomeKeep)
		if stepOf(it.Steps, RemoveLicenses) != nil || told(it, "license.kept") == nil {
			t.Errorf("steps = %v, consequences = %v", kinds(it.Steps), it.Consequences)
		}
	})
}

// TestSavings joins several people and several subscriptions of one product.
func TestSavings(t *testing.T) {
	stop := Choices{ReduceSubscriptions: yes()}
	leavers := func(n int) []Leaver {
		var ls []Leaver
		for i := range n {
			ls = append(ls, asking(somebody(string(rune('a'+i))), stop))
		}
		return ls
	}
	steps := func(plan Plan) map[SubscriptionID]int {
		n := map[SubscriptionID]int{}
		for _, it := range plan.Items {
			for _, s := range it.Steps {
				if s.Kind == ReduceSubscription {
					n[s.Sub]++
				}
			}
		}
		return n
	}
	t.Run("R-LIC-42 R-WIZ-05 three leavers, one saving", func(t *testing.T) {
		plan := MakePlan(about(college(), leavers(3)...), boss(), monday)
		if want := (Saving{"Office 365 E3", 3, Money{6540, "EUR"}, monday}); !slices.Equal(plan.Savings, []Saving{want}) {
			t.Errorf("savings = %v, want %v", plan.Savings, want)
		}
	})
	t.Run("R-LIC-42 a yearly price by the month", func(t *testing.T) {
		o := college()
		o.Subscriptions[0].Per, o.Subscriptions[0].Price.Minor = "year", 24000
		if got := MakePlan(about(o, leavers(2)...), boss(), monday).Savings[0].Monthly; got != (Money{4000, "EUR"}) {
			t.Errorf("monthly = %v, want 40.00", got)
		}
	})
	t.Run("R-LIC-01 the next subscription of the product when one is used up", func(t *testing.T) {
		o := college()
		one, other := monthly(e3, 1, 6), monthly(e3, 8, 6)
		one.ID, one.ProductTotal, other.ProductTotal = "sub-one", 9, 9
		o.Subscriptions = []Subscription{one, other}
		plan := MakePlan(about(o, leavers(3)...), boss(), monday)
		if got := steps(plan); got["sub-one"] != 1 || got[other.ID] != 2 {
			t.Errorf("reductions = %v, want 1 of sub-one and 2 of the other", got)
		}
		for _, it := range plan.Items {
			if told(it, "bill.stops") == nil {
				t.Errorf("%s isn't told that paying stops", it.Asked)
			}
		}
	})
	t.Run("R-SM-12 a subscription that can be reduced now before one that can't", func(t *testing.T) {
		o := college()
		partner, later, free := sold(nil), sold(nil), monthly(e3, 60, 40)
		partner.ID, partner.Channel, later.ID, free.ID = "partner", Partner, "later", "free"
		o.Subscriptions = []Subscription{partner, later, free}
		if got := steps(MakePlan(about(o, leavers(1)...), boss(), monday)); got["free"] != 1 || len(got) != 1 {
			t.Errorf("reductions = %v, want of free", got)
		}
		o.Subscriptions = []Subscription{partner, later}
		if got := steps(MakePlan(about(o, leavers(1)...), boss(), monday)); got["later"] != 1 || len(got) != 1 {
			t.Errorf("reductions = %v, want of later", got)
		}
	})
	t.Run("R-LIC-21 never more seats than there are", func(t *testing.T) {
		o := college()
		o.Subscriptions[0] = monthly(e3, 2, 2)
		plan := MakePlan(about(o, leavers(4)...), boss(), monday)
		if got := steps(plan)[o.Subscriptions[0].ID]; got != 2 || plan.Savings[0].Seats != 2 {
			t.Errorf("reductions = %d, saving %d seats; want 2", got, plan.Savings[0].Seats)
		}
	})
}
