// Command rules prints where each rule of docs/rules.md is coded and tested.
// It fails when the sources cite a rule that isn't there.
package main

import (
	"fmt"
	"os"

	"leaver/internal/rulecheck"
)

func main() {
	if err := run(); err != nil {
		fmt.Fprintf(os.Stderr, "rules: %v\n", err)
		os.Exit(1)
	}
}

func run() error {
	document, err := os.Open("docs/rules.md")
	if err != nil {
		return fmt.Errorf("%w: run this in the root of the repository", err)
	}
	defer document.Close()
	rules, err := rulecheck.Read(document)
	if err != nil {
		return fmt.Errorf("docs/rules.md: %w", err)
	}
	cited, err := rulecheck.Cited(os.DirFS("."))
	if err != nil {
		return err
	}
	if err := rulecheck.Report(os.Stdout, rules, cited); err != nil {
		return err
	}
	unknown := rulecheck.Unknown(rules, cited)
	for _, c := range unknown {
		fmt.Fprintf(os.Stderr, "%s:%d: no rule %s in docs/rules.md\n", c.File, c.Line, c.ID)
	}
	if len(unknown) > 0 {
		return fmt.Errorf("%d citations of rules that are not there: correct them", len(unknown))
	}
	return nil
}
