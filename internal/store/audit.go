package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/sqldb"
)

// Audit implements offboard.Trail. All writers of an organization stand in one
// line, so the newest row is the one to chain to.
func (t *txn) Audit(ctx context.Context, entries ...offboard.Entry) error {
	if len(entries) == 0 {
		return nil
	}
	seq, hash, err := t.AuditHead(ctx)
	if err != nil {
		return err
	}
	rows := make([][]any, len(entries))
	for i := range entries {
		e := &entries[i]
		seq++
		e.Seq, e.Hash = seq, offboard.ChainHash(hash, seq, e)
		hash = e.Hash
		rows[i] = []any{
			e.Seq, unix(e.At), string(e.Actor.ID), e.Actor.Name, e.Action, e.Target.ID, e.Target.Name, e.Result, e.Request, e.Detail, e.Hash,
		}
	}
	if _, err := t.InsertRows(ctx, "audit", strings.Split(entryColumns, ", "), rows); err != nil {
		return fmt.Errorf("write the audit trail: %w", err)
	}
	_, err = t.Exec(ctx, `insert into audit_head (pk, seq, hash) values (1, $1, $2)
 on conflict (pk) do update set seq = excluded.seq, hash = excluded.hash`, seq, hash)
	return err
}

// AuditHead implements offboard.Trail.
func (t *txn) AuditHead(ctx context.Context) (int64, []byte, error) {
	var seq int64
	var hash []byte
	err := t.QueryRow(ctx, "select seq, hash from audit_head").Scan(&seq, &hash)
	if err != nil && !errors.Is(err, sqldb.ErrNoRows) {
		return 0, nil, fmt.Errorf("read the end of the audit trail: %w", err)
	}
	return seq, hash, nil
}

const entryColumns = "seq, at, actor_id, actor_name, action, target_id, target_name, result, request, detail, hash"

func scanEntry(r *sqldb.Rows) (offboard.Entry, error) {
	var e offboard.Entry
	var when int64
	err := r.Scan(&e.Seq, &when, &e.Actor.ID, &e.Actor.Name, &e.Action, &e.Target.ID, &e.Target.Name, &e.Result, &e.Request, &e.Detail, &e.Hash)
	e.At = at(when)
	return e, err
}

// Entries implements offboard.Trail.
func (t *txn) Entries(ctx context.Context, after int64, limit int) ([]offboard.Entry, error) {
	return sqldb.All(ctx, t, scanEntry, "select "+entryColumns+" from audit where seq > $1 order by seq limit $2", after, limit)
}
