package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// TestEveryRoleReadsWhatItMay looks with every role at the pages about somebody's
// mail and files: each shows what the role opens, and nothing else of it.
func TestEveryRoleReadsWhatItMay(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	id, reader := s.id(t, "anna.devries"), "mila.kok@lindeboom.example"
	storetest.Edit(t, s.store, id, func(p *org.Person) {
		p.Mailbox.Replies = org.Replies{Status: "alwaysEnabled", Inside: "Ik ben in de kliniek"}
		p.Mailbox.Holds, p.Mailbox.ForwardTo = []string{"Zaak 42"}, "thuis@elders.example"
		p.Mailbox.Permissions = []org.Permission{{Who: org.UserID(s.id(t, "gijs.dekker")), Right: org.SendAs}}
		p.Drive.Grants = []org.DriveGrant{{Who: org.UserID(s.id(t, "jan.meijer"))}}
	})
	detail, err := s.store.Detail(t.Context(), org.UserID(id))
	if err != nil {
		t.Fatal(err)
	}
	remove := []org.RoleID{org.UserAdmin, org.AuthAdmin, org.PrivilegedAuthAdmin}
	mail := append([]org.RoleID{org.ExchangeAdmin, org.GlobalReader}, remove...)
	drive := append([]org.RoleID{org.SharePointAdmin, org.GlobalReader}, remove...)
	follow := append([]org.RoleID{org.ExchangeAdmin, org.SharePointAdmin, org.GlobalReader, org.ReportsReader}, remove...)
	readings := []struct {
		rule, word string
		may        []org.RoleID
	}{
		{"R-ROLE-11 R-API-50", "Ik ben in de kliniek", []org.RoleID{org.ExchangeAdmin}},
		{"R-ROLE-11", "Zaak 42", mail},
		{"R-ROLE-11", "thuis@elders.example", mail},
		{"R-ROLE-11", s.id(t, "gijs.dekker"), mail},
		{"R-ROLE-11", s.id(t, "jan.meijer"), drive},
		{"R-ROLE-11", detail.Devices[0].Name, drive},
		{"R-ROLE-11", detail.Shares[0].Name, []org.RoleID{org.SharePointAdmin}},
	}
	run := s.run(t, offboard.Wish{User: "anna.devries@lindeboom.example"}, offboard.Wish{User: "rosa.vandam@lindeboom.example", Choices: org.Choices{
		MailTo: new("bram.jansen@lindeboom.example"), FilesTo: new("kim.degroot@lindeboom.example"),
	}})
	runs := readings[:0:0]
	for _, x := range []struct {
		word string
		may  []org.RoleID
	}{{"thuis@elders.example", mail}, {"Bram Jansen", mail}, {"Kim de Groot", drive}} {
		runs = append(runs, readings[0])
		runs[len(runs)-1].rule, runs[len(runs)-1].word, runs[len(runs)-1].may = "R-ROLE-11", x.word, x.may
	}
	c := signedIn(t, s, "mila.kok")
	for _, d := range org.RoleDefinitions() {
		storetest.Edit(t, s.store, reader, func(p *org.Person) { p.Roles = []org.RoleID{d.ID} })
		shown := c.get("/users/" + id)
		if shown.status != http.StatusOK {
			t.Fatalf("R-ROLE-05 %s: the page of Anna answers %d", d.DisplayName, shown.status)
		}
		text, complete := shown.body, true
		for _, part := range []string{"mail", "drive"} {
			may := d.ID == org.GlobalAdmin || slices.Contains(map[string][]org.RoleID{"mail": mail, "drive": drive}[part], d.ID)
			if linked := strings.Contains(shown.body, `href="/users/`+id+"/"+part+`"`); linked != may {
				t.Errorf("R-ROLE-11 %s: the page about %s is offered: %t, want %t", d.DisplayName, part, linked, may)
			}
			a := c.get("/users/" + id + "/" + part)
			if a.status == http.StatusOK != may {
				t.Errorf("R-ROLE-11 %s: the page about %s answers %d, want it to be seen: %t", d.DisplayName, part, a.status, may)
			}
			text += a.body
		}
		for _, x := range readings {
			may := d.ID == org.GlobalAdmin || slices.Contains(x.may, d.ID)
			complete = complete && may
			if got := strings.Contains(text, x.word); got != may {
				t.Errorf("%s %s sees %q: %t, want %t", x.rule, d.DisplayName, x.word, got, may)
			}
		}
		text = ""
		for _, part := range []string{"", "/record", "/results.csv", "/events"} {
			a := c.get("/leavers/" + run + part)
			if may := d.ID == org.GlobalAdmin || slices.Contains(follow, d.ID); a.status == http.StatusOK != may {
				t.Errorf("R-DEL-21 %s: /leavers/…%s answers %d, want it to be seen: %t", d.DisplayName, part, a.status, may)
			}
			text += a.body
		}
		for _, x := range runs {
			may := d.ID == org.GlobalAdmin || slices.Contains(x.may, d.ID)
			if got := strings.Contains(text, x.word); got != may {
				t.Errorf("%s %s sees %q in a run: %t, want %t", x.rule, d.DisplayName, x.word, got, may)
			}
		}
		if said := strings.Contains(shown.body, "One of these roles is needed"); !complete && !said {
			t.Errorf("R-ROLE-11 %s: the page doesn't say what it leaves out", d.DisplayName)
		}
	}
}
