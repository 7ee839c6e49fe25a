package main

import (
	"bytes"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leaver/internal/cli"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

// TestRepair: what doctor tells to repair is repaired by the command that it names.
func TestRepair(t *testing.T) {
	dir := t.TempDir()
	for name, place := range map[string]cli.Place{
		"sqlite": {Data: filepath.Join(dir, "folder")}, "postgres": {Data: filepath.Join(dir, "beside"), Database: sqltest.PostgresURL(t, nil)},
	} {
		t.Run(name, func(t *testing.T) {
			leaver := func(want int, args ...string) (string, string) {
				t.Helper()
				var out, errs bytes.Buffer
				p := &cli.Program{
					Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }, Now: time.Now, NewKey: newID,
					Host: &host{version: "test", stderr: &errs, now: time.Now, operator: "operator"},
				}
				args = append(args, "--data", place.Data)
				if place.Database != "" {
					args = append(args, "--database", place.Database)
				}
				if got := p.Run(t.Context(), args); got != want {
					t.Fatalf("leaver %q: exit %d, want %d: %s%s", args, got, want, &out, &errs)
				}
				return out.String(), errs.String()
			}
			leaver(cli.ExitNotFound, "doctor", "--repair")
			if _, err := os.Stat(filepath.Join(place.Data, "leaver.db")); err == nil {
				t.Error("a repair of nothing makes something")
			}
			s := longTrail(t, place)
			if place.Database == "" {
				if _, said := leaver(cli.ExitFailure, "doctor", "--repair"); !strings.Contains(said, "inUse") || !strings.Contains(said, "Stop it, repair") {
					t.Errorf("beside a server: %s", said)
				}
				if err := s.close(); err != nil {
					t.Fatal(err)
				}
			}
			if out, _ := leaver(cli.ExitFailure, "doctor", "--deep"); !strings.Contains(out, "leaver doctor --repair") {
				t.Errorf("doctor says %s", out)
			}
			out, said := leaver(cli.ExitDone, "doctor", "--deep", "--repair")
			if !strings.Contains(out, "Nothing is wrong.") || !strings.Contains(said, "was made anew") {
				t.Errorf("repaired: %s%s", out, said)
			}
		})
	}
}

// longTrail makes an organization whose trail is long enough for an index, damages that,
// and leaves it open.
func longTrail(t *testing.T, place cli.Place) *site {
	t.Helper()
	h := &host{version: "test", stderr: io.Discard, now: time.Now, operator: "test"}
	s, err := openSite(t.Context(), siteOptions{place: place, log: slog.New(slog.DiscardHandler), now: time.Now})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = s.close() }) // a second time it does nothing
	if err := h.makePractice(t.Context(), s, 0, nil); err != nil {
		t.Fatal(err)
	}
	entries := make([]offboard.Entry, 5000)
	for i := range entries {
		entries[i] = offboard.Entry{At: time.Now(), Actor: org.Actor{ID: "a", Name: "a"}, Action: offboard.ActUpdateUser, Target: org.Ref{ID: newID(), Name: newID()}}
	}
	if err := s.store.Change(t.Context(), func(tx offboard.Tx) error { return tx.Audit(t.Context(), entries...) }); err != nil {
		t.Fatal(err)
	}
	err = s.store.DB().Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), "delete from audit_index where bucket = 0")
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return s
}
