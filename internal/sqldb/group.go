package sqldb

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"time"
)

const (
	maxGroup   = 256 // jobs that share one commit
	wary       = 16  // transactions with savepoints after one that needed them
	maxTries   = 4   // of a transaction that a passing trouble ended
	firstPause = 50 * time.Millisecond
)

var (
	// errGone means that the database has ended the transaction by itself.
	errGone = errors.New("the transaction is gone")
	// errMixed means that a job failed after it had changed something, and there
	// was no savepoint to go back to.
	errMixed = errors.New("what one job changed can't be told from the others")
)

// group runs the jobs of todo and those that wait behind them in one transaction
// and answers all of them. todo grows with what is taken from the queue.
func (w *writer) group(todo *[]*job) {
	pause := firstPause
	for try := 1; len(*todo) > 0; {
		err := w.transaction(todo, try == 1)
		switch {
		case errors.Is(err, errMixed):
			w.wary = wary
		case err == nil || errors.Is(err, errGone): // the rest, if any, at once
		case try == maxTries || !transient(err):
			for _, j := range *todo {
				w.answer(j, wrap("update", err))
			}
			return
		default:
			try++
			time.Sleep(pause)
			pause *= 4
			w.dismiss(todo)
		}
		if len(*todo) > 0 {
			w.db.stats.retries.Add(1)
		}
	}
}

// dismiss answers the jobs whose callers do not want to wait any longer.
func (w *writer) dismiss(todo *[]*job) {
	*todo = slices.DeleteFunc(*todo, func(j *job) bool {
		err := j.ctx.Err()
		if err != nil {
			w.answer(j, err)
		}
		return err != nil
	})
}

// transaction tries the jobs once. Those it answered leave todo; what remains must
// be run again or, with an error, be answered with that.
func (w *writer) transaction(todo *[]*job, grow bool) error {
	if err := w.begin(); err != nil {
		return err
	}
	w.wary = max(0, w.wary-1)
	careful := w.wary > 0
	kept := 0 // jobs whose changes are in the transaction
	for i := 0; ; i++ {
		if i == len(*todo) {
			j := (*job)(nil)
			if grow && i < maxGroup {
				j = w.next()
			}
			if j == nil {
				break
			}
			*todo = append(*todo, j)
		}
		j := (*todo)[i]
		if !careful && w.s.wire != nil {
			w.ask(todo, i, grow)
		}
		err := w.do(j, kept, careful)
		if errors.Is(err, errGone) {
			*todo = slices.Delete(*todo, i, i+1)
			w.answer(j, j.err)
		}
		if err != nil {
			return err
		}
		if j.err == nil {
			kept++
		}
	}
	if err := w.end(kept); err != nil {
		return err
	}
	for _, j := range *todo {
		w.answer(j, j.err)
	}
	*todo = (*todo)[:0]
	return nil
}

// do runs one job and leaves its own error in the job. It gives an error when the
// transaction is lost for all: errGone when the job is the one to blame. The first
// job with changes needs no savepoint: if it fails, the transaction begins anew.
// Nor does one that fails before it changed anything, as nearly all do that fail;
// so only a careful transaction has savepoints, which cost a copy of every page.
func (w *writer) do(j *job, kept int, careful bool) error {
	ctx := context.Background()
	if j.err = j.ctx.Err(); j.err != nil {
		return nil
	}
	saved := careful && kept > 0
	if saved {
		text := "savepoint j"
		if w.s.wire != nil && kept > 1 {
			text = "release savepoint j; savepoint j"
		}
		if _, err := w.s.simple(ctx, text); err != nil {
			return err
		}
	}
	tx := &Tx{db: w.db, s: w.s, write: true, version: w.db.stats.changes.Load() + w.changed, job: j, first: w.changed == 0, careful: careful}
	tx.accept()
	j.err = call(j.f, tx)
	if careful && j.err == nil {
		j.err = tx.flush(ctx) // its errors are its own
	}
	if j.err == nil && tx.changed {
		w.changed++
		w.notes = append(w.notes, tx.note)
		if tx.last != nil {
			w.last = tx.last
		}
		if tx.announcement == nil {
			w.silent++
		} else {
			w.announcements = append(w.announcements, tx.announcement)
		}
	}
	switch {
	case tx.failed != nil && transient(tx.failed):
		w.abandon()
		return tx.failed
	case waited(tx.failed): // a job before it is to blame
		w.abandon()
		return errMixed
	case j.err == nil && saved && w.s.wire == nil:
		_, err := w.s.exec(ctx, "release savepoint j")
		return err
	case j.err == nil, !tx.changed && tx.failed == nil:
		return nil
	case kept == 0:
		w.abandon()
		return w.begin()
	case !saved:
		w.abandon()
		return errMixed
	}
	return w.undo(ctx)
}

func waited(err error) bool {
	_, is := errors.AsType[*blamed](err)
	return is
}

// undo takes back the last job alone.
func (w *writer) undo(ctx context.Context) error {
	_, err := w.s.simple(ctx, "rollback to savepoint j")
	if err == nil && w.s.wire == nil {
		_, err = w.s.exec(ctx, "release savepoint j")
	}
	switch {
	case err == nil:
		return nil
	case transient(err):
		w.abandon()
		return err
	}
	w.abandon()
	return errGone
}

// begin opens the transaction. On PostgreSQL all writers of one organization
// queue up here, also those of other nodes.
func (w *writer) begin() error {
	ctx := context.Background()
	w.changed, w.silent, w.announcements, w.last = 0, 0, w.announcements[:0], nil
	w.begun, w.notes = w.begun+1, nil
	s, err := w.session(ctx)
	if err != nil {
		return err
	}
	if s.wire == nil {
		_, err = s.exec(ctx, "begin immediate")
		if err == nil && s.lite.gather == nil && !w.db.noSync {
			s.lite.gather = newGather(s.lite)
		}
		return err
	}
	w.xid = ""
	if err = s.wire.later(errand{text: beginWrite, begins: true}); err == nil {
		err = s.wire.later(errand{text: lockWrite, args: []any{int64(writeLock)}, row: func(row [][]byte) { w.xid = string(row[1]) }})
	}
	return err
}

// abandon rolls the transaction back; if that fails the connection goes.
func (w *writer) abandon() {
	if w.s == nil {
		return
	}
	if w.s.wire != nil && (w.s.wire.drop() || w.s.wire.tell("rollback") == nil) {
		return
	}
	// SQLite may have rolled back by itself, which is as good.
	if _, err := w.s.simple(context.Background(), "rollback"); err != nil && (w.s.wire != nil || w.s.dead) {
		w.drop()
	}
}

// end commits, or rolls back when there is nothing to keep.
func (w *writer) end(kept int) error {
	if w.changed == 0 { // those who only looked need no commit, and what was read before still holds
		w.abandon()
		return nil
	}
	if err := w.settle(); err != nil {
		w.abandon()
		return errMixed // run again, it fails in the hands of whose it is
	}
	var err error
	if w.s.wire == nil {
		_, err = w.s.exec(context.Background(), "commit")
	} else {
		err = w.commitPostgres(context.Background())
	}
	if err != nil {
		w.abandon()
		if waited(err) && !transient(err) {
			return errMixed
		}
		return fmt.Errorf("commit: %w", err)
	}
	if w.changed > 1 {
		w.crowded, _ = strconv.ParseInt(w.xid, 10, 64) // 0 on SQLite, where it is counted
	}
	w.db.stats.changes.Add(w.changed) // first: from now on readers look anew
	for _, f := range w.announcements {
		f()
	}
	if w.s.lite != nil {
		w.db.readers.changed()
	}
	if w.checkpoints != nil && w.s.lite.gather != nil {
		w.checkpoints.grown(w.s.lite.gather.end)
	}
	w.db.stats.silent.Add(w.silent)
	w.db.stats.commits.Add(1)
	w.db.stats.jobs.Add(int64(kept))
	return nil
}

// commitPostgres commits. If the connection is lost on the way, it asks a new one
// what has become of the transaction.
func (w *writer) commitPostgres(ctx context.Context) error {
	if w.xid == "" { // nothing was sent yet
		if err := w.s.note(w.s.wire.flush(ctx)); err != nil {
			return err
		}
	}
	_, done, err := w.s.wire.simple(ctx, "commit")
	if err == nil && done == "ROLLBACK" {
		return errors.New("the database rolled back")
	}
	if w.s.note(err) == nil || !w.s.dead {
		return err
	}
	// pgx calls some of these errors safe to retry although the commit was sent.
	pause := firstPause
	for range maxTries {
		switch w.outcome(ctx) {
		case "committed":
			return nil
		case "aborted":
			return err
		}
		time.Sleep(pause)
		pause *= 4
	}
	// Not transient: running the jobs again could do their work twice.
	return fmt.Errorf("%w: the outcome is unknown: %s", ErrUnavailable, err.Error())
}

// outcome gives what the server says about the last transaction, or nothing.
func (w *writer) outcome(ctx context.Context) string {
	w.drop()
	s, err := w.session(ctx)
	if err != nil {
		return ""
	}
	status, err := s.simple(ctx, "select pg_xact_status('"+w.xid+"'::xid8)")
	if err != nil || len(status) == 0 {
		return ""
	}
	return string(status[0])
}
