package main

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"path/filepath"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"

	"leaver/internal/api"
	"leaver/internal/blob"
	"leaver/internal/cli"
	"leaver/internal/graph"
	"leaver/internal/identity"
	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/server"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/web"
	"leaver/internal/wire"
)

// site is an organization that is open, with everything that works on it.
type site struct {
	place     cli.Place
	dir       string // of what isn't in the database
	store     *store.Store
	bodies    bodiesOf
	ports     *store.Identity
	desk      *offboard.Desk
	passwords *identity.Passwords
	log       *slog.Logger
	now       func() time.Time
}

// siteOptions say how to open a site.
type siteOptions struct {
	place cli.Place
	log   *slog.Logger
	now   func() time.Time
	// throwaway: the data need not survive the machine.
	throwaway bool
}

// openSite opens the database and the bodies. There need not be an organization
// in it yet.
func openSite(ctx context.Context, o siteOptions) (*site, error) {
	s := &site{place: o.place, dir: o.place.Data, log: o.log, now: o.now, passwords: identity.NewPasswords()}
	if s.dir == "" {
		s.dir = cli.BodyFolder
	}
	options := sqldb.Options{URL: o.place.Database, NoSync: o.throwaway}
	if options.URL == "" {
		if err := os.MkdirAll(s.dir, 0o700); err != nil {
			return nil, fileFault(s.dir, err)
		}
		options.Path = filepath.Join(s.dir, "leaver.db")
		if err := private(options.Path); err != nil {
			return nil, openFault(o.place, err)
		}
	}
	var err error
	if s.store, err = store.Open(ctx, options, newID); err != nil {
		return nil, openFault(o.place, err)
	}
	bodies, err := blob.New(filepath.Join(s.dir, "bodies")) // a database that can't be opened leaves no folder behind
	if err != nil {
		return nil, errors.Join(fileFault(s.dir, err), s.store.Close()) //nolint:contextcheck // closing takes as long as it takes
	}
	if o.throwaway {
		bodies = bodies.Unsynced()
	}
	s.bodies, s.ports = bodiesOf{bodies}, s.store.Identity(o.now)
	s.desk = &offboard.Desk{
		Store: s.store, Bodies: s.bodies, Now: o.now, NewID: newID, Log: o.log, Node: newID(), Lease: time.Minute,
		HashPassword: func(password string) (string, error) { return s.passwords.Hash(context.WithoutCancel(ctx), password) },
		NewPassword:  newPassword, ReplyTemplates: replyTemplates(), WriteLetter: writer{}.letter, CheckPassword: identity.CheckPolicy,
	}
	return s, nil
}

// private makes the file of the database before SQLite does, which would let
// everybody read the hashes of passwords. Its other files follow this one.
func private(path string) error {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return fmt.Errorf("%w: %w", sqldb.ErrReadOnly, err)
	}
	return file.Close()
}

func (s *site) close() error { return s.store.Close() }

// newPassword makes a password that people can read to each other.
func newPassword() string {
	password, err := identity.NewPassword(rand.Reader)
	if err != nil {
		return rand.Text() // can't happen: rand.Reader never fails
	}
	return password
}

// replyTemplates are the prewritten automatic replies. R-WIZ-10
func replyTemplates() map[string]string {
	all := map[string]string{}
	for _, lang := range locale.Languages() {
		all[string(lang)] = locale.Text(lang, "reply.auto", nil)
	}
	return all
}

// bodiesOf gives a folder of bodies the names that the Desk uses.
type bodiesOf struct{ *blob.Store }

// Put implements offboard.Bodies.
func (b bodiesOf) Put(ctx context.Context, r io.Reader) (string, int64, error) {
	hash, size, err := b.Store.Put(ctx, r)
	if errors.Is(err, blob.ErrDiskFull) {
		err = fmt.Errorf("%w: %w", org.Refuse(org.Unavailable, "store.diskFull", ""), err)
	}
	return string(hash), size, err
}

// Open implements offboard.Bodies.
func (b bodiesOf) Open(ctx context.Context, hash string) (io.ReadCloser, error) {
	known, err := blob.ParseHash(hash)
	if err != nil {
		return nil, err
	}
	return b.Store.Open(ctx, known)
}

// Delete implements offboard.Bodies.
func (b bodiesOf) Delete(ctx context.Context, hashes ...string) error {
	known := make([]blob.Hash, len(hashes))
	for i, hash := range hashes {
		var err error
		if known[i], err = blob.ParseHash(hash); err != nil {
			return err
		}
	}
	return b.Store.Delete(ctx, known...)
}

// work carries out departures, sweeps and forgets what is over, until ctx ends.
// It answers when all of that has come to a safe point.
func (s *site) work(ctx context.Context, every time.Duration) (wait func()) {
	var all sync.WaitGroup
	all.Go(func() { s.desk.Work(ctx, time.Second) })
	if every > 0 {
		all.Go(func() { s.sweep(ctx, every) })
	}
	return all.Wait
}

// sweep does what is due, at once and then every so often.
func (s *site) sweep(ctx context.Context, every time.Duration) {
	ticker := time.NewTicker(every)
	defer ticker.Stop()
	for {
		swept, err := s.desk.Sweep(ctx, nil)
		if err == nil {
			err = s.ports.Forget(ctx)
		}
		switch {
		case ctx.Err() != nil:
			return
		case err != nil:
			s.log.Error("sweep", "error", err)
		default:
			s.log.Info("swept", "people", swept.People, "mailboxes", swept.Mailboxes, "drives", swept.Drives,
				"subscriptions", swept.Subscriptions, "delegated", swept.Delegated, "reminders", swept.Reminders, "bodies", swept.Bodies)
		}
		select {
		case <-ctx.Done():
			return
		case <-ticker.C:
		}
	}
}

// serving says how a site is served.
type serving struct {
	version       string
	practice      bool
	publicURL     string
	behindProxy   bool
	limits        wire.Limits
	passwordGrant bool
	quiet         bool
	maxBody       int64
	maxUpload     int64
}

// network puts the surfaces together for callers on the network.
func (s *site) network(o serving) (*server.Server, error) {
	ids, err := identity.New(identity.Config{
		Directory: s.ports, Grants: s.ports, Keys: s.ports, Attempts: s.ports, Passwords: s.passwords, Now: s.now, Log: s.log,
		Text:      func(lang, key string, args map[string]any) string { return locale.Text(locale.Lang(lang), key, args) },
		Language:  func(wishes ...string) string { return string(locale.Choose(locale.English, wishes...)) },
		PublicURL: o.publicURL, BehindProxy: o.behindProxy, AllowPassword: o.passwordGrant,
		SignedIn: s.signedIn,
	})
	if err != nil {
		return nil, fmt.Errorf("identity: %w", err)
	}
	auth := &wire.Auth{Tokens: ids, Subjects: s.store}
	pages, err := web.New(web.Options{
		Desk: s.desk, Store: s.store, Bodies: s.bodies, Identity: ids, Log: s.log, Now: s.now, NewID: newID, BehindProxy: o.behindProxy,
	})
	if err != nil {
		return nil, fmt.Errorf("admin centre: %w", err)
	}
	return s.server(o, auth, auth, ids, pages)
}

// signedIn writes a sign-in to the log; what somebody does then is in the audit
// trail.
func (s *site) signedIn(ctx context.Context, e identity.SignInEvent) {
	level, result := slog.LevelInfo, "success"
	if e.Code != 0 {
		level, result = slog.LevelWarn, fmt.Sprintf("AADSTS%d", e.Code)
	}
	s.log.Log(ctx, level, "sign-in", "name", e.Name, "person", e.PersonID, "app", e.AppID, "address", e.Address, "result", result)
}

// operators puts the surfaces together for the operator in this process.
func (s *site) operators(name, version string) (http.Handler, error) {
	me := operator{name}
	return s.server(serving{version: version, quiet: true, limits: wire.Limits{Units: -1, Writes: -1}}, &wire.Auth{Tokens: me, Subjects: me}, me, nobody{}, http.NotFoundHandler())
}

// nobody hands out no tokens.
type nobody struct{ http.Handler }

// Owns implements server.Identity.
func (nobody) Owns(string) bool { return false }

// server joins the surfaces.
func (s *site) server(o serving, auth *wire.Auth, actors api.Authenticator, ids server.Identity, pages http.Handler) (*server.Server, error) {
	throttle := wire.NewThrottle(o.limits, s.now)
	directory, err := graph.New(graph.Config{
		Desk: s.desk, Reads: s.store, Bodies: s.bodies, Auth: auth, Log: s.log, Now: s.now, NewID: newID, PublicURL: o.publicURL, BehindProxy: o.behindProxy,
		MaxUpload: o.maxUpload, Throttle: throttle,
	})
	if err != nil {
		return nil, fmt.Errorf("graph: %w", err)
	}
	rest := &api.API{
		Desk: s.desk, Reads: s.store, Auth: actors, Log: s.log, Now: s.now, NewID: newID,
		Base: o.publicURL, BehindProxy: o.behindProxy, Throttle: throttle,
	}
	registry := prometheus.NewRegistry()
	if err := s.measure(registry); err != nil {
		return nil, err
	}
	return server.New(server.Options{
		Graph: directory, API: rest.Handler(), Web: pages, Identity: ids, Log: s.log, Now: s.now, NewID: newID,
		Version: o.version, Practice: o.practice, Ready: s.store.DB().Ping, Metrics: registry,
		MaxBody: o.maxBody, MaxUpload: o.maxUpload, Quiet: o.quiet, BehindProxy: o.behindProxy,
	})
}

// measure shows what the database has done.
func (s *site) measure(registry *prometheus.Registry) error {
	for _, m := range []struct {
		name, help string
		value      func() float64
	}{
		{"leaver_database_commits_total", "Write transactions.", func() float64 { return float64(s.store.DB().Stats().Commits) }},
		{"leaver_database_writes_total", "Writes that those transactions carried.", func() float64 { return float64(s.store.DB().Stats().Jobs) }},
		{"leaver_database_retries_total", "Writes that were run again.", func() float64 { return float64(s.store.DB().Stats().Retries) }},
	} {
		if err := registry.Register(prometheus.NewCounterFunc(prometheus.CounterOpts{Name: m.name, Help: m.help}, m.value)); err != nil {
			return fmt.Errorf("measure: %w", err)
		}
	}
	return nil
}
