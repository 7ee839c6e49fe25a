package store

import (
	"context"
	"slices"
	"sync"

	"leaver/internal/offboard"
	"leaver/internal/sqldb"
)

// presumed is how people and apps stood when they asked last. Where other nodes can
// change them it proves nothing; but nearly always it is still so.
type presumed struct {
	mu    sync.RWMutex
	known map[subjectKey]offboard.Subject
}

func (p *presumed) get(key subjectKey) (found offboard.Subject, ok bool) {
	p.mu.RLock()
	defer p.mu.RUnlock()
	found, ok = p.known[key]
	return found, ok
}

func (p *presumed) put(key subjectKey, found offboard.Subject) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.known == nil || len(p.known) >= maxSubjects {
		p.known = map[subjectKey]offboard.Subject{}
	}
	p.known[key] = found
}

// Presume gives how a person or an app stood when they asked last, and a context
// in which nothing is answered before the database has said that it is still so:
// on PostgreSQL that question goes with the first query, which saves a round trip.
// settle asks when no query has. When it is not so any more, all of them give
// [offboard.ErrSubjectChanged]. settle is nil when nothing can be presumed, or
// nothing saved by it. R-DEL-12
func (s *Store) Presume(ctx context.Context, id string, app bool) (was offboard.Subject, _ context.Context, settle func() error) {
	if s.db.Dialect() == sqldb.SQLite {
		return offboard.Subject{}, ctx, nil
	}
	return s.presume(ctx, id, app)
}

func (s *Store) presume(ctx context.Context, id string, app bool) (was offboard.Subject, _ context.Context, settle func() error) {
	key := subjectKey{id, app}
	was, ok := s.presumed.get(key)
	if !ok {
		return was, ctx, nil
	}
	ctx, ask := s.db.Along(ctx, func(row *sqldb.Row) error {
		is, err := scanSubject(row)
		if err == nil && !sameSubject(was, is) {
			s.presumed.put(key, is)
			err = offboard.ErrSubjectChanged
		}
		return err
	}, subjectText[app], id)
	return was, ctx, func() error { return outage(ask()) }
}

func sameSubject(a, b offboard.Subject) bool {
	return a.Found == b.Found && a.Enabled == b.Enabled && a.Deleted == b.Deleted && a.Epoch == b.Epoch && slices.Equal(a.Roles, b.Roles)
}
