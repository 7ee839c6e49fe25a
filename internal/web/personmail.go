package web

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// mailData is the page of somebody's mailbox.
type mailData struct {
	P      *org.Person
	Clocks org.Clocks
	Access []offboard.Access
	Off    *org.Refusal // why the reader can't change it
	Hidden *org.Refusal // why the reader can't see what the automatic reply says
	// Why the rules forbid each of these as things stand. R-SM-11
	Convert, Forward, Hold *org.Refusal
	ForwardTo              choosing
	KeepCopy               bool
	Replies                org.Replies
	Who                    choosing
	Rights                 []string
	NewAddress             string
	Reserved               bool      // it is, for somebody deleted: taking it over is offered
	Lifting                time.Time // when the mailbox goes once its hold is lifted
}

func mailPage(v *visit) error { return v.mail(nil, http.StatusOK) }

// mail shows the page; typed holds what was sent of one of its forms.
func (v *visit) mail(typed *mailData, status int) error {
	p, err := v.subject()
	if err != nil {
		return err
	}
	if r := org.MayRead(v.Actor, org.ReadMailbox, p); r != nil {
		return r // R-ROLE-11
	}
	v.done("mail", "mailKind", "forwarding", "forwardingOff", "replies", "delegates", "addresses", "hold")
	d := mailData{}
	if typed != nil {
		d = *typed
	}
	d.P, d.Clocks, d.Off = p, org.ClocksOf(p, v.Org.Settings, v.Now), org.May(v.Actor, org.ManageMailbox)
	d.Hidden = org.MayRead(v.Actor, org.ReadReplies, p)
	detail, err := v.srv.Store.Detail(v.ctx(), p.ID)
	if err != nil {
		return err
	}
	if detail != nil {
		d.Access = slices.DeleteFunc(detail.HasAccess, func(a offboard.Access) bool { return len(a.Rights) == 0 })
	}
	if p.Mailbox != nil {
		v.mailGates(&d)
		if typed == nil || typed.ForwardTo.Text == "" && !typed.ForwardTo.Asked {
			d.ForwardTo.Text, d.KeepCopy = p.Mailbox.ForwardTo, p.Mailbox.KeepCopy
		}
		if typed == nil || typed.Replies == (org.Replies{}) {
			d.Replies = p.Mailbox.Replies
		}
	}
	v.show(status, mailView(v, d))
	return nil
}

// mailGates asks the rules what can be done to a mailbox now.
func (v *visit) mailGates(d *mailData) {
	m := d.P.Mailbox
	try := func(to *org.MailboxType, forward *string, hold *bool) (*org.Person, *org.Refusal) {
		x := d.P.Clone()
		return &x, org.RefusalOf(v.Org.ChangeMailbox(&x, to, forward, nil, hold, nil, v.Now))
	}
	other, hold, somewhere := otherKind(m), !m.Litigation, "somebody@"+v.Org.Domains[0]
	_, d.Convert = try(&other, nil, nil)
	_, d.Forward = try(nil, &somewhere, nil)
	after, r := try(nil, nil, &hold)
	d.Hold = r
	if !hold {
		d.Lifting = org.ClocksOf(after, v.Org.Settings, v.Now).Mailbox
	}
}

// otherKind is what a mailbox can be made into.
func otherKind(m *org.Mailbox) org.MailboxType {
	if m.Type == org.SharedMailbox {
		return org.UserMailbox
	}
	return org.SharedMailbox
}

// saveMail carries out one of the forms of the page. R-ROLE-11
func saveMail(v *visit) error {
	p, err := v.subject()
	if err != nil {
		return err
	}
	if p.Mailbox == nil {
		return v.settle(org.Refuse(org.NotFound, "mailbox.none", "R-API-05", org.Arg{Name: "user", Value: p.Ref()}), "", "", func(status int) error { return v.mail(nil, status) })
	}
	switch v.form("do") {
	case "convert":
		return convertMailbox(v, p)
	case "forward":
		return setForwarding(v, p)
	case "replies":
		return setReplies(v, p)
	case "grant", "revoke":
		return setDelegate(v, p)
	case "add", "take", "primary":
		return setAddresses(v, p)
	case "hold":
		return setHold(v, p)
	}
	return v.settle(errMoved, "", "", func(status int) error { return v.mail(nil, status) })
}

// changeMail changes a mailbox and shows the page again.
func (v *visit) changeMail(p *org.Person, c offboard.MailboxChange, done string, typed *mailData) error {
	_, err := v.srv.Desk.ChangeMailbox(v.ctx(), v.Actor, string(p.ID), c)
	return v.settle(err, "/users/"+string(p.ID)+"/mail", done, func(status int) error { return v.mail(typed, status) })
}

// stale says that a form of the page was made from something else.
func (v *visit) stale() error {
	return v.settle(errMoved, "", "", func(status int) error { return v.mail(nil, status) })
}

func convertMailbox(v *visit, p *org.Person) error {
	if v.unmoved(p.Mailbox.Type) != nil {
		return v.stale()
	}
	to := otherKind(p.Mailbox)
	return v.changeMail(p, offboard.MailboxChange{Type: &to}, "mailKind", nil)
}

// setForwarding sends new mail on, or stops it. Somebody here can be named; an
// address elsewhere is typed in full. R-MBX-16
func setForwarding(v *visit, p *org.Person) error {
	if v.unmoved(p.Mailbox.ForwardTo, p.Mailbox.KeepCopy) != nil {
		return v.stale()
	}
	off, keep := "", v.form("keepCopy") == "yes"
	if v.form("set") == "off" {
		return v.changeMail(p, offboard.MailboxChange{ForwardTo: &off}, "forwardingOff", nil)
	}
	c, err := v.chosen("forwardTo", p.ID)
	if err != nil {
		return err
	}
	if name, domain, ok := strings.Cut(c.Text, "@"); ok && name != "" && strings.Contains(domain, ".") {
		c.Found, c.Asked = nil, false // a whole address, of whomever it may be
	}
	typed := &mailData{ForwardTo: c, KeepCopy: keep}
	if c.Asked {
		return v.mail(typed, http.StatusUnprocessableEntity)
	}
	return v.changeMail(p, offboard.MailboxChange{ForwardTo: &c.Text, KeepCopy: &keep}, "forwarding", typed)
}

// setReplies turns the automatic reply on or off. R-MBX-29 R-API-50
func setReplies(v *visit, p *org.Person) error {
	if v.unmoved(p.Mailbox.Replies) != nil {
		return v.stale()
	}
	r := org.Replies{
		Status:   oneOf(v.form("status"), "disabled", "alwaysEnabled", "scheduled"),
		Audience: org.ReplyAudience(oneOf(v.form("audience"), string(org.AudienceAll), string(org.AudienceContacts), string(org.AudienceNone))),
		Inside:   lines(v.form("inside")), Outside: lines(v.form("outside")),
	}
	typed := &mailData{Replies: r}
	if r.Status == "scheduled" {
		var good bool
		if r.Start, r.End, good = period(v.form("from"), v.form("to")); !good {
			typed.Replies = r
			v.say("critical", v.T("web.mail.badPeriod"))
			return v.mail(typed, http.StatusUnprocessableEntity)
		}
	}
	return v.changeMail(p, offboard.MailboxChange{Replies: &r}, "replies", typed)
}

// period reads two days, the second one whole.
func period(from, to string) (start, end time.Time, good bool) {
	start, errStart := time.ParseInLocation(time.DateOnly, from, zone)
	end, errEnd := time.ParseInLocation(time.DateOnly, to, zone)
	end = end.AddDate(0, 0, 1)
	return start.UTC(), end.UTC(), errStart == nil && errEnd == nil && start.Before(end)
}

// day writes a moment as a field for days has it; the end of a period is the day
// before it.
func day(at time.Time, end bool) string {
	if at.IsZero() {
		return ""
	}
	if end {
		at = at.Add(-time.Second)
	}
	return at.In(zone).Format(time.DateOnly)
}

// setDelegate gives somebody rights in the mailbox, or takes them all away. R-MBX-12
func setDelegate(v *visit, p *org.Person) error {
	to := "/users/" + string(p.ID) + "/mail"
	if v.form("do") == "revoke" {
		_, err := v.srv.Desk.SetPermission(v.ctx(), v.Actor, string(p.ID), v.form("who"), nil)
		return v.settle(err, to, "delegates", func(status int) error { return v.mail(nil, status) })
	}
	c, err := v.chosen("who", p.ID)
	if err != nil {
		return err
	}
	typed := &mailData{Who: c, Rights: v.r.PostForm["right"]}
	var rights []org.Right
	for _, r := range mailRights() {
		if has(typed.Rights, string(r)) {
			rights = append(rights, r)
		}
	}
	again := func(status int) error { return v.mail(typed, status) }
	switch {
	case c.Asked:
		return again(http.StatusUnprocessableEntity)
	case len(rights) == 0:
		v.say("critical", v.T("web.mail.chooseRight"))
		return again(http.StatusUnprocessableEntity)
	}
	_, err = v.srv.Desk.SetPermission(v.ctx(), v.Actor, string(p.ID), c.Text, rights)
	return v.settle(err, to, "delegates", again)
}

func mailRights() []org.Right { return []org.Right{org.FullAccess, org.SendAs, org.SendOnBehalf} }

// setAddresses adds an address, removes one, or makes one the primary one.
// R-WIZ-13 R-SM-09
func setAddresses(v *visit, p *org.Person) error {
	address := v.form("address")
	switch v.form("do") {
	case "take":
		return v.changeMail(p, offboard.MailboxChange{Remove: []string{address}}, "addresses", nil)
	case "primary":
		first := func(had []org.Address) []org.Address {
			list := slices.Clone(had)
			for i := range list {
				list[i].Primary = list[i].Value == address
			}
			return list
		}
		return v.changeMail(p, offboard.MailboxChange{Addresses: first}, "addresses", nil)
	}
	typed := &mailData{NewAddress: address}
	c := offboard.MailboxChange{Add: []string{address}, TakeOver: v.form("takeOver") == "yes"}
	_, err := v.srv.Desk.ChangeMailbox(v.ctx(), v.Actor, string(p.ID), c)
	if r := org.RefusalOf(err); r != nil && r.Reason == "address.reserved" {
		typed.Reserved = true
	}
	return v.settle(err, "/users/"+string(p.ID)+"/mail", "addresses", func(status int) error { return v.mail(typed, status) })
}

// setHold places the hold or lifts it. Where the mailbox goes without it, that
// has to be confirmed. R-MBX-23 R-SM-03
func setHold(v *visit, p *org.Person) error {
	if v.unmoved(p.Mailbox.Litigation) != nil {
		return v.stale()
	}
	on := !p.Mailbox.Litigation
	d := mailData{P: p}
	v.mailGates(&d)
	if !d.Lifting.IsZero() && v.form("sure") != "yes" {
		v.say("critical", v.T("web.tickFirst"))
		return v.mail(nil, http.StatusUnprocessableEntity)
	}
	return v.changeMail(p, offboard.MailboxChange{Litigation: &on}, "hold", nil)
}
