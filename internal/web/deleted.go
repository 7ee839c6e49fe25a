package web

import (
	"net/http"
	"strings"
	"time"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// deletedList is the page of deleted users.
type deletedList struct {
	Box   string
	Rows  []deletedRow
	Next  string
	First bool
	Count int
}

// deletedRow is one deleted person with their clocks.
type deletedRow struct {
	P      *org.Person
	Clocks org.Clocks
	Left   int // days
}

func deletedPage(v *visit) error {
	v.done("purged")
	return v.deleted(http.StatusOK)
}

func (v *visit) deleted(status int) error {
	v.Section = "deleted"
	asked := v.r.URL.Query()
	l := deletedList{Box: asked.Get("q"), First: asked.Get("after") == "", Count: -1}
	q := offboard.UserQuery{Relation: offboard.DeletedPeople, Box: l.Box}
	q.Select, q.Top, q.SkipToken = []string{"id"}, pageSize, asked.Get("after")
	if l.Box == "" {
		q.OrderBy = []odata.Order{{Path: "deletedDateTime", Desc: true}}
	}
	if l.First && l.Box == "" {
		q.Count, q.Eventual = true, true
	}
	page, err := v.srv.Store.Users(v.ctx(), q)
	if err != nil && q.SkipToken != "" {
		return v.redirect("/deleted")
	}
	if err != nil {
		return err
	}
	ids := make([]string, len(page.Rows))
	for i := range page.Rows {
		ids[i] = string(page.Rows[i].ID)
	}
	people, err := v.people(ids)
	if err != nil {
		return err
	}
	for _, id := range ids {
		if p := people[id]; p != nil && !p.Active() {
			c := org.ClocksOf(p, v.Org.Settings, v.Now)
			l.Rows = append(l.Rows, deletedRow{p, c, org.DaysLeft(c.User, v.Now)})
		}
	}
	l.Next = page.Next
	if page.Count != nil {
		l.Count = int(*page.Count)
	}
	v.show(status, deletedView(v, l))
	return nil
}

// urgency colours how little time is left.
func urgency(days int) string {
	switch {
	case days <= 3:
		return "critical"
	case days <= 10:
		return "warning"
	}
	return ""
}

// mailFirst says that the mail goes before the account, or went. R-SM-05
func (v *visit) mailFirst(due time.Time) string {
	if v.Now.Before(due) {
		return v.T("web.deleted.mailFirst", "date", due)
	}
	return v.T("web.deleted.mailGone", "date", due)
}

// clockLine is one clock of a person, for a list of them.
type clockLine struct {
	Label, Text, Kind string
	Left, Of          int
}

// clockLines are all clocks that run for a person. R-SM-04
func (v *visit) clockLines(p *org.Person, c org.Clocks) []clockLine {
	var lines []clockLine
	add := func(key string, left, of int, text string) {
		lines = append(lines, clockLine{Label: v.T("clock." + key), Text: text, Kind: urgency(left), Left: left, Of: of})
	}
	if !c.User.IsZero() {
		add("user", org.DaysLeft(c.User, v.Now), int(org.UserRetention/org.Day), v.Date(c.User))
	}
	switch {
	case c.MailboxHeld && p.Mailbox != nil:
		lines = append(lines, clockLine{Label: v.T("clock.mailboxHeld"), Text: v.T("web.deleted.noEnd")})
	case !c.Mailbox.IsZero():
		text := v.Date(c.Mailbox)
		if !v.Now.Before(c.Mailbox) {
			text = v.mailFirst(c.Mailbox)
		}
		add("mailbox", org.DaysLeft(c.Mailbox, v.Now), int(org.MailboxRetention/org.Day), text)
	}
	switch {
	case c.DriveHeld:
		lines = append(lines, clockLine{Label: v.T("clock.driveHeld"), Text: v.T("web.deleted.noEnd")})
	case !c.Drive.IsZero():
		add("drive", org.DaysLeft(c.Drive, v.Now), int(c.Drive.Sub(p.Deleted)/org.Day), v.Date(c.Drive))
		add("driveGone", org.DaysLeft(c.DriveGone, v.Now), int(c.DriveGone.Sub(p.Deleted)/org.Day), v.Date(c.DriveGone))
	}
	return lines
}

// deletedData is the page of one deleted person.
type deletedData struct {
	P      *org.Person
	Clocks org.Clocks
	Gate   *org.Refusal // why the reader can't restore this person
	Purge  *org.Refusal // why the reader can't purge
	// In the way of a restore, known beforehand. R-RES-08 R-RES-09
	NameTaken *org.Ref
	OfGroup   bool // it is the address of a group
	Dropped   []takenAddress
	Form      restoreForm
	Problem   *org.Refusal
	Run       org.DepartureID
	History   []offboard.Entry
	PurgeText string
	PurgeBad  bool
}

// nameTakenHref is the page of whoever has the name.
func (d *deletedData) nameTakenHref() string {
	if d.OfGroup {
		return "/groups/" + d.NameTaken.ID
	}
	return "/users/" + d.NameTaken.ID
}

type takenAddress struct {
	Address string
	Owner   org.Ref
}

// restoreForm is what is asked for with a restore.
type restoreForm struct {
	Own      bool // a password of one's own making, not an invented one
	Password string
	NewUPN   string
}

func deletedPerson(v *visit) error {
	d, err := v.deletedData(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if d.P.Active() {
		return v.redirect("/users/" + string(d.P.ID))
	}
	return v.render(deletedPersonView(v, d))
}

func (v *visit) deletedData(id string) (*deletedData, error) {
	v.Section = "deleted"
	p, err := v.person(id)
	if r := org.RefusalOf(err); r != nil && r.Kind == org.NotFound {
		return nil, org.NotInDeletedUsers(id)
	}
	if err != nil {
		return nil, err
	}
	d := &deletedData{P: p, Clocks: org.ClocksOf(p, v.Org.Settings, v.Now)}
	d.Gate, d.Purge = org.GateRestore(v.Actor, p, d.Clocks), org.GatePurge(v.Actor, p, d.Clocks)
	if p.Active() {
		return d, nil
	}
	upn := org.OriginalUPN(p.ID, p.UPN)
	err = v.read(func(tx offboard.Tx) error {
		d.NameTaken, d.OfGroup, d.Dropped = nil, false, nil
		items, err := tx.LastItems(v.ctx(), []*org.Person{p})
		if err != nil {
			return err
		}
		before := p
		if it := items[0]; it != nil {
			if it.Before != nil {
				before = it.Before
			}
			if d.Run, err = tx.RunOf(v.ctx(), it); err != nil {
				return err
			}
		}
		w, err := tx.World(v.ctx(), p, before, upn)
		if err != nil {
			return err
		}
		if w.UPNTaken {
			d.NameTaken = &org.Ref{Name: upn}
			people, err := tx.People(v.ctx(), []string{upn})
			if err != nil {
				return err
			}
			if people[0] != nil {
				ref := people[0].Ref()
				d.NameTaken = &ref
			}
		}
		if key := strings.ToLower(upn); w.Groups[key] {
			owner := w.Taken[key]
			d.NameTaken, d.OfGroup = &owner, true
		}
		for _, a := range before.Addresses {
			if owner, taken := w.Taken[strings.ToLower(a.Value)]; taken {
				d.Dropped = append(d.Dropped, takenAddress{a.Value, owner})
			}
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	if d.NameTaken != nil {
		d.Form.NewUPN = v.freeName(upn)
	}
	if v.May(org.ReadAudit) {
		d.History, err = v.srv.Store.AuditEntries(v.ctx(), offboard.AuditQuery{Target: string(p.ID), Limit: 8})
	}
	return d, err
}

// freeName proposes a user name like one that is taken: with a number behind it.
func (v *visit) freeName(upn string) string {
	name, domain, _ := strings.Cut(upn, "@")
	for _, n := range []string{"2", "3", "4", "5"} {
		proposal := name + n + "@" + domain
		if _, err := v.person(proposal); org.RefusalOf(err) != nil {
			return proposal
		}
	}
	return ""
}

// restorePerson brings somebody back, with a new password that is shown once.
// Addresses that belong to somebody else now are dropped, as the admin centre
// does. R-RES-03 R-RES-04 R-RES-08 R-RES-09
func restorePerson(v *visit) error {
	id := v.r.PathValue("id")
	f := restoreForm{Own: v.form("password") == "own", Password: v.r.PostFormValue("own"), NewUPN: v.form("newName")}
	how := offboard.Restoring{RestoreOptions: org.RestoreOptions{NewUPN: f.NewUPN, Reconcile: true}, NewPassword: !f.Own}
	if f.Own {
		how.Password = f.Password
	}
	if f.Own && f.Password == "" { // the desk would keep the old one
		return v.restoreRefused(id, f, org.Refuse(org.Invalid, "user.password", "R-RES-04"))
	}
	back, err := v.srv.Desk.RestoreUser(v.ctx(), v.Actor, id, how)
	if r := org.RefusalOf(err); r != nil {
		return v.restoreRefused(id, f, r)
	}
	if err != nil {
		return err
	}
	v.Section = "deleted"
	v.secret()
	return v.render(restoredView(v, []restored{{Person: back.Person.Ref(), Notes: back.Notes, Password: back.Password, Own: f.Own}}))
}

func (v *visit) restoreRefused(id string, f restoreForm, r *org.Refusal) error {
	d, err := v.deletedData(id)
	if err != nil {
		return err
	}
	if d.P.Active() { // somebody else was faster, or the button was pressed twice
		v.say("warning", v.T("web.deleted.isActive", "person", d.P.DisplayName))
		return v.showPerson(id, "", http.StatusConflict)
	}
	d.Problem = r
	if f.NewUPN == "" {
		f.NewUPN = d.Form.NewUPN
	}
	d.Form = f
	status := http.StatusUnprocessableEntity
	if r != nil {
		status = statuses[r.Kind]
		v.refuse(r)
	}
	v.show(status, deletedPersonView(v, d))
	return nil
}

// restored is what became of one person to be restored.
type restored struct {
	Person   org.Ref
	Notes    []org.Note
	Password string
	Own      bool
	Refusal  *org.Refusal
}

// mostRestored is how many people one form restores.
const mostRestored = 100

// restoreSeveral brings the selected people back, each on their own: what is
// refused for one does not stop the others. R-RES-07
func restoreSeveral(v *visit) error {
	ids := v.r.PostForm["sel"]
	if len(ids) == 0 {
		v.say("warning", v.T("web.deleted.selectFirst"))
		return v.deleted(http.StatusUnprocessableEntity)
	}
	ids = ids[:min(len(ids), mostRestored)]
	people, err := v.people(ids)
	if err != nil {
		return err
	}
	all := make([]restored, 0, len(ids))
	for _, id := range ids {
		one := restored{Person: org.Ref{ID: id, Name: id}}
		if p := people[id]; p != nil {
			one.Person = p.Ref()
		}
		back, err := v.srv.Desk.RestoreUser(v.ctx(), v.Actor, id, offboard.Restoring{RestoreOptions: org.RestoreOptions{Reconcile: true}, NewPassword: true})
		if one.Refusal = org.RefusalOf(err); one.Refusal == nil && err != nil {
			return err
		}
		one.Notes, one.Password = back.Notes, back.Password
		all = append(all, one)
	}
	v.Section = "deleted"
	v.secret()
	return v.render(restoredView(v, all))
}

// failures counts those who could not be restored.
func failures(all []restored) int {
	n := 0
	for _, r := range all {
		if r.Refusal != nil {
			n++
		}
	}
	return n
}

// purgePerson deletes somebody for good, when their user name was typed in. R-PERM-01
func purgePerson(v *visit) error {
	id := v.r.PathValue("id")
	d, err := v.deletedData(id)
	if err != nil {
		return err
	}
	if typed := v.form("typed"); !d.P.Active() && !strings.EqualFold(typed, org.OriginalUPN(d.P.ID, d.P.UPN)) {
		d.PurgeText, d.PurgeBad = typed, true
		v.show(http.StatusUnprocessableEntity, deletedPersonView(v, d))
		return nil
	}
	if err := v.srv.Desk.PurgeUser(v.ctx(), v.Actor, id); err != nil {
		r := org.RefusalOf(err)
		if r == nil || d.P.Active() {
			return err
		}
		v.refuse(r)
		v.show(statuses[r.Kind], deletedPersonView(v, d))
		return nil
	}
	return v.redirect("/deleted?done=purged")
}
