package cli

import (
	"context"
	"io"
	"slices"
	"strings"

	"leaver/internal/graphclient"
)

type departuresList struct {
	Limit int `placeholder:"N"`
}

// Run lists the runs, newest first.
func (c *departuresList) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	all := l.Departures(ctx, min(max(c.Limit, 0), 100))
	if s.JSON {
		return jsonList(s, all, c.Limit)
	}
	t := s.table(s.text("cli.column.id"), s.text("cli.column.created"), s.text("cli.column.by"), s.text("cli.column.status"),
		s.text("cli.column.people")).numbers(4).dispensable(2)
	n, err := each(all, c.Limit, func(d graphclient.Departure) {
		total := d.Total
		if total == 0 {
			total = len(d.Items)
		}
		t.row(d.ID, s.moment(d.Created), label(d.CreatedBy), s.text("outcome."+d.Status), s.number(total))
	})
	t.end()
	if err == nil && n == 0 {
		s.tell("cli.departures.none")
	}
	return err
}

// label finds the name in what may be a name or an object that has one.
func label(value any) string {
	switch v := value.(type) {
	case string:
		return v
	case map[string]any:
		for _, name := range []string{"userPrincipalName", "name", "displayName", "id"} {
			if text, ok := v[name].(string); ok && text != "" {
				return text
			}
		}
	}
	return ""
}

type departuresShow struct {
	ID string `arg:"" name:"id"`
}

// Run shows a run; one that hasn't ended is followed to its end.
func (c *departuresShow) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	head, err := l.Departure(ctx, c.ID, 1)
	if err != nil {
		return err
	}
	d := &head.V
	if d.Running() && !s.JSON {
		if d, err = s.follow(ctx, l, c.ID); err != nil {
			return err
		}
	}
	if !s.JSON {
		s.field(s.text("cli.column.id"), d.ID)
		s.field(s.text("cli.column.created"), s.moment(d.Created))
		s.field(s.text("cli.column.by"), label(d.CreatedBy))
		s.field(s.text("cli.column.status"), s.text("outcome."+d.Status))
		s.printf("\n")
	}
	if err := s.showResult(ctx, l, d, &ask{}, ""); err != nil && s.asFault(err).Told {
		return nil // how the run ended is what was asked for, not a failure of this command
	} else if err != nil {
		return err
	}
	return nil
}

type departuresRecord struct {
	ID     string `arg:"" name:"id"`
	Format string `enum:"json,csv,html" default:"json"`
	Output string `short:"o" placeholder:"FILE"`
}

// Run writes the state before a run.
func (c *departuresRecord) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	accept := map[string]string{"json": "application/json", "csv": "text/csv", "html": "text/html"}[c.Format]
	return s.output(c.Output, func(w io.Writer) error { return l.DepartureRecord(ctx, w, c.ID, accept) })
}

type undoCommand struct {
	ID string `arg:"" name:"id"`
}

// Run puts back what a run changed, as far as the clocks allow.
func (c *undoCommand) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if _, err := l.UndoDeparture(ctx, c.ID); err != nil {
		return err
	}
	d, err := s.follow(ctx, l, c.ID)
	if err != nil {
		return err
	}
	left, err := s.showUndone(ctx, l, d)
	if err != nil {
		return err
	}
	if left > 0 && !s.JSON {
		s.tell("cli.undo.again", "id", d.ID)
	}
	switch {
	case left > 0 && left == d.Total:
		return told(ExitRefused)
	case left > 0 || d.Status != "undone":
		return told(ExitPartial)
	}
	return nil
}

// showUndone writes what became of a run that is put back, and counts those who
// could not be.
func (s *session) showUndone(ctx context.Context, l *link, d *graphclient.Departure) (left int, err error) {
	var items []graphclient.RunItem
	all := l.DepartureRemarks(ctx, d.ID)
	if s.JSON {
		all = l.DepartureItems(ctx, d.ID)
	} else {
		s.printf("%s\n", s.text("cli.undo.done", "status", s.text("outcome."+d.Status)))
	}
	for item, err := range all {
		if err != nil {
			return left, err
		}
		if slices.ContainsFunc(item.Notes, func(n graphclient.Note) bool { return strings.HasPrefix(n.Code, "undo.refused") }) {
			left++
		}
		if s.JSON {
			items = append(items, item)
			continue
		}
		s.showNotes(item.User, notable(item.Notes, d.Total), true)
	}
	if s.JSON {
		err = s.departureJSON(ctx, l, d.ID, items)
	}
	return left, err
}
