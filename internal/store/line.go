package store

import (
	"context"
	"slices"
	"strings"

	"leaver/internal/sqldb"
)

// On PostgreSQL the people whom changes in line begin with are asked for together. What is
// asked of one person by id depends on the rows of that person alone, on groups,
// products and subscriptions, on the ids of others, which never change, and, for a
// restore, on who bears which user name. A change that does nothing but what small and
// stateColumns list touches of all that only the people it notes, and their names.

// moved is what a change notes: the ids of those it changed, and their user names.
type moved struct{ ids, names []string }

// small are the beginnings of statements that change nothing that is asked of anybody
// else: what is added to the journal and the trail, or said there of the one restored, and
// the counters, which are handed on.
var small = []string{
	"insert into departures (", "insert into departure_items(", "insert into audit(", "update departure_items set undone = true, detail = $1 where pk = $2",
	"update organization set people = ",
}

// stateColumns are those of people that nobody else's answers hold.
var stateColumns = []string{
	"enabled", "sync_state", "deleted", "sessions_from", "session_epoch", "password_hash", "parked_hash", "must_change", "licenses_removed", "licensed",
	"shared", "departed",
}

// Beginning implements offboard.Store.
func (s *Store) Beginning(ctx context.Context, ref string, restore bool) context.Context {
	id := Fold(ref)
	if len(id) != 36 || strings.Trim(id, "0123456789abcdef-") != "" {
		return ctx // a name may be somebody else's by then
	}
	texts := []string{partsByID, personByID}
	if restore {
		texts = append(texts, itemByID, wayBack, licensingByID)
	}
	questions := make([]sqldb.Question, len(texts))
	for i, text := range texts {
		questions[i] = sqldb.Question{Text: text, Args: []any{id}}
	}
	return s.db.Asking(ctx, func(note any) bool {
		m, ok := note.(moved)
		return ok && !slices.Contains(m.ids, id)
	}, questions...)
}

// note says what this change moved, if that is all it did.
func (t *txn) note() {
	texts, all := t.Altered()
	if !all || slices.ContainsFunc(texts, func(text string) bool { return !narrow(text) }) {
		return
	}
	m := moved{names: t.names}
	for _, key := range t.touched {
		m.ids = append(m.ids, Fold(key.id))
	}
	t.Note(m)
}

// narrow says that a statement concerns the people whom Save was given, and nobody else.
func narrow(text string) bool {
	for _, start := range small {
		if strings.HasPrefix(text, start) {
			return true
		}
	}
	set, ok := strings.CutPrefix(text, "update users set ")
	set, key, _ := strings.Cut(set, " where ")
	if number, one := strings.CutPrefix(key, "pk = "); !ok || !one || !placeholder(number) {
		return false
	}
	for one := range strings.SplitSeq(set, ", ") {
		column, value, _ := strings.Cut(one, " = ")
		if !slices.Contains(stateColumns, column) || !placeholder(value) {
			return false
		}
	}
	return true
}

// placeholder says that a text is $ and a number.
func placeholder(text string) bool {
	digits, ok := strings.CutPrefix(text, "$")
	return ok && digits != "" && strings.Trim(digits, "0123456789") == ""
}

// nameMoved says that somebody who had or has a user name was changed after it was asked
// who stands in the way of it.
func (t *txn) nameMoved(upn string) bool {
	for _, note := range t.Meanwhile() {
		if m, ok := note.(moved); !ok || slices.Contains(m.names, Fold(upn)) {
			return true
		}
	}
	return false
}
