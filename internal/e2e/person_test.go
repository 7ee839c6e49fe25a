package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"leaver/internal/catalog"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

func TestAccountOfAPerson(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	anna := "/users/" + s.id(t, "anna.devries")
	at := anna + "/account"
	const fields = `name="jobTitle"`

	t.Run("R-API-17 R-API-20 properties and manager", func(t *testing.T) {
		f := with(c.get(at).filled(t, fields), "jobTitle", "Decaan", "manager", "sara")
		a := c.send(c.form(at, f))
		a.says(t, "Who is meant?")
		a.says(t, "sara.blom@lindeboom.example")
		if !strings.Contains(a.body, `value="Decaan"`) {
			t.Error("what was typed is lost")
		}
		f = with(a.filled(t, fields), "set", "manager=sara.blom@lindeboom.example")
		c.send(c.form(at, f)).says(t, "The account was saved.")
		p := s.person(t, "anna.devries@lindeboom.example")
		if p.JobTitle != "Decaan" || string(p.ManagerID) != s.id(t, "sara.blom") || len(p.BusinessPhones) != 1 {
			t.Errorf("anna is %+v", p.User)
		}
	})
	t.Run("somebody else was faster", func(t *testing.T) {
		f := with(c.get(at).filled(t, fields), "department", "Mine")
		storetest.Edit(t, s.store, "anna.devries@lindeboom.example", func(p *org.Person) { p.City = "Leusden" })
		a := c.send(c.form(at, f))
		if a.status != http.StatusPreconditionFailed || !strings.Contains(a.body, `value="Mine"`) {
			t.Errorf("got %d, want to be shown the form again with what was typed", a.status)
		}
		a.says(t, "Somebody changed this")
		if p := s.person(t, "anna.devries@lindeboom.example"); p.Department == "Mine" {
			t.Error("the change was made")
		}
	})
	t.Run("R-API-10 a user name that can't be", func(t *testing.T) {
		f := with(c.get(at).filled(t, fields), "name", "anna devries")
		if a := c.send(c.form(at, f)); a.status != http.StatusUnprocessableEntity || !strings.Contains(a.body, `value="anna devries"`) {
			t.Errorf("got %d", a.status)
		}
	})
	t.Run("R-AD-08 R-ROLE-09 of somebody from Active Directory the country of use only", func(t *testing.T) {
		eva := "/users/" + s.id(t, "eva.bakker") + "/account"
		a := c.get(eva)
		a.says(t, "these properties are changed there")
		f := with(a.filled(t, fields), "location", "be")
		c.send(c.form(eva, f)).says(t, "The account was saved.")
		if p := s.person(t, "eva.bakker@lindeboom.example"); p.UsageLocation != "BE" {
			t.Errorf("eva's country is %s", p.UsageLocation)
		}
	})
	t.Run("R-ROLE-13 R-SM-11 phones of a higher role", func(t *testing.T) {
		a := signedIn(t, s, "useradmin").get("/users/" + s.id(t, "admin2") + "/account")
		if tag := tagOf(a.body, "mobile"); !strings.Contains(tag, " disabled") {
			t.Errorf("can be changed: %s", tag)
		}
		a.says(t, "who holds")
		own := signedIn(t, s, "useradmin").get("/users/" + s.id(t, "admin2"))
		own.says(t, "Ask a Global Administrator.")
		if strings.Count(own.body, "<button class=\"btn\" disabled") != 3 {
			t.Error("a password of a higher role can be reset, or the sign-in blocked")
		}
		if strings.Contains(own.body, `/delete"`) {
			t.Error("the page leads to deleting somebody who outranks the reader")
		}
	})
}

func TestLicencesOfAPerson(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	page := func(name string) string { return "/users/" + s.id(t, name) + "/licenses" }
	anna := page("anna.devries")
	const box = `name="license"`
	holds := func(name string, sku org.SkuID) bool {
		return slices.Contains(s.person(t, name+"@lindeboom.example").Products(), sku)
	}
	t.Run("R-LIC-41 seats and what can't be given", func(t *testing.T) {
		a := c.get(anna)
		a.says(t, "licences free")
		f := a.filled(t, box)
		f.Add("license", string(catalog.PowerBIPro))
		c.send(c.form(anna, f)).says(t, "The licences were saved.")
		if !holds("anna.devries", catalog.PowerBIPro) {
			t.Error("anna did not get it")
		}
		a = c.get(page("femke.mulder")) // the last seat is taken
		if tag := tagOf(a.body, "l-"+string(catalog.PowerBIPro)); !strings.Contains(tag, " disabled") {
			t.Errorf("can be given: %s", tag)
		}
		a.says(t, "All licences of Power BI Pro are in use.")
	})
	t.Run("R-API-42 an app off", func(t *testing.T) {
		f := c.get(anna).filled(t, box)
		f["app"] = slices.DeleteFunc(f["app"], func(v string) bool { return strings.HasSuffix(v, "57ff2da0-773e-42df-b2af-ffb7a2317929") })
		c.send(c.form(anna, f)).says(t, "The licences were saved.")
		c.get(anna).says(t, "Apps: 4 of 5 on")
	})
	t.Run("R-LIC-08 taking the mailbox's licence has to be confirmed", func(t *testing.T) {
		f := c.get(anna).filled(t, box)
		f["license"] = []string{string(catalog.PowerBIPro)}
		a := c.send(c.form(anna, f))
		if a.status != http.StatusUnprocessableEntity || !holds("anna.devries", catalog.E3) {
			t.Errorf("got %d, want to be asked", a.status)
		}
		a.says(t, "the mailbox is closed")
		f = with(a.filled(t, box), "sure", "yes")
		c.send(c.form(anna, f)).says(t, "The licences were saved.")
		if p := s.person(t, "anna.devries@lindeboom.example"); holds("anna.devries", catalog.E3) || p.Mailbox.Disconnected.IsZero() {
			t.Error("anna still has it")
		}
	})
	t.Run("R-LIC-13 no country of use without its licence", func(t *testing.T) {
		storetest.Edit(t, s.store, "mila.kok@lindeboom.example", func(p *org.Person) { p.UsageLocation = "" })
		at := page("mila.kok")
		f := with(c.get(at).filled(t, box), "location", "be", "license", string(catalog.A3Faculty))
		f.Add("license", string(catalog.Exchange1)) // the two exclude each other
		a := c.send(c.form(at, f))
		if p := s.person(t, "mila.kok@lindeboom.example"); a.status != http.StatusConflict || p.UsageLocation != "" || len(p.Licenses) != 0 {
			t.Errorf("got %d, and mila in %q with %v", a.status, p.UsageLocation, p.Licenses)
		}
		f["license"] = []string{string(catalog.A3Faculty)}
		c.send(c.form(at, f)).says(t, "The licences were saved.")
		if p := s.person(t, "mila.kok@lindeboom.example"); p.UsageLocation != "BE" || len(p.Licenses) != 1 {
			t.Errorf("mila is in %q with %v", p.UsageLocation, p.Licenses)
		}
	})
	t.Run("R-DEL-33 R-SM-11 a mailbox that forwards needs its licence", func(t *testing.T) {
		a := c.get(page("carla.smit"))
		if tag := tagOf(a.body, "l-"+string(catalog.E3)); !strings.Contains(tag, " disabled") {
			t.Errorf("can be taken: %s", tag)
		}
		a.says(t, "Turn the forwarding off first.")
		c.send(c.form(page("carla.smit"), a.filled(t, box))).says(t, "The licences were saved.") // nothing is asked for
		if !holds("carla.smit", catalog.E3) {
			t.Error("carla lost it")
		}
	})
	t.Run("somebody else was faster", func(t *testing.T) {
		at := page("sara.blom")
		f := c.get(at).filled(t, box)
		if _, err := s.desk.AssignLicenses(t.Context(), boss, "sara.blom@lindeboom.example", []org.LicenseRequest{{Sku: catalog.Visio2}}, nil); err != nil {
			t.Fatal(err)
		}
		if a := c.send(c.form(at, f)); a.status != http.StatusPreconditionFailed || !holds("sara.blom", catalog.Visio2) {
			t.Errorf("got %d", a.status)
		}
	})
	t.Run("R-ROLE-07 not for everybody", func(t *testing.T) {
		a := signedIn(t, s, "exchange").get(anna)
		a.says(t, "One of these roles is needed")
		if !strings.Contains(a.body, "<fieldset disabled>") {
			t.Error("the form is open")
		}
		if a := signedIn(t, s, "exchange").post(anna, "license", string(catalog.E3)); a.status != http.StatusForbidden {
			t.Errorf("got %d", a.status)
		}
	})
}

func TestRolesAndGroupsOfAPerson(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	roles := func(name string) []org.RoleID { return s.person(t, name+"@lindeboom.example").Roles }
	at := "/users/" + s.id(t, "anna.devries") + "/roles"
	const box = `name="role"`
	t.Run("R-API-71 R-API-70 give and take", func(t *testing.T) {
		f := c.get(at).filled(t, box)
		f["role"] = []string{string(org.HelpdeskAdmin), string(org.GlobalReader)}
		c.send(c.form(at, f)).says(t, "The roles were saved.")
		f = c.get(at).filled(t, box)
		f["role"] = []string{string(org.GlobalReader)}
		c.send(c.form(at, f)).says(t, "The roles were saved.")
		if got := roles("anna.devries"); !slices.Equal(got, []org.RoleID{org.GlobalReader}) {
			t.Errorf("anna holds %v", got)
		}
	})
	t.Run("one's own role", func(t *testing.T) {
		own := "/users/" + s.id(t, "admin2") + "/roles"
		c2 := signedIn(t, s, "admin2")
		f := c2.get(own).filled(t, box)
		f["role"] = []string{string(org.UserAdmin)}
		a := c2.send(c2.form(own, f))
		a.says(t, "You are taking a role from yourself.")
		f = with(a.filled(t, box), "sure", "yes")
		if a := c2.send(c2.form(own, f)); a.status != http.StatusOK || !slices.Equal(roles("admin2"), []org.RoleID{org.UserAdmin}) {
			t.Errorf("got %d and %v", a.status, roles("admin2"))
		}
	})
	t.Run("R-ROLE-21 the last Global Administrator", func(t *testing.T) {
		page := c.get("/users/" + s.id(t, "admin") + "/roles")
		if tag := tagOf(page.body, "r-"+string(org.GlobalAdmin)); !strings.Contains(tag, " disabled") {
			t.Errorf("can be taken: %s", tag)
		}
		page.says(t, "one has to remain")
	})
	t.Run("R-ROLE-21 a refusal of one role saves none", func(t *testing.T) {
		own := "/users/" + s.id(t, "admin") + "/roles"
		f := c.get(own).filled(t, box)
		f["role"], f["had"] = []string{string(org.BillingAdmin)}, []string{string(org.GlobalAdmin)} // what the page has no box for
		f.Set("sure", "yes")
		if a := c.send(c.form(own, f)); a.status != http.StatusForbidden || !slices.Equal(roles("admin"), []org.RoleID{org.GlobalAdmin}) {
			t.Errorf("got %d and %v", a.status, roles("admin"))
		}
	})
	t.Run("R-ROLE-12 not for everybody", func(t *testing.T) {
		signedIn(t, s, "useradmin").get(at).says(t, "One of these roles is needed")
	})

	groups := "/users/" + s.id(t, "anna.devries") + "/groups"
	t.Run("R-API-72 in and out of a group", func(t *testing.T) {
		a := c.get(groups + "?q=havo")
		id := attributes(inputTag.FindString(a.body[strings.Index(a.body, `id="groups"`):]))["value"]
		c.post(groups, "group", id, "as", "member", "do", "add").says(t, "The groups were changed.")
		if detail, err := s.store.Detail(t.Context(), org.UserID(s.id(t, "anna.devries"))); err != nil || len(detail.Groups) != 4 {
			t.Errorf("anna is in %v, %v", detail.Groups, err)
		}
		c.post(groups, "group", id, "as", "member", "do", "remove").says(t, "The groups were changed.")
		c.get(groups+"?q=nothing").says(t, "There is no group that begins like this.")
	})
	t.Run("R-DEL-13 R-SM-11 a group with a rule", func(t *testing.T) {
		if _, err := s.desk.CreateGroup(t.Context(), boss, org.Group{DisplayName: "Zelfsturend", Security: true, Rule: `user.department -eq "ICT"`}, nil, nil); err != nil {
			t.Fatal(err)
		}
		a := c.get(groups + "?q=zelf")
		a.says(t, "follow from its rule")
		if n := strings.Count(a.body, ` disabled aria-label="Add as a member of Zelfsturend"`); n != 1 {
			t.Errorf("joining is disabled %d times", n)
		}
	})
}

func TestMailAndDriveOfAPerson(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	at := "/users/" + s.id(t, "anna.devries") + "/mail"
	anna := func() *org.Person { return s.person(t, "anna.devries@lindeboom.example") }
	do := func(what string) string { return `value="` + what + `"` }
	send := func(what string, pairs ...string) answer {
		t.Helper()
		return c.send(c.form(at, with(c.get(at).filled(t, do(what)), pairs...)))
	}
	t.Run("R-MBX-16 forwarding", func(t *testing.T) {
		send("forward", "forwardTo", "bra").says(t, "Who is meant?")
		send("forward", "forwardTo", "bram.jansen@lindeboom.example", "keepCopy", "yes").says(t, "New mail is forwarded from now on.")
		if m := anna().Mailbox; m.ForwardTo != "bram.jansen@lindeboom.example" || !m.KeepCopy {
			t.Errorf("got %+v", m)
		}
		stale := c.get(at).filled(t, do("forward"))
		send("forward", "set", "off").says(t, "Mail is not forwarded any more.")
		if a := c.send(c.form(at, stale)); a.status != http.StatusPreconditionFailed || anna().Mailbox.ForwardTo != "" {
			t.Errorf("an old form is taken: %d", a.status)
		}
	})
	t.Run("R-MBX-29 replies", func(t *testing.T) {
		send("replies", "status", "alwaysEnabled").says(t, "An automatic reply needs a text.")
		a := send("replies", "status", "scheduled", "inside", "Weg & terug.", "from", "2026-12-24", "to", "2026-12-20")
		a.says(t, "Choose a first day")
		if !strings.Contains(a.body, "Weg &amp; terug.") {
			t.Error("what was typed is lost")
		}
		send("replies", "status", "scheduled", "inside", "Weg & terug.", "from", "2026-12-24", "to", "2026-12-26", "audience", "none").says(t, "The automatic replies were saved.")
		r := anna().Mailbox.Replies
		if r.Status != "scheduled" || r.End.Sub(r.Start) != 3*org.Day || r.Audience != org.AudienceNone {
			t.Errorf("got %+v", r)
		}
		if f := c.get(at).filled(t, do("replies")); f.Get("to") != "2026-12-26" || f.Get("from") != "2026-12-24" {
			t.Errorf("the page has %v", f)
		}
	})
	t.Run("R-MBX-12 R-MBX-09 who has access", func(t *testing.T) {
		send("grant", "who", "bram.jansen@lindeboom.example").says(t, "Who has access was changed.")
		if p := anna().Mailbox.Permissions; len(p) != 2 {
			t.Errorf("bram has %v", p)
		}
		send("revoke").says(t, "Who has access was changed.")
		if p := anna().Mailbox.Permissions; len(p) != 0 {
			t.Errorf("bram has %v", p)
		}
		send("grant", "who", "nobody at all").says(t, "Nobody was found for this.")
	})
	t.Run("R-WIZ-13 R-SM-09 addresses", func(t *testing.T) {
		send("add", "address", "anna.v@lindeboom.example").says(t, "The addresses were changed.")
		send("add", "address", "bram.jansen@lindeboom.example").says(t, "belongs to somebody else")
		a := send("add", "address", "noor.hendriks@lindeboom.example")
		a.says(t, "is reserved for the deleted person")
		c.send(c.form(at, with(a.filled(t, do("add")), "takeOver", "yes"))).says(t, "The addresses were changed.")
		c.post(at, "do", "primary", "address", "anna.v@lindeboom.example").says(t, "The addresses were changed.")
		if p := anna(); p.Mail != "anna.v@lindeboom.example" || len(p.Addresses) != 5 {
			t.Errorf("anna has %v", p.Addresses)
		}
		c.post(at, "do", "take", "address", "anna.v@lindeboom.example").says(t, "can't be removed as an alias")
		c.post(at, "do", "take", "address", "anna.devries@lindeboom.example").says(t, "The addresses were changed.")
	})
	t.Run("R-MBX-01 R-MBX-02 convert, there and back", func(t *testing.T) {
		send("convert").says(t, "The mailbox was converted.")
		if anna().Mailbox.Type != org.SharedMailbox {
			t.Error("it is not shared")
		}
		send("convert").says(t, "The mailbox was converted.")
		if _, err := s.desk.AssignLicenses(t.Context(), boss, "anna.devries@lindeboom.example", nil, []org.SkuID{catalog.E3}); err != nil {
			t.Fatal(err)
		}
		c.get(at).says(t, "Assign a licence with Exchange first")
	})
	t.Run("R-MBX-23 R-SM-03 a hold, and letting the mailbox go", func(t *testing.T) {
		c.get(at).says(t, "takes Exchange Online Plan 2")
		if _, err := s.desk.AssignLicenses(t.Context(), boss, "anna.devries@lindeboom.example", []org.LicenseRequest{{Sku: catalog.E3}}, nil); err != nil {
			t.Fatal(err)
		}
		send("hold").says(t, "The hold was changed.")
		storetest.Edit(t, s.store, "anna.devries@lindeboom.example", func(p *org.Person) { p.Licenses = nil })
		send("hold").says(t, "Only the hold keeps this mailbox.")
		if !anna().Mailbox.Litigation {
			t.Fatal("the hold was lifted without a tick")
		}
		send("hold", "sure", "yes").says(t, "The hold was changed.")
	})

	drive := "/users/" + s.id(t, "anna.devries") + "/drive"
	t.Run("R-ROLE-11 the drive", func(t *testing.T) {
		c.post(drive, "do", "grant", "who", "sara.blom@lindeboom.example").says(t, "Who has access was changed.")
		c.get(drive).says(t, "Sara Blom")
		c.send(c.form(drive, c.get(drive).filled(t, do("revoke")))).says(t, "Who has access was changed.")
		if g := anna().Drive.Grants; len(g) != 0 {
			t.Errorf("access: %v", g)
		}
		signedIn(t, s, "exchange").get(drive).says(t, "One of these roles is needed")
	})
}

// TestPersonInABrowser goes through the pages about somebody with script, on a
// phone and on a screen.
func TestPersonInABrowser(t *testing.T) {
	t.Parallel()
	for _, l := range []look{{lang: "nl", width: 390, dark: true}, {lang: "en", width: 1440}} {
		t.Run(l.lang, func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, 120)
			b := newTab(t, s, l)
			say := func(nl, en string) string { return map[string]string{"nl": nl, "en": en}[l.lang] }
			b.signIn("admin")

			// Two people on two pages of the list.
			b.click("tbody input[name=sel]")
			b.counted("1")
			b.press("button[name=after]:not([value=''])")
			b.counted("1")
			b.click("tbody input[name=sel]")
			b.counted("2")
			b.press("button[formaction='/several']")
			b.sees(say("Plan voor 2 mensen", "Plan for 2 people"))

			id := b.find("Anna de Vries")
			b.open("/users/" + id)
			b.press(`.tabs a[href$="/licenses"]`)
			b.click("#l-" + string(catalog.Visio2))
			b.press("main .primary")
			b.sees(say("De licenties zijn opgeslagen.", "The licences were saved."))

			b.press(`.tabs a[href$="/groups"]`)
			b.fill("#q", "athen")
			b.waitFor(`!/Medewerkers|Staff/.test(document.querySelector('#groups').innerText) && location.search.includes('athen')`)
			b.press("#groups button[value=add]")
			b.sees(say("De groepen zijn gewijzigd.", "The groups were changed."))

			b.press(`.tabs a[href$="/mail"]`)
			b.fill("#who", map[string]string{"en": "sa", "nl": "bra"}[l.lang])
			b.press(`form:has(#who) .btn`)
			b.sees(say("Wie bedoelt u?", "Who is meant?"))
			if l.lang == "en" { // what was typed since, and not the first who was offered
				b.fill("#who", "bram.jansen@lindeboom.example")
				b.enter()
			} else {
				b.press(`form:has(#who) .chip[value$="=bram.jansen@lindeboom.example"]`)
			}
			b.sees(say("De toegang is gewijzigd.", "Who has access was changed."))
			b.sees("Bram Jansen")
			if p := s.person(t, anna); len(p.Products()) != 2 || len(p.Mailbox.Permissions) != 2 {
				t.Errorf("anna is %+v", p)
			}
			if wide := eval[float64](b, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
				t.Errorf("the page is %v pixels too wide", wide)
			}
		})
	}
}

// counted says how many the page counts as selected.
func (b *tab) counted(want string) {
	b.t.Helper()
	if got := eval[string](b, `document.querySelector('[data-count]').textContent`); got != want {
		b.t.Fatalf("%s are selected, want %s\nat %s", got, want, b.where())
	}
}
