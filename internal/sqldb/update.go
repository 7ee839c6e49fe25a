package sqldb

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"runtime/debug"
	"sync"
	"sync/atomic"
)

// queueLen is how many callers of Update wait without blocking each other.
const queueLen = 1024

// job is one waiting call of Update.
type job struct {
	ctx  context.Context
	f    func(*Tx) error
	done chan struct{}
	err  error
	// taken is set by whoever comes first: the writer that runs the job, or the
	// caller whose context ended while it waited.
	taken atomic.Bool
}

// writer owns the one connection that writes.
type writer struct {
	db    *DB
	sql   *sql.DB
	jobs  chan *job
	ended chan struct{}
	mu    sync.RWMutex // guards shut and the sending to jobs
	shut  bool

	// Used by the writing goroutine only.
	s   *session
	xid string // PostgreSQL: the transaction that is open
	// wary is how many of the next transactions have savepoints.
	wary int
	// changed is how many jobs changed something in the transaction that is open.
	changed int64
}

func newWriter(db *DB, pool *sql.DB) *writer {
	w := &writer{db: db, sql: pool, jobs: make(chan *job, queueLen), ended: make(chan struct{})}
	go w.loop()
	return w
}

// Update runs f in a transaction and returns once it is durable, or once all f
// did has been undone. f shares the commit with other callers but sees nothing of
// them that is not committed with it. It may run more than once. A context that
// ends while f waits for its turn takes it from the queue; after that Update waits
// for the outcome.
func (db *DB) Update(ctx context.Context, f func(tx *Tx) error) error {
	if db.writer == nil {
		return fmt.Errorf("update: %w", ErrReadOnly)
	}
	j := &job{ctx: ctx, f: f, done: make(chan struct{})}
	if err := db.writer.send(j); err != nil {
		return err
	}
	select {
	case <-j.done:
	case <-ctx.Done():
		if j.taken.CompareAndSwap(false, true) {
			return ctx.Err()
		}
		<-j.done
	}
	return j.err
}

func (w *writer) send(j *job) error {
	w.mu.RLock()
	defer w.mu.RUnlock()
	if w.shut {
		return ErrClosed
	}
	select {
	case w.jobs <- j:
		return nil
	case <-j.ctx.Done():
		return j.ctx.Err()
	}
}

// stop refuses new jobs and waits until the last has been answered.
func (w *writer) stop() {
	w.mu.Lock()
	w.shut = true
	close(w.jobs)
	w.mu.Unlock()
	<-w.ended
}

func (w *writer) close() error {
	var err error
	if w.s != nil {
		if w.db.dialect == SQLite {
			_, err = w.s.exec(context.Background(), "pragma wal_checkpoint(truncate)")
		}
		err = errors.Join(err, w.s.close())
	}
	return errors.Join(err, w.sql.Close())
}

func (w *writer) loop() {
	var todo []*job
	clean := false
	defer func() {
		if clean {
			close(w.ended)
			return
		}
		// A function ended the goroutine (runtime.Goexit, as t.Fatal does). Its
		// caller is gone; the others get an error and the writer goes on.
		w.drop()
		for _, j := range todo {
			w.answer(j, errors.New("update: a function of the same transaction ended its goroutine"))
		}
		go w.loop()
	}()
	for j := range w.jobs {
		if j.taken.CompareAndSwap(false, true) {
			todo = append(todo[:0], j)
			w.group(&todo)
		}
	}
	clean = true
}

// next gives a waiting job, if there is one.
func (w *writer) next() *job {
	for {
		select {
		case j, ok := <-w.jobs:
			if !ok {
				return nil
			}
			if j.taken.CompareAndSwap(false, true) {
				return j
			}
		default:
			return nil
		}
	}
}

func (w *writer) answer(j *job, err error) {
	j.err = err
	close(j.done)
}

// session gives the connection, a new one after the old was lost.
func (w *writer) session(ctx context.Context) (*session, error) {
	if w.s != nil && w.s.dead {
		w.drop()
	}
	if w.s == nil {
		s, err := newSession(ctx, w.sql, w.db.dialect)
		if err != nil {
			return nil, err
		}
		w.s = s
	}
	return w.s, nil
}

func (w *writer) drop() {
	if w.s != nil {
		w.s.dead = true
		_ = w.s.close()
		w.s = nil
	}
}

// call runs the function of a job and turns a panic into an error.
func call(f func(*Tx) error, tx *Tx) (err error) {
	normal := false
	defer func() {
		if p := recover(); !normal && p != nil {
			err = fmt.Errorf("update: panic: %v\n%s", p, debug.Stack())
		}
		tx.closeRows()
	}()
	err = f(tx)
	normal = true
	if err == nil {
		err = tx.failed
	}
	if err == nil && tx.open != nil {
		err = errOpenRows
	}
	return err
}
