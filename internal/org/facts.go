package org

import (
	"strings"
	"time"
)

// Facts are what a plan is made from. They are loaded once; planning looks at
// nothing else.
type Facts struct {
	Org    *Organization
	People []Leaver
	// Heirs are the people that the choices name and the secondary owner, by
	// HeirKey of the reference.
	Heirs map[string]Heir
	// ReplyTemplates are the prewritten replies by language, with {leaver} and
	// {heir} and {heirMail} in them. R-WIZ-10
	ReplyTemplates map[string]string
}

// HeirKey is how a UPN or id is looked up among the heirs.
func HeirKey(reference string) string { return strings.ToLower(strings.TrimSpace(reference)) }

// Leaver is one person of whom a plan is asked.
type Leaver struct {
	Asked   string // as the caller named the person
	Found   bool
	Person  Person
	Around  Surroundings
	Choices Choices
}

// Heir is somebody who is to receive mail or files.
type Heir struct {
	Ref      Ref
	Mail     string
	Enabled  bool
	Exchange bool // holds a licence with a mailbox, R-MBX-09
	Language string
	Reads    bool // has a mailbox, shared or not, that a message can be put in
}

// Surroundings are the people and things around a leaver that notice the
// departure without being changed by it.
type Surroundings struct {
	Manager        *Ref
	ManagerBlocked bool // the manager can't sign in
	Groups         int
	Owned          []OwnedGroup
	Reports        []Ref
	Forwarders     []Ref // people whose mail is forwarded to the leaver
	Delegated      []DelegatedMailbox
	Devices        []string // computers that synchronised the drive
	SharedItems    int      // files and folders shared with others
	SharedWith     []Ref
	Inherited      []InheritedLicense
}

// InheritedLicense is a group that gives the leaver a product.
type InheritedLicense struct {
	Sku   SkuID
	Group Ref
}

// givers are the groups that give a product.
func (s *Surroundings) givers(sku SkuID) []Ref {
	var groups []Ref
	for _, x := range s.Inherited {
		if x.Sku == sku {
			groups = append(groups, x.Group)
		}
	}
	return groups
}

// OwnedGroup is a group that the leaver owns.
type OwnedGroup struct {
	Group  Ref
	Others []UserID // other active owners
}

// DelegatedMailbox is a mailbox of somebody else that the leaver has access to.
type DelegatedMailbox struct {
	Mailbox Ref
	Others  []UserID // other active delegates
	Shared  bool
}

// Outcome is how a departure ends for one person.
type Outcome string

// The outcomes of a plan. R-DEL-32
const (
	OutcomeDelete  Outcome = "delete"
	OutcomeKeep    Outcome = "keepAsSharedMailbox"
	OutcomeRefused Outcome = "refused"
)

// Severity says how much a consequence asks of the reader.
type Severity string

// The severities.
const (
	Info     Severity = "info"
	Warning  Severity = "warning"
	Critical Severity = "critical" // something is lost that can't come back
)

// Consequence is something an administrator would want to know beforehand.
type Consequence struct {
	Rule     string    `json:"rule"`
	Key      string    `json:"key"` // "consequence."+Key in the catalogue
	Severity Severity  `json:"severity"`
	Args     Args      `json:"args,omitempty"`
	Date     time.Time `json:"date,omitzero"`
}

// Saving is money that stops being spent.
type Saving struct {
	Product string    `json:"product"`
	Seats   int       `json:"seats"`
	Monthly Money     `json:"monthly"` // for all the seats together
	From    time.Time `json:"from"`
}
