package offboard_test

import (
	"fmt"
	"slices"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestSweepInPortions purges people in several transactions, the next loaded while the
// ones before go. Who is restored in between stays.
func TestSweepInPortions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for _, restored := range []int{-1, 2, 5} {
			t.Run(fmt.Sprintf("with person %d restored", restored), func(t *testing.T) {
				o := newOffice(t, storetest.SQLite(t))
				if restored < 0 {
					o = newOffice(t, s)
				}
				var people []org.Person
				for i := range int64(7) {
					people = append(people, storetest.Person(i, fmt.Sprint("p", i)))
				}
				all := storetest.Add(t, o.store, people...)
				for _, p := range all {
					storetest.Delete(t, o.store, p.UPN, o.time)
				}
				o.time = o.time.Add(org.UserRetention)
				o.Portion = 2
				batches := 0
				swept, err := o.Sweep(t.Context(), func(offboard.Swept) {
					if batches++; batches == 1 && restored >= 0 {
						back := o.time
						o.time = o.time.Add(-org.Day)
						if _, err := o.RestoreUser(t.Context(), boss, string(all[restored].ID), offboard.Restoring{}); err != nil {
							t.Error(err)
						}
						o.time = back
					}
				})
				if err != nil {
					t.Fatal(err)
				}
				var left []int
				for i, p := range all {
					if o.person(t, string(p.ID)) != nil {
						left = append(left, i)
					}
				}
				want := slices.DeleteFunc([]int{restored}, func(i int) bool { return i < 0 })
				if !slices.Equal(left, want) || swept.People != 7-len(want) {
					t.Errorf("%v are left of whom %d were purged, want %v", left, swept.People, want)
				}
				if v, err := o.VerifyAudit(t.Context(), boss); err != nil || !v.OK {
					t.Errorf("audit %+v, %v", v, err)
				}
			})
		}
	})
}
