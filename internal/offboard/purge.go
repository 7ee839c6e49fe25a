package offboard

import (
	"cmp"
	"context"
	"time"

	"leaver/internal/org"
)

// PurgeUser deletes somebody in Deleted users for good. This can't be undone by
// anybody. R-PERM-01 R-PERM-02 R-API-33
func (d *Desk) PurgeUser(ctx context.Context, actor org.Actor, ref string) error {
	err := d.Store.Change(ctx, func(tx Tx) error {
		if r := org.May(actor, org.PurgeUser); r != nil {
			return r
		}
		people, err := tx.People(ctx, []string{ref})
		if err != nil {
			return err
		}
		p := people[0]
		if p == nil {
			return org.NotInDeletedUsers(ref)
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		if r := org.GatePurge(actor, p, org.ClocksOf(p, o.Settings, now)); r != nil {
			return r
		}
		return purge(ctx, tx, actor, []*org.Person{p}, o.Settings, now)
	})
	if err != nil {
		return err
	}
	_, err = d.RemoveBodies(ctx)
	return err
}

func purge(ctx context.Context, tx Tx, actor org.Actor, people []*org.Person, s org.Settings, now time.Time) error {
	gone := make([]Purged, len(people))
	entries := make([]Entry, len(people))
	details := map[org.Remains]string{} // there are few that differ
	for i, p := range people {
		r := org.Purge(p, s, now)
		if details[r] == "" {
			details[r] = encode(r)
		}
		gone[i] = Purged{p, r}
		entries[i] = entry(actor, ActPurge, p.Ref(), now, details[r])
	}
	if err := tx.Purge(ctx, gone, now); err != nil {
		return err
	}
	return tx.Audit(ctx, entries...)
}

// Swept says what a sweep did.
type Swept struct {
	People        int `json:"people"`
	Mailboxes     int `json:"mailboxes"`
	Drives        int `json:"drives"`
	Subscriptions int `json:"subscriptions"`
	Delegated     int `json:"delegated"` // drives given to managers
	Reminders     int `json:"reminders"` // letters to heirs whose files end soon
	Bodies        int `json:"bodies"`
}

func (s *Swept) add(x Swept) {
	s.People += x.People
	s.Mailboxes += x.Mailboxes
	s.Drives += x.Drives
	s.Subscriptions += x.Subscriptions
	s.Delegated += x.Delegated
	s.Reminders += x.Reminders
	s.Bodies += x.Bodies
}

// Sweep does everything whose date has come: renews subscriptions with their
// scheduled changes, gives files to managers and reminds heirs of them, purges
// people past their window, removes mailboxes and drives past theirs, and removes
// bodies that nothing refers to. It works in batches; interrupted, the next sweep
// goes on where it stopped. progress may be nil. R-DEL-01 R-PERM-03 R-LIC-25
func (d *Desk) Sweep(ctx context.Context, progress func(Swept)) (Swept, error) {
	var total Swept
	system := org.Actor{Name: "sweep", System: true}
	if err := d.renew(ctx, system, &total); err != nil {
		return total, err
	}
	if err := d.delegate(ctx, system, &total); err != nil {
		return total, err
	}
	if err := d.remind(ctx, &total); err != nil {
		return total, err
	}
	next := &ahead[[]*org.Person]{}
	defer next.take()
	var pace pace
	for more := true; more; {
		var batch Swept
		due, version := next.take()
		limit := cmp.Or(d.Portion, pace.portion())
		if due != nil && len(*due) > limit {
			*due = (*due)[:limit] // the pace was slowed since they were loaded
		}
		var began time.Time
		wanted := false
		err := d.Store.Change(ctx, func(tx Tx) (err error) {
			began = d.Now()
			if due != nil && !alone(ctx, tx, version) {
				due = nil
			}
			if batch, err = d.sweepBatch(ctx, tx, system, due, limit, next); err != nil {
				return err
			}
			wanted, err = tx.Wanted(ctx)
			return err
		})
		if err != nil {
			return total, err
		}
		pace.took(batch.People, d.Now().Sub(began), wanted)
		total.add(batch)
		if progress != nil {
			progress(total)
		}
		more = batch.People+batch.Mailboxes+batch.Drives > 0
	}
	n, err := d.RemoveBodies(ctx)
	total.Bodies += n
	d.rest(total.People)
	return total, err
}

// sweepBatch does a portion of what is due. The people who are due next are loaded
// meanwhile; had are those who were.
func (d *Desk) sweepBatch(ctx context.Context, tx Tx, system org.Actor, had *[]*org.Person, limit int, next *ahead[[]*org.Person]) (Swept, error) {
	var s Swept
	now, err := d.now(ctx, tx)
	if err != nil {
		return s, err
	}
	o, err := tx.Organization(ctx)
	if err != nil {
		return s, err
	}
	until := now.Add(-org.UserRetention)
	load := func(tx Tx, after *org.Person) (*[]*org.Person, error) {
		due, err := tx.Due(ctx, until, after, limit)
		return &due, err
	}
	if had == nil {
		if had, err = load(tx, nil); err != nil {
			return s, err
		}
	}
	due := *had
	if len(due) > 0 {
		next.load(ctx, d.Store, tx, func(tx Tx) (*[]*org.Person, error) { return load(tx, due[len(due)-1]) })
		s.People = len(due)
		return s, purge(ctx, tx, system, due, o.Settings, now)
	}
	expired, err := tx.Expire(ctx, o.Settings, now, sweepChunk)
	if err != nil {
		return s, err
	}
	entries := make([]Entry, len(expired))
	for i, e := range expired {
		if e.Kind == "mailbox" {
			s.Mailboxes++
		} else {
			s.Drives++
		}
		entries[i] = entry(system, ActExpire, e.Owner, now, encode(map[string]string{"kind": e.Kind, "rule": e.Rule}))
	}
	return s, tx.Audit(ctx, entries...)
}

// sweepChunk is how much of what is not people one transaction of a sweep takes.
const sweepChunk = 1000

// renew carries out what is due on subscriptions. R-LIC-25 R-LIC-35
func (d *Desk) renew(ctx context.Context, system org.Actor, total *Swept) error {
	var changed int
	err := d.Store.Change(ctx, func(tx Tx) error {
		changed = 0
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		for _, s := range o.Subscriptions {
			after := org.Renew(s, now)
			if after == s {
				continue
			}
			changed++
			if err := tx.SaveSubscription(ctx, after, now); err != nil {
				return err
			}
			e := entry(system, ActRenewal, org.Ref{ID: string(s.ID), Name: s.DisplayName}, now,
				encode(map[string]any{"before": s.Total, "after": after.Total, "termEnd": after.TermEnd.Format(time.RFC3339)}))
			if err := tx.Audit(ctx, e); err != nil {
				return err
			}
		}
		return nil
	})
	total.Subscriptions += changed
	return err
}
