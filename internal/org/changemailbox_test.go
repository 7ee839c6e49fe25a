package org

import (
	"slices"
	"testing"
	"time"
)

func TestChangeMailbox(t *testing.T) {
	unlicensed := func(p *Person) { p.Licenses = nil }
	shared := func(p *Person) { p.Mailbox.Type = SharedMailbox }
	onlyPlan1 := func(p *Person) { p.Licenses = []License{{Sku: plan1}} }
	held := func(p *Person) { p.Mailbox.Litigation = true }
	type asked struct {
		to         MailboxType
		forward    *string
		litigation *bool
		replies    *Replies
	}
	for _, c := range []struct {
		name    string
		changes []func(*Person)
		ask     asked
		want    string
		rule    string
	}{
		{"R-MBX-02 to shared", nil, asked{to: SharedMailbox}, "", ""},
		{"R-MBX-01 and back", []func(*Person){shared}, asked{to: UserMailbox}, "", ""},
		{"R-MBX-02 to shared without a licence", []func(*Person){unlicensed}, asked{to: SharedMailbox}, "mailbox.unlicensed", "R-MBX-02"},
		{"R-MBX-01 back without a licence", []func(*Person){unlicensed, shared}, asked{to: UserMailbox}, "mailbox.unlicensed", "R-MBX-02"},
		{"R-MBX-02 to what it is", []func(*Person){unlicensed}, asked{to: UserMailbox}, "", ""},
		{"R-API-51 to a room", nil, asked{to: "room"}, "mailbox.badType", "R-API-51"},
		{"R-MBX-16 forwarding", nil, asked{forward: word("bram@lindeboom.example")}, "", ""},
		{"R-MBX-16 forwarding without a licence", []func(*Person){unlicensed}, asked{forward: word("bram@lindeboom.example")}, "mailbox.unlicensed", "R-MBX-16"},
		{"R-MBX-16 forwarding a shared one without a licence", []func(*Person){unlicensed, shared}, asked{forward: word("bram@lindeboom.example")}, "", ""},
		{"R-MBX-16 forwarding to no address", nil, asked{forward: word("bram")}, "address.bad", "R-MBX-16"},
		{"R-MBX-16 forwarding to half an address", nil, asked{forward: word("bram@")}, "address.bad", "R-MBX-16"},
		{"R-MBX-16 forwarding to two addresses", nil, asked{forward: word("bram@x.example, carla@x.example")}, "address.bad", "R-MBX-16"},
		{"R-MBX-16 forwarding in a circle", nil, asked{forward: word("Anna@Lindeboom.example")}, "mailbox.forwardSelf", "R-MBX-16"},
		{"R-MBX-16 forwarding no more", []func(*Person){unlicensed, func(p *Person) { p.Mailbox.ForwardTo = "x@y" }}, asked{forward: word("")}, "", ""},
		{"R-MBX-23 hold", nil, asked{litigation: yes()}, "", ""},
		{"R-MBX-23 hold without Plan 2", []func(*Person){onlyPlan1}, asked{litigation: yes()}, "mailbox.holdNeedsPlan2", "R-MBX-23"},
		{"R-MBX-23 held already", []func(*Person){onlyPlan1, held}, asked{litigation: yes()}, "", ""},
		{"R-DEL-37 the hold lifted", []func(*Person){onlyPlan1, held}, asked{litigation: no()}, "", ""},
		{"R-API-50 a reply", nil, asked{replies: &Replies{Status: "alwaysEnabled", Inside: "Gone."}}, "", ""},
		{"R-MBX-29 a reply without a text", nil, asked{replies: &Replies{Status: "alwaysEnabled"}}, "mailbox.emptyReply", "R-MBX-29"},
		{"R-MBX-29 a scheduled one without a text", nil, asked{replies: &Replies{Status: "scheduled"}}, "mailbox.emptyReply", "R-MBX-29"},
		{"R-API-50 no reply any more", nil, asked{replies: &Replies{Status: "disabled"}}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := somebody("anna")
			for _, change := range c.changes {
				change(&p)
			}
			var to *MailboxType
			if c.ask.to != "" {
				to = &c.ask.to
			}
			err := college().ChangeMailbox(&p, to, c.ask.forward, nil, c.ask.litigation, c.ask.replies, monday)
			if r := RefusalOf(err); reason(r) != c.want || r != nil && r.Rule != c.rule {
				t.Fatalf("ChangeMailbox = %v, want %q by %q", err, c.want, c.rule)
			}
			m := p.Mailbox
			if err == nil && (to != nil && m.Type != *to || c.ask.forward != nil && m.ForwardTo != *c.ask.forward ||
				c.ask.litigation != nil && m.Litigation != *c.ask.litigation || c.ask.replies != nil && m.Replies != *c.ask.replies) {
				t.Errorf("mailbox = %+v, want as asked", m)
			}
		})
	}
	t.Run("R-MBX-16 what is not named stays", func(t *testing.T) {
		p := with(somebody("carla"), func(p *Person) { p.Mailbox.ForwardTo, p.Mailbox.KeepCopy, p.Mailbox.Litigation = "x@y", true, true })
		if err := college().ChangeMailbox(&p, nil, nil, nil, nil, nil, monday); err != nil || p.Mailbox.ForwardTo != "x@y" || !p.Mailbox.KeepCopy || !p.Mailbox.Litigation {
			t.Errorf("mailbox = %+v, %v", p.Mailbox, err)
		}
		if err := college().ChangeMailbox(&p, nil, nil, no(), nil, nil, monday); err != nil || p.Mailbox.KeepCopy {
			t.Errorf("keeps a copy: %v, %v", p.Mailbox.KeepCopy, err)
		}
	})
}

// TestLiftingHold: what only a hold kept goes when the hold does.
func TestLiftingHold(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Person)
		want   time.Time
	}{
		{"R-SM-03 R-MBX-25 without a licence the 30 days begin", func(p *Person) { p.Licenses = nil }, monday},
		{"R-SM-03 with a licence it stays", func(*Person) {}, time.Time{}},
		{"R-PERM-05 another hold keeps it", func(p *Person) { p.Licenses, p.Mailbox.Holds = nil, []string{"case 12"} }, time.Time{}},
		{"R-MBX-03 a shared one needs no licence", func(p *Person) { p.Licenses, p.Mailbox.Type = nil, SharedMailbox }, time.Time{}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := with(somebody("femke"), func(p *Person) { p.Mailbox.Litigation = true })
			c.change(&p)
			if err := college().ChangeMailbox(&p, nil, nil, nil, no(), nil, monday); err != nil {
				t.Fatal(err)
			}
			if !p.Mailbox.Disconnected.Equal(c.want) {
				t.Errorf("disconnected = %v, want %v", p.Mailbox.Disconnected, c.want)
			}
			if gone := p.MailboxState(monday.Add(30*Day)) == MailboxGone; gone == c.want.IsZero() {
				t.Errorf("gone after 30 days: %v", gone)
			}
		})
	}
}

// TestCredentials: what rotating and revoking do, on every way out. R-FE-10
func TestCredentials(t *testing.T) {
	for name, choices := range map[string]Choices{"R-FE-10 R-API-22 deleted": {}, "R-FE-10 R-API-22 kept": mailTo("bram")} {
		t.Run(name, func(t *testing.T) {
			before := somebody("anna")
			steps := planOf(before, choices).Steps
			after := Depart(before, steps, monday)
			if after.PasswordHash != NoPassword || after.ParkedPasswordHash != before.PasswordHash {
				t.Errorf("password = %q, parked %q", after.PasswordHash, after.ParkedPasswordHash)
			}
			if !after.SessionsValidFrom.Equal(monday) || after.SessionEpoch <= before.SessionEpoch {
				t.Errorf("sessions valid from %s, epoch %d", after.SessionsValidFrom, after.SessionEpoch)
			}
			if locked := slices.Index(kinds(steps), RevokeAllSessions); locked > 3 {
				t.Errorf("R-WIZ-16: sessions end as step %d of %v", locked+1, kinds(steps))
			}
		})
	}
}

func TestStepArgs(t *testing.T) {
	c := mailTo("bram")
	c.MailboxDisplayName, c.ReplyInside, c.RemoveAliases, c.FilesTo, c.ReduceSubscriptions = word("Former"), word("Gone."), &Aliases{All: true}, word("id-carla"), yes()
	it := planOf(holding("anna", HelpdeskAdmin), c)
	wantPlan(t, it, OutcomeKeep)
	for kind, name := range map[StepKind]string{
		RemoveRoles: "roles", SetAutomaticReplies: "inside", GrantMailbox: "to", RenameMailbox: "name", RemoveAliases: "aliases", GrantDrive: "to",
		RemoveLicenses: "products", ReduceSubscription: "product",
	} {
		if s := stepOf(it.Steps, kind); s == nil || s.Args().Get(name) == nil {
			t.Errorf("%s has no %s for its sentence: %+v", kind, name, s)
		}
	}
	if s := stepOf(it.Steps, BlockSignIn); s.Args() != nil {
		t.Errorf("blockSignIn has %v", s.Args())
	}
}
