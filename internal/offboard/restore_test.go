package offboard_test

import (
	"errors"
	"slices"
	"strings"
	"testing"

	"leaver/internal/blob"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func TestRestoreUser(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		people := storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"), storetest.Person(3, "carla"))
		anna := *people[0]
		remove := func(t *testing.T) {
			t.Helper()
			if err := o.DeleteUser(t.Context(), boss, anna.UPN); err != nil {
				t.Fatal(err)
			}
		}
		restore := func(t *testing.T, opt org.RestoreOptions) (offboard.Restored, error) {
			t.Helper()
			return o.RestoreUser(t.Context(), boss, string(anna.ID), offboard.Restoring{RestoreOptions: opt})
		}

		t.Run("R-RES-01 inside the window the person comes back whole", func(t *testing.T) {
			remove(t)
			if _, err := restore(t, org.RestoreOptions{}); err != nil {
				t.Fatal(err)
			}
			if got := o.person(t, anna.UPN); !org.Same(*got, anna) || got.SessionEpoch == anna.SessionEpoch {
				t.Errorf("got\n%+v\nwant\n%+v", got, anna)
			}
		})
		t.Run("R-RES-08 the name is taken meanwhile", func(t *testing.T) {
			remove(t)
			other := storetest.Plain(9, "other")
			other.UPN = anna.UPN
			storetest.Add(t, s, other)
			_, err := restore(t, org.RestoreOptions{})
			refusedBy(t, err, "R-RES-08")
			for _, name := range []string{"anna", "anna@elsewhere.example", "an na@contoso.com"} { // R-SM-13: a new name is a valid one
				_, err := restore(t, org.RestoreOptions{NewUPN: name})
				refusedBy(t, err, "R-API-10")
			}
			got, err := restore(t, org.RestoreOptions{NewUPN: "anna2@contoso.com"})
			if err != nil || got.Person.UPN != "anna2@contoso.com" {
				t.Fatalf("%+v, %v", got.Person.User, err)
			}
			o.run(t, org.Choices{}, "other-nobody@contoso.com") // refused: changes nothing
			if err := o.DeleteUser(t.Context(), boss, anna.UPN); err != nil {
				t.Fatal(err)
			}
			if _, err := o.UpdateUser(t.Context(), boss, "anna2@contoso.com", func(p *org.Person) error { p.UPN = anna.UPN; return nil }); err != nil {
				t.Fatal(err)
			}
		})
		t.Run("R-RES-09 an address given away meanwhile is dropped from the restored person only", func(t *testing.T) {
			remove(t)
			taken := offboard.MailboxChange{Add: []string{"anna.alias@contoso.com"}}
			_, err := o.ChangeMailbox(t.Context(), boss, "carla@contoso.com", taken)
			refusedBy(t, err, "R-SM-09")
			taken.TakeOver = true
			if _, err := o.ChangeMailbox(t.Context(), boss, "carla@contoso.com", taken); err != nil {
				t.Fatal(err)
			}
			_, err = restore(t, org.RestoreOptions{})
			refusedBy(t, err, "R-RES-11")
			got, err := restore(t, org.RestoreOptions{Reconcile: true})
			if err != nil || !has(got.Notes, "R-RES-09") {
				t.Fatalf("notes %+v, %v", got.Notes, err)
			}
			for _, a := range o.person(t, anna.UPN).Addresses {
				if a.Value == "anna.alias@contoso.com" {
					t.Error("the address is taken from carla")
				}
			}
		})
		t.Run("R-RES-06 licences come back even when there is no seat", func(t *testing.T) {
			remove(t)
			if _, err := o.SetQuantity(t.Context(), boss, "sub-e3", o.organization(t).Subscriptions[0].Assigned, org.Now); err != nil {
				t.Fatal(err)
			}
			got, err := restore(t, org.RestoreOptions{})
			if err != nil || !has(got.Notes, "R-RES-06") || len(got.Person.Licenses) != 1 {
				t.Errorf("%+v, %v", got, err)
			}
		})
		t.Run("R-RES-15 after 30 days nothing can be done any more", func(t *testing.T) {
			remove(t)
			o.time = o.time.Add(30 * org.Day)
			_, err := restore(t, org.RestoreOptions{})
			refusedBy(t, err, "R-RES-15")
			refusedBy(t, o.PurgeUser(t.Context(), boss, string(anna.ID)), "R-RES-15")
		})
	})
}

func TestSweep(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		people := storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"))
		body, _, err := o.blobs.Put(t.Context(), strings.NewReader("dear anna"))
		if err != nil {
			t.Fatal(err)
		}
		o.message(t, people[0], body)
		o.run(t, org.Choices{}, people[0].UPN)
		sweep := func(t *testing.T) offboard.Swept {
			t.Helper()
			got, err := o.Sweep(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			return got
		}

		t.Run("R-SM-19 a second before the 30 days nobody goes", func(t *testing.T) {
			o.time = storetest.Noon.Add(30*org.Day - 1)
			if got := sweep(t); got.People != 0 || o.person(t, string(people[0].ID)) == nil {
				t.Errorf("swept %+v", got)
			}
		})
		t.Run("R-PERM-02 purged means gone through every door, bodies too", func(t *testing.T) {
			o.time = storetest.Noon.Add(30 * org.Day)
			if got := sweep(t); got.People != 1 || got.Bodies != 1 {
				t.Errorf("swept %+v", got)
			}
			if o.person(t, string(people[0].ID)) != nil {
				t.Error("anna is still there")
			}
			if _, err := o.blobs.Open(t.Context(), body); !errors.Is(err, blob.ErrNotFound) {
				t.Errorf("the body is still there: %v", err)
			}
			if it := o.items(t, o.last(t))[0]; it.Before != nil {
				t.Error("the state before still holds her data")
			}
		})
		t.Run("R-SM-07 the drive goes to the recycle bin and is gone after 93 days more", func(t *testing.T) {
			o.time = storetest.Noon.Add(30*org.Day + 93*org.Day - 1)
			if got := sweep(t); got.Drives != 0 {
				t.Errorf("swept %+v", got)
			}
			o.time = storetest.Noon.Add(30*org.Day + 93*org.Day)
			if got := sweep(t); got.Drives != 1 {
				t.Errorf("swept %+v", got)
			}
			if got := sweep(t); got != (offboard.Swept{}) {
				t.Errorf("swept again %+v", got)
			}
		})
		if v, err := o.VerifyAudit(t.Context(), boss); err != nil || !v.OK {
			t.Errorf("audit %+v, %v", v, err)
		}
	})
}

func TestPurgeUser(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	people := storetest.Add(t, o.store, storetest.Person(1, "anna"))
	t.Run("R-SM-02 an active person can't be purged", func(t *testing.T) {
		refusedBy(t, o.PurgeUser(t.Context(), boss, people[0].UPN), "R-SM-02")
	})
	t.Run("R-PERM-04 a still licensed mailbox stays 30 days from the purge", func(t *testing.T) {
		if err := o.DeleteUser(t.Context(), boss, people[0].UPN); err != nil {
			t.Fatal(err)
		}
		o.time = o.time.Add(10 * org.Day)
		if err := o.PurgeUser(t.Context(), boss, string(people[0].ID)); err != nil {
			t.Fatal(err)
		}
		for _, c := range []struct {
			day  int
			gone int
		}{{39, 0}, {40, 1}} {
			o.time = storetest.Noon.AddDate(0, 0, c.day)
			got, err := o.Sweep(t.Context(), nil)
			if err != nil || got.Mailboxes != c.gone {
				t.Errorf("day %d: %+v, %v", c.day, got, err)
			}
		}
	})
}

// TestNewAccountTakesAnAddress: whoever names an address of somebody deleted for a
// new account gets it; the restore leaves it out and says so.
func TestNewAccountTakesAnAddress(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		anna := storetest.Add(t, s, storetest.Person(1, "anna"))[0]
		if err := o.DeleteUser(t.Context(), boss, anna.UPN); err != nil {
			t.Fatal(err)
		}
		added, err := o.CreateUser(t.Context(), boss, offboard.NewUser{
			User: org.User{UPN: "new@contoso.com", DisplayName: "New", Mail: "anna.alias@contoso.com", AccountEnabled: true}, Password: "Welkom-2026!",
		})
		if err != nil || added.Person.Mail != "anna.alias@contoso.com" {
			t.Fatalf("R-SM-09: got %+v, %v", added.Person.Mail, err)
		}
		_, err = o.RestoreUser(t.Context(), boss, string(anna.ID), offboard.Restoring{})
		refusedBy(t, err, "R-RES-11")
		back, err := o.RestoreUser(t.Context(), boss, string(anna.ID), offboard.Restoring{RestoreOptions: org.RestoreOptions{Reconcile: true}})
		if err != nil || !slices.ContainsFunc(back.Notes, func(n org.Note) bool { return n.Rule == "R-RES-09" }) {
			t.Fatalf("R-SM-09 R-RES-09: notes %+v, %v", back.Notes, err)
		}
		if got := o.person(t, "new@contoso.com").Mail; got != "anna.alias@contoso.com" {
			t.Errorf("R-RES-09: the active account lost its address, has %q", got)
		}
	})
}
