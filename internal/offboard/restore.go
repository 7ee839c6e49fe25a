package offboard

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"leaver/internal/org"
)

// Restoring says how to bring somebody back.
type Restoring struct {
	org.RestoreOptions
	// Password: a new one is set when not empty; NewPassword invents one. The
	// admin centre always sets one (R-RES-04), Graph keeps the old (R-RES-21).
	Password    string
	NewPassword bool
}

// Restored is a person brought back.
type Restored struct {
	Person   org.Person
	Notes    []org.Note
	Password string // the one invented, to be shown once
}

// RestoreUser takes a person out of Deleted users, with everything that the
// deletion took away. R-RES-01 R-SM-13 R-API-32
func (d *Desk) RestoreUser(ctx context.Context, actor org.Actor, ref string, how Restoring) (Restored, error) {
	var out Restored
	hash, err := d.newPassword(&how)
	if err != nil {
		return out, err
	}
	err = d.Store.Change(d.Store.Beginning(ctx, ref, true), func(tx Tx) error {
		out = Restored{}
		if r := org.May(actor, org.RestoreUser); r != nil {
			return r
		}
		p, item, err := tx.Departed(ctx, ref)
		if err == nil && p == nil {
			err = org.NotInDeletedUsers(ref)
		}
		if err != nil {
			return err
		}
		b := &backing{tx: tx, actor: actor, how: how, hash: hash}
		if b.now, err = d.now(ctx, tx); err != nil {
			return err
		}
		// The drive settings do not matter here: only the user clock gates.
		if r := org.GateRestore(actor, p, org.ClocksOf(p, org.Settings{}, b.now)); r != nil {
			return r
		}
		if err := b.checkName(ctx); err != nil {
			return err
		}
		if how.Password != "" && !how.NewPassword {
			if err := d.Strong(how.Password, cmp.Or(how.NewUPN, org.OriginalUPN(p.ID, p.UPN))); err != nil {
				return err
			}
		}
		out.Person, out.Notes, err = b.restore(ctx, p, item)
		return err
	})
	if how.NewPassword && err == nil {
		out.Password = how.Password
	}
	return out, err
}

// newPassword invents a password when asked, and hashes it outside of any
// transaction: it takes tens of milliseconds on purpose.
func (d *Desk) newPassword(how *Restoring) (hash string, err error) {
	if how.NewPassword {
		how.Password = d.NewPassword()
	}
	if how.Password == "" {
		return "", nil
	}
	return d.HashPassword(how.Password)
}

// backing is one person on the way back.
type backing struct {
	tx    Tx
	actor org.Actor
	how   Restoring
	hash  string
	now   timeStamp
}

// checkName refuses a new user name that nobody could be given. R-SM-13 R-RES-08
func (b *backing) checkName(ctx context.Context) error {
	if b.how.NewUPN == "" {
		return nil
	}
	o, err := b.tx.Organization(ctx)
	if err != nil {
		return err
	}
	if r := o.CheckUPN(b.how.NewUPN); r != nil {
		return r
	}
	return nil
}

// restore puts a deleted person back from the journal; one that was deleted
// without it (imported, synchronised) from what is on record.
func (b *backing) restore(ctx context.Context, p *org.Person, it *Item) (org.Person, []org.Note, error) {
	before, steps, ran := withoutDeletion(p), org.DeleteSteps(), p.Deleted
	if it != nil && it.Before != nil && it.Plan == org.OutcomeDelete {
		before, steps, ran = *it.Before, it.Steps, it.Ran
	} else {
		it = nil
	}
	after, notes, err := b.putBack(ctx, p, &before, steps, ran)
	if err != nil {
		return after, nil, err
	}
	over, err := b.overAssigned(ctx, p, &after) // before it is saved: what was read meanwhile still holds
	if err != nil {
		return after, nil, err
	}
	notes = append(notes, over...)
	if err := b.tx.Save(ctx, []Change{{Before: *p, After: after}}); err != nil {
		return after, nil, err
	}
	if it != nil {
		if slices.ContainsFunc(it.Notes, refusedBefore) {
			if err := b.oneLess(ctx, it); err != nil {
				return after, nil, err
			}
		}
		it.Notes = slices.DeleteFunc(it.Notes, refusedBefore)
		if err := b.tx.MarkUndone(ctx, it, notes); err != nil {
			return after, nil, err
		}
	}
	d := detail{Before: stateOfPerson(p), After: stateOfPerson(&after), Notes: notes}
	return after, notes, b.tx.Audit(ctx, entry(b.actor, ActRestore, after.Ref(), b.now, d.text()))
}

// oneLess takes somebody off those whom the undo of their run left.
func (b *backing) oneLess(ctx context.Context, it *Item) error {
	id, err := b.tx.RunOf(ctx, it)
	if err != nil {
		return err
	}
	dep, err := departure(ctx, b.tx, id)
	if err != nil || dep.Left() == 0 {
		return err
	}
	by, err := undoer(dep)
	if err != nil {
		return err
	}
	dep.UndoneBy = encode(undoing{by, dep.Left() - 1})
	return b.tx.SaveDeparture(ctx, dep)
}

func (b *backing) putBack(ctx context.Context, p, before *org.Person, steps []org.Step, ran timeStamp) (org.Person, []org.Note, error) {
	upn := b.how.NewUPN
	if upn == "" {
		upn = org.OriginalUPN(p.ID, p.UPN)
	}
	w, err := b.tx.World(ctx, p, before, upn)
	if err != nil {
		return *p, nil, err
	}
	after, notes, err := org.PutBack(*p, *before, steps, ran, w, b.how.RestoreOptions, b.now)
	if err != nil {
		return after, nil, err
	}
	if !p.Active() {
		if err := b.reinherit(ctx, &after); err != nil {
			return after, nil, err
		}
	}
	if b.hash != "" {
		after.PasswordHash, after.ParkedPasswordHash, after.MustChangePassword = b.hash, "", true // R-RES-04
		after.SessionEpoch++
	}
	return after, notes, nil
}

// reinherit lets groups give what they give by now: they may have changed while
// the account was deleted. R-RES-22
func (b *backing) reinherit(ctx context.Context, p *org.Person) error {
	inherits := slices.ContainsFunc(p.Licenses, func(l org.License) bool { return l.Group != "" })
	groups, err := b.tx.LicensingGroups(ctx, p)
	if err != nil || len(groups) == 0 && !inherits {
		return err
	}
	o, err := b.tx.Organization(ctx)
	if err != nil {
		return err
	}
	inheritFrom(o, p, groups, b.now)
	return nil
}

// withoutDeletion is a deleted person as they were before, from what is on record. R-DEL-03
func withoutDeletion(p *org.Person) org.Person {
	before := p.Clone()
	before.Deleted = timeStamp{}
	before.UPN = org.OriginalUPN(p.ID, p.UPN)
	before.Roles, before.SuspendedRoles = append(before.Roles, before.SuspendedRoles...), nil
	return before
}

// overAssigned says which products will have more people than seats. R-RES-06
func (b *backing) overAssigned(ctx context.Context, p, after *org.Person) ([]org.Note, error) {
	over, err := b.tx.OverAssigned(ctx, p, after)
	if err != nil {
		return nil, fmt.Errorf("count seats: %w", err)
	}
	notes := make([]org.Note, len(over))
	for i, name := range over {
		notes[i] = org.Note{Key: "restore.overAssigned", Rule: "R-RES-06", Severity: org.Warning, Args: org.Args{{Name: "product", Value: name}}}
	}
	return notes, nil
}
