package identity

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sort"
	"strings"
	"sync"
	"testing"
	"time"
)

const (
	tenantID    = "0d9e6f1c-7d55-4c55-9a43-4f2f9f2f0001"
	daemonID    = "11111111-1111-4111-8111-111111111111"
	webID       = "22222222-2222-4222-8222-222222222222"
	cliID       = "33333333-3333-4333-8333-333333333333"
	annaID      = "0d9e6f1c-7d55-4c55-9a43-4f2f9f2f0a01"
	annaUPN     = "anna.devries@lindeboom.example"
	password    = "Welkom-2026!"
	globalAdmin = "62e90394-69f5-4237-9190-012177145e10"
)

// clock is a time that tests move.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(by time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(by)
}

// fixture is a server over memory, reached over HTTP.
type fixture struct {
	t      testing.TB
	db     *memory
	clock  *clock
	server *Server
	url    string
	client *http.Client
}

func say(lang, key string, args map[string]any) string {
	var names []string
	for name := range args {
		names = append(names, name)
	}
	sort.Strings(names)
	text := lang + ":" + key
	for _, name := range names {
		text += fmt.Sprintf("|%s=%v", name, args[name])
	}
	return text
}

func chooseLanguage(wishes ...string) string {
	for _, wish := range wishes {
		if strings.HasPrefix(wish, "nl") {
			return "nl"
		}
	}
	return "en"
}

// onePassword is the hash of password.
var onePassword = sync.OnceValues(func() (string, error) {
	return CheapPasswords().Hash(context.Background(), password)
})

func newFixture(t testing.TB, change ...func(*Config)) *fixture {
	t.Helper()
	hash, err := onePassword()
	if err != nil {
		t.Fatal(err)
	}
	secret, err := HashSecret("practice-secret")
	if err != nil {
		t.Fatal(err)
	}
	old, err := HashSecret("old-secret")
	if err != nil {
		t.Fatal(err)
	}
	f := &fixture{t: t, clock: &clock{now: time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC)}}
	f.db = &memory{
		tenant: Tenant{ID: tenantID, Domains: []string{"lindeboom.example", "lindeboom.onmicrosoft.example"}, DisplayName: "Lindeboom College"},
		apps: map[string]App{
			daemonID: {
				ID: "sp-daemon", AppID: daemonID, DisplayName: "Scripts", Enabled: true, SessionEpoch: 3,
				Permissions: []string{"User.ReadWrite.All", "Directory.Read.All"}, Roles: []string{globalAdmin},
				Secrets: []Secret{{Hash: secret}, {Hash: old, ExpiresAt: f.clock.now.Add(-time.Hour)}},
			},
			webID: {
				ID: "sp-web", AppID: webID, DisplayName: "Web <b>app</b>", Enabled: true, Secrets: []Secret{{Hash: secret}},
				Delegated:    []string{"User.Read", "User.ReadWrite.All"},
				RedirectURIs: []string{"https://web.example/back?x=1", "https://web.example/other"},
			},
			cliID: {
				ID: "sp-cli", AppID: cliID, DisplayName: "Command line", Enabled: true, PublicClient: true,
				Delegated: []string{"User.Read", "Directory.AccessAsUser.All"}, RedirectURIs: []string{"http://localhost"},
			},
		},
		people: map[string]Person{annaID: {
			ID: annaID, UPN: annaUPN, DisplayName: "Anna de Vries", Enabled: true, PasswordHash: hash, SessionEpoch: 7,
			Roles: []string{globalAdmin},
		}},
		grants: map[string]Grant{}, signing: map[string]Key{}, failures: map[string]int{}, locked: map[string]time.Time{},
	}
	cfg := Config{
		Directory: f.db, Grants: f.db, Keys: f.db, Attempts: f.db, Passwords: CheapPasswords(), Now: f.clock.Now,
		Log: slog.New(slog.DiscardHandler), Text: say, Language: chooseLanguage, AllowPassword: true,
	}
	for _, c := range change {
		c(&cfg)
	}
	if f.server, err = New(cfg); err != nil {
		t.Fatal(err)
	}
	over := httptest.NewServer(f.server)
	t.Cleanup(over.Close)
	f.url = over.URL
	f.client = over.Client()
	f.client.CheckRedirect = func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }
	return f
}

// answered is what came back.
type answered struct {
	status int
	header http.Header
	body   string
	json   map[string]any
}

func (a answered) text(name string) string {
	s, _ := a.json[name].(string)
	return s
}

// code is the number of the refusal, or 0.
func (a answered) code() int {
	all, _ := a.json["error_codes"].([]any)
	if len(all) != 1 {
		return 0
	}
	n, _ := all[0].(float64)
	return int(n)
}

func (f *fixture) do(r *http.Request) answered {
	f.t.Helper()
	response, err := f.client.Do(r)
	if err != nil {
		f.t.Fatal(err)
	}
	defer func() { _ = response.Body.Close() }()
	body, err := io.ReadAll(response.Body)
	if err != nil {
		f.t.Fatal(err)
	}
	a := answered{status: response.StatusCode, header: response.Header, body: string(body)}
	if strings.HasPrefix(response.Header.Get("Content-Type"), "application/json") {
		if err := json.Unmarshal(body, &a.json); err != nil {
			f.t.Fatalf("answer is no JSON: %v: %s", err, body)
		}
	}
	return a
}

func (f *fixture) get(path string) answered {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), http.MethodGet, f.url+path, nil)
	if err != nil {
		f.t.Fatal(err)
	}
	return f.do(r)
}

func (f *fixture) request(path string, form url.Values) *http.Request {
	f.t.Helper()
	r, err := http.NewRequestWithContext(f.t.Context(), http.MethodPost, f.url+path, strings.NewReader(form.Encode()))
	if err != nil {
		f.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

func (f *fixture) post(path string, form url.Values) answered {
	f.t.Helper()
	return f.do(f.request(path, form))
}

// token asks the token endpoint.
func (f *fixture) token(pairs ...string) answered {
	f.t.Helper()
	return f.post("/"+tenantID+"/oauth2/v2.0/token", values(pairs...))
}

func values(pairs ...string) url.Values {
	form := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		form.Set(pairs[i], pairs[i+1])
	}
	return form
}

// appToken gets a token by the secret.
func (f *fixture) appToken() string {
	f.t.Helper()
	a := f.token("grant_type", "client_credentials", "client_id", daemonID, "client_secret", "practice-secret", "scope", "https://graph.microsoft.com/.default")
	if a.status != 200 {
		f.t.Fatalf("token: %d %s", a.status, a.body)
	}
	return a.text("access_token")
}

// claims reads a JWT without checking it.
func claims(t testing.TB, token string) map[string]any {
	t.Helper()
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		t.Fatalf("not a JWT: %q", token)
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	var all map[string]any
	if err := json.Unmarshal(raw, &all); err != nil {
		t.Fatal(err)
	}
	return all
}

func TestClientCredentials(t *testing.T) {
	f := newFixture(t)
	graph := "https://graph.microsoft.com"
	tests := []struct {
		name, path, scope, audience string
		basic                       bool
	}{
		{"secret in the body", "/" + tenantID + "/oauth2/v2.0/token", graph + "/.default", graph, false},
		{"basic, bare scope", "/" + tenantID + "/oauth2/v2.0/token", ".default", graph, true},
		{"two slashes in the scope", "/lindeboom.example/oauth2/v2.0/token", graph + "//.default", graph, false},
		{"two slashes in the path", "//" + tenantID + "/oauth2/v2.0/token?client-request-id=6a3d4c5e-0000-4000-8000-000000000001", graph + "/.default", graph, false},
		{"common", "/common/oauth2/v2.0/token", graph + "/.default", graph, false},
		{"organizations, capitals", "/Organizations/OAuth2/v2.0/Token", graph + "/.default", graph, false},
		{"this host", "/" + tenantID + "/oauth2/v2.0/token", f.url + "//.default", f.url, false},
		{"the id of Graph", "/" + tenantID + "/oauth2/v2.0/token", graphAppID + "/.default", graph, false},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			form := values("grant_type", "client_credentials", "scope", tt.scope)
			if !tt.basic {
				form.Set("client_id", daemonID)
				form.Set("client_secret", "practice-secret")
			}
			r := f.request(tt.path, form)
			if tt.basic {
				r.SetBasicAuth(daemonID, "practice-secret")
			}
			a := f.do(r)
			if a.status != 200 || a.text("token_type") != "Bearer" || a.json["expires_in"] != 3600.0 || a.json["refresh_token"] != nil {
				t.Fatalf("got %d %s", a.status, a.body)
			}
			if got := a.header.Get("Cache-Control"); !strings.Contains(got, "no-store") {
				t.Errorf("Cache-Control = %q", got)
			}
			c := claims(t, a.text("access_token"))
			for name, want := range map[string]any{
				"aud": tt.audience, "tid": tenantID, "oid": "sp-daemon", "sub": "sp-daemon", "appid": daemonID, "azp": daemonID,
				"app_displayname": "Scripts", "idtyp": "app", "appidacr": "1", "epo": 3.0, "iss": f.url + "/" + tenantID + "/v2.0",
			} {
				if c[name] != want {
					t.Errorf("%s = %v, want %v", name, c[name], want)
				}
			}
			if fmt.Sprint(c["roles"]) != "[User.ReadWrite.All Directory.Read.All]" || fmt.Sprint(c["wids"]) != "["+globalAdmin+"]" || c["scp"] != nil {
				t.Errorf("roles %v, wids %v, scp %v", c["roles"], c["wids"], c["scp"])
			}
			got, err := f.server.Verify(t.Context(), a.text("access_token"))
			if err != nil || !got.IsApp || got.Subject != "sp-daemon" || got.Epoch != 3 || !slices.Contains(got.Permissions, "Directory.Read.All") {
				t.Errorf("Verify = %+v, %v", got, err)
			}
		})
	}
}

func TestTokenErrors(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.AllowPassword = false })
	f.db.changeApp(webID, func(a *App) { a.Enabled = false })
	daemon := []string{"grant_type", "client_credentials", "client_id", daemonID, "client_secret", "practice-secret", "scope", ".default"}
	with := func(pairs ...string) []string { return append(slices.Clone(daemon), pairs...) } // the last one of a name counts
	tests := []struct {
		name, oauth  string
		code, status int
		form         []string
	}{
		{"no grant", "invalid_request", 900144, 400, nil},
		{"unknown grant", "unsupported_grant_type", 70003, 400, []string{"grant_type", "implicit", "client_id", daemonID}},
		{"no client", "invalid_request", 900144, 400, []string{"grant_type", "client_credentials"}},
		{"unknown app", "unauthorized_client", 700016, 400, with("client_id", "9")},
		{"disabled app", "unauthorized_client", 7000112, 400, with("client_id", webID)},
		{"bad secret", "invalid_client", 7000215, 401, with("client_secret", "wrong")},
		{"expired secret", "invalid_client", 7000222, 401, with("client_secret", "old-secret")},
		{"no secret", "invalid_client", 7000218, 401, with("client_secret", "")},
		{"public app with a secret", "invalid_client", 700025, 401, with("client_id", cliID)},
		{"public app on its own", "invalid_client", 7000218, 401, with("client_id", cliID, "client_secret", "")},
		{"no scope", "invalid_request", 900144, 400, with("scope", "")},
		{"single scope", "invalid_scope", 1002012, 400, with("scope", "User.Read")},
		{"unknown resource", "invalid_resource", 500011, 400, with("scope", "https://other.example/.default")},
		{"two resources", "invalid_scope", 700022, 400, with("scope", ".default "+f.url+"/.default")},
		{"scope of nothing", "invalid_scope", 70011, 400, with("scope", "https://graph.microsoft.com/")},
		{"scope with signs", "invalid_scope", 70011, 400, with("scope", "User.Read<script>")},
		{"password is off", "unauthorized_client", 7000229, 400, []string{"grant_type", "password", "client_id", cliID, "username", annaUPN, "password", password, "scope", "User.Read"}},
		{"no code", "invalid_request", 900144, 400, []string{"grant_type", "authorization_code", "client_id", cliID}},
		{"unknown code", "invalid_grant", 70000, 400, []string{"grant_type", "authorization_code", "client_id", cliID, "code", "x"}},
		{"unknown refresh token", "invalid_grant", 70000, 400, []string{"grant_type", "refresh_token", "client_id", cliID, "refresh_token", "x"}},
		{"unknown device code", "invalid_grant", 70000, 400, []string{"grant_type", "device_code", "client_id", cliID, "device_code", "x"}},
		{"assertion of no type", "invalid_request", 90100, 400, with("client_assertion", "x")},
		{"assertion that is none", "invalid_client", 700027, 401, with("client_assertion", "x", "client_assertion_type", assertionType)},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := f.token(tt.form...)
			if a.status != tt.status || a.text("error") != tt.oauth || a.code() != tt.code {
				t.Fatalf("got %d %s %d, want %d %s %d: %s", a.status, a.text("error"), a.code(), tt.status, tt.oauth, tt.code, a.body)
			}
			if !strings.HasPrefix(a.text("error_description"), fmt.Sprintf("AADSTS%d: ", tt.code)) || strings.Contains(a.body, "%!") {
				t.Errorf("description %q", a.text("error_description"))
			}
			if a.text("timestamp") != "2026-11-21 10:00:00Z" || !isID(a.text("trace_id")) || !isID(a.text("correlation_id")) || a.text("error_uri") == "" {
				t.Errorf("incomplete: %s", a.body)
			}
		})
	}
}

func TestRequestsOutOfShape(t *testing.T) {
	f := newFixture(t)
	path := "/" + tenantID + "/oauth2/v2.0/token"
	raw := func(method, kind, body string) *http.Request {
		r, err := http.NewRequestWithContext(t.Context(), method, f.url+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Content-Type", kind)
		return r
	}
	form := "application/x-www-form-urlencoded"
	bearer := raw("POST", form, "grant_type=client_credentials&client_id="+daemonID)
	bearer.Header.Set("Authorization", "Bearer x")
	both := raw("POST", form, "grant_type=client_credentials&client_id="+webID)
	both.SetBasicAuth(daemonID, "practice-secret")
	basic := raw("POST", form, "grant_type=client_credentials&scope=.default")
	basic.SetBasicAuth(daemonID, "wrong")
	for name, tt := range map[string]struct {
		r            *http.Request
		status, code int
	}{
		"GET":                {raw("GET", form, ""), 405, 900561},
		"JSON":               {raw("POST", "application/json", "{}"), 400, 9002313},
		"kind out of shape":  {raw("POST", ";;", ""), 400, 9002313},
		"twice":              {raw("POST", form, "grant_type=a&grant_type=b"), 400, 9002313},
		"bad escape":         {raw("POST", form, "grant_type=%zz"), 400, 9002313},
		"too long":           {raw("POST", form, "a="+strings.Repeat("x", maxForm)), 400, 9002313},
		"bearer as a client": {bearer, 400, 9002313},
		"two clients":        {both, 400, 9002313},
		"basic, bad secret":  {basic, 401, 7000215},
	} {
		a := f.do(tt.r)
		if a.status != tt.status || a.code() != tt.code {
			t.Errorf("%s: got %d %d, want %d %d: %s", name, a.status, a.code(), tt.status, tt.code, a.body)
		}
		if name == "basic, bad secret" && a.header.Get("Www-Authenticate") == "" {
			t.Error("no WWW-Authenticate after Basic")
		}
	}
	// Without a content type the body is read all the same.
	r := f.request(path, values("grant_type", "client_credentials", "client_id", daemonID, "client_secret", "practice-secret", "scope", ".default"))
	r.Header.Del("Content-Type")
	if a := f.do(r); a.status != 200 {
		t.Errorf("no content type: %d %s", a.status, a.body)
	}
}

func TestUnknownOrganization(t *testing.T) {
	f := newFixture(t)
	for _, authority := range []string{"consumers", "other.example", "00000000-0000-0000-0000-000000000000"} {
		a := f.post("/"+authority+"/oauth2/v2.0/token", values("grant_type", "client_credentials"))
		if a.status != 400 || a.code() != 90002 {
			t.Errorf("%s: %d %s", authority, a.status, a.body)
		}
	}
}

func TestCorrelation(t *testing.T) {
	f := newFixture(t)
	id := "6a3d4c5e-0000-4000-8000-000000000001"
	a := f.post("/common/oauth2/v2.0/token?client-request-id="+id, values())
	if a.text("correlation_id") != id || a.header.Get("Client-Request-Id") != id {
		t.Errorf("correlation %q, header %q", a.text("correlation_id"), a.header.Get("Client-Request-Id"))
	}
	a = f.post("/common/oauth2/v2.0/token?client-request-id=%22%3E%3Cevil%3E", values())
	if strings.Contains(a.body, "evil") || strings.Contains(a.header.Get("Client-Request-Id"), "evil") {
		t.Errorf("a stranger's text came back: %s", a.body)
	}
}

func TestDatabaseAway(t *testing.T) {
	f := newFixture(t)
	f.db.broken = errors.New("secret host refused the connection")
	a := f.token("grant_type", "client_credentials")
	if a.status != 503 || a.text("error") != "temporarily_unavailable" || a.header.Get("Retry-After") == "" || strings.Contains(a.body, "secret host") {
		t.Errorf("got %d %v %s", a.status, a.header, a.body)
	}
}

func TestPathsThatAreOurs(t *testing.T) {
	f := newFixture(t)
	for path, want := range map[string]bool{
		"/common/oauth2/v2.0/token": true, "//x/oauth2/v2.0/token": true, "/x//oauth2/v2.0/token": true, "/devicelogin": true,
		"/metadata/endpoints": true, "/common/discovery/instance": true, "/common/userrealm/a@b": true,
		"/": false, "/v1.0/users": false, "/oauth2/v2.0/token": false, "/a/b/oauth2/v2.0/token": false, "/healthz": false,
	} {
		if got := f.server.Owns(path); got != want {
			t.Errorf("Owns(%q) = %t", path, got)
		}
	}
	if a := f.get("/nothing"); a.status != 404 {
		t.Errorf("status %d", a.status)
	}
}
