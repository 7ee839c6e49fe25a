package org

import (
	"errors"
	"fmt"
	"slices"
	"testing"
)

// TestRefusedChoices has one case for each thing that stands in the way of a
// choice, with the gate open.
func TestRefusedChoices(t *testing.T) {
	unlicensed := func(p *Person) { p.Licenses = nil }
	noMailbox := func(p *Person) { p.Mailbox = nil }
	noDrive := func(p *Person) { p.Drive = nil }
	forwards := func(p *Person) { p.Mailbox.ForwardTo = "bram@lindeboom.example" }
	shared := func(p *Person) { p.Mailbox.Type = SharedMailbox }
	disconnected := func(p *Person) { p.Mailbox.Disconnected = monday.Add(-Day) }
	onlyPlan1 := func(p *Person) { p.Licenses = []License{{Sku: plan1}} }
	nobody := "nobody@lindeboom.example"
	filesTo := func(s string) Choices { return Choices{FilesTo: word(s)} }
	hold := Choices{HoldMailbox: yes()}
	aliases := func(list ...string) Choices { return Choices{RemoveAliases: &Aliases{List: list}} }

	for _, c := range []struct {
		name    string
		actor   Actor
		change  func(*Person)
		choices Choices
		reason  string
		rule    string
		target  string
	}{
		{"R-SM-11 R-ROLE-12 R-ROLE-04 mail without Exchange Administrator", by(UserAdmin), nil, mailTo("bram"), "choice.mailNeedsExchangeAdmin", "R-SM-11", "mailTo"},
		{"R-SM-11 R-ROLE-03 files without SharePoint Administrator", by(UserAdmin), nil, filesTo("id-bram"), "choice.filesNeedSharePointAdmin", "R-SM-11", "filesTo"},
		{"R-SM-11 R-ROLE-06 stop paying without Billing Administrator", by(UserAdmin), nil, Choices{ReduceSubscriptions: yes()}, "choice.stopPayingNeedsBillingAdmin", "R-SM-11", "reduceSubscriptions"},
		{"R-SM-11 hold without Exchange Administrator", by(UserAdmin), nil, hold, "choice.mailNeedsExchangeAdmin", "R-SM-11", "holdMailbox"},
		{"R-SM-11 R-ROLE-07 licences without License or User Administrator", by(AuthAdmin), nil, Choices{RemoveLicenses: yes()}, "choice.licensesNeedLicenseAdmin", "R-SM-11", "removeLicenses"},
		{"R-SM-11 no drive to give", boss(), noDrive, filesTo("id-bram"), "drive.none", "R-SM-11", "filesTo"},
		{"R-MBX-02 no mailbox to share", boss(), noMailbox, mailTo("bram"), "mailbox.none", "R-MBX-02", "mailTo"},
		{"R-MBX-02 a disconnected mailbox", boss(), disconnected, mailTo("bram"), "mailbox.none", "R-MBX-02", "mailTo"},
		{"R-MBX-02 R-SM-16 converting needs a licence", boss(), unlicensed, mailTo("bram"), "mailbox.unlicensed", "R-MBX-02", "mailTo"},
		{"R-DEL-30 shared already", boss(), shared, mailTo("bram"), "user.sharedMailbox", "R-DEL-30", "mailTo"},
		{"R-DEL-33 R-SM-16 forwarding and licence removal", boss(), forwards, mailTo("bram"), "mailbox.forwards", "R-DEL-33", "mailTo"},
		{"R-MBX-09 heir unknown", boss(), nil, mailTo("nobody"), "heir.notFound", "R-MBX-09", "mailTo"},
		{"R-WIZ-08 heir is the leaver", boss(), nil, mailTo("anna"), "heir.self", "R-WIZ-08", "mailTo"},
		{"R-WIZ-07 files to somebody unknown", boss(), nil, filesTo(nobody), "heir.notFound", "R-WIZ-07", "filesTo"},
		{"R-WIZ-07 files to the leaver", boss(), nil, filesTo("anna@lindeboom.example"), "heir.self", "R-WIZ-07", "filesTo"},
		{"R-MBX-21 nothing to hold", boss(), noMailbox, hold, "mailbox.none", "R-MBX-21", "holdMailbox"},
		{"R-MBX-23 the licence has no holds", boss(), onlyPlan1, hold, "mailbox.holdNeedsPlan2", "R-MBX-23", "holdMailbox"},
		{"R-SM-11 R-API-18 addresses without Exchange Administrator", by(UserAdmin), nil, Choices{RemoveAliases: &Aliases{All: true}}, "choice.aliasesNeedExchangeAdmin", "R-SM-11", "removeAliases"},
		{"R-WIZ-13 an alias of somebody else", boss(), nil, aliases(nobody), "alias.unknown", "R-WIZ-13", "removeAliases"},
		{"R-WIZ-13 the primary address", boss(), nil, aliases("ANNA@lindeboom.example"), "alias.primary", "R-WIZ-13", "removeAliases"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := somebody("anna")
			if c.change != nil {
				c.change(&p)
			}
			it := planBy(c.actor, p, c.choices)
			wantRefusal(t, it, c.reason, c.rule)
			if it.Refusals[0].Target != c.target {
				t.Errorf("target = %q, want %q", it.Refusals[0].Target, c.target)
			}
		})
	}
	t.Run("R-MBX-09 an heir without Exchange", func(t *testing.T) {
		f := about(college(), asking(somebody("anna"), mailTo("bram")))
		heir := heirOf("bram")
		heir.Exchange = false
		f.Heirs[HeirKey("bram@lindeboom.example")] = heir
		wantRefusal(t, MakePlan(f, boss(), monday).Items[0], "heir.noMailbox", "R-MBX-09")
		f.People[0].Choices = filesTo("bram@lindeboom.example")
		wantPlan(t, MakePlan(f, boss(), monday).Items[0], OutcomeDelete)
	})
	t.Run("R-SM-11 every reason is told at once", func(t *testing.T) {
		p := with(somebody("anna"), func(p *Person) { p.Drive = nil })
		c := Choices{MailTo: word(nobody), FilesTo: word(nobody)}
		want := []string{"choice.mailNeedsExchangeAdmin", "heir.notFound", "choice.filesNeedSharePointAdmin", "drive.none", "heir.notFound"}
		if got := reasons(planBy(by(UserAdmin), p, c)); !slices.Equal(got, want) {
			t.Errorf("refusals = %v, want %v", got, want)
		}
	})
	t.Run("R-SM-11 the gate is told alone", func(t *testing.T) {
		wantRefusal(t, planBy(by(UserAdmin), holding("anna", BillingAdmin), mailTo("nobody")), "user.outranks", "R-ROLE-14")
	})
	t.Run("R-ROLE-03 the three roles together", func(t *testing.T) {
		c := mailTo("bram")
		c.FilesTo = word("id-bram")
		wantPlan(t, planBy(by(UserAdmin, ExchangeAdmin, SharePointAdmin), somebody("anna"), c), OutcomeKeep)
	})
	t.Run("R-ROLE-04 a plain User Administrator deletes simply", func(t *testing.T) {
		wantPlan(t, planBy(by(UserAdmin), somebody("anna"), Choices{}), OutcomeDelete)
	})
	t.Run("R-MBX-23 Plan 1 with archiving may hold", func(t *testing.T) {
		p := with(somebody("anna"), func(p *Person) { p.Licenses = []License{{Sku: plan1}, {Sku: archive}} })
		wantPlan(t, planOf(p, hold), OutcomeDelete)
	})
}

func TestRefusal(t *testing.T) {
	r := Refuse(Conflict, "user.forwards", "R-DEL-30", Arg{"to", "x"})
	if got := RefusalOf(fmt.Errorf("delete anna: %w", r)); got != r {
		t.Errorf("RefusalOf(wrapped) = %v, want the refusal", got)
	}
	if got := RefusalOf(errors.New("disk full")); got != nil {
		t.Errorf("RefusalOf(another error) = %v, want nil", got)
	}
	if r.Error() != "conflict: user.forwards (R-DEL-30)" || Refuse(Invalid, "x", "").Error() != "invalid: x" {
		t.Errorf("Error = %q", r.Error())
	}
}
