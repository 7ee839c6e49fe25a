package offboard_test

import (
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestFirstLicense: the country of use and a first licence are saved in one step.
func TestFirstLicense(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		mila := storetest.Plain(1, "mila")
		mila.UsageLocation = ""
		storetest.Add(t, s, mila)
		want := func(sku org.SkuID, location string) offboard.LicenseChange {
			return offboard.LicenseChange{Add: []org.LicenseRequest{{Sku: sku}}, Location: location}
		}
		rows := func() [2]int { return [2]int{o.audited(t, offboard.ActUpdateUser), o.audited(t, offboard.ActLicense)} }
		t.Run("R-LIC-13 a refusal leaves no country either", func(t *testing.T) {
			_, err := o.ChangeLicenses(t.Context(), boss, mila.UPN, want(storetest.Plan1, "BE")) // nobody bought that
			refusedBy(t, err, "R-API-05")
			_, err = o.ChangeLicenses(t.Context(), boss, mila.UPN, want(storetest.PBI, "nowhere"))
			refusedBy(t, err, "R-LIC-13")
			_, err = o.ChangeLicenses(t.Context(), org.Actor{ID: "b", Name: "b", Roles: []org.RoleID{org.BillingAdmin}}, mila.UPN, want(storetest.PBI, "BE"))
			refusedBy(t, err, "R-ROLE-07")
			if p := o.person(t, mila.UPN); p.UsageLocation != "" || len(p.Licenses) != 0 || rows() != [2]int{} {
				t.Errorf("in %q with %v, rows %v", p.UsageLocation, p.Licenses, rows())
			}
		})
		t.Run("R-ROLE-09 both, with a row for each", func(t *testing.T) {
			licenses := org.Actor{ID: "l", Name: "l", Roles: []org.RoleID{org.LicenseAdmin}}
			if _, err := o.ChangeLicenses(t.Context(), licenses, mila.UPN, want(storetest.PBI, "BE")); err != nil {
				t.Fatal(err)
			}
			if p := o.person(t, mila.UPN); p.UsageLocation != "BE" || len(p.Licenses) != 1 || rows() != [2]int{1, 1} {
				t.Errorf("in %q with %v, rows %v", p.UsageLocation, p.Licenses, rows())
			}
		})
		t.Run("R-LIC-13 a country that is there stays", func(t *testing.T) {
			if _, err := o.ChangeLicenses(t.Context(), boss, mila.UPN, want(storetest.E3, "NL")); err != nil {
				t.Fatal(err)
			}
			if p := o.person(t, mila.UPN); p.UsageLocation != "BE" || len(p.Licenses) != 2 || rows() != [2]int{1, 2} {
				t.Errorf("in %q with %v, rows %v", p.UsageLocation, p.Licenses, rows())
			}
		})
	})
}
