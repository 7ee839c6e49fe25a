package graph

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// mark is where a client stands in the change feed. It is what the tokens of
// delta hold: which change it has seen, and on the first round which page of the
// people comes next.
type mark struct {
	Seq   int64  `json:"s"`
	Page  string `json:"p,omitempty"` // the first round goes on with this page
	First bool   `json:"f,omitempty"` // the first round is not over
}

func (m mark) encode() string {
	b, err := json.Marshal(m)
	if err != nil {
		return "" // two texts and a number can be written
	}
	return base64.RawURLEncoding.EncodeToString(b)
}

func readMark(token string) (mark, error) {
	var m mark
	b, err := base64.RawURLEncoding.DecodeString(token)
	if err != nil || json.Unmarshal(b, &m) != nil || m.Seq < 0 {
		return m, wire.BadRequest("Request_BadRequest", "Badly formed token.")
	}
	return m, nil
}

// resync is the answer to a token that this organization never gave. R-API-75
func resync() *wire.Fault {
	return &wire.Fault{
		Status: http.StatusGone, Code: "syncStateNotFound",
		Message: "The sync state generation is not found. Start again without a token; continuing could give inconsistent results.",
	}
}

// usersDelta answers GET /users/delta: on the first round everybody, from then
// on those who changed. R-API-73 R-API-74
func (s *Server) usersDelta(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$expand", "$top", "$orderby", "$skip", "$search", "$count") // R-API-73
	if err != nil {
		return err
	}
	d := &delta{s: s, r: r, c: c, names: options.Select, minimal: prefers(r) == wantsMinimal}
	if d.plan, err = s.deltaPlan(r.Context(), options.Select); err != nil {
		return err
	}
	if d.only, err = idsAsked(options.Filter); err != nil {
		return err
	}
	return d.serve(r.Context(), w, options)
}

// delta is one request for changes.
type delta struct {
	s    *Server
	r    *http.Request
	c    *call
	plan *plan
	only map[string]bool // the ids asked for; nil for everybody
	// names are the properties asked for, which are those that are followed.
	names   []string
	minimal bool    // of whoever changed, only what changed
	plans   []*plan // one for each row, when they differ
}

// follows says that something changed of somebody that was asked for. R-API-73
func (d *delta) follows(changes *offboard.UserChanges, id org.UserID) bool {
	if d.only != nil && !d.only[string(id)] {
		return false
	}
	properties, known := changes.Properties[id]
	return !known || len(d.names) == 0 || len(common(d.names, properties)) > 0
}

// common gives the names that are in two lists, in the order of the first.
func common(names, others []string) []string {
	return slices.DeleteFunc(slices.Clone(names), func(n string) bool {
		return !slices.ContainsFunc(others, func(x string) bool { return strings.EqualFold(n, x) })
	})
}

// plansFor gives a plan for each of the rows: with Prefer: return=minimal what is
// not known to have changed is left out. R-API-73
func (d *delta) plansFor(ctx context.Context, rows []offboard.UserRow, changes *offboard.UserChanges) ([]*plan, error) {
	if !d.minimal {
		return nil, nil
	}
	asked := d.names
	if len(asked) == 0 {
		asked = standard
	}
	plans := make([]*plan, len(rows))
	for i := range rows {
		properties, known := changes.Properties[rows[i].ID]
		if !known {
			plans[i] = d.plan
			continue
		}
		p, err := d.s.deltaPlan(ctx, append([]string{"id"}, common(asked, properties)...))
		if err != nil {
			return nil, err
		}
		plans[i] = p
	}
	return plans, nil
}

// deltaPlan leaves the relations of a $select out: manager may be named, and is
// followed as a property. R-API-73
func (s *Server) deltaPlan(ctx context.Context, names []string) (*plan, error) {
	isManager := func(n string) bool { return strings.EqualFold(n, "manager") }
	kept := slices.DeleteFunc(slices.Clone(names), isManager)
	if len(names) > 0 && !slices.ContainsFunc(kept, func(n string) bool { return strings.EqualFold(n, "id") }) {
		kept = append(kept, "id")
	}
	p, err := s.plan(ctx, kept)
	if err != nil || !slices.ContainsFunc(names, isManager) {
		return p, err
	}
	followed := *p
	followed.load = append(slices.Clone(p.load), "manager")
	followed.keys = append(slices.Clone(p.keys), []byte(`"manager@delta":`))
	followed.values = append(slices.Clone(p.values), appendManagerDelta)
	return &followed, nil
}

func appendManagerDelta(dst []byte, u *offboard.UserRow) []byte {
	if u.Manager == nil {
		return append(dst, "[]"...)
	}
	dst = append(dst, `[{"@odata.type":"#microsoft.graph.user","id":`...)
	return append(appendString(dst, u.Manager.ID), '}', ']')
}

// idsAsked reads the one kind of filter that delta takes: id eq '…' or id eq '…'.
// R-API-73
func idsAsked(filter odata.Expr) (map[string]bool, error) {
	if filter == nil {
		return nil, nil
	}
	terms := []odata.Expr{filter}
	if l, ok := filter.(*odata.LogicalExpr); ok && l.Or {
		terms = l.Terms
	}
	ids := map[string]bool{}
	for _, term := range terms {
		e, ok := term.(*odata.CompareExpr)
		if !ok || e.Op != odata.OpEq {
			return nil, onlyIDs()
		}
		path, isPath := e.Left.(*odata.PathExpr)
		value, isValue := e.Right.(*odata.Literal)
		if !isPath || !isValue || len(path.Segments) != 1 || !strings.EqualFold(path.Segments[0], "id") {
			return nil, onlyIDs()
		}
		id, _ := value.Value.(string)
		ids[strings.ToLower(id)] = true
	}
	return ids, nil
}

func onlyIDs() error {
	return wire.BadRequest("Request_UnsupportedQuery", "Unsupported Query. Changes can be filtered by id only: $filter=id eq '{id}'.")
}

func (d *delta) serve(ctx context.Context, w http.ResponseWriter, options offboard.ListQuery) error {
	token := options.DeltaToken
	if token == "" {
		token = options.SkipToken
	}
	head, err := d.s.cfg.Reads.HeadSeq(ctx)
	switch {
	case err != nil:
		return err
	case strings.EqualFold(token, "latest"):
		d.write(w, nil, nil, mark{Seq: head}, false)
		return nil
	case token == "":
		return d.everybody(ctx, w, mark{Seq: head, First: true})
	}
	m, err := readMark(token)
	switch {
	case err != nil:
		return err
	case m.Seq > head:
		return resync()
	case m.First:
		return d.everybody(ctx, w, m)
	}
	return d.changed(ctx, w, m)
}

// everybody gives a page of the first round. What changes meanwhile comes after
// it: the mark is where the feed stood at its beginning.
func (d *delta) everybody(ctx context.Context, w http.ResponseWriter, m mark) error {
	q := offboard.UserQuery{}
	q.Select, q.SkipToken = d.plan.load, m.Page
	if d.only != nil {
		rows, err := d.s.peopleByID(ctx, d.plan, d.only)
		if err != nil {
			return err
		}
		d.write(w, rows, nil, mark{Seq: m.Seq}, false)
		return nil
	}
	page, err := d.s.cfg.Reads.Users(ctx, q)
	if err != nil {
		return err
	}
	next := mark{Seq: m.Seq}
	if page.Next != "" {
		next.Page, next.First = page.Next, true
	}
	d.write(w, page.Rows, nil, next, page.Next != "")
	return nil
}

// deltaPage is how many changes a page holds.
const deltaPage = 200

// changed gives the people who changed since the mark.
func (d *delta) changed(ctx context.Context, w http.ResponseWriter, m mark) error {
	changes, err := d.s.cfg.Reads.Changes(ctx, m.Seq, deltaPage)
	if err != nil {
		return err
	}
	wanted := map[string]bool{}
	for _, id := range changes.IDs {
		if d.follows(&changes, id) {
			wanted[string(id)] = true
		}
	}
	rows, err := d.s.peopleByID(ctx, d.plan, wanted)
	if err != nil {
		return err
	}
	for i := range rows {
		delete(wanted, string(rows[i].ID))
	}
	var gone []removed
	for _, id := range changes.IDs {
		if !wanted[string(id)] {
			continue
		}
		u, err := d.s.cfg.Reads.DeletedUser(ctx, id, []string{"id"})
		if err != nil {
			return err
		}
		gone = append(gone, removed{id, u != nil})
	}
	if d.plans, err = d.plansFor(ctx, rows, &changes); err != nil {
		return err
	}
	d.write(w, rows, gone, mark{Seq: changes.Next}, changes.More)
	return nil
}

// removed is somebody who is not there any more: in Deleted users, or gone for
// good. R-API-74
type removed struct {
	id         org.UserID
	restorable bool
}

func (d *delta) write(w http.ResponseWriter, rows []offboard.UserRow, gone []removed, at mark, more bool) {
	if d.minimal {
		wantsMinimal.applied(w)
	}
	head := list{context: d.plan.context("users") + "/$delta"}
	if more {
		head.next = d.link("$skiptoken", at)
	} else {
		head.delta = d.link("$deltatoken", at)
	}
	d.c.collection(w, head, len(rows)+len(gone), func(dst []byte, i int) []byte {
		if i < len(rows) {
			p := d.plan
			if d.plans != nil {
				p = d.plans[i]
			}
			return append(p.append(d.c.annotate(append(dst, '{'), &rows[i], false), &rows[i]), '}')
		}
		x := gone[i-len(rows)]
		reason := "deleted"
		if x.restorable {
			reason = "changed"
		}
		dst = appendString(append(dst, `{"id":`...), string(x.id))
		dst = appendString(append(dst, `,"@removed":{"reason":`...), reason)
		return append(dst, '}', '}')
	})
}

// link is where the client goes on. It repeats what was asked.
func (d *delta) link(name string, at mark) string {
	keep := url.Values{}
	for key, values := range d.r.URL.Query() {
		switch plain := strings.ToLower(strings.TrimPrefix(key, "$")); plain {
		case "select", "filter":
			keep["$"+plain] = values
		}
	}
	keep.Set(name, at.encode())
	return d.c.self() + "?" + strings.ReplaceAll(keep.Encode(), "%24", "$") // as clients look for it
}
