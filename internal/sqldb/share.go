package sqldb

import (
	"context"
	"fmt"
	"sync"
)

// sharing lets callers who ask the same at the same time share one round trip. Each gets
// an answer to a question that was sent after they came.
type sharing struct {
	mu      sync.Mutex
	waiting map[string]*shared // not sent yet
	sent    map[string]*shared
}

// shared is a question and its answer.
type shared struct {
	done   chan struct{}
	answer *kept
	err    error
}

// join gives the question that waits to be sent under a key, and, to whoever has to send
// it, what was sent before: it goes when that is answered.
func (s *sharing) join(key string) (q, before *shared, lead bool) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if q = s.waiting[key]; q != nil {
		return q, nil, false
	}
	if s.waiting == nil {
		s.waiting, s.sent = map[string]*shared{}, map[string]*shared{}
	}
	q = &shared{done: make(chan struct{})}
	s.waiting[key] = q
	return q, s.sent[key], true
}

// leave says that a question is sent from now on: nobody joins it any more.
func (s *sharing) leave(key string, q *shared) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.waiting, key)
	s.sent[key] = q
}

func (s *sharing) end(key string, q *shared) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.sent[key] == q {
		delete(s.sent, key)
	}
	close(q.done)
}

// sharedRow is QueryRow for what many ask at once. Who shares the question of somebody
// who went away, or which failed, asks alone.
func (db *DB) sharedRow(ctx context.Context, text string, args []any) *Row {
	if db.dialect == SQLite {
		return db.QueryRow(ctx, text, args...)
	}
	key := fmt.Sprintf("%s\x00%q", text, args)
	q, before, lead := db.sharing.join(key)
	if lead {
		if before != nil { // meanwhile others join
			select {
			case <-before.done:
			case <-ctx.Done():
			}
		}
		db.sharing.leave(key, q)
		q.answer, q.err = db.keep(ctx, text, args)
		db.sharing.end(key, q)
	}
	select {
	case <-q.done:
	case <-ctx.Done():
		return &Row{err: ctx.Err()}
	}
	if q.err != nil {
		if !lead {
			return db.QueryRow(ctx, text, args...)
		}
		return &Row{err: q.err}
	}
	own := *q.answer
	return &Row{rows: &Rows{rows: &own, text: text, done: true}}
}

// keep runs a reading statement and gives all its rows.
func (db *DB) keep(ctx context.Context, text string, args []any) (*kept, error) {
	text, err := db.text(text)
	if err != nil {
		return nil, err
	}
	for {
		s, fresh, err := db.readers.take(ctx)
		if err != nil {
			return nil, wrap("connect", err)
		}
		k := &kept{text: text}
		if err = s.wire.later(errand{text: text, args: args, keep: k}); err == nil {
			err = s.note(s.wire.flush(ctx))
		}
		retry := s.dead && !fresh && ctx.Err() == nil
		db.readers.give(s)
		if err == nil {
			return k, nil
		}
		if !retry {
			return nil, fmt.Errorf("%w in %.200s", classify(err), text)
		}
	}
}
