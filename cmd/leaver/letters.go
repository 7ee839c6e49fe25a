package main

import (
	"strings"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// writer words letters. It names the public address of this organization's
// Leaver where that is known.
type writer struct{ address string }

// letter words what an heir of files is told: whose they are, until when, and
// where to find them. R-WIZ-07 R-OD-05
func (w writer) letter(o *org.Organization, l offboard.Letter) (subject, text string) {
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
		about := map[string]any{"person": d.Owner.String(), "date": d.Until}
		if d.Until.IsZero() {
			lines[i] = "- " + locale.Text(lang, "letter.kept", about)
		} else {
			lines[i] = "- " + locale.Text(lang, "letter.until", about)
		}
	}
	where := locale.Text(lang, "letter.copy", nil)
	if w.address != "" {
		where = locale.Text(lang, "letter.copyAt", map[string]any{"address": w.address + "/account"})
	}
	return locale.Text(lang, key+"subject", args), strings.Join([]string{
		locale.Text(lang, "letter.hello", args), locale.Text(lang, key+"begin", args), strings.Join(lines, "\n"), where, o.DisplayName,
	}, "\n\n") + "\n"
}
