package org

import (
	"slices"
	"strings"
	"time"
)

// MailboxType is what a mailbox is for.
type MailboxType string

// The types of mailbox; the values are Graph's userPurpose. R-API-51
const (
	UserMailbox   MailboxType = "user"
	SharedMailbox MailboxType = "shared"
)

// MailboxState is where a mailbox stands in its life. It is derived, never
// stored: see Person.MailboxState. R-SM-03
type MailboxState string

// The states of a mailbox.
const (
	MailboxActive       MailboxState = "active"
	MailboxDisconnected MailboxState = "disconnected" // licence removed, 30 days to come back
	MailboxSoftDeleted  MailboxState = "softDeleted"  // account deleted, 30 days to come back R-MBX-18
	MailboxInactive     MailboxState = "inactive"     // account deleted, held R-MBX-24
	MailboxGone         MailboxState = "gone"
)

// SharedFreeLimit is how much an unlicensed shared mailbox may hold. R-MBX-03 R-LIC-12
const SharedFreeLimit = 50 * GB

// Right is what somebody may do in another's mailbox. R-MBX-12
type Right string

// The rights in a mailbox.
const (
	FullAccess   Right = "FullAccess"
	SendAs       Right = "SendAs"
	SendOnBehalf Right = "SendOnBehalf"
)

// Permission gives one person one right in a mailbox.
type Permission struct {
	Who   UserID `json:"who"`
	Right Right  `json:"right"`
}

// ReplyAudience says who outside gets the automatic reply.
type ReplyAudience string

// The audiences, in Graph's spelling. R-API-50
const (
	AudienceNone     ReplyAudience = "none"
	AudienceContacts ReplyAudience = "contactsOnly"
	AudienceAll      ReplyAudience = "all"
)

// Replies is the automatic reply of a mailbox; Status is Graph's: disabled,
// alwaysEnabled or scheduled. R-API-50 R-MBX-29
type Replies struct {
	Status   string        `json:"status,omitempty"`
	Audience ReplyAudience `json:"externalAudience,omitempty"`
	Inside   string        `json:"internalReplyMessage,omitempty"`
	Outside  string        `json:"externalReplyMessage,omitempty"`
	Start    time.Time     `json:"scheduledStartDateTime,omitzero"`
	End      time.Time     `json:"scheduledEndDateTime,omitzero"`
}

// Mailbox is the mailbox of one person.
type Mailbox struct {
	Type         MailboxType  `json:"type"`
	ForwardTo    string       `json:"forwardTo,omitempty"`
	KeepCopy     bool         `json:"keepCopy,omitempty"`
	Replies      Replies      `json:"replies,omitzero"`
	Permissions  []Permission `json:"permissions,omitempty"`
	Litigation   bool         `json:"litigationHold,omitempty"`
	Holds        []string     `json:"holds,omitempty"` // other holds, by name
	Archive      bool         `json:"archive,omitempty"`
	Size         Bytes        `json:"size,omitempty"`
	Disconnected time.Time    `json:"disconnected,omitzero"` // when the licence went
	// Fresh: this mailbox takes the place of one that was gone, and nothing of that
	// one is in it. It says so to whoever saves it and is not kept. R-LIC-08
	Fresh bool `json:"-"`
}

// Held says that a hold keeps the mailbox from ever being removed. R-PERM-05
func (m *Mailbox) Held() bool { return m.Litigation || len(m.Holds) > 0 }

// NeedsLicense says why a shared mailbox would need a licence, or "". R-MBX-04
func (m *Mailbox) NeedsLicense() (reason, rule string) {
	switch {
	case m.Size > SharedFreeLimit:
		return "mailbox.tooBig", "R-MBX-03" // R-MBX-03 R-MBX-04
	case m.Held():
		return "mailbox.heldNeedsLicense", "R-MBX-04" // R-MBX-04 R-DEL-37
	case m.Archive:
		return "mailbox.archiveNeedsLicense", "R-MBX-04"
	}
	return "", ""
}

// Grant adds rights for somebody, each once. What was granted earlier stays as it is. R-WIZ-14
func (m *Mailbox) Grant(who UserID, rights ...Right) {
	for _, r := range rights {
		if p := (Permission{who, r}); !slices.Contains(m.Permissions, p) {
			m.Permissions = append(m.Permissions, p)
		}
	}
}

// Revoke takes rights away; no rights named means all of them.
func (m *Mailbox) Revoke(who UserID, rights ...Right) {
	m.Permissions = slices.DeleteFunc(m.Permissions, func(p Permission) bool {
		return p.Who == who && (len(rights) == 0 || slices.Contains(rights, p.Right))
	})
}

// MailboxState derives where the mailbox stands at a moment. R-SM-03 R-SM-04
func (p *Person) MailboxState(now time.Time) MailboxState {
	m := p.Mailbox
	switch {
	case m == nil:
		return MailboxGone
	case m.Held() && !p.Active():
		return MailboxInactive // R-MBX-21
	case m.Held():
		return MailboxActive
	}
	due := p.mailboxDue()
	switch {
	case due.IsZero():
		return MailboxActive
	case !now.Before(due):
		return MailboxGone
	case !m.Disconnected.IsZero():
		return MailboxDisconnected // R-MBX-19
	default:
		return MailboxSoftDeleted // R-DEL-07
	}
}

// mailboxDue is when the mailbox will be gone, zero for never: the licence
// removal or the deletion, whichever came first, plus 30 days. R-SM-04 R-LIC-08
func (p *Person) mailboxDue() time.Time {
	m := p.Mailbox
	if m == nil || m.Held() {
		return time.Time{} // R-PERM-05
	}
	start := m.Disconnected
	if !p.Active() && (start.IsZero() || p.Deleted.Before(start)) {
		start = p.Deleted
	}
	if start.IsZero() {
		return time.Time{}
	}
	return start.Add(MailboxRetention)
}

// End is when the mailbox of an account deleted at some moment is gone, when
// nothing holds it: 30 days after that or after it lost its licence, whichever
// came first. R-SM-04
func (m *Mailbox) End(deleted time.Time) time.Time {
	if start := m.Disconnected; !start.IsZero() && start.Before(deleted) {
		return start.Add(MailboxRetention)
	}
	return deleted.Add(MailboxRetention)
}

// ChangeMailbox changes a mailbox, refusing what contradicts its state. Nil
// leaves a thing as it is. R-MBX-02 R-MBX-16 R-MBX-23 R-SM-16
func (o *Organization) ChangeMailbox(p *Person, to *MailboxType, forward *string, keepCopy, litigation *bool, replies *Replies, now time.Time) error {
	m, user := p.Mailbox, Arg{"user", p.Ref()}
	licensed := o.Products.Licensed(p, Exchange)
	if to != nil && *to != m.Type {
		switch {
		case *to != UserMailbox && *to != SharedMailbox:
			return Refuse(Invalid, "mailbox.badType", "R-API-51", Arg{"value", string(*to)}).On("type")
		case !licensed:
			return Refuse(Conflict, "mailbox.unlicensed", "R-MBX-02", user).On("type") // both ways: R-MBX-01
		}
		m.Type = *to
	}
	if forward != nil && *forward != "" {
		switch {
		case !licensed && m.Type == UserMailbox:
			return Refuse(Conflict, "mailbox.unlicensed", "R-MBX-16", user).On("forwardTo")
		case !IsAddress(*forward):
			return Refuse(Invalid, "address.bad", "R-MBX-16", Arg{"address", *forward}).On("forwardTo")
		case hasAddress(p.Addresses, *forward) || strings.EqualFold(p.UPN, *forward):
			return Refuse(Invalid, "mailbox.forwardSelf", "R-MBX-16", Arg{"address", *forward}).On("forwardTo")
		}
	}
	if forward != nil {
		m.ForwardTo = *forward
	}
	if keepCopy != nil {
		m.KeepCopy = *keepCopy
	}
	if litigation != nil {
		if *litigation && !m.Litigation && !o.Products.mayHold(p) {
			return Refuse(Conflict, "mailbox.holdNeedsPlan2", "R-MBX-23", user).On("litigationHold")
		}
		m.Litigation = *litigation
		o.provisionMailbox(p, now) // without a licence only the hold kept it, R-SM-03
	}
	if replies != nil {
		if replies.Status != "disabled" && replies.Status != "" && replies.Inside == "" && replies.Outside == "" {
			return Refuse(Invalid, "mailbox.emptyReply", "R-MBX-29").On("automaticRepliesSetting")
		}
		m.Replies = *replies
	}
	return nil
}
