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

// subjects remembers what Subject found, for as long as nothing at all changed:
// nearly every request comes from the few that asked last.
type subjects struct {
	mu      sync.RWMutex
	version int64
	known   map[subjectKey]offboard.Subject
}

type subjectKey struct {
	id  string
	app bool
}

// maxSubjects bounds the memory.
const maxSubjects = 4096

func (s *subjects) get(version int64, key subjectKey) (offboard.Subject, bool) {
	s.mu.RLock()
	defer s.mu.RUnlock()
	found, ok := s.known[key]
	return found, ok && s.version == version
}

func (s *subjects) put(version int64, key subjectKey, found offboard.Subject) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if version < s.version {
		return
	}
	if s.known == nil || s.version != version || len(s.known) >= maxSubjects {
		s.version, s.known = version, map[subjectKey]offboard.Subject{}
	}
	s.known[key] = found
}

// Subject says how a person or an app stands now, whatever an old token says.
// Every request asks this. R-DEL-12
func (s *Store) Subject(ctx context.Context, id string, app bool) (offboard.Subject, error) {
	version, lasting := s.db.Version()
	if found, ok := s.subjects.get(version, subjectKey{id, app}); ok && lasting {
		return found, nil
	}
	found, err := s.subject(ctx, id, app)
	if err == nil && lasting {
		s.subjects.put(version, subjectKey{id, app}, found)
	}
	return found, outage(err)
}

func (s *Store) subject(ctx context.Context, id string, app bool) (offboard.Subject, error) {
	text := "select u.enabled, u.deleted is not null, u.session_epoch, " + rolesOf + " from users u where u.id = $1"
	if app {
		text = "select a.enabled, false, a.session_epoch, a.roles from apps a where a.id = $1"
	}
	var found offboard.Subject
	var roles string
	err := s.db.QueryRow(ctx, text, id).Scan(&found.Enabled, &found.Deleted, &found.Epoch, &roles)
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
