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
 select 1 from departure_items i join departures x on x.pk = i.departure_pk where i.pk = u.departed and i.ran = u.deleted and x.hash = '')`

// delegated is up to which deletion files were given to managers.
var delegated = mark{column: "delegated", moments: "select u.deleted as moment" + plainly}

// Undelegated implements offboard.Delegations.
func (t *txn) Undelegated(ctx context.Context, deletedFrom, deletedUpTo time.Time, limit int) ([]*org.Person, error) {
	ids, err := beyond(ctx, t, delegated, deletedFrom.Unix(), deletedUpTo.Unix(), limit, func(from, until int64) ([]string, error) {
		return sqldb.All(ctx, t, sqldb.Value[string], "select u.id"+plainly+" order by u.deleted, u.pk", from, until)
	})
	if err != nil {
		return nil, fmt.Errorf("list whose files nobody was given: %w", err)
	}
	if len(ids) == 0 {
		return nil, nil
	}
	return t.People(ctx, ids)
}

var _ offboard.Delegations = (*txn)(nil)
