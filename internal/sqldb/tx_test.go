package sqldb_test

import (
	"context"
	"errors"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

// addAll puts people in, in one transaction.
func addAll(t *testing.T, db *sqldb.DB, names ...string) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		for _, name := range names {
			if err := add(t.Context(), tx, name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFailedStatementSpoils(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		addAll(t, db, "anna")
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := add(ctx, tx, "bram"); err != nil {
				return err
			}
			if err := add(ctx, tx, "anna"); !errors.Is(err, sqldb.ErrDuplicate) {
				t.Errorf("duplicate: %v", err)
			}
			if err := add(ctx, tx, "carla"); !errors.Is(err, sqldb.ErrDuplicate) {
				t.Errorf("statement after a failed one: %v", err)
			}
			return nil // the mistake: the error was ignored
		})
		if !errors.Is(err, sqldb.ErrDuplicate) {
			t.Errorf("err = %v", err)
		}
		if got := names(t, db); !slices.Equal(got, []string{"anna"}) {
			t.Errorf("names = %v", got)
		}
	})
}

func TestNested(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		boom := errors.New("boom")
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			for i, name := range []string{"anna", "anna", "bram", "carla"} {
				err := tx.Nested(ctx, func() error {
					if err := add(ctx, tx, name); err != nil {
						return err
					}
					if name == "bram" {
						return boom
					}
					return tx.Nested(ctx, func() error { return add(ctx, tx, name+" inner") })
				})
				if want := []error{nil, sqldb.ErrDuplicate, boom, nil}[i]; !errors.Is(err, want) {
					t.Errorf("%s: err = %v, want %v", name, err, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := names(t, db), []string{"anna", "anna inner", "carla", "carla inner"}; !slices.Equal(got, want) {
			t.Errorf("names = %v, want %v", got, want)
		}
	})
}

func TestOpenRowsAreRefused(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		addAll(t, db, "anna", "bram")
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			rows, err := tx.Query(ctx, "select name from people")
			if err != nil {
				return err
			}
			rows.Next()
			_, err = tx.Exec(ctx, "update people set born = 1")
			return err // and the rows stay open
		})
		if err == nil {
			t.Error("a second statement beside open rows was allowed")
		}
		addAll(t, db, "carla") // the connection is fine
	})
}

func TestPanicAndGoexit(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := add(ctx, tx, "anna"); err != nil {
				return err
			}
			panic("boom")
		})
		if err == nil || !strings.Contains(err.Error(), "boom") {
			t.Errorf("err = %v", err)
		}
		ended := make(chan bool)
		go func() { // it ends the goroutine of its caller
			defer close(ended)
			_ = db.Update(ctx, func(tx *sqldb.Tx) error {
				if err := add(ctx, tx, "bram"); err != nil {
					return err
				}
				runtime.Goexit()
				return nil
			})
			t.Error("Update returned after Goexit")
		}()
		<-ended
		addAll(t, db, "carla")
		if got := names(t, db); !slices.Equal(got, []string{"carla"}) {
			t.Errorf("names = %v", got)
		}
	})
}

func TestCanceledWaiter(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		running, release := make(chan bool), make(chan bool)
		first := make(chan error, 1)
		go func() {
			first <- db.Update(ctx, func(tx *sqldb.Tx) error {
				running <- true
				<-release
				return add(ctx, tx, "anna")
			})
		}()
		<-running
		waiting, cancel := context.WithCancel(ctx)
		second := make(chan error, 1)
		var ran atomic.Bool
		go func() {
			second <- db.Update(waiting, func(*sqldb.Tx) error {
				ran.Store(true)
				return nil
			})
		}()
		cancel()
		if err := <-second; !errors.Is(err, context.Canceled) {
			t.Errorf("waiting job: %v", err)
		}
		release <- true
		if err := <-first; err != nil {
			t.Error(err)
		}
		addAll(t, db, "bram")
		if ran.Load() {
			t.Error("the canceled job ran")
		}
	})
}

func TestCanceledBetweenStatements(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := add(ctx, tx, "anna"); err != nil {
				return err
			}
			cancel()
			return add(ctx, tx, "bram")
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v", err)
		}
		if got := names(t, db); len(got) != 0 {
			t.Errorf("names = %v", got)
		}
	})
}

func TestView(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		addAll(t, db, "anna")
		err := db.View(ctx, func(tx *sqldb.Tx) error {
			before := names(t, tx)
			addAll(t, db, "bram")
			if after := names(t, tx); !slices.Equal(before, after) {
				t.Errorf("the snapshot changed from %v to %v", before, after)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if got := names(t, db); len(got) != 2 {
			t.Errorf("names = %v", got)
		}
		err = db.View(ctx, func(tx *sqldb.Tx) error { return add(ctx, tx, "carla") })
		if !errors.Is(err, sqldb.ErrReadOnly) {
			t.Errorf("write in a view: %v", err)
		}
		var n int64
		err = db.QueryRow(ctx, "update people set born = 1 returning n").Scan(&n)
		if !errors.Is(err, sqldb.ErrReadOnly) {
			t.Errorf("write by a query: %v", err)
		}
	})
}
