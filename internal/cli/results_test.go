package cli

import (
	"errors"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"leaver/internal/graphclient"
	"leaver/internal/locale"
)

// TestPasswordsAreShown: a file that can't be written loses nobody's new password.
func TestPasswordsAreShown(t *testing.T) {
	s, out := newSession(t, locale.English, 0)
	results := graphclient.Answer[graphclient.Results]{V: graphclient.Results{Value: []graphclient.Result{{User: "noor@lindeboom.example", Outcome: "done", Password: "Tk7m-Rw4x"}}}}
	err := s.showResults(results, nil, t.TempDir())
	if said := written(t, s, out); !strings.Contains(said, "Tk7m-Rw4x") || s.asFault(err).Code != "file" {
		t.Errorf("R-RES-04 got %v and %q", err, said)
	}
}

// TestOutputFails: what could not be written whole is taken away when it is a file
// of its own, and nothing else is.
func TestOutputFails(t *testing.T) {
	dir := t.TempDir()
	file, link := filepath.Join(dir, "file"), filepath.Join(dir, "stdout")
	if err := os.Symlink(filepath.Join(dir, "elsewhere"), link); err != nil {
		t.Skip("no symbolic links here")
	}
	s, _ := newSession(t, locale.English, 0)
	broken := errors.New("the pipe broke")
	for _, name := range []string{file, link} {
		if err := s.output(name, func(io.Writer) error { return broken }); !errors.Is(err, broken) {
			t.Errorf("%s: got %v", name, err)
		}
	}
	if _, err := os.Lstat(file); err == nil {
		t.Error("half a file is left")
	}
	if _, err := os.Lstat(link); err != nil {
		t.Errorf("what stands for another file is gone: %v", err)
	}
}

// TestWritable asks beforehand, and changes nothing.
func TestWritable(t *testing.T) {
	dir := t.TempDir()
	old, fresh := filepath.Join(dir, "old"), filepath.Join(dir, "fresh")
	if err := os.WriteFile(old, []byte("kept"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, name := range []string{"", "-", old, fresh} {
		if err := writable(name); err != nil {
			t.Errorf("%q: %v", name, err)
		}
	}
	if text, err := os.ReadFile(old); string(text) != "kept" || err != nil {
		t.Errorf("the old file is now %q, %v", text, err)
	}
	if _, err := os.Stat(fresh); err == nil {
		t.Error("an empty file is left")
	}
	for _, name := range []string{dir, filepath.Join(dir, "nowhere", "file")} {
		if writable(name) == nil {
			t.Errorf("%s can be written", name)
		}
	}
}
