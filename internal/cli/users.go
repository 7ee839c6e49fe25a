package cli

import (
	"context"
	"strings"

	"leaver/internal/graphclient"
)

type userList struct {
	Search string `placeholder:"TEXT"`
	Filter string `placeholder:"ODATA"`
	Limit  int    `placeholder:"N"`
}

// Run lists people.
func (c *userList) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	top := 999
	if c.Limit > 0 {
		top = min(top, c.Limit)
	}
	all := l.Users(ctx, graphclient.UserQuery{Search: c.Search, Filter: c.Filter, Top: top})
	if s.JSON {
		return jsonList(s, all, c.Limit)
	}
	products := map[string]string{}
	for sku, err := range l.Skus(ctx) {
		if err != nil {
			return err
		}
		products[sku.V.SkuID] = sku.V.SkuPartNumber
	}
	t := s.table(s.text("cli.column.user"), s.text("cli.column.name"), s.text("cli.column.department"), s.text("cli.column.signIn"),
		s.text("cli.column.licenses")).dispensable(2, 4)
	n, err := each(all, c.Limit, func(u graphclient.User) {
		var held []string
		for _, license := range u.AssignedLicenses {
			held = append(held, firstOf(products[license.SkuID], license.SkuID))
		}
		t.row(u.UserPrincipalName, u.DisplayName, u.Department, s.signIn(u.AccountEnabled), strings.Join(held, ", "))
	})
	t.end()
	if err == nil && n == 0 {
		s.tell("cli.user.none")
	}
	return err
}

// signIn says whether somebody can sign in.
func (s *session) signIn(enabled *bool) string {
	if enabled != nil && !*enabled {
		return s.text("cli.signIn.blocked")
	}
	return s.text("cli.signIn.allowed")
}

type userShow struct {
	User string `arg:"" name:"user"`
}

// Run shows somebody with everything that belongs to them.
func (c *userShow) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	person, err := l.Person(ctx, c.User)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.json(person)
	}
	s.showPerson(&person.V)
	return nil
}

func (s *session) showPerson(p *graphclient.Person) {
	s.printf("%s\n", s.ink.draw(s.ink.strong, s.nameOf(p.DisplayName, p.UserPrincipalName)))
	s.field(s.text("cli.column.id"), p.ID)
	s.field(s.text("cli.column.signIn"), s.signIn(p.AccountEnabled))
	s.field(s.text("cli.label.job"), joined(", ", p.JobTitle, p.Department, p.CompanyName))
	s.field(s.text("cli.label.language"), p.PreferredLanguage)
	s.field(s.text("cli.label.usageLocation"), p.UsageLocation)
	if p.Synced != nil && *p.Synced {
		s.field(s.text("cli.label.synced"), s.yesNo(true))
	}
	if p.Manager != nil {
		s.field(s.text("cli.label.manager"), p.Manager.Label())
	}
	s.field(s.text("cli.label.reports"), names(p.Reports))
	s.field(s.text("cli.label.roles"), names(p.Roles))
	s.field(s.text("cli.column.created"), s.date(p.Created))
	s.field(s.text("cli.column.deleted"), s.date(p.Deleted))
	var products, groups []string
	for _, l := range p.Licenses {
		name := firstOf(l.DisplayName, l.SkuPartNumber, l.SkuID)
		if l.AssignedByGroup != "" {
			name = s.text("cli.user.throughGroup", "product", name)
		}
		products = append(products, name)
	}
	s.field(s.text("cli.column.licenses"), strings.Join(products, ", "))
	for _, g := range p.Groups {
		name := g.Label()
		if g.Owner {
			name = s.text("cli.user.owner", "group", name)
		}
		groups = append(groups, name)
	}
	s.field(s.text("cli.label.groups"), strings.Join(groups, ", "))
	if p.Mailbox != nil {
		s.title(s.text("cli.title.mailbox"))
		if len(p.Mailbox.Aliases) == 0 {
			p.Mailbox.Aliases = otherAddresses(p)
		}
		s.showMailbox(p.Mailbox)
	}
	if p.Drive != nil {
		s.title(s.text("cli.title.drive"))
		s.showDrive(p.Drive)
	}
	s.showClocks(p.Clocks)
	withheld := p.Withheld
	if p.Mailbox != nil {
		withheld = append(withheld, p.Mailbox.Withheld...)
	}
	if p.Drive != nil {
		withheld = append(withheld, p.Drive.Withheld...)
	}
	s.showWithheld(withheld)
}

// otherAddresses are the addresses of somebody besides the primary one.
func otherAddresses(p *graphclient.Person) []string {
	var others []string
	for _, a := range p.Addresses {
		if !a.Primary {
			others = append(others, a.Value)
		}
	}
	return others
}

// showClocks writes the dates on which something becomes irreversible.
func (s *session) showClocks(c graphclient.Clocks) {
	if c == (graphclient.Clocks{}) {
		return
	}
	s.title(s.text("cli.title.clocks"))
	s.field(s.text("clock.user"), s.date(c.User))
	s.field(s.text("clock.mailbox"), s.date(c.Mailbox))
	s.field(s.text("clock.drive"), s.date(c.Drive))
	s.field(s.text("clock.driveGone"), s.date(c.DriveGone))
}

func names(all []graphclient.Named) string {
	labels := make([]string, len(all))
	for i, n := range all {
		labels[i] = n.Label()
	}
	return strings.Join(labels, ", ")
}

// joined joins what isn't empty.
func joined(separator string, parts ...string) string {
	var some []string
	for _, p := range parts {
		if p != "" {
			some = append(some, p)
		}
	}
	return strings.Join(some, separator)
}

type userAdd struct {
	User          string   `arg:"" name:"user"`
	DisplayName   string   `placeholder:"TEXT"`
	GivenName     string   `placeholder:"TEXT"`
	Surname       string   `placeholder:"TEXT"`
	JobTitle      string   `placeholder:"TEXT"`
	Department    string   `placeholder:"TEXT"`
	UsageLocation string   `placeholder:"NL"`
	Language      string   `placeholder:"nl-NL"`
	Licence       []string `name:"licence" aliases:"license" placeholder:"SKU"`
	BuySeats      bool
	PasswordFile  string `placeholder:"FILE"`
}

// Run adds somebody.
func (c *userAdd) Run(ctx context.Context, s *session) error {
	person := graphclient.NewPerson{
		Fields:   map[string]any{"userPrincipalName": c.User, "displayName": firstOf(c.DisplayName, joined(" ", c.GivenName, c.Surname))},
		Licenses: c.Licence, BuySeats: c.BuySeats, GeneratePassword: c.PasswordFile == "",
	}
	for name, value := range map[string]string{
		"givenName": c.GivenName, "surname": c.Surname, "jobTitle": c.JobTitle, "department": c.Department,
		"usageLocation": c.UsageLocation, "preferredLanguage": c.Language,
	} {
		if value != "" {
			person.Fields[name] = value
		}
	}
	if person.Fields["displayName"] == "" {
		person.Fields["displayName"], _, _ = strings.Cut(c.User, "@")
	}
	if c.PasswordFile != "" {
		var err error
		if person.Password, err = s.password(c.PasswordFile, ""); err != nil {
			return err
		}
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	added, err := l.AddPerson(ctx, person)
	if err != nil {
		return err
	}
	if s.JSON {
		return s.json(added)
	}
	who := added.V.User
	s.printf("%s\n", s.text("cli.user.added", "user", s.nameOf(who.DisplayName, firstOf(who.UserPrincipalName, c.User))))
	for _, b := range added.V.Bought {
		s.printf("%s\n", s.text("cli.user.bought", "product", b.Product, "total", b.TotalLicenses))
	}
	s.showPassword(added.V.Password)
	return nil
}
