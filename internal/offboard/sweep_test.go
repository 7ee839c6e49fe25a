package offboard_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

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

// TestShorterRetention: a retention that an administrator makes shorter, and longer
// again, loses no files at once and opens none again.
func TestShorterRetention(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"))
		set := func(days int) {
			t.Helper()
			_, err := o.ChangeOrganization(t.Context(), org.Actor{ID: "sp", Roles: []org.RoleID{org.SharePointAdmin}}, func(x *org.Organization) error { // R-API-64
				x.Settings.DriveRetentionDays, x.Settings.DriveRetentionPast = days, nil // nobody takes the past away
				return nil
			})
			if err != nil {
				t.Fatal(err)
			}
		}
		day := func(n int) {
			t.Helper()
			o.time = storetest.Noon.Add(time.Duration(n) * org.Day)
			if _, err := o.Sweep(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
		drives := func() int {
			t.Helper()
			left, err := s.LeftDrives(t.Context(), offboard.LeftQuery{Limit: 10})
			if err != nil {
				t.Fatal(err)
			}
			return len(left)
		}
		set(365)
		if err := o.DeleteUser(t.Context(), boss, "anna@contoso.com"); err != nil {
			t.Fatal(err)
		}
		day(200)
		set(30)
		day(200)
		if drives() != 1 {
			t.Fatal("R-OD-06: the files are gone on the day that the retention was made shorter")
		}
		set(3650)
		x, _, err := o.Organization(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if got := (&org.Drive{}).DriveStateAt(storetest.Noon, o.time, x.Settings); got != org.DriveRecycleBin {
			t.Errorf("R-OD-06: the drive is %s again, want recycleBin", got)
		}
		day(292)
		if drives() != 1 {
			t.Error("R-OD-06: the files are gone before 93 days in the recycle bin have passed")
		}
		day(293)
		if drives() != 0 {
			t.Error("R-OD-06: the files are still there")
		}
	})
}
