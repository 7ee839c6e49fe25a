//go:build !linux

package sqldb

import "syscall"

// limitSilence does nothing where keep-alive is all there is.
func limitSilence(string, string, syscall.RawConn) error { return nil }
