package org

import (
	"strings"
	"time"
)

// The clocks of the organization.
const (
	UserRetention      = 30 * Day // R-DEL-01
	MailboxRetention   = 30 * Day // R-LIC-08 R-DEL-07
	DriveRecycle       = 93 * Day // R-OD-06 O-11
	DriveSecondNotice  = 7 * Day  // before the drive expires, R-OD-05
	UnlicensedReadOnly = 60 * Day // R-OD-20
	UnlicensedArchive  = 93 * Day // R-OD-20
	PurchaseWindow     = 7 * Day  // R-LIC-24
)

// The drive retention may be set between these. R-OD-01
const (
	MinDriveRetentionDays     = 30
	MaxDriveRetentionDays     = 3650
	DefaultDriveRetentionDays = 30 // R-DEL-09
)

// Settings are what an organization can change about itself.
type Settings struct {
	DriveRetentionDays int `json:"deletedUserPersonalSiteRetentionPeriodInDays"`
	// DriveRetentionPast is what it was before, oldest first. R-OD-02
	DriveRetentionPast []PastRetention `json:"-"`
	// PurgedMailboxDays is how long the mailbox of a purged, still licensed
	// account stays. The sources disagree about the start of the count. R-SM-06
	PurgedMailboxDays int `json:"purgedMailboxRetentionInDays"`
	// A run that deletes more than MassDeleteCount people, or more than
	// MassDeletePercent of all (and at least MassDeleteFloor), must be confirmed
	// by name. R-AD-07
	MassDeleteCount   int `json:"massDeleteCount"`
	MassDeletePercent int `json:"massDeletePercent"`
	// DriveDelegation: the manager of a leaver gets the files by default, or
	// the secondary owner when there is no manager. R-OD-04
	DriveDelegation bool   `json:"driveDelegation"`
	SecondaryOwner  UserID `json:"secondaryOwner,omitempty"`
	DefaultLanguage string `json:"defaultLanguage"`
	// Education: drives without a licence are neither closed nor archived, as long
	// as their owner stays. R-OD-20
	Education bool `json:"education"`
}

// MassDeleteFloor is how many people it takes at least to be a mass deletion.
const MassDeleteFloor = 20

// DefaultSettings are those of a new organization.
func DefaultSettings() Settings {
	return Settings{
		DriveRetentionDays: DefaultDriveRetentionDays, PurgedMailboxDays: 30,
		MassDeleteCount: 500, MassDeletePercent: 60, DriveDelegation: true, DefaultLanguage: "en",
	}
}

// DriveRetention is how long a deleted person's drive stays reachable. R-OD-01
func (s Settings) DriveRetention() time.Duration {
	if s.DriveRetentionDays == 0 {
		return DefaultDriveRetentionDays * Day
	}
	return time.Duration(s.DriveRetentionDays) * Day
}

// Check refuses settings outside their range.
func (s Settings) Check() *Refusal {
	switch {
	case s.DriveRetentionDays < MinDriveRetentionDays || s.DriveRetentionDays > MaxDriveRetentionDays:
		return Refuse(Invalid, "settings.driveRetention", "R-OD-01", Arg{"min", MinDriveRetentionDays}, Arg{"max", MaxDriveRetentionDays}).
			On("deletedUserPersonalSiteRetentionPeriodInDays")
	case s.MassDeleteCount < 1:
		return Refuse(Invalid, "settings.massDeleteCount", "R-AD-07").On("massDeleteCount")
	case s.MassDeletePercent < 1 || s.MassDeletePercent > 100:
		return Refuse(Invalid, "settings.massDeletePercent", "R-AD-07").On("massDeletePercent")
	case s.PurgedMailboxDays < 0 || s.PurgedMailboxDays > 365:
		return Refuse(Invalid, "settings.purgedMailbox", "R-SM-06").On("purgedMailboxRetentionInDays")
	case s.DefaultLanguage != "nl" && s.DefaultLanguage != "en":
		return Refuse(Invalid, "settings.language", "").On("defaultLanguage")
	}
	return nil
}

// CheckName refuses a name that no organization can have.
func (o *Organization) CheckName() *Refusal {
	if strings.TrimSpace(o.DisplayName) == "" {
		return Refuse(Invalid, "organization.noName", "").On("displayName")
	}
	return checkText("displayName", o.DisplayName, maxName)
}

// MassDelete says that deleting n of total people needs to be confirmed by name.
func (s Settings) MassDelete(n, total int) bool {
	return n > s.MassDeleteCount || (n >= MassDeleteFloor && n*100 > total*s.MassDeletePercent) // R-AD-07
}

// Organization is what the rules need to know beyond the people concerned.
type Organization struct {
	ID            string         `json:"id"`
	DisplayName   string         `json:"displayName"`
	Domains       []string       `json:"domains"` // the first is the default one
	Practice      bool           `json:"practice"`
	UsageLocation string         `json:"usageLocation,omitempty"`
	Settings      Settings       `json:"settings"`
	Subscriptions []Subscription `json:"-"`
	Products      Products       `json:"-"`
	// GlobalAdmins counts the active, enabled Global Administrators. R-ROLE-21
	GlobalAdmins int `json:"-"`
	// People counts the active accounts, for the mass-delete threshold.
	People int `json:"-"`
}
