package sqldb_test

import (
	"slices"
	"strings"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

// TestWritesGoByTheirKey looks at the plan that the server makes, and keeps, for a
// table that it takes for empty: it will not stay empty.
func TestWritesGoByTheirKey(t *testing.T) {
	db := openURL(t, sqltest.PostgresURL(t, schema()), schema())
	if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(t.Context(), "analyze people"); err != nil {
			return err
		}
		plan, err := sqldb.All(t.Context(), tx, sqldb.Value[string], "explain update people set name = 'x' where id = '\\x01'")
		if all := strings.Join(plan, "\n"); err == nil && (strings.Contains(all, "Seq Scan") || strings.Contains(all, "JIT")) {
			t.Errorf("an empty table is read from end to end, or a plan compiled:\n%s", all)
		}
		return err
	}); err != nil {
		t.Fatal(err)
	}
}

// TestSteadyStatementsArePlannedOnce: their plan does not depend on the values, and
// what comes behind them on the same connection is planned as ever.
func TestSteadyStatementsArePlannedOnce(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		addAll(t, db, "anna", "bram", "carla")
		ctx := t.Context()
		const text = "select name from people where name > $1 order by name limit 2 {steady}"
		if err := db.View(ctx, func(tx *sqldb.Tx) error { // one connection
			for range 8 {
				got, err := sqldb.All(ctx, tx, sqldb.Value[string], text, "anna")
				if err != nil || !slices.Equal(got, []string{"bram", "carla"}) {
					t.Errorf("%v, %v", got, err)
				}
			}
			if db.Dialect() == sqldb.SQLite {
				return nil
			}
			n, err := sqldb.One(ctx, tx, sqldb.Value[int64], "select custom_plans from pg_prepared_statements where statement like 'select name from people%steady%'")
			if err != nil || n != 0 {
				t.Errorf("planned %d times, %v", n, err)
			}
			return nil
		}); err != nil {
			t.Fatal(err)
		}
		for range 3 {
			if got, err := sqldb.One(ctx, db, sqldb.Value[string], text, "bram"); err != nil || got != "carla" {
				t.Errorf("%q, %v", got, err)
			}
			if db.Dialect() == sqldb.Postgres {
				if mode, err := sqldb.One(ctx, db, sqldb.Value[string], "show plan_cache_mode"); err != nil || mode != "auto" {
					t.Errorf("the connection goes on with %s, %v", mode, err)
				}
			}
		}
	})
}
