package sqldb_test

import (
	"context"
	"errors"
	"sync"
	"sync/atomic"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

// TestAlongShared lets many ask the same at once while it changes: who shares a round
// trip never hears less than what was done when they asked, and nothing of those who
// went away.
func TestAlongShared(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		startCount(t, db)
		var known atomic.Int64
		var done atomic.Bool
		var wg sync.WaitGroup
		for i := range 16 {
			wg.Go(func() {
				for round := 0; !done.Load(); round++ {
					ctx, cancel := context.WithCancel(ctx)
					leaves := i%4 == 0 && round%2 == 0
					var n int64
					least := known.Load()
					_, settle := db.Along(ctx, func(row *sqldb.Row) error { return row.Scan(&n) }, bornText, "all")
					if leaves {
						go cancel()
					}
					err := settle()
					cancel()
					if err != nil && (!leaves || !errors.Is(err, context.Canceled)) {
						t.Errorf("%d: %v", i, err)
						return
					}
					if err == nil && n < least {
						t.Errorf("%d: heard %d when it was %d", i, n, least)
						return
					}
				}
			})
		}
		for n := range int64(100) {
			if err := db.Update(ctx, func(tx *sqldb.Tx) error {
				_, err := tx.Exec(ctx, "update people set born = $1 where name = 'all'", n)
				return err
			}); err != nil {
				t.Error(err)
			}
			known.Store(n)
		}
		done.Store(true)
		wg.Wait()
	})
}

// TestAlongSharedFails: an error is everybody's own, and nobody waits for ever.
func TestAlongSharedFails(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		var wg sync.WaitGroup
		for range 8 {
			wg.Go(func() {
				_, settle := db.Along(t.Context(), func(row *sqldb.Row) error { return row.Scan() }, "select nothing from nowhere")
				if settle() == nil {
					t.Error("there was an answer")
				}
			})
		}
		wg.Wait()
	})
}
