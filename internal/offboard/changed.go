package offboard

import (
	"context"
	"slices"

	"leaver/internal/org"
)

// changeDetail is what the trail keeps of a change of one account: the state
// before and after, and which properties differ. R-API-73
type changeDetail struct {
	detail
	Changed []string `json:"changed"`
}

func detailOf(before, after *org.Person) changeDetail {
	return changeDetail{detail{Before: stateOfPerson(before), After: stateOfPerson(after)}, changed(before, after)}
}

// changed names the properties that differ, as Graph names them. Secrets are no
// properties.
func changed(b, a *org.Person) []string {
	names := []string{}
	note := func(differs bool, as ...string) {
		if differs {
			names = append(names, as...)
		}
	}
	for _, f := range []struct{ name, before, after string }{
		{"userPrincipalName", b.UPN, a.UPN},
		{"displayName", b.DisplayName, a.DisplayName},
		{"givenName", b.GivenName, a.GivenName},
		{"surname", b.Surname, a.Surname},
		{"mail", b.Mail, a.Mail},
		{"mailNickname", b.MailNickname, a.MailNickname},
		{"jobTitle", b.JobTitle, a.JobTitle},
		{"department", b.Department, a.Department},
		{"companyName", b.CompanyName, a.CompanyName},
		{"officeLocation", b.OfficeLocation, a.OfficeLocation},
		{"mobilePhone", b.MobilePhone, a.MobilePhone},
		{"faxNumber", b.FaxNumber, a.FaxNumber},
		{"employeeId", b.EmployeeID, a.EmployeeID},
		{"streetAddress", b.StreetAddress, a.StreetAddress},
		{"city", b.City, a.City},
		{"state", b.State, a.State},
		{"postalCode", b.PostalCode, a.PostalCode},
		{"country", b.Country, a.Country},
		{"usageLocation", b.UsageLocation, a.UsageLocation},
		{"preferredLanguage", b.PreferredLanguage, a.PreferredLanguage},
		{"userType", b.UserType, a.UserType},
		{"onPremisesImmutableId", b.OnPremisesImmutableID, a.OnPremisesImmutableID},
		{"manager", string(b.ManagerID), string(a.ManagerID)},
	} {
		note(f.before != f.after, f.name)
	}
	note(!slices.Equal(b.BusinessPhones, a.BusinessPhones), "businessPhones")
	note(!slices.Equal(b.OtherMails, a.OtherMails), "otherMails")
	note(!slices.Equal(b.Addresses, a.Addresses), "proxyAddresses")
	note(b.AccountEnabled != a.AccountEnabled, "accountEnabled")
	note(b.HiddenFromLists != a.HiddenFromLists, "showInAddressList")
	note(b.Synced != a.Synced || b.WasSynced != a.WasSynced, "onPremisesSyncEnabled")
	note(!b.SessionsValidFrom.Equal(a.SessionsValidFrom), "signInSessionsValidFromDateTime")
	note(!slices.EqualFunc(b.Licenses, a.Licenses, sameLicense), "assignedLicenses", "assignedPlans", "provisionedPlans", "licenseAssignmentStates")
	note(purpose(b) != purpose(a), "mailboxSettings")
	return names
}

func sameLicense(b, a org.License) bool {
	return b.Sku == a.Sku && b.Group == a.Group && b.Error == a.Error && b.Assigned.Equal(a.Assigned) && slices.Equal(b.DisabledPlans, a.DisabledPlans)
}

func purpose(p *org.Person) org.MailboxType {
	if p.Mailbox == nil {
		return ""
	}
	return p.Mailbox.Type
}

// UserEdit is a change of an account and of whom it reports to, done as one.
type UserEdit struct {
	Edit    func(p *org.Person) error
	Manager *string // UPN or id; empty clears, nil leaves it
}

// EditUser changes an account and its manager together: all of it or nothing.
// R-API-17 R-API-20
func (d *Desk) EditUser(ctx context.Context, actor org.Actor, ref string, e UserEdit) (org.Person, error) {
	return d.changePerson(ctx, actor, ref, ActUpdateUser, func(tx Tx, o *org.Organization, p *org.Person, now timeStamp) (org.Person, error) {
		after := p.Clone()
		if err := e.Edit(&after); err != nil {
			return after, err
		}
		if e.Manager != nil {
			if err := setManager(ctx, tx, &after, *e.Manager); err != nil {
				return after, err
			}
		}
		if r := o.CheckUpdate(actor, p, &after); r != nil {
			return after, r
		}
		for _, x := range [][2]string{{p.UPN, after.UPN}, {p.Mail, after.Mail}} {
			if x[0] == x[1] || x[1] == "" {
				continue
			}
			if err := notOfGroup(ctx, tx, x[1]); err != nil {
				return after, err
			}
		}
		if after.Mail != p.Mail && after.Mail != "" {
			primary(&after, after.Mail) // R-API-18
		}
		if after.PasswordHash != p.PasswordHash {
			passwordChanged(&after, now)
		}
		if p.AccountEnabled && !after.AccountEnabled {
			after.SessionEpoch++ // a blocked account has no living token
		}
		return after, nil
	})
}
