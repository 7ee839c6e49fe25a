package web

import (
	"net/url"
	"slices"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// pageSize is how many people a list shows at a time.
const pageSize = 50

// mostSelected is how many people a selection may hold: what the address of a
// page has room for. Larger ones come as a file.
const mostSelected = 150

// userList is the page of active users.
type userList struct {
	Box      string
	View     offboard.PeopleView
	Rows     []offboard.UserRow
	Next     string
	First    bool // this is the first page
	Count    int  // of all that match, -1 when not counted
	Selected []string
	Columns  []string // beside the name
}

// views are the ready-made choices, in the order shown.
func views() []offboard.PeopleView {
	return []offboard.PeopleView{
		offboard.Everybody, offboard.Licensed, offboard.Unlicensed, offboard.Blocked, offboard.Synced, offboard.Shared, offboard.Admins,
	}
}

// columns are those that the list can have beside the name, in the order shown.
func columns() []string {
	return []string{"jobTitle", "department", "office", "city", "created", "licenses", "state"}
}

func usersPage(v *visit) error {
	v.Section = "users"
	v.done("removed")
	asked := v.r.URL.Query()
	l := userList{Box: asked.Get("q"), View: offboard.PeopleView(asked.Get("view")), First: asked.Get("after") == "", Count: -1}
	if !slices.Contains(views(), l.View) {
		l.View = offboard.Everybody
	}
	l.Columns = []string{"department", "licenses", "state"}
	if asked.Has("cols") {
		l.Columns = slices.DeleteFunc(columns(), func(c string) bool { return !slices.Contains(asked["col"], c) })
	}
	for _, id := range asked["sel"] {
		if !slices.Contains(l.Selected, id) && len(l.Selected) < mostSelected {
			l.Selected = append(l.Selected, id)
		}
	}
	q := offboard.UserQuery{View: l.View, Box: l.Box}
	q.Select = []string{
		"displayName", "userPrincipalName", "department", "jobTitle", "officeLocation", "city", "createdDateTime", "accountEnabled", "onPremisesSyncEnabled",
		"assignedLicenses", "mailboxSettings", "roles",
	}
	q.OrderBy, q.Top, q.SkipToken = []odata.Order{{Path: "displayName"}}, pageSize, asked.Get("after")
	if l.First && l.Box == "" && l.View == offboard.Everybody {
		q.Count, q.Eventual = true, true
	}
	page, err := v.srv.Store.Users(v.ctx(), q)
	if err != nil && q.SkipToken != "" {
		return v.redirect("/users") // a page that is no more: begin anew
	}
	if err != nil {
		return err
	}
	l.Rows, l.Next = page.Rows, page.Next
	if page.Count != nil {
		l.Count = int(*page.Count)
	}
	return v.render(usersView(v, l))
}

// elsewhere are the selected people who are not on this page.
func (l *userList) elsewhere() []string {
	return slices.DeleteFunc(slices.Clone(l.Selected), func(id string) bool {
		return slices.ContainsFunc(l.Rows, func(r offboard.UserRow) bool { return string(r.ID) == id })
	})
}

func (l *userList) selected(id org.UserID) bool { return slices.Contains(l.Selected, string(id)) }

// href is the list with another view, on its first page, without what else was
// asked.
func (l *userList) href(view offboard.PeopleView) string {
	q := url.Values{}
	if view != "" {
		q.Set("view", string(view))
	}
	if l.Box != "" {
		q.Set("q", l.Box)
	}
	for _, id := range l.Selected {
		q.Add("sel", id)
	}
	if !slices.Equal(l.Columns, []string{"department", "licenses", "state"}) {
		q["cols"], q["col"] = []string{"1"}, l.Columns
	}
	if len(q) == 0 {
		return "/users"
	}
	return "/users?" + q.Encode()
}

// products are the names of what somebody holds, each once.
func (v *visit) products(licenses []org.License) []string {
	var names []string
	for _, l := range licenses {
		if name := v.Org.Products.Name(l.Sku); l.Error == "" && !slices.Contains(names, name) {
			names = append(names, name)
		}
	}
	return names
}
