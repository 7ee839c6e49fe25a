package soak

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"testing"
	"time"

	"leaver/internal/blob"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

var long = flag.Bool("soak", false, "run the long forms")

// pick is the size of a test in its short and its long form.
func pick[T any](short, soak T) T {
	if *long {
		return soak
	}
	return short
}

// together lets short forms run at the same time: they wait most of it. Long
// ones run alone, so that their figures mean something.
func together(t *testing.T) {
	t.Helper()
	if !*long {
		t.Parallel()
	}
}

// childKey is the environment variable that makes this test binary a node.
const childKey = "LEAVER_SOAK_CHILD"

// TestMain makes the test binary a node of its own where a test asks for one.
func TestMain(m *testing.M) {
	if text := os.Getenv(childKey); text != "" {
		if err := child(text); err != nil {
			fmt.Fprintln(os.Stderr, "child:", err)
			os.Exit(1)
		}
		return
	}
	flag.Parse()
	os.Exit(m.Run())
}

// place is where an organization is, as a child is told.
type place struct {
	Path, URL string // of the database
	Bodies    string // folder
	// Mode: work carries out everything that waits and ends; sweep does what is
	// due and ends; node works until its standard input ends.
	Mode  string
	Node  string
	Now   time.Time // the organization's time, which stands still, or goes on from Start
	Start time.Time
	Min   time.Duration // the lease
	// Portion is how many people one transaction takes, as many as are quick when
	// zero; Run is the departure of which a child that works tells whenever it moves.
	Portion int
	Run     org.DepartureID
}

func (p place) open(ctx context.Context, readOnly bool) (*store.Store, error) {
	// Ids of different processes must differ.
	prefix := fmt.Sprintf("%d-%d", os.Getpid(), time.Now().UnixNano())
	next := storetest.IDs()
	return store.Open(ctx, sqldb.Options{Path: p.Path, URL: p.URL, ReadOnly: readOnly}, func() string { return prefix + next() })
}

func (p place) clock() func() time.Time {
	if p.Start.IsZero() {
		return func() time.Time { return p.Now }
	}
	return func() time.Time { return p.Now.Add(time.Since(p.Start)) }
}

// desk wires a node over an open store.
func (p place) desk(s offboard.Store) (*offboard.Desk, error) {
	bodies, err := blob.New(p.Bodies)
	if err != nil {
		return nil, err
	}
	prefix := fmt.Sprintf("d%d-%d", os.Getpid(), time.Now().UnixNano())
	next := storetest.IDs()
	return &offboard.Desk{
		Store: s, Bodies: bodies.Unsynced(), Now: p.clock(), NewID: func() string { return prefix + next() },
		HashPassword: func(p string) (string, error) { return "hash of " + p, nil }, NewPassword: func() string { return "Invented-1" },
		ReplyTemplates: map[string]string{"en": "{leaver} left; ask {heir} at {heirMail}.", "nl": "{leaver} is weg; vraag {heir}."},
		Log:            slog.New(slog.DiscardHandler), Node: p.Node, Lease: max(p.Min, time.Second), Portion: p.Portion,
	}, nil
}

// child is the life of a node.
func child(text string) error {
	var p place
	if err := json.Unmarshal([]byte(text), &p); err != nil {
		return err
	}
	ctx, stop := context.WithCancel(context.Background())
	defer stop()
	go func() { // no child outlives its parent
		_, _ = io.Copy(io.Discard, os.Stdin)
		stop()
	}()
	s, err := p.open(ctx, false)
	if err != nil {
		return err
	}
	d, err := p.desk(s)
	if err != nil {
		return err
	}
	fmt.Println("ready")
	switch p.Mode {
	case "sweep":
		_, err = d.Sweep(ctx, func(offboard.Swept) { fmt.Println("moved") })
	case "work":
		moved, stop := d.Watch(p.Run)
		defer stop()
		go func() {
			for range moved {
				fmt.Println("moved")
			}
		}()
		for worked := true; worked && err == nil; {
			worked, err = d.WorkOnce(ctx)
		}
	default:
		d.Work(ctx, 50*time.Millisecond)
		return nil
	}
	if err != nil {
		return err
	}
	return s.Close()
}

// process is a running child.
type process struct {
	cmd   *exec.Cmd
	stdin io.Closer
	ended chan error
	moved chan struct{} // each time that what it does has moved; closed at the end
}

// spawn starts a child and waits until it has opened the organization.
func spawn(t *testing.T, p place) *process {
	t.Helper()
	text, err := json.Marshal(p)
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.Command(os.Args[0])
	cmd.Env = append(os.Environ(), childKey+"="+string(text))
	cmd.Stderr = os.Stderr
	stdin, err := cmd.StdinPipe()
	if err != nil {
		t.Fatal(err)
	}
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	in := bufio.NewReader(out)
	line, err := in.ReadString('\n')
	c := &process{cmd: cmd, stdin: stdin, ended: make(chan error, 1), moved: make(chan struct{}, 1<<16)}
	go func() {
		defer close(c.moved)
		for err := err; err == nil; {
			if _, err = in.ReadString('\n'); err == nil {
				select {
				case c.moved <- struct{}{}:
				default: // so often that nobody counts it
				}
			}
		}
	}()
	go func() { c.ended <- cmd.Wait() }()
	if line != "ready\n" {
		t.Fatalf("the child said %q: %v, %v", line, err, <-c.ended)
	}
	t.Cleanup(func() { _ = cmd.Process.Kill() })
	return c
}

// moves waits until what the child does has moved so often, or the process ends.
func (c *process) moves(times int) {
	for range times {
		<-c.moved
	}
}

// lives waits, or until the process ends; it says whether that is still alive.
func (c *process) lives(d time.Duration) bool {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case err := <-c.ended:
		c.ended <- err
		return false
	case <-timer.C:
		return true
	}
}

// kill ends the child at once, whatever it is doing, and says whether it was
// still alive.
func (c *process) kill(t *testing.T) bool {
	t.Helper()
	select {
	case err := <-c.ended:
		if err != nil {
			t.Fatalf("the child failed: %v", err)
		}
		return false
	default:
	}
	if err := c.cmd.Process.Kill(); err != nil && !errors.Is(err, os.ErrProcessDone) { // it may end meanwhile
		t.Fatal(err)
	}
	return <-c.ended != nil
}

// end lets the child come to its end.
func (c *process) end(t *testing.T) {
	t.Helper()
	if err := <-c.ended; err != nil {
		t.Fatalf("the child failed: %v", err)
	}
}

// stop closes the standard input of the child and waits for it.
func (c *process) stop(t *testing.T) {
	t.Helper()
	if err := c.stdin.Close(); err != nil {
		t.Error(err)
	}
	c.end(t)
}

var boss = org.Actor{ID: "boss", Name: "boss@contoso.com", Roles: []org.RoleID{org.GlobalAdmin}, RequestID: "soak"}
