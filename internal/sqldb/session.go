package sqldb

import (
	"context"
	"database/sql"
	"database/sql/driver"
	"errors"
	"fmt"
	"sync"
	"sync/atomic"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/stdlib"
)

// maxStatements bounds the prepared statements of one connection; dynamic
// filters could otherwise make any number of them.
const maxStatements = 512

// session is one connection with its prepared statements. One goroutine uses it
// at a time, and at most one result is open on it.
type session struct {
	conn *sql.Conn
	lite *lite     // SQLite
	wire *wire     // PostgreSQL
	pg   *pgx.Conn // the same connection, for what is rare
	dead bool
	// idle: it has waited in the pool, and nothing was heard of its server since.
	idle bool
	held held // SQLite
}

func newSession(ctx context.Context, db *sql.DB, d Dialect) (*session, error) {
	conn, err := db.Conn(ctx)
	if err != nil {
		return nil, err
	}
	s := &session{conn: conn}
	if d == SQLite {
		if s.lite, err = newLite(conn); err != nil {
			return nil, errors.Join(err, conn.Close())
		}
		return s, nil
	}
	err = conn.Raw(func(c any) error {
		std, ok := c.(*stdlib.Conn)
		if !ok {
			return fmt.Errorf("unexpected driver %T", c)
		}
		s.pg = std.Conn()
		s.wire = newWire(s.pg.PgConn())
		return nil
	})
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	return s, nil
}

// exec runs a statement and gives the number of rows it changed.
func (s *session) exec(ctx context.Context, text string, args ...any) (int64, error) {
	if s.lite != nil {
		n, err := s.lite.exec(ctx, text, args)
		return n, s.note(err)
	}
	n, err := s.wire.exec(ctx, text, args)
	return n, s.note(err)
}

func (s *session) query(ctx context.Context, text string, args ...any) (result, error) {
	if s.lite != nil {
		rows, err := s.lite.query(ctx, text, args)
		return rows, s.note(err)
	}
	rows, err := s.wire.query(ctx, text, args)
	return rows, s.note(err)
}

// simple runs statements without parameters in one round trip on PostgreSQL and
// gives the values of the last row of the last one.
func (s *session) simple(ctx context.Context, text string) ([][]byte, error) {
	if s.wire == nil {
		_, err := s.exec(ctx, text)
		return nil, err
	}
	row, _, err := s.wire.simple(ctx, text)
	return row, s.note(err)
}

// note remembers when an error means that the connection is of no use any more.
func (s *session) note(err error) error {
	if err != nil && lostConnection(err) || s.wire != nil && (s.wire.broken || s.pg.IsClosed()) {
		s.dead = true
	}
	return err
}

func (s *session) close() error {
	s.let()
	if s.lite != nil {
		s.lite.close()
	}
	if s.dead {
		if s.wire != nil {
			_ = s.wire.conn.Conn().Close() // without a farewell that nobody hears
		}
		// Not back to database/sql, which would hand it out again. This closes it.
		_ = s.conn.Raw(func(any) error { return driver.ErrBadConn })
		return nil
	}
	return s.conn.Close()
}

// pool hands out read sessions, the last used first: its cache is the warmest.
type pool struct {
	db      *sql.DB
	dialect Dialect
	slots   chan struct{}
	closed  chan struct{}
	version *atomic.Int64 // of the database
	mu      sync.Mutex
	idle    []*session
}

func newPool(db *sql.DB, d Dialect, size int, version *atomic.Int64) *pool {
	return &pool{db: db, dialect: d, version: version, slots: make(chan struct{}, size), closed: make(chan struct{})}
}

// take waits for a free slot. fresh means that the session has just been opened.
func (p *pool) take(ctx context.Context) (s *session, fresh bool, err error) {
	select {
	case p.slots <- struct{}{}: // at once, as nearly always: one channel is looked at faster than three
	default:
		select {
		case p.slots <- struct{}{}:
		case <-p.closed:
			return nil, false, ErrClosed
		case <-ctx.Done():
			return nil, false, ctx.Err()
		}
	}
	p.mu.Lock()
	if n := len(p.idle); n > 0 {
		s = p.idle[n-1]
		p.idle = p.idle[:n-1]
	}
	p.mu.Unlock()
	if s != nil {
		return s, false, nil
	}
	if s, err = newSession(ctx, p.db, p.dialect); err != nil {
		<-p.slots
	}
	return s, true, err
}

// give takes a session back. A dead one takes all idle ones with it: they were
// connected to the same server.
func (p *pool) give(s *session) {
	var drop []*session
	_ = s.note(nil)
	p.mu.Lock()
	if s.held.open && s.held.version != p.version.Load() { // or it would outlive the change
		s.let()
	}
	if s.dead {
		drop = append(p.idle, s)
		p.idle = nil
	} else {
		p.idle = append(p.idle, s)
	}
	p.mu.Unlock()
	for _, d := range drop {
		d.dead = true
		_ = d.close()
	}
	<-p.slots
}

// close refuses new readers, waits until every session is back, or until ctx ends,
// and closes them.
func (p *pool) close(ctx context.Context) error {
	close(p.closed)
	for range cap(p.slots) {
		select {
		case p.slots <- struct{}{}:
		case <-ctx.Done():
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	var errs []error
	for _, s := range p.idle {
		errs = append(errs, s.close())
	}
	p.idle = nil
	return errors.Join(append(errs, p.db.Close())...)
}
