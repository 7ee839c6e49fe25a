package web

import (
	"net/http"
	"strings"

	"leaver/internal/org"
)

// profileField is one property of an account that a form changes.
type profileField struct {
	Name, Label, Kind, Limit string
	of                       func(*org.Person) *string
}

// profileFields are the properties that the form has, in the order shown, the
// user name, the manager and the language apart.
func profileFields() []profileField {
	return []profileField{
		{"given", "web.add.given", "text", "64", func(p *org.Person) *string { return &p.GivenName }},
		{"surname", "web.add.surname", "text", "64", func(p *org.Person) *string { return &p.Surname }},
		{"display", "web.add.display", "text", "256", func(p *org.Person) *string { return &p.DisplayName }},
		{"jobTitle", "web.person.jobTitle", "text", "128", func(p *org.Person) *string { return &p.JobTitle }},
		{"department", "web.users.department", "text", "64", func(p *org.Person) *string { return &p.Department }},
		{"company", "web.profile.company", "text", "64", func(p *org.Person) *string { return &p.CompanyName }},
		{"employee", "web.profile.employee", "text", "32", func(p *org.Person) *string { return &p.EmployeeID }},
		{"office", "web.person.office", "text", "128", func(p *org.Person) *string { return &p.OfficeLocation }},
		{"mobile", "web.person.phone", "tel", "64", func(p *org.Person) *string { return &p.MobilePhone }},
		{"business", "web.profile.business", "tel", "64", firstPhone},
		{"street", "web.profile.street", "text", "1024", func(p *org.Person) *string { return &p.StreetAddress }},
		{"postal", "web.profile.postal", "text", "40", func(p *org.Person) *string { return &p.PostalCode }},
		{"city", "web.users.column.city", "text", "128", func(p *org.Person) *string { return &p.City }},
		{"country", "web.profile.country", "text", "128", func(p *org.Person) *string { return &p.Country }},
	}
}

// firstPhone is the first of the business phones; a form has room for one, and
// leaves the others alone.
func firstPhone(p *org.Person) *string {
	if len(p.BusinessPhones) == 0 {
		p.BusinessPhones = []string{""}
	}
	return &p.BusinessPhones[0]
}

// sensitive says that only a higher role may change a property. R-ROLE-13
func (f profileField) sensitive() bool { return f.Name == "mobile" || f.Name == "business" }

// profile is the page of an account's properties.
type profile struct {
	P        *org.Person
	Values   map[string]string
	Manager  choosing
	Off      *org.Refusal // why the ordinary properties can't be changed
	Higher   *org.Refusal // why name and phones can't
	Location *org.Refusal // why the country of use can't
	Was      string
}

func profilePage(v *visit) error { return v.profile(nil, http.StatusOK) }

// profile shows the form; typed is what was sent, nil at first.
func (v *visit) profile(typed *profile, status int) error {
	p, err := v.subject()
	if err != nil {
		return err
	}
	v.done("profile")
	d := profile{P: p, Values: v.profileValues(p)}
	boss, err := v.manager(p)
	if err != nil {
		return err
	}
	if boss != nil {
		d.Manager.Text = boss.Name
	}
	d.Was = fingerprint(d.Values, d.Manager.Text)
	if typed != nil {
		d.Manager = typed.Manager
		for name, value := range typed.Values {
			d.Values[name] = value
		}
	}
	d.Off = v.gateUpdate(p, func(x *org.Person) { x.JobTitle += "x" })
	d.Higher = v.gateUpdate(p, func(x *org.Person) { x.MobilePhone += "1" })
	d.Location = v.gateUpdate(p, func(x *org.Person) {
		x.UsageLocation = "NL"
		if p.UsageLocation == "NL" {
			x.UsageLocation = "BE"
		}
	})
	v.show(status, profileView(v, d))
	return nil
}

// gateUpdate asks whether the reader may make such a change of an account.
// R-SM-11
func (v *visit) gateUpdate(p *org.Person, change func(*org.Person)) *org.Refusal {
	after := p.Clone()
	change(&after)
	return v.Org.CheckUpdate(v.Actor, p, &after)
}

// manager is who somebody's manager is, nil for nobody.
func (v *visit) manager(p *org.Person) (*org.Ref, error) {
	if p.ManagerID == "" {
		return nil, nil
	}
	m, err := v.people([]string{string(p.ManagerID)})
	if err != nil || m[string(p.ManagerID)] == nil {
		return nil, err
	}
	ref := m[string(p.ManagerID)].Ref()
	return &ref, nil
}

// profileValues are the properties of an account as the form has them.
func (v *visit) profileValues(p *org.Person) map[string]string {
	x := p.Clone()
	values := map[string]string{"location": x.UsageLocation, "language": x.PreferredLanguage}
	values["name"], values["domain"], _ = strings.Cut(x.UPN, "@")
	for _, f := range profileFields() {
		values[f.Name] = *f.of(&x)
	}
	return values
}

// saveProfile changes what the form has. Fields that the reader may not change
// are not in it. R-API-17 R-API-20
func saveProfile(v *visit) error {
	p, err := v.subject()
	if err != nil {
		return err
	}
	if off := v.gateUpdate(p, func(x *org.Person) { x.JobTitle += "x" }); off != nil && off.Kind == org.Denied && !v.May(org.SetUsageLocation) {
		return off
	}
	typed := &profile{Values: map[string]string{}}
	for name := range v.profileValues(p) {
		if v.r.PostForm.Has(name) {
			typed.Values[name] = v.form(name)
		}
	}
	if value, sent := typed.Values["location"]; sent {
		typed.Values["location"] = strings.ToUpper(value)
	}
	again := func(status int) error { return v.profile(typed, status) }
	boss, err := v.manager(p)
	if err != nil {
		return err
	}
	before := ""
	if boss != nil {
		before = boss.Name
	}
	typed.Manager.Text = before
	newBoss := p.ManagerID
	if v.r.PostForm.Has("manager") {
		if typed.Manager, err = v.chosen("manager", p.ID); err != nil {
			return err
		}
		if newBoss, err = v.bossOf(p, &typed.Manager, before); err != nil || typed.Manager.Asked {
			return v.settleAsked(err, again)
		}
	}
	_, err = v.srv.Desk.UpdateUser(v.ctx(), v.Actor, string(p.ID), func(x *org.Person) error {
		if err := v.unmoved(v.profileValues(x), before); err != nil {
			return err
		}
		if x.ManagerID != p.ManagerID {
			return errMoved
		}
		x.ManagerID = newBoss
		typed.apply(x)
		return nil
	})
	return v.settle(err, "/users/"+string(p.ID)+"/account", "profile", again)
}

// settleAsked shows a form again in which it is not clear who is meant.
func (v *visit) settleAsked(err error, again func(status int) error) error {
	if err != nil {
		return v.settle(err, "", "", again)
	}
	return again(http.StatusUnprocessableEntity)
}

// bossOf is who is meant as the manager: nobody where the field is empty.
func (v *visit) bossOf(p *org.Person, c *choosing, before string) (org.UserID, error) {
	switch {
	case c.Text == "":
		c.Asked = false
		return "", nil
	case c.Text == before:
		return p.ManagerID, nil
	case c.Asked:
		return "", nil
	}
	boss, err := v.person(c.Text)
	switch {
	case err != nil:
		return "", err
	case !boss.Active():
		return "", org.Refuse(org.NotFound, "user.notFound", "R-DEL-06", org.Arg{Name: "user", Value: c.Text})
	case boss.ID == p.ID:
		return "", org.Refuse(org.Invalid, "manager.self", "R-API-20").On("manager")
	}
	return boss.ID, nil
}

// apply puts what was typed into an account.
func (d *profile) apply(p *org.Person) {
	for _, f := range profileFields() {
		value, sent := d.Values[f.Name]
		if !sent || *f.of(p) == value {
			continue
		}
		*f.of(p) = value
	}
	if len(p.BusinessPhones) > 0 && p.BusinessPhones[0] == "" {
		p.BusinessPhones = p.BusinessPhones[1:]
	}
	if name, sent := d.Values["name"]; sent {
		p.UPN = name + "@" + d.Values["domain"]
	}
	if l, sent := d.Values["location"]; sent {
		p.UsageLocation = l
	}
	if l, sent := d.Values["language"]; sent {
		p.PreferredLanguage = l
	}
}

// withOwn is a list of choices that has the one that is chosen, too.
func withOwn(all []string, own string) []string {
	if own == "" || has(all, own) {
		return all
	}
	return append([]string{own}, all...)
}

// languageName is what a language calls itself.
func languageName(tag string) string {
	switch tag {
	case "nl-NL", "nl":
		return "Nederlands"
	case "en-US", "en":
		return "English"
	}
	return tag
}
