package cli

import (
	"context"
	"encoding/json"
	"io"
	"iter"
	"os"
	"slices"
	"strings"

	"leaver/internal/graphclient"
	"leaver/internal/tabular"
)

// showResult writes what became of everybody, to a file too when one is named,
// and answers by the exit status.
func (s *session) showResult(ctx context.Context, l *link, d *graphclient.Departure, a *ask, file string) error {
	var items []graphclient.RunItem
	for item, err := range l.DepartureItems(ctx, d.ID) {
		if err != nil {
			return err
		}
		items = append(items, item)
	}
	if file != "" {
		if err := s.writeResults(file, a, items); err != nil {
			return err
		}
	}
	switch {
	case s.JSON:
		if err := s.departureJSON(ctx, l, d.ID, items); err != nil {
			return err
		}
	case file != "-":
		s.showRun(d, items)
	}
	return told(runExit(d, items))
}

// departureJSON writes a run as the server gives it, with all its items.
func (s *session) departureJSON(ctx context.Context, l *link, id string, items []graphclient.RunItem) error {
	head, err := l.Departure(ctx, id, 1000)
	if err != nil {
		return err
	}
	if head.V.NextItems == "" {
		return s.json(head)
	}
	whole := map[string]json.RawMessage{}
	if err := json.Unmarshal(head.JSON, &whole); err != nil {
		return err
	}
	delete(whole, "items@odata.nextLink")
	if whole["items"], err = json.Marshal(items); err != nil {
		return err
	}
	return s.json(whole)
}

// runExit answers the exit status of a run.
func runExit(d *graphclient.Departure, items []graphclient.RunItem) int {
	good, refused := 0, 0
	for i := range items {
		switch items[i].Outcome {
		case "done", "skipped", "needsHuman":
			good++
		case outcomeRefused:
			refused++
		}
	}
	switch {
	case good == len(items):
		return ExitDone
	case good > 0 || d.Status == "partial":
		return ExitPartial
	case refused == len(items):
		return ExitRefused
	}
	return ExitFailure
}

// fewItems is up to how many people each is named.
const fewItems = 20

// showRun writes a run: everybody when they are few, otherwise those with whom
// something is the matter, and the totals.
func (s *session) showRun(d *graphclient.Departure, items []graphclient.RunItem) {
	t := s.table(s.text("cli.column.user"), s.text("cli.column.outcome"), s.text("cli.column.message")).wrapping()
	counts := map[string]int{}
	for i := range items {
		item := &items[i]
		counts[item.Outcome]++
		if len(items) <= fewItems || item.Outcome != "done" {
			t.row(item.User, s.text("outcome."+item.Outcome), s.messageOf(item.Message, item.Rule))
		}
	}
	t.end()
	if len(items) > 1 {
		if counts["done"] < len(items) || len(items) <= fewItems {
			s.printf("\n")
		}
		s.printf("%s\n", s.text("cli.run.totals", "count", len(items), "done", counts["done"],
			"refused", counts[outcomeRefused], "failed", counts["failed"]))
	}
	for i := range items {
		s.showNotes(items[i].User, notable(items[i].Notes, len(items)), len(items) > 1)
	}
	if counts["done"]+counts["needsHuman"] > 0 && d.Status != "undone" {
		s.tell("cli.run.undo", "id", d.ID)
	}
}

// messageOf writes a message and the rule behind it.
func (s *session) messageOf(message, rule string) string {
	if message == "" || rule == "" {
		return message
	}
	return message + " (" + rule + ")"
}

// notable leaves out what is only good to know where people are many.
func notable(notes []graphclient.Note, people int) []graphclient.Note {
	if people <= fewItems {
		return notes
	}
	return slices.DeleteFunc(slices.Clone(notes), func(n graphclient.Note) bool { return n.Severity == "info" })
}

// showNotes writes what could not be put back.
func (s *session) showNotes(user string, notes []graphclient.Note, named bool) {
	for _, n := range notes {
		text := clean(n.Text)
		if named {
			text = clean(user) + ": " + text
		}
		s.printf("  %s %s\n", s.mark(n.Severity), wrapped(text+s.rule(n.Rule), s.columns(), "    "))
	}
}

// writeResults writes the rows of the input with what became of each. R-BULK-11
func (s *session) writeResults(name string, a *ask, items []graphclient.RunItem) error {
	return s.writeRows(name, a, items, nil)
}

// writeRows is writeResults with the new passwords of those who came back, where
// there are: nobody could sign in if they were lost. R-RES-04
func (s *session) writeRows(name string, a *ask, items []graphclient.RunItem, passwords []string) error {
	headings, dialect := []string{"userPrincipalName"}, tabular.Dialect{}
	if a.file != nil {
		headings, dialect = a.file.Headings, a.file.Dialect
	}
	return s.output(name, func(w io.Writer) error {
		out := tabular.NewResultWriter(w, dialect, headings)
		if passwords != nil {
			out.Add("password")
		}
		for row := range resultRows(a, items) {
			n := min(1, len(passwords))
			if err := out.Write(row.cells, row.outcome, passwords[:n]...); err != nil {
				return err
			}
			passwords = passwords[n:]
		}
		return out.Flush()
	})
}

// refusedItems are the results of a run that was not begun, because a rule
// refuses everybody.
func refusedItems(plan []graphclient.PlanItem) []graphclient.RunItem {
	items := make([]graphclient.RunItem, len(plan))
	for i := range plan {
		items[i] = graphclient.RunItem{User: plan[i].User, Outcome: outcomeRefused}
		if len(plan[i].Refusals) > 0 {
			r := plan[i].Refusals[0]
			items[i].Code, items[i].Rule, items[i].Message = r.Code, r.Rule, strings.TrimSpace(r.Text+" "+r.Hint)
		}
	}
	return items
}

type resultRow struct {
	cells   []string
	outcome tabular.Outcome
}

// resultRows pairs the rows of the input with the items, which have their order.
func resultRows(a *ask, items []graphclient.RunItem) iter.Seq[resultRow] {
	return func(yield func(resultRow) bool) {
		for i := range items {
			cells := []string{items[i].User}
			if a.file != nil && i < len(a.cells) {
				cells = a.cells[i]
			}
			it := &items[i]
			row := resultRow{cells, tabular.Outcome{Outcome: it.Outcome, Code: it.Code, Rule: it.Rule, Message: it.Message}}
			if !yield(row) {
				return
			}
		}
	}
}

// output writes a file, or standard output for "-" and for no name. A file that
// could not be written whole is taken away.
func (s *session) output(name string, write func(io.Writer) error) error {
	if name == "" || name == "-" {
		return write(s.out)
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600) // it may hold names and passwords
	if err != nil {
		return fileFault(name, err)
	}
	err = write(file)
	if closing := file.Close(); err == nil && closing != nil {
		err = fileFault(name, closing)
	}
	if err != nil {
		_ = os.Remove(name) // what is left of it would look like an answer
	}
	return err
}
