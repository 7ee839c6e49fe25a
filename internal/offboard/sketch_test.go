package offboard_test

import (
	"context"
	"fmt"
	"reflect"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// looking counts how often people are loaded, and how often is asked whether
// somebody waits.
type looking struct {
	*store.Store
	loads, asked int
}

type lookingTx struct {
	offboard.Tx
	s *looking
}

func (s *looking) Change(ctx context.Context, f func(offboard.Tx) error) error {
	return s.Store.Change(ctx, func(tx offboard.Tx) error { return f(&lookingTx{tx, s}) })
}

func (t *lookingTx) PeopleByKey(ctx context.Context, keys []int64) ([]*org.Person, error) {
	t.s.loads++
	return t.Tx.PeopleByKey(ctx, keys)
}

func (t *lookingTx) Wanted(ctx context.Context) (bool, error) {
	t.s.asked++
	return t.Tx.Wanted(ctx)
}

// TestConfirmWhatWasPlanned confirms a plan at once, and after everything that has
// to have it made anew: the journal is the same, or the plan is refused as a whole.
func TestConfirmWhatWasPlanned(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"), storetest.Person(3, "carla"), storetest.Person(4, "daan"))
		o.exec(t, fmt.Sprintf("update subscriptions set billing = '%s', last_purchase = %d", org.MCA, o.time.Unix()))
		window := o.time.Add(org.PurchaseWindow)
		store := &looking{Store: s}
		o.Store = store
		req := wish(org.Choices{ReduceSubscriptions: ptr(true)}, "anna@contoso.com", "bram@contoso.com", "nobody@contoso.com")
		edit := func(name string) func() {
			return func() {
				storetest.Edit(t, s, name+"@contoso.com", func(p *org.Person) { p.DisplayName += "!" })
			}
		}
		var journal []offboard.Item
		for _, c := range []struct {
			name   string
			change func()
			as     org.Actor
			req    offboard.Request
			loads  int
			stale  bool
		}{
			{name: "at once", as: boss, req: req},
			{name: "another request of the same person", as: org.Actor{ID: boss.ID, Name: boss.Name, Roles: boss.Roles, RequestID: "req-2"}, req: req},
			{name: "after somebody else was changed", as: boss, req: req, change: edit("carla"), loads: 1},
			{name: "after one of them was changed", as: boss, req: req, change: edit("anna"), loads: 1, stale: true},
			{name: "by somebody else", as: org.Actor{ID: "other", Roles: boss.Roles}, req: req, loads: 1},
			{name: "by an administrator of people only", as: org.Actor{ID: boss.ID, Roles: []org.RoleID{org.UserAdmin}}, req: req, loads: 1, stale: true},
			{name: "of somebody else", as: boss, req: wish(req.Defaults, "anna@contoso.com", "daan@contoso.com", "nobody@contoso.com"), loads: 1, stale: true},
			{name: "with another choice", as: boss, req: wish(org.Choices{}, "anna@contoso.com", "bram@contoso.com", "nobody@contoso.com"), loads: 1, stale: true},
			{name: "a minute later", as: boss, req: req, change: func() { o.time = o.time.Add(time.Minute) }},
			{name: "much later", as: boss, req: req, change: func() { o.time = o.time.Add(time.Hour) }, loads: 1},
			{name: "R-LIC-24 when a window has just closed", as: boss, req: req, change: func() { o.time = window.Add(time.Second) }, loads: 1, stale: true},
		} {
			t.Run(c.name, func(t *testing.T) {
				if c.name == "R-LIC-24 when a window has just closed" {
					o.time = window
				}
				plan, err := o.Plan(t.Context(), boss, req)
				if err != nil {
					t.Fatal(err)
				}
				if c.change != nil {
					c.change()
				}
				store.loads = 0
				dep, err := o.Start(t.Context(), c.as, c.req, offboard.Confirmation{Hash: plan.Hash, Override: offboard.MassDelete})
				most := max(c.loads, map[bool]int{true: 1}[s.DB().Dialect() == sqldb.Postgres]) // where others take numbers as well
				if store.loads < c.loads || store.loads > most {
					t.Errorf("people were loaded %d times, want %d", store.loads, c.loads)
				}
				if r := org.RefusalOf(err); c.stale != (r != nil && r.Reason == "PlanChanged") || !c.stale && err != nil {
					t.Fatalf("got %v", err)
				}
				if c.stale {
					journal = nil // anna has another name now
					return
				}
				items := o.items(t, dep)
				for i := range items {
					items[i].Departure = 0
					for j := range items[i].Steps {
						items[i].Steps[j].At = time.Time{}
					}
				}
				if journal != nil && !reflect.DeepEqual(items, journal) {
					t.Error("the journal says something else")
				}
				journal = items
				o.exec(t, "delete from departure_items")
				o.exec(t, "delete from departures")
			})
		}
	})
}
