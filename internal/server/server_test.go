package server

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/prometheus/client_golang/prometheus"
)

// tooLong ends a test that hangs. No test that goes well comes near it, on however
// busy a machine.
const tooLong = 8 * time.Minute

// named answers its name, and the size of what it was sent.
func named(name string) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if _, err := io.Copy(io.Discard, r.Body); err != nil {
			w.WriteHeader(http.StatusRequestEntityTooLarge)
			return
		}
		_, _ = io.WriteString(w, name)
	})
}

// tokens is an identity that owns what real clients ask for.
type tokens struct{ http.Handler }

func (tokens) Owns(path string) bool { return strings.Contains(path, "/oauth2/") }

// lines is a log that can be read while it is written.
type lines struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (l *lines) Write(b []byte) (int, error) {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.Write(b)
}

func (l *lines) String() string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.text.String()
}

func options(log io.Writer) Options {
	return Options{
		Graph: named("graph"), API: named("api"), Web: named("web"), Identity: tokens{named("identity")},
		Log: slog.New(slog.NewTextHandler(log, nil)), Now: time.Now, NewID: func() string { return "our-id" },
		Version: "1.2.3", Practice: true, Ready: func(context.Context) error { return nil }, Metrics: prometheus.NewRegistry(),
	}
}

func newServer(t *testing.T, change func(*Options)) (*Server, *lines) {
	t.Helper()
	log := &lines{}
	o := options(log)
	if change != nil {
		change(&o)
	}
	s, err := New(o)
	if err != nil {
		t.Fatal(err)
	}
	return s, log
}

func ask(s *Server, method, path, body string, header ...string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, "http://leaver.test"+path, strings.NewReader(body))
	for i := 0; i+1 < len(header); i += 2 {
		r.Header.Set(header[i], header[i+1])
	}
	w := httptest.NewRecorder()
	s.ServeHTTP(w, r)
	return w
}

func TestEverySurfaceIsOnItsPath(t *testing.T) {
	s, _ := newServer(t, nil)
	for path, want := range map[string]string{
		"/":                                "web",
		"/users":                           "web",
		"/v1.0/users":                      "graph",
		"/V1.0/Users":                      "graph",
		"//v1.0/users":                     "graph",
		"/beta/groups":                     "graph",
		"/v2.0/drives/1":                   "graph",
		"/v1.0evil":                        "web",
		"/api/v1/organization":             "api",
		"//organizations/oauth2/v2.0/x":    "identity",
		"/lindeboom.example/oauth2/v2.0/x": "identity",
	} {
		if got := ask(s, "GET", path, "").Body.String(); got != want {
			t.Errorf("GET %s went to %s, want %s", path, got, want)
		}
	}
}

func TestHealth(t *testing.T) {
	down := errors.New("no database")
	var broken error
	s, _ := newServer(t, func(o *Options) { o.Ready = func(context.Context) error { return broken } })
	for path, broke := range map[string]error{"/healthz": nil, "/readyz": nil} {
		broken = broke
		w := ask(s, "GET", path, "")
		var got health
		if err := json.Unmarshal(w.Body.Bytes(), &got); err != nil || w.Code != 200 || !got.Practice || got.Version != "1.2.3" || got.Status != "ok" {
			t.Errorf("%s answers %d %s", path, w.Code, w.Body)
		}
	}
	broken = down
	if w := ask(s, "GET", "/readyz", ""); w.Code != 503 {
		t.Errorf("/readyz without a database answers %d, want 503", w.Code)
	}
	if w := ask(s, "GET", "/healthz", "", "Accept", "text/plain"); w.Code != 200 || w.Body.String() != "ok\n" {
		t.Errorf("/healthz without a database answers %d %q, want that the process lives", w.Code, w.Body)
	}
}

func TestRequestIDs(t *testing.T) {
	s, log := newServer(t, nil)
	w := ask(s, "GET", "/users?name=secret", "", "client-request-id", "their-id")
	for name, want := range map[string]string{"request-id": "our-id", "client-request-id": "their-id"} {
		if got := w.Header().Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
	line := log.String()
	for _, want := range []string{"request-id=our-id", "client-request-id=their-id", "path=/users", "status=200", "surface=web", "took-ms=", "bytes=3"} {
		if !strings.Contains(line, want) {
			t.Errorf("the log lacks %s:\n%s", want, line)
		}
	}
	if strings.Contains(line, "secret") {
		t.Errorf("the log has the query, which can hold names and tokens:\n%s", line)
	}
}

func TestBodiesAreBounded(t *testing.T) {
	s, _ := newServer(t, func(o *Options) { o.MaxBody, o.MaxUpload = 10, 100 })
	for _, tt := range []struct {
		path string
		size int
		want int
	}{
		{"/v1.0/users", 10, 200},
		{"/v1.0/users", 11, 413},
		{"/api/v1/organization", 11, 413},
		{"/api/v1/imports", 100, 200},
		{"/api/v1/departures/plan", 100, 200},
		{"/api/v1/imports", 101, 413},
		{"/v1.0/me/drive/root:/a.txt:/content", 100, 200},
	} {
		if w := ask(s, "POST", tt.path, strings.Repeat("x", tt.size)); w.Code != tt.want {
			t.Errorf("%d bytes to %s: got %d, want %d", tt.size, tt.path, w.Code, tt.want)
		}
	}
}

func TestMetrics(t *testing.T) {
	s, _ := newServer(t, nil)
	ask(s, "GET", "/v1.0/users", "")
	ask(s, "BREW", "/pot", "")
	text := ask(s, "GET", "/metrics", "").Body.String()
	for _, want := range []string{
		`leaver_http_requests_total{method="GET",status="200",surface="graph"} 1`,
		`leaver_http_requests_total{method="other",status="200",surface="web"} 1`,
		`leaver_http_request_seconds_count{surface="graph"} 1`,
	} {
		if !strings.Contains(text, want) {
			t.Errorf("/metrics lacks %s", want)
		}
	}
}

// TestServeStops stops a server that is answering a request and streaming
// events: the request gets its answer, the stream is ended.
func TestServeStops(t *testing.T) {
	begun, release := make(chan struct{}, 3), make(chan struct{})
	s, _ := newServer(t, func(o *Options) {
		o.Grace = tooLong
		o.API = http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/events") {
				_ = http.NewResponseController(w).Flush()
				begun <- struct{}{}
				<-r.Context().Done()
				return
			}
			begun <- struct{}{}
			<-release
			_, _ = io.WriteString(w, "done")
		})
	})
	var config net.ListenConfig
	l, err := config.Listen(t.Context(), "tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	go func() { served <- s.Serve(ctx, l) }()
	answers := make(chan string, 3)
	for _, path := range []string{"/api/v1/departures/1/events", "/api/v1/departures/2/events/", "/api/v1/sweep"} {
		go func() {
			resp, err := http.Get("http://" + l.Addr().String() + path) //nolint:noctx // ends with the server
			if err != nil {
				answers <- err.Error()
				return
			}
			defer resp.Body.Close()
			text, _ := io.ReadAll(resp.Body)
			answers <- string(text)
		}()
		<-begun
	}
	stop()
	for range 2 {
		if got := <-answers; got != "" {
			t.Errorf("a stream ended with %q, want nothing", got)
		}
	}
	close(release)
	if got := <-answers; got != "done" {
		t.Errorf("the request that was running got %q, want its answer", got)
	}
	if err := <-served; err != nil {
		t.Errorf("Serve: %v", err)
	}
}

// TestClientsThatLeave: a 5xx that nobody was there to see is counted as what it
// is.
func TestClientsThatLeave(t *testing.T) {
	leave := func() {}
	s, log := newServer(t, func(o *Options) {
		o.API = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
			leave()
			w.WriteHeader(http.StatusServiceUnavailable)
		})
	})
	ctx, cancel := context.WithCancel(t.Context())
	leave = cancel
	s.ServeHTTP(httptest.NewRecorder(), httptest.NewRequest(http.MethodGet, "http://leaver.test/api/v1/x", http.NoBody).WithContext(ctx))
	metrics := ask(s, http.MethodGet, "/metrics", "").Body.String()
	if want := `leaver_http_requests_total{method="GET",status="499",surface="api"} 1`; !strings.Contains(metrics, want) {
		t.Errorf("got %s", metrics)
	}
	if strings.Contains(log.String(), "level=WARN") || !strings.Contains(log.String(), "status=499") {
		t.Errorf("got %s", log)
	}
}

// TestABodyThatNeverComes: whoever promises a body and sends none gets an answer,
// whether it was waited for or not, and holds nothing up.
func TestABodyThatNeverComes(t *testing.T) {
	s, _ := newServer(t, func(o *Options) {
		o.Now = func() time.Time { return time.Now().Add(50*time.Millisecond - silence) } // not to wait for it
		o.Graph = http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) })
	})
	listener := httptest.NewServer(s)
	t.Cleanup(listener.Close)
	for path, want := range map[string]string{"/v1.0/users": "HTTP/1.1 401 ", "/api/v1/people": "HTTP/1.1 413 "} {
		conn, err := (&net.Dialer{}).DialContext(t.Context(), "tcp", listener.Listener.Addr().String())
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		if err := conn.SetDeadline(time.Now().Add(tooLong)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, "POST "+path+" HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n{"); err != nil {
			t.Fatal(err)
		}
		answer, err := io.ReadAll(conn)
		if err != nil || !strings.HasPrefix(string(answer), want) {
			t.Errorf("%s: got %q, %v", path, answer, err)
		}
	}
}

// TestAddresses: behind a proxy of ours the log has the client's address, and
// nobody can claim another.
func TestAddresses(t *testing.T) {
	for forwarded, want := range map[string][2]string{
		"":                          {"192.0.2.1", "192.0.2.1"},
		"203.0.113.7":               {"192.0.2.1", "203.0.113.7"},
		"10.0.0.1, 2001:db8::1":     {"192.0.2.1", "2001:db8::1"},
		"203.0.113.7, \" made up\"": {"192.0.2.1", "192.0.2.1"},
	} {
		for i, behind := range []bool{false, true} {
			s, log := newServer(t, func(o *Options) { o.BehindProxy = behind })
			ask(s, http.MethodGet, "/v1.0/users", "", "X-Forwarded-For", forwarded)
			if !strings.Contains(log.String(), "address="+want[i]+" ") {
				t.Errorf("%q behind %t: got %s", forwarded, behind, log)
			}
		}
	}
}
