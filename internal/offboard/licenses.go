package offboard

import (
	"context"
	"slices"

	"leaver/internal/org"
)

// LicenseChange is what a person gets and loses, and where they will use it.
type LicenseChange struct {
	Add    []org.LicenseRequest
	Remove []org.SkuID
	// Location is the country of use of somebody who has none yet. R-LIC-13
	Location string
}

// AssignLicenses adds and removes direct licences of one person: all or nothing.
// R-API-41
func (d *Desk) AssignLicenses(ctx context.Context, actor org.Actor, ref string, add []org.LicenseRequest, remove []org.SkuID) (org.Person, error) {
	return d.ChangeLicenses(ctx, actor, ref, LicenseChange{Add: add, Remove: remove})
}

// ChangeLicenses does so for somebody who may have no country of use yet: that is
// set with their first licence, or not at all. R-API-41 R-LIC-13
func (d *Desk) ChangeLicenses(ctx context.Context, actor org.Actor, ref string, c LicenseChange) (org.Person, error) {
	if r := org.May(actor, org.AssignLicense); r != nil {
		return org.Person{}, r
	}
	assign := step{ActLicense, func(_ Tx, o *org.Organization, p *org.Person, now timeStamp) (org.Person, error) {
		return o.Assign(*p, c.Add, c.Remove, now)
	}}
	if c.Location == "" {
		return d.change(ctx, actor, ref, active, assign)
	}
	return d.change(ctx, actor, ref, active, step{ActUpdateUser, func(_ Tx, o *org.Organization, p *org.Person, _ timeStamp) (org.Person, error) {
		after := p.Clone()
		if after.UsageLocation != "" {
			return after, nil
		}
		after.UsageLocation = c.Location
		if r := o.CheckUpdate(actor, p, &after); r != nil {
			return after, r
		}
		return after, nil
	}}, assign)
}

// ReprocessLicenses works out anew what a person inherits. R-API-44
func (d *Desk) ReprocessLicenses(ctx context.Context, actor org.Actor, ref string) (org.Person, error) {
	if r := org.May(actor, org.AssignLicense); r != nil {
		return org.Person{}, r
	}
	return d.changePerson(ctx, actor, ref, ActLicense, func(tx Tx, o *org.Organization, p *org.Person, now timeStamp) (org.Person, error) {
		after := p.Clone()
		return after, reinherit(ctx, tx, o, &after, now)
	})
}

// SetQuantity asks for a new total number of seats, now or at the renewal. R-SM-12
func (d *Desk) SetQuantity(ctx context.Context, actor org.Actor, id org.SubscriptionID, total int, when org.When) (org.Subscription, error) {
	var out org.Subscription
	err := d.Store.Change(ctx, func(tx Tx) error {
		if r := org.May(actor, org.SetQuantity); r != nil {
			return r
		}
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		i := slices.IndexFunc(o.Subscriptions, func(s org.Subscription) bool {
			return s.ID == id || s.SkuPartNumber == string(id) || string(s.Sku) == string(id)
		})
		if i < 0 {
			return org.Refuse(org.NotFound, "subscription.notFound", "", org.Arg{Name: "id", Value: string(id)})
		}
		before := o.Subscriptions[i]
		if r := before.SeenBy(actor); r != nil {
			return r
		}
		if out, err = org.ChangeQuantity(before, total, when, now); err != nil {
			return err
		}
		if err := tx.SaveSubscription(ctx, out, now); err != nil {
			return err
		}
		return tx.Audit(ctx, entry(actor, ActQuantity, org.Ref{ID: string(out.ID), Name: out.DisplayName}, now,
			encode(map[string]any{"before": before.Total, "after": out.Total, "scheduled": out.Scheduled})))
	})
	return out, err
}
