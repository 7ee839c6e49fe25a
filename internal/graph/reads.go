package graph

import (
	"context"
	"io"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// Reads are the queries that this surface asks.
type Reads interface {
	UserReads
	GroupReads
	RoleReads
	LicenseReads
	ChangeReads
	MailReads
	DriveReads
}

// UserReads are the queries for people.
type UserReads interface {
	Users(ctx context.Context, q offboard.UserQuery) (offboard.Page[offboard.UserRow], error)
	CountUsers(ctx context.Context, q offboard.UserQuery) (int64, error)
	// User finds an active person by id or user name, nil when there is none.
	User(ctx context.Context, ref string, names []string) (*offboard.UserRow, error)
	DeletedUser(ctx context.Context, id org.UserID, names []string) (*offboard.UserRow, error)
}

// GroupReads are the queries for groups.
type GroupReads interface {
	Groups(ctx context.Context, q offboard.GroupQuery) (offboard.Page[org.Group], error)
	CountGroups(ctx context.Context, q offboard.GroupQuery) (int64, error)
	Group(ctx context.Context, id org.GroupID) (*org.Group, error)
	MemberGroups(ctx context.Context, id org.UserID, securityOnly bool) ([]org.GroupID, error)
}

// RoleReads are the queries for roles.
type RoleReads interface {
	RoleAssignments(ctx context.Context, role org.RoleID, principal org.UserID) ([]offboard.RoleAssignment, error)
	RoleAssignment(ctx context.Context, id string) (*offboard.RoleAssignment, error)
	ActiveRoles(ctx context.Context) ([]org.RoleID, error)
}

// LicenseReads are the queries for products and subscriptions.
type LicenseReads interface {
	SubscribedSkus(ctx context.Context) ([]offboard.ProductSeats, error)
	Subscriptions(ctx context.Context) ([]org.Subscription, error)
}

// ChangeReads are the queries for the change feed. R-API-73
type ChangeReads interface {
	Changes(ctx context.Context, after int64, limit int) (offboard.UserChanges, error)
	HeadSeq(ctx context.Context) (int64, error)
}

// MailReads are the queries for mailboxes. R-API-52
type MailReads interface {
	Messages(ctx context.Context, q offboard.MessageQuery) (offboard.Page[offboard.MessageRow], error)
	Message(ctx context.Context, user org.UserID, id string) (*offboard.MessageRow, error)
	MailFolders(ctx context.Context, user org.UserID, parent string, hidden bool) ([]offboard.FolderRow, error)
	MailFolder(ctx context.Context, user org.UserID, ref string) (*offboard.FolderRow, error)
}

// DriveReads are the queries for drives. R-API-60 R-API-61
type DriveReads interface {
	Drive(ctx context.Context, id org.DriveID) (*offboard.DriveRow, error)
	DriveOf(ctx context.Context, user org.UserID) (*offboard.DriveRow, error)
	FileReads
}

// FileReads are the queries for what is in a drive.
type FileReads interface {
	Files(ctx context.Context, q offboard.FileQuery) (offboard.Page[offboard.FileRow], error)
	File(ctx context.Context, drive org.DriveID, id string) (*offboard.FileRow, error)
	FileAt(ctx context.Context, drive org.DriveID, path []string) (*offboard.FileRow, error)
	Shares(ctx context.Context, drive org.DriveID, item string) ([]offboard.ShareRow, error)
}

// Bodies keeps the bodies of messages and files, named by their hash.
type Bodies interface {
	Put(ctx context.Context, r io.Reader) (hash string, size int64, err error)
	Open(ctx context.Context, hash string) (io.ReadCloser, error)
}
