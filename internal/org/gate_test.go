package org

import "testing"

// TestGateOrder breaks every pair of adjacent conditions of the gate at once:
// the earlier one has to answer.
func TestGateOrder(t *testing.T) {
	noRole := by(ReportsReader)
	userAdmin := by(UserAdmin)
	gone := func(p *Person) { p.Deleted = monday }
	self := func(p *Person) { p.ID = userAdmin.ID }
	billing := func(p *Person) { p.Roles = []RoleID{BillingAdmin} }
	global := func(p *Person) { p.Roles = []RoleID{GlobalAdmin} }
	synced := func(p *Person) { p.Synced = true }
	forwards := func(p *Person) { p.Mailbox.ForwardTo = "bram@lindeboom.example" }
	shared := func(p *Person) { p.Mailbox.Type = SharedMailbox }
	inGroup := func(p *Person) { p.InRoleGroup = true }
	inUnit := func(p *Person) { p.InRestrictedUnit = true }

	for _, c := range []struct {
		name    string
		actor   Actor
		changes []func(*Person)
		want    string
		kind    Kind
		rule    string
	}{
		{"R-SM-10 role before existence", noRole, []func(*Person){gone}, "actor.noRole", Denied, "R-DEL-35"},
		{"R-SM-10 existence before self", userAdmin, []func(*Person){gone, self}, "user.notFound", NotFound, "R-SM-02"},
		{"R-SM-10 O-02 self before matrix", userAdmin, []func(*Person){self, billing}, "user.self", Denied, "R-ROLE-05"},
		{"R-SM-10 matrix before last Global Administrator", userAdmin, []func(*Person){global}, "user.outranks", Denied, "R-ROLE-14"},
		{"R-SM-10 O-02 last Global Administrator before synchronised", boss(), []func(*Person){global, synced}, "user.lastGlobalAdmin", Denied, "R-ROLE-21"},
		{"R-SM-10 synchronised before forwarding", boss(), []func(*Person){synced, forwards}, "user.synced", Invalid, "R-AD-01"},
		{"R-SM-10 forwarding before shared", boss(), []func(*Person){forwards, shared}, "user.forwards", Conflict, "R-DEL-30"},
		{"R-SM-10 synchronised before role group", userAdmin, []func(*Person){synced, inGroup}, "user.synced", Invalid, "R-AD-01"},
		{"R-SM-10 forwarding before role group", userAdmin, []func(*Person){forwards, inGroup}, "user.forwards", Conflict, "R-DEL-30"},
		{"R-SM-10 shared before role group", userAdmin, []func(*Person){shared, inGroup}, "user.sharedMailbox", Conflict, "R-DEL-30"},
		{"R-SM-10 role group last", userAdmin, []func(*Person){inGroup}, "user.roleGroup", Denied, "R-ROLE-13"},
		{"R-SM-10 restricted unit last", userAdmin, []func(*Person){inUnit}, "user.roleGroup", Denied, "R-ROLE-13"},
		{"R-SM-10 nothing in the way", userAdmin, nil, "", "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := somebody("anna")
			for _, change := range c.changes {
				change(&p)
			}
			o := college()
			o.GlobalAdmins = 1
			got := Gate(c.actor, &p, o, false)
			if reason(got) != c.want {
				t.Fatalf("Gate = %v, want %q", got, c.want)
			}
			if got != nil && (got.Kind != c.kind || got.Rule != c.rule) {
				t.Errorf("Gate = %s by %s, want %s by %s", got.Kind, got.Rule, c.kind, c.rule)
			}
		})
	}
}

func TestGate(t *testing.T) {
	t.Run("R-SM-10 an unknown person is hidden from who may not delete", func(t *testing.T) {
		f := Facts{Org: college(), People: []Leaver{{Asked: "nobody@lindeboom.example"}}}
		if got := MakePlan(f, by(BillingAdmin), monday).Items[0]; got.Refusals[0].Kind != Denied {
			t.Errorf("refusal = %v, want denied: the role is judged before the person", got.Refusals[0])
		}
		if got := MakePlan(f, by(UserAdmin), monday).Items[0]; got.Refusals[0].Kind != NotFound {
			t.Errorf("refusal = %v, want notFound", got.Refusals[0])
		}
	})
	t.Run("R-ROLE-05 somebody without any role", func(t *testing.T) {
		p := somebody("anna")
		if got := Gate(by(), &p, college(), false); reason(got) != "actor.notAdmin" || got.Rule != "R-ROLE-05" {
			t.Errorf("Gate = %v, want actor.notAdmin by R-ROLE-05", got)
		}
	})
	t.Run("R-DEL-32 keeping the account passes over forwarding and shared", func(t *testing.T) {
		for _, change := range []func(*Person){
			func(p *Person) { p.Mailbox.ForwardTo = "bram@lindeboom.example" }, func(p *Person) { p.Mailbox.Type = SharedMailbox },
		} {
			p := with(somebody("anna"), change)
			if got := Gate(boss(), &p, college(), true); got != nil {
				t.Errorf("Gate = %v, want nil: the choices judge it", got)
			}
		}
	})
	t.Run("R-ROLE-13 keeping the account does not pass over the role group", func(t *testing.T) {
		p := with(somebody("anna"), func(p *Person) { p.InRoleGroup = true })
		if got := Gate(by(UserAdmin), &p, college(), true); reason(got) != "user.roleGroup" {
			t.Errorf("Gate = %v, want user.roleGroup", got)
		}
	})
	t.Run("R-ROLE-21 the last one who can sign in", func(t *testing.T) {
		o := college()
		p := holding("anna", GlobalAdmin)
		if got := Gate(boss(), &p, o, false); got != nil {
			t.Errorf("Gate = %v with two Global Administrators, want nil", got)
		}
		o.GlobalAdmins = 1
		p.AccountEnabled = false // not the one who counts
		if got := Gate(boss(), &p, o, false); got != nil {
			t.Errorf("Gate = %v for a blocked Global Administrator, want nil", got)
		}
	})
	t.Run("R-DEL-31 the system is bound by what anchors a mailbox", func(t *testing.T) {
		p := with(somebody("anna"), func(p *Person) { p.Mailbox.Type = SharedMailbox })
		if got := Gate(Actor{System: true}, &p, college(), false); reason(got) != "user.sharedMailbox" {
			t.Errorf("Gate = %v, want user.sharedMailbox", got)
		}
	})
	t.Run("R-AD-08 R-DEL-11 R-AD-05 R-AD-14 R-DEL-36 O-03 deletion in the cloud is refused as invalid", func(t *testing.T) {
		wantRefusal(t, planOf(with(somebody("eva"), func(p *Person) { p.Synced = true }), Choices{}), "user.synced", "R-AD-01")
	})
	t.Run("R-AD-02 no longer synchronised is an ordinary person", func(t *testing.T) {
		wantPlan(t, planOf(with(somebody("eva"), func(p *Person) { p.WasSynced = true }), Choices{}), OutcomeDelete)
	})
}

// TestGateDeleted covers restore and purge, which share their gate.
func TestGateDeleted(t *testing.T) {
	deleted := func(change func(*Person)) Person {
		p := Depart(somebody("anna"), DeleteSteps(), monday)
		if change != nil {
			change(&p)
		}
		return p
	}
	gates := map[string]func(Actor, *Person, Clocks) *Refusal{"restore": GateRestore, "purge": GatePurge}
	for _, c := range []struct {
		name   string
		actor  Actor
		target Person
		want   string
		kind   Kind
	}{
		{"R-ROLE-19 R-RES-02 R-ROLE-20 role first", by(HelpdeskAdmin), somebody("anna"), "actor.noRole", Denied},
		{"R-SM-02 R-PERM-09 an active person", by(UserAdmin), somebody("anna"), "user.notDeleted", NotFound},
		{"R-SM-13 window before matrix", by(UserAdmin), deleted(func(p *Person) {
			p.Deleted, p.SuspendedRoles = monday.Add(-30*Day), []RoleID{BillingAdmin}
		}), "user.purging", NotFound},
		{"R-SM-13 the roles that were held count", by(UserAdmin), deleted(func(p *Person) { p.SuspendedRoles = []RoleID{BillingAdmin} }), "user.outranks", Denied},
		{"R-ROLE-13 role group", by(UserAdmin), deleted(func(p *Person) { p.InRoleGroup = true }), "user.roleGroup", Denied},
		{"R-ROLE-16 Authentication Administrator", by(AuthAdmin), deleted(nil), "", ""},
		{"R-PERM-01 at any time before day 30", by(UserAdmin), deleted(func(p *Person) { p.Deleted = monday.Add(-30*Day + 1) }), "", ""},
		{"R-PERM-03 from day 30 on nobody manages it", boss(), deleted(func(p *Person) { p.Deleted = monday.Add(-30 * Day) }), "user.purging", NotFound},
	} {
		for name, gate := range gates {
			t.Run(c.name+"/"+name, func(t *testing.T) {
				got := gate(c.actor, &c.target, ClocksOf(&c.target, DefaultSettings(), monday))
				if reason(got) != c.want || got != nil && got.Kind != c.kind {
					t.Errorf("gate = %v, want %q (%s)", got, c.want, c.kind)
				}
			})
		}
	}
}
