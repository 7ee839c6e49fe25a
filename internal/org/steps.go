package org

import (
	"slices"
	"strings"
	"time"
)

// StepKind names one thing that a run does to one person.
type StepKind string

// The kinds, in lock-first order. R-WIZ-16 R-FE-00
const (
	RemoveRoles         StepKind = "removeRoles"
	BlockSignIn         StepKind = "blockSignIn"
	RotatePassword      StepKind = "rotatePassword"
	RevokeAllSessions   StepKind = "revokeSessions"
	PlaceHold           StepKind = "placeHold"
	SetAutomaticReplies StepKind = "setAutomaticReplies"
	ConvertMailbox      StepKind = "convertMailbox"
	GrantMailbox        StepKind = "grantMailbox"
	RenameMailbox       StepKind = "renameMailbox"
	RemoveAliases       StepKind = "removeAliases"
	GrantDrive          StepKind = "grantDrive"
	RemoveLicenses      StepKind = "removeLicenses"
	DeleteAccount       StepKind = "deleteAccount"
	ReduceSubscription  StepKind = "reduceSubscription"
)

// StepKinds lists every kind in lock-first order.
func StepKinds() []StepKind {
	return []StepKind{
		RemoveRoles, BlockSignIn, RotatePassword, RevokeAllSessions, PlaceHold, SetAutomaticReplies, ConvertMailbox, GrantMailbox,
		RenameMailbox, RemoveAliases, GrantDrive, RemoveLicenses, DeleteAccount, ReduceSubscription,
	}
}

// Step is one thing that a run will do, with what it needs to do it. Only the
// fields of its kind are set.
type Step struct {
	Kind    StepKind `json:"kind"`
	To      Ref      `json:"to,omitzero"`      // grantMailbox, grantDrive
	Name    string   `json:"name,omitempty"`   // renameMailbox
	Replies Replies  `json:"replies,omitzero"` // setAutomaticReplies
	Aliases []string `json:"aliases,omitempty"`
	Roles   []RoleID `json:"roles,omitempty"`
	Skus    []SkuID  `json:"skus,omitempty"`     // removeLicenses
	Names   []string `json:"products,omitempty"` // their display names
	// DriveUnlicensed says that removeLicenses leaves no licence for the drive of
	// an account that stays. R-SM-08
	DriveUnlicensed bool           `json:"driveUnlicensed,omitempty"`
	Sub             SubscriptionID `json:"subscription,omitempty"` // reduceSubscription
	When            When           `json:"when,omitempty"`
	At              time.Time      `json:"at,omitzero"`
}

// Reversible says whether undo puts the step back. Ended sessions stay ended;
// everything else comes back. R-DEL-12
func (s *Step) Reversible() bool { return s.Kind != RevokeAllSessions }

// Key names the sentence that describes the step.
func (s *Step) Key() string {
	switch {
	case s.Kind == ReduceSubscription && s.When == Renewal:
		return "step.reduceSubscription.renewal"
	case s.Kind == SetAutomaticReplies && s.Replies.Outside == "":
		return "step.setAutomaticReplies.inside"
	case s.Kind == SetAutomaticReplies && s.Replies.Inside == "":
		return "step.setAutomaticReplies.outside"
	}
	return "step." + string(s.Kind)
}

// Args are the named values of that sentence.
func (s *Step) Args() Args {
	switch s.Kind {
	case RemoveRoles:
		return Args{{"roles", s.Roles}, {"count", len(s.Roles)}}
	case GrantMailbox, GrantDrive:
		if s.To == (Ref{}) {
			return Args{{"to", HiddenPerson}}
		}
		return Args{{"to", s.To}}
	case RenameMailbox:
		return Args{{"name", s.Name}}
	case SetAutomaticReplies:
		return Args{{"inside", s.Replies.Inside}, {"outside", s.Replies.Outside}}
	case RemoveAliases:
		return Args{{"aliases", s.Aliases}, {"count", len(s.Aliases)}}
	case RemoveLicenses:
		return Args{{"products", s.Names}, {"count", len(s.Names)}}
	case ReduceSubscription:
		return Args{{"product", s.Name}, {"date", s.At}}
	default:
		return nil
	}
}

// Apply carries the step out on a person. Everything it needs is in the step,
// so applying the same steps to the same person always gives the same result.
// reduceSubscription changes nothing on the person: see Subscription.Reduce.
func (s *Step) Apply(p *Person, now time.Time) {
	switch s.Kind {
	case RemoveRoles:
		p.SuspendedRoles, p.Roles = append(p.SuspendedRoles, p.Roles...), nil // R-DEL-03
	case BlockSignIn:
		p.AccountEnabled = false // R-MBX-07
	case RotatePassword:
		p.ParkedPasswordHash, p.PasswordHash = p.PasswordHash, NoPassword // R-FE-10
	case RevokeAllSessions:
		p.SessionEpoch++
		p.SessionsValidFrom = now // R-API-22 R-DEL-12
	case PlaceHold:
		p.Mailbox.Litigation = true // R-MBX-21
	case SetAutomaticReplies:
		p.Mailbox.Replies = s.Replies // R-WIZ-10
	case ConvertMailbox:
		p.Mailbox.Type = SharedMailbox // R-WIZ-12
	case GrantMailbox:
		p.Mailbox.Grant(UserID(s.To.ID), FullAccess, SendAs) // R-MBX-12
	case RenameMailbox:
		p.DisplayName = s.Name // R-WIZ-09
	case RemoveAliases:
		p.Addresses = slices.DeleteFunc(p.Addresses, func(a Address) bool { return !a.Primary && containsFold(s.Aliases, a.Value) }) // R-WIZ-13
	case GrantDrive:
		p.Drive.grant(UserID(s.To.ID)) // R-WIZ-07
	case RemoveLicenses:
		s.removeLicenses(p, now)
	case DeleteAccount:
		deleteAccount(p, now)
	case ReduceSubscription:
	}
}

// removeLicenses takes the direct licences away from an account that stays. Of
// one that is deleted in the same run they remain on record, for restore.
func (s *Step) removeLicenses(p *Person, now time.Time) {
	if p.Mailbox == nil || p.Mailbox.Type != SharedMailbox {
		p.LicensesRemoved = now // R-PERM-04
		return
	}
	p.takeLicenses(s.Skus)
	if s.DriveUnlicensed && p.Drive != nil && p.Drive.Unlicensed.IsZero() {
		p.Drive.Unlicensed = now // a clock that runs already is not set back, R-SM-08
	}
}

// takeLicenses removes direct licences. R-DEL-34 R-LIC-15
func (p *Person) takeLicenses(skus []SkuID) {
	p.Licenses = slices.DeleteFunc(p.Licenses, func(l License) bool { return l.Group == "" && slices.Contains(skus, l.Sku) })
}

// deleteAccount moves the account to Deleted users: the name is free at once,
// what was held stays on record. R-DEL-01 R-DEL-03 R-DEL-22
func deleteAccount(p *Person, now time.Time) {
	p.Deleted = now
	p.UPN = DeletedUPN(p.ID, p.UPN)
	p.SuspendedRoles, p.Roles = append(p.SuspendedRoles, p.Roles...), nil
	p.SessionEpoch++ // no token outlives its account, R-DEL-12
}

func (d *Drive) grant(who UserID) {
	if !slices.Contains(d.Grants, DriveGrant{who}) {
		d.Grants = append(d.Grants, DriveGrant{who})
	}
}

func containsFold(list []string, s string) bool {
	return slices.ContainsFunc(list, func(x string) bool { return strings.EqualFold(x, s) })
}

// Depart applies the steps to a person and gives the person afterwards.
func Depart(p Person, steps []Step, now time.Time) Person {
	after := p.Clone()
	for i := range steps {
		steps[i].Apply(&after, now)
	}
	return after
}

// DeleteSteps are the steps of the plain delete that Graph offers: no hand-over,
// licences stay on record. R-DEL-01 R-WIZ-17
func DeleteSteps() []Step { return []Step{{Kind: DeleteAccount}} }
