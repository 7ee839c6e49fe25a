package org

import (
	"encoding/json"
	"reflect"
	"strings"
)

// Choices are what an administrator can ask for with a departure: one list, one
// meaning, on the command line, in a CSV, over the API and in the wizard. A nil
// field means "the default".
type Choices struct {
	RemoveLicenses      *bool    `json:"removeLicenses,omitempty"`
	ReduceSubscriptions *bool    `json:"reduceSubscriptions,omitempty"`
	MailTo              *string  `json:"mailTo,omitempty"` // UPN or id
	MailboxDisplayName  *string  `json:"mailboxDisplayName,omitempty"`
	ReplyInside         *string  `json:"replyInside,omitempty"`  // a text, or ReplyAuto
	ReplyOutside        *string  `json:"replyOutside,omitempty"` // a text, ReplyAuto or ReplySame
	RemoveAliases       *Aliases `json:"removeAliases,omitempty"`
	FilesTo             *string  `json:"filesTo,omitempty"` // UPN, id, or FilesToNobody
	HoldMailbox         *bool    `json:"holdMailbox,omitempty"`
}

// Words with a meaning of their own among the choices.
const (
	ReplyAuto     = "auto" // the prewritten text in the leaver's language, R-WIZ-10 O-01
	ReplySame     = "same" // outside as inside, R-WIZ-10
	FilesToNobody = "none"
)

// Over fills the choices that were left open from defaults.
func (c Choices) Over(defaults Choices) Choices {
	return Choices{
		RemoveLicenses: first(c.RemoveLicenses, defaults.RemoveLicenses), ReduceSubscriptions: first(c.ReduceSubscriptions, defaults.ReduceSubscriptions),
		MailTo: first(c.MailTo, defaults.MailTo), MailboxDisplayName: first(c.MailboxDisplayName, defaults.MailboxDisplayName),
		ReplyInside: first(c.ReplyInside, defaults.ReplyInside), ReplyOutside: first(c.ReplyOutside, defaults.ReplyOutside),
		RemoveAliases: first(c.RemoveAliases, defaults.RemoveAliases), FilesTo: first(c.FilesTo, defaults.FilesTo),
		HoldMailbox: first(c.HoldMailbox, defaults.HoldMailbox),
	}
}

func first[T any](a, b *T) *T {
	if a != nil {
		return a
	}
	return b
}

func text(s *string) string {
	if s == nil {
		return ""
	}
	return strings.TrimSpace(*s)
}

func (c *Choices) unassign() bool { return c.RemoveLicenses == nil || *c.RemoveLicenses } // O-08

// stopPaying: the quantity stays as it is unless asked. R-BULK-02
func (c *Choices) stopPaying() bool {
	return c.ReduceSubscriptions != nil && *c.ReduceSubscriptions
}
func (c *Choices) hold() bool { return c.HoldMailbox != nil && *c.HoldMailbox }

// References lists the people that the choices name, so that a caller can look
// them up before planning.
func (c *Choices) References() []string {
	var refs []string
	if s := text(c.MailTo); s != "" {
		refs = append(refs, s)
	}
	if s := text(c.FilesTo); s != "" && !strings.EqualFold(s, FilesToNobody) {
		refs = append(refs, s)
	}
	return refs
}

// Plain says that only the gate can stand in the way of these choices, or what they
// say themselves and who makes them: nothing else that belongs to the leaver
// needs to be known to tell who goes.
func (c *Choices) Plain() bool {
	files := text(c.FilesTo)
	return text(c.MailTo) == "" && (files == "" || strings.EqualFold(files, FilesToNobody)) && !c.hold() &&
		(c.RemoveAliases == nil || len(c.RemoveAliases.List) == 0)
}

// Aliases are addresses to remove: All of them, or a list.
type Aliases struct {
	All  bool
	List []string
}

// UnmarshalJSON reads "all" or a list of addresses.
func (a *Aliases) UnmarshalJSON(b []byte) error {
	var word string
	if err := json.Unmarshal(b, &word); err == nil {
		if strings.EqualFold(word, "all") {
			*a = Aliases{All: true}
			return nil
		}
		return &json.UnmarshalTypeError{Value: "string", Type: reflect.TypeFor[Aliases]()} // whoever reads knows the field
	}
	a.All = false
	return json.Unmarshal(b, &a.List)
}

// MarshalJSON writes what UnmarshalJSON reads.
func (a Aliases) MarshalJSON() ([]byte, error) {
	if a.All {
		return []byte(`"all"`), nil
	}
	return json.Marshal(append([]string{}, a.List...)) // an empty list is a choice, null would be none
}

// contradictions refuses choices that exclude each other, before any person is
// looked at: no surface can let them through. R-SM-15 R-SM-16 R-SM-17
func (c *Choices) contradictions() []*Refusal {
	var rs []*Refusal
	mail := text(c.MailTo) != ""
	if mail && c.hold() {
		rs = append(rs, Refuse(Invalid, "choice.holdAndShare", "R-SM-17").On("holdMailbox"))
	}
	if c.stopPaying() && !c.unassign() {
		rs = append(rs, Refuse(Invalid, "choice.stopPayingKeepsLicense", "R-LIC-21").On("reduceSubscriptions"))
	}
	if !mail && (text(c.ReplyInside) != "" || text(c.ReplyOutside) != "") {
		rs = append(rs, Refuse(Invalid, "choice.replyNeedsMailTo", "R-DEL-07").On("replyInside")) // a deleted mailbox answers nobody
	}
	if !mail && text(c.MailboxDisplayName) != "" {
		rs = append(rs, Refuse(Invalid, "choice.renameNeedsMailTo", "R-WIZ-09").On("mailboxDisplayName"))
	}
	if r := checkText("mailboxDisplayName", text(c.MailboxDisplayName), maxName); r != nil {
		rs = append(rs, r) // it becomes the name of the account, R-WIZ-09
	}
	if strings.EqualFold(text(c.ReplyInside), ReplySame) {
		rs = append(rs, Refuse(Invalid, "choice.sameInside", "R-WIZ-10").On("replyInside"))
	}
	if strings.EqualFold(text(c.ReplyOutside), ReplySame) && text(c.ReplyInside) == "" {
		rs = append(rs, Refuse(Invalid, "choice.sameNeedsInside", "R-WIZ-10").On("replyOutside"))
	}
	return rs
}
