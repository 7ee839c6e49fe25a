package web

import (
	"net/http"
	"slices"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// rolesData is the page of somebody's roles.
type rolesData struct {
	P    *org.Person
	All  []roleChoice
	Off  *org.Refusal
	Self bool // a role of the reader's own would go, to be confirmed
}

// roleChoice is one role on that page.
type roleChoice struct {
	ID     org.RoleID
	Held   bool
	Ticked bool
	Off    *org.Refusal // why it can't be taken away
}

func rolesPage(v *visit) error { return v.roles(nil, false, http.StatusOK) }

// roles shows the page; ticked is what was sent, nil at first.
func (v *visit) roles(ticked []string, self bool, status int) error {
	p, err := v.subject()
	if err != nil {
		return err
	}
	v.done("roles")
	d := rolesData{P: p, Off: org.May(v.Actor, org.ManageRole), Self: self}
	for _, def := range org.RoleDefinitions() {
		c := roleChoice{ID: def.ID, Held: slices.Contains(p.Roles, def.ID)}
		if c.Held {
			c.Off = offboard.GateRoleRemoval(v.Org, p, def.ID) // R-ROLE-21
		}
		c.Ticked = c.Held
		if ticked != nil && c.Off == nil {
			c.Ticked = has(ticked, string(def.ID))
		}
		d.All = append(d.All, c)
	}
	v.show(status, rolesView(v, d))
	return nil
}

// saveRoles gives and takes the roles that were ticked otherwise than shown: all
// of it or nothing. R-API-70 R-API-71
func saveRoles(v *visit) error {
	p, err := v.subject()
	if err != nil {
		return err
	}
	ticked := append([]string{}, v.r.PostForm["role"]...)
	again := func(status int) error { return v.roles(ticked, false, status) }
	if err := v.unmoved(p.Roles); err != nil {
		return v.settle(err, "", "", func(status int) error { return v.roles(nil, false, status) })
	}
	var gone, fresh []org.RoleID
	for _, def := range org.RoleDefinitions() {
		held, wanted := slices.Contains(p.Roles, def.ID), has(ticked, string(def.ID))
		switch {
		case held && !wanted && has(v.r.PostForm["had"], string(def.ID)):
			gone = append(gone, def.ID)
		case wanted && !held:
			fresh = append(fresh, def.ID)
		}
	}
	if p.ID == v.Actor.ID && len(gone) > 0 && v.form("sure") != "yes" {
		return v.roles(ticked, true, http.StatusUnprocessableEntity)
	}
	_, err = v.srv.Desk.ChangeRoles(v.ctx(), v.Actor, string(p.ID), fresh, gone)
	return v.settle(err, "/users/"+string(p.ID)+"/roles", "roles", again)
}
