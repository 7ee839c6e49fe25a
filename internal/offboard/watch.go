package offboard

import (
	"sync"

	"leaver/internal/org"
)

// watchers wake those who follow a departure on this node. They only hasten:
// whoever follows reads the journal, and looks now and then without being woken,
// since the run may be another node's.
type watchers struct {
	mu  sync.Mutex
	all map[org.DepartureID]map[chan struct{}]bool
}

// Watch gives a channel that gets a signal when the departure moves; call stop
// when done.
func (d *Desk) Watch(id org.DepartureID) (moved <-chan struct{}, stop func()) {
	w := &d.watch
	c := make(chan struct{}, 1)
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.all == nil {
		w.all = map[org.DepartureID]map[chan struct{}]bool{}
	}
	if w.all[id] == nil {
		w.all[id] = map[chan struct{}]bool{}
	}
	w.all[id][c] = true
	return c, func() {
		w.mu.Lock()
		defer w.mu.Unlock()
		delete(w.all[id], c)
		if len(w.all[id]) == 0 {
			delete(w.all, id)
		}
	}
}

func (w *watchers) tell(id org.DepartureID) {
	w.mu.Lock()
	defer w.mu.Unlock()
	for c := range w.all[id] {
		select {
		case c <- struct{}{}:
		default:
		}
	}
}

// Wake makes Work look for departures at once.
func (d *Desk) Wake() {
	select {
	case d.wakeups() <- struct{}{}:
	default:
	}
}

func (d *Desk) wakeups() chan struct{} {
	d.watch.mu.Lock()
	defer d.watch.mu.Unlock()
	if d.wake == nil {
		d.wake = make(chan struct{}, 1)
	}
	return d.wake
}
