package store

import (
	"context"
	"errors"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// rolesOf gathers the roles of person u in one text.
const rolesOf = `coalesce((select {sqlite group_concat(r.role, ' ')}{postgres string_agg(r.role, ' ')} from role_assignments r
 where r.user_pk = u.pk and not r.suspended), '')`

// Subject says how a person or an app stands now, whatever an old token says.
// Every request asks this. R-DEL-12
func (s *Store) Subject(ctx context.Context, id string, app bool) (offboard.Subject, error) {
	text := "select u.enabled, u.deleted is not null, u.session_epoch, " + rolesOf + " from users u where u.id = $1"
	if app {
		text = "select a.enabled, false, a.session_epoch, a.roles from apps a where a.id = $1"
	}
	var subject offboard.Subject
	var roles string
	err := s.db.QueryRow(ctx, text, id).Scan(&subject.Enabled, &subject.Deleted, &subject.Epoch, &roles)
	if errors.Is(err, sqldb.ErrNoRows) {
		return subject, nil
	}
	subject.Found = err == nil
	for _, r := range strings.Fields(roles) {
		subject.Roles = append(subject.Roles, org.RoleID(r))
	}
	return subject, outage(err)
}
