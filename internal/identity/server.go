// Package identity gives tokens as the Microsoft identity platform does:
// discovery, key set, client credentials, authorization code with PKCE, device
// code, refresh and, where it is switched on, user name and password. It also
// verifies those tokens, and hashes and checks passwords for everybody else.
//
// The package knows no database. It declares the ports that it needs; all
// state is behind them, so any number of nodes can serve one organization.
// Tokens live by the real clock, also where the organization's clock is moved.
package identity

import (
	"context"
	"errors"
	"fmt"
	"html/template"
	"log/slog"
	"net/http"
	"strings"
	"time"
)

// Config is what a Server is made of. Fields without "optional" are needed.
type Config struct {
	Directory Directory
	Grants    Grants
	Keys      Keys
	Attempts  Attempts
	Passwords *Passwords
	Now       func() time.Time // the real clock
	Log       *slog.Logger

	// Text answers a message in a language, and Language the language that
	// fits the wishes best; a wish is a tag or an Accept-Language header.
	Text     func(lang, key string, args map[string]any) string
	Language func(wishes ...string) string

	// PublicURL is where clients find this server, such as
	// https://login.example.org. Optional: without it, each request's own host.
	PublicURL string
	// BehindProxy says that a proxy of ours sets X-Forwarded-For, -Proto and -Host.
	BehindProxy bool
	// Resources are further audiences that tokens may be asked for. Optional.
	Resources []string
	// AllowPassword switches on the grant that hands an app the password.
	AllowPassword bool
	// RotateAfter is the age at which a signing key is replaced; 30 days if zero.
	RotateAfter time.Duration
	// SignedIn hears of every sign-in, for the audit trail. Optional.
	SignedIn func(ctx context.Context, event SignInEvent)
}

// SignInEvent is one attempt of a person to sign in, or of an app to get a
// token of its own.
type SignInEvent struct {
	At       time.Time
	PersonID string // empty: an app, or a name that nobody has
	Name     string // as typed
	AppID    string // empty: the admin center
	Address  string
	Code     int // 0: done; otherwise the refusal's
}

// Server serves the identity endpoints.
type Server struct {
	cfg      Config
	keys     *keyring
	verified *verifyCache
	pages    *template.Template
	origins  *http.CrossOriginProtection
	plain    map[string]route // routes without a tenant in front
	tenants  map[string]route // routes below /{tenant}/
}

// cachedTokens is how many verified tokens a node remembers: about 15 MB.
const cachedTokens = 4_000

// New makes a Server.
func New(cfg Config) (*Server, error) {
	switch {
	case cfg.Directory == nil, cfg.Grants == nil, cfg.Keys == nil, cfg.Attempts == nil, cfg.Passwords == nil:
		return nil, errors.New("identity: a port is missing")
	case cfg.Now == nil, cfg.Log == nil, cfg.Text == nil, cfg.Language == nil:
		return nil, errors.New("identity: clock, log or texts are missing")
	}
	if cfg.RotateAfter == 0 {
		cfg.RotateAfter = 30 * 24 * time.Hour
	}
	cfg.PublicURL = strings.TrimRight(cfg.PublicURL, "/")
	pages, err := parsePages()
	if err != nil {
		return nil, err
	}
	origins := http.NewCrossOriginProtection()
	if cfg.PublicURL != "" {
		if err := origins.AddTrustedOrigin(cfg.PublicURL); err != nil {
			return nil, fmt.Errorf("identity: public URL: %w", err)
		}
	}
	s := &Server{
		cfg: cfg, pages: pages, origins: origins, verified: newVerifyCache(cachedTokens),
		keys: newKeyring(cfg.Keys, cfg.Now, cfg.RotateAfter),
	}
	s.plain, s.tenants = s.routes()
	return s, nil
}

// A route is one endpoint.
type route struct {
	methods string
	page    bool // people see it, so errors are pages too
	serve   func(c *call) error
}

func (s *Server) routes() (plain, tenants map[string]route) {
	const read, form, both = "GET, HEAD", "POST", "GET, HEAD, POST"
	device := route{both, true, s.deviceAuth}
	plain = map[string]route{
		"metadata/endpoints": {read, false, s.cloudMetadata},
		"devicelogin":        device,
	}
	tenants = map[string]route{
		"oauth2/v2.0/token":      {form, false, s.token},
		"oauth2/v2.0/authorize":  {both, true, s.authorize},
		"oauth2/v2.0/devicecode": {form, false, s.deviceCode},
		"oauth2/v2.0/logout":     {both, true, s.logout},
		"oauth2/deviceauth":      device,
		"devicelogin":            device,
		"discovery/instance":     {read, false, s.instance},
		"userrealm":              {read, false, s.userRealm},

		"v2.0/.well-known/openid-configuration": {read, false, s.configuration},
		"discovery/v2.0/keys":                   {read, false, s.keySet},

		// The older form of the same, which issues in the name of /{tenant}
		// instead of /{tenant}/v2.0.
		"oauth2/token":                     {form, false, s.token},
		"oauth2/authorize":                 {both, true, s.authorize},
		"oauth2/devicecode":                {form, false, s.deviceCode},
		"oauth2/logout":                    {both, true, s.logout},
		".well-known/openid-configuration": {read, false, s.configuration},
		"discovery/keys":                   {read, false, s.keySet},
	}
	return plain, tenants
}

// match finds the endpoint of a path, which may begin with more than one slash.
func (s *Server) match(path string) (r route, authority, endpoint string, ok bool) {
	path = strings.Trim(path, "/")
	endpoint = strings.ToLower(path)
	if r, ok = s.plain[endpoint]; ok {
		return r, "", endpoint, true
	}
	authority, _, _ = strings.Cut(path, "/")
	endpoint = strings.TrimLeft(strings.TrimPrefix(endpoint, strings.ToLower(authority)), "/")
	if strings.HasPrefix(endpoint, "userrealm/") {
		endpoint = "userrealm"
	}
	r, ok = s.tenants[endpoint]
	return r, authority, endpoint, ok
}

// Owns tells whether path is an endpoint of this server. Ask it before a
// ServeMux sees the request: a mux would redirect //{tenant}/… and lose the body.
func (s *Server) Owns(path string) bool {
	_, _, _, ok := s.match(path)
	return ok
}

// ServeHTTP serves the endpoints.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	route, authority, endpoint, ok := s.match(r.URL.Path)
	if !ok {
		http.NotFound(w, r)
		return
	}
	c := s.newCall(w, r, endpoint)
	c.page = route.page
	if err := s.serve(c, route, authority); err != nil { //nolint:contextcheck // the request has it
		s.fail(c, err) //nolint:contextcheck // the request has it
	}
}

func (s *Server) serve(c *call, r route, authority string) error {
	if !strings.Contains(", "+r.methods+",", ", "+c.r.Method+",") {
		c.w.Header().Set("Allow", r.methods)
		return refuse(900561, c.r.Method, r.methods)
	}
	tenant, err := s.cfg.Directory.Tenant(c.ctx())
	if err != nil {
		return err
	}
	c.tenant, c.authority = tenant, authority
	if authority == "" {
		c.authority = tenant.ID
	} else if !knows(tenant, authority) {
		return refuse(90002, authority)
	}
	return r.serve(c)
}

// knows tells whether authority stands for this organization.
func knows(tenant Tenant, authority string) bool {
	for _, name := range append([]string{tenant.ID, "common", "organizations"}, tenant.Domains...) {
		if strings.EqualFold(authority, name) {
			return true
		}
	}
	return false
}
