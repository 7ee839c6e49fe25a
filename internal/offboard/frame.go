package offboard

import (
	"context"

	"leaver/internal/org"
)

// decision works out how a person is to be after a change.
type decision func(tx Tx, o *org.Organization, p *org.Person, now timeStamp) (org.Person, error)

// step is one change of a person, with a row of its own in the trail.
type step struct {
	action string
	decide decision
}

// changePerson is the frame of every change of one active person: load, decide,
// save, audit, in one transaction.
func (d *Desk) changePerson(ctx context.Context, actor org.Actor, ref, action string, decide decision) (org.Person, error) {
	return d.change(ctx, actor, ref, active, step{action, decide})
}

// change takes a person through steps, each from where the one before left them:
// all of them or none. Find looks for deleted people too, or for active ones only.
// Among several steps one that changes nothing has no row in the trail.
func (d *Desk) change(ctx context.Context, actor org.Actor, ref string, find func(context.Context, Tx, string) (*org.Person, error), steps ...step) (org.Person, error) {
	var after org.Person
	err := d.Store.Change(ctx, func(tx Tx) error {
		p, err := find(ctx, tx, ref)
		if err != nil {
			return err
		}
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		states, done := []org.Person{*p}, []string(nil)
		for _, s := range steps {
			before := &states[len(done)]
			next, err := s.decide(tx, o, before, now)
			if err != nil {
				return err
			}
			if len(steps) == 1 || !org.Same(*before, next) {
				states, done = append(states, next), append(done, s.action)
			}
		}
		if after = states[len(done)]; len(done) == 0 {
			return nil
		}
		changes := []Change{{Before: *p, After: after}}
		if err := tx.Save(ctx, changes); err != nil {
			return err
		}
		after = changes[0].After
		states[len(done)] = after
		entries := make([]Entry, len(done))
		for i, action := range done {
			entries[i] = entry(actor, action, states[i+1].Ref(), now, encode(detailOf(&states[i], &states[i+1])))
		}
		return tx.Audit(ctx, entries...)
	})
	return after, err
}
