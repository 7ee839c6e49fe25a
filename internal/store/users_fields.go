package store

import (
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
)

// partSet are parts of a person that stand in other tables, loaded for a whole page at once,
// and only when they were selected.
type partSet uint8

const (
	withAddresses partSet = 1 << iota
	withLicenses
	withRoles
	withManager
	withMailbox
)

type userColumn = column[offboard.UserRow]

// userColumns are the columns behind the properties of Graph, by lower-case name.
func userColumns() map[string]userColumn {
	text := func(col string, field func(*offboard.UserRow) *string) userColumn {
		return userColumn{"u." + col, func(r *offboard.UserRow) any { return field(r) }}
	}
	return map[string]userColumn{
		"userprincipalname": text("upn", func(r *offboard.UserRow) *string { return &r.UPN }),
		"displayname":       text("display_name", func(r *offboard.UserRow) *string { return &r.DisplayName }),
		"givenname":         text("given_name", func(r *offboard.UserRow) *string { return &r.GivenName }),
		"surname":           text("surname", func(r *offboard.UserRow) *string { return &r.Surname }),
		"mail":              text("mail", func(r *offboard.UserRow) *string { return &r.Mail }),
		"mailnickname":      text("mail_nickname", func(r *offboard.UserRow) *string { return &r.MailNickname }),
		"jobtitle":          text("job_title", func(r *offboard.UserRow) *string { return &r.JobTitle }),
		"department":        text("department", func(r *offboard.UserRow) *string { return &r.Department }),
		"companyname":       text("company_name", func(r *offboard.UserRow) *string { return &r.CompanyName }),
		"officelocation":    text("office_location", func(r *offboard.UserRow) *string { return &r.OfficeLocation }),
		"mobilephone":       text("mobile_phone", func(r *offboard.UserRow) *string { return &r.MobilePhone }),
		"faxnumber":         text("fax_number", func(r *offboard.UserRow) *string { return &r.FaxNumber }),
		"employeeid":        text("employee_id", func(r *offboard.UserRow) *string { return &r.EmployeeID }),
		"streetaddress":     text("street_address", func(r *offboard.UserRow) *string { return &r.StreetAddress }),
		"city":              text("city", func(r *offboard.UserRow) *string { return &r.City }),
		"state":             text("state", func(r *offboard.UserRow) *string { return &r.State }),
		"postalcode":        text("postal_code", func(r *offboard.UserRow) *string { return &r.PostalCode }),
		"country":           text("country", func(r *offboard.UserRow) *string { return &r.Country }),
		"usagelocation":     text("usage_location", func(r *offboard.UserRow) *string { return &r.UsageLocation }),
		"preferredlanguage": text("preferred_language", func(r *offboard.UserRow) *string { return &r.PreferredLanguage }),
		"usertype":          text("user_type", func(r *offboard.UserRow) *string { return &r.UserType }),

		"onpremisesimmutableid":           text("immutable_id", func(r *offboard.UserRow) *string { return &r.OnPremisesImmutableID }),
		"businessphones":                  {"u.business_phones", func(r *offboard.UserRow) any { return jsonList{&r.BusinessPhones} }},
		"othermails":                      {"u.other_mails", func(r *offboard.UserRow) any { return jsonList{&r.OtherMails} }},
		"accountenabled":                  {"u.enabled", func(r *offboard.UserRow) any { return &r.AccountEnabled }},
		"onpremisessyncenabled":           {"u.sync_state", func(r *offboard.UserRow) any { return syncing{&r.User} }},
		"showinaddresslist":               {"u.hidden", func(r *offboard.UserRow) any { return &r.HiddenFromLists }},
		"createddatetime":                 {"u.created", func(r *offboard.UserRow) any { return seconds{&r.Created} }},
		"deleteddatetime":                 {"u.deleted", func(r *offboard.UserRow) any { return seconds{&r.Deleted} }},
		"signinsessionsvalidfromdatetime": {"u.sessions_from", func(r *offboard.UserRow) any { return seconds{&r.SessionsValidFrom} }},
	}
}

// userParts are the parts behind the properties of Graph.
func userParts() map[string]partSet {
	return map[string]partSet{
		"proxyaddresses": withAddresses, "assignedlicenses": withLicenses, "licenseassignmentstates": withLicenses, "assignedplans": withLicenses,
		"provisionedplans": withLicenses, "licensedetails": withLicenses, "roles": withRoles, "manager": withManager, "mailboxsettings": withMailbox,
		"identities": 0,
	}
}

// defaultSelect is what Graph gives without $select. R-API-11
var defaultSelect = []string{
	"businessPhones", "displayName", "givenName", "jobTitle", "mail", "mobilePhone", "officeLocation", "preferredLanguage", "surname", "userPrincipalName",
}

// users is what the queries for people share; it is made once.
type users struct {
	resource *odata.Resource
	deleted  *odata.Resource
	columns  map[string]userColumn
	parts    map[string]partSet
	standard []userColumn
	// ready are the statements for one person without a $select, by condition.
	ready map[string]string
}

func newUsers() *users {
	u := &users{resource: userResource(false), deleted: userResource(true), columns: userColumns(), parts: userParts()}
	u.standard, _ = u.selected(defaultSelect)
	u.ready = map[string]string{}
	for _, condition := range activeBy {
		l := list[offboard.UserRow]{columns: u.standard}
		u.ready[condition] = l.selected(nil) + " from users u where " + condition
	}
	return u
}

// selected gives the columns and parts behind a $select. Names that nothing is
// stored under are left to the surface.
func (u *users) selected(names []string) ([]userColumn, partSet) {
	if len(names) == 0 {
		return u.standard, 0
	}
	columns := []userColumn{
		{"u.pk", func(r *offboard.UserRow) any { return &r.Key }},
		{"u.id", func(r *offboard.UserRow) any { return &r.ID }},
	}
	if len(names) == 1 && names[0] == "*" {
		names = append([]string{"*"}, u.all()...)
	}
	var with partSet
	seen := map[string]bool{}
	for _, name := range names {
		key, _, _ := strings.Cut(strings.ToLower(name), "/")
		c, ok := u.columns[key]
		if ok && !seen[key] {
			columns, seen[key] = append(columns, c), true
		}
		with |= u.parts[key]
	}
	return columns, with
}

// all are the names of everything that stands in the row itself, and the addresses
// and licences.
func (u *users) all() []string {
	names := []string{"proxyAddresses", "assignedLicenses"}
	for name := range u.columns {
		names = append(names, name)
	}
	return names
}
