package offboard

import (
	"context"
	"encoding/json"

	"leaver/internal/org"
)

// MassDelete is the name by which a run above the threshold is confirmed. R-AD-07
const MassDelete = "massDelete"

// Confirmation is what turns a plan into a run.
type Confirmation struct {
	Hash       string // of the plan that was shown
	Idempotent string // the caller's key; the same key again gives the same departure
	Override   string // MassDelete, to confirm a run above the threshold by name
}

// Start confirms a plan and begins the run. It refuses when the facts moved
// since the plan was shown. The run itself is carried out by Work.
func (d *Desk) Start(ctx context.Context, actor org.Actor, req Request, c Confirmation) (*Departure, error) {
	if err := req.check(actor); err != nil {
		return nil, err
	}
	var dep *Departure
	err := d.Store.Change(ctx, func(tx Tx) error {
		var err error
		if dep, err = tx.DepartureByKey(ctx, actor.ID, c.Idempotent); err != nil {
			return err
		}
		if dep != nil {
			if dep.Hash != c.Hash {
				return org.Refuse(org.Conflict, "departure.keyReused", "R-SM-14").On("Idempotency-Key")
			}
			return nil
		}
		dep, err = d.begin(ctx, tx, actor, req, c)
		return err
	})
	if err != nil {
		return nil, err
	}
	d.forget(nil)
	d.Wake()
	return dep, nil
}

// begin writes the departure with all its items, in one transaction.
func (d *Desk) begin(ctx context.Context, tx Tx, actor org.Actor, req Request, c Confirmation) (*Departure, error) {
	now, err := d.now(ctx, tx)
	if err != nil {
		return nil, err
	}
	s := d.sketched(ctx, tx, actor, &req, c.Hash, now)
	if s == nil {
		if s, err = d.replan(ctx, tx, actor, &req); err != nil {
			return nil, err
		}
	}
	switch {
	case s.plan.Hash != c.Hash:
		return nil, org.Refuse(org.Stale, "PlanChanged", "R-SM-10").On("hash")
	case s.plan.MassDelete && c.Override != MassDelete:
		return nil, org.Refuse(org.Conflict, "departure.massDelete", "R-AD-07", org.Arg{Name: "count", Value: s.plan.Leaving},
			org.Arg{Name: "total", Value: s.org.People}, org.Arg{Name: "limit", Value: s.org.Settings.MassDeleteCount},
			org.Arg{Name: "percent", Value: s.org.Settings.MassDeletePercent}).On("override")
	}
	dep := &Departure{
		ID: org.DepartureID(d.NewID()), Status: Running, CreatedBy: actor, Created: now, Hash: s.plan.Hash, Idempotent: c.Idempotent,
		Total: len(s.items), Counts: map[ItemOutcome]int{},
	}
	for i := range s.items {
		dep.Counts[s.items[i].Outcome]++
	}
	if dep.Counts[ItemPending] == 0 {
		finish(dep, now)
	}
	if err := tx.AddDeparture(ctx, dep, s.items); err != nil {
		return nil, err
	}
	detail, err := json.Marshal(map[string]any{"people": dep.Total, "hash": dep.Hash, "override": c.Override})
	if err != nil {
		return nil, err
	}
	return dep, tx.Audit(ctx, entry(actor, ActStart, org.Ref{ID: string(dep.ID)}, now, string(detail)))
}

// replan plans what is to be confirmed as things are now.
func (d *Desk) replan(ctx context.Context, tx Tx, actor org.Actor, req *Request) (*sketch, error) {
	p, err := d.begins(ctx, tx, actor, req)
	if err != nil {
		return nil, err
	}
	s := &sketch{now: p.now, org: p.org, steps: map[string][]org.Step{}, items: make([]Item, 0, len(req.People))}
	for part, err := range p.leavers(ctx) {
		if err != nil {
			return nil, err
		}
		for i := range part {
			it := p.Item(&part[i])
			s.add(&part[i], &it)
		}
	}
	s.plan = p.Plan()
	return s, nil
}

// pending makes the journal's item of a planned one.
func pending(i int, it *org.Item, l *org.Leaver) Item {
	out := Item{
		Ordinal: i, Asked: it.Asked, UserKey: l.Person.Key, User: it.User, Plan: it.Outcome, Outcome: ItemPending,
		Choices: l.Choices, Steps: it.Steps,
	}
	if len(it.Refusals) > 0 {
		refused(&out, it.Refusals[0])
		return out
	}
	out.State = org.StateHash(&l.Person)
	return out
}

func refused(it *Item, r *org.Refusal) {
	it.Outcome, it.Code, it.Rule, it.Args = ItemRefused, r.Reason, r.Rule, r.Args
}
