package store_test

import (
	"reflect"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
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
		t.Run("purged", func(t *testing.T) {
			gone := storetest.Load(t, s, string(p.ID))[0]
			storetest.Change(t, s, func(tx offboard.Tx) error {
				return tx.Purge(t.Context(), []offboard.Purged{{Person: gone}}, storetest.Noon)
			})
			if got := subject(); got.Found {
				t.Errorf("%+v", got)
			}
		})
		t.Run("added", func(t *testing.T) {
			storetest.Add(t, s, p)
			if got := subject(); !got.Found {
				t.Errorf("%+v", got)
			}
		})
		t.Run("changed behind the back of the store", func(t *testing.T) {
			if err := s.DB().Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), "update users set session_epoch = 7 where id = $1", string(p.ID))
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if got := subject(); got.Epoch != 7 {
				t.Errorf("%+v", got)
			}
		})
		t.Run("app", func(t *testing.T) {
			a := &offboard.App{ID: storetest.ID(90), AppID: storetest.ID(91), Enabled: true}
			for _, step := range []struct {
				do   func(tx offboard.Tx) error
				want offboard.Subject
			}{
				{func(tx offboard.Tx) error { return tx.SaveApp(t.Context(), a) }, offboard.Subject{Found: true, Enabled: true}},
				{func(tx offboard.Tx) error { a.Enabled, a.SessionEpoch = false, 1; return tx.SaveApp(t.Context(), a) }, offboard.Subject{Found: true, Epoch: 1}},
				{func(tx offboard.Tx) error { _, err := tx.DeleteApp(t.Context(), a.AppID); return err }, offboard.Subject{}},
			} {
				storetest.Change(t, s, step.do)
				for range 2 {
					if got, err := s.Subject(t.Context(), a.ID, true); err != nil || !reflect.DeepEqual(got, step.want) {
						t.Errorf("%+v, %v, want %+v", got, err, step.want)
					}
				}
			}
		})
	})
}
