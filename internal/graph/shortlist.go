package graph

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/wire"
)

// shortList reads a list that is never long and not in the database by itself:
// roles, their definitions, who holds them.
type shortList struct {
	offboard.ListQuery
	typ    *modelType
	set    string
	pick   []string
	wanted func(t *thing) bool
}

// shortList reads the options for a list of a type; filters are by 'eq' on the
// properties named.
func (s *Server) shortList(r *http.Request, c *call, typ, set string, filters ...string) (*shortList, error) {
	l := &shortList{typ: s.model[strings.ToLower(typ)], set: set}
	var err error
	if l.ListQuery, err = c.options(r, "$skip", "$search", "$orderby"); err != nil {
		return nil, err
	}
	if l.pick, err = l.typ.pick(l.Select); err != nil {
		return nil, err
	}
	l.wanted, err = equals(l.Filter, filters...)
	return l, err
}

// page gives the things of the page that was asked for, what a link to the next
// one has to say, and how many there are on all of them.
func (l *shortList) page(r *http.Request, all []thing) (rows []thing, next string, count *int64, err error) {
	for i := range all {
		if l.wanted(&all[i]) {
			rows = append(rows, all[i])
		}
	}
	if l.Count && l.Eventual {
		n := int64(len(rows))
		count = &n
	}
	mark, done := l.Fingerprint(r.URL.Path), 0
	if l.SkipToken != "" {
		token, err := odata.DecodeToken(l.SkipToken, mark)
		if err != nil {
			return nil, "", nil, err
		}
		done = behind(rows, token)
		rows = rows[done:]
	}
	if l.Top == 0 || l.Top >= len(rows) {
		return rows, "", count, nil
	}
	rows = rows[:l.Top]
	next, err = odata.Token{Values: []any{rows[l.Top-1].text("id"), int64(done + l.Top)}}.Encode(mark)
	return rows, next, count, err
}

// behind is where a page begins: behind the last row of the one before, or as far
// on as that was when it has gone meanwhile.
func behind(rows []thing, token odata.Token) int {
	if len(token.Values) != 2 {
		return 0
	}
	last, _ := token.Values[0].(string)
	if i := slices.IndexFunc(rows, func(t thing) bool { return t.equals("id", last) }); i >= 0 {
		return i + 1
	}
	n, _ := token.Values[1].(int64)
	return int(max(0, min(n-1, int64(len(rows)))))
}

// relation gives what an $expand puts into each thing of a page, as JSON.
type relation func(ctx context.Context, e *odata.Expand, rows []thing) ([]raw, error)

// writeShort answers with the page of a short list that was asked for.
func (s *Server) writeShort(w http.ResponseWriter, r *http.Request, c *call, l *shortList, all []thing, relations map[string]relation) error {
	rows, next, count, err := l.page(r, all)
	if err != nil {
		return err
	}
	if len(l.Expand) > 0 && len(rows) > maxExpandedRows {
		return wire.BadRequest("Request_UnsupportedQuery", "$expand goes with pages of at most "+strconv.Itoa(maxExpandedRows)+" rows.")
	}
	look, err := s.related(r.Context(), c, l, rows, relations)
	if err != nil {
		return err
	}
	c.things(w, list{context: picked(l.set, l.pick), next: c.next(r, next), count: count}, look, rows)
	return nil
}

// related puts into the rows what $expand asks for, and gives how they are written with
// it.
func (s *Server) related(ctx context.Context, c *call, l *shortList, rows []thing, relations map[string]relation) (style, error) {
	look := c.style(l.typ, l.pick)
	for i := range l.Expand {
		name, err := s.relate(ctx, l, &l.Expand[i], rows, relations)
		if err != nil {
			return look, err
		}
		if l.pick != nil {
			look.pick = append(look.pick, name)
		}
	}
	return look, nil
}

// relate follows one relation for the rows and gives its name as Graph spells it.
func (s *Server) relate(ctx context.Context, l *shortList, e *odata.Expand, rows []thing, relations map[string]relation) (string, error) {
	for name, follow := range relations {
		if !strings.EqualFold(name, e.Path) {
			continue
		}
		found, err := follow(ctx, e, rows)
		if err != nil {
			return "", err
		}
		for i := range rows {
			rows[i].put(name, found[i])
		}
		return name, nil
	}
	return "", noExpand(l.typ.name)
}

// shortEntity answers with one thing of a short list.
func (s *Server) shortEntity(w http.ResponseWriter, r *http.Request, c *call, typ, set string, one *thing, relations map[string]relation) error {
	l := &shortList{typ: s.model[strings.ToLower(typ)], set: set}
	var err error
	if l.ListQuery, err = c.options(r, "$skip", "$search", "$orderby", "$filter", "$top", "$count"); err != nil {
		return err
	}
	if l.pick, err = l.typ.pick(l.Select); err != nil {
		return err
	}
	rows := []thing{*one}
	look, err := s.related(r.Context(), c, l, rows, relations)
	if err != nil {
		return err
	}
	c.entity(w, http.StatusOK, picked(set, l.pick)+"/$entity", look, &rows[0])
	return nil
}

// equals reads a filter of the kind "name eq 'value'", and several joined by
// 'and', for lists that are short and not in the database; others are refused.
func equals(filter odata.Expr, names ...string) (func(t *thing) bool, error) {
	if filter == nil {
		return func(*thing) bool { return true }, nil
	}
	if all, ok := filter.(*odata.LogicalExpr); ok && !all.Or {
		tests := make([]func(t *thing) bool, len(all.Terms))
		for i, term := range all.Terms {
			var err error
			if tests[i], err = equals(term, names...); err != nil {
				return nil, err
			}
		}
		return func(t *thing) bool {
			return !slices.ContainsFunc(tests, func(test func(t *thing) bool) bool { return !test(t) })
		}, nil
	}
	if e, ok := filter.(*odata.CompareExpr); ok && e.Op == odata.OpEq {
		path, isPath := e.Left.(*odata.PathExpr)
		value, isValue := e.Right.(*odata.Literal)
		if isPath && isValue && len(path.Segments) == 1 {
			i := slices.IndexFunc(names, func(n string) bool { return strings.EqualFold(n, path.Segments[0]) })
			want, isText := value.Value.(string)
			if i >= 0 && isText {
				return func(t *thing) bool { return t.equals(names[i], want) }, nil
			}
		}
	}
	return nil, wire.BadRequest("Request_UnsupportedQuery", "Unsupported Query. These can be filtered by 'eq' on "+strings.Join(names, ", ")+".")
}

// equals says that a property has a text, without regard to case.
func (t *thing) equals(name, want string) bool {
	return want != "" && strings.EqualFold(t.text(name), want)
}

// text is the text that a property has, "" for none.
func (t *thing) text(name string) string {
	for _, p := range t.props {
		if s, ok := p.value.(string); ok && p.name == name {
			return s
		}
	}
	return ""
}
