package org

import (
	"reflect"
	"strings"
	"testing"
)

func TestGroupGates(t *testing.T) {
	as := func(roles ...RoleID) Actor { return Actor{ID: "x", Name: "x", Roles: roles} }
	plain := Group{ID: "g", DisplayName: "Docenten", Security: true}
	change := func(f func(*Group)) *Group {
		g := plain
		f(&g)
		return &g
	}
	for _, c := range []struct {
		name                               string
		actor                              Actor
		group                              *Group
		edit, members, owners, end, giving string
	}{
		{"R-ROLE-07 a Groups Administrator", as(GroupsAdmin), &plain, "", "", "", "", "actor.noRole"},
		{"R-ROLE-07 a User Administrator", as(UserAdmin), &plain, "", "", "", "", ""},
		{"R-ROLE-09 a License Administrator", as(LicenseAdmin), &plain, "actor.noRole", "actor.noRole", "actor.noRole", "actor.noRole", ""},
		{"R-ROLE-12 a group that can hold roles", as(UserAdmin), change(func(g *Group) { g.RoleAssignable = true }), "actor.noRole", "actor.noRole", "actor.noRole", "actor.noRole", ""},
		{"R-ROLE-12 and who may change it", as(PrivilegedRoleAdmin), change(func(g *Group) { g.RoleAssignable = true }), "", "", "", "", "actor.noRole"},
		{"R-AD-08 from Active Directory, licences apart", as(GlobalAdmin), change(func(g *Group) { g.Synced = true }), "group.synced", "group.synced", "group.synced", "group.synced", ""},
		{"R-DEL-13 with a rule", as(GlobalAdmin), change(func(g *Group) { g.Rule = "x" }), "", "group.dynamic", "", "", ""},
		{"R-LIC-18 that gives licences", as(GlobalAdmin), change(func(g *Group) { g.Licenses = []License{{Sku: e3}} }), "", "", "", "group.licensed", ""},
		{"R-LIC-14 a distribution list", as(GlobalAdmin), change(func(g *Group) { g.Security, g.MailEnabled = false, true }), "", "", "", "", "group.onlyMail"},
	} {
		t.Run(c.name, func(t *testing.T) {
			for what, x := range map[string]struct {
				got  *Refusal
				want string
			}{
				"changing": {GateGroup(c.actor, c.group), c.edit}, "members": {GateMembership(c.actor, c.group, false), c.members},
				"owners": {GateMembership(c.actor, c.group, true), c.owners}, "deleting": {GateGroupDeletion(c.actor, c.group), c.end},
				"licences": {GateGroupLicenses(c.actor, c.group), c.giving},
			} {
				if reason(x.got) != x.want {
					t.Errorf("%s: %v, want %q", what, x.got, x.want)
				}
			}
		})
	}
}

func TestNewGroups(t *testing.T) {
	boss := Actor{ID: "x", Roles: []RoleID{GlobalAdmin}}
	for _, c := range []struct {
		name  string
		group Group
		want  string
	}{
		{"security", Group{DisplayName: "A", MailNickname: "a", Security: true}, ""},
		{"Microsoft 365", Group{DisplayName: "A", MailNickname: "a.b-c_1", Unified: true, MailEnabled: true, Description: "one\ntwo"}, ""},
		{"R-ROLE-13 that can hold roles", Group{DisplayName: "A", Unified: true, MailEnabled: true, Security: true, RoleAssignable: true}, ""},
		{"R-API-10 no name", Group{DisplayName: " ", Security: true}, "group.noDisplayName"},
		{"R-API-10 a long name", Group{DisplayName: strings.Repeat("é", 257), Security: true}, "group.tooLong"},
		{"R-API-10 a long description", Group{DisplayName: "A", Description: strings.Repeat("é", 1025), Security: true}, "group.tooLong"},
		{"R-API-10 control characters", Group{DisplayName: "A\n", Security: true}, "group.badText"},
		{"R-API-10 broken text", Group{DisplayName: "A", Description: "\xff", Security: true}, "group.badText"},
		{"R-API-10 a space in the nickname", Group{DisplayName: "A", MailNickname: "a b", Security: true}, "group.badNickname"},
		{"R-API-10 an address as nickname", Group{DisplayName: "A", MailNickname: "a@b", Security: true}, "group.badNickname"},
		{"R-API-10 an accent in the nickname", Group{DisplayName: "A", MailNickname: "é", Security: true}, "group.badNickname"},
		{"R-API-10 a distribution list", Group{DisplayName: "A", MailEnabled: true}, "group.kind"},
		{"R-API-10 neither kind", Group{DisplayName: "A"}, "group.kind"},
		{"R-API-10 Microsoft 365 without mail", Group{DisplayName: "A", Unified: true, Security: true}, "group.kind"},
		{"R-ROLE-13 roles without security", Group{DisplayName: "A", Unified: true, MailEnabled: true, RoleAssignable: true}, "group.roleKind"},
		{"R-ROLE-13 roles by a rule", Group{DisplayName: "A", Security: true, RoleAssignable: true, Rule: "x"}, "group.roleKind"},
	} {
		t.Run(c.name, func(t *testing.T) {
			if r := CheckNewGroup(boss, &c.group); reason(r) != c.want {
				t.Errorf("got %v, want %q", r, c.want)
			}
		})
	}
	if r := CheckNewGroup(Actor{ID: "x", Roles: []RoleID{LicenseAdmin}}, &Group{DisplayName: "A", Security: true}); reason(r) != "actor.noRole" {
		t.Errorf("R-ROLE-09: a License Administrator makes groups: %v", r)
	}
}

func TestLastOwner(t *testing.T) {
	g, a, b := &Group{ID: "g"}, Ref{ID: "a"}, Ref{ID: "b"}
	for _, c := range []struct {
		name   string
		owners []Ref
		going  Ref
		want   string
	}{
		{"R-API-72 the only one", []Ref{a}, a, "group.lastOwner"},
		{"R-API-72 one of two", []Ref{a, b}, a, ""},
		{"R-API-72 somebody who is none", []Ref{a}, b, ""},
		{"R-API-72 of nobody", nil, a, ""},
	} {
		if r := LastOwner(g, c.owners, c.going); reason(r) != c.want {
			t.Errorf("%s: %v", c.name, r)
		}
	}
}

func TestNickname(t *testing.T) {
	for name, want := range map[string]string{
		"Reünie 2027": "reunie-2027", "Sectie  Nederlands & Duits": "sectie-nederlands-duits", "(Bestuur)": "bestuur", "ICT/beheer.": "ict-beheer", "日本": "", "": "",
		"Ĳsclub": "ijsclub", strings.Repeat("a", 70): strings.Repeat("a", 64),
	} {
		got := Nickname(name)
		if got != want {
			t.Errorf("%q becomes %q, want %q", name, got, want)
		}
		if r := CheckGroup(&Group{DisplayName: "x", MailNickname: got}); r != nil {
			t.Errorf("%q becomes %q: %v", name, got, r)
		}
	}
}

func TestGroupChange(t *testing.T) {
	o := college()
	o.Subscriptions[0].Assigned = o.Subscriptions[0].Total - 1
	bare := func(name string) Person {
		return with(somebody(name), func(p *Person) { p.Licenses, p.Mailbox, p.Drive = nil, nil, nil })
	}
	through := func(name string, skus ...SkuID) Person {
		return with(somebody(name), func(p *Person) {
			p.Licenses = nil
			for _, sku := range skus {
				p.Licenses = append(p.Licenses, License{Sku: sku, Group: "g"})
			}
		})
	}
	count := func(before []License, after *Group, people ...Person) GroupChange {
		c := o.NewGroupChange(before, after)
		for _, p := range people {
			next := p.Clone()
			o.Inherit(&next, after, true, monday)
			c.Count(&p, &next, after.ID)
		}
		return c
	}
	refs := func(names ...string) []Ref {
		var list []Ref
		for _, name := range names {
			p := somebody(name)
			list = append(list, p.Ref())
		}
		return list
	}
	t.Run("only the first are named", func(t *testing.T) {
		got := count([]License{{Sku: e3, Group: "g"}}, &Group{ID: "g"}, through("a", e3), through("b", e3), through("c", e3), through("d", e3), through("e", e3), through("f", e3))
		if p := got.Products[0]; p.Lose != 6 || !reflect.DeepEqual(p.Losing, refs("a", "b", "c", "d", "e")) {
			t.Errorf("got %+v", p)
		}
	})
	t.Run("R-LIC-14 R-LIC-16 giving", func(t *testing.T) {
		got := count(nil, &Group{ID: "g", Licenses: []License{{Sku: e3, Group: "g"}}}, somebody("has"), bare("gets"), bare("waits"),
			with(bare("clashes"), func(p *Person) { p.Licenses = []License{{Sku: plan1}} }))
		want := GroupChange{Members: 4, Products: []ProductChange{{Sku: e3, Given: true, Free: 1, Gain: 1, Keep: 1, NoSeat: 1, Clash: 1, Gaining: refs("gets")}}}
		if !reflect.DeepEqual(got, want) || got.Loses() || !got.Gains() {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
	t.Run("R-LIC-17 one product blocks another", func(t *testing.T) {
		got := count(nil, &Group{ID: "g", Licenses: []License{{Sku: visio, Group: "g"}, {Sku: e3, Group: "g"}}},
			with(bare("x"), func(p *Person) { p.Licenses = []License{{Sku: plan1}} }))
		if got.Products[0].Block != 1 || got.Products[1].Clash != 1 || got.Products[0].Gain != 0 {
			t.Errorf("got %+v", got)
		}
	})
	t.Run("R-LIC-08 R-OD-20 R-DEL-33 taking", func(t *testing.T) {
		twice := through("keeps", e3)
		twice.Licenses = append(twice.Licenses, License{Sku: e3})
		got := count([]License{{Sku: e3, Group: "g"}}, &Group{ID: "g"}, through("loses", e3), twice, bare("never had it"),
			with(through("forwards", e3), func(p *Person) { p.Mailbox.ForwardTo = "x@y" }))
		want := GroupChange{Members: 4, Products: []ProductChange{{Sku: e3, Lose: 2, Keep: 1, Losing: refs("loses", "forwards")}}, Mailboxes: 2, Drives: 2, Forwarding: 1}
		if !reflect.DeepEqual(got, want) || !got.Loses() || got.Gains() {
			t.Errorf("got  %+v\nwant %+v", got, want)
		}
	})
}
