package sqldb

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Querier is what reads: a DB for one statement, a Tx for several.
type Querier interface {
	Query(ctx context.Context, text string, args ...any) (*Rows, error)
	QueryRow(ctx context.Context, text string, args ...any) *Row
}

// Tx is a transaction in [DB.Update] or a snapshot in [DB.View]. It belongs to
// the function it was given to and must not be used after that returned.
type Tx struct {
	db     *DB
	s      *session
	write  bool
	open   *Rows // the result that is open
	failed error // the statement that spoiled the transaction
	// changed: it may have changed something.
	changed bool
	version int64
	depth   int
	// announcement is called after the commit.
	announcement func()
	job          *job
	first        bool    // nobody changed anything in the same commit before
	ahead        []*kept // asked for before it was needed
	guest        guest
	careful      bool     // it has a savepoint of its own, or may get one
	texts        []string // the first statements that may have changed something
	last         *last
	took         *last // that [Tx.Left] spoke of
	note         any
	meanwhile    []any
}

// Dialect says which database this is.
func (tx *Tx) Dialect() Dialect { return tx.db.dialect }

// Version is the version that the transaction began on. In an Update it is exact: one
// that finds the version of a snapshot finds what that saw, and one that finds the
// version of an Update, plus one, what that left behind. A snapshot may know of later
// changes, never of fewer. It is not always known on PostgreSQL, see version.go.
func (tx *Tx) Version(ctx context.Context) (n int64, known bool) {
	if tx.db.dialect == Postgres {
		return tx.versionPostgres(ctx)
	}
	_, known = tx.db.Version()
	return tx.version, known
}

// Wanted says whether somebody waits for this Update to end, on this node or on
// another.
func (tx *Tx) Wanted(ctx context.Context) (bool, error) {
	switch {
	case !tx.write:
		return false, nil
	case len(tx.db.writer.jobs) > 0, tx.db.dialect == SQLite:
		return len(tx.db.writer.jobs) > 0, nil
	}
	return One(ctx, tx, Value[bool], lockWanted, int64(writeLock))
}

// Announce has f called when the change is durable, before anybody is told: f
// makes forget what was remembered of all that it changed. A change that announces
// nothing counts in [DB.Silent].
func (tx *Tx) Announce(f func()) { tx.announcement = f }

// Exec runs a statement and gives the number of rows it changed.
func (tx *Tx) Exec(ctx context.Context, text string, args ...any) (int64, error) {
	text, ctx, err := tx.ready(ctx, text)
	if err != nil {
		return 0, err
	}
	tx.alter(text)
	n, err := tx.s.exec(ctx, text, args...)
	if err == nil {
		return n, tx.admit()
	}
	return n, tx.spoil(text, err)
}

// alter notes that a statement may change something.
func (tx *Tx) alter(text string) {
	tx.changed, tx.ahead = true, nil
	if len(tx.texts) < maxTold {
		tx.texts = append(tx.texts, text)
	}
}

// Query runs a statement and gives its rows, which must be closed or read to
// their end before the next statement.
func (tx *Tx) Query(ctx context.Context, text string, args ...any) (*Rows, error) {
	text, ctx, err := tx.ready(ctx, text)
	if err != nil {
		return nil, err
	}
	if !strings.HasPrefix(text, "select ") {
		tx.alter(text)
	}
	rows, err := tx.query(ctx, text, args)
	if err != nil {
		return nil, tx.spoil(text, err)
	}
	if err := tx.admit(); err != nil {
		return nil, errors.Join(err, tx.s.note(rows.Close()))
	}
	tx.open = &Rows{rows: rows, text: text, tx: tx, s: tx.s}
	return tx.open, nil
}

func (tx *Tx) query(ctx context.Context, text string, args []any) (result, error) {
	if len(tx.ahead) > 0 {
		if k, err := tx.fetched(ctx, text, args); k != nil || err != nil {
			return k, err
		}
	}
	var rows result
	err := tx.again(ctx, func() (err error) {
		rows, err = tx.s.query(ctx, text, args...)
		return err
	})
	return rows, err
}

// QueryRow runs a statement for its first row.
func (tx *Tx) QueryRow(ctx context.Context, text string, args ...any) *Row {
	rows, err := tx.Query(ctx, text, args...)
	return &Row{rows: rows, err: err}
}

// Nested runs f so that its changes are undone, and only they, when it gives an
// error; the transaction goes on.
func (tx *Tx) Nested(ctx context.Context, f func() error) error {
	tx.depth++
	defer func() { tx.depth-- }()
	name := "n" + strconv.Itoa(tx.depth)
	if err := tx.overtake(ctx); err != nil { // or it might be undone with f
		return err
	}
	if _, err := tx.Exec(ctx, "savepoint "+name); err != nil {
		return err
	}
	err := f()
	if err == nil {
		err = tx.flush(ctx)
	}
	if err == nil {
		_, err = tx.Exec(ctx, "release savepoint "+name)
		return err
	}
	return tx.rollbackTo(ctx, name, err)
}

// rollbackTo undoes what happened since the savepoint name because of err. When
// that is impossible the transaction is lost and stays spoiled.
func (tx *Tx) rollbackTo(ctx context.Context, name string, err error) error {
	tx.closeRows()
	ctx = tx.shield(ctx)
	if _, e := tx.s.simple(ctx, "rollback to savepoint "+name); e != nil {
		if tx.failed == nil {
			tx.failed = classify(err)
		}
		return err
	}
	if _, e := tx.s.simple(ctx, "release savepoint "+name); e != nil {
		return tx.spoil("release savepoint", e)
	}
	tx.failed = nil
	return err
}

// closeRows ends the result that f left open, so that the connection can go on.
func (tx *Tx) closeRows() {
	if tx.open != nil {
		tx.open.Close()
	}
}

// ready checks that a statement may run now and expands its macros.
func (tx *Tx) ready(ctx context.Context, text string) (string, context.Context, error) {
	text, err := tx.may(ctx, text)
	if err == nil {
		err = tx.due(ctx, text)
	}
	return text, tx.shield(ctx), err
}

// may is ready for a statement that is not sent yet.
func (tx *Tx) may(ctx context.Context, text string) (string, error) {
	switch {
	case tx.failed != nil:
		return "", tx.failed
	case tx.guest.denied != nil:
		return "", tx.guest.denied
	case tx.open != nil:
		return "", errOpenRows
	case ctx.Err() != nil:
		return "", ctx.Err()
	}
	return tx.db.text(text)
}

// shield keeps a write statement from being interrupted: SQLite would roll back
// the whole transaction and pgx would drop the connection, and with them the work
// of the other callers in the group.
func (tx *Tx) shield(ctx context.Context) context.Context {
	switch {
	case !tx.write:
		return ctx
	case tx.db.dialect == SQLite: // which looks at nothing else in it
		return context.Background()
	}
	return context.WithoutCancel(ctx)
}

// spoil remembers the first error of a statement.
func (tx *Tx) spoil(text string, err error) error {
	if err == nil {
		return nil
	}
	b, waited := errors.AsType[*blamed](err)
	switch {
	case !waited:
		err = fmt.Errorf("%w in %.200s", classify(err), text)
	case b.job == tx.job:
		err = b.err
	}
	if tx.failed == nil {
		tx.failed = err
	}
	return err
}

// Rows is the result of a query: use it as sql.Rows.
type Rows struct {
	rows result
	text string
	tx   *Tx      // nil for a single statement
	s    *session // the session the rows come from
	back *pool    // where s goes after a single statement
	done bool
	// ahead: the first row has been fetched already, and is there if more.
	ahead, more bool
}

// fetch gets the first row. PostgreSQL reports a connection that it lost long ago
// not before that.
func (r *Rows) fetch() error {
	r.ahead, r.more = true, r.rows.Next()
	return r.rows.Err()
}

// Next goes to the next row. After the last one the rows are closed.
func (r *Rows) Next() bool {
	more := r.more
	if !r.ahead {
		more = r.rows.Next()
	}
	r.ahead = false
	if more {
		return true
	}
	r.release()
	return false
}

// Scan copies the columns of the row to dest.
func (r *Rows) Scan(dest ...any) error {
	if err := r.rows.Scan(dest...); err != nil {
		return fmt.Errorf("%w in %.200s", err, r.text)
	}
	return nil
}

// Err gives the error that ended Next, if any.
func (r *Rows) Err() error {
	err := r.rows.Err()
	if err == nil {
		return nil
	}
	if r.tx != nil {
		return r.tx.spoil(r.text, err)
	}
	return fmt.Errorf("%w in %.200s", classify(err), r.text)
}

// Columns gives the names of the columns.
func (r *Rows) Columns() ([]string, error) { return r.rows.Columns() }

// Close ends the result. It may be called more than once.
func (r *Rows) Close() error {
	err := r.rows.Close()
	r.release()
	return err
}

func (r *Rows) release() {
	if r.done {
		return
	}
	r.done = true
	if err := r.rows.Err(); err != nil {
		_ = r.s.note(err)
		if r.tx != nil {
			_ = r.tx.spoil(r.text, err)
		}
	}
	if r.tx != nil {
		r.tx.open = nil
	} else {
		r.back.give(r.s)
	}
}

// Row is the first row of a result.
type Row struct {
	rows *Rows
	err  error
}

// Scan copies the columns to dest, or gives ErrNoRows.
func (r *Row) Scan(dest ...any) error {
	if r.err != nil {
		return r.err
	}
	defer r.rows.Close()
	if !r.rows.Next() {
		if err := r.rows.Err(); err != nil {
			return err
		}
		return ErrNoRows
	}
	if err := r.rows.Scan(dest...); err != nil {
		return err
	}
	return r.rows.Close()
}

// All gives every row as scan makes it.
func All[T any](ctx context.Context, q Querier, scan func(*Rows) (T, error), text string, args ...any) ([]T, error) {
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var all []T
	for rows.Next() {
		v, err := scan(rows)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, rows.Err()
}

// One gives the first row as scan makes it, or ErrNoRows.
func One[T any](ctx context.Context, q Querier, scan func(*Rows) (T, error), text string, args ...any) (T, error) {
	var none T
	rows, err := q.Query(ctx, text, args...)
	if err != nil {
		return none, err
	}
	defer rows.Close()
	if !rows.Next() {
		if err := rows.Err(); err != nil {
			return none, err
		}
		return none, ErrNoRows
	}
	return scan(rows)
}

// Value is the scan function for rows of one column.
func Value[T any](r *Rows) (T, error) {
	var v T
	err := r.Scan(&v)
	return v, err
}
