package locale

import (
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

func TestCatalogIsSound(t *testing.T) {
	if err := Check(); err != nil {
		t.Fatal(err)
	}
}

// TestLanguagesAgree fails for a message that a language lacks, and for one
// that says less than the other: it misses a placeholder.
func TestLanguagesAgree(t *testing.T) {
	all, err := catalog()
	if err != nil {
		t.Fatal(err)
	}
	for _, lang := range Languages() {
		for _, other := range Languages() {
			for key, message := range all[lang] {
				translated, ok := all[other][key]
				if !ok {
					t.Errorf("%s has %q, %s has not: add it to catalog/%s/", lang, key, other, other)
					continue
				}
				if got, want := names(translated), names(message); !slices.Equal(got, want) {
					t.Errorf("%q names {%s} in %s and {%s} in %s: let both name the same",
						key, strings.Join(want, "} {"), lang, strings.Join(got, "} {"), other)
				}
			}
		}
	}
}

// TestPluralsAreComplete fails for a message with one form of a plural only,
// and for one that is there both with and without forms.
func TestPluralsAreComplete(t *testing.T) {
	for _, key := range Keys("") {
		stem, ending := key[:strings.LastIndex(key, ".")], key[strings.LastIndex(key, ".")+1:]
		if ending != "one" && ending != "other" && ending != "zero" {
			continue
		}
		for _, form := range []string{".one", ".other"} {
			if !slices.Contains(Keys(""), stem+form) {
				t.Errorf("%q is there without %q", key, stem+form)
			}
		}
		if slices.Contains(Keys(""), stem) {
			t.Errorf("%q is there, and %q too: keep one of them", stem, key)
		}
	}
}

// names lists the placeholders of a message, each once and in order. The count
// may be left out of a form that says it in words.
func names(message template) []string {
	var all []string
	for _, p := range message {
		if p.name != "" && p.name != "count" {
			all = append(all, p.name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

func TestLoadRefuses(t *testing.T) {
	tests := []struct {
		name, text, want string
	}{
		{"a key twice", `{"web.a": "x", "web.a": "y"}`, `"web.a" stands there twice`},
		{"a key of another area", `{"cli.a": "x"}`, `does not start with its area`},
		{"an empty text", `{"web.a": ""}`, `has no text`},
		{"a nested object", `{"web.a": {"b": "x"}}`, `is not a string`},
		{"a list", `["web.a"]`, `want one object`},
		{"a cut file", `{"web.a": "x"`, `read the end`},
		{"two objects", `{"web.a": "x"} {}`, `something follows`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := load(fstest.MapFS{"catalog/en/web-users.json": {Data: []byte(tt.text)}})
			if err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got error %v, want one that says %q", err, tt.want)
			}
		})
	}
}

func TestLoadJoinsTheFilesOfAnArea(t *testing.T) {
	all, err := load(fstest.MapFS{
		"catalog/en/web-users.json":     {Data: []byte(`{"web.users.title": "Users"}`)},
		"catalog/en/web-mailboxes.json": {Data: []byte(`{"web.mailboxes.title": "Mailboxes"}`)},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(all[English]) != 2 {
		t.Errorf("got %d messages, want those of both files", len(all[English]))
	}
}

func TestAreasAndKeys(t *testing.T) {
	if !slices.Contains(Areas(), "format") {
		t.Errorf("Areas() = %q, want format among them", Areas())
	}
	if keys := Keys("format"); !slices.Contains(keys, "format.days.one") || !slices.IsSorted(keys) {
		t.Errorf("Keys(format) = %q, want format.days.one among them, sorted", keys)
	}
	if keys := Keys("form"); len(keys) > 0 {
		t.Errorf("Keys(form) = %q, want none: half a word is no area", keys)
	}
	if !Has(Dutch, "format.days") || !Has(Dutch, "format.list") || Has(Dutch, "format.noSuchKey") {
		t.Error("Has: want yes for a counted and a plain message, no for an unknown one")
	}
}
