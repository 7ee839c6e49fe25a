package main

import (
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

func TestWriteLetter(t *testing.T) {
	o := &org.Organization{DisplayName: "Lindeboom College", Settings: org.Settings{DefaultLanguage: "nl"}}
	until := time.Date(2026, 12, 21, 9, 0, 0, 0, time.UTC)
	anna := offboard.LetterDrive{Owner: org.Ref{Name: "anna@x.example", DisplayName: "Anna"}, ID: "d1", Until: until}
	kept := offboard.LetterDrive{Owner: org.Ref{Name: "lars@x.example", DisplayName: "Lars"}, ID: "d2"}
	for _, c := range []struct {
		name, language string
		reminder       bool
		drives         []offboard.LetterDrive
		address        string
		subject, text  string
	}{
		{
			"R-WIZ-07 R-OD-05 whose files, until when, where to find them", "en-GB", false,
			[]offboard.LetterDrive{anna, kept},
			"https://leaver.example",
			"You have access to the OneDrive files of 2 people", `Hello Bram,

2 accounts at Lindeboom College were closed, and you have access to their OneDrive files now:

- Anna (anna@x.example), until 21 December 2026
- Lars (lars@x.example), for as long as the files are kept

To open and copy them, sign in at https://leaver.example/account with your own account: they stand under "Files you have access to". Save what is still needed in a place of your own.

Lindeboom College
`,
		},
		{
			"R-OD-05 a week before the end, in the language of the organization when the heir has none", "", true,
			[]offboard.LetterDrive{anna},
			"",
			"Nog één week voor de OneDrive-bestanden van Anna (anna@x.example)", `Beste Bram,

Bij de OneDrive-bestanden van een account dat bij Lindeboom College is afgesloten kunt u nog hoogstens één week. Kopieer wat nog nodig is voor die tijd:

- Anna (anna@x.example), tot 21 december 2026

Om ze te openen en te kopiëren meldt u zich met uw eigen account aan bij Leaver en kiest u "Uw account": ze staan onder "Bestanden waar u bij kunt". Bewaar wat nog nodig is op een eigen plek.

Lindeboom College
`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := offboard.Letter{Heir: org.Heir{Ref: org.Ref{DisplayName: "Bram"}, Language: c.language}, Reminder: c.reminder, Drives: c.drives}
			subject, text := writer{c.address}.letter(o, l)
			if subject != c.subject || text != c.text {
				t.Errorf("got %q\n%s\nwant %q\n%s", subject, text, c.subject, c.text)
			}
		})
	}
}
