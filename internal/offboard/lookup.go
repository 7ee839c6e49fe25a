package offboard

import (
	"context"
	"slices"
	"strings"
	"time"

	"leaver/internal/org"
)

// Looked is people as they are at one moment, with what judging them takes.
type Looked struct {
	People []*org.Person // in the order asked, nil where there is nobody
	Org    *org.Organization
	Now    time.Time
	Names  map[org.UserID]org.Ref // of managers, delegates and those with access to a drive
	// Before is how deleted people were before their deletion, as far as the
	// journal knows.
	Before map[org.UserID]*org.Person
}

// LostMailbox says that a deleted person had a mailbox that can't come back, and
// since when: its own clock ran out, whether or not the sweep has been there.
// R-SM-05 R-RES-20
func (l *Looked) LostMailbox(p *org.Person) (time.Time, bool) {
	m := p.Mailbox
	if before := l.Before[p.ID]; m == nil && before != nil {
		m = before.Mailbox
	}
	if m == nil || p.MailboxState(l.Now) != org.MailboxGone {
		return time.Time{}, false
	}
	return m.End(p.Deleted), true
}

// Clocks are the clocks of one of the people.
func (l *Looked) Clocks(p *org.Person) org.Clocks { return org.ClocksOf(p, l.Org.Settings, l.Now) }

// Look gives everything that belongs to one person, active or deleted. Everybody
// may look at themselves; others take a role that reads the directory, and that
// of deleted people one that reads those.
func (d *Desk) Look(ctx context.Context, actor org.Actor, ref string) (Looked, error) {
	l, err := d.look(ctx, []string{ref})
	if err != nil {
		return l, err
	}
	p := l.People[0]
	if p != nil && p.ID == actor.ID && !actor.App && p.Active() {
		return l, nil
	}
	op := org.ReadDirectory
	if p != nil && !p.Active() {
		op = org.ReadDeletedPeople
	}
	switch r := org.May(actor, op); {
	case r != nil:
		return l, r
	case p == nil:
		return l, org.Refuse(org.NotFound, "user.notFound", "R-SM-10", org.Arg{Name: "user", Value: strings.TrimSpace(ref)})
	}
	return l, nil
}

// LookAtAll gives everything that belongs to many people, by id or user name.
func (d *Desk) LookAtAll(ctx context.Context, actor org.Actor, op org.Operation, refs []string) (Looked, error) {
	if r := org.May(actor, op); r != nil {
		return Looked{}, r
	}
	return d.look(ctx, refs)
}

func (d *Desk) look(ctx context.Context, refs []string) (Looked, error) {
	var l Looked
	err := d.Store.Read(ctx, func(tx Tx) error {
		l = Looked{Names: map[org.UserID]org.Ref{}, Before: map[org.UserID]*org.Person{}}
		var err error
		if l.Org, err = tx.Organization(ctx); err != nil {
			return err
		}
		if l.Now, err = d.now(ctx, tx); err != nil {
			return err
		}
		if l.People, err = tx.People(ctx, refs); err != nil {
			return err
		}
		others, err := tx.People(ctx, l.mentioned())
		for _, p := range others {
			if p != nil {
				l.Names[p.ID] = p.Ref()
			}
		}
		if err != nil {
			return err
		}
		return l.remember(ctx, tx)
	})
	return l, err
}

// remember asks the journal how the deleted ones were before.
func (l *Looked) remember(ctx context.Context, tx Tx) error {
	var gone []*org.Person
	for _, p := range l.People {
		if p != nil && !p.Active() {
			gone = append(gone, p)
		}
	}
	if len(gone) == 0 {
		return nil
	}
	items, err := tx.LastItems(ctx, gone)
	for i, it := range items {
		if it != nil && it.Before != nil {
			l.Before[gone[i].ID] = it.Before
		}
	}
	return err
}

// mentioned lists the ids of the people that persons name.
func (l *Looked) mentioned() []string {
	var ids []string
	for _, p := range l.People {
		if p != nil {
			ids = append(ids, Mentioned(p)...)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// Mentioned lists the ids of the people that a person's record names: manager,
// delegates, and those with access to the drive.
func Mentioned(p *org.Person) []string {
	var ids []string
	if p.ManagerID != "" {
		ids = append(ids, string(p.ManagerID))
	}
	if p.Mailbox != nil {
		for _, x := range p.Mailbox.Permissions {
			ids = append(ids, string(x.Who))
		}
	}
	if p.Drive != nil {
		for _, x := range p.Drive.Grants {
			ids = append(ids, string(x.Who))
		}
	}
	return ids
}

// Names says who people are, by id. Those who are gone for good are left out.
func (d *Desk) Names(ctx context.Context, ids []string) (map[org.UserID]org.Ref, error) {
	names := map[org.UserID]org.Ref{}
	err := d.Store.Read(ctx, func(tx Tx) error {
		people, err := tx.People(ctx, ids)
		for _, p := range people {
			if p != nil {
				names[p.ID] = p.Ref()
			}
		}
		return err
	})
	return names, err
}

// Subscriptions is the ledger: what was bought and how much of it is used.
func (d *Desk) Subscriptions(ctx context.Context, actor org.Actor) ([]org.Subscription, time.Time, error) {
	if r := org.May(actor, org.ReadBilling); r != nil {
		return nil, time.Time{}, r
	}
	o, now, err := d.Organization(ctx)
	if err != nil {
		return nil, now, err
	}
	return o.Subscriptions, now, nil
}

// Clock tells a practice organization's time, and how far its clock was moved.
func (d *Desk) Clock(ctx context.Context) (now time.Time, offset time.Duration, err error) {
	err = d.Store.Read(ctx, func(tx Tx) error {
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		if !o.Practice {
			return org.Refuse(org.NotFound, "clock.notPractice", "")
		}
		if offset, err = tx.Clock(ctx); err != nil {
			return err
		}
		now, err = d.now(ctx, tx)
		return err
	})
	return now, offset, err
}
