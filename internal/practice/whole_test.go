package practice_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"

	"leaver/internal/catalog"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/practice"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// tables hold the practice organization.
var tables = []string{
	"organization", "domains", "users", "addresses", "role_assignments", "products", "subscriptions", "seat_history", "licenses", "groups",
	"group_members", "group_owners", "group_licenses", "mailboxes", "mailbox_permissions", "folders", "messages", "drives", "drive_grants",
	"drive_items", "item_permissions", "drive_devices", "departures", "departure_items", "audit",
}

// dump gives every row of a table, as text.
func dump(t *testing.T, s *store.Store, table, where string) []string {
	t.Helper()
	lines, err := sqldb.All(t.Context(), s.DB(), func(r *sqldb.Rows) (string, error) {
		names, err := r.Columns()
		if err != nil {
			return "", err
		}
		values := make([]any, len(names))
		for i := range values {
			values[i] = new(any)
		}
		err = r.Scan(values...)
		line := table
		for i, v := range values {
			line += fmt.Sprintf(" %s=%v", names[i], *v.(*any))
		}
		return line, err
	}, "select * from "+table+" where "+where+" order by 1, 2")
	if err != nil {
		t.Fatal(err)
	}
	return lines
}

func equal(t *testing.T, a, b []string) {
	t.Helper()
	if len(a) == 0 {
		t.Error("nothing there")
	}
	for i := range max(len(a), len(b)) {
		if i >= len(a) || i >= len(b) || a[i] != b[i] {
			t.Fatalf("row %d of %d and %d differs:\n%s\n%s", i, len(a), len(b), strings.Join(a[min(i, len(a)):min(i+1, len(a))], ""), strings.Join(b[min(i, len(b)):min(i+1, len(b))], ""))
		}
	}
}

// TestSameAtEveryStart: two organizations made at the same moment are the same,
// whatever ids their stores give out, and more people change nothing about
// those who are there anyway.
func TestSameAtEveryStart(t *testing.T) {
	one, _ := made(t, practice.Users)
	other := store.New(storetest.SQLite(t).DB(), func() string { t.Error("the store gave out an id"); return "" })
	fill(t, other, &shelf{}, practice.Users)
	more, _ := made(t, practice.Users+60)
	for _, table := range tables {
		t.Run(table, func(t *testing.T) { equal(t, dump(t, one, table, "1=1"), dump(t, other, table, "1=1")) })
	}
	for table, where := range map[string]string{
		"users": "pk <= 254", "addresses": "user_pk <= 254", "licenses": "user_pk <= 254", "mailboxes": "user_pk <= 254", "folders": "true", "messages": "true",
		"drives": "user_pk <= 254", "drive_items": "true", "role_assignments": "true",
	} {
		t.Run("with more people "+table, func(t *testing.T) { equal(t, dump(t, one, table, "1=1"), dump(t, more, table, where)) })
	}
}

// counts are numbers that the store keeps beside the rows that they count.
func TestCountsAreThoseOfTheRows(t *testing.T) {
	for users, want := range map[int]int64{practice.Users: 250, 1000: 1000, 1: 27} {
		t.Run(fmt.Sprint(users), func(t *testing.T) {
			s, _ := made(t, users)
			number := func(query string) int64 {
				n, err := sqldb.One(t.Context(), s.DB(), sqldb.Value[int64], query)
				if err != nil {
					t.Fatal(err)
				}
				return n
			}
			if a, b := number("select people from organization"), number("select count(*) from users where deleted is null"); a != want || b != want {
				t.Errorf("%d people are counted, %d there, want %d", a, b, want)
			}
			if a, b := number("select deleted_people from organization"), number("select count(*) from users where deleted is not null"); a != 4 || b != 4 {
				t.Errorf("%d deleted people are counted, %d there", a, b)
			}
			seats := dump(t, s, "products", "coalesce((select {sqlite (select j.value from json_each(o.seats) j where j.key = sku)}{postgres (o.seats::jsonb ->> sku)::bigint} from organization o), 0) <> (select count(distinct l.user_pk) from licenses l join users u on u.pk = l.user_pk where l.product_pk = products.pk and u.deleted is null)")
			if len(seats) > 0 {
				t.Errorf("R-LIC-41 seats counted wrong: %v", seats)
			}
		})
	}
}

func organization(t *testing.T, s *store.Store) *org.Organization {
	t.Helper()
	var o *org.Organization
	storetest.Read(t, s, func(tx offboard.Tx) (err error) {
		o, err = tx.Organization(t.Context())
		return err
	})
	return o
}

func TestSubscriptions(t *testing.T) {
	for _, users := range []int{practice.Users, 400} {
		s, _ := made(t, users)
		o := organization(t, s)
		type facts struct {
			seats   int
			channel org.Channel
			rule    string // by which seats can't be given back now
			renewal bool
		}
		want := map[org.SkuID]facts{
			catalog.E3: {60, org.Direct, "", true}, catalog.A3Faculty: {150, org.Direct, "R-LIC-32", true}, catalog.BusinessPremium: {20, org.Partner, "R-LIC-30", false},
			catalog.Exchange1: {10, org.VolumeLicensing, "R-LIC-30", false}, catalog.Visio2: {5, org.Direct, "", true}, catalog.PowerBIPro: {12, org.Direct, "", true},
		}
		if users > practice.Users {
			want[catalog.A1Faculty] = facts{users, org.Direct, "R-LIC-32", true}
		}
		if len(o.Subscriptions) != len(want) {
			t.Errorf("%d subscriptions, want %d", len(o.Subscriptions), len(want))
		}
		for i := range o.Subscriptions {
			x := &o.Subscriptions[i]
			got := facts{seats: x.Total, channel: x.Channel}
			var no *org.Refusal
			if no, got.renewal = x.Reducible(start); no != nil {
				got.rule = no.Rule
			}
			if got != want[x.Sku] || x.Free() < 0 || x.Assigned == 0 || x.Price.Currency != "EUR" || !x.Recurring || !x.TermEnd.After(start) {
				t.Errorf("%s: %+v, want %+v; %+v", x.DisplayName, got, want[x.Sku], x)
			}
			switch {
			case x.Sku == catalog.PowerBIPro && x.Free() != 1:
				t.Errorf("%d seats of %s are free", x.Free(), x.DisplayName)
			case x.Sku == catalog.A3Faculty && !x.TermEnd.Equal(start.AddDate(0, 7, 0)):
				t.Errorf("%s renews %v", x.DisplayName, x.TermEnd)
			case x.Sku == catalog.Visio2 && !x.LastPurchase.Equal(start.AddDate(0, 0, -3)):
				t.Errorf("%s was bought %v", x.DisplayName, x.LastPurchase)
			}
		}
		if o.GlobalAdmins != 2 || o.DisplayName != "Lindeboom College" || o.Domains[0] != "lindeboom.example" || !o.Practice {
			t.Errorf("%+v", o)
		}
	}
}

// TestPeopleFollowTheRules: mailboxes and drives are as the licences say,
// profiles are such as can be saved, and the plan of nearly everybody is a
// deletion that nothing stands in the way of.
func TestPeopleFollowTheRules(t *testing.T) {
	s, _ := made(t, practice.Users+50)
	o := organization(t, s)
	names, err := sqldb.All(t.Context(), s.DB(), sqldb.Value[string], "select upn from users where deleted is null order by pk")
	if err != nil {
		t.Fatal(err)
	}
	people := storetest.Load(t, s, names...)
	var wishes []offboard.Wish
	for _, p := range people {
		after := p.Clone()
		if o.Provision(&after, start); !org.Same(after, *p) {
			t.Errorf("R-LIC-11 %s: %+v %+v", p.UPN, p.Mailbox, p.Drive)
		}
		if r := o.CheckNew(org.Actor{System: true}, p); r != nil {
			t.Errorf("%s: %v", p.UPN, r)
		}
		wishes = append(wishes, offboard.Wish{User: p.UPN})
	}
	plan, err := desk(s).Plan(t.Context(), org.Actor{System: true}, offboard.Request{People: wishes})
	if err != nil {
		t.Fatal(err)
	}
	var refused []string
	for _, it := range plan.Items {
		if it.Outcome == org.OutcomeRefused {
			refused = append(refused, strings.TrimSuffix(it.User.Name, "@lindeboom.example"))
		}
	}
	slices.Sort(refused)
	if want := []string{"admin2", "carla.smit", "daan.visser", "eva.bakker"}; !slices.Equal(refused, want) { // admin2 would be the last one, R-ROLE-21
		t.Errorf("refused: %v, want %v", refused, want)
	}
}

// TestContent: what people find in their mailboxes and drives is there.
func TestContent(t *testing.T) {
	s, bodies := made(t, practice.Users)
	for _, query := range []string{"select distinct body from messages", "select distinct body from drive_items where not folder"} {
		hashes, err := sqldb.All(t.Context(), s.DB(), sqldb.Value[string], query)
		if err != nil || len(hashes) == 0 {
			t.Fatal(hashes, err)
		}
		for _, h := range hashes {
			if bodies.bodies[h] == "" {
				t.Errorf("no body %q", h)
			}
		}
	}
	of := "m.user_pk = (select pk from users where upn_key = 'anna.devries@lindeboom.example')"
	for query, want := range map[string]int64{
		"select count(*) from messages x join mailboxes m on m.pk = x.mailbox_pk where " + of:                   12,
		"select count(*) from folders x join mailboxes m on m.pk = x.mailbox_pk where " + of:                    5,
		"select count(*) from drive_items x join drives m on m.pk = x.drive_pk where " + of:                     5,
		"select sum(x.size) - m.size from drive_items x join drives m on m.pk = x.drive_pk where " + of:         0,
		"select count(*) from messages x join mailboxes m on m.pk = x.mailbox_pk where x.received > 1779097287": 0, // the start
	} {
		if got, err := sqldb.One(t.Context(), s.DB(), sqldb.Value[int64], query); got != want || err != nil {
			t.Errorf("%s: %d, %v, want %d", query, got, err, want)
		}
	}
}

func TestMakeRefuses(t *testing.T) {
	s, bodies := made(t, 1)
	deps := practice.Deps{Store: s, Bodies: bodies, PasswordHash: hash, Now: start}
	if err := practice.Make(t.Context(), deps, 250, nil); !errors.Is(err, practice.ErrNotEmpty) {
		t.Errorf("a second time: %v", err)
	}
	if ok, err := practice.Made(t.Context(), s); !ok || err != nil {
		t.Errorf("whole: %v, %v", ok, err)
	}
	deps.Store = storetest.SQLite(t)
	if ok, err := practice.Made(t.Context(), deps.Store); ok || err != nil {
		t.Errorf("empty: %v, %v", ok, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	err := practice.Make(ctx, deps, 9000, func(done, total int) {
		if done > 2000 {
			cancel()
		}
	})
	if err == nil {
		t.Error("it was not interrupted")
	}
	if _, err := practice.Made(t.Context(), deps.Store); !errors.Is(err, practice.ErrHalfMade) {
		t.Errorf("half made: %v", err)
	}
	if err := practice.Make(t.Context(), deps, 250, nil); !errors.Is(err, practice.ErrHalfMade) {
		t.Errorf("on top of a half made one: %v", err)
	}
	deps.Store = storetest.SQLite(t)
	storetest.Contoso(t, deps.Store.(*store.Store))
	if err := practice.Make(t.Context(), deps, 250, nil); !errors.Is(err, practice.ErrNotEmpty) {
		t.Errorf("on top of another organization: %v", err)
	}
}

func TestTenThousand(t *testing.T) {
	s, _ := made(t, 10_000)
	var last, total int
	other := storetest.SQLite(t)
	err := practice.Make(t.Context(), practice.Deps{Store: other, Bodies: &shelf{}, PasswordHash: hash, Now: start}, 10_000, func(done, all int) {
		if done < last || all != 10_000 {
			t.Errorf("progress went from %d to %d of %d", last, done, all)
		}
		last, total = done, all
	})
	if err != nil || last != total {
		t.Errorf("%d of %d, %v", last, total, err)
	}
	if x := organization(t, s); x.People != 10_000 {
		t.Errorf("%d people", x.People)
	}
	var v offboard.Verdict
	if v, err = desk(s).VerifyAudit(t.Context(), admin(t, s)); err != nil || !v.OK {
		t.Errorf("R-DEL-21 the trail: %+v, %v", v, err)
	}
}

// TestOnBothDatabases makes the organization on both databases.
func TestOnBothDatabases(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		fill(t, s, &shelf{}, 5000)
		if o := organization(t, s); o.People != 5000 {
			t.Errorf("%d people", o.People)
		}
		if _, err := restore(t, s, "quinten.prins", offboard.Restoring{}); err != nil {
			t.Error(err)
		}
	})
}
