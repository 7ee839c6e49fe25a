package org

import "time"

// Remains says what outlives a purged account, and until when. R-SM-03 R-SM-07
type Remains struct {
	// Mailbox stays until MailboxDue, or (MailboxHeld) for as long as the hold, if
	// that is longer.
	Mailbox     bool
	MailboxHeld bool
	MailboxDue  time.Time
	// Drive stays until its own clock, counted from the deletion, runs out.
	Drive bool
}

// Purge decides what outlives an account that is deleted for good at now: a
// held mailbox stays inactive (R-MBX-21), the mailbox of a still licensed
// account stays 30 more days (R-PERM-04, R-SM-06), a drive keeps its own
// retention (R-OD-01). Everything else goes, bodies and all. R-PERM-02
func Purge(p *Person, s Settings, now time.Time) Remains {
	var r Remains
	m := p.Mailbox
	switch {
	case m == nil:
	case m.Held():
		r.Mailbox, r.MailboxHeld, r.MailboxDue = true, true, p.Deleted.Add(MailboxRetention) // R-PERM-05; lifted sooner, it is soft-deleted till then, R-SM-03
	case len(p.Licenses) > 0 && p.LicensesRemoved.IsZero() && m.Disconnected.IsZero() && m.Type == UserMailbox:
		r.Mailbox, r.MailboxDue = true, now.Add(time.Duration(s.PurgedMailboxDays)*Day)
	}
	if p.Drive != nil {
		r.Drive = p.Drive.DriveStateAt(p.Deleted, now, s) != DriveGone
	}
	return r
}
