package api

import (
	"strings"
	"time"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// departureView is one run over one or many people.
type departureView struct {
	ID        org.DepartureID              `json:"id"`
	Status    offboard.Status              `json:"status"`
	CreatedBy actorView                    `json:"createdBy"`
	Created   time.Time                    `json:"createdDateTime"`
	Ended     *time.Time                   `json:"endedDateTime" doc:"Null while it runs."`
	Undoing   bool                         `json:"undoing" doc:"It is being put back, or was."`
	Left      int                          `json:"notUndone" doc:"How many an undo did not put back and may put back when it is asked for again."`
	Total     int                          `json:"total"`
	Counts    map[offboard.ItemOutcome]int `json:"counts" doc:"How many people there are of each outcome."`
	Items     []itemView                   `json:"items"`
	NextItems string                       `json:"items@odata.nextLink,omitempty" doc:"Where the next items are."`
}

type actorView struct {
	ID     org.UserID `json:"id"`
	Name   string     `json:"name"`
	App    bool       `json:"app"`
	System bool       `json:"system"`
}

func actorOf(a *org.Actor) actorView { return actorView{a.ID, a.Name, a.App, a.System} }

// itemView is one person of a run.
type itemView struct {
	User        string               `json:"user" doc:"User principal name."`
	ID          string               `json:"id,omitempty"`
	DisplayName string               `json:"displayName,omitempty"`
	Plan        org.Outcome          `json:"plan" doc:"What was confirmed."`
	Outcome     offboard.ItemOutcome `json:"outcome"`
	Code        string               `json:"code"`
	Rule        string               `json:"rule"`
	Message     string               `json:"message" doc:"In the language of the reader."`
	Undone      bool                 `json:"undone" doc:"The person was put back since."`
	Notes       []noteView           `json:"notes,omitempty" doc:"What could not be done, or not be put back."`
	Steps       []stepView           `json:"steps"`
	Withheld    []withheldView       `json:"withheld,omitempty" doc:"What is left out because the reader's roles don't open it."`
}

type stepView struct {
	Kind    org.StepKind         `json:"kind"`
	Outcome offboard.ItemOutcome `json:"outcome"`
	Started *time.Time           `json:"startedDateTime"`
	Ended   *time.Time           `json:"endedDateTime"`
	Summary string               `json:"summary" doc:"In the language of the reader."`
}

// orNull is a time, or null for never.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func departureOf(dep *offboard.Departure) departureView {
	out := departureView{
		ID: dep.ID, Status: dep.Status, CreatedBy: actorOf(&dep.CreatedBy), Created: dep.Created, Ended: orNull(dep.Ended), Undoing: dep.Undoing,
		Left: dep.Left(), Total: dep.Total, Counts: map[offboard.ItemOutcome]int{}, Items: []itemView{},
	}
	for outcome, n := range dep.Counts {
		if n != 0 {
			out.Counts[outcome] = n
		}
	}
	return out
}

func itemOf(lang locale.Lang, it *offboard.Item) itemView {
	out := itemView{
		User: it.User.Name, ID: it.User.ID, DisplayName: it.User.DisplayName, Plan: it.Plan, Outcome: it.Outcome, Code: it.Code, Rule: it.Rule,
		Message: messageOf(lang, it), Undone: it.Undone, Steps: make([]stepView, len(it.Steps)),
		Withheld: withheldOf(lang, it, func(field string) bool { return !strings.HasPrefix(field, "choices.") }),
	}
	if len(it.Notes) > 0 {
		out.Notes = notesOf(lang, it.Notes)
	}
	for i := range it.Steps {
		s, outcome, tense := &it.Steps[i], it.StepOutcome(i), "step"
		if outcome == offboard.ItemDone {
			tense = "stepDone"
		}
		summary := locale.Text(lang, tense+strings.TrimPrefix(s.Key(), "step"), s.Args().Map())
		out.Steps[i] = stepView{s.Kind, outcome, orNull(it.Ran), orNull(it.Ran), summary}
	}
	return out
}

// withheldOf says what an item leaves out of the fields that are shown. R-ROLE-11
func withheldOf(lang locale.Lang, it *offboard.Item, shown func(field string) bool) []withheldView {
	var out []withheldView
	for _, w := range it.Withheld {
		var fields []string
		for _, f := range w.Fields {
			if shown(f) {
				fields = append(fields, f)
			}
		}
		if len(fields) > 0 {
			out = append(out, withheldView{fields, w.Why.Rule, wire.Text(lang, w.Why)})
		}
	}
	return out
}

// messageOf says in one sentence how it went for one person.
func messageOf(lang locale.Lang, it *offboard.Item) string {
	args := map[string]any{"user": it.User.String(), "date": it.Ran.Add(org.UserRetention)}
	switch {
	case it.Undone && it.Outcome == offboard.ItemDone:
		return locale.Text(lang, "api.item.undone", args)
	case it.Outcome == offboard.ItemDone && it.Plan == org.OutcomeKeep:
		return locale.Text(lang, "api.item.kept", args)
	case it.Outcome == offboard.ItemDone:
		return locale.Text(lang, "api.item.deleted", args)
	case locale.Has(lang, "refusal."+it.Code):
		return wire.Sentence(lang, &org.Refusal{Reason: it.Code, Args: it.Args})
	}
	return locale.Text(lang, "outcome."+string(it.Outcome), nil)
}
