package api

import (
	"encoding/hex"
	"encoding/json"
	"iter"
	"net/http"
	"strconv"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/tabular"
)

// entryView is one row of the audit trail.
type entryView struct {
	Seq       int64           `json:"seq"`
	At        time.Time       `json:"dateTime"`
	Actor     auditRef        `json:"actor"`
	Action    string          `json:"action"`
	Target    auditRef        `json:"target"`
	Result    string          `json:"result" doc:"success, or the reason of the refusal."`
	RequestID string          `json:"requestId"`
	Detail    json.RawMessage `json:"detail" doc:"Before and after, as far as the action has them; null when it has none."`
	Hash      string          `json:"hash" doc:"Chains this row to the one before it."`
}

type auditRef struct {
	ID   string `json:"id"`
	Name string `json:"name"`
}

func entryOf(e *offboard.Entry) entryView {
	out := entryView{
		Seq: e.Seq, At: e.At, Actor: auditRef{string(e.Actor.ID), e.Actor.Name}, Action: e.Action, Target: auditRef{e.Target.ID, e.Target.Name},
		Result: e.Result, RequestID: e.Request, Detail: json.RawMessage("null"), Hash: hex.EncodeToString(e.Hash),
	}
	if json.Valid([]byte(e.Detail)) {
		out.Detail = json.RawMessage(e.Detail)
	}
	return out
}

// auditQuery reads the filters.
func (c *call) auditQuery() (offboard.AuditQuery, error) {
	values := c.r.URL.Query()
	q := offboard.AuditQuery{Actor: values.Get("actor"), Target: values.Get("target"), Action: values.Get("action")}
	var err error
	if q.From, err = c.moment("from"); err != nil {
		return q, err
	}
	if q.To, err = c.moment("to"); err != nil {
		return q, err
	}
	q.Before, err = c.skippedNumber(0)
	return q, err
}

// audit serves GET audit: newest first, or everything as CSV.
func (a *API) audit(c *call) error {
	kind, err := c.accepts(kindJSON, kindCSV)
	if err != nil {
		return err
	}
	q, err := c.auditQuery()
	if err != nil {
		return err
	}
	if kind == kindCSV {
		return a.auditFile(c, q)
	}
	top, err := c.top(defaultPage)
	if err != nil {
		return err
	}
	q.Limit = top + 1
	entries, err := a.Reads.AuditEntries(c.ctx(), q)
	if err != nil {
		return err
	}
	out := list[entryView]{Value: []entryView{}}
	for i := range entries[:min(top, len(entries))] {
		out.Value = append(out.Value, entryOf(&entries[i]))
	}
	if len(entries) > top {
		out.Next = a.next(c, "audit", token(strconv.FormatInt(entries[top-1].Seq, 10)))
	}
	return c.answer(http.StatusOK, out)
}

// auditFile writes every entry that matches, page by page.
func (a *API) auditFile(c *call, q offboard.AuditQuery) error {
	q.Limit = maxPage
	page, err := a.Reads.AuditEntries(c.ctx(), q)
	if err != nil {
		return err
	}
	c.file(kindCSV, "audit.csv")
	headings := []string{"seq", "dateTime", "actorId", "actor", "action", "targetId", "target", "result", "requestId", "detail", "hash"}
	return tabular.WriteTable(c.w, dialect, headings, a.auditRows(c, q, page))
}

func (a *API) auditRows(c *call, q offboard.AuditQuery, page []offboard.Entry) iter.Seq2[[]string, error] {
	return func(yield func([]string, error) bool) {
		for len(page) > 0 {
			for i := range page {
				e := &page[i]
				line := []string{
					strconv.FormatInt(e.Seq, 10), e.At.Format(time.RFC3339), string(e.Actor.ID), e.Actor.Name, e.Action, e.Target.ID, e.Target.Name, e.Result,
					e.Request, e.Detail, hex.EncodeToString(e.Hash),
				}
				if !yield(line, nil) {
					return
				}
			}
			var err error
			q.Before = page[len(page)-1].Seq
			if page, err = a.Reads.AuditEntries(c.ctx(), q); err != nil {
				yield(nil, err)
				return
			}
		}
	}
}

// verifyAudit serves GET audit/verify.
func (a *API) verifyAudit(c *call) error {
	v, err := a.Desk.VerifyAudit(c.ctx(), c.actor)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, v)
}

func auditRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "audit", id: "listAudit", tag: "audit", summary: "The audit trail, newest first; as CSV all of it",
			scopes: readTrail, may: org.ReadAudit, answer: list[entryView]{}, kinds: []string{kindCSV}, serve: (*API).audit,
			query: []param{
				topParam, skipParam,
				{"actor", "string", "Id or name of who did it."},
				{"target", "string", "Id or name of whom or what it was done to."},
				{"action", "string", "The action, as in the rows."},
				{"from", "string", "From this day or moment on."},
				{"to", "string", "Before this day or moment."},
			},
		},
		{
			method: http.MethodGet, path: "audit/verify", id: "verifyAudit", tag: "audit", summary: "Whether every row of the trail is there and unchanged",
			scopes: readTrail, answer: offboard.Verdict{}, serve: (*API).verifyAudit,
		},
	}
}
