package offboard

import (
	"errors"
	"time"

	"leaver/internal/odata"
	"leaver/internal/org"
)

// ListQuery is what a surface asks of a list.
type ListQuery struct {
	odata.Query
	// Eventual says that the request carries ConsistencyLevel: eventual. Without
	// it a count is not given and advanced filters are refused. R-API-14
	Eventual bool
}

// Counts says whether the number of rows was asked for. R-API-14
func (q *ListQuery) Counts() bool { return q.Count && q.Eventual }

// Page is one page of a list.
type Page[T any] struct {
	Rows []T
	Next string // the $skiptoken of the next page, "" on the last
	// Count is the number of rows on all pages, nil unless it was asked for.
	Count *int64
}

// Relation says which people are listed.
type Relation string

// The relations. Except for the first two, Of says whose.
const (
	ActivePeople  Relation = ""
	DeletedPeople Relation = "deleted"
	MembersOf     Relation = "members" // Of is the id of a group
	OwnersOf      Relation = "owners"  // Of is the id of a group
	ReportsTo     Relation = "reports" // Of is the id of the manager
	HoldersOf     Relation = "holders" // Of is a role
)

// PeopleView is a ready-made choice of active people in the admin centre. R-ROLE-26
type PeopleView string

// The views.
const (
	Everybody  PeopleView = ""
	Licensed   PeopleView = "licensed"
	Unlicensed PeopleView = "unlicensed"
	Blocked    PeopleView = "blocked"
	Synced     PeopleView = "synced"
	Shared     PeopleView = "shared" // shared mailboxes
	Admins     PeopleView = "admins"
)

// UserQuery asks for people. Select decides what is loaded: without it, what
// Graph gives without one. R-API-11
type UserQuery struct {
	ListQuery
	Relation Relation
	Of       string
	View     PeopleView // of active people
	// Box is what was typed in a search box: the beginning of a display name, of
	// a word in it, of a user name or of an address.
	Box string
}

// UserRow is one person of a list. Only the id and what was selected is set; of
// User that leaves the credentials out.
type UserRow struct {
	org.User
	Addresses []org.Address // proxyAddresses
	Licenses  []org.License // assignedLicenses, licenseAssignmentStates
	Roles     []org.RoleID  // roles
	Manager   *org.Ref      // manager
	// MailboxType and ForwardTo come with mailboxSettings; the type is empty
	// where there is no mailbox.
	MailboxType  org.MailboxType
	MailboxState org.MailboxState
	ForwardTo    string
}

// GroupView is a ready-made choice of groups in the admin centre.
type GroupView string

// The views of groups.
const (
	EveryGroup     GroupView = ""
	UnifiedGroups  GroupView = "unified"  // Microsoft 365
	SecurityGroups GroupView = "security" // without mail
	MailGroups     GroupView = "mail"     // distribution lists and security groups with mail
	GivingGroups   GroupView = "licenses"
	RoleGroups     GroupView = "roles"
	DynamicGroups  GroupView = "dynamic"
	SyncedGroups   GroupView = "synced"
)

// GroupQuery asks for groups: all, or those that somebody is in or owns.
type GroupQuery struct {
	ListQuery
	MemberID org.UserID
	OwnerID  org.UserID
	View     GroupView
	Box      string // the beginning of a display name
}

// GroupSize is how many active people are in a group. Of very many it says so many
// and no more: counting takes too long there.
type GroupSize struct{ Members, Owners int }

// CountedMembers is how far the people of a group are counted.
const CountedMembers = 1000

// GroupFailure is a product that a group could not give to a member. R-LIC-16
type GroupFailure struct {
	Person org.Ref
	Sku    org.SkuID
	Error  string
}

// RoleAssignment is one role that one person holds. R-API-71
type RoleAssignment struct {
	ID        string
	Role      org.RoleID
	Principal org.Ref
}

// ProductSeats is one product with its seats, as subscribedSkus has it. R-API-40
type ProductSeats struct {
	org.Product
	Consumed  int
	Enabled   int
	Warning   int
	Suspended int
	LockedOut int
}

// SeatPoint is how many seats there were at a moment.
type SeatPoint struct {
	At       time.Time
	Total    int
	Assigned int
}

// FolderRow is a folder of a mailbox. R-API-52
type FolderRow struct {
	ID, ParentID, Name, WellKnown string
	Hidden                        bool
	Children, Unread, Total       int
}

// MessageQuery asks for messages of somebody's mailbox; of one folder when it is
// named by id or well-known name. R-API-52
type MessageQuery struct {
	ListQuery
	User   org.UserID
	Folder string
}

// MessageRow is a message of a list, without its body.
type MessageRow struct {
	Message
	FolderID string
}

// DriveRow is a drive with its owner. R-API-60
type DriveRow struct {
	ID      org.DriveID
	Owner   org.Ref
	Deleted time.Time // when the owner was
	Size    org.Bytes
	Items   int
	Held    bool
	Grants  []org.UserID // who has access to all of it; of a list of what somebody can open, they
}

// LeftMailbox is a mailbox that outlived its owner's account. R-PERM-05
type LeftMailbox struct {
	Owner      org.Ref // id and name as they were
	Type       org.MailboxType
	Size       org.Bytes
	Due        time.Time // when it goes; zero while a hold keeps it
	Litigation bool
	Holds      []string
}

// LeftQuery asks for what outlived its owner's account, in the order of the
// names that the owners had.
type LeftQuery struct {
	Box   string // the beginning of the name
	After string // the name of the last one seen, a space and the id
	Limit int
}

// FileQuery asks for what lies in a folder of a drive; without Parent, at the top.
type FileQuery struct {
	ListQuery
	Drive  org.DriveID
	Parent string
	// FoldersFirst puts folders before files, and small letters beside capitals, as
	// people look for them.
	FoldersFirst bool
}

// OpenDriveQuery asks for the drives of others that somebody was given access to,
// in the order of their owners' names.
type OpenDriveQuery struct {
	Who   org.UserID
	After string // where the page before ended, "" for the first page
	Limit int
}

// OpenMailboxQuery asks for the mailboxes of others that somebody was given a
// right in, in the order of their owners' names.
type OpenMailboxQuery struct {
	Who   org.UserID
	After string // where the page before ended, "" for the first page
	Limit int
}

// OpenMailbox is a mailbox of somebody else, with the rights of whoever asks. Of
// somebody deleted there are none: their mail is closed. R-DEL-12
type OpenMailbox struct {
	Owner  org.Ref
	Rights []org.Right
	Unread int // in the inbox
}

// FileRow is a file or folder of a drive.
type FileRow struct {
	File
	Drive    org.DriveID
	ParentID string // empty at the top
	Children int
}

// ShareRow is somebody's access to one file or folder. R-API-62
type ShareRow struct {
	Share
	To   org.Ref
	Item string // the item that carries it: the one asked for, or one above
}

// AuditQuery filters the audit trail; empty fields match everything.
type AuditQuery struct {
	Actor, Target string // id or name
	Action        string
	From, To      time.Time // To is exclusive
	Before        int64     // only entries before this sequence number, 0 for the newest
	Limit         int
}

// UserChanges is a part of the change feed. R-API-73
type UserChanges struct {
	IDs  []org.UserID // each once, in the order of their last change
	Next int64        // ask on from here
	More bool         // there is more already
	// Properties are the names of what changed of somebody, as Graph has them;
	// whoever is missing may differ in anything.
	Properties map[org.UserID][]string
}

// Detail is what surrounds one person, for the page about them.
type Detail struct {
	Groups     []GroupLink
	Reports    []org.Ref
	Devices    []Device
	Shares     []SharedFile // what they shared with others
	HasAccess  []Access     // who has access to their mailbox or drive
	AccessTo   []Access     // whose mailbox or drive they have access to
	Forwarders []org.Ref    // whose mail is forwarded to them
}

// GroupLink is a group that somebody is in.
type GroupLink struct {
	org.Ref
	Owner, Member bool
}

// SharedFile is a file or folder that somebody else can see.
type SharedFile struct {
	ItemID, Name string
	Folder       bool
	With         org.Ref
	Role         string
}

// Access is one person's access to another's mailbox or drive.
type Access struct {
	org.Ref
	Rights []org.Right // in a mailbox
	Drive  bool
}

// AccessSeen is access as somebody sees it who may know about mailboxes, about
// drives, or both.
func AccessSeen(all []Access, mail, drive bool) []Access {
	var seen []Access
	for _, a := range all {
		if !mail {
			a.Rights = nil
		}
		a.Drive = a.Drive && drive
		if a.Drive || len(a.Rights) > 0 {
			seen = append(seen, a)
		}
	}
	return seen
}

// Subject is what every request looks up about whoever makes it. R-DEL-12 R-ROLE-25
type Subject struct {
	Found, Enabled, Deleted bool
	Epoch                   int64
	Roles                   []org.RoleID
}

// ErrSubjectChanged says that somebody does not stand as they were presumed to:
// what they asked for has to be looked at from its beginning.
var ErrSubjectChanged = errors.New("the subject of the request has changed")
