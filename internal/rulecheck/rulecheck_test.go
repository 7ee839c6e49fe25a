package rulecheck

import (
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"testing/fstest"
)

// The ids in these tests are put together, for the sources may only cite rules
// that exist.
const (
	one   = "R-" + "TEST-01"
	two   = "R-" + "TEST-02"
	three = "M-" + "99"
	four  = "R-" + "TEST-04"
)

const document = "# Rules\n\n- **" + one + "** The first. [X]\n- **" + two + "** The second, see " + one + ".\n  - more\n" +
	"- **" + three + "** A message.\n- **" + four + "** Cloud.\n\n| rule | why not |\n| --- | --- |\n| " + four + " | no clouds here |\n"

func read(t *testing.T, text string) []Rule {
	t.Helper()
	rules, err := Read(strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	return rules
}

func TestRead(t *testing.T) {
	want := []Rule{{one, 3, ""}, {two, 4, ""}, {three, 6, ""}, {four, 7, "no clouds here"}}
	if got := read(t, document); !slices.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

func TestReadRefuses(t *testing.T) {
	tests := map[string]struct{ text, want string }{
		"a rule twice":      {document + "- **" + two + "** Again.\n", "is there already, on line 4"},
		"a row for no rule": {document + "| " + "R-" + "TEST-09 | gone |\n", "no rule"},
	}
	for name, tt := range tests {
		t.Run(name, func(t *testing.T) {
			if _, err := Read(strings.NewReader(tt.text)); err == nil || !strings.Contains(err.Error(), tt.want) {
				t.Errorf("got %v, want an error that says %q", err, tt.want)
			}
		})
	}
}

func TestCited(t *testing.T) {
	sources := fstest.MapFS{}
	for name, text := range map[string]string{
		"internal/org/a.go":                  "package org\n\nx() // " + one + ", " + two + "\n// todo " + four + ": later\n",
		"internal/org/a_test.go":             "t.Run(\"" + one + "_refuses\")\n",
		"internal/cli/testdata/delete.txt":   "# " + two + "\n",
		"internal/web/page.templ":            "// " + three + "\n",
		"internal/web/page_templ.go":         "// " + three + "\n",
		"internal/web/words.go":              "X" + one + " 1" + three + " " + one + "2 " + one + "-3\n",
		"internal/store/migrations/0001.sql": "-- " + one + "\n",
		"docs/rules.go":                      "// " + one + "\n",
		"node_modules/x/a.js":                "// " + one + "\n",
		".ci/a.go":                           "// " + one + "\n",
		"README.md":                          one + "\n",
	} {
		sources[name] = &fstest.MapFile{Data: []byte(text)}
	}
	got, err := Cited(sources)
	if err != nil {
		t.Fatal(err)
	}
	want := []Citation{
		{two, "internal/cli/testdata/delete.txt", 1, Tested},
		{one, "internal/org/a.go", 3, Coded},
		{two, "internal/org/a.go", 3, Coded},
		{four, "internal/org/a.go", 4, Todo},
		{one, "internal/org/a_test.go", 1, Tested},
		{one, "internal/store/migrations/0001.sql", 1, Coded},
		{three, "internal/web/page.templ", 1, Coded},
	}
	if !slices.Equal(got, want) {
		t.Errorf("got  %v\nwant %v", got, want)
	}
}

func TestUnknown(t *testing.T) {
	strange := Citation{ID: "R-" + "TEST-77", File: "a.go", Line: 1}
	got := Unknown(read(t, document), []Citation{{ID: one, File: "a.go"}, strange})
	if !slices.Equal(got, []Citation{strange}) {
		t.Errorf("got %v, want %v", got, strange)
	}
}

func TestReport(t *testing.T) {
	cited := []Citation{
		{one, "a.go", 3, Coded},
		{one, "b.go", 4, Coded},
		{one, "a_test.go", 5, Tested},
		{two, "a.go", 6, Todo},
	}
	var out strings.Builder
	if err := Report(&out, read(t, document), cited); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{
		one + "   coded: a.go:3 (and 1 more)  tested: a_test.go:5\n",
		two + "   coded: no  tested: no  todo: a.go:6\n",
		three + "        coded: no  tested: no\n",
		four + "   not applicable (no clouds here)\n",
		"1 coded and tested\n", "1 not applicable\n", "2 no\n", "4 rules\n",
	} {
		if !strings.Contains(out.String(), want) {
			t.Errorf("got\n%s\nwant in it: %q", out.String(), want)
		}
	}
	out.Reset()
	if err := Report(&out, read(t, document), []Citation{{four, "a.go", 1, Coded}}); err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(out.String(), "take its row out") {
		t.Errorf("got\n%s\nwant a word about the row that isn't true", out.String())
	}
}

// TestDocument reads the real rules.
func TestDocument(t *testing.T) {
	file, err := os.Open(filepath.Join("..", "..", "docs", "rules.md"))
	if err != nil {
		t.Fatal(err)
	}
	defer file.Close()
	rules, err := Read(file)
	if err != nil {
		t.Fatal(err)
	}
	if len(rules) < 375 {
		t.Errorf("got %d rules, want the 375 and more that there are: is a line not of the form \"- **ID** text\"?", len(rules))
	}
}
