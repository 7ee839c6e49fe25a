package offboard

import (
	"context"
	"slices"

	"leaver/internal/org"
)

// cargo is what one chunk of a run is about, as it was loaded.
type cargo struct {
	from   int  // ordinal of the first item that it may have
	full   bool // there may be more behind it
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
func (d *Desk) loadChunk(ctx context.Context, tx Tx, dep *Departure, from, limit int) (*cargo, error) {
	c := &cargo{from: from}
	var err error
	if c.items, err = tx.Items(ctx, dep, from-1, limit, ItemPending); err != nil {
		return nil, err
	}
	c.full = len(c.items) == limit
	keys := make([]int64, len(c.items))
	var heirs []string
	for i := range c.items {
		keys[i] = c.items[i].UserKey
		for j := range c.items[i].Steps {
			heirs = append(heirs, c.items[i].Steps[j].To.ID)
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
	c.heirs, err = tx.Heirs(ctx, heirs)
	return c, err
}

// loadNext begins to load the chunk behind one, as far as there can be one. As long as
// that chunk is all that has changed since, its people are as the next transaction
// would find them: nobody in it is in the one before, and nobody who inherits leaves.
func (r *runner) loadNext(ctx context.Context, tx Tx, dep *Departure, c *cargo) {
	if !c.full {
		return
	}
	of, from, limit := *dep, c.items[len(c.items)-1].Ordinal+1, r.chunk()
	r.next.load(ctx, r.Store, tx, func(tx Tx) (*cargo, error) { return r.loadChunk(ctx, tx, &of, from, limit) })
}

// first lets go of those behind the first n: the pace was slowed since they were loaded.
func (c *cargo) first(n int) *cargo {
	if n >= len(c.items) {
		return c
	}
	fewer := *c
	fewer.items, fewer.people, fewer.full = c.items[:n], c.people[:n], true
	return &fewer
}

// ifCurrent gives what was loaded ahead, nil unless the transaction would load the
// same.
func (c *cargo) ifCurrent(ctx context.Context, version int64, tx Tx, dep *Departure) *cargo {
	if c == nil || c.from != dep.Next || !alone(ctx, tx, version) {
		return nil
	}
	return c
}
