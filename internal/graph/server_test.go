package graph_test

import (
	"bytes"
	"context"
	"crypto/rand"
	"crypto/rsa"
	"crypto/x509"
	"encoding/json"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"

	"leaver/internal/blob"
	"leaver/internal/graph"
	"leaver/internal/identity"
	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/practice"
	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
	"leaver/internal/wire"
)

const domain = "@" + practice.Domain

// clock is the time of a test; it only moves when told.
type clock struct {
	mu  sync.Mutex
	now time.Time
}

func (c *clock) Now() time.Time {
	c.mu.Lock()
	defer c.mu.Unlock()
	return c.now
}

func (c *clock) advance(d time.Duration) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.now = c.now.Add(d)
}

// bodies reads bodies as the surface wants them.
type bodies struct{ *blob.Store }

func (b bodies) Open(ctx context.Context, hash string) (io.ReadCloser, error) {
	return b.Store.Open(ctx, hash)
}

// hashed is the hash of everybody's password.
var hashed = sync.OnceValues(func() (string, error) {
	return identity.CheapPasswords().Hash(context.Background(), practice.Password)
})

// signingKey signs every token of the tests; making one takes a while.
var signingKey = sync.OnceValues(func() ([]byte, error) {
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		return nil, err
	}
	return x509.MarshalPKCS8PrivateKey(key)
})

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// school is the practice organization behind a real server.
type school struct {
	t      testing.TB
	store  *store.Store
	desk   *offboard.Desk
	clock  *clock
	server *httptest.Server
	log    *bytes.Buffer
	mu     sync.Mutex
	tokens map[string]string
}

// newSchool serves the practice organization on a fresh SQLite file.
func newSchool(t testing.TB, change ...func(*graph.Config)) *school {
	t.Helper()
	return schoolOn(t, sqltest.SQLite(t, store.Migrations()), change...)
}

func schoolOn(t testing.TB, db *sqldb.DB, change ...func(*graph.Config)) *school {
	t.Helper()
	return schoolOf(t, db, 60, change...)
}

// schoolOf serves a practice organization of a size.
func schoolOf(t testing.TB, db *sqldb.DB, users int, change ...func(*graph.Config)) *school {
	t.Helper()
	s := &school{t: t, store: store.New(db, newID), clock: &clock{now: time.Date(2026, 5, 18, 9, 41, 27, 0, time.UTC)}, log: &bytes.Buffer{}, tokens: map[string]string{}}
	hash, err := hashed()
	fatal(t, err)
	disk, err := blob.New(t.TempDir())
	fatal(t, err)
	disk = disk.Unsynced()
	fatal(t, practice.Make(t.Context(), practice.Deps{Store: s.store, Bodies: bodies{disk}, PasswordHash: hash, Now: s.clock.now}, users, nil))
	log := slog.New(slog.NewTextHandler(&locked{w: s.log}, nil))
	passwords := identity.CheapPasswords()
	s.desk = &offboard.Desk{
		Store: s.store, Bodies: disk, Now: s.clock.Now, NewID: newID, Log: log, Node: "test", Lease: time.Minute,
		CheckPassword: identity.CheckPolicy,
		HashPassword:  func(p string) (string, error) { return passwords.Hash(context.Background(), p) },
		NewPassword:   func() string { return "Nieuw-2026!" },
	}
	s.register()
	ports := s.store.Identity(s.clock.Now)
	key, err := signingKey()
	fatal(t, err)
	fatal(t, ports.Add(t.Context(), identity.Key{ID: "test", PKCS8: key, CreatedAt: s.clock.Now()}))
	ids, err := identity.New(identity.Config{
		Directory: ports, Grants: ports, Keys: ports, Attempts: ports, Passwords: passwords, Now: s.clock.Now, Log: log, AllowPassword: true,
		Text:     func(lang, key string, args map[string]any) string { return locale.Text(locale.Lang(lang), key, args) },
		Language: func(wishes ...string) string { return string(locale.Choose(locale.English, wishes...)) },
	})
	fatal(t, err)
	cfg := graph.Config{
		Desk: s.desk, Reads: s.store, Bodies: bodies{disk}, Auth: &wire.Auth{Tokens: ids, Subjects: s.store}, Log: log, Now: s.clock.Now, NewID: newID,
	}
	for _, f := range change {
		f(&cfg)
	}
	surface, err := graph.New(cfg)
	fatal(t, err)
	s.server = httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if ids.Owns(r.URL.Path) {
			ids.ServeHTTP(w, r)
			return
		}
		body := r.Body
		surface.ServeHTTP(w, r)
		// As the server does: a connection that is cut while a body is still on its way
		// may take the answer with it.
		_, _ = io.Copy(io.Discard, body)
	}))
	t.Cleanup(s.server.Close)
	return s
}

// locked lets several requests write one log.
type locked struct {
	mu sync.Mutex
	w  io.Writer
}

func (l *locked) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.w.Write(b)
}

func fatal(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// permissions are those of the app that tests use unless they say otherwise.
var permissions = []string{
	"User.ReadWrite.All", "Directory.ReadWrite.All", "Group.ReadWrite.All", "Organization.Read.All", "MailboxSettings.ReadWrite", "Mail.ReadWrite", "Mail.Send",
	"Files.ReadWrite.All", "RoleManagement.ReadWrite.Directory", "SharePointTenantSettings.ReadWrite.All", "Domain.Read.All",
}

// register adds the practice app, which may do everything in everybody's name too.
func (s *school) register() {
	app := practice.App()
	s.app(offboard.App{
		ID: app.ID, AppID: app.ClientID, DisplayName: app.DisplayName, Roles: app.Roles,
		AppDetails: offboard.AppDetails{Permissions: permissions, Delegated: append([]string{"User.Read", "Directory.AccessAsUser.All"}, permissions...)},
	})
}

// app registers an app with the secret of the practice app.
func (s *school) app(a offboard.App) {
	s.t.Helper()
	secret, err := identity.HashSecret(practice.App().Secret)
	fatal(s.t, err)
	a.Enabled, a.Created = true, s.clock.Now()
	a.Secrets = []offboard.AppSecret{{ID: "1", Hash: secret, Created: s.clock.Now()}}
	fatal(s.t, s.store.Change(s.t.Context(), func(tx offboard.Tx) error { return tx.SaveApp(s.t.Context(), &a) }))
}

// token signs an app in, or (upn not empty) a person through the practice app.
func (s *school) token(clientID, upn, scope string) string {
	s.t.Helper()
	s.mu.Lock()
	defer s.mu.Unlock()
	key := clientID + upn + scope
	if t := s.tokens[key]; t != "" {
		return t
	}
	form := url.Values{"client_id": {clientID}, "client_secret": {practice.App().Secret}, "grant_type": {"client_credentials"}, "scope": {scope}}
	if upn != "" {
		form.Set("grant_type", "password")
		form.Set("username", upn)
		form.Set("password", practice.Password)
	}
	resp, err := http.PostForm(s.server.URL+"/"+practice.TenantID+"/oauth2/v2.0/token", form)
	fatal(s.t, err)
	defer resp.Body.Close()
	var out struct {
		AccessToken string `json:"access_token"`
		Description string `json:"error_description"`
	}
	fatal(s.t, json.NewDecoder(resp.Body).Decode(&out))
	if out.AccessToken == "" {
		s.t.Fatalf("no token for %s %s: %s", clientID, upn, out.Description)
	}
	s.tokens[key] = out.AccessToken
	return out.AccessToken
}

const allScopes = "https://graph.microsoft.com/.default"

// as makes a client in somebody's name; "" is the practice app itself.
func (s *school) as(upn string) *client {
	s.t.Helper()
	if upn != "" && !strings.Contains(upn, "@") {
		upn += domain
	}
	return &client{t: s.t, s: s, token: s.token(practice.App().ClientID, upn, allScopes)}
}

// client asks the server, and checks the form of every answer.
type client struct {
	t      testing.TB
	s      *school
	token  string
	header http.Header
}

// answer is what came back.
type answer struct {
	t      testing.TB
	what   string
	status int
	header http.Header
	raw    []byte
	body   map[string]any
}

// with adds headers to each request.
func (c *client) with(pairs ...string) *client {
	next := &client{t: c.t, s: c.s, token: c.token, header: c.header.Clone()}
	if next.header == nil {
		next.header = http.Header{}
	}
	for i := 0; i < len(pairs); i += 2 {
		next.header.Set(pairs[i], pairs[i+1])
	}
	return next
}

// in makes the client report to another test.
func (c *client) in(t testing.TB) *client {
	next := *c
	next.t = t
	return &next
}

func (c *client) eventual() *client { return c.with("ConsistencyLevel", "eventual") }

func (c *client) get(path string) *answer           { return c.do(http.MethodGet, path, nil) }
func (c *client) delete(path string) *answer        { return c.do(http.MethodDelete, path, nil) }
func (c *client) post(path string, b any) *answer   { return c.do(http.MethodPost, path, b) }
func (c *client) patch(path string, b any) *answer  { return c.do(http.MethodPatch, path, b) }
func (c *client) put(path string, body any) *answer { return c.do(http.MethodPut, path, body) }

// do sends a request. The body is JSON text, bytes, or a value to be marshaled;
// the path stands below the version, or is a whole address.
func (c *client) do(method, path string, body any) *answer {
	c.t.Helper()
	var b []byte
	switch v := body.(type) {
	case nil:
	case string:
		b = []byte(v)
	case []byte:
		b = v
	default:
		var err error
		b, err = json.Marshal(v)
		fatal(c.t, err)
	}
	address := path
	if !strings.HasPrefix(path, "http") {
		address = c.s.server.URL + versioned(path)
	}
	address = strings.ReplaceAll(address, " ", "%20")
	r, err := http.NewRequestWithContext(context.Background(), method, address, bytes.NewReader(b))
	fatal(c.t, err)
	if c.token != "" {
		r.Header.Set("Authorization", "Bearer "+c.token)
	}
	if b != nil {
		r.Header.Set("Content-Type", "application/json")
	}
	for name, values := range c.header {
		r.Header[name] = values
	}
	resp, err := http.DefaultClient.Do(r)
	fatal(c.t, err)
	defer resp.Body.Close()
	a := &answer{t: c.t, what: method + " " + path, status: resp.StatusCode, header: resp.Header}
	a.raw, err = io.ReadAll(resp.Body)
	fatal(c.t, err)
	a.check()
	return a
}

func versioned(path string) string {
	for _, v := range []string{"/v1.0", "/beta", "/v2.0", "//", "/V1.0"} {
		if strings.HasPrefix(path, v) {
			return path
		}
	}
	return "/v1.0" + path
}

// want fails the test unless the answer has a status.
func (a *answer) want(status int) *answer {
	a.t.Helper()
	if a.status != status {
		a.t.Fatalf("%s: got %d, want %d\n%.1000s", a.what, a.status, status, a.raw)
	}
	return a
}

// refused fails the test unless the answer is an error with status, code and (a
// part of) a text.
func (a *answer) refused(status int, code, text string) *answer {
	a.t.Helper()
	a.want(status)
	e, _ := a.body["error"].(map[string]any)
	if e["code"] != code || !strings.Contains(e["message"].(string), text) {
		a.t.Fatalf("%s: got %v %q, want %s %q", a.what, e["code"], e["message"], code, text)
	}
	return a
}

// rows are the objects of a collection.
func (a *answer) rows() []map[string]any {
	a.t.Helper()
	list, ok := a.body["value"].([]any)
	if !ok {
		a.t.Fatalf("%s: no collection: %.300s", a.what, a.raw)
	}
	out := make([]map[string]any, len(list))
	for i := range list {
		out[i], _ = list[i].(map[string]any)
	}
	return out
}

func (a *answer) str(name string) string {
	s, _ := a.body[name].(string)
	return s
}

// id looks somebody's id up.
func (s *school) id(upn string) string {
	s.t.Helper()
	return s.as("").get("/users/" + upn + domain + "?$select=id").want(200).str("id")
}

// trail counts the entries of the audit trail with an action.
func (s *school) trail(action string) int {
	s.t.Helper()
	n := 0
	fatal(s.t, s.store.Read(s.t.Context(), func(tx offboard.Tx) error {
		n = 0
		for after := int64(0); ; {
			entries, err := tx.Entries(s.t.Context(), after, 1000)
			if err != nil || len(entries) == 0 {
				return err
			}
			for _, e := range entries {
				after = e.Seq
				if e.Action == action || action == "" {
					n++
				}
			}
		}
	}))
	return n
}
