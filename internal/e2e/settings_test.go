package e2e

import (
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"leaver/internal/identity"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

func TestSettings(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	const fields = `name="driveRetention"`
	save := func(c *client, pairs ...string) answer {
		t.Helper()
		return c.send(c.form("/settings", with(c.get("/settings").filled(t, fields), pairs...)))
	}
	settings := func() org.Settings {
		t.Helper()
		o, _, err := s.desk.Organization(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		return o.Settings
	}
	if a := save(c, "driveRetention", "29"); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="29"`) {
		t.Errorf("R-OD-01: 29 days are taken: %d", a.status)
	}
	t.Run("R-API-64 the retention is a SharePoint Administrator's", func(t *testing.T) {
		save(signedIn(t, s, "sharepoint"), "driveRetention", "365").says(t, "The settings were saved.")
		if got := settings(); got.DriveRetentionDays != 365 || got.MassDeleteCount != 500 {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("R-OD-04 R-OD-20 secondary owner and education", func(t *testing.T) {
		a := save(c, "secondary", "femke", "education", "yes")
		a.says(t, "Who is meant?")
		a = c.send(c.form("/settings", with(a.filled(t, fields), "set", "secondary=femke.mulder@lindeboom.example")))
		a.says(t, "The settings were saved.")
		if got := settings(); string(got.SecondaryOwner) != s.id(t, "femke.mulder") || !got.Education {
			t.Errorf("got %+v", got)
		}
		save(c, "education", "").says(t, "The settings were saved.")
		save(c, "secondary", "nobody@lindeboom.example").says(t, "was not found")
		if got := settings(); string(got.SecondaryOwner) != s.id(t, "femke.mulder") || got.Education {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("somebody else was faster", func(t *testing.T) {
		f := c.get("/settings").filled(t, fields)
		save(c, "massCount", "100")
		if a := c.send(c.form("/settings", with(f, "massPercent", "10"))); a.status != http.StatusPreconditionFailed {
			t.Errorf("got %d", a.status)
		}
		if got := settings(); got.MassDeleteCount != 100 || got.MassDeletePercent == 10 {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("domains", func(t *testing.T) {
		const at = "/settings/domains"
		c.post(at, "domain", "not a domain").says(t, "is not a domain name")
		c.post(at, "domain", "lindeboom.org").says(t, "The domains were changed.")
		c.post(at, "do", "default", "domain", "lindeboom.org").says(t, "The domains were changed.")
		if a := c.get("/users/new"); !strings.Contains(a.body, `value="lindeboom.org" selected`) {
			t.Error("new users don't get it")
		}
		c.post(at, "do", "remove", "domain", "lindeboom.example").says(t, "is in use")
		c.post(at, "do", "remove", "domain", "lindeboom.org").says(t, "is the default domain")
		if a := signedIn(t, s, "useradmin").post(at, "domain", "other.example"); a.status != http.StatusForbidden {
			t.Errorf("R-ROLE-22: got %d", a.status)
		}
	})
}

func TestAppRegistrations(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	secret := regexp.MustCompile(`class="secret long">([^<]+)<`)
	app := func() offboard.App {
		t.Helper()
		all, err := s.desk.ListApps(t.Context(), boss)
		if err != nil {
			t.Fatal(err)
		}
		for _, a := range all {
			if strings.HasPrefix(a.DisplayName, "HR") {
				return a
			}
		}
		t.Fatal("there is no such app")
		return offboard.App{}
	}
	a := c.post("/settings/apps", "name", "HR", "months", "12")
	shown := secret.FindStringSubmatch(a.body)
	if shown == nil || a.header.Get("Cache-Control") != "no-store" {
		t.Fatalf("no secret is shown, or it may be kept\n%s", a.text())
	}
	at := "/settings/apps/" + app().ID
	if kept := app().Secrets; len(kept) != 1 || !identity.CheckSecret(kept[0].Hash, shown[1]) || kept[0].Expires.Sub(kept[0].Created) < 360*24*time.Hour {
		t.Errorf("kept is %+v", kept)
	}
	if strings.Contains(c.get(at).body, shown[1]) {
		t.Error("the secret can be seen again")
	}
	const fields = `name="redirects"`
	t.Run("what it may do", func(t *testing.T) {
		f := c.get(at).filled(t, fields)
		f["permission"], f["delegated"] = []string{"User.Read.All", "Group.Read.All"}, []string{"User.Read"}
		f.Set("otherPermissions", "Custom.Thing")
		f.Set("redirects", "https://hr.example/back")
		c.send(c.form(at, f)).says(t, "The registration was saved.")
		got := app()
		if strings.Join(got.Permissions, " ") != "Custom.Thing Group.Read.All User.Read.All" || len(got.Delegated) != 1 || len(got.RedirectURIs) != 1 || len(got.Secrets) != 1 {
			t.Errorf("got %+v", got)
		}
		if again := c.get(at).filled(t, fields); len(again["permission"]) != 2 || again.Get("otherPermissions") != "Custom.Thing" {
			t.Errorf("the page has %v", again)
		}
		f = with(c.get(at).filled(t, fields), "redirects", "javascript:alert(1)", "name", "HR leavers")
		if a := c.send(c.form(at, f)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="HR leavers"`) {
			t.Errorf("got %d", a.status)
		}
	})
	t.Run("another secret, and one less", func(t *testing.T) {
		if secret.FindString(c.post(at, "do", "secret").body) == "" || len(app().Secrets) != 2 {
			t.Error("there is no second secret")
		}
		c.post(at, "do", "forget", "secret", app().Secrets[0].ID).says(t, "The registration was saved.")
		if len(app().Secrets) != 1 {
			t.Error("it is still there")
		}
	})
	t.Run("R-ROLE-22 an app with permissions of its own is for those who give roles away", func(t *testing.T) {
		storetest.Edit(t, s.store, "mila.kok@lindeboom.example", func(p *org.Person) { p.Roles = []org.RoleID{org.ApplicationAdministrator} })
		mila := signedIn(t, s, "mila.kok")
		a := mila.get(at)
		a.says(t, "One of these roles is needed")
		if !strings.Contains(a.body, "<fieldset class=\"stack\" disabled>") {
			t.Error("the form is open")
		}
		if a := mila.post(at, "do", "secret"); a.status != http.StatusForbidden || secret.FindString(a.body) != "" {
			t.Errorf("got %d", a.status)
		}
	})
	t.Run("away", func(t *testing.T) {
		if a := c.post(at, "do", "remove"); a.status != http.StatusUnprocessableEntity {
			t.Errorf("without a tick: %d", a.status)
		}
		c.post(at, "do", "remove", "sure", "yes").says(t, "The registration was removed.")
		if a := c.get(at); a.status != http.StatusNotFound {
			t.Errorf("it is still there: %d", a.status)
		}
	})
	t.Run("every permission that is asked for can be ticked", func(t *testing.T) {
		page := c.get("/settings/apps/" + s.firstApp(t)).body
		name := regexp.MustCompile(`"((?:[A-Z][A-Za-z]+\.)?[A-Z][A-Za-z]+\.(?:Read|ReadWrite|Send|Create|ReadBasic|FullControl|AccessAsUser|DeleteRestore|RevokeSessions)[A-Za-z.]*)"`)
		for _, dir := range []string{"graph", "api"} {
			files, err := filepath.Glob(filepath.Join("..", dir, "*.go"))
			if err != nil {
				t.Fatal(err)
			}
			for _, file := range files {
				text, err := os.ReadFile(file)
				if err != nil {
					t.Fatal(err)
				}
				if strings.HasSuffix(file, "_test.go") {
					continue
				}
				for _, m := range name.FindAllStringSubmatch(string(text), -1) {
					if !strings.Contains(page, `value="`+m[1]+`"`) {
						t.Errorf("%s asks for %s, and the page has no box for it", file, m[1])
					}
				}
			}
		}
	})
}

// firstApp is the id of an app registration; one is made where there is none.
func (s *school) firstApp(t testing.TB) string {
	t.Helper()
	all, err := s.desk.ListApps(t.Context(), boss)
	if err != nil {
		t.Fatal(err)
	}
	if len(all) > 0 {
		return all[0].ID
	}
	app, err := s.desk.CreateApp(t.Context(), boss, offboard.App{DisplayName: "Rooster", Enabled: true, AppDetails: offboard.AppDetails{
		Permissions: []string{"User.Read.All"}, Secrets: []offboard.AppSecret{{ID: newID(), Hint: "abc", Hash: "x", Created: s.now(), Expires: s.now().AddDate(1, 0, 0)}},
	}})
	if err != nil {
		t.Fatal(err)
	}
	return app.ID
}

// TestWhatWasLeftBehind brings files back whose owner is gone for good, and lets
// go of what a hold kept.
func TestWhatWasLeftBehind(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	c.get("/deleted/left").says(t, "No mailbox has outlived its owner's account.")
	s.leaveBehind(t, c, "anna.devries")
	const at = "/deleted/left"
	page := c.get(at)
	page.says(t, "anna.devries@lindeboom.example")
	page.says(t, "Gone for good on")
	page.says(t, "Kept by a hold")
	c.get(at+"?q=nobody").says(t, "No OneDrive has outlived its owner's account.")

	drives, err := s.store.LeftDrives(t.Context(), offboard.LeftQuery{Box: "anna", Limit: 1})
	if err != nil || len(drives) != 1 {
		t.Fatalf("%v, %v", drives, err)
	}
	drive := string(drives[0].ID)
	t.Run("R-OD-06 R-OD-09 files", func(t *testing.T) {
		c.post(at, "do", "restore", "ref", drive, "who", "bra").says(t, "Who is meant?")
		c.post(at, "do", "restore", "ref", drive, "who", "bra", "set", "who=bram.jansen@lindeboom.example").says(t, "The files are back")
		c.get(at).says(t, "Brought back, stays")
		c.get(at).says(t, "Access: Bram Jansen")
		c.post(at, "do", "releaseDrive", "ref", drive).says(t, "Tick the box first")
		c.post(at, "do", "releaseDrive", "ref", drive, "sure", "yes").says(t, "These files follow their dates again.")
		signedIn(t, s, "exchange").post(at, "do", "restore", "ref", drive, "who", "bram.jansen@lindeboom.example").says(t, "One of these roles is needed")
	})
	t.Run("R-MBX-25 R-PERM-05 a mailbox", func(t *testing.T) {
		owner := attributes(`<x ` + regexp.MustCompile(`name="ref" value="[^"]+"`).FindAllString(c.get(at).filledBody(`value="releaseMailbox"`), -1)[0])["value"]
		c.post(at, "do", "releaseMailbox", "ref", owner).says(t, "Tick the box first")
		c.post(at, "do", "releaseMailbox", "ref", owner, "sure", "yes").says(t, "The hold is lifted.")
		c.get(at).says(t, "Gone on")
	})
}

// filledBody is the first form of a page in which something stands.
func (a answer) filledBody(marker string) string {
	for _, form := range formTag.FindAllString(a.body, -1) {
		if strings.Contains(form, marker) {
			return form
		}
	}
	return ""
}

// leaveBehind deletes somebody with a hold and lets the time run out.
func (s *school) leaveBehind(t testing.TB, c *client, name string) {
	t.Helper()
	c.leaveHeld(name)
	if _, _, err := s.desk.AdvanceClock(t.Context(), boss, 31*org.Day); err != nil {
		t.Fatal(err)
	}
}

// TestHowItWasDeleted finds the run of a deleted person, however many came after.
func TestHowItWasDeleted(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	run := c.leave("mila.kok")
	if a := c.get("/deleted/" + s.deleted(t, "Mila Kok")); !strings.Contains(a.body, `href="/leavers/`+run+`"`) {
		t.Error("the page does not lead to the run")
	}
}
