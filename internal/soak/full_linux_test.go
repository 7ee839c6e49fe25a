package soak

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"leaver/internal/blob"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// TestSoakFullDisk fills the disk that database and bodies are on. Every request
// gets a clear refusal, nothing is lost, and all goes on when there is room.
func TestSoakFullDisk(t *testing.T) {
	if os.Getuid() != 0 {
		t.Skip("a file system of its own needs root")
	}
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=24m,mode=700"); err != nil {
		t.Skipf("mount: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	w := newWorld(t, place{Path: filepath.Join(dir, "leaver.db"), Bodies: filepath.Join(dir, "bodies"), Node: "n", Now: storetest.Noon}, 1000)
	d, s := w.node(t)
	bodies, err := blob.New(w.Bodies)
	if err != nil {
		t.Fatal(err)
	}
	deleted, refusals := 0, 0
	for round := range pick(3, 10) {
		// One by one.
		ballast(t, dir, 1<<20)
		full := false
		for !full {
			err := d.DeleteUser(t.Context(), boss, w.leavers[deleted+deleted/49]) // every fiftieth is synchronised
			if full = err != nil; full {
				isFull(t, err)
				refusals++
				break
			}
			deleted++
		}
		if _, _, err := bodies.Put(t.Context(), strings.NewReader(strings.Repeat("x", 2<<20))); !errors.Is(err, blob.ErrDiskFull) {
			t.Errorf("a body: %v", err)
		}
		if n := gone(t, w); n != deleted {
			t.Errorf("round %d: %d deletes were answered for, %d people are in Deleted users", round, deleted, n)
		}
		w.healthy(t, s, true)
		mend(t, dir)
	}
	// A bulk run.
	id := w.start(t, d)
	ballast(t, dir, 256<<10)
	_, err = d.WorkOnce(t.Context())
	for range 1000 {
		if err != nil {
			break
		}
		_, err = d.WorkOnce(t.Context())
	}
	isFull(t, err)
	w.healthy(t, s, true)
	mend(t, dir)
	if err := syscall.Mount("tmpfs", dir, "tmpfs", syscall.MS_REMOUNT, "size=96m"); err != nil {
		t.Fatal(err)
	}
	for worked := true; worked; {
		if worked, err = d.WorkOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	var dep *offboard.Departure
	storetest.Read(t, s, func(tx offboard.Tx) (err error) {
		dep, err = tx.Departure(t.Context(), id)
		return err
	})
	if dep.Counts[offboard.ItemPending] > 0 || dep.Ended.IsZero() {
		t.Errorf("the run is %+v", dep)
	}
	w.healthy(t, s, true)
	t.Logf("%d deletes went well, %d were refused for lack of room; then a run: %v", deleted, refusals, dep.Counts)
	if err := s.Close(); err != nil {
		t.Error(err)
	}
}

// isFull wants the refusal that says that the disk is full.
func isFull(t *testing.T, err error) {
	t.Helper()
	if r := org.RefusalOf(err); r == nil || r.Kind != org.Unavailable || r.Reason != "store.diskFull" {
		t.Errorf("on a full disk: %v", err)
	}
}

// ballast fills a disk but for some room.
func ballast(t *testing.T, dir string, room uint64) {
	t.Helper()
	var free syscall.Statfs_t
	if err := syscall.Statfs(dir, &free); err != nil {
		t.Fatal(err)
	}
	left := free.Bavail * uint64(free.Bsize)
	if left < room {
		t.Fatalf("only %d bytes are free", left)
	}
	if err := os.WriteFile(filepath.Join(dir, "ballast"), make([]byte, left-room), 0o600); err != nil {
		t.Fatal(err)
	}
}

func mend(t *testing.T, dir string) {
	t.Helper()
	if err := os.Remove(filepath.Join(dir, "ballast")); err != nil {
		t.Fatal(err)
	}
}

// gone counts the people in Deleted users, as somebody who only reads.
func gone(t *testing.T, w *world) int {
	t.Helper()
	s, err := w.open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	if err := s.DB().QueryRow(t.Context(), "select count(*) from users where deleted is not null").Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}
