package org

import (
	"fmt"
	"slices"
	"testing"
)

var everyRole = []RoleID{
	GlobalAdmin, UserAdmin, HelpdeskAdmin, BillingAdmin, LicenseAdmin, ExchangeAdmin, SharePointAdmin, PrivilegedAuthAdmin, AuthAdmin,
	PasswordAdmin, GroupsAdmin, DirectoryReaders, PrivilegedRoleAdmin, GlobalReader, GuestInviter, MessageCenterReader, ReportsReader,
	UserExperienceSuccess, UsageSummaryReader, ServiceSupportAdmin, TeamsAdmin, ApplicationAdministrator, "custom-role",
}

// lines is the table of R-ROLE-13: who may act on a target that holds what.
var lines = []struct {
	target []RoleID // each of these on its own
	closed func(*Person)
	actors []RoleID
}{
	{nil, nil, []RoleID{AuthAdmin, UserAdmin, PrivilegedAuthAdmin, GlobalAdmin}},
	{nil, func(p *Person) { p.InRoleGroup = true }, []RoleID{PrivilegedAuthAdmin, GlobalAdmin}},
	{nil, func(p *Person) { p.InRestrictedUnit = true }, []RoleID{PrivilegedAuthAdmin, GlobalAdmin}},
	{[]RoleID{AuthAdmin}, nil, []RoleID{AuthAdmin, PrivilegedAuthAdmin, GlobalAdmin}},
	{
		[]RoleID{DirectoryReaders, GuestInviter, MessageCenterReader, PasswordAdmin, ReportsReader, UserExperienceSuccess, UsageSummaryReader},
		nil,
		[]RoleID{AuthAdmin, UserAdmin, PrivilegedAuthAdmin, GlobalAdmin},
	},
	{[]RoleID{GroupsAdmin, HelpdeskAdmin, UserAdmin}, nil, []RoleID{UserAdmin, PrivilegedAuthAdmin, GlobalAdmin}},
	{[]RoleID{GlobalAdmin, PrivilegedAuthAdmin, PrivilegedRoleAdmin}, nil, []RoleID{PrivilegedAuthAdmin, GlobalAdmin}},
	{
		[]RoleID{
			BillingAdmin, LicenseAdmin, ExchangeAdmin, SharePointAdmin, TeamsAdmin, ServiceSupportAdmin, GlobalReader,
			ApplicationAdministrator, "custom-role",
		},
		nil,
		[]RoleID{PrivilegedAuthAdmin, GlobalAdmin},
	},
}

func TestSensitiveActions(t *testing.T) {
	covered := map[RoleID]bool{}
	for _, line := range lines {
		targets := [][]RoleID{nil}
		if line.target != nil {
			targets = nil
		}
		for _, r := range line.target {
			targets, covered[r] = append(targets, []RoleID{r}), true
		}
		for _, roles := range targets {
			for _, actor := range everyRole {
				target := holding("anna", roles...)
				if line.closed != nil {
					line.closed(&target)
				}
				want := slices.Contains(line.actors, actor)
				t.Run(fmt.Sprintf("R-ROLE-13 %s on %v", actor.Name(), RoleNames(roles)), func(t *testing.T) {
					if got := Outranks([]RoleID{actor}, &target); got != want {
						t.Errorf("Outranks = %v, want %v", got, want)
					}
				})
			}
		}
	}
	for _, r := range everyRole {
		if !covered[r] {
			t.Errorf("R-ROLE-13: no line for %s", r.Name())
		}
	}
}

func TestSeveralRoles(t *testing.T) {
	for _, c := range []struct {
		name   string
		actor  []RoleID
		target []RoleID
		want   bool
	}{
		{"R-ROLE-14 one disallowed role blocks", []RoleID{UserAdmin}, []RoleID{HelpdeskAdmin, LicenseAdmin}, false},
		{"R-ROLE-14 wherever it stands", []RoleID{UserAdmin}, []RoleID{LicenseAdmin, HelpdeskAdmin}, false},
		{"R-ROLE-14 every one allowed", []RoleID{UserAdmin}, []RoleID{GroupsAdmin, HelpdeskAdmin, PasswordAdmin, UserAdmin}, true},
		{"R-ROLE-16 Authentication Administrator on a row of its own and another", []RoleID{AuthAdmin}, []RoleID{AuthAdmin, GroupsAdmin}, false},
		{"R-ROLE-16 Privileged Authentication on everything", []RoleID{PrivilegedAuthAdmin}, everyRole, true},
		{"R-ROLE-13 an actor with several roles uses the one that fits", []RoleID{BillingAdmin, ReportsReader, UserAdmin}, []RoleID{HelpdeskAdmin}, true},
		{"R-ROLE-13 roles that may nothing add up to nothing", []RoleID{BillingAdmin, ExchangeAdmin, SharePointAdmin, LicenseAdmin}, nil, false},
		{"R-ROLE-13 no role at all", nil, nil, false},
	} {
		t.Run(c.name, func(t *testing.T) {
			target := holding("anna", c.target...)
			if got := Outranks(c.actor, &target); got != c.want {
				t.Errorf("Outranks = %v, want %v", got, c.want)
			}
		})
	}
	t.Run("R-SM-13 suspended roles count as held ones", func(t *testing.T) {
		target := with(somebody("anna"), func(p *Person) { p.SuspendedRoles = []RoleID{BillingAdmin} })
		if Outranks([]RoleID{UserAdmin}, &target) {
			t.Error("Outranks = true over a suspended Billing Administrator, want false")
		}
	})
	t.Run("R-ROLE-12 a role and a role group together", func(t *testing.T) {
		target := with(holding("anna", HelpdeskAdmin), func(p *Person) { p.InRoleGroup = true })
		if Outranks([]RoleID{UserAdmin}, &target) {
			t.Error("Outranks = true, want false")
		}
	})
}

// TestWhoPrefersEntra holds where the admin centre's page words a rule more narrowly
// than Entra's matrix, which counts. R-ROLE-15
func TestWhoPrefersEntra(t *testing.T) {
	user := Actor{ID: "u", Roles: []RoleID{UserAdmin}}
	privileged := Actor{ID: "p", Roles: []RoleID{PrivilegedAuthAdmin}}
	t.Run("R-ROLE-18 who may reset an administrator's password may end the sessions", func(t *testing.T) {
		target := holding("anna", HelpdeskAdmin)
		if !MayReset(user.Roles, &target) {
			t.Error("a User Administrator can't sign a Helpdesk Administrator out")
		}
		target = holding("anna", BillingAdmin)
		if MayReset(user.Roles, &target) {
			t.Error("a User Administrator signs a Billing Administrator out")
		}
	})
	t.Run("R-ROLE-22 who may block a Global Administrator may unblock them", func(t *testing.T) {
		o := college()
		blocked := with(holding("anna", GlobalAdmin), func(p *Person) { p.AccountEnabled = false })
		open := with(holding("anna", GlobalAdmin), func(p *Person) { p.AccountEnabled = true })
		for actor, may := range map[*Actor]bool{&privileged: true, &user: false} {
			if r := o.CheckUpdate(*actor, &blocked, &open); (r == nil) != may {
				t.Errorf("%s unblocks a Global Administrator: %v, want allowed %t", actor.Roles[0].Name(), r, may)
			}
		}
	})
}

// TestResets is the matrix of R-ROLE-17, every role against every role.
func TestResets(t *testing.T) {
	readers := []RoleID{DirectoryReaders, GuestInviter, MessageCenterReader, PasswordAdmin, ReportsReader, UserExperienceSuccess, UsageSummaryReader}
	may := map[RoleID][]RoleID{
		PasswordAdmin: {DirectoryReaders, GuestInviter, PasswordAdmin},
		HelpdeskAdmin: append([]RoleID{HelpdeskAdmin}, readers...),
		AuthAdmin:     append([]RoleID{AuthAdmin}, readers...),
		UserAdmin:     append([]RoleID{GroupsAdmin, HelpdeskAdmin, UserAdmin}, readers...),
	}
	for _, actor := range everyRole {
		all := actor == GlobalAdmin || actor == PrivilegedAuthAdmin
		plain := somebody("anna")
		t.Run(fmt.Sprintf("R-ROLE-17 %s on nobody special", actor.Name()), func(t *testing.T) {
			if got, want := MayReset([]RoleID{actor}, &plain), all || may[actor] != nil; got != want {
				t.Errorf("MayReset = %v, want %v", got, want)
			}
		})
		for _, role := range everyRole {
			target := holding("anna", role)
			t.Run(fmt.Sprintf("R-ROLE-17 %s on %s", actor.Name(), role.Name()), func(t *testing.T) {
				if got, want := MayReset([]RoleID{actor}, &target), all || slices.Contains(may[actor], role); got != want {
					t.Errorf("MayReset = %v, want %v", got, want)
				}
			})
		}
	}
	for name, change := range map[string]func(*Person){
		"R-ROLE-10 one role too many":                            func(p *Person) { p.Roles = []RoleID{ReportsReader, BillingAdmin} },
		"R-ROLE-12 member of a role group":                       func(p *Person) { p.InRoleGroup = true },
		"R-ROLE-13 in a restricted unit":                         func(p *Person) { p.InRestrictedUnit = true },
		"R-ROLE-18 a kept account that was Global Administrator": func(p *Person) { p.SuspendedRoles = []RoleID{GlobalAdmin} },
	} {
		t.Run(name, func(t *testing.T) {
			target := with(somebody("anna"), change)
			if MayReset([]RoleID{HelpdeskAdmin, PasswordAdmin, UserAdmin}, &target) {
				t.Error("MayReset = true, want false")
			}
		})
	}
}

// TestMay holds the capabilities that rules name, role by role.
func TestMay(t *testing.T) {
	for _, c := range []struct {
		rule string
		op   Operation
		may  []RoleID // beside the Global Administrator
	}{
		{"R-ROLE-01 R-ROLE-02 R-ROLE-16", DeleteUser, []RoleID{UserAdmin, AuthAdmin, PrivilegedAuthAdmin}},
		{"R-ROLE-19", RestoreUser, []RoleID{UserAdmin, AuthAdmin, PrivilegedAuthAdmin}},
		{"R-ROLE-20", PurgeUser, []RoleID{UserAdmin, AuthAdmin, PrivilegedAuthAdmin}},
		{"R-ROLE-17", ResetPassword, []RoleID{UserAdmin, HelpdeskAdmin, PasswordAdmin, AuthAdmin, PrivilegedAuthAdmin}},
		{"R-ROLE-18", RevokeSessions, []RoleID{UserAdmin, HelpdeskAdmin, PasswordAdmin, AuthAdmin, PrivilegedAuthAdmin}},
		{"R-ROLE-07 R-ROLE-08 R-LIC-02", AssignLicense, []RoleID{UserAdmin, LicenseAdmin}},
		{"R-ROLE-06 R-ROLE-07", SetQuantity, []RoleID{BillingAdmin}},
		{"R-ROLE-11 R-ROLE-12", ManageMailbox, []RoleID{ExchangeAdmin}},
		{"R-ROLE-11", ManageDrive, []RoleID{SharePointAdmin}},
		{"R-ROLE-09", SetUsageLocation, []RoleID{UserAdmin, LicenseAdmin}},
		{"R-NE-03", CreateUser, []RoleID{UserAdmin, LicenseAdmin}},
		{"R-API-64", ManageDriveRules, []RoleID{SharePointAdmin}},
		{"R-ROLE-22", ManageSettings, nil},
		{"R-ROLE-11", ReadMailbox, []RoleID{ExchangeAdmin, GlobalReader, UserAdmin, AuthAdmin, PrivilegedAuthAdmin}},
		{"R-DEL-21", ReadDepartures, []RoleID{UserAdmin, AuthAdmin, PrivilegedAuthAdmin, GlobalReader, ReportsReader, ExchangeAdmin, SharePointAdmin}},
		{"R-ROLE-11", ReadReplies, []RoleID{ExchangeAdmin}},
		{"R-ROLE-11", ReadDrive, []RoleID{SharePointAdmin, GlobalReader, UserAdmin, AuthAdmin, PrivilegedAuthAdmin}},
		{"R-ROLE-11", ReadShares, []RoleID{SharePointAdmin}},
	} {
		for _, role := range everyRole {
			t.Run(fmt.Sprintf("%s %s by %s", c.rule, c.op, role.Name()), func(t *testing.T) {
				want := role == GlobalAdmin || slices.Contains(c.may, role)
				if got := May(by(role), c.op); (got == nil) != want {
					t.Errorf("May = %v, want allowed %v", got, want)
				}
			})
		}
	}
	for _, op := range Operations() {
		if r := May(Actor{System: true}, op); r != nil {
			t.Errorf("the system is refused %s: %v", op, r)
		}
		if r := May(by(), op); r == nil || r.Rule != "R-ROLE-05" || r.Kind != Denied {
			t.Errorf("R-ROLE-05: somebody without a role doing %s gets %v", op, r)
		}
	}
	t.Run("R-ROLE-27 every role has an id of its own and a name", func(t *testing.T) {
		seen := map[RoleID]bool{}
		for _, d := range RoleDefinitions() {
			if seen[d.ID] || d.DisplayName == "" || d.ID.Name() != d.DisplayName {
				t.Errorf("role %q (%s) is there twice or has no name", d.ID, d.DisplayName)
			}
			seen[d.ID] = true
		}
	})
}

// TestMayRead holds who reads what without a role: the owner, and whoever opens
// the mailbox or the drive anyway.
func TestMayRead(t *testing.T) {
	p := &Person{User: User{ID: "anna"}, Mailbox: &Mailbox{Permissions: []Permission{{Who: "bram", Right: FullAccess}, {Who: "carla", Right: SendAs}}}}
	p.Drive = &Drive{Grants: []DriveGrant{{Who: "daan"}}}
	for who, may := range map[UserID][]Operation{
		"anna":  {ReadMailbox, ReadReplies, ReadDrive, ReadShares}, // R-API-50
		"bram":  {ReadMailbox, ReadReplies},                        // R-MBX-12
		"carla": nil,
		"daan":  {ReadDrive, ReadShares}, // R-WIZ-07
	} {
		for _, op := range []Operation{ReadMailbox, ReadReplies, ReadDrive, ReadShares, ReadAudit} {
			if got, want := MayRead(Actor{ID: who}, op, p) == nil, slices.Contains(may, op); got != want {
				t.Errorf("R-MBX-12 R-WIZ-07: %s by %s is allowed: %t, want %t", op, who, got, want)
			}
			if r := MayRead(Actor{ID: who, App: true}, op, p); r == nil {
				t.Errorf("R-API-19: an app that has the id of %s may do %s without a role", who, op)
			}
		}
	}
}
