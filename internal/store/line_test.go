package store_test

import (
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestInLine deletes and restores people in one commit, each of whom is asked for before
// the changes of those that go first: what these change is seen all the same. R-SM-10 R-RES-06 R-RES-08
func TestInLine(t *testing.T) {
	type call struct {
		what string // delete, restore, demote, group; first: restore before the others
		who  int64
		want string // reason of the refusal
	}
	for name, all := range map[string][]call{
		"others":                      {{"delete", 1, ""}, {"delete", 2, ""}, {"restore", 11, ""}, {"delete", 3, ""}},
		"one person, deleted twice":   {{"delete", 1, ""}, {"delete", 1, "user.notFound"}, {"delete", 2, ""}},
		"one person, restored twice":  {{"restore", 11, ""}, {"delete", 1, ""}, {"restore", 11, "user.notDeleted"}},
		"there and back":              {{"delete", 1, ""}, {"restore", 1, ""}, {"delete", 1, ""}, {"restore", 1, ""}, {"delete", 2, ""}},
		"one name, two people":        {{"delete", 1, ""}, {"restore", 11, ""}, {"restore", 12, "restore.upnTaken"}, {"delete", 2, ""}},
		"a name that is given up":     {{"restore", 12, ""}, {"delete", 12, ""}, {"restore", 11, ""}, {"restore", 12, "restore.upnTaken"}},
		"a name that was taken":       {{"first", 12, ""}, {"delete", 1, ""}, {"delete", 12, ""}, {"restore", 11, ""}},
		"a name that goes to a group": {{"delete", 1, ""}, {"group", 0, ""}, {"restore", 11, "restore.nameOfGroup"}},
		"a role between":              {{"delete", 1, ""}, {"demote", 3, ""}, {"delete", 3, ""}, {"restore", 3, ""}},
	} {
		t.Run(name, func(t *testing.T) {
			storetest.Each(t, func(t *testing.T, s *store.Store) {
				ctx, calls := t.Context(), all
				storetest.Contoso(t, s)
				people := []org.Person{storetest.Person(1, "anna"), storetest.Person(2, "bram"), storetest.Person(3, "carla")}
				people[2].Roles = []org.RoleID{"729827e3-9c14-49f7-bb1b-9608f156bbb8"}
				storetest.Add(t, s, people...)
				for _, n := range []int64{11, 12} { // two who had the same name, one after the other
					p := storetest.Plain(n, "zoe")
					storetest.Delete(t, s, string(storetest.Add(t, s, p)[0].ID), storetest.Noon)
				}
				ids := storetest.IDs()
				desk := &offboard.Desk{Store: s, Now: func() time.Time { return storetest.Noon.Add(time.Hour) }, NewID: ids}
				boss := org.Actor{ID: "boss", Name: "boss", Roles: []org.RoleID{org.GlobalAdmin}}
				if c := calls[0]; c.what == "first" {
					if _, err := desk.RestoreUser(ctx, boss, string(storetest.Person(c.who, "").ID), offboard.Restoring{}); err != nil {
						t.Fatal(err)
					}
					calls = calls[1:]
				}
				fs := make([]func() error, len(calls))
				for i, c := range calls {
					id := string(storetest.Person(c.who, "").ID)
					fs[i] = map[string]func() error{
						"delete":  func() error { return desk.DeleteUser(ctx, boss, id) },
						"restore": func() error { _, err := desk.RestoreUser(ctx, boss, id, offboard.Restoring{}); return err },
						"group": func() error {
							return s.Change(ctx, func(tx offboard.Tx) error {
								return tx.SaveGroup(ctx, &org.Group{ID: "g", DisplayName: "Zoe", Unified: true, MailEnabled: true, Mail: "Zoe@contoso.com"})
							})
						},
						"demote": func() error {
							return s.Change(ctx, func(tx offboard.Tx) error {
								p, err := tx.People(ctx, []string{id})
								if err != nil {
									return err
								}
								after := p[0].Clone()
								after.Roles = nil
								return tx.Save(ctx, []offboard.Change{{Before: *p[0], After: after}})
							})
						},
					}[c.what]
				}
				for i, err := range together(t, s, fs...) {
					got := ""
					if r := org.RefusalOf(err); r != nil {
						got = r.Reason
					}
					if got != calls[i].want || got == "" && err != nil {
						t.Errorf("%d, %s %d: %v, want %q", i, calls[i].what, calls[i].who, err, calls[i].want)
					}
				}
				found, err := s.Check(ctx, store.Checkup{Now: storetest.Noon.Add(time.Hour)})
				for _, f := range found {
					if err != nil || f.Code != "noGlobalAdmin" {
						t.Errorf("the doctor finds %+v, %v", f, err)
					}
				}
			})
		})
	}
}
