package archtest

import (
	"os"
	"path"
	"regexp"
	"strings"
	"testing"

	"leaver/internal/rulecheck"
)

// TestCitedRulesExist fails for an id in the sources that docs/rules.md lacks.
func TestCitedRulesExist(t *testing.T) {
	document, err := os.Open("../../docs/rules.md")
	if err != nil {
		t.Fatal(err)
	}
	defer document.Close()
	rules, err := rulecheck.Read(document)
	if err != nil {
		t.Fatal(err)
	}
	cited, err := rulecheck.Cited(os.DirFS("../.."))
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range rulecheck.Unknown(rules, cited) {
		t.Errorf("%s:%d: docs/rules.md has no rule %s: correct the id", c.File, c.Line, c.ID)
	}
}

// TestDependenciesAreExplained fails for a module in go.mod that the decision
// about dependencies doesn't name.
func TestDependenciesAreExplained(t *testing.T) {
	explained := read(t, "../../docs/decisions/0003-dependencies.md")
	for line := range strings.Lines(read(t, "../../go.mod")) {
		fields := strings.Fields(line)
		if len(fields) != 2 || !strings.HasPrefix(fields[1], "v") { // an indirect one has a comment
			continue
		}
		if !strings.Contains(explained, "`"+fields[0]+"`") {
			t.Errorf("docs/decisions/0003-dependencies.md has no sentence about %s: say what it saves us", fields[0])
		}
	}
}

// TestMapIsWhole fails for a package that the map of the program lacks.
func TestMapIsWhole(t *testing.T) {
	architecture := read(t, "../../docs/architecture.md")
	told := map[string]bool{}
	for _, s := range sources(t) {
		folder := s.folder()
		if told[folder] || isTestKit(folder) || strings.HasPrefix(folder, "scripts/") {
			continue
		}
		told[folder] = true
		if !strings.Contains(architecture, "`"+folder+"`") {
			t.Errorf("docs/architecture.md has no line for %s: say in a sentence what it is", folder)
		}
	}
}

// TestMapNamesWhatIsThere fails for a package on the map that the repository lacks,
// and for a line of the import table that no source needs.
func TestMapNamesWhatIsThere(t *testing.T) {
	packages, imports := map[string]bool{}, map[string]bool{}
	for _, s := range sources(t) {
		packages[s.folder()] = true
		if s.file == nil || s.isTest() {
			continue
		}
		for _, spec := range s.file.Imports {
			for name := strings.Trim(spec.Path.Value, `"`); name != "."; name = path.Dir(name) {
				imports[s.folder()+" "+name] = true
			}
		}
	}
	for name, shape := range shapes {
		if !packages[name] {
			t.Errorf("internal/archtest/table_test.go has a line for %s, which is not there", name)
		}
		for _, ours := range shape.ours {
			if ours != "any" && !imports[name+" leaver/internal/"+ours] {
				t.Errorf("internal/archtest/table_test.go lets %s import %s, which it does not", name, ours)
			}
		}
	}
	for module, users := range modules {
		for _, user := range users {
			if user != "any" && !imports[user+" "+module] {
				t.Errorf("internal/archtest/table_test.go lets %s use %s, which it does not", user, module)
			}
		}
	}
	for _, name := range regexp.MustCompile("`((?:cmd|internal)/[a-z0-9]+)`").FindAllStringSubmatch(read(t, "../../docs/architecture.md"), -1) {
		if !packages[name[1]] {
			t.Errorf("docs/architecture.md has a line for %s, which is not there", name[1])
		}
	}
}

func read(t *testing.T, name string) string {
	t.Helper()
	text, err := os.ReadFile(name)
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
