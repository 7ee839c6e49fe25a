package cli

import (
	"context"
	"encoding/json"
	"io"

	"leaver/internal/graphclient"
)

// auditFilter says which rows of the trail are meant.
type auditFilter struct {
	Actor  string `placeholder:"UPN"`
	Target string `placeholder:"UPN"`
	Action string `placeholder:"TEXT"`
	From   string `placeholder:"2026-01-31"`
	To     string `placeholder:"2026-12-31"`
}

func (f *auditFilter) query() graphclient.AuditQuery {
	return graphclient.AuditQuery{Actor: f.Actor, Target: f.Target, Action: f.Action, From: f.From, To: f.To}
}

type auditList struct {
	auditFilter
	Limit int `default:"100" placeholder:"N"`
}

// Run lists the audit trail.
func (c *auditList) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	query := c.query()
	query.Top = min(max(c.Limit, 1), 1000)
	all := l.Audit(ctx, query)
	if s.JSON {
		return jsonList(s, all, c.Limit)
	}
	t := s.table(s.text("cli.column.when"), s.text("cli.column.by"), s.text("cli.column.action"), s.text("cli.column.target"),
		s.text("cli.column.result")).dispensable(4)
	n, err := each(all, c.Limit, func(e graphclient.AuditEntry) {
		t.row(s.moment(e.DateTime), rawLabel(e.Actor), e.Action, rawLabel(e.Target), e.Result)
	})
	t.end()
	if err == nil && n == 0 {
		s.tell("cli.audit.none")
	}
	return err
}

// rawLabel is label for JSON.
func rawLabel(text json.RawMessage) string {
	var value any
	if json.Unmarshal(text, &value) != nil {
		return ""
	}
	return label(value)
}

type auditExport struct {
	auditFilter
	Output string `short:"o" placeholder:"FILE"`
}

// Run writes the audit trail as CSV, or with --json as JSON.
func (c *auditExport) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	if s.JSON {
		query := c.query()
		query.Top = 1000
		return jsonFile(s, c.Output, l.Audit(ctx, query))
	}
	return s.output(c.Output, func(w io.Writer) error { return l.ExportAudit(ctx, w, c.query()) })
}

type auditVerify struct{}

// Run checks that nobody has changed, removed or reordered a row of the trail.
func (c *auditVerify) Run(ctx context.Context, s *session) error {
	l, err := s.dial(ctx)
	if err != nil {
		return err
	}
	verified, err := l.VerifyAudit(ctx)
	if err != nil {
		return err
	}
	if s.JSON {
		if err := s.json(verified); err != nil {
			return err
		}
	} else if verified.V.OK {
		s.printf("%s\n", s.text("cli.audit.good", "count", verified.V.Entries))
	}
	if !verified.V.OK {
		return fault(ExitFailure, "auditBroken", "row", verified.V.FirstBad, "reason", verified.V.Reason)
	}
	return nil
}
