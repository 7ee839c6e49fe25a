package graph

import (
	"net/http"
	"slices"
	"strings"

	"leaver/internal/org"
	"leaver/internal/wire"
)

// right is what a token has to carry for an operation. On top of it the roles
// count: for writes the Desk judges them, for reading what belongs to others
// the operation named here.
type right struct {
	app       []string // application permissions, one of them
	delegated []string // delegated permissions, one of them
	self      []string // delegated permissions that suffice for what is one's own
	read      org.Operation
}

// everything is the delegated permission to do in the directory whatever the
// person may do.
const everything = "Directory.AccessAsUser.All"

// both is a right that asks the same of apps and of people.
func both(read org.Operation, names ...string) right {
	return right{app: names, delegated: append([]string{everything}, names...), read: read}
}

// own adds what suffices for one's own account.
func (r right) own(names ...string) right {
	r.self = names
	return r
}

// The one table of what a token needs, by what is done.
var (
	readUsers = both(org.ReadDirectory, "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All").
			own("User.Read", "User.ReadWrite")
	writeUsers     = both("", "User.ReadWrite.All", "Directory.ReadWrite.All")
	deleteUsers    = both("", "User.ReadWrite.All", "User.DeleteRestore.All", "Directory.ReadWrite.All") // R-API-19
	revokeSessions = both("", "User.ReadWrite.All", "User.RevokeSessions.All", "Directory.ReadWrite.All").own("User.ReadWrite")
	readDeleted    = both(org.ReadDeletedPeople, "User.Read.All", "User.ReadWrite.All", "User.DeleteRestore.All", "Directory.Read.All", "Directory.ReadWrite.All")
	restoreUsers   = both("", "User.ReadWrite.All", "User.DeleteRestore.All", "Directory.ReadWrite.All") // R-API-32 R-API-33
	readDevices    = both(org.ReadDirectory, "Device.Read.All", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All").
			own("User.Read", "User.ReadWrite")
	readMemberships = both(org.ReadDirectory, "User.Read.All", "User.ReadWrite.All", "GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All",
		"Group.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All").own("User.Read", "User.ReadWrite")
	readLicenses = both(org.ReadDirectory, "User.Read.All", "User.ReadWrite.All", "LicenseAssignment.Read.All", "LicenseAssignment.ReadWrite.All",
		"Directory.Read.All", "Directory.ReadWrite.All").own("User.Read", "User.ReadWrite")
	assignLicenses = both("", "User.ReadWrite.All", "LicenseAssignment.ReadWrite.All", "Directory.ReadWrite.All") // R-API-41
	readProducts   = both(org.ReadDirectory, "Organization.Read.All", "Organization.ReadWrite.All", "LicenseAssignment.Read.All",
		"LicenseAssignment.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All") // R-API-40
	readGroups = both(org.ReadDirectory, "GroupMember.Read.All", "GroupMember.ReadWrite.All", "Group.Read.All", "Group.ReadWrite.All",
		"Directory.Read.All", "Directory.ReadWrite.All")
	createGroups  = both("", "Group.Create", "Group.ReadWrite.All", "Directory.ReadWrite.All")
	writeGroups   = both("", "Group.ReadWrite.All", "Directory.ReadWrite.All")
	writeMembers  = both("", "GroupMember.ReadWrite.All", "Group.ReadWrite.All", "Directory.ReadWrite.All") // R-API-72
	licenseGroups = both("", "Group.ReadWrite.All", "LicenseAssignment.ReadWrite.All", "Directory.ReadWrite.All")
	readRoles     = both(org.ReadDirectory, "RoleManagement.Read.Directory", "RoleManagement.ReadWrite.Directory", "RoleManagement.Read.All",
		"Directory.Read.All", "Directory.ReadWrite.All") // R-API-70
	writeRoles       = both("", "RoleManagement.ReadWrite.Directory") // R-API-71
	readDirectory    = both(org.ReadDirectory, "Directory.Read.All", "Directory.ReadWrite.All", "User.Read.All", "User.ReadWrite.All")
	readOrganization = both("", "Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All",
		"User.Read", "User.Read.All", "User.ReadWrite.All")
	readDomains = both(org.ReadDirectory, "Domain.Read.All", "Domain.ReadWrite.All", "Organization.Read.All", "Directory.Read.All", "Directory.ReadWrite.All")

	// For mail and files the handler judges whose they are: see content.go.
	readReplies   = right{app: replies, delegated: replies}
	writeReplies  = right{app: []string{"MailboxSettings.ReadWrite"}, delegated: []string{"MailboxSettings.ReadWrite"}}
	readMail      = right{app: mailOfAll, delegated: append([]string{"Mail.Read.Shared", "Mail.ReadWrite.Shared", "Mail.ReadBasic.Shared"}, mailOfAll...)}
	sendMail      = right{app: []string{"Mail.Send"}, delegated: []string{"Mail.Send", "Mail.Send.Shared"}}
	readFiles     = right{app: filesOfAll, delegated: append([]string{"Files.Read", "Files.ReadWrite"}, filesOfAll...)}
	writeFiles    = right{app: []string{"Files.ReadWrite.All", "Sites.ReadWrite.All"}, delegated: []string{"Files.ReadWrite", "Files.ReadWrite.All", "Sites.ReadWrite.All"}}
	readDriveRule = both(org.ManageDriveRules, "SharePointTenantSettings.Read.All", "SharePointTenantSettings.ReadWrite.All") // R-API-64
	setDriveRule  = both("", "SharePointTenantSettings.ReadWrite.All")

	replies    = []string{"MailboxSettings.Read", "MailboxSettings.ReadWrite"}
	mailOfAll  = []string{"Mail.ReadBasic", "Mail.ReadBasic.All", "Mail.Read", "Mail.ReadWrite"}
	filesOfAll = []string{"Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All"}
)

// allows refuses a token that does not carry the right, and people who may not
// read what belongs to others. own says that it is the caller's own.
func (r *right) allows(c *wire.Caller, own bool) error {
	if c.Scopes == nil || r.app == nil {
		return nil // a session of ours, or nothing is asked for
	}
	if c.App {
		return r.scoped(c, r.app)
	}
	if own && r.self != nil && (carries(c.Scopes, r.self) || carries(c.Scopes, r.delegated)) {
		return nil
	}
	if err := r.scoped(c, r.delegated); err != nil {
		return err
	}
	if r.read == "" || r.read == org.ManageDriveRules && c.Has(org.GlobalReader) {
		return nil
	}
	if refusal := org.May(c.Actor, r.read); refusal != nil {
		return refusal
	}
	return nil
}

func (r *right) scoped(c *wire.Caller, names []string) error {
	if carries(c.Scopes, names) {
		return nil
	}
	return &wire.Fault{Status: http.StatusForbidden, Code: "Authorization_RequestDenied", Message: "Insufficient privileges to complete the operation."}
}

// carries says that a token has one of the permissions.
func carries(scopes, names []string) bool {
	return slices.ContainsFunc(scopes, func(s string) bool {
		return slices.ContainsFunc(names, func(n string) bool { return len(n) == len(s) && strings.EqualFold(n, s) })
	})
}
