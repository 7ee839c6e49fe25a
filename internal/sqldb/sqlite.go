package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"strings"

	"modernc.org/sqlite"
)

// Memory of the connections in KiB: one writer and at most a few readers. What
// they do not hold, the operating system does.
const (
	writerCache = 16 << 10
	readerCache = 4 << 10
)

// sqliteSource makes the connections of one kind.
func sqliteSource(path string, query url.Values) (*sql.DB, error) {
	abs, err := filepath.Abs(path)
	if err != nil {
		return nil, err
	}
	file := filepath.ToSlash(abs)
	if !strings.HasPrefix(file, "/") {
		file = "/" + file // a drive letter
	}
	query.Set("_dqs", "0") // "x" is a name and never a text, as on PostgreSQL
	c, err := sqlite.NewConnector("file:" + (&url.URL{Path: file}).EscapedPath() + "?" + query.Encode())
	if err != nil {
		return nil, err
	}
	return sql.OpenDB(c), nil
}

func pragmas(list ...string) url.Values {
	return url.Values{"_pragma": append([]string{"busy_timeout(5000)", "foreign_keys(1)"}, list...)}
}

func sqliteReader(path string, immutable bool) (*sql.DB, error) {
	q := pragmas("query_only(1)", fmt.Sprintf("cache_size(-%d)", readerCache))
	q.Set("mode", "ro")
	if immutable {
		q.Set("immutable", "1")
	}
	return sqliteSource(path, q)
}

func sqliteWriter(path string, noSync bool) (*sql.DB, error) {
	sync, checkpoint := "FULL", 16_000 // pages; see checkpointer.run
	if noSync {
		sync, checkpoint = "OFF", 4_000
	}
	return sqliteSource(path, pragmas(
		"journal_mode(WAL)", "synchronous("+sync+")", "fullfsync(1)",
		fmt.Sprintf("cache_size(-%d)", writerCache),
		fmt.Sprintf("wal_autocheckpoint(%d)", checkpoint), fmt.Sprintf("journal_size_limit(%d)", 4*logSize), "temp_store(memory)"))
}

func (db *DB) openSQLite(ctx context.Context, opt Options) (err error) {
	db.dialect, db.path, db.noSync = SQLite, opt.Path, opt.NoSync
	steps, err := loadMigrations(SQLite, opt.Migrations)
	if err != nil {
		return err
	}
	if !opt.ReadOnly {
		if db.lock, err = lockFile(opt.Path + ".lock"); err != nil {
			return err
		}
		defer func() {
			if err != nil {
				db.lock.Close()
			}
		}()
	}
	// Looked at through a connection that cannot write: a file that is refused
	// stays as it is, its journal mode too.
	reader, have, err := openReader(ctx, opt, false)
	if err != nil && opt.ReadOnly && locksImpossible(opt.Path, err) {
		reader, have, err = openReader(ctx, opt, true)
	}
	if err != nil {
		return err
	}
	err = steps.check(have, opt.ReadOnly)
	if err == nil && !opt.ReadOnly {
		err = db.startSQLiteWriter(ctx, opt, steps, have)
	}
	if err != nil {
		return errors.Join(err, reader.Close())
	}
	db.readers = newPool(reader, SQLite, or(opt.Readers, min(max(4, runtime.GOMAXPROCS(0)), 8)), &db.stats.changes)
	return nil
}

// openReader opens the file for reading and gives its schema version.
func openReader(ctx context.Context, opt Options, immutable bool) (*sql.DB, int64, error) {
	reader, err := sqliteReader(opt.Path, immutable)
	if err != nil {
		return nil, 0, err
	}
	have, err := sqliteVersion(ctx, opt, reader)
	if err != nil {
		return nil, 0, errors.Join(err, reader.Close())
	}
	return reader, have, nil
}

func (db *DB) startSQLiteWriter(ctx context.Context, opt Options, steps *migrations, have int64) error {
	writer, err := sqliteWriter(opt.Path, opt.NoSync)
	if err != nil {
		return err
	}
	writer.SetMaxOpenConns(1)
	err = writable(ctx, writer)
	if err == nil && have < steps.target {
		err = steps.run(ctx, writer)
	}
	if err != nil {
		return errors.Join(err, writer.Close())
	}
	var beside *sql.DB
	if !opt.NoSync {
		if beside, err = sqliteSource(opt.Path, pragmas("synchronous(FULL)", "cache_size(-256)")); err != nil {
			return errors.Join(err, writer.Close())
		}
	}
	db.writer = newWriter(db, writer)
	if beside != nil {
		db.writer.checkpoints = newCheckpointer(db.writer, beside, opt.Path+"-wal")
	}
	return nil
}

// writable makes the first connection and refuses a file that SQLite could only
// open for reading.
func writable(ctx context.Context, db *sql.DB) error {
	conn, err := db.Conn(ctx)
	if err != nil {
		return err
	}
	defer conn.Close()
	return conn.Raw(func(c any) error {
		if c, ok := c.(interface{ IsReadOnly(string) (bool, error) }); ok {
			if ro, err := c.IsReadOnly("main"); err != nil || ro {
				return errors.Join(ErrReadOnly, err)
			}
		}
		return nil
	})
}

// sqliteVersion gives the schema version of the file; 0 for a new one. A database
// with tables but without versions belongs to somebody else.
func sqliteVersion(ctx context.Context, opt Options, db *sql.DB) (int64, error) {
	info, err := os.Stat(opt.Path)
	switch {
	case errors.Is(err, fs.ErrNotExist) && !opt.ReadOnly:
		return 0, nil
	case err != nil:
		return 0, err
	case info.IsDir():
		return 0, fmt.Errorf("%w: it is a folder", ErrNotADatabase)
	case info.Size() == 0 && !opt.ReadOnly:
		return 0, nil
	}
	var tables, versioned int64
	err = db.QueryRowContext(ctx, `select count(*), count(*) filter (where name = '`+versionTable+`')
		from sqlite_schema where type = 'table'`).Scan(&tables, &versioned)
	switch {
	case err != nil || opt.Migrations == nil || tables == 0:
		return 0, err
	case versioned == 0:
		return 0, ErrNotADatabase
	}
	return currentVersion(ctx, db)
}

// locksImpossible reports whether a file could not be opened because it lies where
// nobody can write, and may therefore be read without any locks.
func locksImpossible(path string, err error) bool {
	e, ok := errors.AsType[*sqlite.Error](err)
	if !ok || e.Code()&0xff != sqliteCantOpen {
		return false
	}
	_, err = os.Stat(path + "-wal")
	return errors.Is(err, fs.ErrNotExist)
}

// BackupTo writes a copy of the whole database, as of now, to a new file. Writers
// and readers go on meanwhile. Only SQLite; PostgreSQL has pg_dump.
func (db *DB) BackupTo(ctx context.Context, path string) error {
	if db.dialect != SQLite {
		return fmt.Errorf("back up: %w on PostgreSQL: use pg_dump", errors.ErrUnsupported)
	}
	return wrap("back up to "+path, db.backup(ctx, path))
}

func (db *DB) backup(ctx context.Context, path string) error {
	if _, err := os.Lstat(path); err == nil {
		return fs.ErrExist
	}
	part := path + ".part"
	if err := os.Remove(part); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	source, err := sqliteSource(db.path, pragmas())
	if err != nil {
		return err
	}
	defer source.Close()
	if _, err = source.ExecContext(ctx, "vacuum into $1", part); err == nil {
		err = syncFile(part)
	}
	if err == nil {
		err = os.Rename(part, path)
	}
	if err != nil {
		return errors.Join(err, os.Remove(part))
	}
	return syncFile(filepath.Dir(path))
}

func syncFile(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

func or(n, otherwise int) int {
	if n > 0 {
		return n
	}
	return otherwise
}
