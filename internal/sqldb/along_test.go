package sqldb_test

import (
	"context"
	"errors"
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
