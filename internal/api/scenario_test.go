package api_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"leaver/internal/tabular"
)

type page struct {
	Value []object
	Next  string `json:"@odata.nextLink"`
}

// TestEveryOperation goes through the whole API once. Every answer is checked
// against the description; in the end no operation may have been left out.
func TestEveryOperation(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		for _, part := range []struct {
			name string
			test func(*testing.T, *site)
		}{
			{"organization", testOrganization},
			{"people", testPeople},
			{"files", testFiles},
			{"mailboxes", testMailboxes},
			{"drives", testDrives},
			{"subscriptions", testSubscriptions},
			{"what a partner sold", testPartners},
			{"departures", testRecord},
			{"deleted", testDeleted},
			{"left", testLeft},
			{"apps", testApps},
			{"domains", testDomains},
			{"audit", testAudit},
			{"clock", testClock},
		} {
			t.Run(part.name, func(t *testing.T) { part.test(t, s) })
		}
		for path, item := range s.doc.Paths.Map() {
			for method, op := range item.Operations() {
				if !s.seen[op.OperationID] {
					t.Errorf("nobody tried %s %s (%s)", method, path, op.OperationID)
				}
			}
		}
	})
}

func testOrganization(t *testing.T, s *site) {
	o := want[object](t, s, http.StatusOK, ask{as: "reader@lindeboom.example", method: "GET", path: "organization"})
	if o["displayName"] != "Lindeboom College" || o["practice"] != true || at(t, o, "domains.0") != "lindeboom.example" || o["people"].(float64) < 20 {
		t.Errorf("got %v", o)
	}
	o = want[object](t, s, http.StatusOK, ask{method: "PATCH", path: "organization", body: object{"settings": object{"deletedUserPersonalSiteRetentionPeriodInDays": 60, "secondaryOwner": upn("bram.jansen")}}})
	if at(t, o, "settings.deletedUserPersonalSiteRetentionPeriodInDays") != 60.0 || at(t, o, "settings.massDeleteCount") != 500.0 {
		t.Errorf("R-OD-02: got %v", o["settings"])
	}
	bram := want[object](t, s, http.StatusOK, ask{method: "GET", path: "people/" + upn("bram.jansen")})
	if at(t, o, "settings.secondaryOwner") != bram["id"] {
		t.Errorf("R-OD-04: the secondary owner is %v, want %v", at(t, o, "settings.secondaryOwner"), bram["id"])
	}
	f := want[fault](t, s, http.StatusBadRequest, ask{method: "PATCH", path: "organization", body: object{"settings": object{"deletedUserPersonalSiteRetentionPeriodInDays": 29}}})
	if f.rule() != "R-OD-01" {
		t.Errorf("R-OD-01: got %+v", f)
	}
	want[fault](t, s, http.StatusForbidden, ask{as: billing, method: "PATCH", path: "organization", body: object{"displayName": "Mine"}})
}

func testPeople(t *testing.T, s *site) {
	anna := want[object](t, s, http.StatusOK, ask{method: "GET", path: "people/" + upn("anna.devries")})
	if at(t, anna, "manager.userPrincipalName") != upn("bram.jansen") || len(anna["groups"].([]any)) != 3 || len(anna["addresses"].([]any)) != 3 ||
		at(t, anna, "licenses.0.skuPartNumber") != "ENTERPRISEPACK" || at(t, anna, "mailbox.type") != "user" || at(t, anna, "drive.state") != "active" {
		t.Errorf("got %v", anna)
	}
	same := want[object](t, s, http.StatusOK, ask{as: upn("anna.devries"), method: "GET", path: "people/" + anna["id"].(string)})
	if same["id"] != anna["id"] {
		t.Error("she may not look at herself")
	}
	want[fault](t, s, http.StatusForbidden, ask{as: upn("anna.devries"), method: "GET", path: "people/" + upn("bram.jansen")})
	want[fault](t, s, http.StatusForbidden, ask{as: upn("anna.devries"), method: "GET", path: "people/nobody@lindeboom.example"}) // who may not look learns nothing, R-SM-10
	want[fault](t, s, http.StatusNotFound, ask{method: "GET", path: "people/nobody@lindeboom.example"})

	fresh := object{"userPrincipalName": upn("tess.smit"), "displayName": "Tess Smit", "generatePassword": true, "licenses": []string{"POWER_BI_PRO", "POWER_BI_PRO"}[:1], "buySeats": true}
	added := want[object](t, s, http.StatusCreated, ask{method: "POST", path: "people", body: fresh})
	if added["password"] != "Nieuw-2026" || at(t, added, "user.licenses.0.skuPartNumber") != "POWER_BI_PRO" || at(t, added, "user.accountEnabled") != true {
		t.Errorf("R-NE-02: got %v", added)
	}
	fresh["userPrincipalName"], fresh["displayName"] = upn("teun.smit"), "Teun Smit"
	added = want[object](t, s, http.StatusCreated, ask{method: "POST", path: "people", body: fresh})
	if len(added["bought"].([]any)) != 1 || at(t, added, "bought.0.totalLicenses") != 13.0 {
		t.Errorf("R-LIC-34: bought %v", added["bought"])
	}
	if f := want[fault](t, s, http.StatusConflict, ask{method: "POST", path: "people", body: fresh}); f.Error.Code != "user.upnTaken" {
		t.Errorf("the name is taken: got %+v", f)
	}
	for code, body := range map[string]object{
		"request.noPassword":     {"userPrincipalName": upn("x"), "displayName": "X"},
		"user.password":          {"userPrincipalName": upn("x"), "displayName": "X", "password": "weak"},
		"request.together":       {"userPrincipalName": upn("x"), "displayName": "X", "password": "Sterk-2026!", "generatePassword": true},
		"user.foreignDomain":     {"userPrincipalName": "x@elsewhere.example", "displayName": "X", "password": "Sterk-2026!"},
		"user.noDisplayName":     {"userPrincipalName": upn("x"), "password": "Sterk-2026!"},
		"license.unknownProduct": {"userPrincipalName": upn("x"), "displayName": "X", "password": "Sterk-2026!", "licenses": []string{"NOTHING"}},
	} {
		if f := want[fault](t, s, http.StatusBadRequest, ask{method: "POST", path: "people", body: body}); f.Error.Code != code {
			t.Errorf("want %s, got %+v", code, f)
		}
	}
}

func testFiles(t *testing.T, s *site) {
	csvType := []string{"Content-Type", "text/csv"}
	file := "Username,First name,Last name,Display name\r\nsam.kuiper@lindeboom.example,Sam,Kuiper,Sam Kuiper\r\nlot.kuiper@lindeboom.example,Lot,Kuiper,Lot Kuiper\r\n"
	dry := want[object](t, s, http.StatusOK, ask{method: "POST", path: "imports?dryRun=true", body: file, header: csvType})
	if dry["created"] != 2.0 || dry["dryRun"] != true || dry["format"] != "addMultipleUsers" {
		t.Errorf("got %v", dry)
	}
	want[fault](t, s, http.StatusNotFound, ask{method: "GET", path: "people/" + upn("sam.kuiper")})
	done := want[object](t, s, http.StatusOK, ask{method: "POST", path: "imports", body: file, header: csvType})
	again := want[object](t, s, http.StatusOK, ask{method: "POST", path: "imports", body: file, header: csvType})
	if done["created"] != 2.0 || again["created"] != 0.0 || again["skipped"] != 2.0 {
		t.Errorf("R-NE-03: first %v, then %v", done, again)
	}
	bad := "Username,Display name\r\nnot a name,\r\nsam.kuiper@lindeboom.example,Sam\r\nsam.kuiper@lindeboom.example,Sam\r\n"
	for lang, word := range map[string]string{"en": "user name", "nl": "gebruikersnaam"} {
		f := want[fault](t, s, http.StatusBadRequest, ask{method: "POST", path: "imports", body: bad, header: append(csvType, "Accept-Language", lang)})
		if f.Error.Code != "csv.invalid" || len(f.Error.Details) != 3 || f.Error.Details[0].Row != 2 || f.Error.Details[0].Column != 1 || f.Error.Details[0].Code != "csv.badUPN" ||
			f.Error.Details[0].Target != "Username" || !strings.Contains(f.Error.Details[0].Message, word) {
			t.Errorf("%s: got %+v", lang, f)
		}
	}
	bulk := "version:v1.0\nName [displayName] Required,User name [userPrincipalName] Required,Initial password [passwordProfile] Required,Block sign in (Yes/No) [accountEnabled] Required,Usage location [usageLocation]\n" +
		"A,bulk.a@lindeboom.example,Sterk-2026!,No,UK\nB,bulk.b@lindeboom.example,zwak,No,NL\nC,bulk.c@lindeboom.example,zwak,No,UK\n"
	wrong := want[fault](t, s, http.StatusBadRequest, ask{method: "POST", path: "imports", body: bulk, header: csvType})
	var told []string
	for _, d := range wrong.Error.Details {
		told = append(told, fmt.Sprint(d.Row, " ", d.Code))
	}
	if want := []string{"3 user.usageLocation", "4 user.password", "5 user.usageLocation", "5 user.password"}; !slices.Equal(told, want) {
		t.Errorf("R-BULK-11: told %q, want %q", told, want)
	}
	want[fault](t, s, http.StatusUnsupportedMediaType, ask{method: "POST", path: "imports", body: "{}"})
	want[fault](t, s, http.StatusForbidden, ask{as: billing, method: "POST", path: "imports", body: file, header: csvType})

	got := s.do(t, ask{method: "GET", path: "exports/users"})
	f, err := tabular.Read(strings.NewReader(string(got.text)), tabular.Options{For: tabular.ForPeople})
	if err != nil || f.Format != tabular.UsersExport || len(f.Problems) > 0 {
		t.Fatalf("the export can't be read back: %v %v", err, f)
	}
	names := map[string]tabular.PersonRow{}
	for p := range f.People() {
		names[p.UserPrincipalName] = p
	}
	anna := names[upn("anna.devries")]
	if len(anna.Licenses) != 1 || anna.Licenses[0] != "Office 365 E3" || len(anna.ProxyAddresses) != 3 || anna.Blocked == nil || *anna.Blocked {
		t.Errorf("got %+v", anna)
	}
	if _, deleted := names[upn("noor.hendriks")]; deleted || len(names) < 20 {
		t.Errorf("got %d people", len(names))
	}
}

func testMailboxes(t *testing.T, s *site) {
	path := "mailboxes/" + upn("rosa.vandam")
	box := want[object](t, s, http.StatusOK, ask{method: "PATCH", path: path, body: object{
		"forwardTo": "rosa@elsewhere.example", "keepCopy": true, "addAliases": []string{upn("roos")},
		"automaticReplies": object{"status": "alwaysEnabled", "externalAudience": "all", "internalReplyMessage": "Away", "externalReplyMessage": "Away"},
	}})
	if box["forwardTo"] != "rosa@elsewhere.example" || box["keepCopy"] != true || at(t, box, "automaticReplies.status") != "alwaysEnabled" || !slices.Contains(box["aliases"].([]any), any(upn("roos"))) {
		t.Errorf("got %v", box)
	}
	box = want[object](t, s, http.StatusOK, ask{method: "PATCH", path: path, body: `{"forwardTo":null,"aliases":["SMTP:roos@lindeboom.example","rosa.vandam@lindeboom.example"]}`})
	if box["forwardTo"] != nil || box["primaryAddress"] != upn("roos") || len(box["aliases"].([]any)) != 1 {
		t.Errorf("got %v", box)
	}
	box = want[object](t, s, http.StatusOK, ask{method: "PUT", path: path + "/permissions/" + upn("bram.jansen"), body: object{"rights": []string{"FullAccess", "SendAs"}}})
	if at(t, box, "permissions.0.who.userPrincipalName") != upn("bram.jansen") || len(at(t, box, "permissions.0.rights").([]any)) != 2 {
		t.Errorf("R-API-53 R-MBX-12: got %v", box["permissions"])
	}
	want[object](t, s, http.StatusNoContent, ask{method: "DELETE", path: path + "/permissions/" + upn("bram.jansen")})
	box = want[object](t, s, http.StatusOK, ask{method: "GET", path: path})
	if len(box["permissions"].([]any)) != 0 {
		t.Errorf("got %v", box["permissions"])
	}
	f := want[fault](t, s, http.StatusConflict, ask{method: "PATCH", path: path, body: object{"addAliases": []string{upn("bram.jansen")}}})
	if f.rule() != "R-MBX-32" || f.Error.Details[0].Target != "aliases" {
		t.Errorf("R-MBX-32: got %+v", f)
	}
	want[fault](t, s, http.StatusNotFound, ask{method: "GET", path: "mailboxes/" + upn("mila.kok")})
	want[fault](t, s, http.StatusForbidden, ask{as: billing, method: "PATCH", path: path, body: object{"keepCopy": false}})
	want[object](t, s, http.StatusOK, ask{as: upn("rosa.vandam"), method: "PATCH", path: path, body: object{"automaticReplies": object{"status": "disabled"}}}) // one's own, R-API-50
}

func testDrives(t *testing.T, s *site) {
	path := "drives/" + upn("anna.devries")
	d := want[object](t, s, http.StatusOK, ask{method: "GET", path: path})
	if d["state"] != "active" || at(t, d, "sharedWith.0.userPrincipalName") != upn("hanna.bos") || at(t, d, "shares.0.name") == "" {
		t.Errorf("got %v", d)
	}
	d = want[object](t, s, http.StatusOK, ask{method: "PUT", path: path + "/grants/" + upn("bram.jansen")})
	if at(t, d, "grants.0.userPrincipalName") != upn("bram.jansen") {
		t.Errorf("R-WIZ-07: got %v", d["grants"])
	}
	want[object](t, s, http.StatusNoContent, ask{method: "DELETE", path: path + "/grants/" + upn("bram.jansen")})
	want[fault](t, s, http.StatusNotFound, ask{method: "GET", path: "drives/" + upn("mila.kok")})
	want[fault](t, s, http.StatusForbidden, ask{as: billing, method: "PUT", path: path + "/grants/" + upn("bram.jansen")})
}

func testSubscriptions(t *testing.T, s *site) {
	ledger := map[string]object{}
	for _, x := range want[page](t, s, http.StatusOK, ask{method: "GET", path: "subscriptions"}).Value {
		ledger[x["skuPartNumber"].(string)] = x
	}
	e3 := ledger["ENTERPRISEPACK"]
	if e3["totalLicenses"] != 60.0 || e3["billingAccount"] != "MOSA" || at(t, e3, "price.currency") != "EUR" || at(t, e3, "reduction.now") != true {
		t.Errorf("got %v", e3)
	}
	path := "subscriptions/" + e3["id"].(string)
	got := want[object](t, s, http.StatusOK, ask{as: billing, method: "PATCH", path: path, body: object{"totalLicenses": 55}})
	if got["totalLicenses"] != 55.0 {
		t.Errorf("R-LIC-26: got %v", got)
	}
	if one := want[object](t, s, http.StatusOK, ask{as: billing, method: "GET", path: path}); one["totalLicenses"] != 55.0 {
		t.Errorf("got %v", one)
	}
	history := want[page](t, s, http.StatusOK, ask{as: billing, method: "GET", path: path + "/history"}).Value
	if n := len(history); n < 2 || history[n-1]["totalLicenses"] != 55.0 {
		t.Errorf("got %v", history)
	}
	f := want[fault](t, s, http.StatusConflict, ask{as: billing, method: "PATCH", path: path, body: object{"totalLicenses": 1}, header: []string{"Accept-Language", "nl"}})
	if f.rule() != "R-LIC-21" || f.Error.Details[0].Target != "totalLicenses" || !strings.Contains(f.Error.Message, "licenties") {
		t.Errorf("R-LIC-21: got %+v", f)
	}
	want[fault](t, s, http.StatusForbidden, ask{as: "useradmin@lindeboom.example", method: "PATCH", path: path, body: object{"totalLicenses": 54}})
	want[fault](t, s, http.StatusNotFound, ask{as: billing, method: "GET", path: "subscriptions/nothing"})
	for part, rule := range map[string]string{"SPB": "R-LIC-30", "EXCHANGESTANDARD": "R-LIC-30", "M365EDU_A3_FACULTY": "R-LIC-32"} {
		x, ok := ledger[part]
		if !ok {
			t.Errorf("no subscription of %s among %d", part, len(ledger))
			continue
		}
		if at(t, x, "reduction.now") != false || at(t, x, "reduction.refusal.rule") != rule || at(t, x, "reduction.refusal.text") == "" {
			t.Errorf("%s: got %v", part, x["reduction"])
		}
		f := want[fault](t, s, http.StatusConflict, ask{method: "PATCH", path: "subscriptions/" + x["id"].(string), body: object{"totalLicenses": x["totalLicenses"].(float64) - 1, "when": "now"}})
		if f.rule() != rule {
			t.Errorf("%s: got %+v", rule, f)
		}
	}
}

// testPartners looks at what a partner sold: that is for Global Administrators. R-ROLE-22
func testPartners(t *testing.T, s *site) {
	type ledger struct {
		Value    []struct{ ID, Channel string }
		Withheld []struct{ Rule, Message string }
	}
	partner := ""
	for _, x := range want[ledger](t, s, http.StatusOK, ask{method: "GET", path: "subscriptions"}).Value {
		if x.Channel == "partner" {
			partner = "subscriptions/" + x.ID
		}
	}
	for _, who := range []string{billing, upn("license"), upn("reader")} {
		got := want[ledger](t, s, http.StatusOK, ask{as: who, method: "GET", path: "subscriptions"})
		for _, x := range got.Value {
			if x.Channel == "partner" {
				t.Errorf("%s sees %v", who, x)
			}
		}
		if len(got.Withheld) != 1 || got.Withheld[0].Rule != "R-ROLE-22" || !strings.Contains(got.Withheld[0].Message, "partner") {
			t.Errorf("%s is told %+v", who, got.Withheld)
		}
		for _, path := range []string{partner, partner + "/history"} {
			if f := want[fault](t, s, http.StatusForbidden, ask{as: who, method: "GET", path: path}); f.rule() != "R-ROLE-22" {
				t.Errorf("%s at %s: got %+v", who, path, f)
			}
		}
	}
	if f := want[fault](t, s, http.StatusForbidden, ask{as: billing, method: "PATCH", path: partner, body: object{"totalLicenses": 19}}); f.rule() != "R-ROLE-22" {
		t.Errorf("got %+v", f)
	}
	want[object](t, s, http.StatusOK, ask{method: "GET", path: partner})
}

// testRecord runs a departure and reads what it left behind.
func testRecord(t *testing.T, s *site) {
	dep := s.run(t, object{"users": []wish{{"user": upn("anna.devries"), "mailTo": upn("bram.jansen")}, {"user": upn("mila.kok"), "filesTo": "none"}, {"user": upn("eva.bakker")}}})
	path := "departures/" + dep.ID
	first := want[departed](t, s, http.StatusOK, ask{method: "GET", path: path + "?$top=2"})
	rest := want[departed](t, s, http.StatusOK, ask{method: "GET", path: first.Next})
	if len(first.Items) != 2 || len(rest.Items) != 1 || rest.Items[0].User != upn("eva.bakker") || rest.Next != "" {
		t.Errorf("got %d and %d items, next %q", len(first.Items), len(rest.Items), rest.Next)
	}
	record := want[object](t, s, http.StatusOK, ask{method: "GET", path: path + "/record"})
	if at(t, record, "items.0.before.mailbox.type") != "user" || at(t, record, "items.0.before.manager.userPrincipalName") != upn("bram.jansen") || at(t, record, "items.2.before") != nil {
		t.Errorf("got %v", record)
	}
	lines := readCSV(t, s.do(t, ask{method: "GET", path: path + "/record", header: []string{"Accept", "text/csv"}}))
	if len(lines) != 4 || lines[1][0] != upn("anna.devries") || !strings.Contains(strings.Join(lines[1], "|"), "Office 365 E3") {
		t.Errorf("got %v", lines)
	}
	printed := s.do(t, ask{method: "GET", path: path + "/record", header: []string{"Accept", "text/html,*/*;q=0.1", "Accept-Language", "nl"}})
	if html := string(printed.text); !strings.Contains(html, "Verslag van een vertrek") || !strings.Contains(html, "Anna de Vries") || strings.Contains(html, "api.record") || strings.Contains(html, "<script") {
		t.Errorf("got %.3000s", html)
	}
	if policy := printed.Header.Get("Content-Security-Policy"); !strings.Contains(policy, "default-src 'none'") || !strings.Contains(policy, "nonce-") {
		t.Errorf("got policy %q", policy)
	}
	result := readCSV(t, s.do(t, ask{method: "GET", path: path + "/result"}))
	if last := result[3]; len(result) != 4 || last[0] != upn("eva.bakker") || last[len(last)-4] != "refused" || last[len(last)-2] != "R-AD-01" || result[2][8] != "none" {
		t.Errorf("R-BULK-11: got %v", result)
	}
	want[fault](t, s, http.StatusNotAcceptable, ask{method: "GET", path: path + "/record", header: []string{"Accept", "image/png"}})
	want[fault](t, s, http.StatusNotFound, ask{method: "GET", path: "departures/nothing/record"})
	want[fault](t, s, http.StatusForbidden, ask{as: billing, method: "GET", path: path + "/record"})
	want[departed](t, s, http.StatusOK, ask{method: "POST", path: path + "/undo"})
	if n := len(s.departures(t)); n < 2 {
		t.Errorf("got %d departures", n)
	}
}

func readCSV(t *testing.T, got reply) [][]string {
	t.Helper()
	lines, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(string(got.text), "\ufeff"))).ReadAll()
	if err != nil {
		t.Fatalf("%v: %s", err, got.text)
	}
	return lines
}
