package e2e

import (
	"net/http"
	"strings"
	"testing"
	"time"

	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

func TestForbiddenOptionsAreShownWithTheReason(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	for _, tt := range []struct {
		by, who string
		off     []string // ids of options that are disabled
		on      []string
		says    string
	}{
		{"admin", "anna.devries", nil, []string{"mail-share", "mail-hold", "licenses-stop", "files-other"}, ""},
		{"useradmin", "anna.devries", []string{"mail-share", "mail-hold", "files-other", "licenses-stop"}, []string{"mail-gone", "licenses-remove"}, "Exchange Administrator"},
		{"admin", "jan.meijer", []string{"licenses-stop"}, []string{"mail-share"}, "bought through a partner"},
		{"admin", "carla.smit", []string{"mail-gone"}, nil, "forward"},
	} {
		t.Run("R-SM-11 "+tt.by+" deletes "+tt.who, func(t *testing.T) {
			a := signedIn(t, s, tt.by).get("/users/" + s.id(t, tt.who) + "/delete")
			for _, id := range tt.off {
				if tag := tagOf(a.body, id); !strings.Contains(tag, " disabled") {
					t.Errorf("%s is not disabled: %s", id, tag)
				}
			}
			for _, id := range tt.on {
				if tag := tagOf(a.body, id); tag == "" || strings.Contains(tag, " disabled") {
					t.Errorf("%s can't be chosen: %q", id, tag)
				}
			}
			a.says(t, tt.says)
		})
	}
	t.Run("R-AD-01 somebody from Active Directory", func(t *testing.T) {
		a := signedIn(t, s, "admin").get("/users/" + s.id(t, "eva.bakker") + "/delete")
		a.says(t, "it has to be deleted there")
		if strings.Contains(a.body, "/delete/plan") {
			t.Error("there is a plan for somebody who can't be deleted here")
		}
	})
}

// tagOf is the tag with an id.
func tagOf(body, id string) string {
	for _, tag := range inputTag.FindAllString(body, -1) {
		if strings.Contains(tag, ` id="`+id+`"`) {
			return tag
		}
	}
	return ""
}

func TestNothingIsDoneTwice(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	at := "/users/" + s.id(t, "anna.devries") + "/delete"
	plan := c.post(at+"/plan", "licenses", "remove", "mail", "gone", "files", "none")
	values := plan.hidden()

	t.Run("without the tick", func(t *testing.T) {
		a := c.send(c.form(at+"/run", values))
		if a.status != http.StatusUnprocessableEntity || !s.person(t, "anna.devries@lindeboom.example").Active() {
			t.Errorf("got %d, want to be asked for the tick", a.status)
		}
		a.says(t, "Tick the box with the name first")
	})
	values.Set("sure", "yes")
	first := c.send(c.form(at+"/run", values))
	s.wait(t, strings.TrimPrefix(first.path, "/leavers/"))
	t.Run("a double click, or the back button", func(t *testing.T) {
		second := c.send(c.form(at+"/run", values))
		if second.path != first.path {
			t.Errorf("the second click led to %s (%d), want %s", second.path, second.status, first.path)
		}
	})
	t.Run("another administrator with the same person", func(t *testing.T) {
		values.Set("key", "another")
		a := signedIn(t, s, "admin2").send(signedIn(t, s, "admin2").form(at+"/run", values))
		if a.status < 400 {
			t.Errorf("got %d %s, want to be refused", a.status, a.path)
		}
		a.says(t, "was not found")
	})
	t.Run("undo twice", func(t *testing.T) {
		for range 2 {
			if a := c.post(first.path + "/undo"); a.path != first.path {
				t.Errorf("undo led to %s (%d)", a.path, a.status)
			}
		}
		s.wait(t, strings.TrimPrefix(first.path, "/leavers/"))
		if !s.person(t, "anna.devries@lindeboom.example").Active() {
			t.Error("anna is not back")
		}
	})
}

func TestAStalePlanIsShownAnew(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	at := "/users/" + s.id(t, "anna.devries") + "/delete"
	values := c.post(at+"/plan", "licenses", "remove", "mail", "share", "mailTo", "bram.jansen@lindeboom.example", "rename", "Anna (left)",
		"reply", "yes", "replyInside", "Gone fishing.", "outside", "none", "files", "none").hidden()
	values.Set("sure", "yes")
	storetest.Edit(t, s.store, "anna.devries@lindeboom.example", func(p *org.Person) { p.Roles = []org.RoleID{org.HelpdeskAdmin} })
	a := c.send(c.form(at+"/run", values))
	if a.status != http.StatusPreconditionFailed {
		t.Fatalf("R-SM-10: got %d %s, want 412\n%s", a.status, a.path, a.text())
	}
	a.says(t, "Look at the new plan and confirm that one.")
	a.says(t, "Gone fishing.")
	a.says(t, "Helpdesk Administrator")
	again := a.hidden()
	again.Set("sure", "yes")
	if a = c.send(c.form(at+"/run", again)); !strings.HasPrefix(a.path, "/leavers/") {
		t.Errorf("the new plan can't be confirmed: %d %s\n%s", a.status, a.path, a.text())
	}
}

func TestAnExpiredSessionLosesNothing(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	at := "/users/" + s.id(t, "anna.devries") + "/delete"
	typed := []string{
		"licenses", "stop", "mail", "share", "mailTo", "bram.jansen@lindeboom.example", "rename", "Anna (left)", "reply", "yes",
		"replyInside", "Anna left; ask Bram & Co <b>now</b>.", "outside", "other", "replyOutside", "Closed.", "files", "other", "filesTo", "sara.blom@lindeboom.example",
	}
	s.ahead.Store(int64(2 * time.Hour))
	a := c.post(at+"/run", typed...)
	if a.status != http.StatusUnauthorized {
		t.Fatalf("got %d, want to be asked to sign in", a.status)
	}
	a.says(t, "what you typed is kept")
	values := a.hidden()
	values.Set("name", "admin@lindeboom.example")
	values.Set("password", "wrong")
	a = c.send(c.form("/signin", values)) // a typing error on the way loses nothing either
	values = a.hidden()
	values.Set("name", "admin@lindeboom.example")
	values.Set("password", "Welkom-2026!")
	a = c.send(c.form("/signin", values))
	a.says(t, "What you typed is still here")
	if !s.person(t, "anna.devries@lindeboom.example").Active() {
		t.Fatal("signing in deleted somebody")
	}
	a = c.send(c.form(at, a.hidden()))
	a.says(t, "Anna left; ask Bram & Co <b>now</b>.")
	a.says(t, "Closed.")
	if !strings.Contains(tagOf(a.body, "licenses-stop"), " checked") || !strings.Contains(tagOf(a.body, "filesTo"), "sara.blom@") {
		t.Error("the choices are not as they were")
	}
}

func TestPrewrittenRepliesFollowTheHeir(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	at := "/users/" + s.id(t, "anna.devries") + "/delete"
	a := c.post(at, "mail", "share", "mailTo", "bram.jansen@lindeboom.example", "reply", "yes")
	a.says(t, "Neem contact op met Bram Jansen via bram.jansen@lindeboom.example") // anna is Dutch, R-WIZ-10
	values := a.hidden()
	for name, value := range map[string]string{"mail": "share", "mailTo": "sara.blom@lindeboom.example", "reply": "yes", "replyInside": values.Get("replyAuto")} {
		values.Set(name, value)
	}
	a = c.send(c.form(at, values))
	a.says(t, "Neem contact op met Sara Blom")
	values = a.hidden()
	for name, value := range map[string]string{"mail": "share", "mailTo": "sara.blom@lindeboom.example", "reply": "yes", "replyInside": values.Get("replyAuto"), "replyIn": "en"} {
		values.Set(name, value)
	}
	c.send(c.form(at, values)).says(t, "Please contact Sara Blom")
	values.Set("replyIn", "")
	values.Set("replyInside", "My own words.")
	a = c.send(c.form(at, values))
	a.says(t, "My own words.")
	t.Run("R-WIZ-08 a name that may be several people", func(t *testing.T) {
		a := c.post(at+"/plan", "mail", "share", "mailTo", "br")
		if a.status != http.StatusUnprocessableEntity {
			t.Errorf("got %d, want to be asked who is meant", a.status)
		}
		a.says(t, "bram.jansen@lindeboom.example")
		c.post(at+"/plan", "mail", "share", "mailTo", "br", "set", "mailTo=bram.jansen@lindeboom.example").says(t, "Plan for Anna de Vries")
	})
}

// TestOptionsOpenAsChoicesChange: what a rule forbids with one choice it may
// allow with another, and a live page follows.
func TestOptionsOpenAsChoicesChange(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	b := newTab(t, s, look{lang: "en"})
	b.signIn("admin")
	b.open("/users/" + s.id(t, "carla.smit") + "/delete")
	if !eval[bool](b, `document.querySelector('#mail-share').disabled`) {
		t.Error("R-SM-16: a mailbox that forwards is handed over although the licence goes")
	}
	b.choose("#licenses-keep", "")
	if eval[bool](b, `document.querySelector('#mail-share').disabled || document.querySelector('#c-mail-share').classList.contains('off')`) {
		t.Error("R-SM-16: with the licence kept the mailbox can still not be handed over")
	}
	if !eval[bool](b, `document.activeElement.id === 'licenses-keep' && document.activeElement.checked`) {
		t.Error("the choice has lost the focus or the tick")
	}
	b.choose("#mail-share", "#replyInside")
	if text := eval[string](b, `document.querySelector('#replyInside').value`); !strings.Contains(text, "Bram Jansen") {
		t.Errorf("R-WIZ-10: the reply is %q", text)
	}
}
