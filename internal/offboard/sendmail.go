package offboard

import (
	"context"
	"slices"
	"strings"

	"leaver/internal/org"
)

// ActSend is the action of sending a message.
const ActSend = "Send message"

// Outgoing is a message that somebody sends to others in the organization.
type Outgoing struct {
	Subject string
	Preview string
	To      []string // addresses
	Cc      []string // addresses of those who only have to know
	Bcc     []string // addresses that the others don't see
	Size    int64
	Body    string // hash of the text
	Save    bool   // a copy goes to Sent Items
}

// SendMail delivers a message from somebody's mailbox to those of others. There
// is no mail out of an embedded organization: addresses that are nobody's refuse
// the whole message, so that none is lost unseen. R-MBX-12
func (d *Desk) SendMail(ctx context.Context, actor org.Actor, ref string, m Outgoing) error {
	return d.Store.Change(ctx, func(tx Tx) error {
		from, err := active(ctx, tx, ref)
		if err != nil {
			return err
		}
		if r := maySend(actor, from); r != nil {
			return r
		}
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		if from.MailboxState(now) != org.MailboxActive {
			return org.Refuse(org.NotFound, "mailbox.none", "R-API-05", org.Arg{Name: "user", Value: from.Ref()})
		}
		to, err := addressees(ctx, tx, from, slices.Concat(m.To, m.Cc, m.Bcc))
		if err != nil {
			return err
		}
		if err := d.keepBodies(ctx, tx, m.Body); err != nil {
			return err
		}
		message := Message{
			Subject: m.Subject, SenderName: from.DisplayName, SenderAddress: from.Mail, Recipients: m.To, Copies: m.Cc, Received: now, Preview: m.Preview, Size: m.Size, Body: m.Body,
		}
		if err := d.deliver(ctx, tx, to, "inbox", message); err != nil {
			return err
		}
		if m.Save {
			message.Read, message.Recipients = true, slices.Concat(m.To, m.Bcc)
			if err := d.deliver(ctx, tx, []*org.Person{from}, "sentitems", message); err != nil {
				return err
			}
		}
		return tx.Audit(ctx, entry(actor, ActSend, from.Ref(), now, encode(map[string]any{"to": slices.Concat(m.To, m.Cc)})))
	})
}

// maySend: one's own mail, with the right to send as or on behalf of somebody, or
// as an Exchange administrator's program. R-MBX-12
func maySend(actor org.Actor, from *org.Person) *org.Refusal {
	if actor.App || actor.System {
		return org.May(actor, org.ManageMailbox)
	}
	if actor.ID == from.ID || from.Mailbox != nil && slices.ContainsFunc(from.Mailbox.Permissions, func(p org.Permission) bool {
		return p.Who == actor.ID && p.Right != org.FullAccess
	}) {
		return nil
	}
	return org.Refuse(org.Denied, "mail.notYours", "R-MBX-12", org.Arg{Name: "user", Value: from.Ref()})
}

// addressees finds whose mailboxes addresses lead to, each once; mail to somebody
// who forwards goes where they say, and to themselves when they keep a copy.
func addressees(ctx context.Context, tx Tx, from *org.Person, addresses []string) ([]*org.Person, error) {
	direct, err := mailboxesOf(ctx, tx, from, addresses)
	if err != nil {
		return nil, err
	}
	var out []*org.Person
	for i, p := range direct {
		if p == nil {
			return nil, org.Refuse(org.Invalid, "mail.undeliverable", "R-MBX-16", org.Arg{Name: "address", Value: addresses[i]}).On("toRecipients")
		}
		var forwarded []*org.Person
		if p.Mailbox.ForwardTo != "" {
			if forwarded, err = mailboxesOf(ctx, tx, from, []string{p.Mailbox.ForwardTo}); err != nil {
				return nil, err
			}
		}
		if len(forwarded) == 0 || forwarded[0] == nil || p.Mailbox.KeepCopy { // R-MBX-16
			out = append(out, p)
		}
		out = append(out, forwarded...)
	}
	seen := map[org.UserID]bool{}
	return slices.DeleteFunc(out, func(p *org.Person) bool {
		double := p == nil || seen[p.ID]
		if p != nil {
			seen[p.ID] = true
		}
		return double
	}), nil
}

// mailboxesOf finds the people with a mailbox behind addresses, nil where there
// is none.
func mailboxesOf(ctx context.Context, tx Tx, from *org.Person, addresses []string) ([]*org.Person, error) {
	wanted := make([]org.Address, len(addresses))
	for i, a := range addresses {
		wanted[i].Value = a
	}
	w, err := tx.World(ctx, from, &org.Person{Addresses: wanted}, from.UPN)
	if err != nil {
		return nil, err
	}
	ids := make([]string, len(addresses))
	for i, a := range addresses {
		ids[i] = w.Taken[strings.ToLower(a)].ID
		if slices.ContainsFunc(from.Addresses, func(x org.Address) bool { return strings.EqualFold(x.Value, a) }) {
			ids[i] = string(from.ID)
		}
	}
	people, err := tx.People(ctx, ids)
	for i, p := range people {
		if p != nil && (!p.Active() || p.Mailbox == nil) { // R-DEL-08 R-MBX-24
			people[i] = nil
		}
	}
	return people, err
}

func (d *Desk) deliver(ctx context.Context, tx Tx, to []*org.Person, folder string, m Message) error {
	for _, p := range to {
		m.ID = d.NewID()
		if _, err := tx.Deliver(ctx, p.ID, folder, m); err != nil {
			return err
		}
	}
	return nil
}
