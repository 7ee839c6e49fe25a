package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/rogpeppe/go-internal/testscript"

	"leaver/internal/cli"
)

func TestMain(m *testing.M) {
	testscript.Main(m, map[string]func(){"leaver": main})
}

// TestScripts runs the command lines of internal/cli/testdata against a practice
// organization. Each script finds one of its own in the folder data; "serve"
// serves that one in this process and sets LEAVER_SERVER, "stop" stops it.
func TestScripts(t *testing.T) {
	school := practiceData(t)
	testscript.Run(t, testscript.Params{
		Dir: "../../internal/cli/testdata",
		Setup: func(env *testscript.Env) error {
			env.Setenv("LANG", "en_GB.UTF-8")
			env.Setenv("USER", "operator")
			env.Setenv("XDG_CONFIG_HOME", filepath.Join(env.WorkDir, "config"))
			env.Values[served{}] = &running{}
			return os.CopyFS(filepath.Join(env.WorkDir, "data"), os.DirFS(school))
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){"serve": serve, "stop": stop, "field": field},
	})
}

// practiceData makes a practice organization once for all scripts.
func practiceData(t *testing.T) string {
	t.Helper()
	dir := t.TempDir()
	h := &host{version: "test", stderr: io.Discard, now: time.Now, operator: "test"}
	s, err := openSite(t.Context(), siteOptions{place: cli.Place{Data: dir}, log: slog.New(slog.DiscardHandler), now: time.Now, throwaway: true})
	if err != nil {
		t.Fatal(err)
	}
	if err := errors.Join(h.makePractice(t.Context(), s, 250, nil), s.close()); err != nil {
		t.Fatal(err)
	}
	return dir
}

// served is where a script keeps its server.
type served struct{}

type running struct{ stop func() error }

// serve serves the data of a script until it ends.
func serve(ts *testscript.TestScript, neg bool, _ []string) {
	if neg {
		ts.Fatalf("unsupported: ! serve")
	}
	ctx, cancel := context.WithCancel(context.Background())
	address, out := io.Pipe()
	ended := make(chan error, 1)
	h := &host{version: "test", stderr: io.Discard, now: time.Now, operator: "test"}
	go func() {
		err := h.Demo(ctx, cli.DemoOptions{Listen: "127.0.0.1:0", Place: cli.Place{Data: ts.MkAbs("data")}, JSON: true, Out: out})
		_ = out.CloseWithError(err)
		ended <- err
	}()
	var said struct {
		URL string `json:"url"`
	}
	ts.Check(json.NewDecoder(address).Decode(&said))
	ts.Setenv("LEAVER_SERVER", said.URL)
	server, _ := ts.Value(served{}).(*running)
	server.stop = sync.OnceValue(func() error {
		cancel()
		return <-ended
	})
	ts.Defer(func() { _ = server.stop() })
}

func stop(ts *testscript.TestScript, _ bool, _ []string) {
	server, _ := ts.Value(served{}).(*running)
	ts.Check(server.stop())
}

// field puts a value of the JSON that the last command wrote into a variable:
// field NAME path.to.it, where a number is a place in a list.
func field(ts *testscript.TestScript, _ bool, args []string) {
	if len(args) != 2 {
		ts.Fatalf("usage: field NAME path")
	}
	var value any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile("stdout")), &value))
	for step := range strings.SplitSeq(args[1], ".") {
		switch v := value.(type) {
		case map[string]any:
			value = v[step]
		case []any:
			n, err := strconv.Atoi(step)
			ts.Check(err)
			value = v[n]
		}
	}
	if value == nil {
		ts.Fatalf("nothing at %s", args[1])
	}
	ts.Setenv(args[0], fmt.Sprint(value))
}
