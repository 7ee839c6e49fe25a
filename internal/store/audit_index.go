package store

import (
	"context"
	"encoding/binary"
	"fmt"
	"slices"

	"leaver/internal/offboard"
	"leaver/internal/sqldb"
)

// The trail is indexed in runs, a run at once: see
// docs/decisions/0010-the-trail-is-indexed-in-runs.md. These numbers are part of what
// is stored.
const (
	// runLength is how many entries are indexed together. What comes behind the last
	// full run is looked through.
	runLength = 2048
	// buckets is how many rows a run has, one in each bucket, empty or not: so the
	// newest row of any bucket says how far the index reaches.
	buckets = 128
	// mentions is how many entries of a run that speak of the same one are named one
	// by one. Of more it is said between which entries they lie.
	mentions = 8
)

// runsAtOnce bounds what one transaction adds to an index that stays behind.
const runsAtOnce = 64

// An id or a name is one of a target or of an actor.
const (
	asTarget = 't'
	asActor  = 'a'
)

// hashOf is how the index knows an id or a name: FNV-1a of it in lower case, as the
// databases make it, which leave all but ASCII alone.
func hashOf(role byte, text string) uint64 {
	const prime = 1099511628211
	h := (uint64(14695981039346656037) ^ uint64(role)) * prime
	for i := range len(text) {
		c := text[i]
		if 'A' <= c && c <= 'Z' {
			c += 'a' - 'A'
		}
		h = (h ^ uint64(c)) * prime
	}
	return h
}

// split gives the bucket of a hash and what is stored of it there.
func split(hash uint64) (bucket int64, tag uint32) {
	return int64(hash % buckets), uint32(hash >> 32)
}

// sightings are what one run says of whom: bucket, tag and the number of the entry in
// the run, each in one number, so that they are quick to sort.
type sightings []uint64

func (s *sightings) add(seq int64, role byte, text string) {
	if text == "" {
		return
	}
	bucket, tag := split(hashOf(role, text))
	*s = append(*s, uint64(bucket)<<48|uint64(tag)<<16|uint64((seq-1)%runLength))
}

// addEntry adds whom an entry speaks of.
func (s *sightings) addEntry(seq int64, target, targetName, actor, actorName string) {
	s.add(seq, asTarget, target)
	s.add(seq, asTarget, targetName)
	s.add(seq, asActor, actor)
	s.add(seq, asActor, actorName)
}

// pack gives the row of each bucket: a tag, the first and the last entry, eight bytes
// in all, in order.
func (s *sightings) pack() [buckets][]byte {
	var rows [buckets][]byte
	for i := range rows {
		rows[i] = []byte{}
	}
	slices.Sort(*s)
	all := slices.Compact(*s) // the id is the name of some
	for len(all) > 0 {
		n := 1
		for n < len(all) && all[n]>>16 == all[0]>>16 {
			n++
		}
		bucket, tag := all[0]>>48, uint32(all[0]>>16)
		if n > mentions {
			rows[bucket] = packed(rows[bucket], tag, all[0], all[n-1])
		} else {
			for _, x := range all[:n] {
				rows[bucket] = packed(rows[bucket], tag, x, x)
			}
		}
		all = all[n:]
	}
	return rows
}

func packed(row []byte, tag uint32, first, last uint64) []byte {
	row = binary.BigEndian.AppendUint32(row, tag)
	row = binary.BigEndian.AppendUint16(row, uint16(first))
	return binary.BigEndian.AppendUint16(row, uint16(last))
}

func everyBucket() string {
	every := make([]int, buckets)
	for i := range every {
		every[i] = i
	}
	return sqldb.Ints(every)
}

// span is a piece of the trail, first and last entry.
type span struct{ first, last int64 }

// unpack gives where in a run a row speaks of a tag, newest first.
func unpack(run int64, row []byte, tag uint32) []span {
	var found []span
	for ; len(row) >= 8; row = row[8:] {
		if binary.BigEndian.Uint32(row) == tag {
			found = append(found, span{run + int64(binary.BigEndian.Uint16(row[4:])), run + int64(binary.BigEndian.Uint16(row[6:]))})
		}
	}
	slices.Reverse(found)
	return found
}

// lastRun asks for the newest run of a bucket, in this form for the reason that
// headText has.
const lastRun = "select run from audit_index where bucket = $1 order by run desc limit 1"

// trailIndexed is the last entry that the index knows of.
func trailIndexed(ctx context.Context, q sqldb.Querier) (int64, error) {
	last, err := sqldb.All(ctx, q, sqldb.Value[int64], lastRun, 0)
	if err != nil || len(last) == 0 {
		return 0, err
	}
	return last[0] + runLength - 1, nil
}

// indexTrail adds the runs that are full now to the index. fresh are the newest
// entries, which need not be read. It says whether that was all.
func (t *txn) indexTrail(ctx context.Context, fresh []offboard.Entry) (bool, error) {
	from, err := trailIndexed(ctx, t)
	if err != nil {
		return false, fmt.Errorf("index the audit trail: %w", err)
	}
	head, _, err := t.AuditHead(ctx)
	if err != nil {
		return false, err
	}
	full := head / runLength * runLength
	reached, until := from, min(full, from+runsAtOnce*runLength)
	var rows [][]any
	for ; from < until; from += runLength {
		s, err := t.sightings(ctx, from+1, fresh)
		if err != nil {
			return false, fmt.Errorf("index the audit trail: %w", err)
		}
		for bucket, row := range s.pack() {
			rows = append(rows, []any{bucket, from + 1, row})
		}
	}
	if len(rows) > 0 { // what a damaged index has there would keep the trail from being written
		if _, err := t.Exec(ctx, "delete from audit_index where bucket in {ints $1} and run > $2", everyBucket(), reached); err != nil {
			return false, fmt.Errorf("index the audit trail: %w", err)
		}
	}
	if _, err := t.InsertRows(ctx, "audit_index", []string{"bucket", "run", "whom"}, rows); err != nil {
		return false, fmt.Errorf("index the audit trail: %w", err)
	}
	return until >= full, nil
}

// catchUp makes the index of a trail that has none yet, or lost it.
func (s *Store) catchUp(ctx context.Context) error {
	for done := false; !done; {
		err := s.db.Update(ctx, func(tx *sqldb.Tx) (err error) {
			done, err = (&txn{Tx: tx, changes: true}).indexTrail(ctx, nil)
			return err
		})
		if err != nil {
			return err
		}
	}
	return nil
}

// Reindex makes what the trail is searched by anew. The trail can be searched meanwhile,
// as it can while its index stays behind, and written.
func (s *Store) Reindex(ctx context.Context) error {
	err := s.db.Update(ctx, func(tx *sqldb.Tx) error {
		_, err := tx.Exec(ctx, "delete from audit_index")
		return err
	})
	if err == nil {
		err = s.catchUp(ctx)
	}
	if err != nil {
		return outage(fmt.Errorf("index the audit trail anew: %w", err))
	}
	return nil
}

// sightings reads a run, up to the entries that are at hand.
func (t *txn) sightings(ctx context.Context, run int64, fresh []offboard.Entry) (sightings, error) {
	s := make(sightings, 0, 4*runLength)
	known := run + runLength
	if len(fresh) > 0 && fresh[0].Seq < known {
		first := fresh[0].Seq
		known = max(run, first)
		for i := known; i < min(run+runLength, first+int64(len(fresh))); i++ {
			e := &fresh[i-first]
			s.addEntry(e.Seq, e.Target.ID, e.Target.Name, string(e.Actor.ID), e.Actor.Name)
		}
	}
	if known == run {
		return s, nil
	}
	rows, err := t.Query(ctx, "select seq, target_id, target_name, actor_id, actor_name from audit where seq >= $1 and seq < $2", run, known)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	for rows.Next() {
		var seq int64
		var target, targetName, actor, actorName string
		if err := rows.Scan(&seq, &target, &targetName, &actor, &actorName); err != nil {
			return nil, err
		}
		s.addEntry(seq, target, targetName, actor, actorName)
	}
	return s, rows.Err()
}
