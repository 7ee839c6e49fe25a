package web

import (
	"strconv"
	"strings"
	"unicode/utf8"

	"leaver/internal/org"
)

// menuGroup is a part of the menu.
type menuGroup struct {
	Label string
	Items []menuItem
}

type menuItem struct {
	Section, Href, Label, Icon string
	op                         org.Operation
}

// menu is what the reader's roles may do; the server refuses the rest.
func (v *visit) menu() []menuGroup {
	if !v.Admin() {
		return []menuGroup{{Items: []menuItem{{Section: "account", Href: "/account", Label: "web.menu.account", Icon: "person"}}}}
	}
	all := []menuGroup{
		{Label: "web.menu.people", Items: []menuItem{
			{"users", "/users", "web.menu.users", "people", org.ReadDirectory}, // the labels of M-11
			{"groups", "/groups", "web.menu.groups", "groups", org.ReadDirectory},
			{"several", "/several", "web.menu.several", "list", org.DeleteUser},
			{"deleted", "/deleted", "web.menu.deleted", "bin", org.ReadDeletedPeople},
			{"leavers", "/leavers", "web.menu.leavers", "door", org.ReadDepartures},
		}},
		{Label: "web.menu.billing", Items: []menuItem{{"products", "/products", "web.menu.products", "box", org.ReadBilling}}},
		{Label: "web.menu.organization", Items: []menuItem{
			{"audit", "/audit", "web.menu.audit", "book", org.ReadAudit},
			{"settings", "/settings", "web.menu.settings", "gear", org.ReadDirectory},
			{"account", "/account", "web.menu.account", "person", ""},
		}},
	}
	var shown []menuGroup
	for _, g := range all {
		var items []menuItem
		for _, i := range g.Items {
			if i.op == "" || v.May(i.op) {
				items = append(items, i)
			}
		}
		if len(items) > 0 {
			shown = append(shown, menuGroup{g.Label, items})
		}
	}
	return shown
}

// icons are paths on a grid of twenty.
var icons = map[string]string{
	"people":   "M7 9.500a3 3 0 1 0 0-6 3 3 0 0 0 0 6ZM2 16.500c0-3 2-5 5-5s5 2 5 5M13 3.800a3 3 0 0 1 0 5.400M15 11.800c2 .7 3 2.400 3 4.700",
	"groups":   "M10 8.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM5.500 16a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM14.500 16a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5Z",
	"person":   "M10 9.500a3.200 3.200 0 1 0 0-6.400 3.200 3.200 0 0 0 0 6.400ZM4 17c0-3.300 2.400-5.500 6-5.500s6 2.200 6 5.500",
	"list":     "M7 5h10M7 10h10M7 15h10M3 5h.01M3 10h.01M3 15h.01",
	"bin":      "M4 6h12M8 6V4h4v2M6 6l.7 10.500h6.600L14 6M9 9v5M11 9v5",
	"door":     "M11 3H5v14h6M9 10h9M15 7l3 3-3 3",
	"box":      "M3 6.500 10 3l7 3.500v7L10 17l-7-3.500v-7ZM3 6.500l7 3.500 7-3.500M10 10v7",
	"book":     "M4 4.500C6 3.500 8 3.500 10 5c2-1.500 4-1.500 6-.5v11c-2-1-4-1-6 .5-2-1.500-4-1.500-6-.5v-11ZM10 5v11",
	"gear":     "M10 12.500a2.500 2.500 0 1 0 0-5 2.500 2.500 0 0 0 0 5ZM10 2.500v2.200M10 15.300v2.200M2.500 10h2.200M15.300 10h2.200M4.700 4.700l1.600 1.600M13.700 13.700l1.600 1.600M15.300 4.700l-1.600 1.600M6.300 13.700l-1.600 1.600",
	"good":     "M4 10.500 8 14.500 16 6",
	"warning":  "M10 3 2.500 16.500h15L10 3ZM10 8.500v3.500M10 14.500h.01",
	"critical": "M10 2.500a7.500 7.500 0 1 0 0 15 7.500 7.500 0 0 0 0-15ZM10 6v5M10 13.800h.01",
	"info":     "M10 2.500a7.500 7.500 0 1 0 0 15 7.500 7.500 0 0 0 0-15ZM10 9.500V14M10 6.500h.01",
	"undo":     "M7 4 3.500 7.500 7 11M4 7.500h8a4.500 4.500 0 0 1 0 9H8",
}

func sayIcon(kind string) string {
	if kind == "" {
		return "info"
	}
	return kind
}

// orgName is what the organization is called, or the product before there is one.
func (v *visit) orgName() string {
	if v.Org == nil {
		return "Leaver"
	}
	return v.Org.DisplayName
}

// initials are the first letters of the first and the last word of a name.
func initials(name string) string {
	words := strings.Fields(name)
	if len(words) == 0 {
		return "?"
	}
	first, _ := utf8.DecodeRuneInString(words[0])
	if len(words) == 1 {
		return strings.ToUpper(string(first))
	}
	last, _ := utf8.DecodeRuneInString(words[len(words)-1])
	return strings.ToUpper(string(first) + string(last))
}

// nameOf is a display name, or a user name where there is none.
func nameOf(r org.Ref) string {
	if r.DisplayName != "" {
		return r.DisplayName
	}
	return r.Name
}

// share is a part of a whole on a width of a hundred.
func share(part, whole int) string {
	if whole <= 0 || part <= 0 {
		return "0"
	}
	return strconv.Itoa(min(100, max(1, part*100/whole)))
}
