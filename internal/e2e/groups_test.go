package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"leaver/internal/catalog"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// group is a group of the school by its name; nil when there is none.
func (s *school) group(t testing.TB, name string) *org.Group {
	t.Helper()
	page, err := s.store.Groups(t.Context(), offboard.GroupQuery{Box: name})
	if err != nil {
		t.Fatal(err)
	}
	for i := range page.Rows {
		if page.Rows[i].DisplayName == name {
			return &page.Rows[i]
		}
	}
	return nil
}

// groupAt is the address of a group that is there.
func (s *school) groupAt(t testing.TB, name string) string {
	t.Helper()
	g := s.group(t, name)
	if g == nil {
		t.Fatalf("there is no group %s", name)
	}
	return "/groups/" + string(g.ID)
}

// add makes a group that no form makes.
func (s *school) add(t testing.TB, g org.Group, members ...string) string {
	t.Helper()
	var people []*org.Person
	for _, name := range members {
		people = append(people, s.person(t, name+"@lindeboom.example"))
	}
	g.ID = org.GroupID(newID())
	storetest.Group(t, s.store, g, people, nil)
	return "/groups/" + string(g.ID)
}

// overfull makes a group that gives more people a product than there are seats.
func (s *school) overfull(t testing.TB) string {
	t.Helper()
	at := s.add(t, org.Group{DisplayName: "Rapporten", Security: true}, "anna.devries", "bram.jansen", "mila.kok", "carla.smit", "lars.vos", "kim.degroot")
	_, err := s.desk.AssignGroupLicenses(t.Context(), boss, org.GroupID(strings.TrimPrefix(at, "/groups/")), []org.LicenseRequest{{Sku: catalog.PowerBIPro}}, nil)
	if err != nil {
		t.Fatal(err)
	}
	return at
}

func TestGroupPages(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")

	t.Run("R-API-21 the list", func(t *testing.T) {
		a := c.get("/groups")
		a.says(t, "140 groups")
		a.says(t, "Microsoft 365 group")
		c.get("/groups?q=doc").says(t, "Microsoft 365 A3 for faculty")
		if got := strings.Count(c.get("/groups?show=licenses").body, "<tr>"); got != 2 {
			t.Errorf("%d rows, want the heading and one group that gives licences", got)
		}
		next := c.send(c.form("/groups?after=nonsense", nil))
		if next.status >= 500 {
			t.Errorf("got %d", next.status)
		}
		if got := c.get("/groups?after=nonsense"); got.path != "/groups" || got.status != http.StatusOK {
			t.Errorf("a page that is no more gives %d %s", got.status, got.path)
		}
	})
	t.Run("a new Microsoft 365 group", func(t *testing.T) {
		f := c.get("/groups/new").filled(t, `name="nickname"`)
		a := c.send(c.form("/groups/new", with(f, "name", "Reünie 2027", "nickname", "rooster")))
		a.says(t, "rooster@lindeboom.example is in use already, by Rooster")
		if !strings.Contains(a.body, `value="Reünie 2027"`) {
			t.Error("what was typed is lost")
		}
		c.send(c.form("/groups/new", with(f, "name", "Reünie 2027", "nickname", "geen spatie"))).says(t, "can't be the mail nickname of a group")
		c.send(c.form("/groups/new", with(f, "nickname", "", "owner", "sara"))).says(t, "Who is meant?")
		c.send(c.form("/groups/new", with(f, "set", "owner=sara.blom@lindeboom.example"))).says(t, "The group was added.")
		g := s.group(t, "Reünie 2027")
		if g == nil || g.Mail != "reunie-2027@lindeboom.example" || !g.Unified || !g.MailEnabled || g.Security {
			t.Fatalf("got %+v", g)
		}
		c.get("/groups/"+string(g.ID)+"/owners").says(t, "Sara Blom")
	})
	at := s.groupAt(t, "Reünie 2027")
	t.Run("another name, and somebody who was faster", func(t *testing.T) {
		f := c.get(at).filled(t, `value="save"`)
		stale := c.get(at).filled(t, `value="save"`)
		c.send(c.form(at, with(f, "name", "Reünie", "description", "Wie er was.\r\nEn wie komt."))).says(t, "The group was saved.")
		if g := s.group(t, "Reünie"); g == nil || g.Description != "Wie er was.\nEn wie komt." || g.Mail != "reunie-2027@lindeboom.example" {
			t.Errorf("got %+v", g)
		}
		if a := c.send(c.form(at, with(stale, "name", "Anders"))); a.status != http.StatusPreconditionFailed || !strings.Contains(a.body, `value="Anders"`) {
			t.Errorf("got %d, want the form again with what was typed", a.status)
		}
		if a := c.send(c.form(at, with(c.get(at).filled(t, `value="save"`), "name", " "))); a.status != http.StatusUnprocessableEntity {
			t.Errorf("a group without a name: %d", a.status)
		}
	})
	t.Run("R-API-72 members and owners", func(t *testing.T) {
		members, owners := at+"/members", at+"/owners"
		c.post(members, "who", "bra").says(t, "Who is meant?")
		c.post(members, "set", "who=bram.jansen@lindeboom.example").says(t, "The member was added.")
		c.post(members, "who", "bram.jansen@lindeboom.example").says(t, "is in Reünie already")
		c.get(members).says(t, "1 person")
		c.get(members+"?q=zzz").says(t, "Nobody found")
		c.post(members, "do", "remove", "who", s.id(t, "bram.jansen")).says(t, "The member was removed.")
		a := c.post(members, "who", "mila.kok@lindeboom.example, niemand@lindeboom.example")
		if a.status != http.StatusNotFound {
			t.Errorf("a list that has a mistake in it gives %d", a.status)
		}
		c.get(members).says(t, "Nobody is a member.")
		c.post(members, "who", "mila.kok@lindeboom.example; anna.devries@lindeboom.example").says(t, "2 people")
		c.post(owners, "do", "remove", "who", s.id(t, "sara.blom")).says(t, "is the last owner")
		c.post(owners, "who", "bram.jansen@lindeboom.example").says(t, "The owner was added.")
		c.post(owners, "do", "remove", "who", s.id(t, "sara.blom")).says(t, "The owner was removed.")
	})
	t.Run("R-API-72 R-SM-11 the only owner", func(t *testing.T) {
		a := c.get(s.groupAt(t, "Rooster") + "/owners")
		a.says(t, "is the last owner of Rooster and can't be removed as such. Add another owner first.")
		if !strings.Contains(a.body, ` disabled aria-label="Remove Hanna Bos from Rooster"`) {
			t.Error("the button is not disabled")
		}
	})
	t.Run("R-LIC-18 R-PERM-06 deleting", func(t *testing.T) {
		page := c.get(at)
		page.says(t, "In Microsoft 365 such a group could be restored for 30 days. Here it can't.")
		c.post(at, "do", "remove").says(t, "Tick the box first")
		docenten := s.groupAt(t, "Docenten")
		c.get(docenten).says(t, "gives licences to its members and can't be deleted")
		if a := c.post(docenten, "do", "remove", "sure", "yes"); a.status != http.StatusConflict || s.group(t, "Docenten") == nil {
			t.Errorf("got %d", a.status)
		}
		c.post(at, "do", "remove", "sure", "yes").says(t, "The group was deleted.")
		if a := c.get(at); a.status != http.StatusNotFound {
			t.Errorf("the group answers %d", a.status)
		}
	})
	if found, err := s.store.Check(t.Context(), store.Checkup{Now: s.now(), Deep: true}); err != nil || len(found) > 0 {
		t.Errorf("the doctor finds %v, %v", found, err)
	}
}

func TestGroupsThatStayAsTheyAre(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	disabled := func(a answer, want string) {
		t.Helper()
		a.says(t, want)
		if !strings.Contains(a.body, "<fieldset class=\"stack\" disabled>") || strings.Contains(a.body, `class="btn danger"`) {
			t.Errorf("%s can be changed", a.path)
		}
	}
	t.Run("R-AD-08 R-SM-11 from Active Directory", func(t *testing.T) {
		at := s.add(t, org.Group{DisplayName: "Lokaal", Security: true, Synced: true}, "bram.jansen")
		for _, page := range []string{"", "/members", "/owners"} {
			disabled(c.get(at+page), "comes from Active Directory and can't be changed here")
		}
		for _, x := range [][]string{{at, "name", "x"}, {at, "do", "remove", "sure", "yes"}, {at + "/members", "who", "sara.blom@lindeboom.example"}} {
			if a := c.post(x[0], x[1:]...); a.status < 400 {
				t.Errorf("%v gives %d", x, a.status)
			}
		}
	})
	t.Run("R-DEL-13 R-SM-11 with a rule", func(t *testing.T) {
		at := s.add(t, org.Group{DisplayName: "Zelfsturend", Security: true, Rule: `user.department -eq "ICT"`}, "bram.jansen")
		c.get(at).says(t, `user.department -eq "ICT"`)
		disabled(c.get(at+"/members"), "The members of Zelfsturend follow from its rule")
		c.post(at+"/owners", "who", "sara.blom@lindeboom.example").says(t, "The owner was added.")
	})
	t.Run("R-LIC-14 a distribution list gives no licences", func(t *testing.T) {
		at := s.add(t, org.Group{DisplayName: "Lijst", MailEnabled: true, Mail: "lijst@lindeboom.example"})
		a := c.get(at + "/licenses")
		a.says(t, "is a distribution list, and can't give licences")
		if !strings.Contains(a.body, "<fieldset disabled>") {
			t.Error("the form is open")
		}
	})
	t.Run("R-ROLE-12 that can hold roles", func(t *testing.T) {
		at := s.add(t, org.Group{DisplayName: "Beheer", Security: true, RoleAssignable: true})
		u := signedIn(t, s, "useradmin")
		disabled(u.get(at+"/members"), "Privileged Role Administrator")
		if a := u.post(at+"/members", "who", "useradmin@lindeboom.example"); a.status != http.StatusForbidden {
			t.Errorf("got %d", a.status)
		}
		form := u.get("/groups/new")
		if tag := tagOf(form.body, "roles"); !strings.Contains(tag, " disabled") {
			t.Errorf("can be chosen: %s", tag)
		}
		if a := u.post("/groups/new", "kind", "security", "name", "Omweg", "roles", "yes"); a.status != http.StatusForbidden || s.group(t, "Omweg") != nil {
			t.Errorf("got %d", a.status)
		}
		c.post("/groups/new", "kind", "unified", "name", "Rechte weg", "roles", "yes").says(t, "The group was added.")
		if g := s.group(t, "Rechte weg"); g == nil || !g.RoleAssignable || !g.Security {
			t.Errorf("got %+v", g)
		}
	})
}

func TestLicencesOfAGroup(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "license")
	at := s.groupAt(t, "Docenten") + "/licenses"
	const box = `name="license"`
	gijs := func() *org.Person { return s.person(t, "gijs.dekker@lindeboom.example") }
	var plan answer
	t.Run("R-LIC-08 R-LIC-14 taking the licence away is shown first", func(t *testing.T) {
		f := c.get(at).filled(t, box)
		f.Del("license")
		plan = c.send(c.form(at, f))
		if plan.status != http.StatusUnprocessableEntity || !slices.Contains(gijs().Products(), catalog.A3Faculty) {
			t.Fatalf("got %d, want to be shown what happens", plan.status)
		}
		plan.says(t, "1 person loses Microsoft 365 A3 for faculty")
		plan.says(t, "1 mailbox closes. Its mail is gone for good on")
	})
	t.Run("a plan that is not so any more", func(t *testing.T) {
		storetest.Edit(t, s.store, "gijs.dekker@lindeboom.example", func(p *org.Person) { p.Licenses = append(p.Licenses, org.License{Sku: catalog.A3Faculty}) })
		a := c.send(c.form(at, with(plan.filled(t, box), "sure", "yes")))
		if a.status != http.StatusPreconditionFailed || s.group(t, "Docenten").Licenses == nil {
			t.Fatalf("got %d", a.status)
		}
		a.says(t, "1 person keeps Microsoft 365 A3 for faculty")
		plan = a
	})
	t.Run("R-LIC-14 carried out", func(t *testing.T) {
		c.send(c.form(at, with(plan.filled(t, box), "sure", "yes"))).says(t, "The licences of the group were saved.")
		if p := gijs(); len(p.Licenses) != 1 || p.Licenses[0].Group != "" || len(s.group(t, "Docenten").Licenses) != 0 {
			t.Errorf("gijs has %+v", p.Licenses)
		}
	})
	t.Run("R-LIC-16 more members than seats", func(t *testing.T) {
		klein := s.add(t, org.Group{DisplayName: "Rapporten", Security: true}, "anna.devries", "bram.jansen", "mila.kok") + "/licenses"
		f := with(c.get(klein).filled(t, box), "license", string(catalog.PowerBIPro))
		a := c.send(c.form(klein, f))
		a.says(t, "1 person gets Power BI Pro.")
		a.says(t, "1 person has Power BI Pro already.")
		a.says(t, "1 person does not get Power BI Pro, because there are not enough licences (1 free).")
		a = c.send(c.form(klein, a.filled(t, box)))
		a.says(t, "Members without their licence")
		a.says(t, "there was no licence left")
		a = c.post(klein, "do", "again")
		a.says(t, "For nobody anything changes now.")
		if strings.Contains(a.text(), "Carry out") {
			t.Error("nothing can be carried out, and it is offered")
		}
		o, _, err := s.desk.Organization(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		i := slices.IndexFunc(o.Subscriptions, func(x org.Subscription) bool { return x.Sku == catalog.PowerBIPro })
		if _, err := s.desk.SetQuantity(t.Context(), boss, o.Subscriptions[i].ID, o.Subscriptions[i].Total+2, org.Now); err != nil {
			t.Fatal(err)
		}
		failed, err := s.store.GroupFailures(t.Context(), org.GroupID(strings.Split(klein, "/")[2]), 2)
		if err != nil || len(failed) != 1 {
			t.Fatalf("without their licence: %+v, %v", failed, err)
		}
		a = c.post(klein, "do", "again")
		if a.status != http.StatusUnprocessableEntity || !strings.Contains(c.get(klein).text(), "Members without their licence") {
			t.Fatalf("got %d, want to be shown what happens first", a.status)
		}
		a.says(t, "1 person gets Power BI Pro. "+failed[0].Person.DisplayName)
		a.says(t, "nothing is bought")
		moved := a.filled(t, `name="plan"`)
		moved.Set("plan", "x")
		if a := c.send(c.form(klein, moved)); a.status != http.StatusPreconditionFailed {
			t.Errorf("a plan that is not so any more: %d", a.status)
		}
		a = c.send(c.form(klein, a.filled(t, `name="plan"`)))
		a.says(t, "It was tried again for everybody.")
		if strings.Contains(a.text(), "Members without their licence") {
			t.Error("the errors stay")
		}
	})
	t.Run("R-ROLE-07 not for everybody", func(t *testing.T) {
		h := signedIn(t, s, "helpdesk")
		h.get(at).says(t, "One of these roles is needed")
		if a := h.post(at, "license", string(catalog.E3)); a.status != http.StatusForbidden {
			t.Errorf("got %d", a.status)
		}
	})
}

func TestLeavingAGroupThatGivesALicence(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "useradmin")
	at := s.groupAt(t, "Docenten") + "/members"
	gijs := s.id(t, "gijs.dekker")
	a := c.post(at, "do", "remove", "who", gijs)
	a.says(t, "the mailbox is closed")
	if p := s.person(t, gijs); a.status != http.StatusUnprocessableEntity || len(p.Licenses) != 1 {
		t.Fatalf("R-LIC-08: got %d, want to be asked", a.status)
	}
	c.send(c.form(at, with(a.filled(t, `name="sure"`), "sure", "yes"))).says(t, "The member was removed.")
	if p := s.person(t, gijs); len(p.Licenses) != 0 || p.Mailbox.Disconnected.IsZero() {
		t.Errorf("R-LIC-14: gijs has %+v", p.Licenses)
	}
	t.Run("R-LIC-08 on the page of the person as well", func(t *testing.T) {
		g, person := strings.TrimSuffix(strings.TrimPrefix(at, "/groups/"), "/members"), "/users/"+gijs+"/groups"
		c.post(person, "group", g, "as", "member", "do", "add").says(t, "The groups were changed.")
		a := c.post(person, "group", g, "as", "member", "do", "remove")
		a.says(t, "the mailbox is closed")
		if p := s.person(t, gijs); a.status != http.StatusUnprocessableEntity || len(p.Licenses) != 1 {
			t.Fatalf("got %d, want to be asked", a.status)
		}
		c.send(c.form(person, with(a.filled(t, `name="sure"`), "sure", "yes"))).says(t, "The groups were changed.")
		if p := s.person(t, gijs); len(p.Licenses) != 0 {
			t.Errorf("gijs has %+v", p.Licenses)
		}
	})
	t.Run("R-LIC-16 joining without a seat is said", func(t *testing.T) {
		o, _, err := s.desk.Organization(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, x := range o.Subscriptions {
			if x.Sku == catalog.A3Faculty {
				x.Total = x.Assigned
				storetest.Change(t, s.store, func(tx offboard.Tx) error { return tx.SaveSubscription(t.Context(), x, s.now()) })
			}
		}
		c.post(at, "who", "gijs.dekker@lindeboom.example").says(t, "could not be given all licences of the group")
	})
}

// TestGroupsInABrowser is the story of a group, with script and without, wide and
// narrow, in both languages.
func TestGroupsInABrowser(t *testing.T) {
	t.Parallel()
	for name, l := range map[string]look{"script": {lang: "nl", width: 390, dark: true}, "no script": {lang: "en", width: 1440, noScript: true}} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSchool(t, 0)
			b := newTab(t, s, l)
			say := func(nl, en string) string { return map[string]string{"nl": nl, "en": en}[l.lang] }
			fits := func() {
				t.Helper()
				if wide := eval[float64](b, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
					t.Errorf("the page is %v pixels too wide\nat %s", wide, b.where())
				}
			}
			b.signIn("admin")
			b.press(`.menu a[href="/groups"]`)
			b.fill("#q", "sectie")
			if l.noScript {
				b.press(".search .btn")
			} else {
				b.waitFor(`location.search.includes('sectie') && !document.querySelector('#list').innerText.includes('Docenten')`)
			}
			b.sees("Sectie Biologie")
			fits()

			b.open("/groups/new")
			b.click("#kind-security")
			b.fill("#name", "Laptops")
			b.press("main .primary")
			b.sees(say("De groep is toegevoegd.", "The group was added."))
			b.fill("#who", "mila")
			b.press("form:has(#who) .primary")
			b.sees(say("Wie bedoelt u?", "Who is meant?"))
			b.press(`.chip[value="who=mila.kok@lindeboom.example"]`)
			b.sees("Mila Kok")
			fits()

			b.press(`.tabs a[href$="/licenses"]`)
			b.click("#l-" + string(catalog.PowerBIPro))
			b.press("main .primary")
			b.sees(say("1 persoon krijgt Power BI Pro.", "1 person gets Power BI Pro."))
			fits()
			b.press("main .primary")
			b.sees(say("De licenties van de groep zijn opgeslagen.", "The licences of the group were saved."))
			if p := s.person(t, "mila.kok@lindeboom.example"); len(p.Licenses) != 1 {
				t.Errorf("mila has %v", p.Licenses)
			}
			b.click("#l-" + string(catalog.PowerBIPro))
			b.press("main .primary")
			b.click("#sure")
			b.press("main .danger")

			b.press(".tabs a:first-child")
			b.click("details summary")
			b.click("#sure")
			b.press("button.danger")
			b.sees(say("De groep is verwijderd.", "The group was deleted."))
			if s.group(t, "Laptops") != nil {
				t.Error("the group is still there")
			}
			fits()
		})
	}
}
