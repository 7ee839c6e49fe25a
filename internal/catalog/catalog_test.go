package catalog_test

import (
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"leaver/internal/catalog"
	"leaver/internal/org"
)

func TestFind(t *testing.T) {
	for name, want := range map[string]string{
		"Office 365 E3":                          "ENTERPRISEPACK",
		" microsoft 365 a3 FOR faculty ":         "M365EDU_A3_FACULTY",
		"EnterprisePack":                         "ENTERPRISEPACK",
		"CBDC14AB-D96C-4C30-B9F4-6ADA7CDC1D46":   "SPB",
		"Exchange Online (Plan 1)":               "EXCHANGESTANDARD",
		"Exchange Online Plan 1":                 "EXCHANGESTANDARD",
		"Office 365 Business Premium":            "O365_BUSINESS_PREMIUM", // what it was called once
		"Microsoft 365 Business Premium":         "SPB",
		"Office 365 A1 for faculty":              "STANDARDWOFFPACK_FACULTY",
		"Something that nobody has ever sold me": "",
		"":                                       "",
	} {
		got, ok := catalog.Find(name)
		if got.Product.PartNumber != want || ok != (want != "") {
			t.Errorf("%q is %q, want %q", name, got.Product.PartNumber, want)
		}
	}
}

// TestNamesAreUnambiguous: an export names a product by its display name alone.
func TestNamesAreUnambiguous(t *testing.T) {
	guid := regexp.MustCompile(`^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$`)
	owner, plans := map[string]string{}, map[string]string{}
	for _, o := range catalog.Offers() {
		p := o.Product
		for _, name := range slices.Concat([]string{p.DisplayName, p.PartNumber, string(p.Sku)}, o.Names) {
			if other := owner[strings.ToLower(name)]; other != "" {
				t.Errorf("%q is %s and %s", name, other, p.PartNumber)
			}
			owner[strings.ToLower(name)] = p.PartNumber
		}
		if !guid.MatchString(string(p.Sku)) || o.Price.Currency != "EUR" || o.Per != "month" || o.Price.Minor < 0 {
			t.Errorf("%s: SKU %s at %v per %s", p.PartNumber, p.Sku, o.Price, o.Per)
		}
		for _, plan := range p.Plans {
			if name, known := plans[plan.ID]; !guid.MatchString(plan.ID) || known && name != plan.Name {
				t.Errorf("%s: plan %s of %s is %s as well", plan.Name, plan.ID, p.PartNumber, name)
			}
			plans[plan.ID] = plan.Name
		}
	}
}

// TestEveryProductCanBeAssigned gives each product to somebody who has none, as
// the rules give it: its plans must not exclude each other or lack another.
func TestEveryProductCanBeAssigned(t *testing.T) {
	now := time.Date(2026, 3, 1, 0, 0, 0, 0, time.UTC)
	o := org.Organization{}
	for _, x := range catalog.Offers() {
		o.Products = append(o.Products, x.Product)
		o.Subscriptions = append(o.Subscriptions, org.Subscription{Sku: x.Product.Sku, Status: "Enabled", Total: 1})
	}
	services := map[string]string{ // mailbox, drive
		"ENTERPRISEPACK": "md", "ENTERPRISEPREMIUM": "md", "SPE_E3": "md", "SPE_E5": "md", "M365EDU_A3_FACULTY": "md", "M365EDU_A3_STUDENT": "md",
		"STANDARDWOFFPACK_FACULTY": "md", "SPB": "md", "O365_BUSINESS_PREMIUM": "md", "EXCHANGESTANDARD": "m", "EXCHANGEENTERPRISE": "m",
		"VISIOCLIENT": "d", "POWER_BI_PRO": "",
	}
	for _, x := range o.Products {
		p := org.Person{User: org.User{UPN: "anna@lindeboom.example", UsageLocation: "NL"}}
		after, err := o.Assign(p, []org.LicenseRequest{{Sku: x.Sku}}, nil, now)
		if err != nil {
			t.Errorf("R-LIC-16 %s: %v", x.PartNumber, err)
			continue
		}
		got := ""
		if after.Mailbox != nil {
			got += "m"
		}
		if after.Drive != nil {
			got += "d"
		}
		if want, known := services[x.PartNumber]; !known || got != want {
			t.Errorf("R-LIC-11 %s provides %q, want %q", x.PartNumber, got, want)
		}
	}
	_, err := o.Assign(org.Person{User: org.User{UsageLocation: "NL"}}, []org.LicenseRequest{{Sku: catalog.E3}, {Sku: catalog.Exchange1}}, nil, now)
	if r := org.RefusalOf(err); r == nil || r.Reason != "license.exclusive" {
		t.Errorf("R-LIC-16 two mailboxes for one person: %v", err)
	}
}
