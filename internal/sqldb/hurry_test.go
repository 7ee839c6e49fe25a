package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

// hurryWith sends one insertion for each name on its way, each by itself.
func hurryWith(ctx context.Context, tx *sqldb.Tx, list ...string) error {
	for _, name := range list {
		if err := addLater(ctx, tx, name); err != nil {
			return err
		}
		if err := tx.Hurry(ctx); err != nil {
			return err
		}
	}
	return nil
}

// TestHurry holds what is on its way to the order of what was asked, whatever comes
// behind it: a statement, rows that are copied, or the commit.
func TestHurry(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		behind := map[string]func(tx *sqldb.Tx) error{
			"nothing": func(*sqldb.Tx) error { return nil },
			"more":    func(tx *sqldb.Tx) error { return addLater(ctx, tx, "dirk") },
			"a query": func(tx *sqldb.Tx) error {
				n, err := sqldb.One(ctx, tx, sqldb.Value[int64], "select count(*) from people")
				if err == nil && n != 3 {
					err = fmt.Errorf("there are %d", n)
				}
				return err
			},
			"a copy": func(tx *sqldb.Tx) error {
				var rows [][]any
				for i := range 20 {
					rows = append(rows, []any{[]byte{byte(i)}, fmt.Sprintf("copied %02d", i)})
				}
				_, err := tx.InsertRows(ctx, "people", []string{"id", "name"}, rows)
				return err
			},
		}
		for what, then := range behind {
			err := db.Update(ctx, func(tx *sqldb.Tx) error {
				if _, err := tx.Exec(ctx, "delete from people"); err != nil {
					return err
				}
				if err := hurryWith(ctx, tx, "anna", "bram", "carla"); err != nil {
					return err
				}
				return then(tx)
			})
			if err != nil {
				t.Fatalf("%s behind: %v", what, err)
			}
			if got := names(t, db); len(got) < 3 || !slices.Equal(got[:3], []string{"anna", "bram", "carla"}) {
				t.Errorf("%s behind: names = %v", what, got)
			}
		}
	})
}

// TestHurryFails: an error on the way ends the transaction, also when others share it,
// who are not to blame; and an end for another reason leaves nothing of what was on its way.
func TestHurryFails(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		addAll(t, db, "anna")
		other := errors.New("another reason")
		var wg sync.WaitGroup
		for i := range 24 {
			wg.Go(func() {
				name := fmt.Sprintf("p%02d", i)
				if i%6 == 0 {
					name = "anna"
				}
				err := db.Update(ctx, func(tx *sqldb.Tx) error {
					if err := hurryWith(ctx, tx, "first of "+name+fmt.Sprint(i), name, "last of "+name+fmt.Sprint(i)); err != nil {
						return err
					}
					if i%6 == 1 {
						return other
					}
					return nil
				})
				switch {
				case i%6 == 0 && !errors.Is(err, sqldb.ErrDuplicate), i%6 == 1 && !errors.Is(err, other), i%6 > 1 && err != nil:
					t.Errorf("%s: %v", name, err)
				}
			})
		}
		wg.Wait()
		if got := names(t, db); len(got) != 1+3*16 {
			t.Errorf("%d names: %v", len(got), got)
		}
	})
}
