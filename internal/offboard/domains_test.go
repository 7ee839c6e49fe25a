package offboard_test

import (
	"slices"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestDomains: what may be added, be the default, and go.
func TestDomains(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		anna := storetest.Person(1, "anna")
		anna.Addresses = append(anna.Addresses, org.Address{Value: "anna@fabrikam.com"})
		storetest.Add(t, s, anna)
		ctx := t.Context()
		domains := func() []string {
			t.Helper()
			got, _, err := o.Organization(ctx)
			if err != nil {
				t.Fatal(err)
			}
			return got.Domains
		}
		reason := func(err error) string {
			if r := org.RefusalOf(err); r != nil {
				return r.Reason
			}
			return ""
		}
		t.Run("R-ROLE-22 a Global Administrator's", func(t *testing.T) {
			if got := reason(o.AddDomain(ctx, org.Actor{ID: "ua", Roles: []org.RoleID{org.UserAdmin}}, "new.example")); got != "actor.noRole" {
				t.Errorf("refused because of %q", got)
			}
		})
		for _, bad := range []string{"", "example", "a b.example", ".example", "new..example", "-new.example", "new.example.", "n@w.example", "x/y.example"} {
			if got := reason(o.AddDomain(ctx, boss, bad)); got != "organization.badDomain" {
				t.Errorf("%q is refused because of %q", bad, got)
			}
		}
		if err := o.AddDomain(ctx, boss, " New.Example "); err != nil {
			t.Fatal(err)
		}
		if got := reason(o.AddDomain(ctx, boss, "new.example")); got != "domain.known" {
			t.Errorf("twice: %q", got)
		}
		if err := o.MakeDefaultDomain(ctx, boss, "new.example"); err != nil {
			t.Fatal(err)
		}
		if got := domains(); !slices.Equal(got, []string{"new.example", "contoso.com", "fabrikam.com"}) {
			t.Errorf("domains %v", got)
		}
		for name, want := range map[string]string{
			"new.example": "domain.default", "contoso.com": "domain.used", "fabrikam.com": "domain.used", "other.example": "domain.unknown",
		} {
			if got := reason(o.RemoveDomain(ctx, boss, name)); got != want {
				t.Errorf("%s is refused because of %q, want %q", name, got, want)
			}
		}
		t.Run("R-API-10 somebody in Deleted users comes back with the name", func(t *testing.T) {
			o.run(t, org.Choices{}, "anna@contoso.com")
			if got := reason(o.RemoveDomain(ctx, boss, "contoso.com")); got != "domain.used" {
				t.Errorf("refused because of %q", got)
			}
		})
		if err := o.AddDomain(ctx, boss, "unused.example"); err != nil {
			t.Fatal(err)
		}
		if err := o.RemoveDomain(ctx, boss, "Unused.Example"); err != nil {
			t.Fatal(err)
		}
		if got := domains(); slices.Contains(got, "unused.example") {
			t.Errorf("domains %v", got)
		}
	})
}

// TestWhatIsLeft lists what outlived its owner's account, page by page.
func TestWhatIsLeft(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		names := []string{"anna", "bram", "carla"}
		var upns []string
		for i, name := range names {
			p := storetest.Person(int64(i+1), name)
			p.Mailbox.Litigation = name != "bram"
			storetest.Add(t, s, p)
			upns = append(upns, p.UPN)
		}
		dep := o.run(t, org.Choices{}, upns...)
		it := o.items(t, dep)[0]
		storetest.Read(t, s, func(tx offboard.Tx) error {
			id, err := tx.RunOf(t.Context(), &it)
			if id != dep.ID {
				t.Errorf("the item is of run %q, want %q", id, dep.ID)
			}
			return err
		})
		o.time = storetest.Noon.AddDate(0, 0, 31)
		if _, err := o.Sweep(t.Context(), nil); err != nil {
			t.Fatal(err)
		}
		drives, err := s.LeftDrives(t.Context(), offboard.LeftQuery{Limit: 2})
		if err != nil || len(drives) != 2 || drives[0].Owner.Name != upns[0] || drives[1].Owner.Name != upns[1] || !drives[0].Deleted.Equal(storetest.Noon) {
			t.Fatalf("R-SM-07: got %+v, %v", drives, err)
		}
		more, err := s.LeftDrives(t.Context(), offboard.LeftQuery{Limit: 2, After: drives[1].Owner.Name + " " + drives[1].Owner.ID})
		if err != nil || len(more) != 1 || more[0].Owner.Name != upns[2] {
			t.Errorf("the second page is %+v, %v", more, err)
		}
		held, err := s.LeftMailboxes(t.Context(), offboard.LeftQuery{Limit: 9})
		if err != nil || len(held) != 2 || !held[0].Litigation || !held[0].Due.IsZero() || held[1].Owner.Name != upns[2] {
			t.Errorf("R-PERM-05: got %+v, %v", held, err)
		}
		if err := o.ReleaseMailbox(t.Context(), boss, held[1].Owner.ID); err != nil {
			t.Fatal(err)
		}
		held, err = s.LeftMailboxes(t.Context(), offboard.LeftQuery{Limit: 9, Box: "CAR"})
		if err != nil || len(held) != 1 || held[0].Litigation || !held[0].Due.Equal(o.time) {
			t.Errorf("R-MBX-25: released, it is %+v, %v", held, err)
		}
	})
}
