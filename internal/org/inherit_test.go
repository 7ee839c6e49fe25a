package org

import (
	"slices"
	"testing"
)

func TestInherit(t *testing.T) {
	docenten := &Group{ID: "docenten", Licenses: []License{{Sku: e3, DisabledPlans: []string{"spo2"}}}}
	bare := with(somebody("gijs"), func(p *Person) { p.Licenses, p.Mailbox, p.Drive = nil, nil, nil })
	member := with(somebody("gijs"), func(p *Person) {
		p.Licenses = []License{{Sku: e3, Group: "docenten", DisabledPlans: []string{"spo2"}}}
		p.Drive = nil
	})
	full := func(o *Organization) { o.Subscriptions[0].Assigned = 60 }
	for _, c := range []struct {
		name    string
		org     func(*Organization)
		before  Person
		group   *Group
		member  bool
		want    []License
		changed bool
		free    int
	}{
		{"R-LIC-14 joining adds", nil, bare, docenten, true, []License{{Sku: e3, Group: "docenten", DisabledPlans: []string{"spo2"}, Assigned: monday}}, true, 19},
		{"R-LIC-14 staying changes nothing", nil, member, docenten, true, member.Licenses, false, 20},
		{"R-LIC-14 leaving removes", nil, member, docenten, false, nil, true, 20},
		{"R-LIC-14 leaving another group does not", nil, member, &Group{ID: "other"}, false, member.Licenses, false, 20},
		{"R-LIC-14 the group gives it no longer", nil, member, &Group{ID: "docenten"}, true, nil, true, 20},
		{
			"R-LIC-14 consumed once", full, with(bare, func(p *Person) { p.Licenses = []License{{Sku: e3}} }), docenten, true,
			[]License{{Sku: e3}, {Sku: e3, Group: "docenten", DisabledPlans: []string{"spo2"}, Assigned: monday}},
			true, 0,
		},
		{
			"R-LIC-16 CountViolation", full, bare, docenten, true,
			[]License{{Sku: e3, Group: "docenten", DisabledPlans: []string{"spo2"}, Assigned: monday, Error: "CountViolation"}},
			true, 0,
		},
		{
			"R-LIC-14 the last seat", func(o *Organization) { o.Subscriptions[0].Assigned = 59 }, bare, docenten, true,
			[]License{{Sku: e3, Group: "docenten", DisabledPlans: []string{"spo2"}, Assigned: monday}},
			true, 0,
		},
		{
			"R-LIC-16 tried again with a seat free", nil, with(bare, func(p *Person) { p.Licenses = []License{{Sku: e3, Group: "docenten", Error: "CountViolation"}} }), docenten, true,
			[]License{{Sku: e3, Group: "docenten", DisabledPlans: []string{"spo2"}, Assigned: monday}},
			true, 19,
		},
		{
			"R-LIC-16 MutuallyExclusiveViolation takes no seat", nil, with(bare, func(p *Person) { p.Licenses = []License{{Sku: plan1}} }), docenten, true,
			[]License{{Sku: plan1}, {Sku: e3, Group: "docenten", DisabledPlans: []string{"spo2"}, Assigned: monday, Error: "MutuallyExclusiveViolation"}},
			true, 20,
		},
		{
			"R-LIC-16 MutuallyExclusiveViolation when tried again", nil,
			with(bare, func(p *Person) {
				p.Licenses = []License{{Sku: plan1}, {Sku: e3, Group: "docenten", Error: "CountViolation"}}
			}), docenten, true,
			[]License{{Sku: plan1}, {Sku: e3, Group: "docenten", DisabledPlans: []string{"spo2"}, Assigned: monday, Error: "MutuallyExclusiveViolation"}},
			true, 20,
		},
		{
			"R-LIC-16 DependencyViolation", nil, bare, &Group{ID: "g", Licenses: []License{{Sku: archive}}}, true,
			[]License{{Sku: archive, Group: "g", Assigned: monday, Error: "DependencyViolation"}},
			true, 20,
		},
		{
			"R-LIC-16 what it depends on comes after it", nil, bare, &Group{ID: "g", Licenses: []License{{Sku: archive}, {Sku: plan1}}}, true,
			[]License{{Sku: archive, Group: "g", Assigned: monday}, {Sku: plan1, Group: "g", Assigned: monday}},
			true, 20,
		},
		{
			"R-LIC-17 one failing product blocks the others of the group", nil, with(bare, func(p *Person) { p.Licenses = []License{{Sku: plan1}} }),
			&Group{ID: "g", Licenses: []License{{Sku: visio}, {Sku: e3}}},
			true,
			[]License{
				{Sku: plan1}, {Sku: visio, Group: "g", Assigned: monday, Error: "Other"}, {Sku: e3, Group: "g", Assigned: monday, Error: "MutuallyExclusiveViolation"},
			},
			true, 20,
		},
		{
			"R-LIC-17 and gives back the seats it took", func(o *Organization) { o.Subscriptions[4].Assigned = 5 }, bare,
			&Group{ID: "g", Licenses: []License{{Sku: e3}, {Sku: visio}}},
			true,
			[]License{{Sku: e3, Group: "g", Assigned: monday, Error: "Other"}, {Sku: visio, Group: "g", Assigned: monday, Error: "CountViolation"}},
			true, 20,
		},
		{
			"R-LIC-17 but not the seat held in another way", func(o *Organization) { o.Subscriptions[4].Assigned = 5 },
			with(bare, func(p *Person) { p.Licenses = []License{{Sku: e3}} }), &Group{ID: "g", Licenses: []License{{Sku: e3}, {Sku: visio}}},
			true,
			[]License{{Sku: e3}, {Sku: e3, Group: "g", Assigned: monday, Error: "Other"}, {Sku: visio, Group: "g", Assigned: monday, Error: "CountViolation"}},
			true, 20,
		},
		{
			"R-LIC-17 what worked before stays", func(o *Organization) { o.Subscriptions[4].Assigned = 5 },
			with(bare, func(p *Person) { p.Licenses = []License{{Sku: e3, Group: "g"}} }), &Group{ID: "g", Licenses: []License{{Sku: e3}, {Sku: visio}}},
			true,
			[]License{{Sku: e3, Group: "g"}, {Sku: visio, Group: "g", Assigned: monday, Error: "CountViolation"}},
			true, 20,
		},
		{
			"R-LIC-17 all come when the cause is gone", nil,
			with(bare, func(p *Person) {
				p.Licenses = []License{{Sku: e3, Group: "g", Error: "Other"}, {Sku: visio, Group: "g", Error: "CountViolation"}}
			}), &Group{ID: "g", Licenses: []License{{Sku: e3}, {Sku: visio}}},
			true,
			[]License{{Sku: e3, Group: "g", Assigned: monday}, {Sku: visio, Group: "g", Assigned: monday}},
			true, 19,
		},
		{"R-DEL-13 a deleted person gets none", nil, Depart(bare, DeleteSteps(), monday), docenten, true, nil, false, 20},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := college()
			if c.org != nil {
				c.org(o)
			}
			p := c.before.Clone()
			changed := o.Inherit(&p, c.group, c.member, monday)
			same := slices.EqualFunc(p.Licenses, c.want, func(a, b License) bool {
				return a.Sku == b.Sku && a.Group == b.Group && a.Error == b.Error && slices.Equal(a.DisabledPlans, b.DisabledPlans) && a.Assigned.Equal(b.Assigned)
			})
			if !same || changed != c.changed {
				t.Errorf("licences = %+v, changed %v\nwant       %+v, %v", p.Licenses, changed, c.want, c.changed)
			}
			if got := o.FreeSeats(e3); got != c.free {
				t.Errorf("%d seats of E3 free, want %d", got, c.free)
			}
		})
	}
	t.Run("R-LIC-08 R-LIC-11 the mailbox follows", func(t *testing.T) {
		o, p := college(), bare.Clone()
		o.Inherit(&p, docenten, true, monday)
		if p.Mailbox == nil || p.Drive != nil {
			t.Errorf("mailbox = %v, drive = %v; want a mailbox only", p.Mailbox, p.Drive)
		}
		o.Inherit(&p, docenten, false, monday.Add(Day))
		if !p.Mailbox.Disconnected.Equal(monday.Add(Day)) {
			t.Errorf("disconnected = %s", p.Mailbox.Disconnected)
		}
	})
}

// TestFailure names the plans that a licence in error is about.
func TestFailure(t *testing.T) {
	for _, c := range []struct {
		name, failed string
		licenses     []License
		reason       string
	}{
		{"R-LIC-20 what excludes what", "MutuallyExclusiveViolation", []License{{Sku: plan1}}, "license.exclusive"},
		{"R-LIC-20 what depends on what", "DependencyViolation", nil, "license.depends"},
		{"R-LIC-16 no seat", "CountViolation", nil, "license.noSeats"},
		{"R-LIC-17 the cause is another product", "Other", nil, ""},
		{"R-LIC-16 nothing is wrong", "", nil, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := License{Sku: e3, Group: "g", Error: c.failed}
			if c.reason == "license.depends" {
				l.Sku = archive
			}
			p := with(somebody("gijs"), func(p *Person) { p.Licenses = append(c.licenses, l) })
			if got := college().Failure(&p, l); reason(got) != c.reason {
				t.Errorf("got %v, want %q", got, c.reason)
			}
		})
	}
}
