package cli

import (
	"bytes"
	"context"
	"io"
	"strings"

	"leaver/internal/graphclient"
	"leaver/internal/tabular"
)

type userImport struct {
	File   string `arg:"" name:"file"`
	DryRun bool
}

// Run adds and updates people from a file. The whole file is validated here
// first; when anything is wrong nothing is sent.
func (c *userImport) Run(ctx context.Context, s *session) error {
	in, err := s.input(c.File)
	if err != nil {
		return err
	}
	text, err := io.ReadAll(io.LimitReader(in, tabular.DefaultMaxBytes+1))
	in.Close()
	if err != nil {
		return fileFault(c.File, err)
	}
	if _, err := s.checkTable(c.File, bytes.NewReader(text), tabular.ForPeople); err != nil {
		return err
	}
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	done, err := l.Import(ctx, bytes.NewReader(text), c.DryRun)
	if err != nil {
		return s.rowsRefused(c.File, err)
	}
	if s.JSON {
		return s.json(done)
	}
	key := "cli.import.done"
	if c.DryRun {
		key = "cli.import.wouldDo"
	}
	s.printf("%s\n", s.text(key, "created", done.V.Created, "updated", done.V.Updated, "skipped", done.V.Skipped, "licenses", done.V.Licenses))
	s.field(s.text("cli.import.domains"), strings.Join(done.V.Domains, ", ")) // one mistyped shows here
	s.field(s.text("cli.import.products"), strings.Join(done.V.Products, ", "))
	return nil
}

// rowsRefused says by their rows what the server has against a file.
func (s *session) rowsRefused(name string, err error) error {
	said, ok := err.(*graphclient.Error) //nolint:errorlint // the client gives its errors unwrapped
	if !ok {
		return err
	}
	var lines []string
	var status exit
	for _, d := range said.Details {
		if d.Row > 0 {
			status.refuse(exitOfRow(d.Code))
			place := s.place(tabular.Problem{Row: d.Row, Column: d.Column, Heading: d.Target})
			lines = append(lines, s.text("cli.csv.problem", "where", place, "text", d.Message))
		}
	}
	if name == "-" {
		name = s.text("cli.stdin")
	}
	f := &Fault{Exit: status.status(), Code: said.Code, Args: []any{"file", name, "count", len(lines)}, Cause: err}
	switch {
	case len(lines) == 0:
		return err
	case len(lines) == 1:
		f.Said, f.Advice = s.text("cli.csv.problem", "where", name, "text", lines[0]), s.text("cli.csv.nothingWritten")
		return f
	}
	for _, line := range lines {
		s.note(line)
	}
	return f
}

// exitOfRow answers the exit status of a row that the server has something against:
// it is either written wrongly, as the file might have been found to be before it was
// sent, or refused, whatever is known of the rule.
func exitOfRow(code string) int {
	if strings.HasPrefix(code, "csv.") {
		return ExitUsage
	}
	return exitOfRefusal("", code)
}

type userExport struct {
	Output string `short:"o" placeholder:"FILE"`
}

// Run writes everybody as a Microsoft 365 users export.
func (c *userExport) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if !s.JSON {
		return s.output(c.Output, func(w io.Writer) error { return l.Export(ctx, w) })
	}
	return jsonFile(s, c.Output, l.Users(ctx, graphclient.UserQuery{}))
}
