// Package store keeps an organization in SQLite or PostgreSQL, with one SQL text
// for both. It implements the ports of package offboard, and the queries of the
// surfaces. It decides nothing: what is saved has been decided by package org.
package store

import (
	"context"
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"time"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

//go:embed migrations/*.sql
var migrations embed.FS

// Migrations is the schema.
func Migrations() fs.FS {
	sub, err := fs.Sub(migrations, "migrations")
	if err != nil {
		return migrations // cannot happen: the folder is embedded
	}
	return sub
}

// Store is an organization in a database.
type Store struct {
	db       *sqldb.DB
	newID    func() string
	users    *users
	subjects subjects
	presumed presumed

	groups       *odata.Resource
	groupColumns []column[org.Group]
	messages     *odata.Resource
	files        *odata.Resource
}

// Open opens the database at a path (SQLite) or URL (PostgreSQL) and brings its
// schema up to date. newID makes the ids that the store itself gives out.
func Open(ctx context.Context, opt sqldb.Options, newID func() string) (*Store, error) {
	opt.Migrations = Migrations()
	db, err := sqldb.Open(ctx, opt)
	if err != nil {
		return nil, err
	}
	s := New(db, newID)
	if !opt.ReadOnly {
		if err := s.catchUp(ctx); err != nil {
			return nil, errors.Join(err, db.Close()) //nolint:contextcheck // closing is never cut short
		}
	}
	return s, nil
}

// New makes a store over an open database.
func New(db *sqldb.DB, newID func() string) *Store {
	return &Store{
		db: db, newID: newID, users: newUsers(), groups: groupResource(), groupColumns: groupColumnList(), messages: messageResource(),
		files: fileResource(),
	}
}

// DB is the database underneath, for backups and health checks.
func (s *Store) DB() *sqldb.DB { return s.db }

// Close waits for writers and closes the database.
func (s *Store) Close() error { return s.db.Close() }

// Change runs f in one durable transaction.
func (s *Store) Change(ctx context.Context, f func(offboard.Tx) error) error {
	return outage(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		t := &txn{Tx: tx, newID: s.newID, changes: true}
		t.inherit()
		if err := f(t); err != nil {
			return err
		}
		t.note()
		tx.Announce(func() { s.subjects.forget(t.touched) })
		return t.writeHead(ctx)
	}))
}

// Read runs f on one consistent snapshot.
func (s *Store) Read(ctx context.Context, f func(offboard.Tx) error) error {
	return outage(s.db.View(ctx, func(tx *sqldb.Tx) error { return f(&txn{Tx: tx, newID: s.newID}) }))
}

// outage turns a database that can't be reached or written into a refusal that
// says what to do.
func outage(err error) error {
	if errors.Is(err, sqldb.ErrText) { // PostgreSQL says no to what SQLite finds nowhere
		return fmt.Errorf("%w: %w", org.Refuse(org.Invalid, "store.badText", ""), err)
	}
	for cause, reason := range map[error]string{
		sqldb.ErrDiskFull: "store.diskFull", sqldb.ErrUnavailable: "store.unavailable", sqldb.ErrReadOnly: "store.readOnly",
	} {
		if errors.Is(err, cause) {
			return fmt.Errorf("%w: %w", org.Refuse(org.Unavailable, reason, ""), err)
		}
	}
	return err
}

// txn is one transaction; it implements offboard.Tx.
type txn struct {
	*sqldb.Tx
	newID func() string
	head  head
	// changes: it is not for reading only.
	changes bool
	parts   foreseen
	// departed is who is about to be restored.
	departed returning
	// touched are the people and apps that may stand otherwise now.
	touched []subjectKey
	// names are the user names, folded, of people who were changed.
	names []string
}

// unix stores a time; the zero time is 0.
func unix(t time.Time) int64 {
	if t.IsZero() {
		return 0
	}
	return t.Unix()
}

// null stores a time; the zero time is null.
func null(t time.Time) any {
	if t.IsZero() {
		return nil
	}
	return t.Unix()
}

// at reads a time stored by unix.
func at(sec int64) time.Time {
	if sec == 0 {
		return time.Time{}
	}
	return time.Unix(sec, 0).UTC()
}
