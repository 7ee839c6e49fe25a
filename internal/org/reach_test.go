package org

import (
	"fmt"
	"maps"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"
)

// reach counts what made-up cases come to.
type reach map[string]int

func (r reach) item(it *Item) {
	for i := range it.Steps {
		r[it.Steps[i].Key()]++
	}
	for i := range it.Consequences {
		r["consequence."+it.Consequences[i].Key]++
	}
	for _, x := range it.Refusals {
		r["refusal."+x.Reason]++
	}
}

// keysOfPlans are the keys of everything that a plan can say, as the sources
// have them.
func keysOfPlans(t *testing.T) []string {
	t.Helper()
	var keys []string
	for _, kind := range StepKinds() {
		keys = append(keys, "step."+string(kind))
	}
	keys = append(keys, "step.reduceSubscription.renewal", "step.setAutomaticReplies.inside", "step.setAutomaticReplies.outside")
	find := func(prefix string, text *regexp.Regexp, files ...string) {
		for _, f := range files {
			source, err := os.ReadFile(f)
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range text.FindAllStringSubmatch(string(source), -1) {
				keys = append(keys, prefix+m[1])
			}
		}
	}
	find("refusal.", regexp.MustCompile(`(?:Refuse|no)\(\w+, "([^"]+)"`), "plan.go", "choices.go")
	find("refusal.", regexp.MustCompile(`Refuse\(\w+, "([^"]+)"`), "actors.go")
	find("consequence.", regexp.MustCompile(`t\.say\("R-[^"]+", \w+, "([^"]+)"`), "consequences.go", "bills.go")
	find("consequence.", regexp.MustCompile(`t\.date\([^"]+"R-[^"]+", \w+, "([^"]+)"`), "consequences.go")
	find("consequence.bill.", regexp.MustCompile(`return no\("subscription\.([^"]+)"`), "subscriptions.go")
	keys = append(keys, "refusal.user.self", "refusal.user.outranks", "refusal.user.lastGlobalAdmin", "refusal.user.synced", "refusal.user.forwards",
		"refusal.user.roleGroup", "consequence.bill.stopsAtRenewal", // of Gate, which restores use too; a key that is no literal there
		"consequence.mailbox.tooBig", "consequence.mailbox.heldNeedsLicense", "consequence.mailbox.archiveNeedsLicense") // NeedsLicense
	slices.Sort(keys)
	return slices.Compact(keys)
}

// check fails for what no case came to, and prints how many came to the rest.
func (r reach) check(t *testing.T, full bool) {
	t.Helper()
	keys := keysOfPlans(t)
	var table strings.Builder
	for _, k := range keys {
		fmt.Fprintf(&table, "\n%8d %s", r[k], k)
		if r[k] == 0 && full {
			t.Errorf("no case comes to %s: let the generators make one", k)
		}
	}
	t.Logf("how many items come to what a plan can say:%s", table.String())
	for _, k := range slices.Sorted(maps.Keys(r)) {
		if !slices.Contains(keys, k) {
			t.Errorf("%s is not among the keys that the sources have", k)
		}
	}
}

// careless makes a mistake that every surface lets through.
func careless(t *rapid.T, c *Choices) {
	switch rapid.IntRange(0, 6).Draw(t, "mistake") {
	case 0:
		c.MailTo, c.HoldMailbox = word("id-0"), yes()
	case 1:
		c.MailTo, c.ReplyInside = nil, word("In.")
	case 2:
		c.MailTo, c.MailboxDisplayName = nil, word("Former")
	case 3:
		c.ReplyInside, c.ReplyOutside = nil, word(ReplySame)
	case 4:
		c.RemoveAliases = &Aliases{List: []string{"nobody.1@lindeboom.example"}}
	case 5:
		c.RemoveAliases = &Aliases{List: []string{"p0@lindeboom.example", "p1@lindeboom.example", "p2@lindeboom.example"}}
	case 6:
		c.MailTo, c.ReplyInside = word("id-0"), word(ReplySame)
	}
}
