package sqldb

import (
	"context"
	"fmt"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// wireRows are the rows of a statement of PostgreSQL, as they arrive.
type wireRows struct {
	w      *wire
	ctx    context.Context //nolint:containedctx // of the statement that runs
	c      *compiled
	values [][]byte
	ahead  bool // values are of a row that Next has not given yet
	on     bool // values are of the row that Next gave
	// expect: more messages of this statement are to come.
	expect  bool
	changed int64
	err     error
	stop    func() bool
}

// receive gets the next row. Behind the last one it ends the round.
func (r *wireRows) receive() bool {
	for r.expect {
		m, err := r.w.receive()
		switch m := m.(type) {
		case nil:
			r.err = err
		case *pgproto3.BindComplete:
			continue
		case *pgproto3.DataRow:
			r.values = m.Values
			return true
		case *pgproto3.CommandComplete:
			r.changed = pgconn.NewCommandTag(string(m.CommandTag)).RowsAffected()
		case *pgproto3.EmptyQueryResponse:
		default:
			r.err = r.w.unexpected(m)
		}
		r.expect = false
		r.w.rest(&r.err, 0)
		r.finish()
		r.err = r.w.because(r.ctx, r.err)
	}
	return false
}

func (r *wireRows) finish() {
	r.w.unwatch(r.stop)
	r.stop = nil
}

// Next goes to the next row.
func (r *wireRows) Next() bool {
	if r.ahead {
		r.ahead, r.on = false, true
		return true
	}
	r.on = r.receive()
	return r.on
}

// Scan copies the columns of the row.
func (r *wireRows) Scan(dest ...any) error {
	if !r.on {
		return errNoRow
	}
	return r.c.scan(r.values, dest)
}

func (c *compiled) scan(row [][]byte, dest []any) error {
	if len(dest) != len(row) {
		return fmt.Errorf("%d columns for %d values", len(row), len(dest))
	}
	for i, d := range dest {
		if err := c.read(i, row[i], d); err != nil {
			return fmt.Errorf("column %d: %w", i+1, err)
		}
	}
	return nil
}

// Err gives the error that ended Next, if any.
func (r *wireRows) Err() error { return r.err }

// Close reads what is left.
func (r *wireRows) Close() error { return r.drain() }

func (r *wireRows) drain() error {
	r.ahead, r.on = false, false
	for r.receive() {
	}
	return r.err
}

// Columns gives the names of the columns.
func (r *wireRows) Columns() ([]string, error) { return r.c.names(), nil }

func (c *compiled) names() []string {
	names := make([]string, len(c.columns))
	for i := range c.columns {
		names[i] = string(c.columns[i].Name)
	}
	return names
}

// kept are the rows of a statement that was sent before anybody asked for it.
type kept struct {
	c    *compiled
	rows [][][]byte
	text string
	args []any
	row  [][]byte // that Next gave
}

// Next goes to the next row.
func (k *kept) Next() bool {
	k.row = nil
	if len(k.rows) == 0 {
		return false
	}
	k.row, k.rows = k.rows[0], k.rows[1:]
	return true
}

// Scan copies the columns of the row.
func (k *kept) Scan(dest ...any) error {
	if k.row == nil {
		return errNoRow
	}
	return k.c.scan(k.row, dest)
}

// Err gives no error: it would have come with the statement.
func (k *kept) Err() error { return nil }

// Close forgets the rows.
func (k *kept) Close() error {
	k.rows, k.row = nil, nil
	return nil
}

// Columns gives the names of the columns.
func (k *kept) Columns() ([]string, error) { return k.c.names(), nil }
