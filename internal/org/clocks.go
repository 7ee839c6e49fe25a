package org

import "time"

// Clocks are the dates on which something about a person becomes irreversible.
// All are derived from facts, so that a changed setting applies at once. The
// zero time means that a clock does not run. R-SM-04
type Clocks struct {
	// User: the account is purged. R-DEL-01
	User time.Time
	// Purging: the user clock has run out; the account can no longer be
	// managed, whether or not the sweep has been there. R-PERM-03
	Purging bool
	// Mailbox: its content is gone. Held: a hold keeps it for as long as it lasts.
	Mailbox     time.Time
	MailboxHeld bool
	// Drive: it moves to the recycle bin (second mail a week before), and
	// DriveGone: it is gone. R-SM-07
	Drive       time.Time
	DriveGone   time.Time
	DriveNotice time.Time
	DriveHeld   bool
	// DriveReadOnly, DriveArchived: the unlicensed clock of an account that
	// stays. R-SM-08
	DriveReadOnly time.Time
	DriveArchived time.Time
}

// ClocksOf derives every clock of a person. R-SM-01 R-SM-03 R-SM-04 R-SM-07 R-SM-08
func ClocksOf(p *Person, s Settings, now time.Time) Clocks {
	var c Clocks
	if !p.Active() {
		c.User = p.Deleted.Add(UserRetention) // R-DEL-01
		c.Purging = !now.Before(c.User)       // R-RES-15
	}
	if p.Mailbox != nil {
		c.MailboxHeld = p.Mailbox.Held()
		c.Mailbox = p.mailboxDue()
	}
	d := p.Drive
	switch {
	case d == nil:
	case !p.Active(): // R-RES-14: a restored person keeps it
		c.DriveHeld = d.Held
		if !d.Held {
			c.Drive = s.DriveEnds(p.Deleted) // R-OD-01 R-OD-02 R-OD-03
			c.DriveNotice = c.Drive.Add(-DriveSecondNotice)
			c.DriveGone = c.Drive.Add(DriveRecycle)
		}
	case !d.Unlicensed.IsZero() && !s.Education: // R-OD-20
		c.DriveReadOnly = d.Unlicensed.Add(UnlicensedReadOnly)
		c.DriveArchived = d.Unlicensed.Add(UnlicensedArchive)
	}
	return c
}

// DaysLeft is how many whole days remain until a date, at least 0.
func DaysLeft(until, now time.Time) int {
	if !until.After(now) {
		return 0
	}
	return int((until.Sub(now) + Day - 1) / Day)
}
