package identity

import (
	"fmt"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"
)

func TestConfiguration(t *testing.T) {
	f := newFixture(t)
	for path, issuer := range map[string]string{
		"/" + tenantID + "/v2.0/.well-known/openid-configuration":         "/" + tenantID + "/v2.0",
		"/common/v2.0/.well-known/openid-configuration":                   "/common/v2.0",
		"/lindeboom.example/v2.0/.well-known/openid-configuration":        "/lindeboom.example/v2.0",
		"/organizations/.well-known/openid-configuration?appid=x":         "/organizations",
		"//" + tenantID + "/v2.0/.well-known/openid-configuration?x=1":    "/" + tenantID + "/v2.0",
		"/" + tenantID + "/V2.0/.Well-Known/OpenID-Configuration":         "/" + tenantID + "/v2.0",
		"/lindeboom.onmicrosoft.example/.well-known/openid-configuration": "/lindeboom.onmicrosoft.example",
	} {
		a := f.get(path)
		if a.status != 200 || a.text("issuer") != f.url+issuer {
			t.Errorf("%s: %d, issuer %q", path, a.status, a.text("issuer"))
		}
		for _, name := range []string{"authorization_endpoint", "token_endpoint", "jwks_uri", "device_authorization_endpoint", "end_session_endpoint"} {
			if !f.server.Owns(strings.TrimPrefix(a.text(name), f.url)) {
				t.Errorf("%s: %s = %q leads nowhere", path, name, a.text(name))
			}
		}
	}
	if a := f.get("/nobody.example/v2.0/.well-known/openid-configuration"); a.status != 400 || a.code() != 90002 || a.text("error") != "invalid_request" {
		t.Errorf("unknown organization: %d %s", a.status, a.body)
	}
}

// TestOlderForm proves that an ID token names the issuer of the discovery
// document that the client started from.
func TestOlderForm(t *testing.T) {
	f := newFixture(t)
	config := f.get("/common/.well-known/openid-configuration")
	path := strings.TrimPrefix(config.text("token_endpoint"), f.url)
	a := f.post(path, values("grant_type", "password", "client_id", cliID, "username", annaUPN, "password", password, "scope", "openid User.Read"))
	if a.status != 200 || claims(t, a.text("id_token"))["iss"] != config.text("issuer") {
		t.Errorf("got %d %s", a.status, a.body)
	}
	a = f.post(path, values("grant_type", "client_credentials", "client_id", daemonID, "client_secret", "practice-secret", "resource", "https://graph.microsoft.com/"))
	if a.status != 200 || claims(t, a.text("access_token"))["aud"] != graphResource {
		t.Errorf("resource instead of scope: %d %s", a.status, a.body)
	}
}

func TestInstanceDiscovery(t *testing.T) {
	f := newFixture(t)
	host := hostOf(f.url)
	a := f.get("/common/discovery/instance?api-version=1.1&authorization_endpoint=" + f.url + "/lindeboom.example/oauth2/v2.0/authorize")
	if a.status != 200 || a.text("tenant_discovery_endpoint") != f.url+"/lindeboom.example/v2.0/.well-known/openid-configuration" {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if got := fmt.Sprint(a.json["metadata"]); !strings.Contains(got, "aliases:["+host+"]") || !strings.Contains(got, "preferred_network:"+host) {
		t.Errorf("metadata %s", got)
	}
	if a := f.get("/common/discovery/instance?authorization_endpoint=%00"); a.status != 400 || a.code() != 90100 {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if a := f.get("/common/discovery/instance?authorization_endpoint=" + f.url + "/nobody/oauth2/v2.0/authorize"); a.code() != 90002 {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestCloudMetadata(t *testing.T) {
	f := newFixture(t)
	a := f.get("/metadata/endpoints?api-version=2022-09-01")
	login, _ := a.json["authentication"].(map[string]any)
	if a.status != 200 || login["loginEndpoint"] != f.url || login["identityProvider"] != "AAD" || login["tenant"] != "common" || fmt.Sprint(login["audiences"]) != "["+f.url+"]" {
		t.Errorf("got %d %s", a.status, a.body)
	}
	for _, name := range []string{"name", "portal", "graph", "graphAudience", "resourceManager", "microsoftGraphResourceId"} {
		if a.text(name) == "" {
			t.Errorf("%s is empty", name)
		}
	}
	// The Graph that it names is one that tokens can be had for.
	token := f.token("grant_type", "client_credentials", "client_id", daemonID, "client_secret", "practice-secret", "scope", a.text("microsoftGraphResourceId")+"/.default")
	if token.status != 200 {
		t.Errorf("got %d %s", token.status, token.body)
	}
}

func TestUserRealm(t *testing.T) {
	f := newFixture(t)
	if a := f.get("/common/userrealm/anna@lindeboom.example?api-version=1.0"); a.status != 200 || a.text("account_type") != "Managed" || a.text("domain_name") != "lindeboom.example" {
		t.Errorf("got %d %s", a.status, a.body)
	}
}

func TestBehindProxy(t *testing.T) {
	for _, trusted := range []bool{true, false} {
		f := newFixture(t, func(c *Config) { c.BehindProxy = trusted })
		r, err := http.NewRequestWithContext(t.Context(), "GET", f.url+"/common/v2.0/.well-known/openid-configuration", nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("X-Forwarded-Proto", "https")
		r.Header.Set("X-Forwarded-Host", "login.lindeboom.example")
		want := f.url + "/common/v2.0"
		if trusted {
			want = "https://login.lindeboom.example/common/v2.0"
		}
		if got := f.do(r).text("issuer"); got != want {
			t.Errorf("trusted %t: issuer %q, want %q", trusted, got, want)
		}
	}
}

func TestNewNeedsItsParts(t *testing.T) {
	if _, err := New(Config{}); err == nil {
		t.Error("no error")
	}
}

// TestEveryRefusalHasItsAnswer reads the source: a code without an answer
// would reach the client empty.
func TestEveryRefusalHasItsAnswer(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	used := map[int]bool{}
	for _, name := range files {
		if strings.HasSuffix(name, "_test.go") {
			continue
		}
		text, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		for _, m := range regexp.MustCompile(`(?:refuse\(|Refusal\{Code: )(\d+)`).FindAllStringSubmatch(string(text), -1) {
			code, err := strconv.Atoi(m[1])
			if err != nil {
				t.Fatal(err)
			}
			used[code] = true
			if a := answers[code]; a.oauth == "" || a.status < 400 || a.text == "" {
				t.Errorf("%s: code %d has no answer", name, code)
			}
		}
	}
	for code := range answers {
		if !used[code] {
			t.Errorf("nothing refuses with %d", code)
		}
	}
}

func FuzzTokenForm(f *testing.F) {
	x := newFixture(f)
	f.Add("grant_type=client_credentials&client_id=" + daemonID + "&client_secret=wrong&scope=.default")
	f.Add("grant_type=authorization_code&client_id=" + cliID + "&code=x&scope=%00//.default")
	f.Add("grant_type=device_code&client_id=" + cliID + "&device_code=x")
	f.Add("grant_type=refresh_token&client_id=" + cliID + "&refresh_token=%ff")
	f.Add("client_assertion=a.b.c&grant_type=client_credentials&client_assertion_type=" + assertionType)
	f.Add("a&b=%zz;c")
	f.Fuzz(func(t *testing.T, body string) {
		r, err := http.NewRequestWithContext(t.Context(), "POST", "http://login.example/common/oauth2/v2.0/token", strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		w := httptest.NewRecorder()
		x.server.ServeHTTP(w, r)
		if w.Code >= 500 || w.Code == 200 || !strings.Contains(w.Body.String(), "AADSTS") {
			t.Errorf("%q: %d %s", body, w.Code, w.Body)
		}
	})
}

func FuzzScopes(f *testing.F) {
	x := newFixture(f)
	c := &call{base: "https://login.example", tenant: x.db.tenant}
	for _, s := range []string{".default", "https://graph.microsoft.com//.default", "openid User.Read", "//", "https://login.example/.default", "a/b/c"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, raw string) {
		asked, err := x.server.readScopes(c, raw, "")
		if err == nil && asked.resource != graphResource && asked.resource != c.base {
			t.Errorf("%q gives tokens for %q", raw, asked.resource)
		}
	})
}
