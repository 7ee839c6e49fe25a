// Package sqltest gives tests throw-away databases of both kinds.
package sqltest

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"leaver/internal/sqldb"
)

// SQLite gives an empty database in a file that goes away with the test.
func SQLite(t testing.TB, migrations fs.FS) *sqldb.DB {
	t.Helper()
	path := filepath.Join(t.TempDir(), "test.db")
	b, err := migrated(migrations)
	if err == nil {
		err = os.WriteFile(path, b, 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return open(t, sqldb.Options{Path: path, Migrations: migrations, NoSync: true})
}

// files keeps a migrated database for each schema: copying one is faster than
// running the migrations for every test.
var files sync.Map

func migrated(migrations fs.FS) ([]byte, error) {
	if migrations == nil {
		return nil, nil
	}
	key, err := hash(migrations)
	if err != nil {
		return nil, err
	}
	if b, ok := files.Load(key); ok {
		return b.([]byte), nil
	}
	dir, err := os.MkdirTemp("", "leaver-sqlite-")
	if err != nil {
		return nil, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	path := filepath.Join(dir, "template.db")
	db, err := sqldb.Open(context.Background(), sqldb.Options{Path: path, Migrations: migrations, NoSync: true})
	if err != nil {
		return nil, err
	}
	if err := db.Close(); err != nil {
		return nil, err
	}
	b, err := os.ReadFile(path)
	if err == nil {
		files.Store(key, b)
	}
	return b, err
}

// Postgres gives an empty database on a server of the tests' own. Where
// PostgreSQL is not installed the test is skipped, but fails in CI or when
// LEAVER_REQUIRE_POSTGRES is 1.
func Postgres(t testing.TB, migrations fs.FS) *sqldb.DB {
	t.Helper()
	return open(t, sqldb.Options{URL: PostgresURL(t, migrations), Migrations: migrations})
}

// Each runs f on a fresh database of each kind, as subtests sqlite and postgres.
func Each(t *testing.T, migrations fs.FS, f func(t *testing.T, db *sqldb.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { f(t, SQLite(t, migrations)) })
	t.Run("postgres", func(t *testing.T) { f(t, Postgres(t, migrations)) })
}

func open(t testing.TB, opt sqldb.Options) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), opt)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Errorf("close database: %v", err)
		}
	})
	return db
}
