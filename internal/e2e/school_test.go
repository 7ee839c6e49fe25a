// Package e2e drives the admin centre in a browser, over a practice organization
// with everything real behind it.
package e2e

import (
	"context"
	"io"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"

	"leaver/internal/blob"
	"leaver/internal/identity"
	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/practice"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/web"
)

// school is a practice organization with its admin centre on an address of its own.
type school struct {
	*httptest.Server
	desk  *offboard.Desk
	store *store.Store
	// ahead moves the real clock, for sessions that run out.
	ahead atomic.Int64
	// stands is the time at which the clock stands still, or nothing.
	stands atomic.Pointer[time.Time]
}

func (s *school) now() time.Time {
	now := time.Now()
	if at := s.stands.Load(); at != nil {
		now = *at
	}
	return now.Add(time.Duration(s.ahead.Load()))
}

// stop stops the clock, for what would be otherwise after a second or a minute: that
// much may pass between two requests.
func (s *school) stop() {
	now := time.Now()
	s.stands.Store(&now)
}

// hashed is the hash of the password that everybody has.
var hashed = sync.OnceValues(func() (string, error) {
	return identity.CheapPasswords().Hash(context.Background(), practice.Password)
})

type shelf struct{ *blob.Store }

func (b shelf) Put(ctx context.Context, r io.Reader) (string, int64, error) {
	hash, size, err := b.Store.Put(ctx, r)
	return string(hash), size, err
}

func (b shelf) Open(ctx context.Context, hash string) (io.ReadCloser, error) {
	known, err := blob.ParseHash(hash)
	if err != nil {
		return nil, err
	}
	return b.Store.Open(ctx, known)
}

// boss may do everything.
var boss = org.Actor{ID: "boss", Roles: []org.RoleID{org.GlobalAdmin}}

func newID() string { return uuid.Must(uuid.NewV7()).String() }

// made keeps a practice organization of each size, as a folder: copying that is
// faster than making it for every test. folders are to be removed at the end.
var (
	made    sync.Map
	folders sync.Map
)

// folder is where a practice organization with so many people is.
func folder(users int) (string, error) {
	once, _ := made.LoadOrStore(users, sync.OnceValues(func() (string, error) { return makeSchool(users) }))
	return once.(func() (string, error))()
}

func makeSchool(users int) (string, error) {
	dir, err := os.MkdirTemp("", "leaver-school-")
	if err != nil {
		return "", err
	}
	folders.Store(dir, true)
	ctx := context.Background()
	s, bodies, err := openSchool(ctx, dir)
	if err != nil {
		return "", err
	}
	hash, err := hashed()
	if err != nil {
		return "", err
	}
	if err := practice.Make(ctx, practice.Deps{Store: s, Bodies: shelf{bodies}, PasswordHash: hash, Now: time.Now()}, users, nil); err != nil {
		return "", err
	}
	return dir, s.Close()
}

// openSchool opens what lies in a folder.
func openSchool(ctx context.Context, dir string) (*store.Store, *blob.Store, error) {
	s, err := store.Open(ctx, sqldb.Options{Path: filepath.Join(dir, "school.db"), NoSync: true}, newID)
	if err != nil {
		return nil, nil, err
	}
	bodies, err := blob.New(filepath.Join(dir, "bodies"))
	return s, bodies, err
}

// newSchool starts a practice organization with so many people.
func newSchool(t testing.TB, users int) *school {
	t.Helper()
	from, err := folder(users)
	if err != nil {
		t.Fatal(err)
	}
	dir := t.TempDir()
	if err := os.CopyFS(dir, os.DirFS(from)); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	kept, bodies, err := openSchool(ctx, dir)
	if err != nil {
		t.Fatal(err)
	}
	s := &school{store: kept}
	log := slog.New(slog.NewTextHandler(t.Output(), &slog.HandlerOptions{Level: slog.LevelWarn}))
	passwords := identity.CheapPasswords()
	templates := map[string]string{}
	for _, lang := range locale.Languages() {
		templates[string(lang)] = locale.Text(lang, "reply.auto", nil)
	}
	s.desk = &offboard.Desk{
		Store: s.store, Bodies: bodies, Now: s.now, NewID: newID, ReplyTemplates: templates, Log: log, Node: "test", Lease: time.Minute,
		CheckPassword: identity.CheckPolicy,
		HashPassword:  func(p string) (string, error) { return passwords.Hash(ctx, p) },
		NewPassword:   func() string { return "Tk7m-Rw4x-Hn9p" },
	}
	ports := s.store.Identity(s.now)
	ids, err := identity.New(identity.Config{
		Directory: ports, Grants: ports, Keys: ports, Attempts: ports, Passwords: passwords, Now: s.now, Log: log,
		Text:     func(lang, key string, args map[string]any) string { return locale.Text(locale.Lang(lang), key, args) },
		Language: func(wishes ...string) string { return string(locale.Choose(locale.English, wishes...)) },
	})
	if err != nil {
		t.Fatal(err)
	}
	pages, err := web.New(web.Options{Desk: s.desk, Store: s.store, Bodies: shelf{bodies}, Identity: ids, Log: log, Now: s.now, NewID: newID})
	if err != nil {
		t.Fatal(err)
	}
	var work sync.WaitGroup
	work.Go(func() { s.desk.Work(ctx, 200*time.Millisecond) })
	s.Server = httptest.NewServer(http.Handler(pages))
	t.Cleanup(func() {
		s.Server.CloseClientConnections()
		s.Server.Close()
		stop()
		work.Wait()
		if err := kept.Close(); err != nil {
			t.Error(err)
		}
	})
	return s
}
