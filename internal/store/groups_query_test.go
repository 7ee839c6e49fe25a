package store_test

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func groupID(n int) org.GroupID {
	return org.GroupID(fmt.Sprintf("0f000000-0000-7000-8000-%012d", n))
}

func TestGroupLists(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		people := storetest.Add(t, s, storetest.Plain(1, "anna"), storetest.Plain(2, "bram"))
		storetest.Group(t, s, org.Group{ID: groupID(1), DisplayName: "Rooster", Mail: "Rooster@contoso.com", Unified: true, MailEnabled: true}, people, people[:1])
		storetest.Group(t, s, org.Group{ID: groupID(2), DisplayName: "Docenten", Description: "Wie hier Werkt op school", Security: true, Licenses: []org.License{{Sku: storetest.PBI, DisabledPlans: []string{"x"}}}}, people[:1], nil)
		storetest.Group(t, s, org.Group{ID: groupID(3), DisplayName: "rooster vrijdag", Security: true, Rule: "user.city -eq \"Utrecht\"", Synced: true}, people[1:], people[:1])

		list := func(q offboard.GroupQuery) string {
			t.Helper()
			var got []string
			for {
				page, err := s.Groups(t.Context(), q)
				if err != nil {
					t.Fatal(err)
				}
				for _, g := range page.Rows {
					got = append(got, string(g.ID[len(g.ID)-1:]))
				}
				if page.Next == "" {
					return strings.Join(got, " ")
				}
				q.SkipToken = page.Next
			}
		}
		for _, c := range []struct {
			q    offboard.GroupQuery
			want string
		}{
			{offboard.GroupQuery{ListQuery: query(t, "$top=1")}, "1 2 3"},
			{offboard.GroupQuery{ListQuery: query(t, "$top=1&$orderby=displayName")}, "2 1 3"},
			{offboard.GroupQuery{ListQuery: query(t, "$top=1&$filter=startswith(displayName,'ROOSTER')")}, "1 3"},
			{offboard.GroupQuery{ListQuery: query(t, "$filter=mail eq 'rooster@contoso.com'")}, "1"},
			{offboard.GroupQuery{ListQuery: query(t, "$filter=mail ne null&$count=true")}, "1"},
			{offboard.GroupQuery{ListQuery: query(t, "$filter=groupTypes/any(c:c eq 'Unified')")}, "1"},
			{offboard.GroupQuery{ListQuery: query(t, "$filter=groupTypes/any(c:c eq 'DynamicMembership')")}, "3"},
			{offboard.GroupQuery{ListQuery: query(t, "$filter=not(groupTypes/any(c:c eq 'Unified'))&$count=true")}, "2 3"},
			{offboard.GroupQuery{ListQuery: query(t, "$filter=securityEnabled eq true and mailEnabled eq false")}, "2 3"},
			{offboard.GroupQuery{ListQuery: query(t, "$filter=onPremisesSyncEnabled eq true")}, "3"},
			{offboard.GroupQuery{ListQuery: query(t, "$filter=assignedLicenses/any(l:l/skuId eq "+string(storetest.PBI)+")")}, "2"},
			{offboard.GroupQuery{ListQuery: query(t, "$search=\"displayName:vrij\"")}, "3"},
			{offboard.GroupQuery{ListQuery: query(t, "$search=\"mail:ROOSTER@\"")}, "1"},
			{offboard.GroupQuery{ListQuery: query(t, "$search=\"description:werk op\"")}, "2"},
			{offboard.GroupQuery{ListQuery: query(t, "$search=\"description:erkt\"")}, ""},
			{offboard.GroupQuery{ListQuery: query(t, "$search=\"rooster\"")}, "1 3"},
			{offboard.GroupQuery{ListQuery: query(t, "$search=\"vrij\" OR \"description:wie\"")}, "2 3"},
			{offboard.GroupQuery{Box: "roos"}, "1 3"},
			{offboard.GroupQuery{ListQuery: query(t, "$top=1"), MemberID: people[0].ID}, "1 2"},
			{offboard.GroupQuery{ListQuery: query(t, "$top=1&$orderby=displayName desc"), MemberID: people[1].ID}, "3 1"},
			{offboard.GroupQuery{MemberID: people[0].ID, Box: "doc"}, "2"},
			{offboard.GroupQuery{ListQuery: query(t, "$top=1"), OwnerID: people[0].ID}, "1 3"},
			{offboard.GroupQuery{MemberID: "nobody"}, ""},
			{offboard.GroupQuery{ListQuery: query(t, "$top=1&$orderby=displayName"), View: offboard.SecurityGroups}, "2 3"},
			{offboard.GroupQuery{View: offboard.UnifiedGroups}, "1"},
			{offboard.GroupQuery{View: offboard.MailGroups}, ""},
			{offboard.GroupQuery{View: offboard.GivingGroups}, "2"},
			{offboard.GroupQuery{View: offboard.DynamicGroups, Box: "roos"}, "3"},
			{offboard.GroupQuery{View: offboard.SyncedGroups}, "3"},
			{offboard.GroupQuery{View: offboard.RoleGroups}, ""},
		} {
			if got := list(c.q); got != c.want {
				t.Errorf("R-API-21 %+v: got %q, want %q", c.q, got, c.want)
			}
			if n, err := s.CountGroups(t.Context(), c.q); err != nil || int(n) != len(strings.Fields(c.want)) {
				t.Errorf("R-API-21 %+v: counted %d, %v", c.q, n, err)
			}
		}
		t.Run("a group of a list is the group itself", func(t *testing.T) {
			page, err := s.Groups(t.Context(), offboard.GroupQuery{ListQuery: query(t, "$orderby=displayName&$top=1&$count=true")})
			if err != nil || *page.Count != 3 {
				t.Fatalf("got %+v, %v", page, err)
			}
			one, err := s.Group(t.Context(), groupID(2))
			if err != nil || !reflect.DeepEqual(page.Rows[0], *one) {
				t.Errorf("got %+v, want %+v (%v)", page.Rows[0], one, err)
			}
			if one, err := s.Group(t.Context(), "nothing"); one != nil || err != nil {
				t.Errorf("got %+v, %v", one, err)
			}
		})
		t.Run("getMemberGroups", func(t *testing.T) {
			all, err := s.MemberGroups(t.Context(), people[0].ID, false)
			if err != nil || !slices.Equal(all, []org.GroupID{groupID(1), groupID(2)}) {
				t.Errorf("got %v, %v", all, err)
			}
			security, err := s.MemberGroups(t.Context(), people[0].ID, true)
			if err != nil || !slices.Equal(security, []org.GroupID{groupID(2)}) {
				t.Errorf("got %v, %v", security, err)
			}
		})
	})
}

func TestPeopleOfGroups(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		people := storetest.Add(t, s, storetest.Plain(1, "anna"), storetest.Plain(2, "bram"), storetest.Person(3, "carla"))
		storetest.Group(t, s, org.Group{ID: groupID(1), DisplayName: "Rooster", Mail: "Rooster@contoso.com", Unified: true, MailEnabled: true}, people, people[:1])
		storetest.Group(t, s, org.Group{ID: groupID(2), DisplayName: "Docenten", Security: true, Licenses: []org.License{{Sku: storetest.PBI}}}, people[:2], nil)
		fails := func(name, why string) {
			storetest.Edit(t, s, name+"@contoso.com", func(p *org.Person) {
				p.Licenses = append(p.Licenses, org.License{Sku: storetest.PBI, Group: groupID(2), Error: why})
			})
		}
		fails("anna", "")
		fails("bram", "CountViolation")
		fails("carla", "Other")
		storetest.Delete(t, s, "carla@contoso.com", storetest.Noon)
		t.Run("R-DEL-13 the size counts who is active", func(t *testing.T) {
			got, err := s.GroupSizes(t.Context(), []org.GroupID{groupID(1), groupID(2), groupID(9)})
			want := map[org.GroupID]offboard.GroupSize{groupID(1): {Members: 2, Owners: 1}, groupID(2): {Members: 2}}
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %v, %v", got, err)
			}
		})
		t.Run("R-LIC-16 what a group could not give", func(t *testing.T) {
			got, err := s.GroupFailures(t.Context(), groupID(2), 10)
			want := []offboard.GroupFailure{{Person: people[1].Ref(), Sku: storetest.PBI, Error: "CountViolation"}}
			if err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
		t.Run("R-SM-09 whose an address is", func(t *testing.T) {
			for address, want := range map[string]string{
				"rooster@CONTOSO.com": "Rooster", "Bram@contoso.com": people[1].DisplayName, "carla@contoso.com": people[2].DisplayName, "nobody@contoso.com": "", "": "",
			} {
				storetest.Read(t, s, func(tx offboard.Tx) error {
					owner, group, err := tx.AddressOwner(t.Context(), address)
					got := ""
					if group != (want == "Rooster") {
						t.Errorf("%q is a group's: %t", address, group)
					}
					if owner != nil {
						got = owner.DisplayName
					}
					if got != want {
						t.Errorf("%q is %q's, want %q", address, got, want)
					}
					return err
				})
			}
		})
	})
}

func TestRoles(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		everybody(t, s)
		all, err := s.RoleAssignments(t.Context(), "", "")
		if err != nil || len(all) != 3 {
			t.Fatalf("R-API-71: got %+v, %v", all, err)
		}
		bram := storetest.Load(t, s, "bram@contoso.com")[0]
		for want, got := range map[int]func() ([]offboard.RoleAssignment, error){
			2: func() ([]offboard.RoleAssignment, error) {
				return s.RoleAssignments(t.Context(), org.HelpdeskAdmin, "")
			},
			1: func() ([]offboard.RoleAssignment, error) {
				return s.RoleAssignments(t.Context(), org.UserAdmin, bram.ID)
			},
			0: func() ([]offboard.RoleAssignment, error) { return s.RoleAssignments(t.Context(), "", "nobody") },
		} {
			if list, err := got(); err != nil || len(list) != want {
				t.Errorf("R-API-71: got %+v, want %d (%v)", list, want, err)
			}
		}
		one, err := s.RoleAssignment(t.Context(), all[0].ID)
		if err != nil || one == nil || *one != all[0] || one.Principal != bram.Ref() {
			t.Errorf("R-API-71: got %+v, %v", one, err)
		}
		if none, err := s.RoleAssignment(t.Context(), "nothing"); none != nil || err != nil {
			t.Errorf("got %+v, %v", none, err)
		}
		roles, err := s.ActiveRoles(t.Context())
		want := []org.RoleID{org.HelpdeskAdmin, org.UserAdmin}
		slices.Sort(want)
		if err != nil || !slices.Equal(roles, want) {
			t.Errorf("R-API-70: got %v, %v", roles, err)
		}
		storetest.Delete(t, s, "bram@contoso.com", storetest.Noon)
		if roles, err = s.ActiveRoles(t.Context()); err != nil || !slices.Equal(roles, []org.RoleID{org.HelpdeskAdmin}) {
			t.Errorf("R-DEL-03: got %v, %v", roles, err)
		}
	})
}

func TestSeats(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"))
		for id, status := range map[org.SubscriptionID]string{"w": "Warning", "s": "Suspended", "l": "LockedOut", "d": "Deleted"} {
			sub := storetest.Subscription(id, storetest.E3, 5)
			sub.Status = status
			storetest.Change(t, s, func(tx offboard.Tx) error { return tx.SaveSubscription(t.Context(), sub, storetest.Noon) })
		}
		skus, err := s.SubscribedSkus(t.Context())
		if err != nil || len(skus) != 2 {
			t.Fatalf("R-API-40: got %+v, %v", skus, err)
		}
		e3 := skus[0]
		if e3.PartNumber != "ENTERPRISEPACK" || len(e3.Plans) != 2 || e3.Consumed != 2 || e3.Enabled != 60 || e3.Warning != 5 || e3.Suspended != 5 || e3.LockedOut != 5 {
			t.Errorf("R-API-40: got %+v", e3)
		}
		subs, err := s.Subscriptions(t.Context())
		if err != nil || len(subs) != 6 || subs[0].ID != "sub-e3" || subs[0].Assigned != 2 {
			t.Errorf("R-API-45: got %+v, %v", subs, err)
		}
		subs[0].Total = 59
		storetest.Change(t, s, func(tx offboard.Tx) error {
			return tx.SaveSubscription(t.Context(), subs[0], storetest.Noon.AddDate(0, 0, 1))
		})
		history, err := s.SeatHistory(t.Context(), "sub-e3")
		want := []offboard.SeatPoint{{At: storetest.Noon, Total: 60}, {At: storetest.Noon.AddDate(0, 0, 1), Total: 59, Assigned: 2}}
		if err != nil || !slices.Equal(history, want) {
			t.Errorf("R-LIC-42: got %+v, want %+v (%v)", history, want, err)
		}
	})
}
