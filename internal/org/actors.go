package org

import "slices"

// Actor is who asks: a person, an app, or the organization itself (System: the
// sweep, and the operator who has the data folder in hand).
type Actor struct {
	ID        UserID   `json:"id"`
	Name      string   `json:"name"`
	App       bool     `json:"app,omitempty"`
	System    bool     `json:"system,omitempty"`
	Roles     []RoleID `json:"roles,omitempty"`
	RequestID string   `json:"requestId,omitempty"`
	// Scopes limit what a token may do, beside the roles: application
	// permissions of an app, delegated scopes of a person. Nil: not limited
	// (a session of the admin centre).
	Scopes []string `json:"-"`
}

// Has says that the actor holds a role.
func (a *Actor) Has(roles ...RoleID) bool {
	return slices.ContainsFunc(a.Roles, func(r RoleID) bool { return slices.Contains(roles, r) })
}

// Admin says that the actor holds any administrator role at all. R-ROLE-05
func (a *Actor) Admin() bool { return len(a.Roles) > 0 }

// Operation names one thing that can be done, for the table of who may do it.
type Operation string

// MessageParts lets a message catalogue name the operation in its own language.
func (o Operation) MessageParts() (key string, args map[string]any) {
	return "operation." + string(o), nil
}

// The operations.
const (
	ReadDirectory     Operation = "directory.read"
	ReadAudit         Operation = "audit.read"
	ReadBilling       Operation = "billing.read"
	CreateUser        Operation = "user.create"
	UpdateUser        Operation = "user.update"
	SetUsageLocation  Operation = "user.usageLocation"
	DeleteUser        Operation = "user.delete"
	RestoreUser       Operation = "user.restore"
	PurgeUser         Operation = "user.purge"
	ResetPassword     Operation = "user.resetPassword"
	RevokeSessions    Operation = "user.revokeSessions"
	AssignLicense     Operation = "license.assign"
	SetQuantity       Operation = "subscription.quantity"
	ManageMailbox     Operation = "mailbox.manage"
	ManageDrive       Operation = "drive.manage"
	ManageGroup       Operation = "group.manage"
	ManageRole        Operation = "role.manage"
	ManageDriveRules  Operation = "settings.driveRetention"
	ManageSettings    Operation = "settings.manage"
	ManageApps        Operation = "apps.manage"
	AdvanceClock      Operation = "clock.advance"
	ImportPeople      Operation = "people.import"
	ReadMailbox       Operation = "mailbox.read"        // forwarding, holds, who has access
	ReadReplies       Operation = "mailbox.readReplies" // what an automatic reply says
	ReadDrive         Operation = "drive.read"          // holds, computers, who has access
	ReadShares        Operation = "drive.readShares"    // names of files, and whom each is shared with
	ReadDeletedPeople Operation = "directory.readDeleted"
	ReadDepartures    Operation = "departure.read" // what was done for whom, and the state before
)

// allowed is the one table of who may do what; a Global Administrator may do
// everything. Targets are judged by Outranks and MayReset on top of it.
var allowed = map[Operation][]RoleID{
	ReadDirectory: {
		GlobalReader, UserAdmin, HelpdeskAdmin, BillingAdmin, LicenseAdmin, ExchangeAdmin, SharePointAdmin, PrivilegedAuthAdmin,
		AuthAdmin, PasswordAdmin, GroupsAdmin, DirectoryReaders, PrivilegedRoleAdmin, ReportsReader, ServiceSupportAdmin,
		TeamsAdmin, ApplicationAdministrator, GuestInviter, MessageCenterReader, UserExperienceSuccess, UsageSummaryReader,
	},
	ReadDeletedPeople: {GlobalReader, UserAdmin, PrivilegedAuthAdmin, AuthAdmin, HelpdeskAdmin, ExchangeAdmin, SharePointAdmin, LicenseAdmin},
	ReadAudit:         {GlobalReader, UserAdmin, ReportsReader, PrivilegedAuthAdmin, ExchangeAdmin, SharePointAdmin},
	// Who may delete people, or read the trail, may see what was done. R-DEL-21
	ReadDepartures:   {GlobalReader, UserAdmin, ReportsReader, PrivilegedAuthAdmin, AuthAdmin, ExchangeAdmin, SharePointAdmin},
	ReadBilling:      {GlobalReader, BillingAdmin, LicenseAdmin, UserAdmin},
	CreateUser:       {UserAdmin, LicenseAdmin}, // R-NE-03; a License Administrator only edits licences afterwards, R-ROLE-09
	UpdateUser:       {UserAdmin, AuthAdmin, PrivilegedAuthAdmin},
	SetUsageLocation: {UserAdmin, LicenseAdmin},                                                 // R-ROLE-09
	DeleteUser:       {UserAdmin, AuthAdmin, PrivilegedAuthAdmin},                               // R-ROLE-01 R-ROLE-02 R-ROLE-16
	RestoreUser:      {UserAdmin, AuthAdmin, PrivilegedAuthAdmin},                               // R-ROLE-19 R-RES-02
	PurgeUser:        {UserAdmin, AuthAdmin, PrivilegedAuthAdmin},                               // R-ROLE-20
	ResetPassword:    {UserAdmin, HelpdeskAdmin, PasswordAdmin, AuthAdmin, PrivilegedAuthAdmin}, // R-ROLE-17
	RevokeSessions:   {UserAdmin, HelpdeskAdmin, PasswordAdmin, AuthAdmin, PrivilegedAuthAdmin}, // R-ROLE-17
	AssignLicense:    {UserAdmin, LicenseAdmin},                                                 // R-ROLE-07 R-ROLE-08 R-LIC-02
	SetQuantity:      {BillingAdmin},                                                            // R-ROLE-06 R-ROLE-07
	ManageMailbox:    {ExchangeAdmin},                                                           // R-ROLE-11 R-ROLE-12
	ManageDrive:      {SharePointAdmin},                                                         // R-ROLE-11
	ManageGroup:      {GroupsAdmin, UserAdmin},
	ManageRole:       {PrivilegedRoleAdmin},
	ManageDriveRules: {SharePointAdmin}, // R-API-64
	ManageSettings:   {},                // R-ROLE-22
	ManageApps:       {ApplicationAdministrator},
	AdvanceClock:     {},
	ImportPeople:     {UserAdmin},
	// Reading is narrower than the directory: who deletes somebody has to see who
	// else has access, and what stands in the way (R-SM-10), but nothing that the
	// person wrote. The Global Reader reads settings, as in R-API-64.
	ReadMailbox: {ExchangeAdmin, GlobalReader, UserAdmin, AuthAdmin, PrivilegedAuthAdmin},   // R-ROLE-11
	ReadReplies: {ExchangeAdmin},                                                            // R-ROLE-11 R-API-50
	ReadDrive:   {SharePointAdmin, GlobalReader, UserAdmin, AuthAdmin, PrivilegedAuthAdmin}, // R-ROLE-11
	ReadShares:  {SharePointAdmin},                                                          // R-ROLE-11
}

// May says whether the actor's roles cover an operation, before any target is
// looked at; nil means yes. This is the one place that knows.
func May(a Actor, op Operation) *Refusal {
	if a.System || a.Has(GlobalAdmin) || a.Has(allowed[op]...) {
		return nil
	}
	if !a.Admin() && !a.App {
		return Refuse(Denied, "actor.notAdmin", "R-ROLE-05", Arg{"operation", op}) // M-05
	}
	rule := map[Operation]string{
		DeleteUser: "R-DEL-35", RestoreUser: "R-ROLE-19", PurgeUser: "R-ROLE-20", SetQuantity: "R-ROLE-06",
		AssignLicense: "R-ROLE-07", ManageMailbox: "R-ROLE-12", ManageDrive: "R-ROLE-11", ResetPassword: "R-ROLE-17", RevokeSessions: "R-ROLE-18",
		ReadMailbox: "R-ROLE-11", ReadReplies: "R-ROLE-11", ReadDrive: "R-ROLE-11", ReadShares: "R-ROLE-11",
	}[op]
	return Refuse(Denied, "actor.noRole", rule, Arg{"operation", op}, Arg{"roles", append([]RoleID{GlobalAdmin}, allowed[op]...)}) // M-02
}

// MayRead says whether the actor may read something of somebody's mailbox or
// drive; nil means yes. Everybody reads what is theirs, and what they were given
// access to: they see it there anyway. R-MBX-12 R-WIZ-07
func MayRead(a Actor, op Operation, p *Person) *Refusal {
	mail, drive := op == ReadMailbox || op == ReadReplies, op == ReadDrive || op == ReadShares
	if !a.App && (mail && p.OpensMailbox(a.ID) || drive && p.OpensDrive(a.ID)) {
		return nil
	}
	return May(a, op)
}

// OpensMailbox says that the mailbox is somebody's own, or that they have full
// access to it. A role opens nobody's mail. R-MBX-12
func (p *Person) OpensMailbox(who UserID) bool {
	return p.ID == who || p.Mailbox != nil && slices.Contains(p.Mailbox.Permissions, Permission{Who: who, Right: FullAccess})
}

// OpensDrive says that the drive is somebody's own, or that they were given
// access to all of it. R-WIZ-07
func (p *Person) OpensDrive(who UserID) bool {
	return p.ID == who || p.Drive != nil && slices.ContainsFunc(p.Drive.Grants, func(g DriveGrant) bool { return g.Who == who })
}

// Operations lists every operation, for the table test.
func Operations() []Operation {
	ops := make([]Operation, 0, len(allowed))
	for op := range allowed {
		ops = append(ops, op)
	}
	slices.Sort(ops)
	return ops
}
