package store_test

import (
	"fmt"
	"reflect"
	"slices"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// rows counts the rows of tables.
func rows(t *testing.T, s *store.Store, tables ...string) map[string]int64 {
	t.Helper()
	counts := map[string]int64{}
	for _, table := range tables {
		n, err := sqldb.One(t.Context(), s.DB(), sqldb.Value[int64], "select count(*) from "+table)
		if err != nil {
			t.Fatal(err)
		}
		if n > 0 {
			counts[table] = n
		}
	}
	return counts
}

func bodies(t *testing.T, s *store.Store) (list []string) {
	t.Helper()
	storetest.Read(t, s, func(tx offboard.Tx) (err error) {
		list, err = tx.Bodies(t.Context(), 100)
		return err
	})
	slices.Sort(list)
	return list
}

// TestPurgeOfScatteredPeople: people purged together need not have come together.
// R-PERM-03
func TestPurgeOfScatteredPeople(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		var people []org.Person
		for n := range int64(40) {
			people = append(people, storetest.Person(n, fmt.Sprintf("p%d", n)))
		}
		storetest.Add(t, s, people...)
		for n := 0; n < 40; n += 2 {
			storetest.Delete(t, s, fmt.Sprintf("p%d@contoso.com", n), storetest.Noon)
		}
		storetest.Change(t, s, func(tx offboard.Tx) error {
			due, err := tx.Due(t.Context(), storetest.Noon, nil, 100)
			if err != nil {
				return err
			}
			gone := make([]offboard.Purged, len(due))
			for i, p := range due {
				gone[i].Person = p
			}
			return tx.Purge(t.Context(), gone, storetest.Noon)
		})
		if left := storetest.Load(t, s, "p1@contoso.com", string(people[2].ID)); left[0] == nil || left[1] != nil {
			t.Errorf("of one who stayed and one who went there are %v", left)
		}
	})
}

// TestPurgeOfManagers: whoever stays, or can still come back, has lost a manager who is
// purged; whoever is due as well does not matter any more.
func TestPurgeOfManagers(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		people := storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"), storetest.Person(3, "carla"), storetest.Person(4, "daan"))
		for _, name := range []string{"bram", "carla", "daan"} {
			storetest.Edit(t, s, name+"@contoso.com", func(p *org.Person) { p.ManagerID = people[0].ID })
		}
		now := storetest.Noon.Add(org.UserRetention)
		gone := storetest.Delete(t, s, "anna@contoso.com", storetest.Noon)
		storetest.Delete(t, s, "carla@contoso.com", storetest.Noon.Add(time.Second))
		storetest.Delete(t, s, "daan@contoso.com", storetest.Noon)
		storetest.Change(t, s, func(tx offboard.Tx) error {
			return tx.Purge(t.Context(), []offboard.Purged{{Person: gone}}, now)
		})
		got, err := sqldb.All(t.Context(), s.DB(), sqldb.Value[string], "select display_name from users where manager_pk is not null order by pk")
		if err != nil {
			t.Fatal(err)
		}
		if want := []string{people[3].DisplayName}; !reflect.DeepEqual(got, want) {
			t.Errorf("with a manager who was purged there are %v, want %v", got, want)
		}
		found, err := s.Check(t.Context(), store.Checkup{Now: now})
		for _, f := range found {
			if f.Code == "orphan" {
				t.Errorf("the check finds %v", f)
			}
		}
		if err != nil {
			t.Error(err)
		}
	})
}

func TestPurgeLeavesNothing(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		anna, bram, _ := neighbourhood(t, s)
		deliver(t, s, anna.ID, "inbox a b")
		storetest.Edit(t, s, "anna@contoso.com", func(p *org.Person) { p.Roles = []org.RoleID{org.UserAdmin} })
		for _, name := range []string{"anna", "bram", "carla", "daan"} {
			storetest.Delete(t, s, name+"@contoso.com", storetest.Noon)
		}
		purge := func() (n int) {
			storetest.Change(t, s, func(tx offboard.Tx) error {
				due, err := tx.Due(t.Context(), storetest.Noon, nil, 100)
				if err != nil {
					return err
				}
				n = len(due)
				gone := make([]offboard.Purged, n)
				for i, p := range due {
					gone[i].Person = p
				}
				return tx.Purge(t.Context(), gone, storetest.Noon)
			})
			return n
		}
		storetest.Read(t, s, func(tx offboard.Tx) error {
			early, err := tx.Due(t.Context(), storetest.Noon.Add(-time.Second), nil, 100)
			if len(early) != 0 {
				t.Errorf("R-DEL-01: due too early: %d", len(early))
			}
			return err
		})
		if n := purge(); n != 4 {
			t.Fatalf("R-DEL-01: %d people were due, want 4", n)
		}
		got := rows(t, s, "users", "user_words", "addresses", "role_assignments", "licenses", "group_members", "group_owners", "mailboxes", "mailbox_permissions",
			"folders", "messages", "drives", "drive_grants", "drive_items", "item_permissions", "drive_devices")
		if len(got) != 0 {
			t.Errorf("R-PERM-02: left behind %v", got)
		}
		want := []string{"body-a", "body-b", "body-file"}
		if got := bodies(t, s); !reflect.DeepEqual(got, want) {
			t.Errorf("R-PERM-02: bodies to remove %v, want %v", got, want)
		}
		storetest.Change(t, s, func(tx offboard.Tx) error { return tx.ForgetBodies(t.Context(), want[:2]) })
		if got := bodies(t, s); !reflect.DeepEqual(got, want[2:]) {
			t.Errorf("got %v", got)
		}
		_ = bram
	})
}

func TestBodiesInUseStay(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		people := storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"))
		deliver(t, s, people[0].ID, "inbox a b")
		storetest.Change(t, s, func(tx offboard.Tx) error {
			same := message("a", 1)
			same.ID = "copy"
			_, err := tx.Deliver(t.Context(), people[1].ID, "inbox", same)
			return err
		})
		gone := storetest.Delete(t, s, "anna@contoso.com", storetest.Noon)
		storetest.Change(t, s, func(tx offboard.Tx) error {
			return tx.Purge(t.Context(), []offboard.Purged{{Person: gone}}, storetest.Noon)
		})
		if got := bodies(t, s); !reflect.DeepEqual(got, []string{"body-b"}) {
			t.Errorf("R-PERM-02: got %v", got)
		}
	})
}

func TestExpire(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		disconnected := storetest.Person(1, "anna")
		disconnected.Mailbox.Disconnected = storetest.Noon
		held := storetest.Person(2, "bram")
		held.Mailbox.Disconnected, held.Mailbox.Litigation = storetest.Noon, true
		purged, drive := storetest.Person(3, "carla"), storetest.Person(4, "daan")
		purged.Drive, drive.Mailbox = nil, nil
		storetest.Add(t, s, disconnected, held, purged, drive)
		due := storetest.Noon.AddDate(0, 0, 10)
		for name, r := range map[string]org.Remains{"carla": {Mailbox: true, MailboxDue: due}, "daan": {Drive: true}} {
			gone := storetest.Delete(t, s, name+"@contoso.com", storetest.Noon)
			storetest.Change(t, s, func(tx offboard.Tx) error {
				return tx.Purge(t.Context(), []offboard.Purged{{Person: gone, Remains: r}}, storetest.Noon)
			})
		}
		expire := func(now time.Time) (out []string) {
			t.Helper()
			storetest.Change(t, s, func(tx offboard.Tx) error {
				list, err := tx.Expire(t.Context(), org.DefaultSettings(), now, 100)
				out = nil
				for _, e := range list {
					out = append(out, e.Rule+" "+e.Kind+" "+e.Owner.Name)
				}
				return err
			})
			return out
		}
		for _, c := range []struct {
			now  time.Time
			want []string
		}{
			{due.Add(-time.Second), nil},
			{due, []string{"R-PERM-05 mailbox carla@contoso.com"}},
			{storetest.Noon.Add(org.MailboxRetention - time.Second), nil},
			{storetest.Noon.Add(org.MailboxRetention), []string{"R-LIC-08 mailbox anna@contoso.com"}},
			{storetest.Noon.Add(30*org.Day + org.DriveRecycle - time.Second), nil},
			{storetest.Noon.Add(30*org.Day + org.DriveRecycle), []string{"R-SM-07 drive daan@contoso.com"}},
			{storetest.Noon.AddDate(10, 0, 0), nil},
		} {
			if got := expire(c.now); !reflect.DeepEqual(got, c.want) {
				t.Errorf("at %v: got %v, want %v", c.now, got, c.want)
			}
		}
		people := storetest.Load(t, s, "anna@contoso.com", "bram@contoso.com")
		if people[0].Mailbox != nil || people[1].Mailbox == nil {
			t.Errorf("R-PERM-05: %+v, %+v", people[0].Mailbox, people[1].Mailbox)
		}
	})
}
