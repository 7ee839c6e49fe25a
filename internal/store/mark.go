package store

import (
	"context"
	"time"

	"leaver/internal/sqldb"
)

// mark is how far something has come that is done once for each deletion. It is
// kept for the organization as a whole, not with each person whether it was done:
// that costs a departure nothing.
type mark struct {
	column  string // of organization: the last moment of deletion that is behind it
	moments string // selects the moments after $1 and up to $2, as moment
}

// beyond gives what lies between a mark and a moment, at the earliest from another
// one on, and moves the mark behind it: about as much as limit, for what was deleted
// in the same second stays together. load gets the bounds that moments gets.
func beyond[T any](ctx context.Context, t *txn, m mark, earliest, until int64, limit int, load func(from, until int64) ([]T, error)) ([]T, error) {
	var done int64
	if err := t.QueryRow(ctx, "select "+m.column+" from organization").Scan(&done); err != nil {
		return nil, err
	}
	from := max(done, earliest)
	if until <= from {
		return nil, nil
	}
	last, err := sqldb.All(ctx, t, sqldb.Value[int64], m.moments+" order by moment limit 1 offset $3", from, until, limit-1)
	if err != nil {
		return nil, err
	}
	if len(last) > 0 {
		until = last[0]
	}
	found, err := load(from, until)
	if err != nil {
		return nil, err
	}
	// Where nothing was found, the mark goes along once an hour.
	if len(found) > 0 || until-done >= int64(time.Hour/time.Second) {
		_, err = t.Exec(ctx, "update organization set "+m.column+" = $1", until)
	}
	return found, err
}
