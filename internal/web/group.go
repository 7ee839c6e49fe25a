package web

import (
	"net/http"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// groupParts are the pages about a group, in the order shown.
func groupParts() []part {
	return []part{{"", "web.person.overview"}, {"members", "web.group.members"}, {"owners", "web.group.owners"}, {"licenses", "web.person.licenses"}}
}

func groupHref(g *org.Group, name string) string {
	if name == "" {
		return "/groups/" + string(g.ID)
	}
	return "/groups/" + string(g.ID) + "/" + name
}

// groupData is the page of one group.
type groupData struct {
	G                 *org.Group
	Size              offboard.GroupSize
	Name, Description string       // as typed
	Off               *org.Refusal // why the reader can't change it
	OffDelete         *org.Refusal // why the reader can't delete it
}

// group loads the group that the address names, or refuses.
func (v *visit) group() (*org.Group, error) {
	v.Section = "groups"
	id := org.GroupID(v.r.PathValue("id"))
	var g *org.Group
	err := v.read(func(tx offboard.Tx) (err error) {
		g, err = tx.Group(v.ctx(), id)
		return err
	})
	if err == nil && g == nil {
		err = org.Refuse(org.NotFound, "group.notFound", "R-API-05", org.Arg{Name: "group", Value: string(id)})
	}
	return g, err
}

func groupPage(v *visit) error { return v.aboutGroup(nil, http.StatusOK) }

// aboutGroup shows the page; typed is what was sent, nil at first.
func (v *visit) aboutGroup(typed *groupData, status int) error {
	g, err := v.group()
	if err != nil {
		return err
	}
	v.done("group")
	d := groupData{G: g, Name: g.DisplayName, Description: g.Description, Off: org.GateGroup(v.Actor, g), OffDelete: org.GateGroupDeletion(v.Actor, g)}
	if typed != nil {
		d.Name, d.Description = typed.Name, typed.Description
	}
	if d.Size, err = v.sizeOf(g); err != nil {
		return err
	}
	v.show(status, groupView(v, d))
	return nil
}

func (v *visit) sizeOf(g *org.Group) (offboard.GroupSize, error) {
	sizes, err := v.srv.Store.GroupSizes(v.ctx(), []org.GroupID{g.ID})
	return sizes[g.ID], err
}

// saveGroupForm gives a group another name and description, or deletes it.
func saveGroupForm(v *visit) error {
	g, err := v.group()
	if err != nil {
		return err
	}
	if v.form("do") == "remove" {
		return v.removeGroup(g)
	}
	typed := &groupData{Name: v.form("name"), Description: lines(v.form("description"))}
	_, err = v.srv.Desk.EditGroup(v.ctx(), v.Actor, g.ID, offboard.GroupEdit{Edit: func(x *org.Group) error {
		if err := v.unmoved(x.DisplayName, x.Description); err != nil {
			return err
		}
		x.DisplayName, x.Description = typed.Name, typed.Description
		return nil
	}})
	return v.settle(err, groupHref(g, ""), "group", func(status int) error { return v.aboutGroup(typed, status) })
}

// removeGroup deletes a group, once that was ticked: nothing brings it back.
// R-LIC-18 R-PERM-06
func (v *visit) removeGroup(g *org.Group) error {
	again := func(status int) error { return v.aboutGroup(nil, status) }
	if v.form("sure") != "yes" {
		v.say("critical", v.T("web.tickFirst"))
		return again(http.StatusUnprocessableEntity)
	}
	err := v.srv.Desk.DeleteGroup(v.ctx(), v.Actor, g.ID)
	return v.settle(err, "/groups", "groupDeleted", again)
}
