package main

import (
	"strings"
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
		subject, text  string
	}{
		{
			"R-WIZ-07 R-OD-05 whose files, until when, how to copy them", "en-GB", false,
			[]offboard.LetterDrive{anna, kept},
			"You have access to the OneDrive files of 2 people", `Hello Bram,

2 accounts at Lindeboom College were closed, and you have access to their OneDrive files now:

- Anna (anna@x.example), until 21 December 2026: /v1.0/drives/d1/root/children
- Lars (lars@x.example), for as long as the files are kept: /v1.0/drives/d2/root/children

To copy them, sign in with a program that speaks Microsoft Graph. The address behind each name lists the files; one file is at /v1.0/drives/DRIVE/items/FILE/content. Save what is still needed in a place of your own.

Lindeboom College
`,
		},
		{
			"R-OD-05 a week before the end, in the language of the organization when the heir has none", "", true,
			[]offboard.LetterDrive{anna},
			"Nog één week voor de OneDrive-bestanden van Anna (anna@x.example)", `Beste Bram,

Bij de OneDrive-bestanden van een account dat bij Lindeboom College is afgesloten kunt u nog hoogstens één week. Kopieer wat nog nodig is voor die tijd:

- Anna (anna@x.example), tot 21 december 2026: /v1.0/drives/d1/root/children

Om ze te kopiëren meldt u zich aan`,
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			l := offboard.Letter{Heir: org.Heir{Ref: org.Ref{DisplayName: "Bram"}, Language: c.language}, Reminder: c.reminder, Drives: c.drives}
			subject, text := writeLetter(o, l)
			if subject != c.subject || !strings.HasPrefix(text, c.text) {
				t.Errorf("got %q\n%s\nwant %q\n%s", subject, text, c.subject, c.text)
			}
		})
	}
}
