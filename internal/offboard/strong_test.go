package offboard_test

import (
	"errors"
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestStrong: no way to a password goes past the rule for passwords, whatever the
// surface; what is invented here needs none. R-API-17
func TestStrong(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		o.CheckPassword = func(password, upn string) error {
			if name, _, _ := strings.Cut(upn, "@"); len(password) < 8 || strings.Contains(password, name) || password == "Invented-1" {
				return errors.New("too simple")
			}
			return nil
		}
		people := storetest.Add(t, s, storetest.Plain(1, "anna"), storetest.Plain(2, "bram"), storetest.Plain(3, "carla"))
		o.run(t, org.Choices{}, "bram@contoso.com", "carla@contoso.com")
		bram := string(people[1].ID)
		row := func(password string) []offboard.ImportRow {
			return []offboard.ImportRow{{User: org.User{UPN: "row@contoso.com", DisplayName: "Row"}, Password: password}}
		}
		for name, set := range map[string]func(password string) error{
			"a new account": func(pw string) error {
				return second(o.CreateUser(t.Context(), boss, offboard.NewUser{User: org.User{UPN: "bobo@contoso.com", DisplayName: "B"}, Password: pw}))
			},
			"a reset": func(pw string) error { return second(o.SetPassword(t.Context(), boss, "anna@contoso.com", pw, true)) },
			"a restore": func(pw string) error {
				return second(o.RestoreUser(t.Context(), boss, bram, offboard.Restoring{Password: pw}))
			},
			"a file": func(pw string) error { return second(o.Import(t.Context(), boss, row(pw), false, nil)) },
		} {
			for _, pw := range []string{"short", "so-bobo-anna-bram-row"} {
				if r := org.RefusalOf(set(pw)); r == nil || r.Reason != "user.password" || r.Rule != "R-API-17" || r.Target != "password" {
					t.Errorf("%s with %q: got %v", name, pw, r)
				}
			}
			if err := set("long enough"); err != nil {
				t.Errorf("%s: %v", name, err)
			}
		}
		if _, faults, err := o.Preview(t.Context(), boss, row("short")); err != nil || len(faults) != 1 || faults[0].Refusal.Reason != "user.password" {
			t.Errorf("a file to look at: %v, %v", faults, err)
		}
		for name, err := range map[string]error{
			"a new account": second(o.CreateUser(t.Context(), boss, offboard.NewUser{User: org.User{UPN: "eva@contoso.com", DisplayName: "E"}, Generate: true})),
			"a reset":       second(o.SetPassword(t.Context(), boss, "anna@contoso.com", "", true)),
			"a restore":     second(o.RestoreUser(t.Context(), boss, string(people[2].ID), offboard.Restoring{NewPassword: true})),
		} {
			if err != nil {
				t.Errorf("%s with what was invented: %v", name, err)
			}
		}
	})
}
