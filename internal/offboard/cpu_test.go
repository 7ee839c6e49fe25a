//go:build unix

package offboard_test

import (
	"syscall"
	"testing"
	"time"
)

// cpu is the processor time that this process has used: what a busy neighbour
// takes is not in it.
func cpu(b *testing.B) time.Duration {
	b.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		b.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}
