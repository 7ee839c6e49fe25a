package org

import (
	"strings"
	"time"
)

// User is an account in the directory with the properties Graph gives it. The
// zero time means "never"; empty strings are absent values.
type User struct {
	Key                   int64     `json:"-"` // the store's own key; rules never look at it
	Departed              int64     `json:"-"` // the store's own key of the item by which they left last; rules never look at it
	ID                    UserID    `json:"id"`
	UPN                   string    `json:"userPrincipalName"`
	DisplayName           string    `json:"displayName"`
	GivenName             string    `json:"givenName,omitempty"`
	Surname               string    `json:"surname,omitempty"`
	Mail                  string    `json:"mail,omitempty"`
	MailNickname          string    `json:"mailNickname,omitempty"`
	JobTitle              string    `json:"jobTitle,omitempty"`
	Department            string    `json:"department,omitempty"`
	CompanyName           string    `json:"companyName,omitempty"`
	OfficeLocation        string    `json:"officeLocation,omitempty"`
	MobilePhone           string    `json:"mobilePhone,omitempty"`
	BusinessPhones        []string  `json:"businessPhones,omitempty"`
	FaxNumber             string    `json:"faxNumber,omitempty"`
	OtherMails            []string  `json:"otherMails,omitempty"`
	EmployeeID            string    `json:"employeeId,omitempty"`
	StreetAddress         string    `json:"streetAddress,omitempty"`
	City                  string    `json:"city,omitempty"`
	State                 string    `json:"state,omitempty"`
	PostalCode            string    `json:"postalCode,omitempty"`
	Country               string    `json:"country,omitempty"`
	UsageLocation         string    `json:"usageLocation,omitempty"`
	PreferredLanguage     string    `json:"preferredLanguage,omitempty"`
	UserType              string    `json:"userType,omitempty"` // Member or Guest
	AccountEnabled        bool      `json:"accountEnabled"`
	Synced                bool      `json:"onPremisesSyncEnabled,omitempty"` // R-AD-02
	WasSynced             bool      `json:"wasSynced,omitempty"`             // reads as onPremisesSyncEnabled false, R-AD-02
	OnPremisesImmutableID string    `json:"onPremisesImmutableId,omitempty"`
	HiddenFromLists       bool      `json:"hiddenFromLists,omitempty"`
	ManagerID             UserID    `json:"managerId,omitempty"`
	Created               time.Time `json:"createdDateTime,omitzero"`
	Deleted               time.Time `json:"deletedDateTime,omitzero"`

	// Sessions and credentials. The hashes never leave the store and the rules.
	SessionsValidFrom  time.Time `json:"signInSessionsValidFromDateTime,omitzero"`
	SessionEpoch       int64     `json:"-"`
	PasswordHash       string    `json:"-"`
	ParkedPasswordHash string    `json:"-"` // the credential that rotatePassword took away, for undo
	MustChangePassword bool      `json:"mustChangePassword,omitempty"`
}

// NoPassword is a hash that no password matches.
const NoPassword = "!"

// Ref names the user in a sentence.
func (u *User) Ref() Ref {
	return Ref{ID: string(u.ID), Name: OriginalUPN(u.ID, u.UPN), DisplayName: u.DisplayName}
}

// Active says that the account is not in Deleted users.
func (u *User) Active() bool { return u.Deleted.IsZero() }

// DeletedUPN is the name a soft-deleted user carries: the id without dashes in
// front, so that the name itself is free at once. R-DEL-22 R-API-35 O-05
func DeletedUPN(id UserID, upn string) string {
	return strings.ReplaceAll(string(id), "-", "") + upn
}

// OriginalUPN takes the deletion prefix off, where there is one. R-API-35
func OriginalUPN(id UserID, upn string) string {
	return strings.TrimPrefix(upn, strings.ReplaceAll(string(id), "-", ""))
}

// Address is an e-mail address that belongs to a user. Exactly one is primary.
type Address struct {
	Value   string `json:"value"`
	Primary bool   `json:"primary,omitempty"`
}

// Proxy is the address as Graph's proxyAddresses spells it: upper case for the
// primary one.
func (a Address) Proxy() string {
	if a.Primary {
		return "SMTP:" + a.Value
	}
	return "smtp:" + a.Value
}
