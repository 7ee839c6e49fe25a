package practice

import (
	"strconv"
	"strings"
)

// givenNames are first names as they are found in a Dutch school: Dutch and
// English ones, and those of people who came from further away.
func givenNames() []string {
	return strings.Fields(`
Aaltje Abdel Adam Adriana Ahmed Aisha Alexander Alice Amber Amina Amélie Andrzej André Anouk Arjen Aylin Bas Bente Berend Björn
Boukje Brigitte Britt Bülent Carmen Caroline Cas Cees Charlotte Chloë Christa Claire Corrie Çağla Dagmar Danique Danny Deniz Desirée
Dewi Diederik Dieuwertje Dirk Dorota Edwin Elif Elise Ellen Els Emily Emma Erik Esmée Esther Evelien Eveline Faisal Fatma Feline Floor
Florian Floris François Frank Frédérique Froukje Geert George Gerard Gerrit Grace Guus Gökhan Hamza Hannah Hans Hassan Heleen Henk Hessel
Hilde Hugo Hüseyin Ilse Imane Inge Ilona Iris Isabelle Jaap Jack James Jan-Willem Jasmijn Jasper Jelle Jennifer Jeroen Jesse Jip Job
Joëlle Johan Johannes John Joost Jordy Joris Josephine José Joyce Judith Julia Jürgen Karel Karim Karin Katarzyna Kees Khadija
Klaas Koen Laura Laurens Leila Lieke Liesbeth Linda Lisa Loes Lotte Lucas Luuk Maaike Maarten Maarten-Jan Malika Marieke Marije Marit
Mark Marleen Marloes Martijn Mary-Ann Matthijs Max Mehmet Meike Melissa Merel Michael Michelle Mirjam Mohammed Monique Mustafa Nadia Naomi
Nathalie Nick Niels Nina Noa Oğuz Olivia Pascal Patrick Paul Pauline Peter Petra Philip Pieter Pieter-Jan Quirine Rachid Ramon Rebecca
Renate Renée Richard Rianne Rik Robin Roelof Romy Ronald Roos Roxanne Ryan Sabine Samira Samuel Sander Sanne Saskia Sebas Seán Selma
Siân Sietske Simon Siobhán Sofie Sophie Stefan Stijn Susanne Søren Sylvia Tamara Teun Thijs Thomas Tineke Tom Ursula Valérie Veerle Victor
Vincent Vera Wendy Wesley Wietske Willem William Wouter Xander Yara Yasmin Yvonne Youssef Yusuf Zoë Zoltán Łukasz Şebnem Željko`)
}

// surnames are the names of families, as they are written. None of them is that
// of somebody who is always there.
func surnames() []string {
	all := strings.Split(`van der Berg|van den Heuvel|van der Linden|van Leeuwen|van der Meer|van Beek|van Vliet|van 't Hof|van de Ven|van der Laan|
de Boer|de Jong|de Bruin|de Haan|de Lange|de Wit|de Ruiter|den Hartog|ter Horst|ter Braak|ten Have|op den Akker|op 't Hoog|in 't Veld|'t Hart|
't Lam|uit den Boogaard|van der Veen-Kuipers|Brouwer|Bosman|Hofman|Kuipers|Kramer|Scholten|Willems|Verhoeven|Jacobs|Maas|Verbeek|Post|Kuijpers|
Huisman|Sanders|Koster|Prinsen|Schipper|Timmermans|Molenaar|Martens|Veenstra|Dijkstra|Wiersma|Hoogland|Bouwman|Groen|Jonker|Driessen|
Kooijman|Smeets|Evers|Blokker|Hermans|Gerritsen|Lammers|Wagenaar|Boersma|Wijnands|Nijhuis|Zwart|Schreuder|Kroon|Vink|Kuiper|Boon|Bakx|
Hendrickx|Cornelissen|Franssen|Gielen|Janssens-Peeters|Peeters|D'Hondt|D'hooghe|De Smedt|Vandenberghe|Vermeulen|Claeys|
O'Brien|O'Connor|O'Neill|O'Sullivan|MacDonald|McCarthy|McGregor|Smith-Jones|Taylor|Walker|Wright|Thompson|Robinson|Hughes|Edwards|Clarke|
Ashworth|Fitzgerald|Ní Bhriain|Ó Súilleabháin|Lloyd-Davies|Müller|Schröder|Weiß|Jäger|Großmann|Özdemir|Çelik|Şahin|Kılıç|Öztürk|Demir|
Aydın|Doğan|el Amrani|El Khatib|Ben Ali|Bouazza|Ait Oubella|Haddad|Hassani|Al-Jabri|Nguyễn|Trần|Phạm|Kowalska-Nowak|Wiśniewski|
Wójcik|Zieliński|Dąbrowski|Łukaszewicz|Novák|Dvořák|Horváth|Szabó|Popović|Đorđević|Ionescu|Stănescu|García|Fernández|Núñez|da Silva|dos Santos|
Gonçalves|d'Angelo|Lo Presti|Sørensen|Åkesson|Björkman|Jónsdóttir|Kärkkäinen|Papadopoulos|Ivanova|Petrov|Singh|Sharma|Tjon A Tsien|
Ramdin|Soekhai|Wongsodikromo|Tahitu|Pattiasina|Latuperissa|Chen|Wang|Zhang|Tanaka|Okafor|Mensah|Abebe`, "|")
	for i := range all {
		all[i] = strings.TrimSpace(all[i])
	}
	return all
}

// names are the lists that names are drawn from.
type names struct{ given, surnames []string }

// step is a prime that divides neither list: stepping by it visits every pair
// of names once before any comes again.
const step = 7919

// pick gives the nth generated person a name: given name, surname, and what of
// the user name stands before the @. Who has a pair of names that came by before
// gets a number behind the user name.
func (l names) pick(n int) (given, surname, local string) {
	pairs := len(l.given) * len(l.surnames)
	pair := (n%pairs*step + 1217) % pairs
	given, surname = l.given[pair%len(l.given)], l.surnames[pair/len(l.given)]
	local = slug(given) + "." + slug(surname)
	if again := n / pairs; again > 0 {
		local += strconv.Itoa(again + 1)
	}
	return given, surname, local
}

// unmarked says as which letter a letter with marks is written in a user name.
func unmarked(r rune) byte {
	for _, same := range []string{
		"aàáâäåãąăạấầậ", "cçćč", "dďđð", "eèéêëęěễ", "gğ", "iìíîïı", "lł", "nñńň", "oòóôöõøő", "rřŕ", "sśşšșß", "tţț", "uùúûüůűū", "yýÿ", "zźżž",
	} {
		if strings.ContainsRune(same[1:], r) {
			return same[0]
		}
	}
	return 0
}

// slug is a name as it stands in a user name: small letters without marks; an
// apostrophe stays within a word, as in o'brien.
func slug(s string) string {
	var b strings.Builder
	before := ' '
	for _, r := range strings.ToLower(s) {
		switch {
		case r >= 'a' && r <= 'z' || r == '-' || r == '\'' && before != ' ':
			b.WriteRune(r)
		case unmarked(r) != 0:
			b.WriteByte(unmarked(r))
		}
		before = r
	}
	return b.String()
}
