// Package catalog knows the products of Microsoft 365 that organizations have:
// their SKUs, part numbers, service plans, usual prices, and the names that an
// export of users calls them by. What is not in it can still be a product: an
// import makes one of its own for a name that nobody here knows.
package catalog

import (
	"slices"
	"strings"

	"leaver/internal/org"
)

// Offer is a product with the price of one seat.
type Offer struct {
	Product org.Product
	Price   org.Money // of one seat
	Per     string    // month or year
	Names   []string  // other names that the product has, or had
}

// Offers lists every product that is known.
func Offers() []Offer {
	return []Offer{
		offer(E3, "ENTERPRISEPACK", "Office 365 E3", 2180, enterprise(), "Office 365 Enterprise E3"),
		offer(E5, "ENTERPRISEPREMIUM", "Office 365 E5", 3730, enterprise(powerBI), "Office 365 Enterprise E5"),
		offer(M365E3, "SPE_E3", "Microsoft 365 E3", 3670, enterprise(), "Microsoft 365 Enterprise E3"),
		offer(M365E5, "SPE_E5", "Microsoft 365 E5", 5570, enterprise(powerBI), "Microsoft 365 Enterprise E5"),
		offer(A3Faculty, "M365EDU_A3_FACULTY", "Microsoft 365 A3 for faculty", 590, education(), "Microsoft 365 A3 for Faculty (education)"),
		offer(A3Student, "M365EDU_A3_STUDENT", "Microsoft 365 A3 for students", 250, education(), "Microsoft 365 A3 for Students (education)"),
		offer(A1Faculty, "STANDARDWOFFPACK_FACULTY", "Office 365 A1 for faculty", 0,
			[]org.ServicePlan{exchange1, sharePoint1Education, officeOnline, teams}, "Office 365 Education for faculty", "Microsoft 365 A1 for faculty"),
		offer(BusinessPremium, "SPB", "Microsoft 365 Business Premium", 2060, business(), "Microsoft 365 Business"),
		offer(BusinessStandard, "O365_BUSINESS_PREMIUM", "Microsoft 365 Business Standard", 1170, business(), "Office 365 Business Premium"),
		offer(Exchange1, "EXCHANGESTANDARD", "Exchange Online (Plan 1)", 370, []org.ServicePlan{exchange1}, "Exchange Online Plan 1"),
		offer(Exchange2, "EXCHANGEENTERPRISE", "Exchange Online (Plan 2)", 750, []org.ServicePlan{exchange2}, "Exchange Online Plan 2"),
		offer(Visio2, "VISIOCLIENT", "Visio Plan 2", 1400, []org.ServicePlan{visio, oneDriveBasic}, "Visio Online Plan 2", "Visio Pro for Office 365"),
		offer(PowerBIPro, "POWER_BI_PRO", "Power BI Pro", 1310, []org.ServicePlan{powerBI}, "Microsoft Power BI Pro"),
	}
}

func offer(sku org.SkuID, part, name string, cents int64, plans []org.ServicePlan, names ...string) Offer {
	return Offer{
		Product: org.Product{Sku: sku, PartNumber: part, DisplayName: name, Plans: plans},
		Price:   org.Money{Minor: cents, Currency: "EUR"}, Per: "month", Names: names,
	}
}

// Find gives the product that a name stands for: its display name, now or
// formerly, its part number, or its SKU, in any case.
func Find(name string) (Offer, bool) {
	all := Offers()
	i := slices.IndexFunc(all, func(o Offer) bool { return o.named(strings.TrimSpace(name)) })
	if i < 0 {
		return Offer{}, false
	}
	return all[i], true
}

func (o *Offer) named(name string) bool {
	p := &o.Product
	return strings.EqualFold(p.DisplayName, name) || strings.EqualFold(p.PartNumber, name) || strings.EqualFold(string(p.Sku), name) ||
		slices.ContainsFunc(o.Names, func(n string) bool { return strings.EqualFold(n, name) })
}
