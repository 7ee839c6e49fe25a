package practice

import (
	"slices"

	"leaver/internal/catalog"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// A character is somebody who is always there.
type character struct {
	local, given, surname string // local is what stands before the @
	title, department     string
	manager               string // by local
	language              string // nl when empty
	skus                  []org.SkuID
	roles                 []org.RoleID
	left                  int // deleted so many days ago
	// joined is how many days ago a second person with the name of one who left
	// came in their place.
	joined int
	// change makes what is special about the character.
	change func(m *maker, c *offboard.Newcomer)
}

// key tells characters with the same name apart.
func (c *character) key() string {
	if c.joined > 0 {
		return c.local + " again"
	}
	return c.local
}

func (c *character) leaves() bool { return c.left > 0 }

// Account is somebody who is always there and can sign in.
type Account struct {
	UPN         string
	DisplayName string
	Roles       []org.RoleID
}

// Accounts lists those who are always there: first the administrators, by role,
// then the people who each show one rule.
func Accounts() []Account {
	var all []Account
	for _, c := range cast() {
		if !c.leaves() {
			all = append(all, Account{UPN: address(c.local), DisplayName: c.given + " " + c.surname, Roles: c.roles})
		}
	}
	return all
}

// cast lists everybody who is always there. Their ids go by their place, so new
// ones come at the end.
func cast() []character {
	return append(administrators(), people()...)
}

func administrators() []character {
	plain := func(local, given, surname, title, language string, role org.RoleID) character {
		return character{
			local: local, given: given, surname: surname, title: title, department: "ICT", manager: "reader", language: language,
			skus: []org.SkuID{catalog.E3, catalog.PowerBIPro}, roles: []org.RoleID{role},
		}
	}
	all := []character{
		plain("admin", "Ingrid", "Postma", "Hoofd ICT", "", org.GlobalAdmin),
		plain("admin2", "Oliver", "Bennett", "ICT architect", "en", org.GlobalAdmin),
		plain("useradmin", "Fatima", "el Idrissi", "Functioneel beheerder", "", org.UserAdmin),
		plain("billing", "Harry", "Whitfield", "Contract manager", "en", org.BillingAdmin),
		plain("license", "Joke", "Terpstra", "Medewerker licenties", "", org.LicenseAdmin),
		plain("exchange", "Sjoerd", "Hoekstra", "Systeembeheerder", "", org.ExchangeAdmin),
		plain("sharepoint", "Sophia", "Ellington", "Systems engineer", "en", org.SharePointAdmin),
		plain("helpdesk", "Ruben", "Zijlstra", "Servicedeskmedewerker", "", org.HelpdeskAdmin),
		plain("reader", "Willemijn", "van Lindenhout", "Rector-bestuurder", "", org.GlobalReader),
	}
	for i := range all {
		switch all[i].local {
		case "exchange", "sharepoint":
			all[i].skus = append(all[i].skus, catalog.Visio2)
		case "reader":
			all[i].department, all[i].manager = "Schoolleiding", ""
		}
	}
	return all
}

// people are those who each show one rule.
func people() []character {
	e3 := []org.SkuID{catalog.E3}
	return []character{
		{local: "anna.devries", given: "Anna", surname: "de Vries", title: "Coördinator voorlichting", department: "Voorlichting", manager: "bram.jansen", skus: e3, change: anna},
		{local: "bram.jansen", given: "Bram", surname: "Jansen", title: "Teamleider bedrijfsvoering", department: "Bedrijfsvoering", manager: "reader", skus: []org.SkuID{catalog.E3, catalog.PowerBIPro}},
		{local: "carla.smit", given: "Carla", surname: "Smit", title: "Secretaresse", department: "Bedrijfsvoering", manager: "bram.jansen", skus: e3, change: carla},
		{local: "daan.visser", given: "Daan", surname: "Visser", title: "Medewerker inkoop", department: "Bedrijfsvoering", manager: "reader", change: daan},
		{local: "eva.bakker", given: "Eva", surname: "Bakker", title: "Docent scheikunde", department: "Bovenbouw", manager: "reader", skus: e3, change: eva},
		{local: "femke.mulder", given: "Femke", surname: "Mulder", title: "Controller", department: "Financiën", manager: "reader", skus: e3, change: femke},
		{local: "gijs.dekker", given: "Gijs", surname: "Dekker", title: "Docent geschiedenis", department: "Onderbouw", manager: "sara.blom", change: gijs},
		{local: "hanna.bos", given: "Hanna", surname: "Bos", title: "Roostermaker", department: "Onderwijsbureau", manager: "reader", skus: e3, change: hanna},
		{local: "ivo.peters", given: "Ivo", surname: "Peters", title: "Medewerker contracten", department: "Financiën", manager: "reader", skus: e3, roles: []org.RoleID{org.BillingAdmin}},
		{local: "jan.meijer", given: "Jan", surname: "Meijer", title: "Conciërge", department: "Facilitair", manager: "hanna.bos", skus: []org.SkuID{catalog.BusinessPremium}},
		{local: "kim.degroot", given: "Kim", surname: "de Groot", title: "Docent economie", department: "Bovenbouw", manager: "hanna.bos", skus: []org.SkuID{catalog.A3Faculty}},
		{local: "lars.vos", given: "Lars", surname: "Vos", title: "Mediathecaris", department: "Mediatheek", manager: "hanna.bos", skus: e3, change: lars},
		{local: "mila.kok", given: "Mila", surname: "Kok", title: "Stagiaire", department: "Onderbouw", manager: "sara.blom"},
		{local: "noor.hendriks", given: "Noor", surname: "Hendriks", title: "Decaan", department: "Leerlingzaken", manager: "bram.jansen", skus: e3, left: 29},
		{local: "olaf.dijk", given: "Olaf", surname: "Dijk", title: "Docent natuurkunde", department: "Bovenbouw", manager: "bram.jansen", skus: e3, left: 5},
		{local: "pien.schouten", given: "Pien", surname: "Schouten", title: "Docent Frans", department: "Bovenbouw", manager: "sara.blom", skus: e3, left: 3, change: pien},
		{local: "quinten.prins", given: "Quinten", surname: "Prins", title: "Technisch onderwijsassistent", department: "Bovenbouw", manager: "bram.jansen", skus: e3, left: 12},
		{local: "rosa.vandam", given: "Rosa", surname: "van Dam", title: "Head of the International Department", department: "International Department", language: "en", skus: e3},
		{local: "tim.wolters", given: "Tim", surname: "Wolters", title: "Servicedeskmedewerker", department: "ICT", manager: "admin2", skus: e3, roles: []org.RoleID{org.HelpdeskAdmin}},
		{local: "umar.yilmaz", given: "Umar", surname: "Yılmaz", title: "Applicatiebeheerder", department: "ICT", manager: "admin2", skus: []org.SkuID{catalog.E3, catalog.Visio2}, change: umar},
		{local: "sara.blom", given: "Sara", surname: "Blom", title: "Teamleider bovenbouw", department: "Bovenbouw", manager: "reader", skus: []org.SkuID{catalog.E3, catalog.PowerBIPro, catalog.Visio2}},
		{local: "olaf.dijk", given: "Olaf", surname: "Dijk", title: "Docent wiskunde", department: "Onderbouw", manager: "sara.blom", skus: []org.SkuID{catalog.A3Faculty}, joined: 4},
	}
}

func address(local string) string { return local + "@" + Domain }

func alias(c *offboard.Newcomer, locals ...string) {
	for _, l := range locals {
		c.Person.Addresses = append(c.Person.Addresses, org.Address{Value: address(l)})
	}
}

func anna(m *maker, c *offboard.Newcomer) {
	alias(c, "anna", "a.devries")
	c.Member = []org.GroupID{groupID(staff), groupID(communication), groupID(excursions)}
	m.annasContent(c)
}

func carla(_ *maker, c *offboard.Newcomer) {
	c.Person.Mailbox.ForwardTo, c.Person.Mailbox.KeepCopy = address("bram.jansen"), true
}

// daan left before: his mailbox is shared already.
func daan(m *maker, c *offboard.Newcomer) {
	p := &c.Person
	p.AccountEnabled, p.Mail = false, p.UPN
	p.Addresses = []org.Address{{Value: p.UPN, Primary: true}}
	p.Mailbox = &org.Mailbox{Type: org.SharedMailbox, Size: 3 * org.GB}
	p.Mailbox.Grant(userID(m.ids["bram.jansen"]), org.FullAccess)
}

func eva(_ *maker, c *offboard.Newcomer) {
	c.Person.Synced, c.Person.OnPremisesImmutableID = true, "k7Fq2mXbT0iYc1r9Zt4uEw=="
}

func femke(_ *maker, c *offboard.Newcomer) { c.Person.Mailbox.Litigation = true }

func gijs(m *maker, c *offboard.Newcomer) {
	c.Member = []org.GroupID{groupID(teachers)}
	m.license(&c.Person, org.License{Sku: catalog.A3Faculty, Group: groupID(teachers), Assigned: c.Person.Created})
}

func hanna(_ *maker, c *offboard.Newcomer) {
	c.Owner = []org.GroupID{groupID(timetable), groupID(excursions)}
	c.Member = slices.Clone(c.Owner)
}

func lars(_ *maker, c *offboard.Newcomer) { c.Person.Mailbox.Size = 62 * org.GB }

func pien(_ *maker, c *offboard.Newcomer) { alias(c, "pien") }

func umar(_ *maker, c *offboard.Newcomer) {
	for n := range classes {
		c.Member = append(c.Member, groupID(firstClass+n))
	}
}
