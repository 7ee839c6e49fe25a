package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

// count adds one to the number that all share, as the row of somebody's birth, and
// gives what it was before.
func count(ctx context.Context, tx *sqldb.Tx) (int64, error) {
	n, took := tx.Left().(int64)
	if !took {
		if err := tx.QueryRow(ctx, "select born from people where name = 'all'").Scan(&n); err != nil {
			return 0, err
		}
	}
	return n, tx.Last(ctx, "people", n+1, "update people set born = $1 where name = 'all'", n+1)
}

func counted(t *testing.T, db *sqldb.DB) int64 {
	t.Helper()
	n, err := sqldb.One(t.Context(), db, sqldb.Value[int64], "select born from people where name = 'all'")
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func startCount(t *testing.T, db *sqldb.DB) {
	t.Helper()
	addAll(t, db, "all")
	if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), "update people set born = 0")
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// together runs functions so that they share a commit: see inLine.
func together(t *testing.T, db *sqldb.DB, fs ...func(*sqldb.Tx) error) []error {
	t.Helper()
	calls := make([]func() error, len(fs))
	for i, f := range fs {
		calls[i] = func() error { return db.Update(t.Context(), f) }
	}
	return inLine(t, db, calls...)
}

// inLine has somebody work in an Update until others wait behind it, in their order.
func inLine(t *testing.T, db *sqldb.DB, calls ...func() error) []error {
	t.Helper()
	errs := make([]error, len(calls))
	busy, free := make(chan struct{}), make(chan struct{})
	var wg sync.WaitGroup
	var once sync.Once
	wg.Go(func() {
		_ = db.Update(t.Context(), func(*sqldb.Tx) error {
			once.Do(func() { close(busy) })
			<-free
			return nil
		})
	})
	<-busy
	for i, call := range calls {
		wg.Go(func() { errs[i] = call() })
		for db.Stats().Waiting <= int64(i) {
			if t.Context().Err() != nil {
				t.Fatal("nobody waits")
			}
		}
	}
	close(free)
	wg.Wait()
	return errs
}

// TestLast counts in one row from many Updates that share a commit: each goes on from
// the one before it, and the row is written once for all of them.
func TestLast(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		startCount(t, db)
		var seen []int64
		f := func(tx *sqldb.Tx) error {
			n, err := count(ctx, tx)
			seen = append(seen, n)
			return err
		}
		written := 0
		look := func(tx *sqldb.Tx) error { // it asks for nothing that waits
			if tx.Left() != nil {
				written++
			}
			return tx.Later(ctx, "update roles set role = role")
		}
		before := db.Stats().Commits
		for i, err := range together(t, db, f, f, look, f, look) {
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		if got := fmt.Sprint(seen, written, counted(t, db), db.Stats().Commits-before); got != "[0 1 2] 2 3 1" {
			t.Errorf("seen, left, counted and commits: %s", got)
		}
	})
}

// TestLastIsSeen: whoever asks for the table finds what waits to be written to it, and so
// do the changes behind that.
func TestLastIsSeen(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		startCount(t, db)
		f := func(tx *sqldb.Tx) error { _, err := count(ctx, tx); return err }
		var asked int64
		ask := func(tx *sqldb.Tx) (err error) {
			asked, err = sqldb.One(ctx, tx, sqldb.Value[int64], "select born from people where name = 'all'")
			return err
		}
		double := func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "update people set born = born * 10 where name = 'all'")
			return errors.Join(err, f(tx)) // from what stands there now
		}
		for i, err := range together(t, db, f, f, ask, f, double, f) {
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		if n := counted(t, db); asked != 2 || n != 32 {
			t.Errorf("asked in between: %d, at the end: %d", asked, n)
		}
	})
}

// TestLastOfThoseThatFail: what one that failed left is gone, and what the others left
// stays, whether it failed before it changed something or after, and also when it had
// what waited written.
func TestLastOfThoseThatFail(t *testing.T) {
	boom := errors.New("boom")
	ctx := t.Context()
	f := func(tx *sqldb.Tx) error { _, err := count(ctx, tx); return err }
	for name, fails := range map[string]func(*sqldb.Tx) error{
		"before":  func(tx *sqldb.Tx) error { tx.Left(); return boom },
		"after":   func(tx *sqldb.Tx) error { return errors.Join(f(tx), boom) },
		"asked":   func(tx *sqldb.Tx) error { _, err := listed(ctx, tx); return errors.Join(err, boom) },
		"changed": func(tx *sqldb.Tx) error { return errors.Join(add(ctx, tx, "bram"), boom) },
		"nested": func(tx *sqldb.Tx) error {
			if err := tx.Nested(ctx, func() error { return errors.Join(f(tx), boom) }); !errors.Is(err, boom) {
				return err
			}
			_, err := listed(ctx, tx)
			return errors.Join(err, boom)
		},
		"late": func(tx *sqldb.Tx) error { // what it leaves is of no use to the others
			return tx.Last(ctx, "people", "", "update people set id = (select id from people where name = 'other') where name = 'all'")
		},
	} {
		t.Run(name, func(t *testing.T) {
			sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
				startCount(t, db)
				addAll(t, db, "other")
				for i, err := range together(t, db, f, f, fails, f) {
					if want := i == 2; want != (err != nil) || want && name != "late" && !errors.Is(err, boom) {
						t.Errorf("%d: %v", i, err)
					}
				}
				if n := counted(t, db); n != 3 {
					t.Errorf("counted %d", n)
				}
			})
		})
	}
}

// listed asks for the table in a transaction.
func listed(ctx context.Context, tx *sqldb.Tx) ([]string, error) {
	return sqldb.All(ctx, tx, sqldb.Value[string], "select name from people")
}
