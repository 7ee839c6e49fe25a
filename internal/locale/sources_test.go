package locale

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

// keyInSource finds a key, or the beginning of one that the program completes,
// as a string of Go or templ source.
var keyInSource = regexp.MustCompile(`"([a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)*\.?)(?:%[a-z][^"]*)?"`)

// keyAsked finds a key as an argument of a call that answers its text: a
// function or method named Text, T, Say or Label, in any case.
var keyAsked = regexp.MustCompile(`\b(?i:text|t|say|label)\((?:[^"\n]*,\s*)?"([a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+)+)"[,)]`)

// TestSourcesAskForMessagesThatExist fails for a text that the program asks
// for and no catalog has.
func TestSourcesAskForMessagesThatExist(t *testing.T) {
	for name, text := range sources(t) {
		for _, m := range keyAsked.FindAllStringSubmatch(text, -1) {
			if key := m[1]; slices.Contains(Areas(), areaOf(key)) && !Has(English, key) {
				t.Errorf("%s asks for %q: add it to catalog/*/%s.json", name, key, areaOf(key))
			}
		}
	}
}

// TestMessagesAreUsed fails for a text of the admin center or the command line
// that no source names, whole or by its beginning.
func TestMessagesAreUsed(t *testing.T) {
	used := map[string]bool{}
	for _, text := range sources(t) {
		for _, m := range keyInSource.FindAllStringSubmatch(text, -1) {
			used[m[1]] = true
		}
	}
	for _, area := range []string{"web", "cli"} {
		for _, key := range Keys(area) {
			if !isUsed(used, key) {
				t.Errorf("nothing asks for %q: use it or take it out of catalog/*/%s.json", key, area)
			}
		}
	}
}

// isUsed tells whether used holds key, its stem without the plural form, or
// the beginning of it up to a dot.
func isUsed(used map[string]bool, key string) bool {
	if used[key] {
		return true
	}
	for at := strings.LastIndex(key, "."); at > 0; at = strings.LastIndex(key[:at], ".") {
		if used[key[:at+1]] && key[:at] != areaOf(key) {
			return true
		}
	}
	stem, ending := key[:strings.LastIndex(key, ".")], key[strings.LastIndex(key, ".")+1:]
	return used[stem] && slices.Contains([]string{"zero", "one", "other"}, ending)
}

func areaOf(key string) string {
	area, _, _ := strings.Cut(key, ".")
	return area
}

// sources reads the Go and templ files of the program, tests and generated
// files apart.
func sources(t *testing.T) map[string]string {
	t.Helper()
	root := filepath.Join("..", "..")
	texts := map[string]string{}
	err := filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := entry.Name()
		if entry.IsDir() && path != root && (strings.HasPrefix(name, ".") || name == "testdata" || name == "node_modules") {
			return filepath.SkipDir
		}
		written := filepath.Ext(name) == ".templ" || filepath.Ext(name) == ".go"
		if !written || strings.HasSuffix(name, "_test.go") || strings.HasSuffix(name, "_templ.go") {
			return nil
		}
		text, err := os.ReadFile(path)
		texts[path] = string(text)
		return err
	})
	if err != nil {
		t.Fatalf("read the sources: %v", err)
	}
	return texts
}

func TestKeyAsked(t *testing.T) {
	tests := []struct {
		source string
		want   string // empty: no key is asked for here
	}{
		{`locale.Text(lang, "web.users.title", nil)`, "web.users.title"},
		{`{ p.T("web.users.title") }`, "web.users.title"},
		{`v.text("cli.plan.done", args)`, "cli.plan.done"},
		{`locale.Text(p.Lang(), "web.users.title", nil)`, "web.users.title"},
		{"say(lang,\n\t\t\"cli.plan.done\")", "cli.plan.done"},
		{`locale.Text(lang, "refusal."+reason, nil)`, ""},
		{`os.Open("web.users.title")`, ""},
		{`context("web.users.title")`, ""},
	}
	for _, tt := range tests {
		got := ""
		if m := keyAsked.FindStringSubmatch(tt.source); m != nil {
			got = m[1]
		}
		if got != tt.want {
			t.Errorf("in %s: got %q, want %q", tt.source, got, tt.want)
		}
	}
}

func TestIsUsed(t *testing.T) {
	used := map[string]bool{}
	source := `T("web.a"); T("web.b." + x); Sprintf("web.c.%s.title", x); T("web.d"); Has("web.")`
	for _, m := range keyInSource.FindAllStringSubmatch(source, -1) {
		used[m[1]] = true
	}
	for key, want := range map[string]bool{
		"web.a": true, "web.b.x": true, "web.b.x.y": true, "web.c.x.title": true,
		"web.d.one": true, "web.d.two": false, "web.e": false, "web.f.x": false,
	} {
		if got := isUsed(used, key); got != want {
			t.Errorf("isUsed(%q) = %t, want %t", key, got, want)
		}
	}
}
