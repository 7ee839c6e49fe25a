package practice

import (
	"context"
	"fmt"
	"strings"

	"leaver/internal/catalog"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// firstGenerated is the number of the first generated person. Numbers below it
// are for the cast, so that a new character moves nobody's id.
const firstGenerated = 1000

// detailed is how many generated people have messages, files and the other
// things that a page shows: those of a normal start.
const detailed = Users - 27

// portion is how many people one transaction takes.
const portion = 2000

// leaders is how many of the first generated people lead the others.
const leaders = 10

// person starts somebody with what everybody has.
func (m *maker) person(n int, given, surname, local, language string) offboard.Newcomer {
	created := m.ago(200 + draw(drawDate, n, 3000))
	return offboard.Newcomer{
		Person: org.Person{User: org.User{
			ID: userID(n), UPN: address(local), DisplayName: given + " " + surname, GivenName: given, Surname: surname, MailNickname: local,
			CompanyName: Name, UsageLocation: "NL", PreferredLanguage: language, UserType: "Member", AccountEnabled: true, Created: created,
			SessionsValidFrom: created, PasswordHash: m.deps.PasswordHash, EmployeeID: fmt.Sprintf("L%06d", n),
		}},
		MailboxID: id(ofMailbox, n),
	}
}

// address gives a person a desk, a telephone and the address of the school.
func settle(p *org.Person, n int) {
	p.StreetAddress, p.City, p.PostalCode, p.State, p.Country = "Lindelaan 12", "Amersfoort", "3811 AB", "Utrecht", "Nederland"
	p.OfficeLocation = fmt.Sprintf("%c%d.%02d", 'A'+n%3, n%4, 1+n%27)
	p.BusinessPhones = []string{fmt.Sprintf("+31 33 555 %04d", 1000+n)}
}

// sizes gives a mailbox a size like those that are found, most of them small.
func sizes(c *offboard.Newcomer, n int) {
	p := &c.Person
	if p.Mailbox != nil && p.Mailbox.Size == 0 {
		most := []int{300, 900, 2500, 9000, 28000}[draw(drawSize, 3*n, 5)]
		p.Mailbox.Size = org.Bytes(20+draw(drawSize, 3*n+1, most)) << 20
		p.Mailbox.Size += org.Bytes(draw(drawSize, 3*n+2, 1<<20))
	}
	if p.Drive != nil {
		p.Drive.ID = org.DriveID(id(ofDrive, n))
	}
}

// alwaysThere writes the cast, except who takes over the name of another.
func (m *maker) alwaysThere(ctx context.Context) error {
	var all []offboard.Newcomer
	owners := m.caretakers()
	for i, c := range m.cast {
		if c.joined > 0 {
			continue
		}
		p := m.character(i, &c)
		p.Owner = append(p.Owner, owners[c.local]...)
		all = append(all, p)
		if !c.leaves() {
			m.done++
		}
	}
	return m.seed(ctx, all)
}

// character makes one of the cast, as they were before those who left left.
func (m *maker) character(n int, c *character) offboard.Newcomer {
	language := c.language
	if language == "" {
		language = "nl"
	}
	out := m.person(n, c.given, c.surname, c.local, language)
	p := &out.Person
	if c.joined > 0 {
		p.Created, p.SessionsValidFrom = m.ago(c.joined), m.ago(c.joined)
	}
	p.JobTitle, p.Department, p.Roles = c.title, c.department, c.roles
	if c.manager != "" {
		p.ManagerID = userID(m.ids[c.manager])
	}
	for i := range c.roles {
		out.RoleIDs = append(out.RoleIDs, id(ofRole, 8*n+i))
	}
	settle(p, n)
	for _, sku := range c.skus {
		m.license(p, direct(p, sku))
	}
	if c.change != nil {
		c.change(m, &out)
	}
	sizes(&out, n)
	m.content(&out, n, m.ago(c.left))
	return out
}

// generate writes the next portion of generated people.
func (m *maker) generate(ctx context.Context) error {
	people := make([]offboard.Newcomer, min(portion, m.total-m.done))
	for i := range people {
		people[i] = m.generated(m.next + i)
	}
	if err := m.seed(ctx, people); err != nil {
		return err
	}
	m.next += len(people)
	m.done += len(people)
	return nil
}

// generated makes the kth generated person.
func (m *maker) generated(k int) offboard.Newcomer {
	n := firstGenerated + k
	given, surname, local := m.names.pick(k)
	language := "nl"
	if draw(drawContent, n, 6) == 0 {
		language = "en"
	}
	c := m.person(n, given, surname, local, language)
	if k < detailed {
		m.colleague(&c, k, n)
		m.content(&c, n, m.now)
	} else {
		m.crowd(&c, k, n)
	}
	return c
}

// colleague makes a generated person one of those of a normal start. Of twenty
// in a row eleven are teachers with a licence by their group, and the others
// have licences of every kind, or none.
func (m *maker) colleague(c *offboard.Newcomer, k, n int) {
	p := &c.Person
	settle(p, n)
	c.Member = []org.GroupID{groupID(staff)}
	switch turn := k % 20; {
	case turn < 11:
		section := draw(drawContent, 2*n, sections)
		p.JobTitle, p.Department = "Docent "+strings.TrimPrefix(m.sections[section], "Sectie "), []string{"Onderbouw", "Bovenbouw"}[k%2]
		c.Member = append(c.Member, groupID(teachers), groupID(firstSection+section))
		for _, class := range []int{draw(drawContent, 2*n+1, classes/4), classes/4 + draw(drawContent, 3*n, classes/4)} {
			c.Member = append(c.Member, groupID(firstClass+class))
		}
		m.license(p, org.License{Sku: catalog.A3Faculty, Group: groupID(teachers), Assigned: p.Created})
	case turn < 14:
		p.JobTitle, p.Department = office(k)
		m.license(p, direct(p, catalog.E3))
	case turn == 14:
		p.JobTitle, p.Department = "Medewerker facilitaire dienst", "Facilitair"
		m.license(p, direct(p, catalog.BusinessPremium))
	case turn == 15 && k < 160:
		p.JobTitle, p.Department = "Surveillant", "Leerlingzaken"
		m.license(p, direct(p, catalog.Exchange1))
	case turn == 16:
		p.JobTitle, p.Department = "Onderwijsassistent", "Bovenbouw"
		m.license(p, direct(p, catalog.A3Faculty))
	default:
		p.JobTitle, p.Department = []string{"Stagiair", "Vrijwilliger", "Gastdocent", "Overblijfkracht"}[k%4], "Leerlingzaken"
	}
	if k < leaders {
		p.JobTitle, p.ManagerID = "Teamleider en "+strings.ToLower(p.JobTitle[:1])+p.JobTitle[1:], userID(m.ids["reader"])
		c.Member = append(c.Member, groupID(board))
	} else {
		p.ManagerID = userID(firstGenerated + k%leaders)
	}
	if p.Mailbox != nil && k%10 == 3 {
		alias(c, fmt.Sprintf("p%05d", 10000+k)) // the code of the staff administration
	}
	sizes(c, n)
}

// office gives a title and a department outside the classroom.
func office(k int) (title, department string) {
	all := [][2]string{
		{"Medewerker personeelszaken", "Personeelszaken"},
		{"Salarisadministrateur", "Personeelszaken"},
		{"Financieel medewerker", "Financiën"},
		{"Examensecretaris", "Onderwijsbureau"},
		{"Leerlingadministratie", "Onderwijsbureau"},
		{"Systeembeheerder", "ICT"},
		{"Zorgcoördinator", "Leerlingzaken"},
		{"Exchange coordinator", "International Department"},
		{"Redacteur", "Voorlichting"},
	}
	x := all[k%len(all)]
	return x[0], x[1]
}

// crowd makes somebody who is there because many people were asked for: with a
// licence, a mailbox and a drive, and little that takes room.
func (m *maker) crowd(c *offboard.Newcomer, k, n int) {
	p := &c.Person
	p.JobTitle, p.Department = "Docent", fmt.Sprintf("Locatie %d", 1+k%places)
	c.Member = []org.GroupID{groupID(firstPlace + k%places)}
	lead := detailed + (k-detailed)/12*12 // the first of every twelve leads the others
	p.ManagerID = userID(firstGenerated + lead)
	if k == lead {
		p.JobTitle, p.ManagerID = "Teamleider", userID(m.ids["reader"])
	}
	m.license(p, direct(p, catalog.A1Faculty))
	sizes(c, n)
}
