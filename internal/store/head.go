package store

import (
	"context"
	"errors"
	"fmt"
	"strconv"

	"leaver/internal/org"
)

// head is what nearly every change reads and counts on in the row of the
// organization: read once in a transaction, and written once at its end.
type head struct {
	read   bool
	there  bool // the organization
	clock  int64
	next   int64 // number of a departure
	seq    int64 // of the newest row of the audit trail
	hash   []byte
	moved  bool // the trail went on
	seated bool // other seats are in use
	// people and deleted are how many more there are now.
	people, deleted int64
	// seats are those in use by product, as JSON, and taken how many more there are now.
	seats string
	taken map[org.SkuID]int64
}

// headTable is where it stands.
const headTable = "organization"

// inherit takes the head over from a change before this one that shares its commit.
func (t *txn) inherit() {
	if h, ok := t.Left().(head); ok {
		h.people, h.deleted, h.moved, h.seated = 0, 0, false, false
		t.head = h
	}
}

func (t *txn) readHead(ctx context.Context) error {
	if t.head.read {
		return nil
	}
	h := &t.head
	err := t.QueryRow(ctx, headText).Scan(&h.clock, &h.seq, &h.hash, &h.there, &h.next, &h.seats)
	if err != nil {
		return fmt.Errorf("read the counters of the organization: %w", err)
	}
	h.read = true
	return nil
}

// headText asks for the last departure in this form because PostgreSQL, which takes
// a young table for empty, goes through all of it for a max.
const headText = `select coalesce(o.clock_offset, 0), coalesce(o.audit_seq, 0), o.audit_hash, o.pk is not null, d.next, coalesce(o.seats, '{}')
 from (select coalesce((select pk from departures order by pk desc limit 1), 0) + 1 as next) d left join organization o on true`

// countHeads keeps the numbers of active and of deleted people, so that nobody
// has to count a million rows.
func (t *txn) countHeads(active, deleted int64) {
	t.head.people += active
	t.head.deleted += deleted
}

// errNoHead says that there is a trail but no organization that it belongs to.
var errNoHead = errors.New("there is no organization yet")

// writeHead writes what moved: with what moved for others before, if that is not
// written yet, and once for all that share a commit.
func (t *txn) writeHead(ctx context.Context) error {
	h := &t.head
	h.seated = len(h.taken) > 0
	if !h.moved && !h.seated && h.people == 0 && h.deleted == 0 {
		return nil
	}
	err := t.addSeats(ctx)
	if err != nil {
		return err
	}
	if before, ok := t.Left().(head); ok {
		h.people, h.deleted, h.moved, h.seated = h.people+before.people, h.deleted+before.deleted, h.moved || before.moved, h.seated || before.seated
	}
	text, args := "update organization set people = people + $1, deleted_people = deleted_people + $2", []any{h.people, h.deleted}
	if h.moved {
		text, args = text+", audit_seq = $3, audit_hash = $4", append(args, h.seq, h.hash)
	}
	if h.seated {
		args = append(args, h.seats)
		text += ", seats = $" + strconv.Itoa(len(args))
	}
	if h.there {
		err = t.Last(ctx, headTable, *h, text, args...)
	} else { // it may have been made since
		var n int64
		if n, err = t.Exec(ctx, text, args...); err == nil && n == 0 && h.moved {
			err = errNoHead
		}
	}
	if err != nil {
		return fmt.Errorf("write the counters of the organization: %w", err)
	}
	return nil
}
