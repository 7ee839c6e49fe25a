package store

import (
	"context"
	"encoding/json"
	"regexp"
	"slices"
	"strconv"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// AuditEntries gives entries of the trail that match, newest first. The next page
// begins before the last one's sequence number. R-DEL-21
func (s *Store) AuditEntries(ctx context.Context, q offboard.AuditQuery) ([]offboard.Entry, error) {
	text, args := auditText(&q)
	found, err := sqldb.All(ctx, s.db, scanEntry, text, args...)
	return found, outage(err)
}

func auditText(q *offboard.AuditQuery) (text string, args []any) {
	text = "select " + entryColumns + " from audit where seq > 0"
	add := func(condition string, values ...any) {
		for _, v := range values {
			args = append(args, v)
			condition += strconv.Itoa(len(args))
		}
		text += " and " + condition
	}
	if q.Before > 0 {
		add("seq < $", q.Before)
	}
	if q.Actor != "" {
		add(either("actor", q.Actor, len(args)+1))
		args = append(args, q.Actor)
	}
	if q.Target != "" {
		add(either("target", q.Target, len(args)+1))
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
	limit := q.Limit
	if limit <= 0 {
		limit = defaultPage
	}
	args = append(args, limit)
	return text + " order by seq desc limit $" + strconv.Itoa(len(args)), args
}

var guid = regexp.MustCompile("^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$")

// either matches an id, or a name without regard to case. What can only be an id is
// looked for as one: the trail grows for years, and each person's page asks for their
// part of it.
func either(who, value string, n int) string {
	if guid.MatchString(value) {
		return who + "_id = $" + strconv.Itoa(n)
	}
	arg := "$" + strconv.Itoa(n)
	return "(" + who + "_id = " + arg + " or lower(" + who + "_name) = lower(" + arg + ` {postgres collate "C"}))`
}

// userActions are the entries that change what users/delta shows. R-API-73
func userActions() []string {
	return []string{
		offboard.ActDelete, offboard.ActPurge, offboard.ActRestore, offboard.ActKeep, offboard.ActAddUser, offboard.ActUpdateUser, offboard.ActPassword,
		offboard.ActRevoke, offboard.ActManager, offboard.ActLicense, offboard.ActMailbox,
	}
}

// changeWindow is how many entries of the trail one part of the change feed
// looks at, at most.
const changeWindow = 10_000

// userChange is an entry of the trail about somebody.
type userChange struct {
	seq    int64
	id     org.UserID
	detail string
}

// changedProperties collects what changed of each person, as far as every entry
// about them says so.
func changedProperties(found []userChange) map[org.UserID][]string {
	names, whole := map[org.UserID][]string{}, map[org.UserID]bool{}
	for _, c := range found {
		var d struct {
			Changed *[]string `json:"changed"`
		}
		if json.Unmarshal([]byte(c.detail), &d) != nil || d.Changed == nil {
			whole[c.id] = true
			continue
		}
		names[c.id] = append(slices.Grow(names[c.id], len(*d.Changed)), *d.Changed...)
	}
	for id := range whole {
		delete(names, id)
	}
	return names
}

// Changes gives people that changed after a sequence number of the audit trail,
// which is the change feed: whatever changes anybody stands in it. R-API-73
func (s *Store) Changes(ctx context.Context, after int64, limit int) (offboard.UserChanges, error) {
	changes := offboard.UserChanges{Next: after}
	found, err := sqldb.All(ctx, s.db, func(r *sqldb.Rows) (userChange, error) {
		var c userChange
		return c, r.Scan(&c.seq, &c.id, &c.detail)
	}, `select seq, target_id, detail from audit where seq > $1 and seq <= $1 + $2 and action in {texts $3} order by seq limit $4`,
		after, changeWindow, sqldb.Texts(userActions()), limit)
	if err != nil {
		return changes, outage(err)
	}
	head, err := s.HeadSeq(ctx)
	if err != nil {
		return changes, err
	}
	last := map[org.UserID]int64{}
	for _, c := range found {
		last[c.id], changes.Next = c.seq, c.seq
	}
	for _, c := range found {
		if last[c.id] == c.seq {
			changes.IDs = append(changes.IDs, c.id)
		}
	}
	changes.Properties = changedProperties(found)
	if len(found) < limit { // nothing more in the window
		changes.Next = min(head, after+changeWindow)
	}
	changes.More = changes.Next < head
	return changes, nil
}

// HeadSeq is the sequence number of the newest audit entry, 0 when there is none.
func (s *Store) HeadSeq(ctx context.Context) (int64, error) {
	n, err := sqldb.One(ctx, s.db, sqldb.Value[int64], "select coalesce(max(seq), 0) from audit")
	return n, outage(err)
}
