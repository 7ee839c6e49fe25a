package web

import (
	"net/http"

	"leaver/internal/org"
)

// newGroup is the form of a new group.
type newGroup struct {
	Kind                        string // security or unified
	Name, Description, Nickname string
	Roles                       bool
	Owner                       choosing
	OffRoles                    *org.Refusal // why the reader can't make one that can hold roles
}

func newGroupPage(v *visit) error {
	if r := org.May(v.Actor, org.ManageGroup); r != nil && !v.mayAddGroup() {
		return r
	}
	return v.newGroup(newGroup{Kind: "unified", Owner: choosing{Text: v.Person.UPN}}, http.StatusOK)
}

func (v *visit) newGroup(f newGroup, status int) error {
	v.Section = "groups"
	f.OffRoles = org.May(v.Actor, org.ManageRole)
	v.show(status, newGroupView(v, f))
	return nil
}

// addGroup makes a security group or a Microsoft 365 group, with its first owner.
func addGroup(v *visit) error {
	f := newGroup{
		Kind: oneOf(v.form("kind"), "security", "unified"), Name: v.form("name"), Description: lines(v.form("description")), Nickname: v.form("nickname"),
		Roles: v.form("roles") == "yes",
	}
	g := org.Group{DisplayName: f.Name, Description: f.Description, MailNickname: f.Nickname, RoleAssignable: f.Roles}
	g.Unified, g.MailEnabled, g.Security = f.Kind == "unified", f.Kind == "unified", f.Kind == "security" || f.Roles
	if r := org.CheckNewGroup(v.Actor, &g); r != nil && r.Kind == org.Denied {
		return r
	}
	var err error
	if f.Owner, err = v.chosen("owner", ""); err != nil {
		return err
	}
	var owners []string
	switch {
	case f.Owner.Text == "":
		f.Owner.Asked = false
	case f.Owner.Asked:
		return v.newGroup(f, http.StatusUnprocessableEntity)
	default:
		owners = []string{f.Owner.Text}
	}
	again := func(status int) error { return v.newGroup(f, status) }
	made, err := v.srv.Desk.CreateGroup(v.ctx(), v.Actor, g, owners, nil)
	if err != nil {
		return v.settle(err, "", "", again)
	}
	return v.settle(nil, groupHref(made, "members"), "groupNew", again)
}
