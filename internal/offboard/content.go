package offboard

import (
	"context"

	"leaver/internal/org"
)

// Content is what a transaction can do with messages and files.
type Content interface {
	// Deliver puts a message in a folder of somebody's mailbox, by its well-known
	// name; the folder is made when it is not there. Without a mailbox it is false.
	Deliver(ctx context.Context, to org.UserID, folder string, m Message) (bool, error)
	// DeliverAll puts messages in inboxes. Those for people without a mailbox are
	// left out.
	DeliverAll(ctx context.Context, messages []Delivery) error
	// AddFile adds a file, or a folder with all that is in it, under a folder; at
	// the top when parent is empty. Without such a place it is false.
	AddFile(ctx context.Context, drive org.DriveID, parent string, f File) (bool, error)
	// ReplaceFile gives a file other content; false when there is no such file. over is
	// the hash of what it replaces, nil for whatever is there by now.
	ReplaceFile(ctx context.Context, drive org.DriveID, f File, over *string) (bool, error)
	// AddShare gives somebody access to a file or folder; who has it already gets
	// the new role. It gives the share as it is kept, nil when there is no such
	// file or person. R-API-61
	AddShare(ctx context.Context, drive org.DriveID, item string, s Share) (*Share, error)
	// RemoveShare takes access away; false when there was none by that id. R-API-62
	RemoveShare(ctx context.Context, drive org.DriveID, item, share string) (bool, error)
}
