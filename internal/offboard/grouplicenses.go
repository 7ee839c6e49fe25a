package offboard

import (
	"context"
	"slices"

	"leaver/internal/org"
)

// GroupLicenses asks for a change of what a group gives. Without anything to add
// or remove it is tried anew to give everybody what the group gives.
type GroupLicenses struct {
	Add    []org.LicenseRequest
	Remove []org.SkuID
	// Check looks at what happens before it is done, and can refuse that. Nil: it is
	// done whatever it is.
	Check func(org.GroupChange) error
}

// AssignGroupLicenses changes what a group gives its members, and gives or takes
// it at once. Members for whom there is no seat get an error on record. R-LIC-14 R-LIC-16 R-API-44
func (d *Desk) AssignGroupLicenses(ctx context.Context, actor org.Actor, id org.GroupID, add []org.LicenseRequest, remove []org.SkuID) (*org.Group, error) {
	return d.ChangeGroupLicenses(ctx, actor, id, GroupLicenses{Add: add, Remove: remove})
}

// ChangeGroupLicenses does so when Check has nothing against it: all of it or
// nothing.
func (d *Desk) ChangeGroupLicenses(ctx context.Context, actor org.Actor, id org.GroupID, c GroupLicenses) (*org.Group, error) {
	var g *org.Group
	err := d.Store.Change(ctx, func(tx Tx) error {
		x, err := d.giving(ctx, tx, actor, id, c)
		if err != nil {
			return err
		}
		g = x.g
		if err := tx.SaveGroup(ctx, g); err != nil {
			return err
		}
		if err := x.each(ctx, tx, func(people, after []org.Person) error { return x.save(ctx, tx, actor, people, after) }); err != nil {
			return err
		}
		if c.Check != nil {
			if err := c.Check(x.change); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, entry(actor, ActGroupLicense, g.Ref(), x.now, encode(map[string]any{"add": c.Add, "remove": c.Remove})))
	})
	return g, err
}

// PlanGroupLicenses says what ChangeGroupLicenses would do to the members. It
// writes nothing. R-LIC-14 R-LIC-16
func (d *Desk) PlanGroupLicenses(ctx context.Context, actor org.Actor, id org.GroupID, c GroupLicenses) (org.GroupChange, error) {
	var change org.GroupChange
	err := d.Store.Read(ctx, func(tx Tx) error {
		x, err := d.giving(ctx, tx, actor, id, c)
		if err != nil {
			return err
		}
		err = x.each(ctx, tx, func(_, _ []org.Person) error { return nil })
		change = x.change
		return err
	})
	return change, err
}

// giving is a change of what a group gives while it is worked out.
type giving struct {
	g      *org.Group // as it will be
	o      *org.Organization
	now    timeStamp
	change org.GroupChange
}

// giving begins such a change: it says what the group will give.
func (d *Desk) giving(ctx context.Context, tx Tx, actor org.Actor, id org.GroupID, c GroupLicenses) (*giving, error) {
	if r := org.May(actor, org.AssignLicense); r != nil {
		return nil, r
	}
	g, err := group(ctx, tx, id)
	if err != nil {
		return nil, err
	}
	if r := org.GateGroupLicenses(actor, g); r != nil && len(c.Add) > 0 {
		return nil, r
	}
	x := &giving{g: g}
	if x.o, err = tx.Organization(ctx); err != nil {
		return nil, err
	}
	if x.now, err = d.now(ctx, tx); err != nil {
		return nil, err
	}
	before := slices.Clone(g.Licenses)
	for _, sku := range c.Remove {
		g.Licenses = slices.DeleteFunc(g.Licenses, func(l org.License) bool { return l.Sku == sku })
	}
	for _, want := range c.Add {
		switch product := x.o.Products.Find(want.Sku); {
		case product == nil:
			return nil, org.Refuse(org.Invalid, "license.unknownProduct", "R-API-05", org.Arg{Name: "sku", Value: string(want.Sku)})
		case product.Company:
			return nil, org.Refuse(org.Invalid, "license.companyOnly", "R-API-05", org.Arg{Name: "sku", Value: string(want.Sku)})
		}
		given := org.License{Sku: want.Sku, Group: g.ID, DisabledPlans: want.DisabledPlans}
		if i := slices.IndexFunc(g.Licenses, func(l org.License) bool { return l.Sku == want.Sku }); i >= 0 {
			g.Licenses[i] = given
		} else {
			g.Licenses = append(g.Licenses, given)
		}
	}
	x.change = x.o.NewGroupChange(before, g)
	return x, nil
}

// portionOfGroup is how many members of a group are held in memory at a time.
const portionOfGroup = 500

// each works out how the members of the group will be and gives those who change,
// before and after, a portion at a time.
func (x *giving) each(ctx context.Context, tx Tx, f func(before, after []org.Person) error) error {
	members, err := tx.MembersOf(ctx, x.g, false)
	if err != nil {
		return err
	}
	for part := range slices.Chunk(members, portionOfGroup) {
		ids := make([]string, len(part))
		for i, m := range part {
			ids[i] = m.ID
		}
		people, err := tx.People(ctx, ids)
		if err != nil {
			return err
		}
		var before, after []org.Person
		for _, p := range people {
			if p == nil {
				continue
			}
			next := p.Clone()
			changed := x.o.Inherit(&next, x.g, true, x.now)
			x.change.Count(p, &next, x.g.ID)
			if changed {
				before, after = append(before, *p), append(after, next)
			}
		}
		if err := f(before, after); err != nil {
			return err
		}
	}
	return nil
}

func (x *giving) save(ctx context.Context, tx Tx, actor org.Actor, before, after []org.Person) error {
	return saveInherited(ctx, tx, actor, x.o, x.g, before, after, x.now)
}

// follow saves what joining (or leaving) a group does to somebody's licences.
func follow(ctx context.Context, tx Tx, actor org.Actor, o *org.Organization, g *org.Group, p *org.Person, member bool, now timeStamp) error {
	after := p.Clone()
	if !o.Inherit(&after, g, member, now) {
		return nil
	}
	return saveInherited(ctx, tx, actor, o, g, []org.Person{*p}, []org.Person{after}, now)
}

// saveInherited saves those whose licences became others by a group, with their
// rows in the trail. R-LIC-20
func saveInherited(ctx context.Context, tx Tx, actor org.Actor, o *org.Organization, g *org.Group, before, after []org.Person, now timeStamp) error {
	changes := make([]Change, 0, len(before))
	var entries []Entry
	for i := range before {
		b, a := &before[i], &after[i]
		changes = append(changes, Change{Before: *b, After: *a})
		entries = append(entries, entry(actor, ActLicense, b.Ref(), now, encode(detail{Before: stateOfPerson(b), After: stateOfPerson(a)})))
		entries = append(entries, failures(o, g, b, a, now)...)
	}
	if err := tx.Save(ctx, changes); err != nil {
		return err
	}
	return tx.Audit(ctx, entries...)
}
