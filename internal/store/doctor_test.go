package store_test

import (
	"errors"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"leaver/internal/blob"
	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// shelf is a place for bodies, and its folder.
func shelf(t *testing.T) (*blob.Store, string) {
	t.Helper()
	dir := t.TempDir()
	bodies, err := blob.New(dir)
	if err != nil {
		t.Fatal(err)
	}
	return bodies, dir
}

// clinic is a lived-in organization: people active, deleted, kept, restored and
// purged, with mail, files and a departure behind them.
func clinic(t *testing.T, s *store.Store, bodies *blob.Store) store.Checkup {
	t.Helper()
	storetest.Contoso(t, s)
	body := func(text string) string {
		h, _, err := bodies.Unsynced().Put(t.Context(), strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	boss := storetest.Plain(1, "boss")
	boss.Roles = []org.RoleID{org.GlobalAdmin}
	people := []offboard.Newcomer{{Person: boss, RoleIDs: []string{"r1"}}}
	for i, name := range []string{"anna", "bram", "carla", "daan", "eva"} {
		p := storetest.Person(int64(2+i), name)
		p.Drive.ID = org.DriveID("drive-" + name)
		people = append(people, offboard.Newcomer{
			Person: p, MailboxID: "mailbox-" + name,
			Folders: []offboard.Folder{{ID: "f-" + name, Name: "In", WellKnown: "inbox", Messages: []offboard.Message{{ID: "m-" + name, Subject: "x", Body: body("dear " + name)}}}},
			Files:   []offboard.File{{ID: "i-" + name, Name: "a.txt", Body: body("shared file"), Shared: []offboard.Share{{ID: "s-" + name, Who: boss.ID, Role: "read"}}}},
		})
	}
	storetest.Change(t, s, func(tx offboard.Tx) error { return tx.Seed(t.Context(), people) })

	now := storetest.Noon
	desk := &offboard.Desk{Store: s, Bodies: bodies, Now: func() time.Time { return now }, NewID: storetest.IDs(), Log: slog.New(slog.DiscardHandler), Node: "n", Lease: time.Minute}
	actor := org.Actor{ID: "op", Name: "op", Roles: []org.RoleID{org.GlobalAdmin}}
	mailTo := "bram@contoso.com"
	req := offboard.Request{People: []offboard.Wish{{User: "anna@contoso.com"}, {User: "carla@contoso.com", Choices: org.Choices{MailTo: &mailTo}}, {User: "nobody@contoso.com"}}}
	plan, err := desk.Plan(t.Context(), actor, req)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := desk.Start(t.Context(), actor, req, offboard.Confirmation{Hash: plan.Hash}); err != nil {
		t.Fatal(err)
	}
	_, err = desk.WorkOnce(t.Context())
	for _, name := range []string{"daan@contoso.com", "eva@contoso.com"} {
		if err == nil {
			err = desk.DeleteUser(t.Context(), actor, name)
		}
	}
	if err == nil {
		_, err = desk.RestoreUser(t.Context(), actor, string(people[5].Person.ID), offboard.Restoring{})
	}
	if err == nil {
		err = desk.PurgeUser(t.Context(), actor, string(people[4].Person.ID))
	}
	if err != nil {
		t.Fatal(err)
	}
	return store.Checkup{Now: now, Bodies: bodies, Deep: true}
}

func codes(t *testing.T, s *store.Store, c store.Checkup) []string {
	t.Helper()
	found, err := s.Check(t.Context(), c)
	if err != nil {
		t.Fatal(err)
	}
	var all []string
	for _, f := range found {
		all = append(all, f.Code)
		for _, lang := range locale.Languages() {
			for _, key := range []string{f.What(), f.Fix()} {
				if text := locale.Text(lang, key, f.Args.Map()); text == key || strings.Contains(text, "{") {
					t.Errorf("%s %s: %q", lang, key, text)
				}
			}
		}
	}
	return all
}

// TestCheck breaks a sound organization in one way after the other.
func TestCheck(t *testing.T) {
	far := "4102444800" // the year 2100
	tests := []struct {
		code string
		sql  string
	}{
		{"peopleCount", "update organization set people = people + 1"},
		{"peopleCount", "update organization set deleted_people = 0"},
		{"seatCount", "update organization set seats = '{}'"},
		{"flag", "update users set licensed = not licensed where upn = 'bram@contoso.com'"},
		{"flag", "update users set shared = not shared where upn = 'bram@contoso.com'"},
		{"primaryAddress", "update addresses set is_primary = true where value = 'bram.alias@contoso.com'"},
		{"primaryAddress", "update addresses set is_primary = false where value = 'bram@contoso.com'"},
		{"ownName", "update users set upn = replace(id, '-', '') || upn where upn = 'bram@contoso.com'"},
		{"roleOfDeleted", "insert into role_assignments (id, user_pk, role, suspended) select 'x', pk, 'r', false from users where deleted is not null"},
		{"noGlobalAdmin", "update users set enabled = false where upn = 'boss@contoso.com'"},
		{"noOrganization", "delete from organization"},
		{"former", "update mailboxes set former_id = '' where user_pk is null"},
		{"former", "update drives set owner_deleted = null where user_pk is null"},
		{"staysForever", "update mailboxes set due = null where user_pk is null"},
		{"otherMailbox", "update messages set folder_pk = (select max(pk) from folders) where id = 'm-bram'"},
		{"otherDrive", "update item_permissions set drive_pk = (select max(pk) from drives) where id = 's-bram'"},
		{"otherDrive", "update drive_items set parent_pk = (select max(pk) from drive_items) where id = 'i-bram'"},
		{"itemActive", "update departure_items set undone = false"},
		{"itemBefore", "update departure_items set before = ''"},
		{"itemChain", "update users set departed = 0 where upn = 'anna@contoso.com'"},
		{"itemChain", "update users set departed = 999999 where upn = 'bram@contoso.com'"},
		{"itemChain", "update users set departed = (select departed from users where upn = 'anna@contoso.com') where upn = 'bram@contoso.com'"},
		{"itemChain", "update departure_items set before = '{}' where before = ''"},
		{"itemAudit", "update audit set action = 'x' where seq = (select min(seq) from audit where action = 'Delete user')"},
		{"auditItem", "update departure_items set outcome = 'refused' where plan <> 'delete' and outcome = 'done'"},
		{"queue", "insert into body_queue (body) values ('x')"},
		{"orphan", "delete from mailboxes where id = 'mailbox-bram'"},
		{"orphan", "delete from users where upn = 'bram@contoso.com'"},
		{"orphan", "update users set manager_pk = 999999 where upn = 'bram@contoso.com'"},
		{"orphan", "insert into passkeys (id, person_id, name, credential, created, used) values ('k', 'gone', 'key', '', 0, 0)"},
		{"future", "update users set deleted = " + far + " where deleted is not null"},
		{"future", "update departures set lease = " + far},
		{"sweepLate", "update users set deleted = 1000 where deleted is not null"},
		{"departureWaits", "update departures set ended = null, status = 'running', lease = 1"},
		{"departureCounts", "update departures set counts = '{}'"},
		{"departureCounts", "update departures set total = total + 1"},
		{"departurePending", "update departure_items set outcome = 'pending' where outcome = 'refused'"},
		{"departureStatus", "update departures set status = 'running'"},
		{"auditChain", "update audit set detail = 'x' where seq = 2"},
		{"auditChain", "delete from audit where seq = 2"},
		{"auditChain", "delete from audit where seq = (select max(seq) from audit)"},
		{"folded", "update users set display_key = 'x' where upn = 'bram@contoso.com'"},
		{"words", "delete from user_words where word = 'bram'"},
		{"words", "insert into user_words (word, user_pk) select 'zz', pk from users where upn = 'bram@contoso.com'"},
	}
	bodies, _ := shelf(t)
	tested := []string{"bodyMissing", "bodySpoiled", "bodyLeftOver", "file", "auditIndex"} // elsewhere
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		c := clinic(t, s, bodies)
		if found, err := s.Check(t.Context(), c); err != nil || len(found) > 0 {
			t.Errorf("a sound organization: %v, %v", found, err)
		}
		want := []string{"seatCount", "flag", "orphan", "itemAudit", "departureCounts", "auditChain", "words"}
		spoil(t, s, "update organization set seats = '{\"x\":1}'", "update users set licensed = not licensed", "delete from drives",
			"update departures set counts = '{}'", "update audit set detail = 'x'", "delete from user_words")
		got := codes(t, s, c)
		for _, code := range want {
			if !slices.Contains(got, code) {
				t.Errorf("found %v, not %s", got, code)
			}
		}
	})
	for _, tt := range tests {
		t.Run(tt.sql, func(t *testing.T) {
			s := storetest.SQLite(t)
			c := clinic(t, s, bodies)
			spoil(t, s, tt.sql)
			if got := codes(t, s, c); !slices.Contains(got, tt.code) {
				t.Errorf("got %v, want %s", got, tt.code)
			}
		})
		tested = append(tested, tt.code)
	}
	for _, key := range locale.Keys("doctor") {
		if code := strings.TrimSuffix(strings.TrimPrefix(key, "doctor."), ".fix"); !slices.Contains(tested, code) {
			t.Errorf("no test for %s", key)
		}
	}
}

// spoil runs statements behind the store's back.
func spoil(t *testing.T, s *store.Store, statements ...string) {
	t.Helper()
	err := s.DB().Update(t.Context(), func(tx *sqldb.Tx) error {
		for _, text := range statements {
			if n, err := tx.Exec(t.Context(), text); err != nil || n == 0 {
				t.Errorf("%s: %d rows, %v", text, n, err)
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestCheckBodies(t *testing.T) {
	s := storetest.SQLite(t)
	original, _ := shelf(t)
	c := clinic(t, s, original)
	bodies, dir := shelf(t)
	var kept []string
	if err := c.Bodies.Walk(t.Context(), func(b blob.Info) error {
		kept = append(kept, b.Hash)
		r, err := c.Bodies.Open(t.Context(), b.Hash)
		if err != nil {
			return err
		}
		defer r.Close()
		_, _, err = bodies.Put(t.Context(), r)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	c.Bodies = bodies
	if got := codes(t, s, c); len(got) > 0 {
		t.Errorf("a copy of the bodies: %v", got)
	}
	left, _, err := bodies.Put(t.Context(), strings.NewReader("nobody wants this"))
	if err != nil {
		t.Fatal(err)
	}
	put := func(at time.Time) {
		if err := os.Chtimes(filepath.Join(dir, left[:2], left), at, at); err != nil {
			t.Fatal(err)
		}
	}
	put(c.Now)
	if got := codes(t, s, c); len(got) > 0 {
		t.Errorf("a body that was put this moment may still be wanted: %v", got)
	}
	put(c.Now.Add(-2 * time.Hour))
	if err := errors.Join(
		os.WriteFile(filepath.Join(dir, kept[0][:2], kept[0]), []byte("spoiled"), 0o600),
		bodies.Delete(t.Context(), kept[1]),
	); err != nil {
		t.Fatal(err)
	}
	if got := codes(t, s, c); !slices.Equal(got, []string{"bodyMissing", "bodySpoiled", "bodyLeftOver"}) {
		t.Errorf("found %v", got)
	}
}
