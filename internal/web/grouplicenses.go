package web

import (
	"errors"
	"net/http"
	"slices"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// groupLicenses is the page of what a group gives its members.
type groupLicenses struct {
	G      *org.Group
	All    []holding
	Off    *org.Refusal // why the reader can't change any
	Failed []offboard.GroupFailure
	More   bool       // there are more than these
	Plan   *groupPlan // what is about to happen, to be confirmed
	Again  *groupPlan // the same, when it is tried again for everybody
}

// groupPlan is what a change of a group's licences does, shown before it is done.
type groupPlan struct {
	Lines []consequenceLine
	Gains bool
	Loses bool
	Print string // of all of it: what is carried out is what was shown
}

// consequenceLine is one sentence about what happens, and the first people to whom.
type consequenceLine struct{ Kind, Text, Who string }

// shownFailures is how many members without their licence the page lists.
const shownFailures = 50

func groupLicensesPage(v *visit) error { return v.groupLicenses(nil, nil, http.StatusOK) }

// groupLicenses shows the page; typed is what was ticked, nil at first. R-LIC-14 R-LIC-16
func (v *visit) groupLicenses(typed *licensesForm, plan *groupPlan, status int) error {
	g, err := v.group()
	if err != nil {
		return err
	}
	v.done("groupLicenses", "groupAgain")
	d := groupLicenses{G: g, Off: org.GateGroupLicenses(v.Actor, g), Plan: plan}
	if v.triesAgain() {
		d.Plan, d.Again = nil, plan
	}
	if len(g.Licenses) > 0 && d.Off != nil && d.Off.Reason == "group.onlyMail" {
		d.Off = nil // what it was given elsewhere can be taken away
	}
	for i := range v.Org.Products {
		product := &v.Org.Products[i]
		bought := slices.ContainsFunc(v.Org.Subscriptions, func(s org.Subscription) bool { return s.Sku == product.Sku })
		given := slices.IndexFunc(g.Licenses, func(l org.License) bool { return l.Sku == product.Sku })
		if product.Company || !bought && given < 0 {
			continue
		}
		h := holding{Sku: product.Sku, Name: product.DisplayName, Free: max(0, v.Org.FreeSeats(product.Sku)), Direct: given >= 0, Ticked: given >= 0}
		var disabled []string
		if given >= 0 {
			disabled = g.Licenses[given].DisabledPlans
		}
		h.Apps = appsOf(product, disabled)
		if typed != nil {
			h.retick(typed)
		}
		d.All = append(d.All, h)
	}
	slices.SortStableFunc(d.All, func(a, b holding) int { return rank(&a) - rank(&b) })
	if len(g.Licenses) > 0 {
		if d.Failed, err = v.srv.Store.GroupFailures(v.ctx(), g.ID, shownFailures+1); err != nil {
			return err
		}
		if d.More = len(d.Failed) > shownFailures; d.More {
			d.Failed = d.Failed[:shownFailures]
		}
	}
	v.show(status, groupLicensesView(v, d))
	return nil
}

// failureText says why a member does not have what the group gives. R-LIC-16
func (v *visit) failureText(f offboard.GroupFailure) string {
	switch f.Error {
	case "CountViolation", "MutuallyExclusiveViolation", "DependencyViolation", "ProhibitedInUsageLocationViolation", "UniquenessViolation":
		return v.T("web.group.error." + f.Error)
	}
	return v.T("web.group.error.Other")
}

// saveGroupLicenses changes what a group gives, after it was shown what that does
// to its members. R-API-44 R-LIC-14 R-LIC-16
func saveGroupLicenses(v *visit) error {
	g, err := v.group()
	if err != nil {
		return err
	}
	if v.triesAgain() {
		return v.changeGroupLicenses(g, nil, offboard.GroupLicenses{}, "groupAgain")
	}
	f := &licensesForm{Want: v.r.PostForm["license"], Had: v.r.PostForm["had"], Apps: v.r.PostForm["app"]}
	if err := v.unmoved(g.Licenses); err != nil {
		return v.settle(err, "", "", func(status int) error { return v.groupLicenses(nil, nil, status) })
	}
	asked := f.asks(v.Org.Products, g.Licenses)
	c := offboard.GroupLicenses{Add: asked.Add, Remove: asked.Remove}
	if len(c.Add)+len(c.Remove) == 0 {
		return v.redirect(groupHref(g, "licenses"))
	}
	return v.changeGroupLicenses(g, f, c, "groupLicenses")
}

// triesAgain says that the form asks for nothing new, only to try again for whom it
// failed. R-LIC-16
func (v *visit) triesAgain() bool { return v.r.Method == http.MethodPost && v.form("do") == "again" }

// changeGroupLicenses shows what a change does, and carries it out when that was
// shown and is still so.
func (v *visit) changeGroupLicenses(g *org.Group, f *licensesForm, c offboard.GroupLicenses, done string) error {
	if v.form("sure") != "yes" {
		return v.showGroupPlan(g, f, c, http.StatusUnprocessableEntity)
	}
	c.Check = func(change org.GroupChange) error {
		if v.form("plan") != v.groupPlan(change, c).Print {
			return errMoved
		}
		return nil
	}
	_, err := v.srv.Desk.ChangeGroupLicenses(v.ctx(), v.Actor, g.ID, c)
	if errors.Is(err, errMoved) {
		v.say("warning", v.T("web.moved"))
		return v.showGroupPlan(g, f, c, http.StatusPreconditionFailed)
	}
	return v.settle(err, groupHref(g, "licenses"), done, func(status int) error { return v.groupLicenses(f, nil, status) })
}

// showGroupPlan shows the page with what is about to happen.
func (v *visit) showGroupPlan(g *org.Group, f *licensesForm, c offboard.GroupLicenses, status int) error {
	change, err := v.srv.Desk.PlanGroupLicenses(v.ctx(), v.Actor, g.ID, c)
	if err != nil {
		return v.settle(err, "", "", func(status int) error { return v.groupLicenses(f, nil, status) })
	}
	return v.groupLicenses(f, v.groupPlan(change, c), status)
}

// groupPlan puts what happens to the members of a group into sentences.
func (v *visit) groupPlan(c org.GroupChange, asked offboard.GroupLicenses) *groupPlan {
	plan := &groupPlan{Gains: c.Gains(), Loses: c.Loses(), Print: fingerprint(c, asked.Add, asked.Remove)}
	say := func(kind, key string, n int, more ...any) {
		if n > 0 {
			plan.Lines = append(plan.Lines, consequenceLine{Kind: kind, Text: v.T(key, append([]any{"count", n}, more...)...)})
		}
	}
	who := func(people []org.Ref, n int) {
		if n > 0 {
			plan.Lines[len(plan.Lines)-1].Who = v.firstOf(people, n)
		}
	}
	for _, p := range c.Products {
		name := v.Org.Products.Name(p.Sku)
		say("", "web.group.plan.gain", p.Gain, "product", name)
		who(p.Gaining, p.Gain)
		say("warning", "web.group.plan.noSeat", p.NoSeat, "product", name, "free", p.Free)
		say("warning", "web.group.plan.clash", p.Clash, "product", name)
		say("warning", "web.group.plan.block", p.Block, "product", name)
		say("warning", "web.group.plan.lose", p.Lose, "product", name)
		who(p.Losing, p.Lose)
		if p.Given {
			say("", "web.group.plan.have", p.Keep, "product", name)
		} else {
			say("", "web.group.plan.keep", p.Keep, "product", name)
		}
	}
	say("critical", "web.group.plan.mailboxes", c.Mailboxes, "date", v.Now.Add(org.MailboxRetention))
	say("warning", "web.group.plan.forwarding", c.Forwarding)
	say("warning", "web.group.plan.drives", c.Drives, "date", v.Now.Add(org.UnlicensedReadOnly))
	switch {
	case plan.Gains:
		plan.Lines = append(plan.Lines, consequenceLine{Text: v.T("web.group.plan.free")})
	case len(plan.Lines) == 0, !plan.Loses && len(asked.Add)+len(asked.Remove) == 0:
		plan.Lines = slices.Insert(plan.Lines, 0, consequenceLine{Text: v.T("web.group.plan.nobody")})
	}
	return plan
}

// firstOf names the first of so many people.
func (v *visit) firstOf(people []org.Ref, of int) string {
	names := make([]string, len(people))
	for i, r := range people {
		names[i] = nameOf(r)
	}
	if of <= len(names) {
		return v.List(names)
	}
	return strings.Join(names, ", ") + " " + v.T("web.several.more", "count", of-len(names))
}
