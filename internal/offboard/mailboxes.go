package offboard

import (
	"context"
	"slices"
	"strings"

	"leaver/internal/org"
)

// MailboxChange asks for changes of a mailbox; nil leaves a thing as it is.
type MailboxChange struct {
	Type      *org.MailboxType
	ForwardTo *string // "" turns forwarding off
	KeepCopy  *bool
	// Addresses makes another list of the one there is; Add and Remove change it.
	Addresses   func(had []org.Address) []org.Address
	Add, Remove []string
	// TakeOver assigns an address explicitly although it is reserved for a
	// deleted person. R-SM-09
	TakeOver   bool
	Litigation *bool
	Replies    *org.Replies
}

// ChangeMailbox changes what an Exchange administrator can change about a
// mailbox; the automatic reply also its owner. R-ROLE-11 R-API-53
func (d *Desk) ChangeMailbox(ctx context.Context, actor org.Actor, ref string, c MailboxChange) (org.Person, error) {
	return d.change(ctx, actor, ref, one, step{ActMailbox, func(tx Tx, o *org.Organization, p *org.Person, now timeStamp) (org.Person, error) {
		after := p.Clone()
		if r := mayChangeMailbox(actor, p, &c); r != nil {
			return after, r
		}
		if r := ofDeleted(p, &c); r != nil {
			return after, r
		}
		if after.Mailbox == nil {
			return after, org.Refuse(org.NotFound, "mailbox.none", "R-API-05", org.Arg{Name: "user", Value: p.Ref()})
		}
		if err := o.ChangeMailbox(&after, c.Type, c.ForwardTo, c.KeepCopy, c.Litigation, c.Replies, now); err != nil {
			return after, err
		}
		if err := changeAddresses(o, p, &after, &c); err != nil {
			return after, err
		}
		return after, free(ctx, tx, p, &after, c.TakeOver)
	}})
}

func mayChangeMailbox(actor org.Actor, p *org.Person, c *MailboxChange) *org.Refusal {
	if actor.ID == p.ID && !actor.App && c.Type == nil && c.ForwardTo == nil && c.KeepCopy == nil && c.Addresses == nil &&
		len(c.Add)+len(c.Remove) == 0 && c.Litigation == nil {
		return nil // everybody sets their own automatic reply, R-API-50
	}
	return org.May(actor, org.ManageMailbox)
}

// ofDeleted: a mailbox without its account takes no change but the end of its
// hold, which lets it go. Restoring comes first. R-MBX-14 R-MBX-25
func ofDeleted(p *org.Person, c *MailboxChange) *org.Refusal {
	lifts := c.Litigation != nil && !*c.Litigation && c.Type == nil && c.ForwardTo == nil && c.KeepCopy == nil && c.Addresses == nil &&
		len(c.Add)+len(c.Remove) == 0 && c.Replies == nil
	switch {
	case p.Active() || p.Mailbox == nil || lifts:
		return nil
	case p.Mailbox.Held():
		return org.Refuse(org.Conflict, "mailbox.inactive", "R-DEL-38", org.Arg{Name: "user", Value: p.Ref()})
	}
	return org.Refuse(org.Conflict, "mailbox.ownerDeleted", "R-MBX-14", org.Arg{Name: "user", Value: p.Ref()})
}

func changeAddresses(o *org.Organization, before, p *org.Person, c *MailboxChange) error {
	if c.Addresses != nil {
		p.Addresses = c.Addresses(p.Addresses)
	}
	for _, a := range c.Remove {
		i := slices.IndexFunc(p.Addresses, func(x org.Address) bool { return strings.EqualFold(x.Value, a) })
		switch {
		case i < 0:
			return org.Refuse(org.Invalid, "alias.unknown", "R-WIZ-13", org.Arg{Name: "alias", Value: a}, org.Arg{Name: "user", Value: p.Ref()}).On("aliases")
		case p.Addresses[i].Primary:
			return org.Refuse(org.Invalid, "alias.primary", "R-WIZ-13", org.Arg{Name: "alias", Value: a}, org.Arg{Name: "user", Value: p.Ref()}).On("aliases")
		}
		p.Addresses = slices.Delete(p.Addresses, i, i+1)
	}
	for _, a := range c.Add {
		if !slices.ContainsFunc(p.Addresses, func(x org.Address) bool { return strings.EqualFold(x.Value, a) }) {
			p.Addresses = append(p.Addresses, org.Address{Value: a})
		}
	}
	primaries := 0
	for _, a := range p.Addresses {
		known := slices.ContainsFunc(before.Addresses, func(x org.Address) bool { return strings.EqualFold(x.Value, a.Value) })
		if !known && !org.IsAddress(a.Value) {
			return org.Refuse(org.Invalid, "address.bad", "R-API-18", org.Arg{Name: "address", Value: a.Value}).On("aliases")
		}
		if r := o.CheckReach(before, a.Value, "aliases"); r != nil {
			return r
		}
		if a.Primary {
			primaries++
			p.Mail = a.Value
		}
	}
	if primaries != 1 {
		return org.Refuse(org.Invalid, "address.onePrimary", "R-API-18").On("aliases")
	}
	return nil
}

// free refuses addresses that are somebody else's, and those reserved for a
// deleted person unless the administrator takes them explicitly. R-SM-09 R-MBX-32 R-WIZ-13
func free(ctx context.Context, tx Tx, before, after *org.Person, takeOver bool) error {
	w, err := tx.World(ctx, after, after, after.UPN)
	if err != nil {
		return err
	}
	for _, a := range after.Addresses {
		owner, taken := w.Taken[strings.ToLower(a.Value)]
		if slices.ContainsFunc(before.Addresses, func(x org.Address) bool { return strings.EqualFold(x.Value, a.Value) }) {
			continue
		}
		if !taken {
			continue
		}
		people, err := tx.People(ctx, []string{owner.ID})
		if err != nil {
			return err
		}
		r := takenFrom(people[0], owner, []org.Arg{{Name: "address", Value: a.Value}})
		if people[0] == nil || people[0].Active() || !takeOver {
			return r.On("aliases")
		}
	}
	return nil
}

// SetPermission gives somebody these rights in a mailbox; no rights takes them
// all away. R-MBX-12 R-API-53
func (d *Desk) SetPermission(ctx context.Context, actor org.Actor, ref, who string, rights []org.Right) (org.Person, error) {
	if r := org.May(actor, org.ManageMailbox); r != nil {
		return org.Person{}, r
	}
	return d.changePerson(ctx, actor, ref, ActPermission, func(tx Tx, o *org.Organization, p *org.Person, _ timeStamp) (org.Person, error) {
		after := p.Clone()
		if after.Mailbox == nil {
			return after, org.Refuse(org.NotFound, "mailbox.none", "R-API-05", org.Arg{Name: "user", Value: p.Ref()})
		}
		w, err := active(ctx, tx, who)
		if err != nil {
			return after, err
		}
		if len(rights) > 0 && w.ID == p.ID {
			return after, ownAccess(p, "R-MBX-12")
		}
		if len(rights) > 0 && (w.Mailbox == nil || !o.Products.Licensed(w, org.Exchange)) {
			return after, org.Refuse(org.Conflict, "heir.noMailbox", "R-MBX-09", org.Arg{Name: "user", Value: p.Ref()}, org.Arg{Name: "heir", Value: w.Ref()}).On("who")
		}
		after.Mailbox.Revoke(w.ID)
		after.Mailbox.Grant(w.ID, rights...)
		return after, nil
	})
}

// ownAccess refuses to give somebody access to what is theirs: it would be taken
// for that of somebody else when they leave.
func ownAccess(p *org.Person, rule string) *org.Refusal {
	return org.Refuse(org.Invalid, "access.own", rule, org.Arg{Name: "user", Value: p.Ref()}).On("who")
}

// GrantDrive gives somebody access to a whole drive, or takes it away. R-ROLE-11 R-WIZ-07
func (d *Desk) GrantDrive(ctx context.Context, actor org.Actor, ref, who string, access bool) (org.Person, error) {
	if r := org.May(actor, org.ManageDrive); r != nil {
		return org.Person{}, r
	}
	return d.changePerson(ctx, actor, ref, ActDrive, func(tx Tx, _ *org.Organization, p *org.Person, _ timeStamp) (org.Person, error) {
		after := p.Clone()
		if after.Drive == nil {
			return after, org.Refuse(org.NotFound, "drive.none", "R-API-05", org.Arg{Name: "user", Value: p.Ref()})
		}
		w, err := active(ctx, tx, who)
		if err != nil {
			return after, err
		}
		if access && w.ID == p.ID {
			return after, ownAccess(p, "R-WIZ-07")
		}
		after.Drive.Grants = slices.DeleteFunc(after.Drive.Grants, func(g org.DriveGrant) bool { return g.Who == w.ID })
		if access {
			after.Drive.Grants = append(after.Drive.Grants, org.DriveGrant{Who: w.ID})
		}
		return after, nil
	})
}
