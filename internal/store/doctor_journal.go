package store

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// departures compares what departures say of themselves with their items.
func (d *doctor) departures(ctx context.Context, tx *sqldb.Tx) error {
	type head struct {
		id, status, counts string
		total              int
		ended, undoing     bool
		items              map[offboard.ItemOutcome]int
	}
	rows, err := tx.Query(ctx, `select d.id, d.status, d.counts, d.total, d.ended is not null, d.undoing, coalesce(i.outcome, ''), count(i.ordinal)
 from departures d left join departure_items i on i.departure_pk = d.pk
 group by d.pk, d.id, d.status, d.counts, d.total, d.ended, d.undoing, i.outcome order by d.pk`)
	if err != nil {
		return err
	}
	defer rows.Close()
	var wrong, unfinished, status tally
	judge := func(h *head) {
		if h == nil {
			return
		}
		kept := map[offboard.ItemOutcome]int{}
		if err := json.Unmarshal([]byte(h.counts), &kept); err != nil {
			wrong.add(h.id)
			return
		}
		all := 0
		for outcome, n := range h.items {
			if all += n; kept[outcome] != n {
				wrong.add(fmt.Sprintf("%s: %s %d / %d", h.id, outcome, kept[outcome], n))
			}
			delete(kept, outcome)
		}
		for outcome, n := range kept {
			if n != 0 {
				wrong.add(fmt.Sprintf("%s: %s %d / 0", h.id, outcome, n))
			}
		}
		if all != h.total {
			wrong.add(fmt.Sprintf("%s: %d / %d", h.id, h.total, all))
		}
		if pending := h.items[offboard.ItemPending] + h.items[offboard.ItemRunning]; pending > 0 && (h.ended || h.undoing) {
			unfinished.add(fmt.Sprintf("%s: %d", h.id, pending))
		}
		if running := h.status == string(offboard.Running); running == h.ended {
			status.add(h.id + ": " + h.status)
		}
	}
	var last *head
	for rows.Next() {
		h := &head{items: map[offboard.ItemOutcome]int{}}
		var outcome offboard.ItemOutcome
		var n int
		if err := rows.Scan(&h.id, &h.status, &h.counts, &h.total, &h.ended, &h.undoing, &outcome, &n); err != nil {
			return err
		}
		if last == nil || last.id != h.id {
			judge(last)
			last = h
		}
		if n > 0 {
			last.items[outcome] = n
		}
	}
	judge(last)
	d.report(check{code: "departureCounts", severity: org.Critical}, &wrong)
	d.report(check{code: "departurePending", severity: org.Critical}, &unfinished)
	d.report(check{code: "departureStatus", severity: org.Critical}, &status)
	return rows.Err()
}

// trail follows the chain of the audit trail to its end.
func (d *doctor) trail(ctx context.Context, tx *sqldb.Tx) error {
	t := &txn{Tx: tx}
	var seq int64
	var hash []byte
	broken := func(at int64, reason string) {
		d.found("auditChain", org.Critical, org.Arg{Name: "entry", Value: at}, org.Arg{Name: "reason", Value: reason})
	}
	for {
		entries, err := t.Entries(ctx, seq, 2000)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			break
		}
		for i := range entries {
			e := &entries[i]
			if e.Seq != seq+1 {
				broken(seq+1, "missing")
				return nil
			}
			if !bytes.Equal(e.Hash, offboard.ChainHash(hash, e.Seq, e)) {
				broken(e.Seq, "changed")
				return nil
			}
			seq, hash = e.Seq, e.Hash
		}
	}
	head, kept, err := t.AuditHead(ctx)
	switch {
	case err != nil:
		return err
	case head > seq:
		broken(seq+1, "missing")
	case head < seq || !bytes.Equal(kept, hash):
		broken(seq, "changed")
	}
	return nil
}

// trailIndex makes the index of the trail once more and compares it with what is kept.
func (d *doctor) trailIndex(ctx context.Context, tx *sqldb.Tx) error {
	t := &txn{Tx: tx}
	head, _, err := t.AuditHead(ctx)
	if err != nil {
		return err
	}
	var wrong tally
	var there int
	for run := int64(1); run+runLength-1 <= head; run += runLength {
		s, err := t.sightings(ctx, run, nil)
		if err != nil {
			return err
		}
		kept, err := indexedRun(ctx, tx, run)
		if err != nil {
			return err
		}
		there += len(kept)
		for bucket, want := range s.pack() {
			if row, ok := kept[int64(bucket)]; !ok || !bytes.Equal(row, want) {
				wrong.add(fmt.Sprintf("%d … %d", run, run+runLength-1))
				break
			}
		}
	}
	all, err := sqldb.One(ctx, tx, sqldb.Value[int], "select count(*) from audit_index")
	if all > there {
		wrong.add("+")
	}
	d.report(check{code: "auditIndex", severity: org.Critical}, &wrong)
	return err
}

// indexedRun gives the rows of a run by their bucket.
func indexedRun(ctx context.Context, tx *sqldb.Tx, run int64) (map[int64][]byte, error) {
	rows, err := tx.Query(ctx, "select bucket, whom from audit_index where run = $1 and bucket in {ints $2}", run, everyBucket())
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	kept := make(map[int64][]byte, buckets)
	for rows.Next() {
		var bucket int64
		var row []byte
		if err := rows.Scan(&bucket, &row); err != nil {
			return nil, err
		}
		kept[bucket] = row
	}
	return kept, rows.Err()
}
