package org

import (
	"reflect"
	"slices"
	"testing"
	"time"
)

func TestAssign(t *testing.T) {
	bare := with(somebody("mila"), func(p *Person) { p.Licenses, p.Mailbox, p.Drive, p.Addresses, p.Mail = nil, nil, nil, nil, "" })
	want := func(skus ...SkuID) []LicenseRequest {
		var rs []LicenseRequest
		for _, s := range skus {
			rs = append(rs, LicenseRequest{Sku: s})
		}
		return rs
	}
	taken := func(o *Organization) { o.Subscriptions[0].Assigned = 60 }
	for _, c := range []struct {
		name   string
		org    func(*Organization)
		person Person
		add    []LicenseRequest
		remove []SkuID
		reason string
		rule   string
	}{
		{"R-API-41 one", nil, bare, want(e3), nil, "", ""},
		{"R-LIC-13 without a usage location", nil, with(bare, func(p *Person) { p.UsageLocation = "" }), want(e3), nil, "license.usageLocation", "R-LIC-13"},
		{"R-API-05 a product nobody bought", nil, bare, want("sku-other"), nil, "license.unknownProduct", "R-API-05"},
		{"R-API-05 known but not bought", func(o *Organization) { o.Subscriptions = nil }, bare, want(e3), nil, "license.unknownProduct", "R-API-05"},
		{"R-API-05 for the organization only", nil, bare, want(tenant), nil, "license.companyOnly", "R-API-05"},
		{"R-API-05 removing what is not held", nil, bare, nil, []SkuID{e3}, "license.notHeld", "R-API-05"},
		{"R-LIC-15 removing an inherited one", nil, with(bare, func(p *Person) { p.Licenses = []License{{Sku: e3, Group: "g"}} }), nil, []SkuID{e3}, "license.inherited", "R-LIC-15"},
		{"R-LIC-16 CountViolation", taken, bare, want(e3), nil, "license.noSeats", "R-LIC-16"},
		{"R-LIC-14 held through a group already, no seat needed", taken, with(somebody("gijs"), func(p *Person) { p.Licenses[0].Group = "g" }), want(e3), nil, "", ""},
		{"R-LIC-16 a licence in error has no seat", taken, with(bare, func(p *Person) { p.Licenses = []License{{Sku: e3, Error: "CountViolation"}} }), want(e3), nil, "license.noSeats", "R-LIC-16"},
		{"R-LIC-41 suspended seats do not count", func(o *Organization) { o.Subscriptions[0].Status = "Suspended" }, bare, want(e3), nil, "license.noSeats", "R-LIC-16"},
		{"R-LIC-41 seats in their grace do", func(o *Organization) { o.Subscriptions[0].Status = "Warning" }, bare, want(e3), nil, "", ""},
		{"R-LIC-16 MutuallyExclusiveViolation", nil, somebody("anna"), want(plan1), nil, "license.exclusive", "R-LIC-16"},
		{"R-LIC-16 a licence in error excludes nothing", nil, with(bare, func(p *Person) { p.Licenses = []License{{Sku: plan1, Group: "g", Error: "CountViolation"}} }), want(e3), nil, "", ""},
		{"R-LIC-16 a product that is not known excludes nothing", nil, with(bare, func(p *Person) { p.Licenses = []License{{Sku: "sku-old"}} }), want(e3), nil, "", ""},
		{"R-LIC-16 exclusive but changed in one call", nil, somebody("anna"), want(plan1), []SkuID{e3}, "", ""},
		{"R-LIC-16 a conflict that was there before is no hindrance", nil, with(somebody("anna"), func(p *Person) { p.Licenses = append(p.Licenses, License{Sku: plan1}) }), want(visio), nil, "", ""},
		{"R-LIC-16 nor to its end", nil, with(somebody("anna"), func(p *Person) { p.Licenses = append(p.Licenses, License{Sku: plan1}) }), nil, []SkuID{plan1}, "", ""},
		{"R-LIC-16 but a second one is", nil, with(somebody("anna"), func(p *Person) { p.Licenses = []License{{Sku: archive}} }), want(plan1, e3), nil, "license.exclusive", "R-LIC-16"},
		{"R-LIC-16 DependencyViolation", nil, bare, want(archive), nil, "license.depends", "R-LIC-16"},
		{"R-LIC-16 DependencyViolation when removing", nil, with(somebody("anna"), func(p *Person) { p.Licenses = append(p.Licenses, License{Sku: archive}) }), nil, []SkuID{e3}, "license.depends", "R-LIC-16"},
		{"R-LIC-16 what it depends on in the same call", nil, bare, want(archive, plan1), nil, "", ""},
		{"R-DEL-33 the licence of a mailbox that forwards", nil, with(somebody("carla"), func(p *Person) { p.Mailbox.ForwardTo = "x" }), nil, []SkuID{e3}, "license.forwards", "R-DEL-33"},
		{"R-DEL-33 switching off its plan is the same", nil, with(somebody("carla"), func(p *Person) { p.Mailbox.ForwardTo = "x" }), []LicenseRequest{{e3, []string{"exo2"}}}, nil, "license.forwards", "R-DEL-33"},
		{"R-DEL-33 another licence of hers", nil, with(somebody("carla"), func(p *Person) { p.Mailbox.ForwardTo, p.Licenses = "x", append(p.Licenses, License{Sku: visio}) }), nil, []SkuID{visio}, "", ""},
		{"R-DEL-37 the licence of a held mailbox", nil, with(somebody("femke"), func(p *Person) { p.Mailbox.Litigation = true }), nil, []SkuID{e3}, "license.held", "R-DEL-37"},
		{"R-DEL-37 the licence of a held shared mailbox", nil, with(somebody("femke"), func(p *Person) { p.Mailbox.Type, p.Mailbox.Litigation = SharedMailbox, true }), nil, []SkuID{e3}, "license.held", "R-DEL-37"},
		{"R-MBX-23 R-DEL-37 the archiving that a hold needs beside Plan 1", nil, heldByArchiving(), nil, []SkuID{archive}, "license.held", "R-DEL-37"},
		{"R-MBX-23 R-DEL-37 from Plan 2 to Plan 1 alone", nil, with(somebody("femke"), func(p *Person) { p.Mailbox.Litigation = true }), want(plan1), []SkuID{e3}, "license.held", "R-DEL-37"},
		{"R-MBX-23 from Plan 2 to Plan 1 with archiving", nil, with(somebody("femke"), func(p *Person) { p.Mailbox.Litigation = true }), want(plan1, archive), []SkuID{e3}, "", ""},
		{"R-MBX-03 the licence of a shared mailbox of 62 GB", nil, with(somebody("lars"), func(p *Person) { p.Mailbox.Type, p.Mailbox.Size = SharedMailbox, 62*GB }), nil, []SkuID{e3}, "license.sharedNeeds", "R-MBX-03"},
		{"R-MBX-04 the licence of a shared mailbox with archive", nil, with(somebody("lars"), func(p *Person) { p.Mailbox.Type, p.Mailbox.Archive = SharedMailbox, true }), nil, []SkuID{e3}, "license.sharedNeeds", "R-MBX-04"},
		{"R-SM-03 R-MBX-15 R-LIC-12 the licence of a small shared mailbox", nil, with(somebody("daan"), func(p *Person) { p.Mailbox.Type = SharedMailbox }), nil, []SkuID{e3}, "", ""},
		{"R-API-42 both or neither", taken, somebody("anna"), want("sku-other"), []SkuID{e3}, "license.unknownProduct", "R-API-05"},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := college()
			if c.org != nil {
				c.org(o)
			}
			before := c.person.Clone()
			got, err := o.Assign(c.person, c.add, c.remove, monday)
			r := RefusalOf(err)
			if reason(r) != c.reason || r != nil && r.Rule != c.rule {
				t.Fatalf("Assign = %v, want %q by %s", err, c.reason, c.rule)
			}
			if !reflect.DeepEqual(c.person, before) || err != nil && !reflect.DeepEqual(got, before) {
				t.Error("the person given is changed, or a refusal changes something")
			}
			for _, r := range c.add {
				if err == nil && !slices.Contains(got.Seats(), r.Sku) {
					t.Errorf("licences = %v, want %s among them", got.Licenses, r.Sku)
				}
			}
		})
	}
	t.Run("R-API-42 adding a held one replaces the plans that are off", func(t *testing.T) {
		p := with(somebody("anna"), func(p *Person) { p.Licenses[0].DisabledPlans = []string{"spo2"} })
		o := college()
		o.Subscriptions[0].Assigned = 60
		got, err := o.Assign(p, []LicenseRequest{{e3, []string{"exo2"}}}, nil, monday)
		if err != nil || len(got.Licenses) != 1 || !slices.Equal(got.Licenses[0].DisabledPlans, []string{"exo2"}) || !got.Licenses[0].Assigned.Equal(monday) {
			t.Errorf("licences = %+v, %v", got.Licenses, err)
		}
		if !got.Mailbox.Disconnected.Equal(monday) {
			t.Errorf("R-LIC-08: disconnected = %s, want now", got.Mailbox.Disconnected)
		}
	})
}

// heldByArchiving is somebody whose hold rests on Plan 1 with archiving.
func heldByArchiving() Person {
	return with(somebody("femke"), func(p *Person) {
		p.Licenses, p.Mailbox.Litigation = []License{{Sku: plan1}, {Sku: archive}, {Sku: visio}}, true
	})
}

func TestProvision(t *testing.T) {
	o := college()
	licensed := func(skus ...SkuID) func(*Person) {
		return func(p *Person) {
			p.Licenses = nil
			for _, s := range skus {
				p.Licenses = append(p.Licenses, License{Sku: s})
			}
		}
	}
	gone := func(p *Person) { p.Mailbox.Disconnected, p.Mailbox.Size = monday.Add(-30*Day), 7 }
	for _, c := range []struct {
		name         string
		changes      []func(*Person)
		mailbox      MailboxState
		size         Bytes
		disconnected time.Time
		drive        bool
		unlicensed   time.Time
	}{
		{"R-LIC-11 a first licence makes both", []func(*Person){func(p *Person) { p.Mailbox, p.Drive = nil, nil }}, MailboxActive, 0, time.Time{}, true, time.Time{}},
		{"R-LIC-11 a licence of neither", []func(*Person){licensed(visio), func(p *Person) { p.Mailbox, p.Drive = nil, nil }}, MailboxGone, 0, time.Time{}, false, time.Time{}},
		{"R-LIC-08 R-SM-08 taking it starts both clocks", []func(*Person){licensed()}, MailboxDisconnected, 2 * GB, monday, true, monday},
		{"R-LIC-08 a clock that runs is not set back", []func(*Person){licensed(), func(p *Person) {
			p.Mailbox.Disconnected, p.Drive.Unlicensed = monday.Add(-Day), monday.Add(-Day)
		}}, MailboxDisconnected, 2 * GB, monday.Add(-Day), true, monday.Add(-Day)},
		{"R-MBX-19 back within 30 days", []func(*Person){func(p *Person) { p.Mailbox.Disconnected = monday.Add(-30*Day + 1) }}, MailboxActive, 2 * GB, time.Time{}, true, time.Time{}},
		{"R-MBX-19 R-SM-03 after 30 days a new one", []func(*Person){gone}, MailboxActive, 0, time.Time{}, true, time.Time{}},
		{"R-LIC-09 a held mailbox has no clock", []func(*Person){licensed(files), func(p *Person) { p.Mailbox.Litigation = true }}, MailboxActive, 2 * GB, time.Time{}, true, time.Time{}},
		{"R-MBX-03 a shared mailbox has no clock", []func(*Person){licensed(files), func(p *Person) { p.Mailbox.Type = SharedMailbox }}, MailboxActive, 2 * GB, time.Time{}, true, time.Time{}},
		{"R-OD-24 a licence again stops the drive's clock", []func(*Person){licensed(files, plan1), func(p *Person) { p.Drive.Unlicensed = monday.Add(-200 * Day) }}, MailboxActive, 2 * GB, time.Time{}, true, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := somebody("anna")
			for _, change := range c.changes {
				change(&p)
			}
			o.Provision(&p, monday)
			if got := p.MailboxState(monday); got != c.mailbox {
				t.Errorf("mailbox = %s, want %s", got, c.mailbox)
			}
			if p.Mailbox != nil && (p.Mailbox.Size != c.size || !p.Mailbox.Disconnected.Equal(c.disconnected)) {
				t.Errorf("mailbox = %+v, want size %d, disconnected %s", p.Mailbox, c.size, c.disconnected)
			}
			if (p.Drive != nil) != c.drive || p.Drive != nil && !p.Drive.Unlicensed.Equal(c.unlicensed) {
				t.Errorf("drive = %+v, want %v, unlicensed %s", p.Drive, c.drive, c.unlicensed)
			}
		})
	}
	t.Run("R-LIC-19 a new mailbox brings an address", func(t *testing.T) {
		p := with(somebody("mila"), func(p *Person) { p.Mailbox, p.Addresses, p.Mail = nil, nil, "" })
		o.Provision(&p, monday)
		if !slices.Equal(p.Addresses, []Address{{p.UPN, true}}) || p.Mail != p.UPN {
			t.Errorf("addresses = %v, mail = %q", p.Addresses, p.Mail)
		}
	})
}

// TestKeptDriveClock: the drive of an account that is kept follows the licences
// that stay.
func TestKeptDriveClock(t *testing.T) {
	for _, c := range []struct {
		name     string
		licenses []License
		since    time.Time
		size     Bytes
		want     time.Time
	}{
		{"R-SM-08 the last licence goes", []License{{Sku: e3}}, time.Time{}, GB, monday},
		{"R-SM-08 a clock that runs is not set back", []License{{Sku: plan1}}, monday.Add(-50 * Day), GB, monday.Add(-50 * Day)},
		{"R-SM-08 a group still gives a drive", []License{{Sku: e3}, {Sku: files, Group: "g"}}, time.Time{}, GB, time.Time{}},
		{"R-SM-08 what stays has no drive", []License{{Sku: plan1, Group: "g"}, {Sku: files}}, time.Time{}, GB, monday},
		{"R-SM-08 a licence in error covers nothing", []License{{Sku: e3}, {Sku: files, Group: "g", Error: "CountViolation"}}, time.Time{}, GB, monday},
		{"R-SM-08 E3 stays for a big mailbox", []License{{Sku: e3}, {Sku: visio}}, time.Time{}, 62 * GB, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := with(somebody("anna"), func(p *Person) { p.Licenses, p.Drive.Unlicensed, p.Mailbox.Size = c.licenses, c.since, c.size })
			it := planOf(p, mailTo("bram"))
			wantPlan(t, it, OutcomeKeep)
			if got := Depart(p, it.Steps, monday).Drive.Unlicensed; !got.Equal(c.want) {
				t.Errorf("unlicensed since %s, want %s", got, c.want)
			}
			if archived := told(it, "files.archived"); (archived != nil) == c.want.IsZero() || archived != nil && !archived.Date.Equal(c.want.Add(93*Day)) {
				t.Errorf("R-OD-20: files.archived = %v", archived)
			}
		})
	}
}
