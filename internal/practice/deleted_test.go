package practice_test

import (
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/practice"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// deleted gives the id of somebody in Deleted users by their former name.
func deleted(t *testing.T, s *store.Store, user string) string {
	t.Helper()
	id, err := sqldb.One(t.Context(), s.DB(), sqldb.Value[string], "select id from users where deleted is not null and upn_key like $1", "%"+user+"@lindeboom.example")
	if err != nil {
		t.Fatalf("%s is not in Deleted users: %v", user, err)
	}
	return id
}

func TestDeletedSoManyDaysAgo(t *testing.T) {
	s, _ := made(t, practice.Users)
	for user, days := range map[string]int{"noor.hendriks": 29, "olaf.dijk": 5, "pien.schouten": 3, "quinten.prins": 12} {
		p := storetest.Load(t, s, deleted(t, s, user))[0]
		if want := start.AddDate(0, 0, -days); !p.Deleted.Equal(want) {
			t.Errorf("R-DEL-01 %s was deleted %v, want %v", user, p.Deleted, want)
		}
		if p.Drive == nil || len(p.Drive.Grants) != 1 {
			t.Errorf("R-OD-04 %s: %+v", user, p.Drive)
		}
	}
	if n, err := sqldb.One(t.Context(), s.DB(), sqldb.Value[int64], "select count(*) from users where deleted is not null"); n != 4 || err != nil {
		t.Errorf("%d people are deleted, %v", n, err)
	}
}

func restore(t *testing.T, s *store.Store, user string, how offboard.Restoring) (offboard.Restored, error) {
	t.Helper()
	return desk(s).RestoreUser(t.Context(), admin(t, s), deleted(t, s, user), how)
}

func keys(notes []org.Note) map[string]string {
	found := map[string]string{}
	for _, n := range notes {
		found[n.Key] = n.Rule
	}
	return found
}

func TestRestore(t *testing.T) {
	s, _ := made(t, practice.Users)
	reconcile := offboard.Restoring{RestoreOptions: org.RestoreOptions{Reconcile: true}}

	t.Run("R-SM-05 noor comes back without mailbox and licence", func(t *testing.T) {
		r, err := restore(t, s, "noor.hendriks", reconcile)
		if err != nil {
			t.Fatal(err)
		}
		if r.Person.Mailbox != nil || len(r.Person.Licenses) != 0 || keys(r.Notes)["restore.mailboxGone"] != "R-SM-05" || r.Person.Drive == nil {
			t.Errorf("%+v, %+v", r.Person, r.Notes)
		}
	})
	t.Run("R-RES-08 olaf's name is taken", func(t *testing.T) {
		_, err := restore(t, s, "olaf.dijk", reconcile)
		if no := org.RefusalOf(err); no == nil || no.Rule != "R-RES-08" {
			t.Fatalf("%v", err)
		}
		how := reconcile
		how.NewUPN = "olaf.dijk.natuurkunde@lindeboom.example"
		r, err := restore(t, s, "olaf.dijk", how)
		if err != nil {
			t.Fatal(err)
		}
		if r.Person.UPN != how.NewUPN || r.Person.Mail != how.NewUPN || keys(r.Notes)["restore.addressDropped"] != "R-RES-09" || len(r.Person.Licenses) != 1 {
			t.Errorf("%+v, %+v", r.Person, r.Notes)
		}
		second := storetest.Load(t, s, "olaf.dijk@lindeboom.example")[0]
		if second.ID == r.Person.ID || second.Addresses[0].Value != second.UPN {
			t.Errorf("the second olaf: %+v", second)
		}
	})
	t.Run("R-RES-11 R-RES-09 pien's alias belongs to sara", func(t *testing.T) {
		_, err := restore(t, s, "pien.schouten", offboard.Restoring{})
		if no := org.RefusalOf(err); no == nil || no.Rule != "R-RES-11" {
			t.Errorf("%v", err)
		}
		r, err := restore(t, s, "pien.schouten", reconcile)
		if err != nil {
			t.Fatal(err)
		}
		if len(r.Person.Addresses) != 1 || r.Person.Mail != "pien.schouten@lindeboom.example" || keys(r.Notes)["restore.addressDropped"] != "R-RES-09" {
			t.Errorf("%+v, %+v", r.Person, r.Notes)
		}
	})
	t.Run("R-RES-01 nothing is in quinten's way", func(t *testing.T) {
		r, err := restore(t, s, "quinten.prins", offboard.Restoring{})
		if err != nil {
			t.Fatal(err)
		}
		for key := range keys(r.Notes) {
			if key != "undo.sessionsStayEnded" {
				t.Errorf("note %s", key)
			}
		}
		p := r.Person
		if !p.AccountEnabled || p.PasswordHash != hash || len(p.Licenses) != 1 || p.MailboxState(start) != org.MailboxActive || len(p.Drive.Grants) != 0 {
			t.Errorf("%+v", p)
		}
	})
}

// TestSweepAtOnce: a sweep at the start takes noor's mailbox and nothing else,
// one a day later purges her.
func TestSweepAtOnce(t *testing.T) {
	s, _ := made(t, practice.Users)
	d := desk(s)
	d.Bodies = nil // no body is let go of that nobody else has
	swept, err := d.Sweep(t.Context(), nil)
	if err != nil || swept != (offboard.Swept{Mailboxes: 1}) {
		t.Errorf("R-SM-04 swept %+v, %v", swept, err)
	}
	now := start.AddDate(0, 0, 1)
	d.Now = func() time.Time { return now }
	if swept, err = d.Sweep(t.Context(), nil); err != nil || swept.People != 1 {
		t.Errorf("R-DEL-01 swept %+v, %v", swept, err)
	}
}
