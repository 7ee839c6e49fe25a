package web

import (
	"slices"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// pageSize is how many people a list shows at a time.
const pageSize = 50

// userList is the page of active users.
type userList struct {
	Box     string
	View    offboard.PeopleView
	Rows    []offboard.UserRow
	Next    string
	First   bool // this is the first page
	Count   int  // of all that match, -1 when not counted
	Picked  *selection
	Columns []string // beside the name
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
	l := userList{Box: asked.Get("q"), View: offboard.PeopleView(orText(asked.Get("show"), asked.Get("view"))), First: asked.Get("after") == "", Count: -1}
	if !slices.Contains(views(), l.View) { // "all" among them
		l.View = offboard.Everybody
	}
	l.Columns = []string{"department", "licenses", "state"}
	if asked.Has("cols") {
		l.Columns = slices.DeleteFunc(columns(), func(c string) bool { return !slices.Contains(asked["col"], c) })
	}
	q := offboard.UserQuery{View: l.View, Box: l.Box}
	var err error
	if l.Picked, err = v.selection(asked); err != nil {
		return err
	}
	if asked.Has("everybody") && v.May(org.DeleteUser) {
		if err := v.pickAll(l.Picked, q); err != nil {
			return err
		}
	}
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

// pressed is the state of a button that is one of several.
func pressed(is bool) string {
	if is {
		return "true"
	}
	return "false"
}
