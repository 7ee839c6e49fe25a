package cli

import (
	"strings"
	"testing"
	"time"

	"leaver/internal/graphclient"
	"leaver/internal/locale"
)

func day(month, day int) time.Time {
	return time.Date(2026, time.Month(month), day, 4, 0, 0, 0, time.UTC)
}

// annasPlan is a plan of one person with something of everything.
func annasPlan() *graphclient.Plan {
	return &graphclient.Plan{
		Leaving: 1,
		Items: []graphclient.PlanItem{{
			User: "anna@lindeboom.example", DisplayName: "Anna\x1b[31m", Outcome: "delete",
			Steps: []graphclient.PlanStep{{Kind: "blockSignIn", Summary: "STEP ONE", Reversible: true}, {Kind: "revokeSessions", Summary: "STEP TWO"}},
			Consequences: []graphclient.Consequence{
				{Rule: "R-DEL-01", Severity: "info", Text: "INFO", Date: day(12, 21)},
				{Rule: "R-MBX-03", Severity: "critical", Text: "CRITICAL"},
				{Rule: "R-OD-08", Severity: "warning", Text: "WARNING on 3 December 2026, op 3 december 2026", Date: day(12, 3)},
			},
		}},
		Savings: graphclient.Savings{
			Now:   []graphclient.Amount{{Amount: 21.8, Currency: "EUR", Per: "month"}},
			Later: []graphclient.Amount{{Amount: 5.9, Currency: "EUR", Per: "month", From: day(6, 21), Product: "A3"}},
		},
	}
}

func TestShowPlan(t *testing.T) {
	tests := map[locale.Lang]string{
		locale.English: `Anna\x1b[31m (anna@lindeboom.example)
The account moves to Deleted users.

What happens, in this order
  1. STEP ONE
  2. STEP TWO (can't be undone)

Lost for good
  ! CRITICAL (R-MBX-03)

Take note
  • WARNING on 3 December 2026, op 3 december 2026 (R-OD-08)

Good to know
  • INFO (21 December 2026) (R-DEL-01)

What you stop paying
  • €21.80 a month, from now on
  • €5.90 a month from 21 June 2026 on (A3)

Nothing has been changed. To carry this out:
  leaver delete anna@lindeboom.example
`,
		locale.Dutch: `Anna\x1b[31m (anna@lindeboom.example)
Het account gaat naar Verwijderde gebruikers.

Wat er gebeurt, in deze volgorde
  1. STEP ONE
  2. STEP TWO (niet terug te draaien)

Definitief verloren
  ! CRITICAL (R-MBX-03)

Let op
  • WARNING on 3 December 2026, op 3 december 2026 (R-OD-08)

Goed om te weten
  • INFO (21 december 2026) (R-DEL-01)

Wat u niet meer betaalt
  • € 21,80 per maand, vanaf nu
  • € 5,90 per maand vanaf 21 juni 2026 (A3)

Er is niets gewijzigd. Zo voert u dit uit:
  leaver delete anna@lindeboom.example
`,
	}
	for lang, want := range tests {
		s, out := newSession(t, lang, 0)
		plan := annasPlan()
		s.showPlan(plan)
		s.showNext(plan, "leaver delete anna@lindeboom.example")
		if got := strings.ReplaceAll(written(t, s, out), "\u00a0", " "); got != want {
			t.Errorf("%s: got\n%s\nwant\n%s", lang, got, want)
		}
	}
}

func TestShowPlanOfMany(t *testing.T) {
	plan := annasPlan()
	plan.Items = append(plan.Items,
		graphclient.PlanItem{User: "bram@lindeboom.example", Outcome: "keepAsSharedMailbox", Steps: make([]graphclient.PlanStep, 7)},
		graphclient.PlanItem{User: "eva@lindeboom.example", DisplayName: "Eva", Outcome: "refused", Refusals: []graphclient.Refusal{
			{Code: "user.synced", Rule: "R-AD-01", Text: "NO", Hint: "DO THIS"},
		}})
	plan.MassDelete, plan.Leaving = true, 2
	s, out := newSession(t, locale.English, 100)
	s.showPlan(plan)
	s.showNext(plan, "leaver delete --csv x.csv")
	text := written(t, s, out)
	for _, want := range []string{
		"anna@lindeboom.example  Anna\\x1b[31m  Delete", "Keep as shared mailbox      7", "Lost for good",
		"1 person can't be deleted", "✗ Eva (eva@lindeboom.example): NO. DO THIS. (R-AD-01)",
		"Deleted: 1. Kept as shared mailbox: 1. Refused: 1.", "With 1 person something is lost for good",
		"leaver delete --csv x.csv --override massDelete",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the plan lacks %q:\n%s", want, text)
		}
	}
}

func TestExitStatus(t *testing.T) {
	item := func(outcome, kind, code string) graphclient.PlanItem {
		i := graphclient.PlanItem{Outcome: outcome}
		if code != "" {
			i.Refusals = []graphclient.Refusal{{Kind: kind, Code: code}}
		}
		return i
	}
	plans := []struct {
		name  string
		items []graphclient.PlanItem
		want  int
	}{
		{"everybody leaves", []graphclient.PlanItem{item("delete", "", "")}, ExitDone},
		{"somebody leaves", []graphclient.PlanItem{item("refused", "conflict", "user.forwards"), item("delete", "", "")}, ExitDone},
		{"a rule refuses", []graphclient.PlanItem{item("refused", "invalid", "user.synced")}, ExitRefused},
		{"nobody is there", []graphclient.PlanItem{item("refused", "notFound", "user.notFound")}, ExitNotFound},
		{"not allowed", []graphclient.PlanItem{item("refused", "denied", "user.outranks")}, ExitDenied},
		{"not allowed, of an older server", []graphclient.PlanItem{item("refused", "", "actor.noRole")}, ExitDenied},
		{"for different reasons", []graphclient.PlanItem{item("refused", "denied", "user.outranks"), item("refused", "notFound", "user.notFound")}, ExitRefused},
	}
	for _, tt := range plans {
		if got := planExit(tt.items); got != tt.want {
			t.Errorf("plan in which %s: exit %d, want %d", tt.name, got, tt.want)
		}
	}
	runs := []struct {
		outcomes string
		want     int
	}{
		{"done skipped needsHuman", ExitDone},
		{"done refused", ExitPartial},
		{"done failed", ExitPartial},
		{"refused refused", ExitRefused},
		{"failed refused", ExitFailure},
		{"failed", ExitFailure},
	}
	for _, tt := range runs {
		var items []graphclient.RunItem
		for outcome := range strings.FieldsSeq(tt.outcomes) {
			items = append(items, graphclient.RunItem{Outcome: outcome})
		}
		if got := runExit(countOutcomes(items)); got != tt.want {
			t.Errorf("run with %s: exit %d, want %d", tt.outcomes, got, tt.want)
		}
	}
}
