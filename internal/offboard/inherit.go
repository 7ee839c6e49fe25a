package offboard

import (
	"context"
	"fmt"
	"strings"

	"leaver/internal/org"
)

// Memberships knows which groups give licences to whom, and what is in use as an
// address.
type Memberships interface {
	// LicensingGroups are the groups with licences that a person, deleted or not,
	// is a member of.
	LicensingGroups(ctx context.Context, p *org.Person) ([]*org.Group, error)
	// AddressOwner says whose an address is: a person's, as an address or a user name,
	// active or deleted, or a group's; nil when it is nobody's.
	AddressOwner(ctx context.Context, address string) (owner *org.Ref, group bool, err error)
}

// reinherit works out anew what a person inherits: from the groups they are in
// now, and no longer from others. R-API-44
func reinherit(ctx context.Context, tx Tx, o *org.Organization, p *org.Person, now timeStamp) error {
	groups, err := tx.LicensingGroups(ctx, p)
	if err != nil {
		return err
	}
	inheritFrom(o, p, groups, now)
	return nil
}

// inheritFrom does so for the groups that give licences by now.
func inheritFrom(o *org.Organization, p *org.Person, groups []*org.Group, now timeStamp) {
	gone := map[org.GroupID]bool{}
	for _, l := range p.Licenses {
		gone[l.Group] = l.Group != ""
	}
	for _, g := range groups {
		gone[g.ID] = false
	}
	for id, is := range gone {
		if is {
			o.Inherit(p, &org.Group{ID: id}, false, now)
		}
	}
	for _, g := range groups {
		o.Inherit(p, g, true, now)
	}
}

// failures are the rows of the trail for the licences that a group could not
// give. R-LIC-20
func failures(o *org.Organization, g *org.Group, before, after *org.Person, now timeStamp) []Entry {
	was := map[org.SkuID]string{}
	for _, l := range before.Licenses {
		if l.Group == g.ID {
			was[l.Sku] = l.Error
		}
	}
	var out []Entry
	for _, l := range after.Licenses {
		if l.Group != g.ID || l.Error == "" || l.Error == was[l.Sku] {
			continue
		}
		e := entry(org.Actor{Name: "Microsoft Entra ID Group-Based Licensing", App: true}, ActLicense, after.Ref(), now, encode(map[string]any{
			"group": g.ID, "skuId": l.Sku, "product": o.Products.Name(l.Sku), "message": whyFailed(o.Failure(after, l)),
		}))
		e.Result = l.Error
		out = append(out, e)
	}
	return out
}

// whyFailed is the message of such a row, in the words that Microsoft's has. R-LIC-20
func whyFailed(r *org.Refusal) string {
	switch {
	case r == nil:
		return "License assignment failed because another product of the group could not be assigned." // R-LIC-17
	case r.Reason == "license.exclusive":
		return fmt.Sprintf("License assignment failed because service plans [%v],[%v] are mutually exclusive.", r.Args.Get("a"), r.Args.Get("b"))
	case r.Reason == "license.depends":
		needs, _ := r.Args.Get("needs").([]string)
		return fmt.Sprintf("License assignment failed because service plan [%v] depends on the service plan(s) [%s].", r.Args.Get("a"), strings.Join(needs, "],["))
	}
	return fmt.Sprintf("License assignment failed because %v does not have any available licenses.", r.Args.Get("product"))
}
