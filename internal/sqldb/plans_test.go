package sqldb_test

import (
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
