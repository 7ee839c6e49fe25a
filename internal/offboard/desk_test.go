package offboard_test

import (
	"fmt"
	"log/slog"
	"strings"
	"testing"
	"time"

	"leaver/internal/blob"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// boss is a Global Administrator who is not one of the people.
var boss = org.Actor{ID: "boss", Name: "boss@contoso.com", Roles: []org.RoleID{org.GlobalAdmin}, RequestID: "req-1"}

// office is a desk over a store, with a clock that tests move.
type office struct {
	*offboard.Desk
	store *store.Store
	blobs *blob.Store
	time  time.Time
	ids   func() string
}

func newOffice(t *testing.T, s *store.Store) *office {
	t.Helper()
	storetest.Contoso(t, s)
	blobs, err := blob.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	o := &office{store: s, blobs: blobs, time: storetest.Noon, ids: storetest.IDs()}
	o.Desk = o.node("test", s)
	return o
}

// node is one of the processes that share the database.
func (o *office) node(name string, s offboard.Store) *offboard.Desk {
	return &offboard.Desk{
		Store: s, Bodies: o.blobs, Now: func() time.Time { return o.time }, NewID: o.ids,
		HashPassword: func(p string) (string, error) { return "hash of " + p, nil }, NewPassword: func() string { return "Invented-1" },
		ReplyTemplates: map[string]string{"en": "{leaver} left; ask {heir} at {heirMail}.", "nl": "{leaver} werkt hier niet meer; vraag {heir}."},
		WriteLetter: func(_ *org.Organization, l offboard.Letter) (subject, text string) {
			subject = "first " + l.Heir.Language
			if l.Reminder {
				subject = "second " + l.Heir.Language
			}
			for _, d := range l.Drives {
				text += d.Owner.Name + " " + d.Until.Format(time.DateOnly) + "\n"
			}
			return subject, text
		},
		Log: slog.New(slog.DiscardHandler), Node: name, Lease: time.Minute, Portion: 500,
	}
}

// run plans, confirms and carries out a departure.
func (o *office) run(t *testing.T, choices org.Choices, users ...string) *offboard.Departure {
	t.Helper()
	dep := o.confirm(t, choices, users...)
	o.work(t)
	return o.departure(t, dep.ID)
}

// confirm plans and confirms a departure that nobody carries out yet.
func (o *office) confirm(t *testing.T, choices org.Choices, users ...string) *offboard.Departure {
	t.Helper()
	req := wish(choices, users...)
	plan, err := o.Plan(t.Context(), boss, req)
	if err != nil {
		t.Fatal(err)
	}
	dep, err := o.Start(t.Context(), boss, req, offboard.Confirmation{Hash: plan.Hash, Override: offboard.MassDelete})
	if err != nil {
		t.Fatal(err)
	}
	return dep
}

// count counts the rows of a table.
func (o *office) count(t *testing.T, table string) int64 {
	t.Helper()
	n, err := sqldb.One(t.Context(), o.store.DB(), sqldb.Value[int64], "select count(*) from "+table)
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// exec changes what no use case changes.
func (o *office) exec(t *testing.T, statement string) {
	t.Helper()
	err := o.store.DB().Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), statement)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}

func wish(choices org.Choices, users ...string) offboard.Request {
	req := offboard.Request{Defaults: choices}
	for _, u := range users {
		req.People = append(req.People, offboard.Wish{User: u})
	}
	return req
}

// work carries out everything that waits.
func (o *office) work(t *testing.T) {
	t.Helper()
	for {
		worked, err := o.WorkOnce(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		if !worked {
			return
		}
	}
}

func (o *office) departure(t *testing.T, id org.DepartureID) *offboard.Departure {
	t.Helper()
	var dep *offboard.Departure
	storetest.Read(t, o.store, func(tx offboard.Tx) (err error) {
		dep, err = tx.Departure(t.Context(), id)
		return err
	})
	return dep
}

func (o *office) items(t *testing.T, dep *offboard.Departure) []offboard.Item {
	t.Helper()
	var items []offboard.Item
	storetest.Read(t, o.store, func(tx offboard.Tx) (err error) {
		items, err = tx.Items(t.Context(), dep, -1, 100_000)
		return err
	})
	return items
}

// person loads somebody by id or name, nil when there is nobody.
func (o *office) person(t *testing.T, ref string) *org.Person {
	t.Helper()
	var people []*org.Person
	storetest.Read(t, o.store, func(tx offboard.Tx) (err error) {
		people, err = tx.People(t.Context(), []string{ref})
		return err
	})
	return people[0]
}

func (o *office) organization(t *testing.T) *org.Organization {
	t.Helper()
	got, _, err := o.Organization(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return got
}

// audited counts the rows of an action in the trail.
func (o *office) audited(t *testing.T, action string) int {
	t.Helper()
	n := 0
	storetest.Read(t, o.store, func(tx offboard.Tx) error {
		entries, err := tx.Entries(t.Context(), 0, 100_000)
		for _, e := range entries {
			if e.Action == action {
				n++
			}
		}
		return err
	})
	return n
}

func refusedBy(t *testing.T, err error, rule string) {
	t.Helper()
	r := org.RefusalOf(err)
	if r == nil || r.Rule != rule {
		t.Fatalf("got %v, want a refusal by %s", err, rule)
	}
}

func ptr[T any](v T) *T { return &v }

// ids are the user names of n generated people.
func crowd(t *testing.T, s *store.Store, n int) []string {
	t.Helper()
	names := make([]string, n)
	people := make([]org.Person, n)
	for i := range n {
		people[i] = storetest.Plain(int64(1000+i), fmt.Sprintf("p%04d", i))
		names[i] = people[i].UPN
	}
	storetest.Add(t, s, people...)
	return names
}

func has(notes []org.Note, rule string) bool {
	for _, n := range notes {
		if strings.HasPrefix(n.Rule, rule) {
			return true
		}
	}
	return false
}

// message puts a message with a body into somebody's mailbox.
func (o *office) message(t *testing.T, p *org.Person, body string) {
	t.Helper()
	err := o.store.DB().Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), `insert into messages (id, mailbox_pk, folder_pk, subject, sender_name, sender_address, recipients, received,
 is_read, preview, size, body) select $1, pk, 0, 'hello', '', '', '', 0, false, '', 9, $2 from mailboxes where user_pk = $3`, o.ids(), body, p.Key)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
}
