package org

import (
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"
)

// A run of a hundred thousand people writes each of them with their steps, so
// these two are written by hand: encoding/json takes three times as long for the same
// text. Who adds a field adds it here; a test compares them.

// AppendPerson writes a person as encoding/json does.
func AppendPerson(b []byte, p *Person) []byte {
	w := writer{b: append(b, '{')}
	w.user(&p.User)
	list := func(name string, n int, each func(i int)) {
		if n > 0 {
			w.array(name, n, each)
		}
	}
	list("addresses", len(p.Addresses), func(i int) {
		w.object(func() {
			w.must("value", p.Addresses[i].Value)
			w.flag("primary", p.Addresses[i].Primary)
		})
	})
	texts(&w, "roles", p.Roles)
	texts(&w, "suspendedRoles", p.SuspendedRoles)
	w.flag("inRoleGroup", p.InRoleGroup)
	w.flag("inRestrictedUnit", p.InRestrictedUnit)
	list("licenses", len(p.Licenses), func(i int) {
		l := &p.Licenses[i]
		w.object(func() {
			w.must("skuId", string(l.Sku))
			w.text("assignedByGroup", string(l.Group))
			texts(&w, "disabledPlans", l.DisabledPlans)
			w.text("error", l.Error)
			w.time("lastUpdatedDateTime", l.Assigned)
		})
	})
	w.time("licensesRemoved", p.LicensesRemoved)
	if p.Mailbox != nil {
		w.name("mailbox")
		w.object(func() { w.mailbox(p.Mailbox) })
	}
	if d := p.Drive; d != nil {
		w.name("drive")
		w.object(func() {
			w.must("id", string(d.ID))
			w.number("size", int64(d.Size))
			w.number("items", int64(d.Items))
			list("grants", len(d.Grants), func(i int) { w.object(func() { w.must("who", string(d.Grants[i].Who)) }) })
			w.time("unlicensed", d.Unlicensed)
			w.flag("held", d.Held)
		})
	}
	return append(w.b, '}')
}

func (w *writer) user(u *User) {
	w.must("id", string(u.ID))
	w.must("userPrincipalName", u.UPN)
	w.must("displayName", u.DisplayName)
	w.text("givenName", u.GivenName)
	w.text("surname", u.Surname)
	w.text("mail", u.Mail)
	w.text("mailNickname", u.MailNickname)
	w.text("jobTitle", u.JobTitle)
	w.text("department", u.Department)
	w.text("companyName", u.CompanyName)
	w.text("officeLocation", u.OfficeLocation)
	w.text("mobilePhone", u.MobilePhone)
	texts(w, "businessPhones", u.BusinessPhones)
	w.text("faxNumber", u.FaxNumber)
	texts(w, "otherMails", u.OtherMails)
	w.text("employeeId", u.EmployeeID)
	w.text("streetAddress", u.StreetAddress)
	w.text("city", u.City)
	w.text("state", u.State)
	w.text("postalCode", u.PostalCode)
	w.text("country", u.Country)
	w.text("usageLocation", u.UsageLocation)
	w.text("preferredLanguage", u.PreferredLanguage)
	w.text("userType", u.UserType)
	w.name("accountEnabled")
	w.b = strconv.AppendBool(w.b, u.AccountEnabled)
	w.flag("onPremisesSyncEnabled", u.Synced)
	w.flag("wasSynced", u.WasSynced)
	w.text("onPremisesImmutableId", u.OnPremisesImmutableID)
	w.flag("hiddenFromLists", u.HiddenFromLists)
	w.text("managerId", string(u.ManagerID))
	w.time("createdDateTime", u.Created)
	w.time("deletedDateTime", u.Deleted)
	w.time("signInSessionsValidFromDateTime", u.SessionsValidFrom)
	w.flag("mustChangePassword", u.MustChangePassword)
}

func (w *writer) mailbox(m *Mailbox) {
	w.must("type", string(m.Type))
	w.text("forwardTo", m.ForwardTo)
	w.flag("keepCopy", m.KeepCopy)
	w.replies("replies", &m.Replies)
	if len(m.Permissions) > 0 {
		w.array("permissions", len(m.Permissions), func(i int) {
			w.object(func() {
				w.must("who", string(m.Permissions[i].Who))
				w.must("right", string(m.Permissions[i].Right))
			})
		})
	}
	w.flag("litigationHold", m.Litigation)
	texts(w, "holds", m.Holds)
	w.flag("archive", m.Archive)
	w.number("size", int64(m.Size))
	w.time("disconnected", m.Disconnected)
}

func (w *writer) replies(name string, r *Replies) {
	if *r == (Replies{}) {
		return
	}
	w.name(name)
	w.object(func() {
		w.text("status", r.Status)
		w.text("externalAudience", string(r.Audience))
		w.text("internalReplyMessage", r.Inside)
		w.text("externalReplyMessage", r.Outside)
		w.time("scheduledStartDateTime", r.Start)
		w.time("scheduledEndDateTime", r.End)
	})
}

// AppendSteps writes steps as encoding/json does.
func AppendSteps(b []byte, steps []Step) []byte {
	w := writer{b: append(b, '[')}
	for i := range steps {
		s := &steps[i]
		w.comma()
		w.object(func() {
			w.must("kind", string(s.Kind))
			if s.To != (Ref{}) {
				w.name("to")
				w.object(func() {
					w.must("id", s.To.ID)
					w.must("name", s.To.Name)
					w.text("displayName", s.To.DisplayName)
				})
			}
			w.text("name", s.Name)
			w.replies("replies", &s.Replies)
			texts(&w, "aliases", s.Aliases)
			texts(&w, "roles", s.Roles)
			texts(&w, "skus", s.Skus)
			texts(&w, "products", s.Names)
			w.flag("driveUnlicensed", s.DriveUnlicensed)
			w.text("subscription", string(s.Sub))
			w.text("when", string(s.When))
			w.time("at", s.At)
		})
	}
	return append(w.b, ']')
}

// writer writes JSON. Its methods leave zero values out, but for must.
type writer struct{ b []byte }

func (w *writer) comma() {
	if last := w.b[len(w.b)-1]; last != '{' && last != '[' {
		w.b = append(w.b, ',')
	}
}

func (w *writer) name(name string) {
	w.comma()
	w.b = append(append(append(w.b, '"'), name...), '"', ':')
}

func (w *writer) object(fields func()) {
	w.b = append(w.b, '{')
	fields()
	w.b = append(w.b, '}')
}

func (w *writer) array(name string, n int, each func(i int)) {
	w.name(name)
	w.b = append(w.b, '[')
	for i := range n {
		w.comma()
		each(i)
	}
	w.b = append(w.b, ']')
}

func (w *writer) must(name, s string) {
	w.name(name)
	w.b = AppendText(w.b, s)
}

func (w *writer) text(name, s string) {
	if s != "" {
		w.must(name, s)
	}
}

func (w *writer) flag(name string, yes bool) {
	if yes {
		w.name(name)
		w.b = append(w.b, "true"...)
	}
}

func (w *writer) number(name string, n int64) {
	if n != 0 {
		w.name(name)
		w.b = strconv.AppendInt(w.b, n, 10)
	}
}

func (w *writer) time(name string, t time.Time) {
	if !t.IsZero() {
		w.name(name)
		w.b = append(t.AppendFormat(append(w.b, '"'), time.RFC3339Nano), '"')
	}
}

func texts[T ~string](w *writer, name string, list []T) {
	if len(list) > 0 {
		w.array(name, len(list), func(i int) { w.b = AppendText(w.b, string(list[i])) })
	}
}

// AppendText writes a text as encoding/json does.
func AppendText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c >= utf8.RuneSelf && !plain(s[i:]) {
			text, err := json.Marshal(s)
			if err != nil {
				text = []byte(`""`) // cannot happen: a text can always be written
			}
			return append(b, text...)
		} else if c >= utf8.RuneSelf {
			_, n := utf8.DecodeRuneInString(s[i:])
			i += n - 1
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// plain says that the character that a text begins with is written as it is.
func plain(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return (r != utf8.RuneError || n > 1) && r != '\u2028' && r != '\u2029'
}
