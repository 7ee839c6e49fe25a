package api_test

import (
	"bytes"
	"compress/gzip"
	"net/http"
	"strings"
	"testing"
	"time"

	"leaver/internal/api"
	"leaver/internal/locale"
	"leaver/internal/wire"
)

// TestHostileInput: whatever is sent, the answer is a fault in both languages
// and never one of ours, and nothing is changed.
func TestHostileInput(t *testing.T) {
	s := open(t, storetestSQLite(t))
	before := want[object](t, s, http.StatusOK, ask{method: "GET", path: "audit?$top=1"})
	anna := upn("anna.devries")
	var packed bytes.Buffer
	zip := gzip.NewWriter(&packed)
	_, _ = zip.Write(bytes.Repeat([]byte(" "), 3<<20))
	_ = zip.Close()
	big := `{"displayName":"` + strings.Repeat("x", 2<<20) + `"}`
	post := "POST"
	tests := []struct {
		name   string
		ask    ask
		status int
		code   string
		target string
	}{
		{"no body", ask{method: post, path: "departures/plan"}, 400, "request.noBody", ""},
		{"blank body", ask{method: post, path: "departures/plan", body: " \n"}, 400, "request.noBody", ""},
		{"not JSON", ask{method: post, path: "departures/plan", body: "users=anna"}, 400, "request.notJSON", ""},
		{"half JSON", ask{method: post, path: "departures/plan", body: `{"users":[`}, 400, "request.notJSON", ""},
		{"a list", ask{method: post, path: "departures/plan", body: `[]`}, 400, "request.notJSON", ""},
		{"null", ask{method: post, path: "departures/plan", body: `null`}, 400, "request.notJSON", ""},
		{"two values", ask{method: post, path: "departures/plan", body: `{"users":[]} {}`}, 400, "request.notJSON", ""},
		{"not UTF-8", ask{method: post, path: "departures/plan", body: "{\"users\":[{\"user\":\"\xff\"}]}"}, 400, "request.notJSON", ""},
		{"nested deep", ask{method: post, path: "departures/plan", body: `{"users":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`}, 400, "", ""},
		{"unknown property", ask{method: post, path: "departures/plan", body: `{"users":[],"force":true}`}, 400, "request.unknownField", "force"},
		{"unknown choice", ask{method: post, path: "departures/plan", body: `{"users":[{"user":"` + anna + `","burn":true}]}`}, 400, "request.unknownField", "burn"},
		{"unknown default", ask{method: post, path: "departures/plan", body: `{"users":[],"defaults":{"mail":"x"}}`}, 400, "request.unknownField", "mail"},
		{"text for a list", ask{method: post, path: "departures/plan", body: `{"users":"` + anna + `"}`}, 400, "request.wrongType", "users"},
		{"text for a list, of a run", ask{method: post, path: "departures", body: `{"users":"` + anna + `"}`}, 400, "request.wrongType", "users"},
		{"text for a list, of a restore", ask{method: post, path: "deleted/restore", body: `{"users":"` + anna + `"}`}, 400, "request.wrongType", "users"},
		{"a name of an organization with NUL", ask{method: "PATCH", path: "organization", body: `{"displayName":"a\u0000b"}`}, 400, "user.badText", "displayName"},
		{"a name of an organization without end", ask{method: "PATCH", path: "organization", body: `{"displayName":"` + strings.Repeat("x", 257) + `"}`}, 400, "user.tooLong", "displayName"},
		{"number for a name", ask{method: post, path: "departures/plan", body: `{"users":[{"user":7}]}`}, 400, "request.wrongType", "users.user"},
		{"text for yes or no", ask{method: post, path: "departures/plan", body: `{"users":[{"user":"a","holdMailbox":"yes"}]}`}, 400, "request.wrongType", "users.holdMailbox"},
		{"word for aliases", ask{method: post, path: "departures/plan", body: `{"users":[{"user":"a","removeAliases":"most"}]}`}, 400, "request.wrongType", "users.removeAliases"},
		{"number for aliases", ask{method: post, path: "departures/plan", body: `{"users":[{"user":"a","removeAliases":7}]}`}, 400, "request.wrongType", "users.removeAliases"},
		{"nobody", ask{method: post, path: "departures/plan", body: `{"users":[]}`}, 400, "departure.empty", "users"},
		{"more than there may be", ask{method: post, path: "departures/plan", body: `{"users":[{"user":"a"}` + strings.Repeat(`,{"user":"a"}`, 200_000) + `]}`}, 400, "departure.tooMany", "users"},
		{"users null", ask{method: post, path: "departures/plan", body: `{"users":null}`}, 400, "departure.empty", "users"},
		{"no hash", ask{method: post, path: "departures", body: `{"users":[{"user":"a"}]}`}, 400, "request.missing", "hash"},
		{"another override", ask{method: post, path: "departures", body: `{"users":[{"user":"a"}],"hash":"x","override":"all"}`}, 400, "request.badValue", "override"},
		{"wrong hash", ask{method: post, path: "departures", body: `{"users":[{"user":"` + anna + `"}],"hash":"0000"}`}, 409, "PlanChanged", "hash"},
		{"long key", ask{method: post, path: "departures", body: `{}`, header: []string{"Idempotency-Key", strings.Repeat("k", 256)}}, 400, "request.badKey", "Idempotency-Key"},
		{"not JSON by type", ask{method: post, path: "departures/plan", body: `{}`, header: []string{"Content-Type", "text/xml"}}, 415, "request.notJSONType", "Content-Type"},
		{"packed badly", ask{method: post, path: "departures/plan", body: `{}`, header: []string{"Content-Encoding", "gzip"}}, 400, "request.unreadable", ""},
		{"packed otherwise", ask{method: post, path: "departures/plan", body: `{}`, header: []string{"Content-Encoding", "br"}}, 415, "UnsupportedMediaType", ""},
		{"too large", ask{method: "PATCH", path: "organization", body: big}, 413, "RequestEntityTooLarge", ""},
		{"too large unpacked", ask{method: "PATCH", path: "organization", body: packed.String(), header: []string{"Content-Encoding", "gzip"}}, 413, "RequestEntityTooLarge", ""},
		{"settings of another type", ask{method: "PATCH", path: "organization", body: `{"settings":{"massDeleteCount":"many"}}`}, 400, "request.wrongType", "massDeleteCount"},
		{"unknown setting", ask{method: "PATCH", path: "organization", body: `{"settings":{"mode":"x"}}`}, 400, "request.unknownField", "mode"},
		{"unknown parameter", ask{method: "GET", path: "departures?$filter=x"}, 400, "request.unknownParameter", "$filter"},
		{"$top of none", ask{method: "GET", path: "departures?$top=0"}, 400, "request.badTop", "$top"},
		{"$top of many", ask{method: "GET", path: "deleted?$top=1001"}, 400, "request.badTop", "$top"},
		{"$top of nothing", ask{method: "GET", path: "audit?$top=x"}, 400, "request.badTop", "$top"},
		{"a token of ours elsewhere", ask{method: "GET", path: "audit?$skiptoken=a3g"}, 400, "request.badToken", "$skiptoken"},
		{"a token of nobody", ask{method: "GET", path: "departures?$skiptoken=!"}, 400, "request.badToken", "$skiptoken"},
		{"a token in the list of deleted", ask{method: "GET", path: "deleted?$skiptoken=zzz"}, 400, "request.badToken", "$skiptoken"},
		{"a day of nowhere", ask{method: "GET", path: "audit?from=yesterday"}, 400, "request.badTime", "from"},
		{"a place of nobody", ask{method: "GET", path: "departures/x/events", header: []string{"Last-Event-ID", "-1"}}, 400, "request.badEventID", "Last-Event-ID"},
		{"no departure", ask{method: "GET", path: "departures/%20"}, 404, "departure.notFound", ""},
		{"R-API-04 a path with NUL", ask{method: "GET", path: "departures/%00"}, 400, "request.badAddress", ""},
		{"R-API-04 a path with bytes that are no text", ask{method: "GET", path: "people/%ff%fe"}, 400, "request.badAddress", ""},
		{"R-API-04 a parameter with NUL", ask{method: "GET", path: "audit?actor=a%00b"}, 400, "request.badAddress", "actor"},
		{"R-API-04 a parameter with bytes that are no text", ask{method: "GET", path: "audit?actor=%ed%a0%80"}, 400, "request.badAddress", "actor"},
		{"a parameter that is broken", ask{method: "GET", path: "audit?actor=%zz"}, 400, "request.badAddress", ""},
		{"a parameter twice", ask{method: "GET", path: "audit?$top=1&$top=2"}, 400, "request.repeated", "$top"},
		{"R-API-04 a token with NUL", ask{method: "GET", path: "audit?$skiptoken=a2EAYg"}, 400, "request.badToken", "$skiptoken"},
		{"no departure by SQL", ask{method: "GET", path: "departures/'%20or%201=1--"}, 404, "departure.notFound", ""},
		{"a path trick", ask{method: "GET", path: "people/..%2f..%2fetc%2fpasswd"}, 404, "user.notFound", ""},
		{"nothing there", ask{method: "GET", path: "secrets"}, 404, "request.noSuchPath", ""},
		{"another method", ask{method: "DELETE", path: "departures"}, 405, "request.method", ""},
		{"a plan is asked for by sending", ask{method: "GET", path: "departures/plan"}, 405, "request.method", ""},
		{"many are purged by sending", ask{method: "DELETE", path: "deleted/purge"}, 405, "request.method", ""},
		{"no quantity", ask{method: "PATCH", path: "subscriptions/x", body: `{}`}, 400, "request.missing", "totalLicenses"},
		{"half a licence", ask{method: "PATCH", path: "subscriptions/x", body: `{"totalLicenses":1.5}`}, 400, "request.wrongType", "totalLicenses"},
		{"licences without end", ask{method: "PATCH", path: "subscriptions/x", body: `{"totalLicenses":1e30}`}, 400, "request.wrongType", "totalLicenses"},
		{"never", ask{method: "PATCH", path: "subscriptions/x", body: `{"totalLicenses":5,"when":"never"}`}, 400, "request.badValue", "when"},
		{"a right of its own", ask{method: "PUT", path: "mailboxes/" + anna + "/permissions/" + admin, body: `{"rights":["Everything"]}`}, 400, "request.badValue", "rights"},
		{"no right", ask{method: "PUT", path: "mailboxes/" + anna + "/permissions/" + admin, body: `{"rights":[]}`}, 400, "request.missing", "rights"},
		{"a mailbox of a room", ask{method: "PATCH", path: "mailboxes/" + anna, body: `{"type":"room"}`}, 400, "mailbox.badType", "type"},
		{"lists of both kinds", ask{method: "PATCH", path: "mailboxes/" + anna, body: `{"aliases":[],"addAliases":["a@b.example"]}`}, 400, "request.together", "aliases"},
		{"an address with a line", ask{method: "PATCH", path: "mailboxes/" + anna, body: `{"addAliases":["a\r\nb@c.example"]}`}, 400, "address.bad", "aliases"},
		{"a reply of a kind", ask{method: "PATCH", path: "mailboxes/" + anna, body: `{"automaticReplies":{"status":"maybe"}}`}, 400, "request.badValue", "automaticReplies.status"},
		{"a name with signs", ask{method: post, path: "people", body: `{"userPrincipalName":"a b@lindeboom.example","displayName":"A","generatePassword":true}`}, 400, "user.badUPN", "userPrincipalName"},
		{"nobody to purge", ask{method: post, path: "deleted/purge", body: `{"users":[]}`}, 400, "departure.empty", "users"},
		{"a dry run of a kind", ask{method: post, path: "imports?dryRun=perhaps", body: "x", header: []string{"Content-Type", "text/csv"}}, 400, "request.wrongType", "dryRun"},
		{"a property twice", ask{method: post, path: "departures/plan", body: `{"users":[{"user":"` + anna + `","mailTo":"` + upn("bram.jansen") + `"}],"users":[{"user":"` + upn("mila.kok") + `"}]}`}, 400, "request.repeated", "users"},
		{"nobody named", ask{method: post, path: "departures/plan", body: `{"users":[{"user":"` + anna + `"},{"mailTo":"` + anna + `"}]}`}, 400, "request.missing", "users.user"},
		{"a workbook", ask{method: post, path: "imports", body: "PK\x03\x04", header: []string{"Content-Type", "text/csv"}}, 400, "csv.invalid", ""},
	}
	if got := s.do(t, ask{method: "GET", path: "departures/plan"}).Header.Get("Allow"); got != "POST" {
		t.Errorf("R-API-04: Allow is %q, want POST", got)
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			said := map[string]string{}
			for _, lang := range locale.Languages() {
				tt.ask.header = append(tt.ask.header, "Accept-Language", string(lang))
				f := want[fault](t, s, tt.status, tt.ask)
				if tt.code != "" && f.Error.Code != tt.code || f.Error.Message == "" || strings.Contains(f.Error.Message, "{") || strings.HasPrefix(f.Error.Message, "api.") || strings.HasPrefix(f.Error.Message, "refusal.") {
					t.Errorf("%s: got %+v, want %s", lang, f, tt.code)
				}
				if tt.target != "" && (len(f.Error.Details) == 0 || f.Error.Details[0].Target != tt.target) {
					t.Errorf("%s: got %+v, want it on %s", lang, f, tt.target)
				}
				said[string(lang)] = f.Error.Message
			}
			if said["nl"] == said["en"] {
				t.Errorf("both languages say %q", said["en"])
			}
		})
	}
	after := want[object](t, s, http.StatusOK, ask{method: "GET", path: "audit?$top=1"})
	if at(t, before, "value.0.seq") != at(t, after, "value.0.seq") {
		t.Error("something was changed")
	}
}

func TestWhoMayCall(t *testing.T) {
	s := open(t, storetestSQLite(t))
	t.Run("no token", func(t *testing.T) {
		req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.url+"organization", http.NoBody)
		if err != nil {
			t.Fatal(err)
		}
		resp, err := s.http.Do(req)
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		if resp.StatusCode != http.StatusUnauthorized || resp.Header.Get("WWW-Authenticate") == "" {
			t.Errorf("R-API-01: got %d", resp.StatusCode)
		}
	})
	t.Run("R-DEL-12 the token of somebody who is gone", func(t *testing.T) {
		want[fault](t, s, http.StatusUnauthorized, ask{as: "nobody@lindeboom.example", method: "GET", path: "organization"})
		want[fault](t, s, http.StatusUnauthorized, ask{as: upn("daan.visser"), method: "GET", path: "organization"}) // blocked
	})
	t.Run("a token without the permission", func(t *testing.T) {
		want[object](t, s, http.StatusOK, ask{as: admin + "|User.Read", method: "GET", path: "people/" + admin})
		if f := want[fault](t, s, http.StatusForbidden, ask{as: admin + "|User.Read", method: "GET", path: "people/" + upn("mila.kok")}); f.Error.Code != "request.noScope" {
			t.Errorf("User.Read is for oneself: got %+v", f)
		}
		f := want[fault](t, s, http.StatusForbidden, ask{as: admin + "|User.Read.All", method: "POST", path: "departures/plan", body: object{"users": wishes(upn("mila.kok"))}})
		if f.Error.Code != "request.noScope" || !strings.Contains(f.Error.Message, "User.ReadWrite.All") {
			t.Errorf("got %+v", f)
		}
		want[planned](t, s, http.StatusOK, ask{as: admin + "|user.readwrite.all", method: "POST", path: "departures/plan", body: object{"users": wishes(upn("mila.kok"))}})
	})
	t.Run("R-DEL-35 a role that may not delete", func(t *testing.T) {
		for _, who := range []string{billing, "reader@lindeboom.example", "helpdesk@lindeboom.example", upn("bram.jansen")} {
			f := want[fault](t, s, http.StatusForbidden, ask{as: who, method: "POST", path: "departures/plan", body: object{"users": wishes("nobody@lindeboom.example")}})
			if f.rule() != "R-DEL-35" && f.rule() != "R-ROLE-05" {
				t.Errorf("%s: got %+v", who, f)
			}
		}
	})
	t.Run("R-ROLE-14 a target with a higher role", func(t *testing.T) {
		p := want[planned](t, s, http.StatusOK, ask{as: "useradmin@lindeboom.example", method: "POST", path: "departures/plan", body: object{"users": wishes(upn("ivo.peters"), upn("tim.wolters"))}})
		if p.Items[0].Outcome != "refused" || p.Items[0].Refusals[0].Rule != "R-ROLE-14" || p.Items[1].Outcome != "delete" {
			t.Errorf("got %+v", p.Items)
		}
	})
}

func TestThrottling(t *testing.T) {
	s := quiet(t, storetestSQLite(t))
	now := start
	held := serve(t, s.store, func(a *api.API) {
		a.Throttle = wire.NewThrottle(wire.Limits{Units: 4, Writes: 2}, func() time.Time { return now })
	})
	held.describe()
	read, write := ask{method: "GET", path: "clock"}, ask{method: "POST", path: "departures/plan", body: object{"users": wishes(upn("mila.kok"))}}
	for _, a := range []ask{read, write, write} {
		got := held.do(t, a)
		if got.StatusCode != http.StatusOK || got.Header.Get("x-ms-resource-unit") != "1" {
			t.Errorf("R-API-08: got %d, %v", got.StatusCode, got.Header)
		}
	}
	refused := func(a ask, information string) {
		t.Helper()
		a.header = []string{"Accept-Language", "nl"}
		got := held.do(t, a)
		if got.StatusCode != http.StatusTooManyRequests || got.Header.Get("Retry-After") == "" || got.Header.Get("x-ms-throttle-information") != information {
			t.Errorf("R-API-06: got %d, %v", got.StatusCode, got.Header)
		}
		if !strings.Contains(string(got.text), `"TooManyRequests"`) || !strings.Contains(string(got.text), "Te veel verzoeken") {
			t.Errorf("got %s", got.text)
		}
	}
	refused(write, "WriteLimitExceeded")
	refused(read, "ResourceUnitLimitExceeded")
	now = now.Add(11 * time.Second)
	want[object](t, held, http.StatusOK, read)
	refused(write, "WriteLimitExceeded")
}
