package store

import (
	"context"
	"fmt"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// plainly selects the deleted people with a drive for whom nobody made a plan
// (their departure has no hash of one), deleted after $1 and up to $2.
const plainly = ` from users u join drives d on d.user_pk = u.pk where u.deleted > $1 and u.deleted <= $2 and exists (
 select 1 from departure_items i join departures x on x.pk = i.departure_pk where i.user_pk = u.pk and i.ran = u.deleted and x.hash = '')`

// Undelegated implements offboard.Delegations. Like Remind it keeps up to which
// deletion this was done; people who were deleted in the same second stay together.
func (t *txn) Undelegated(ctx context.Context, deletedFrom, deletedUpTo time.Time, limit int) ([]*org.Person, error) {
	var since int64
	if err := t.QueryRow(ctx, "select delegated from organization").Scan(&since); err != nil {
		return nil, err
	}
	from, until := max(since, deletedFrom.Unix()), deletedUpTo.Unix()
	if until <= from {
		return nil, nil
	}
	last, err := sqldb.All(ctx, t, sqldb.Value[int64], "select u.deleted"+plainly+" order by u.deleted limit 1 offset $3", from, until, limit-1)
	if err != nil {
		return nil, err
	}
	if len(last) > 0 {
		until = last[0]
	}
	ids, err := sqldb.All(ctx, t, sqldb.Value[string], "select u.id"+plainly+" order by u.deleted, u.pk", from, until)
	if err != nil {
		return nil, fmt.Errorf("list whose files nobody was given: %w", err)
	}
	if len(ids) > 0 || until-since >= int64(time.Hour/time.Second) {
		if _, err := t.Exec(ctx, "update organization set delegated = $1", until); err != nil {
			return nil, err
		}
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return t.People(ctx, ids)
}

var _ offboard.Delegations = (*txn)(nil)
