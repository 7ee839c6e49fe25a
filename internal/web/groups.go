package web

import (
	"slices"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// groupList is the page of groups.
type groupList struct {
	Box   string
	View  offboard.GroupView
	Rows  []org.Group
	Sizes map[org.GroupID]offboard.GroupSize
	Next  string
	First bool
	Count int // of all groups, -1 when not counted
}

// groupViews are the ready-made choices, in the order shown.
func groupViews() []offboard.GroupView {
	return []offboard.GroupView{
		offboard.EveryGroup, offboard.UnifiedGroups, offboard.SecurityGroups, offboard.MailGroups, offboard.GivingGroups, offboard.RoleGroups,
		offboard.DynamicGroups, offboard.SyncedGroups,
	}
}

// groupListPage shows the groups by name, a page at a time. R-API-21
func groupListPage(v *visit) error {
	v.Section = "groups"
	v.done("groupDeleted")
	asked := v.r.URL.Query()
	l := groupList{Box: asked.Get("q"), View: offboard.GroupView(orText(asked.Get("show"), asked.Get("view"))), First: asked.Get("after") == "", Count: -1}
	if !slices.Contains(groupViews(), l.View) { // "all" among them
		l.View = offboard.EveryGroup
	}
	q := offboard.GroupQuery{View: l.View, Box: l.Box}
	q.OrderBy, q.Top, q.SkipToken = []odata.Order{{Path: "displayName"}}, pageSize, asked.Get("after")
	if l.First && l.Box == "" && l.View == offboard.EveryGroup {
		q.Count, q.Eventual = true, true
	}
	page, err := v.srv.Store.Groups(v.ctx(), q)
	if err != nil && q.SkipToken != "" {
		return v.redirect("/groups") // a page that is no more: begin anew
	}
	if err != nil {
		return err
	}
	l.Rows, l.Next = page.Rows, page.Next
	if page.Count != nil {
		l.Count = int(*page.Count)
	}
	ids := make([]org.GroupID, len(l.Rows))
	for i := range l.Rows {
		ids[i] = l.Rows[i].ID
	}
	if l.Sizes, err = v.srv.Store.GroupSizes(v.ctx(), ids); err != nil {
		return err
	}
	return v.render(groupListView(v, l))
}

// mayAddGroup says that the reader can make a group of some kind.
func (v *visit) mayAddGroup() bool { return v.May(org.ManageGroup) || v.May(org.ManageRole) }

// counted writes how many there are, of very many that there are more.
func (v *visit) counted(n int) string {
	if n >= offboard.CountedMembers {
		return v.T("web.group.atLeast", "count", n)
	}
	return v.Number(n)
}

// groupKind names what sort of group it is, for the reader.
func groupKind(g *org.Group) string {
	switch {
	case g.Unified:
		return "unified"
	case g.MailEnabled && g.Security:
		return "mailSecurity"
	case g.MailEnabled:
		return "mail"
	}
	return "security"
}

// ownerless says that a group has nobody who looks after it. R-DEL-14
func ownerless(g *org.Group, n offboard.GroupSize) bool { return g.Unified && n.Owners == 0 }

// standsOut says that there is something about the state of a group.
func standsOut(g *org.Group, n offboard.GroupSize) bool {
	return g.RoleAssignable || g.Rule != "" || g.Synced || ownerless(g, n)
}
