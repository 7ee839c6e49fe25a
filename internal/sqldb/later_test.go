package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

func addLater(ctx context.Context, tx *sqldb.Tx, name string) error {
	return tx.Later(ctx, "insert into people(id, name) values ($1, $2)", []byte("id of "+name), name)
}

// TestLater holds what waits to be sent to the order of what was asked.
func TestLater(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := addLater(ctx, tx, "anna"); err != nil {
				return err
			}
			if err := tx.LaterAll(ctx, nil, "insert into people(id, name) values ($1, $2)", [][]any{{[]byte("b"), "bram"}, {[]byte("c"), "carla"}}); err != nil {
				return err
			}
			n, err := sqldb.One(ctx, tx, sqldb.Value[int64], "select count(*) from people")
			if err != nil || n != 3 {
				return fmt.Errorf("there are %d: %w", n, err)
			}
			return tx.Later(ctx, "delete from people where name = $1", "bram") // nothing comes behind it
		})
		if err != nil {
			t.Fatal(err)
		}
		if got := names(t, db); !slices.Equal(got, []string{"anna", "carla"}) {
			t.Errorf("names = %v", got)
		}
	})
}

// TestLaterFails gives the error of what waited to whom it belongs, also when
// others shared the commit, and keeps the changes of those.
func TestLaterFails(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		addAll(t, db, "anna")
		taken := errors.New("taken")
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				name := fmt.Sprintf("p%02d", i)
				if i%6 == 0 {
					name = "anna"
				}
				err := db.Update(ctx, func(tx *sqldb.Tx) error {
					word := func(_ int, err error) error { return fmt.Errorf("%w: %w", taken, err) }
					return tx.LaterAll(ctx, word, "insert into people(id, name) values ($1, $2)", [][]any{{[]byte("id of " + name), name}})
				})
				if fails := name == "anna"; fails != errors.Is(err, taken) || fails != errors.Is(err, sqldb.ErrDuplicate) {
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		wg.Wait()
		if got := names(t, db); len(got) != 21 {
			t.Errorf("names = %v", got)
		}
	})
}

// TestLaterSpoils: after an error that came late nothing of the transaction stays.
func TestLaterSpoils(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		addAll(t, db, "anna")
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := addLater(ctx, tx, "bram"); err != nil {
				return err
			}
			_ = addLater(ctx, tx, "anna")
			var n int64
			_ = tx.QueryRow(ctx, "select count(*) from people").Scan(&n)
			return nil
		})
		if !errors.Is(err, sqldb.ErrDuplicate) {
			t.Error(err)
		}
		if got := names(t, db); !slices.Equal(got, []string{"anna"}) {
			t.Errorf("names = %v", got)
		}
	})
}

// TestAhead answers a query from what was asked for ahead, unless something was
// changed meanwhile.
func TestAhead(t *testing.T) {
	const count, one = "select count(*) from people", "select name from people where id = $1"
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		addAll(t, db, "anna", "bram")
		look := func(tx *sqldb.Tx) (n int64, name string, err error) {
			if n, err = sqldb.One(ctx, tx, sqldb.Value[int64], count); err == nil {
				name, err = sqldb.One(ctx, tx, sqldb.Value[string], one, []byte("id of bram"))
			}
			return n, name, err
		}
		ask := func(tx *sqldb.Tx) error {
			return errors.Join(tx.Ahead(ctx, count), tx.Ahead(ctx, one, []byte("id of bram")))
		}
		if err := db.View(ctx, func(tx *sqldb.Tx) error {
			if err := ask(tx); err != nil {
				return err
			}
			if n, name, err := look(tx); err != nil || n != 2 || name != "bram" {
				t.Error(n, name, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		if err := db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := ask(tx); err != nil {
				return err
			}
			if n, err := sqldb.One(ctx, tx, sqldb.Value[int64], count); err != nil || n != 2 {
				t.Error(n, err)
			}
			if err := addLater(ctx, tx, "carla"); err != nil {
				return err
			}
			if n, _, err := look(tx); err != nil || n != 3 {
				t.Errorf("after a change: %d, %v", n, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
	})
}

// TestManyLater sends more than may wait at once, and more different statements
// than a connection keeps.
func TestManyLater(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			for i := range 1300 {
				text := "insert into people(id, name) values ($1, $2)" + strings.Repeat(" ", i/2)
				if err := tx.Later(ctx, text, fmt.Appendf(nil, "%d", i), fmt.Sprint(i)); err != nil {
					return err
				}
			}
			return nil
		})
		if got := names(t, db); err != nil || len(got) != 1300 {
			t.Error(len(got), err)
		}
	})
}
