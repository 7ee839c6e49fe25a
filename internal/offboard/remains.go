package offboard

import (
	"context"
	"slices"
	"strings"

	"leaver/internal/org"
)

// Leftovers reaches what outlived its owner's account. A reference is the id or
// user name that the owner had, or the id of the drive.
type Leftovers interface {
	// LeftDrive finds a drive without owner, nil when there is none.
	LeftDrive(ctx context.Context, ref string) (*DriveRow, error)
	// KeepDrive sets or lifts the hold of such a drive.
	KeepDrive(ctx context.Context, id org.DriveID, keep bool) error
	// GrantLeftDrive gives somebody access to it.
	GrantLeftDrive(ctx context.Context, id org.DriveID, who *org.Person) error
	// ReleaseMailbox lifts every hold of a mailbox without owner, which is due from
	// then on, or when it would have been without the hold; its owner has the id and
	// name that they had. Nil when there is no such mailbox.
	ReleaseMailbox(ctx context.Context, ref string, due timeStamp) (*org.Ref, error)
}

// RestoreDrive takes the drive of a purged person out of the recycle bin and
// gives somebody access. It stays until it is released. R-OD-06 R-OD-09
func (d *Desk) RestoreDrive(ctx context.Context, actor org.Actor, ref, to string) (DriveRow, error) {
	var row DriveRow
	err := d.leftDrive(ctx, actor, ref, func(tx Tx, found *DriveRow) error {
		who, err := active(ctx, tx, to)
		if err != nil {
			return err
		}
		if err := tx.KeepDrive(ctx, found.ID, true); err != nil {
			return err
		}
		row = *found
		row.Held = true
		if !slices.Contains(row.Grants, who.ID) {
			row.Grants = append(row.Grants, who.ID)
			return tx.GrantLeftDrive(ctx, found.ID, who)
		}
		return nil
	})
	return row, err
}

// ReleaseDrive lets go of the drive of a purged person: it follows its dates
// again, and when those have passed the next sweep removes it. R-OD-09
func (d *Desk) ReleaseDrive(ctx context.Context, actor org.Actor, ref string) error {
	return d.leftDrive(ctx, actor, ref, func(tx Tx, found *DriveRow) error {
		return tx.KeepDrive(ctx, found.ID, false)
	})
}

func (d *Desk) leftDrive(ctx context.Context, actor org.Actor, ref string, do func(Tx, *DriveRow) error) error {
	return d.Store.Change(ctx, func(tx Tx) error {
		if r := org.May(actor, org.ManageDrive); r != nil {
			return r
		}
		row, err := tx.LeftDrive(ctx, strings.TrimSpace(ref))
		if err != nil {
			return err
		}
		o, err := tx.Organization(ctx)
		if err != nil {
			return err
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		if row == nil || (&org.Drive{Held: row.Held}).DriveStateAt(row.Deleted, now, o.Settings) == org.DriveGone {
			return noLeftovers(ref)
		}
		held := row.Held
		if err := do(tx, row); err != nil {
			return err
		}
		return tx.Audit(ctx, entry(actor, ActDrive, row.Owner, now, encode(map[string]any{"drive": row.ID, "heldBefore": held})))
	})
}

func noLeftovers(ref string) *org.Refusal {
	return org.Refuse(org.NotFound, "left.nothing", "R-OD-06", org.Arg{Name: "user", Value: strings.TrimSpace(ref)})
}

// ReleaseMailbox lifts the holds of the mailbox of a purged person, so that the
// next sweep removes it. R-MBX-25 R-PERM-05
func (d *Desk) ReleaseMailbox(ctx context.Context, actor org.Actor, ref string) error {
	return d.Store.Change(ctx, func(tx Tx) error {
		if r := org.May(actor, org.ManageMailbox); r != nil {
			return r
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		owner, err := tx.ReleaseMailbox(ctx, strings.TrimSpace(ref), now)
		if err != nil {
			return err
		}
		if owner == nil {
			return noLeftovers(ref)
		}
		return tx.Audit(ctx, entry(actor, ActMailbox, *owner, now, encode(map[string]bool{"litigationHold": false})))
	})
}
