package sqldb

import (
	"context"
	"sync"
)

// along is a query that waits for the first one asked in its context.
type along struct {
	db   *DB
	text string
	args []any
	use  func(*Row) error
	mu   sync.Mutex // held while it is on its way: nobody gets another answer before
	done bool
	err  error
}

type alongKey struct{}

// Along gives a context whose first query of one statement, or whose first Update,
// takes another one along: on PostgreSQL in the same round trip, for an Update if
// nobody else is at it. use looks at its
// first row before anybody gets an answer in that context and before anything is
// committed; the error that it gives is that of each query from then on. In an
// Update that is run again use is called again. Those who settle the same at the same
// time share a query that begins after they came. settle asks by itself when nobody
// has asked anything yet, and gives what use gave.
func (db *DB) Along(ctx context.Context, use func(*Row) error, text string, args ...any) (_ context.Context, settle func() error) {
	a := &along{db: db, text: text, args: args, use: use}
	return context.WithValue(ctx, alongKey{}, a), func() error { return a.settle(ctx) }
}

// settle asks, unless it was asked before. ctx is one without this query.
func (a *along) settle(ctx context.Context) error {
	a.mu.Lock()
	defer a.mu.Unlock()
	if !a.done {
		a.end(a.use(a.db.sharedRow(ctx, a.text, a.args)))
	}
	return a.err
}

func (a *along) end(err error) { a.done, a.err = true, err }

// settled sees to it that what came along with a context was asked.
func (db *DB) settled(ctx context.Context) error {
	if a, ok := ctx.Value(alongKey{}).(*along); ok && a.db == db {
		return a.settle(context.WithValue(ctx, alongKey{}, nil))
	}
	return nil
}

// companion gives what is to come along with an Update; nil when nothing is, or
// when it was asked before. In a crowd it is asked beforehand: a round trip takes
// none of the time of those who wait in line, but a statement in the line does.
func (db *DB) companion(ctx context.Context, crowd bool) (*along, error) {
	a, ok := ctx.Value(alongKey{}).(*along)
	if !ok || a.db != db {
		return nil, nil
	}
	if crowd || db.dialect == SQLite {
		return nil, db.settled(ctx)
	}
	a.mu.Lock()
	defer a.mu.Unlock()
	if a.done {
		return nil, a.err
	}
	return a, nil
}

// guest is what came along with an Update.
type guest struct {
	*along
	rows   *kept
	denied error // what it had against the Update
}

// invite has it go with the first statement of this Update.
func (tx *Tx) invite(a *along) error {
	if a == nil {
		return nil
	}
	text, err := tx.db.text(a.text)
	if err != nil {
		return err
	}
	tx.guest = guest{along: a, rows: &kept{text: text}}
	return tx.s.wire.later(errand{text: text, args: a.args, job: tx.job, keep: tx.guest.rows})
}

// admit looks at what came along, once its rows are there.
func (tx *Tx) admit() error {
	g := &tx.guest
	if g.rows == nil || g.rows.c == nil {
		return g.denied
	}
	rows := g.rows
	g.rows = nil
	g.mu.Lock()
	defer g.mu.Unlock()
	g.end(g.use(&Row{rows: &Rows{rows: rows, text: rows.text, done: true}}))
	g.denied = g.err
	return g.denied
}

// first gives what is to come along with a query, locked; nil when nothing is.
func (db *DB) first(ctx context.Context) (*along, error) {
	a, ok := ctx.Value(alongKey{}).(*along)
	if !ok || a.db != db {
		return nil, nil
	}
	a.mu.Lock()
	if a.done || db.dialect == SQLite {
		a.mu.Unlock()
		return nil, db.settled(ctx)
	}
	return a, nil
}

// query runs a statement on a session, and this one before it if there is one.
// When what came along says no, there are no rows.
func (a *along) query(ctx context.Context, s *session, text string, args []any) (result, error) {
	if a == nil {
		return s.query(ctx, text, args...)
	}
	first, err := a.db.text(a.text)
	if err != nil {
		return nil, err
	}
	k := &kept{text: first}
	if err := s.wire.later(errand{text: first, args: a.args, keep: k}); err != nil {
		return nil, err
	}
	found, err := s.query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	a.end(a.use(&Row{rows: &Rows{rows: k, text: first, done: true}}))
	if a.err != nil {
		return nil, s.note(found.Close())
	}
	return found, nil
}
