package store_test

import (
	"encoding/json"
	"maps"
	"math/rand/v2"
	"sync"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestMoreSeats counts in the text what encoding/json would count. R-LIC-14
func TestMoreSeats(t *testing.T) {
	skus := []org.SkuID{"a", "ab", "b", `a"b`, `\`, "é", ":1,", ""}
	all, text := map[org.SkuID]int64{}, "{}"
	r := rand.New(rand.NewPCG(1, 2))
	for range 3000 {
		sku, n := skus[r.IntN(len(skus))], r.Int64N(5)-2
		if all[sku] += n; all[sku] == 0 {
			delete(all, sku)
		}
		var err error
		before := text
		if text, err = store.MoreSeats(text, sku, n); err != nil {
			t.Fatal(err)
		}
		var got map[org.SkuID]int64
		if err := json.Unmarshal([]byte(text), &got); err != nil || !maps.Equal(got, all) {
			t.Fatalf("%s and %d of %q is %s, %v, want %v", before, n, sku, text, err, all)
		}
	}
	if got, err := store.MoreSeats(`{"a":"many"}`, "a", 1); err == nil {
		t.Errorf("what is no number was counted on: %s", got)
	}
}

// TestSeatsInUse counts the seats of people who come and go: within a transaction, when
// several share a commit, and beside a change that came to nothing. R-LIC-14 R-LIC-41
func TestSeatsInUse(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		names := []string{"anna", "bram", "carla", "daan", "eva", "frank", "gijs", "hugo"}
		people := make([]org.Person, len(names))
		for i, name := range names {
			people[i] = storetest.Person(int64(i), name)
		}
		loaded := storetest.Add(t, s, people...)
		inUse := func(t *testing.T, tx offboard.Tx, want int) error {
			t.Helper()
			o, err := tx.Organization(t.Context())
			if err == nil && o.Subscriptions[0].Assigned != want {
				t.Errorf("%d seats are in use, want %d", o.Subscriptions[0].Assigned, want)
			}
			return err
		}
		leave := func(tx offboard.Tx, p *org.Person) error {
			return tx.Save(t.Context(), []offboard.Change{{Before: *p, After: org.Depart(*p, org.DeleteSteps(), storetest.Noon)}})
		}
		storetest.Change(t, s, func(tx offboard.Tx) error {
			for i := range 2 {
				if err := leave(tx, loaded[i]); err != nil {
					return err
				}
				if err := inUse(t, tx, 7-i); err != nil {
					return err
				}
			}
			sub := storetest.Subscription("later", storetest.E3, 5)
			return tx.SaveSubscription(t.Context(), sub, storetest.Noon)
		})
		history, err := s.SeatHistory(t.Context(), "later")
		if err != nil || len(history) != 1 || history[0].Assigned != 6 {
			t.Errorf("of a subscription bought in the same change is said %+v, %v", history, err)
		}
		err = s.Change(t.Context(), func(tx offboard.Tx) error {
			if err := leave(tx, loaded[2]); err != nil {
				return err
			}
			return org.Refuse(org.Conflict, "user.notFound", "")
		})
		if org.RefusalOf(err) == nil {
			t.Fatalf("got %v", err)
		}
		var wait sync.WaitGroup
		for _, p := range loaded[3:] {
			wait.Go(func() {
				if err := s.Change(t.Context(), func(tx offboard.Tx) error { return leave(tx, p) }); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		storetest.Read(t, s, func(tx offboard.Tx) error { return inUse(t, tx, 1) })
		skus, err := s.SubscribedSkus(t.Context())
		if err != nil || len(skus) == 0 || skus[0].Consumed != 1 {
			t.Errorf("got %+v, %v", skus, err)
		}
		for _, f := range codes(t, s, store.Checkup{Now: storetest.Noon}) {
			if f == "seatCount" {
				t.Error("the doctor counts otherwise")
			}
		}
		storetest.Change(t, s, func(tx offboard.Tx) error { // nobody has one any more
			if err := leave(tx, loaded[2]); err != nil {
				return err
			}
			return inUse(t, tx, 0)
		})
	})
}
