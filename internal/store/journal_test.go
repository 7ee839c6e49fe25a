package store_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func departure(n int, total int) *offboard.Departure {
	return &offboard.Departure{
		ID: org.DepartureID(storetest.ID(int64(n))), Status: offboard.Running, Created: storetest.Noon, Hash: "hash", Idempotent: fmt.Sprintf("key-%d", n),
		CreatedBy: org.Actor{ID: "admin", Name: "admin@contoso.com", Roles: []org.RoleID{org.GlobalAdmin}, RequestID: "r"},
		Total:     total, Counts: map[offboard.ItemOutcome]int{offboard.ItemPending: total},
	}
}

func items(n int) []offboard.Item {
	list := make([]offboard.Item, n)
	for i := range list {
		list[i] = offboard.Item{Ordinal: i, Asked: "X", UserKey: int64(i + 1), User: org.Ref{ID: storetest.ID(int64(i)), Name: "x", DisplayName: "X"}, Plan: org.OutcomeDelete, Outcome: offboard.ItemPending}
	}
	return list
}

func TestJournal(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		anna := storetest.Add(t, s, whole(1, "anna", ""))[0]
		dep := departure(1, 3)
		list := items(3)
		list[1] = offboard.Item{
			Ordinal: 1, Asked: "Anna@contoso.com", UserKey: anna.Key, User: anna.Ref(), Plan: org.OutcomeKeep, Outcome: offboard.ItemPending, State: "state",
			Choices: org.Choices{MailTo: new("bram@contoso.com")},
			Steps:   []org.Step{{Kind: org.GrantMailbox, To: org.Ref{ID: "b", Name: "bram@contoso.com"}}, {Kind: org.DeleteAccount}},
		}
		storetest.Change(t, s, func(tx offboard.Tx) error { return tx.AddDeparture(t.Context(), dep, list) })

		load := func() (d *offboard.Departure, got []offboard.Item) {
			t.Helper()
			storetest.Read(t, s, func(tx offboard.Tx) (err error) {
				if d, err = tx.Departure(t.Context(), org.DepartureID(storetest.ID(1))); err == nil {
					got, err = tx.Items(t.Context(), d, -1, 10)
				}
				return err
			})
			return d, got
		}
		d, got := load()
		if !reflect.DeepEqual(d, dep) {
			t.Errorf("got  %+v\nwant %+v", d, dep)
		}
		list[1].Departure = dep.Key
		if len(got) != 3 || !reflect.DeepEqual(got[1], list[1]) {
			t.Fatalf("got  %+v\nwant %+v", got, list[1])
		}

		t.Run("pages by ordinal and by state", func(t *testing.T) {
			storetest.Read(t, s, func(tx offboard.Tx) error {
				page, err := tx.Items(t.Context(), dep, 0, 1)
				if err != nil || len(page) != 1 || page[0].Ordinal != 1 {
					t.Errorf("got %+v", page)
				}
				bare, err := tx.Outcomes(t.Context(), dep, 0, 1)
				want := list[1]
				want.Before = nil
				if err != nil || len(bare) != 1 || !reflect.DeepEqual(bare[0], want) {
					t.Errorf("without the state before: got %+v, %v, want %+v", bare, err, want)
				}
				none, err := tx.Items(t.Context(), dep, -1, 9, offboard.ItemDone, offboard.ItemFailed)
				if len(none) != 0 {
					t.Errorf("got %+v", none)
				}
				return err
			})
		})
		t.Run("the state before comes back whole", func(t *testing.T) {
			done := got[1]
			done.Outcome, done.Before, done.Ran = offboard.ItemDone, anna, storetest.Noon
			dep.Counts = map[offboard.ItemOutcome]int{offboard.ItemPending: 2, offboard.ItemDone: 1}
			storetest.Change(t, s, func(tx offboard.Tx) error {
				if err := tx.SaveItems(t.Context(), dep, []offboard.Item{done}); err != nil {
					return err
				}
				if err := tx.Save(t.Context(), []offboard.Change{{Before: *anna, After: *anna, By: &done}}); err != nil {
					return err
				}
				return tx.SaveDeparture(t.Context(), dep)
			})
			d, got := load()
			if d.Counts[offboard.ItemDone] != 1 {
				t.Errorf("counts %v", d.Counts)
			}
			want := anna.Clone()
			want.PasswordHash, want.ParkedPasswordHash, want.SessionEpoch = "", "", 0 // secrets never enter the journal
			if !reflect.DeepEqual(*got[1].Before, want) {
				t.Errorf("got  %+v\nwant %+v", *got[1].Before, want)
			}
		})
		t.Run("R-RES-01 the item that took somebody away is found, and marked", func(t *testing.T) {
			storetest.Change(t, s, func(tx offboard.Tx) error {
				last, err := tx.LastItems(t.Context(), []*org.Person{{User: org.User{Key: 99}}, anna})
				if err != nil {
					return err
				}
				if last[0] != nil || last[1] == nil || last[1].Before == nil || last[1].User.ID != string(anna.ID) {
					t.Errorf("got %+v", last)
				}
				for _, ref := range []string{string(anna.ID), anna.UPN} {
					if p, it, err := tx.Departed(t.Context(), ref); err != nil || p == nil || p.Key != anna.Key || !reflect.DeepEqual(it, last[1]) {
						t.Errorf("%s: got %+v, %+v, %v", ref, p, it, err)
					}
				}
				todo, err := tx.Undoable(t.Context(), dep, 10)
				if err != nil || len(todo) != 1 {
					t.Errorf("to undo: %+v", todo)
				}
				return tx.MarkUndone(t.Context(), last[1], []org.Note{{Key: "n", Rule: "R-RES-05", Severity: org.Warning}})
			})
			storetest.Read(t, s, func(tx offboard.Tx) error {
				last, err := tx.LastItems(t.Context(), []*org.Person{anna})
				if last[0] != nil {
					t.Errorf("undone, but found: %+v", last[0])
				}
				for ref, there := range map[string]bool{string(anna.ID): true, storetest.ID(99): false} {
					if p, it, err := tx.Departed(t.Context(), ref); err != nil || (p != nil) != there || it != nil {
						t.Errorf("undone, or never there: %+v, %+v, %v", p, it, err)
					}
				}
				return err
			})
			if _, got := load(); !got[1].Undone || len(got[1].Notes) != 1 || got[1].Notes[0].Rule != "R-RES-05" {
				t.Errorf("got %+v", got[1])
			}
		})
	})
}

func TestDeparturesAreFoundAndClaimed(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for n := range 3 {
			storetest.Change(t, s, func(tx offboard.Tx) error { return tx.AddDeparture(t.Context(), departure(n+1, 0), nil) })
		}
		t.Run("R-SM-14 by key of their creator", func(t *testing.T) {
			storetest.Read(t, s, func(tx offboard.Tx) error {
				d, err := tx.DepartureByKey(t.Context(), "admin", "key-1")
				if err != nil || d == nil || d.ID != org.DepartureID(storetest.ID(1)) {
					t.Errorf("got %+v, %v", d, err)
				}
				if d, err = tx.DepartureByKey(t.Context(), "other", "key-1"); d != nil {
					t.Errorf("another's key finds %+v", d)
				}
				if err != nil {
					return err
				}
				d, err = tx.DepartureByKey(t.Context(), "admin", "")
				if d != nil {
					t.Errorf("no key finds %+v", d)
				}
				return err
			})
			err := s.Change(t.Context(), func(tx offboard.Tx) error {
				twice := departure(9, 0)
				twice.Idempotent = "key-1"
				return tx.AddDeparture(t.Context(), twice, nil)
			})
			if err == nil {
				t.Error("the same key twice")
			}
		})
		t.Run("newest first, paged", func(t *testing.T) {
			storetest.Read(t, s, func(tx offboard.Tx) error {
				first, err := tx.Departures(t.Context(), "", 2)
				if err != nil || len(first) != 2 || first[0].ID != org.DepartureID(storetest.ID(3)) || first[1].ID != org.DepartureID(storetest.ID(2)) {
					t.Fatalf("got %+v, %v", first, err)
				}
				next, err := tx.Departures(t.Context(), first[1].ID, 2)
				if len(next) != 1 || next[0].ID != org.DepartureID(storetest.ID(1)) {
					t.Errorf("got %+v", next)
				}
				return err
			})
		})
		t.Run("one node works on each until its lease ends", func(t *testing.T) {
			now := storetest.Noon
			claim := func(node string, now time.Time) (d *offboard.Departure) {
				t.Helper()
				var claimable bool
				storetest.Read(t, s, func(tx offboard.Tx) (err error) {
					claimable, err = tx.Claimable(t.Context(), node, now)
					return err
				})
				storetest.Change(t, s, func(tx offboard.Tx) (err error) {
					d, err = tx.Claim(t.Context(), node, now, now.Add(time.Minute))
					return err
				})
				if claimable != (d != nil) {
					t.Errorf("to claim: %v, claimed %+v", claimable, d)
				}
				return d
			}
			a, b := claim("a", now), claim("b", now)
			if a == nil || b == nil || a.ID == b.ID || a.Node != "a" || !a.Lease.Equal(now.Add(time.Minute)) {
				t.Fatalf("got %+v and %+v", a, b)
			}
			c := claim("c", now)
			if c == nil || c.ID == a.ID || c.ID == b.ID {
				t.Fatalf("got %+v", c)
			}
			if d := claim("d", now.Add(time.Second)); d != nil {
				t.Errorf("claimed what others work on: %+v", d)
			}
			if d := claim("d", now.Add(time.Minute)); d == nil {
				t.Error("a lease that ended is not taken over")
			}
			for _, d := range []*offboard.Departure{a, b, c} {
				d.Ended, d.Status, d.Lease = now, offboard.Done, time.Time{}
				storetest.Change(t, s, func(tx offboard.Tx) error { return tx.SaveDeparture(t.Context(), d) })
			}
			if d := claim("d", now.AddDate(0, 0, 1)); d != nil {
				t.Errorf("claimed one that has ended: %+v", d)
			}
		})
	})
}

func TestAuditTrail(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		entry := func(action string) offboard.Entry {
			return offboard.Entry{
				At: storetest.Noon, Actor: org.Actor{ID: "a", Name: "admin@contoso.com"}, Action: action, Target: org.Ref{ID: "t", Name: "t@contoso.com"},
				Result: "success", Request: "r", Detail: `{"before":{}}`,
			}
		}
		storetest.Change(t, s, func(tx offboard.Tx) error { return tx.Audit(t.Context(), entry("one"), entry("two")) })
		storetest.Change(t, s, func(tx offboard.Tx) error { return tx.Audit(t.Context(), entry("three")) })
		var trail []offboard.Entry
		storetest.Read(t, s, func(tx offboard.Tx) (err error) {
			trail, err = tx.Entries(t.Context(), 0, 10)
			return err
		})
		if len(trail) != 3 {
			t.Fatalf("got %+v", trail)
		}
		var previous []byte
		for i, action := range []string{"one", "two", "three"} {
			want := entry(action)
			want.Seq = int64(i + 1)
			want.Hash = offboard.ChainHash(previous, want.Seq, &want)
			previous = want.Hash
			if !reflect.DeepEqual(trail[i], want) {
				t.Errorf("R-DEL-21: got  %+v\nwant %+v", trail[i], want)
			}
		}
		storetest.Read(t, s, func(tx offboard.Tx) error {
			rest, err := tx.Entries(t.Context(), 1, 1)
			if len(rest) != 1 || rest[0].Seq != 2 {
				t.Errorf("got %+v", rest)
			}
			return err
		})
	})
}
