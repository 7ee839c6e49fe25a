package offboard

import (
	"context"
	"slices"

	"leaver/internal/org"
)

// AssignRole gives a person a role; one that a departure suspended is active again. R-API-71
func (d *Desk) AssignRole(ctx context.Context, actor org.Actor, ref string, role org.RoleID) (org.Person, error) {
	return d.ChangeRoles(ctx, actor, ref, []org.RoleID{role}, nil)
}

// RemoveRole takes a role away; the last Global Administrator keeps theirs. R-API-70 R-ROLE-21
func (d *Desk) RemoveRole(ctx context.Context, actor org.Actor, ref string, role org.RoleID) (org.Person, error) {
	return d.ChangeRoles(ctx, actor, ref, nil, []org.RoleID{role})
}

// ChangeRoles gives a person roles and takes others away: all of it or nothing,
// with a row in the trail for each. R-API-70 R-API-71
func (d *Desk) ChangeRoles(ctx context.Context, actor org.Actor, ref string, add, remove []org.RoleID) (org.Person, error) {
	if r := org.May(actor, org.ManageRole); r != nil {
		return org.Person{}, r
	}
	steps := make([]step, 0, len(add)+len(remove))
	for _, role := range add {
		steps = append(steps, step{ActRoleAdd, func(_ Tx, _ *org.Organization, p *org.Person, _ timeStamp) (org.Person, error) {
			return giveRole(p, role)
		}})
	}
	for _, role := range remove {
		steps = append(steps, step{ActRoleRemove, func(_ Tx, o *org.Organization, p *org.Person, _ timeStamp) (org.Person, error) {
			after := p.Clone()
			if r := GateRoleRemoval(o, p, role); r != nil {
				return after, r
			}
			after.Roles = slices.DeleteFunc(after.Roles, func(r org.RoleID) bool { return r == role })
			return after, nil
		}})
	}
	return d.change(ctx, actor, ref, active, steps...)
}

func giveRole(p *org.Person, role org.RoleID) (org.Person, error) {
	after := p.Clone()
	if _, ok := org.RoleByID(role); !ok {
		return after, org.Refuse(org.Invalid, "role.unknown", "R-ROLE-27", org.Arg{Name: "role", Value: string(role)}).On("roleDefinitionId")
	}
	if slices.Contains(p.Roles, role) {
		return after, org.Refuse(org.Conflict, "role.held", "R-API-71", org.Arg{Name: "user", Value: p.Ref()}, org.Arg{Name: "role", Value: role})
	}
	after.Roles = append(after.Roles, role)
	after.SuspendedRoles = slices.DeleteFunc(after.SuspendedRoles, func(r org.RoleID) bool { return r == role }) // no undo can give it twice
	return after, nil
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
