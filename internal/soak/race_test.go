package soak

import (
	"sync"
	"sync/atomic"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// racers is how many do the same thing at once.
const racers = 16

// TestSoakRace lets sixteen requests delete, restore, plan and purge the same
// person at once: on PostgreSQL through two nodes, on SQLite through one.
// Exactly one wins, the others get a clear refusal.
func TestSoakRace(t *testing.T) {
	together(t)
	rounds := pick(50, 1000)
	eachKind(t, rounds, func(t *testing.T, w *world) {
		first, s := w.node(t)
		defer s.Close()
		desks := []*offboard.Desk{first, first}
		if w.URL != "" {
			other := w.place
			other.Node = "other"
			s2, err := other.open(t.Context(), false)
			if err != nil {
				t.Fatal(err)
			}
			defer s2.Close()
			if desks[1], err = other.desk(s2); err != nil {
				t.Fatal(err)
			}
		}
		for round, upn := range w.leavers {
			if round%50 == 49 {
				continue // synchronised: nobody may
			}
			id := string(storetest.Load(t, s, upn)[0].ID)
			remove := func(d *offboard.Desk) error { return d.DeleteUser(t.Context(), boss, upn) }
			restore := func(d *offboard.Desk) error {
				_, err := d.RestoreUser(t.Context(), boss, id, offboard.Restoring{})
				return err
			}
			purge := func(d *offboard.Desk) error { return d.PurgeUser(t.Context(), boss, id) }
			race(t, "delete", desks, remove)
			race(t, "restore", desks, restore)
			if round%5 == 0 {
				raceRun(t, desks, s, upn)
			} else {
				race(t, "delete", desks, remove)
			}
			race(t, "restore or purge", desks, restore, purge)
		}
		w.healthy(t, s, true)
	})
}

// race does the same on all desks at once. One of the actions must succeed once,
// and all others be refused by a rule.
func race(t *testing.T, what string, desks []*offboard.Desk, actions ...func(*offboard.Desk) error) {
	t.Helper()
	var won atomic.Int64
	var all sync.WaitGroup
	begin := make(chan struct{})
	for i := range racers {
		all.Go(func() {
			<-begin
			err := actions[i/2%len(actions)](desks[i%len(desks)])
			switch r := org.RefusalOf(err); {
			case err == nil:
				won.Add(1)
			case r == nil || r.Kind == org.Unavailable:
				t.Errorf("%s: %v", what, err)
			}
		})
	}
	close(begin)
	all.Wait()
	if won.Load() != 1 {
		t.Errorf("%s: %d won", what, won.Load())
	}
}

// raceRun lets runs that were all confirmed for the same plan race against each
// other and against plain deletes.
func raceRun(t *testing.T, desks []*offboard.Desk, s *store.Store, upn string) {
	t.Helper()
	before := deletions(t, s, upn)
	req := offboard.Request{People: []offboard.Wish{{User: upn}}}
	plan, err := desks[0].Plan(t.Context(), boss, req)
	if err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for i := range racers {
		d := desks[i%len(desks)]
		all.Go(func() {
			if i%4 == 3 {
				if err := d.DeleteUser(t.Context(), boss, upn); err != nil && org.RefusalOf(err) == nil {
					t.Errorf("delete beside runs: %v", err)
				}
				return
			}
			if _, err := d.Start(t.Context(), boss, req, offboard.Confirmation{Hash: plan.Hash}); err != nil && org.RefusalOf(err) == nil {
				t.Errorf("start: %v", err)
			}
			for worked := true; worked; {
				var err error
				if worked, err = d.WorkOnce(t.Context()); err != nil {
					if r := org.RefusalOf(err); r == nil {
						t.Errorf("work: %v", err)
					}
					return
				}
			}
		})
	}
	all.Wait()
	for worked := true; worked; { // what another one had claimed
		if worked, err = desks[0].WorkOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	if n := deletions(t, s, upn) - before; n != 1 {
		t.Errorf("%s was deleted %d times", upn, n)
	}
}

// deletions counts the entries of the trail that say that somebody was deleted.
func deletions(t *testing.T, s *store.Store, upn string) int {
	t.Helper()
	var n int
	err := s.DB().QueryRow(t.Context(), "select count(*) from audit where action = 'Delete user' and target_name = $1", upn).Scan(&n)
	if err != nil {
		t.Fatal(err)
	}
	return n
}
