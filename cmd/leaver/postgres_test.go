package main

import (
	"bufio"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leaver/internal/cli"
	"leaver/internal/sqldb/sqltest"
)

// TestDatabase works on PostgreSQL from two programs at a time: the database is
// nobody's alone.
func TestDatabase(t *testing.T) {
	url := sqltest.PostgresURL(t, nil)
	data := t.TempDir()
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("Zeer-Geheim-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	leaver := func(want int, args ...string) string {
		t.Helper()
		out, _ := alone(t, want, append(args, "--database", url, "--data", data)...)
		return out
	}
	leaver(cli.ExitNotFound, "doctor") // nothing was ever written there
	leaver(cli.ExitNotFound, "user", "list")
	leaver(cli.ExitNotFound, "doctor") // now there are tables, and no organization
	leaver(cli.ExitDone, "init", "--name", "School", "--domain", "school.example", "--admin", "admin", "--password-file", password)
	leaver(cli.ExitDone, "user", "add", "anna@school.example")

	ctx, stop := context.WithCancel(t.Context())
	served := make(chan error, 1)
	log, stderr := io.Pipe()
	go func() {
		h := &host{version: "test", stderr: stderr, now: time.Now, operator: "server"}
		err := h.Serve(ctx, cli.ServeOptions{Place: cli.Place{Data: data, Database: url}, Listen: "127.0.0.1:0"})
		_ = stderr.Close()
		served <- err
	}()
	lines := bufio.NewScanner(log)
	for serving := false; !serving && lines.Scan(); { // to be stopped before would be an error
		serving = strings.Contains(lines.Text(), "msg=serving")
	}
	go func() { _, _ = io.Copy(io.Discard, log) }()
	if out := leaver(cli.ExitDone, "delete", "anna@school.example", "--yes"); !strings.Contains(out, "Done") {
		t.Errorf("beside a server: %s", out)
	}
	if out := leaver(cli.ExitDone, "deleted", "list"); !strings.Contains(out, "anna@school.example") {
		t.Errorf("Deleted users: %s", out)
	}
	stop()
	if err := <-served; err != nil {
		t.Errorf("serve: %v", err)
	}
}
