package store

import (
	"context"
	"errors"
	"fmt"

	"leaver/internal/sqldb"
)

// head is what nearly every change reads and counts on in the row of the
// organization: read once in a transaction, and written once at its end.
type head struct {
	read  bool
	clock int64
	seq   int64 // of the newest row of the audit trail
	hash  []byte
	moved bool // the trail went on
	// people and deleted are how many more there are now.
	people, deleted int64
}

func (t *txn) readHead(ctx context.Context) error {
	if t.head.read {
		return nil
	}
	err := t.QueryRow(ctx, "select clock_offset, audit_seq, audit_hash from organization").Scan(&t.head.clock, &t.head.seq, &t.head.hash)
	if err != nil && !errors.Is(err, sqldb.ErrNoRows) {
		return fmt.Errorf("read the counters of the organization: %w", err)
	}
	t.head.read = true
	return nil
}

// countHeads keeps the numbers of active and of deleted people, so that nobody
// has to count a million rows.
func (t *txn) countHeads(active, deleted int64) {
	t.head.people += active
	t.head.deleted += deleted
}

// errNoHead says that there is a trail but no organization that it belongs to.
var errNoHead = errors.New("there is no organization yet")

// writeHead writes what moved.
func (t *txn) writeHead(ctx context.Context) error {
	h := &t.head
	var n int64
	var err error
	switch {
	case h.moved:
		n, err = t.Exec(ctx, "update organization set people = people + $1, deleted_people = deleted_people + $2, audit_seq = $3, audit_hash = $4",
			h.people, h.deleted, h.seq, h.hash)
	case h.people != 0 || h.deleted != 0:
		n, err = t.Exec(ctx, "update organization set people = people + $1, deleted_people = deleted_people + $2", h.people, h.deleted)
	default:
		return nil
	}
	if err == nil && n == 0 && h.moved {
		err = errNoHead
	}
	if err != nil {
		return fmt.Errorf("write the counters of the organization: %w", err)
	}
	return nil
}
