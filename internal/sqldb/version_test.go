package sqldb_test

import (
	"fmt"
	"runtime"
	"sync"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

type version struct {
	n     int64
	known bool
}

// TestVersionOnPostgres tells from the numbers of transactions whether anything was
// changed between a snapshot and an Update. Other tests use the same cluster and its
// numbers, which may hide that nothing was, but never that something was.
func TestVersionOnPostgres(t *testing.T) {
	db := openURL(t, sqltest.PostgresURL(t, nil), schema())
	view := func() (v version) {
		t.Helper()
		if err := db.View(t.Context(), func(tx *sqldb.Tx) error {
			v.n, v.known = tx.Version(t.Context())
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		return v
	}
	names := 0
	update := func(meanwhile func()) (v version) {
		t.Helper()
		names++
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			v.n, v.known = tx.Version(t.Context())
			if _, err := sqldb.All(t.Context(), tx, sqldb.Value[string], "select name from people"); err != nil {
				return err
			}
			if n, known := tx.Version(t.Context()); n != v.n || known != v.known {
				t.Errorf("the version was %v and is %d, %v", v, n, known)
			}
			meanwhile()
			return add(t.Context(), tx, fmt.Sprint("p", names))
		}); err != nil {
			t.Fatal(err)
		}
		return v
	}
	nothing := func() {}
	seen := false
	for range 200 {
		var within version
		before := view()
		first := update(func() { within = view() })
		second := update(nothing)
		if before.known && before.n >= second.n || within.known && within.n >= second.n {
			t.Fatalf("snapshots %v and %v are no older than an Update behind them, %v", before, within, second)
		}
		if seen = before.known && within.known && before == first && within == first && second == (version{first.n + 1, true}); seen {
			break
		}
	}
	if !seen {
		t.Error("it was never known that nothing was changed")
	}
	t.Run("two in one commit", func(t *testing.T) {
		running, release := make(chan bool), make(chan bool)
		var first, second version
		var both sync.WaitGroup
		both.Go(func() { first = update(func() { running <- true; <-release }) })
		<-running
		both.Go(func() {
			if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				second.n, second.known = tx.Version(t.Context())
				return add(t.Context(), tx, "of the same commit")
			}); err != nil {
				t.Error(err)
			}
		})
		for db.Stats().Waiting == 0 {
			runtime.Gosched()
		}
		release <- true
		both.Wait()
		if second.known {
			t.Error("what was changed in the same commit before goes unnoticed")
		}
		if v := update(nothing); v == (version{first.n + 1, true}) {
			t.Error("two changes pass for one")
		}
	})
}
