package org

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"pgregory.net/rapid"
)

// made is an organization made up at random, somebody in it who asks, and what
// they ask for.
type made struct {
	org    *Organization
	people []Person
	actor  Actor
	facts  Facts
}

func flip(t *rapid.T, label string) bool { return rapid.Bool().Draw(t, label) }

// seldom is true about once in n times: draws tend to the ends of a range.
func seldom(t *rapid.T, n int, label string) bool {
	return rapid.IntRange(0, n).Draw(t, label) == n/2+1
}

// some draws up to most different values.
func some[T comparable](t *rapid.T, label string, most int, from ...T) []T {
	var list []T
	for range rapid.IntRange(0, most).Draw(t, label) {
		if x := rapid.SampledFrom(from).Draw(t, label); !slices.Contains(list, x) {
			list = append(list, x)
		}
	}
	return list
}

// organization makes up to seven people with everything that can belong to them.
func organization(t *rapid.T) made {
	m := made{org: college()}
	m.org.Settings.DriveDelegation = flip(t, "delegation")
	m.org.Settings.SecondaryOwner = rapid.SampledFrom([]UserID{"", "id-0", "id-6"}).Draw(t, "secondary owner")
	for i := range rapid.IntRange(2, 7).Draw(t, "people") {
		m.people = append(m.people, person(t, i))
	}
	m.org.People, m.org.GlobalAdmins = len(m.people), remaining(m.people)
	m.org.Subscriptions = subscriptions(t, m.people)
	all := Actor{ID: "id-other", Roles: []RoleID{GlobalAdmin}}
	m.actor = rapid.SampledFrom([]Actor{
		all, all, all, all, all, all,
		{ID: "id-app", App: true, Roles: []RoleID{GlobalAdmin}},
		{System: true},
		{ID: "id-0", Roles: []RoleID{GlobalAdmin}},
		{ID: "id-1", Roles: []RoleID{UserAdmin}},
		{ID: "id-1", Roles: []RoleID{UserAdmin, ExchangeAdmin, SharePointAdmin, BillingAdmin}},
		{ID: "id-1", Roles: []RoleID{AuthAdmin, ExchangeAdmin}},
		{ID: "id-2", Roles: []RoleID{PrivilegedAuthAdmin, ExchangeAdmin, BillingAdmin}},
		{ID: "id-2", Roles: []RoleID{BillingAdmin}},
		{ID: "id-2"},
	}).Draw(t, "actor")
	m.facts = Facts{Org: m.org, Heirs: map[string]Heir{}, ReplyTemplates: map[string]string{"en": "{leaver} left."}}
	for i := range m.people {
		p := &m.people[i]
		if p.Active() {
			heir := Heir{Ref: p.Ref(), Mail: p.Mail, Enabled: p.AccountEnabled, Exchange: m.org.Products.Licensed(p, Exchange)}
			m.facts.Heirs[HeirKey(p.UPN)], m.facts.Heirs[HeirKey(string(p.ID))] = heir, heir
		}
	}
	for range rapid.IntRange(1, 4).Draw(t, "leavers") {
		m.facts.People = append(m.facts.People, leaver(t, m.people))
	}
	return m
}

// remaining counts the Global Administrators who can sign in.
func remaining(people []Person) int {
	n := 0
	for i := range people {
		if p := &people[i]; p.Active() && p.AccountEnabled && isGlobalAdmin(p) {
			n++
		}
	}
	return n
}

func person(t *rapid.T, i int) Person {
	name := fmt.Sprintf("p%d", i)
	upn := name + "@lindeboom.example"
	p := Person{User: User{
		ID: UserID(fmt.Sprintf("id-%d", i)), Key: int64(i), UPN: upn, DisplayName: name, UsageLocation: "NL", AccountEnabled: !seldom(t, 5, "blocked"),
		PasswordHash: rapid.SampledFrom([]string{"hash", "", NoPassword}).Draw(t, "password"), SessionEpoch: 1,
		PreferredLanguage: rapid.SampledFrom([]string{"", "nl-NL", "fr"}).Draw(t, "language"), Synced: seldom(t, 20, "synced"),
		ManagerID: UserID(fmt.Sprintf("id-%d", rapid.IntRange(0, 7).Draw(t, "manager"))), BusinessPhones: some(t, "phones", 1, "+31 1"),
		Created: monday.AddDate(-2, 0, 0),
	}}
	p.Roles = some(t, "roles", 2, GlobalAdmin, GlobalAdmin, HelpdeskAdmin, BillingAdmin, ReportsReader)
	p.SuspendedRoles = some(t, "suspended", rapid.SampledFrom([]int{0, 0, 0, 2}).Draw(t, "suspended"), BillingAdmin, HelpdeskAdmin, GlobalAdmin)
	p.SuspendedRoles = slices.DeleteFunc(p.SuspendedRoles, func(r RoleID) bool { return slices.Contains(p.Roles, r) })
	p.InRoleGroup, p.InRestrictedUnit = seldom(t, 15, "role group"), seldom(t, 15, "unit")
	p.Licenses = licenses(t)
	if !seldom(t, 4, "no mailbox") {
		p.Mailbox = mailbox(t, i)
		p.Mail, p.Addresses = upn, []Address{{upn, true}}
		for n := range rapid.IntRange(0, 3).Draw(t, "aliases") {
			p.Addresses = append(p.Addresses, Address{Value: fmt.Sprintf("%s.%d@lindeboom.example", name, n)})
		}
	}
	if !seldom(t, 4, "no drive") {
		p.Drive = &Drive{
			ID: DriveID("drive-" + name), Size: Bytes(rapid.Int64Range(0, 1<<40).Draw(t, "drive size")), Held: seldom(t, 6, "drive held"),
			Unlicensed: rapid.SampledFrom([]time.Time{{}, {}, monday.Add(-50 * Day), monday.Add(-95 * Day)}).Draw(t, "unlicensed"),
		}
		for _, j := range rapid.SliceOfNDistinct(rapid.IntRange(0, 6), 0, 2, rapid.ID[int]).Draw(t, "grants") {
			p.Drive.Grants = append(p.Drive.Grants, DriveGrant{UserID(fmt.Sprintf("id-%d", j))})
		}
	}
	if seldom(t, 12, "deleted") {
		p = Depart(p, DeleteSteps(), monday.Add(-5*Day))
	}
	return p
}

// licenses draws distinct pairs of product and group.
func licenses(t *rapid.T) []License {
	all := []License{
		{Sku: e3},
		{Sku: e3, Group: "g"},
		{Sku: files},
		{Sku: visio},
		{Sku: visio, Group: "g"},
		{Sku: plan1, Group: "g"},
		{Sku: visio, Group: "h", Error: "CountViolation"},
		{Sku: archive, DisabledPlans: []string{"eoa"}},
	}
	var list []License
	for i, l := range all {
		if !seldom(t, 3, "licence") && (i > 0 || seldom(t, 5, "no E3")) {
			continue
		}
		l.Assigned = monday.AddDate(-1, 0, 0)
		list = append(list, l)
	}
	return list
}

func mailbox(t *rapid.T, owner int) *Mailbox {
	m := &Mailbox{
		Type: UserMailbox, Litigation: seldom(t, 8, "litigation"), Archive: seldom(t, 8, "archive"),
		Size: rapid.SampledFrom([]Bytes{0, GB, 50 * GB, 62 * GB}).Draw(t, "size"), Holds: some(t, "holds", rapid.SampledFrom([]int{0, 0, 0, 2}).Draw(t, "holds"), "case", "retention"),
	}
	if seldom(t, 8, "shared") {
		m.Type = SharedMailbox
	}
	if seldom(t, 6, "forwards") {
		m.ForwardTo, m.KeepCopy = "p0@lindeboom.example", flip(t, "copy")
	}
	if seldom(t, 6, "disconnected") {
		m.Disconnected = monday.Add(-time.Duration(rapid.IntRange(0, 40).Draw(t, "disconnected")) * Day)
	}
	if flip(t, "replies") {
		m.Replies = Replies{Status: "scheduled", Audience: AudienceContacts, Inside: "Holiday", Start: monday, End: monday.Add(Day)}
	}
	for range rapid.IntRange(0, 3).Draw(t, "delegates") {
		if who := rapid.IntRange(0, 6).Draw(t, "delegate"); who != owner {
			m.Grant(UserID(fmt.Sprintf("id-%d", who)), rapid.SampledFrom([]Right{FullAccess, SendAs, SendOnBehalf}).Draw(t, "right"))
		}
	}
	return m
}

// subscriptions draws one or two for each product, of every kind, with the seats
// that people hold and sometimes too few.
func subscriptions(t *rapid.T, people []Person) []Subscription {
	assigned := map[SkuID]int{}
	for i := range people {
		for _, sku := range people[i].Seats() {
			assigned[sku]++
		}
	}
	var subs []Subscription
	for _, sku := range []SkuID{e3, plan1, archive, files, visio} {
		total, first := 0, len(subs)
		for n := range rapid.IntRange(0, 2).Draw(t, "subscriptions") {
			s := sold(kindsOfSubscription[rapid.IntRange(0, len(kindsOfSubscription)-1).Draw(t, "kind")].change)
			s.ID, s.Sku, s.DisplayName = SubscriptionID(fmt.Sprintf("sub-%s-%d", sku, n)), sku, catalogue().Name(sku)
			s.Total = rapid.IntRange(0, assigned[sku]+2).Draw(t, "total")
			total += s.Total
			subs = append(subs, s)
		}
		for i := first; i < len(subs); i++ {
			subs[i].Assigned, subs[i].ProductTotal = assigned[sku], total
		}
	}
	return subs
}

func leaver(t *rapid.T, people []Person) Leaver {
	if seldom(t, 12, "unknown") {
		return Leaver{Asked: "nobody@lindeboom.example"}
	}
	p := people[rapid.IntRange(0, len(people)-1).Draw(t, "leaver")].Clone()
	l := Leaver{Asked: p.UPN, Found: true, Person: p, Choices: choices(t, &p)}
	for i := range people {
		q := &people[i]
		switch {
		case q.ID == p.ManagerID && q.ID != p.ID && q.Active():
			l.Around.Manager = new(q.Ref())
		case q.ManagerID == p.ID && q.ID != p.ID:
			l.Around.Reports = append(l.Around.Reports, q.Ref())
		}
	}
	l.Around.Groups = rapid.IntRange(0, 2).Draw(t, "groups")
	surroundings(t, &l, people)
	if flip(t, "owns") {
		l.Around.Owned = []OwnedGroup{{Group: ref("g"), Others: some(t, "owners", 2, UserID("id-0"), "id-1", "id-2")}}
	}
	return l
}

// surroundings draws who and what else notices that somebody leaves.
func surroundings(t *rapid.T, l *Leaver, people []Person) {
	a := &l.Around
	a.ManagerBlocked = a.Manager != nil && seldom(t, 5, "manager blocked")
	for i := range people {
		if q := &people[i]; q.ID != l.Person.ID && q.Active() && q.Mailbox != nil {
			if seldom(t, 5, "forwarder") {
				a.Forwarders = append(a.Forwarders, q.Ref())
			}
			if seldom(t, 5, "delegated") {
				a.Delegated = append(a.Delegated, DelegatedMailbox{Mailbox: q.Ref(), Shared: flip(t, "shared"), Others: some(t, "delegates", 2, UserID("id-0"), "id-1", "id-2")})
			}
		}
	}
	a.Devices = some(t, "devices", 2, "LT-1", "LT-2")
	if a.SharedItems = rapid.IntRange(0, 2).Draw(t, "shared items"); a.SharedItems > 0 {
		for _, i := range some(t, "shared with", 2, 0, 1) {
			a.SharedWith = append(a.SharedWith, people[i].Ref())
		}
	}
	for _, x := range l.Person.Licenses {
		if x.Group != "" {
			a.Inherited = append(a.Inherited, InheritedLicense{Sku: x.Sku, Group: ref("g")})
		}
	}
}

func choices(t *rapid.T, p *Person) Choices {
	maybe := func(label string, values ...string) *string {
		if flip(t, label) {
			return nil
		}
		return word(rapid.SampledFrom(values).Draw(t, label))
	}
	whether := func(label string) *bool {
		return []*bool{nil, nil, yes(), no()}[rapid.IntRange(0, 3).Draw(t, label)]
	}
	c := Choices{
		RemoveLicenses: whether("remove licences"), ReduceSubscriptions: whether("reduce"), HoldMailbox: whether("hold"),
	}
	if p.Drive != nil || seldom(t, 9, "files") {
		c.FilesTo = maybe("files to", "id-0", "P1@Lindeboom.example", "id-2", FilesToNobody, "", "id-9")
	}
	if p.Mailbox != nil && flip(t, "hand over") {
		c.MailTo = word(rapid.SampledFrom([]string{"id-0", "P1@lindeboom.example", "id-2", "id-3", "id-4"}).Draw(t, "mail to"))
		c.MailboxDisplayName = maybe("rename", "Former", p.DisplayName)
		c.ReplyInside, c.ReplyOutside = maybe("inside", ReplyAuto, "In."), maybe("outside", ReplyAuto, ReplySame, "Out.")
		c.HoldMailbox = nil
		if c.ReplyInside == nil && text(c.ReplyOutside) == ReplySame {
			c.ReplyOutside = nil
		}
	}
	switch rapid.IntRange(0, 3).Draw(t, "aliases") {
	case 1:
		c.RemoveAliases = &Aliases{All: true}
	case 2:
		c.RemoveAliases = &Aliases{}
		for _, a := range p.Addresses {
			if flip(t, "alias") && !a.Primary {
				c.RemoveAliases.List = append(c.RemoveAliases.List, strings.ToUpper(a.Value))
			}
		}
	}
	if seldom(t, 9, "careless") {
		careless(t, &c)
	}
	return c
}
