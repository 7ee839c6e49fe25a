package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// reading is one thing that can be read of somebody: the word by which it shows,
// and the roles beside the Global Administrator that open it.
type reading struct {
	rule, name, word string
	may              []org.RoleID
}

// secrets makes somebody with a word in everything that not every role may read.
func (s *site) secrets(t *testing.T, upn string) []reading {
	t.Helper()
	rosa := storetest.Load(t, s.store, "rosa.vandam@lindeboom.example")[0]
	storetest.Edit(t, s.store, upn, func(p *org.Person) {
		p.Mailbox.Replies = org.Replies{Status: "alwaysEnabled", Audience: org.AudienceAll, Inside: "Ik ben in de kliniek", Outside: "Ik ben in de kliniek"}
		p.Mailbox.Permissions = []org.Permission{{Who: rosa.ID, Right: org.SendOnBehalf}}
		p.Drive.Grants = []org.DriveGrant{{Who: rosa.ID}}
	})
	whole := want[struct {
		Shares  []struct{ Name string }
		Devices []struct{ Name string }
	}](t, s, http.StatusOK, ask{method: "GET", path: "people/" + upn})
	remove := []org.RoleID{org.UserAdmin, org.AuthAdmin, org.PrivilegedAuthAdmin}
	mail := append([]org.RoleID{org.ExchangeAdmin, org.GlobalReader}, remove...)
	drive := append([]org.RoleID{org.SharePointAdmin, org.GlobalReader}, remove...)
	return []reading{
		{"R-ROLE-11 R-API-50", "what the automatic reply says", "Ik ben in de kliniek", []org.RoleID{org.ExchangeAdmin}},
		{"R-ROLE-11", "who is delegate in the mailbox", `"SendOnBehalf"`, mail},
		{"R-ROLE-11", "whether a hold is on the mailbox", `"litigationHold":`, mail},
		{"R-ROLE-11", "where mail is forwarded", `"forwardTo":`, mail},
		{"R-ROLE-11", "who has access to the drive", `"grants":`, drive},
		{"R-ROLE-11", "which computers have the files", `"` + whole.Devices[0].Name + `"`, drive},
		{"R-ROLE-11", "what shared files are called", `"` + whole.Shares[0].Name + `"`, []org.RoleID{org.SharePointAdmin}},
	}
}

// TestEveryRoleEveryReading asks for somebody's mailbox, drive and record for every
// role, as a person and as a program: each shows what the role opens and nothing
// else, and says what it leaves out.
func TestEveryRoleEveryReading(t *testing.T) {
	s := open(t, storetestSQLite(t))
	const anna = "anna.devries@lindeboom.example"
	readings := s.secrets(t, anna)
	dep := s.run(t, object{"users": []wish{{"user": anna, "mailTo": upn("bram.jansen"), "removeLicenses": false}}})
	want[object](t, s, http.StatusOK, ask{method: "POST", path: "departures/" + dep.ID + "/undo"})
	paths := []string{"people/" + anna, "mailboxes/" + anna, "drives/" + anna, "departures/" + dep.ID + "/record"}
	for who, role := range s.roleCallers(t) {
		if role == "" {
			continue // TestEveryRoleEveryCall
		}
		shown := ""
		for _, path := range paths {
			if got := s.do(t, ask{as: who, method: "GET", path: path}); got.StatusCode == http.StatusOK {
				shown += string(got.text)
			}
		}
		complete := true
		for _, x := range readings {
			may := role == org.GlobalAdmin || slices.Contains(x.may, role)
			complete = complete && may
			if got := strings.Contains(shown, x.word); got != may {
				t.Errorf("%s: %s (%s) sees %s: %t, want %t", x.rule, who, role.Name(), x.name, got, may)
			}
		}
		if got := strings.Contains(shown, `"withheld"`); got == complete {
			t.Errorf("%s (%s): everything is shown: %t, and something is said to be left out: %t", who, role.Name(), complete, got)
		}
		for _, kind := range []string{"text/csv", "text/html"} {
			got := s.do(t, ask{as: who, method: "GET", path: paths[3], header: []string{"Accept", kind}})
			if role != org.GlobalAdmin && role != org.ExchangeAdmin && strings.Contains(string(got.text), "kliniek") {
				t.Errorf("R-API-50 %s (%s): the reply stands in the record as %s", who, role.Name(), kind)
			}
		}
	}
}

// Whoever was given access sees what they can open anyway, whatever their role is,
// and everybody sees what is their own. R-MBX-12 R-WIZ-07
func TestReadingWhatIsOpen(t *testing.T) {
	s := open(t, storetestSQLite(t))
	const anna = "anna.devries@lindeboom.example"
	readings := s.secrets(t, anna)
	helpdesk := storetest.Load(t, s.store, upn("helpdesk"))[0]
	see := func(who string) (missing []string) {
		text := ""
		for _, path := range []string{"people/", "mailboxes/", "drives/"} {
			text += string(s.do(t, ask{as: who, method: "GET", path: path + anna}).text)
		}
		for _, x := range readings {
			if !strings.Contains(text, x.word) {
				missing = append(missing, x.name)
			}
		}
		return missing
	}
	if missing := see(upn("helpdesk")); len(missing) != len(readings) {
		t.Errorf("R-ROLE-11: without access a Helpdesk Administrator misses only %q", missing)
	}
	if missing := see(anna); len(missing) > 0 {
		t.Errorf("R-ROLE-05: of what is hers Anna misses %q", missing)
	}
	storetest.Edit(t, s.store, anna, func(p *org.Person) {
		p.Mailbox.Permissions = append(p.Mailbox.Permissions, org.Permission{Who: helpdesk.ID, Right: org.FullAccess})
		p.Drive.Grants = append(p.Drive.Grants, org.DriveGrant{Who: helpdesk.ID})
	})
	if missing := see(upn("helpdesk")); len(missing) > 0 {
		t.Errorf("R-MBX-12 R-WIZ-07: with access to mailbox and drive %q is missing", missing)
	}
}

// TestWithheldIsExplained holds what an answer says about what it leaves out.
func TestWithheldIsExplained(t *testing.T) {
	s := open(t, storetestSQLite(t))
	got := want[struct {
		AutomaticReplies object
		Withheld         []struct {
			Fields        []string
			Rule, Message string
		}
	}](t, s, http.StatusOK, ask{as: upn("useradmin"), method: "GET", path: "mailboxes/" + upn("anna.devries"), header: []string{"Accept-Language", "nl"}})
	if got.AutomaticReplies["status"] != "disabled" {
		t.Errorf("whether a reply is on: got %v", got.AutomaticReplies)
	}
	if len(got.Withheld) != 1 || got.Withheld[0].Rule != "R-ROLE-11" ||
		fmt.Sprint(got.Withheld[0].Fields) != "[automaticReplies.internalReplyMessage automaticReplies.externalReplyMessage]" {
		t.Fatalf("R-ROLE-11: got %+v", got.Withheld)
	}
	for _, word := range []string{"automatische antwoord", "beheerder"} {
		if !strings.Contains(got.Withheld[0].Message, word) {
			t.Errorf("the reason %q doesn't have %q", got.Withheld[0].Message, word)
		}
	}
	refused := want[fault](t, s, http.StatusForbidden, ask{as: upn("license"), method: "GET", path: "mailboxes/" + upn("anna.devries")})
	if refused.Error.Code != "actor.noRole" || refused.rule() != "R-ROLE-11" {
		t.Errorf("R-ROLE-11: got %+v", refused.Error)
	}
}

// TestARunShowsNoMore follows a run with every role: what reading the mailbox or the
// drive itself would not show does not stand in what became of them either.
func TestARunShowsNoMore(t *testing.T) {
	s := open(t, storetestSQLite(t))
	const forwards, leaves = "anna.devries@lindeboom.example", "gijs.dekker@lindeboom.example"
	storetest.Edit(t, s.store, forwards, func(p *org.Person) { p.Mailbox.ForwardTo = "thuis@elders.example" })
	dep := s.run(t, object{"users": []wish{
		{"user": forwards},
		{"user": leaves, "mailTo": upn("bram.jansen"), "filesTo": upn("kim.degroot"), "replyInside": "Ik ben in de kliniek", "replyOutside": "same"},
	}})
	if dep.Items[0].Code != "user.forwards" || dep.Items[1].Outcome != "done" {
		t.Fatalf("got %+v", dep.Items)
	}
	remove := []org.RoleID{org.UserAdmin, org.AuthAdmin, org.PrivilegedAuthAdmin}
	mail := append([]org.RoleID{org.ExchangeAdmin, org.GlobalReader}, remove...)
	readings := []reading{
		{"R-ROLE-11", "where mail is forwarded", "thuis@elders.example", mail},
		{"R-ROLE-11", "who gets the mail", "bram.jansen", mail},
		{"R-ROLE-11", "who gets the files", "kim.degroot", append([]org.RoleID{org.SharePointAdmin, org.GlobalReader}, remove...)},
		{"R-ROLE-11 R-API-50", "what the reply says", "kliniek", []org.RoleID{org.ExchangeAdmin}},
	}
	for who, role := range s.roleCallers(t) {
		shown := map[string]string{}
		look := func(path, kind string) {
			if got := s.do(t, ask{as: who, method: "GET", path: "departures/" + dep.ID + path, header: []string{"Accept", kind}}); got.StatusCode == http.StatusOK {
				shown[path+" "+kind] = string(got.text)
			}
		}
		look("", "application/json")
		look("/result", "text/csv")
		look("/events", "text/event-stream")
		for _, kind := range []string{"application/json", "text/csv", "text/html"} {
			look("/record", kind)
		}
		if len(shown) == 0 {
			continue // may not follow runs: TestEveryRoleEveryCall
		}
		all, complete := "", true
		for _, text := range shown {
			all += text
		}
		for _, x := range readings {
			may := role == org.GlobalAdmin || slices.Contains(x.may, role)
			complete = complete && may
			if strings.Contains(all, x.word) == may {
				continue
			}
			t.Errorf("%s: %s (%s) sees %s in a run: %t, want %t", x.rule, who, role.Name(), x.name, !may, may)
		}
		for _, path := range []string{"/record application/json", "/record text/html"} {
			if said := strings.Contains(shown[path], "One of these roles is needed") || strings.Contains(shown[path], `"withheld"`); said == complete {
				t.Errorf("%s (%s): everything is shown: %t, and %s says that something is left out: %t", who, role.Name(), complete, path, said)
			}
		}
	}
	got := want[departed](t, s, http.StatusOK, ask{as: upn("exchange"), method: "GET", path: "departures/" + dep.ID, header: []string{"Accept-Language", "nl"}})
	if summary := got.Items[1].Steps[6].Summary; got.Items[1].Steps[6].Kind != "grantDrive" || !strings.HasPrefix(summary, "Iemand die u niet mag zien") {
		t.Errorf("R-ROLE-11: got %+v", got.Items[1].Steps)
	}
}
