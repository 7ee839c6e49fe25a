package identity

import (
	"context"
	"log/slog"
	"net"
	"net/http"
	"strings"
	"time"
)

// call is one request on its way.
type call struct {
	w           http.ResponseWriter
	r           *http.Request
	page        bool
	tenant      Tenant
	authority   string // the tenant as it was asked for
	legacy      bool   // the older form of the endpoints
	base        string // scheme and host
	address     string // of the client
	lang        string
	trace       string
	correlation string
	now         time.Time
	log         *slog.Logger
}

func (s *Server) newCall(w http.ResponseWriter, r *http.Request, endpoint string) *call {
	query := r.URL.Query()
	c := &call{
		w: w, r: r, base: s.base(r), address: s.address(r), trace: newID(), now: s.cfg.Now(), log: s.cfg.Log,
		legacy: !strings.Contains(endpoint, "v2.0"),
		lang:   s.cfg.Language(query.Get("ui_locales"), query.Get("mkt"), r.Header.Get("Accept-Language")),
	}
	for _, id := range []string{r.Header.Get("Client-Request-Id"), query.Get("client-request-id"), c.trace} {
		if c.correlation == "" && isID(id) {
			c.correlation = id
		}
	}
	w.Header().Set("X-Ms-Request-Id", c.trace)
	if strings.EqualFold(r.Header.Get("Return-Client-Request-Id"), "true") || query.Has("client-request-id") {
		w.Header().Set("Client-Request-Id", c.correlation)
	}
	w.Header().Set("X-Content-Type-Options", "nosniff")
	return c
}

func (c *call) ctx() context.Context { return c.r.Context() }

// issuer is the authority that was asked, as OpenID Connect spells it.
func (c *call) issuer() string {
	if c.legacy {
		return c.base + "/" + c.authority
	}
	return c.base + "/" + c.authority + "/v2.0"
}

// fixedBase is the configured address, or empty.
func (s *Server) fixedBase() string { return s.cfg.PublicURL }

// base is the scheme and host that the client used, unless configured.
func (s *Server) base(r *http.Request) string {
	if fixed := s.fixedBase(); fixed != "" {
		return fixed
	}
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if s.cfg.BehindProxy {
		if proto := lastOf(r.Header.Get("X-Forwarded-Proto")); proto == "http" || proto == "https" {
			scheme = proto
		}
		if forwarded := lastOf(r.Header.Get("X-Forwarded-Host")); forwarded != "" {
			host = forwarded
		}
	}
	return scheme + "://" + strings.ToLower(host)
}

// address is where the client comes from. Of an IPv6 address only the network
// counts, as one client has the whole of it.
func (s *Server) address(r *http.Request) string {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	if s.cfg.BehindProxy {
		if forwarded := lastOf(r.Header.Get("X-Forwarded-For")); forwarded != "" {
			host = forwarded
		}
	}
	if ip := net.ParseIP(host); ip != nil && ip.To4() == nil {
		return ip.Mask(net.CIDRMask(64, 128)).String()
	}
	return host
}

// lastOf is the entry of a list header that the nearest proxy wrote.
func lastOf(header string) string {
	return strings.TrimSpace(header[strings.LastIndexByte(header, ',')+1:])
}
