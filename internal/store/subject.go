package store

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// rolesOf gathers the roles of person u in one text.
const rolesOf = `coalesce((select {sqlite group_concat(r.role, ' ')}{postgres string_agg(r.role, ' ')} from role_assignments r
 where r.user_pk = u.pk and not r.suspended), '')`

// subjects remembers what Subject found, until a change of that person or app is
// announced: nearly every request comes from the few that asked last.
type subjects struct {
	mu    sync.RWMutex
	known map[subjectKey]offboard.Subject
	// turn is another number after each change that somebody announced, silent
	// counts the changes that nobody did. What is known holds under that number.
	turn, silent int64
}

type subjectKey struct {
	id  string
	app bool
}

// maxSubjects bounds the memory.
const maxSubjects = 4096

func (s *subjects) get(silent int64, key subjectKey) (found offboard.Subject, ok bool, turn int64) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found, ok = s.known[key]
	return found, ok && s.silent == silent, s.turn
}

// put remembers what was found out since silent and turn were those; if anything
// was announced meanwhile, it may have been too early.
func (s *subjects) put(silent, turn int64, key subjectKey, found offboard.Subject) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if turn != s.turn || silent < s.silent {
		return
	}
	if s.known == nil || s.silent != silent || len(s.known) >= maxSubjects {
		s.silent, s.known = silent, map[subjectKey]offboard.Subject{}
	}
	s.known[key] = found
}

// forget is what a change announces.
func (s *subjects) forget(changed []subjectKey) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.turn++
	for _, key := range changed {
		delete(s.known, key)
	}
}

// Subject says how a person or an app stands now, whatever an old token says.
// Every request asks this. R-DEL-12
func (s *Store) Subject(ctx context.Context, id string, app bool) (offboard.Subject, error) {
	silent, lasting := s.db.Silent()
	key := subjectKey{id, app}
	found, ok, turn := s.subjects.get(silent, key)
	if ok && lasting {
		return found, nil
	}
	found, err := s.subject(ctx, id, app)
	switch {
	case err != nil:
	case lasting:
		s.subjects.put(silent, turn, key, found)
	default:
		s.presumed.put(key, found)
	}
	return found, outage(err)
}

// subjectText asks for how a person or an app stands.
var subjectText = map[bool]string{
	false: "select u.enabled, u.deleted is not null, u.session_epoch, " + rolesOf + " from users u where u.id = $1",
	true:  "select a.enabled, false, a.session_epoch, a.roles from apps a where a.id = $1",
}

func (s *Store) subject(ctx context.Context, id string, app bool) (offboard.Subject, error) {
	return scanSubject(s.db.QueryRow(ctx, subjectText[app], id))
}

func scanSubject(row *sqldb.Row) (offboard.Subject, error) {
	var found offboard.Subject
	var roles string
	err := row.Scan(&found.Enabled, &found.Deleted, &found.Epoch, &roles)
	if errors.Is(err, sqldb.ErrNoRows) {
		return found, nil
	}
	found.Found = err == nil
	for _, r := range strings.Fields(roles) {
		found.Roles = append(found.Roles, org.RoleID(r))
	}
	found.Roles = slices.Clip(found.Roles) // shared from now on
	return found, err
}
