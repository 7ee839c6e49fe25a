package org

import (
	"testing"
	"time"
)

// sold is an MCA subscription bought ten days ago, changed by the test.
func sold(change func(*Subscription)) Subscription {
	s := monthly(e3, 60, 40)
	s.Billing, s.LastPurchase = MCA, monday.Add(-10*Day)
	if change != nil {
		change(&s)
	}
	return s
}

// kindsOfSubscription are every case of R-SM-12: why not now, and whether the
// renewal can.
var kindsOfSubscription = []struct {
	name    string
	change  func(*Subscription)
	reason  string
	rule    string
	renewal bool
}{
	{"R-LIC-30 through a partner", func(s *Subscription) { s.Channel = Partner }, "subscription.partner", "R-LIC-30", false},
	{"R-LIC-30 volume licensing", func(s *Subscription) { s.Channel = VolumeLicensing }, "subscription.volumeLicensing", "R-LIC-30", false},
	{"R-LIC-29 product key", func(s *Subscription) { s.Channel = ProductKey }, "subscription.productKey", "R-LIC-29", false},
	{"R-LIC-31 representative", func(s *Subscription) { s.ByRep = true }, "subscription.representative", "R-LIC-31", false},
	{"R-LIC-28 credit check", func(s *Subscription) { s.CreditCheck = true }, "subscription.creditCheck", "R-LIC-28", false},
	{"R-LIC-28 trial", func(s *Subscription) { s.Trial = true }, "subscription.trial", "R-LIC-28", false},
	{"R-LIC-36 disabled", func(s *Subscription) { s.Recurring, s.Status = false, "Suspended" }, "subscription.ended", "R-LIC-36", false},
	{"R-LIC-36 deleted", func(s *Subscription) { s.Billing, s.Status = MOSA, "Deleted" }, "subscription.ended", "R-LIC-36", false},
	{"R-LIC-25 MCA, recurring billing off", func(s *Subscription) { s.Recurring = false }, "subscription.recurringOff", "R-LIC-25", false},
	{"R-LIC-25 MCA, recurring billing off inside the window", func(s *Subscription) { s.Recurring, s.LastPurchase = false, monday }, "subscription.recurringOff", "R-LIC-25", false},
	{"R-LIC-24 MCA after the window", nil, "subscription.windowClosed", "R-LIC-24", true},
	{"R-LIC-24 MCA just after seven days", func(s *Subscription) { s.LastPurchase = monday.Add(-7*Day - 1) }, "subscription.windowClosed", "R-LIC-24", true},
	{"R-LIC-24 MCA at exactly seven days", func(s *Subscription) { s.LastPurchase = monday.Add(-7 * Day) }, "", "", true},
	{"R-LIC-24 MCA three days after buying", func(s *Subscription) { s.LastPurchase = monday.Add(-3 * Day) }, "", "", true},
	{"R-LIC-24 MCA annual inside the window", func(s *Subscription) { s.Commitment, s.LastPurchase = AnnualCommitment, monday.Add(-3*Day) }, "", "", true},
	{"R-LIC-32 MCA annual after the window", func(s *Subscription) { s.Commitment = AnnualCommitment }, "subscription.commitment", "R-LIC-32", true},
	{"R-LIC-32 MOSA annual", func(s *Subscription) { s.Billing, s.Commitment = MOSA, AnnualCommitment }, "subscription.commitment", "R-LIC-32", true},
	{"R-LIC-32 MOSA annual, recurring billing off", func(s *Subscription) { s.Billing, s.Commitment, s.Recurring = MOSA, AnnualCommitment, false }, "subscription.commitment", "R-LIC-32", false},
	{"R-LIC-26 MOSA monthly", func(s *Subscription) { s.Billing = MOSA }, "", "", true},
	{"R-LIC-26 MOSA, recurring billing off", func(s *Subscription) { s.Billing, s.Recurring = MOSA, false }, "", "", true},
	{"R-SM-12 channel before billing account", func(s *Subscription) { s.Channel, s.Recurring, s.CreditCheck = Partner, false, true }, "subscription.partner", "R-LIC-30", false},
	{"R-SM-12 credit check before recurring billing", func(s *Subscription) { s.CreditCheck, s.Recurring = true, false }, "subscription.creditCheck", "R-LIC-28", false},
}

func TestReducible(t *testing.T) {
	for _, c := range kindsOfSubscription {
		t.Run(c.name, func(t *testing.T) {
			s := sold(c.change)
			got, renewal := s.Reducible(monday)
			if reason(got) != c.reason || got != nil && (got.Rule != c.rule || got.Kind != Conflict) || renewal != c.renewal {
				t.Errorf("Reducible = %v, at renewal %v; want %q, %v", got, renewal, c.reason, c.renewal)
			}
		})
	}
}

func TestChangeQuantity(t *testing.T) {
	for _, c := range kindsOfSubscription {
		t.Run(c.name, func(t *testing.T) {
			before := sold(c.change)
			after, err := ChangeQuantity(before, 55, Now, monday)
			if reason(RefusalOf(err)) != c.reason || (err == nil) != (after.Total == 55) || err != nil && after != before {
				t.Errorf("now: total %d, %v; want %q", after.Total, err, c.reason)
			}
			after, err = ChangeQuantity(before, 55, Renewal, monday)
			if may := c.renewal && before.Recurring; (err == nil) != may {
				t.Errorf("at renewal: %v, want allowed %v", err, may)
			}
			if err == nil && (after.Total != 60 || after.Scheduled == nil || *after.Scheduled != ScheduledChange{55, before.TermEnd}) {
				t.Errorf("at renewal: total %d, scheduled %+v; want 60, then 55", after.Total, after.Scheduled)
			}
		})
	}
	mosa := monthly(e3, 60, 40)
	for _, c := range []struct {
		name   string
		change func(*Subscription)
		total  int
		when   When
		want   int
		reason string
	}{
		{"R-LIC-21 the new total, not the difference", nil, 55, Now, 55, ""},
		{"R-LIC-21 down to what is assigned", nil, 40, Now, 40, ""},
		{"R-LIC-21 below what is assigned", nil, 39, Now, 60, "subscription.belowAssigned"},
		{"R-LIC-21 below what is assigned, at renewal", nil, 39, Renewal, 60, "subscription.belowAssigned"},
		{"R-SM-12 assigned before channel", func(s *Subscription) { s.Channel = Partner }, 39, Now, 60, "subscription.belowAssigned"},
		{"R-LIC-01 another subscription of the product covers it", func(s *Subscription) { s.ProductTotal += 30 }, 10, Now, 10, ""},
		{"R-LIC-01 but not all of it", func(s *Subscription) { s.ProductTotal += 30 }, 9, Now, 60, "subscription.belowAssigned"},
		{"R-LIC-21 negative", nil, -1, Now, 60, "subscription.negative"},
		{"R-LIC-33 buying", nil, 65, Now, 65, ""},
		{"R-LIC-39 buying while over-assigned", func(s *Subscription) { s.Assigned = 90 }, 65, Now, 65, ""},
		{"R-LIC-30 buying from a partner", func(s *Subscription) { s.Channel = Partner }, 65, Now, 60, "subscription.buyFromSeller"},
		{"R-LIC-29 buying on a product key", func(s *Subscription) { s.Channel = ProductKey }, 65, Now, 60, "subscription.productKey"},
		{"R-LIC-31 a representative's can be added to", func(s *Subscription) { s.ByRep = true }, 65, Now, 65, ""},
		{"R-LIC-28 buying during a credit check", func(s *Subscription) { s.CreditCheck = true }, 65, Now, 60, "subscription.creditCheck"},
		{"R-LIC-28 buying on a trial", func(s *Subscription) { s.Trial = true }, 65, Now, 60, "subscription.trial"},
		{"R-LIC-28 buying after the end of sale", func(s *Subscription) { s.EndOfSale = true }, 65, Now, 60, "subscription.endOfSale"},
		{"R-LIC-36 buying on an expired one", func(s *Subscription) { s.Status = "Warning" }, 65, Now, 60, "subscription.notActive"},
		{"R-LIC-25 buying at renewal without recurring billing", func(s *Subscription) { s.Recurring = false }, 65, Renewal, 60, "subscription.recurringOff"},
		{"R-LIC-25 buying now without recurring billing", func(s *Subscription) { s.Recurring = false }, 65, Now, 65, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := mosa
			if c.change != nil {
				c.change(&s)
			}
			others := s.ProductTotal - s.Total
			got, err := ChangeQuantity(s, c.total, c.when, monday)
			if got.Total != c.want || got.ProductTotal != c.want+others || reason(RefusalOf(err)) != c.reason {
				t.Errorf("total = %d of %d, %v; want %d, %q", got.Total, got.ProductTotal, err, c.want, c.reason)
			}
		})
	}
	t.Run("R-LIC-25 a first term ends within the month that follows", func(t *testing.T) {
		for from, want := range map[string]string{"2026-01-31": "2026-02-28", "2028-01-31": "2028-02-29", "2026-01-15": "2026-02-15", "2026-12-31": "2027-01-31", "2026-08-31": "2026-09-30"} {
			at, err := time.Parse(time.DateOnly, from)
			if err != nil {
				t.Fatal(err)
			}
			if got := TermAfter(at, 1).Format(time.DateOnly); got != want {
				t.Errorf("begun on %s it ends on %s, want %s", from, got, want)
			}
		}
	})
	t.Run("R-LIC-24 buying opens the window", func(t *testing.T) {
		got, err := ChangeQuantity(sold(nil), 65, Now, monday)
		if r, _ := got.Reducible(monday.Add(7 * Day)); err != nil || r != nil {
			t.Errorf("not reducible a week after buying: %v %v", err, r)
		}
	})
	t.Run("R-LIC-24 R-SM-12 more seats open the window for themselves only", func(t *testing.T) {
		for _, bound := range []Commitment{MonthlyCommitment, AnnualCommitment} {
			s, err := ChangeQuantity(sold(func(s *Subscription) { s.Commitment = bound }), 62, Now, monday) // of 60, ten days old
			if err != nil {
				t.Fatal(err)
			}
			s, err = ChangeQuantity(s, 63, Now, monday.Add(Day))
			if err != nil {
				t.Fatal(err)
			}
			later := monday.Add(2 * Day)
			if _, err := ChangeQuantity(s, 59, Now, later); reason(RefusalOf(err)) != "subscription.windowPartly" || RefusalOf(err).Rule != "R-LIC-24" {
				t.Errorf("%s: giving back one of the first 60: %v", bound, err)
			}
			back, err := ChangeQuantity(s, 60, Now, later)
			if err != nil || back.Total != 60 {
				t.Fatalf("%s: giving back what was added: %v", bound, err)
			}
			if r, atRenewal := back.Reducible(later); r == nil || !atRenewal {
				t.Errorf("%s: the first 60 can be given back now: %v, at renewal %v", bound, r, atRenewal)
			}
			if r, _ := back.Reducible(later); bound == AnnualCommitment && r != nil && r.Rule != "R-LIC-32" {
				t.Errorf("R-LIC-32: got %s", r.Rule)
			}
			renewed := Renew(s, s.TermEnd)
			if got, err := ChangeQuantity(renewed, 45, Now, s.TermEnd.Add(Day)); err != nil || got.Total != 45 {
				t.Errorf("%s: after the renewal all of them can go, got %d, %v", bound, got.Total, err)
			}
		}
	})
	t.Run("R-LIC-24 seats bought while the window was open leave it open for all", func(t *testing.T) {
		s, err := ChangeQuantity(sold(func(s *Subscription) { s.LastPurchase = monday.Add(-2 * Day) }), 65, Now, monday)
		if err != nil {
			t.Fatal(err)
		}
		if got, err := ChangeQuantity(s, 50, Now, monday.Add(Day)); err != nil || got.Total != 50 {
			t.Errorf("got %d, %v", got.Total, err)
		}
	})
	t.Run("R-LIC-25 asking for what is there takes a scheduled change back", func(t *testing.T) {
		s := mosa
		s.Scheduled = &ScheduledChange{50, s.TermEnd}
		if got, err := ChangeQuantity(s, 60, Now, monday); err != nil || got.Scheduled != nil || s.Scheduled == nil {
			t.Errorf("scheduled = %v, %v", got.Scheduled, err)
		}
	})
}

func lapsed(s *Subscription) { s.Recurring = false }

func lapsedVolume(s *Subscription) { s.Recurring, s.Channel = false, VolumeLicensing }

func TestRenew(t *testing.T) {
	jan31 := time.Date(2026, 1, 31, 0, 0, 0, 0, time.UTC)
	for _, c := range []struct {
		name        string
		change      func(*Subscription)
		now         time.Time
		total       int
		end         time.Time
		status      string
		stillComing bool
	}{
		{"R-LIC-25 not before the date", func(s *Subscription) { s.Scheduled = &ScheduledChange{50, s.TermEnd} }, monday.AddDate(0, 0, 20).Add(-1), 60, monday.AddDate(0, 0, 20), "Enabled", true},
		{"R-LIC-25 at the date", func(s *Subscription) { s.Scheduled = &ScheduledChange{50, s.TermEnd} }, monday.AddDate(0, 0, 20), 50, monday.AddDate(0, 1, 20), "Enabled", false},
		{"R-LIC-35 not below what is assigned by then", func(s *Subscription) { s.Scheduled = &ScheduledChange{30, s.TermEnd} }, monday.AddDate(0, 0, 20), 40, monday.AddDate(0, 1, 20), "Enabled", false},
		{"R-LIC-25 three months later", func(s *Subscription) { s.Scheduled = &ScheduledChange{50, s.TermEnd} }, monday.AddDate(0, 3, 0), 50, monday.AddDate(0, 3, 20), "Enabled", false},
		{"R-LIC-25 a year", func(s *Subscription) { s.Commitment = AnnualCommitment }, monday.AddDate(0, 0, 20), 60, monday.AddDate(1, 0, 20), "Enabled", false},
		{"R-LIC-25 priced by the year", func(s *Subscription) { s.Per = "year" }, monday.AddDate(0, 0, 20), 60, monday.AddDate(1, 0, 20), "Enabled", false},
		{"R-LIC-25 the end of a short month", func(s *Subscription) { s.TermEnd = jan31 }, jan31, 60, time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC), "Enabled", false},
		{"R-LIC-25 the month after a short one", func(s *Subscription) { s.TermEnd = jan31 }, time.Date(2026, 2, 28, 0, 0, 0, 0, time.UTC), 60, time.Date(2026, 3, 31, 0, 0, 0, 0, time.UTC), "Enabled", false},
		{"R-LIC-25 half a year after it", func(s *Subscription) { s.TermEnd = jan31 }, time.Date(2026, 7, 1, 0, 0, 0, 0, time.UTC), 60, time.Date(2026, 7, 31, 0, 0, 0, 0, time.UTC), "Enabled", false},
		{"R-LIC-25 a year from a leap day", func(s *Subscription) { s.Per, s.TermEnd = "year", time.Date(2028, 2, 29, 0, 0, 0, 0, time.UTC) }, time.Date(2028, 3, 1, 0, 0, 0, 0, time.UTC), 60, time.Date(2029, 2, 28, 0, 0, 0, 0, time.UTC), "Enabled", false},
		{"R-LIC-36 expires without recurring billing", func(s *Subscription) { s.Recurring = false }, monday.AddDate(0, 0, 20), 60, monday.AddDate(0, 0, 20), "Warning", false},
		{"R-LIC-36 not before its end", func(s *Subscription) { s.Recurring = false }, monday.AddDate(0, 0, 20).Add(-1), 60, monday.AddDate(0, 0, 20), "Enabled", false},
		{"R-LIC-36 thirty days expired", lapsed, monday.AddDate(0, 0, 20).Add(30*Day - 1), 60, monday.AddDate(0, 0, 20), "Warning", false},
		{"R-LIC-36 then disabled", lapsed, monday.AddDate(0, 0, 20).Add(30 * Day), 60, monday.AddDate(0, 0, 20), "Suspended", false},
		{"R-LIC-36 for ninety days", lapsed, monday.AddDate(0, 0, 20).Add(120*Day - 1), 60, monday.AddDate(0, 0, 20), "Suspended", false},
		{"R-LIC-36 then deleted", lapsed, monday.AddDate(0, 0, 20).Add(120 * Day), 60, monday.AddDate(0, 0, 20), "Deleted", false},
		{"R-LIC-36 volume licensing, ninety days expired", lapsedVolume, monday.AddDate(0, 0, 20).Add(90*Day - 1), 60, monday.AddDate(0, 0, 20), "Warning", false},
		{"R-LIC-36 volume licensing, disabled for sixty", lapsedVolume, monday.AddDate(0, 0, 20).Add(150*Day - 1), 60, monday.AddDate(0, 0, 20), "Suspended", false},
		{"R-LIC-36 volume licensing, deleted", lapsedVolume, monday.AddDate(0, 0, 20).Add(150 * Day), 60, monday.AddDate(0, 0, 20), "Deleted", false},
		{"R-LIC-36 without a term", func(s *Subscription) { s.TermEnd = time.Time{} }, monday.AddDate(9, 0, 0), 60, time.Time{}, "Enabled", false},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := monthly(e3, 60, 40)
			c.change(&s)
			got := Renew(s, c.now)
			if got.Total != c.total || got.ProductTotal != c.total || !got.TermEnd.Equal(c.end) || got.Status != c.status || (got.Scheduled != nil) != c.stillComing {
				t.Errorf("renewed = %d seats until %s, %s, scheduled %v; want %d until %s, %s", got.Total, got.TermEnd, got.Status, got.Scheduled, c.total, c.end, c.status)
			}
		})
	}
	t.Run("R-LIC-24 renewing opens the window", func(t *testing.T) {
		s := sold(nil)
		got := Renew(s, s.TermEnd)
		if r, _ := got.Reducible(s.TermEnd.Add(6 * Day)); r != nil {
			t.Errorf("not reducible six days after the renewal: %v", r)
		}
	})
}

func TestSeatSteps(t *testing.T) {
	renewal := monday.AddDate(0, 0, 20)
	t.Run("R-LIC-42 now, and bought again", func(t *testing.T) {
		s := monthly(e3, 60, 40)
		s.reduce(Now)
		if s.Total != 59 || s.ProductTotal != 59 || s.Scheduled != nil {
			t.Errorf("reduced = %+v", s)
		}
		s.PutBackSeat(Now)
		if s.Total != 60 || s.ProductTotal != 60 {
			t.Errorf("put back = %+v", s)
		}
	})
	t.Run("R-LIC-42 at renewal, and taken back", func(t *testing.T) {
		s := monthly(e3, 60, 40)
		s.reduce(Renewal)
		s.reduce(Renewal)
		if s.Total != 60 || *s.Scheduled != (ScheduledChange{58, renewal}) {
			t.Errorf("reduced = %d, then %+v", s.Total, s.Scheduled)
		}
		s.PutBackSeat(Renewal)
		if s.Scheduled == nil || s.Scheduled.Total != 59 {
			t.Errorf("put back one = %+v", s.Scheduled)
		}
		s.PutBackSeat(Renewal)
		if s.Scheduled != nil || s.Total != 60 {
			t.Errorf("put back both = %d, %+v", s.Total, s.Scheduled)
		}
	})
	t.Run("R-LIC-33 put back after the renewal buys", func(t *testing.T) {
		s := monthly(e3, 60, 40)
		s.reduce(Renewal)
		s = Renew(s, renewal)
		s.PutBackSeat(Renewal)
		if s.Total != 60 || s.ProductTotal != 60 {
			t.Errorf("put back = %d of %d", s.Total, s.ProductTotal)
		}
	})
	t.Run("R-LIC-25 a scheduled increase survives", func(t *testing.T) {
		s := monthly(e3, 60, 40)
		s.Scheduled = &ScheduledChange{65, renewal}
		s.reduce(Renewal)
		s.PutBackSeat(Renewal)
		if s.Scheduled == nil || s.Scheduled.Total != 65 {
			t.Errorf("scheduled = %+v, want 65 again", s.Scheduled)
		}
	})
	t.Run("R-SM-12 a copy is not changed along", func(t *testing.T) {
		s := monthly(e3, 60, 40)
		s.Scheduled = &ScheduledChange{50, renewal}
		for _, change := range []func(*Subscription){
			func(s *Subscription) { s.reduce(Renewal) }, func(s *Subscription) { s.PutBackSeat(Renewal) },
		} {
			change(new(s))
			if s.Scheduled.Total != 50 {
				t.Fatalf("the original says %d, want 50", s.Scheduled.Total)
			}
		}
	})
	t.Run("R-LIC-41 R-LIC-39 free seats", func(t *testing.T) {
		for _, c := range []struct{ total, assigned, want int }{{60, 40, 20}, {60, 60, 0}, {60, 61, -1}} {
			if got := new(monthly(e3, c.total, c.assigned)).Free(); got != c.want {
				t.Errorf("free of %d with %d assigned = %d, want %d", c.total, c.assigned, got, c.want)
			}
		}
	})
}

// TestGiveBack judges a reduction at the moment of acting.
func TestGiveBack(t *testing.T) {
	for _, c := range []struct {
		name   string
		when   When
		change func(*Subscription)
		reason string
	}{
		{"R-LIC-42 now", Now, func(*Subscription) {}, ""},
		{"R-LIC-25 at renewal", Renewal, func(s *Subscription) { s.Billing, s.LastPurchase = MCA, monday.AddDate(0, -1, 0) }, ""},
		{"R-LIC-21 down to what is assigned", Now, func(s *Subscription) { s.Assigned = 59 }, ""},
		{"R-LIC-21 never below what is assigned", Now, func(s *Subscription) { s.Assigned = 60 }, "subscription.belowAssigned"},
		{"R-LIC-21 nor at renewal", Renewal, func(s *Subscription) { s.Scheduled = &ScheduledChange{Total: 40, At: s.TermEnd} }, "subscription.belowAssigned"},
		{"R-LIC-21 never below nothing", Now, func(s *Subscription) { s.Total, s.ProductTotal, s.Assigned = 0, 0, 0 }, "subscription.negative"},
		{"R-SM-12 only while it is reducible", Now, func(s *Subscription) { s.CreditCheck = true }, "subscription.creditCheck"},
		{"R-SM-12 not now what only the renewal can do", Now, func(s *Subscription) { s.Commitment = AnnualCommitment }, "subscription.commitment"},
		{"R-SM-12 at renewal what not even the renewal can do", Renewal, func(s *Subscription) { s.Channel = Partner }, "subscription.partner"},
		{"R-LIC-42 a subscription that is gone", Now, func(s *Subscription) { s.ID = "another" }, "subscription.notFound"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := college()
			id, total := o.Subscriptions[0].ID, 60
			c.change(&o.Subscriptions[0])
			if c.reason == "subscription.negative" {
				total = 0
			}
			_, r := o.GiveBack(id, c.when, monday)
			s := &o.Subscriptions[0]
			if reason(r) != c.reason {
				t.Fatalf("got %v, want %q", r, c.reason)
			}
			if done := c.reason == "" && c.when == Now; (s.Total == total-1) != done || s.Total != s.ProductTotal {
				t.Errorf("%d of %d seats are left", s.Total, s.ProductTotal)
			}
			if (c.when == Renewal && c.reason == "") != (s.Scheduled != nil && s.Scheduled.Total == 59) {
				t.Errorf("scheduled = %+v", s.Scheduled)
			}
		})
	}
	t.Run("R-LIC-01 the other subscriptions of the product know of it", func(t *testing.T) {
		o := college()
		one, other := monthly(e3, 1, 8), monthly(e3, 8, 8)
		one.ID, one.ProductTotal, other.ProductTotal = "sub-one", 9, 9
		o.Subscriptions = []Subscription{one, other}
		if _, r := o.GiveBack("sub-one", Now, monday); r != nil {
			t.Fatal(r)
		}
		if _, r := o.GiveBack(other.ID, Now, monday); reason(r) != "subscription.belowAssigned" {
			t.Errorf("a second seat: %v", r)
		}
	})
	t.Run("R-SM-18 the seats in use follow the person", func(t *testing.T) {
		o := college()
		anna := somebody("anna")
		gone := Depart(anna, DeleteSteps(), monday)
		if o.Recount(&anna, &gone); o.Subscriptions[0].Assigned != 39 || o.Subscriptions[1].Assigned != 4 {
			t.Errorf("assigned = %d of E3, %d of Plan 1", o.Subscriptions[0].Assigned, o.Subscriptions[1].Assigned)
		}
		if o.Recount(&gone, &anna); o.Subscriptions[0].Assigned != 40 {
			t.Errorf("assigned = %d after coming back", o.Subscriptions[0].Assigned)
		}
	})
}
