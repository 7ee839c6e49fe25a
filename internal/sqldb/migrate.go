package sqldb

import (
	"context"
	"database/sql"
	"fmt"
	"io/fs"
	"testing/fstest"

	"github.com/pressly/goose/v3"
)

const versionTable = "schema_versions"

// migrations is the schema with its macros expanded for one database.
type migrations struct {
	dialect Dialect
	files   fstest.MapFS
	target  int64 // the newest version
}

func loadMigrations(d Dialect, source fs.FS) (*migrations, error) {
	m := &migrations{dialect: d, files: fstest.MapFS{}}
	if source == nil {
		return m, nil
	}
	names, err := fs.Glob(source, "*.sql")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		text, err := fs.ReadFile(source, name)
		if err != nil {
			return nil, err
		}
		out, err := expand(d, string(text))
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		version, err := goose.NumericComponent(name)
		if err != nil {
			return nil, fmt.Errorf("migration %s: %w", name, err)
		}
		m.files[name] = &fstest.MapFile{Data: []byte(out), Mode: 0o444}
		m.target = max(m.target, version)
	}
	return m, nil
}

// check compares the version of a database with what this program knows.
func (m *migrations) check(have int64, readOnly bool) error {
	switch {
	case len(m.files) == 0:
		return nil
	case have > m.target:
		return fmt.Errorf("%w: its schema has version %d, this program knows %d", ErrNewerSchema, have, m.target)
	case have == 0 && readOnly:
		return ErrEmpty
	case have < m.target && readOnly:
		return fmt.Errorf("%w: its schema has version %d, this program needs %d", ErrOlderSchema, have, m.target)
	}
	return nil
}

// run applies what is missing, each migration in a transaction of its own.
func (m *migrations) run(ctx context.Context, db *sql.DB) error {
	dialect := goose.DialectSQLite3
	if m.dialect == Postgres {
		dialect = goose.DialectPostgres
	}
	p, err := goose.NewProvider(dialect, db, m.files,
		goose.WithTableName(versionTable), goose.WithLogger(goose.NopLogger()), goose.WithDisableGlobalRegistry(true))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	if _, err := p.Up(ctx); err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	return nil
}

// rower is a sql.DB or a sql.Conn.
type rower interface {
	QueryRowContext(ctx context.Context, text string, args ...any) *sql.Row
}

func currentVersion(ctx context.Context, q rower) (int64, error) {
	var version int64
	err := q.QueryRowContext(ctx, "select coalesce(max(version_id), 0) from "+versionTable+" where is_applied").Scan(&version)
	return version, err
}
