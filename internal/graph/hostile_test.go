package graph_test

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"net/http"
	"net/url"
	"strings"
	"testing"
)

// Bad input gets Graph's error, never a 500, and changes nothing.
func TestHostileInput(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	anna := "/users/anna.devries@lindeboom.example"
	before := s.trail("")
	var bomb bytes.Buffer
	z := gzip.NewWriter(&bomb)
	for range 100 {
		_, err := z.Write(bytes.Repeat([]byte(" "), 1<<20))
		fatal(t, err)
	}
	fatal(t, z.Close())
	for name, body := range map[string]string{
		"no JSON": `{`, "a list": `[]`, "a word": `"x"`, "null": `null`, "two values": `{}{}`, "trailing garbage": `{"jobTitle":"x"}x`, "wrong type": `{"jobTitle":1}`,
		"wrong list": `{"businessPhones":"1"}`, "null in a list": `{"otherMails":[null]}`, "unknown property": `{"jobTitel":"x"}`, "a property twice": `{"jobTitle":"x","JOBTITLE":"y"}`,
		"bool as text": `{"accountEnabled":"true"}`, "null for a bool": `{"accountEnabled":null}`, "no UTF-8": "{\"jobTitle\":\"\xff\"}", "control characters": `{"jobTitle":"a\u0000b"}`,
		"too long": `{"jobTitle":"` + strings.Repeat("x", 5000) + `"}`, "ten megabytes": `{"jobTitle":"` + strings.Repeat("x", 10<<20) + `"}`,
		"nested deep": `{"jobTitle":` + strings.Repeat("[", 100_000) + strings.Repeat("]", 100_000) + `}`, "nested objects": strings.Repeat(`{"a":`, 5000) + "1" + strings.Repeat("}", 5000),
		"a foreign domain": `{"userPrincipalName":"anna@elsewhere.example"}`, "no name": `{"displayName":"  "}`, "somebody else's name": `{"userPrincipalName":"bram.jansen@lindeboom.example"}`,
		"odd manager": `{"manager@odata.bind":"javascript:alert(1)"}`, "odd profile": `{"passwordProfile":[]}`, "nothing": ``,
	} {
		if got := app.patch(anna, body).status; got != 400 && got != 413 {
			t.Errorf("PATCH with %s: got %d", name, got)
		}
	}
	if got := app.with("Content-Encoding", "gzip").patch(anna, bomb.Bytes()).status; got != 413 {
		t.Errorf("a gzip bomb: got %d", got)
	}
	if got := app.with("Content-Type", "text/html").patch(anna, `{"jobTitle":"x"}`).status; got != 415 {
		t.Errorf("HTML: got %d", got)
	}
	for _, filter := range []string{
		"displayName eq", "displayName eq 'x", "(((((((", strings.Repeat("(", 5000), strings.Repeat("not ", 3000) + "accountEnabled", "displayName eq 'x' or " + strings.Repeat("displayName eq 'x' or ", 5000) + "true",
		"startsWith(displayName)", "displayName eq 1", "id eq 'x'); drop table users; --", "displayName eq '" + strings.Repeat("x", 20000) + "'", "a/any(b:b/any(c:c eq 1))",
	} {
		r := app.eventual().get("/users?$count=true&$filter=" + url.QueryEscape(filter))
		if r.status != 400 && r.status != 414 && r.status != 200 {
			t.Errorf("filter %.40q: got %d %.300s", filter, r.status, r.raw)
		}
	}
	for _, query := range []string{
		"$top=0", "$top=-1", "$top=x", "$skip=1", "$select=", "$orderby=nonsense", "$orderby=displayName sideways", "$expand=nonsense", "$nonsense=1", "$skiptoken=x", "$count=maybe",
		"$select=id&$select=id", "$search=x", "%zz=1", "$filter=%ff", "$top=99999999999999999999",
	} {
		if got := app.get("/users?" + query).status; got != 400 && got != 200 {
			t.Errorf("%s: got %d", query, got)
		}
	}
	for _, path := range []string{
		"/v1.0/users/..%2f..%2fetc", "/v1.0/users/%2e%2e/users", "/v1.0/users/./x", "/v1.0/users/%00", "/v1.0/users/%ff", "/v3.0/users", "/v1.0/nonsense", "/v1.0/users/x/nonsense",
		"/v1.0/users('", "/v1.0/users('x'", "/v1.0/users(x=)", "/v1.0/drives/x/root:/../..:/content", "/v1.0/drives/x/items/y:/z", "/v1.0/" + strings.Repeat("a/", 2000),
	} {
		if got := app.get(s.server.URL + path).status; got != 400 && got != 404 && got != 414 {
			t.Errorf("%.60s: got %d", path, got)
		}
	}
	for _, c := range []struct{ method, path string }{{"PUT", "/users"}, {"DELETE", "/users"}, {"POST", anna}, {"PATCH", "/subscribedSkus"}, {"BREW", "/users"}} {
		a := app.do(c.method, c.path, nil).refused(405, "Request_BadRequest", "Specified HTTP method is not allowed for the request target.")
		if a.header.Get("Allow") == "" {
			t.Errorf("%s %s: no Allow", c.method, c.path)
		}
	}
	if after := s.trail(""); after != before {
		t.Errorf("something changed: %d entries in the trail, were %d", after, before)
	}
	if strings.Contains(s.log.String(), "level=ERROR") {
		t.Errorf("the log has errors: %.2000s", s.log)
	}
}

// Tokens that are nobody's. R-API-01
func TestBadTokens(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	good := s.as("").token
	parts := strings.Split(good, ".")
	none := base64.RawURLEncoding.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + "."
	for name, header := range map[string]string{
		"none": "", "basic": "Basic eDp5", "empty": "Bearer ", "a word": "Bearer x", "half": "Bearer " + parts[0] + "." + parts[1], "without its signature": "Bearer " + parts[0] + "." + parts[1] + ".",
		"unsigned": "Bearer " + none, "with another signature": "Bearer " + parts[0] + "." + parts[1] + "." + strings.Repeat("A", len(parts[2])), "very long": "Bearer " + strings.Repeat("x", 20000),
	} {
		c := &client{t: t, s: s}
		if header != "" {
			c = c.with("Authorization", header)
		}
		a := c.get("/users")
		if a.status != http.StatusUnauthorized || a.header.Get("WWW-Authenticate") == "" {
			t.Errorf("token %s: got %d", name, a.status)
			continue
		}
		a.refused(401, "InvalidAuthenticationToken", "")
	}
	s.clock.advance(25 * 3_600_000_000_000)
	(&client{t: t, s: s, token: good}).get("/users").refused(401, "InvalidAuthenticationToken", "Lifetime validation failed, the token is expired.")
}

// R-API-02: the client's own request id comes back, ours is always there.
func TestRequestIDs(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	a := s.as("").with("client-request-id", "mine-1").get("/users/nobody@lindeboom.example").want(404)
	inner := a.body["error"].(map[string]any)["innerError"].(map[string]any)
	if a.header.Get("client-request-id") != "mine-1" || inner["client-request-id"] != "mine-1" || inner["request-id"] != a.header.Get("request-id") {
		t.Errorf("got %v and %v", a.header, inner)
	}
	if a = s.as("").with("client-request-id", strings.Repeat("x", 500)).get("/users?$top=1"); a.header.Get("client-request-id") != "" {
		t.Error("an endless id was repeated")
	}
}
