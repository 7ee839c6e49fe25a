package store_test

import (
	"fmt"
	"reflect"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestCrowd reads people one beside the other, here and there, alone and twice:
// everybody is as when asked for one by one.
func TestCrowd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		var made []org.Person
		for i := range int64(12) {
			p := storetest.Person(i, fmt.Sprintf("p%02d", i))
			switch i % 4 {
			case 1:
				p.Roles, p.SuspendedRoles = []org.RoleID{org.UserAdmin}, []org.RoleID{org.HelpdeskAdmin}
			case 2:
				p.Mailbox.Type, p.AccountEnabled, p.InRestrictedUnit = org.SharedMailbox, false, true
			case 3:
				p.Mailbox.ForwardTo, p.Synced, p.Drive = "x@contoso.com", true, nil
			}
			made = append(made, p)
		}
		made[5].Mailbox = nil
		people := storetest.Add(t, s, made...)
		storetest.Group(t, s, org.Group{ID: org.GroupID(storetest.ID(900)), DisplayName: "Admins", Security: true, RoleAssignable: true}, people[2:3], people[7:8])
		gone := storetest.Delete(t, s, people[11].UPN, time.Unix(1_800_000_000, 0).UTC())
		key := func(at ...int) (keys []int64, refs []string) {
			for _, i := range at {
				keys, refs = append(keys, people[i].Key), append(refs, string(people[i].ID))
			}
			return append(keys, 1<<40), append(refs, "nobody")
		}
		for name, at := range map[string][]int{
			"alone": {3}, "beside each other": {4, 3, 2, 6, 5, 7}, "here and there": {0, 10}, "twice": {1, 2, 1}, "deleted": {11, 10},
		} {
			t.Run(name, func(t *testing.T) {
				keys, refs := key(at...)
				if name != "here and there" {
					keys, refs = keys[:len(at)], refs[:len(at)]
				}
				want := storetest.Load(t, s, refs...)
				storetest.Read(t, s, func(tx offboard.Tx) error {
					got, err := tx.PeopleByKey(t.Context(), keys)
					if err == nil && !reflect.DeepEqual(got, want) {
						t.Errorf("by key\n%+v\nby id\n%+v", got, want)
					}
					return err
				})
				storetest.Read(t, s, func(tx offboard.Tx) error {
					got, err := tx.Gates(t.Context(), refs)
					for i := range want {
						if err == nil && !reflect.DeepEqual(got[i], gateOf(want[i])) {
							t.Errorf("the gate sees\n%+v\nof\n%+v", got[i], want[i])
						}
					}
					return err
				})
			})
		}
		storetest.Read(t, s, func(tx offboard.Tx) error {
			got, err := tx.Gates(t.Context(), []string{"P04@contoso.com ", people[11].UPN, gone.UPN})
			if err == nil && (got[0] == nil || got[0].ID != people[4].ID || got[1] != nil || got[2] == nil || got[2].Active()) {
				t.Errorf("by name: %+v", got)
			}
			return err
		})
	})
}

// gateOf is what org.Gate looks at.
func gateOf(p *org.Person) *org.Person {
	if p == nil {
		return nil
	}
	g := &org.Person{
		User: org.User{
			Key: p.Key, ID: p.ID, UPN: p.UPN, DisplayName: p.DisplayName, AccountEnabled: p.AccountEnabled, Synced: p.Synced, Deleted: p.Deleted,
		},
		Roles: p.Roles, SuspendedRoles: p.SuspendedRoles, InRoleGroup: p.InRoleGroup, InRestrictedUnit: p.InRestrictedUnit,
	}
	if p.Mailbox != nil {
		g.Mailbox = &org.Mailbox{Type: p.Mailbox.Type, ForwardTo: p.Mailbox.ForwardTo}
	}
	return g
}
