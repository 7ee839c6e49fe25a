package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"leaver/internal/identity"
	"leaver/internal/sqldb"
)

// Save implements identity.Grants.
func (i *Identity) Save(ctx context.Context, g identity.Grant) error {
	details, err := json.Marshal(g.Details)
	if err != nil {
		return err
	}
	var added int64
	err = i.update(ctx, func(tx *sqldb.Tx) (err error) {
		added, err = tx.Exec(ctx, `insert into grants (handle, kind, family, app_id, person_id, expires, spent, details)
 values ($1, $2, $3, $4, $5, $6, $7, $8) on conflict (handle) do nothing`,
			g.Handle, string(g.Kind), g.Family, g.AppID, g.PersonID, unix(g.ExpiresAt), unix(g.SpentAt), string(details))
		return err
	})
	if err == nil && added == 0 {
		return identity.ErrExists
	}
	return err
}

const grantByHandle = "select handle, kind, family, app_id, person_id, expires, spent, details from grants where handle = $1"

func scanGrant(r *sqldb.Rows) (identity.Grant, error) {
	var g identity.Grant
	var details string
	if err := r.Scan(&g.Handle, &g.Kind, &g.Family, &g.AppID, &g.PersonID, seconds{&g.ExpiresAt}, seconds{&g.SpentAt}, &details); err != nil {
		return g, err
	}
	if err := json.Unmarshal([]byte(details), &g.Details); err != nil {
		return g, fmt.Errorf("details of a grant: %w", err)
	}
	return g, nil
}

// Find implements identity.Grants.
func (i *Identity) Find(ctx context.Context, handle string) (identity.Grant, error) {
	g, err := sqldb.One(ctx, i.store.db, scanGrant, grantByHandle, handle)
	return g, missing(err)
}

// Spend implements identity.Grants. The database decides who was first, also
// among several nodes.
func (i *Identity) Spend(ctx context.Context, handle string, at time.Time) (identity.Grant, error) {
	var g identity.Grant
	err := i.update(ctx, func(tx *sqldb.Tx) error {
		n, err := tx.Exec(ctx, "update grants set spent = $1 where handle = $2 and spent = 0", unix(at), handle)
		if err != nil {
			return err
		}
		if g, err = sqldb.One(ctx, tx, scanGrant, grantByHandle, handle); n > 0 {
			g.SpentAt = time.Time{} // ours
		}
		return err
	})
	return g, missing(err)
}

// LockedUntil implements identity.Attempts.
func (i *Identity) LockedUntil(ctx context.Context, key string) (time.Time, error) {
	var until time.Time
	err := i.store.db.QueryRow(ctx, "select locked_until from sign_in_attempts where name = $1", wellFormed(key)).Scan(seconds{&until})
	if errors.Is(err, sqldb.ErrNoRows) {
		return time.Time{}, nil
	}
	return until, outage(err)
}

// Failed implements identity.Attempts.
func (i *Identity) Failed(ctx context.Context, key string, now time.Time, lock func(failures int) time.Duration) error {
	key = wellFormed(key)
	return i.update(ctx, func(tx *sqldb.Tx) error {
		var failures int
		err := tx.QueryRow(ctx, `insert into sign_in_attempts (name, failures, last, locked_until) values ($1, 1, $2, 0)
 on conflict (name) do update set last = excluded.last,
 failures = case when sign_in_attempts.last > $2 - $3 then sign_in_attempts.failures + 1 else 1 end returning failures`, key, now.Unix(), day).Scan(&failures)
		if err != nil {
			return err
		}
		wait := lock(failures)
		if wait <= 0 {
			return nil
		}
		until := now.Add(wait + time.Second - 1) // whole seconds, and not one too few
		_, err = tx.Exec(ctx, "update sign_in_attempts set locked_until = $1 where name = $2", until.Unix(), key)
		return err
	})
}

// Cleared implements identity.Attempts. Most sign-ins have nothing to clear, and
// then nothing is written.
func (i *Identity) Cleared(ctx context.Context, key string) error {
	key = wellFormed(key)
	n, err := sqldb.One(ctx, i.store.db, sqldb.Value[int64], "select count(*) from sign_in_attempts where name = $1", key)
	if err != nil || n == 0 {
		return outage(err)
	}
	return i.update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "delete from sign_in_attempts where name = $1", key)
		return err
	})
}

var (
	_ identity.Directory = (*Identity)(nil)
	_ identity.Grants    = (*Identity)(nil)
	_ identity.Keys      = (*Identity)(nil)
	_ identity.Attempts  = (*Identity)(nil)
)
