package graph_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
)

// crowd serves a practice organization with ten thousand people.
func crowd(b *testing.B) *school {
	b.Helper()
	s := schoolOf(b, sqltest.SQLite(b, store.Migrations()), 10_000)
	b.ResetTimer()
	return s
}

// serve asks the handler itself, without a network in between.
func (s *school) serve(b *testing.B, token, path string) {
	r := httptest.NewRequestWithContext(context.Background(), http.MethodGet, s.server.URL+"/v1.0"+path, nil)
	r.Header.Set("Authorization", "Bearer "+token)
	w := &discard{header: http.Header{}}
	s.server.Config.Handler.ServeHTTP(w, r)
	if w.status != http.StatusOK {
		b.Fatalf("%s: %d", path, w.status)
	}
}

type discard struct {
	header http.Header
	status int
}

func (d *discard) Header() http.Header         { return d.header }
func (d *discard) WriteHeader(status int)      { d.status = status }
func (d *discard) Write(b []byte) (int, error) { return io.Discard.Write(b) }

func BenchmarkUsersPage(b *testing.B) {
	s := crowd(b)
	token := s.as("").token
	b.ReportAllocs()
	for b.Loop() {
		s.serve(b, token, "/users?$top=100")
	}
}

func BenchmarkUserByID(b *testing.B) {
	s := crowd(b)
	token, id := s.as("").token, s.id("anna.devries")
	b.ReportAllocs()
	for b.Loop() {
		s.serve(b, token, "/users/"+id)
	}
}

func BenchmarkUsersPrefix(b *testing.B) {
	s := crowd(b)
	token := s.as("").token
	b.ReportAllocs()
	for b.Loop() {
		s.serve(b, token, "/users?$filter=startsWith(displayName,%27Anna%27)&$top=25")
	}
}
