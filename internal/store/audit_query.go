package store

import (
	"context"
	"encoding/json"
	"slices"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

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
