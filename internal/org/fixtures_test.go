package org

import (
	"slices"
	"testing"
	"time"
)

// monday is when the tests take place.
var monday = time.Date(2026, 3, 2, 9, 0, 0, 0, time.UTC)

// The products of the tests.
const (
	e3      SkuID = "sku-e3"      // mailbox with holds, drive
	plan1   SkuID = "sku-plan1"   // mailbox without holds
	archive SkuID = "sku-archive" // needs a mailbox plan
	files   SkuID = "sku-files"   // drive only
	visio   SkuID = "sku-visio"   // neither
	tenant  SkuID = "sku-tenant"  // not for people
)

func catalogue() Products {
	return Products{
		{Sku: e3, DisplayName: "Office 365 E3", Plans: []ServicePlan{
			{ID: "exo2", Name: "EXCHANGE_S_ENTERPRISE", Provides: Exchange}, {ID: "spo2", Name: "SHAREPOINTENTERPRISE", Provides: SharePoint},
		}},
		{Sku: plan1, DisplayName: "Exchange Online Plan 1", Plans: []ServicePlan{{ID: "exo1", Name: "EXCHANGE_S_STANDARD", Provides: Exchange}}},
		{Sku: archive, DisplayName: "Exchange Online Archiving", Plans: []ServicePlan{
			{ID: "eoa", Name: "EXCHANGE_S_ARCHIVE_ADDON", Needs: []string{"EXCHANGE_S_STANDARD", "EXCHANGE_S_ENTERPRISE"}},
		}},
		{Sku: files, DisplayName: "OneDrive Plan 1", Plans: []ServicePlan{{ID: "odb", Name: "ONEDRIVESTANDARD", Provides: SharePoint}}},
		{Sku: visio, DisplayName: "Visio Plan 2", Plans: []ServicePlan{{ID: "vis", Name: "VISIOONLINE"}}},
		{Sku: tenant, DisplayName: "Tenant Storage", Company: true},
	}
}

// monthly is a subscription that seats can be given back to at any time.
func monthly(sku SkuID, total, assigned int) Subscription {
	return Subscription{
		ID: SubscriptionID("sub-" + sku), Sku: sku, DisplayName: catalogue().Name(sku), Channel: Direct, Billing: MOSA, Commitment: MonthlyCommitment,
		TermStart: monday.AddDate(0, 0, -10), TermEnd: monday.AddDate(0, 0, 20), Recurring: true, Status: "Enabled",
		Total: total, Assigned: assigned, ProductTotal: total, Price: Money{2180, "EUR"}, Per: "month",
	}
}

func college() *Organization {
	return &Organization{
		ID: "org", Domains: []string{"lindeboom.example"}, Settings: DefaultSettings(), Products: catalogue(), GlobalAdmins: 2, People: 250,
		Subscriptions: []Subscription{
			monthly(e3, 60, 40), monthly(plan1, 10, 4), monthly(archive, 5, 1), monthly(files, 10, 2), monthly(visio, 5, 3), monthly(tenant, 1, 0),
		},
	}
}

// somebody is an ordinary person: enabled, with a mailbox, a drive and E3.
func somebody(name string) Person {
	upn := name + "@lindeboom.example"
	return Person{
		User: User{
			ID: UserID("id-" + name), UPN: upn, DisplayName: name, Mail: upn, UsageLocation: "NL", PreferredLanguage: "nl-NL",
			AccountEnabled: true, PasswordHash: "hash-of-" + name, SessionEpoch: 3,
		},
		Addresses: []Address{{upn, true}, {name + ".alias@lindeboom.example", false}, {name + ".old@lindeboom.example", false}},
		Licenses:  []License{{Sku: e3, Assigned: monday.AddDate(-1, 0, 0)}},
		Mailbox:   &Mailbox{Type: UserMailbox, Size: 2 * GB},
		Drive:     &Drive{ID: DriveID("drive-" + name), Size: GB, Items: 5},
	}
}

// with changes a person and gives it back.
func with(p Person, change func(*Person)) Person {
	p = p.Clone()
	change(&p)
	return p
}

func holding(name string, roles ...RoleID) Person {
	return with(somebody(name), func(p *Person) { p.Roles = roles })
}

// by is an actor with roles.
func by(roles ...RoleID) Actor {
	return Actor{ID: "id-actor", Name: "actor@lindeboom.example", Roles: roles}
}

func boss() Actor { return by(GlobalAdmin) }

func ref(name string) Ref {
	return Ref{ID: "id-" + name, Name: name + "@lindeboom.example", DisplayName: name}
}

func heirOf(name string) Heir {
	return Heir{Ref: ref(name), Mail: name + "@lindeboom.example", Enabled: true, Exchange: true}
}

// asking is a leaver as somebody's plan asks for it; the manager is bram.
func asking(p Person, c Choices) Leaver {
	manager := ref("bram")
	return Leaver{Asked: p.UPN, Found: true, Person: p, Choices: c, Around: Surroundings{Manager: &manager}}
}

// about gives the facts on leavers, with everybody who can inherit.
func about(o *Organization, leavers ...Leaver) Facts {
	f := Facts{
		Org: o, People: leavers, Heirs: map[string]Heir{}, ReplyTemplates: map[string]string{
			"en": "{leaver} left, write to {heir} at {heirMail}.", "nl": "{leaver} is weg, schrijf {heir} via {heirMail}.",
		},
	}
	for _, name := range []string{"bram", "carla", "owner"} {
		f.Heirs[HeirKey(name+"@lindeboom.example")], f.Heirs["id-"+name] = heirOf(name), heirOf(name)
	}
	blocked := heirOf("blocked")
	blocked.Enabled = false
	f.Heirs["blocked@lindeboom.example"], f.Heirs["id-blocked"] = blocked, blocked
	for i := range leavers {
		f.Heirs[HeirKey(leavers[i].Person.UPN)] = Heir{Ref: leavers[i].Person.Ref(), Enabled: true, Exchange: true}
	}
	return f
}

// planOf plans one person for a Global Administrator.
func planOf(p Person, c Choices) Item { return planBy(boss(), p, c) }

func planBy(a Actor, p Person, c Choices) Item {
	return MakePlan(about(college(), asking(p, c)), a, monday).Items[0]
}

func kinds(steps []Step) []StepKind {
	var out []StepKind
	for i := range steps {
		out = append(out, steps[i].Kind)
	}
	return out
}

func stepOf(steps []Step, kind StepKind) *Step {
	i := slices.IndexFunc(steps, func(s Step) bool { return s.Kind == kind })
	if i < 0 {
		return nil
	}
	return &steps[i]
}

func told(it Item, key string) *Consequence {
	i := slices.IndexFunc(it.Consequences, func(c Consequence) bool { return c.Key == key })
	if i < 0 {
		return nil
	}
	return &it.Consequences[i]
}

// reason is the code of a refusal, or "".
func reason(r *Refusal) string {
	if r == nil {
		return ""
	}
	return r.Reason
}

func reasons(it Item) []string {
	var out []string
	for _, r := range it.Refusals {
		out = append(out, r.Reason)
	}
	return out
}

// wantRefusal fails unless the item is refused for exactly one reason, by the rule.
func wantRefusal(t *testing.T, it Item, reason, rule string) {
	t.Helper()
	if len(it.Refusals) != 1 || it.Refusals[0].Reason != reason || it.Refusals[0].Rule != rule {
		t.Fatalf("refusals = %v, want only %s by %s", it.Refusals, reason, rule)
	}
	if it.Outcome != OutcomeRefused || len(it.Steps) > 0 || len(it.Consequences) > 0 {
		t.Fatalf("outcome = %s with %d steps and %d consequences, want refused with none", it.Outcome, len(it.Steps), len(it.Consequences))
	}
}

// wantPlan fails when the item is refused.
func wantPlan(t *testing.T, it Item, outcome Outcome) {
	t.Helper()
	if it.Outcome != outcome {
		t.Fatalf("outcome = %s, want %s; refusals = %v", it.Outcome, outcome, it.Refusals)
	}
}
