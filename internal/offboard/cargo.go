package offboard

import (
	"context"
	"slices"

	"leaver/internal/org"
)

// cargo is what one chunk of a run is about, as it was loaded.
type cargo struct {
	from   int // ordinal of the first item that it may have
	items  []Item
	people []*org.Person // nil where there is nobody any more
	heirs  map[string]org.Heir
}

// again gives items of its own to a transaction, which may run more than once.
func (c *cargo) again() cargo {
	own := *c
	own.items = slices.Clone(c.items)
	return own
}

// loadChunk loads the next people of a run.
func (d *Desk) loadChunk(ctx context.Context, tx Tx, dep *Departure, from int) (*cargo, error) {
	c := &cargo{from: from}
	var err error
	if c.items, err = tx.Items(ctx, dep, from-1, d.chunk(), ItemPending); err != nil {
		return nil, err
	}
	keys := make([]int64, len(c.items))
	heirs := map[string]bool{}
	var ids []string
	for i := range c.items {
		keys[i] = c.items[i].UserKey
		for j := range c.items[i].Steps {
			if to := c.items[i].Steps[j].To.ID; to != "" && !heirs[to] {
				heirs[to] = true
				ids = append(ids, to)
			}
		}
	}
	if c.people, err = tx.PeopleByKey(ctx, keys); err != nil {
		return nil, err
	}
	for i, p := range c.people {
		if p != nil && string(p.ID) != c.items[i].User.ID {
			c.people[i] = nil // somebody new has got the key of one who was purged
		}
	}
	c.heirs, err = tx.Heirs(ctx, ids)
	return c, err
}

// ahead is a chunk that is loaded while the one before it is written. Its people are
// those of one moment; when that chunk is all that has changed since then, they are
// as the next transaction would find them, since nobody in it is in the one before,
// and nobody who inherits leaves.
type ahead struct {
	after   int64 // the version that the chunk before began on
	version int64 // of the snapshot
	cargo   *cargo
	done    chan struct{}
}

// loadNext begins to load the chunk behind one, as far as there can be one.
func (r *runner) loadNext(ctx context.Context, tx Tx, dep *Departure, c *cargo) {
	version, known := tx.Version()
	if !known || len(c.items) < r.chunk() || r.next != nil {
		return
	}
	a := &ahead{after: version, done: make(chan struct{})}
	r.next = a
	of, from := *dep, c.items[len(c.items)-1].Ordinal+1
	go func() {
		defer close(a.done)
		defer func() { _ = recover() }()          // it will happen again, where it is told
		_ = r.Store.Read(ctx, func(tx Tx) error { // what could not be loaded is loaded when its turn comes
			a.version, _ = tx.Version()
			c, err := r.loadChunk(ctx, tx, &of, from)
			if err == nil {
				a.cargo = c
			}
			return err
		})
	}()
}

// take waits for what is being loaded.
func (r *runner) take() *ahead {
	a := r.next
	r.next = nil
	if a != nil {
		<-a.done
	}
	return a
}

// holds gives what was loaded ahead, when it is what the transaction would load.
func (a *ahead) holds(tx Tx, dep *Departure) *cargo {
	if a == nil || a.cargo == nil || a.cargo.from != dep.Next {
		return nil
	}
	if version, known := tx.Version(); !known || a.version < a.after || version != a.after+1 {
		return nil
	}
	return a.cargo
}
