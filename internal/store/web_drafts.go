package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// draftsLive is how long a draft is kept.
const draftsLive = 30 * org.Day

// SaveDraft adds a draft, or notes which departure it became. Old ones are
// thrown away.
func (s *Store) SaveDraft(ctx context.Context, d offboard.Draft, now time.Time) error {
	return outage(s.db.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.Exec(ctx, "delete from web_drafts where created < $1", now.Add(-draftsLive).Unix()); err != nil {
			return fmt.Errorf("forget old drafts: %w", err)
		}
		_, err := tx.Exec(ctx, `insert into web_drafts (id, owner_id, departure_id, created, content) values ($1, $2, $3, $4, $5)
 on conflict (id) do update set departure_id = excluded.departure_id, content = excluded.content`,
			d.ID, string(d.OwnerID), string(d.Departure), unix(d.Created), append([]byte{}, d.Content...))
		if err != nil {
			return fmt.Errorf("save a draft: %w", err)
		}
		return nil
	}))
}

// Draft finds a draft by its id; nil when there is none.
func (s *Store) Draft(ctx context.Context, id string) (*offboard.Draft, error) {
	return s.draft(ctx, "id = $1", id)
}

// DraftOf finds the draft that became a departure; nil when there is none.
func (s *Store) DraftOf(ctx context.Context, id org.DepartureID) (*offboard.Draft, error) {
	return s.draft(ctx, "departure_id <> '' and departure_id = $1", string(id))
}

func (s *Store) draft(ctx context.Context, condition, value string) (*offboard.Draft, error) {
	d, err := sqldb.One(ctx, s.db, func(r *sqldb.Rows) (*offboard.Draft, error) {
		d := &offboard.Draft{}
		var created int64
		err := r.Scan(&d.ID, &d.OwnerID, &d.Departure, &created, &d.Content)
		d.Created = at(created)
		return d, err
	}, "select id, owner_id, departure_id, created, content from web_drafts where "+condition, value)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	return d, outage(err)
}
