package e2e

import (
	"html"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

var (
	formTag   = regexp.MustCompile(`(?s)<form\b.*?</form>`)
	fieldTag  = regexp.MustCompile(`(?s)<input\b[^>]*>|<textarea\b[^>]*>.*?</textarea>|<select\b.*?</select>`)
	closed    = regexp.MustCompile(`(?s)<fieldset\b[^>]* disabled[^>]*>.*?</fieldset>`)
	optionTag = regexp.MustCompile(`<option\b[^>]*>`)
	content   = regexp.MustCompile(`(?s)^<textarea\b[^>]*>(.*?)</textarea>$`)
)

// filled is the one form of a page in which something stands, as a browser would
// send it when nothing is touched. What is disabled is not sent.
func (a answer) filled(t testing.TB, marker string) url.Values {
	t.Helper()
	values := url.Values{}
	found := 0
	for _, form := range formTag.FindAllString(a.body, -1) {
		if !strings.Contains(form, marker) {
			continue
		}
		found++
		form = closed.ReplaceAllString(form, "")
		for _, tag := range fieldTag.FindAllString(form, -1) {
			if name, value, ok := sent(tag); ok {
				values.Add(name, value)
			}
		}
	}
	if found != 1 {
		t.Fatalf("%s has %d forms with %s", a.path, found, marker)
	}
	return values
}

// sent is what a field sends.
func sent(tag string) (name, value string, ok bool) {
	first, _, _ := strings.Cut(tag, ">")
	at := attributes(first)
	name, value = at["name"], at["value"]
	switch {
	case name == "" || strings.Contains(first, " disabled"):
		return "", "", false
	case strings.HasPrefix(tag, "<textarea"):
		return name, html.UnescapeString(content.FindStringSubmatch(tag)[1]), true
	case strings.HasPrefix(tag, "<select"):
		for i, option := range optionTag.FindAllString(tag, -1) {
			if v := attributes(option)["value"]; i == 0 || strings.Contains(option, " selected") {
				value = v
			}
		}
		return name, value, true
	case at["type"] == "checkbox" || at["type"] == "radio":
		return name, value, strings.Contains(first, " checked")
	}
	return name, value, true
}

func attributes(tag string) map[string]string {
	found := map[string]string{}
	for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
		found[m[1]] = html.UnescapeString(m[2])
	}
	return found
}

// with is a form with other values: pairs of name and value; an empty value
// takes the field away.
func with(values url.Values, pairs ...string) url.Values {
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Del(pairs[i])
		if pairs[i+1] != "" {
			values.Set(pairs[i], pairs[i+1])
		}
	}
	return values
}
