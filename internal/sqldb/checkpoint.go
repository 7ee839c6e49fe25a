package sqldb

import (
	"context"
	"database/sql"
	"os"
)

const (
	// logSize is how far SQLite's log grows before it is copied into the file.
	logSize = 16 << 20
	// logLeft is how many pages may be left to copy while nobody writes.
	logLeft = 256
	// logBusy is the length from which on a log is taken for one that will grow.
	logBusy = 1 << 20
)

// checkpointer copies the log into the file beside the writer. SQLite lets the
// writer do it with a commit, and everybody who waits for that commit wait some
// thirty milliseconds more.
type checkpointer struct {
	sql   *sql.DB
	log   string // path of the log
	due   chan struct{}
	quit  chan struct{}
	ended chan struct{}
	next  int64 // how long the log is when it is due again; guarded by the turn
	long  bool  // the file of the log has its length; guarded by the turn
}

func newCheckpointer(w *writer, pool *sql.DB, log string) *checkpointer {
	pool.SetMaxOpenConns(1)
	c := &checkpointer{sql: pool, log: log, due: make(chan struct{}, 1), quit: make(chan struct{}), ended: make(chan struct{}), next: logSize}
	go c.run(w)
	return c
}

// grown is told how long the log is after each commit.
func (c *checkpointer) grown(size int64) {
	switch {
	case size < logSize: // it begins at the start again when all of it was copied
		c.next = logSize
		if c.long || size < logBusy {
			return
		}
	case size >= c.next:
		c.next = size + logSize
	default:
		return
	}
	select {
	case c.due <- struct{}{}:
	default:
	}
}

func (c *checkpointer) run(w *writer) {
	defer close(c.ended)
	for range c.due {
		w.turn.Lock()
		long, full := c.long, c.next > logSize
		c.long = true
		w.release()
		if !long {
			c.lengthen(w)
		}
		if full {
			c.copy(w)
		}
	}
}

// copy copies most of the log while others write on, and the small rest while they
// wait, so that the log is empty once. What goes wrong is tried again when the log
// has grown further; at four times this size SQLite has the writer do it.
func (c *checkpointer) copy(w *writer) {
	for range 4 {
		if left, err := c.pass(); err != nil || left <= logLeft {
			break
		}
	}
	w.turn.Lock()
	defer w.release()
	_, _ = c.pass()
}

// lengthen gives the file of the log the length that it will have, in portions
// between the commits: to sync what was written behind the end of a file takes half
// as long again as what was written over. SQLite takes what it did not write for
// the end of the log. Where there is no room the log grows by itself.
func (c *checkpointer) lengthen(w *writer) {
	file, err := os.OpenFile(c.log, os.O_WRONLY, 0)
	if err != nil {
		return
	}
	defer file.Close()
	portion := make([]byte, logBusy)
	for more := true; more; {
		select {
		case <-c.quit:
			return
		default:
		}
		w.turn.Lock()
		more = longer(file, portion)
		w.release()
		more = file.Sync() == nil && more
	}
}

// longer writes one portion more; false when that was the last.
func longer(file *os.File, portion []byte) bool {
	at, err := file.Stat()
	if err != nil || at.Size() >= logSize {
		return false
	}
	_, err = file.WriteAt(portion, at.Size())
	if err != nil {
		_ = file.Truncate(at.Size())
	}
	return err == nil
}

// pass copies what is there and gives how many pages came meanwhile, or are kept
// because somebody still reads what was before.
func (c *checkpointer) pass() (left int64, err error) {
	var busy, logged, done int64
	err = c.sql.QueryRowContext(context.Background(), "pragma wal_checkpoint(passive)").Scan(&busy, &logged, &done)
	return logged - done, err
}

func (c *checkpointer) close() error {
	close(c.quit)
	close(c.due)
	<-c.ended
	return c.sql.Close()
}
