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
