package store

import (
	"context"
	"math"
	"regexp"
	"strconv"

	"leaver/internal/offboard"
	"leaver/internal/sqldb"
)

// AuditEntries gives entries of the trail that match, newest first. The next page
// begins before the last one's sequence number. R-DEL-21
func (s *Store) AuditEntries(ctx context.Context, q offboard.AuditQuery) ([]offboard.Entry, error) {
	if q.Limit <= 0 {
		q.Limit = defaultPage
	}
	if q.Before <= 0 {
		q.Before = math.MaxInt64
	}
	hash, named := soughtBy(&q)
	if !named {
		text, args := auditText(&q, "seq > 0")
		found, err := sqldb.All(ctx, s.db, scanEntry, text, args...)
		return found, outage(err)
	}
	var found []offboard.Entry
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		bucket, _ := split(hash)
		err := tx.Ahead(ctx, runsText, bucket, q.Before)
		if err == nil {
			found, err = searchTrail(ctx, tx, &q, hash)
		}
		return err
	})
	return found, outage(err)
}

// soughtBy says what to look for in the index. Somebody may do a lot; little is done
// to anybody.
func soughtBy(q *offboard.AuditQuery) (hash uint64, named bool) {
	switch {
	case q.Target != "":
		return hashOf(asTarget, q.Target), true
	case q.Actor != "":
		return hashOf(asActor, q.Actor), true
	}
	return 0, false
}

// runsText asks for the runs that begin before an entry.
const runsText = "select run, whom from audit_index where bucket = $1 and run < $2 order by run desc"

// searchTrail looks through the entries that are not in the index yet, and then at
// those that it names.
func searchTrail(ctx context.Context, from sqldb.Querier, q *offboard.AuditQuery, hash uint64) ([]offboard.Entry, error) {
	bucket, tag := split(hash)
	text, args := auditText(q, "seq > coalesce(("+lastRun+") + $2, 0)", bucket, runLength-1)
	found, err := sqldb.All(ctx, from, scanEntry, text, args...)
	if err != nil || len(found) >= q.Limit {
		return found, err
	}
	places, err := placesOf(ctx, from, bucket, tag, q.Before)
	for err == nil && len(found) < q.Limit && len(places) > 0 {
		var more []offboard.Entry
		rest := *q
		rest.Limit -= len(found)
		text, args := auditText(&rest, "seq in {ints $1}", sqldb.Ints(some(&places, q.Before)))
		more, err = sqldb.All(ctx, from, scanEntry, text, args...)
		found = append(found, more...)
	}
	return found, err
}

// placesOf gives where the index speaks of a tag, newest first.
func placesOf(ctx context.Context, from sqldb.Querier, bucket int64, tag uint32, before int64) ([]span, error) {
	rows, err := from.Query(ctx, runsText, bucket, before)
	if err != nil {
		return nil, err
	}
	defer rows.Close()
	var places []span
	for rows.Next() {
		var run int64
		var row []byte
		if err := rows.Scan(&run, &row); err != nil {
			return nil, err
		}
		places = append(places, unpack(run, row, tag)...)
	}
	return places, rows.Err()
}

// lookAt is how many entries one statement looks at. Not all of them need match: the
// index says little of who does a lot.
const lookAt = 512

// some takes the newest entries before one off the list of places.
func some(places *[]span, before int64) []int64 {
	var taken []int64
	for len(*places) > 0 && len(taken) < lookAt {
		p := &(*places)[0]
		for p.last = min(p.last, before-1); p.last >= p.first && len(taken) < lookAt; p.last-- {
			taken = append(taken, p.last)
		}
		if p.last < p.first {
			*places = (*places)[1:]
		}
	}
	return taken
}

// auditText is the statement for entries that match, beyond a condition on args.
func auditText(q *offboard.AuditQuery, condition string, args ...any) (string, []any) {
	text := "select " + entryColumns + " from audit where " + condition
	add := func(condition string, value any) {
		args = append(args, value)
		text += " and " + condition + strconv.Itoa(len(args))
	}
	add("seq < $", q.Before)
	if q.Actor != "" {
		text += " and " + either("actor", q.Actor, len(args)+1)
		args = append(args, q.Actor)
	}
	if q.Target != "" {
		text += " and " + either("target", q.Target, len(args)+1)
		args = append(args, q.Target)
	}
	if q.Action != "" {
		add("action = $", q.Action)
	}
	if !q.From.IsZero() {
		add("at >= $", q.From.Unix())
	}
	if !q.To.IsZero() {
		add("at < $", q.To.Unix())
	}
	args = append(args, q.Limit)
	return text + " order by seq desc limit $" + strconv.Itoa(len(args)), args
}

var guid = regexp.MustCompile("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

// either matches an id, or a name without regard to case. What can only be an id is
// looked for as one.
func either(who, value string, n int) string {
	if guid.MatchString(value) {
		return who + "_id = $" + strconv.Itoa(n)
	}
	arg := "$" + strconv.Itoa(n)
	return "(" + who + "_id = " + arg + " or lower(" + who + "_name) = lower(" + arg + ` {postgres collate "C"}))`
}
