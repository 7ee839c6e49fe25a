package main

import (
	"bufio"
	"io"
	"log/slog"
	"os"
	"strings"
	"syscall"
	"testing"
)

// TestAHangUpEndsNothing sends this process what a service manager sends to have
// files read again: it is noted, and the process goes on.
func TestAHangUpEndsNothing(t *testing.T) {
	out, in := io.Pipe()
	stop := stayUp(slog.New(slog.NewTextHandler(in, nil)))
	me, err := os.FindProcess(os.Getpid())
	if err != nil {
		t.Fatal(err)
	}
	lines := bufio.NewScanner(out)
	for range 2 {
		if err := me.Signal(syscall.SIGHUP); err != nil {
			t.Skipf("no SIGHUP here: %v", err)
		}
		if !lines.Scan() || !strings.Contains(lines.Text(), "SIGHUP") {
			t.Fatalf("the log says %q", lines.Text())
		}
	}
	stop()
}
