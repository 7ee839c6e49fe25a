package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"leaver/internal/org"
)

// TestGuidedDelete walks the pages of the guided delete without a browser.
func TestGuidedDelete(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	anna, rosa := s.id(t, "anna.devries"), s.id(t, "rosa.vandam")
	at := "/users/" + anna + "/delete"

	t.Run("R-WIZ-01 R-BULK-01 one is guided, several are taken together", func(t *testing.T) {
		if a := c.post("/several", "sel", anna); a.path != at {
			t.Errorf("one selected leads to %s", a.path)
		}
		if a := c.post("/several", "sel", anna, "sel", rosa); !strings.HasPrefix(a.path, "/several/") {
			t.Errorf("two selected lead to %s", a.path)
		}
	})
	t.Run("R-WIZ-02 R-WIZ-03 licences, mail, aliases and files on one page", func(t *testing.T) {
		page := c.get(at)
		last := 0
		for _, id := range []string{"licenses-remove", "licenses-stop", "mail-gone", "mail-share", "alias-0", "files-manager", "files-other"} {
			place := strings.Index(page.body, ` id="`+id+`"`)
			if place < last {
				t.Errorf("%s stands at %d, want it behind %d", id, place, last)
			}
			last = max(last, place)
		}
	})
	t.Run("R-WIZ-04 O-08 at first licences and aliases go", func(t *testing.T) {
		page := c.get(at)
		for id, want := range map[string]bool{
			"licenses-remove": true, "licenses-stop": false, "mail-gone": true, "mail-share": false, "alias-0": true, "files-manager": true, "files-other": false,
		} {
			if got := strings.Contains(tagOf(page.body, id), " checked"); got != want {
				t.Errorf("%s is chosen: %v, want %v", id, got, want)
			}
		}
	})
	t.Run("R-WIZ-06 why paying can't stop", func(t *testing.T) {
		page := c.get("/users/" + s.id(t, "jan.meijer") + "/delete")
		if tag := tagOf(page.body, "licenses-stop"); !strings.Contains(tag, " disabled") {
			t.Errorf("can be chosen: %s", tag)
		}
		page.says(t, "Only the partner can remove it")
	})
	t.Run("R-ROLE-04 a User Administrator hands nothing over", func(t *testing.T) {
		page := signedIn(t, s, "useradmin").get(at)
		for _, id := range []string{"mail-share", "mail-hold", "alias-0", "files-other", "licenses-stop"} {
			if tag := tagOf(page.body, id); !strings.Contains(tag, " disabled") {
				t.Errorf("%s can be chosen: %s", id, tag)
			}
		}
		plan := signedIn(t, s, "useradmin").post(at+"/plan", "licenses", "remove", "mail", "gone", "alias", "anna@lindeboom.example", "files", "none")
		plan.says(t, "The account moves to Deleted users.")
	})
	t.Run("R-OD-04 files of an account that stays", func(t *testing.T) {
		share := []string{"licenses", "remove", "mail", "share", "mailTo", "bram.jansen@lindeboom.example", "outside", "none", "files", "none"}
		page := c.post(at, share...)
		page.says(t, "Bram Jansen, the manager")
		if tag := tagOf(page.body, "files-none"); !strings.Contains(tag, " checked") {
			t.Errorf("nobody is not chosen: %s", tag)
		}
		page = c.post("/users/"+s.id(t, "rosa.vandam")+"/delete", share...)
		page.says(t, "They stay where they are")
	})
	t.Run("R-WIZ-11 aliases one by one, a review, and then the confirmation", func(t *testing.T) {
		plan := c.post(at+"/plan", "licenses", "remove", "mail", "share", "mailTo", "bram.jansen@lindeboom.example", "outside", "none",
			"alias", "anna@lindeboom.example", "files", "manager")
		plan.says(t, "The alias anna@lindeboom.example is removed.")
		plan.says(t, "Assign and convert")
		values := plan.hidden()
		values.Set("sure", "yes")
		run := c.send(c.form(at+"/run", values))
		s.wait(t, strings.TrimPrefix(run.path, "/leavers/"))
		p := s.person(t, "anna.devries@lindeboom.example")
		if p.Mailbox.Type != org.SharedMailbox || len(p.Addresses) != 2 || slices.ContainsFunc(p.Addresses, func(a org.Address) bool { return a.Value == "anna@lindeboom.example" }) {
			t.Errorf("anna is %+v with %v", p.Mailbox, p.Addresses)
		}
		c.get(run.path).says(t, "The alias anna@lindeboom.example was removed.")
	})
}

func TestRestorePages(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	ids := []string{s.id(t, "rosa.vandam"), s.id(t, "mila.kok")}
	c.leave("rosa.vandam")
	c.leave("mila.kok")
	t.Run("R-RES-03 the list of deleted users", func(t *testing.T) {
		c.get("/deleted").says(t, "Restore")
	})
	t.Run("R-RES-03 selected, restored, each with a new password", func(t *testing.T) {
		a := c.post("/deleted/restore", "sel", ids[0], "sel", ids[1])
		if a.status != http.StatusOK {
			t.Fatalf("%d\n%s", a.status, a.text())
		}
		for _, name := range []string{"rosa.vandam", "mila.kok"} {
			if p := s.person(t, name+"@lindeboom.example"); !p.Active() || !p.MustChangePassword {
				t.Errorf("%s is %+v", name, p.User)
			}
		}
		a.says(t, "2 people are back")
	})
	t.Run("R-RES-07 M-03 the reason stands beside who could not be restored", func(t *testing.T) {
		a := c.post("/deleted/restore", "sel", ids[0], "sel", ids[1])
		a.says(t, "2 people could not be restored.")
	})
	t.Run("R-RES-08 a group has the address by now: another name", func(t *testing.T) {
		c.leave("mila.kok")
		if _, err := s.desk.CreateGroup(t.Context(), boss, org.Group{DisplayName: "De Kokken", MailNickname: "mila.kok", Unified: true, MailEnabled: true}, nil, nil); err != nil {
			t.Fatal(err)
		}
		c.get("/deleted/"+ids[1]).says(t, "this user name is the address of a group now")
		a := c.post("/deleted/"+ids[1]+"/restore", "password", "auto")
		a.says(t, "De Kokken")
		if a.status != http.StatusConflict || !strings.Contains(a.body, `name="newName" type="email" value="mila.kok2@lindeboom.example"`) {
			t.Errorf("%d\n%s", a.status, a.text())
		}
		if a := c.post("/deleted/"+ids[1]+"/restore", "password", "auto", "newName", "mila.kok2@lindeboom.example"); a.status != http.StatusOK {
			t.Errorf("%d\n%s", a.status, a.text())
		}
	})
}

func TestProductPages(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "billing")
	o, _, err := s.desk.Organization(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	i := slices.IndexFunc(o.Subscriptions, func(s org.Subscription) bool { return s.SkuPartNumber == "ENTERPRISEPACK" })
	at := "/products/" + string(o.Subscriptions[i].ID)
	t.Run("R-LIC-22 R-LIC-21 what is entered is the new total", func(t *testing.T) {
		c.get(at).says(t, "Total licences")
		c.post(at, "total", "59", "when", "now")
		after, _, err := s.desk.Organization(t.Context())
		if err != nil || after.Subscriptions[i].Total != 59 {
			t.Errorf("%d seats, %v; want 59", after.Subscriptions[i].Total, err)
		}
	})
}
