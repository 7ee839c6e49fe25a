package store_test

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func trail(t *testing.T, s *store.Store, entries ...offboard.Entry) {
	t.Helper()
	storetest.Change(t, s, func(tx offboard.Tx) error { return tx.Audit(t.Context(), slices.Clone(entries)...) })
}

func TestAuditEntries(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		admin, helper := org.Actor{ID: "a-1", Name: "Admin@contoso.com"}, org.Actor{ID: "a-2", Name: "helper@contoso.com"}
		anna, bram := org.Ref{ID: "u-1", Name: "anna@contoso.com"}, org.Ref{ID: "u-2", Name: "bram@contoso.com"}
		for i, e := range []offboard.Entry{
			{Actor: admin, Action: offboard.ActDelete, Target: anna},
			{Actor: helper, Action: offboard.ActPassword, Target: bram},
			{Actor: admin, Action: offboard.ActRestore, Target: anna},
			{Actor: admin, Action: offboard.ActDelete, Target: bram},
		} {
			e.At = storetest.Noon.Add(time.Duration(i) * time.Hour)
			trail(t, s, e)
		}
		for _, c := range []struct {
			q    offboard.AuditQuery
			want string
		}{
			{offboard.AuditQuery{}, "4 3 2 1"},
			{offboard.AuditQuery{Limit: 2}, "4 3"},
			{offboard.AuditQuery{Limit: 2, Before: 3}, "2 1"},
			{offboard.AuditQuery{Actor: "a-2"}, "2"},
			{offboard.AuditQuery{Actor: "admin@CONTOSO.com", Target: "u-1"}, "3 1"},
			{offboard.AuditQuery{Target: "BRAM@contoso.com"}, "4 2"},
			{offboard.AuditQuery{Action: offboard.ActDelete}, "4 1"},
			{offboard.AuditQuery{From: storetest.Noon.Add(time.Hour), To: storetest.Noon.Add(3 * time.Hour)}, "3 2"},
			{offboard.AuditQuery{Target: "nobody"}, ""},
		} {
			entries, err := s.AuditEntries(t.Context(), c.q)
			var got []string
			for _, e := range entries {
				got = append(got, fmt.Sprint(e.Seq))
			}
			if err != nil || strings.Join(got, " ") != c.want {
				t.Errorf("R-DEL-21 %+v: got %v, want %s (%v)", c.q, got, c.want, err)
			}
		}
	})
}

// TestHistoryOfOne: what the trail says of one person is found by an index, by their id
// and by their name, however long the trail has become.
func TestHistoryOfOne(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		anna := org.Ref{ID: "01a1fc65-ebdc-7357-a0dc-3901578b231a", Name: "anna@contoso.com"}
		crowded(t, s, 3*full, map[int]offboard.Entry{
			9:          {Action: offboard.ActDelete, Target: anna},
			2*full + 9: {Action: offboard.ActRestore, Target: anna},
		})
		for _, name := range []string{anna.ID, "Anna@contoso.com"} {
			q := offboard.AuditQuery{Target: name, Limit: 12}
			if got, err := s.AuditEntries(t.Context(), q); err != nil || len(got) != 2 || got[0].Seq != 2*full+9 || got[1].Seq != 9 {
				t.Errorf("R-DEL-21 got %+v (%v)", got, err)
			}
			if s.DB().Dialect() == sqldb.Postgres {
				continue // which puts it in other words
			}
			plan, err := store.AuditPlan(t.Context(), s, q)
			if err != nil {
				t.Fatal(err)
			}
			for _, step := range plan {
				if strings.HasPrefix(step, "SCAN audit") {
					t.Errorf("the trail is gone through: %s", strings.Join(plan, "\n"))
				}
			}
			if !slices.Contains(plan, "SEARCH audit_index USING PRIMARY KEY (bucket=? AND run<?)") {
				t.Errorf("the index is not asked: %s", strings.Join(plan, "\n"))
			}
		}
	})
}

// TestChangesByProperty: what changed is known of somebody as long as every entry
// about them says so.
func TestChangesByProperty(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		for _, e := range []struct{ action, target, detail string }{
			{offboard.ActUpdateUser, "a", `{"changed":["city"]}`},
			{offboard.ActManager, "a", `{"changed":["manager"]}`},
			{offboard.ActPassword, "b", `{"changed":[]}`},
			{offboard.ActUpdateUser, "c", `{"changed":["city"]}`},
			{offboard.ActDelete, "c", `{}`},
			{offboard.ActUpdateUser, "d", ""},
		} {
			trail(t, s, offboard.Entry{Action: e.action, Target: org.Ref{ID: e.target}, Detail: e.detail})
		}
		got, err := s.Changes(t.Context(), 0, 100)
		if err != nil {
			t.Fatal(err)
		}
		for id, want := range map[org.UserID]string{"a": "[city manager]", "b": "[]"} {
			if names, known := got.Properties[id]; !known || fmt.Sprint(names) != want {
				t.Errorf("R-API-73 %s: got %v, %t, want %s", id, names, known, want)
			}
		}
		for _, id := range []org.UserID{"c", "d"} {
			if names, known := got.Properties[id]; known {
				t.Errorf("R-API-73 %s: got %v, and anything may differ", id, names)
			}
		}
	})
}

func TestChanges(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		if n, err := s.HeadSeq(t.Context()); n != 0 || err != nil {
			t.Errorf("an empty trail ends at %d, %v", n, err)
		}
		for _, e := range []struct{ action, target string }{
			{offboard.ActAddUser, "a"},
			{offboard.ActGroup, "g"},
			{offboard.ActUpdateUser, "b"},
			{offboard.ActDelete, "a"},
			{offboard.ActSettings, ""},
			{offboard.ActPurge, "c"},
			{offboard.ActGroup, "g"},
		} {
			trail(t, s, offboard.Entry{Action: e.action, Target: org.Ref{ID: e.target}})
		}
		check := func(after int64, limit int, ids string, next int64, more bool) {
			t.Helper()
			got, err := s.Changes(t.Context(), after, limit)
			var list []string
			for _, id := range got.IDs {
				list = append(list, string(id))
			}
			if err != nil || strings.Join(list, " ") != ids || got.Next != next || got.More != more {
				t.Errorf("R-API-73 after %d: got %+v, want %s, %d, %v (%v)", after, got, ids, next, more, err)
			}
		}
		check(0, 100, "b a c", 7, false)
		check(0, 2, "a b", 3, true)
		check(3, 2, "a c", 6, true)
		check(6, 2, "", 7, false)
		check(7, 2, "", 7, false)
	})
}
