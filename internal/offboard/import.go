package offboard

import (
	"context"
	"slices"
	"strings"
	"time"

	"leaver/internal/org"
)

// ImportRow is one person of an import.
type ImportRow struct {
	User      org.User
	Password  string   // hashed like any other; empty: no password works
	Licenses  []string // product names, part numbers or SKU ids
	Addresses []string // as Graph spells proxyAddresses, or bare
}

// Imported says what an import did.
type Imported struct {
	Created   int      `json:"created"`
	Updated   int      `json:"updated"`
	Unchanged int      `json:"unchanged"`
	Licenses  int      `json:"licenses"`
	Products  []string `json:"products"` // taken into the organization
	Domains   []string `json:"domains"`  // likewise
}

// Import adds people, or updates those that are there, with their licences and
// addresses. Domains and products that the organization does not know are taken
// in, with as many seats as the file needs: an export of a real organization can
// be rehearsed with. Everything is checked before anything is written; run again,
// the same file changes nothing. progress may be nil. R-NE-03
func (d *Desk) Import(ctx context.Context, actor org.Actor, people []ImportRow, dry bool, progress func(done int)) (Imported, error) {
	var out Imported
	if r := org.May(actor, org.ImportPeople); r != nil {
		return out, r
	}
	hashes, err := d.hashes(people)
	if err != nil {
		return out, err
	}
	prepare := d.Store.Change
	if dry {
		prepare = d.Store.Read
	}
	if err := prepare(ctx, func(tx Tx) error {
		var err error
		out, err = d.prepare(ctx, tx, actor, people, dry)
		return err
	}); err != nil || dry {
		return out, err
	}
	done, grown := 0, Growth{Store: d.Store}
	for part := range slices.Chunk(people, 500) {
		var step Imported
		err := d.Store.Change(ctx, func(tx Tx) error {
			var err error
			step, err = d.importPart(ctx, tx, actor, part, hashes)
			return err
		})
		if err != nil {
			return out, err
		}
		out.Created += step.Created
		out.Updated += step.Updated
		out.Unchanged += step.Unchanged
		out.Licenses += step.Licenses
		if err := grown.To(ctx, done+len(part), len(people)); err != nil {
			return out, err
		}
		if done += len(part); progress != nil {
			progress(done)
		}
	}
	return out, nil
}

// hashes hashes each different password once, before any transaction.
func (d *Desk) hashes(people []ImportRow) (map[string]string, error) {
	out := map[string]string{"": org.NoPassword}
	for i := range people {
		pw := people[i].Password
		if _, ok := out[pw]; ok {
			continue
		}
		h, err := d.HashPassword(pw)
		if err != nil {
			return nil, err
		}
		out[pw] = h
	}
	return out, nil
}

// prepare checks every person and takes in domains, products and seats.
func (d *Desk) prepare(ctx context.Context, tx Tx, actor org.Actor, people []ImportRow, dry bool) (Imported, error) {
	var out Imported
	o, err := tx.Organization(ctx)
	if err != nil {
		return out, err
	}
	now, err := d.now(ctx, tx)
	if err != nil {
		return out, err
	}
	need := map[org.SkuID]int{}
	var fresh org.Products
	for i := range people {
		n := &people[i]
		if _, domain, ok := strings.Cut(n.User.UPN, "@"); ok && !o.HasDomain(domain) {
			o.Domains = append(o.Domains, strings.ToLower(domain))
			out.Domains = append(out.Domains, strings.ToLower(domain))
		}
		p := org.Person{User: n.User}
		if r := o.CheckNew(org.Actor{System: true}, &p); r != nil {
			return out, r.On(n.User.UPN)
		}
		if err := d.checkRow(n); err != nil {
			return out, err
		}
		for _, name := range n.Licenses {
			product, isNew := d.product(o, name)
			if isNew {
				o.Products = append(o.Products, product)
				fresh = append(fresh, product)
				out.Products = append(out.Products, product.DisplayName)
			}
			need[product.Sku]++
		}
	}
	if dry {
		return out, nil
	}
	if err := d.alreadyHeld(ctx, tx, o, people, need); err != nil {
		return out, err
	}
	if err := tx.SaveOrganization(ctx, o); err != nil {
		return out, err
	}
	if err := tx.SaveProducts(ctx, fresh); err != nil {
		return out, err
	}
	return out, d.seats(ctx, tx, actor, o, need, now)
}

// product finds what a licence name means: a product of the organization, one of
// the catalogue, or else a new one of that name.
func (d *Desk) product(o *org.Organization, name string) (p org.Product, isNew bool) {
	same := func(p org.Product) bool {
		return strings.EqualFold(p.DisplayName, name) || strings.EqualFold(p.PartNumber, name) || strings.EqualFold(string(p.Sku), name)
	}
	if i := slices.IndexFunc(o.Products, same); i >= 0 {
		return o.Products[i], false
	}
	if i := slices.IndexFunc(d.Catalog, same); i >= 0 {
		return d.Catalog[i], true
	}
	part := strings.ToUpper(strings.Join(strings.FieldsFunc(name, func(r rune) bool {
		return (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && (r < '0' || r > '9')
	}), "_"))
	return org.Product{
		Sku: org.SkuID(d.NewID()), PartNumber: part, DisplayName: name,
		Plans: []org.ServicePlan{{ID: d.NewID(), Name: "UNKNOWN", Provides: org.Anything}},
	}, true
}

// alreadyHeld takes off the need for seats what people of the file have already.
func (d *Desk) alreadyHeld(ctx context.Context, tx Tx, o *org.Organization, people []ImportRow, need map[org.SkuID]int) error {
	for part := range slices.Chunk(people, 1000) {
		refs := make([]string, len(part))
		for i := range part {
			refs[i] = part[i].User.UPN
		}
		there, err := tx.People(ctx, refs)
		if err != nil {
			return err
		}
		for i, p := range there {
			if p == nil {
				continue
			}
			for _, name := range part[i].Licenses {
				if product, _ := d.product(o, name); slices.Contains(p.Seats(), product.Sku) {
					need[product.Sku]--
				}
			}
		}
	}
	return nil
}

// seats buys a seat for every licence that the file names and nobody has paid for.
func (d *Desk) seats(ctx context.Context, tx Tx, actor org.Actor, o *org.Organization, need map[org.SkuID]int, now time.Time) error {
	bought, err := d.purchases(actor, o, need, now)
	if err != nil {
		return err
	}
	for i := range bought {
		s := &bought[i]
		if err := tx.SaveSubscription(ctx, *s, now); err != nil {
			return err
		}
		name := o.Products.Name(s.Sku)
		if err := tx.Audit(ctx, entry(actor, ActQuantity, org.Ref{ID: string(s.ID), Name: name}, now, encode(map[string]any{"after": s.Total, "import": true}))); err != nil {
			return err
		}
	}
	return nil
}

// purchases are the subscriptions as they will be when there is a seat for
// everybody: what one person could not be bought, a file does not get either.
// A product that nobody ever bought begins a subscription. R-LIC-34 R-SM-12
func (d *Desk) purchases(actor org.Actor, o *org.Organization, need map[org.SkuID]int, now time.Time) ([]org.Subscription, error) {
	var bought []org.Subscription
	for _, p := range o.Products {
		n := need[p.Sku] - max(0, o.FreeSeats(p.Sku))
		if need[p.Sku] <= 0 || n <= 0 {
			continue
		}
		if r := org.May(actor, org.SetQuantity); r != nil { // seats cost money: R-ROLE-07
			return nil, r
		}
		s, err := d.purchase(o, p.Sku, n, now)
		if err != nil {
			return nil, err
		}
		bought = append(bought, s)
	}
	return bought, nil
}

func (d *Desk) purchase(o *org.Organization, sku org.SkuID, n int, now time.Time) (org.Subscription, error) {
	var refusal error
	for i := range o.Subscriptions {
		if o.Subscriptions[i].Sku != sku {
			continue
		}
		after, err := org.ChangeQuantity(o.Subscriptions[i], o.Subscriptions[i].Total+n, org.Now, now)
		if err == nil {
			return after, nil
		}
		refusal = err
	}
	if refusal != nil {
		return org.Subscription{}, refusal
	}
	return org.Subscription{
		ID: org.SubscriptionID(d.NewID()), Sku: sku, Channel: org.Direct, Billing: org.MOSA, Commitment: org.MonthlyCommitment, TermStart: now,
		TermEnd: org.TermAfter(now, 1), LastPurchase: now, Recurring: true, Status: "Enabled", Total: n, Price: org.Money{Currency: "EUR"}, Per: "month",
	}, nil
}

func (d *Desk) importPart(ctx context.Context, tx Tx, actor org.Actor, part []ImportRow, hashes map[string]string) (Imported, error) {
	var out Imported
	o, err := tx.Organization(ctx)
	if err != nil {
		return out, err
	}
	now, err := d.now(ctx, tx)
	if err != nil {
		return out, err
	}
	refs := make([]string, len(part))
	for i := range part {
		refs[i] = part[i].User.UPN
	}
	there, err := tx.People(ctx, refs)
	if err != nil {
		return out, err
	}
	var changes []Change
	var entries []Entry
	for i := range part {
		c := d.newcomer(o, &part[i], there[i], hashes, now)
		action := ActUpdateUser
		switch {
		case there[i] == nil:
			out.Created++
			action = ActAddUser
		case org.Same(c.Before, c.After):
			out.Unchanged++
			continue
		default:
			out.Updated++
		}
		out.Licenses += len(c.After.Licenses) - len(c.Before.Licenses)
		changes = append(changes, c)
		entries = append(entries, entry(actor, action, c.After.Ref(), now, encode(map[string]any{"after": stateOfPerson(&c.After), "import": true})))
	}
	if len(changes) == 0 {
		return out, nil
	}
	w, err := brings(ctx, tx, changes)
	if err != nil {
		return out, err
	}
	for i := range changes {
		if r := ofGroup(&w, &changes[i]); r != nil {
			return out, r
		}
	}
	if err := tx.Save(ctx, changes); err != nil {
		return out, err
	}
	return out, tx.Audit(ctx, entries...)
}

// newcomer makes one row of the file a person, new or changed.
func (d *Desk) newcomer(o *org.Organization, n *ImportRow, there *org.Person, hashes map[string]string, now time.Time) Change {
	p := org.Person{User: n.User}
	c := Change{}
	if there != nil {
		c.Before = *there
		p = there.Clone()
		overlay(&p.User, &n.User)
	} else {
		p.ID = org.UserID(d.NewID())
		p.PasswordHash, p.SessionsValidFrom = hashes[n.Password], now
		if p.Created.IsZero() {
			p.Created = now
		}
		if p.UserType == "" {
			p.UserType = "Member"
		}
		if p.MailNickname == "" {
			p.MailNickname, _, _ = strings.Cut(p.UPN, "@")
			p.MailNickname = p.MailNickname[:min(len(p.MailNickname), 64)]
		}
	}
	for _, a := range n.Addresses {
		addAddress(&p, a)
	}
	for _, name := range n.Licenses {
		product, _ := d.product(o, name)
		if !slices.Contains(p.Products(), product.Sku) {
			p.Licenses = append(p.Licenses, org.License{Sku: product.Sku, Assigned: now})
		}
	}
	if p.UsageLocation == "" && len(p.Licenses) > 0 {
		p.UsageLocation = o.UsageLocation
	}
	o.Provision(&p, now)
	if p.Mailbox == nil && len(p.Addresses) > 0 && len(p.Licenses) > 0 {
		p.Mailbox = &org.Mailbox{Type: org.UserMailbox} // licensed through a product that nobody here knows
	}
	c.After = p
	return c
}

// addAddress takes an address as proxyAddresses spells it. Others than SMTP are
// left out.
func addAddress(p *org.Person, proxy string) {
	kind, address, ok := strings.Cut(proxy, ":")
	if !ok {
		kind, address = "smtp", proxy
	}
	if !strings.EqualFold(kind, "smtp") || address == "" || slices.ContainsFunc(p.Addresses, func(a org.Address) bool { return strings.EqualFold(a.Value, address) }) {
		return
	}
	isPrimary := kind == "SMTP" || len(p.Addresses) == 0 && !slices.ContainsFunc(p.Addresses, func(a org.Address) bool { return a.Primary })
	if isPrimary {
		for i := range p.Addresses {
			p.Addresses[i].Primary = false
		}
		p.Mail = address
	}
	p.Addresses = append(p.Addresses, org.Address{Value: address, Primary: isPrimary})
}

// overlay takes over what the file says; an empty cell changes nothing.
func overlay(to, from *org.User) {
	for _, f := range []struct {
		to   *string
		from string
	}{
		{&to.DisplayName, from.DisplayName},
		{&to.GivenName, from.GivenName},
		{&to.Surname, from.Surname},
		{&to.JobTitle, from.JobTitle},
		{&to.Department, from.Department},
		{&to.CompanyName, from.CompanyName},
		{&to.OfficeLocation, from.OfficeLocation},
		{&to.MobilePhone, from.MobilePhone},
		{&to.FaxNumber, from.FaxNumber},
		{&to.EmployeeID, from.EmployeeID},
		{&to.StreetAddress, from.StreetAddress},
		{&to.City, from.City},
		{&to.State, from.State},
		{&to.PostalCode, from.PostalCode},
		{&to.Country, from.Country},
		{&to.UsageLocation, from.UsageLocation},
		{&to.PreferredLanguage, from.PreferredLanguage},
	} {
		if f.from != "" {
			*f.to = f.from
		}
	}
	if len(from.BusinessPhones) > 0 {
		to.BusinessPhones = from.BusinessPhones
	}
	if len(from.OtherMails) > 0 {
		to.OtherMails = from.OtherMails
	}
}
