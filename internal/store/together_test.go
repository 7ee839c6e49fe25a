package store_test

import (
	"slices"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestCopyPutsTogether: what a person is found by lies side by side on PostgreSQL after
// a copy, though it is read in the order of the names.
func TestCopyPutsTogether(t *testing.T) {
	from := storetest.SQLite(t)
	storetest.Contoso(t, from)
	storetest.Add(t, from, storetest.Person(11, "zoe"), storetest.Person(12, "anna"), storetest.Person(13, "mark"))
	to := store.New(sqltest.Postgres(t, store.Migrations()), storetest.IDs())
	if _, err := store.Copy(t.Context(), from, to, nil, nil, nil); err != nil {
		t.Fatal(err)
	}
	for _, table := range []string{"user_words", "addresses"} {
		got, err := sqldb.All(t.Context(), to.DB(), sqldb.Value[int64], "select user_pk from "+table+" order by ctid")
		if err != nil || len(got) < 3 || !slices.IsSorted(got) {
			t.Errorf("%s: %v, %v", table, got, err)
		}
	}
}
