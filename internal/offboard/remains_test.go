package offboard_test

import (
	"slices"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestLeftovers: what outlives an account, and who can still reach it.
func TestLeftovers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		femke := storetest.Person(3, "femke")
		femke.Mailbox.Litigation = true
		people := storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"), femke)
		sharePoint := org.Actor{ID: "sp", Roles: []org.RoleID{org.SharePointAdmin}}
		exchange := org.Actor{ID: "ex", Roles: []org.RoleID{org.ExchangeAdmin}}
		drive := people[0].Drive.ID
		o.run(t, org.Choices{}, "anna@contoso.com", "femke@contoso.com")
		at := func(days int) {
			t.Helper()
			o.time = storetest.Noon.AddDate(0, 0, days)
			if _, err := o.Sweep(t.Context(), nil); err != nil {
				t.Fatal(err)
			}
		}
		row := func() *offboard.DriveRow {
			t.Helper()
			got, err := s.Drive(t.Context(), drive)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}
		t.Run("R-OD-06 while the owner can come back, the account is restored", func(t *testing.T) {
			at(29)
			_, err := o.RestoreDrive(t.Context(), sharePoint, string(drive), "bram@contoso.com")
			refusedBy(t, err, "R-OD-06")
		})
		t.Run("R-OD-06 R-ROLE-11 a SharePoint Administrator takes it out of the recycle bin", func(t *testing.T) {
			at(31)
			_, err := o.RestoreDrive(t.Context(), exchange, string(drive), "bram@contoso.com")
			refusedBy(t, err, "R-ROLE-11")
			got, err := o.RestoreDrive(t.Context(), sharePoint, "ANNA@contoso.com", "bram@contoso.com")
			if err != nil || got.ID != drive || !slices.Equal(row().Grants, []org.UserID{people[1].ID}) || !row().Held {
				t.Errorf("restored %+v, %v; kept %+v", got, err, row())
			}
		})
		t.Run("R-OD-09 a restored drive stays until it is released", func(t *testing.T) {
			at(1000)
			if row() == nil {
				t.Fatal("it is gone")
			}
			if err := o.ReleaseDrive(t.Context(), sharePoint, string(drive)); err != nil {
				t.Fatal(err)
			}
			at(1001)
			if row() != nil {
				t.Error("it is still there")
			}
			_, err := o.RestoreDrive(t.Context(), sharePoint, string(drive), "bram@contoso.com")
			refusedBy(t, err, "R-OD-06")
		})
		t.Run("R-MBX-25 R-PERM-05 a held mailbox stays until the hold is lifted", func(t *testing.T) {
			if n := o.count(t, "mailboxes"); n != 2 {
				t.Fatalf("%d mailboxes are left, want bram's and femke's", n)
			}
			refusedBy(t, o.ReleaseMailbox(t.Context(), sharePoint, "femke@contoso.com"), "R-ROLE-12")
			if err := o.ReleaseMailbox(t.Context(), exchange, "femke@contoso.com"); err != nil {
				t.Fatal(err)
			}
			at(1002)
			if n := o.count(t, "mailboxes"); n != 1 {
				t.Errorf("%d mailboxes are left, want bram's", n)
			}
			refusedBy(t, o.ReleaseMailbox(t.Context(), exchange, "femke@contoso.com"), "R-OD-06")
		})
		t.Run("R-SM-03 lifted within 30 days of the deletion, it is soft-deleted until they are over", func(t *testing.T) {
			held := storetest.Person(5, "gijs")
			held.Mailbox.Litigation = true
			storetest.Add(t, s, held)
			o.run(t, org.Choices{}, held.UPN)
			if err := o.PurgeUser(t.Context(), boss, string(held.ID)); err != nil {
				t.Fatal(err)
			}
			at(1003)
			if err := o.ReleaseMailbox(t.Context(), exchange, held.UPN); err != nil {
				t.Fatal(err)
			}
			for _, c := range []struct {
				days int
				want int64
			}{{1031, 2}, {1032, 1}} { // bram's, and gijs's
				if at(c.days); o.count(t, "mailboxes") != c.want {
					t.Errorf("after %d days %d mailboxes are left, want %d", c.days-1002, o.count(t, "mailboxes"), c.want)
				}
			}
		})
	})
}
