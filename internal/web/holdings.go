package web

import (
	"net/http"
	"slices"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// holding is one product on the page of somebody's licences.
type holding struct {
	Sku          org.SkuID
	Name         string
	Free         int
	Direct       bool     // held directly
	Groups       []string // names of the groups that give it
	Failed       string   // why a group could not give it
	Ticked       bool
	Off          *org.Refusal // why it can't be given, or taken away
	Apps         []app
	Subscription org.SubscriptionID
}

// app is a service that comes with a product.
type app struct {
	ID, Name string
	On       bool
}

// holdings is the page of somebody's licences.
type holdings struct {
	P        *org.Person
	All      []holding
	Off      *org.Refusal // why the reader can't change any
	Location string       // typed, where there was none
	Lost     []string     // what taking them away begins, to be confirmed
}

func licensesPage(v *visit) error { return v.licenses(nil, nil, http.StatusOK) }

// licensesForm is what was ticked.
type licensesForm struct {
	Want, Had []string
	Apps      []string // product/plan of those that are on
	Location  string
}

// licenses shows the page; typed is what was ticked, nil at first. R-LIC-02
func (v *visit) licenses(typed *licensesForm, lost []string, status int) error {
	p, err := v.subject()
	if err != nil {
		return err
	}
	v.done("licenses")
	d := holdings{P: p, Off: org.May(v.Actor, org.AssignLicense), Lost: lost}
	detail, err := v.srv.Store.Detail(v.ctx(), p.ID)
	if err != nil {
		return err
	}
	names := map[string]string{}
	if detail != nil {
		for _, g := range detail.Groups {
			names[g.ID] = nameOf(g.Ref)
		}
	}
	if typed != nil {
		d.Location = typed.Location
	}
	for i := range v.Org.Products {
		product := &v.Org.Products[i]
		sub := slices.IndexFunc(v.Org.Subscriptions, func(s org.Subscription) bool { return s.Sku == product.Sku })
		if held := slices.ContainsFunc(p.Licenses, func(l org.License) bool { return l.Sku == product.Sku }); product.Company || sub < 0 && !held {
			continue
		}
		h := v.holding(p, product, names)
		if sub >= 0 && v.Org.Subscriptions[sub].SeenBy(v.Actor) == nil {
			h.Subscription = v.Org.Subscriptions[sub].ID
		}
		if typed != nil {
			h.retick(typed)
		}
		d.All = append(d.All, h)
	}
	slices.SortStableFunc(d.All, func(a, b holding) int { return rank(&a) - rank(&b) })
	v.show(status, licensesView(v, d))
	return nil
}

// rank puts what somebody holds first, and what can't be given last.
func rank(h *holding) int {
	switch {
	case h.Direct || len(h.Groups) > 0:
		return 0
	case h.Off == nil:
		return 1
	}
	return 2
}

// holding says where somebody stands with a product, and asks the rules what may
// be done about it. R-SM-11
func (v *visit) holding(p *org.Person, product *org.Product, groups map[string]string) holding {
	h := holding{Sku: product.Sku, Name: product.DisplayName, Free: max(0, v.Org.FreeSeats(product.Sku))}
	var disabled []string
	for _, l := range p.Licenses {
		switch {
		case l.Sku != product.Sku:
		case l.Group == "":
			h.Direct, disabled = true, l.DisabledPlans
		default:
			h.Groups = append(h.Groups, orText(groups[string(l.Group)], string(l.Group)))
			if r := v.Org.Failure(p, l); r != nil {
				h.Failed = v.Refusal(r)
			}
		}
	}
	h.Ticked = h.Direct
	h.Apps = appsOf(product, disabled)
	trial := p.Clone()
	if trial.UsageLocation == "" {
		trial.UsageLocation = v.Org.UsageLocation // asked for on the same page
	}
	var err error
	if h.Direct {
		_, err = v.Org.Assign(trial, nil, []org.SkuID{h.Sku}, v.Now)
	} else {
		_, err = v.Org.Assign(trial, []org.LicenseRequest{{Sku: h.Sku}}, nil, v.Now)
	}
	h.Off = org.RefusalOf(err)
	if h.Off != nil && (h.Off.Reason == "license.exclusive" || h.Off.Reason == "license.depends") {
		h.Off = nil // turning an app off, or another product, may make it possible
	}
	return h
}

// appsOf are the services of a product, on but for those disabled.
func appsOf(product *org.Product, disabled []string) []app {
	var all []app
	for _, plan := range product.Plans {
		if !plan.Company {
			all = append(all, app{plan.ID, appName(plan.Name), !has(disabled, plan.ID)})
		}
	}
	return all
}

// retick puts the ticks as they were sent.
func (h *holding) retick(f *licensesForm) {
	h.Ticked = has(f.Want, string(h.Sku))
	for i := range h.Apps {
		if h.Ticked {
			h.Apps[i].On = has(f.Apps, string(h.Sku)+"/"+h.Apps[i].ID)
		}
	}
}

// saveLicenses gives and takes what was ticked otherwise than it was shown: all
// of it or nothing. R-API-41 R-LIC-08 R-LIC-13
func saveLicenses(v *visit) error {
	p, err := v.subject()
	if err != nil {
		return err
	}
	f := &licensesForm{Want: v.r.PostForm["license"], Had: v.r.PostForm["had"], Apps: v.r.PostForm["app"], Location: v.form("location")}
	again := func(status int) error { return v.licenses(f, nil, status) }
	if err := v.unmoved(p.Licenses); err != nil {
		return v.settle(err, "", "", func(status int) error { return v.licenses(nil, nil, status) })
	}
	c := f.asks(v.Org.Products, slices.DeleteFunc(slices.Clone(p.Licenses), func(l org.License) bool { return l.Group != "" }))
	if p.UsageLocation == "" && len(c.Add) > 0 {
		c.Location = strings.ToUpper(f.Location) // R-LIC-13
	}
	if lost := v.losses(p, c); len(lost) > 0 && v.form("sure") != "yes" {
		return v.licenses(f, lost, http.StatusUnprocessableEntity)
	}
	_, err = v.srv.Desk.ChangeLicenses(v.ctx(), v.Actor, string(p.ID), c)
	return v.settle(err, "/users/"+string(p.ID)+"/licenses", "licenses", again)
}

// asks is what a form wants changed: products ticked and unticked, and apps of
// those held that are on or off otherwise.
func (f *licensesForm) asks(products org.Products, held []org.License) offboard.LicenseChange {
	var c offboard.LicenseChange
	for _, product := range products {
		sku := string(product.Sku)
		wants, had := has(f.Want, sku), has(f.Had, sku)
		if had && !wants {
			c.Remove = append(c.Remove, product.Sku)
		}
		if !wants {
			continue
		}
		var off []string
		for _, plan := range product.Plans {
			if !plan.Company && !has(f.Apps, sku+"/"+plan.ID) {
				off = append(off, plan.ID)
			}
		}
		i := slices.IndexFunc(held, func(l org.License) bool { return l.Sku == product.Sku })
		if had && i >= 0 && sameSet(held[i].DisabledPlans, off) {
			continue
		}
		c.Add = append(c.Add, org.LicenseRequest{Sku: product.Sku, DisabledPlans: off})
	}
	return c
}

func sameSet(a, b []string) bool {
	return len(a) == len(b) && !slices.ContainsFunc(a, func(s string) bool { return !has(b, s) })
}

// losses says what of somebody would begin to run out. R-LIC-08 R-OD-20
func (v *visit) losses(p *org.Person, c offboard.LicenseChange) []string {
	trial := p.Clone()
	trial.UsageLocation = orText(trial.UsageLocation, c.Location)
	after, err := v.Org.Assign(trial, c.Add, c.Remove, v.Now)
	if err != nil {
		return nil // refused by the desk, with the reason
	}
	return v.lostBetween(p, &after)
}

// lostBetween says which clocks of somebody begin to run with a change.
func (v *visit) lostBetween(p, after *org.Person) []string {
	var lost []string
	before, then := org.ClocksOf(p, v.Org.Settings, v.Now), org.ClocksOf(after, v.Org.Settings, v.Now)
	if before.Mailbox.IsZero() && !then.Mailbox.IsZero() {
		lost = append(lost, v.T("web.licenses.mailGoes", "date", then.Mailbox))
	}
	if before.DriveReadOnly.IsZero() && !then.DriveReadOnly.IsZero() {
		lost = append(lost, v.T("web.licenses.driveCloses", "date", then.DriveReadOnly))
	}
	return lost
}

// appNames are what services are called, which is the same in every language.
var appNames = map[string]string{
	"EXCHANGE_S_STANDARD": "Exchange Online (Plan 1)", "EXCHANGE_S_ENTERPRISE": "Exchange Online (Plan 2)", "SHAREPOINTSTANDARD": "SharePoint (Plan 1)",
	"SHAREPOINTSTANDARD_EDU": "SharePoint (Plan 1) for EDU", "SHAREPOINTENTERPRISE": "SharePoint (Plan 2)", "SHAREPOINTENTERPRISE_EDU": "SharePoint (Plan 2) for EDU",
	"ONEDRIVE_BASIC": "OneDrive (Basic)", "TEAMS1": "Microsoft Teams", "OFFICESUBSCRIPTION": "Microsoft 365 Apps for enterprise",
	"OFFICE_BUSINESS": "Microsoft 365 Apps for business", "VISIO_CLIENT_SUBSCRIPTION": "Visio Desktop App", "BI_AZURE_P2": "Power BI Pro",
	"SHAREPOINTWAC": "Office for the web",
}

// appName is what a service is called.
func appName(plan string) string { return orText(appNames[plan], plan) }

// running is how many services of a product are on.
func (h *holding) running() int {
	n := 0
	for _, a := range h.Apps {
		if a.On {
			n++
		}
	}
	return n
}
