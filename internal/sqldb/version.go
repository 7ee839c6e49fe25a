package sqldb

import (
	"context"
	"strconv"
	"strings"
)

// On PostgreSQL the number of a transaction is the version. Writers get theirs when
// they hold the lock of the line, so an organization's numbers are in the order of its
// commits; numbers that went elsewhere in the cluster only make it seem as if something
// had been changed.

// versionPostgres is the number of a writer's own transaction, and of a snapshot the one
// below which it sees everything, if it sees nothing above.
func (tx *Tx) versionPostgres(ctx context.Context) (int64, bool) {
	if tx.write {
		if tx.db.writer.xid == "" { // nothing was sent yet
			if err := tx.flush(ctx); err != nil {
				return 0, false
			}
		}
		own, err := strconv.ParseInt(tx.db.writer.xid, 10, 64)
		return own, err == nil && tx.first && tx.db.writer.crowded != own-1
	}
	seen, err := One(ctx, tx, Value[string], "select pg_current_snapshot()::text")
	if err != nil {
		return 0, false
	}
	return wholeBelow(seen)
}

// wholeBelow reads what PostgreSQL says of a snapshot: the first transaction that is
// still under way, the first that has not begun, and all that are under way. The
// number is known if all between the two are.
func wholeBelow(snapshot string) (int64, bool) {
	parts := strings.Split(snapshot, ":")
	if len(parts) != 3 {
		return 0, false
	}
	first, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil {
		return 0, false
	}
	next, err := strconv.ParseInt(parts[1], 10, 64)
	if err != nil {
		return 0, false
	}
	var running int64
	if parts[2] != "" {
		running = int64(strings.Count(parts[2], ",")) + 1
	}
	return first, running == next-first
}
