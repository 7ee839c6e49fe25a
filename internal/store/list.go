package store

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strconv"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/sqldb"
)

// defaultPage is how many rows a page has when nobody says. R-API-12
const defaultPage = 100

// column is one column of a list and where its value goes.
type column[T any] struct {
	sql  string
	dest func(*T) any
}

// list says how the rows of one resource are listed. Pages go by key: deep
// pages cost what the first one costs.
type list[T any] struct {
	resource *odata.Resource
	scope    string // what else the page tokens belong to
	from     string // tables and the conditions that always hold, up to and including "where"
	args     []any  // of from
	columns  []column[T]
	// order is what rows are sorted by when the query doesn't say; its last
	// column is unique, and comes behind every order.
	order []odata.SortColumn
	size  int // of a page, when the query doesn't say
	// steady: an index gives the rows in their order, whatever the values are.
	steady bool
}

// ordered puts the query's order in front of the unique column.
func (l *list[T]) ordered(sort []odata.SortColumn) []odata.SortColumn {
	if len(sort) == 0 {
		return l.order
	}
	unique := l.order[len(l.order)-1]
	unique.Desc = sort[0].Desc // one direction throughout is what an index serves
	return append(slices.Clip(sort), unique)
}

// page answers a query; counted says that the number of all rows is wanted.
func (l *list[T]) page(ctx context.Context, db sqldb.Querier, q *offboard.ListQuery, counted bool) (offboard.Page[T], error) {
	var page offboard.Page[T]
	c, err := l.resource.Compile(q.Query, 1+len(l.args))
	if err != nil {
		return page, err
	}
	if err := c.Allow(q.Eventual, q.Count); err != nil {
		return page, err
	}
	sort := l.ordered(c.Sort)
	where := conditions{l.from, nil}
	where.add(c.Where)
	args := slices.Concat(l.args, c.Args)
	if counted {
		n, err := sqldb.One(ctx, db, sqldb.Value[int64], "select count(*)"+where.String(), args...)
		if err != nil {
			return page, err
		}
		page.Count = &n
	}
	print := q.Fingerprint(l.scope)
	if q.SkipToken != "" {
		token, err := odata.DecodeToken(q.SkipToken, print)
		if err != nil {
			return page, err
		}
		after, more, err := odata.After(sort, token.Values, 1+len(args))
		if err != nil {
			return page, err
		}
		where.add(after)
		args = append(args, more...)
	}
	top := q.Top
	if top <= 0 {
		top = cmp.Or(l.size, defaultPage)
	}
	text := l.selected(sort) + where.String() + " order by " + odata.OrderBy(sort)
	if l.steady {
		return page, l.read(ctx, db, &page, len(sort), top, print, text+" limit "+strconv.Itoa(top+1)+" {steady}", args)
	}
	text += " limit $" + strconv.Itoa(1+len(args))
	return page, l.read(ctx, db, &page, len(sort), top, print, text, append(args, top+1))
}

// count answers $count.
func (l *list[T]) count(ctx context.Context, db sqldb.Querier, q *offboard.ListQuery) (int64, error) {
	c, err := l.resource.Compile(q.Query, 1+len(l.args))
	if err != nil {
		return 0, err
	}
	where := conditions{l.from, nil}
	where.add(c.Where)
	return sqldb.One(ctx, db, sqldb.Value[int64], "select count(*)"+where.String(), slices.Concat(l.args, c.Args)...)
}

// selected is the beginning of the statement: the columns, and those of the order.
func (l *list[T]) selected(sort []odata.SortColumn) string {
	var b strings.Builder
	b.WriteString("select ")
	for i, c := range l.columns {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString(c.sql)
	}
	for _, c := range sort {
		b.WriteString(", " + c.SQL)
	}
	return b.String()
}

// read gathers the rows of a page. One row more than the page holds says that
// there is a next one.
func (l *list[T]) read(ctx context.Context, db sqldb.Querier, page *offboard.Page[T], sorted, top int, print, text string, args []any) error {
	rows, err := db.Query(ctx, text, args...)
	if err != nil {
		return err
	}
	defer rows.Close()
	last := make([]any, sorted)
	dest := make([]any, len(l.columns)+sorted)
	page.Rows = make([]T, 0, min(top, defaultPage))
	for rows.Next() {
		if len(page.Rows) == top {
			if page.Next, err = (odata.Token{Values: last}).Encode(print); err != nil {
				return err
			}
			break
		}
		page.Rows = append(page.Rows, *new(T))
		row := &page.Rows[len(page.Rows)-1]
		for i, c := range l.columns {
			dest[i] = c.dest(row)
		}
		for i := range last {
			dest[len(l.columns)+i] = &last[i]
		}
		if err := rows.Scan(dest...); err != nil {
			return err
		}
	}
	return rows.Err()
}

// one gives the first row of a statement that selects the columns; nil when there
// is none.
func (l *list[T]) one(ctx context.Context, db sqldb.Querier, text string, args ...any) (*T, error) {
	row, err := sqldb.One(ctx, db, func(rows *sqldb.Rows) (*T, error) {
		row := new(T)
		dest := make([]any, len(l.columns))
		for i, c := range l.columns {
			dest[i] = c.dest(row)
		}
		return row, rows.Scan(dest...)
	}, text, args...)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	return row, err
}

// conditions joins conditions behind the tables of a statement, which end in
// "where" and a first condition.
type conditions struct {
	from string
	list []string
}

func (c *conditions) add(condition string) {
	if condition != "" {
		c.list = append(c.list, condition)
	}
}

func (c *conditions) String() string {
	text := c.from
	for _, condition := range c.list {
		text += " and " + condition
	}
	return text
}
