package soak

import (
	"math/rand/v2"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// TestSoakCrash kills a node at random moments of runs, undos and sweeps over a
// thousand people, in its long form two thousand. After each kill everybody is wholly
// done or untouched, and the journal, the trail and the people agree.
func TestSoakCrash(t *testing.T) {
	together(t)
	kills := pick(10, 100)
	eachKind(t, pick(1000, 2000), func(t *testing.T, w *world) {
		w.Portion = pick(50, 0)
		k := &killer{w: w, delay: 100 * time.Millisecond, kills: map[string]int{}, seen: map[string][]int{}}
		id := w.begin(t)
		k.phase(t, id, "work", "run", max(1, kills/5*2))
		for k.total() < kills {
			w.undo(t, id)
			k.phase(t, id, "work", "undo", kills-k.total())
			if got := w.look(t, id, false); got.done > 0 || got.pending > 0 || got.undone+got.refused != len(w.leavers) || got.status != offboard.Undone {
				t.Errorf("after the undo: %+v", got)
			}
			id = w.begin(t)
			k.phase(t, id, "work", "run", kills-k.total())
		}
		if got := w.look(t, id, true); got.pending > 0 || got.undone > 0 || got.done+got.refused != len(w.leavers) || got.refused != len(w.leavers)/50 {
			t.Errorf("after the run: %+v", got)
		}
		w.Now = storetest.Noon.Add(org.UserRetention)
		k.delay = 10 * time.Millisecond // this can't be done again: begin early
		k.phase(t, id, "sweep", "purge", max(3, kills/5))
		got := w.look(t, id, true)
		if got.purged == 0 || got.purged+w.kept(t) != got.done {
			t.Errorf("after the sweep: %+v", got)
		}
		w.Now = storetest.Noon.Add(400 * org.Day)
		k.delay = 10 * time.Millisecond
		k.phase(t, id, "sweep", "expire", 3)
		w.look(t, id, true)
		t.Logf("killed %v, when so many were done: %v; at the end: %+v", k.kills, k.seen, got)
	})
}

// killer kills children at random moments.
type killer struct {
	w     *world
	delay time.Duration // the longest life of a child, set by how far they get
	kills map[string]int
	seen  map[string][]int // how many people were done at each kill
}

func (k *killer) total() int {
	n := 0
	for _, x := range k.kills {
		n += x
	}
	return n
}

// phase starts children and kills them, up to a number of times, and then lets
// one finish the work. It may be finished earlier.
func (k *killer) phase(t *testing.T, id org.DepartureID, mode, name string, times int) {
	t.Helper()
	p := k.w.place
	p.Mode, p.Run = mode, id
	last := 0
	for range times {
		c := spawn(t, p)
		if name != "expire" {
			c.moves(rand.IntN(3)) // however long that takes here
		}
		c.lives(rand.N(k.delay))
		if !c.kill(t) {
			k.delay = max(k.delay/2, 2*time.Millisecond)
			return // it was quicker
		}
		k.kills[name]++
		got := k.w.look(t, id, false)
		done := map[string]int{"run": got.done, "undo": got.undone, "purge": got.purged}[name]
		k.seen[name] = append(k.seen[name], done)
		if done == last { // most children are to die in the middle of the work
			k.delay = min(k.delay*3/2, 5*time.Second)
		} else {
			k.delay = k.delay * 4 / 5
		}
		last = done
	}
	spawn(t, p).end(t)
}

// begin starts the departure of everybody, without carrying it out.
func (w *world) begin(t *testing.T) org.DepartureID {
	t.Helper()
	d, s := w.node(t)
	id := w.start(t, d)
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
	return id
}

// undo asks for the undo of a departure, without carrying it out.
func (w *world) undo(t *testing.T, id org.DepartureID) {
	t.Helper()
	d, s := w.node(t)
	if _, err := d.Undo(t.Context(), boss, id); err != nil {
		t.Fatal(err)
	}
	if err := s.Close(); err != nil {
		t.Fatal(err)
	}
}

// kept counts the leavers whose account stays.
func (w *world) kept(t *testing.T) int {
	t.Helper()
	s, err := w.open(t.Context(), true)
	if err != nil {
		t.Fatal(err)
	}
	defer s.Close()
	n := 0
	for _, p := range storetest.Load(t, s, w.leavers...) {
		if p != nil && !p.Synced {
			n++
		}
	}
	return n
}
