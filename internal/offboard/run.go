package offboard

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"time"

	"leaver/internal/org"
)

// Work carries out departures until ctx ends: it claims what nobody works on,
// takes it chunk by chunk, and sleeps until it is woken or poll has passed.
// Several nodes may do this on one database.
func (d *Desk) Work(ctx context.Context, poll time.Duration) {
	timer := time.NewTicker(poll)
	defer timer.Stop()
	for ctx.Err() == nil {
		worked, err := d.WorkOnce(ctx)
		if err != nil && ctx.Err() == nil {
			d.Log.Error("run a departure", "error", err)
		}
		if worked && err == nil {
			continue
		}
		select {
		case <-ctx.Done():
		case <-d.wakeups():
		case <-timer.C:
		}
	}
}

// WorkOnce claims one departure and takes it to its end; false means that there
// was none.
func (d *Desk) WorkOnce(ctx context.Context) (bool, error) {
	waits := false
	err := d.Store.Read(ctx, func(tx Tx) (err error) { // who only looks stands in nobody's way
		waits, err = tx.Claimable(ctx, d.Node, d.Now())
		return err
	})
	if err != nil || !waits {
		return false, err
	}
	var dep *Departure
	err = d.Store.Change(ctx, func(tx Tx) (err error) {
		dep, err = tx.Claim(ctx, d.Node, d.Now(), d.Now().Add(d.Lease))
		return err
	})
	if err != nil || dep == nil {
		return false, err
	}
	r := &runner{Desk: d, id: dep.ID}
	for dep.Ended.IsZero() {
		if err := ctx.Err(); err != nil {
			return true, err
		}
		if dep, err = r.advance(ctx); err != nil {
			return true, fmt.Errorf("departure %s: %w", dep.ID, err)
		}
		d.watch.tell(dep.ID)
	}
	d.rest(dep.Total)
	return true, nil
}

var errTakenOver = errors.New("another node took this departure over")

// runner takes one departure to its end.
type runner struct {
	*Desk
	id   org.DepartureID
	next ahead[cargo]
	pace pace
}

func (r *runner) chunk() int { return cmp.Or(r.Portion, r.pace.portion()) }

// advance does the next chunk of a departure in one transaction: everybody in it
// is wholly done, or (when the process dies) wholly untouched.
func (r *runner) advance(ctx context.Context) (*Departure, error) {
	var dep *Departure
	have, version := r.next.take()
	var began time.Time
	did, wanted := 0, false
	err := r.Store.Change(ctx, func(tx Tx) error {
		var err error
		began = r.Now() // others wait from now on
		if dep, err = tx.Departure(ctx, r.id); err != nil {
			return err
		}
		if dep.Node != r.Node {
			return errTakenOver
		}
		now, err := r.now(ctx, tx)
		if err != nil {
			return err
		}
		dep.Lease = r.Now().Add(r.Lease)
		if dep.Undoing {
			if did, err = r.undoChunk(ctx, tx, dep, r.chunk(), now); err != nil {
				return err
			}
			wanted, err = tx.Wanted(ctx)
			return err
		}
		c := have.ifCurrent(ctx, version, tx, dep)
		if c == nil {
			if c, err = r.loadChunk(ctx, tx, dep, dep.Next, r.chunk()); err != nil {
				return err
			}
		}
		c = c.first(r.chunk())
		r.loadNext(ctx, tx, dep, c)
		did = len(c.items)
		if err := r.runChunk(ctx, tx, dep, c.again(), now); err != nil {
			return err
		}
		wanted, err = tx.Wanted(ctx)
		return err
	})
	if dep == nil {
		dep = &Departure{ID: r.id}
	}
	if err != nil {
		r.next.take()
		return dep, err
	}
	r.pace.took(did, r.Now().Sub(began), wanted)
	return dep, nil
}

// batch is one chunk of a run while it is worked on.
type batch struct {
	cargo
	dep     *Departure
	now     time.Time
	org     *org.Organization
	changes []Change
	entries []Entry
	letters letters
	subs    map[org.SubscriptionID]bool // changed ones
}

func (d *Desk) runChunk(ctx context.Context, tx Tx, dep *Departure, c cargo, now time.Time) error {
	b := &batch{cargo: c, dep: dep, now: now, subs: map[org.SubscriptionID]bool{}}
	var err error
	if b.org, err = tx.Organization(ctx); err != nil {
		return err
	}
	for from := 0; from < len(b.items); from += portion {
		if err := b.some(ctx, tx, from, min(from+portion, len(b.items))); err != nil {
			return err
		}
	}
	if err := b.save(ctx, tx); err != nil {
		return err
	}
	if _, err := d.post(ctx, tx, b.org, &b.letters, false, now); err != nil {
		return err
	}
	if dep.Counts[ItemPending] == 0 {
		finish(dep, now)
	}
	return tx.SaveDeparture(ctx, dep)
}

// some does a portion of the people, so that the database can work on them while the
// next are made ready.
func (b *batch) some(ctx context.Context, tx Tx, from, to int) error {
	b.changes = b.changes[:0]
	for i := from; i < to; i++ {
		b.dep.Next = b.items[i].Ordinal + 1
		b.dep.Counts[ItemPending]--
		b.depart(&b.items[i], b.people[i])
		b.dep.Counts[b.items[i].Outcome]++
	}
	if err := tx.Save(ctx, b.changes); err != nil {
		return err
	}
	return tx.SaveItems(ctx, b.dep, b.items[from:to])
}

// depart does one person, or says why not. Nothing of a refused person is changed. The others go on. R-BULK-14
func (b *batch) depart(it *Item, p *org.Person) {
	if r := b.stale(it, p); r != nil {
		refused(it, r)
		return
	}
	after := org.Depart(*p, it.Steps, b.now)
	it.Before, it.Ran, it.Outcome, it.Earlier = p, b.now, ItemDone, p.Departed
	if holdsGlobal(p) {
		b.org.GlobalAdmins--
	}
	b.org.Recount(p, &after)
	for i := range it.Steps {
		b.reduce(it, i)
	}
	b.changes = append(b.changes, Change{*p, after, it})
	b.tell(it, &after)
	action := ActDelete
	if it.Plan == org.OutcomeKeep {
		action = ActKeep
	}
	b.entries = append(b.entries, entry(b.dep.CreatedBy, action, it.User, b.now, departureDetail(b.dep.ID, it, p, &after)))
}

// stale says why what was confirmed can't be done any more; nil means it can.
func (b *batch) stale(it *Item, p *org.Person) *org.Refusal {
	if p == nil || !p.Active() {
		return org.Refuse(org.NotFound, "user.notFound", "R-SM-02", org.Arg{Name: "user", Value: it.User})
	}
	if r := org.Gate(b.dep.CreatedBy, p, b.org, it.Plan == org.OutcomeKeep); r != nil {
		return r
	}
	changed := org.StateHash(p) != it.State
	for i := range it.Steps {
		if to := it.Steps[i].To.ID; to != "" && !changed {
			_, there := b.heirs[org.HeirKey(to)]
			changed = !there
		}
	}
	if changed {
		return org.Refuse(org.Stale, "PlanChanged", "R-SM-10", org.Arg{Name: "user", Value: it.User})
	}
	return nil
}

func holdsGlobal(p *org.Person) bool {
	for _, r := range p.Roles {
		if r == org.GlobalAdmin {
			return p.AccountEnabled
		}
	}
	return false
}

// reduce gives a seat back if that is still possible, now that everybody before
// this person has gone; if not, the person goes all the same, and the step is
// skipped with the reason in a note. R-LIC-42 R-LIC-21 R-SM-12
func (b *batch) reduce(it *Item, step int) {
	s := &it.Steps[step]
	if s.Kind != org.ReduceSubscription {
		return
	}
	sub, r := b.org.GiveBack(s.Sub, s.When, b.now)
	if r != nil {
		it.Skipped = append(it.Skipped, step)
		it.Notes = append(it.Notes, org.Note{
			Key: "run.seatStays", Rule: r.Rule, Severity: org.Warning,
			Args: org.Args{{Name: "product", Value: s.Name}, {Name: "because", Value: r}},
		})
		return
	}
	b.subs[sub.ID] = true
}

func (b *batch) save(ctx context.Context, tx Tx) error {
	for i := range b.org.Subscriptions { // in their own order, so that every run writes alike
		s := &b.org.Subscriptions[i]
		if !b.subs[s.ID] {
			continue
		}
		if err := tx.SaveSubscription(ctx, *s, b.now); err != nil {
			return err
		}
		b.entries = append(b.entries, entry(b.dep.CreatedBy, ActQuantity, org.Ref{ID: string(s.ID), Name: s.DisplayName}, b.now,
			fmt.Sprintf(`{"departure":%q,"totalLicenses":%d}`, b.dep.ID, s.Total)))
	}
	return tx.Audit(ctx, b.entries...)
}

// finish gives a departure its end.
func finish(d *Departure, now time.Time) {
	d.Ended = now
	switch done := d.Counts[ItemDone]; {
	case d.Undoing:
		d.Status = Undone
	case done == d.Total:
		d.Status = Done
	case done == 0:
		d.Status = Failed
	default:
		d.Status = Partial
	}
}
