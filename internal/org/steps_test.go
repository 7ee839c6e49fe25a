package org

import (
	"slices"
	"strings"
	"testing"
	"time"
)

func TestStepsOrder(t *testing.T) {
	full := mailTo("bram")
	full.MailboxDisplayName, full.ReplyInside, full.ReplyOutside = word("Former: anna"), word(ReplyAuto), word(ReplySame)
	full.RemoveAliases, full.FilesTo, full.ReduceSubscriptions = &Aliases{All: true}, word("id-carla"), yes()
	for _, c := range []struct {
		name    string
		person  Person
		choices Choices
		outcome Outcome
		want    []StepKind
	}{
		{
			"R-WIZ-16 R-FE-00 R-DEL-32 R-FE-40 everything, account kept", holding("anna", HelpdeskAdmin), full, OutcomeKeep,
			[]StepKind{
				RemoveRoles, BlockSignIn, RotatePassword, RevokeAllSessions, SetAutomaticReplies, ConvertMailbox, GrantMailbox, RenameMailbox,
				RemoveAliases, GrantDrive, RemoveLicenses, ReduceSubscription,
			},
		},
		{
			"R-WIZ-16 R-FE-60 R-FE-70 everything, account deleted", holding("anna", HelpdeskAdmin),
			Choices{RemoveAliases: &Aliases{All: true}, ReduceSubscriptions: yes()},
			OutcomeDelete,
			[]StepKind{RemoveRoles, BlockSignIn, RotatePassword, RevokeAllSessions, RemoveAliases, GrantDrive, RemoveLicenses, DeleteAccount, ReduceSubscription},
		},
		{
			"R-SM-17 R-FE-20 R-MBX-21 hold, then delete, licences freed by it", somebody("anna"),
			Choices{HoldMailbox: yes(), ReduceSubscriptions: yes()},
			OutcomeDelete,
			[]StepKind{BlockSignIn, RotatePassword, RevokeAllSessions, PlaceHold, GrantDrive, DeleteAccount, ReduceSubscription},
		},
		{
			"R-WIZ-16 nothing that the case does not need",
			with(somebody("mila"), func(p *Person) {
				p.Licenses, p.Mailbox, p.Drive, p.AccountEnabled, p.PasswordHash = nil, nil, nil, false, NoPassword
			}),
			Choices{RemoveAliases: &Aliases{}, ReduceSubscriptions: yes()},
			OutcomeDelete,
			[]StepKind{RevokeAllSessions, DeleteAccount},
		},
		{
			"R-DEL-32 mail, and the files to the manager R-OD-04", somebody("anna"), mailTo("bram"), OutcomeKeep,
			[]StepKind{BlockSignIn, RotatePassword, RevokeAllSessions, ConvertMailbox, GrantMailbox, GrantDrive, RemoveLicenses},
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			it := planOf(c.person, c.choices)
			wantPlan(t, it, c.outcome)
			if got := kinds(it.Steps); !slices.Equal(got, c.want) {
				t.Errorf("steps = %v\nwant    %v", got, c.want)
			}
		})
	}
}

func TestEndStates(t *testing.T) {
	t.Run("R-DEL-32 kept as a shared mailbox", func(t *testing.T) {
		before := holding("anna", HelpdeskAdmin)
		it := planOf(before, mailTo("bram"))
		p := Depart(before, it.Steps, monday)
		switch {
		case !p.Active() || p.AccountEnabled || p.UPN != before.UPN:
			t.Errorf("account = deleted %v, enabled %v, %s; want kept, blocked, same name", p.Deleted, p.AccountEnabled, p.UPN)
		case p.Mailbox.Type != SharedMailbox || len(p.Licenses) != 0 || !p.Mailbox.Disconnected.IsZero():
			t.Errorf("mailbox = %+v, licences = %v; want shared, unlicensed and without a clock", p.Mailbox, p.Licenses)
		case p.MailboxState(monday.AddDate(10, 0, 0)) != MailboxActive:
			t.Errorf("R-MBX-03: the shared mailbox is %s after ten years", p.MailboxState(monday.AddDate(10, 0, 0)))
		case p.PasswordHash != NoPassword || p.ParkedPasswordHash != before.PasswordHash || p.SessionEpoch != before.SessionEpoch+1:
			t.Error("R-MBX-07: the old credentials still work")
		case len(p.Roles) != 0 || !slices.Equal(p.SuspendedRoles, before.Roles):
			t.Errorf("R-DEL-03: roles = %v, suspended = %v", p.Roles, p.SuspendedRoles)
		}
		for _, right := range []Right{FullAccess, SendAs} {
			if !slices.Contains(p.Mailbox.Permissions, Permission{"id-bram", right}) {
				t.Errorf("R-MBX-12: bram lacks %s", right)
			}
		}
		for _, key := range []string{"account.kept", "account.signInStaysBlocked", "mailbox.keepsEverything", "mailbox.heirRights", "license.freed"} {
			if told(it, key) == nil {
				t.Errorf("not told: %s", key)
			}
		}
	})
	t.Run("R-DEL-01 deleted", func(t *testing.T) {
		before := holding("anna", HelpdeskAdmin)
		it := planOf(before, Choices{})
		p := Depart(before, it.Steps, monday)
		switch {
		case !p.Deleted.Equal(monday) || p.UPN != "idanna"+before.UPN: // the id without dashes in front, R-DEL-22
			t.Errorf("account = deleted %v as %s", p.Deleted, p.UPN)
		case len(p.Roles) != 0 || !slices.Equal(p.SuspendedRoles, before.Roles) || !slices.Equal(p.Products(), []SkuID{e3}):
			t.Errorf("R-DEL-03: roles = %v, suspended = %v, licences = %v", p.Roles, p.SuspendedRoles, p.Licenses)
		case len(p.Seats()) != 0:
			t.Errorf("R-DEL-04: seats = %v, want none", p.Seats())
		case !p.LicensesRemoved.Equal(monday):
			t.Errorf("R-PERM-04: licences removed at %v, want now", p.LicensesRemoved)
		case p.MailboxState(monday) != MailboxSoftDeleted:
			t.Errorf("R-DEL-07: mailbox = %s", p.MailboxState(monday))
		}
		if c := told(it, "account.purged"); c == nil || !c.Date.Equal(monday.Add(30*Day)) {
			t.Errorf("account.purged = %v, want in 30 days", c)
		}
	})
	t.Run("R-FE-11 the password goes together with the sign-in", func(t *testing.T) {
		steps := kinds(planOf(somebody("anna"), Choices{}).Steps)
		if !slices.Equal(steps[:3], []StepKind{BlockSignIn, RotatePassword, RevokeAllSessions}) {
			t.Errorf("steps = %v", steps)
		}
	})
	t.Run("R-OD-25 an archived drive is no hindrance", func(t *testing.T) {
		archived := with(somebody("anna"), func(p *Person) { p.Licenses, p.Drive.Unlicensed = nil, monday.Add(-100*Day) })
		it := planOf(archived, Choices{})
		wantPlan(t, it, OutcomeDelete)
		if got := told(it, "files.retained"); got == nil || !got.Date.Equal(monday.Add(30*Day)) {
			t.Errorf("files.retained = %+v", got)
		}
	})
	t.Run("R-MBX-04 the archiving that a held shared mailbox needs beside Plan 1 stays", func(t *testing.T) {
		if got := removedSkus(planOf(heldByArchiving(), mailTo("bram")).Steps); !slices.Equal(got, []SkuID{visio}) {
			t.Errorf("removed %v, want Visio alone", got)
		}
	})
	t.Run("R-WIZ-14 access given earlier stays, once, and undo leaves it", func(t *testing.T) {
		before := with(somebody("anna"), func(p *Person) {
			p.Mailbox.Grant("id-bram", FullAccess)
			p.Drive.grant("id-carla")
		})
		c := mailTo("bram")
		c.FilesTo = word("id-carla")
		steps := planOf(before, c).Steps
		after := Depart(before, steps, monday)
		if want := []Permission{{"id-bram", FullAccess}, {"id-bram", SendAs}}; !slices.Equal(after.Mailbox.Permissions, want) || len(after.Drive.Grants) != 1 {
			t.Errorf("permissions = %v, grants = %v", after.Mailbox.Permissions, after.Drive.Grants)
		}
		back, _, err := PutBack(after, before, steps, monday, World{}, RestoreOptions{}, monday)
		if err != nil || !Same(back, before) {
			t.Errorf("put back = %+v, %v", back.Mailbox, err)
		}
	})
	t.Run("R-WIZ-17 the plain delete", func(t *testing.T) {
		p := Depart(holding("anna", HelpdeskAdmin), DeleteSteps(), monday)
		if p.Active() || !p.LicensesRemoved.IsZero() || len(p.Licenses) != 1 || !slices.Equal(p.SuspendedRoles, []RoleID{HelpdeskAdmin}) || p.SessionEpoch != 4 {
			t.Errorf("person = %+v", p)
		}
	})
}

func TestAliases(t *testing.T) {
	const alias, old = "anna.alias@lindeboom.example", "anna.old@lindeboom.example"
	for _, c := range []struct {
		name    string
		aliases *Aliases
		want    []string
	}{
		{"R-WIZ-13 none unless chosen", nil, nil},
		{"R-WIZ-13 all but the primary", &Aliases{All: true}, []string{alias, old}},
		{"R-WIZ-13 one, whatever its case", &Aliases{List: []string{strings.ToUpper(old)}}, []string{old}},
	} {
		t.Run(c.name, func(t *testing.T) {
			before := somebody("anna")
			it := planOf(before, Choices{RemoveAliases: c.aliases})
			p := Depart(before, it.Steps, monday)
			for _, a := range before.Addresses {
				kept := slices.Contains(p.Addresses, a)
				if kept == slices.Contains(c.want, a.Value) {
					t.Errorf("%s kept: %v", a.Value, kept)
				}
			}
			if free := told(it, "addresses.free"); (free != nil) != (c.want != nil) {
				t.Errorf("addresses.free = %v", free)
			}
			reserved := told(it, "addresses.reserved")
			if reserved == nil || reserved.Rule != "R-SM-09" || !reserved.Date.Equal(monday.Add(30*Day)) {
				t.Errorf("R-SM-09: addresses.reserved = %v, want for 30 days", reserved)
			}
		})
	}
}

func TestReplies(t *testing.T) {
	const dutch = "anna is weg, schrijf bram via bram@lindeboom.example."
	const english = "anna left, write to bram at bram@lindeboom.example."
	for _, c := range []struct {
		name            string
		language        string
		inside, outside string
		want            Replies
	}{
		{"R-WIZ-10 in the language of the leaver", "nl-BE", ReplyAuto, ReplyAuto, Replies{Status: "alwaysEnabled", Audience: AudienceAll, Inside: dutch, Outside: dutch}},
		{"R-WIZ-10 else in that of the organization", "fr-FR", ReplyAuto, "", Replies{Status: "alwaysEnabled", Audience: AudienceNone, Inside: english}},
		{"R-WIZ-10 outside as inside", "nl", "Weg.", ReplySame, Replies{Status: "alwaysEnabled", Audience: AudienceAll, Inside: "Weg.", Outside: "Weg."}},
		{"R-WIZ-10 outside as the prewritten one", "nl", ReplyAuto, ReplySame, Replies{Status: "alwaysEnabled", Audience: AudienceAll, Inside: dutch, Outside: dutch}},
		{"R-WIZ-10 a text of its own for each", "nl", "In.", "Out.", Replies{Status: "alwaysEnabled", Audience: AudienceAll, Inside: "In.", Outside: "Out."}},
		{"R-MBX-29 inside only", "nl", "In.", "", Replies{Status: "alwaysEnabled", Audience: AudienceNone, Inside: "In."}},
	} {
		t.Run(c.name, func(t *testing.T) {
			p := with(somebody("anna"), func(p *Person) { p.PreferredLanguage = c.language })
			choices := mailTo("bram")
			choices.ReplyInside, choices.ReplyOutside = &c.inside, &c.outside
			it := planOf(p, choices)
			if got := Depart(p, it.Steps, monday).Mailbox.Replies; got != c.want {
				t.Errorf("replies = %+v\nwant      %+v", got, c.want)
			}
		})
	}
}

func TestFilesHeir(t *testing.T) {
	noManager := func(f *Facts) { f.People[0].Around.Manager = nil }
	owner := func(f *Facts) { f.Org.Settings.SecondaryOwner = "id-owner" }
	off := func(f *Facts) { f.Org.Settings.DriveDelegation = false }
	noDrive := func(f *Facts) { f.People[0].Person.Drive = nil }
	for _, c := range []struct {
		name    string
		filesTo string
		changes []func(*Facts)
		want    string
		key     string
	}{
		{"R-WIZ-07 R-FE-50 the one chosen", "carla@lindeboom.example", nil, "id-carla", "files.toHeir"},
		{"R-OD-04 else the manager", "", []func(*Facts){owner}, "id-bram", "files.toManager"},
		{"R-OD-04 else the secondary owner", "", []func(*Facts){noManager, owner}, "id-owner", "files.toSecondaryOwner"},
		{"R-OD-04 else nobody", "", []func(*Facts){noManager}, "", "files.toNobody"},
		{"R-OD-04 nobody when delegation is off", "", []func(*Facts){off, owner}, "", "files.toNobody"},
		{"R-WIZ-07 the one chosen though delegation is off", "id-carla", []func(*Facts){off}, "id-carla", "files.toHeir"},
		{"R-OD-04 nobody when chosen", "None", []func(*Facts){owner}, "", "files.toNobody"},
		{"R-OD-04 no drive, no heir", "", []func(*Facts){noDrive}, "", ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := about(college(), asking(somebody("anna"), Choices{FilesTo: &c.filesTo}))
			for _, change := range c.changes {
				change(&f)
			}
			it := MakePlan(f, boss(), monday).Items[0]
			wantPlan(t, it, OutcomeDelete)
			s := stepOf(it.Steps, GrantDrive)
			if (s == nil) != (c.want == "") || s != nil && s.To.ID != c.want {
				t.Errorf("grantDrive = %+v, want to %q", s, c.want)
			}
			if c.key != "" && told(it, c.key) == nil {
				t.Errorf("not told: %s", c.key)
			}
			if s != nil && !slices.Contains(Depart(f.People[0].Person, it.Steps, monday).Drive.Grants, DriveGrant{UserID(c.want)}) {
				t.Errorf("drive isn't granted to %s", c.want)
			}
		})
	}
}

// TestKeptFiles: the manager gets the files of an account that stays, too; who
// cleans up after deleted accounts has no part in it.
func TestKeptFiles(t *testing.T) {
	owner := func(f *Facts) { f.Org.Settings.SecondaryOwner = "id-owner" }
	for _, c := range []struct {
		name    string
		changes []func(*Facts)
		want    string
	}{
		{"R-OD-04 the manager by default", nil, "id-bram"},
		{"R-OD-04 nobody when the manager leaves too", []func(*Facts){owner, func(f *Facts) { f.People = append(f.People, asking(somebody("bram"), Choices{})) }}, ""},
		{"R-OD-03 R-OD-04 without a manager nobody, not the secondary owner", []func(*Facts){owner, func(f *Facts) { f.People[0].Around.Manager = nil }}, ""},
		{"R-OD-04 nobody when delegation is off", []func(*Facts){func(f *Facts) { f.Org.Settings.DriveDelegation = false }}, ""},
		{"R-OD-04 nobody when chosen", []func(*Facts){func(f *Facts) { f.People[0].Choices.FilesTo = word(FilesToNobody) }}, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			f := about(college(), asking(somebody("anna"), mailTo("carla")))
			for _, change := range c.changes {
				change(&f)
			}
			it := MakePlan(f, boss(), monday).Items[0]
			wantPlan(t, it, OutcomeKeep)
			s := stepOf(it.Steps, GrantDrive)
			if (s == nil) != (c.want == "") || s != nil && s.To.ID != c.want || (told(it, "files.toManager") == nil) != (c.want == "") || told(it, "files.toNobody") != nil {
				t.Errorf("grantDrive = %+v, want to %q; consequences %v", s, c.want, it.Consequences)
			}
		})
	}
	t.Run("R-WIZ-07 unless somebody is chosen", func(t *testing.T) {
		c := mailTo("bram")
		c.FilesTo = word("id-carla")
		if s := stepOf(planOf(somebody("anna"), c).Steps, GrantDrive); s == nil || s.To.ID != "id-carla" {
			t.Errorf("grantDrive = %+v", s)
		}
	})
	t.Run("R-OD-05 nobody is reminded of files that nobody gets", func(t *testing.T) {
		it := planOf(somebody("anna"), Choices{FilesTo: word(FilesToNobody)})
		if c := told(it, "files.secondNotice"); c != nil || told(it, "files.retained") == nil {
			t.Errorf("secondNotice = %+v", c)
		}
	})
	t.Run("R-OD-08 shared files of a drive that stays are not lost", func(t *testing.T) {
		c := mailTo("bram")
		c.RemoveLicenses = no()
		l := asking(somebody("anna"), c)
		l.Around.SharedItems = 3
		if c := told(MakePlan(about(college(), l), boss(), monday).Items[0], "files.sharedUnnamed"); c != nil {
			t.Errorf("told %+v", c)
		}
	})
	t.Run("R-OD-20 no clock for education", func(t *testing.T) {
		o := college()
		o.Settings.Education = true
		before := somebody("anna")
		it := MakePlan(about(o, asking(before, mailTo("bram"))), boss(), monday).Items[0]
		if told(it, "files.readOnly") != nil || told(it, "files.archived") != nil || told(it, "files.stay") == nil {
			t.Errorf("consequences = %v", it.Consequences)
		}
		after := Depart(before, it.Steps, monday)
		if got := after.Drive.DriveStateAt(time.Time{}, monday.AddDate(1, 0, 0), o.Settings); got != DriveActive {
			t.Errorf("after a year the drive is %s", got)
		}
		if got := after.Drive.DriveStateAt(time.Time{}, monday.Add(93*Day), DefaultSettings()); got != DriveArchived {
			t.Errorf("elsewhere it is %s", got)
		}
	})
}

func TestStepSentences(t *testing.T) {
	for want, r := range map[string]Replies{
		"step.setAutomaticReplies": {Inside: "In.", Outside: "Out."}, "step.setAutomaticReplies.inside": {Inside: "In."}, "step.setAutomaticReplies.outside": {Outside: "Out."},
	} {
		if s := (Step{Kind: SetAutomaticReplies, Replies: r}); s.Key() != want {
			t.Errorf("R-WIZ-10: key of %+v = %s, want %s", r, s.Key(), want)
		}
	}
	late := Step{Kind: ReduceSubscription, When: Renewal, At: time.Date(2026, 9, 1, 0, 0, 0, 0, time.UTC)}
	if late.Key() != "step.reduceSubscription.renewal" || (&Step{Kind: ReduceSubscription, When: Now}).Key() != "step.reduceSubscription" {
		t.Errorf("keys of reductions = %s", late.Key())
	}
	for _, kind := range StepKinds() {
		s := Step{Kind: kind}
		if !strings.HasPrefix(s.Key(), "step."+string(kind)) {
			t.Errorf("key of %s = %s", kind, s.Key())
		}
		if s.Reversible() == (kind == RevokeAllSessions) { // R-DEL-12
			t.Errorf("%s reversible = %v", kind, s.Reversible())
		}
	}
}
