package sqldb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"sync"
	"sync/atomic"
	"time"
)

// Options say which database to open and how.
type Options struct {
	// Path is the SQLite file; URL is a PostgreSQL connection string. One of them.
	Path, URL string
	// Migrations holds the schema: files NNNN_subject.sql in goose's format, at the
	// root of the file system. Without it the database is used as it is.
	Migrations fs.FS
	// ReadOnly opens without a writer: nothing is migrated and Update refuses.
	ReadOnly bool
	// Readers is the largest number of connections that read at once. The default
	// is 8, but on SQLite not more than the processors can use.
	Readers int
	// NoSync gives durability up for speed, for tests and throw-away databases.
	NoSync bool
}

// DB is an open database. All methods may be called from any goroutine.
type DB struct {
	dialect Dialect
	path    string
	noSync  bool
	readers *pool
	writer  *writer
	lock    io.Closer
	texts   sync.Map // SQL text as written -> as the database wants it
	inserts sync.Map // name of a table -> the statement that inserts into it
	known   atomic.Int64
	stats   counters
	closed  atomic.Bool
	sharing sharing
}

// Stats counts what the DB has done since it was opened.
type Stats struct {
	// Commits is the number of write transactions, Jobs the number of Update calls
	// that they carried, Retries how often a transaction was run again. Waiting is
	// the number of Update calls that wait for their turn now.
	Commits, Jobs, Retries, Waiting int64
}

type counters struct{ changes, silent, commits, jobs, retries atomic.Int64 }

// Open opens the database, creates it when it is not there, and brings its schema
// up to date. When it fails, the database is as it was.
func Open(ctx context.Context, opt Options) (*DB, error) {
	db, err := &DB{}, error(nil)
	switch {
	case (opt.Path == "") == (opt.URL == ""):
		return nil, errors.New("open database: give either a file or a URL")
	case opt.Path != "":
		err = db.openSQLite(ctx, opt)
		err = wrap("open "+opt.Path, err)
	default:
		err = db.openPostgres(ctx, opt)
		err = wrap("open PostgreSQL database", err)
	}
	if err != nil {
		return nil, err
	}
	return db, nil
}

func wrap(doing string, err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("%s: %w", doing, classify(err))
}

// Dialect says which database this is.
func (db *DB) Dialect() Dialect { return db.dialect }

// Stats gives the counters.
func (db *DB) Stats() Stats {
	s := Stats{Commits: db.stats.commits.Load(), Jobs: db.stats.jobs.Load(), Retries: db.stats.retries.Load()}
	if db.writer != nil {
		s.Waiting = int64(len(db.writer.jobs))
	}
	return s
}

// Version is counted up by one for each Update that changed something, before
// whoever called it is told that it is done: what was read under a version holds
// for as long as that is the version. known is false where others than this DB can
// change something.
func (db *DB) Version() (n int64, known bool) {
	return db.stats.changes.Load(), db.dialect == SQLite && db.writer != nil
}

// Silent is like Version, but leaves out the changes that were announced.
func (db *DB) Silent() (n int64, known bool) {
	return db.stats.silent.Load(), db.dialect == SQLite && db.writer != nil
}

// Close lets waiting writes finish, then closes every connection. On SQLite the
// write-ahead log goes back into the file.
func (db *DB) Close() error {
	if !db.closed.CompareAndSwap(false, true) {
		return ErrClosed
	}
	var errs []error
	if db.writer != nil {
		db.writer.stop()
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	errs = append(errs, db.readers.close(ctx))
	if db.writer != nil {
		errs = append(errs, db.writer.close())
	}
	if db.lock != nil {
		errs = append(errs, db.lock.Close())
	}
	return wrap("close database", errors.Join(errs...))
}

// Ping asks the database for an answer.
func (db *DB) Ping(ctx context.Context) error {
	var one int64
	return db.QueryRow(ctx, "select 1").Scan(&one)
}

// Size gives the number of bytes that the database takes.
func (db *DB) Size(ctx context.Context) (int64, error) {
	text := "select (select page_count from pragma_page_count) * (select page_size from pragma_page_size)"
	if db.dialect == Postgres {
		text = "select pg_database_size(current_database())"
	}
	return One(ctx, db, Value[int64], text)
}

// View runs f on one consistent snapshot of the database.
func (db *DB) View(ctx context.Context, f func(tx *Tx) error) error {
	if err := db.settled(ctx); err != nil {
		return err
	}
	version := db.stats.changes.Load() // before the snapshot, which may know more but never less
	s, err := db.snapshot(ctx)
	if err != nil {
		return wrap("begin snapshot", err)
	}
	tx := &Tx{db: db, s: s, version: version}
	defer func() {
		tx.closeRows()
		db.release(context.WithoutCancel(ctx), tx.s)
	}()
	if err := f(tx); err != nil {
		return err
	}
	return tx.failed
}

// beginRead waits for the first statement of a snapshot and goes with it.
const beginRead = "begin isolation level repeatable read read only"

// snapshot takes a session and begins on it. One of SQLite that lost its file
// while it was idle is replaced; one of PostgreSQL shows that with its first statement.
func (db *DB) snapshot(ctx context.Context) (*session, error) {
	for {
		s, fresh, err := db.readers.take(ctx)
		if err != nil {
			return nil, err
		}
		if s.wire != nil {
			s.idle = !fresh
			return s, s.wire.later(errand{text: beginRead, begins: true})
		}
		s.let()
		if _, err = s.simple(ctx, "begin"); err == nil {
			return s, nil
		}
		retry := s.dead && !fresh
		s.dead = true
		db.readers.give(s)
		if !retry {
			return nil, err
		}
	}
}

// replace gives another session for one that lost its server while it was idle,
// with what waited to be sent.
func (db *DB) replace(ctx context.Context, s *session) (*session, error) {
	queue := s.wire.queue
	s.wire.queue = nil
	db.readers.give(s)
	s, fresh, err := db.readers.take(ctx)
	if err != nil {
		return nil, err
	}
	s.idle, s.wire.queue = !fresh, queue
	return s, nil
}

// release ends a snapshot.
func (db *DB) release(ctx context.Context, s *session) {
	var err error
	switch {
	case s == nil:
		return
	case s.wire == nil:
		_, err = s.simple(ctx, "rollback")
	case !s.wire.drop(): // it has begun
		err = s.wire.tell("rollback")
	}
	if err != nil {
		s.dead = true
	}
	db.readers.give(s)
}

// Query runs one reading statement. The rows must be closed or read to their end.
func (db *DB) Query(ctx context.Context, text string, args ...any) (*Rows, error) {
	text, err := db.text(text)
	if err != nil {
		return nil, err
	}
	a, err := db.first(ctx)
	if err != nil {
		return nil, err
	}
	if a != nil {
		defer a.mu.Unlock()
	}
	for {
		s, fresh, err := db.readers.take(ctx)
		if err != nil {
			return nil, wrap("connect", err)
		}
		if s.lite != nil && db.writer != nil { // where others write, nobody here knows when
			s.hold(db.stats.changes.Load())
		}
		found, err := a.query(ctx, s, text, args)
		if err == nil {
			if a != nil && a.err != nil {
				db.readers.give(s)
				return nil, a.err
			}
			rows := &Rows{rows: found, text: text, s: s, back: db.readers}
			if err = s.note(rows.fetch()); err == nil {
				return rows, nil
			}
			_ = found.Close()
		}
		retry := s.dead && !fresh && ctx.Err() == nil
		db.readers.give(s)
		if !retry {
			return nil, fmt.Errorf("%w in %.200s", classify(err), text)
		}
	}
}

// QueryRow runs one reading statement for its first row.
func (db *DB) QueryRow(ctx context.Context, text string, args ...any) *Row {
	rows, err := db.Query(ctx, text, args...)
	return &Row{rows: rows, err: err}
}

// maxTexts bounds the memory for expanded statements.
const maxTexts = 4096

// text gives the statement with its macros expanded.
func (db *DB) text(text string) (string, error) {
	if out, ok := db.texts.Load(text); ok {
		return out.(string), nil
	}
	out, err := expand(db.dialect, text)
	if err != nil {
		return "", fmt.Errorf("%w in %.200s", err, text)
	}
	if db.known.Add(1) > maxTexts {
		db.texts.Clear()
		db.known.Store(0)
	}
	db.texts.Store(text, out)
	return out, nil
}
