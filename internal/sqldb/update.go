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
	// along comes with the first statement, nil for nothing.
	along *along
	// asking is what it begins with, nil for nothing; asked what came of that.
	asking *asking
	asked  asked
	// taken is set by whoever comes first: the writer that runs the job, or the
	// caller whose context ended while it waited.
	taken atomic.Bool
}

// writer owns the one connection that writes. Whoever finds it free does their
// own work, and that of those who come meanwhile: waking a goroutine for it takes
// longer than most of the work. When there is more to do after that, the writer's
// own goroutine goes on.
type writer struct {
	db    *DB
	sql   *sql.DB
	jobs  chan *job
	more  chan struct{} // wakes the goroutine
	quit  chan struct{}
	ended chan struct{}
	mu    sync.RWMutex // guards shut and the sending to jobs
	shut  bool
	// callers is how many calls of Update there are now.
	callers atomic.Int64
	turn    sync.Mutex // guards what follows

	todo []*job
	s    *session
	xid  string // PostgreSQL: the transaction that is open
	// crowded is the last one that carried the changes of several.
	crowded int64
	// wary is how many of the next transactions have savepoints.
	wary int
	// changed is how many jobs changed something in the transaction that is open,
	// silent how many of them announce nothing.
	changed, silent int64
	announcements   []func()
	last            *last         // what waits for the end of it
	begun           int64         // transactions
	notes           []any         // of each job that changed something in this one
	checkpoints     *checkpointer // nil where there is no log, or none that matters
}

func newWriter(db *DB, pool *sql.DB) *writer {
	w := &writer{
		db: db, sql: pool, jobs: make(chan *job, queueLen), more: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{}),
	}
	go w.loop()
	return w
}

// Update runs f in a transaction and returns once it is durable, or once all f
// did has been undone. f shares the commit with other callers but sees nothing of
// them that is not committed with it. It may run more than once. A context that
// ends while f waits for its turn takes it from the queue; after that Update waits
// for the outcome. f may run in the goroutine of another caller.
func (db *DB) Update(ctx context.Context, f func(tx *Tx) error) error {
	if db.writer == nil {
		return fmt.Errorf("update: %w", ErrReadOnly)
	}
	defer db.writer.callers.Add(-1)
	a, err := db.companion(ctx, db.writer.callers.Add(1) > 1)
	if err != nil {
		return err
	}
	j := &job{ctx: ctx, f: f, along: a, asking: db.asking(ctx), done: make(chan struct{})}
	if err := db.writer.send(j); err != nil {
		return err
	}
	if db.writer.turn.TryLock() {
		db.writer.lead(false)
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
	w.mu.Unlock()
	close(w.quit)
	<-w.ended
}

func (w *writer) close() error {
	var err error
	if w.checkpoints != nil {
		err = w.checkpoints.close()
	}
	if w.s != nil {
		if w.db.dialect == SQLite {
			_, e := w.s.exec(context.Background(), "pragma wal_checkpoint(truncate)")
			err = errors.Join(err, e)
		}
		err = errors.Join(err, w.s.close())
	}
	return errors.Join(err, w.sql.Close())
}

// loop does what those who led left behind.
func (w *writer) loop() {
	ended := false
	defer func() {
		if !ended {
			go w.loop() // a function ended this goroutine
		}
	}()
	for !ended {
		select {
		case <-w.more:
		case <-w.quit: // nobody sends any more
			ended = true
		}
		w.turn.Lock()
		w.lead(true)
	}
	close(w.ended)
}

// lead runs a group of waiting jobs, or all that wait, and gives the turn away.
func (w *writer) lead(all bool) {
	normal := false
	defer func() {
		if !normal {
			// A function ended the goroutine (runtime.Goexit, as t.Fatal does). Its
			// caller gets an error, and so do the others of the group.
			w.drop()
			for _, j := range w.todo {
				w.answer(j, errors.New("update: a function of the same transaction ended its goroutine"))
			}
		}
		w.release()
	}()
	for j := w.next(); j != nil; j = w.next() {
		w.todo = append(w.todo[:0], j)
		w.group(&w.todo)
		if !all {
			break
		}
	}
	normal = true
}

// release gives the turn away.
func (w *writer) release() {
	w.turn.Unlock()
	if len(w.jobs) > 0 { // sent by somebody who found the turn taken
		select {
		case w.more <- struct{}{}:
		default:
		}
	}
}

// next gives a waiting job, if there is one.
func (w *writer) next() *job {
	for {
		select {
		case j := <-w.jobs:
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
	if err = tx.invite(tx.job.along); err == nil {
		err = f(tx)
	}
	normal = true
	if err == nil && tx.changed && tx.guest.rows != nil { // it changed something before it asked for anything
		err = tx.flush(context.Background())
	}
	if err == nil {
		err = tx.guest.denied // which f kept to itself
	}
	if err == nil {
		err = tx.failed
	}
	if err == nil && tx.open != nil {
		err = errOpenRows
	}
	return err
}
