package org

import (
	"reflect"
	"slices"
	"time"
)

// LicenseRequest asks for one product with some of its service plans off.
type LicenseRequest struct {
	Sku           SkuID    `json:"skuId"`
	DisabledPlans []string `json:"disabledPlans"`
}

// Assign decides what adding and removing direct licences does to a person:
// both or neither. R-API-41 R-API-42
func (o *Organization) Assign(p Person, add []LicenseRequest, remove []SkuID, now time.Time) (Person, error) {
	after := p.Clone()
	for _, sku := range remove {
		if err := o.unassign(&after, sku); err != nil {
			return p, err
		}
	}
	for _, want := range add {
		if err := o.assign(&p, &after, want, now); err != nil {
			return p, err
		}
	}
	if r := o.newConflict(o.conflicts(&p), &after); r != nil {
		return p, r
	}
	if after.Mailbox != nil {
		loses := o.Products.Licensed(&p, Exchange) && !o.Products.Licensed(&after, Exchange)
		if r := needed(&after); r != nil && (loses || after.Mailbox.Held() && o.Products.mayHold(&p) && !o.Products.mayHold(&after)) { // R-MBX-23
			return p, r
		}
	}
	o.Provision(&after, now)
	return after, nil
}

// needed refuses to leave a mailbox without a licence when it can't do without:
// one that forwards or is held, and a shared one that is big or has an archive. Any other shared one can. R-MBX-15
func needed(p *Person) *Refusal {
	m := p.Mailbox
	switch reason, rule := m.NeedsLicense(); {
	case m.Type == UserMailbox && m.ForwardTo != "":
		return Refuse(Conflict, "license.forwards", "R-DEL-33", Arg{"user", p.Ref()}) // not where to: a License Administrator may not know, R-ROLE-11
	case m.Held():
		return Refuse(Conflict, "license.held", "R-DEL-37", Arg{"user", p.Ref()})
	case m.Type == SharedMailbox && reason != "":
		return Refuse(Conflict, "license.sharedNeeds", rule, Arg{"user", p.Ref()}, Arg{"size", m.Size}, Arg{"limit", SharedFreeLimit}) // R-SM-03
	}
	return nil
}

func (o *Organization) unassign(p *Person, sku SkuID) error {
	i := slices.IndexFunc(p.Licenses, func(l License) bool { return l.Sku == sku && l.Group == "" })
	switch {
	case i >= 0:
		p.Licenses = slices.Delete(p.Licenses, i, i+1)
		return nil
	case p.Inherited(sku):
		return Refuse(Invalid, "license.inherited", "R-LIC-15", Arg{"product", o.Products.Name(sku)}, Arg{"user", p.Ref()})
	}
	return Refuse(Invalid, "license.notHeld", "R-API-05", Arg{"product", o.Products.Name(sku)}, Arg{"user", p.Ref()})
}

func (o *Organization) assign(before, p *Person, want LicenseRequest, now time.Time) error {
	product := o.Products.Find(want.Sku)
	switch {
	case product == nil || !slices.ContainsFunc(o.Subscriptions, func(s Subscription) bool { return s.Sku == want.Sku }):
		return Refuse(Invalid, "license.unknownProduct", "R-API-05", Arg{"sku", string(want.Sku)})
	case product.Company:
		return Refuse(Invalid, "license.companyOnly", "R-API-05", Arg{"sku", string(want.Sku)})
	case p.UsageLocation == "":
		return Refuse(Invalid, "license.usageLocation", "R-LIC-13", Arg{"user", p.Ref()})
	}
	if !slices.Contains(before.Seats(), want.Sku) && o.FreeSeats(want.Sku) < 1 {
		return Refuse(Conflict, "license.noSeats", "R-LIC-16", Arg{"sku", string(want.Sku)}, Arg{"product", product.DisplayName}) // CountViolation
	}
	l := License{Sku: want.Sku, DisabledPlans: slices.Clone(want.DisabledPlans), Assigned: now}
	if i := slices.IndexFunc(p.Licenses, func(x License) bool { return x.Sku == want.Sku && x.Group == "" }); i >= 0 {
		p.Licenses[i] = l // replaces the plans that are off, R-API-42
		return nil
	}
	p.Licenses = append(p.Licenses, l)
	return nil
}

// FreeSeats is how many seats of a product can still be assigned. R-LIC-41
func (o *Organization) FreeSeats(sku SkuID) int {
	free, assigned := 0, 0
	for i := range o.Subscriptions {
		s := &o.Subscriptions[i]
		if s.Sku == sku && (s.Status == "" || s.Status == "Enabled" || s.Status == "Warning") {
			free += s.Total
			assigned = s.Assigned
		}
	}
	return free - assigned
}

// checkPlans refuses service plans that exclude each other or lack what they
// need. R-LIC-16
func (o *Organization) checkPlans(p *Person) error {
	if all := o.conflicts(p); len(all) > 0 {
		return all[0]
	}
	return nil
}

// newConflict finds what excludes or lacks something after a change and did not
// before: who came with such a licence, from an export, can still get another.
func (o *Organization) newConflict(had []*Refusal, after *Person) *Refusal {
	for _, r := range o.conflicts(after) {
		if !slices.ContainsFunc(had, func(x *Refusal) bool { return reflect.DeepEqual(x, r) }) {
			return r
		}
	}
	return nil
}

func (o *Organization) conflicts(p *Person) []*Refusal {
	var out []*Refusal
	plans := o.Products.plans(p.Licenses)
	for i, a := range plans {
		for _, b := range plans[i+1:] {
			if a.Provides == Exchange && b.Provides == Exchange && a.Name != b.Name {
				out = append(out, Refuse(Conflict, "license.exclusive", "R-LIC-16", Arg{"user", p.Ref()}, Arg{"a", a.Name}, Arg{"b", b.Name})) // MutuallyExclusiveViolation
			}
		}
		if len(a.Needs) > 0 && !slices.ContainsFunc(plans, func(x ServicePlan) bool { return slices.Contains(a.Needs, x.Name) }) {
			out = append(out, Refuse(Conflict, "license.depends", "R-LIC-16", Arg{"user", p.Ref()}, Arg{"a", a.Name}, Arg{"needs", a.Needs})) // DependencyViolation
		}
	}
	return out
}

// Provision makes mailbox and drive follow the licences: a first licence creates
// them, taking the last one starts their clocks, putting it back in time stops
// them. R-LIC-08 R-LIC-11 R-MBX-19 R-SM-03 R-SM-08
func (o *Organization) Provision(p *Person, now time.Time) {
	o.provisionMailbox(p, now)
	switch sharePoint := o.Products.Licensed(p, SharePoint); {
	case sharePoint && p.Drive == nil:
		if o.Products.creates(p, SharePoint) {
			p.Drive = &Drive{} // the store gives it an id
		}
	case sharePoint:
		p.Drive.Unlicensed = time.Time{} // R-OD-24
	case p.Drive != nil && p.Drive.Unlicensed.IsZero():
		p.Drive.Unlicensed = now
	}
}

// creates says that the licences are known to provide a service.
func (ps Products) creates(p *Person, s Service) bool {
	return slices.ContainsFunc(p.Licenses, func(l License) bool { return l.Error == "" && ps.provides(l.Sku, s) })
}

func (o *Organization) provisionMailbox(p *Person, now time.Time) {
	switch exchange := o.Products.Licensed(p, Exchange); {
	case exchange && p.Mailbox != nil && !p.Mailbox.Disconnected.IsZero() && p.MailboxState(now) != MailboxGone:
		p.Mailbox.Disconnected = time.Time{}
	case exchange && (p.Mailbox == nil || p.MailboxState(now) == MailboxGone):
		if !o.Products.creates(p, Exchange) {
			return
		}
		p.Mailbox = &Mailbox{Type: UserMailbox, Fresh: p.Mailbox != nil}
		p.ensureAddress()
	case !exchange && p.Mailbox != nil && p.Mailbox.Type == UserMailbox && p.Mailbox.Disconnected.IsZero() && !p.Mailbox.Held(): // R-LIC-09
		p.Mailbox.Disconnected = now
	}
}

// ensureAddress gives a new mailbox its first address. R-LIC-19
func (p *Person) ensureAddress() {
	if slices.ContainsFunc(p.Addresses, func(a Address) bool { return a.Primary }) {
		return
	}
	p.Addresses = append([]Address{{p.UPN, true}}, p.Addresses...)
	if p.Mail == "" {
		p.Mail = p.UPN
	}
}

// Inherit makes a person's inherited licences follow a group: what it gives to
// members comes, with an error on record when that is not possible (R-LIC-16),
// what it no longer gives goes. It says whether anything changed; the seats it
// takes are counted in o. R-LIC-14
func (o *Organization) Inherit(p *Person, g *Group, member bool, now time.Time) bool {
	before := p.Clone()
	p.Licenses = slices.DeleteFunc(p.Licenses, func(l License) bool {
		return l.Group == g.ID && (!member || !slices.ContainsFunc(g.Licenses, func(x License) bool { return x.Sku == l.Sku }))
	})
	if member && p.Active() {
		fresh := slices.DeleteFunc(slices.Clone(g.Licenses), func(give License) bool { return p.has(give.Sku, g.ID) })
		for range 2 { // one product may need another that comes after it in the list
			for _, give := range g.Licenses {
				o.inheritOne(p, g, give, now)
			}
		}
		o.blockRest(p, g, fresh)
	}
	o.Provision(p, now)
	return !Same(before, *p)
}

// has says that a group gives the person a product, and that it works.
func (p *Person) has(sku SkuID, group GroupID) bool {
	return slices.ContainsFunc(p.Licenses, func(l License) bool { return l.Sku == sku && l.Group == group && l.Error == "" })
}

// blockRest takes back what a group newly gave when one of its products failed.
// What worked before stays: nobody loses a mailbox over it. R-LIC-17
func (o *Organization) blockRest(p *Person, g *Group, fresh []License) {
	if !slices.ContainsFunc(fresh, func(give License) bool { return !p.has(give.Sku, g.ID) }) {
		return
	}
	for _, give := range fresh {
		i := slices.IndexFunc(p.Licenses, func(l License) bool { return l.Group == g.ID && l.Sku == give.Sku && l.Error == "" })
		if i < 0 {
			continue
		}
		p.Licenses[i].Error = "Other" // R-LIC-16
		if !slices.Contains(p.Seats(), give.Sku) {
			o.take(give.Sku, -1)
		}
	}
}

// Failure says why a licence that a group gives does not work; nil when it does,
// or when another product of the group is the cause. R-LIC-16 R-LIC-20
func (o *Organization) Failure(p *Person, l License) *Refusal {
	switch l.Error {
	case "CountViolation":
		return Refuse(Conflict, "license.noSeats", "R-LIC-16", Arg{"sku", string(l.Sku)}, Arg{"product", o.Products.Name(l.Sku)})
	case "", "Other":
		return nil
	}
	tried := p.Clone()
	for i := range tried.Licenses {
		if x := &tried.Licenses[i]; x.Group == l.Group && (x.Sku == l.Sku || x.Error == "Other") {
			x.Error = ""
		}
	}
	return RefusalOf(o.checkPlans(&tried))
}

func (o *Organization) inheritOne(p *Person, g *Group, give License, now time.Time) {
	i := slices.IndexFunc(p.Licenses, func(l License) bool { return l.Group == g.ID && l.Sku == give.Sku })
	if i >= 0 && p.Licenses[i].Error == "" {
		p.Licenses[i].DisabledPlans = slices.Clone(give.DisabledPlans)
		return
	}
	l := License{Sku: give.Sku, Group: g.ID, DisabledPlans: slices.Clone(give.DisabledPlans), Assigned: now}
	seated, had := slices.Contains(p.Seats(), give.Sku), o.conflicts(p)
	if i < 0 {
		i = len(p.Licenses)
		p.Licenses = append(p.Licenses, l)
	}
	p.Licenses[i] = l
	switch r := o.newConflict(had, p); {
	case r != nil && r.Reason == "license.depends":
		p.Licenses[i].Error = "DependencyViolation"
	case r != nil:
		p.Licenses[i].Error = "MutuallyExclusiveViolation" // M-06
	case seated:
	case o.FreeSeats(give.Sku) < 1:
		p.Licenses[i].Error = "CountViolation"
	default:
		o.take(give.Sku, 1)
	}
}

// take counts seats as used, or as free again.
func (o *Organization) take(sku SkuID, seats int) {
	for i := range o.Subscriptions {
		if o.Subscriptions[i].Sku == sku {
			o.Subscriptions[i].Assigned += seats
		}
	}
}
