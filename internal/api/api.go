// Package api serves /api/v1: what Microsoft Graph has no words for. Plans and
// departures with their progress, the recycle bin with its clocks, the ledger of
// subscriptions, mailboxes, drives, the audit trail, and the organization itself.
//
// A handler reads a request into the types of package org, calls the Desk, and
// words the answer in the reader's language. No rule lives here. All routes stand
// in one table, from which the handlers are registered and the OpenAPI
// description is made.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// Prefix is where the API is served.
const Prefix = "/api/v1/"

// API serves /api/v1. All fields are needed unless they say otherwise.
type API struct {
	Desk  *offboard.Desk
	Reads Reads
	Auth  Authenticator
	Log   *slog.Logger
	Now   func() time.Time // the real clock
	NewID func() string
	// Base is where clients reach this server, such as https://leaver.example.org:
	// next links begin with it. Optional: without it, each request's own host.
	Base string
	// BehindProxy says that a proxy of ours sets X-Forwarded-Proto and -Host.
	BehindProxy bool
	// Throttle counts what apps use, here and on other surfaces. Optional.
	Throttle *wire.Throttle
	// Poll is how often the journal is looked at for a follower of a departure
	// that another node runs. Half a second when zero.
	Poll time.Duration
	// Patience is how long the caller of undo is kept waiting for its end. Ten
	// seconds when zero.
	Patience time.Duration
}

// Authenticator says who makes a request.
type Authenticator interface {
	Caller(r *http.Request) (wire.Caller, error)
}

// Reads are the queries beyond those of the Desk.
type Reads interface {
	Users(ctx context.Context, q offboard.UserQuery) (offboard.Page[offboard.UserRow], error)
	Detail(ctx context.Context, id org.UserID) (*offboard.Detail, error)
	AuditEntries(ctx context.Context, q offboard.AuditQuery) ([]offboard.Entry, error)
	SeatHistory(ctx context.Context, id org.SubscriptionID) ([]offboard.SeatPoint, error)
}

// call is one request on its way to an answer.
type call struct {
	w     http.ResponseWriter
	r     *http.Request
	actor org.Actor
	lang  locale.Lang
}

func (c *call) ctx() context.Context { return c.r.Context() }

// Handler serves everything under Prefix.
func (a *API) Handler() http.Handler {
	mux := http.NewServeMux()
	surface := &wire.Surface{Log: a.Log, Now: a.Now, NewID: a.NewID, Refused: refused}
	routes := routes()
	served := map[string][]string{} // methods by pattern of path
	for i := range routes {
		route := &routes[i]
		mux.Handle(route.method+" "+Prefix+route.path, surface.Handle(func(w http.ResponseWriter, r *http.Request) error {
			return translate(r, a.serve(w, r, route))
		}))
		served[Prefix+route.path] = append(served[Prefix+route.path], route.method)
	}
	document := newDocument(routes)
	mux.Handle("GET "+Prefix+"openapi.json", surface.Handle(func(w http.ResponseWriter, _ *http.Request) error {
		wire.JSON(w, http.StatusOK, document)
		return nil
	}))
	other := surface.Handle(func(_ http.ResponseWriter, r *http.Request) error { return notServed(mux, served, r) })
	for path, has := range served {
		for _, method := range methods {
			if !slices.Contains(has, method) {
				mux.Handle(method+" "+path, other) // or departures/plan would be read as a departure called plan
			}
		}
	}
	mux.Handle("/", other)
	return tidied(mux)
}

// tidied reads paths as Graph's are read: with slashes doubled or at the end they
// lead where they lead without. A mux would send the client elsewhere, or nowhere.
func tidied(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		asked := r.URL.EscapedPath()
		if !strings.Contains(asked, "//") && !strings.HasSuffix(asked, "/") { // nearly all
			next.ServeHTTP(w, r)
			return
		}
		tidy := "/" + strings.Join(strings.FieldsFunc(asked, func(c rune) bool { return c == '/' }), "/")
		if plain, err := url.PathUnescape(tidy); err == nil {
			u := *r.URL
			u.Path, u.RawPath = plain, tidy
			r = r.WithContext(r.Context())
			r.URL = &u
		}
		next.ServeHTTP(w, r)
	})
}

// serve finds out who asks, whether this token may be used for it, and calls the
// handler.
func (a *API) serve(w http.ResponseWriter, r *http.Request, route *route) error {
	caller, err := a.Auth.Caller(r)
	if err != nil {
		return err
	}
	if a.Throttle != nil {
		if err := a.Throttle.Admit(w, &caller, 1, r.Method != http.MethodGet && r.Method != http.MethodHead); err != nil {
			return err
		}
	}
	c := &call{w: w, r: r, actor: caller.Actor, lang: wire.Lang(r)}
	w.Header().Set("Content-Language", string(c.lang))
	w.Header().Set("Vary", "Accept, Accept-Language")
	if err := route.allows(c); err != nil {
		return err
	}
	if _, err := c.accepts(route.offers()...); err != nil {
		return err // before anything is done
	}
	return route.serve(a, c)
}
