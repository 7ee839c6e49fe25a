package store_test

import (
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// dump gives every row of the tables that hold people, as text.
func dump(t *testing.T, s *store.Store) []string {
	t.Helper()
	var lines []string
	for _, table := range []string{
		"organization", "products", "users", "addresses", "role_assignments", "licenses", "groups", "group_members", "group_owners", "mailboxes",
		"mailbox_permissions", "folders", "messages", "drives", "drive_grants", "drive_items", "item_permissions", "drive_devices",
	} {
		rows, err := s.DB().Query(t.Context(), "select * from "+table+" order by 1, 2")
		if err != nil {
			t.Fatal(err)
		}
		for rows.Next() {
			names, err := rows.Columns()
			if err != nil {
				t.Fatal(err)
			}
			values := make([]any, len(names))
			for i := range values {
				values[i] = new(any)
			}
			if err := rows.Scan(values...); err != nil {
				t.Fatal(err)
			}
			line := table
			for i, v := range values {
				line += fmt.Sprintf(" %s=%v", names[i], plain(*v.(*any)))
			}
			lines = append(lines, line)
		}
		if err := rows.Err(); err != nil {
			t.Fatal(err)
		}
	}
	return lines
}

// plain makes what both databases give for a value the same.
func plain(v any) any {
	switch v := v.(type) {
	case bool:
		if v {
			return 1
		}
		return 0
	case []byte:
		return string(v)
	}
	return v
}

func differ(t *testing.T, got, want []string) {
	t.Helper()
	for i := range max(len(got), len(want)) {
		a, b := "nothing", "nothing"
		if i < len(got) {
			a = got[i]
		}
		if i < len(want) {
			b = want[i]
		}
		if a != b {
			t.Errorf("got  %s\nwant %s", a, b)
			return
		}
	}
}

// manyPeople are people of every kind, of whom the later refer to the earlier.
func manyPeople(group org.GroupID) []org.Person {
	bram, anna, eva, mila, gone := storetest.Person(1, "Bram"), storetest.Person(2, "anna"), storetest.Person(3, "eva"),
		storetest.Plain(4, "mila"), storetest.Person(5, "gone")
	for _, p := range []*org.Person{&bram, &anna, &eva, &gone} {
		p.Drive.ID = org.DriveID("drive-of-" + string(p.ID))
	}
	anna.Licenses = append(anna.Licenses, org.License{Sku: storetest.E3, Group: group}, org.License{Sku: storetest.PBI, DisabledPlans: []string{"x", "y"}})
	eva = whole(3, "eva", bram.ID)
	eva.Drive.ID = "drive-of-eva"
	mila.WasSynced, mila.AccountEnabled, mila.UserType = true, false, "Guest"
	gone.ManagerID, gone.Roles = anna.ID, []org.RoleID{org.BillingAdmin}
	gone = org.Depart(gone, org.DeleteSteps(), storetest.Noon)
	return []org.Person{bram, anna, eva, mila, gone}
}

// TestSeedIsLikeSave: people seeded together are, row by row, the people that
// Save makes one after the other.
func TestSeedIsLikeSave(t *testing.T) {
	g := org.Group{ID: "group-1", DisplayName: "Docenten", Security: true, Licenses: []org.License{{Sku: storetest.E3}}, Created: storetest.Noon}
	people := manyPeople(g.ID)

	saved := storetest.SQLite(t)
	storetest.Contoso(t, saved)
	storetest.Group(t, saved, g, nil, nil)
	there := storetest.Add(t, saved, people...)
	storetest.Change(t, saved, func(tx offboard.Tx) error {
		if err := tx.ChangeMembers(t.Context(), &org.Group{Key: 1}, false, there[1:3], nil); err != nil {
			return err
		}
		return tx.ChangeMembers(t.Context(), &org.Group{Key: 1}, true, there[:1], nil)
	})

	storetest.Each(t, func(t *testing.T, seeded *store.Store) {
		storetest.Contoso(t, seeded)
		storetest.Group(t, seeded, g, nil, nil)
		newcomers, id := make([]offboard.Newcomer, len(people)), storetest.IDs()
		for i, p := range people { // ids in the order in which Save asks for them
			newcomers[i].Person = p
			for range len(p.Roles) + len(p.SuspendedRoles) {
				newcomers[i].RoleIDs = append(newcomers[i].RoleIDs, id())
			}
			if p.Mailbox != nil {
				newcomers[i].MailboxID = id()
			}
		}
		newcomers[0].Owner = []org.GroupID{g.ID}
		newcomers[1].Member, newcomers[2].Member = []org.GroupID{g.ID}, []org.GroupID{g.ID}
		seed(t, seeded, newcomers[:2]...) // in two portions: the second refers to the first
		seed(t, seeded, newcomers[2:]...)
		differ(t, dump(t, seeded), dump(t, saved))

		t.Run("and the store numbers on from there", func(t *testing.T) {
			got := storetest.Add(t, seeded, storetest.Person(9, "later"))[0]
			same(t, got, storetest.Person(9, "later"))
			if want := int64(len(people) + 1); got.Key != want {
				t.Errorf("the next person has key %d, want %d", got.Key, want)
			}
		})
	})
}

func seed(t *testing.T, s *store.Store, people ...offboard.Newcomer) {
	t.Helper()
	storetest.Change(t, s, func(tx offboard.Tx) error { return tx.Seed(t.Context(), people) })
}

func TestSeedBringsContent(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		bram := storetest.Add(t, s, storetest.Person(1, "bram"))[0]
		anna := storetest.Person(2, "anna")
		anna.Drive.ID = "drive"
		noon := storetest.Noon
		seed(t, s, offboard.Newcomer{
			Person: anna, MailboxID: "mailbox",
			Folders: []offboard.Folder{
				{ID: "f1", Name: "Postvak IN", WellKnown: "inbox", Messages: []offboard.Message{
					{ID: "m1", Subject: "Rooster", SenderName: "Bram", SenderAddress: "bram@contoso.com", Recipients: []string{"a@x.nl", "b@x.nl"}, Received: noon, Preview: "Hoi", Size: 9, Body: "aa"},
					{ID: "m2", Subject: "Toets", Copies: []string{"c@x.nl"}, Received: noon, Read: true, Body: "bb"},
				}},
				{ID: "f2", Name: "Concepten", WellKnown: "drafts"},
			},
			Files: []offboard.File{
				{ID: "i1", Name: "Map", Folder: true, Created: noon, Modified: noon, Files: []offboard.File{
					{ID: "i2", Name: "brief.txt", Size: 5, Mime: "text/plain", Body: "cc", Created: noon, Modified: noon, Shared: []offboard.Share{{ID: "s1", Who: bram.ID, Role: "read", Expires: noon}}},
				}},
				{ID: "i3", Name: "los.txt", Size: 1, Mime: "text/plain", Body: "dd", Created: noon, Modified: noon},
			},
			Devices: []offboard.Device{{Name: "LAPTOP-1", LastSync: noon}},
		})
		for query, want := range map[string]string{
			"select f.well_known || ':' || m.id || ':' || m.recipients from messages m join folders f on f.pk = m.folder_pk join mailboxes x on x.pk = m.mailbox_pk where x.id = 'mailbox' order by m.pk limit 1": "inbox:m1:a@x.nl\nb@x.nl",
			"select count(*) || '' from folders f join mailboxes m on m.pk = f.mailbox_pk where m.id = 'mailbox'":                                                                                                 "2",
			"select p.name || '/' || i.name from drive_items i join drive_items p on p.pk = i.parent_pk join drives d on d.pk = i.drive_pk where d.id = 'drive'":                                                  "Map/brief.txt",
			"select count(*) || '' from drive_items where parent_pk is null":                                                                                                                                      "2",
		} {
			if got, err := sqldb.One(t.Context(), s.DB(), sqldb.Value[string], query); err != nil || got != want {
				t.Errorf("%s: got %q, %v, want %q", query, got, err, want)
			}
		}
		for id, want := range map[string][2][]string{"m1": {{"a@x.nl", "b@x.nl"}, nil}, "m2": {nil, {"c@x.nl"}}} {
			if m, err := s.Message(t.Context(), anna.ID, id); err != nil || m == nil || !slices.Equal(m.Recipients, want[0]) || !slices.Equal(m.Copies, want[1]) {
				t.Errorf("%s: %+v, %v", id, m, err)
			}
		}
		storetest.Read(t, s, func(tx offboard.Tx) error {
			around, err := tx.Around(t.Context(), storetest.Load(t, s, "anna@contoso.com"))
			if err == nil && (around[0].SharedItems != 1 || around[0].SharedWith[0].ID != string(bram.ID) || around[0].Devices[0] != "LAPTOP-1") {
				t.Errorf("R-OD-08 R-DEL-10 around: %+v", around[0])
			}
			return err
		})
	})
}

func TestSeedRefusesWhatIsNotThere(t *testing.T) {
	s := storetest.SQLite(t)
	storetest.Contoso(t, s)
	before := dump(t, s)
	for name, change := range map[string]func(*offboard.Newcomer){
		"manager":  func(n *offboard.Newcomer) { n.Person.ManagerID = "nobody" },
		"group":    func(n *offboard.Newcomer) { n.Member = []org.GroupID{"nothing"} },
		"product":  func(n *offboard.Newcomer) { n.Person.Licenses[0].Sku = "nothing" },
		"role ids": func(n *offboard.Newcomer) { n.RoleIDs = []string{"one too many"} },
		"drive id": func(n *offboard.Newcomer) { n.Person.Drive.ID = "" },
	} {
		n := offboard.Newcomer{Person: storetest.Person(1, "anna"), MailboxID: "m"}
		n.Person.Drive.ID = "d"
		change(&n)
		err := s.Change(t.Context(), func(tx offboard.Tx) error { return tx.Seed(t.Context(), []offboard.Newcomer{n}) })
		if err == nil {
			t.Errorf("%s: no error", name)
		}
		if (name == "manager" || name == "group") && !errors.Is(err, sqldb.ErrNoRows) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if after := dump(t, s); strings.Join(after, "\n") != strings.Join(before, "\n") {
		t.Errorf("something was written: %v", after)
	}
}
