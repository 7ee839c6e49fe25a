package api_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/getkin/kin-openapi/openapi3"
	"github.com/getkin/kin-openapi/openapi3filter"
	"github.com/getkin/kin-openapi/routers"
	"github.com/getkin/kin-openapi/routers/legacy"

	"leaver/internal/api"
	"leaver/internal/blob"
	"leaver/internal/identity"
	"leaver/internal/offboard"
	"leaver/internal/practice"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
	"leaver/internal/wire"
)

// tooLong ends a test that hangs. No test that goes well comes near it, on however
// busy a machine.
const tooLong = 8 * time.Minute

// start is when the practice organizations of these tests are made.
var start = time.Date(2026, 5, 18, 9, 41, 27, 0, time.UTC)

// tokens lets the name of an account be its token: signing in is another
// package's subject. Whether the account is there and enabled is looked up.
type tokens struct{ store *store.Store }

func (t tokens) Verify(ctx context.Context, bearer string) (identity.Claims, error) {
	if id, isApp := strings.CutPrefix(bearer, "app/"); isApp {
		return identity.Claims{Subject: id, IsApp: true, AppID: id, AppName: id, Permissions: everyPermission}, nil
	}
	name, scopes, limited := strings.Cut(bearer, "|")
	var claims identity.Claims
	err := t.store.Read(ctx, func(tx offboard.Tx) error {
		people, err := tx.People(ctx, []string{name})
		if err != nil {
			return err
		}
		if people[0] == nil {
			return identity.ErrInvalidToken
		}
		p := people[0]
		claims = identity.Claims{Subject: string(p.ID), Name: p.UPN, UPN: p.UPN, Epoch: p.SessionEpoch, Scopes: []string{"Directory.AccessAsUser.All"}}
		if limited {
			claims.Scopes = strings.Fields(scopes)
		}
		return nil
	})
	return claims, err
}

// everyPermission is what the programs of these tests carry.
var everyPermission = []string{
	"Directory.ReadWrite.All", "User.ReadWrite.All", "AuditLog.Read.All", "Organization.ReadWrite.All", "MailboxSettings.ReadWrite", "Files.ReadWrite.All",
	"Application.ReadWrite.All",
}

// site is the API of a practice organization on a real listener.
type site struct {
	t     testing.TB
	url   string
	desk  *offboard.Desk
	store *store.Store
	http  *http.Client
	doc   *openapi3.T
	paths routers.Router
	mu    sync.Mutex
	seen  map[string]bool // operations that answered well
}

// each runs f on a practice organization in each kind of database.
func each(t *testing.T, f func(t *testing.T, s *site)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, st *store.Store) { f(t, open(t, st)) })
}

// open serves a practice organization of the smallest size, with a worker.
func open(t *testing.T, st *store.Store) *site {
	t.Helper()
	s := quiet(t, st)
	ctx, stop := context.WithCancel(context.Background())
	var done sync.WaitGroup
	done.Go(func() { s.desk.Work(ctx, 20*time.Millisecond) })
	t.Cleanup(func() { stop(); done.Wait() })
	return s
}

// quiet is a site on which nobody carries departures out.
func quiet(t *testing.T, st *store.Store) *site {
	t.Helper()
	if err := practice.Make(t.Context(), practice.Deps{Store: st, Bodies: shelf{}, PasswordHash: "hash", Now: start}, 1, nil); err != nil {
		t.Fatal(err)
	}
	s := serve(t, st)
	s.describe()
	return s
}

// serve puts the API of an organization on a listener.
func serve(t testing.TB, st *store.Store, change ...func(*api.API)) *site {
	t.Helper()
	blobs, err := blob.New(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := &site{t: t, store: st, seen: map[string]bool{}}
	s.desk = &offboard.Desk{
		Store: st, Bodies: blobs, Now: func() time.Time { return start }, NewID: newIDs("desk"), HashPassword: func(p string) (string, error) { return "hash of " + p, nil },
		CheckPassword: identity.CheckPolicy,
		NewPassword:   func() string { return "Nieuw-2026" }, Log: slog.New(slog.DiscardHandler), Node: "here", Lease: time.Minute,
		ReplyTemplates: map[string]string{"nl": "{leaver} werkt hier niet meer; vraag {heir}.", "en": "{leaver} has left; ask {heir}."},
	}
	rest := &api.API{
		Desk: s.desk, Reads: st, Auth: &wire.Auth{Tokens: tokens{st}, Subjects: st}, Log: s.desk.Log, Now: s.desk.Now, NewID: newIDs("request"),
		Poll: 20 * time.Millisecond, Patience: tooLong,
	}
	for _, f := range change {
		f(rest)
	}
	listener := httptest.NewServer(toTheEnd(rest.Handler()))
	t.Cleanup(listener.Close)
	s.url, s.http = listener.URL+"/api/v1/", listener.Client()
	return s
}

// toTheEnd reads what an answer left of the body, as the server does that serves this
// API: a connection that is cut while a body is still on its way may take the answer
// with it.
func toTheEnd(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		body := r.Body
		next.ServeHTTP(w, r)
		_, _ = io.Copy(io.Discard, body) // the client says how it went
	})
}

// everybody lists the user names of all active people.
func everybody(t testing.TB, st *store.Store) []string {
	t.Helper()
	names, err := sqldb.All(t.Context(), st.DB(), sqldb.Value[string], "select upn from users where deleted is null order by pk")
	if err != nil {
		t.Fatal(err)
	}
	return names
}

// shelf takes bodies and forgets them: no test here reads one.
type shelf struct{}

func (shelf) Put(_ context.Context, r io.Reader) (string, int64, error) {
	b, err := io.ReadAll(r)
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:]), int64(len(b)), err
}

// newIDs gives ids in a row that no other maker of ids gives.
func newIDs(who string) func() string {
	var mu sync.Mutex
	n := 0
	kind := sha256.Sum256([]byte(who))
	return func() string {
		mu.Lock()
		defer mu.Unlock()
		n++
		return fmt.Sprintf("%x-%x-7000-8000-%012x", kind[:4], kind[4:6], n)
	}
}

// describe loads the description that the server gives of itself.
func (s *site) describe() {
	s.t.Helper()
	resp, err := s.http.Get(s.url + "openapi.json")
	if err != nil {
		s.t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		s.t.Fatal(err)
	}
	made, err := read(string(text))
	if err != nil {
		s.t.Fatal(err)
	}
	s.doc, s.paths = made.doc, made.paths
}

// description is what a server says of itself, read.
type description struct {
	doc   *openapi3.T
	paths routers.Router
}

// descriptions are those that were read already: all servers say the same, and to
// check it takes longer than most tests.
var descriptions sync.Map

func read(text string) (*description, error) {
	if known, ok := descriptions.Load(text); ok {
		return known.(*description), nil
	}
	loader := openapi3.NewLoader()
	doc, err := loader.LoadFromData([]byte(text))
	if err != nil {
		return nil, fmt.Errorf("the description can't be read: %w", err)
	}
	if err := doc.Validate(loader.Context); err != nil {
		return nil, fmt.Errorf("the description is not OpenAPI: %w", err)
	}
	paths, err := legacy.NewRouter(doc)
	if err != nil {
		return nil, err
	}
	made := &description{doc, paths}
	descriptions.Store(text, made)
	return made, nil
}

// ask is one request; header takes names and values by turns.
type ask struct {
	as, method, path string
	body             any // a string is sent as it is
	header           []string
}

// reply is an answer with its body.
type reply struct {
	*http.Response
	text []byte
}

const (
	admin   = "admin@lindeboom.example"
	admin2  = "admin2@lindeboom.example"
	billing = "billing@lindeboom.example"
)

// do sends a request and checks the answer against the description.
func (s *site) do(t *testing.T, a ask) reply {
	t.Helper()
	var body io.Reader
	switch b := a.body.(type) {
	case nil:
	case string:
		body = strings.NewReader(b)
	default:
		text, err := json.Marshal(b)
		if err != nil {
			t.Fatal(err)
		}
		body = bytes.NewReader(text)
	}
	target := a.path
	if !strings.HasPrefix(target, "http") {
		target = s.url + target
	}
	req, err := http.NewRequestWithContext(t.Context(), a.method, target, body)
	if err != nil {
		t.Fatal(err)
	}
	if a.as == "" {
		a.as = admin
	}
	req.Header.Set("Authorization", "Bearer "+a.as)
	if body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for i := 0; i+1 < len(a.header); i += 2 {
		req.Header.Set(a.header[i], a.header[i+1])
	}
	resp, err := s.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(resp.Body)
	if err != nil {
		t.Fatalf("%s %s: %v", a.method, a.path, err)
	}
	s.conforms(t, req, resp, text)
	return reply{resp, text}
}

// conforms checks an answer against the description of its operation.
func (s *site) conforms(t *testing.T, req *http.Request, resp *http.Response, text []byte) {
	t.Helper()
	route, params, err := s.paths.FindRoute(&http.Request{Method: req.Method, URL: &url.URL{Path: req.URL.Path, RawPath: req.URL.RawPath}, Host: req.Host})
	if err != nil {
		if resp.StatusCode != http.StatusNotFound && resp.StatusCode != http.StatusMethodNotAllowed {
			t.Errorf("%s %s is not in the description: %v", req.Method, req.URL.Path, err)
		}
		return
	}
	if resp.StatusCode == http.StatusMethodNotAllowed && resp.Header.Get("Allow") != "" {
		return // no operation: departures/plan is found as departures/{id}
	}
	in := &openapi3filter.ResponseValidationInput{
		RequestValidationInput: &openapi3filter.RequestValidationInput{Request: req, PathParams: params, Route: route},
		Status:                 resp.StatusCode, Header: resp.Header, Body: io.NopCloser(bytes.NewReader(text)),
		Options: &openapi3filter.Options{IncludeResponseStatus: true},
	}
	kind := resp.Header.Get("Content-Type")
	if strings.HasPrefix(kind, "text/") {
		in.Options.ExcludeResponseBody = true
		if op := route.Operation.Responses.Status(resp.StatusCode); op == nil || op.Value.Content.Get(kind) == nil {
			t.Errorf("%s %s answers %s, which the description does not say", req.Method, req.URL.Path, kind)
		}
	}
	if err := openapi3filter.ValidateResponse(t.Context(), in); err != nil {
		t.Errorf("%s %s answers otherwise than described: %v\n%.2000s", req.Method, req.URL.Path, err, text)
	}
	if resp.StatusCode < 300 {
		s.mu.Lock()
		s.seen[route.Operation.OperationID] = true
		s.mu.Unlock()
	}
}

// want sends a request, wants a status, and reads the answer into a T.
func want[T any](t *testing.T, s *site, status int, a ask) T {
	t.Helper()
	got := s.do(t, a)
	if got.StatusCode != status {
		t.Fatalf("%s %s: got %d, want %d: %.2000s", a.method, a.path, got.StatusCode, status, got.text)
	}
	var v T
	if len(got.text) == 0 {
		return v
	}
	if err := json.Unmarshal(got.text, &v); err != nil {
		t.Fatalf("%s %s: %v: %.500s", a.method, a.path, err, got.text)
	}
	return v
}

// fault is an answer that says no.
type fault struct {
	Error struct {
		Code    string
		Message string
		Details []struct {
			Target, Code, Message, Rule string
			Row, Column                 int
		}
	}
}

// rule is the rule behind it.
func (f *fault) rule() string {
	if len(f.Error.Details) == 0 {
		return ""
	}
	return f.Error.Details[0].Code
}

type object = map[string]any

// at reads a value deep in JSON: names and numbers by a path such as "items.0.user".
func at(t *testing.T, v any, path string) any {
	t.Helper()
	for _, step := range strings.Split(path, ".") {
		switch x := v.(type) {
		case map[string]any:
			v = x[step]
		case []any:
			var i int
			if _, err := fmt.Sscan(step, &i); err != nil || i >= len(x) {
				t.Fatalf("no %s in a list of %d", step, len(x))
			}
			v = x[i]
		default:
			t.Fatalf("no %s in %v", step, v)
		}
	}
	return v
}

// upn is the user name of one of the cast.
func upn(local string) string { return local + "@lindeboom.example" }
