package sqldb_test

import (
	"runtime"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

// TestWanted tells whoever holds the line of writers that somebody waits in it, on
// this node or on another one of the same database.
func TestWanted(t *testing.T) {
	waits := func(t *testing.T, db, other *sqldb.DB, name string) {
		t.Helper()
		done := make(chan error, 1)
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			if wanted, err := tx.Wanted(t.Context()); wanted || err != nil {
				t.Errorf("nobody waits: %v, %v", wanted, err)
			}
			go func() {
				done <- other.Update(t.Context(), func(tx *sqldb.Tx) error { return add(t.Context(), tx, name) })
			}()
			for {
				if wanted, err := tx.Wanted(t.Context()); wanted || err != nil {
					return err
				}
				runtime.Gosched()
			}
		}); err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil {
			t.Fatal(err)
		}
	}
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		waits(t, db, db, "anna")
		if err := db.View(t.Context(), func(tx *sqldb.Tx) error {
			if wanted, err := tx.Wanted(t.Context()); wanted || err != nil {
				t.Errorf("a snapshot keeps nobody waiting: %v, %v", wanted, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
	t.Run("another node", func(t *testing.T) {
		address := sqltest.PostgresURL(t, nil)
		waits(t, openURL(t, address, schema()), openURL(t, address, schema()), "bram")
	})
}
