package sqldb_test

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"leaver/internal/sqldb"
)

func TestFullDatabase(t *testing.T) {
	db := openFile(t, filepath.Join(t.TempDir(), "a.db"), schema())
	ctx := t.Context()
	limit := func(pages string) {
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			var n int64
			return tx.QueryRow(ctx, "pragma max_page_count = "+pages).Scan(&n)
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	limit("40")
	fillUp(t, db)
	limit("4000")
	addAll(t, db, "after")
	if got := names(t, db); !slices.Equal(got, []string{"after"}) {
		t.Errorf("names = %.100v", got)
	}
}

func TestFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("a file system of its own needs root")
	}
	dir := t.TempDir()
	disk := mountTmpfs(t, dir)
	db := openFile(t, filepath.Join(dir, "a.db"), schema())
	addAll(t, db, "before")
	fillUp(t, db)
	if err := disk.grow(); err != nil {
		t.Fatal(err)
	}
	addAll(t, db, "later")
	if got := names(t, db); !slices.Equal(got, []string{"before", "later"}) {
		t.Errorf("names = %.100v", got)
	}
}

// fillUp writes more than fits and, in the same group, something that fits.
func fillUp(t *testing.T, db *sqldb.DB) {
	t.Helper()
	ctx := t.Context()
	err := db.Update(ctx, func(tx *sqldb.Tx) error {
		for i := range 4000 {
			if err := add(ctx, tx, fmt.Sprintf("%d %s", i, strings.Repeat("x", 3000))); err != nil {
				return err
			}
		}
		return nil
	})
	if !errors.Is(err, sqldb.ErrDiskFull) {
		t.Errorf("err = %.200v", err)
	}
}

func TestFullDatabaseHurtsOneJobOnly(t *testing.T) {
	db := openFile(t, filepath.Join(t.TempDir(), "a.db"), schema())
	ctx := t.Context()
	running, release := make(chan bool), make(chan bool)
	errs := make(chan error, 3)
	update := func(f func(tx *sqldb.Tx) error) { errs <- db.Update(ctx, f) }
	held := false
	go update(func(tx *sqldb.Tx) error { // holds the writer until the others wait, the first time
		if !held {
			held = true
			running <- true
			<-release
		}
		return add(ctx, tx, "anna")
	})
	<-running
	big := make(chan error, 1)
	go func() {
		big <- db.Update(ctx, func(tx *sqldb.Tx) error {
			var n int64
			if err := tx.QueryRow(ctx, "pragma max_page_count = 60").Scan(&n); err != nil {
				return err
			}
			for i := range 4000 {
				if err := add(ctx, tx, fmt.Sprintf("%d %s", i, strings.Repeat("x", 3000))); err != nil {
					return err
				}
			}
			return nil
		})
	}()
	go update(func(tx *sqldb.Tx) error { return add(ctx, tx, "bram") })
	release <- true
	if err := <-big; !errors.Is(err, sqldb.ErrDiskFull) {
		t.Errorf("big job: %.200v", err)
	}
	if err := errors.Join(<-errs, <-errs); err != nil {
		t.Errorf("small jobs: %v", err)
	}
	if got := names(t, db); !slices.Equal(got, []string{"anna", "bram"}) {
		t.Errorf("names = %.100v", got)
	}
}
