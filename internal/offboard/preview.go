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
	err := d.Store.Read(ctx, func(tx Tx) error {
		out, faults = Imported{}, nil
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		if faults = d.takeIn(o, people, &out); len(faults) > 0 {
			return nil
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		for part := range slices.Chunk(people, 500) {
			if err := d.count(ctx, tx, o, part, &out, now); err != nil {
				return err
			}
		}
		return nil
	})
	return out, faults, err
}

// takeIn adds the domains and products of the file to a copy of the organization
// and checks every row against it.
func (d *Desk) takeIn(o *org.Organization, people []ImportRow, out *Imported) []ImportFault {
	var faults []ImportFault
	for i := range people {
		n := &people[i]
		if _, domain, ok := strings.Cut(n.User.UPN, "@"); ok && !o.HasDomain(domain) {
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

func (d *Desk) count(ctx context.Context, tx Tx, o *org.Organization, part []ImportRow, out *Imported, now timeStamp) error {
	refs := make([]string, len(part))
	for i := range part {
		refs[i] = part[i].User.UPN
	}
	there, err := tx.People(ctx, refs)
	if err != nil {
		return err
	}
	for i := range part {
		c := d.newcomer(o, &part[i], there[i], nil, now)
		switch {
		case there[i] == nil:
			out.Created++
		case org.Same(c.Before, c.After):
			out.Unchanged++
			continue
		default:
			out.Updated++
		}
		out.Licenses += len(c.After.Licenses) - len(c.Before.Licenses)
	}
	return nil
}
