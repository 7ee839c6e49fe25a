package web

import (
	"context"
	"io"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// Store is what pages read and keep beside what the Desk does.
type Store interface {
	Lists
	Surroundings
	Handed
	Letters
	Sessions
	Passkeys
	Drafts
}

// Lists are the readings of the lists.
type Lists interface {
	Users(ctx context.Context, q offboard.UserQuery) (offboard.Page[offboard.UserRow], error)
	Detail(ctx context.Context, id org.UserID) (*offboard.Detail, error)
	AuditEntries(ctx context.Context, q offboard.AuditQuery) ([]offboard.Entry, error)
	SeatHistory(ctx context.Context, id org.SubscriptionID) ([]offboard.SeatPoint, error)
	Deadlines(ctx context.Context, s org.Settings, from, to time.Time, limit int) ([]offboard.Deadline, time.Time, error)
}

// Surroundings are the readings of what stands around people.
type Surroundings interface {
	Groups(ctx context.Context, q offboard.GroupQuery) (offboard.Page[org.Group], error)
	GroupSizes(ctx context.Context, ids []org.GroupID) (map[org.GroupID]offboard.GroupSize, error)
	GroupFailures(ctx context.Context, id org.GroupID, limit int) ([]offboard.GroupFailure, error)
	LeftDrives(ctx context.Context, q offboard.LeftQuery) ([]offboard.DriveRow, error)
	LeftMailboxes(ctx context.Context, q offboard.LeftQuery) ([]offboard.LeftMailbox, error)
}

// Handed are the readings of files that people can open. Who may, says
// offboard.Opening.
type Handed interface {
	Drive(ctx context.Context, id org.DriveID) (*offboard.DriveRow, error)
	DriveOf(ctx context.Context, user org.UserID) (*offboard.DriveRow, error)
	OpenDrives(ctx context.Context, q offboard.OpenDriveQuery) (offboard.Page[offboard.DriveRow], error)
	Files(ctx context.Context, q offboard.FileQuery) (offboard.Page[offboard.FileRow], error)
	File(ctx context.Context, drive org.DriveID, id string) (*offboard.FileRow, error)
}

// Letters are the readings of mail that people can open. Who may, says
// org.Person.OpensMailbox.
type Letters interface {
	OpenMailboxes(ctx context.Context, q offboard.OpenMailboxQuery) (offboard.Page[offboard.OpenMailbox], error)
	MailFolders(ctx context.Context, user org.UserID, parent string, hidden bool) ([]offboard.FolderRow, error)
	MailFolder(ctx context.Context, user org.UserID, ref string) (*offboard.FolderRow, error)
	Messages(ctx context.Context, q offboard.MessageQuery) (offboard.Page[offboard.MessageRow], error)
	Message(ctx context.Context, user org.UserID, id string) (*offboard.MessageRow, error)
}

// Bodies are the bodies of messages and files, named by their hash.
type Bodies interface {
	Open(ctx context.Context, hash string) (io.ReadCloser, error)
}

// Sessions keeps who is signed in. All nodes share it.
type Sessions interface {
	WebSession(ctx context.Context, handle string) (*offboard.WebSession, error)
	WebSessions(ctx context.Context, person org.UserID) ([]offboard.WebSession, error)
	SaveWebSession(ctx context.Context, s offboard.WebSession, now time.Time) error
	EndWebSessions(ctx context.Context, person org.UserID, id, keep string) error
}

// Passkeys keeps the second factor of people.
type Passkeys interface {
	Passkeys(ctx context.Context, person org.UserID) ([]offboard.Passkey, error)
	SavePasskey(ctx context.Context, k offboard.Passkey) error
	RemovePasskey(ctx context.Context, person org.UserID, id string) error
}

// Drafts keeps files that were read and wait for a decision.
type Drafts interface {
	SaveDraft(ctx context.Context, d offboard.Draft, now time.Time) error
	Draft(ctx context.Context, id string) (*offboard.Draft, error)
	DraftOf(ctx context.Context, id org.DepartureID) (*offboard.Draft, error)
}
