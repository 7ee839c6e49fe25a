package web

import (
	"net/http"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// groupsData is the page of the groups that somebody is in.
type groupsData struct {
	P     *org.Person
	In    []membership
	Box   string
	Found []membership // groups to join
	More  bool         // not all that match are shown
	// Leaving is a group that this person would lose something by leaving.
	Leaving *leaving
}

// membership is a group and where somebody stands with it.
type membership struct {
	G                 org.Group
	Member, Owner     bool
	OffMember, OffOwn *org.Refusal // why members, or owners, can't be changed
}

// shownGroups is how many groups a search offers.
const shownGroups = 10

func groupsPage(v *visit) error { return v.groups(nil, http.StatusOK) }

func (v *visit) groups(leaving *leaving, status int) error {
	p, err := v.subject()
	if err != nil {
		return err
	}
	v.done("groups")
	d := groupsData{P: p, Box: v.r.FormValue("q"), Leaving: leaving}
	if d.In, err = v.memberships(p); err != nil {
		return err
	}
	q := offboard.GroupQuery{Box: d.Box}
	q.Top, q.OrderBy = shownGroups, []odata.Order{{Path: "displayName"}}
	page, err := v.srv.Store.Groups(v.ctx(), q)
	if err != nil {
		return err
	}
	d.More = page.Next != ""
	for i := range page.Rows {
		m := v.membership(page.Rows[i])
		for _, x := range d.In {
			if x.G.ID == m.G.ID {
				m.Member, m.Owner = x.Member, x.Owner
			}
		}
		d.Found = append(d.Found, m)
	}
	v.show(status, groupsView(v, d))
	return nil
}

// membership asks whether the reader may change who is in a group. R-SM-11
func (v *visit) membership(g org.Group) membership {
	return membership{G: g, OffMember: org.GateMembership(v.Actor, &g, false), OffOwn: org.GateMembership(v.Actor, &g, true)}
}

// memberships are the groups that somebody is a member or an owner of.
func (v *visit) memberships(p *org.Person) ([]membership, error) {
	detail, err := v.srv.Store.Detail(v.ctx(), p.ID)
	if err != nil || detail == nil {
		return nil, err
	}
	all := make([]membership, 0, len(detail.Groups))
	err = v.read(func(tx offboard.Tx) error {
		all = all[:0]
		for _, link := range detail.Groups {
			g, err := tx.Group(v.ctx(), org.GroupID(link.ID))
			if err != nil {
				return err
			}
			if g == nil {
				continue // gone in the moment between
			}
			m := v.membership(*g)
			m.Member, m.Owner = link.Member, link.Owner
			all = append(all, m)
		}
		return nil
	})
	return all, err
}

// saveGroup adds somebody to a group, or takes them out: of one by which they have
// a licence once that was ticked. R-API-72 R-LIC-08 R-LIC-14
func saveGroup(v *visit) error {
	p, err := v.subject()
	if err != nil {
		return err
	}
	if v.form("do") == "remove" && v.form("as") != "owner" && v.form("sure") != "yes" {
		var g *org.Group
		err := v.read(func(tx offboard.Tx) (err error) {
			g, err = tx.Group(v.ctx(), org.GroupID(v.form("group")))
			return err
		})
		if err != nil {
			return err
		}
		if g != nil && org.GateMembership(v.Actor, g, false) == nil {
			if l := v.leaving(p, g); l != nil {
				return v.groups(l, http.StatusUnprocessableEntity)
			}
		}
	}
	err = v.srv.Desk.ChangeMembership(v.ctx(), v.Actor, offboard.Membership{
		Group: org.GroupID(v.form("group")), Person: string(p.ID), Owner: v.form("as") == "owner", Remove: v.form("do") == "remove",
	})
	return v.settle(err, "/users/"+string(p.ID)+"/groups", "groups", func(status int) error { return v.groups(nil, status) })
}
