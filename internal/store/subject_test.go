package store_test

import (
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// What is remembered of those who ask holds no longer than until the next change.
func TestSubjectIsNeverOld(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		p := storetest.Person(1, "anna")
		p.Roles = []org.RoleID{org.UserAdmin}
		storetest.Add(t, s, p)
		subject := func() offboard.Subject {
			t.Helper()
			found, err := s.Subject(t.Context(), string(p.ID), false)
			if err != nil {
				t.Fatal(err)
			}
			return found
		}
		t.Run("R-DEL-12", func(t *testing.T) {
			for range 3 {
				if got := subject(); !got.Found || !got.Enabled || got.Deleted || len(got.Roles) != 1 {
					t.Fatalf("%+v", got)
				}
			}
			storetest.Change(t, s, func(tx offboard.Tx) error {
				found, err := tx.People(t.Context(), []string{string(p.ID)})
				if err != nil {
					return err
				}
				after := found[0].Clone()
				after.AccountEnabled, after.Roles, after.Deleted = false, nil, storetest.Noon
				after.SessionEpoch++
				return tx.Save(t.Context(), []offboard.Change{{Before: *found[0], After: after}})
			})
			if got := subject(); got.Enabled || !got.Deleted || len(got.Roles) != 0 || got.Epoch != p.SessionEpoch+1 {
				t.Errorf("%+v", got)
			}
			if got, err := s.Subject(t.Context(), string(p.ID), true); err != nil || got.Found {
				t.Errorf("a person was found among the apps: %+v, %v", got, err)
			}
		})
	})
}
