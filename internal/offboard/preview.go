package offboard

import (
	"context"
	"slices"
	"strings"

	"leaver/internal/org"
)

// ImportFault is a row of an import that can't be taken.
type ImportFault struct {
	Index   int // of the row
	Refusal *org.Refusal
}

// Preview says what an import would do, and every row that stands in its way.
// It writes nothing.
func (d *Desk) Preview(ctx context.Context, actor org.Actor, people []ImportRow) (Imported, []ImportFault, error) {
	if r := org.May(actor, org.ImportPeople); r != nil {
		return Imported{}, nil, r
	}
	var out Imported
	var faults []ImportFault
	weak := d.weak(people)
	err := d.Store.Read(ctx, func(tx Tx) error {
		out, faults = Imported{}, nil
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		if faults = d.takeIn(o, actor, people, &out); len(faults) > 0 {
			return nil
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		look := preview{d: d, tx: tx, o: o, actor: actor, now: now, out: &out, given: map[string]int{}, need: map[org.SkuID]int{}}
		for part := range slices.Chunk(people, 500) {
			if err := look.at(ctx, part); err != nil {
				return err
			}
		}
		if faults = look.faults; len(faults)+len(weak) > 0 {
			return nil
		}
		_, err = d.purchases(actor, o, look.need, now)
		return err
	})
	faults = append(faults, weak...)
	slices.SortStableFunc(faults, func(x, y ImportFault) int { return x.Index - y.Index })
	return out, faults, err
}

// weak are the rows whose password the account may not have. R-API-17
func (d *Desk) weak(people []ImportRow) (faults []ImportFault) {
	for i := range people {
		if r := org.RefusalOf(d.checkRow(&people[i])); r != nil {
			faults = append(faults, ImportFault{i, r})
		}
	}
	return faults
}

// takeIn adds the domains and products of the file to a copy of the organization
// and checks every row against it. A new domain is for those who may add one. R-ROLE-22
func (d *Desk) takeIn(o *org.Organization, actor org.Actor, people []ImportRow, out *Imported) []ImportFault {
	var faults []ImportFault
	for i := range people {
		n := &people[i]
		if _, domain, ok := strings.Cut(n.User.UPN, "@"); ok && !o.HasDomain(domain) {
			if r := org.May(actor, org.ManageSettings); r != nil {
				faults = append(faults, ImportFault{i, r.On("userPrincipalName")})
				continue
			}
			o.Domains = append(o.Domains, strings.ToLower(domain))
			out.Domains = append(out.Domains, strings.ToLower(domain))
		}
		if r := o.CheckNew(org.Actor{System: true}, &org.Person{User: n.User}); r != nil {
			faults = append(faults, ImportFault{i, r})
			continue
		}
		for _, name := range n.Licenses {
			if product, isNew := d.product(o, name); isNew {
				o.Products = append(o.Products, product)
				out.Products = append(out.Products, product.DisplayName)
			}
		}
	}
	return faults
}

// checkRow refuses a password that the account may not have; without one there is
// nothing to refuse.
func (d *Desk) checkRow(n *ImportRow) error {
	if n.Password == "" {
		return nil
	}
	return d.Strong(n.Password, n.User.UPN)
}

// preview goes through the rows of an import, a portion at a time.
type preview struct {
	d      *Desk
	tx     Tx
	o      *org.Organization
	actor  org.Actor
	now    timeStamp
	out    *Imported
	seen   int            // rows before this portion
	given  map[string]int // the row that brings an address
	need   map[org.SkuID]int
	faults []ImportFault
}

func (v *preview) at(ctx context.Context, part []ImportRow) error {
	refs := make([]string, len(part))
	for i := range part {
		refs[i] = part[i].User.UPN
	}
	there, err := v.tx.People(ctx, refs)
	if err != nil {
		return err
	}
	changes := make([]Change, len(part))
	for i := range part {
		c := v.d.newcomer(v.o, &part[i], there[i], nil, v.now)
		changes[i] = c
		switch {
		case there[i] == nil:
			v.out.Created++
		case org.Same(c.Before, c.After):
			v.out.Unchanged++
		default:
			v.out.Updated++
			v.update(v.seen+i, &part[i], &c)
		}
		for _, sku := range c.After.Seats() {
			if !slices.Contains(c.Before.Seats(), sku) {
				v.need[sku]++
			}
		}
		v.out.Licenses += len(c.After.Licenses) - len(c.Before.Licenses)
	}
	err = v.addresses(ctx, changes)
	v.seen += len(part)
	return err
}

// update refuses a row that changes what the actor may not change of somebody.
// Of a synchronised account only a file that says where it comes from changes
// the profile: that is an export of a real organization, to rehearse with.
// R-ROLE-13 R-AD-08
func (v *preview) update(row int, n *ImportRow, c *Change) {
	profile := c.Before.Clone()
	profile.User, profile.Mail = c.After.User, c.Before.Mail
	if org.Same(c.Before, profile) || c.Before.Synced && n.User.Synced {
		return
	}
	if r := v.o.CheckUpdate(v.actor, &c.Before, &profile); r != nil {
		v.faults = append(v.faults, ImportFault{row, r})
	}
}

// addresses refuses rows that bring an address of somebody else, of another row,
// or of somebody in Deleted users. R-MBX-32 R-SM-09
func (v *preview) addresses(ctx context.Context, changes []Change) error {
	w, err := brings(ctx, v.tx, changes)
	if err != nil {
		return err
	}
	var owners []string
	for _, owner := range w.Taken {
		owners = append(owners, owner.ID)
	}
	slices.Sort(owners)
	owners = slices.Compact(owners)
	people, err := v.tx.People(ctx, owners)
	if err != nil {
		return err
	}
	for i := range changes {
		p := &changes[i].After
		if r := nameOfGroup(&w, &changes[i]); r != nil {
			v.faults = append(v.faults, ImportFault{v.seen + i, r})
			continue
		}
		for _, a := range p.Addresses {
			key := strings.ToLower(a.Value)
			args := []org.Arg{{Name: "address", Value: a.Value}}
			if first, twice := v.given[key]; twice && first != v.seen+i {
				v.faults = append(v.faults, ImportFault{v.seen + i, org.Refuse(org.Conflict, "address.taken", "R-MBX-32", args...).On("proxyAddresses")})
				break
			}
			v.given[key] = v.seen + i
			owner, taken := w.Taken[key]
			if !taken || owner.ID == string(p.ID) {
				continue
			}
			v.faults = append(v.faults, ImportFault{v.seen + i, takenFrom(people[slices.Index(owners, owner.ID)], owner, args).On("proxyAddresses")})
			break
		}
	}
	return nil
}

// brings says who has the names and addresses that people come with.
func brings(ctx context.Context, tx Tx, changes []Change) (org.World, error) {
	var all org.Person
	for i := range changes {
		all.Addresses = append(append(all.Addresses, org.Address{Value: changes[i].After.UPN}), changes[i].After.Addresses...)
	}
	return tx.World(ctx, &all, &all, all.Addresses[0].Value)
}

// nameOfGroup refuses somebody new whose user name is the address of a group. R-MBX-32
func nameOfGroup(w *org.World, c *Change) *org.Refusal {
	key := strings.ToLower(c.After.UPN)
	if c.Before.Key != 0 || !w.Groups[key] {
		return nil
	}
	return takenFrom(nil, w.Taken[key], []org.Arg{{Name: "address", Value: c.After.UPN}}).On("userPrincipalName")
}

// ofGroup refuses what a group took while the file was looked at. R-MBX-32
func ofGroup(w *org.World, c *Change) *org.Refusal {
	if r := nameOfGroup(w, c); r != nil {
		return r
	}
	for _, a := range c.After.Addresses {
		if key := strings.ToLower(a.Value); w.Groups[key] {
			return takenFrom(nil, w.Taken[key], []org.Arg{{Name: "address", Value: a.Value}}).On("proxyAddresses")
		}
	}
	return nil
}

// takenFrom refuses an address of somebody else, or of a group when other is nil. R-MBX-32
func takenFrom(other *org.Person, owner org.Ref, args []org.Arg) *org.Refusal {
	args = append(args, org.Arg{Name: "owner", Value: owner})
	if other == nil || other.Active() {
		return org.Refuse(org.Conflict, "address.taken", "R-MBX-32", args...)
	}
	return org.Refuse(org.Conflict, "address.reserved", "R-SM-09", append(args, org.Arg{Name: "date", Value: other.Deleted.Add(org.MailboxRetention)})...)
}
