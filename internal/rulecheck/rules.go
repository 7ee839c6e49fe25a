// Package rulecheck reads the rules of docs/rules.md and finds where the
// sources cite them.
package rulecheck

import (
	"bufio"
	"fmt"
	"io"
	"regexp"
)

// A Rule is one numbered rule of the document.
type Rule struct {
	ID            string
	Line          int    // where it stands in the document
	NotApplicable string // why it has nothing to act on, or empty
}

var (
	ruleLine          = regexp.MustCompile(`^- \*\*((?:R-[A-Z]+|M|O)-\d+)\*\* \S`)
	notApplicableLine = regexp.MustCompile(`^\| ((?:R-[A-Z]+|M|O)-\d+) \| (\S.*\S) \|$`)
)

// Read reads the rules in their order, and the table of those that don't
// apply. It refuses an id that is there twice, and a row for no rule.
func Read(document io.Reader) ([]Rule, error) {
	var rules []Rule
	at := map[string]int{} // index in rules by id
	lines := bufio.NewScanner(document)
	for number := 1; lines.Scan(); number++ {
		if m := ruleLine.FindStringSubmatch(lines.Text()); m != nil {
			if first, twice := at[m[1]]; twice {
				return nil, fmt.Errorf("line %d: %s is there already, on line %d", number, m[1], rules[first].Line)
			}
			at[m[1]] = len(rules)
			rules = append(rules, Rule{ID: m[1], Line: number})
		}
		if m := notApplicableLine.FindStringSubmatch(lines.Text()); m != nil {
			i, known := at[m[1]]
			if !known {
				return nil, fmt.Errorf("line %d: no rule %s: correct the row or take it away", number, m[1])
			}
			rules[i].NotApplicable = m[2]
		}
	}
	if err := lines.Err(); err != nil {
		return nil, fmt.Errorf("read rules: %w", err)
	}
	return rules, nil
}
