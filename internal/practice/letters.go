package practice

// A letter is the text of a message; a document that of a file.
type (
	letter   struct{ subject, body string }
	document struct{ name, mime, text string }
)

// letters are what people find in their mailbox, by language.
func letters(language string) []letter {
	if language == "en" {
		return []letter{
			{"Timetable change for Thursday", "Dear colleague,\n\nOn Thursday the third and fourth period swap places because of the fire drill. Please tell your groups.\n\nKind regards,\nThe timetable office\n"},
			{"Minutes of the department meeting", "Hello,\n\nThe minutes are on the shared drive. Two points are still open: the budget for the field trip, and who invigilates on the 14th.\n\nBest wishes\n"},
			{"Parents' evening: your slots", "Dear colleague,\n\nYour slots for the parents' evening have been planned. Fourteen conversations of ten minutes, room A2.11.\n"},
			{"Re: Exchange with Bremen", "Great news: our partner school can host 24 pupils in April. Shall we book the coach before the prices go up?\n"},
			{"Laptop due for replacement", "Hi,\n\nYour laptop is four years old and will be replaced. Save what you need in OneDrive and come by the service desk between 8:15 and 16:30.\n"},
			{"Cambridge exams: list of candidates", "Please check the list of candidates before Friday noon. After that the entry fees can't be refunded.\n"},
		}
	}
	return []letter{
		{"Roosterwijziging donderdag", "Beste collega,\n\nDonderdag wisselen het derde en het vierde uur vanwege de ontruimingsoefening. Geef je het door aan je klassen?\n\nGroet,\nHet roosterbureau\n"},
		{"Notulen sectieoverleg", "Hoi,\n\nDe notulen staan op de gedeelde schijf. Twee punten staan nog open: het budget voor de excursie en wie er op de 14e surveilleert.\n\nGroeten\n"},
		{"Ouderavond: jouw gesprekken", "Beste collega,\n\nJe gesprekken voor de ouderavond zijn ingepland: veertien gesprekken van tien minuten, lokaal A2.11.\n"},
		{"Re: Werkweek Ardennen", "Mooi nieuws: er is plek voor 56 leerlingen. Zullen we de bus boeken voordat de prijzen omhooggaan?\n"},
		{"Je laptop wordt vervangen", "Hallo,\n\nJe laptop is vier jaar oud en wordt vervangen. Zet wat je wilt houden in OneDrive en kom langs bij de servicedesk tussen 8.15 en 16.30 uur.\n"},
		{"Cijfers invoeren vóór vrijdag 12.00 uur", "De cijfers van periode 2 moeten vrijdag om 12.00 uur in het systeem staan. Daarna sluit de invoer voor de rapportvergadering.\n"},
		{"Nieuwe kopieercode", "Per maandag heb je een nieuwe code nodig voor de kopieerapparaten. Je vindt hem in je postvak op de tweede verdieping.\n"},
		{"Uitnodiging: afscheid van een collega", "Na 31 jaar neemt een dierbare collega afscheid. De borrel begint om half vier in de aula. Kom je ook?\n"},
	}
}

// replies are what people sent, or have not sent yet, by language.
func replies(language string) []letter {
	if language == "en" {
		return []letter{
			{"Re: Minutes of the department meeting", "I can invigilate on the 14th. About the budget: let's discuss that on Monday.\n"},
			{"Question about room B1.04", "The projector in B1.04 shows everything in green again. Could somebody have a look?\n"},
			{"Draft: plan for next year", "What went well, what did not, and what I would like to change next year:\n\n-\n-\n"},
		}
	}
	return []letter{
		{"Re: Notulen sectieoverleg", "Ik kan de 14e surveilleren. Over het budget: zullen we dat maandag bespreken?\n"},
		{"Vraag over lokaal B1.04", "De beamer in B1.04 toont alles weer in het groen. Kan iemand daarnaar kijken?\n"},
		{"Concept: plan voor volgend jaar", "Wat ging goed, wat niet, en wat wil ik volgend jaar anders doen:\n\n-\n-\n"},
	}
}

// annasLetters are the messages of anna.devries, in the order of her folders:
// seven that came in, three that she sent, a draft and one that she kept.
func annasLetters() []letter {
	return []letter{
		{"Open dag: de planning", "Hoi Anna,\n\nHierbij de hele planning van de open dag. De rondleidingen beginnen om 10.00 uur.\n\nGroet,\nBram\n"},
		{"Foto's van de musical", "Ha Anna,\n\nDe foto's staan klaar. Kies jij er tien uit voor de website?\n\nHanna\n"},
		{"Nieuwsbrief november", "Beste Anna,\n\nMijn stukje voor de nieuwsbrief staat hieronder. Het mag best wat korter.\n\nSara\n"},
		{"Offerte drukwerk", "Geachte mevrouw De Vries,\n\nHierbij onze offerte voor 2.500 schoolgidsen. De prijs geldt tot het einde van de maand.\n\nMet vriendelijke groet,\nDrukkerij De Waterval\n"},
		{"Interview met de lokale krant", "Goedemiddag,\n\nKunnen we u en een leerling dinsdag spreken over het zonnedak?\n\nRedactie Stadsblad\n"},
		{"Logo op de nieuwe website", "Hoi Anna,\n\nHet logo staat op telefoons half buiten beeld. Heb je een versie zonder tekst?\n\nUmar\n"},
		{"Verlof goedgekeurd", "Je verlof is goedgekeurd. Denk aan een automatisch antwoord.\n\nBram\n"},
		{"Re: Foto's van de musical", "Dank je Hanna, ik heb er twaalf gekozen, kiezen is moeilijk.\n\nAnna\n"},
		{"Persbericht zonnedak", "Beste redactie,\n\nBijgaand ons persbericht over het zonnedak.\n\nAnna de Vries\nLindeboom College\n"},
		{"Re: Offerte drukwerk", "Goedemorgen,\n\nAkkoord, graag levering vóór de open dag.\n\nAnna de Vries\n"},
		{"Overdracht voorlichting", "Wat mijn opvolger moet weten:\n\n1. De nieuwsbrief gaat elke eerste vrijdag uit.\n2. \n"},
		{"Contract website", "Beste Anna,\n\nHet contract voor de website is getekend en loopt drie jaar.\n\nHarry\n"},
	}
}

// annasDocuments are the five files of anna.devries.
func annasDocuments() []document {
	return []document{
		{"Draaiboek open dag.md", "text/markdown", "# Draaiboek open dag\n\n| tijd | wat | wie |\n|---|---|---|\n| 08.30 | opbouw aula | conciërges |\n| 10.00 | rondleidingen | mentoren |\n| 12.30 | opruimen | iedereen |\n"},
		{"Nieuwsbrief november – concept.txt", "text/plain", "Beste ouders en verzorgers,\n\nDe herfst is begonnen en het zonnedak is klaar.\n"},
		{"Persrelaties.csv", "text/csv", "naam;medium;telefoon\r\nRedactie;Stadsblad;033 555 0101\r\nRedactie;Radio Eemland;033 555 0102\r\n"},
		{"Huisstijl (2024).txt", "text/plain", "Groen: #2f6b3a. Geel: #f2c230. Nooit schuin, nooit met schaduw.\n"},
		{"Café & musical '25 – begroting.csv", "text/csv", "post;bedrag\r\nlicht en geluid;1250,00\r\nkostuums;430,50\r\ncatering;€ 610,00\r\n"},
	}
}

// documents are what people keep in their drives. The first three stand in a
// folder of their own.
func documents() []document {
	return []document{
		{"Lesplan hoofdstuk 3.md", "text/markdown", "# Hoofdstuk 3\n\n- [x] uitleg\n- [ ] oefentoets\n- [ ] toets, lokaal C1.08\n"},
		{"Toets periode 2.txt", "text/plain", "1. Leg in eigen woorden uit wat een evenwicht is. (3p)\n2. Noem twee voorbeelden. (2p)\n"},
		{"Übungen & Lösungen.txt", "text/plain", "1. Er geht in die Schule.\n2. Wir haben gestern gespielt.\n"},
		{"Klassenlijst 2025-2026.csv", "text/csv", "nummer;naam;opmerking\r\n1;leerling 1;\r\n2;leerling 2;dyslexie\r\n3;leerling 3;\r\n"},
		{"Aantekeningen.txt", "text/plain", "Maandag: sleutel van het magazijn teruggeven.\nDinsdag: excursie bespreken.\n"},
		{"Planning schooljaar (concept).csv", "text/csv", "week;onderwerp\r\n35;start\r\n36;hoofdstuk 1\r\n43;herfstvakantie\r\n"},
		{"Meeting notes.md", "text/markdown", "# Meeting notes\n\n- budget: open\n- field trip: 12 May\n"},
		{"L'été à Liège.txt", "text/plain", "Voyage scolaire : départ à 7 h 30, retour vers 22 h.\n"},
	}
}
