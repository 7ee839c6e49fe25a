package store

import (
	"context"
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
	if _, err := t.InsertRows(ctx, "audit", entryNames, rows); err != nil {
		return fmt.Errorf("write the audit trail: %w", err)
	}
	before := t.head.seq
	t.head.seq, t.head.hash, t.head.moved = seq, hash, true
	if before/runLength != seq/runLength {
		_, err = t.indexTrail(ctx, entries)
	}
	return err
}

// AuditHead implements offboard.Trail.
func (t *txn) AuditHead(ctx context.Context) (int64, []byte, error) {
	err := t.readHead(ctx)
	return t.head.seq, t.head.hash, err
}

const entryColumns = "seq, at, actor_id, actor_name, action, target_id, target_name, result, request, detail, hash"

var entryNames = strings.Split(entryColumns, ", ")

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
