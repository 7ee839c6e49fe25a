package store

import (
	"context"
	"fmt"
	"time"

	"leaver/internal/sqldb"
)

// unreferred says of a queued body, q, that nothing refers to it.
const unreferred = `not exists (select 1 from messages m where m.body = q.body and m.body <> '')
 and not exists (select 1 from drive_items i where i.body = q.body and i.body <> '')`

// Bodies implements offboard.BodyQueue.
func (t *txn) Bodies(ctx context.Context, limit int) ([]string, error) {
	return sqldb.All(ctx, t, sqldb.Value[string], "select q.body from body_queue q where "+unreferred+" limit $1", limit)
}

// ClaimBodies implements offboard.BodyQueue.
func (t *txn) ClaimBodies(ctx context.Context, now, until time.Time, limit int) ([]string, error) {
	claimed, err := sqldb.All(ctx, t, sqldb.Value[string], `update body_queue set removing = $1
 where body in (select q.body from body_queue q where q.removing < $2 and `+unreferred+` limit $3) returning body`, until.Unix(), now.Unix(), limit)
	if err != nil {
		return nil, fmt.Errorf("claim bodies: %w", err)
	}
	return claimed, nil
}

// ForgetBodies implements offboard.BodyQueue.
func (t *txn) ForgetBodies(ctx context.Context, bodies []string) error {
	_, err := t.Exec(ctx, "delete from body_queue where body in {texts $1}", sqldb.Texts(bodies))
	return err
}

// KeepBody implements offboard.BodyQueue. A claim whose time is over holds
// nobody up: whoever had it has stopped.
func (t *txn) KeepBody(ctx context.Context, hash string, now time.Time) (bool, error) {
	if _, err := t.Exec(ctx, "delete from body_queue where body = $1 and removing < $2", hash, now.Unix()); err != nil {
		return false, fmt.Errorf("keep a body: %w", err)
	}
	n, err := sqldb.One(ctx, t, sqldb.Value[int64], "select count(*) from body_queue where body = $1", hash)
	return n == 0, err
}

// QueueBody implements offboard.BodyQueue.
func (t *txn) QueueBody(ctx context.Context, hash string) error {
	_, err := t.Exec(ctx, "insert into body_queue (body) values ($1) on conflict do nothing", hash)
	return err
}
