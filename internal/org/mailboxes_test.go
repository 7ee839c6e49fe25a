package org

import (
	"slices"
	"testing"
)

// TestBigOrHeldMailbox keeps the licence that a shared mailbox needs, and says so.
func TestBigOrHeldMailbox(t *testing.T) {
	both := []License{{Sku: e3}, {Sku: visio}}
	for _, c := range []struct {
		name    string
		change  func(*Person)
		key     string
		rule    string
		removed []SkuID
	}{
		{"R-MBX-03 62 GB", func(p *Person) { p.Mailbox.Size = 62 * GB }, "mailbox.tooBig", "R-MBX-03", []SkuID{visio}},
		{"R-MBX-03 50 GB and a byte", func(p *Person) { p.Mailbox.Size = 50*GB + 1 }, "mailbox.tooBig", "R-MBX-03", []SkuID{visio}},
		{"R-MBX-03 R-DEL-34 exactly 50 GB", func(p *Person) { p.Mailbox.Size = 50 * GB }, "", "", []SkuID{e3, visio}},
		{"R-MBX-04 R-DEL-37 litigation hold", func(p *Person) { p.Mailbox.Litigation = true }, "mailbox.heldNeedsLicense", "R-MBX-04", []SkuID{visio}},
		{"R-MBX-04 R-DEL-37 another hold", func(p *Person) { p.Mailbox.Holds = []string{"case"} }, "mailbox.heldNeedsLicense", "R-MBX-04", []SkuID{visio}},
		{"R-MBX-04 archive", func(p *Person) { p.Mailbox.Archive = true }, "mailbox.archiveNeedsLicense", "R-MBX-04", []SkuID{visio}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := with(somebody("lars"), func(p *Person) { p.Licenses = both })
			c.change(&p)
			it := planOf(p, mailTo("bram"))
			wantPlan(t, it, OutcomeKeep)
			if got := stepOf(it.Steps, RemoveLicenses); got == nil || !slices.Equal(got.Skus, c.removed) {
				t.Errorf("removed = %+v, want %v", got, c.removed)
			}
			for _, key := range []string{"mailbox.tooBig", "mailbox.heldNeedsLicense", "mailbox.archiveNeedsLicense"} {
				got := told(it, key)
				if (got != nil) != (key == c.key) || got != nil && (got.Rule != c.rule || got.Severity != Warning) {
					t.Errorf("%s = %+v, want told only: %q", key, got, c.key)
				}
			}
			if kept := told(it, "license.kept"); (kept != nil) != (c.key != "") {
				t.Errorf("R-DEL-05: license.kept = %v", kept)
			}
		})
	}
	t.Run("R-MBX-03 no warning when licences are kept anyway", func(t *testing.T) {
		c := mailTo("bram")
		c.RemoveLicenses = no()
		it := planOf(with(somebody("lars"), func(p *Person) { p.Mailbox.Size = 62 * GB }), c)
		if stepOf(it.Steps, RemoveLicenses) != nil || told(it, "mailbox.tooBig") != nil {
			t.Errorf("steps = %v, consequences = %v", kinds(it.Steps), it.Consequences)
		}
	})
}

func TestForwarding(t *testing.T) {
	carla := with(somebody("carla"), func(p *Person) { p.Mailbox.ForwardTo, p.Mailbox.KeepCopy = "bram@lindeboom.example", true })
	t.Run("R-DEL-30 forwarding stands in the way of deleting", func(t *testing.T) {
		wantRefusal(t, planOf(carla, Choices{}), "user.forwards", "R-DEL-30")
	})
	t.Run("R-DEL-33 forwarding stands in the way of removing the licence", func(t *testing.T) {
		wantRefusal(t, planOf(carla, mailTo("bram")), "mailbox.forwards", "R-DEL-33")
	})
	t.Run("R-MBX-16 with the licence kept the mailbox goes on forwarding", func(t *testing.T) {
		c := mailTo("bram")
		c.RemoveLicenses = no()
		it := planOf(carla, c)
		wantPlan(t, it, OutcomeKeep)
		if told(it, "mailbox.keepsForwarding") == nil {
			t.Error("not told: mailbox.keepsForwarding")
		}
		if p := Depart(carla, it.Steps, monday); p.Mailbox.ForwardTo == "" || len(p.Licenses) != 1 {
			t.Errorf("forwards to %q with licences %v", p.Mailbox.ForwardTo, p.Licenses)
		}
	})
	t.Run("R-DEL-30 shared already", func(t *testing.T) {
		wantRefusal(t, planOf(with(somebody("daan"), func(p *Person) { p.Mailbox.Type = SharedMailbox }), Choices{}), "user.sharedMailbox", "R-DEL-30")
	})
}

func TestHold(t *testing.T) {
	for name, p := range map[string]Person{
		"R-MBX-21 held now":     somebody("femke"),
		"R-MBX-21 held already": with(somebody("femke"), func(p *Person) { p.Mailbox.Litigation = true }),
		"R-MBX-21 another hold": with(somebody("femke"), func(p *Person) { p.Mailbox.Holds = []string{"retention"} }),
	} {
		t.Run(name, func(t *testing.T) {
			held := p.Mailbox.Held()
			it := planOf(p, Choices{HoldMailbox: new(!held)})
			wantPlan(t, it, OutcomeDelete)
			after := Depart(p, it.Steps, monday)
			if got := after.MailboxState(monday.AddDate(5, 0, 0)); got != MailboxInactive {
				t.Errorf("mailbox = %s after five years, want inactive", got)
			}
			if (stepOf(it.Steps, PlaceHold) == nil) != held {
				t.Errorf("placeHold = %v with a hold before: %v", stepOf(it.Steps, PlaceHold), held)
			}
			if stepOf(it.Steps, RemoveLicenses) != nil {
				t.Error("R-SM-17: licences are removed from a held mailbox before the deletion")
			}
			if len(after.Seats()) != 0 || told(it, "license.freed") == nil {
				t.Errorf("R-MBX-23: seats = %v, want freed by the deletion and told", after.Seats())
			}
			if told(it, "mailbox.inactive") == nil {
				t.Error("not told: mailbox.inactive")
			}
			if a := told(it, "addresses.reserved"); a == nil {
				t.Error("not told: addresses.reserved")
			}
		})
	}
}

func TestPermissions(t *testing.T) {
	t.Run("R-MBX-12 granting twice gives each right once", func(t *testing.T) {
		m := Mailbox{Permissions: []Permission{{"id-bram", FullAccess}, {"id-bram", SendOnBehalf}}}
		m.Grant("id-bram", FullAccess, SendAs)
		want := []Permission{{"id-bram", FullAccess}, {"id-bram", SendOnBehalf}, {"id-bram", SendAs}}
		if !slices.Equal(m.Permissions, want) {
			t.Errorf("permissions = %v, want %v", m.Permissions, want)
		}
		m.Revoke("id-bram", SendOnBehalf)
		if slices.Contains(m.Permissions, Permission{"id-bram", SendOnBehalf}) || len(m.Permissions) != 2 {
			t.Errorf("permissions = %v after revoking one", m.Permissions)
		}
		m.Revoke("id-carla")
		m.Revoke("id-bram")
		if len(m.Permissions) != 0 {
			t.Errorf("permissions = %v after revoking all", m.Permissions)
		}
	})
	t.Run("R-MBX-06 delegates lose access with the account", func(t *testing.T) {
		p := with(somebody("anna"), func(p *Person) { p.Mailbox.Grant("id-bram", FullAccess, SendAs) })
		if c := told(planOf(p, Choices{}), "mailbox.delegatesLoseAccess"); c == nil || c.Args.Get("count") != 1 {
			t.Errorf("mailbox.delegatesLoseAccess = %v, want of one person", c)
		}
	})
}
