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
// and answers by the exit status. Of many people only those are kept with whom
// something is the matter, and without a file the others are not asked for either.
func (s *session) showResult(ctx context.Context, l *link, d *graphclient.Departure, a *ask, file string) error {
	items := l.DepartureRemarks(ctx, d.ID)
	if file != "" || s.JSON || d.Total <= fewItems {
		items = l.DepartureItems(ctx, d.ID)
	}
	var shown []graphclient.RunItem
	keep := func(yield func(graphclient.RunItem, error) bool) {
		for item, err := range items {
			if s.JSON || d.Total <= fewItems || item.Outcome != "done" || len(item.Notes) > 0 {
				shown = append(shown, item)
			}
			if !yield(item, err) {
				return
			}
		}
	}
	var err error
	if file != "" {
		err = s.writeResults(file, a, keep)
	} else {
		for _, err = range keep {
			if err != nil {
				break
			}
		}
	}
	if err != nil {
		return err
	}
	switch {
	case s.JSON:
		if err := s.departureJSON(ctx, l, d.ID, shown); err != nil {
			return err
		}
	case file != "-":
		s.showRun(d, shown)
	}
	return told(runExit(d))
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
func runExit(d *graphclient.Departure) int {
	good := d.Counts["done"] + d.Counts["skipped"] + d.Counts["needsHuman"]
	switch {
	case good == d.Total:
		return ExitDone
	case good > 0 || d.Status == "partial":
		return ExitPartial
	case d.Counts[outcomeRefused] == d.Total:
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
	done := d.Counts["done"]
	for i := range items {
		item := &items[i]
		if d.Total <= fewItems || item.Outcome != "done" {
			t.row(item.User, s.text("outcome."+item.Outcome), s.messageOf(item.Message, item.Rule))
		}
	}
	t.end()
	if d.Total > 1 {
		if done < d.Total || d.Total <= fewItems {
			s.printf("\n")
		}
		s.printf("%s\n", s.text("cli.run.totals", "count", d.Total, "done", done,
			"refused", d.Counts[outcomeRefused], "failed", d.Counts["failed"]))
	}
	for i := range items {
		s.showNotes(items[i].User, notable(items[i].Notes, d.Total), d.Total > 1)
	}
	if done+d.Counts["needsHuman"] > 0 && d.Status != "undone" {
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
func (s *session) writeResults(name string, a *ask, items iter.Seq2[graphclient.RunItem, error]) error {
	return s.writeRows(name, a, items, nil)
}

// writeRows is writeResults with the new passwords of those who came back, where
// there are: nobody could sign in if they were lost. R-RES-04
func (s *session) writeRows(name string, a *ask, items iter.Seq2[graphclient.RunItem, error], passwords []string) error {
	headings, dialect := []string{"userPrincipalName"}, tabular.Dialect{}
	if a.file != nil {
		headings, dialect = a.file.Headings, a.file.Dialect
	}
	return s.output(name, func(w io.Writer) error {
		out := tabular.NewResultWriter(w, dialect, headings)
		if passwords != nil {
			out.Add("password")
		}
		for row, err := range resultRows(a, items) {
			if err != nil {
				return err
			}
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
func resultRows(a *ask, items iter.Seq2[graphclient.RunItem, error]) iter.Seq2[resultRow, error] {
	return func(yield func(resultRow, error) bool) {
		i := 0
		for it, err := range items {
			cells := []string{it.User}
			if a.file != nil && i < len(a.cells) {
				cells = a.cells[i]
			}
			i++
			row := resultRow{cells, tabular.Outcome{Outcome: it.Outcome, Code: it.Code, Rule: it.Rule, Message: it.Message}}
			if !yield(row, err) {
				return
			}
		}
	}
}

// listed goes through items that are there already.
func listed(items []graphclient.RunItem) iter.Seq2[graphclient.RunItem, error] {
	return func(yield func(graphclient.RunItem, error) bool) {
		for _, item := range items {
			if !yield(item, nil) {
				return
			}
		}
	}
}

// countOutcomes is what a run of these items came to.
func countOutcomes(items []graphclient.RunItem) *graphclient.Departure {
	d := &graphclient.Departure{Total: len(items), Counts: map[string]int{}}
	for i := range items {
		d.Counts[items[i].Outcome]++
	}
	return d
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
		remove(name) // what is left of it would look like an answer
	}
	return err
}

// remove takes a file away, and leaves alone what is none, such as /dev/stdout.
func remove(name string) {
	if info, err := os.Lstat(name); err == nil && info.Mode().IsRegular() {
		_ = os.Remove(name)
	}
}

// writable refuses a file that could not be written, before anything is done that
// it is to tell of. It leaves what is there as it is.
func writable(name string) error {
	if name == "" || name == "-" {
		return nil
	}
	info, missing := os.Stat(name)
	if missing == nil && !info.IsDir() && !info.Mode().IsRegular() {
		return nil // opening a pipe would wait for its reader
	}
	file, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY, 0o600)
	if err != nil {
		return fileFault(name, err)
	}
	err = file.Close()
	if missing != nil {
		remove(name)
	}
	return err
}
