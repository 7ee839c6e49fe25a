package soak

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"leaver/internal/blob"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// world is an organization with leavers and heirs, and how everybody was before
// anything happened.
type world struct {
	place
	leavers []string // user names
	before  map[string]org.Person
	epochs  map[string]int64 // of sessions, when the last departure was confirmed
	seats   int
}

// heirs is how many people stay and inherit.
const heirs = 10

// eachKind runs f on an organization on a disk with SQLite, and on one in
// PostgreSQL.
func eachKind(t *testing.T, n int, f func(t *testing.T, w *world)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		together(t)
		dir := t.TempDir()
		f(t, newWorld(t, place{Path: filepath.Join(dir, "leaver.db"), Bodies: filepath.Join(dir, "bodies"), Node: "n", Now: storetest.Noon}, n))
	})
	t.Run("postgres", func(t *testing.T) {
		together(t)
		p := place{URL: sqltest.PostgresURL(t, store.Migrations()), Bodies: filepath.Join(t.TempDir(), "bodies"), Node: "n", Now: storetest.Noon}
		f(t, newWorld(t, p, n))
	})
}

// newWorld makes an organization with n leavers of every sort.
func newWorld(t *testing.T, p place, n int) *world {
	t.Helper()
	w := &world{place: p, before: map[string]org.Person{}, epochs: map[string]int64{}, seats: n + 100}
	s := w.store(t)
	storetest.Contoso(t, s)
	storetest.Change(t, s, func(tx offboard.Tx) error {
		return tx.SaveSubscription(t.Context(), storetest.Subscription("sub-e3", storetest.E3, w.seats), storetest.Noon)
	})
	bodies, err := blob.New(p.Bodies)
	if err != nil {
		t.Fatal(err)
	}
	bodies = bodies.Unsynced()
	body := func(text string) string {
		h, _, err := bodies.Put(t.Context(), strings.NewReader(text))
		if err != nil {
			t.Fatal(err)
		}
		return h
	}
	shared := body("a newsletter that everybody got")
	admin := storetest.Plain(1, "admin")
	admin.Roles = []org.RoleID{org.GlobalAdmin}
	people := []offboard.Newcomer{{Person: admin, RoleIDs: []string{"role-admin"}}}
	for i := range heirs {
		h := storetest.Person(int64(2+i), fmt.Sprintf("heir%d", i))
		h.Drive.ID = org.DriveID("drive-" + h.UPN)
		people = append(people, offboard.Newcomer{Person: h, MailboxID: "mailbox-" + h.UPN})
	}
	for i := range n {
		l := storetest.Person(int64(1000+i), fmt.Sprintf("p%06d", i))
		l.Drive.ID = org.DriveID("drive-" + l.UPN)
		l.ManagerID = people[1+i%heirs].Person.ID
		if i%3 == 0 {
			l.ManagerID = ""
		}
		l.Synced = i%50 == 49 // refused
		x := offboard.Newcomer{Person: l, MailboxID: "mailbox-" + l.UPN}
		letters := []offboard.Message{{ID: "mail1-" + l.UPN, Subject: "Newsletter", Body: shared, Received: storetest.Noon}}
		if i%4 == 0 {
			letters = append(letters, offboard.Message{ID: "mail2-" + l.UPN, Subject: "Hello", Body: body("dear " + l.UPN), Received: storetest.Noon})
			x.Files = []offboard.File{{
				ID: "file-" + l.UPN, Name: "a.txt", Body: body("file of " + l.UPN), Created: storetest.Noon, Modified: storetest.Noon,
				Shared: []offboard.Share{{ID: "share-" + l.UPN, Who: people[1].Person.ID, Role: "read"}},
			}}
		}
		x.Folders = []offboard.Folder{{ID: "folder-" + l.UPN, Name: "Inbox", WellKnown: "inbox", Messages: letters}}
		people = append(people, x)
		w.leavers = append(w.leavers, l.UPN)
	}
	for len(people) > 0 {
		part := people[:min(1000, len(people))]
		people = people[len(part):]
		storetest.Change(t, s, func(tx offboard.Tx) error { return tx.Seed(t.Context(), part) })
	}
	for _, u := range storetest.Load(t, s, w.leavers...) {
		w.before[string(u.ID)] = *u
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return w
}

// store opens the organization for writing.
func (w *world) store(t *testing.T) *store.Store {
	t.Helper()
	s, err := w.open(t.Context(), false)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

// node opens the organization and wires a node; close ends it.
func (w *world) node(t *testing.T) (*offboard.Desk, *store.Store) {
	t.Helper()
	s := w.store(t)
	d, err := w.desk(s)
	if err != nil {
		t.Fatal(err)
	}
	return d, s
}

func ptr[T any](v T) *T { return &v }

// wishes gives every leaver other choices.
func (w *world) wishes() offboard.Request {
	var req offboard.Request
	for i, upn := range w.leavers {
		heir := fmt.Sprintf("heir%d@contoso.com", i%heirs)
		var c org.Choices
		switch i % 5 {
		case 1:
			c.MailTo = &heir
		case 2:
			c = org.Choices{MailTo: &heir, ReplyInside: ptr(org.ReplyAuto), ReplyOutside: ptr(org.ReplySame), RemoveAliases: &org.Aliases{All: true}, MailboxDisplayName: ptr("Left " + upn)}
		case 3:
			c.FilesTo = &heir
		case 4:
			c.ReduceSubscriptions = ptr(true)
		}
		req.People = append(req.People, offboard.Wish{User: upn, Choices: c})
	}
	return req
}

// start plans and confirms the departure of everybody.
func (w *world) start(t *testing.T, d *offboard.Desk) org.DepartureID {
	t.Helper()
	plan, err := d.Plan(t.Context(), boss, w.wishes())
	if err != nil {
		t.Fatal(err)
	}
	if err := d.Store.Read(t.Context(), func(tx offboard.Tx) error {
		people, err := tx.People(t.Context(), w.leavers)
		for _, p := range people {
			if p != nil {
				w.epochs[string(p.ID)] = p.SessionEpoch
			}
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
	dep, err := d.Start(t.Context(), boss, w.wishes(), offboard.Confirmation{Hash: plan.Hash, Override: offboard.MassDelete})
	if err != nil {
		t.Fatal(err)
	}
	return dep.ID
}

// settled says how far a departure is.
type settled struct {
	done, undone, pending, refused, purged, wrong int
	status                                        offboard.Status
}

// look opens the organization as somebody who can't change it, checks every
// invariant, and that every leaver is wholly what the journal says.
func (w *world) look(t *testing.T, id org.DepartureID, deep bool) settled {
	t.Helper()
	s, err := w.open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	w.healthy(t, s, deep)
	var got settled
	storetest.Read(t, s, func(tx offboard.Tx) error {
		got = settled{}
		dep, err := tx.Departure(t.Context(), id)
		if err != nil {
			return err
		}
		got.status = dep.Status
		items, err := tx.Items(t.Context(), dep, -1, 1_000_000)
		if err != nil {
			return err
		}
		ids := make([]string, len(items))
		for i := range items {
			ids[i] = items[i].User.ID
		}
		people, err := tx.People(t.Context(), ids)
		if err != nil {
			return err
		}
		for i := range items {
			w.whole(t, &items[i], people[i], &got)
		}
		return nil
	})
	return got
}

// healthy runs the doctor.
func (w *world) healthy(t *testing.T, s *store.Store, deep bool) {
	t.Helper()
	bodies, err := blob.New(w.Bodies)
	if err != nil {
		t.Fatal(err)
	}
	found, err := s.Check(t.Context(), store.Checkup{Now: w.clock()(), Bodies: bodies, Deep: deep})
	if err != nil {
		t.Fatal(err)
	}
	for _, f := range found {
		t.Errorf("doctor: %v", f)
	}
}

// whole compares one leaver with what the journal says of them.
func (w *world) whole(t *testing.T, it *offboard.Item, now *org.Person, got *settled) {
	t.Helper()
	wrong := func(format string, args ...any) {
		if got.wrong++; got.wrong <= 5 { // two thousand would say no more
			t.Errorf(format, args...)
		}
	}
	before := w.before[it.User.ID]
	want := before
	switch {
	case it.Outcome == offboard.ItemDone && it.Undone:
		got.undone++
	case it.Outcome == offboard.ItemDone:
		got.done++
		want = org.Depart(before, it.Steps, it.Ran)
	case it.Outcome == offboard.ItemPending:
		got.pending++
	case it.Outcome == offboard.ItemRefused:
		got.refused++
	default:
		wrong("%s is %s", it.User.Name, it.Outcome)
	}
	switch {
	case now == nil && it.Outcome == offboard.ItemDone && it.Plan == org.OutcomeDelete && !it.Undone:
		got.purged++
	case now == nil:
		wrong("%s (%s) is not there", it.User.Name, it.Outcome)
	case !org.Same(*now, want):
		wrong("%s (%s, undone %v) is\n%+v %+v\nwant\n%+v %+v", it.User.Name, it.Outcome, it.Undone, *now, now.Mailbox, want, want.Mailbox)
	case it.Outcome != offboard.ItemDone && now.SessionEpoch != w.epochs[it.User.ID]:
		wrong("%s (%s) has lost the sessions", it.User.Name, it.Outcome)
	}
}
