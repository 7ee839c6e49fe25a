package offboard

import (
	"context"
	"strings"

	"leaver/internal/org"
)

// NewUser asks for a new account. R-API-10 R-NE-02
type NewUser struct {
	User       org.User
	Password   string // empty with Generate: one is invented
	Generate   bool
	MustChange bool
	Licenses   []string // SKU ids or part numbers
	// BuySeats buys a seat of each product that has none free, in the same step. R-LIC-34
	BuySeats bool
	Manager  string // UPN or id
}

// Added is a new account.
type Added struct {
	Person   org.Person
	Password string // the one invented, to be shown once
	Bought   []org.Subscription
}

// CreateUser adds an account with its licences, and with seats bought for them
// when asked: all of it or nothing. R-API-10 R-LIC-33 R-LIC-34 R-NE-01
func (d *Desk) CreateUser(ctx context.Context, actor org.Actor, n NewUser) (Added, error) {
	var out Added
	if r := org.May(actor, org.CreateUser); r != nil {
		return out, r
	}
	if n.Generate {
		n.Password = d.NewPassword()
	} else if err := d.Strong(n.Password, n.User.UPN); err != nil {
		return out, err
	}
	hash, err := d.HashPassword(n.Password)
	if err != nil {
		return out, err
	}
	id := org.UserID(d.NewID())
	err = d.Store.Change(ctx, func(tx Tx) error {
		out = Added{Person: org.Person{User: n.User}}
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		p := &out.Person
		p.ID, p.Created, p.SessionsValidFrom, p.PasswordHash, p.MustChangePassword = id, now, now, hash, n.MustChange
		if p.UserType == "" {
			p.UserType = "Member"
		}
		if p.MailNickname == "" {
			p.MailNickname, _, _ = strings.Cut(p.UPN, "@")
		}
		if r := o.CheckNew(actor, p); r != nil {
			return r
		}
		if err := notOfGroup(ctx, tx, p.UPN); err != nil {
			return err
		}
		if err := setManager(ctx, tx, p, n.Manager); err != nil {
			return err
		}
		if p.Mail != "" {
			p.Addresses = []org.Address{{Value: p.Mail, Primary: true}}
		}
		if out.Bought, err = d.license(ctx, tx, actor, o, p, n, now); err != nil {
			return err
		}
		changes := []Change{{After: *p}}
		if err := tx.Save(ctx, changes); err != nil {
			return err
		}
		*p = changes[0].After
		return tx.Audit(ctx, entry(actor, ActAddUser, p.Ref(), now, encode(map[string]any{"after": stateOfPerson(p)})))
	})
	if n.Generate && err == nil {
		out.Password = n.Password
	}
	return out, err
}

func setManager(ctx context.Context, tx Tx, p *org.Person, ref string) error {
	if ref == "" {
		p.ManagerID = ""
		return nil
	}
	m, err := active(ctx, tx, ref)
	if err != nil {
		return err
	}
	if m.ID == p.ID {
		return org.Refuse(org.Invalid, "manager.self", "R-API-20").On("manager")
	}
	p.ManagerID = m.ID
	return nil
}

// license gives a new account its licences, buying seats where none is free.
func (d *Desk) license(ctx context.Context, tx Tx, actor org.Actor, o *org.Organization, p *org.Person, n NewUser, now timeStamp) ([]org.Subscription, error) {
	if len(n.Licenses) == 0 {
		return nil, nil
	}
	if r := org.May(actor, org.AssignLicense); r != nil {
		return nil, r
	}
	if p.UsageLocation == "" {
		p.UsageLocation = o.UsageLocation
	}
	var bought []org.Subscription
	var want []org.LicenseRequest
	for _, name := range n.Licenses {
		sku, err := findSku(o, name)
		if err != nil {
			return nil, err
		}
		if n.BuySeats && o.FreeSeats(sku) < 1 {
			s, err := d.buySeat(ctx, tx, actor, o, sku, now)
			if err != nil {
				return nil, err
			}
			bought = append(bought, s)
		}
		want = append(want, org.LicenseRequest{Sku: sku})
	}
	after, err := o.Assign(*p, want, nil, now)
	if err != nil {
		return nil, err
	}
	*p = after
	return bought, nil
}

func findSku(o *org.Organization, name string) (org.SkuID, error) {
	for _, p := range o.Products {
		if strings.EqualFold(string(p.Sku), name) || strings.EqualFold(p.PartNumber, name) || strings.EqualFold(p.DisplayName, name) {
			return p.Sku, nil
		}
	}
	return "", org.Refuse(org.Invalid, "license.unknownProduct", "R-API-05", org.Arg{Name: "sku", Value: name})
}

func (d *Desk) buySeat(ctx context.Context, tx Tx, actor org.Actor, o *org.Organization, sku org.SkuID, now timeStamp) (org.Subscription, error) {
	var refusal error = org.Refuse(org.Conflict, "license.noSeats", "R-LIC-34", org.Arg{Name: "product", Value: o.Products.Name(sku)}, org.Arg{Name: "sku", Value: string(sku)})
	if r := org.May(actor, org.SetQuantity); r != nil {
		return org.Subscription{}, r // R-ROLE-06
	}
	for i := range o.Subscriptions {
		s := &o.Subscriptions[i]
		if s.Sku != sku {
			continue
		}
		after, err := org.ChangeQuantity(*s, s.Total+1, org.Now, now)
		if err != nil {
			refusal = err
			continue
		}
		*s = after
		if err := tx.SaveSubscription(ctx, after, now); err != nil {
			return after, err
		}
		return after, tx.Audit(ctx, entry(actor, ActQuantity, org.Ref{ID: string(s.ID), Name: s.DisplayName}, now, encode(map[string]int{"before": s.Total - 1, "after": s.Total})))
	}
	return org.Subscription{}, refusal
}

// UpdateUser changes an account: change edits a copy, and what differs decides
// who may do it. It gives the account as it is afterwards. R-API-17
func (d *Desk) UpdateUser(ctx context.Context, actor org.Actor, ref string, change func(p *org.Person) error) (org.Person, error) {
	return d.EditUser(ctx, actor, ref, UserEdit{Edit: change})
}

// primary makes an address the person's primary one.
func primary(p *org.Person, address string) {
	found := false
	for i := range p.Addresses {
		p.Addresses[i].Primary = strings.EqualFold(p.Addresses[i].Value, address)
		found = found || p.Addresses[i].Primary
	}
	if !found {
		p.Addresses = append([]org.Address{{Value: address, Primary: true}}, p.Addresses...)
	}
}

// SetPassword gives an account another password and ends its sessions. An empty
// password invents one, which is returned. R-ROLE-17
func (d *Desk) SetPassword(ctx context.Context, actor org.Actor, ref, password string, mustChange bool) (string, error) {
	invented := ""
	if password == "" {
		invented = d.NewPassword()
		password = invented
	}
	hash, err := d.HashPassword(password)
	if err != nil {
		return "", err
	}
	_, err = d.changePerson(ctx, actor, ref, ActPassword, func(_ Tx, _ *org.Organization, p *org.Person, now timeStamp) (org.Person, error) {
		after := p.Clone()
		if r := GateReset(actor, p, org.ResetPassword); r != nil {
			return after, r
		}
		if invented == "" {
			if err := d.Strong(password, p.UPN); err != nil {
				return after, err
			}
		}
		after.PasswordHash, after.MustChangePassword = hash, mustChange
		passwordChanged(&after, now)
		return after, nil
	})
	return invented, err
}

// passwordChanged ends what the password before had begun, and forgets the one
// that a departure took away.
func passwordChanged(p *org.Person, now timeStamp) {
	p.ParkedPasswordHash = ""
	p.SessionEpoch++
	p.SessionsValidFrom = now
}

// GateReset says why the actor can't reset a password or end sessions; nil when
// they can. One's own are one's own, those of others follow the matrix.
// R-ROLE-17 R-ROLE-18
func GateReset(actor org.Actor, p *org.Person, op org.Operation) *org.Refusal {
	if actor.ID == p.ID && !actor.App {
		return nil
	}
	if r := org.May(actor, op); r != nil {
		return r
	}
	if !actor.System && !org.MayReset(actor.Roles, p) {
		return org.Refuse(org.Denied, "user.outranks", "R-ROLE-17", org.Arg{Name: "user", Value: p.Ref()}, org.Arg{Name: "roles", Value: p.Roles})
	}
	return nil
}

// RevokeSessions ends every session and token of an account at once. R-API-22
func (d *Desk) RevokeSessions(ctx context.Context, actor org.Actor, ref string) error {
	_, err := d.changePerson(ctx, actor, ref, ActRevoke, func(_ Tx, _ *org.Organization, p *org.Person, now timeStamp) (org.Person, error) {
		after := p.Clone()
		if r := GateReset(actor, p, org.RevokeSessions); r != nil {
			return after, r
		}
		after.SessionEpoch++
		after.SessionsValidFrom = now
		return after, nil
	})
	return err
}

// SetManager sets or (manager empty) clears the manager of an account. R-API-20
func (d *Desk) SetManager(ctx context.Context, actor org.Actor, ref, manager string) error {
	_, err := d.changePerson(ctx, actor, ref, ActManager, func(tx Tx, o *org.Organization, p *org.Person, _ timeStamp) (org.Person, error) {
		after := p.Clone()
		if err := setManager(ctx, tx, &after, manager); err != nil {
			return after, err
		}
		if r := o.CheckUpdate(actor, p, &after); r != nil {
			return after, r
		}
		return after, nil
	})
	return err
}
