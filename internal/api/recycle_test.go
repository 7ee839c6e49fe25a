package api_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"

	"leaver/internal/sqldb"
)

func testDeleted(t *testing.T, s *site) {
	gone := map[string]object{}
	next := "deleted?$top=2"
	for next != "" {
		p := want[page](t, s, http.StatusOK, ask{method: "GET", path: next})
		for _, x := range p.Value {
			gone[x["userPrincipalName"].(string)] = x
		}
		next = p.Next
	}
	noor := gone[upn("noor.hendriks")]
	if noor["daysLeft"] != 1.0 || noor["mailbox"] != "gone" || at(t, noor, "notes.0.code") != "restore.mailboxGone" || at(t, noor, "clocks.user") == nil {
		t.Errorf("R-SM-05: got %v", noor)
	}
	if found := want[page](t, s, http.StatusOK, ask{method: "GET", path: "deleted?search=quint"}).Value; len(found) != 1 || found[0]["userPrincipalName"] != upn("quinten.prins") {
		t.Errorf("got %v", found)
	}
	want[fault](t, s, http.StatusForbidden, ask{as: billing, method: "GET", path: "deleted"})

	f := want[fault](t, s, http.StatusConflict, ask{method: "POST", path: "deleted/" + gone[upn("olaf.dijk")]["id"].(string) + "/restore"})
	if f.rule() != "R-RES-08" {
		t.Errorf("R-RES-08: got %+v", f)
	}
	olaf := want[object](t, s, http.StatusOK, ask{method: "POST", path: "deleted/" + upn("olaf.dijk") + "/restore", body: object{"newUserPrincipalName": upn("olaf.dijk2"), "generatePassword": true}})
	if at(t, olaf, "user.userPrincipalName") != upn("olaf.dijk2") || olaf["password"] != "Nieuw-2026" {
		t.Errorf("R-RES-08: got %v", olaf)
	}
	pien := want[object](t, s, http.StatusOK, ask{method: "POST", path: "deleted/" + upn("pien.schouten") + "/restore", header: []string{"Accept-Language", "nl"}})
	if dropped := noteOf(pien, "restore.addressDropped"); dropped["rule"] != "R-RES-09" || !strings.Contains(dropped["text"].(string), "is niet teruggekomen") {
		t.Errorf("R-RES-09: got %v", pien["notes"])
	}
	back := want[page](t, s, http.StatusOK, ask{method: "POST", path: "deleted/restore", body: object{"users": []string{upn("quinten.prins"), "nobody@lindeboom.example", upn("quinten.prins"), upn("bram.jansen")}}}).Value
	outcomes := []any{}
	for _, x := range back {
		outcomes = append(outcomes, x["outcome"], x["code"])
	}
	if got, _ := json.Marshal(outcomes); string(got) != `["done","","refused","deleted.notFound","refused","user.twice","refused","user.notDeleted"]` {
		t.Errorf("R-RES-07: got %s", got)
	}

	for lang, said := range map[string]string{"en": "is in Deleted users. Look the name or id up in Deleted users.", "nl": "staat in Verwijderde gebruikers. Zoek de naam of id op in Verwijderde gebruikers."} {
		for _, x := range []ask{{method: "POST", path: "deleted/nobody@lindeboom.example/restore"}, {method: "DELETE", path: "deleted/nobody@lindeboom.example"}} {
			x.header = []string{"Accept-Language", lang}
			f := want[fault](t, s, http.StatusNotFound, x)
			if f.Error.Code != "deleted.notFound" || !strings.Contains(f.Error.Message, "nobody@lindeboom.example "+said) {
				t.Errorf("R-SM-02: %s %s answers %+v", x.method, x.path, f)
			}
		}
	}

	want[departed](t, s, http.StatusOK, ask{method: "GET", path: "departures/" + s.run(t, object{"users": wishes(upn("quinten.prins"), upn("mila.kok"), upn("lot.kuiper"))}).ID})
	want[fault](t, s, http.StatusForbidden, ask{as: "helpdesk@lindeboom.example", method: "DELETE", path: "deleted/" + upn("mila.kok")})
	want[object](t, s, http.StatusNoContent, ask{method: "DELETE", path: "deleted/" + upn("mila.kok")})
	want[fault](t, s, http.StatusNotFound, ask{method: "DELETE", path: "deleted/" + upn("mila.kok")})
	want[fault](t, s, http.StatusNotFound, ask{method: "DELETE", path: "deleted/" + upn("bram.jansen")}) // only what is deleted, R-SM-02
	purged := want[page](t, s, http.StatusOK, ask{method: "POST", path: "deleted/purge", body: object{"users": []string{upn("quinten.prins"), upn("bram.jansen")}}}).Value
	if purged[0]["outcome"] != "done" || purged[1]["rule"] != "R-SM-02" {
		t.Errorf("R-PERM-01: got %v", purged)
	}
	if swept := want[object](t, s, http.StatusOK, ask{method: "POST", path: "sweep"}); swept["people"] != 0.0 {
		t.Errorf("got %v", swept)
	}
	swept := want[page](t, s, http.StatusOK, ask{method: "GET", path: "deleted?search=noor"}).Value
	if noteOf(swept[0], "restore.mailboxGone")["rule"] != "R-SM-05" {
		t.Errorf("R-SM-05: swept away, it is not told any more: got %v", swept)
	}
	want[fault](t, s, http.StatusForbidden, ask{as: billing, method: "POST", path: "sweep"})
}

// noteOf finds a note by its code.
func noteOf(answer object, code string) object {
	notes, _ := answer["notes"].([]any)
	for _, n := range notes {
		if note, ok := n.(object); ok && note["code"] == code {
			return note
		}
	}
	return object{"text": ""}
}

// TestDeletedNamesakes: two deleted people of one name are told apart by id.
func TestDeletedNamesakes(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		for range 2 {
			want[object](t, s, http.StatusCreated, ask{method: "POST", path: "people", body: object{"userPrincipalName": upn("jan.twee"), "displayName": "Jan Twee", "generatePassword": true}})
			s.run(t, object{"users": wishes(upn("jan.twee"))})
		}
		f := want[fault](t, s, http.StatusConflict, ask{method: "POST", path: "deleted/" + upn("jan.twee") + "/restore"})
		if f.Error.Code != "deleted.severalNamed" {
			t.Errorf("got %+v", f)
		}
		found := want[page](t, s, http.StatusOK, ask{method: "GET", path: "deleted?search=jan.twee"}).Value
		if len(found) != 2 {
			t.Fatalf("got %v", found)
		}
		want[object](t, s, http.StatusOK, ask{method: "POST", path: "deleted/" + found[0]["id"].(string) + "/restore"})
		// One of the two is back; the name means the other one now.
		want[object](t, s, http.StatusOK, ask{method: "POST", path: "deleted/" + upn("jan.twee") + "/restore", body: object{"newUserPrincipalName": upn("jan.drie")}})
	})
}

func testApps(t *testing.T, s *site) {
	app := want[object](t, s, http.StatusCreated, ask{method: "POST", path: "apps", body: object{"displayName": "HR leavers", "permissions": []string{"User.ReadWrite.All"}}})
	secret, _ := app["secret"].(string)
	if len(secret) < 40 || app["appId"] == "" || app["id"] == app["appId"] || at(t, app, "secrets.0.hint") != secret[:3] {
		t.Errorf("got %v", app)
	}
	path := "apps/" + app["id"].(string)
	one := want[object](t, s, http.StatusOK, ask{method: "GET", path: "apps/" + app["appId"].(string)})
	if one["id"] != app["id"] || one["secret"] != nil || strings.Contains(string(s.do(t, ask{method: "GET", path: "apps"}).text), secret) {
		t.Errorf("a secret is shown once: got %v", one)
	}
	changed := want[object](t, s, http.StatusOK, ask{method: "PATCH", path: path, body: object{"addSecret": true, "removeSecrets": []any{at(t, app, "secrets.0.id")}, "redirectUris": []string{"https://hr.example/back"}}})
	if changed["secret"] == secret || len(changed["secrets"].([]any)) != 1 || at(t, changed, "redirectUris.0") != "https://hr.example/back" {
		t.Errorf("got %v", changed)
	}
	for field, body := range map[string]object{
		"displayName":  {"displayName": " "},
		"redirectUris": {"redirectUris": []string{"javascript:alert(1)"}},
		"permissions":  {"permissions": []string{"a b"}},
		"certificates": {"certificates": []string{"not PEM"}},
		"roles":        {"roles": []string{"nothing"}},
		"addSecret":    {"secretExpiresDateTime": "2030-01-01T00:00:00Z"}, // of which one?
	} {
		if f := want[fault](t, s, http.StatusBadRequest, ask{method: "PATCH", path: path, body: body}); f.Error.Details[0].Target != field {
			t.Errorf("%s: got %+v", field, f)
		}
	}
	want[fault](t, s, http.StatusForbidden, ask{as: "useradmin@lindeboom.example", method: "GET", path: "apps"})
	want[object](t, s, http.StatusNoContent, ask{method: "DELETE", path: path})
	want[fault](t, s, http.StatusNotFound, ask{method: "GET", path: path})
}

func testAudit(t *testing.T, s *site) {
	var seqs []float64
	next := "audit?$top=3&actor=" + admin + "&action=Restore%20user"
	for next != "" {
		p := want[page](t, s, http.StatusOK, ask{as: "reader@lindeboom.example", method: "GET", path: next})
		for _, x := range p.Value {
			seqs = append(seqs, x["seq"].(float64))
			if x["action"] != "Restore user" || at(t, x, "actor.name") != admin || x["requestId"] == "" {
				t.Errorf("got %v", x)
			}
		}
		next = p.Next
	}
	for i := 1; i < len(seqs); i++ {
		if seqs[i] >= seqs[i-1] {
			t.Errorf("not newest first: %v", seqs)
		}
	}
	if len(seqs) < 4 {
		t.Errorf("got %d entries", len(seqs))
	}
	if v := want[object](t, s, http.StatusOK, ask{method: "GET", path: "audit/verify"}); v["ok"] != true {
		t.Errorf("got %v", v)
	}
	lines := readCSV(t, s.do(t, ask{method: "GET", path: "audit?target=" + upn("rosa.vandam"), header: []string{"Accept", "text/csv"}}))
	if len(lines) < 4 || lines[0][4] != "action" {
		t.Errorf("got %v", lines)
	}
	if rows := want[page](t, s, http.StatusOK, ask{method: "GET", path: "audit?from=2199-01-01"}).Value; len(rows) != 0 {
		t.Errorf("got %v", rows)
	}
	want[fault](t, s, http.StatusForbidden, ask{as: billing, method: "GET", path: "audit"})
	want[fault](t, s, http.StatusForbidden, ask{as: billing, method: "GET", path: "audit/verify"})
}

func testClock(t *testing.T, s *site) {
	before := want[object](t, s, http.StatusOK, ask{method: "GET", path: "clock"})
	moved := want[object](t, s, http.StatusOK, ask{method: "POST", path: "clock/advance", body: object{"by": "30d"}})
	if at(t, moved, "swept.people").(float64) < 1 || moved["time"] == before["time"] {
		t.Errorf("R-DEL-01: from %v to %v", before, moved)
	}
	if after := want[object](t, s, http.StatusOK, ask{method: "GET", path: "clock"}); after["offset"] != "720h0m0s" {
		t.Errorf("got %v", after)
	}
	for _, by := range []string{"", "d", "-1d", "-5h", "0h", "9999999w", "1e9d", "forever"} {
		want[fault](t, s, http.StatusBadRequest, ask{method: "POST", path: "clock/advance", body: object{"by": by}})
	}
	want[fault](t, s, http.StatusForbidden, ask{as: billing, method: "POST", path: "clock/advance", body: object{"by": "1h"}})
	if err := s.store.DB().Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), "update organization set practice = false")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	want[fault](t, s, http.StatusNotFound, ask{method: "POST", path: "clock/advance", body: object{"by": "1h"}})
	want[fault](t, s, http.StatusNotFound, ask{method: "GET", path: "clock"})
}
