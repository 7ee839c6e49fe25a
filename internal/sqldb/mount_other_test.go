//go:build !linux

package sqldb_test

import "testing"

// disk is a small file system of a test's own, which only Linux gives.
type disk struct{}

func mountTmpfs(t *testing.T, _ string) disk {
	t.Helper()
	t.Skip("a file system of its own needs Linux")
	return disk{}
}

func (disk) forbid() error { return nil }
func (disk) grow() error   { return nil }
