package web

import (
	"net/http"
	"slices"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// personData is what the page of one person shows.
type personData struct {
	P        *org.Person
	Manager  *org.Ref
	Detail   *offboard.Detail
	Mailbox  org.MailboxState
	Drive    org.DriveState
	Clocks   org.Clocks
	History  []offboard.Entry
	Gate     *org.Refusal // why the reader can't delete this person
	OffMail  *org.Refusal // why the reader can't see how the mailbox is set up
	OffDrive *org.Refusal // why the reader can't see who has access to the drive
	OffFiles *org.Refusal // why the reader can't see what shared files are called
	Reset    *org.Refusal // why the reader can't reset the password or end the sessions
	Block    *org.Refusal // why the reader can't block or allow signing in
	Password string       // a new one, shown once
}

func personPage(v *visit) error { return v.showPerson(v.r.PathValue("id"), "", http.StatusOK) }

func (v *visit) showPerson(id, password string, status int) error {
	v.Section = "users"
	v.done("revoked", "blocked", "unblocked", "forwardingOff")
	p, err := v.person(id)
	if err != nil {
		return err
	}
	if !p.Active() {
		return v.redirect("/deleted/" + string(p.ID))
	}
	d := personData{
		P: p, Mailbox: p.MailboxState(v.Now), Clocks: org.ClocksOf(p, v.Org.Settings, v.Now), Gate: org.Gate(v.Actor, p, v.Org, false), Password: password,
	}
	d.Reset = offboard.GateReset(v.Actor, p, org.ResetPassword)
	d.Block = v.gateUpdate(p, func(x *org.Person) { x.AccountEnabled = !x.AccountEnabled })
	if p.Drive != nil {
		d.Drive = p.Drive.DriveStateAt(p.Deleted, v.Now, v.Org.Settings)
	}
	if d.Detail, err = v.srv.Store.Detail(v.ctx(), p.ID); err != nil {
		return err
	}
	if d.Detail == nil { // gone in the moment between
		d.Detail = &offboard.Detail{}
	}
	v.limit(&d)
	if d.Manager, err = v.manager(p); err != nil {
		return err
	}
	if v.May(org.ReadAudit) {
		if d.History, err = v.srv.Store.AuditEntries(v.ctx(), offboard.AuditQuery{Target: string(p.ID), Limit: 12}); err != nil {
			return err
		}
	}
	v.show(status, personView(v, d))
	return nil
}

// limit leaves what the reader's roles don't open out of what is shown. R-ROLE-11
func (v *visit) limit(d *personData) {
	d.OffMail, d.OffDrive = org.MayRead(v.Actor, org.ReadMailbox, d.P), org.MayRead(v.Actor, org.ReadDrive, d.P)
	d.OffFiles = org.MayRead(v.Actor, org.ReadShares, d.P)
	mail, drive := d.OffMail == nil, d.OffDrive == nil
	d.Detail.HasAccess, d.Detail.AccessTo = offboard.AccessSeen(d.Detail.HasAccess, mail, drive), offboard.AccessSeen(d.Detail.AccessTo, mail, drive)
	if !mail {
		d.Detail.Forwarders = nil
	}
	if !drive {
		d.Detail.Devices, d.Detail.Shares = nil, nil
	}
}

// aliases are the addresses beside the primary one.
func aliases(p *org.Person) []string {
	var all []string
	for _, a := range p.Addresses {
		if !a.Primary {
			all = append(all, a.Value)
		}
	}
	return all
}

// hasWizard says that the guided delete can do something for this person,
// although they can't simply be deleted: a forwarding account may still become
// a shared mailbox, and what AD decides is explained there.
func (d *personData) hasWizard() bool {
	return d.Gate == nil || slices.Contains([]string{"R-DEL-30", "R-AD-01"}, d.Gate.Rule)
}

func resetPassword(v *visit) error {
	id := v.r.PathValue("id")
	invented, err := v.srv.Desk.SetPassword(v.ctx(), v.Actor, id, "", true)
	if err != nil {
		return v.personRefused(id, err)
	}
	v.secret()
	return v.showPerson(id, invented, http.StatusOK)
}

func revokeSessions(v *visit) error {
	id := v.r.PathValue("id")
	if err := v.srv.Desk.RevokeSessions(v.ctx(), v.Actor, id); err != nil {
		return v.personRefused(id, err)
	}
	return v.redirect("/users/" + id + "?done=revoked")
}

// setSignIn blocks or allows signing in.
func setSignIn(v *visit) error {
	id, allow := v.r.PathValue("id"), v.form("allow") == "yes"
	_, err := v.srv.Desk.UpdateUser(v.ctx(), v.Actor, id, func(p *org.Person) error {
		p.AccountEnabled = allow // M-10
		return nil
	})
	if err != nil {
		return v.personRefused(id, err)
	}
	if allow {
		return v.redirect("/users/" + id + "?done=unblocked")
	}
	return v.redirect("/users/" + id + "?done=blocked")
}

// stopForwarding turns forwarding off, so that an account can be deleted. R-DEL-30
func stopForwarding(v *visit) error {
	id, off := v.r.PathValue("id"), ""
	if _, err := v.srv.Desk.ChangeMailbox(v.ctx(), v.Actor, id, offboard.MailboxChange{ForwardTo: &off}); err != nil {
		return v.personRefused(id, err)
	}
	return v.redirect("/users/" + id + "?done=forwardingOff")
}

// personRefused shows the page of a person with what a rule refused above it.
func (v *visit) personRefused(id string, err error) error {
	r := org.RefusalOf(err)
	if r == nil {
		return err
	}
	v.refuse(r)
	return v.showPerson(id, "", statuses[r.Kind])
}

// accessRefs are those who have access to a drive, or to a mailbox.
func accessRefs(all []offboard.Access, drive bool) []org.Ref {
	var refs []org.Ref
	for _, a := range all {
		if a.Drive && drive || len(a.Rights) > 0 && !drive {
			refs = append(refs, a.Ref)
		}
	}
	return refs
}

// groupName is the name of a group that somebody is in.
func (d *personData) groupName(id org.GroupID) string {
	for _, g := range d.Detail.Groups {
		if g.ID == string(id) {
			return nameOf(g.Ref)
		}
	}
	return string(id)
}
