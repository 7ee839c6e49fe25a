package rulecheck

import (
	"fmt"
	"io/fs"
	"path"
	"regexp"
	"slices"
	"strings"
)

// A Kind tells what a citation stands for.
type Kind int

// The kinds of citations.
const (
	Coded  Kind = iota // the line carries the rule out
	Tested             // a test proves it
	Todo               // the line says that it is not done yet
)

// A Citation is one mention of a rule's id in the sources.
type Citation struct {
	ID   string
	File string // with slashes, from the root of the repository
	Line int
	Kind Kind
}

// citation finds an id that isn't part of a longer word.
var citation = regexp.MustCompile(`(?:^|[^0-9A-Za-z-])((?:R-[A-Z]+|[MO])-\d{2})(?:[^0-9A-Za-z-]|$)`)

// Cited finds the citations in the sources under root, in the order of the
// files. Generated files, documents and what others wrote are left out.
func Cited(root fs.FS) ([]Citation, error) {
	var all []Citation
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		switch {
		case err != nil:
			return err
		case entry.IsDir() && name != "." && (strings.HasPrefix(entry.Name(), ".") || slices.Contains([]string{"docs", "node_modules"}, entry.Name())):
			return fs.SkipDir
		case entry.IsDir() || !isSource(name):
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		all = append(all, citedIn(name, string(text))...)
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("look for rules: %w", err)
	}
	return all, nil
}

// isSource tells whether a file is written by hand and may cite rules.
func isSource(name string) bool {
	if strings.HasSuffix(name, "_templ.go") {
		return false
	}
	return slices.Contains([]string{".go", ".templ", ".sql", ".js", ".mjs", ".ts"}, path.Ext(name)) || isTest(name) && path.Ext(name) == ".txt"
}

// isTest tells whether what a file cites is proved there.
func isTest(name string) bool {
	base := path.Base(name)
	return strings.HasSuffix(base, "_test.go") || strings.Contains(base, ".test.") ||
		slices.Contains(strings.Split(path.Dir(name), "/"), "testdata")
}

// citedIn finds the citations in one file.
func citedIn(name, text string) []Citation {
	var all []Citation
	number := 0
	for line := range strings.Lines(text) {
		number++
		kind := Coded
		switch {
		case isTest(name):
			kind = Tested
		case strings.Contains(line, "// todo "):
			kind = Todo
		}
		for rest := line; ; {
			m := citation.FindStringSubmatchIndex(rest)
			if m == nil {
				break
			}
			all = append(all, Citation{ID: rest[m[2]:m[3]], File: name, Line: number, Kind: kind})
			rest = rest[m[3]:] // the sign behind an id may stand before the next
		}
	}
	return all
}

// Unknown picks the citations of ids that no rule has.
func Unknown(rules []Rule, cited []Citation) []Citation {
	known := map[string]bool{}
	for _, rule := range rules {
		known[rule.ID] = true
	}
	return slices.DeleteFunc(slices.Clone(cited), func(c Citation) bool { return known[c.ID] })
}
