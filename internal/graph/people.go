package graph

import (
	"slices"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// standard is what Graph gives of a person without a $select. R-API-11
var standard = []string{
	"businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation", "preferredLanguage", "surname",
	"userPrincipalName", "id",
}

// writePart appends the value of one property of a person.
type writePart func(dst []byte, u *offboard.UserRow) []byte

// people writes people. What it can write is a table; the rest of what the type
// has is written blank.
type people struct {
	typ   *modelType
	parts map[string]writePart // by name
	plain *plan                // without a $select
}

// plan is what one answer writes of each person: names and values in turn, the
// names ready with comma and colon.
type plan struct {
	load   []string // what the store has to load
	keys   [][]byte
	values []writePart
	pick   bool // there was a $select
}

func newPeople(t *modelType) *people {
	p := &people{typ: t, parts: map[string]writePart{}}
	textParts(p.parts)
	otherParts(p.parts)
	p.plain = p.plan(standard)
	p.plain.load, p.plain.pick = nil, false
	return p
}

// with makes a plan of the names of a $select, or of none.
func (p *people) with(names []string) (*plan, error) {
	if len(names) == 0 {
		return p.plain, nil
	}
	picked, err := p.typ.pick(names)
	if err != nil {
		return nil, err
	}
	if picked == nil { // *
		for _, prop := range p.typ.properties {
			picked = append(picked, prop.name)
		}
	}
	return p.plan(picked), nil
}

// plan makes a plan of names that are right. A name that stands twice is
// written once.
func (p *people) plan(names []string) *plan {
	made := &plan{pick: true}
	for i, name := range names {
		if slices.Contains(names[:i], name) {
			continue
		}
		part := p.parts[name]
		if part == nil {
			blank := p.typ.find(name).blank
			part = func(dst []byte, _ *offboard.UserRow) []byte { return append(dst, blank...) }
		}
		made.load = append(made.load, name)
		made.keys = append(made.keys, []byte(`"`+name+`":`))
		made.values = append(made.values, part)
	}
	return made
}

// append appends the properties of a person to an object that has begun.
func (p *plan) append(dst []byte, u *offboard.UserRow) []byte {
	for i, value := range p.values {
		if dst[len(dst)-1] != '{' {
			dst = append(dst, ',')
		}
		dst = append(dst, p.keys[i]...)
		dst = value(dst, u)
	}
	return dst
}

// context is what @odata.context says of people with this plan.
func (p *plan) context(set string) string {
	if !p.pick {
		return set
	}
	names := make([]string, len(p.keys))
	for i, k := range p.keys {
		names[i] = strings.Trim(string(k), `":`)
	}
	return set + "(" + strings.Join(names, ",") + ")"
}

// annotate says what a person is, as far as the answer is to say so.
func (c *call) annotate(dst []byte, u *offboard.UserRow, typed bool) []byte {
	if c.level == full || typed && c.level == minimal {
		dst = appendString(appendName(dst, "@odata.type"), "#microsoft.graph.user")
	}
	if c.level == full {
		dst = appendString(appendName(dst, "@odata.id"), c.base+"/directoryObjects/"+string(u.ID)+"/microsoft.graph.user")
	}
	return dst
}

// textParts are the properties that are null when empty.
func textParts(parts map[string]writePart) {
	for name, of := range map[string]func(u *org.User) string{
		"displayName":           func(u *org.User) string { return u.DisplayName },
		"givenName":             func(u *org.User) string { return u.GivenName },
		"surname":               func(u *org.User) string { return u.Surname },
		"mail":                  func(u *org.User) string { return u.Mail },
		"mailNickname":          func(u *org.User) string { return u.MailNickname },
		"jobTitle":              func(u *org.User) string { return u.JobTitle },
		"department":            func(u *org.User) string { return u.Department },
		"companyName":           func(u *org.User) string { return u.CompanyName },
		"officeLocation":        func(u *org.User) string { return u.OfficeLocation },
		"mobilePhone":           func(u *org.User) string { return u.MobilePhone },
		"faxNumber":             func(u *org.User) string { return u.FaxNumber },
		"employeeId":            func(u *org.User) string { return u.EmployeeID },
		"streetAddress":         func(u *org.User) string { return u.StreetAddress },
		"city":                  func(u *org.User) string { return u.City },
		"state":                 func(u *org.User) string { return u.State },
		"postalCode":            func(u *org.User) string { return u.PostalCode },
		"country":               func(u *org.User) string { return u.Country },
		"usageLocation":         func(u *org.User) string { return u.UsageLocation },
		"preferredLanguage":     func(u *org.User) string { return u.PreferredLanguage },
		"userType":              func(u *org.User) string { return u.UserType },
		"onPremisesImmutableId": func(u *org.User) string { return u.OnPremisesImmutableID },
	} {
		parts[name] = func(dst []byte, u *offboard.UserRow) []byte { return appendText(dst, of(&u.User)) }
	}
	parts["id"] = func(dst []byte, u *offboard.UserRow) []byte { return appendString(dst, string(u.ID)) }
	parts["userPrincipalName"] = func(dst []byte, u *offboard.UserRow) []byte { return appendString(dst, u.UPN) }
}

func otherParts(parts map[string]writePart) {
	for name, part := range map[string]writePart{
		"businessPhones":                  func(dst []byte, u *offboard.UserRow) []byte { return appendTexts(dst, u.BusinessPhones) },
		"otherMails":                      func(dst []byte, u *offboard.UserRow) []byte { return appendTexts(dst, u.OtherMails) },
		"accountEnabled":                  func(dst []byte, u *offboard.UserRow) []byte { return appendBool(dst, u.AccountEnabled) },
		"createdDateTime":                 func(dst []byte, u *offboard.UserRow) []byte { return appendTime(dst, u.Created) },
		"deletedDateTime":                 func(dst []byte, u *offboard.UserRow) []byte { return appendTime(dst, u.Deleted) },
		"signInSessionsValidFromDateTime": func(dst []byte, u *offboard.UserRow) []byte { return appendTime(dst, u.SessionsValidFrom) },
		"showInAddressList":               func(dst []byte, u *offboard.UserRow) []byte { return appendBool(dst, !u.HiddenFromLists) },
		"onPremisesSyncEnabled":           appendSynced,
		"proxyAddresses":                  appendProxies,
		"assignedLicenses":                appendAssigned,
		"licenseAssignmentStates":         appendStates,
		"mailboxSettings":                 appendPurpose,
	} {
		parts[name] = part
	}
}

// appendSynced: true when synchronised, false when it was once, else null. R-AD-02
func appendSynced(dst []byte, u *offboard.UserRow) []byte {
	switch {
	case u.Synced:
		return append(dst, "true"...)
	case u.WasSynced:
		return append(dst, "false"...)
	}
	return append(dst, "null"...)
}

func appendProxies(dst []byte, u *offboard.UserRow) []byte {
	dst = append(dst, '[')
	for i, a := range u.Addresses {
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(dst, a.Proxy())
	}
	return append(dst, ']')
}

// appendAssigned writes each product once, however it came: a plan is off when
// every assignment has it off. R-LIC-14
func appendAssigned(dst []byte, u *offboard.UserRow) []byte {
	dst = append(dst, '[')
	for i := range u.Licenses {
		l := &u.Licenses[i]
		if l.Error != "" || slices.ContainsFunc(u.Licenses[:i], func(x org.License) bool { return x.Sku == l.Sku && x.Error == "" }) {
			continue
		}
		off := slices.Clone(l.DisabledPlans)
		for _, x := range u.Licenses[i+1:] {
			if x.Sku == l.Sku && x.Error == "" {
				off = slices.DeleteFunc(off, func(p string) bool { return !slices.Contains(x.DisabledPlans, p) })
			}
		}
		if dst[len(dst)-1] != '[' {
			dst = append(dst, ',')
		}
		dst = appendTexts(append(dst, `{"disabledPlans":`...), off)
		dst = appendString(append(dst, `,"skuId":`...), string(l.Sku))
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// appendStates writes every assignment with where it came from. R-API-43
func appendStates(dst []byte, u *offboard.UserRow) []byte {
	dst = append(dst, '[')
	for i := range u.Licenses {
		l := &u.Licenses[i]
		state, fault := "Active", "None"
		if l.Error != "" {
			state, fault = "Error", l.Error // R-LIC-16
		}
		if i > 0 {
			dst = append(dst, ',')
		}
		dst = appendString(append(dst, `{"skuId":`...), string(l.Sku))
		dst = appendTexts(append(dst, `,"disabledPlans":`...), l.DisabledPlans)
		dst = appendText(append(dst, `,"assignedByGroup":`...), string(l.Group))
		dst = appendString(append(dst, `,"state":`...), state)
		dst = appendString(append(dst, `,"error":`...), fault)
		dst = appendTime(append(dst, `,"lastUpdatedDateTime":`...), l.Assigned)
		dst = append(dst, '}')
	}
	return append(dst, ']')
}

// appendPurpose writes what the mailbox is for. R-API-51
func appendPurpose(dst []byte, u *offboard.UserRow) []byte {
	if u.MailboxType == "" || u.MailboxState == org.MailboxGone {
		return append(dst, "null"...)
	}
	dst = appendString(append(dst, `{"userPurpose":`...), string(u.MailboxType))
	return append(dst, '}')
}
