package offboard_test

import (
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestMailboxOfDeleted: what can be done with a mailbox whose account is gone.
func TestMailboxOfDeleted(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		femke := storetest.Person(1, "femke")
		femke.Mailbox.Litigation = true
		storetest.Add(t, s, femke, storetest.Person(2, "anna"), storetest.Person(3, "bram"))
		o.run(t, org.Choices{}, "femke@contoso.com", "anna@contoso.com")
		change := func(name string, c offboard.MailboxChange) error {
			id := string(storetest.Person(map[string]int64{"femke": 1, "anna": 2}[name], name).ID)
			_, err := o.ChangeMailbox(t.Context(), boss, id, c)
			return err
		}
		t.Run("R-MBX-24 an inactive mailbox takes no mail", func(t *testing.T) {
			if got := o.person(t, string(femke.ID)).MailboxState(o.time); got != org.MailboxInactive {
				t.Fatalf("femke's mailbox is %s", got)
			}
			for _, to := range []string{"femke@contoso.com", "anna@contoso.com"} { // R-DEL-07 R-DEL-08
				err := o.SendMail(t.Context(), org.Actor{ID: storetest.Person(3, "bram").ID}, "bram@contoso.com", offboard.Outgoing{Subject: "hello", To: []string{to}})
				refusedBy(t, err, "R-MBX-16")
			}
		})
		t.Run("R-DEL-38 an inactive mailbox is not forwarded or converted", func(t *testing.T) {
			refusedBy(t, change("femke", offboard.MailboxChange{ForwardTo: ptr("bram@contoso.com")}), "R-DEL-38")
			refusedBy(t, change("femke", offboard.MailboxChange{Type: ptr(org.SharedMailbox), Litigation: ptr(false)}), "R-DEL-38")
		})
		t.Run("R-MBX-14 a deleted person's mailbox is converted after restoring", func(t *testing.T) {
			refusedBy(t, change("anna", offboard.MailboxChange{Type: ptr(org.SharedMailbox)}), "R-MBX-14")
			if _, err := o.RestoreUser(t.Context(), boss, string(storetest.Person(2, "anna").ID), offboard.Restoring{}); err != nil {
				t.Fatal(err)
			}
			if err := change("anna", offboard.MailboxChange{Type: ptr(org.SharedMailbox)}); err != nil {
				t.Error(err)
			}
		})
		t.Run("R-MBX-25 R-MBX-18 lifting the hold makes it an ordinary deleted one", func(t *testing.T) {
			if err := change("femke", offboard.MailboxChange{Litigation: ptr(false)}); err != nil {
				t.Fatal(err)
			}
			p := o.person(t, string(femke.ID))
			if p.MailboxState(o.time) != org.MailboxSoftDeleted || p.MailboxState(o.time.Add(30*org.Day)) != org.MailboxGone {
				t.Errorf("the mailbox is %s now, %s after 30 days", p.MailboxState(o.time), p.MailboxState(o.time.Add(30*org.Day)))
			}
		})
		t.Run("R-DEL-06 nothing else finds a deleted person", func(t *testing.T) {
			id := string(femke.ID)
			_, update := o.UpdateUser(t.Context(), boss, id, func(p *org.Person) error { return nil })
			_, grant := o.GrantDrive(t.Context(), boss, "anna@contoso.com", id, true)
			_, permit := o.SetPermission(t.Context(), boss, "anna@contoso.com", id, []org.Right{org.FullAccess})
			for _, err := range []error{update, grant, permit} {
				refusedBy(t, err, "R-DEL-06")
			}
		})
		t.Run("R-MBX-12 R-WIZ-07 nobody is given access to what is theirs", func(t *testing.T) {
			_, permit := o.SetPermission(t.Context(), boss, "bram@contoso.com", "bram@contoso.com", []org.Right{org.FullAccess})
			refusedBy(t, permit, "R-MBX-12")
			_, grant := o.GrantDrive(t.Context(), boss, "bram@contoso.com", "bram@contoso.com", true)
			refusedBy(t, grant, "R-WIZ-07")
			if _, err := o.SetPermission(t.Context(), boss, "bram@contoso.com", "bram@contoso.com", nil); err != nil {
				t.Errorf("what an earlier version gave can't be taken away: %v", err)
			}
		})
	})
}

// TestMailboxAfterItsEnd: a licence that comes too late gives a new mailbox, also
// when no sweep was there in between.
func TestMailboxAfterItsEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		people := storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"))
		license := func(t *testing.T, ref string, add []org.LicenseRequest, remove []org.SkuID) {
			t.Helper()
			if _, err := o.AssignLicenses(t.Context(), boss, ref, add, remove); err != nil {
				t.Fatal(err)
			}
		}
		for _, p := range people {
			o.message(t, p, "")
			license(t, p.UPN, nil, []org.SkuID{storetest.E3})
		}
		o.time = o.time.Add(30*org.Day - 1e9)
		t.Run("R-MBX-19 in time the mailbox is as it was", func(t *testing.T) {
			license(t, "anna@contoso.com", []org.LicenseRequest{{Sku: storetest.E3}}, nil)
			if n := o.count(t, "messages"); n != 2 || o.person(t, "anna@contoso.com").Mailbox.Size != people[0].Mailbox.Size {
				t.Errorf("%d messages, want 2", n)
			}
		})
		t.Run("R-LIC-08 R-SM-03 too late it is a new one, and nothing of the old is in it", func(t *testing.T) {
			o.time = o.time.Add(1e9)
			license(t, "bram@contoso.com", []org.LicenseRequest{{Sku: storetest.E3}}, nil)
			if n, m := o.count(t, "messages"), o.person(t, "bram@contoso.com").Mailbox; n != 1 || m == nil || m.Size != 0 {
				t.Errorf("%d messages, want anna's; mailbox %+v", n, m)
			}
		})
	})
}
