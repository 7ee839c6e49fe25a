package org

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"
)

// A run of a hundred thousand people writes each of them with their steps, and its
// undo reads them. encoding/json takes three times as long to write the same text and
// four times as long to read it, so both are said here by hand, once. Who adds a
// field adds it here; a test compares them.

// AppendPerson writes a person as encoding/json does.
func AppendPerson(b []byte, p *Person) []byte {
	c := codec{b: b}
	c.object(func() { c.person(p) })
	return c.b
}

// ReadPerson reads a person as encoding/json does.
func ReadPerson(b []byte, p *Person) error {
	c := codec{b: b, reads: true}
	c.object(func() { c.person(p) })
	if !c.lost && len(c.b) == 0 {
		return nil
	}
	*p = Person{} // not what AppendPerson writes
	return json.Unmarshal(b, p)
}

// AppendSteps writes steps as encoding/json does.
func AppendSteps(b []byte, steps []Step) []byte {
	c := codec{b: b}
	elements(&c, &steps, c.step)
	return c.b
}

func (c *codec) person(p *Person) {
	c.user(&p.User)
	objects(c, "addresses", &p.Addresses, func(a *Address) {
		must(c, "value", &a.Value)
		c.flag("primary", &a.Primary)
	})
	texts(c, "roles", &p.Roles)
	texts(c, "suspendedRoles", &p.SuspendedRoles)
	c.flag("inRoleGroup", &p.InRoleGroup)
	c.flag("inRestrictedUnit", &p.InRestrictedUnit)
	objects(c, "licenses", &p.Licenses, func(l *License) {
		must(c, "skuId", &l.Sku)
		str(c, "assignedByGroup", &l.Group)
		texts(c, "disabledPlans", &l.DisabledPlans)
		str(c, "error", &l.Error)
		c.time("lastUpdatedDateTime", &l.Assigned)
	})
	c.time("licensesRemoved", &p.LicensesRemoved)
	part(c, "mailbox", &p.Mailbox, c.mailbox)
	part(c, "drive", &p.Drive, c.drive)
}

func (c *codec) user(u *User) {
	must(c, "id", &u.ID)
	must(c, "userPrincipalName", &u.UPN)
	must(c, "displayName", &u.DisplayName)
	str(c, "givenName", &u.GivenName)
	str(c, "surname", &u.Surname)
	str(c, "mail", &u.Mail)
	str(c, "mailNickname", &u.MailNickname)
	str(c, "jobTitle", &u.JobTitle)
	str(c, "department", &u.Department)
	str(c, "companyName", &u.CompanyName)
	str(c, "officeLocation", &u.OfficeLocation)
	str(c, "mobilePhone", &u.MobilePhone)
	texts(c, "businessPhones", &u.BusinessPhones)
	str(c, "faxNumber", &u.FaxNumber)
	texts(c, "otherMails", &u.OtherMails)
	str(c, "employeeId", &u.EmployeeID)
	str(c, "streetAddress", &u.StreetAddress)
	str(c, "city", &u.City)
	str(c, "state", &u.State)
	str(c, "postalCode", &u.PostalCode)
	str(c, "country", &u.Country)
	str(c, "usageLocation", &u.UsageLocation)
	str(c, "preferredLanguage", &u.PreferredLanguage)
	str(c, "userType", &u.UserType)
	if c.name("accountEnabled") {
		c.bool(&u.AccountEnabled)
	}
	c.flag("onPremisesSyncEnabled", &u.Synced)
	c.flag("wasSynced", &u.WasSynced)
	str(c, "onPremisesImmutableId", &u.OnPremisesImmutableID)
	c.flag("hiddenFromLists", &u.HiddenFromLists)
	str(c, "managerId", &u.ManagerID)
	c.time("createdDateTime", &u.Created)
	c.time("deletedDateTime", &u.Deleted)
	c.time("signInSessionsValidFromDateTime", &u.SessionsValidFrom)
	c.flag("mustChangePassword", &u.MustChangePassword)
}

func (c *codec) mailbox(m *Mailbox) {
	must(c, "type", &m.Type)
	str(c, "forwardTo", &m.ForwardTo)
	c.flag("keepCopy", &m.KeepCopy)
	c.replies("replies", &m.Replies)
	objects(c, "permissions", &m.Permissions, func(p *Permission) {
		must(c, "who", &p.Who)
		must(c, "right", &p.Right)
	})
	c.flag("litigationHold", &m.Litigation)
	texts(c, "holds", &m.Holds)
	c.flag("archive", &m.Archive)
	number(c, "size", &m.Size)
	c.time("disconnected", &m.Disconnected)
}

func (c *codec) drive(d *Drive) {
	must(c, "id", &d.ID)
	number(c, "size", &d.Size)
	number(c, "items", &d.Items)
	objects(c, "grants", &d.Grants, func(g *DriveGrant) { must(c, "who", &g.Who) })
	c.time("unlicensed", &d.Unlicensed)
	c.flag("held", &d.Held)
}

func (c *codec) replies(name string, r *Replies) {
	if (c.reads || *r != (Replies{})) && c.name(name) {
		c.object(func() {
			str(c, "status", &r.Status)
			str(c, "externalAudience", &r.Audience)
			str(c, "internalReplyMessage", &r.Inside)
			str(c, "externalReplyMessage", &r.Outside)
			c.time("scheduledStartDateTime", &r.Start)
			c.time("scheduledEndDateTime", &r.End)
		})
	}
}

func (c *codec) step(s *Step) {
	c.object(func() {
		must(c, "kind", &s.Kind)
		if (c.reads || s.To != (Ref{})) && c.name("to") {
			c.object(func() {
				must(c, "id", &s.To.ID)
				must(c, "name", &s.To.Name)
				str(c, "displayName", &s.To.DisplayName)
			})
		}
		str(c, "name", &s.Name)
		c.replies("replies", &s.Replies)
		texts(c, "aliases", &s.Aliases)
		texts(c, "roles", &s.Roles)
		texts(c, "skus", &s.Skus)
		texts(c, "products", &s.Names)
		c.flag("driveUnlicensed", &s.DriveUnlicensed)
		str(c, "subscription", &s.Sub)
		str(c, "when", &s.When)
		c.time("at", &s.At)
	})
}

// codec goes through the fields of a value in their order and writes them as JSON,
// or reads what it would have written: what it does not know it does not skip, and
// is lost. Zero values are left out, but for must.
type codec struct {
	b     []byte // written so far, or left to read
	reads bool
	lost  bool
}

// sign writes a character, or takes it if it is the next one.
func (c *codec) sign(s byte) bool {
	if !c.reads {
		c.b = append(c.b, s)
		return true
	}
	if len(c.b) == 0 || c.b[0] != s {
		return false
	}
	c.b = c.b[1:]
	return true
}

func (c *codec) expect(s byte) { c.lost = !c.sign(s) || c.lost }

// name begins a field; false when the one to read is another.
func (c *codec) name(name string) bool {
	if !c.reads {
		if c.b[len(c.b)-1] != '{' {
			c.b = append(c.b, ',')
		}
		c.b = append(append(append(c.b, '"'), name...), '"', ':')
		return true
	}
	b := c.b
	if len(b) > 0 && b[0] == ',' {
		b = b[1:]
	}
	n := len(name)
	if len(b) < n+3 || b[0] != '"' || b[n+1] != '"' || b[n+2] != ':' || string(b[1:n+1]) != name {
		return false
	}
	c.b = b[n+3:]
	return true
}

func (c *codec) object(fields func()) {
	c.expect('{')
	fields()
	c.expect('}')
}

func elements[T any](c *codec, all *[]T, each func(*T)) {
	c.expect('[')
	if c.reads {
		*all = []T{}
		for !c.lost && !c.sign(']') {
			if len(*all) > 0 {
				c.expect(',')
			}
			*all = append(*all, *new(T))
			each(&(*all)[len(*all)-1])
		}
		return
	}
	for i := range *all {
		if i > 0 {
			c.b = append(c.b, ',')
		}
		each(&(*all)[i])
	}
	c.b = append(c.b, ']')
}

func objects[T any](c *codec, name string, all *[]T, fields func(*T)) {
	if (c.reads || len(*all) > 0) && c.name(name) {
		elements(c, all, func(v *T) { c.object(func() { fields(v) }) })
	}
}

func texts[T ~string](c *codec, name string, all *[]T) {
	if (c.reads || len(*all) > 0) && c.name(name) {
		elements(c, all, func(v *T) { value(c, v) })
	}
}

func part[T any](c *codec, name string, v **T, fields func(*T)) {
	if (c.reads || *v != nil) && c.name(name) {
		if c.reads {
			*v = new(T)
		}
		c.object(func() { fields(*v) })
	}
}

func must[T ~string](c *codec, name string, v *T) {
	if c.name(name) {
		value(c, v)
	}
}

func str[T ~string](c *codec, name string, v *T) {
	if (c.reads || *v != "") && c.name(name) {
		value(c, v)
	}
}

func number[T ~int | ~int64](c *codec, name string, v *T) {
	switch {
	case !c.reads && *v == 0, !c.name(name):
	case !c.reads:
		c.b = strconv.AppendInt(c.b, int64(*v), 10)
	default:
		end := bytes.IndexAny(c.b, ",}")
		n, err := strconv.ParseInt(string(c.b[:max(end, 0)]), 10, strconv.IntSize)
		*v, c.b, c.lost = T(n), c.b[max(end, 0):], c.lost || err != nil
	}
}

func (c *codec) flag(name string, v *bool) {
	if (c.reads || *v) && c.name(name) {
		c.bool(v)
	}
}

func (c *codec) bool(v *bool) {
	if !c.reads {
		c.b = strconv.AppendBool(c.b, *v)
		return
	}
	var yes, no bool
	if c.b, yes = bytes.CutPrefix(c.b, []byte("true")); !yes {
		c.b, no = bytes.CutPrefix(c.b, []byte("false"))
	}
	*v, c.lost = yes, c.lost || !yes && !no
}

func (c *codec) time(name string, v *time.Time) {
	switch {
	case !c.reads && v.IsZero(), !c.name(name):
	case !c.reads:
		c.b = append(v.AppendFormat(append(c.b, '"'), time.RFC3339Nano), '"')
	default:
		c.lost = v.UnmarshalText([]byte(c.quoted())) != nil || c.lost
	}
}

func value[T ~string](c *codec, v *T) {
	if !c.reads {
		c.b = AppendText(c.b, string(*v))
		return
	}
	*v = T(c.quoted())
}

// quoted takes a text.
func (c *codec) quoted() string {
	end, plain := 1, true
	for end < len(c.b) && c.b[end] != '"' {
		if c.b[end] == '\\' {
			plain = false
			end++
		}
		end++
	}
	if end >= len(c.b) || c.b[0] != '"' {
		c.lost = true
		return ""
	}
	quoted := c.b[:end+1]
	c.b = c.b[end+1:]
	if plain {
		return string(quoted[1:end])
	}
	var s string
	c.lost = json.Unmarshal(quoted, &s) != nil || c.lost
	return s
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
