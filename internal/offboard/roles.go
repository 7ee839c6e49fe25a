package offboard

import (
	"context"
	"slices"

	"leaver/internal/org"
)

// AssignRole gives a person a role; one that a departure suspended is active again. R-API-71
func (d *Desk) AssignRole(ctx context.Context, actor org.Actor, ref string, role org.RoleID) (org.Person, error) {
	return d.changeRoles(ctx, actor, ref, ActRoleAdd, func(_ *org.Organization, p *org.Person) error {
		if _, ok := org.RoleByID(role); !ok {
			return org.Refuse(org.Invalid, "role.unknown", "R-ROLE-27", org.Arg{Name: "role", Value: role})
		}
		if slices.Contains(p.Roles, role) {
			return org.Refuse(org.Conflict, "role.held", "R-API-71", org.Arg{Name: "user", Value: p.Ref()}, org.Arg{Name: "role", Value: role})
		}
		p.Roles = append(p.Roles, role)
		p.SuspendedRoles = slices.DeleteFunc(p.SuspendedRoles, func(r org.RoleID) bool { return r == role }) // no undo can give it twice
		return nil
	})
}

// RemoveRole takes a role away; the last Global Administrator keeps theirs. R-API-70 R-ROLE-21
func (d *Desk) RemoveRole(ctx context.Context, actor org.Actor, ref string, role org.RoleID) (org.Person, error) {
	return d.changeRoles(ctx, actor, ref, ActRoleRemove, func(o *org.Organization, p *org.Person) error {
		if r := GateRoleRemoval(o, p, role); r != nil {
			return r
		}
		p.Roles = slices.DeleteFunc(p.Roles, func(r org.RoleID) bool { return r == role })
		return nil
	})
}

func (d *Desk) changeRoles(ctx context.Context, actor org.Actor, ref, action string, change func(*org.Organization, *org.Person) error) (org.Person, error) {
	if r := org.May(actor, org.ManageRole); r != nil {
		return org.Person{}, r
	}
	return d.changePerson(ctx, actor, ref, action, func(_ Tx, o *org.Organization, p *org.Person, _ timeStamp) (org.Person, error) {
		after := p.Clone()
		return after, func() error { return change(o, &after) }()
	})
}

// GateRoleRemoval says why somebody can't lose a role; nil when they can.
// R-API-70 R-ROLE-21
func GateRoleRemoval(o *org.Organization, p *org.Person, role org.RoleID) *org.Refusal {
	switch {
	case !slices.Contains(p.Roles, role):
		return org.Refuse(org.NotFound, "role.notHeld", "R-API-70", org.Arg{Name: "user", Value: p.Ref()}, org.Arg{Name: "role", Value: role})
	case role == org.GlobalAdmin && p.AccountEnabled && o.GlobalAdmins <= 1:
		return org.Refuse(org.Denied, "user.lastGlobalAdmin", "R-ROLE-21", org.Arg{Name: "user", Value: p.Ref()})
	}
	return nil
}
