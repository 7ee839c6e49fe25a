// Package locale turns message keys and values into Dutch and English.
//
// A message is a line in catalog/<language>/<area>.json, or, where an area has
// several subjects, in catalog/<language>/<area>-<subject>.json. Its key starts
// with the area: "refusal.user.self". Placeholders are named: "{user} is
// deleted". A message that counts has its forms under key + ".one" and key +
// ".other" (and key + ".zero" where nothing deserves words of its own); the
// argument "count" chooses between them.
package locale

import (
	"strings"

	"golang.org/x/text/language"
)

// Lang is a language that Leaver speaks, as a BCP 47 tag.
type Lang string

// The languages. English stands first: it is what a reader gets whose own
// language is not among them.
const (
	English Lang = "en"
	Dutch   Lang = "nl"
)

// Languages lists the languages, English first.
func Languages() []Lang { return []Lang{English, Dutch} }

// Match picks the language for an Accept-Language header, and for a LANG
// variable such as nl_NL.UTF-8. It answers English when nothing fits.
func Match(acceptLanguage string) Lang { return Choose(English, acceptLanguage) }

// Choose answers the language of the first wish that names one Leaver speaks,
// and fallback when none does. A wish is an Accept-Language header, a language
// tag, a LANG variable or empty.
func Choose(fallback Lang, wishes ...string) Lang {
	for _, wish := range wishes {
		if lang, ok := understand(wish); ok {
			return lang
		}
	}
	return fallback
}

// understand reads one wish.
func understand(wish string) (Lang, bool) {
	if !strings.ContainsAny(wish, ",;") {
		wish, _, _ = strings.Cut(wish, ".") // the encoding of nl_NL.UTF-8
	}
	tags, weights, err := language.ParseAcceptLanguage(strings.ReplaceAll(wish, "_", "-"))
	if err != nil {
		return "", false
	}
	for i, tag := range tags {
		if weights[i] <= 0 { // q=0 says: not this one
			continue
		}
		base, confidence := tag.Base()
		if confidence == language.No {
			continue
		}
		for _, lang := range Languages() {
			if base.String() == string(lang) {
				return lang, true
			}
		}
	}
	return "", false
}
