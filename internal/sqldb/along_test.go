package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

// TestAlong holds every way to ask something to the query that comes along: it is
// asked once, first, and when it says no there is no answer.
func TestAlong(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		addAll(t, db, "anna")
		no := errors.New("no")
		count := func(ctx context.Context, q sqldb.Querier) error {
			n, err := sqldb.One(ctx, q, sqldb.Value[int64], "select count(*) from people where name = $1", "anna")
			if err == nil && n != 1 {
				t.Errorf("%d people", n)
			}
			return err
		}
		for name, ask := range map[string]func(ctx context.Context, settle func() error) error{
			"query": func(ctx context.Context, _ func() error) error { return count(ctx, db) },
			"view": func(ctx context.Context, _ func() error) error {
				return db.View(ctx, func(tx *sqldb.Tx) error { return count(ctx, tx) })
			},
			"update": func(ctx context.Context, _ func() error) error {
				return db.Update(ctx, func(tx *sqldb.Tx) error { return count(ctx, tx) })
			},
			"settle": func(_ context.Context, settle func() error) error { return settle() },
		} {
			for want, first := range map[error]string{nil: "anna", no: "bram", sqldb.ErrNoRows: ""} {
				asked := 0
				ctx, settle := db.Along(t.Context(), func(row *sqldb.Row) error {
					asked++
					var is string
					if err := row.Scan(&is); err != nil || is == "anna" {
						return err
					}
					return no
				}, "select x from (select $1 as x) y where x <> ''", first)
				if asked > 0 {
					t.Errorf("%s: asked too early", name)
				}
				for range 2 {
					if err := ask(ctx, settle); !errors.Is(err, want) {
						t.Errorf("%s of %q: %v, want %v", name, first, err, want)
					}
					if err := settle(); !errors.Is(err, want) {
						t.Errorf("%s of %q: settled with %v, want %v", name, first, err, want)
					}
				}
				if asked != 1 {
					t.Errorf("%s of %q: asked %d times", name, first, asked)
				}
			}
		}
		if err := count(t.Context(), db); err != nil { // the session that said no is as good as any
			t.Error(err)
		}
	})
}

// TestAlongGuardsChanges: what comes along with an Update is looked at before anything
// of it is kept, whatever comes first and whatever becomes of the error; and those who
// share the commit lose nothing by it.
func TestAlongGuardsChanges(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		no := errors.New("no")
		insert := "insert into people(id, name) values ($1, $2)"
		for how, change := range map[string]func(ctx context.Context, tx *sqldb.Tx, name string) error{
			"at once": func(ctx context.Context, tx *sqldb.Tx, name string) error {
				_, err := tx.Exec(ctx, insert, []byte(name), name)
				return err
			},
			"later": func(ctx context.Context, tx *sqldb.Tx, name string) error {
				return tx.Later(ctx, insert, []byte(name), name)
			},
			"several": func(ctx context.Context, tx *sqldb.Tx, name string) error {
				_, err := tx.ExecAll(ctx, insert, [][]any{{[]byte(name), name}, {[]byte(name + "2"), name + "2"}})
				return err
			},
			"after a look": func(ctx context.Context, tx *sqldb.Tx, name string) error {
				_, _ = sqldb.One(ctx, tx, sqldb.Value[int64], "select count(*) from people")
				return tx.Later(ctx, insert, []byte(name), name)
			},
			"come what may": func(ctx context.Context, tx *sqldb.Tx, name string) error {
				_, _ = sqldb.One(ctx, tx, sqldb.Value[int64], "select count(*) from people")
				_, _ = tx.Exec(ctx, insert, []byte(name), name)
				return nil
			},
			"nested": func(ctx context.Context, tx *sqldb.Tx, name string) error {
				return tx.Nested(ctx, func() error { return tx.Later(ctx, insert, []byte(name), name) })
			},
		} {
			t.Run(how, func(t *testing.T) {
				var wg sync.WaitGroup
				for i := range 24 {
					if i < 6 {
						wg.Wait() // alone
					}
					wg.Go(func() {
						name, denied := fmt.Sprintf("%s %02d", how, i), i%3 == 0
						ctx, settle := db.Along(t.Context(), func(row *sqldb.Row) error {
							var is bool
							if err := row.Scan(&is); err != nil || !is {
								return err
							}
							return no
						}, "select $1 = 'denied' as x", map[bool]string{true: "denied", false: "welcome"}[denied])
						err := db.Update(ctx, func(tx *sqldb.Tx) error { return change(ctx, tx, name) })
						if denied != errors.Is(err, no) || !denied && err != nil {
							t.Errorf("%s: %v", name, err)
						}
						if err := settle(); denied != errors.Is(err, no) {
							t.Errorf("%s: settled with %v", name, err)
						}
					})
				}
				wg.Wait()
				for _, name := range names(t, db) {
					var i int
					if _, err := fmt.Sscanf(strings.TrimPrefix(name, how), " %2d", &i); err == nil && i%3 == 0 {
						t.Errorf("%s is there", name)
					}
				}
				if n := len(names(t, db)); n < 16 {
					t.Errorf("%d people", n)
				}
				if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
					_, err := tx.Exec(t.Context(), "delete from people where true")
					return err
				}); err != nil {
					t.Fatal(err)
				}
			})
		}
	})
}

// TestAlongOfNothing: an Update that asks for nothing leaves the question to settle.
func TestAlongOfNothing(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		no := errors.New("no")
		ctx, settle := db.Along(t.Context(), func(*sqldb.Row) error { return no }, "select 1")
		refused := errors.New("refused before it asked")
		err := db.Update(ctx, func(*sqldb.Tx) error { return refused })
		if want := map[bool]error{true: no, false: refused}[db.Dialect() == sqldb.SQLite]; !errors.Is(err, want) {
			t.Errorf("%v, want %v", err, want)
		}
		if err := settle(); !errors.Is(err, no) {
			t.Errorf("settled with %v", err)
		}
	})
}
