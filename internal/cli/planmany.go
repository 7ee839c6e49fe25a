package cli

import (
	"strings"

	"leaver/internal/graphclient"
)

// planView writes a plan whose items come one by one. However many they are, it
// keeps only those who are refused.
type planView struct {
	s       *session
	whole   bool   // each person with all steps and consequences
	table   *table // who leaves, otherwise
	items   int
	counts  map[string]int // by outcome
	worst   map[string]int // by the worst severity of those who leave
	refused []graphclient.PlanItem
	exit    exit
}

func (s *session) viewPlan(people int, full bool) *planView {
	return &planView{
		s: s, whole: full || people == 1, counts: map[string]int{}, worst: map[string]int{},
		table: s.table(s.text("cli.column.user"), s.text("cli.column.name"), s.text("cli.column.outcome"),
			s.text("cli.column.steps"), s.text("cli.column.attention")).numbers(3),
	}
}

func (v *planView) add(item *graphclient.PlanItem) {
	s := v.s
	v.items++
	v.exit.add(item)
	v.counts[item.Outcome]++
	switch {
	case v.whole:
		if v.items > 1 {
			s.printf("\n%s\n", s.ink.draw(s.ink.faint, strings.Repeat("─", 40)))
		}
		s.showItem(item)
	case item.Outcome == outcomeRefused:
		v.refused = append(v.refused, *item)
	default:
		severity := worstOf(item.Consequences)
		v.worst[severity]++
		attention := ""
		if severity != "info" {
			attention = s.text("severity." + severity)
		}
		v.table.row(item.User, item.DisplayName, s.text("outcome."+item.Outcome), s.number(len(item.Steps)), attention)
	}
}

// end writes who can't leave, the totals, and the money.
func (v *planView) end(plan *graphclient.Plan) {
	if !v.whole {
		v.totals()
	}
	v.s.showSavings(&plan.Savings)
}

func (v *planView) totals() {
	s := v.s
	v.table.end()
	if len(v.refused) > 0 {
		s.title(s.text("cli.plan.refusedMany", "count", len(v.refused)))
	}
	for i := range v.refused {
		item := &v.refused[i]
		text := ""
		for _, r := range item.Refusals {
			text += " " + s.refusal(r)
		}
		if name := s.nameOf(item.DisplayName, item.User); strings.Contains(text, name) {
			text = strings.TrimPrefix(text, " ")
		} else {
			text = name + ":" + text
		}
		s.printf("  %s %s\n", s.ink.draw(s.ink.danger, "✗"), wrapped(text, s.columns(), "    "))
	}
	s.printf("\n%s\n", s.text("cli.plan.totals", "delete", v.counts["delete"], "keep", v.counts["keepAsSharedMailbox"],
		"refused", v.counts[outcomeRefused]))
	if v.worst["critical"] > 0 {
		s.printf("%s\n", s.ink.draw(s.ink.danger, s.text("cli.plan.criticalMany", "count", v.worst["critical"])))
	}
}
