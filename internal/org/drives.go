package org

import (
	"strings"
	"time"
)

// Drive is the file store of one person.
type Drive struct {
	ID     DriveID      `json:"id"`
	Size   Bytes        `json:"size,omitempty"`
	Items  int          `json:"items,omitempty"`
	Grants []DriveGrant `json:"grants,omitempty"`
	// Unlicensed is since when no licence covers the drive of an account that
	// still exists: read-only after 60 days, archived after 93. R-SM-08
	Unlicensed time.Time `json:"unlicensed,omitzero"`
	Held       bool      `json:"held,omitempty"` // a retention policy or hold covers it, R-OD-10
}

// SiteName is the part of a drive's address that says whose it is: the user name
// with its dots and at sign replaced. R-OD-11
func SiteName(upn string) string { return strings.NewReplacer(".", "_", "@", "_").Replace(upn) }

// DriveGrant gives somebody access to the whole drive. R-WIZ-07
type DriveGrant struct {
	Who UserID `json:"who"`
}

// DefaultHeir is the id of who gets the files of somebody deleted when nobody was
// chosen: the manager, else the secondary owner, or nobody (""). R-OD-04
func (s Settings) DefaultHeir(of UserID, manager *Ref) string {
	switch {
	case !s.DriveDelegation:
		return ""
	case manager != nil:
		return manager.ID
	case s.SecondaryOwner != of:
		return string(s.SecondaryOwner)
	}
	return ""
}

// DriveState is where a drive stands in its life; derived, never stored.
type DriveState string

// The states of a drive. R-SM-07 R-SM-08
const (
	DriveActive     DriveState = "active"
	DriveReadOnly   DriveState = "readOnly"   // 60 days without a licence
	DriveArchived   DriveState = "archived"   // 93 days without a licence
	DriveRetained   DriveState = "retained"   // the owner is deleted, shared links work
	DriveRecycleBin DriveState = "recycleBin" // 93 days, a SharePoint administrator can restore it
	DriveGone       DriveState = "gone"
)

// DriveStateAt derives the state of a drive: deleted is when its owner was
// deleted (zero: not deleted). R-SM-07 R-SM-08
func (d *Drive) DriveStateAt(deleted, now time.Time, s Settings) DriveState {
	if deleted.IsZero() {
		return d.unlicensedState(now, s)
	}
	if d.Held {
		return DriveRetained // R-OD-10
	}
	expires := s.DriveEnds(deleted) // R-OD-02
	switch {
	case now.Before(expires):
		return DriveRetained
	case now.Before(expires.Add(DriveRecycle)):
		return DriveRecycleBin // R-OD-06
	default:
		return DriveGone
	}
}

func (d *Drive) unlicensedState(now time.Time, s Settings) DriveState {
	if d.Unlicensed.IsZero() || s.Education {
		return DriveActive // R-OD-20
	}
	switch {
	case !now.Before(d.Unlicensed.Add(UnlicensedArchive)):
		return DriveArchived
	case !now.Before(d.Unlicensed.Add(UnlicensedReadOnly)):
		return DriveReadOnly // R-OD-20
	default:
		return DriveActive
	}
}
