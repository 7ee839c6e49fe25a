package soak

import (
	"fmt"
	"path/filepath"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// cluster is three nodes on one database, each with a network of its own.
type cluster struct {
	*world
	server  *sqltest.Server
	proxies []*proxy
	nodes   []*process // nil: dead
	watcher *store.Store
	id      org.DepartureID
	seen    []string // what happened, and how far the run was
}

// TestSoakNodes lets three nodes carry out one run, and takes away the one that
// works on it, then the database, then the network of the next one.
func TestSoakNodes(t *testing.T) {
	together(t)
	server := sqltest.Own(t)
	p := place{URL: server.URL(), Bodies: filepath.Join(t.TempDir(), "bodies"), Now: storetest.Noon, Start: time.Now(), Min: 2 * time.Second, Portion: pick(25, 0)}
	c := &cluster{world: newWorld(t, p, pick(1000, 20_000)), server: server}
	d, s := c.node(t)
	c.watcher = s
	c.id = c.start(t, d)
	for i := range 3 {
		c.proxies = append(c.proxies, newProxy(t, server.Address()))
		p := c.place
		p.Mode, p.Node, p.URL = "node", fmt.Sprintf("node%d", i), server.URLBy(c.proxies[i].address())
		c.nodes = append(c.nodes, spawn(t, p))
	}
	began := time.Now()

	first := c.progress(t, "at work", "")
	c.nodes[first].kill(t)
	c.nodes[first] = nil
	c.note("node %d killed", first)
	c.progress(t, "took over", fmt.Sprintf("node%d", first))

	c.server.Crash(t)
	c.note("database crashed and restarted")
	second := c.progress(t, "went on", "")

	c.proxies[second].set(true)
	c.note("network of node %d cut", second)
	third := c.progress(t, "took over", fmt.Sprintf("node%d", second))
	c.proxies[second].set(false)
	c.note("network of node %d mended, node %d goes on", second, third)

	for _, p := range c.proxies {
		p.pass(1 << 30)
	}
	for c.departure(t).Ended.IsZero() {
		c.wait(t)
	}
	t.Logf("%d people in %v: %v", len(c.leavers), time.Since(began).Round(time.Millisecond), c.seen)
	for _, n := range c.nodes {
		if n != nil {
			n.stop(t)
		}
	}
	if err := s.Close(); err != nil {
		t.Error(err)
	}
	if got := c.look(t, c.id, true); got.pending > 0 || got.done+got.refused != len(c.leavers) || got.done < len(c.leavers)*9/10 {
		t.Errorf("at the end: %+v", got)
	}
}

func (c *cluster) note(format string, args ...any) {
	c.seen = append(c.seen, fmt.Sprintf(format, args...))
}

// departure reads the head of the run; the database may be away for a while.
func (c *cluster) departure(t *testing.T) *offboard.Departure {
	t.Helper()
	var dep *offboard.Departure
	for t.Context().Err() == nil {
		err := c.watcher.Read(t.Context(), func(tx offboard.Tx) (err error) {
			dep, err = tx.Departure(t.Context(), c.id)
			return err
		})
		if err == nil {
			return dep
		}
		if r := org.RefusalOf(err); r == nil || r.Kind != org.Unavailable {
			t.Fatal(err)
		}
		c.wait(t)
	}
	t.Fatal("the database does not come back")
	return nil
}

// atATime is how much of what the nodes say comes to the database between two looks:
// a portion or two, so that no run ends while nobody looks.
const atATime = 40

// progress waits until a node other than the one named has done a part of the
// run since now, and says which.
func (c *cluster) progress(t *testing.T, what, not string) int {
	t.Helper()
	from := c.departure(t).Counts[offboard.ItemPending]
	for t.Context().Err() == nil {
		for _, p := range c.proxies {
			p.pass(atATime)
		}
		dep := c.departure(t)
		pending := dep.Counts[offboard.ItemPending]
		if !dep.Ended.IsZero() {
			t.Fatalf("the run ended before its time: %v", c.seen)
		}
		if dep.Node != not && dep.Node != "" && pending < from {
			c.note("%s %s, %d to go", dep.Node, what, pending)
			var n int
			if _, err := fmt.Sscanf(dep.Node, "node%d", &n); err != nil {
				t.Fatal(err)
			}
			return n
		}
		c.wait(t)
	}
	t.Fatalf("nobody goes on: %v", c.seen)
	return 0
}

func (c *cluster) wait(t *testing.T) {
	t.Helper()
	timer := time.NewTimer(20 * time.Millisecond)
	defer timer.Stop()
	select {
	case <-timer.C:
	case <-t.Context().Done():
	}
}

// TestSoakDatabaseAway: while the database can't be reached every request gets a
// clear refusal, and when it is back everything goes on.
func TestSoakDatabaseAway(t *testing.T) {
	together(t)
	server := sqltest.Own(t)
	network := newProxy(t, server.Address())
	p := place{URL: server.URLBy(network.address()), Bodies: filepath.Join(t.TempDir(), "bodies"), Node: "n", Now: storetest.Noon}
	w := newWorld(t, p, 20)
	d, s := w.node(t)
	defer s.Close()
	for round := range pick(2, 20) {
		upn := w.leavers[round]
		network.set(true)
		for _, do := range []func() error{
			func() error { return d.DeleteUser(t.Context(), boss, upn) },
			func() error { _, err := d.Plan(t.Context(), boss, w.wishes()); return err },
			func() error { _, err := d.Sweep(t.Context(), nil); return err },
		} {
			if r := org.RefusalOf(do()); r == nil || r.Kind != org.Unavailable || r.Reason != "store.unavailable" {
				t.Errorf("with the network cut: %v", r)
			}
		}
		network.set(false)
		if round%2 == 1 {
			server.Crash(t)
		}
		if err := d.DeleteUser(t.Context(), boss, upn); err != nil {
			t.Errorf("with the network back: %v", err)
		}
		if people := storetest.Load(t, s, upn); people[0] != nil {
			t.Errorf("%s is still there", upn)
		}
	}
	w.healthy(t, s, true)
}
