package practice_test

import (
	"slices"
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/practice"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func text(s string) *string { return &s }

func yes() *bool {
	b := true
	return &b
}

// expected is what the plan for one of the cast says.
type expected struct {
	user    string
	as      string // who asks; admin when empty
	choices org.Choices
	outcome org.Outcome
	refused []string // rule ids, in order
	steps   []org.StepKind
	says    []string // "rule key" of consequences that are there
	silent  []string // keys of consequences that are not
}

// stepsOfPlainDelete are what the wizard does when nobody changes a choice.
func stepsOfPlainDelete(more ...org.StepKind) []org.StepKind {
	return append(more, org.BlockSignIn, org.RotatePassword, org.RevokeAllSessions, org.GrantDrive, org.RemoveLicenses, org.DeleteAccount)
}

func expectations() []expected {
	toBram := org.Choices{MailTo: text("bram.jansen@lindeboom.example")}
	all := org.Choices{
		MailTo: toBram.MailTo, ReplyInside: text("auto"), ReplyOutside: text("same"), FilesTo: text("sara.blom@lindeboom.example"),
		RemoveAliases: &org.Aliases{All: true}, ReduceSubscriptions: yes(), MailboxDisplayName: text("Voorlichting (Anna)"),
	}
	return []expected{
		{
			user: "anna.devries", outcome: org.OutcomeDelete, steps: stepsOfPlainDelete(), silent: []string{"reports.noManager", "groups.ownerless", "license.inheritedFreed"},
			says: []string{
				"R-DEL-01 account.purged", "R-DEL-07 mailbox.softDeleted", "R-SM-09 addresses.reserved", "R-OD-04 files.toManager", "R-OD-08 files.shared",
				"R-DEL-10 files.onDevices", "R-DEL-04 license.freed", "R-DEL-05 bill.canStop", "R-DEL-13 groups.leaves",
			},
		},
		{
			user: "anna.devries", choices: all, outcome: org.OutcomeKeep,
			steps: []org.StepKind{
				org.BlockSignIn, org.RotatePassword, org.RevokeAllSessions, org.SetAutomaticReplies, org.ConvertMailbox, org.GrantMailbox, org.RenameMailbox,
				org.RemoveAliases, org.GrantDrive, org.RemoveLicenses, org.ReduceSubscription,
			},
			says: []string{"R-DEL-32 account.kept", "R-LIC-42 bill.stops"},
		},
		{user: "bram.jansen", outcome: org.OutcomeDelete, steps: stepsOfPlainDelete(), says: []string{"R-DEL-15 reports.noManager", "R-DEL-08 mail.forwardedHere", "R-MBX-06 mailbox.nobodyLeft"}},
		{user: "carla.smit", outcome: org.OutcomeRefused, refused: []string{"R-DEL-30"}},
		{user: "carla.smit", choices: toBram, outcome: org.OutcomeRefused, refused: []string{"R-DEL-33"}},
		{user: "daan.visser", outcome: org.OutcomeRefused, refused: []string{"R-DEL-30"}},
		{user: "eva.bakker", outcome: org.OutcomeRefused, refused: []string{"R-AD-01"}},
		{user: "femke.mulder", outcome: org.OutcomeDelete, steps: slices.DeleteFunc(stepsOfPlainDelete(), func(k org.StepKind) bool { return k == org.RemoveLicenses }), says: []string{"R-MBX-21 mailbox.inactive"}},
		{user: "gijs.dekker", outcome: org.OutcomeDelete, steps: stepsOfPlainDelete(), says: []string{"R-LIC-15 license.inheritedFreed"}},
		{user: "gijs.dekker", choices: toBram, outcome: org.OutcomeKeep, says: []string{"R-LIC-15 license.inheritedStays"}},
		{user: "hanna.bos", outcome: org.OutcomeDelete, steps: stepsOfPlainDelete(), says: []string{"R-DEL-14 groups.ownerless", "R-DEL-15 reports.noManager"}},
		{user: "ivo.peters", outcome: org.OutcomeDelete, steps: stepsOfPlainDelete(org.RemoveRoles)},
		{user: "ivo.peters", as: "useradmin", outcome: org.OutcomeRefused, refused: []string{"R-ROLE-14"}},
		{user: "jan.meijer", choices: org.Choices{ReduceSubscriptions: yes()}, outcome: org.OutcomeDelete, steps: stepsOfPlainDelete(), says: []string{"R-LIC-30 bill.partner"}},
		{user: "kim.degroot", outcome: org.OutcomeDelete, steps: stepsOfPlainDelete(), says: []string{"R-LIC-32 bill.commitment"}},
		{user: "kim.degroot", choices: org.Choices{ReduceSubscriptions: yes()}, outcome: org.OutcomeDelete, steps: append(stepsOfPlainDelete(), org.ReduceSubscription), says: []string{"R-LIC-32 bill.stopsAtRenewal"}},
		{user: "lars.vos", choices: toBram, outcome: org.OutcomeKeep, says: []string{"R-MBX-03 mailbox.tooBig", "R-DEL-05 license.kept"}},
		{
			user: "mila.kok", outcome: org.OutcomeDelete, steps: []org.StepKind{org.BlockSignIn, org.RotatePassword, org.RevokeAllSessions, org.DeleteAccount},
			silent: []string{"mailbox.softDeleted", "mailbox.refusesMail", "files.retained", "license.freed", "addresses.reserved"},
		},
		{user: "mila.kok", choices: toBram, outcome: org.OutcomeRefused, refused: []string{"R-MBX-02"}},
		{
			user: "rosa.vandam", outcome: org.OutcomeDelete, says: []string{"R-OD-04 files.toNobody"},
			steps: slices.DeleteFunc(stepsOfPlainDelete(), func(k org.StepKind) bool { return k == org.GrantDrive }),
		},
		{user: "tim.wolters", as: "useradmin", outcome: org.OutcomeDelete, steps: stepsOfPlainDelete(org.RemoveRoles)},
		{user: "tim.wolters", as: "helpdesk", outcome: org.OutcomeRefused, refused: []string{"R-DEL-35"}},
		{user: "umar.yilmaz", outcome: org.OutcomeDelete, steps: stepsOfPlainDelete(), says: []string{"R-DEL-13 groups.leaves"}, silent: []string{"groups.ownerless"}},
		{user: "sara.blom", outcome: org.OutcomeDelete, steps: stepsOfPlainDelete(), says: []string{"R-DEL-15 reports.noManager"}},
		{user: "admin2", outcome: org.OutcomeDelete, steps: stepsOfPlainDelete(org.RemoveRoles)},
		{user: "admin", outcome: org.OutcomeRefused, refused: []string{"R-ROLE-05"}},
		{user: "olaf.dijk", outcome: org.OutcomeDelete, steps: stepsOfPlainDelete(), says: []string{"R-LIC-32 bill.commitment"}},
	}
}

// TestPlans asks for the plan of everybody in contract section 3.
func TestPlans(t *testing.T) {
	s, _ := made(t, practice.Users)
	d := desk(s)
	for _, want := range expectations() {
		as := want.as
		if as == "" {
			as = "admin"
		}
		by := storetest.Load(t, s, as+"@lindeboom.example")[0]
		user := want.user + "@lindeboom.example"
		plan, err := d.Plan(t.Context(), org.Actor{ID: by.ID, Name: by.UPN, Roles: by.Roles}, offboard.Request{People: []offboard.Wish{{User: user, Choices: want.choices}}})
		if refused := org.RefusalOf(err); refused != nil { // a caller without any right to it learns nothing
			plan.Items = []org.Item{{Outcome: org.OutcomeRefused, Refusals: []*org.Refusal{refused}}}
		} else if err != nil {
			t.Fatal(err)
		}
		t.Run(want.user, func(t *testing.T) { compare(t, &plan.Items[0], &want) })
	}
}

func compare(t *testing.T, got *org.Item, want *expected) {
	t.Helper()
	if got.Outcome != want.outcome {
		t.Errorf("outcome %s, want %s", got.Outcome, want.outcome)
	}
	var refused []string
	for _, r := range got.Refusals {
		refused = append(refused, r.Rule)
	}
	if !slices.Equal(refused, want.refused) {
		t.Errorf("refused by %v, want %v", refused, want.refused)
	}
	var kinds []org.StepKind
	for _, s := range got.Steps {
		kinds = append(kinds, s.Kind)
	}
	if want.steps != nil && !slices.Equal(kinds, want.steps) {
		t.Errorf("steps %v, want %v", kinds, want.steps)
	}
	var said, keys []string
	for _, c := range got.Consequences {
		said, keys = append(said, c.Rule+" "+c.Key), append(keys, c.Key)
	}
	for _, c := range want.says {
		if !slices.Contains(said, c) {
			t.Errorf("does not say %q but %s", c, strings.Join(said, ", "))
		}
	}
	for _, key := range want.silent {
		if slices.Contains(keys, key) {
			t.Errorf("says %q", key)
		}
	}
}

// around gives what surrounds somebody.
func around(t *testing.T, s *store.Store, user string) org.Surroundings {
	t.Helper()
	var out []org.Surroundings
	storetest.Read(t, s, func(tx offboard.Tx) (err error) {
		out, err = tx.Around(t.Context(), storetest.Load(t, s, user+"@lindeboom.example"))
		return err
	})
	return out[0]
}

func TestCastIsAsTheContractSays(t *testing.T) {
	s, _ := made(t, practice.Users)
	load := func(user string) *org.Person { return storetest.Load(t, s, user+"@lindeboom.example")[0] }
	check := func(ok bool, format string, args ...any) {
		t.Helper()
		if !ok {
			t.Errorf(format, args...)
		}
	}
	anna, x := load("anna.devries"), around(t, s, "anna.devries")
	check(anna.PreferredLanguage == "nl" && x.Manager.Name == "bram.jansen@lindeboom.example" && x.Groups == 3, "anna: %+v, %+v", anna, x)
	check(slices.EqualFunc(anna.Addresses, []string{"anna.devries", "anna", "a.devries"}, func(a org.Address, b string) bool { return a.Value == b+"@lindeboom.example" }), "anna's addresses: %v", anna.Addresses)
	check(x.SharedItems == 1 && x.SharedWith[0].Name == "hanna.bos@lindeboom.example" && len(x.Devices) == 1 && anna.Drive.Items == 5, "anna's files: %+v, %+v", x, anna.Drive)
	check(anna.Mail == "anna.devries@lindeboom.example" && anna.PasswordHash == hash, "anna: %+v", anna)

	carla := load("carla.smit")
	check(carla.Mailbox.ForwardTo == "bram.jansen@lindeboom.example" && carla.Mailbox.KeepCopy, "carla: %+v", carla.Mailbox)
	daan, bram := load("daan.visser"), load("bram.jansen")
	check(daan.Mailbox.Type == org.SharedMailbox && !daan.AccountEnabled && len(daan.Licenses) == 0, "daan: %+v", daan)
	check(slices.Equal(daan.Mailbox.Permissions, []org.Permission{{Who: bram.ID, Right: org.FullAccess}}), "daan: %+v", daan.Mailbox)
	check(load("eva.bakker").Synced, "eva is not synchronised")
	check(load("femke.mulder").Mailbox.Litigation, "femke's mailbox is not held")
	gijs, inherits := load("gijs.dekker"), around(t, s, "gijs.dekker")
	check(len(gijs.Licenses) == 1 && gijs.Licenses[0].Group != "" && inherits.Inherited[0].Group.DisplayName == "Docenten", "gijs: %+v", gijs.Licenses)
	hanna := around(t, s, "hanna.bos")
	check(len(hanna.Reports) == 3 && len(hanna.Owned) == 2 && len(hanna.Owned[0].Others)+len(hanna.Owned[1].Others) == 0, "hanna: %+v", hanna)
	check(load("lars.vos").Mailbox.Size == 62*org.GB, "lars: %v", load("lars.vos").Mailbox.Size)
	mila := load("mila.kok")
	check(mila.Mailbox == nil && mila.Drive == nil && mila.Licenses == nil, "mila: %+v", mila)
	rosa := load("rosa.vandam")
	check(rosa.ManagerID == "" && rosa.PreferredLanguage == "en", "rosa: %+v", rosa)
	check(around(t, s, "umar.yilmaz").Groups == 120, "umar is in %d groups", around(t, s, "umar.yilmaz").Groups)
	sara := load("sara.blom")
	check(sara.Addresses[len(sara.Addresses)-1].Value == "pien@lindeboom.example", "sara: %v", sara.Addresses)

	roles := map[string]org.RoleID{
		"admin": org.GlobalAdmin, "admin2": org.GlobalAdmin, "useradmin": org.UserAdmin, "billing": org.BillingAdmin, "license": org.LicenseAdmin,
		"exchange": org.ExchangeAdmin, "sharepoint": org.SharePointAdmin, "helpdesk": org.HelpdeskAdmin, "reader": org.GlobalReader,
		"ivo.peters": org.BillingAdmin, "tim.wolters": org.HelpdeskAdmin,
	}
	holders := 0
	for _, a := range practice.Accounts() {
		p := storetest.Load(t, s, a.UPN)[0]
		check(p != nil && p.DisplayName == a.DisplayName && slices.Equal(p.Roles, a.Roles), "%s: %+v", a.UPN, p)
		holders += len(p.Roles)
	}
	for user, role := range roles {
		check(slices.Equal(load(user).Roles, []org.RoleID{role}), "%s: %v", user, load(user).Roles)
	}
	check(holders == len(roles), "%d roles are held, want %d", holders, len(roles))
}
