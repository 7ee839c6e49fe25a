package store_test

import (
	"fmt"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
)

// TestGrowth lets PostgreSQL know of people who came in at once, early and at the
// end.
func TestGrowth(t *testing.T) {
	sqltest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		s := store.New(db, nil)
		g := offboard.Growth{Store: s}
		for i, done := range []int{100, 600, 1200, 2000} {
			if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				_, err := tx.Exec(t.Context(), "insert into domains (name, ordinal) values ($1, $2)", fmt.Sprint(done, ".example"), i)
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if err := g.To(t.Context(), done, 2000); err != nil {
				t.Fatal(err)
			}
			if db.Dialect() != sqldb.Postgres {
				continue
			}
			known, err := sqldb.One(t.Context(), db, sqldb.Value[int64], "select reltuples::bigint from pg_class where relname = 'domains'")
			if err != nil {
				t.Fatal(err)
			}
			if told, want := known == int64(i+1), done == 600 || done == 2000; told != want {
				t.Errorf("%d people: PostgreSQL knows of %d domains of %d", done, known, i+1)
			}
		}
	})
}
