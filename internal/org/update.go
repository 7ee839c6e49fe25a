package org

import (
	"slices"
	"strings"
	"unicode"
)

// CheckNew refuses a person that can't be added as they are. R-API-10
func (o *Organization) CheckNew(actor Actor, p *Person) *Refusal {
	if r := May(actor, CreateUser); r != nil {
		return r
	}
	return o.checkProfile(&Person{}, p)
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
	return o.checkProfile(before, after)
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
