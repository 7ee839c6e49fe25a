package offboard_test

import (
	"fmt"
	"maps"
	"reflect"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestBulkIsOneByOne lets the same people go together in one organization and one
// after the other in another: what is left is the same, row by row.
func TestBulkIsOneByOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		together, apart := newOffice(t, s), newOffice(t, storetest.SQLite(t))
		together.WriteLetter, apart.WriteLetter = nil, nil // bram gets one for all, or one for each
		var names []string
		for _, o := range []*office{together, apart} {
			names = nil
			people := []org.Person{storetest.Person(1, "bram")}
			for i := range int64(12) {
				p := storetest.Person(2+i, fmt.Sprintf("p%02d", i))
				if i%3 == 0 {
					p.Roles = []org.RoleID{org.UserAdmin}
				}
				people, names = append(people, p), append(names, p.UPN)
			}
			storetest.Add(t, o.store, people...)
		}
		names = append(names, "nobody@contoso.com")
		choices := org.Choices{FilesTo: ptr("bram@contoso.com"), ReduceSubscriptions: ptr(true)}
		req := wish(choices, names...)
		plan, err := together.Plan(t.Context(), boss, req)
		if err != nil {
			t.Fatal(err)
		}
		dep, err := together.Start(t.Context(), boss, req, offboard.Confirmation{Hash: plan.Hash, Override: offboard.MassDelete})
		if err != nil {
			t.Fatal(err)
		}
		together.work(t)
		bulk := together.items(t, together.departure(t, dep.ID))
		for i, name := range names {
			items := apart.items(t, apart.run(t, choices, name))
			if len(items) != 1 {
				t.Fatalf("%d items for %s", len(items), name)
			}
			one, many := items[0], bulk[i]
			one.Departure, one.Ordinal, many.Departure, many.Ordinal = 0, 0, 0, 0
			if (one.Before == nil) != (i == len(names)-1) || !reflect.DeepEqual(one, many) {
				t.Errorf("%s alone\n%+v\nwith others\n%+v", name, one, many)
			}
		}
		sums := func(o *office) map[string]store.TableSum {
			t.Helper()
			o.exec(t, "update users set departed = 0") // the key of an item of a run of their own
			all, err := o.store.Sums(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			maps.DeleteFunc(all, func(table string, _ store.TableSum) bool {
				switch table { // runs of their own, and what they did to the number of seats
				case "departures", "departure_items", "audit", "organization", "seat_history":
					return true
				}
				return false
			})
			return all
		}
		a, b := sums(together), sums(apart)
		for table := range a {
			if a[table] != b[table] {
				t.Errorf("table %s: together %+v, apart %+v", table, a[table], b[table])
			}
		}
		seats := func(o *office) string {
			t.Helper()
			text, err := sqldb.One(t.Context(), o.store.DB(), sqldb.Value[string], "select seats from organization")
			if err != nil {
				t.Fatal(err)
			}
			return text
		}
		if a, b := seats(together), seats(apart); a != b || a == "{}" {
			t.Errorf("seats in use: together %s, apart %s", a, b)
		}
		if n, m := together.audited(t, offboard.ActDelete), apart.audited(t, offboard.ActDelete); n != len(names)-1 || m != n {
			t.Errorf("%d and %d deletions in the trail, want %d", n, m, len(names)-1)
		}
	})
}
