package blob

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
)

// TestFullDisk fills a small file system of its own. Where mounting one isn't
// allowed, it shows only that the disk's words are understood.
func TestFullDisk(t *testing.T) {
	dir := t.TempDir()
	if err := syscall.Mount("tmpfs", dir, "tmpfs", 0, "size=4m,mode=700"); err != nil {
		t.Logf("no file system of its own: %v", err)
		testAsFull(t)
		return
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, 0); err != nil {
			t.Errorf("unmount: %v", err)
		}
	})
	store, err := New(dir)
	if err != nil {
		t.Fatal(err)
	}
	hello := put(t, store, "hello")
	if _, _, err := store.Put(t.Context(), strings.NewReader(strings.Repeat("x", 8<<20))); !errors.Is(err, ErrDiskFull) {
		t.Errorf("got %v, want ErrDiskFull", err)
	}
	if left := filesIn(t, filepath.Join(dir, unfinished)); len(left) > 0 {
		t.Errorf("unfinished files stay: %q", left)
	}
	if text, err := read(t, store, hello); text != "hello" || err != nil {
		t.Errorf("the body that was there: got %q, %v", text, err)
	}
	put(t, store, "there is room for this")
}

// testAsFull shows that the disk's own words are understood.
func testAsFull(t *testing.T) {
	t.Helper()
	err := asFull(&os.PathError{Op: "write", Path: "x", Err: syscall.ENOSPC})
	if !errors.Is(err, ErrDiskFull) || !errors.Is(err, syscall.ENOSPC) {
		t.Errorf("got %v, want ErrDiskFull with its cause", err)
	}
}
