package offboard_test

import (
	"slices"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestSeatsAtTheMoment changes what giving a seat back depends on, between
// confirming and running: the person goes all the same, the step says how it is.
func TestSeatsAtTheMoment(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"), storetest.Person(3, "carla"), storetest.Person(4, "daan"))
		seats := func(n int) {
			sub := o.organization(t).Subscriptions[0]
			sub.Total = n
			storetest.Change(t, s, func(tx offboard.Tx) error { return tx.SaveSubscription(t.Context(), sub, o.time) })
		}
		for _, c := range []struct {
			name, user string
			change     func()
			total      int // afterwards
			rule       string
		}{
			{"R-LIC-21 down to what is assigned by then", "anna", func() { seats(4) }, 3, ""},
			{"R-LIC-21 never below what is assigned by then", "bram", func() { seats(2) }, 2, "R-LIC-21"},
			{"R-LIC-21 never below nothing", "carla", func() { seats(0) }, 0, "R-LIC-21"},
			{"R-SM-12 only while it is reducible", "daan", func() { o.exec(t, "update subscriptions set credit_check = true") }, 60, "R-LIC-28"},
		} {
			t.Run(c.name, func(t *testing.T) {
				seats(60)
				dep := o.confirm(t, org.Choices{ReduceSubscriptions: ptr(true)}, c.user+"@contoso.com")
				c.change()
				o.work(t)
				it := o.items(t, dep)[0]
				last := len(it.Steps) - 1
				switch want := (map[bool]offboard.ItemOutcome{true: offboard.ItemDone, false: offboard.ItemSkipped})[c.rule == ""]; {
				case it.Outcome != offboard.ItemDone || it.Steps[last].Kind != org.ReduceSubscription:
					t.Fatalf("item %+v", it)
				case it.StepOutcome(last) != want || it.StepOutcome(0) != offboard.ItemDone:
					t.Errorf("the step is %s, want %s", it.StepOutcome(last), want)
				case c.rule != "" && (len(it.Notes) != 1 || it.Notes[0].Rule != c.rule):
					t.Errorf("notes %+v, want one by %s", it.Notes, c.rule)
				case c.rule == "" && len(it.Notes) > 0:
					t.Errorf("notes %+v", it.Notes)
				}
				if got := o.organization(t).Subscriptions[0].Total; got != c.total {
					t.Errorf("%d seats are paid for, want %d", got, c.total)
				}
				if _, err := o.Undo(t.Context(), boss, dep.ID); err != nil {
					t.Fatal(err)
				}
				o.work(t)
				back := c.total
				if c.rule == "" {
					back++
				}
				if got := o.organization(t).Subscriptions[0].Total; got != back {
					t.Errorf("%d seats after undo, want %d: a seat that was never given back is not bought again", got, back)
				}
				o.run(t, org.Choices{}, c.user+"@contoso.com") // for the next one
			})
		}
	})
}

// TestSeatsOfOneChunk has more leavers than spare seats in one transaction.
func TestSeatsOfOneChunk(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	storetest.Add(t, o.store, storetest.Person(1, "anna"), storetest.Person(2, "bram"), storetest.Person(3, "carla"))
	dep := o.confirm(t, org.Choices{ReduceSubscriptions: ptr(true)}, "anna@contoso.com", "bram@contoso.com")
	o.exec(t, "update subscriptions set total = 2 where id = 'sub-e3'")
	o.work(t)
	var steps []offboard.ItemOutcome
	for _, it := range o.items(t, dep) {
		steps = append(steps, it.StepOutcome(len(it.Steps)-1))
	}
	if want := []offboard.ItemOutcome{offboard.ItemSkipped, offboard.ItemDone}; !slices.Equal(steps, want) {
		t.Errorf("R-LIC-21: reductions %v, want %v", steps, want)
	}
	if sub := o.organization(t).Subscriptions[0]; sub.Total != 1 || sub.Assigned != 1 {
		t.Errorf("R-LIC-21: %d seats for %d people", sub.Total, sub.Assigned)
	}
}
