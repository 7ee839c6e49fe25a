package graph

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"strings"
	"time"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// Config is what a Server is made of.
type Config struct {
	Desk  *offboard.Desk // every write
	Reads Reads          // the queries of the store
	// Bodies are the bodies of messages and files.
	Bodies Bodies
	Auth   *wire.Auth
	Log    *slog.Logger
	Now    func() time.Time // the real clock
	NewID  func() string    // for request ids
	// PublicURL is where clients find this server, without a slash at the end.
	// Without it, each request's own host.
	PublicURL string
	// BehindProxy says that a proxy of ours sets X-Forwarded-Proto and -Host.
	BehindProxy bool
	// Throttle counts what apps use; a generous one of its own when nil.
	Throttle *wire.Throttle
	// MaxUpload is the largest file that one request may bring; DefaultUpload if 0.
	MaxUpload int64
}

// DefaultUpload is Graph's own limit for a simple upload.
const DefaultUpload = 250 << 20

// Server answers as Microsoft Graph does.
type Server struct {
	cfg     Config
	surface *wire.Surface
	drives  *wire.Surface // words refusals as OneDrive does
	words   vocabulary
	handler http.Handler // serve, with its errors answered
	mux     *wire.Mux
	model   model
	people  *people
}

// New makes a Server.
func New(cfg Config) (*Server, error) {
	if cfg.Desk == nil || cfg.Reads == nil || cfg.Bodies == nil || cfg.Auth == nil || cfg.Log == nil || cfg.Now == nil || cfg.NewID == nil {
		return nil, errors.New("graph: a part is missing")
	}
	cfg.PublicURL = strings.TrimRight(cfg.PublicURL, "/")
	if cfg.MaxUpload == 0 {
		cfg.MaxUpload = DefaultUpload
	}
	if cfg.Throttle == nil {
		cfg.Throttle = wire.NewThrottle(wire.Limits{}, cfg.Now)
	}
	m, err := readModel()
	if err != nil {
		return nil, err
	}
	s := &Server{cfg: cfg, model: m, words: vocabulary{}}
	s.surface = &wire.Surface{Log: cfg.Log, Now: cfg.Now, NewID: cfg.NewID, Refused: wire.Directory}
	s.drives = s.surface.With(wire.Drive)
	s.people = newPeople(m["user"])
	s.handler = s.surface.Handle(s.serve)
	s.mux = s.surface.NewMux()
	s.routes()
	return s, nil
}

// ServeHTTP answers requests below /v1.0, /beta and /v2.0.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.handler.ServeHTTP(w, r)
}

func (s *Server) serve(w http.ResponseWriter, r *http.Request) error {
	w.Header().Set("Odata-Version", "4.0")
	path := r.URL.EscapedPath()
	a, err := s.address(path)
	if err != nil {
		return err
	}
	if open(&a) {
		return s.dispatch(w, r, s.newCall(r, a.version, path), &a)
	}
	return s.cfg.Auth.As(w, r, early(r.Method, &a), func(w http.ResponseWriter, r *http.Request, caller wire.Caller) error {
		c, a := s.newCall(r, a.version, path), a // it may be called twice
		c.caller = caller
		return s.admitted(w, r, c, &a)
	})
}

// admitted serves a request whose caller is known, alone or in a batch.
func (s *Server) admitted(w http.ResponseWriter, r *http.Request, c *call, a *address) error {
	if !a.is("$batch") { // each of its requests is counted by itself, R-BULK-15
		write := r.Method != http.MethodGet && r.Method != http.MethodHead
		if err := s.cfg.Throttle.Admit(w, &c.caller, cost(a, r.Method, r.URL.RawQuery), write); err != nil {
			return err
		}
	}
	if err := a.resolveMe(&c.caller); err != nil {
		return err
	}
	return s.dispatch(w, r, c, a)
}

// dispatch hands a request to its route.
func (s *Server) dispatch(w http.ResponseWriter, r *http.Request, c *call, a *address) error {
	inner := r.WithContext(withCall(r.Context(), c))
	u := a.url()
	u.RawQuery = r.URL.RawQuery
	inner.URL = u
	s.mux.ServeHTTP(w, inner)
	return nil
}

// address reads a path and the version in front of it.
func (s *Server) address(escapedPath string) (address, error) {
	a, err := s.words.parse(escapedPath)
	if err != nil {
		return a, err
	}
	switch a.version {
	case "v1.0", "beta":
		return a, nil
	case "v2.0": // what some OneDrive clients call the drives of v1.0
		if a.is("drives") || a.is("drive") || a.is("me", "drive") {
			a.version = "v1.0"
			return a, nil
		}
	}
	return a, wire.BadRequest("BadRequest", "Invalid version: "+strings.ToValidUTF8(a.version[:min(len(a.version), 20)], ""))
}

// early says that a request may begin before its caller has been asked for, see
// [wire.Auth.As]: it only reads, or is one of the frequent changes that are wholly
// in one transaction.
func early(method string, a *address) bool {
	switch method {
	case http.MethodGet, http.MethodHead:
		return true
	case http.MethodDelete:
		return len(a.segments) == 2 && a.is("users")
	case http.MethodPost:
		return len(a.segments) == 4 && a.is("directory", "deletedItems") && a.segments[3] == "restore"
	}
	return false
}

// open says that everybody may read an address: what describes the service.
func open(a *address) bool { return len(a.segments) == 0 || len(a.segments) == 1 && a.is("$metadata") }

// resolveMe puts the caller's id in the place of /me, and their drive in the
// place of /drive.
func (a *address) resolveMe(c *wire.Caller) error {
	switch {
	case a.is("drive"):
		a.segments = append([]string{"users", string(c.ID)}, a.segments...)
	case a.is("me"):
		a.segments = append([]string{"users", string(c.ID)}, a.segments[1:]...)
	case a.is("users", "me"):
		a.segments[1] = string(c.ID)
	default:
		return nil
	}
	if c.App {
		return wire.BadRequest("BadRequest", "/me request is only valid with delegated authentication flow.")
	}
	return nil
}

// handler answers one operation.
type handler func(w http.ResponseWriter, r *http.Request, c *call) error

// route serves a pattern for tokens with a right. A path below a user is one's
// own when the user is the caller.
func (s *Server) route(pattern string, x right, f handler) {
	s.on(s.surface, pattern, x, f)
}

// driveRoute is route for what answers in the way of OneDrive.
func (s *Server) driveRoute(pattern string, x right, f handler) {
	s.on(s.drives, pattern, x, func(w http.ResponseWriter, r *http.Request, c *call) error { return inDriveWords(f(w, r, c)) })
}

// inDriveWords gives what is wrong with a request the code that it has at OneDrive.
// R-API-63
func inDriveWords(err error) error {
	var fault *wire.Fault
	var query *odata.Error
	switch {
	case errors.As(err, &query):
		return wire.BadRequest("invalidRequest", query.Message)
	case errors.As(err, &fault) && fault.Status == http.StatusBadRequest && strings.HasSuffix(fault.Code, "BadRequest"):
		own := *fault
		own.Code = "invalidRequest"
		return &own
	}
	return err
}

func (s *Server) on(surface *wire.Surface, pattern string, x right, f handler) {
	s.words.learn(pattern)
	s.mux.Handle(pattern, surface.Handle(func(w http.ResponseWriter, r *http.Request) error {
		c := callOf(r)
		user := r.PathValue("user")
		if err := x.allows(&c.caller, user != "" && c.me(user)); err != nil {
			return err
		}
		return f(w, r, c)
	}))
}

// organization gives the organization and its time.
func (s *Server) organization(ctx context.Context) (*org.Organization, time.Time, error) {
	return s.cfg.Desk.Organization(ctx)
}
