package store_test

import (
	"strings"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
)

// TestHeadOfAYoungOrganization looks at how PostgreSQL finds the last departure
// when it takes the table for empty: it keeps that plan when there are thousands.
func TestHeadOfAYoungOrganization(t *testing.T) {
	sqltest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		if db.Dialect() != sqldb.Postgres {
			return
		}
		if err := store.New(db, nil).Analyze(t.Context()); err != nil {
			t.Fatal(err)
		}
		if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			plan, err := store.HeadPlan(t.Context(), tx)
			if last, limit := strings.Index(plan, "Scan Backward using departures_pkey"), strings.Index(plan, "Limit"); err == nil && (limit < 0 || last < limit) {
				t.Errorf("the departures are gone through:\n%s", plan)
			}
			return err
		}); err != nil {
			t.Fatal(err)
		}
	})
}
