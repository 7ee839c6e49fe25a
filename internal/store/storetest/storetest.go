// Package storetest gives tests throw-away organizations in databases of both
// kinds.
package storetest

import (
	"fmt"
	"sync/atomic"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
)

// Products of the organization that Contoso makes.
const (
	E3    org.SkuID = "6fd2c87f-b296-42f0-b197-1e91e994b900" // mailbox and drive
	Plan1 org.SkuID = "4b9405b0-7788-4568-add1-99614e613b69" // mailbox
	PBI   org.SkuID = "f8a1db68-be16-40ed-86d5-cb42ce701560" // neither
)

// Tenant is the id of that organization.
const Tenant = "99999999-9999-4999-8999-999999999999"

// Noon is when tests happen.
var Noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

// Each runs f on an empty store of each kind, as subtests sqlite and postgres.
func Each(t *testing.T, f func(t *testing.T, s *store.Store)) {
	t.Helper()
	sqltest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) { f(t, store.New(db, IDs())) })
}

// SQLite gives an empty store in a file that goes away with the test.
func SQLite(t testing.TB) *store.Store {
	t.Helper()
	return store.New(sqltest.SQLite(t, store.Migrations()), IDs())
}

// IDs gives ids in a row, so that tests see the same ones every time.
func IDs() func() string {
	var n atomic.Int64
	return func() string { return ID(n.Add(1)) }
}

// ID is the id with a number.
func ID(n int64) string { return fmt.Sprintf("00000000-0000-7000-8000-%012x", n) }

// Change runs f in a transaction and fails the test when that fails.
func Change(t testing.TB, s *store.Store, f func(tx offboard.Tx) error) {
	t.Helper()
	if err := s.Change(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// Read runs f on a snapshot and fails the test when that fails.
func Read(t testing.TB, s *store.Store, f func(tx offboard.Tx) error) {
	t.Helper()
	if err := s.Read(t.Context(), f); err != nil {
		t.Fatal(err)
	}
}

// Contoso makes an organization with two domains, three products and two
// subscriptions: 60 seats of E3 and 12 of Power BI.
func Contoso(t testing.TB, s *store.Store) *org.Organization {
	t.Helper()
	o := &org.Organization{
		ID: Tenant, DisplayName: "Contoso", Domains: []string{"contoso.com", "fabrikam.com"}, Practice: true, UsageLocation: "NL",
		Settings: org.DefaultSettings(),
	}
	plan := func(name string, provides org.Service) org.ServicePlan {
		return org.ServicePlan{ID: "plan-" + name, Name: name, Provides: provides}
	}
	o.Products = org.Products{
		{Sku: E3, PartNumber: "ENTERPRISEPACK", DisplayName: "Office 365 E3", Plans: []org.ServicePlan{
			plan("EXCHANGE_S_ENTERPRISE", org.Exchange), plan("SHAREPOINTENTERPRISE", org.SharePoint),
		}},
		{Sku: Plan1, PartNumber: "EXCHANGESTANDARD", DisplayName: "Exchange Online (Plan 1)", Plans: []org.ServicePlan{plan("EXCHANGE_S_STANDARD", org.Exchange)}},
		{Sku: PBI, PartNumber: "POWER_BI_PRO", DisplayName: "Power BI Pro"},
	}
	o.Subscriptions = []org.Subscription{Subscription("sub-e3", E3, 60), Subscription("sub-pbi", PBI, 12)}
	Change(t, s, func(tx offboard.Tx) error {
		if err := tx.SaveOrganization(t.Context(), o); err != nil {
			return err
		}
		if err := tx.SaveProducts(t.Context(), o.Products); err != nil {
			return err
		}
		for _, sub := range o.Subscriptions {
			if err := tx.SaveSubscription(t.Context(), sub, Noon); err != nil {
				return err
			}
		}
		return nil
	})
	return o
}

// Subscription is a directly bought, monthly one.
func Subscription(id org.SubscriptionID, sku org.SkuID, seats int) org.Subscription {
	return org.Subscription{
		ID: id, Sku: sku, Channel: org.Direct, Billing: org.MOSA, Commitment: org.MonthlyCommitment, TermStart: Noon.AddDate(0, -1, 0),
		TermEnd: Noon.AddDate(0, 1, 0), LastPurchase: Noon.AddDate(0, -1, 0), Recurring: true, Status: "Enabled", Total: seats,
		Price: org.Money{Minor: 2380, Currency: "EUR"}, Per: "month",
	}
}

// Person is somebody with every property set, an E3 licence, a mailbox and a
// drive: name@contoso.com, number n.
func Person(n int64, name string) org.Person {
	upn := name + "@contoso.com"
	return org.Person{
		User: org.User{
			ID: org.UserID(ID(0x100000 + n)), UPN: upn, DisplayName: name + " de Vries", GivenName: name, Surname: "de Vries", Mail: upn, MailNickname: name,
			JobTitle: "Docent", Department: "Onderwijs", CompanyName: "Contoso", OfficeLocation: "3.14", MobilePhone: "+31 6 1",
			BusinessPhones: []string{"+31 30 1", "+31 30 2"}, FaxNumber: "+31 30 9", OtherMails: []string{name + "@elsewhere.example"}, EmployeeID: fmt.Sprintf("E%d", n),
			StreetAddress: "Dorpsstraat 1", City: "Utrecht", State: "Utrecht", PostalCode: "3500 AA", Country: "Nederland", UsageLocation: "NL",
			PreferredLanguage: "nl-NL", UserType: "Member", AccountEnabled: true, Created: Noon.AddDate(-1, 0, 0), PasswordHash: "hash of " + name,
			SessionsValidFrom: Noon.AddDate(-1, 0, 0),
		},
		Addresses: []org.Address{{Value: upn, Primary: true}, {Value: name + ".alias@contoso.com"}},
		Licenses:  []org.License{{Sku: E3, Assigned: Noon.AddDate(-1, 0, 0)}},
		Mailbox:   &org.Mailbox{Type: org.UserMailbox, Size: 5 * org.GB},
		Drive:     &org.Drive{Size: org.GB, Items: 7},
	}
}

// Plain is somebody without licence, mailbox, drive or addresses.
func Plain(n int64, name string) org.Person {
	p := Person(n, name)
	p.Addresses, p.Licenses, p.Mailbox, p.Drive = nil, nil, nil, nil
	return p
}

// Add saves new people and gives them as they were loaded back.
func Add(t testing.TB, s *store.Store, people ...org.Person) []*org.Person {
	t.Helper()
	refs := make([]string, len(people))
	changes := make([]offboard.Change, len(people))
	for i, p := range people {
		refs[i], changes[i].After = string(p.ID), p.Clone()
	}
	Change(t, s, func(tx offboard.Tx) error {
		again := make([]offboard.Change, len(changes)) // the transaction may run twice
		copy(again, changes)
		return tx.Save(t.Context(), again)
	})
	return Load(t, s, refs...)
}

// Load gives people by id or user name; nil where there is none.
func Load(t testing.TB, s *store.Store, refs ...string) []*org.Person {
	t.Helper()
	var people []*org.Person
	Read(t, s, func(tx offboard.Tx) (err error) {
		people, err = tx.People(t.Context(), refs)
		return err
	})
	return people
}

// Edit saves what f changes about a person and gives the person as loaded back.
func Edit(t testing.TB, s *store.Store, ref string, f func(p *org.Person)) *org.Person {
	t.Helper()
	before := Load(t, s, ref)[0]
	if before == nil {
		t.Fatalf("edit %s: nobody there", ref)
	}
	after := before.Clone()
	f(&after)
	Change(t, s, func(tx offboard.Tx) error {
		return tx.Save(t.Context(), []offboard.Change{{Before: *before, After: after}})
	})
	return Load(t, s, string(before.ID))[0]
}

// Delete moves somebody to Deleted users at a moment.
func Delete(t testing.TB, s *store.Store, ref string, at time.Time) *org.Person {
	t.Helper()
	return Edit(t, s, ref, func(p *org.Person) { *p = org.Depart(*p, org.DeleteSteps(), at) })
}

// Group makes a group with members and owners.
func Group(t testing.TB, s *store.Store, g org.Group, members, owners []*org.Person) *org.Group {
	t.Helper()
	Change(t, s, func(tx offboard.Tx) error {
		if err := tx.SaveGroup(t.Context(), &g); err != nil {
			return err
		}
		if err := tx.ChangeMembers(t.Context(), &g, false, members, nil); err != nil {
			return err
		}
		return tx.ChangeMembers(t.Context(), &g, true, owners, nil)
	})
	return &g
}
