package offboard_test

import (
	"slices"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestUndoRefused: who could not be put back is not said to have been, and comes
// back whole when what was in the way has gone. R-SM-13
func TestUndoRefused(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		anna := storetest.Person(1, "anna")
		storetest.Add(t, s, anna, storetest.Person(2, "bram"), storetest.Person(4, "carla"))
		dep := o.run(t, org.Choices{FilesTo: ptr("carla@contoso.com")}, "anna@contoso.com", "bram@contoso.com")
		storetest.Add(t, s, storetest.Plain(3, "anna"))
		if _, err := o.Undo(t.Context(), boss, dep.ID); err != nil {
			t.Fatal(err)
		}
		o.work(t)
		if got := o.departure(t, dep.ID); got.Status != offboard.Undone || got.Ended.IsZero() {
			t.Fatalf("the undo has not ended: %+v", got)
		}
		items := o.items(t, dep)
		if items[0].Undone || len(items[0].Notes) == 0 || items[0].Notes[0].Key != "undo.refused.restore.upnTaken" {
			t.Errorf("anna, whose name is taken: undone %v, notes %+v", items[0].Undone, items[0].Notes)
		}
		if p := o.person(t, "bram@contoso.com"); !items[1].Undone || !p.Active() {
			t.Errorf("bram: undone %v", items[1].Undone)
		}
		back, err := o.RestoreUser(t.Context(), boss, string(anna.ID), offboard.Restoring{RestoreOptions: org.RestoreOptions{NewUPN: "anna2@contoso.com", Reconcile: true}})
		if err != nil {
			t.Fatal(err)
		}
		if len(back.Person.Licenses) != len(anna.Licenses) || len(back.Person.Drive.Grants) != 0 {
			t.Errorf("R-RES-01 anna comes back with %+v, and %+v in her files", back.Person.Licenses, back.Person.Drive.Grants)
		}
		if it := o.items(t, dep)[0]; !it.Undone || slices.ContainsFunc(it.Notes, func(n org.Note) bool { return n.Key == "undo.refused.restore.upnTaken" }) {
			t.Errorf("anna is back: undone %v, notes %+v", it.Undone, it.Notes)
		}
	})
}

// TestUndoTheRest: who was not put back for want of a role is, when somebody who has
// it asks again; the others are left alone. R-ROLE-13 R-SM-13
func TestUndoTheRest(t *testing.T) {
	userAdmin := org.Actor{ID: "ua", Name: "ua@contoso.com", Roles: []org.RoleID{org.UserAdmin}}
	refused := func(n org.Note) bool { return n.Key == "undo.refused.user.outranks" }
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		for name, leave := range map[string]func(o *office) *offboard.Departure{
			"a run": func(o *office) *offboard.Departure {
				return o.run(t, org.Choices{}, "anna@contoso.com", "bram@contoso.com")
			},
			"kept": func(o *office) *offboard.Departure {
				return o.run(t, org.Choices{MailTo: ptr("carla@contoso.com")}, "daan@contoso.com", "eva@contoso.com")
			},
		} {
			t.Run(name, func(t *testing.T) {
				o := newOffice(t, s)
				n := int64(10 * len(name))
				for i, who := range []string{"anna", "bram", "carla", "daan", "eva"} {
					p := storetest.Person(n+int64(i), who)
					if who == "bram" || who == "eva" {
						p.Roles = []org.RoleID{org.ExchangeAdmin}
					}
					if storetest.Load(t, s, p.UPN)[0] == nil {
						storetest.Add(t, s, p)
					}
				}
				dep := leave(o)
				undo := func(actor org.Actor, left int, undone ...bool) {
					t.Helper()
					if _, err := o.Undo(t.Context(), actor, dep.ID); err != nil {
						t.Fatal(err)
					}
					o.work(t)
					if got := o.departure(t, dep.ID); got.Status != offboard.Undone || got.Ended.IsZero() || got.Left() != left {
						t.Errorf("%s with %d left, want %d", got.Status, got.Left(), left)
					}
					for i, it := range o.items(t, dep) {
						notes := slices.DeleteFunc(slices.Clone(it.Notes), func(n org.Note) bool { return !refused(n) })
						if it.Undone != undone[i] || len(notes) != count(!undone[i]) {
							t.Errorf("%s: undone %t, notes %+v", it.User.Name, it.Undone, it.Notes)
						}
					}
				}
				undo(userAdmin, 1, true, false)
				undo(userAdmin, 1, true, false)
				before := o.items(t, dep)[0]
				undo(boss, 0, true, true)
				if after := o.items(t, dep)[0]; len(after.Notes) != len(before.Notes) {
					t.Errorf("%s was put back again: %+v", after.User.Name, after.Notes)
				}
				rows := o.audited(t, offboard.ActUndo)
				undo(userAdmin, 0, true, true)
				if n := o.audited(t, offboard.ActUndo); n != rows {
					t.Error("what is undone was undone once more")
				}
			})
		}
		t.Run("a plain delete, of which nothing else is to be said", func(t *testing.T) {
			o := newOffice(t, s)
			frank := storetest.Plain(90, "frank")
			frank.Roles = []org.RoleID{org.ExchangeAdmin}
			storetest.Add(t, s, frank)
			if err := o.DeleteUser(t.Context(), boss, frank.UPN); err != nil {
				t.Fatal(err)
			}
			dep := o.last(t)
			for _, c := range []struct {
				as    org.Actor
				notes int
			}{{userAdmin, 1}, {boss, 0}} {
				if _, err := o.Undo(t.Context(), c.as, dep.ID); err != nil {
					t.Fatal(err)
				}
				o.work(t)
				if it := o.items(t, dep)[0]; len(it.Notes) != c.notes || it.Undone != (c.notes == 0) {
					t.Errorf("undone %t, notes %+v", it.Undone, it.Notes)
				}
			}
		})
		t.Run("restored one by one", func(t *testing.T) {
			o := newOffice(t, s)
			gina := storetest.Plain(91, "gina")
			gina.Roles = []org.RoleID{org.ExchangeAdmin}
			storetest.Add(t, s, gina)
			dep := o.run(t, org.Choices{}, gina.UPN)
			if _, err := o.Undo(t.Context(), userAdmin, dep.ID); err != nil {
				t.Fatal(err)
			}
			o.work(t)
			if _, err := o.RestoreUser(t.Context(), boss, string(gina.ID), offboard.Restoring{}); err != nil {
				t.Fatal(err)
			}
			if got := o.departure(t, dep.ID); got.Left() != 0 {
				t.Errorf("%d are left", got.Left())
			}
		})
	})
}

func count(is bool) int {
	if is {
		return 1
	}
	return 0
}
