package sqldb

import (
	"context"
	"database/sql"
)

const (
	// logSize is how far SQLite's log grows before it is copied into the file.
	logSize = 16 << 20
	// logLeft is how many pages may be left to copy while nobody writes.
	logLeft = 256
)

// checkpointer copies the log into the file beside the writer. SQLite lets the
// writer do it with a commit, and everybody who waits for that commit wait some
// thirty milliseconds more.
type checkpointer struct {
	sql   *sql.DB
	due   chan struct{}
	ended chan struct{}
	next  int64 // how long the log is when it is due again; guarded by the turn
}

func newCheckpointer(w *writer, pool *sql.DB) *checkpointer {
	pool.SetMaxOpenConns(1)
	c := &checkpointer{sql: pool, due: make(chan struct{}, 1), ended: make(chan struct{}), next: logSize}
	go c.run(w)
	return c
}

// grown is told how long the log is after each commit.
func (c *checkpointer) grown(size int64) {
	switch {
	case size < logSize: // it begins at the start again when all of it was copied
		c.next = logSize
	case size >= c.next:
		c.next = size + logSize
		select {
		case c.due <- struct{}{}:
		default:
		}
	}
}

// run copies most of the log while others write on, and the small rest while they
// wait, so that the log is empty once. What goes wrong is tried again when the log
// has grown further; at four times this size SQLite has the writer do it.
func (c *checkpointer) run(w *writer) {
	defer close(c.ended)
	for range c.due {
		for range 4 {
			if left, err := c.pass(); err != nil || left <= logLeft {
				break
			}
		}
		w.turn.Lock()
		_, _ = c.pass()
		w.release()
	}
}

// pass copies what is there and gives how many pages came meanwhile, or are kept
// because somebody still reads what was before.
func (c *checkpointer) pass() (left int64, err error) {
	var busy, logged, done int64
	err = c.sql.QueryRowContext(context.Background(), "pragma wal_checkpoint(passive)").Scan(&busy, &logged, &done)
	return logged - done, err
}

func (c *checkpointer) close() error {
	close(c.due)
	<-c.ended
	return c.sql.Close()
}
