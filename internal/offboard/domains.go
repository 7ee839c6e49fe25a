package offboard

import (
	"context"
	"slices"
	"strings"

	"leaver/internal/org"
)

// AddDomain lets user names and addresses be in another domain.
func (d *Desk) AddDomain(ctx context.Context, actor org.Actor, name string) error {
	name = strings.ToLower(strings.TrimSpace(name))
	return d.changeDomains(ctx, actor, func(_ Tx, o *org.Organization) error {
		switch {
		case !org.IsDomain(name):
			return org.Refuse(org.Invalid, "organization.badDomain", "", org.Arg{Name: "domain", Value: name}).On("domain")
		case o.HasDomain(name):
			return org.Refuse(org.Conflict, "domain.known", "", org.Arg{Name: "domain", Value: name}).On("domain")
		}
		o.Domains = append(slices.Clone(o.Domains), name)
		return nil
	})
}

// MakeDefaultDomain makes a domain the one that new user names get unless
// another is chosen.
func (d *Desk) MakeDefaultDomain(ctx context.Context, actor org.Actor, name string) error {
	return d.changeDomains(ctx, actor, func(_ Tx, o *org.Organization) error {
		rest, err := without(o.Domains, name)
		o.Domains = append([]string{strings.ToLower(strings.TrimSpace(name))}, rest...)
		return err
	})
}

// RemoveDomain takes a domain away that is not the default one and that nobody
// has a name or an address in: people in Deleted users come back with theirs.
func (d *Desk) RemoveDomain(ctx context.Context, actor org.Actor, name string) error {
	return d.changeDomains(ctx, actor, func(tx Tx, o *org.Organization) error {
		rest, err := without(o.Domains, name)
		switch {
		case err != nil:
			return err
		case strings.EqualFold(o.Domains[0], strings.TrimSpace(name)):
			return org.Refuse(org.Conflict, "domain.default", "", org.Arg{Name: "domain", Value: o.Domains[0]})
		}
		n, err := tx.DomainUsers(ctx, strings.ToLower(strings.TrimSpace(name)))
		if err != nil {
			return err
		}
		if n > 0 {
			return org.Refuse(org.Conflict, "domain.used", "R-API-10", org.Arg{Name: "domain", Value: strings.TrimSpace(name)}, org.Arg{Name: "count", Value: n})
		}
		o.Domains = rest
		return nil
	})
}

// without is a list of domains without one of them, which has to be in it.
func without(domains []string, name string) ([]string, error) {
	i := slices.IndexFunc(domains, func(x string) bool { return strings.EqualFold(x, strings.TrimSpace(name)) })
	if i < 0 {
		return domains, org.Refuse(org.NotFound, "domain.unknown", "", org.Arg{Name: "domain", Value: name})
	}
	return slices.Delete(slices.Clone(domains), i, i+1), nil
}

func (d *Desk) changeDomains(ctx context.Context, actor org.Actor, change func(Tx, *org.Organization) error) error {
	return d.Store.Change(ctx, func(tx Tx) error {
		if r := org.May(actor, org.ManageSettings); r != nil {
			return r
		}
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		before := o.Domains
		if err := change(tx, o); err != nil {
			return err
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		if err := tx.SaveOrganization(ctx, o); err != nil {
			return err
		}
		return tx.Audit(ctx, entry(actor, ActDomains, org.Ref{ID: o.ID, Name: o.DisplayName}, now,
			encode(map[string][]string{"before": before, "after": o.Domains})))
	})
}
