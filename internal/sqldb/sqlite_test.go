package sqldb_test

import (
	"bytes"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"leaver/internal/sqldb"
)

func openFile(t *testing.T, path string, migrations fs.FS) *sqldb.DB {
	t.Helper()
	db, err := sqldb.Open(t.Context(), sqldb.Options{Path: path, Migrations: migrations})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

// raw opens the file as another program would.
func raw(t *testing.T, path string) *sql.DB {
	t.Helper()
	db, err := sql.Open("sqlite", "file:"+(&url.URL{Path: path}).EscapedPath())
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func mustExec(t *testing.T, db *sql.DB, text string) {
	t.Helper()
	if _, err := db.ExecContext(t.Context(), text); err != nil {
		t.Fatal(err)
	}
}

// newer is the schema of a later version of the program.
func newer() fstest.MapFS {
	all := schema()
	all["0003_later.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\ncreate table later(n {pk});\n")}
	return all
}

func TestOpenRefusesAndChangesNothing(t *testing.T) {
	for _, c := range []struct {
		name     string
		prepare  func(t *testing.T, path string)
		readOnly bool
		want     error
	}{
		{"text file", func(t *testing.T, path string) {
			if err := os.WriteFile(path, bytes.Repeat([]byte("this is no database\n"), 500), 0o600); err != nil {
				t.Fatal(err)
			}
		}, false, sqldb.ErrNotADatabase},
		{"database of another program", func(t *testing.T, path string) {
			mustExec(t, raw(t, path), "create table songs(title text)")
		}, false, sqldb.ErrNotADatabase},
		{"newer schema", func(t *testing.T, path string) {
			openFile(t, path, newer()).Close()
		}, false, sqldb.ErrNewerSchema},
		{"newer schema, for reading", func(t *testing.T, path string) {
			openFile(t, path, newer()).Close()
		}, true, sqldb.ErrNewerSchema},
		{"older schema, for reading", func(t *testing.T, path string) {
			openFile(t, path, fstest.MapFS{"0001_people.sql": schema()["0001_people.sql"]}).Close()
		}, true, sqldb.ErrOlderSchema},
		{"damaged", func(t *testing.T, path string) {
			openFile(t, path, schema()).Close()
			b, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			for i := 100; i < len(b); i++ {
				b[i] = 0xa5
			}
			if err := os.WriteFile(path, b, 0o600); err != nil {
				t.Fatal(err)
			}
		}, false, sqldb.ErrCorrupt},
		{"nothing there, for reading", func(*testing.T, string) {}, true, fs.ErrNotExist},
		{"no folder", func(t *testing.T, path string) {
			if err := os.Remove(filepath.Dir(path)); err != nil {
				t.Fatal(err)
			}
		}, false, fs.ErrNotExist},
	} {
		t.Run(c.name, func(t *testing.T) {
			path := filepath.Join(t.TempDir(), "dir with ? and %", "a.db")
			if err := os.Mkdir(filepath.Dir(path), 0o700); err != nil {
				t.Fatal(err)
			}
			c.prepare(t, path)
			before, err := os.ReadFile(path)
			if err != nil && !errors.Is(err, fs.ErrNotExist) {
				t.Fatal(err)
			}
			db, err := sqldb.Open(t.Context(), sqldb.Options{Path: path, Migrations: schema(), ReadOnly: c.readOnly})
			if !errors.Is(err, c.want) {
				t.Errorf("err = %v, want %v", err, c.want)
			}
			if err == nil {
				db.Close()
			} else if strings.Contains(err.Error(), "\n") {
				t.Errorf("more than one line: %q", err)
			}
			after, _ := os.ReadFile(path)
			if !bytes.Equal(before, after) {
				t.Error("the file has changed")
			}
		})
	}
}

func TestOpenFolder(t *testing.T) {
	if _, err := sqldb.Open(t.Context(), sqldb.Options{Path: t.TempDir(), Migrations: schema()}); !errors.Is(err, sqldb.ErrNotADatabase) {
		t.Errorf("err = %v", err)
	}
	if _, err := sqldb.Open(t.Context(), sqldb.Options{}); err == nil {
		t.Error("neither file nor URL, and no error")
	}
}

func TestFailingMigration(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	openFile(t, path, schema()).Close()
	bad := schema()
	bad["0003_bad.sql"] = &fstest.MapFile{Data: []byte("-- +goose Up\ncreate table half(n {pk});\ninsert into nowhere values (1);\n")}
	if _, err := sqldb.Open(t.Context(), sqldb.Options{Path: path, Migrations: bad}); err == nil {
		t.Fatal("a migration that cannot work gave no error")
	}
	db := openFile(t, path, schema()) // the old program still works
	var n int64
	if err := db.QueryRow(t.Context(), "select count(*) from sqlite_schema where name = 'half'").Scan(&n); err != nil || n != 0 {
		t.Errorf("half a migration is left: %d, %v", n, err)
	}
	unknown := fstest.MapFS{"0001_x.sql": {Data: []byte("-- +goose Up\ncreate table x(a {what});\n")}}
	if _, err := sqldb.Open(t.Context(), sqldb.Options{Path: filepath.Join(t.TempDir(), "b.db"), Migrations: unknown}); err == nil {
		t.Error("an unknown macro in a migration gave no error")
	}
}

func TestReadOnly(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	writer := openFile(t, path, schema())
	addAll(t, writer, "anna")
	reader, err := sqldb.Open(t.Context(), sqldb.Options{Path: path, Migrations: schema(), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	addAll(t, writer, "bram")
	if got := names(t, reader); !slices.Equal(got, []string{"anna", "bram"}) {
		t.Errorf("names = %v", got)
	}
	if err := reader.Update(t.Context(), func(*sqldb.Tx) error { return nil }); !errors.Is(err, sqldb.ErrReadOnly) {
		t.Errorf("update: %v", err)
	}
	if err := errors.Join(reader.Close(), writer.Close()); err != nil {
		t.Error(err)
	}
}

// TestReadOnlyFolder needs root, for a file system that nobody can write, or
// anyone else, for permissions that count.
func TestReadOnlyFolder(t *testing.T) {
	dir := t.TempDir()
	forbid := func() error { return os.Chmod(dir, 0o500) }
	if os.Getuid() == 0 {
		forbid = mountTmpfs(t, dir).forbid
	}
	path := filepath.Join(dir, "a.db")
	db := openFile(t, path, schema())
	addAll(t, db, "anna")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	if err := forbid(); err != nil {
		t.Fatal(err)
	}
	if _, err := sqldb.Open(t.Context(), sqldb.Options{Path: path, Migrations: schema()}); !errors.Is(err, sqldb.ErrReadOnly) {
		t.Errorf("err = %v", err)
	}
	if _, err := sqldb.Open(t.Context(), sqldb.Options{Path: filepath.Join(dir, "new.db"), Migrations: schema()}); !errors.Is(err, sqldb.ErrReadOnly) {
		t.Errorf("new file: err = %v", err)
	}
	reader, err := sqldb.Open(t.Context(), sqldb.Options{Path: path, Migrations: schema(), ReadOnly: true})
	if err != nil {
		t.Fatal(err)
	}
	defer reader.Close()
	if got := names(t, reader); !slices.Equal(got, []string{"anna"}) {
		t.Errorf("names = %v", got)
	}
}

func TestInUse(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db := openFile(t, path, schema())
	if _, err := sqldb.Open(t.Context(), sqldb.Options{Path: path, Migrations: schema()}); !errors.Is(err, sqldb.ErrInUse) {
		t.Errorf("second writer: %v", err)
	}
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}
	openFile(t, path, schema())
}

func TestLockedByAnotherProgram(t *testing.T) {
	t.Parallel() // it waits for the lock
	path := filepath.Join(t.TempDir(), "a.db")
	db := openFile(t, path, schema())
	other := raw(t, path)
	other.SetMaxOpenConns(1)
	mustExec(t, other, "begin immediate")
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error { return add(t.Context(), tx, "anna") })
	if !errors.Is(err, sqldb.ErrInUse) {
		t.Errorf("err = %v", err)
	}
	mustExec(t, other, "rollback")
	addAll(t, db, "bram")
}

func TestBackupAndSize(t *testing.T) {
	dir := t.TempDir()
	db := openFile(t, filepath.Join(dir, "a.db"), schema())
	addAll(t, db, "anna")
	copied := filepath.Join(dir, "copy.db")
	if err := db.BackupTo(t.Context(), copied); err != nil {
		t.Fatal(err)
	}
	addAll(t, db, "bram")
	if err := db.BackupTo(t.Context(), copied); !errors.Is(err, fs.ErrExist) {
		t.Errorf("over an existing file: %v", err)
	}
	backup := openFile(t, copied, schema())
	if got := names(t, backup); !slices.Equal(got, []string{"anna"}) {
		t.Errorf("names = %v", got)
	}
	if n, err := db.Size(t.Context()); err != nil || n < 4096 {
		t.Errorf("size = %d, %v", n, err)
	}
	if left, _ := filepath.Glob(filepath.Join(dir, "*.part")); len(left) > 0 {
		t.Errorf("left behind: %v", left)
	}
}

func TestClose(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db := openFile(t, path, schema())
	ctx := t.Context()
	addAll(t, db, "anna")
	running, release := make(chan bool), make(chan bool)
	last := make(chan error, 1)
	go func() {
		last <- db.Update(ctx, func(tx *sqldb.Tx) error {
			running <- true
			<-release
			return add(ctx, tx, "bram")
		})
	}()
	<-running
	closed := make(chan error, 1)
	go func() { closed <- db.Close() }()
	release <- true
	if err := errors.Join(<-last, <-closed); err != nil {
		t.Fatal(err)
	}
	if err := db.Update(ctx, func(*sqldb.Tx) error { return nil }); !errors.Is(err, sqldb.ErrClosed) {
		t.Errorf("update: %v", err)
	}
	if err := db.Ping(ctx); !errors.Is(err, sqldb.ErrClosed) {
		t.Errorf("ping: %v", err)
	}
	if err := db.Close(); !errors.Is(err, sqldb.ErrClosed) {
		t.Errorf("close: %v", err)
	}
	if _, err := os.Stat(path + "-wal"); !errors.Is(err, fs.ErrNotExist) {
		t.Errorf("the log is still there: %v", err)
	}
	if got := names(t, openFile(t, path, schema())); !slices.Equal(got, []string{"anna", "bram"}) {
		t.Errorf("names = %v", got)
	}
}

// powerCut copies the files of an open database, as a power cut would leave them,
// and opens the copy.
func powerCut(t *testing.T, dir string) *sqldb.DB {
	t.Helper()
	saved := t.TempDir()
	for _, name := range []string{"a.db", "a.db-wal"} {
		b, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil {
			err = os.WriteFile(filepath.Join(saved, name), b, 0o600)
		}
		if err != nil {
			t.Fatal(err)
		}
	}
	return openFile(t, filepath.Join(saved, "a.db"), schema())
}

func TestPowerCutLosesNothingAnswered(t *testing.T) {
	dir := t.TempDir()
	db := openFile(t, filepath.Join(dir, "a.db"), schema())
	addAll(t, db, "anna", "bram")
	if got := names(t, powerCut(t, dir)); !slices.Equal(got, []string{"anna", "bram"}) {
		t.Errorf("names = %v", got)
	}
}

// TestLogIsMadeLong sees the log get its full length before it is needed, and its
// unused end taken for the end after a power cut.
func TestLogIsMadeLong(t *testing.T) {
	const full = 16 << 20
	dir := t.TempDir()
	db := openFile(t, filepath.Join(dir, "a.db"), schema())
	size := func() int64 {
		at, err := os.Stat(filepath.Join(dir, "a.db-wal"))
		if err != nil {
			t.Fatal(err)
		}
		return at.Size()
	}
	addAll(t, db, "anna")
	if n := size(); n > full/16 {
		t.Errorf("the log of a small change is %d bytes long", n)
	}
	addAll(t, db, strings.Repeat("x", 2<<20))
	for i := 0; size() < full; i++ {
		if i == 500 { // commits of up to four pages
			t.Fatalf("the log is %d bytes long", size())
		}
		addAll(t, db, fmt.Sprint(i))
	}
	addAll(t, db, "bram")
	after := names(t, powerCut(t, dir))
	if !slices.Equal(after, names(t, db)) || !slices.Contains(after, "anna") || !slices.Contains(after, "bram") {
		t.Errorf("%d names", len(after))
	}
}

func TestDurabilitySettings(t *testing.T) {
	db := openFile(t, filepath.Join(t.TempDir(), "a.db"), schema())
	ctx := context.Background()
	err := db.Update(ctx, func(tx *sqldb.Tx) error {
		for name, want := range map[string]string{"synchronous": "2", "journal_mode": "wal", "foreign_keys": "1"} {
			var got string
			if err := tx.QueryRow(ctx, "pragma "+name).Scan(&got); err != nil || got != want {
				t.Errorf("%s = %q, %v, want %q", name, got, err, want)
			}
		}
		return nil
	})
	if err != nil {
		t.Error(err)
	}
}

// TestLogIsTakenOver writes more than the log may hold, and expects it in the
// file while the database is open and nobody writes any more.
func TestLogIsTakenOver(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db := openFile(t, path, schema())
	ctx := t.Context()
	for i := range 60 {
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			for j := range 100 {
				if err := add(ctx, tx, fmt.Sprintf("%d %d %s", i, j, strings.Repeat("x", 3000))); err != nil {
					return err
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for size := int64(0); size < 12<<20; runtime.Gosched() {
		info, err := os.Stat(path)
		if err != nil || ctx.Err() != nil {
			t.Fatal(err, size)
		}
		size = info.Size()
	}
	if n := len(names(t, db)); n != 6000 {
		t.Errorf("%d names", n)
	}
}

// TestLongReadEnds asks for what never comes, and leaves.
func TestLongReadEnds(t *testing.T) {
	db := openFile(t, filepath.Join(t.TempDir(), "a.db"), schema())
	const endless = "with recursive c(n) as (select 1 union all select n + 1 from c) select n from c where n < 0"
	for range 2 {
		ctx, cancel := context.WithTimeout(t.Context(), 20*time.Millisecond)
		err := db.View(ctx, func(tx *sqldb.Tx) error {
			_, err := sqldb.All(ctx, tx, sqldb.Value[int64], endless)
			return err
		})
		cancel()
		if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("in a snapshot: %v", err)
		}
		ctx, cancel = context.WithTimeout(t.Context(), 20*time.Millisecond)
		if _, err := sqldb.All(ctx, db, sqldb.Value[int64], endless); !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("alone: %v", err)
		}
		cancel()
	}
	addAll(t, db, "anna") // the connections are fine
	if got := names(t, db); !slices.Equal(got, []string{"anna"}) {
		t.Errorf("names = %v", got)
	}
}

// TestHeldSnapshots reads one by one, as often as readers need to keep a snapshot,
// and changes something in between.
func TestHeldSnapshots(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	db := openFile(t, path, schema())
	ctx := t.Context()
	count := func() (n int) {
		t.Helper()
		for range 3 {
			if err := db.QueryRow(ctx, "select count(*) from people").Scan(&n); err != nil {
				t.Fatal(err)
			}
		}
		return n
	}
	for i := range 4 {
		if n := count(); n != i {
			t.Fatalf("%d people, want %d", n, i)
		}
		rows, err := db.Query(ctx, "select name from people") // is still open while something changes
		if err != nil {
			t.Fatal(err)
		}
		addAll(t, db, fmt.Sprint("p", i))
		if err := rows.Close(); err != nil {
			t.Fatal(err)
		}
	}
	if n := count(); n != 4 {
		t.Errorf("%d people", n)
	}
	addAll(t, db, "last") // and nobody reads any more
	other, err := sql.Open("sqlite", path)
	if err != nil {
		t.Fatal(err)
	}
	defer other.Close()
	var busy, logged, done int
	if err := other.QueryRowContext(ctx, "pragma wal_checkpoint(truncate)").Scan(&busy, &logged, &done); err != nil || busy != 0 {
		t.Errorf("the log can't begin anew: %d, %v", busy, err)
	}
}
