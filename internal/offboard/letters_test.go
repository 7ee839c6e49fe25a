package offboard_test

import (
	"slices"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// letters reads the letters in somebody's inbox, oldest first.
func (o *office) letters(t *testing.T, p *org.Person) []string {
	t.Helper()
	page, err := o.store.Messages(t.Context(), offboard.MessageQuery{User: p.ID, Folder: "inbox"})
	if err != nil {
		t.Fatal(err)
	}
	var out []string
	for _, m := range page.Rows {
		if m.SenderName != "Contoso" || m.SenderAddress != "no-reply@contoso.com" || m.Read || m.Size != int64(len(m.Content)) || !slices.Equal(m.Recipients, []string{p.Mail}) {
			t.Errorf("the letter is %+v", m)
		}
		out = append(out, m.Subject+": "+m.Content)
	}
	slices.Reverse(out)
	return out
}

// TestLetters: heirs of files are told, and once more a week before the end.
func TestLetters(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		bram := storetest.Person(9, "bram")
		bram.PreferredLanguage = "en-GB"
		team := func(n int64, name string, change ...func(*org.Person)) org.Person {
			p := storetest.Person(n, name)
			p.ManagerID = bram.ID
			for _, c := range change {
				c(&p)
			}
			return p
		}
		poor := storetest.Plain(8, "poor")
		poorly := storetest.Person(6, "eva")
		poorly.ManagerID = poor.ID
		heirs := storetest.Add(t, s, bram, poor)
		storetest.Add(t, s, team(1, "anna"), team(2, "carla"), team(3, "daan", func(p *org.Person) { p.Drive.Held = true }), team(4, "emma"), team(5, "frans"), poorly)
		at := func(when time.Duration) int {
			t.Helper()
			o.time = storetest.Noon.Add(when)
			swept, err := o.Sweep(t.Context(), nil)
			if err != nil {
				t.Fatal(err)
			}
			return swept.Reminders
		}
		want := func(t *testing.T, all ...string) {
			t.Helper()
			if got := o.letters(t, heirs[0]); !slices.Equal(got, all) {
				t.Errorf("letters %q\nwant    %q", got, all)
			}
		}
		end := func(d int) string { return storetest.Noon.AddDate(0, 0, d).Format(time.DateOnly) }
		first := "first en-GB: anna@contoso.com " + end(30) + "\ncarla@contoso.com " + end(30) + "\ndaan@contoso.com 0001-01-01\n"

		t.Run("R-WIZ-07 R-OD-05 one letter for all who leave together, in the language of the heir", func(t *testing.T) {
			before := o.person(t, bram.UPN).Mailbox.Size
			o.run(t, org.Choices{}, "anna@contoso.com", "carla@contoso.com", "daan@contoso.com")
			want(t, first)
			if grown := o.person(t, bram.UPN).Mailbox.Size - before; int(grown) != len(first)-len("first en-GB: ") {
				t.Errorf("the mailbox grew by %d bytes", grown)
			}
		})
		t.Run("R-OD-05 nobody is told without a mailbox", func(t *testing.T) {
			if dep := o.run(t, org.Choices{}, "eva@contoso.com"); dep.Status != offboard.Done {
				t.Errorf("the departure is %s", dep.Status)
			}
			if at(0) != 0 {
				t.Error("somebody is reminded on the first day")
			}
		})
		kept := "first en-GB: emma@contoso.com " + end(93) + "\n"
		t.Run("R-OD-20 files of an account that stays are archived without a licence", func(t *testing.T) {
			o.run(t, org.Choices{MailTo: ptr(bram.UPN)}, "emma@contoso.com")
			want(t, first, kept)
		})
		t.Run("R-RES-14 who was restored is not among the reminders, and the letter stays", func(t *testing.T) {
			if _, err := o.RestoreUser(t.Context(), boss, string(storetest.ID(0x100002)), offboard.Restoring{}); err != nil {
				t.Fatal(err)
			}
			if n := at(23*org.Day - time.Second); n != 0 {
				t.Errorf("%d reminders a second too early", n)
			}
			want(t, first, kept)
		})
		second := "second en-GB: anna@contoso.com " + end(30) + "\n"
		t.Run("R-OD-05 a week before the end, once", func(t *testing.T) {
			if n := at(23 * org.Day); n != 1 {
				t.Errorf("%d reminders, want 1", n)
			}
			for _, when := range []time.Duration{23 * org.Day, 23*org.Day + time.Hour, 29 * org.Day} {
				if n := at(when); n != 0 {
					t.Errorf("%d reminders more after %s", n, when)
				}
			}
			want(t, first, kept, second)
		})
		t.Run("R-OD-02 a longer retention moves the reminder past the end of the account", func(t *testing.T) {
			at(40 * org.Day)
			o.run(t, org.Choices{}, "frans@contoso.com")
			if _, err := o.ChangeOrganization(t.Context(), boss, func(x *org.Organization) error {
				x.Settings.DriveRetentionDays = 100
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			if n := at((40 + 93) * org.Day); n != 1 {
				t.Errorf("%d reminders, want 1", n)
			}
			want(t, first, kept, second, "first en-GB: frans@contoso.com "+end(70)+"\n", "second en-GB: frans@contoso.com "+end(140)+"\n")
		})
		t.Run("R-OD-05 too late is not told", func(t *testing.T) {
			o.run(t, org.Choices{FilesTo: ptr(bram.UPN)}, "carla@contoso.com")
			n := len(o.letters(t, heirs[0]))
			if got := at((40 + 93 + 101) * org.Day); got != 0 || len(o.letters(t, heirs[0])) != n {
				t.Errorf("%d reminders of files that are out of reach", got)
			}
		})
	})
}
