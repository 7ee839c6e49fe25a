package org

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// CheckNew refuses a person that can't be added as they are. R-API-10
func (o *Organization) CheckNew(actor Actor, p *Person) *Refusal {
	if r := May(actor, CreateUser); r != nil {
		return r
	}
	return o.checkProfile(p)
}

// CheckUpdate refuses a change of an account that the actor may not make, or
// that can't be made at all, by looking at what differs. R-API-17
func (o *Organization) CheckUpdate(actor Actor, before, after *Person) *Refusal {
	only := onlyUsageLocation(before, after)
	switch {
	case only && May(actor, SetUsageLocation) != nil:
		return May(actor, SetUsageLocation)
	case !only && May(actor, UpdateUser) != nil:
		return May(actor, UpdateUser)
	case !only && before.Synced: // R-AD-12: licences and the mailbox are managed here
		return Refuse(Invalid, "user.mastered", "R-AD-08", Arg{"user", before.Ref()})
	case sensitiveChange(before, after) && beyond(actor, before) != nil:
		return beyond(actor, before) // R-ROLE-13
	case before.AccountEnabled && !after.AccountEnabled && isGlobalAdmin(before) && o.GlobalAdmins <= 1:
		return Refuse(Denied, "user.lastGlobalAdmin", "R-ROLE-21", Arg{"user", before.Ref()})
	case before.AccountEnabled && !after.AccountEnabled && before.ID == actor.ID:
		return Refuse(Denied, "user.blockSelf", "R-ROLE-05")
	}
	return o.checkProfile(after)
}

func onlyUsageLocation(before, after *Person) bool {
	b := before.Clone()
	b.UsageLocation = after.UsageLocation
	return before.UsageLocation != after.UsageLocation && Same(b, *after)
}

// sensitiveChange says that the change is one of those that only a higher role
// may make. R-ROLE-13
func sensitiveChange(b, a *Person) bool {
	return b.AccountEnabled != a.AccountEnabled || !slices.Equal(b.BusinessPhones, a.BusinessPhones) || b.MobilePhone != a.MobilePhone ||
		b.OnPremisesImmutableID != a.OnPremisesImmutableID || !slices.Equal(b.OtherMails, a.OtherMails) || b.UPN != a.UPN ||
		b.PasswordHash != a.PasswordHash || b.MustChangePassword != a.MustChangePassword
}

// maxName is how long a display name may be, maxText any other text. The
// numbers are Graph's.
const (
	maxName     = 256
	maxNickname = 64 // R-API-10
	maxUPN      = 113
	maxText     = 128
)

func (o *Organization) checkProfile(p *Person) *Refusal {
	if strings.TrimSpace(p.DisplayName) == "" {
		return Refuse(Invalid, "user.noDisplayName", "R-API-10").On("displayName")
	}
	if r := o.CheckUPN(p.UPN); r != nil {
		return r
	}
	long := func(field, value string, limit int) *Refusal {
		switch {
		case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
			return Refuse(Invalid, "user.badText", "R-API-10", Arg{"field", field}).On(field)
		case utf8.RuneCountInString(value) > limit:
			return Refuse(Invalid, "user.tooLong", "R-API-10", Arg{"field", field}, Arg{"limit", limit}).On(field)
		}
		return nil
	}
	for _, f := range []struct {
		field, value string
		limit        int
	}{
		{"displayName", p.DisplayName, maxName},
		{"mailNickname", p.MailNickname, maxNickname},
		{"givenName", p.GivenName, 64},
		{"surname", p.Surname, 64},
		{"jobTitle", p.JobTitle, maxText},
		{"department", p.Department, 64},
		{"companyName", p.CompanyName, 64},
		{"officeLocation", p.OfficeLocation, maxText},
		{"mobilePhone", p.MobilePhone, 64},
		{"employeeId", p.EmployeeID, 32},
		{"streetAddress", p.StreetAddress, 1024},
		{"city", p.City, maxText},
		{"state", p.State, maxText},
		{"postalCode", p.PostalCode, 40},
		{"country", p.Country, maxText},
		{"preferredLanguage", p.PreferredLanguage, 16},
	} {
		if r := long(f.field, f.value, f.limit); r != nil {
			return r
		}
	}
	capital := func(c byte) bool { return 'A' <= c && c <= 'Z' }
	if l := p.UsageLocation; l != "" && (len(l) != 2 || !capital(l[0]) || !capital(l[1])) {
		return Refuse(Invalid, "user.usageLocation", "R-LIC-13", Arg{"value", l}).On("usageLocation")
	}
	return nil
}

// CheckUPN refuses a user name that is malformed or outside the organization's
// domains. R-API-10
func (o *Organization) CheckUPN(upn string) *Refusal {
	local, domain, found := strings.Cut(upn, "@")
	bad := func(r rune) bool {
		return r > unicode.MaxASCII || !unicode.IsLetter(r) && !unicode.IsDigit(r) && !strings.ContainsRune("'.-_!#^~$%&*+/=?`{|}", r)
	}
	switch {
	case !found || local == "" || len(upn) > maxUPN || strings.ContainsFunc(local, bad) || strings.HasPrefix(local, ".") || strings.HasSuffix(local, ".") || strings.Contains(local, ".."):
		return Refuse(Invalid, "user.badUPN", "R-API-10", Arg{"name", upn}).On("userPrincipalName")
	case !o.HasDomain(domain):
		return Refuse(Invalid, "user.foreignDomain", "R-API-10", Arg{"name", upn}, Arg{"domains", o.Domains}).On("userPrincipalName")
	}
	return nil
}

// HasDomain says that a domain is one of the organization's.
func (o *Organization) HasDomain(domain string) bool {
	return slices.ContainsFunc(o.Domains, func(d string) bool { return strings.EqualFold(d, domain) })
}

// IsDomain says that a text is the name of a domain: labels of letters, digits
// and dashes with dots between them.
func IsDomain(name string) bool {
	labels := strings.Split(name, ".")
	bad := func(r rune) bool {
		return r != '-' && (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z')
	}
	return len(labels) > 1 && len(name) <= maxDomain && !slices.ContainsFunc(labels, func(l string) bool {
		return l == "" || len(l) > maxLabel || strings.ContainsFunc(l, bad) || strings.HasPrefix(l, "-") || strings.HasSuffix(l, "-")
	})
}

// The lengths of the domain name system; a user name has to fit before the @.
const (
	maxLabel  = 63
	maxDomain = 253
)
