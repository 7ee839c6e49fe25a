package store_test

import (
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"leaver/internal/identity"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func noon() time.Time { return storetest.Noon }

func registration() *offboard.App {
	return &offboard.App{
		ID: "22222222-2222-4222-8222-222222222222", AppID: "11111111-1111-4111-8111-111111111111", DisplayName: "Scripts", Enabled: true, SessionEpoch: 3,
		Roles: []org.RoleID{org.GlobalAdmin, org.UserAdmin}, Created: storetest.Noon,
		AppDetails: offboard.AppDetails{
			Permissions: []string{"User.ReadWrite.All"}, Delegated: []string{"User.Read"}, RedirectURIs: []string{"http://localhost"}, PublicClient: true,
			Certificates: []string{"-----BEGIN CERTIFICATE-----"},
			Secrets:      []offboard.AppSecret{{ID: "s", Hint: "pra", Hash: "hash", Created: storetest.Noon, Expires: storetest.Noon.AddDate(1, 0, 0)}},
		},
	}
}

func TestSubject(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		p := storetest.Person(1, "anna")
		p.SessionEpoch, p.Roles = 5, []org.RoleID{org.UserAdmin}
		storetest.Add(t, s, p, storetest.Plain(2, "bram"))
		check := func(id string, app bool, want offboard.Subject) {
			t.Helper()
			if got, err := s.Subject(t.Context(), id, app); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("R-DEL-12: got %+v, want %+v (%v)", got, want, err)
			}
		}
		check(string(p.ID), false, offboard.Subject{Found: true, Enabled: true, Epoch: 5, Roles: p.Roles})
		check(storetest.ID(0x100002), false, offboard.Subject{Found: true, Enabled: true})
		check("nobody", false, offboard.Subject{})
		storetest.Delete(t, s, "anna@contoso.com", storetest.Noon)
		check(string(p.ID), false, offboard.Subject{Found: true, Enabled: true, Deleted: true, Epoch: 6})

		app := registration()
		storetest.Change(t, s, func(tx offboard.Tx) error { return tx.SaveApp(t.Context(), app) })
		check(app.ID, true, offboard.Subject{Found: true, Enabled: true, Epoch: 3, Roles: app.Roles})
		check(app.ID, false, offboard.Subject{})
	})
}

func TestApps(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		app := registration()
		other := &offboard.App{ID: "33", AppID: "44", DisplayName: "Another"}
		storetest.Change(t, s, func(tx offboard.Tx) error {
			return errors.Join(tx.SaveApp(t.Context(), app), tx.SaveApp(t.Context(), other))
		})
		storetest.Read(t, s, func(tx offboard.Tx) error {
			for _, id := range []string{app.ID, app.AppID} {
				if got, err := tx.App(t.Context(), id); err != nil || !reflect.DeepEqual(got, app) {
					t.Errorf("got %+v, want %+v (%v)", got, app, err)
				}
			}
			all, err := tx.Apps(t.Context())
			if len(all) != 2 || all[0].ID != "33" {
				t.Errorf("got %+v", all)
			}
			return err
		})
		got, err := s.Identity(noon).App(t.Context(), app.AppID)
		want := identity.App{
			ID: app.ID, AppID: app.AppID, DisplayName: "Scripts", Permissions: app.Permissions, Delegated: app.Delegated, Roles: []string{string(org.GlobalAdmin), string(org.UserAdmin)},
			Secrets: []identity.Secret{{Hash: "hash", ExpiresAt: storetest.Noon.AddDate(1, 0, 0)}}, Certificates: app.Certificates, RedirectURIs: app.RedirectURIs,
			PublicClient: true, Enabled: true, SessionEpoch: 3,
		}
		if err != nil || !reflect.DeepEqual(got, want) {
			t.Errorf("got %+v, want %+v (%v)", got, want, err)
		}
		app.Enabled, app.Secrets, app.Roles = false, nil, nil
		storetest.Change(t, s, func(tx offboard.Tx) error {
			if err := tx.SaveApp(t.Context(), app); err != nil {
				return err
			}
			if ok, err := tx.DeleteApp(t.Context(), "44"); !ok || err != nil {
				t.Errorf("not deleted: %v", err)
			}
			if ok, err := tx.DeleteApp(t.Context(), "44"); ok || err != nil {
				t.Errorf("deleted twice: %v", err)
			}
			all, err := tx.Apps(t.Context())
			if len(all) != 1 || !reflect.DeepEqual(&all[0], app) {
				t.Errorf("got %+v", all)
			}
			return err
		})
	})
}

func TestDirectoryOfIdentity(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		i := s.Identity(noon)
		if _, err := i.Tenant(t.Context()); !errors.Is(err, identity.ErrNotFound) {
			t.Errorf("no organization: %v", err)
		}
		storetest.Contoso(t, s)
		tenant, err := i.Tenant(t.Context())
		if want := (identity.Tenant{ID: storetest.Tenant, DisplayName: "Contoso", Domains: []string{"contoso.com", "fabrikam.com"}}); err != nil || !reflect.DeepEqual(tenant, want) {
			t.Errorf("got %+v, %v", tenant, err)
		}
		p := storetest.Person(1, "anna")
		p.SessionEpoch, p.Roles, p.MustChangePassword = 5, []org.RoleID{org.UserAdmin}, true
		locked := storetest.Plain(2, "bram")
		locked.PasswordHash, locked.AccountEnabled = org.NoPassword, false
		storetest.Add(t, s, p, locked)
		want := identity.Person{
			ID: string(p.ID), UPN: p.UPN, DisplayName: p.DisplayName, Enabled: true, Roles: []string{string(org.UserAdmin)}, PasswordHash: "hash of anna",
			MustChangePassword: true, SessionEpoch: 5, PreferredLanguage: "nl-NL",
		}
		for name, find := range map[string]func() (identity.Person, error){
			"name": func() (identity.Person, error) { return i.PersonByName(t.Context(), "ANNA@contoso.com") },
			"id":   func() (identity.Person, error) { return i.PersonByID(t.Context(), string(p.ID)) },
		} {
			if got, err := find(); err != nil || !reflect.DeepEqual(got, want) {
				t.Errorf("by %s: got %+v, want %+v (%v)", name, got, want, err)
			}
		}
		if got, err := i.PersonByName(t.Context(), "bram@contoso.com"); err != nil || got.PasswordHash != "" || got.Enabled {
			t.Errorf("R-FE-10: got %+v, %v", got, err)
		}
		t.Run("R-API-22 a new password ends older sessions", func(t *testing.T) {
			if err := i.SetPassword(t.Context(), string(p.ID), "new hash"); err != nil {
				t.Fatal(err)
			}
			got := storetest.Load(t, s, string(p.ID))[0]
			if got.PasswordHash != "new hash" || got.MustChangePassword || got.SessionEpoch != 6 || !got.SessionsValidFrom.Equal(storetest.Noon) {
				t.Errorf("got %+v", got.User)
			}
			entries, err := s.AuditEntries(t.Context(), offboard.AuditQuery{Target: string(p.ID)})
			if err != nil || len(entries) != 1 || entries[0].Action != offboard.ActPassword {
				t.Errorf("R-DEL-21: got %+v, %v", entries, err)
			}
		})
		t.Run("R-DEL-12 deleted people are not found", func(t *testing.T) {
			storetest.Delete(t, s, "anna@contoso.com", storetest.Noon)
			_, err1 := i.PersonByID(t.Context(), string(p.ID))
			_, err2 := i.PersonByName(t.Context(), "anna@contoso.com")
			err3 := i.SetPassword(t.Context(), string(p.ID), "x")
			_, err4 := i.App(t.Context(), "nothing")
			for _, err := range []error{err1, err2, err3, err4} {
				if !errors.Is(err, identity.ErrNotFound) {
					t.Errorf("got %v", err)
				}
			}
		})
	})
}

func TestSigningKeys(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		i := s.Identity(noon)
		first := identity.Key{ID: "b", PKCS8: []byte{1, 0, 255}, CreatedAt: storetest.Noon}
		second := identity.Key{ID: "a", PKCS8: []byte{2}, CreatedAt: storetest.Noon.Add(time.Second)}
		if err := errors.Join(i.Add(t.Context(), second), i.Add(t.Context(), first)); err != nil {
			t.Fatal(err)
		}
		keys, err := i.List(t.Context())
		if err != nil || !reflect.DeepEqual(keys, []identity.Key{first, second}) {
			t.Errorf("got %#v, %v", keys, err)
		}
		if err := i.Remove(t.Context(), "b"); err != nil {
			t.Fatal(err)
		}
		if keys, err = i.List(t.Context()); err != nil || len(keys) != 1 || keys[0].ID != "a" {
			t.Errorf("got %v, %v", keys, err)
		}
	})
}

func TestGrants(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		i := s.Identity(noon)
		g := identity.Grant{
			Handle: "h", Kind: identity.KindRefresh, Family: "f", AppID: "a", PersonID: "p", ExpiresAt: storetest.Noon.Add(time.Hour),
			Details: identity.Details{Epoch: 4, Scope: "openid", Declined: true, SignedInAt: storetest.Noon},
		}
		if err := i.Save(t.Context(), g); err != nil {
			t.Fatal(err)
		}
		if err := i.Save(t.Context(), identity.Grant{Handle: "h"}); !errors.Is(err, identity.ErrExists) {
			t.Errorf("the same handle twice: %v", err)
		}
		if got, err := i.Find(t.Context(), "h"); err != nil || !reflect.DeepEqual(got, g) {
			t.Errorf("got %+v, want %+v (%v)", got, g, err)
		}
		t.Run("exactly one is first to spend", func(t *testing.T) {
			var wg sync.WaitGroup
			var mu sync.Mutex
			first := 0
			for range 8 {
				wg.Go(func() {
					got, err := i.Spend(t.Context(), "h", storetest.Noon)
					mu.Lock()
					defer mu.Unlock()
					if err != nil {
						t.Error(err)
					} else if got.SpentAt.IsZero() {
						first++
					}
				})
			}
			wg.Wait()
			if first != 1 {
				t.Errorf("%d were first", first)
			}
			if got, err := i.Find(t.Context(), "h"); err != nil || !got.SpentAt.Equal(storetest.Noon) {
				t.Errorf("got %+v, %v", got, err)
			}
		})
		_, err1 := i.Find(t.Context(), "x")
		_, err2 := i.Spend(t.Context(), "x", storetest.Noon)
		if !errors.Is(err1, identity.ErrNotFound) || !errors.Is(err2, identity.ErrNotFound) {
			t.Errorf("got %v and %v", err1, err2)
		}
		t.Run("what has expired is forgotten", func(t *testing.T) {
			if err := i.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := i.Find(t.Context(), "h"); err != nil {
				t.Errorf("forgotten too early: %v", err)
			}
			later := s.Identity(func() time.Time { return storetest.Noon.Add(2 * time.Hour) })
			if err := later.Forget(t.Context()); err != nil {
				t.Fatal(err)
			}
			if _, err := i.Find(t.Context(), "h"); !errors.Is(err, identity.ErrNotFound) {
				t.Errorf("not forgotten: %v", err)
			}
		})
	})
}

func TestAttempts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		i := s.Identity(noon)
		var seen []int
		fail := func(now time.Time) {
			t.Helper()
			if err := i.Failed(t.Context(), "anna", now, func(n int) time.Duration {
				seen = append(seen, n)
				return time.Duration(n-1) * time.Minute
			}); err != nil {
				t.Fatal(err)
			}
		}
		until := func(want time.Time) {
			t.Helper()
			if got, err := i.LockedUntil(t.Context(), "anna"); err != nil || !got.Equal(want) {
				t.Errorf("locked until %v, want %v (%v)", got, want, err)
			}
		}
		until(time.Time{})
		fail(storetest.Noon)
		until(time.Time{})
		fail(storetest.Noon.Add(time.Millisecond))
		until(storetest.Noon.Add(time.Minute + time.Second)) // never shorter than asked
		fail(storetest.Noon.Add(24*time.Hour + time.Second)) // the older ones count no more
		if !reflect.DeepEqual(seen, []int{1, 2, 1}) {
			t.Errorf("failures in a row: %v", seen)
		}
		if err := errors.Join(i.Cleared(t.Context(), "anna"), i.Cleared(t.Context(), "nobody")); err != nil {
			t.Fatal(err)
		}
		until(time.Time{})
		fail(storetest.Noon)
		if seen[3] != 1 {
			t.Errorf("cleared, but counted %d", seen[3])
		}
	})
}
