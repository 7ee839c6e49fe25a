package offboard

import (
	"cmp"
	"context"
	"encoding/json"
	"strings"
	"time"

	"leaver/internal/org"
)

// NewOrganization asks for a new, empty organization.
type NewOrganization struct {
	DisplayName   string
	Domain        string
	Practice      bool
	UsageLocation string
	Settings      org.Settings
	Products      org.Products
	Admin         org.User // the first Global Administrator, R-ROLE-23
	Password      string
}

// Init makes a new organization with its first Global Administrator. R-ROLE-23
func (d *Desk) Init(ctx context.Context, n NewOrganization) (*org.Organization, error) {
	if err := d.Strong(n.Password, n.Admin.UPN); err != nil {
		return nil, err
	}
	hash, err := d.HashPassword(n.Password)
	if err != nil {
		return nil, err
	}
	o := &org.Organization{
		ID: d.NewID(), DisplayName: strings.TrimSpace(n.DisplayName), Domains: []string{strings.ToLower(n.Domain)}, Practice: n.Practice,
		UsageLocation: n.UsageLocation, Settings: n.Settings,
	}
	if r := o.CheckName(); r != nil {
		return nil, r
	}
	if !org.IsDomain(n.Domain) {
		return nil, org.Refuse(org.Invalid, "organization.badDomain", "", org.Arg{Name: "domain", Value: n.Domain}).On("domain")
	}
	admin := org.Person{User: n.Admin, Roles: []org.RoleID{org.GlobalAdmin}}
	admin.ID, admin.PasswordHash, admin.AccountEnabled, admin.UserType = org.UserID(d.NewID()), hash, true, "Member"
	admin.MailNickname, _, _ = strings.Cut(admin.UPN, "@")
	system := org.Actor{Name: "init", System: true}
	if r := o.CheckNew(system, &admin); r != nil {
		return nil, r
	}
	err = d.Store.Change(ctx, func(tx Tx) error {
		if _, err := tx.Organization(ctx); err == nil {
			return org.Refuse(org.Conflict, "organization.exists", "")
		}
		now := d.Now().UTC().Truncate(time.Second)
		p := admin
		p.Created, p.SessionsValidFrom = now, now
		if err := tx.SaveOrganization(ctx, o); err != nil {
			return err
		}
		if err := tx.SaveProducts(ctx, n.Products); err != nil {
			return err
		}
		if err := tx.Save(ctx, []Change{{After: p}}); err != nil {
			return err
		}
		return tx.Audit(ctx, entry(system, ActInit, org.Ref{ID: o.ID, Name: o.DisplayName}, now, ""))
	})
	return o, err
}

// Organization gives the organization with its clock's time.
func (d *Desk) Organization(ctx context.Context) (*org.Organization, time.Time, error) {
	var o *org.Organization
	var now time.Time
	err := d.Store.Read(ctx, func(tx Tx) (err error) {
		if o, err = tx.Organization(ctx); err != nil {
			return err
		}
		now, err = d.now(ctx, tx)
		return err
	})
	return o, now, err
}

// ChangeOrganization changes name and settings: change edits a copy. The drive
// retention is a SharePoint administrator's, the rest a Global Administrator's.
// R-API-64 R-OD-02
func (d *Desk) ChangeOrganization(ctx context.Context, actor org.Actor, change func(*org.Organization) error) (*org.Organization, error) {
	var after *org.Organization
	err := d.Store.Change(ctx, func(tx Tx) error {
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		next := *o
		after = &next
		if err := change(after); err != nil {
			return err
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		after.Settings.Retain(o.Settings, now)
		op := org.ManageSettings
		if o.DisplayName == after.DisplayName && o.Settings.OnlyDrives(after.Settings) {
			op = org.ManageDriveRules
		}
		if r := org.May(actor, op); r != nil {
			return r
		}
		if r := cmp.Or(after.Settings.Check(), after.CheckName()); r != nil {
			return r
		}
		if err := tx.SaveOrganization(ctx, after); err != nil {
			return err
		}
		det, err := json.Marshal(map[string]org.Settings{"before": o.Settings, "after": after.Settings})
		if err != nil {
			return err
		}
		return tx.Audit(ctx, entry(actor, ActSettings, org.Ref{ID: o.ID, Name: after.DisplayName}, now, string(det)))
	})
	return after, err
}

// AdvanceClock moves a practice organization's clock forward, and does what is
// due by then.
func (d *Desk) AdvanceClock(ctx context.Context, actor org.Actor, by time.Duration) (time.Time, Swept, error) {
	var now time.Time
	err := d.Store.Change(ctx, func(tx Tx) error {
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		switch r := org.May(actor, org.AdvanceClock); {
		case !o.Practice:
			return org.Refuse(org.NotFound, "clock.notPractice", "")
		case r != nil:
			return r
		case by <= 0 || by > 20*365*org.Day:
			return org.Refuse(org.Invalid, "clock.badStep", "").On("by")
		}
		offset, err := tx.Clock(ctx)
		if err != nil {
			return err
		}
		if err := tx.SetClock(ctx, offset+by); err != nil {
			return err
		}
		if now, err = d.now(ctx, tx); err != nil {
			return err
		}
		return tx.Audit(ctx, entry(actor, ActClock, org.Ref{ID: o.ID, Name: o.DisplayName}, now, encode(map[string]string{"by": by.String()})))
	})
	if err != nil {
		return now, Swept{}, err
	}
	swept, err := d.Sweep(ctx, nil)
	return now, swept, err
}
