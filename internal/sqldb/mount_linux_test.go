package sqldb_test

import (
	"syscall"
	"testing"
)

// disk is a small file system of a test's own.
type disk struct{ dir string }

// mountTmpfs puts a disk of 4 MiB at dir.
func mountTmpfs(t *testing.T, dir string) disk {
	t.Helper()
	d := disk{dir}
	if err := d.mount(0, "size=4m"); err != nil {
		t.Skipf("mount: %v", err)
	}
	t.Cleanup(func() {
		if err := syscall.Unmount(dir, syscall.MNT_DETACH); err != nil {
			t.Error(err)
		}
	})
	return d
}

func (d disk) mount(flags uintptr, options string) error {
	return syscall.Mount("tmpfs", d.dir, "tmpfs", flags, options)
}

// forbid makes the disk read-only.
func (d disk) forbid() error { return d.mount(syscall.MS_REMOUNT|syscall.MS_RDONLY, "size=4m") }

// grow gives the disk more room.
func (d disk) grow() error { return d.mount(syscall.MS_REMOUNT, "size=64m") }
