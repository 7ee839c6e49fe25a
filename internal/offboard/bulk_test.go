package offboard_test

import (
	"strconv"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

func TestBulk(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	eva := storetest.Person(2, "eva")
	eva.Synced = true
	people := storetest.Add(t, o.store, storetest.Person(1, "anna"), eva, storetest.Person(3, "carla"), storetest.Person(4, "daan"))
	t.Run("R-BULK-09 who may not delete people may not ask for it", func(t *testing.T) {
		helpdesk := org.Actor{ID: "h", Roles: []org.RoleID{org.HelpdeskAdmin}}
		_, err := o.Plan(t.Context(), helpdesk, wish(org.Choices{}, "anna@contoso.com", "nobody@contoso.com"))
		refusedBy(t, err, "R-DEL-35")
	})
	t.Run("R-BULK-12 more than one request takes are refused before anything is done", func(t *testing.T) {
		many := make([]string, offboard.MaxPeople+1)
		_, err := o.Plan(t.Context(), boss, wish(org.Choices{}, many...))
		refusedBy(t, err, "R-BULK-12")
		_, err = o.RestoreMany(t.Context(), boss, many[:offboard.MaxAtOnce+1], offboard.Restoring{})
		refusedBy(t, err, "R-BULK-12")
	})
	t.Run("R-BULK-14 R-BULK-02 one who can't leave does not stop the others", func(t *testing.T) {
		dep := o.run(t, org.Choices{}, "anna@contoso.com", "eva@contoso.com", "nobody@contoso.com", "carla@contoso.com")
		var got []offboard.ItemOutcome
		for _, it := range o.items(t, dep) {
			got = append(got, it.Outcome)
		}
		if len(got) != 4 || got[0] != offboard.ItemDone || got[1] != offboard.ItemRefused || got[2] != offboard.ItemRefused || got[3] != offboard.ItemDone || dep.Status != offboard.Partial {
			t.Errorf("outcomes %v, status %s", got, dep.Status)
		}
		if sub := o.organization(t).Subscriptions[0]; sub.Assigned != 2 || sub.Total != 60 {
			t.Errorf("%d of %d seats in use, want two of as many as before", sub.Assigned, sub.Total)
		}
	})
	t.Run("R-BULK-05 the plain delete by id or name", func(t *testing.T) {
		if err := o.DeleteUser(t.Context(), boss, "DAAN@contoso.com"); err != nil {
			t.Fatal(err)
		}
		p := o.person(t, string(people[3].ID))
		if p.Active() || len(p.Licenses) != 1 || !p.LicensesRemoved.IsZero() {
			t.Errorf("daan is %+v with %v", p.User, p.Licenses)
		}
		refusedBy(t, o.DeleteUser(t.Context(), boss, string(people[3].ID)), "R-SM-02")
	})
}

func TestNewEmployee(t *testing.T) {
	o := newOffice(t, storetest.SQLite(t))
	t.Run("R-NE-01 an account, its licence, and a password to hand over", func(t *testing.T) {
		added, err := o.CreateUser(t.Context(), boss, offboard.NewUser{
			User:     org.User{UPN: "nieuw@contoso.com", DisplayName: "Nieuw", MailNickname: "nieuw", UsageLocation: "NL", AccountEnabled: true},
			Generate: true, MustChange: true, Licenses: []string{string(storetest.E3)},
		})
		if err != nil {
			t.Fatal(err)
		}
		p := o.person(t, "nieuw@contoso.com")
		switch {
		case added.Password == "" || p.PasswordHash != "hash of "+added.Password || !p.MustChangePassword:
			t.Errorf("password %s, hash %s", strconv.Quote(added.Password), p.PasswordHash)
		case len(p.Licenses) != 1 || p.Mailbox == nil || p.Drive == nil:
			t.Errorf("account %+v", p)
		}
	})
}
