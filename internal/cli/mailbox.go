package cli

import (
	"context"
	"strings"

	"leaver/internal/graphclient"
	"leaver/internal/locale"
)

type mailboxShow struct {
	User string `arg:"" name:"user"`
}

// Run shows a mailbox.
func (c *mailboxShow) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	mailbox, err := l.Mailbox(ctx, c.User)
	if err != nil {
		return err
	}
	return s.mailboxResult(mailbox)
}

func (s *session) mailboxResult(m graphclient.Answer[graphclient.Mailbox]) error {
	if s.JSON {
		return s.json(m)
	}
	s.showMailbox(&m.V)
	return nil
}

func (s *session) showMailbox(m *graphclient.Mailbox) {
	s.field(s.text("cli.label.type"), s.word("mailbox", m.Type))
	s.field(s.text("cli.label.state"), s.word("mailboxState", m.State))
	if m.Size > 0 {
		s.field(s.text("cli.label.size"), locale.Bytes(s.lang, m.Size))
	}
	if m.ForwardTo != "" {
		s.field(s.text("cli.label.forwardTo"), m.ForwardTo)
		s.field(s.text("cli.label.keepCopy"), s.yesNo(m.KeepCopy))
	}
	s.field(s.text("cli.label.aliases"), strings.Join(m.Aliases, ", "))
	if m.LitigationHold {
		s.field(s.text("cli.label.hold"), s.yesNo(true))
	}
	s.field(s.text("cli.label.holds"), strings.Join(m.Holds, ", "))
	for _, p := range m.Permissions {
		s.field(s.text("cli.label.access"), p.Who.Label()+": "+strings.Join(p.Rights, ", "))
	}
	if r := m.AutomaticReplies; r != nil && r.Status != "" && r.Status != "disabled" {
		s.field(s.text("cli.label.replyInside"), r.InternalReplyMessage)
		s.field(s.text("cli.label.replyOutside"), r.ExternalReplyMessage)
	}
}

type mailboxSet struct {
	User         string   `arg:"" name:"user"`
	Type         string   `enum:"user,shared,-" default:"-" placeholder:"user|shared"`
	ForwardTo    *string  `placeholder:"ADDRESS|none"`
	KeepCopy     *bool    `negatable:""`
	Alias        []string `placeholder:"A,B|none" xor:"aliases"`
	AddAlias     []string `placeholder:"A,B" xor:"aliases"`
	DropAlias    []string `name:"remove-alias" placeholder:"A,B"`
	Hold         *bool    `negatable:""`
	ReplyInside  *string  `placeholder:"TEXT|none"`
	ReplyOutside *string  `placeholder:"TEXT|none"`
	TakeOver     bool
}

// Run changes a mailbox.
func (c *mailboxSet) Run(ctx context.Context, s *session) error {
	changes := c.changes()
	if len(changes) == 0 {
		return usage("nothingToSet")
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	changed, err := l.ChangeMailbox(ctx, c.User, changes)
	if err != nil {
		return err
	}
	if changed.JSON == nil { // 204: ask what it is now
		if changed, err = l.Mailbox(ctx, c.User); err != nil {
			return err
		}
	}
	return s.mailboxResult(changed)
}

const noValue = "none"

// changes gives the fields that the flags name.
func (c *mailboxSet) changes() map[string]any {
	changes := map[string]any{}
	if c.Type != "-" {
		changes["type"] = c.Type
	}
	if c.ForwardTo != nil {
		changes["forwardTo"] = *c.ForwardTo
		if *c.ForwardTo == noValue {
			changes["forwardTo"] = nil
		}
	}
	if c.KeepCopy != nil {
		changes["keepCopy"] = *c.KeepCopy
	}
	if c.Hold != nil {
		changes["litigationHold"] = *c.Hold
	}
	for name, list := range map[string][]string{"aliases": c.Alias, "addAliases": c.AddAlias, "removeAliases": c.DropAlias} {
		switch {
		case len(list) == 1 && list[0] == noValue:
			changes[name] = []string{}
		case len(list) > 0:
			changes[name] = list
		}
	}
	if replies := c.replies(); replies != nil {
		changes["automaticReplies"] = replies
	}
	if c.TakeOver {
		changes["takeOver"] = true
	}
	return changes
}

// replies turns automatic replies on when there is a text, and off for none.
func (c *mailboxSet) replies() map[string]any {
	if c.ReplyInside == nil && c.ReplyOutside == nil {
		return nil
	}
	replies := map[string]any{"status": "disabled"}
	if c.ReplyInside != nil && *c.ReplyInside != noValue {
		replies["status"], replies["internalReplyMessage"] = "alwaysEnabled", *c.ReplyInside
	}
	if c.ReplyOutside != nil && *c.ReplyOutside != noValue {
		replies["status"], replies["externalReplyMessage"], replies["externalAudience"] = "alwaysEnabled", *c.ReplyOutside, "all"
	}
	return replies
}

type mailboxGrant struct {
	User   string   `arg:"" name:"user"`
	Who    string   `arg:"" name:"who"`
	Rights []string `placeholder:"FullAccess,SendAs,SendOnBehalf" default:"FullAccess"`
}

// Run gives somebody rights in a mailbox.
func (c *mailboxGrant) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if _, err := l.GrantMailbox(ctx, c.User, c.Who, c.Rights); err != nil {
		return err
	}
	mailbox, err := l.Mailbox(ctx, c.User)
	if err != nil {
		return err
	}
	return s.mailboxResult(mailbox)
}

type mailboxRevoke struct {
	User string `arg:"" name:"user"`
	Who  string `arg:"" name:"who"`
}

// Run takes every right in a mailbox away from somebody.
func (c *mailboxRevoke) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if err := l.RevokeMailbox(ctx, c.User, c.Who); err != nil {
		return err
	}
	s.tell("cli.access.revoked", "who", c.Who, "user", c.User)
	return nil
}
