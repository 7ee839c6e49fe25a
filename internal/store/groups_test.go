package store_test

import (
	"reflect"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func TestGroups(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		people := storetest.Add(t, s, storetest.Plain(1, "bram"), storetest.Plain(2, "anna"), storetest.Plain(3, "carla"))
		want := org.Group{
			ID: "0f000000-0000-7000-8000-000000000001", DisplayName: "Docenten", Description: "Alle docenten", Mail: "docenten@contoso.com", MailNickname: "docenten",
			Unified: true, Security: true, MailEnabled: true, Rule: "user.department -eq \"Onderwijs\"", Synced: true, RoleAssignable: true, Created: storetest.Noon,
			Licenses: []org.License{{Sku: storetest.PBI, Group: "0f000000-0000-7000-8000-000000000001", DisabledPlans: []string{"x"}}},
		}
		g := storetest.Group(t, s, want, people[:2], people[2:])
		load := func() (g *org.Group) {
			t.Helper()
			storetest.Read(t, s, func(tx offboard.Tx) (err error) {
				g, err = tx.Group(t.Context(), want.ID)
				return err
			})
			return g
		}
		names := func(owners bool) (out []string) {
			t.Helper()
			storetest.Read(t, s, func(tx offboard.Tx) error {
				refs, err := tx.MembersOf(t.Context(), g, owners)
				for _, r := range refs {
					out = append(out, r.Name)
				}
				return err
			})
			return out
		}
		want.Key = g.Key
		if got := load(); !reflect.DeepEqual(*got, want) {
			t.Errorf("got  %+v\nwant %+v", *got, want)
		}
		if got := names(false); !reflect.DeepEqual(got, []string{"bram@contoso.com", "anna@contoso.com"}) {
			t.Errorf("members %v", got)
		}
		if got := names(true); !reflect.DeepEqual(got, []string{"carla@contoso.com"}) {
			t.Errorf("owners %v", got)
		}
		if p := storetest.Load(t, s, "bram@contoso.com")[0]; !p.InRoleGroup {
			t.Error("R-ROLE-13: a member of a role-assignable group is not marked")
		}

		t.Run("R-DEL-13 O-07 a deleted member is hidden and comes back", func(t *testing.T) {
			gone := storetest.Delete(t, s, "anna@contoso.com", storetest.Noon)
			if got := names(false); !reflect.DeepEqual(got, []string{"bram@contoso.com"}) {
				t.Errorf("members %v", got)
			}
			storetest.Edit(t, s, string(gone.ID), func(p *org.Person) {
				key := p.Key
				*p = people[1].Clone()
				p.Key = key
			})
			if got := names(false); len(got) != 2 {
				t.Errorf("members %v", got)
			}
		})
		t.Run("R-API-72 twice in, twice out", func(t *testing.T) {
			change := func(add, remove []*org.Person) *org.Refusal {
				return org.RefusalOf(s.Change(t.Context(), func(tx offboard.Tx) error {
					return tx.ChangeMembers(t.Context(), g, false, add, remove)
				}))
			}
			if r := change(people[:1], nil); r == nil || r.Reason != "group.alreadyMember" {
				t.Errorf("got %v", r)
			}
			if r := change(nil, people[2:]); r == nil || r.Reason != "group.notMember" {
				t.Errorf("got %v", r)
			}
			if r := change(nil, people[:1]); r != nil {
				t.Errorf("got %v", r)
			}
		})
		t.Run("changes", func(t *testing.T) {
			g.DisplayName, g.Licenses = "Leraren", nil
			storetest.Change(t, s, func(tx offboard.Tx) error { return tx.SaveGroup(t.Context(), g) })
			if got := load(); got.DisplayName != "Leraren" || got.Licenses != nil {
				t.Errorf("got %+v", got)
			}
		})
		t.Run("R-PERM-06 goes for good", func(t *testing.T) {
			storetest.Change(t, s, func(tx offboard.Tx) error { return tx.DeleteGroup(t.Context(), g) })
			if got := load(); got != nil {
				t.Errorf("still there: %+v", got)
			}
			if got := names(true); got != nil {
				t.Errorf("still owned by %v", got)
			}
		})
	})
}
