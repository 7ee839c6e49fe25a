package sqldb

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgproto3"
)

// wire speaks PostgreSQL's protocol on a connection that pgx has opened. Each
// round trip costs more than most statements of ours, so what needs no answer yet
// waits in a queue and goes with the next statement that does; and the server
// answers all of them at once.
type wire struct {
	conn  *pgconn.PgConn
	front *pgproto3.Frontend
	stmts map[string]*compiled
	names int // given to statements so far
	queue []errand
	done  int // of the queue, the last time
	owed  int // rounds that were sent, and whose end nobody has read
	// started are rounds on their way whose answers are still wanted.
	started [][]errand
	// broken: there is no telling what the server will say next.
	broken bool
	arguments
}

// errand is a statement that waits in the queue.
type errand struct {
	text string
	args []any
	// begins: it begins the transaction.
	begins bool
	job    *job              // whose it is
	word   func(error) error // words its error
	row    func([][]byte)    // gets its first row
	keep   *kept             // gets all its rows
}

// compiled is a prepared statement.
type compiled struct {
	name    string
	params  []uint32 // their types
	columns []pgproto3.FieldDescription
	formats []int16
}

// blamed is the error of a statement that waited in the queue.
type blamed struct {
	job *job
	err error
}

func (e *blamed) Error() string { return e.err.Error() }
func (e *blamed) Unwrap() error { return e.err }

func newWire(conn *pgconn.PgConn) *wire {
	return &wire{conn: conn, front: conn.Frontend(), stmts: map[string]*compiled{}}
}

// later puts a statement in the queue.
func (w *wire) later(c errand) (err error) {
	if c.args, err = plain(c.args); err == nil {
		w.queue = append(w.queue, c)
	}
	return err
}

// drop empties the queue and reports whether nothing else was asked of the
// transaction, so that it has not begun either.
func (w *wire) drop() bool {
	unsent := len(w.queue) > 0 && w.queue[0].begins
	w.queue = nil
	return unsent
}

// query sends the queue and a statement, and gives its rows.
func (w *wire) query(ctx context.Context, text string, args []any) (*wireRows, error) {
	args, err := plain(args)
	if err != nil {
		return nil, err
	}
	if strings.HasSuffix(text, steady) {
		w.queue = append(w.queue, errand{text: steadyPlan})
	}
	r := &wireRows{w: w, ctx: ctx, stop: w.watch(ctx)}
	r.c, err = w.send(append(w.queue, errand{text: text, args: args}))
	if err == nil {
		err = w.answers()
	}
	if err == nil {
		r.expect = true
		r.ahead = r.receive() // its error, if it has one
		err = r.err
	}
	if err != nil {
		w.rest(&err, 0)
		r.finish()
		return nil, w.because(ctx, err)
	}
	return r, nil
}

// exec sends the queue and a statement, and gives the number of rows it changed.
func (w *wire) exec(ctx context.Context, text string, args []any) (int64, error) {
	r, err := w.query(ctx, text, args)
	if err != nil {
		return 0, err
	}
	err = r.drain()
	return r.changed, err
}

// flush sends the queue and waits for its answers.
func (w *wire) flush(ctx context.Context) error {
	if len(w.queue) == 0 && w.owed == 0 {
		return nil
	}
	stop, err := w.watch(ctx), error(nil)
	if len(w.queue) > 0 {
		if _, err = w.send(w.queue); err == nil {
			err = w.answers()
		}
	} else {
		err = w.early(0)
	}
	w.rest(&err, 0)
	w.unwatch(stop)
	return w.because(ctx, err)
}

// simple sends the queue and then statements without parameters, which the server
// tries even if the queue failed: a commit of what failed is a rollback. It gives
// the last row and the last thing done.
func (w *wire) simple(ctx context.Context, text string) (row [][]byte, done string, err error) {
	stop := w.watch(ctx)
	queued := len(w.queue) > 0
	if queued {
		if err = w.compile(w.queue); err != nil {
			w.unwatch(stop)
			return nil, "", w.because(ctx, err)
		}
		w.bind(w.queue)
	}
	w.front.SendQuery(&pgproto3.Query{String: text})
	w.owed++
	own := 1
	if queued {
		own = 2
	}
	if err = w.push(); err == nil {
		err = w.early(own)
	}
	if err == nil && queued {
		err = w.answers()
	}
	w.rest(&err, 1)
	if e := w.last(&row, &done); err == nil {
		err = e
	}
	w.unwatch(stop)
	return row, done, w.because(ctx, err)
}

// last reads what the server says of statements without parameters.
func (w *wire) last(row *[][]byte, done *string) (err error) {
	if w.broken {
		return nil // there is an error already
	}
	if err := w.pay(1); err != nil {
		return err
	}
	for w.owed > 0 {
		m, e := w.receive()
		if e != nil {
			return e
		}
		switch m := m.(type) {
		case *pgproto3.DataRow:
			*row = clones(m.Values)
		case *pgproto3.CommandComplete:
			*done = string(m.CommandTag)
		case *pgproto3.ReadyForQuery:
			w.owed--
		case *pgproto3.ErrorResponse:
			err = pgconn.ErrorResponseToPgError(m)
			if w.broken {
				return err
			}
		}
	}
	return err
}

// tell sends a statement without waiting for its end.
func (w *wire) tell(text string) error {
	w.queue, w.started = nil, nil
	w.front.SendQuery(&pgproto3.Query{String: text})
	w.owed++
	return w.push()
}

// push sends what was written.
func (w *wire) push() error {
	err := w.front.Flush()
	w.broken = w.broken || err != nil
	return err
}

// pay reads the ends of earlier rounds until only n are owed.
func (w *wire) pay(n int) error {
	for w.owed > n {
		m, err := w.receive()
		if err != nil {
			return err
		}
		if _, ok := m.(*pgproto3.ReadyForQuery); ok {
			w.owed--
		}
	}
	return nil
}

// answers reads the answers to the queue.
func (w *wire) answers() error {
	w.done = 0
	for i := range w.queue {
		if err := w.answer(&w.queue[i]); err != nil {
			return w.queue[i].fault(err)
		}
		w.done++
	}
	clear(w.queue)
	w.queue = w.queue[:0]
	return nil
}

func (w *wire) answer(c *errand) error {
	for {
		m, err := w.receive()
		if err != nil {
			return err
		}
		switch m := m.(type) {
		case *pgproto3.BindComplete:
			if c.keep != nil {
				c.keep.rows = nil
			}
		case *pgproto3.DataRow:
			if c.row != nil {
				c.row(m.Values)
				c.row = nil
			}
			if c.keep != nil {
				c.keep.rows = append(c.keep.rows, clones(m.Values))
			}
		case *pgproto3.CommandComplete, *pgproto3.EmptyQueryResponse:
			if c.keep != nil {
				c.keep.c = w.stmts[c.text]
			}
			return nil
		case *pgproto3.ErrorResponse:
			return pgconn.ErrorResponseToPgError(m)
		default:
			return w.unexpected(m)
		}
	}
}

func (c *errand) fault(err error) error {
	if c.job == nil {
		return err
	}
	err = fmt.Errorf("%w in %.200s", classify(err), c.text)
	if c.word != nil {
		err = c.word(err)
	}
	return &blamed{c.job, err}
}

// rest reads on until only n rounds are owed, after err or when all was read that
// was wanted. What waits in the queue is kept only for another connection.
func (w *wire) rest(err *error, n int) {
	if w.broken {
		return
	}
	if *err != nil {
		w.queue, w.started = nil, nil
	}
	if e := w.pay(n); e != nil && *err == nil {
		*err = e
	}
}

// receive gives the next message that is an answer.
func (w *wire) receive() (pgproto3.BackendMessage, error) {
	for {
		m, err := w.front.Receive()
		if err != nil {
			w.broken = true
			if errors.Is(err, io.EOF) {
				err = io.ErrUnexpectedEOF
			}
			return nil, err
		}
		switch m := m.(type) {
		case *pgproto3.ParameterStatus, *pgproto3.NoticeResponse, *pgproto3.NotificationResponse:
		case *pgproto3.ErrorResponse:
			if m.Severity == "FATAL" || m.Severity == "PANIC" || outdated(m.Code, m.Routine) {
				w.broken = true // the server has gone, or a migration has made our statements invalid
			}
			return m, nil
		default:
			return m, nil
		}
	}
}

func (w *wire) unexpected(m pgproto3.BackendMessage) error {
	if e, ok := m.(*pgproto3.ErrorResponse); ok {
		return pgconn.ErrorResponseToPgError(e)
	}
	w.broken = true
	return fmt.Errorf("the database sent a %T out of turn", m)
}

// watch ends the connection when ctx ends.
func (w *wire) watch(ctx context.Context) (stop func() bool) {
	if ctx.Done() == nil {
		return nil
	}
	return context.AfterFunc(ctx, func() {
		_ = w.conn.Conn().SetDeadline(time.Unix(1, 0))
		limit, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
		defer cancel()
		_ = w.conn.CancelRequest(limit) // the server would compute on
	})
}

func (w *wire) unwatch(stop func() bool) {
	if stop != nil && !stop() {
		w.broken = true
	}
}

// because gives the end of ctx as the reason where that is it.
func (w *wire) because(ctx context.Context, err error) error {
	if err != nil && w.broken && ctx.Err() != nil {
		return ctx.Err()
	}
	return err
}
