package org

import (
	"encoding/hex"
	"testing"
	"time"
)

// TestHash changes one thing at a time: what was decided moves the hash, the
// clock alone does not.
func TestHash(t *testing.T) {
	full := mailTo("bram")
	full.MailboxDisplayName, full.ReplyInside, full.ReplyOutside = word("Former: anna"), word("In."), word("Out.")
	full.RemoveAliases, full.FilesTo = &Aliases{All: true}, word("id-carla")
	facts := func() Facts {
		l := asking(holding("anna", HelpdeskAdmin), full)
		l.Around.Groups = 3
		return about(college(), l, asking(somebody("gijs"), Choices{ReduceSubscriptions: yes()}))
	}
	base := MakePlan(facts(), boss(), monday)
	if len(base.Items[0].Refusals)+len(base.Items[1].Refusals) > 0 {
		t.Fatalf("refusals = %v %v", base.Items[0].Refusals, base.Items[1].Refusals)
	}
	if again := MakePlan(facts(), boss(), monday); again.Hash != base.Hash {
		t.Error("the same facts give another hash")
	}
	for _, later := range []time.Duration{time.Nanosecond, time.Hour, 5 * Day} {
		if got := MakePlan(facts(), boss(), monday.Add(later)); got.Hash != base.Hash {
			t.Errorf("the hash moves with the clock: %s later", later)
		}
	}
	changes := map[string]func(*Facts){
		"heir of mail":    func(f *Facts) { f.People[0].Choices.MailTo = word("id-owner") },
		"name of mailbox": func(f *Facts) { f.People[0].Choices.MailboxDisplayName = word("Gone: anna") },
		"reply inside":    func(f *Facts) { f.People[0].Choices.ReplyInside = word("In!") },
		"reply outside":   func(f *Facts) { f.People[0].Choices.ReplyOutside = word("Out!") },
		"aliases": func(f *Facts) {
			f.People[0].Choices.RemoveAliases = &Aliases{List: []string{"anna.old@lindeboom.example"}}
		},
		"heir of files":  func(f *Facts) { f.People[0].Choices.FilesTo = word("id-owner") },
		"licences kept":  func(f *Facts) { f.People[0].Choices.RemoveLicenses = no() },
		"end state":      func(f *Facts) { f.People[0].Choices = Choices{} },
		"stop paying":    func(f *Facts) { f.People[1].Choices = Choices{} },
		"hold":           func(f *Facts) { f.People[1].Choices.HoldMailbox = yes() },
		"a role more":    func(f *Facts) { f.People[0].Person.Roles = append(f.People[0].Person.Roles, ReportsReader) },
		"a licence more": func(f *Facts) { f.People[0].Person.Licenses = append(f.People[0].Person.Licenses, License{Sku: visio}) },
		"an alias more": func(f *Facts) {
			f.People[0].Person.Addresses = append(f.People[0].Person.Addresses, Address{Value: "a@lindeboom.example"})
		},
		"sign-in closed": func(f *Facts) { f.People[0].Person.AccountEnabled = false },
		"a group more":   func(f *Facts) { f.People[0].Around.Groups++ },
		"a refusal":      func(f *Facts) { f.People[1].Person.Synced = true },
		"another price":  func(f *Facts) { f.Org.Subscriptions[0].Price.Minor++ },
		"when paying stops": func(f *Facts) {
			f.Org.Subscriptions[0].Billing, f.Org.Subscriptions[0].LastPurchase = MCA, monday.Add(-8*Day)
		},
		"a drive without a licence": func(f *Facts) {
			f.People[0].Person.Licenses = append(f.People[0].Person.Licenses, License{Sku: files, Group: "g"})
		},
		"one person less":    func(f *Facts) { f.People = f.People[:1] },
		"another person":     func(f *Facts) { f.People[1].Person.ID = "id-other" },
		"order":              func(f *Facts) { f.People[0], f.People[1] = f.People[1], f.People[0] },
		"manager of another": func(f *Facts) { other := ref("owner"); f.People[1].Around.Manager = &other },
	}
	seen := map[string]string{base.Hash: "nothing"}
	for name, change := range changes {
		f := facts()
		change(&f)
		hash := MakePlan(f, boss(), monday).Hash
		if other, twice := seen[hash]; twice {
			t.Errorf("%s gives the hash of %s", name, other)
		}
		seen[hash] = name
	}
}

// hashOfSteps is the hash of a plan that has nothing but steps.
func hashOfSteps(steps []Step) string {
	var p Planner
	p.hash(&Item{Steps: steps})
	return hex.EncodeToString(p.sum[:])
}

func TestHashOfSteps(t *testing.T) {
	steps := planOf(somebody("anna"), Choices{}).Steps
	later := MakePlan(about(college(), asking(somebody("anna"), Choices{})), boss(), monday.Add(Day)).Items[0].Steps
	if hashOfSteps(steps) != hashOfSteps(later) {
		t.Error("the hash moves with the clock")
	}
	if hashOfSteps(steps) == hashOfSteps(steps[1:]) {
		t.Error("the hash stays with a step less")
	}
	for name, pair := range map[string][2]Step{
		"aliases run together": {{Kind: RemoveAliases, Aliases: []string{"ab", "c"}}, {Kind: RemoveAliases, Aliases: []string{"a", "bc"}}},
		"one alias or two":     {{Kind: RemoveAliases, Aliases: []string{"ab"}}, {Kind: RemoveAliases, Aliases: []string{"a", "b"}}},
		"product or role":      {{Kind: RemoveRoles, Skus: []SkuID{"x"}}, {Kind: RemoveRoles, Roles: []RoleID{"x"}}},
		"now or later":         {{Kind: ReduceSubscription, Sub: "s", When: Now}, {Kind: ReduceSubscription, Sub: "s", When: Renewal}},
		"clock of the drive":   {{Kind: RemoveLicenses}, {Kind: RemoveLicenses, DriveUnlicensed: true}},
	} {
		if hashOfSteps(pair[:1]) == hashOfSteps(pair[1:]) {
			t.Errorf("%s: the same hash", name)
		}
	}
}
