package practice

import (
	"fmt"

	"leaver/internal/catalog"
	"leaver/internal/org"
)

// The groups, by number.
const (
	teachers      = iota // gives its members their licence
	timetable            // hanna.bos is its only owner
	excursions           // and of this one
	staff                // everybody of a normal start who was not made for one rule
	communication        // anna.devries
	board
	firstSection // the teachers of one subject
	sections     = 14
	firstClass   = firstSection + sections // umar.yilmaz is in all of them
	classes      = 120
	firstPlace   = firstClass + classes // only when there are many people
	places       = 10
)

// groups lists every group; the place in the list is its number.
func (m *maker) groups() []org.Group {
	all := []org.Group{
		security("Docenten", "Alle docenten; geeft Microsoft 365 A3."),
		unified("Rooster", "Het rooster en zijn wijzigingen.", "rooster"),
		unified("Excursies", "Excursies en werkweken.", "excursies"),
		security("Medewerkers", "Alle medewerkers."),
		unified("Voorlichting", "Website, nieuwsbrief en open dagen.", "voorlichting"),
		unified("Schoolleiding", "Rector en teamleiders.", "schoolleiding"),
	}
	for _, s := range []string{
		"Nederlands", "Engels", "Duits", "Frans", "Geschiedenis", "Aardrijkskunde", "Wiskunde", "Natuurkunde", "Scheikunde", "Biologie",
		"Economie", "Muziek", "Tekenen", "Lichamelijke opvoeding",
	} {
		all = append(all, unified("Sectie "+s, "Docenten "+s+".", "sectie-"+slug(s)))
	}
	for n := range classes {
		name := className(n)
		all = append(all, unified(name, "", fmt.Sprintf("team-%03d", n+1)))
	}
	if m.extra > 0 {
		for n := range places {
			all = append(all, unified(fmt.Sprintf("Locatie %d", n+1), "Medewerkers van deze locatie.", fmt.Sprintf("locatie-%d", n+1)))
		}
	}
	for n := range all {
		all[n].ID, all[n].Created = groupID(n), m.ago(700-n)
	}
	all[teachers].Licenses = []org.License{{Sku: catalog.A3Faculty, Group: groupID(teachers)}}
	return all
}

// className names sixty classes and sixty projects. The last project has the
// name of the first: a name doesn't tell which group is meant.
func className(n int) string {
	years := []string{"Havo", "Atheneum", "Gymnasium"}
	if n < classes/2 {
		return fmt.Sprintf("%s %d%c", years[n/20], n%20/4+1, 'a'+n%4)
	}
	n -= classes / 2
	topics := []string{
		"Duurzaamheid", "Open dag", "Schoolkrant", "Musical", "Leerlingenraad", "Techniekdag", "Talentenavond", "Toetsbeleid", "Werkdruk", "Nieuwbouw",
		"Formatie", "Erasmus+",
	}
	if n == classes/2-1 {
		n = 0
	}
	return fmt.Sprintf("Werkgroep %s %d", topics[n%len(topics)], 2022+n/len(topics))
}

func security(name, description string) org.Group {
	return org.Group{DisplayName: name, Description: description, Security: true, MailNickname: slug(name)}
}

func unified(name, description, nickname string) org.Group {
	return org.Group{
		DisplayName: name, Description: description, Unified: true, MailEnabled: true, MailNickname: nickname, Mail: address(nickname),
	}
}

// caretakers own the groups that nobody's rule is about: two people, so that
// none of these groups is left without an owner when one of them goes.
func (m *maker) caretakers() map[string][]org.GroupID {
	var owned []org.GroupID
	for n := range m.groups() {
		if n != timetable && n != excursions {
			owned = append(owned, groupID(n))
		}
	}
	return map[string][]org.GroupID{"useradmin": owned, "helpdesk": owned}
}
