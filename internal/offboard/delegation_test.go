package offboard_test

import (
	"slices"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestDelegation: the files of those who were deleted without a plan go to the
// manager, or else to the secondary owner.
func TestDelegation(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		bram, olga := storetest.Person(9, "bram"), storetest.Person(8, "olga")
		person := func(n int64, name string, manager org.UserID) *org.Person {
			p := storetest.Person(n, name)
			p.ManagerID = manager
			return storetest.Add(t, s, p)[0]
		}
		heirs := storetest.Add(t, s, bram, olga)
		anna, carla, daan := person(1, "anna", bram.ID), person(2, "carla", ""), person(3, "daan", bram.ID)
		emma, frans := person(4, "emma", bram.ID), person(5, "frans", bram.ID)
		settings := func(change func(*org.Settings)) {
			t.Helper()
			if _, err := o.ChangeOrganization(t.Context(), boss, func(x *org.Organization) error { change(&x.Settings); return nil }); err != nil {
				t.Fatal(err)
			}
		}
		settings(func(x *org.Settings) { x.SecondaryOwner = olga.ID })
		remove := func(p *org.Person) {
			t.Helper()
			if err := o.DeleteUser(t.Context(), boss, p.UPN); err != nil {
				t.Fatal(err)
			}
		}
		sweep := func() int {
			t.Helper()
			swept, err := o.Sweep(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			return swept.Delegated
		}
		given := func(t *testing.T, p *org.Person, want ...org.UserID) {
			t.Helper()
			var got []org.UserID
			for _, g := range o.person(t, string(p.ID)).Drive.Grants {
				got = append(got, g.Who)
			}
			if !slices.Equal(got, want) {
				t.Errorf("the files of %s are given to %v, want %v", p.DisplayName, got, want)
			}
		}
		t.Run("R-OD-04 to the manager, without one to the secondary owner, and they are told", func(t *testing.T) {
			remove(anna)
			remove(carla)
			o.run(t, org.Choices{FilesTo: ptr(org.FilesToNobody)}, daan.UPN)
			if n := sweep(); n != 0 {
				t.Errorf("%d are given at once", n)
			}
			o.time = o.time.Add(5 * time.Minute)
			if n := sweep(); n != 2 {
				t.Errorf("%d are given, want 2", n)
			}
			given(t, anna, bram.ID)
			given(t, carla, olga.ID)
			given(t, daan) // nobody was chosen
			end := storetest.Noon.AddDate(0, 0, 30).Format(time.DateOnly)
			if got := o.letters(t, heirs[0]); !slices.Equal(got, []string{"first nl-NL: anna@contoso.com " + end + "\n"}) {
				t.Errorf("bram is told %q", got)
			}
		})
		t.Run("R-OD-04 once", func(t *testing.T) {
			o.time = o.time.Add(time.Hour)
			if n := sweep(); n != 0 || len(o.letters(t, heirs[0])) != 1 {
				t.Errorf("%d are given again", n)
			}
		})
		t.Run("R-RES-01 a restore takes it back", func(t *testing.T) {
			if _, err := o.RestoreUser(t.Context(), boss, string(anna.ID), offboard.Restoring{}); err != nil {
				t.Fatal(err)
			}
			if got := o.person(t, anna.UPN); !org.Same(*got, *anna) {
				t.Errorf("got\n%+v\nwant\n%+v", got, anna)
			}
		})
		t.Run("R-OD-04 nobody when delegation is off", func(t *testing.T) {
			settings(func(x *org.Settings) { x.DriveDelegation = false })
			remove(emma)
			o.time = o.time.Add(time.Hour)
			if n := sweep(); n != 0 {
				t.Errorf("%d are given", n)
			}
			given(t, emma)
			settings(func(x *org.Settings) { x.DriveDelegation = true })
		})
		t.Run("R-OD-05 the second letter follows", func(t *testing.T) {
			remove(frans)
			o.time = o.time.Add(time.Hour)
			sweep()
			o.time = o.time.Add(23 * org.Day)
			sweep()
			if got := o.letters(t, heirs[0]); len(got) != 3 || !slices.ContainsFunc(got, func(l string) bool { return len(l) > 6 && l[:6] == "second" }) {
				t.Errorf("bram is told %q", got)
			}
		})
	})
}
