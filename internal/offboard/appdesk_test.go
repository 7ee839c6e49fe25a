package offboard_test

import (
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestApps: whoever holds the keys of an app can do what the app can do.
func TestApps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		apps := org.Actor{ID: "apps", Name: "apps@contoso.com", Roles: []org.RoleID{org.ApplicationAdministrator}}
		plain, err := o.CreateApp(t.Context(), apps, offboard.App{DisplayName: "Plain", Enabled: true})
		if err != nil || plain.ID == "" || plain.ID == plain.AppID {
			t.Fatalf("got %+v: %v", plain, err)
		}
		t.Run("an Application Administrator gives no app powers", func(t *testing.T) {
			powers := offboard.App{DisplayName: "Strong", Enabled: true, Roles: []org.RoleID{org.GlobalAdmin}}
			if _, err := o.CreateApp(t.Context(), apps, powers); org.RefusalOf(err) == nil {
				t.Errorf("registering it: got %v", err)
			}
			if _, err := o.UpdateApp(t.Context(), apps, plain.AppID, func(a *offboard.App) error {
				a.Permissions = []string{"User.ReadWrite.All"}
				return nil
			}); org.RefusalOf(err) == nil {
				t.Errorf("changing it: got %v", err)
			}
		})
		strong, err := o.CreateApp(t.Context(), boss, offboard.App{
			DisplayName: "Strong", Enabled: true, Roles: []org.RoleID{org.UserAdmin},
			AppDetails: offboard.AppDetails{Secrets: []offboard.AppSecret{{ID: "one", Hash: "h"}}},
		})
		if err != nil {
			t.Fatal(err)
		}
		t.Run("nor takes over one that has them", func(t *testing.T) {
			_, err := o.UpdateApp(t.Context(), apps, strong.ID, func(a *offboard.App) error {
				a.Secrets = append(a.Secrets, offboard.AppSecret{ID: "mine", Hash: "h"})
				return nil
			})
			if org.RefusalOf(err) == nil {
				t.Errorf("got %v", err)
			}
			if err := o.DeleteApp(t.Context(), apps, strong.ID); org.RefusalOf(err) == nil {
				t.Errorf("deleting it: got %v", err)
			}
		})
		t.Run("R-DEL-12 what is taken away ends the tokens", func(t *testing.T) {
			for _, step := range []struct {
				name   string
				change func(*offboard.App)
				ends   int64
			}{
				{"a new name", func(a *offboard.App) { a.DisplayName = "Strong app" }, 0},
				{"another secret", func(a *offboard.App) { a.Secrets = append(a.Secrets, offboard.AppSecret{ID: "two", Hash: "h"}) }, 0},
				{"a secret less", func(a *offboard.App) { a.Secrets = a.Secrets[1:] }, 1},
				{"a role less", func(a *offboard.App) { a.Roles = nil }, 2},
				{"not enabled", func(a *offboard.App) { a.Enabled = false }, 3},
			} {
				after, err := o.UpdateApp(t.Context(), boss, strong.AppID, func(a *offboard.App) error {
					step.change(a)
					return nil
				})
				if err != nil || after.SessionEpoch != step.ends {
					t.Errorf("%s: epoch %d, want %d: %v", step.name, after.SessionEpoch, step.ends, err)
				}
			}
		})
		if err := o.DeleteApp(t.Context(), boss, strong.ID); err != nil {
			t.Error(err)
		}
		if all, err := o.ListApps(t.Context(), boss); err != nil || len(all) != 1 {
			t.Errorf("got %v: %v", all, err)
		}
		if n := o.audited(t, offboard.ActApp); n != 8 {
			t.Errorf("got %d rows in the trail", n)
		}
	})
}
