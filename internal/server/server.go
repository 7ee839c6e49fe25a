// Package server is the listener: it puts the surfaces on their paths, gives
// every request an id, a limit and a line in the log, answers the questions of
// operators (/healthz, /readyz, /metrics), and stops without dropping anybody.
package server

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/url"
	"runtime"
	"strings"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"leaver/internal/wire"
)

// Identity hands out tokens. Its paths can begin with two slashes, which a mux
// would redirect, so it says itself which are its own.
type Identity interface {
	http.Handler
	Owns(path string) bool
}

// Options are what a server is made of. Fields without "optional" are needed.
type Options struct {
	Graph    http.Handler // /v1.0/, /beta/, /v2.0/
	API      http.Handler // /api/v1/
	Web      http.Handler // everything else
	Identity Identity
	Log      *slog.Logger
	Now      func() time.Time // the real clock
	NewID    func() string
	Version  string
	Practice bool
	// Ready tells whether requests can be served: whether the database answers.
	Ready func(ctx context.Context) error
	// Metrics collects what /metrics shows; others may register at it too.
	Metrics *prometheus.Registry
	// MaxBody and MaxUpload bound the body of a request, the second one that of
	// files, imports and departures. Optional: 4 MiB and 256 MiB.
	MaxBody, MaxUpload int64
	// BehindProxy says that a proxy of ours sets X-Forwarded-For. Optional.
	BehindProxy bool
	// Quiet leaves requests that went well out of the log. Optional.
	Quiet bool
	// Grace is how long requests get to end when the server stops. Optional: 20 s.
	Grace time.Duration
}

// Server serves HTTP.
type Server struct {
	opt     Options
	handler http.Handler
}

// New makes a server.
func New(o Options) (*Server, error) {
	if o.MaxBody == 0 {
		o.MaxBody = 4 << 20
	}
	if o.MaxUpload == 0 {
		o.MaxUpload = 256 << 20
	}
	if o.Grace == 0 {
		o.Grace = 20 * time.Second
	}
	watch, err := newWatch(&o)
	if err != nil {
		return nil, err
	}
	s := &Server{opt: o}
	surface := &wire.Surface{Log: o.Log, Now: o.Now, NewID: o.NewID}
	s.handler = surface.Identify(watch.around(s.bounded(s.routes())))
	return s, nil
}

// ServeHTTP answers a request, for callers in this process.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) { s.handler.ServeHTTP(w, r) }

// routes puts the surfaces on their paths.
func (s *Server) routes() http.Handler {
	operators := s.operators()
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if isGraph(r.URL.Path) { // most requests
			s.opt.Graph.ServeHTTP(w, r)
			return
		}
		path := strings.ToLower(r.URL.Path)
		switch {
		case s.opt.Identity.Owns(r.URL.Path):
			s.opt.Identity.ServeHTTP(w, r)
		case strings.HasPrefix(path, "/api/"):
			s.opt.API.ServeHTTP(w, r)
		case operators[path] != nil:
			operators[path].ServeHTTP(w, r)
		default:
			s.opt.Web.ServeHTTP(w, r)
		}
	})
}

// isGraph tells whether a path is Graph's. Some clients send //v1.0/…; the
// surface puts such paths right.
func isGraph(path string) bool {
	version, _, _ := strings.Cut(strings.TrimLeft(path, "/"), "/")
	return strings.EqualFold(version, "v1.0") || strings.EqualFold(version, "beta") || strings.EqualFold(version, "v2.0")
}

// surfaceOf names the surface of a path, for logs and metrics.
func surfaceOf(o *Options, u *url.URL) string {
	if isGraph(u.Path) { // no organization has such a name
		return "graph"
	}
	path := strings.ToLower(u.Path)
	switch {
	case o.Identity.Owns(u.Path):
		return "identity"
	case strings.HasPrefix(path, "/api/"):
		return "api"
	case path == "/healthz" || path == "/readyz" || path == "/metrics":
		return "operators"
	}
	return "web"
}

// bounded limits the bodies of requests. What is read past the limit is an
// error, which the surfaces answer with 413.
func (s *Server) bounded(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.Body != nil && r.Body != http.NoBody {
			limit := s.opt.MaxBody
			if takesFiles(r.URL.Path) {
				limit = s.opt.MaxUpload
			}
			body := &patience{ReadCloser: http.MaxBytesReader(w, r.Body, limit), conn: http.NewResponseController(w), now: s.opt.Now}
			defer body.linger()
			r.Body = body
		}
		next.ServeHTTP(w, r)
	})
}

// takesFiles tells whether a path is one that files, or lists of a hundred
// thousand people, are sent to.
func takesFiles(path string) bool {
	path = strings.ToLower(path)
	for _, prefix := range []string{"/api/v1/imports", "/api/v1/departures", "/api/v1/deleted/", "/several"} {
		if strings.HasPrefix(path, prefix) {
			return true
		}
	}
	return strings.HasSuffix(path, "/content") || strings.HasSuffix(path, "/$value") || strings.Contains(path, "/uploadsession")
}

// patience gives up on a client that stops sending. There is no limit to the
// whole body: the largest one on a slow line takes minutes.
type patience struct {
	io.ReadCloser
	conn  *http.ResponseController
	now   func() time.Time
	ended bool
}

// Read gives each piece its time, and lifts the limit behind the last one: the
// answer may take long. Behind a piece that did not come it stays.
func (p *patience) Read(b []byte) (int, error) {
	_ = p.conn.SetReadDeadline(p.now().Add(silence)) // not there in this process
	n, err := p.ReadCloser.Read(b)
	if errors.Is(err, io.EOF) {
		p.ended = true
		_ = p.conn.SetReadDeadline(time.Time{}) // the same
	}
	return n, err
}

// linger bounds how long net/http waits for the rest of a body that the answer
// did not need, before it sends that answer.
func (p *patience) linger() {
	if !p.ended {
		_ = p.conn.SetReadDeadline(p.now().Add(rest)) // not there in this process
	}
}

// The times that a connection gets.
const (
	headerTime = 10 * time.Second
	silence    = 30 * time.Second // while a body is being sent
	rest       = 3 * time.Second  // for what is left of a body that nobody reads
	stuck      = time.Minute      // while an answer isn't being read
	idleTime   = 2 * time.Minute
	maxHeader  = 64 << 10
)

// Serve answers requests on a listener until ctx ends, then lets those that are
// being answered come to their end. Streams of events are ended at once: they
// would hold up the end for as long as their clients like.
func (s *Server) Serve(ctx context.Context, l net.Listener) error {
	server := &http.Server{
		Handler: s.streamsEnd(ctx), ReadHeaderTimeout: headerTime, IdleTimeout: idleTime, MaxHeaderBytes: maxHeader,
		BaseContext: func(net.Listener) context.Context { return context.WithoutCancel(ctx) },
		ErrorLog:    slog.NewLogLogger(s.opt.Log.Handler(), slog.LevelDebug),
	}
	// Never touched, so it takes no memory; but the collector of garbage, which
	// waits until the heap has doubled, comes a few times less often while there
	// is little on it: an eighth of the time of a small answer.
	weight := make([]byte, 32<<20)
	defer runtime.KeepAlive(weight)
	failed := make(chan error, 1)
	go func() { failed <- server.Serve(l) }()
	select {
	case err := <-failed:
		return fmt.Errorf("serve: %w", err)
	case <-ctx.Done():
	}
	last, cancel := context.WithTimeout(context.WithoutCancel(ctx), s.opt.Grace)
	defer cancel()
	err := server.Shutdown(last)
	if errors.Is(err, context.DeadlineExceeded) {
		err = server.Close()
	}
	if closing := <-failed; err == nil && !errors.Is(closing, http.ErrServerClosed) {
		err = closing
	}
	return err
}

// streamsEnd ends the requests for streams of events when ctx ends.
func (s *Server) streamsEnd(ctx context.Context) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(strings.TrimRight(r.URL.Path, "/"), "/events") {
			streaming, cancel := context.WithCancel(r.Context())
			defer cancel()
			defer context.AfterFunc(ctx, cancel)()
			r = r.WithContext(streaming) //nolint:contextcheck // of the request
		}
		s.ServeHTTP(w, r)
	})
}
