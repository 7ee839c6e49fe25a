package e2e

import (
	"net/http"
	"regexp"
	"strings"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/practice"
)

func TestSessionsEndWithTheAccount(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	admin := signedIn(t, s, "admin")
	for _, tt := range []struct {
		what string
		do   func(id string)
	}{
		{"R-DEL-12 deleted", func(string) { admin.leave("helpdesk") }},
		{"R-MBX-07 blocked", func(id string) { admin.post("/users/"+id+"/signin", "allow", "no") }},
		{"R-API-22 revoked", func(id string) { admin.post("/users/" + id + "/sessions") }},
		{"R-ROLE-17 new password", func(id string) { admin.post("/users/" + id + "/password") }},
	} {
		t.Run(tt.what, func(t *testing.T) {
			name := map[string]string{"R-DEL-12 deleted": "helpdesk", "R-MBX-07 blocked": "useradmin", "R-API-22 revoked": "reader", "R-ROLE-17 new password": "billing"}[tt.what]
			c := signedIn(t, s, name)
			tt.do(s.id(t, name))
			if a := c.get("/users"); a.path != "/signin" {
				t.Errorf("%s still sees %s", name, a.path)
			}
		})
	}
	t.Run("R-ROLE-25 a role taken away", func(t *testing.T) {
		c := signedIn(t, s, "admin2")
		if _, err := s.desk.RemoveRole(t.Context(), boss, "admin2@lindeboom.example", org.GlobalAdmin); err != nil {
			t.Fatal(err)
		}
		if a := c.get("/users"); a.status != http.StatusForbidden {
			t.Errorf("without a role the list answers %d", a.status)
		}
	})
}

func TestSessionsRunOut(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	s.stop()
	c := signedIn(t, s, "admin")
	s.ahead.Store(int64(59 * time.Minute))
	if a := c.get("/users"); a.path != "/users" {
		t.Errorf("after 59 minutes: %s", a.path)
	}
	s.ahead.Store(int64(59*time.Minute + 61*time.Minute))
	if a := c.get("/products"); a.path != "/signin" {
		t.Errorf("unused for an hour: %s", a.path)
	}
	c = signedIn(t, s, "admin")
	for range 26 {
		s.ahead.Add(int64(29 * time.Minute))
		c.get("/users")
	}
	if a := c.get("/users"); a.path != "/signin" {
		t.Errorf("after more than twelve hours: %s", a.path)
	}
}

func TestWhereOneIsSignedIn(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	here, there := signedIn(t, s, "admin"), signedIn(t, s, "admin")
	if n := strings.Count(here.get("/account").body, "From 127.0.0.1"); n != 2 {
		t.Errorf("%d sessions are listed, want 2", n)
	}
	here.post("/account/sessions").says(t, "The session has ended.")
	if a := there.get("/users"); a.path != "/signin" {
		t.Errorf("the other session still sees %s", a.path)
	}
	if a := here.post("/signout"); a.path != "/signin" {
		t.Errorf("signing out leads to %s", a.path)
	}
	if a := here.get("/users"); a.path != "/signin" {
		t.Errorf("signed out, and still seeing %s", a.path)
	}
}

func TestPasswords(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "mila.kok")
	other := signedIn(t, s, "mila.kok")
	c.post("/account/password", "password", practice.Password, "new", "Nieuw-2026!", "again", "Anders-2026!").says(t, "not the same")
	c.post("/account/password", "password", "wrong", "new", "Nieuw-2026!", "again", "Nieuw-2026!").says(t, "not right")
	c.post("/account/password", "password", practice.Password, "new", "kort", "again", "kort").says(t, "too easy")
	c.post("/account/password", "password", practice.Password, "new", "Nieuw-2026!", "again", "Nieuw-2026!").says(t, "Your password was changed.")
	if a := other.get("/account"); a.path != "/signin" {
		t.Error("the other session outlives the password")
	}

	a := signedIn(t, s, "admin").post("/users/" + s.id(t, "anna.devries") + "/password")
	if a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("a page with a password may be kept: %q", a.header.Get("Cache-Control"))
	}
	a.says(t, "Tk7m-Rw4x-Hn9p")
	anna := newClient(t, s)
	a = anna.post("/signin", "name", "anna.devries@lindeboom.example", "password", "Tk7m-Rw4x-Hn9p")
	a.says(t, "Your password must be changed")
	a = anna.post("/signin/password", "name", "anna.devries@lindeboom.example", "password", "Tk7m-Rw4x-Hn9p", "new", "Nieuw-2026!", "again", "Nieuw-2026!")
	if a.path != "/account" {
		t.Errorf("the new password leads to %s\n%s", a.path, a.text())
	}
}

func TestTheDoorIsLockedAfterManyAttempts(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	s.stop() // the first lock is of two seconds
	c := newClient(t, s)
	for range 6 {
		c.post("/signin", "name", "admin@lindeboom.example", "password", "guess").says(t, "not right")
		if strings.Contains(c.post("/signin", "name", "admin@lindeboom.example", "password", "guess").text(), "too many wrong attempts") {
			break
		}
	}
	c.post("/signin", "name", "admin@lindeboom.example", "password", practice.Password).says(t, "too many wrong attempts")
	for range 20 {
		if a := c.post("/signin", "name", "nobody@lindeboom.example", "password", "guess"); a.status == http.StatusTooManyRequests {
			return
		}
	}
	t.Error("an address may knock as often as it likes")
}

func TestOtherSitesCantSendForms(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	for name, value := range map[string]string{"Sec-Fetch-Site": "cross-site", "Origin": "https://elsewhere.example"} {
		r := c.form("/users/"+s.id(t, "anna.devries")+"/signin", map[string][]string{"allow": {"no"}})
		r.Header.Set(name, value)
		if a := c.send(r); a.status != http.StatusForbidden {
			t.Errorf("a form with %s %s is taken: %d", name, value, a.status)
		}
	}
	if !s.person(t, "anna.devries@lindeboom.example").AccountEnabled {
		t.Error("another site blocked somebody")
	}
	for _, to := range []string{"https://elsewhere.example/", "//elsewhere.example/", `/\elsewhere.example`} {
		a := newClient(t, s).post("/signin", "name", "admin@lindeboom.example", "password", practice.Password, "to", to)
		if a.path != "/users" {
			t.Errorf("signing in leads from %s to %s", to, a.path)
		}
	}
}

// inline is what the policy forbids: script, style and handlers in a page.
var inline = regexp.MustCompile(`<style|<script(?:>| [^>]*>[^<])| style="| on[a-z]+="`)

func TestPagesCarryNothingInline(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	for _, at := range everyPage(t, c) {
		a := c.get(at)
		if a.status != http.StatusOK {
			t.Errorf("%s answers %d", at, a.status)
		}
		if found := inline.FindString(a.body); found != "" {
			t.Errorf("%s has %s in it", at, found)
		}
		if p := a.header.Get("Content-Security-Policy"); !strings.Contains(p, "default-src 'none'") || strings.Contains(p, "unsafe") {
			t.Errorf("the policy of %s is %q", at, p)
		}
	}
}

func TestResultsOfARunAsAFile(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	id := c.leave("anna.devries")
	a := c.get("/leavers/" + id + "/results.csv")
	if !strings.Contains(a.body, "anna.devries@lindeboom.example") || !strings.Contains(a.body, string(offboard.ItemDone)) {
		t.Errorf("got %s", a.body)
	}
	if kind := a.header.Get("Content-Type"); !strings.HasPrefix(kind, "text/csv") {
		t.Errorf("it is %s", kind)
	}
}
