package archtest

import (
	"os"
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
