package org

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// maxName is how long a display name may be, maxText any other text. The
// numbers are Graph's.
const (
	maxName     = 256
	maxNickname = 64 // R-API-10
	maxUPN      = 113
	maxText     = 128
)

// checkProfile refuses properties that an account can't have. What was there
// before stays as it is: nobody is kept from a change by what somebody else wrote.
func (o *Organization) checkProfile(before, p *Person) *Refusal {
	if strings.TrimSpace(p.DisplayName) == "" {
		return Refuse(Invalid, "user.noDisplayName", "R-API-10").On("displayName")
	}
	if r := o.CheckUPN(p.UPN); r != nil {
		return r
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
		{"faxNumber", p.FaxNumber, 64},
		{"employeeId", p.EmployeeID, 32},
		{"streetAddress", p.StreetAddress, 1024},
		{"city", p.City, maxText},
		{"state", p.State, maxText},
		{"postalCode", p.PostalCode, 40},
		{"country", p.Country, maxText},
		{"preferredLanguage", p.PreferredLanguage, 16},
		{"onPremisesImmutableId", p.OnPremisesImmutableID, maxText},
	} {
		if r := checkText(f.field, f.value, f.limit); r != nil {
			return r
		}
	}
	for _, phone := range p.BusinessPhones {
		if r := checkText("businessPhones", phone, 64); r != nil {
			return r
		}
	}
	return o.checkMeaning(before, p)
}

// checkText refuses a line that is too long, or that nobody can read.
func checkText(field, value string, limit int) *Refusal {
	switch {
	case !utf8.ValidString(value) || strings.ContainsFunc(value, unicode.IsControl):
		return Refuse(Invalid, "user.badText", "R-API-10", Arg{"field", field}).On(field)
	case utf8.RuneCountInString(value) > limit:
		return Refuse(Invalid, "user.tooLong", "R-API-10", Arg{"field", field}, Arg{"limit", limit}).On(field)
	}
	return nil
}

// checkMeaning refuses new values that mean nothing where they stand.
func (o *Organization) checkMeaning(before, p *Person) *Refusal {
	badAddress := func(a string) bool { return !IsAddress(a) }
	switch l := p.UsageLocation; {
	case l != "" && l != before.UsageLocation && !IsCountry(l):
		return Refuse(Invalid, "user.usageLocation", "R-LIC-13", Arg{"value", l}).On("usageLocation")
	case p.MailNickname != before.MailNickname && (p.MailNickname == "" || strings.ContainsFunc(p.MailNickname, notInNickname)):
		return Refuse(Invalid, "user.badNickname", "R-API-10", Arg{"nickname", p.MailNickname}).On("mailNickname")
	case p.PreferredLanguage != "" && p.PreferredLanguage != before.PreferredLanguage && !isLanguage(p.PreferredLanguage):
		return Refuse(Invalid, "user.badLanguage", "R-API-10", Arg{"value", p.PreferredLanguage}).On("preferredLanguage")
	}
	if i := slices.IndexFunc(p.OtherMails, badAddress); i >= 0 && !slices.Equal(p.OtherMails, before.OtherMails) {
		return Refuse(Invalid, "address.bad", "R-API-10", Arg{"address", p.OtherMails[i]}).On("otherMails")
	}
	if p.Mail == before.Mail || p.Mail == "" {
		return nil
	}
	if badAddress(p.Mail) {
		return Refuse(Invalid, "address.bad", "R-API-18", Arg{"address", p.Mail}).On("mail")
	}
	return o.CheckReach(p, p.Mail, "mail")
}

// IsAddress says that a text has the form of an e-mail address.
func IsAddress(text string) bool {
	at := strings.LastIndexByte(text, '@')
	return at > 0 && at < len(text)-1 && !strings.ContainsAny(text, "<>,;:\"") && !strings.ContainsFunc(text, func(r rune) bool {
		return unicode.IsSpace(r) || unicode.IsControl(r)
	})
}

// CheckReach refuses a new address of a mailbox in a domain that the organization
// doesn't have: nothing sent there would arrive. R-API-18
func (o *Organization) CheckReach(p *Person, address, target string) *Refusal {
	domain := address[strings.LastIndexByte(address, '@')+1:]
	has := slices.ContainsFunc(p.Addresses, func(a Address) bool { return strings.EqualFold(a.Value, address) })
	if p.Mailbox == nil || has || o.HasDomain(domain) {
		return nil
	}
	return Refuse(Invalid, "address.foreign", "R-API-18", Arg{"address", address}, Arg{"domains", o.Domains}).On(target)
}

// isLanguage says that a text has the form of a language tag: nl, en-GB, zh-Hant.
func isLanguage(tag string) bool {
	parts := strings.Split(tag, "-")
	notLetter := func(r rune) bool { return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') }
	notTag := func(r rune) bool { return notLetter(r) && (r < '0' || r > '9') }
	return len(parts[0]) >= 2 && len(parts[0]) <= 3 && !strings.ContainsFunc(parts[0], notLetter) && !slices.ContainsFunc(parts[1:], func(p string) bool {
		return p == "" || len(p) > 8 || strings.ContainsFunc(p, notTag)
	})
}

// IsCountry says that a text is a country as licences know it: the two capital
// letters of ISO 3166-1, and XK. R-LIC-13
func IsCountry(code string) bool {
	return len(code) == 2 && slices.Contains(strings.Fields(countries), code)
}

// countries are the codes of ISO 3166-1 and that of Kosovo, which has none.
const countries = `AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ
CA CC CD CF CG CH CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR
GA GB GD GE GF GG GH GI GL GM GN GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP
KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ
NA NC NE NF NG NI NL NO NP NR NU NZ OM PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW
SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ
UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS XK YE YT ZA ZM ZW`
