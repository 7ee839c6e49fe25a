package sqldb_test

import (
	"bufio"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"testing"

	"leaver/internal/sqldb"
)

// TestKilledChild is the process that TestKill kills: it writes and reports every
// answered write until it dies.
func TestKilledChild(t *testing.T) {
	path := os.Getenv("SQLDB_TEST_KILL")
	if path == "" {
		return // not a test of its own: TestKill starts it in a child
	}
	db := openFile(t, path, schema())
	for w := range 4 {
		go func() {
			for i := 0; ; i++ {
				name := fmt.Sprintf("%d-%06d", w, i)
				err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
					if err := add(t.Context(), tx, name+" a"); err != nil {
						return err
					}
					return add(t.Context(), tx, name+" b")
				})
				if err != nil {
					return
				}
				fmt.Println(name)
			}
		}()
	}
	_, _ = io.Copy(io.Discard, os.Stdin) // ends with the parent at the latest
}

func TestKill(t *testing.T) {
	path := filepath.Join(t.TempDir(), "a.db")
	cmd := exec.Command(os.Args[0], "-test.run=^TestKilledChild$")
	cmd.Env = append(os.Environ(), "SQLDB_TEST_KILL="+path)
	if _, err := cmd.StdinPipe(); err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	var answered []string
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		answered = append(answered, lines.Text())
		if len(answered) == 1 {
			if _, err := sqldb.Open(t.Context(), sqldb.Options{Path: path, Migrations: schema()}); !errors.Is(err, sqldb.ErrInUse) {
				t.Errorf("beside a living writer: %v", err)
			}
		}
		if len(answered) == 200 {
			if err := cmd.Process.Kill(); err != nil {
				t.Fatal(err)
			}
		}
	}
	if err := cmd.Wait(); err == nil || len(answered) < 200 {
		t.Fatalf("the child was not killed: %d answers, %v", len(answered), err)
	}
	got := names(t, openFile(t, path, schema())) // the lock went with the process
	for _, name := range answered {
		if !slices.Contains(got, name+" a") {
			t.Errorf("%s was answered and is lost", name)
		}
	}
	for _, name := range got {
		pair := name[:len(name)-1] + "a"
		if !slices.Contains(got, pair) || !slices.Contains(got, name[:len(name)-1]+"b") {
			t.Errorf("%s is there without its other half", name)
		}
	}
}
