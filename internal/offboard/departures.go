package offboard

import (
	"context"

	"leaver/internal/org"
)

// Departures lists departures, newest first, from the one before another on.
func (d *Desk) Departures(ctx context.Context, actor org.Actor, before org.DepartureID, limit int) ([]Departure, error) {
	if r := org.May(actor, org.ReadDepartures); r != nil {
		return nil, r
	}
	var out []Departure
	err := d.Store.Read(ctx, func(tx Tx) (err error) {
		out, err = tx.Departures(ctx, before, limit)
		return err
	})
	return out, err
}

// DepartureOf finds the departure that the actor began with an idempotency key;
// nil when there is none.
func (d *Desk) DepartureOf(ctx context.Context, actor org.Actor, key string) (*Departure, error) {
	if r := org.May(actor, org.ReadDepartures); r != nil {
		return nil, r
	}
	var out *Departure
	err := d.Store.Read(ctx, func(tx Tx) (err error) {
		out, err = tx.DepartureByKey(ctx, actor.ID, key)
		return err
	})
	return out, err
}

// Remarks is Departure with only those items of which there is something to say: they
// are not done, or have notes.
func (d *Desk) Remarks(ctx context.Context, actor org.Actor, id org.DepartureID, after, limit int) (*Departure, []Item, error) {
	return d.departureWith(ctx, actor, id, func(tx Tx, dep *Departure) ([]Item, error) { return tx.Remarks(ctx, dep, after, limit) })
}

// Departure gives one departure with its items behind an ordinal, in order; -1
// begins with the first. They belong to one moment, and have no states before.
func (d *Desk) Departure(ctx context.Context, actor org.Actor, id org.DepartureID, after, limit int) (*Departure, []Item, error) {
	return d.departureWith(ctx, actor, id, func(tx Tx, dep *Departure) ([]Item, error) {
		if limit == 0 {
			return nil, nil
		}
		return tx.Outcomes(ctx, dep, after, limit)
	})
}

// Record is Departure with the states before.
func (d *Desk) Record(ctx context.Context, actor org.Actor, id org.DepartureID, after, limit int) (*Departure, []Item, error) {
	return d.departureWith(ctx, actor, id, func(tx Tx, dep *Departure) ([]Item, error) { return tx.Items(ctx, dep, after, limit) })
}

func (d *Desk) departureWith(ctx context.Context, actor org.Actor, id org.DepartureID, load func(Tx, *Departure) ([]Item, error)) (*Departure, []Item, error) {
	if r := org.May(actor, org.ReadDepartures); r != nil {
		return nil, nil, r
	}
	var dep *Departure
	var items []Item
	err := d.Store.Read(ctx, func(tx Tx) (err error) {
		if dep, err = departure(ctx, tx, id); err != nil {
			return err
		}
		items, err = load(tx, dep)
		return err
	})
	if err != nil {
		return nil, nil, err
	}
	dep.Withhold(actor, items)
	return dep, items, nil
}
