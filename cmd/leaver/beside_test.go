package main

import (
	"bufio"
	"bytes"
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

// alone runs a command line with a database and no folder.
func alone(t *testing.T, want int, args ...string) (stdout, stderr string) {
	t.Helper()
	var out, errs bytes.Buffer
	p := &cli.Program{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }, Now: time.Now, NewKey: newID,
		Host: &host{version: "test", stderr: &errs, now: time.Now, operator: "operator"},
	}
	if got := p.Run(t.Context(), args); got != want {
		t.Fatalf("leaver %q: exit %d, want %d: %s%s", args, got, want, &out, &errs)
	}
	return out.String(), errs.String()
}

// TestFolderBesideADatabase: bodies have to be somewhere. The folder that nobody named is
// made where the command runs, and that is said when it happens.
func TestFolderBesideADatabase(t *testing.T) {
	url := sqltest.PostgresURL(t, nil)
	t.Chdir(t.TempDir())
	folder, err := filepath.Abs(cli.BodyFolder)
	if err != nil {
		t.Fatal(err)
	}
	password := filepath.Join(t.TempDir(), "password")
	if err := os.WriteFile(password, []byte("Zeer-Geheim-1\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	alone(t, cli.ExitFailure, "user", "list", "--database", "postgres://nobody@127.0.0.1:1/none")
	if _, err := os.Stat(folder); err == nil {
		t.Error("a database that can't be reached leaves a folder behind")
	}
	if _, said := alone(t, cli.ExitDone, "init", "--name", "School", "--domain", "school.example", "--admin", "admin", "--password-file", password, "--database", url); !strings.Contains(said, folder) {
		t.Errorf("init says %q, want it to name %s", said, folder)
	}
	if _, said := alone(t, cli.ExitDone, "user", "list", "--database", url); said != "" {
		t.Errorf("said again: %q", said)
	}
	if err := os.RemoveAll(folder); err != nil {
		t.Fatal(err)
	}
	if _, said := alone(t, cli.ExitDone, "user", "list", "--database", url); !strings.Contains(said, folder) {
		t.Errorf("in another folder a command says %q, want it to name %s", said, folder)
	}
	if out, _ := alone(t, cli.ExitDone, "demo", "--help"); !strings.Contains(out, cli.BodyFolder) {
		t.Errorf("the help does not name it: %s", out)
	}
}

// TestDemoOnADatabase names the folder of the bodies, for people and for scripts.
func TestDemoOnADatabase(t *testing.T) {
	url := sqltest.PostgresURL(t, nil)
	t.Chdir(t.TempDir())
	folder, err := filepath.Abs(cli.BodyFolder)
	if err != nil {
		t.Fatal(err)
	}
	for _, asJSON := range []bool{false, true} {
		ctx, stop := context.WithCancel(t.Context())
		ended := make(chan error, 1)
		read, write := io.Pipe()
		go func() {
			h := &host{version: "test", stderr: io.Discard, now: time.Now, operator: "test"}
			err := h.Demo(ctx, cli.DemoOptions{Listen: "127.0.0.1:0", Place: cli.Place{Database: url}, Users: 0, JSON: asJSON, Lang: "en", Out: write})
			_ = write.CloseWithError(err)
			ended <- err
		}()
		said, lines := false, bufio.NewScanner(read)
		for lines.Scan() {
			said = said || strings.Contains(lines.Text(), folder)
			if asJSON || strings.HasPrefix(lines.Text(), "Stop with") {
				break
			}
		}
		stop()
		go func() { _, _ = io.Copy(io.Discard, read) }()
		if err := <-ended; err != nil || !said {
			t.Errorf("as JSON %t: the folder is named: %t, %v", asJSON, said, err)
		}
	}
}
