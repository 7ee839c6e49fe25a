package store_test

import (
	"errors"
	"sync"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestHeadOfManyTogether: changes that share a commit number departures, chain the trail
// and count people and seats as if each had one of its own, also beside some that come to
// nothing or change the row of the organization themselves. R-DEL-21 R-LIC-14
func TestHeadOfManyTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx := t.Context()
		o := storetest.Contoso(t, s)
		names := []string{"anna", "bram", "carla", "daan", "eva", "frank"}
		people := make([]org.Person, len(names))
		for i, name := range names {
			people[i] = storetest.Person(int64(i), name)
		}
		loaded := storetest.Add(t, s, people...)
		leave := func(i int, after func(tx offboard.Tx) error) func(offboard.Tx) error {
			return func(tx offboard.Tx) error {
				p := loaded[i]
				d := &offboard.Departure{ID: org.DepartureID(storetest.ID(int64(100 + i))), Status: offboard.Done, Created: storetest.Noon, Ended: storetest.Noon, Total: 1}
				it := offboard.Item{UserKey: p.Key, User: p.Ref(), Plan: org.OutcomeDelete, Outcome: offboard.ItemDone, Steps: org.DeleteSteps(), Before: p, Ran: storetest.Noon}
				if err := tx.AddDeparture(ctx, d, []offboard.Item{it}); err != nil {
					return err
				}
				it.Departure = d.Key
				if err := tx.Save(ctx, []offboard.Change{{Before: *p, After: org.Depart(*p, it.Steps, storetest.Noon), By: &it}}); err != nil {
					return err
				}
				if after != nil {
					if err := after(tx); err != nil {
						return err
					}
				}
				return tx.Audit(ctx, offboard.Entry{At: storetest.Noon, Action: offboard.ActDelete, Target: p.Ref(), Result: "success"})
			}
		}
		no := errors.New("no")
		steps := []func(offboard.Tx) error{
			leave(0, nil),
			leave(1, nil),
			func(tx offboard.Tx) error { _, err := tx.Clock(ctx); return errors.Join(err, no) },
			leave(2, func(tx offboard.Tx) error { // it sees what the two before it took
				now, err := tx.Organization(ctx)
				if err == nil && (now.People != 3 || now.Subscriptions[0].Assigned != 3) {
					t.Errorf("%d people and %d seats", now.People, now.Subscriptions[0].Assigned)
				}
				return err
			}),
			leave(3, func(offboard.Tx) error { return no }),
			func(tx offboard.Tx) error { return tx.SetClock(ctx, 60e9) },
			leave(4, func(tx offboard.Tx) error { return tx.SaveOrganization(ctx, o) }),
			leave(5, nil),
		}
		calls := make([]func() error, len(steps))
		for i, f := range steps {
			calls[i] = func() error { return s.Change(ctx, f) }
		}
		for i, err := range together(t, s, calls...) {
			if want := i == 2 || i == 4; want != errors.Is(err, no) || !want && err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		if v, err := (&offboard.Desk{Store: s}).VerifyAudit(ctx, org.Actor{ID: "admin", Roles: []org.RoleID{org.GlobalAdmin}}); err != nil || !v.OK || v.Entries != 5 {
			t.Errorf("the trail: %+v, %v", v, err)
		}
		storetest.Read(t, s, func(tx offboard.Tx) error {
			now, err := tx.Organization(ctx)
			if err != nil {
				return err
			}
			if now.People != 1 || now.Subscriptions[0].Assigned != 1 {
				t.Errorf("at the end %d people and %d seats", now.People, now.Subscriptions[0].Assigned)
			}
			runs, err := tx.Departures(ctx, "", 10)
			if err == nil && len(runs) != 5 {
				t.Errorf("%d departures", len(runs))
			}
			return err
		})
	})
}

// together runs changes so that they share a commit, in their order.
func together(t *testing.T, s *store.Store, changes ...func() error) []error {
	t.Helper()
	errs := make([]error, len(changes))
	busy, free := make(chan struct{}), make(chan struct{})
	var wait sync.WaitGroup
	var once sync.Once
	wait.Go(func() {
		_ = s.Change(t.Context(), func(offboard.Tx) error {
			once.Do(func() { close(busy) })
			<-free
			return nil
		})
	})
	<-busy
	for i, f := range changes {
		wait.Go(func() { errs[i] = f() })
		for s.DB().Stats().Waiting <= int64(i) {
			if t.Context().Err() != nil {
				t.Fatal("nobody waits")
			}
		}
	}
	close(free)
	wait.Wait()
	return errs
}
