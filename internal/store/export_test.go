package store

import (
	"context"
	"math"
	"strings"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
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
	all  []string
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
	e.all = append(e.all, plan...)
	return e.db.Query(ctx, text, args...)
}

// HeadPlan says how PostgreSQL goes about the counters of the organization.
func HeadPlan(ctx context.Context, tx *sqldb.Tx) (string, error) {
	plan, err := sqldb.All(ctx, tx, sqldb.Value[string], "explain "+headText)
	return strings.Join(plan, "\n"), err
}

// AuditPlan says how the database goes about a search of the trail, statement by
// statement.
func AuditPlan(ctx context.Context, s *Store, q offboard.AuditQuery) ([]string, error) {
	spy := &explainer{Querier: s.db, db: s.db}
	hash, _ := soughtBy(&q)
	q.Limit, q.Before = defaultPage, math.MaxInt64
	_, err := searchTrail(ctx, spy, &q, hash)
	return spy.all, err
}

// DeadlinePlans says how the database goes about the next day of each clock.
func DeadlinePlans(ctx context.Context, s *Store) ([]string, error) {
	var all []string
	for _, c := range clockRows {
		spy := &explainer{Querier: s.db, db: s.db}
		if _, err := c.deadlines(ctx, spy, time.Time{}, time.Unix(math.MaxInt32, 0), org.DriveSpan{}, 1); err != nil {
			return nil, err
		}
		all = append(all, c.clock+": "+strings.Join(spy.plan, "; "))
	}
	return all, nil
}

// RunLength is how many entries of the trail are indexed together.
const RunLength = runLength

// CatchUp makes what is missing of the index of the trail, as opening does.
func CatchUp(ctx context.Context, s *Store) error { return s.catchUp(ctx) }

// MoreSeats lets a test count in the text of the seats.
var MoreSeats = moreSeats
