package offboard

import (
	"cmp"
	"context"
	"slices"

	"leaver/internal/org"
)

func group(ctx context.Context, tx Tx, id org.GroupID) (*org.Group, error) {
	g, err := tx.Group(ctx, id)
	if err == nil && g == nil {
		return nil, org.Refuse(org.NotFound, "group.notFound", "R-API-05", org.Arg{Name: "group", Value: string(id)})
	}
	return g, err
}

// CreateGroup adds a group with its first owners and members. A Microsoft 365
// group gets an address from its nickname, and a nickname is made of the name
// where none is given.
func (d *Desk) CreateGroup(ctx context.Context, actor org.Actor, g org.Group, owners, members []string) (*org.Group, error) {
	g.ID = org.GroupID(d.NewID())
	if g.MailNickname == "" {
		g.MailNickname = cmp.Or(org.Nickname(g.DisplayName), "group-"+string(g.ID))
	}
	err := d.Store.Change(ctx, func(tx Tx) error {
		if r := org.CheckNewGroup(actor, &g); r != nil {
			return r
		}
		if err := address(ctx, tx, &g); err != nil {
			return err
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		g.Key, g.Created = 0, now
		if err := tx.SaveGroup(ctx, &g); err != nil {
			return err
		}
		for _, list := range []struct {
			owners bool
			refs   []string
		}{{true, owners}, {false, members}} {
			for _, ref := range list.refs {
				p, err := active(ctx, tx, ref)
				if err != nil {
					return err
				}
				if err := tx.ChangeMembers(ctx, &g, list.owners, []*org.Person{p}, nil); err != nil {
					return err
				}
			}
		}
		return tx.Audit(ctx, entry(actor, ActGroup, g.Ref(), now, encode(map[string]any{"owners": owners, "members": members})))
	})
	return &g, err
}

// address gives a group with mail its address, which nobody else may have. R-SM-09
func address(ctx context.Context, tx Tx, g *org.Group) error {
	if !g.MailEnabled {
		return nil
	}
	o, err := tx.Organization(ctx)
	if err != nil {
		return err
	}
	g.Mail = g.MailNickname + "@" + o.Domains[0]
	owner, _, err := tx.AddressOwner(ctx, g.Mail)
	if err == nil && owner != nil {
		err = org.Refuse(org.Conflict, "group.addressTaken", "R-SM-09", org.Arg{Name: "address", Value: g.Mail}, org.Arg{Name: "owner", Value: *owner}).On("mailNickname")
	}
	return err
}

// notOfGroup refuses an address for a person that is a group's. R-MBX-32
func notOfGroup(ctx context.Context, tx Tx, address string) error {
	owner, group, err := tx.AddressOwner(ctx, address)
	if err == nil && group {
		err = org.Refuse(org.Conflict, "address.taken", "R-MBX-32", org.Arg{Name: "address", Value: address}, org.Arg{Name: "owner", Value: *owner})
	}
	return err
}

// GroupEdit is a change of a group with the people to be added to it, done as one.
type GroupEdit struct {
	Edit            func(g *org.Group) error // nil leaves its own properties
	Owners, Members []string                 // UPN or id
}

// EditGroup changes a group's own properties and adds people: all of it or
// nothing.
func (d *Desk) EditGroup(ctx context.Context, actor org.Actor, id org.GroupID, e GroupEdit) (*org.Group, error) {
	var g *org.Group
	err := d.Store.Change(ctx, func(tx Tx) error {
		var err error
		if g, err = group(ctx, tx, id); err != nil {
			return err
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		if e.Edit != nil {
			if err := editGroup(ctx, tx, actor, g, e.Edit, now); err != nil {
				return err
			}
		}
		for i, ref := range slices.Concat(e.Owners, e.Members) {
			m := Membership{Group: id, Person: ref, Owner: i < len(e.Owners)}
			if err := changeMembership(ctx, tx, actor, g, m, now); err != nil {
				return err
			}
		}
		return nil
	})
	return g, err
}

func editGroup(ctx context.Context, tx Tx, actor org.Actor, g *org.Group, edit func(*org.Group) error, now timeStamp) error {
	if r := org.GateGroup(actor, g); r != nil {
		return r
	}
	if err := edit(g); err != nil {
		return err
	}
	if r := org.CheckGroup(g); r != nil {
		return r
	}
	if err := tx.SaveGroup(ctx, g); err != nil {
		return err
	}
	return tx.Audit(ctx, entry(actor, ActGroup, g.Ref(), now, ""))
}

// DeleteGroup removes a group; one that gives licences can't go. R-LIC-18
func (d *Desk) DeleteGroup(ctx context.Context, actor org.Actor, id org.GroupID) error {
	return d.Store.Change(ctx, func(tx Tx) error {
		g, err := group(ctx, tx, id)
		if err != nil {
			return err
		}
		if r := org.GateGroupDeletion(actor, g); r != nil {
			return r
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		if err := tx.DeleteGroup(ctx, g); err != nil {
			return err
		}
		return tx.Audit(ctx, entry(actor, ActGroupDelete, g.Ref(), now, ""))
	})
}

// Membership names one change of a group's people.
type Membership struct {
	Group  org.GroupID
	Person string // UPN or id
	Owner  bool
	Remove bool
}

// ChangeMembership adds somebody to a group or takes them out; licences that the
// group gives follow at once. The last owner can't be removed. R-API-72 R-LIC-14
func (d *Desk) ChangeMembership(ctx context.Context, actor org.Actor, m Membership) error {
	return d.Store.Change(ctx, func(tx Tx) error {
		g, err := group(ctx, tx, m.Group)
		if err != nil {
			return err
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		return changeMembership(ctx, tx, actor, g, m, now)
	})
}

func changeMembership(ctx context.Context, tx Tx, actor org.Actor, g *org.Group, m Membership, now timeStamp) error {
	if r := org.GateMembership(actor, g, m.Owner); r != nil {
		return r
	}
	p, err := active(ctx, tx, m.Person)
	if err != nil {
		return err
	}
	if err := lastOwner(ctx, tx, g, p, m); err != nil {
		return err
	}
	add, remove, action := []*org.Person{p}, []*org.Person(nil), ActMemberAdd
	if m.Remove {
		add, remove = remove, add
	}
	if err := tx.ChangeMembers(ctx, g, m.Owner, add, remove); err != nil {
		return err
	}
	if !m.Owner && len(g.Licenses) > 0 {
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		if err := follow(ctx, tx, actor, o, g, p, !m.Remove, now); err != nil {
			return err
		}
	}
	switch {
	case m.Owner && m.Remove:
		action = ActOwnerRemove
	case m.Owner:
		action = ActOwnerAdd
	case m.Remove:
		action = ActMemberRemove
	}
	return tx.Audit(ctx, entry(actor, action, p.Ref(), now, encode(map[string]string{"group": string(g.ID), "name": g.DisplayName})))
}

func lastOwner(ctx context.Context, tx Tx, g *org.Group, p *org.Person, m Membership) error {
	if !m.Owner || !m.Remove {
		return nil
	}
	owners, err := tx.MembersOf(ctx, g, true)
	if err != nil {
		return err
	}
	if r := org.LastOwner(g, owners, p.Ref()); r != nil {
		return r
	}
	return nil
}
