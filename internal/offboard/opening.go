package offboard

import (
	"slices"
	"time"

	"leaver/internal/org"
)

// Opening is how a drive stands for somebody who wants to read it. Every surface
// asks this one place.
type Opening struct {
	State org.DriveState
	Whole bool      // all of it is open to them: it is theirs, or they were given access
	Until time.Time // when it closes; zero when no clock runs
}

// Opening says how the drive stands for somebody. The owner is nil when the
// account is gone for good: access outlives it. R-SM-07 R-OD-04
func (d *DriveRow) Opening(owner *org.Person, who org.UserID, s org.Settings, now time.Time) Opening {
	if owner != nil && owner.Active() && owner.Drive != nil {
		return Opening{
			State: owner.Drive.DriveStateAt(time.Time{}, now, s), Until: org.ClocksOf(owner, s, now).DriveArchived, // R-OD-20
			Whole: owner.ID == who || slices.Contains(d.Grants, who),
		}
	}
	kept := org.Drive{Held: d.Held}
	o := Opening{State: kept.DriveStateAt(d.Deleted, now, s), Whole: slices.Contains(d.Grants, who)}
	if !d.Held && !d.Deleted.IsZero() {
		o.Until = s.DriveEnds(d.Deleted) // R-OD-02
	}
	return o
}

// There says that the drive has not run out: afterwards it is in the recycle bin,
// and then nowhere. R-OD-06
func (o Opening) There() bool { return o.State != org.DriveRecycleBin && o.State != org.DriveGone }

// Readable says that what is in the drive can be read. R-OD-20 R-SM-08
func (o Opening) Readable() bool { return o.There() && o.State != org.DriveArchived }
