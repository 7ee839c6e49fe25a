package graph

import (
	"context"
	"net/http"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// level is how much an answer says about itself.
type level int

const (
	minimal level = iota
	none
	full
)

// call is one request, or one request of a batch.
type call struct {
	caller wire.Caller
	host   string // https://host
	base   string // https://host/v1.0
	path   string // as it was asked, without its options
	level  level
	// eventual says that the request carries ConsistencyLevel: eventual. R-API-14
	eventual bool
}

// consistencyLevel is spelled as net/http keeps it: the other spelling costs a copy.
const consistencyLevel = "Consistencylevel"

type callKey struct{}

func callOf(r *http.Request) *call {
	c, _ := r.Context().Value(callKey{}).(*call)
	return c
}

func withCall(ctx context.Context, c *call) context.Context {
	return context.WithValue(ctx, callKey{}, c)
}

// newCall reads what a request says about its answer.
func (s *Server) newCall(r *http.Request, version, escapedPath string) *call {
	host := s.cfg.PublicURL
	if host == "" {
		host = origin(r, s.cfg.BehindProxy)
	}
	return &call{
		host: host, base: host + "/" + version, path: escapedPath, level: levelOf(r.Header.Get("Accept")),
		eventual: strings.EqualFold(strings.TrimSpace(r.Header.Get(consistencyLevel)), "eventual"),
	}
}

// origin is where the client found this server.
func origin(r *http.Request, behindProxy bool) string {
	scheme, host := "http", r.Host
	if r.TLS != nil {
		scheme = "https"
	}
	if behindProxy {
		if p := r.Header.Get("X-Forwarded-Proto"); p == "https" || p == "http" {
			scheme = p
		}
		if h := r.Header.Get("X-Forwarded-Host"); h != "" && !strings.ContainsAny(h, "/\\ ,") {
			host = h
		}
	}
	return scheme + "://" + host
}

func levelOf(accept string) level {
	if accept == "" || !strings.Contains(accept, "=") {
		return minimal
	}
	lower := strings.ToLower(accept)
	switch {
	case strings.Contains(lower, "odata.metadata=none"):
		return none
	case strings.Contains(lower, "odata.metadata=full"):
		return full
	}
	return minimal
}

// self is the address as it was asked, without its options.
func (c *call) self() string { return c.host + c.path }

// contentType says how much the answer says about itself.
func (c *call) contentType() string {
	const before, after = "application/json;odata.metadata=", ";odata.streaming=true;IEEE754Compatible=false;charset=utf-8"
	switch c.level {
	case none:
		return before + "none" + after
	case full:
		return before + "full" + after
	case minimal:
	}
	return before + "minimal" + after
}

// options reads the query options of a request. refuse names those that the
// operation doesn't serve.
func (c *call) options(r *http.Request, refuse ...string) (offboard.ListQuery, error) {
	return c.parse(r, odata.Options{Refuse: refuse})
}

func (c *call) parse(r *http.Request, o odata.Options) (offboard.ListQuery, error) {
	q, err := odata.Parse(r.URL.RawQuery, o)
	return offboard.ListQuery{Query: q, Eventual: c.eventual}, err
}

// me says that a reference names the caller.
func (c *call) me(ref string) bool {
	return !c.caller.App && (strings.EqualFold(ref, string(c.caller.ID)) || strings.EqualFold(ref, c.caller.Name))
}

// next is the address of the next page, or "".
func (c *call) next(r *http.Request, token string) string {
	if token == "" {
		return ""
	}
	return c.self() + "?" + odata.WithSkipToken(r.URL.RawQuery, token)
}

// may refuses what the caller's roles don't cover.
func (c *call) may(op org.Operation) error {
	if refusal := org.May(c.caller.Actor, op); refusal != nil {
		return refusal
	}
	return nil
}
