package offboard_test

import (
	"slices"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestSuspendedRoles: what a departure suspended and somebody gives again.
func TestSuspendedRoles(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		anna := storetest.Person(1, "anna")
		anna.Roles = []org.RoleID{org.HelpdeskAdmin}
		storetest.Add(t, s, anna, storetest.Person(2, "bram"))
		dep := o.run(t, org.Choices{MailTo: ptr("bram@contoso.com")}, anna.UPN)
		if p := o.person(t, anna.UPN); len(p.Roles) != 0 || !slices.Equal(p.SuspendedRoles, anna.Roles) {
			t.Fatalf("roles %v, suspended %v", p.Roles, p.SuspendedRoles)
		}
		t.Run("R-API-71 a suspended role that is given is active", func(t *testing.T) {
			if _, err := o.AssignRole(t.Context(), boss, anna.UPN, org.HelpdeskAdmin); err != nil {
				t.Fatal(err)
			}
			if p := o.person(t, anna.UPN); !slices.Equal(p.Roles, anna.Roles) || len(p.SuspendedRoles) != 0 {
				t.Errorf("roles %v, suspended %v", p.Roles, p.SuspendedRoles)
			}
		})
		t.Run("R-ROLE-14 undo is judged by the roles given since as well", func(t *testing.T) {
			if _, err := o.AssignRole(t.Context(), boss, anna.UPN, org.BillingAdmin); err != nil {
				t.Fatal(err)
			}
			if _, err := o.Undo(t.Context(), org.Actor{ID: "ua", Name: "ua", Roles: []org.RoleID{org.UserAdmin}}, dep.ID); err != nil {
				t.Fatal(err)
			}
			o.work(t)
			it := o.items(t, dep)[0]
			if len(it.Notes) != 1 || it.Notes[0].Key != "undo.refused.user.outranks" {
				t.Errorf("notes %+v", it.Notes)
			}
			if p := o.person(t, anna.UPN); p.AccountEnabled || p.Mailbox.Type != org.SharedMailbox {
				t.Error("the person was put back by somebody whom they outrank")
			}
		})
	})
	t.Run("R-ROLE-14 undo is judged by the roles that come back", func(t *testing.T) {
		o := newOffice(t, storetest.SQLite(t))
		anna := storetest.Person(1, "anna")
		anna.Roles = []org.RoleID{org.BillingAdmin}
		storetest.Add(t, o.store, anna, storetest.Person(2, "bram"))
		dep := o.run(t, org.Choices{MailTo: ptr("bram@contoso.com")}, anna.UPN)
		storetest.Edit(t, o.store, anna.UPN, func(p *org.Person) { p.SuspendedRoles = nil })
		if _, err := o.Undo(t.Context(), org.Actor{ID: "ua", Name: "ua", Roles: []org.RoleID{org.UserAdmin}}, dep.ID); err != nil {
			t.Fatal(err)
		}
		o.work(t)
		if it := o.items(t, dep)[0]; !has(it.Notes, "R-ROLE-14") || it.Outcome != offboard.ItemDone {
			t.Errorf("item %+v", it)
		}
	})
}

// TestRolesTogether: roles given and taken in one form are saved in one step.
func TestRolesTogether(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		anna := storetest.Plain(1, "anna")
		anna.Roles = []org.RoleID{org.GlobalAdmin, org.HelpdeskAdmin}
		storetest.Add(t, s, anna)
		rows := func() [2]int { return [2]int{o.audited(t, offboard.ActRoleAdd), o.audited(t, offboard.ActRoleRemove)} }
		t.Run("R-ROLE-21 R-API-71 a refusal leaves none of it", func(t *testing.T) {
			_, err := o.ChangeRoles(t.Context(), boss, anna.UPN, []org.RoleID{org.BillingAdmin}, []org.RoleID{org.HelpdeskAdmin, org.GlobalAdmin})
			refusedBy(t, err, "R-ROLE-21")
			if p := o.person(t, anna.UPN); !slices.Equal(p.Roles, anna.Roles) || rows() != [2]int{} {
				t.Errorf("roles %v, rows %v", p.Roles, rows())
			}
		})
		t.Run("R-API-70 R-API-71 all of it, with a row for each", func(t *testing.T) {
			after, err := o.ChangeRoles(t.Context(), boss, anna.UPN, []org.RoleID{org.BillingAdmin, org.GlobalReader}, []org.RoleID{org.HelpdeskAdmin})
			if err != nil {
				t.Fatal(err)
			}
			want := []org.RoleID{org.GlobalAdmin, org.BillingAdmin, org.GlobalReader}
			slices.Sort(want)
			got := o.person(t, anna.UPN).Roles
			slices.Sort(got)
			slices.Sort(after.Roles)
			if !slices.Equal(got, want) || !slices.Equal(after.Roles, want) || rows() != [2]int{2, 1} {
				t.Errorf("roles %v and %v, rows %v", got, after.Roles, rows())
			}
		})
		t.Run("nothing asked for leaves no row", func(t *testing.T) {
			if _, err := o.ChangeRoles(t.Context(), boss, anna.UPN, nil, nil); err != nil || rows() != [2]int{2, 1} {
				t.Errorf("rows %v, %v", rows(), err)
			}
		})
	})
}
