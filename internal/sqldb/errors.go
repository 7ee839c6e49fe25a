package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"strings"
	"syscall"

	"github.com/jackc/pgx/v5/pgconn"
	"modernc.org/sqlite"
)

// The errors that callers tell apart, with errors.Is. The text of an error that
// carries one of these says what the database itself reported.
var (
	// ErrNotADatabase: the file is something else, or a database of another program.
	ErrNotADatabase = errors.New("not a database of this program")
	// ErrCorrupt: the file is a damaged database.
	ErrCorrupt = errors.New("the database is damaged")
	// ErrNewerSchema: a newer version of the program has used this database.
	ErrNewerSchema = errors.New("the database is newer than this program")
	// ErrOlderSchema: the database needs a migration and was opened for reading only.
	ErrOlderSchema = errors.New("the database is older than this program")
	// ErrEmpty: the same of a database that no version of the program has used yet.
	ErrEmpty = fmt.Errorf("%w: no version has used it yet", ErrOlderSchema)
	// ErrReadOnly: the file, its folder or the connection cannot be written.
	ErrReadOnly = errors.New("the database cannot be written")
	// ErrInUse: another process writes to this database file.
	ErrInUse = errors.New("the database is in use by another process")
	// ErrDiskFull: there is no room left; nothing of the transaction was kept.
	ErrDiskFull = errors.New("the disk is full")
	// ErrUnavailable: the database cannot be reached. After Update it may also mean
	// that the outcome of the commit could not be learned.
	ErrUnavailable = errors.New("the database is not available")
	// ErrDuplicate: a unique or primary key already has this value.
	ErrDuplicate = errors.New("the value exists already")
	// ErrConstraint: a foreign key, check or not null rule was broken.
	ErrConstraint = errors.New("the value breaks a constraint")
	// ErrText: a text that was given is none that the database can hold or compare.
	ErrText = errors.New("the value is no text")
	// ErrClosed: the DB has been closed.
	ErrClosed = errors.New("the database has been closed")
	// ErrNoRows: the statement gave no row.
	ErrNoRows = sql.ErrNoRows

	errOpenRows = errors.New("the rows of an earlier statement are still open")
)

// classify adds one of the errors above to an error of a driver.
func classify(err error) error {
	if err == nil {
		return nil
	}
	if kind := kindOf(err); kind != nil && !errors.Is(err, kind) {
		return fmt.Errorf("%w: %w", kind, err)
	}
	return err
}

func kindOf(err error) error {
	if e, ok := errors.AsType[*SQLiteError](err); ok {
		return sqliteKind(e.Code)
	}
	if e, ok := errors.AsType[*sqlite.Error](err); ok { // while opening
		return sqliteKind(e.Code())
	}
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return postgresKind(e.Code)
	}
	switch {
	case errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return nil
	case errors.Is(err, syscall.ENOSPC), errors.Is(err, syscall.EDQUOT):
		return ErrDiskFull
	case errors.Is(err, fs.ErrPermission), errors.Is(err, syscall.EROFS):
		return ErrReadOnly
	case lostConnection(err):
		return ErrUnavailable
	}
	return nil
}

// Result codes of SQLite: sqlite.org/rescode.html.
const (
	sqliteBusy, sqliteLocked, sqliteReadOnly, sqliteIOErr, sqliteCorrupt = 5, 6, 8, 10, 11
	sqliteFull, sqliteCantOpen, sqliteConstraint, sqliteNotADB           = 13, 14, 19, 26
	sqliteUnique, sqlitePrimaryKey, sqliteRowID                          = 2067, 1555, 2579
)

func sqliteKind(code int) error {
	switch code {
	case sqliteUnique, sqlitePrimaryKey, sqliteRowID:
		return ErrDuplicate
	}
	switch code & 0xff {
	case sqliteBusy, sqliteLocked:
		return ErrInUse
	case sqliteReadOnly:
		return ErrReadOnly
	case sqliteCorrupt:
		return ErrCorrupt
	case sqliteFull:
		return ErrDiskFull
	case sqliteIOErr, sqliteCantOpen:
		return ErrUnavailable
	case sqliteConstraint:
		return ErrConstraint
	case sqliteNotADB:
		return ErrNotADatabase
	}
	return nil
}

// postgresKind knows SQLSTATE codes and classes.
func postgresKind(code string) error {
	switch code {
	case "23505":
		return ErrDuplicate
	case "22021", "22P05": // bytes that are no UTF-8, a character that no text has
		return ErrText
	case "53100":
		return ErrDiskFull
	case "25006":
		return ErrReadOnly
	case "XX001", "XX002":
		return ErrCorrupt
	}
	switch code[:min(2, len(code))] {
	case "23":
		return ErrConstraint
	case "08", "28", "3D", "53", "57", "58": // connection, login, no such database, resources, shutdown, system
		return ErrUnavailable
	}
	return nil
}

// lostConnection reports whether err comes from the connection and not from a statement.
func lostConnection(err error) bool {
	if e, ok := errors.AsType[*pgconn.PgError](err); ok {
		return strings.HasPrefix(e.Code, "08") || strings.HasPrefix(e.Code, "57P")
	}
	if _, ok := errors.AsType[*pgconn.ConnectError](err); ok {
		return true
	}
	if _, ok := errors.AsType[*net.OpError](err); ok {
		return true
	}
	return errors.Is(err, driver.ErrBadConn) || errors.Is(err, sql.ErrConnDone) || errors.Is(err, io.EOF) ||
		errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, pgconn.ErrConnClosed) || errors.Is(err, net.ErrClosed) || errors.Is(err, syscall.EPIPE)
}

// transient reports whether running the whole transaction again may help.
func transient(err error) bool {
	e, ok := errors.AsType[*pgconn.PgError](err)
	if ok && (e.Code == "40001" || e.Code == "40P01" || e.Code == "53300" || outdated(e.Code, e.Routine)) {
		return true
	}
	return lostConnection(err)
}

// outdated says that a prepared statement is no longer valid: another node has
// migrated the database meanwhile.
func outdated(code, routine string) bool {
	return code == "26000" || code == "0A000" && routine == "RevalidateCachedQuery"
}
