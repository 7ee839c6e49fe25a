package org

import (
	"strings"
	"testing"
)

func TestCheckUpdate(t *testing.T) {
	block := func(p *Person) { p.AccountEnabled = false }
	title := func(p *Person) { p.JobTitle = "Teacher" }
	location := func(p *Person) { p.UsageLocation = "BE" }
	for _, c := range []struct {
		name   string
		actor  Actor
		before Person
		change func(*Person)
		want   string
		rule   string
	}{
		{"R-API-17 a title", by(UserAdmin), somebody("anna"), title, "", ""},
		{"R-ROLE-13 a title is not sensitive", by(UserAdmin), holding("anna", BillingAdmin), title, "", ""},
		{"R-ROLE-13 blocking", by(UserAdmin), holding("anna", BillingAdmin), block, "user.outranks", "R-ROLE-14"},
		{"R-ROLE-13 user name", by(UserAdmin), holding("anna", BillingAdmin), func(p *Person) { p.UPN = "ann@lindeboom.example" }, "user.outranks", "R-ROLE-14"},
		{"R-ROLE-13 password", by(UserAdmin), holding("anna", BillingAdmin), func(p *Person) { p.PasswordHash = "new" }, "user.outranks", "R-ROLE-14"},
		{"R-ROLE-13 to have it changed", by(UserAdmin), holding("anna", BillingAdmin), func(p *Person) { p.MustChangePassword = true }, "user.outranks", "R-ROLE-14"},
		{"R-ROLE-13 mobile phone", by(UserAdmin), holding("anna", BillingAdmin), func(p *Person) { p.MobilePhone = "+31 6" }, "user.outranks", "R-ROLE-14"},
		{"R-ROLE-13 business phones", by(UserAdmin), holding("anna", BillingAdmin), func(p *Person) { p.BusinessPhones = []string{"+31 1"} }, "user.outranks", "R-ROLE-14"},
		{"R-ROLE-13 other mails", by(UserAdmin), holding("anna", BillingAdmin), func(p *Person) { p.OtherMails = []string{"a@x.example"} }, "user.outranks", "R-ROLE-14"},
		{"R-ROLE-13 immutable id", by(UserAdmin), holding("anna", BillingAdmin), func(p *Person) { p.OnPremisesImmutableID = "x" }, "user.outranks", "R-ROLE-14"},
		{"R-ROLE-13 member of a role group", by(UserAdmin), with(somebody("anna"), func(p *Person) { p.InRoleGroup = true }), block, "user.roleGroup", "R-ROLE-13"},
		{"R-ROLE-13 by the one who may", by(PrivilegedAuthAdmin), holding("anna", BillingAdmin), block, "", ""},
		{"R-ROLE-21 blocking the last Global Administrator", boss(), holding("anna", GlobalAdmin), block, "user.lastGlobalAdmin", "R-ROLE-21"},
		{"R-ROLE-05 blocking oneself", boss(), with(somebody("anna"), func(p *Person) { p.ID = boss().ID }), block, "user.blockSelf", "R-ROLE-05"},
		{"R-AD-08 mastered on the premises", boss(), with(somebody("eva"), func(p *Person) { p.Synced = true }), title, "user.mastered", "R-AD-08"},
		{"R-AD-12 R-AD-14 the usage location of a synchronised one", boss(), with(somebody("eva"), func(p *Person) { p.Synced = true }), location, "", ""},
		{"R-ROLE-09 a License Administrator sets the usage location", by(LicenseAdmin), somebody("anna"), location, "", ""},
		{"R-ROLE-09 and nothing else", by(LicenseAdmin), somebody("anna"), func(p *Person) { location(p); title(p) }, "actor.noRole", ""},
		{"R-ROLE-09 who may not", by(HelpdeskAdmin), somebody("anna"), location, "actor.noRole", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			o := college()
			o.GlobalAdmins = 1
			before := c.before
			after := with(before, c.change)
			if got := o.CheckUpdate(c.actor, &before, &after); reason(got) != c.want || got != nil && got.Rule != c.rule {
				t.Errorf("CheckUpdate = %v, want %q by %q", got, c.want, c.rule)
			}
		})
	}
}

func TestProfile(t *testing.T) {
	for _, c := range []struct {
		name   string
		change func(*Person)
		want   string
	}{
		{"R-API-10 ordinary", func(*Person) {}, ""},
		{"R-API-10 no display name", func(p *Person) { p.DisplayName = " " }, "user.noDisplayName"},
		{"R-API-10 256 letters", func(p *Person) { p.DisplayName = strings.Repeat("é", 256) }, ""},
		{"R-API-10 257 letters", func(p *Person) { p.DisplayName = strings.Repeat("é", 257) }, "user.tooLong"},
		{"R-API-10 nickname of 65", func(p *Person) { p.MailNickname = strings.Repeat("a", 65) }, "user.tooLong"},
		{"R-API-10 control characters", func(p *Person) { p.JobTitle = "a\x00b" }, "user.badText"},
		{"R-API-10 control characters in the immutable id", func(p *Person) { p.OnPremisesImmutableID = "a\x00b" }, "user.badText"},
		{"R-API-10 an immutable id without end", func(p *Person) { p.OnPremisesImmutableID = strings.Repeat("k", 129) }, "user.tooLong"},
		{"R-API-10 no UTF-8", func(p *Person) { p.City = "\xff" }, "user.badText"},
		{"R-LIC-13 usage location", func(p *Person) { p.UsageLocation = "BE" }, ""},
		{"R-LIC-13 none", func(p *Person) { p.UsageLocation = "" }, ""},
		{"R-LIC-13 lower case", func(p *Person) { p.UsageLocation = "be" }, "user.usageLocation"},
		{"R-LIC-13 a digit first", func(p *Person) { p.UsageLocation = "1A" }, "user.usageLocation"},
		{"R-LIC-13 a digit last", func(p *Person) { p.UsageLocation = "A1" }, "user.usageLocation"},
		{"R-LIC-13 a bracket first", func(p *Person) { p.UsageLocation = "[A" }, "user.usageLocation"},
		{"R-LIC-13 three letters", func(p *Person) { p.UsageLocation = "NLD" }, "user.usageLocation"},
		{"R-LIC-13 no country", func(p *Person) { p.UsageLocation = "UK" }, "user.usageLocation"},
		{"R-LIC-13 Kosovo", func(p *Person) { p.UsageLocation = "XK" }, ""},
		{"R-API-10 a space in the nickname", func(p *Person) { p.MailNickname = "a b" }, "user.badNickname"},
		{"R-API-10 an address as nickname", func(p *Person) { p.MailNickname = "a@b" }, "user.badNickname"},
		{"R-API-10 a guest's nickname", func(p *Person) { p.MailNickname = "ann_x.example#EXT#" }, ""},
		{"R-API-10 a long business phone", func(p *Person) { p.BusinessPhones = []string{strings.Repeat("1", 65)} }, "user.tooLong"},
		{"R-API-10 a long fax number", func(p *Person) { p.FaxNumber = strings.Repeat("1", 65) }, "user.tooLong"},
		{"R-API-10 a language", func(p *Person) { p.PreferredLanguage = "zh-Hant-TW" }, ""},
		{"R-API-10 no language", func(p *Person) { p.PreferredLanguage = "<script>" }, "user.badLanguage"},
		{"R-API-10 no language before the dash", func(p *Person) { p.PreferredLanguage = "-GB" }, "user.badLanguage"},
		{"R-API-10 no other address", func(p *Person) { p.OtherMails = []string{"a@x.example", "x"} }, "address.bad"},
		{"R-API-18 no address", func(p *Person) { p.Mail = "bad" }, "address.bad"},
		{"R-API-18 an address that ends in its @", func(p *Person) { p.Mail = "bad@" }, "address.bad"},
		{"R-API-18 an address with a name", func(p *Person) { p.Mail = "Anna <anna@lindeboom.example>" }, "address.bad"},
		{"R-API-18 an address elsewhere without a mailbox", func(p *Person) { p.Mailbox, p.Mail = nil, "anna@elsewhere.example" }, ""},
		{"R-API-18 an address elsewhere with a mailbox", func(p *Person) { p.Mail = "anna@elsewhere.example" }, "address.foreign"},
		{"R-API-10 no at sign", func(p *Person) { p.UPN = "anna" }, "user.badUPN"},
		{"R-API-10 no name", func(p *Person) { p.UPN = "@lindeboom.example" }, "user.badUPN"},
		{"R-API-10 two at signs", func(p *Person) { p.UPN = "a@b@lindeboom.example" }, "user.foreignDomain"},
		{"R-API-10 dots at the ends", func(p *Person) { p.UPN = "anna.@lindeboom.example" }, "user.badUPN"},
		{"R-API-10 two dots", func(p *Person) { p.UPN = "a..b@lindeboom.example" }, "user.badUPN"},
		{"R-API-10 a space", func(p *Person) { p.UPN = "an na@lindeboom.example" }, "user.badUPN"},
		{"R-API-10 another alphabet", func(p *Person) { p.UPN = "аnna@lindeboom.example" }, "user.badUPN"},
		{"R-API-10 a guest's name", func(p *Person) { p.UPN = "ann_x.example#EXT#@Lindeboom.Example" }, ""},
		{"R-API-10 113 letters", func(p *Person) { p.UPN = strings.Repeat("a", 113-len("@lindeboom.example")) + "@lindeboom.example" }, ""},
		{"R-API-10 114 letters", func(p *Person) { p.UPN = strings.Repeat("a", 114-len("@lindeboom.example")) + "@lindeboom.example" }, "user.badUPN"},
		{"R-API-10 a foreign domain", func(p *Person) { p.UPN = "anna@elsewhere.example" }, "user.foreignDomain"},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := with(somebody("anna"), c.change)
			if got := college().CheckNew(by(UserAdmin), &p); reason(got) != c.want {
				t.Errorf("CheckNew = %v, want %q", got, c.want)
			}
		})
	}
	t.Run("R-NE-03 who may not add people", func(t *testing.T) {
		p := with(somebody("anna"), func(p *Person) { p.UPN = "" })
		if got := college().CheckNew(by(HelpdeskAdmin), &p); reason(got) != "actor.noRole" {
			t.Errorf("CheckNew = %v, want actor.noRole", got)
		}
	})
}

// TestProfileAsItWas: what stands in an account already keeps nobody from
// changing something else of it.
func TestProfileAsItWas(t *testing.T) {
	for name, odd := range map[string]func(*Person){
		"R-API-10 no nickname":         func(p *Person) { p.MailNickname = "" },
		"R-API-10 an odd nickname":     func(p *Person) { p.MailNickname = "a b" },
		"R-LIC-13 no country":          func(p *Person) { p.UsageLocation = "UK" },
		"R-API-10 no language":         func(p *Person) { p.PreferredLanguage = "?" },
		"R-API-10 no other address":    func(p *Person) { p.OtherMails = []string{"x"} },
		"R-API-18 mail somewhere else": func(p *Person) { p.Mail = "anna@elsewhere.example" },
	} {
		before := with(somebody("anna"), odd)
		after := with(before, func(p *Person) { p.JobTitle = "Teacher" })
		if got := college().CheckUpdate(by(UserAdmin), &before, &after); got != nil {
			t.Errorf("%s: CheckUpdate = %v, want nil", name, got)
		}
	}
	before := somebody("anna")
	before.MailNickname = "anna"
	after := with(before, func(p *Person) { p.MailNickname = "" })
	if got := college().CheckUpdate(by(UserAdmin), &before, &after); reason(got) != "user.badNickname" {
		t.Errorf("R-API-10: without a nickname = %v, want user.badNickname", got)
	}
}

// TestStateHash: whatever the steps of a plan follow from moves the hash.
func TestStateHash(t *testing.T) {
	base := with(holding("anna", HelpdeskAdmin), func(p *Person) { p.Mailbox.Size = 62 * GB })
	moved := map[string]func(*Person){
		"user name":          func(p *Person) { p.UPN = "x@lindeboom.example" },
		"display name":       func(p *Person) { p.DisplayName = "x" },
		"language":           func(p *Person) { p.PreferredLanguage = "en" },
		"sign-in":            func(p *Person) { p.AccountEnabled = false },
		"no password":        func(p *Person) { p.PasswordHash = NoPassword },
		"synchronised":       func(p *Person) { p.Synced = true },
		"role group":         func(p *Person) { p.InRoleGroup = true },
		"restricted unit":    func(p *Person) { p.InRestrictedUnit = true },
		"roles":              func(p *Person) { p.Roles = nil },
		"alias":              func(p *Person) { p.Addresses = p.Addresses[:2] },
		"primary address":    func(p *Person) { p.Addresses[0].Primary, p.Addresses[1].Primary = false, true },
		"no licence":         func(p *Person) { p.Licenses = nil },
		"licence by a group": func(p *Person) { p.Licenses[0].Group = "g" },
		"licence in error":   func(p *Person) { p.Licenses[0].Error = "CountViolation" },
		"a plan off":         func(p *Person) { p.Licenses[0].DisabledPlans = []string{"exo2"} },
		"no mailbox":         func(p *Person) { p.Mailbox = nil },
		"shared":             func(p *Person) { p.Mailbox.Type = SharedMailbox },
		"forwards":           func(p *Person) { p.Mailbox.ForwardTo = "x@lindeboom.example" },
		"smaller":            func(p *Person) { p.Mailbox.Size = GB },
		"litigation hold":    func(p *Person) { p.Mailbox.Litigation = true },
		"another hold":       func(p *Person) { p.Mailbox.Holds = []string{"case"} },
		"disconnected":       func(p *Person) { p.Mailbox.Disconnected = monday },
		"no drive":           func(p *Person) { p.Drive = nil },
	}
	seen := map[string]string{StateHash(&base): "nothing"}
	for name, change := range moved {
		p := with(base, change)
		hash := StateHash(&p)
		if other, twice := seen[hash]; twice {
			t.Errorf("R-SM-10: %s gives the hash of %s", name, other)
		}
		seen[hash] = name
	}
	for name, change := range map[string]func(*Person){
		"a message more": func(p *Person) { p.Mailbox.Size += 5 },
		"a sign-in":      func(p *Person) { p.SessionEpoch++ },
		"a title":        func(p *Person) { p.JobTitle = "x" },
		"a new password": func(p *Person) { p.PasswordHash = "other" },
	} {
		if p := with(base, change); StateHash(&p) != StateHash(&base) {
			t.Errorf("R-SM-10: %s moves the hash", name)
		}
	}
}
