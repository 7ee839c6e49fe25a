package org

import (
	"reflect"
	"testing"

	"pgregory.net/rapid"
)

// TestPlannerRounds shows in the first round only what the gate looks at of those
// whose choices are plain: the plan is the same as with everything known.
func TestPlannerRounds(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		m := organization(t)
		want := MakePlan(m.facts, m.actor, monday)
		p := NewPlanner(m.facts, m.actor, monday, 0)
		for _, l := range m.facts.People {
			if l.Choices.Plain() {
				l = Leaver{Asked: l.Asked, Found: l.Found, Person: gateOf(&l.Person), Choices: l.Choices}
			}
			p.Decide(&l)
		}
		var items []Item
		for i := range m.facts.People {
			items = append(items, p.Item(&m.facts.People[i]))
		}
		got := p.Plan()
		got.Items = items
		if !reflect.DeepEqual(got, want) {
			t.Fatalf("in rounds\n%+v\nat once\n%+v", got, want)
		}
	})
}

// gateOf is what the gate looks at.
func gateOf(p *Person) Person {
	g := Person{
		User: User{
			Key: p.Key, ID: p.ID, UPN: p.UPN, DisplayName: p.DisplayName, AccountEnabled: p.AccountEnabled, Synced: p.Synced, Deleted: p.Deleted,
		},
		Roles: p.Roles, SuspendedRoles: p.SuspendedRoles, InRoleGroup: p.InRoleGroup, InRestrictedUnit: p.InRestrictedUnit,
	}
	if p.Mailbox != nil {
		g.Mailbox = &Mailbox{Type: p.Mailbox.Type, ForwardTo: p.Mailbox.ForwardTo}
	}
	return g
}
