package main

import (
	"strings"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// writeLetter words what an heir of files is told: whose they are, until when,
// and how to copy them. R-WIZ-07 R-OD-05
func writeLetter(o *org.Organization, l offboard.Letter) (subject, text string) {
	lang := locale.Choose(locale.Choose(locale.English, o.Settings.DefaultLanguage), l.Heir.Language)
	key := "letter."
	if l.Reminder {
		key = "letter.reminder."
	}
	args := map[string]any{
		"heir": l.Heir.Ref.DisplayName, "organization": o.DisplayName, "count": len(l.Drives), "person": l.Drives[0].Owner.String(),
	}
	lines := make([]string, len(l.Drives))
	for i, d := range l.Drives {
		about := map[string]any{"person": d.Owner.String(), "date": d.Until, "address": "/v1.0/drives/" + string(d.ID) + "/root/children"}
		if d.Until.IsZero() {
			lines[i] = "- " + locale.Text(lang, "letter.kept", about)
		} else {
			lines[i] = "- " + locale.Text(lang, "letter.until", about)
		}
	}
	return locale.Text(lang, key+"subject", args), strings.Join([]string{
		locale.Text(lang, "letter.hello", args), locale.Text(lang, key+"begin", args), strings.Join(lines, "\n"), locale.Text(lang, "letter.copy", args), o.DisplayName,
	}, "\n\n") + "\n"
}
