package offboard

import (
	"context"
	"time"

	"leaver/internal/org"
)

// Seeder writes many people at once who were not there before, with all that they
// bring along. What it leaves behind is what Save would have left behind, seats
// and head counts included.
type Seeder interface {
	Seed(ctx context.Context, people []Newcomer) error
	// SeedSeats sets how many seats of a subscription there were in the past, in
	// place of what is known of that.
	SeedSeats(ctx context.Context, id org.SubscriptionID, past []SeatPoint) error
}

// Newcomer is a person with the content that Save doesn't carry. Everything has
// the id that it is to have. Managers, delegates and groups are there already,
// or stand among the newcomers themselves.
type Newcomer struct {
	Person    org.Person
	MailboxID string
	RoleIDs   []string // of the role assignments: Roles, then SuspendedRoles
	Member    []org.GroupID
	Owner     []org.GroupID
	Folders   []Folder
	Files     []File
	Devices   []Device
}

// Folder is a folder of a mailbox with the messages in it.
type Folder struct {
	ID        string
	Name      string
	WellKnown string // Graph's name for it: inbox, sentitems, drafts, deleteditems, archive
	Messages  []Message
}

// Message is a message in a mailbox.
type Message struct {
	ID            string
	Subject       string
	SenderName    string
	SenderAddress string
	Recipients    []string // addresses
	Copies        []string // addresses of those who got it to know of it
	Received      time.Time
	Read          bool
	Preview       string
	Size          int64
	Body          string // hash of the text
	Content       string // the text itself, of a message without a body
}

// Delivery is a message on its way to somebody's inbox.
type Delivery struct {
	To org.UserID
	Message
}

// File is a file in a drive, or a folder with the files in it.
type File struct {
	ID       string
	Name     string
	Folder   bool
	Files    []File
	Size     int64
	Mime     string
	Body     string // hash of the content
	Created  time.Time
	Modified time.Time
	Shared   []Share
}

// Share gives somebody access to one file or folder.
type Share struct {
	ID      string
	Who     org.UserID
	Role    string // read or write
	Expires time.Time
}

// Device is a computer that synchronised a drive.
type Device struct {
	Name     string
	LastSync time.Time
}
