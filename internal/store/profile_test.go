package store_test

import (
	"reflect"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestEveryFieldOfAUserIsSaved changes one field after the other: what differs is
// written, whatever a list of columns forgets.
func TestEveryFieldOfAUserIsSaved(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		people := storetest.Add(t, s, storetest.Person(1, "anna"), storetest.Person(2, "bram"))
		fields := reflect.TypeFor[org.User]()
		for i := range fields.NumField() {
			name := fields.Field(i).Name
			switch name {
			case "Key", "ID", "Created": // never change
				continue
			case "Departed": // an item changes it, see TestItemsOfAPersonAreAChain
				continue
			case "Deleted": // changes the name with it, see TestPeopleComeBackAsSaved
				continue
			}
			t.Run(name, func(t *testing.T) {
				before := storetest.Load(t, s, string(people[0].ID))[0]
				after := before.Clone()
				makeOther(t, reflect.ValueOf(&after.User).Elem().Field(i), people[1].ID)
				if name == "WasSynced" {
					after.Synced = false // one of the two
				}
				storetest.Change(t, s, func(tx offboard.Tx) error {
					return tx.Save(t.Context(), []offboard.Change{{Before: *before, After: after}})
				})
				got := storetest.Load(t, s, string(people[0].ID))[0]
				a, b := reflect.ValueOf(got.User).Field(i).Interface(), reflect.ValueOf(after.User).Field(i).Interface()
				if !reflect.DeepEqual(a, b) {
					t.Errorf("%s is %v, want %v", name, a, b)
				}
			})
		}
	})
}

// makeOther gives a field another value.
func makeOther(t *testing.T, f reflect.Value, other org.UserID) {
	t.Helper()
	switch v := f.Addr().Interface().(type) {
	case *string:
		*v = "x" + *v
	case *org.UserID:
		*v = other
	case *bool:
		*v = !*v
	case *int64:
		*v++
	case *[]string:
		*v = append(*v, "more")
	case *time.Time:
		*v = storetest.Noon.Add(time.Hour)
	default:
		t.Fatalf("no other value for a %T", v)
	}
}
