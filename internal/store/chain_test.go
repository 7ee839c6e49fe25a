package store_test

import (
	"io/fs"
	"log/slog"
	"reflect"
	"strings"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// link is where a person, or one of their items, leads.
type link struct {
	of  string
	key int64
}

func chains(t *testing.T, s *store.Store) []link {
	t.Helper()
	links, err := sqldb.All(t.Context(), s.DB(), func(r *sqldb.Rows) (l link, _ error) { return l, r.Scan(&l.of, &l.key) },
		`select upn as of_it, departed as leads from users where departed <> 0
 union all select name || ' ' || cast(pk as text), earlier from departure_items where outcome = 'done' order by 1, 2`)
	if err != nil {
		t.Fatal(err)
	}
	return links
}

// TestMigrationsMakeChainsAndSeats takes an organization with a past back to the
// versions before, and forth again.
func TestMigrationsMakeChainsAndSeats(t *testing.T) {
	sections := func(name string) (up, down string) {
		t.Helper()
		text, err := fs.ReadFile(store.Migrations(), name)
		if err != nil {
			t.Fatal(err)
		}
		up, down, _ = strings.Cut(strings.TrimPrefix(string(text), "-- +goose Up"), "-- +goose Down")
		return up, down
	}
	chain, noChain := sections("0012_departed.sql")
	seats, noSeats := sections("0014_seats.sql")
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		bodies, _ := shelf(t)
		c := clinic(t, s, bodies)
		now := c.Now
		desk := &offboard.Desk{Store: s, Bodies: bodies, Now: func() time.Time { return now }, NewID: storetest.IDs(), Log: slog.New(slog.DiscardHandler)}
		actor := org.Actor{ID: "op", Name: "op", Roles: []org.RoleID{org.GlobalAdmin}}
		storetest.Edit(t, s, "carla@contoso.com", func(p *org.Person) { p.Mailbox.Type = org.UserMailbox })
		for _, user := range []string{"carla@contoso.com", "eva@contoso.com"} { // who was kept, and who is back
			now = now.Add(time.Second)
			if err := desk.DeleteUser(t.Context(), actor, user); err != nil {
				t.Fatal(err)
			}
		}
		want := chains(t, s)
		longest := 0
		for _, l := range want {
			if strings.HasPrefix(l.of, "carla") && l.key != 0 {
				longest++
			}
		}
		if longest != 2 { // from carla to the newest, and from that to the one before
			t.Fatalf("the chains are %v", want)
		}
		run := func(section string) {
			t.Helper()
			for statement := range strings.SplitSeq(section, ";") {
				if strings.TrimSpace(statement) == "" {
					continue
				}
				err := s.DB().Update(t.Context(), func(tx *sqldb.Tx) error {
					_, err := tx.Exec(t.Context(), statement)
					return err
				})
				if err != nil {
					t.Fatalf("%s: %v", statement, err)
				}
			}
		}
		inUse := func() int {
			t.Helper()
			n := 0
			storetest.Read(t, s, func(tx offboard.Tx) error {
				o, err := tx.Organization(t.Context())
				for i := range o.Subscriptions {
					n += o.Subscriptions[i].Assigned
				}
				return err
			})
			return n
		}
		assigned := inUse()
		if assigned == 0 {
			t.Fatal("no seat is in use")
		}
		for _, section := range []string{noSeats, noChain, chain, seats} {
			run(section)
		}
		if n := inUse(); n != assigned {
			t.Errorf("%d seats are in use, want %d", n, assigned)
		}
		if got := chains(t, s); !reflect.DeepEqual(got, want) {
			t.Errorf("got  %v\nwant %v", got, want)
		}
		if found, err := s.Check(t.Context(), c); err != nil || len(found) > 0 {
			t.Errorf("afterwards: %v, %v", found, err)
		}
	})
}
