package org

import (
	"slices"
	"testing"
	"time"
)

// TestConsequences changes one thing around an ordinary leaver and looks for
// the sentence that it brings.
func TestConsequences(t *testing.T) {
	bare := func(l *Leaver) {
		l.Person.Mailbox, l.Person.Drive, l.Person.Licenses, l.Person.Addresses = nil, nil, nil, nil
	}
	keep := func(l *Leaver) { l.Choices = mailTo("bram") }
	for _, c := range []struct {
		name     string
		change   func(*Leaver)
		key      string // told with the change, not told without
		rule     string
		severity Severity
		days     int // the date, in days from now
	}{
		{"R-DEL-13", func(l *Leaver) { l.Around.Groups = 3 }, "groups.leaves", "R-DEL-13", Info, 0},
		{"R-DEL-32 groups stay with a kept account", func(l *Leaver) { l.Around.Groups = 3; keep(l) }, "groups.stays", "R-DEL-32", Info, 0},
		{"R-DEL-14", func(l *Leaver) { l.Around.Owned = []OwnedGroup{{Group: ref("g")}} }, "groups.ownerless", "R-DEL-14", Warning, 0},
		{"R-DEL-15", func(l *Leaver) { l.Around.Reports = []Ref{ref("x")} }, "reports.noManager", "R-DEL-15", Warning, 0},
		{"R-DEL-08", func(l *Leaver) { l.Around.Forwarders = []Ref{ref("x")} }, "mail.forwardedHere", "R-DEL-08", Warning, 0},
		{"R-MBX-06", func(l *Leaver) { l.Around.Delegated = []DelegatedMailbox{{Mailbox: ref("info")}} }, "mailbox.losesOnlyDelegate", "R-MBX-06", Info, 0},
		{"R-MBX-06 of a shared mailbox", func(l *Leaver) { l.Around.Delegated = []DelegatedMailbox{{Mailbox: ref("info"), Shared: true}} }, "mailbox.nobodyLeft", "R-MBX-06", Warning, 0},
		{"R-MBX-09 an heir who can't sign in", func(l *Leaver) { l.Choices = mailTo("blocked") }, "mailbox.heirBlocked", "R-MBX-09", Warning, 0},
		{"R-WIZ-07 an heir who can't sign in", func(l *Leaver) { l.Choices.FilesTo = word("id-blocked") }, "files.heirBlocked", "R-WIZ-07", Warning, 0},
		{"R-OD-04 a manager who can't sign in", func(l *Leaver) { l.Around.ManagerBlocked = true }, "files.heirBlocked", "R-WIZ-07", Warning, 0},
		{"R-DEL-10", func(l *Leaver) { l.Around.Devices = []string{"LAPTOP-7"} }, "files.onDevices", "R-DEL-10", Warning, 0},
		{"R-OD-08", func(l *Leaver) { l.Around.SharedItems, l.Around.SharedWith = 2, []Ref{ref("x")} }, "files.shared", "R-OD-08", Warning, 0},
		{"R-OD-08 with nobody named", func(l *Leaver) { l.Around.SharedItems = 2 }, "files.sharedUnnamed", "R-OD-08", Warning, 0},
		{"R-OD-10", func(l *Leaver) { l.Person.Drive.Held = true }, "files.held", "R-OD-10", Info, 0},
		{"R-OD-14", func(l *Leaver) { keep(l); l.Choices.RemoveLicenses = no() }, "files.stay", "R-OD-14", Info, 0},
		{"R-OD-20 read-only", keep, "files.readOnly", "R-OD-20", Warning, 60},
		{"R-OD-20 archived", keep, "files.archived", "R-OD-20", Warning, 93},
		{"R-DEL-32", keep, "account.kept", "R-DEL-32", Info, 0},
		{"R-MBX-07", keep, "account.signInStaysBlocked", "R-MBX-07", Info, 0},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := asking(somebody("anna"), Choices{})
			if got := told(MakePlan(about(college(), l), boss(), monday).Items[0], c.key); got != nil {
				t.Fatalf("told without any reason: %+v", got)
			}
			l.Person = l.Person.Clone()
			c.change(&l)
			got := told(MakePlan(about(college(), l), boss(), monday).Items[0], c.key)
			want := time.Time{}
			if c.days > 0 {
				want = monday.Add(time.Duration(c.days) * Day)
			}
			if got == nil || got.Rule != c.rule || got.Severity != c.severity || !got.Date.Equal(want) {
				t.Errorf("%s = %+v, want by %s, %s, on %s", c.key, got, c.rule, c.severity, want)
			}
		})
	}
	for key, want := range map[string]struct {
		rule string
		days int
	}{
		"account.purged": {"R-DEL-01", 30}, "account.nameFree": {"R-DEL-22", 0}, "account.sessionsEnd": {"R-DEL-12", 0},
		"mailbox.softDeleted": {"R-DEL-07", 30}, "mailbox.refusesMail": {"R-DEL-08", 0}, "addresses.reserved": {"R-SM-09", 30},
		"files.retained": {"R-OD-01", 30}, "files.secondNotice": {"R-OD-05", 23}, "files.gone": {"R-OD-06", 123},
		"files.toManager": {"R-OD-04", 0}, "license.freed": {"R-DEL-04", 0},
	} {
		t.Run(want.rule+" "+key, func(t *testing.T) {
			ordinary := told(planOf(somebody("anna"), Choices{}), key)
			date := time.Time{}
			if want.days > 0 {
				date = monday.Add(time.Duration(want.days) * Day)
			}
			if ordinary == nil || ordinary.Rule != want.rule || !ordinary.Date.Equal(date) {
				t.Errorf("%s = %+v, want by %s on %s", key, ordinary, want.rule, date)
			}
		})
	}
	t.Run("R-DEL-01 somebody with nothing is told of the account only", func(t *testing.T) {
		l := asking(somebody("mila"), Choices{})
		bare(&l)
		var keys []string
		for _, c := range MakePlan(about(college(), l), boss(), monday).Items[0].Consequences {
			keys = append(keys, c.Key)
		}
		if want := []string{"account.purged", "account.nameFree", "account.sessionsEnd"}; !slices.Equal(keys, want) {
			t.Errorf("told %v, want %v", keys, want)
		}
	})
	t.Run("R-DEL-15 ten reports are named, all are counted", func(t *testing.T) {
		l := asking(somebody("hanna"), Choices{})
		for range 12 {
			l.Around.Reports = append(l.Around.Reports, ref("x"))
		}
		c := told(MakePlan(about(college(), l), boss(), monday).Items[0], "reports.noManager")
		if c == nil || c.Args.Get("count") != 12 || len(c.Args.Get("people").([]Ref)) != 10 {
			t.Errorf("reports.noManager = %+v", c)
		}
	})
	t.Run("R-DEL-32 others notice nothing of a kept account", func(t *testing.T) {
		l := asking(somebody("anna"), mailTo("bram"))
		l.Around = Surroundings{Owned: []OwnedGroup{{Group: ref("g")}}, Reports: []Ref{ref("x")}, Forwarders: []Ref{ref("x")}}
		it := MakePlan(about(college(), l), boss(), monday).Items[0]
		for _, key := range []string{"groups.ownerless", "reports.noManager", "mail.forwardedHere", "account.purged", "mailbox.softDeleted"} {
			if c := told(it, key); c != nil {
				t.Errorf("told %+v", c)
			}
		}
	})
	t.Run("R-DEL-15 a kept account stays the manager of its reports, which is told", func(t *testing.T) {
		l := asking(somebody("anna"), mailTo("bram"))
		l.Around.Reports = []Ref{ref("x"), ref("y")}
		if c := told(MakePlan(about(college(), l), boss(), monday).Items[0], "reports.keepManager"); c == nil || c.Args.Get("count") != 2 {
			t.Errorf("reports.keepManager = %+v", c)
		}
	})
}

func TestArgs(t *testing.T) {
	args := Args{{"who", ref("anna")}, {"people", []Ref{ref("x"), {Name: "y"}}}, {"count", 2}}
	m := args.Map()
	if m["who"] != "anna (anna@lindeboom.example)" || m["count"] != 2 || !slices.Equal(m["people"].([]string), []string{"x (x@lindeboom.example)", "y"}) {
		t.Errorf("Map = %v", m)
	}
	if args.Get("count") != 2 || args.Get("nothing") != nil {
		t.Errorf("Get = %v, %v", args.Get("count"), args.Get("nothing"))
	}
}

func TestNames(t *testing.T) {
	const id = UserID("01234567-89ab-4cde-8f01-23456789abcd")
	t.Run("R-API-35 O-05 the deletion prefix", func(t *testing.T) {
		got := DeletedUPN(id, "anna@lindeboom.example")
		if want := "0123456789ab4cde8f0123456789abcdanna@lindeboom.example"; got != want {
			t.Errorf("DeletedUPN = %s, want %s", got, want)
		}
		for _, upn := range []string{got, "anna@lindeboom.example"} {
			if back := OriginalUPN(id, upn); back != "anna@lindeboom.example" {
				t.Errorf("OriginalUPN(%s) = %s", upn, back)
			}
		}
	})
	t.Run("R-API-18 proxy addresses", func(t *testing.T) {
		if got := (Address{"a@x", true}).Proxy() + " " + (Address{"b@x", false}).Proxy(); got != "SMTP:a@x smtp:b@x" {
			t.Errorf("Proxy = %s", got)
		}
	})
	t.Run("R-LIC-14 seats", func(t *testing.T) {
		p := with(somebody("gijs"), func(p *Person) {
			p.Licenses = []License{{Sku: e3}, {Sku: e3, Group: "g"}, {Sku: visio, Group: "g"}, {Sku: plan1, Error: "CountViolation"}}
		})
		if got := p.Seats(); !slices.Equal(got, []SkuID{e3, visio}) {
			t.Errorf("seats = %v, want E3 once and Visio", got)
		}
		p.Deleted = monday
		if p.Seats() != nil || len(p.Products()) != 2 { // R-SM-18
			t.Errorf("deleted: seats = %v, products = %v", p.Seats(), p.Products())
		}
	})
}
