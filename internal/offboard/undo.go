package offboard

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"leaver/internal/org"
)

type timeStamp = time.Time

// Undo puts back what a whole run changed, as far as the clocks allow. It is
// carried out like a run, chunk by chunk; what could not come back stands in the
// notes of each item. Those for whom it was refused are tried again when it is asked
// for again: by somebody with a higher role, or when what stood in the way has gone.
// R-SM-13 R-ROLE-13
func (d *Desk) Undo(ctx context.Context, actor org.Actor, id org.DepartureID) (*Departure, error) {
	var dep *Departure
	err := d.Store.Change(ctx, func(tx Tx) error {
		if r := org.May(actor, org.RestoreUser); r != nil {
			return r
		}
		var err error
		if dep, err = departure(ctx, tx, id); err != nil {
			return err
		}
		switch {
		case dep.Ended.IsZero() && !dep.Undoing:
			return org.Refuse(org.Conflict, "departure.running", "R-SM-15")
		case dep.Undoing && dep.Ended.IsZero():
			return nil // being undone: the same answer again
		case dep.Undoing && dep.Left() == 0:
			return nil // undone
		case dep.Counts[ItemDone] == 0:
			return org.Refuse(org.Conflict, "departure.nothingDone", "R-SM-15")
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		dep.Undoing, dep.UndoneBy, dep.Status, dep.Next = true, encode(undoing{Actor: actor}), Running, 0
		dep.Ended, dep.Lease = time.Time{}, time.Time{}
		if err := tx.SaveDeparture(ctx, dep); err != nil {
			return err
		}
		return tx.Audit(ctx, entry(actor, ActUndo, org.Ref{ID: string(dep.ID)}, now, ""))
	})
	if err != nil {
		return nil, err
	}
	d.Wake()
	return dep, nil
}

func departure(ctx context.Context, tx Tx, id org.DepartureID) (*Departure, error) {
	dep, err := tx.Departure(ctx, id)
	if err == nil && dep == nil {
		return nil, org.Refuse(org.NotFound, "departure.notFound", "", org.Arg{Name: "id", Value: string(id)})
	}
	return dep, err
}

// undoChunk puts the next people of a departure back. Each of them is tried
// alone: what a rule refuses for one is noted and does not stop the others. It gives
// how many they were.
func (d *Desk) undoChunk(ctx context.Context, tx Tx, dep *Departure, limit int, now time.Time) (int, error) {
	actor, err := undoer(dep)
	if err != nil {
		return 0, err
	}
	items, err := tx.Undoable(ctx, dep, limit)
	if err != nil {
		return 0, err
	}
	if len(items) == 0 {
		finish(dep, now)
		return 0, tx.SaveDeparture(ctx, dep)
	}
	dep.Next = items[len(items)-1].Ordinal + 1
	refs := make([]string, len(items))
	for i := range items {
		refs[i] = items[i].User.ID
	}
	people, err := tx.People(ctx, refs)
	if err != nil {
		return 0, err
	}
	o, err := tx.Organization(ctx)
	if err != nil {
		return 0, err
	}
	left := 0
	for i := range items {
		r, err := d.undoItem(ctx, tx, actor, dep, &items[i], people[i], o, now)
		if err != nil {
			return 0, fmt.Errorf("undo %s: %w", items[i].User.Name, err)
		}
		if r != nil {
			items[i].Notes = append(items[i].Notes, refusedNote(r))
			left += count(r.Kind != org.NotFound) // who is gone for good stays gone
		}
	}
	dep.UndoneBy = encode(undoing{actor, dep.Left() + left})
	if err := tx.SaveItems(ctx, dep, items); err != nil {
		return 0, err
	}
	return len(items), tx.SaveDeparture(ctx, dep)
}

// undoItem puts one person back, or says why that can't be.
func (d *Desk) undoItem(ctx context.Context, tx Tx, actor org.Actor, dep *Departure, it *Item, p *org.Person, o *org.Organization, now time.Time) (*org.Refusal, error) {
	it.Notes = slices.DeleteFunc(it.Notes, refusedBefore)
	if r := mayUndo(actor, it, p, now); r != nil {
		return r, nil
	}
	b := &backing{tx: tx, actor: actor, now: now, how: Restoring{RestoreOptions: org.RestoreOptions{Reconcile: true}}}
	after, notes, err := b.putBack(ctx, p, it.Before, it.Steps, it.Ran)
	if r := org.RefusalOf(err); r != nil {
		return r, nil
	}
	if err != nil {
		return nil, err
	}
	if err := tx.Save(ctx, []Change{{Before: *p, After: after}}); err != nil {
		return nil, err
	}
	for i := range it.Steps {
		if s := &it.Steps[i]; s.Kind == org.ReduceSubscription && !slices.Contains(it.Skipped, i) {
			if err := putBackSeat(ctx, tx, o, s, now); err != nil {
				return nil, err
			}
		}
	}
	it.Undone, it.Notes = true, append(it.Notes, notes...)
	det := detail{Departure: dep.ID, Before: stateOfPerson(p), After: stateOfPerson(&after), Notes: notes}
	return nil, tx.Audit(ctx, entry(actor, ActRestore, after.Ref(), now, det.text()))
}

// undoing is who asked for the undo, and for how many people it was refused since
// for a reason that may go away.
type undoing struct {
	org.Actor
	Left int `json:"left,omitempty"`
}

// Left is how many people an undo did not put back, though another one might.
func (dep *Departure) Left() int {
	var u undoing
	if json.Unmarshal([]byte(dep.UndoneBy), &u) != nil {
		return 0 // nobody asked yet
	}
	return u.Left
}

// count is one for what is true.
func count(is bool) int {
	if is {
		return 1
	}
	return 0
}

// refusedNote says why somebody could not be put back.
func refusedNote(r *org.Refusal) org.Note {
	return org.Note{Key: "undo.refused." + r.Reason, Rule: r.Rule, Severity: org.Critical, Args: r.Args}
}

// refusedBefore says that a note no longer holds once the person is back.
func refusedBefore(n org.Note) bool { return strings.HasPrefix(n.Key, "undo.refused.") }

func mayUndo(actor org.Actor, it *Item, p *org.Person, now time.Time) *org.Refusal {
	switch {
	case p == nil || it.Before == nil:
		return org.Refuse(org.NotFound, "user.purged", "R-PERM-02", org.Arg{Name: "user", Value: it.User})
	case it.Plan == org.OutcomeDelete:
		return org.GateRestore(actor, p, org.ClocksOf(p, org.Settings{}, now))
	case !p.Active():
		return org.Refuse(org.Conflict, "user.deletedSince", "R-SM-01", org.Arg{Name: "user", Value: it.User})
	}
	for _, was := range []*org.Person{it.Before, p} { // the roles that come back, and those given since
		if !actor.System && !org.Outranks(actor.Roles, was) {
			return org.Refuse(org.Denied, "user.outranks", "R-ROLE-14", org.Arg{Name: "user", Value: it.User}, org.Arg{Name: "roles", Value: was.Roles})
		}
	}
	return nil
}

func putBackSeat(ctx context.Context, tx Tx, o *org.Organization, s *org.Step, now time.Time) error {
	for i := range o.Subscriptions {
		if sub := &o.Subscriptions[i]; sub.ID == s.Sub {
			sub.PutBackSeat(s.When)
			return tx.SaveSubscription(ctx, *sub, now)
		}
	}
	return nil
}

// undoer is who asked for the undo.
func undoer(dep *Departure) (org.Actor, error) {
	var a org.Actor
	if err := json.Unmarshal([]byte(dep.UndoneBy), &a); err != nil {
		return a, fmt.Errorf("who undoes departure %s: %w", dep.ID, err)
	}
	return a, nil
}
