package org

import "slices"

// RoleID is the template id of a directory role. R-ROLE-27
type RoleID string

// The roles that rules speak of. R-ROLE-27
const (
	GlobalAdmin              RoleID = "62e90394-69f5-4237-9190-012177145e10"
	UserAdmin                RoleID = "fe930be7-5e62-47db-91af-98c3a49a38b1"
	HelpdeskAdmin            RoleID = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
	BillingAdmin             RoleID = "b0f54661-2d74-4c50-afa3-1ec803f12efe"
	LicenseAdmin             RoleID = "4d6ac14f-3453-41d0-bef9-a3e0c569773a"
	ExchangeAdmin            RoleID = "29232cdf-9323-42fd-ade2-1d097af3e4de"
	SharePointAdmin          RoleID = "f28a1f50-f6e7-4571-818b-6a12f2af6b6c"
	PrivilegedAuthAdmin      RoleID = "7be44c8a-adaf-4e2a-84d6-ab2649e08a13"
	AuthAdmin                RoleID = "c4e39bd9-1100-46d3-8c65-fb160da0071f"
	PasswordAdmin            RoleID = "966707d0-3269-4727-9be2-8c3a10f19b9d"
	GroupsAdmin              RoleID = "fdd7a751-b60b-444a-984c-02652fe8fa1c"
	DirectoryReaders         RoleID = "88d8e3e3-8f55-4a1e-953a-9b9898b8876b"
	PrivilegedRoleAdmin      RoleID = "e8611ab8-c189-46e8-94e1-60213ab1f814"
	GlobalReader             RoleID = "f2ef992c-3afb-46b9-b7cf-a126ee74c451"
	GuestInviter             RoleID = "95e79109-95c0-4d8e-aee3-d01accf2d47b"
	MessageCenterReader      RoleID = "790c1fb9-7f7d-4f88-86a1-ef1f95c05c1b"
	ReportsReader            RoleID = "4a5d8f65-41da-4de4-8968-e035b65339cf"
	UserExperienceSuccess    RoleID = "27460883-1df1-4691-b032-3b79643e5e63"
	UsageSummaryReader       RoleID = "75934031-6c7e-415a-99d7-48dbd49e875e"
	ServiceSupportAdmin      RoleID = "f023fd81-a637-4b56-95fd-791ac0226033"
	TeamsAdmin               RoleID = "69091246-20e8-4a56-aa4d-066075b2a7a8"
	ApplicationAdministrator RoleID = "9b895d92-2cd3-44c7-9d02-a6ac2d5ea5c3"
)

// RoleDefinition describes one built-in role.
type RoleDefinition struct {
	ID          RoleID
	DisplayName string
	Description string
}

var roleDefinitions = []RoleDefinition{
	{GlobalAdmin, "Global Administrator", "Can manage everything in the organization."},
	{UserAdmin, "User Administrator", "Can manage users and groups, and delete and restore people without a higher role."},
	{HelpdeskAdmin, "Helpdesk Administrator", "Can reset passwords and sign people out who hold no higher role."},
	{BillingAdmin, "Billing Administrator", "Can buy and reduce licences."},
	{LicenseAdmin, "License Administrator", "Can assign and remove licences and set the usage location."},
	{ExchangeAdmin, "Exchange Administrator", "Can manage mailboxes and who has access to them."},
	{SharePointAdmin, "SharePoint Administrator", "Can manage drives, who has access to them and how long they are kept."},
	{PrivilegedAuthAdmin, "Privileged Authentication Administrator", "Can manage sign-in of everyone and delete everyone."},
	{AuthAdmin, "Authentication Administrator", "Can manage sign-in of people without a higher role."},
	{PasswordAdmin, "Password Administrator", "Can reset passwords of people without a higher role."},
	{GroupsAdmin, "Groups Administrator", "Can manage groups."},
	{DirectoryReaders, "Directory Readers", "Can read the directory."},
	{PrivilegedRoleAdmin, "Privileged Role Administrator", "Can manage who holds which role."},
	{GlobalReader, "Global Reader", "Can read the directory and all settings, and change nothing."},
	{GuestInviter, "Guest Inviter", "Can invite guests."},
	{MessageCenterReader, "Message Center Reader", "Can read service messages."},
	{ReportsReader, "Reports Reader", "Can read reports."},
	{UserExperienceSuccess, "User Experience Success Manager", "Can read feedback and usage reports."},
	{UsageSummaryReader, "Usage Summary Reports Reader", "Can read usage summaries."},
	{ServiceSupportAdmin, "Service Support Administrator", "Can read service health and open support requests."},
	{TeamsAdmin, "Teams Administrator", "Can manage Teams."},
	{ApplicationAdministrator, "Application Administrator", "Can manage app registrations."},
}

// RoleDefinitions lists the built-in roles.
func RoleDefinitions() []RoleDefinition { return slices.Clone(roleDefinitions) }

// RoleByID finds a built-in role.
func RoleByID(id RoleID) (RoleDefinition, bool) {
	i := slices.IndexFunc(roleDefinitions, func(r RoleDefinition) bool { return r.ID == id })
	if i < 0 {
		return RoleDefinition{}, false
	}
	return roleDefinitions[i], true
}

// Name is the display name of the role, or its id when it is a custom one.
func (r RoleID) Name() string {
	if d, ok := RoleByID(r); ok {
		return d.DisplayName
	}
	return string(r)
}

// MessageParts lets a message catalogue name the role in its own language.
func (r RoleID) MessageParts() (key string, args map[string]any) { return "role." + string(r), nil }

// RoleNames gives the display names.
func RoleNames(roles []RoleID) []string {
	names := make([]string, len(roles))
	for i, r := range roles {
		names[i] = r.Name()
	}
	return names
}

// rows is a set of lines of the matrix of R-ROLE-13.
type rows uint8

const (
	rowNoRole    rows = 1 << iota
	rowRoleGroup      // in a role-assignable group, or in a restricted unit
	rowAuthAdmin
	rowReader  // Directory Readers, Guest Inviter, …
	rowSupport // Groups, Helpdesk, User Admin
	rowTop     // Global, Privileged Authentication, Privileged Role
	rowOther   // any other built-in or custom role
	rowsEnd
	everyRow = rowsEnd - 1
)

// rowOf places a role that a target holds. R-ROLE-13
func rowOf(r RoleID) rows {
	switch r {
	case AuthAdmin:
		return rowAuthAdmin
	case DirectoryReaders, GuestInviter, MessageCenterReader, PasswordAdmin, ReportsReader, UserExperienceSuccess, UsageSummaryReader:
		return rowReader
	case GroupsAdmin, HelpdeskAdmin, UserAdmin:
		return rowSupport
	case GlobalAdmin, PrivilegedAuthAdmin, PrivilegedRoleAdmin:
		return rowTop
	default:
		return rowOther
	}
}

// sensitive is the matrix of R-ROLE-13: which rows an actor's role may touch.
func sensitive(actor RoleID) rows {
	switch actor {
	case AuthAdmin:
		return rowNoRole | rowAuthAdmin | rowReader
	case UserAdmin:
		return rowNoRole | rowReader | rowSupport
	case PrivilegedAuthAdmin, GlobalAdmin:
		return everyRow
	default:
		return 0
	}
}

// resets is the narrower matrix for passwords and sessions, on top of the rows
// of sensitive. R-ROLE-17 R-ROLE-10
var resets = map[RoleID][]RoleID{
	PasswordAdmin: {DirectoryReaders, GuestInviter, PasswordAdmin},
	HelpdeskAdmin: {
		DirectoryReaders, GuestInviter, HelpdeskAdmin, MessageCenterReader, PasswordAdmin, ReportsReader,
		UsageSummaryReader, UserExperienceSuccess,
	},
}

// roleRows is where a target stands in the matrix by the roles that it holds,
// or held: what a deleted or kept account had comes back with it. R-SM-13
func (p *Person) roleRows() rows {
	var set rows
	for _, r := range p.Roles {
		set |= rowOf(r)
	}
	for _, r := range p.SuspendedRoles {
		set |= rowOf(r)
	}
	if set == 0 {
		return rowNoRole
	}
	return set
}

// covers says whether one of the actor's roles may touch every one of these
// rows. R-ROLE-14
func covers(actor []RoleID, target rows) bool {
	return slices.ContainsFunc(actor, func(r RoleID) bool { return target&^sensitive(r) == 0 })
}

// Outranks says whether somebody with these roles may do sensitive things
// (delete, restore, block, rename) to the target. R-ROLE-13 R-ROLE-14 R-ROLE-16
func Outranks(actor []RoleID, target *Person) bool {
	stands := target.roleRows()
	if target.InRoleGroup || target.InRestrictedUnit {
		stands |= rowRoleGroup
	}
	return covers(actor, stands)
}

// MayReset says whether somebody with these roles may reset the password or end
// the sessions of the target. R-ROLE-17 R-ROLE-18
func MayReset(actor []RoleID, target *Person) bool {
	if Outranks(actor, target) {
		return true
	}
	if target.InRoleGroup || target.InRestrictedUnit {
		return false // R-ROLE-12
	}
	return slices.ContainsFunc(actor, func(r RoleID) bool {
		allowed, ok := resets[r]
		narrow := func(x RoleID) bool { return !slices.Contains(allowed, x) }
		return ok && !slices.ContainsFunc(target.Roles, narrow) && !slices.ContainsFunc(target.SuspendedRoles, narrow) // they come back with an undo
	})
}
