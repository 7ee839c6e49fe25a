package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// groupPeople is the page of a group's members, or of its owners.
type groupPeople struct {
	G       *org.Group
	Owners  bool
	Off     *org.Refusal // why the reader can't change who they are
	Last    *org.Refusal // why the only owner can't be taken out
	Size    int
	Box     string
	Rows    []offboard.UserRow
	Next    string // the address of the next page
	First   bool
	Who     choosing
	Leaving *leaving // somebody who would lose something, to be confirmed
}

// leaving is somebody to be taken out, and what they lose by it.
type leaving struct {
	P    *org.Person
	G    *org.Group
	Lost []string
}

func (d *groupPeople) part() string {
	if d.Owners {
		return "owners"
	}
	return "members"
}

func groupMembersPage(v *visit) error { return v.groupPeople(groupPeople{}, http.StatusOK) }

func groupOwnersPage(v *visit) error { return v.groupPeople(groupPeople{Owners: true}, http.StatusOK) }

// groupPeople shows the page; d has what was typed.
func (v *visit) groupPeople(d groupPeople, status int) error {
	var err error
	if d.G, err = v.group(); err != nil {
		return err
	}
	v.done("groupNew", "memberIn", "memberOut", "ownerIn", "ownerOut")
	if v.r.URL.Query().Get("done") == "memberWithout" {
		v.say("warning", v.T("web.done.memberWithout"))
	}
	size, err := v.sizeOf(d.G)
	if err != nil {
		return err
	}
	d.Off, d.Size = org.GateMembership(v.Actor, d.G, d.Owners), size.Members
	q := offboard.UserQuery{Relation: offboard.MembersOf, Of: string(d.G.ID)}
	if d.Owners {
		q.Relation, d.Size = offboard.OwnersOf, size.Owners
	}
	asked := v.r.URL.Query()
	d.Box, d.First = asked.Get("q"), asked.Get("after") == ""
	q.Select, q.Top, q.SkipToken, q.Box = []string{"displayName", "userPrincipalName", "jobTitle"}, pageSize, asked.Get("after"), d.Box
	if d.Size < offboard.CountedMembers {
		q.OrderBy = []odata.Order{{Path: "displayName"}} // of very many that takes too long
	}
	page, err := v.srv.Store.Users(v.ctx(), q)
	if err != nil && q.SkipToken != "" {
		return v.redirect(groupHref(d.G, d.part()))
	}
	if err != nil {
		return err
	}
	if d.Owners && d.Size == 1 && len(page.Rows) == 1 {
		d.Last = org.LastOwner(d.G, []org.Ref{page.Rows[0].Ref()}, page.Rows[0].Ref()) // R-SM-11
	}
	if d.Rows = page.Rows; page.Next != "" {
		d.Next = groupHref(d.G, d.part()) + "?" + url.Values{"q": {d.Box}, "after": {page.Next}}.Encode()
	}
	v.show(status, groupPeopleView(v, d))
	return nil
}

func saveGroupMembers(v *visit) error { return v.saveGroupPeople(false) }

func saveGroupOwners(v *visit) error { return v.saveGroupPeople(true) }

// saveGroupPeople adds somebody to a group, or takes them out. R-API-72 R-LIC-14
func (v *visit) saveGroupPeople(owners bool) error {
	g, err := v.group()
	if err != nil {
		return err
	}
	if v.form("do") == "remove" {
		return v.takeOut(g, owners)
	}
	d := groupPeople{Owners: owners}
	again := func(status int) error { return v.groupPeople(d, status) }
	names := severalNames(v.form("who"))
	if len(names) > 1 {
		d.Who.Text = v.form("who")
	} else {
		if d.Who, err = v.chosen("who", ""); err != nil {
			return err
		}
		if r := org.GateMembership(v.Actor, g, owners); r == nil && d.Who.Asked {
			return again(http.StatusUnprocessableEntity)
		}
		names = []string{d.Who.Text}
	}
	edit, done := offboard.GroupEdit{Members: names}, "memberIn"
	if owners {
		edit, done = offboard.GroupEdit{Owners: names}, "ownerIn"
	}
	_, err = v.srv.Desk.EditGroup(v.ctx(), v.Actor, g.ID, edit)
	if err == nil && !owners && len(g.Licenses) > 0 {
		without, err := v.without(g, names)
		if err != nil {
			return err
		}
		if without {
			done = "memberWithout"
		}
	}
	return v.settle(err, groupHref(g, d.part()), done, again)
}

// severalNames are user names that were pasted together; one of them alone, or a
// part of a name, is none of these.
func severalNames(s string) []string {
	names := strings.FieldsFunc(s, func(r rune) bool { return r == ',' || r == ';' || unicode.IsSpace(r) })
	if slices.ContainsFunc(names, func(n string) bool { return !strings.Contains(n, "@") }) {
		return nil
	}
	return names
}

// without says that one of these people does not have all that a group gives. R-LIC-16
func (v *visit) without(g *org.Group, names []string) (found bool, err error) {
	err = v.read(func(tx offboard.Tx) error {
		found = false
		people, err := tx.People(v.ctx(), names)
		for _, p := range people {
			found = found || p != nil && slices.ContainsFunc(p.Licenses, func(l org.License) bool { return l.Group == g.ID && l.Error != "" })
		}
		return err
	})
	return found, err
}

// takeOut takes somebody out of a group, when they lose nothing by it or that was
// ticked. R-LIC-08 R-LIC-14
func (v *visit) takeOut(g *org.Group, owner bool) error {
	d := groupPeople{Owners: owner}
	again := func(status int) error { return v.groupPeople(d, status) }
	done := "memberOut"
	if owner {
		done = "ownerOut"
	}
	if !owner && v.form("sure") != "yes" && org.GateMembership(v.Actor, g, false) == nil {
		p, err := v.person(v.form("who"))
		if err != nil {
			return v.settle(err, "", "", again)
		}
		if d.Leaving = v.leaving(p, g); d.Leaving != nil {
			return again(http.StatusUnprocessableEntity)
		}
	}
	err := v.srv.Desk.ChangeMembership(v.ctx(), v.Actor, offboard.Membership{Group: g.ID, Person: v.form("who"), Owner: owner, Remove: true})
	return v.settle(err, groupHref(g, d.part()), done, again)
}

// leaving says what of somebody would begin to run out when they leave a group;
// nil when nothing would. R-LIC-14
func (v *visit) leaving(p *org.Person, g *org.Group) *leaving {
	after := p.Clone()
	v.Org.Inherit(&after, g, false, v.Now)
	if lost := v.lostBetween(p, &after); len(lost) > 0 {
		return &leaving{p, g, lost}
	}
	return nil
}
