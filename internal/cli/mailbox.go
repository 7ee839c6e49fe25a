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
	s.showWithheld(m.V.Withheld)
	return nil
}

// showWithheld says, each reason once, what isn't shown because the reader's roles
// don't open it.
func (s *session) showWithheld(all []graphclient.Withheld) {
	seen := map[string]bool{}
	for _, x := range all {
		if !seen[x.Message] {
			seen[x.Message] = true
			s.field(s.text("cli.label.notShown"), x.Message)
		}
	}
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
	if r := m.AutomaticReplies; r != nil && r.Status != "" && r.Status != repliesOff {
		s.field(s.text("cli.label.replyInside"), r.InternalReplyMessage)
		if r.ExternalAudience != noValue {
			s.field(s.text("cli.label.replyOutside"), r.ExternalReplyMessage)
		}
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
	if len(changes) == 0 && c.ReplyInside == nil && c.ReplyOutside == nil {
		return usage("nothingToSet")
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if err := c.replies(ctx, l, changes); err != nil {
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
	if c.TakeOver {
		changes["takeOver"] = true
	}
	return changes
}

// replies adds the automatic replies to the changes. What no flag names stays as it
// is, also when they are sent and to whom outside; they are on while there is a
// text. R-MBX-29
func (c *mailboxSet) replies(ctx context.Context, l *link, changes map[string]any) error {
	if c.ReplyInside == nil && c.ReplyOutside == nil {
		return nil
	}
	now, err := l.Mailbox(ctx, c.User)
	if err != nil {
		return err
	}
	r := graphclient.AutomaticReplies{Status: repliesOff}
	if had := now.V.AutomaticReplies; had != nil && had.Status != repliesOff {
		r = *had
	}
	if r.ExternalAudience == noValue {
		r.ExternalReplyMessage = ""
	}
	for text, flag := range map[*string]*string{&r.InternalReplyMessage: c.ReplyInside, &r.ExternalReplyMessage: c.ReplyOutside} {
		switch {
		case flag == nil:
		case *flag == noValue:
			*text = ""
		default:
			*text = *flag
		}
	}
	switch {
	case r.InternalReplyMessage == "" && r.ExternalReplyMessage == "":
		r = graphclient.AutomaticReplies{Status: repliesOff}
	case r.Status == repliesOff:
		r.Status = "alwaysEnabled"
	}
	switch {
	case r.ExternalReplyMessage == "":
		r.ExternalAudience = noValue
	case r.ExternalAudience == noValue || r.ExternalAudience == "":
		r.ExternalAudience = "all"
	}
	changes["automaticReplies"] = r
	return nil
}

const repliesOff = "disabled"

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

type mailboxRelease struct {
	User string `arg:"" name:"left"`
	Yes  bool   `short:"y"`
}

// Run lifts the holds of the mailbox of somebody who was purged. R-MBX-25
func (c *mailboxRelease) Run(ctx context.Context, s *session) error {
	return s.release(ctx, c.User, c.Yes, "cli.mailbox.released", func(l *link) error { return l.ReleaseMailbox(ctx, c.User) })
}
