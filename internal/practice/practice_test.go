package practice_test

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"io"
	"log/slog"
	"sync"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/practice"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// start is when the practice organizations of the tests are made.
var start = time.Date(2026, 5, 18, 9, 41, 27, 0, time.UTC)

const hash = "the hash of Welkom-2026!"

// shelf keeps bodies in memory: the disk is not what these tests are about.
type shelf struct {
	mu     sync.Mutex
	bodies map[string]string
}

func (s *shelf) Put(_ context.Context, r io.Reader) (string, int64, error) {
	b, err := io.ReadAll(r)
	sum := sha256.Sum256(b)
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.bodies == nil {
		s.bodies = map[string]string{}
	}
	name := hex.EncodeToString(sum[:])
	s.bodies[name] = string(b)
	return name, int64(len(b)), err
}

// made gives a store with the practice organization.
func made(t *testing.T, users int) (*store.Store, *shelf) {
	t.Helper()
	s, bodies := storetest.SQLite(t), &shelf{}
	fill(t, s, bodies, users)
	return s, bodies
}

func fill(t *testing.T, s *store.Store, bodies practice.Bodies, users int) {
	t.Helper()
	began := time.Now()
	if err := practice.Make(t.Context(), practice.Deps{Store: s, Bodies: bodies, PasswordHash: hash, Now: start}, users, nil); err != nil {
		t.Fatal(err)
	}
	t.Logf("%d people in %v", users, time.Since(began))
}

// desk gives the use cases at the start.
func desk(s *store.Store) *offboard.Desk {
	return &offboard.Desk{
		Store: s, Now: func() time.Time { return start }, NewID: storetest.IDs(), HashPassword: func(p string) (string, error) { return "hash of " + p, nil },
		NewPassword: func() string { return "Nieuw-1" }, Log: slog.New(slog.DiscardHandler), Node: "test", Lease: time.Minute,
		ReplyTemplates: map[string]string{"nl": "{leaver} werkt hier niet meer.", "en": "{leaver} has left."},
	}
}

func admin(t *testing.T, s *store.Store) org.Actor {
	t.Helper()
	p := storetest.Load(t, s, "admin@lindeboom.example")[0]
	return org.Actor{ID: p.ID, Name: p.UPN, Roles: p.Roles}
}
