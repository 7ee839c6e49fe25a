package store

import (
	"context"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/sqldb"
)

// UsersPlan says how the database goes about a page of people.
func UsersPlan(ctx context.Context, s *Store, q offboard.UserQuery) (string, error) {
	columns, _ := s.users.selected(q.Select)
	spy := &explainer{Querier: s.db, db: s.db}
	_, err := s.usersIn(ctx, spy, q, columns)
	return strings.Join(spy.plan, "\n"), err
}

// explainer runs statements and keeps the plan of the last one.
type explainer struct {
	sqldb.Querier
	db   *sqldb.DB
	plan []string
}

func (e *explainer) Query(ctx context.Context, text string, args ...any) (*sqldb.Rows, error) {
	plan, err := sqldb.All(ctx, e.db, func(r *sqldb.Rows) (string, error) {
		var id, parent, unused int64
		var detail string
		return detail, r.Scan(&id, &parent, &unused, &detail)
	}, "explain query plan "+text, args...)
	if err != nil {
		return nil, err
	}
	e.plan = plan
	return e.db.Query(ctx, text, args...)
}

// HeadPlan says how PostgreSQL goes about the counters of the organization.
func HeadPlan(ctx context.Context, tx *sqldb.Tx) (string, error) {
	plan, err := sqldb.All(ctx, tx, sqldb.Value[string], "explain "+headText)
	return strings.Join(plan, "\n"), err
}

// AuditPlan says how the database goes about a page of the trail.
func AuditPlan(ctx context.Context, s *Store, q offboard.AuditQuery) (string, error) {
	text, args := auditText(&q)
	spy := &explainer{Querier: s.db, db: s.db}
	rows, err := spy.Query(ctx, text, args...)
	if err != nil {
		return "", err
	}
	return strings.Join(spy.plan, "\n"), rows.Close()
}
