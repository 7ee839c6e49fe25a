package offboard

import (
	"context"
	"strings"
	"sync"

	"leaver/internal/org"
)

// MaxAtOnce is how many people one request may restore or purge.
const MaxAtOnce = 20_000

// atOnce is how many of them are worked on at the same time, so that they share
// the commits.
const atOnce = 16

// Each is what became of one of many people.
type Each struct {
	Asked string
	User  org.Ref
	Restored
	Err error // a refusal, or what failed
}

// RestoreMany brings people back, each on its own: what stands in the way of one
// does not stop the others. R-RES-07 R-SM-14 M-03
func (d *Desk) RestoreMany(ctx context.Context, actor org.Actor, refs []string, how Restoring) ([]Each, error) {
	return d.each(ctx, actor, org.RestoreUser, refs, func(e *Each) {
		e.Restored, e.Err = d.RestoreUser(ctx, actor, e.User.ID, how)
	})
}

// PurgeMany deletes people in Deleted users for good, each on its own. R-PERM-01 R-SM-14
func (d *Desk) PurgeMany(ctx context.Context, actor org.Actor, refs []string) ([]Each, error) {
	return d.each(ctx, actor, org.PurgeUser, refs, func(e *Each) {
		e.Err = d.PurgeUser(ctx, actor, e.User.ID)
	})
}

func (d *Desk) each(ctx context.Context, actor org.Actor, op org.Operation, refs []string, do func(*Each)) ([]Each, error) {
	switch r := org.May(actor, op); {
	case r != nil:
		return nil, r
	case len(refs) == 0:
		return nil, org.Refuse(org.Invalid, "departure.empty", "R-SM-14").On("users")
	case len(refs) > MaxAtOnce:
		return nil, org.Refuse(org.Invalid, "departure.tooMany", "R-BULK-12", org.Arg{Name: "count", Value: len(refs)}, org.Arg{Name: "limit", Value: MaxAtOnce}).On("users")
	}
	found, err := d.findDeleted(ctx, refs)
	if err != nil {
		return nil, err
	}
	seen := map[string]bool{}
	var wait sync.WaitGroup
	slots := make(chan struct{}, atOnce)
	for i := range found {
		e := &found[i]
		if e.Err == nil && seen[e.User.ID] {
			e.Err = org.Refuse(org.Invalid, "user.twice", "R-SM-14", org.Arg{Name: "user", Value: e.User})
		}
		if e.Err != nil {
			continue
		}
		seen[e.User.ID] = true
		slots <- struct{}{}
		wait.Go(func() {
			defer func() { <-slots }()
			do(e)
		})
	}
	wait.Wait()
	return found, ctx.Err()
}

// FindDeleted finds one person in Deleted users by id, by the name they have
// there, or by the one they had, for an operation that the actor may do.
func (d *Desk) FindDeleted(ctx context.Context, actor org.Actor, op org.Operation, ref string) (org.Ref, error) {
	if r := org.May(actor, op); r != nil {
		return org.Ref{}, r
	}
	found, err := d.findDeleted(ctx, []string{ref})
	if err != nil {
		return org.Ref{}, err
	}
	return found[0].User, found[0].Err
}

func (d *Desk) findDeleted(ctx context.Context, refs []string) ([]Each, error) {
	out := make([]Each, len(refs))
	err := d.Store.Read(ctx, func(tx Tx) error {
		people, err := tx.People(ctx, refs)
		if err != nil {
			return err
		}
		named, err := tx.DeletedByName(ctx, refs)
		if err != nil {
			return err
		}
		for i, ref := range refs {
			out[i] = identify(strings.TrimSpace(ref), people[i], named[ref])
		}
		return nil
	})
	return out, err
}

// identify decides whom a reference means: an active person of that name does
// not hide the deleted one. Two deleted people of one name are told apart by id.
func identify(ref string, p *org.Person, named []org.UserID) Each {
	e := Each{Asked: ref, User: org.Ref{Name: ref}}
	switch {
	case p != nil && !p.Active():
		e.User = p.Ref()
	case len(named) == 1:
		e.User.ID = string(named[0])
	case len(named) > 1:
		e.Err = org.Refuse(org.Conflict, "deleted.severalNamed", "R-SM-13", org.Arg{Name: "name", Value: ref}, org.Arg{Name: "count", Value: len(named)}).On("user")
	case p != nil:
		e.User = p.Ref()
		e.Err = org.Refuse(org.NotFound, "user.notDeleted", "R-SM-02", org.Arg{Name: "user", Value: p.Ref()})
	default:
		e.Err = org.NotInDeletedUsers(ref)
	}
	return e
}
