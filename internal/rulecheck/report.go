package rulecheck

import (
	"fmt"
	"io"
	"slices"
)

// Report writes for each rule where it is coded and tested, or why not, and
// how many there are of each kind in the end.
func Report(to io.Writer, rules []Rule, cited []Citation) error {
	counts := map[string]int{}
	var print error
	say := func(format string, args ...any) {
		if _, err := fmt.Fprintf(to, format+"\n", args...); print == nil {
			print = err
		}
	}
	for _, rule := range rules {
		coded, tested, todo := places(cited, rule.ID, Coded), places(cited, rule.ID, Tested), places(cited, rule.ID, Todo)
		switch {
		case coded == "" && tested == "" && rule.NotApplicable != "":
			counts["not applicable"]++
			say("%-10s  not applicable (%s)", rule.ID, rule.NotApplicable)
			continue
		case coded != "" && tested != "":
			counts["coded and tested"]++
		case coded != "":
			counts["coded only"]++
		case tested != "":
			counts["tested only"]++
		default:
			counts["no"]++
		}
		say("%-10s  coded: %s  tested: %s%s%s", rule.ID, orNo(coded), orNo(tested), mark("  todo: ", todo), contradiction(rule))
	}
	say("")
	for _, name := range []string{"coded and tested", "coded only", "tested only", "not applicable", "no"} {
		say("%5d %s", counts[name], name)
	}
	say("%5d rules", len(rules))
	return print
}

// places names the first place of a kind and how many more there are.
func places(cited []Citation, id string, kind Kind) string {
	found := slices.DeleteFunc(slices.Clone(cited), func(c Citation) bool { return c.ID != id || c.Kind != kind })
	switch len(found) {
	case 0:
		return ""
	case 1:
		return fmt.Sprintf("%s:%d", found[0].File, found[0].Line)
	}
	return fmt.Sprintf("%s:%d (and %d more)", found[0].File, found[0].Line, len(found)-1)
}

func orNo(place string) string {
	if place == "" {
		return "no"
	}
	return place
}

func mark(word, place string) string {
	if place == "" {
		return ""
	}
	return word + place
}

// contradiction tells of a row that the code has made untrue.
func contradiction(rule Rule) string {
	if rule.NotApplicable == "" {
		return ""
	}
	return "  (take its row out of \"not applicable\")"
}
