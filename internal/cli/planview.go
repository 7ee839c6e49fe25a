package cli

import (
	"strings"
	"time"

	"charm.land/lipgloss/v2"

	"leaver/internal/graphclient"
	"leaver/internal/locale"
)

// severities in the order in which they matter.
var severities = []string{"critical", "warning", "info"}

// showPlan writes a plan: of one person whole, of many as a table with the
// refusals apart.
func (s *session) showPlan(plan *graphclient.Plan) {
	v := s.viewPlan(len(plan.Items), false)
	for i := range plan.Items {
		v.add(&plan.Items[i])
	}
	v.end(plan)
}

// showNext says that nothing has been changed, and how to carry the plan out.
func (s *session) showNext(plan *graphclient.Plan, command string) {
	s.printf("\n%s", s.text("cli.plan.unchanged"))
	switch {
	case plan.Leaving == 0:
		s.printf("\n")
		return
	case plan.MassDelete:
		command += " --override massDelete"
	}
	s.printf(" %s\n  %s\n", s.text("cli.plan.next"), s.ink.draw(s.ink.strong, clean(command)))
}

// showItem writes the plan of one person.
func (s *session) showItem(item *graphclient.PlanItem) {
	s.printf("%s\n", s.ink.draw(s.ink.strong, s.nameOf(item.DisplayName, item.User)))
	s.printf("%s\n", s.outcome(item.Outcome, s.text("cli.plan.outcome."+item.Outcome)))
	if item.Outcome == outcomeRefused {
		s.showRefusals(item.Refusals)
	}
	if len(item.Steps) > 0 {
		s.title(s.text("cli.plan.steps"))
	}
	for i, step := range item.Steps {
		text := clean(step.Summary)
		if !step.Reversible {
			text += " " + s.text("cli.plan.irreversible")
		}
		s.printf("%s%s\n", s.numbered(i+1), wrapped(text, s.columns(), "     "))
	}
	for _, severity := range severities {
		s.showConsequences(item.Consequences, severity)
	}
}

// numbered is the number of a step, against its right side.
func (s *session) numbered(n int) string {
	text := s.number(n) + ". "
	return strings.Repeat(" ", max(5-width(text), 0)) + text
}

func (s *session) showRefusals(refusals []graphclient.Refusal) {
	s.title(s.text("cli.plan.refused"))
	for _, r := range refusals {
		s.printf("  %s %s\n", s.ink.draw(s.ink.danger, "✗"), wrapped(s.refusal(r), s.columns(), "    "))
	}
}

// refusal writes why not, by which rule, and what to do.
func (s *session) refusal(r graphclient.Refusal) string {
	text := sentence(clean(r.Text))
	if hint := firstOf(r.Hint, s.adviceOn(r.Code, r.Text)); hint != "" {
		text += " " + sentence(clean(hint))
	}
	return text + s.rule(r.Rule)
}

// rule names a rule behind a sentence.
func (s *session) rule(id string) string {
	if id == "" {
		return ""
	}
	return " " + s.ink.draw(s.ink.faint, "("+clean(id)+")")
}

func (s *session) showConsequences(all []graphclient.Consequence, severity string) {
	first := true
	for _, c := range all {
		if c.Severity != severity {
			continue
		}
		if first {
			s.title(s.text("severity." + severity))
			first = false
		}
		text := clean(c.Text)
		if day := s.longDate(c.Date); day != "" && !strings.Contains(text, day) {
			text = strings.TrimRight(text, " ") + " " + s.text("cli.plan.on", "date", c.Date)
		}
		s.printf("  %s %s\n", s.mark(severity), wrapped(text+s.rule(c.Rule), s.columns(), "    "))
	}
}

func (s *session) longDate(t time.Time) string {
	if t.IsZero() {
		return ""
	}
	return locale.Date(s.lang, t)
}

// mark stands before a consequence.
func (s *session) mark(severity string) string {
	switch severity {
	case "critical":
		return s.ink.draw(s.ink.danger, "!")
	case "warning":
		return s.ink.draw(s.ink.warning, "•")
	}
	return "•"
}

// outcome colours a word by the outcome it stands for.
func (s *session) outcome(outcome, text string) string {
	style := map[string]lipgloss.Style{
		"done": s.ink.good, "refused": s.ink.danger, "failed": s.ink.danger,
		"needsHuman": s.ink.warning, "partial": s.ink.warning,
	}
	if ink, ok := style[outcome]; ok {
		return s.ink.draw(ink, text)
	}
	return text
}

// nameOf writes somebody with display name and user name.
func (s *session) nameOf(display, upn string) string {
	display, upn = clean(display), clean(upn)
	if display == "" || display == upn {
		return upn
	}
	return display + " (" + upn + ")"
}

func worstOf(all []graphclient.Consequence) string {
	for _, severity := range severities {
		for _, c := range all {
			if c.Severity == severity {
				return severity
			}
		}
	}
	return "info"
}

// showSavings writes what stops being spent.
func (s *session) showSavings(all *graphclient.Savings) {
	if len(all.Now)+len(all.Later) == 0 {
		return
	}
	s.title(s.text("cli.plan.savings"))
	for _, a := range all.Now {
		s.printf("  • %s\n", s.text("cli.plan.savingNow", "amount", s.amount(a), "per", s.text("cli.per."+perOf(a))))
	}
	for _, a := range all.Later {
		text := s.text("cli.plan.savingLater", "amount", s.amount(a), "per", s.text("cli.per."+perOf(a)), "date", a.From, "product", a.Product)
		s.printf("  • %s\n", wrapped(text, s.columns(), "    "))
	}
}

// perOf is the period of a price.
func perOf(a graphclient.Amount) string {
	if a.Per == "year" {
		return "year"
	}
	return "month"
}
