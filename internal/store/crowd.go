package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// A crowd of people that go together mostly lies together in the tables: then one
// range is read, which takes a fraction of looking everybody up.

// set says how a statement names the people with these keys: one alone, most of
// those in a range, or some here and there.
func set(keys []int64) (how way, args []any) {
	if len(keys) == 1 {
		return single, []any{keys[0]}
	}
	lo, hi := keys[0], keys[0]
	for _, k := range keys {
		lo, hi = min(lo, k), max(hi, k)
	}
	if hi-lo < 2*int64(len(keys)) {
		return ranged, []any{lo, hi}
	}
	return scattered, []any{sqldb.Ints(keys)}
}

type way int

const (
	scattered way = iota
	ranged
	single
)

// ways are the three forms of a statement that names people by "in {ints $1}".
// The range gives others as well.
type ways [3]string

func inWays(text string) ways {
	return ways{
		scattered: text, ranged: strings.ReplaceAll(text, "in {ints $1}", "between $1 and $2"), single: strings.ReplaceAll(text, "in {ints $1}", "= $1"),
	}
}

// each runs statements over a set of keys, which they name by "in {ints $1}". People who
// go together mostly have keys one behind the other: then a few ranges are all of
// them, and nobody else.
func (t *txn) each(ctx context.Context, keys []int64, statements ...string) error {
	how, all := portions(keys)
	for _, s := range statements {
		text := inWays(s)[how]
		for _, args := range all {
			if err := t.Later(ctx, text, args...); err != nil {
				return err
			}
		}
	}
	return t.Hurry(ctx)
}

// portions gives the arguments by which statements name all of the keys and no other.
func portions(keys []int64) (how way, all [][]any) {
	switch len(keys) {
	case 0:
		return ranged, nil
	case 1:
		return single, [][]any{{keys[0]}}
	}
	if all = rangesOf(keys); 8*len(all) <= len(keys) {
		return ranged, all
	}
	return scattered, [][]any{{sqldb.Ints(keys)}}
}

// rangesOf gives the first and last of each row of keys without a gap.
func rangesOf(keys []int64) [][]any {
	sorted := slices.Sorted(slices.Values(keys))
	var ranges [][]any
	from := sorted[0]
	for i, k := range sorted {
		if i == len(sorted)-1 || sorted[i+1] > k+1 {
			ranges = append(ranges, []any{from, k})
			if i < len(sorted)-1 {
				from = sorted[i+1]
			}
		}
	}
	return ranges
}

// PeopleByKey implements offboard.Crowd.
func (t *txn) PeopleByKey(ctx context.Context, keys []int64) ([]*org.Person, error) {
	if len(keys) == 0 {
		return nil, nil
	}
	how, args := set(keys)
	rows, err := sqldb.All(ctx, t, scanPerson, peopleByKey[how], args...)
	if err != nil {
		return nil, fmt.Errorf("load people by key: %w", err)
	}
	found := make(map[int64]*row, len(rows))
	for _, r := range rows {
		found[r.Key] = r
	}
	asked := make([]*row, 0, len(keys))
	out := make([]*org.Person, len(keys))
	for i, k := range keys {
		if r := found[k]; r != nil {
			if !r.asked { // people may be asked for twice
				r.asked, asked = true, append(asked, r)
			}
			out[i] = &r.Person
		}
	}
	return out, complete(ctx, t, asked)
}

// gateColumns are what the gate looks at, see org.Gate; the roles come apart.
const gateColumns = `select u.pk, u.id, u.upn, u.display_name, u.enabled, u.sync_state = 1, u.restricted, coalesce(u.deleted, 0),
 coalesce(m.type, ''), coalesce(m.forward_to, '') from users u left join mailboxes m on m.user_pk = u.pk `

func scanGate(r *sqldb.Rows) (*row, error) {
	var p row
	var m org.Mailbox
	var deleted int64
	err := r.Scan(&p.Key, &p.ID, &p.UPN, &p.DisplayName, &p.AccountEnabled, &p.Synced, &p.InRestrictedUnit, &deleted, &m.Type, &m.ForwardTo)
	if p.Deleted = at(deleted); !p.Active() {
		p.UPN = org.DeletedUPN(p.ID, p.UPN) // R-DEL-22
	}
	if m.Type != "" {
		p.Mailbox = &m
	}
	return &p, err
}

// Gates implements offboard.Crowd.
func (t *txn) Gates(ctx context.Context, refs []string) ([]*org.Person, error) {
	keys := make([]string, len(refs))
	for i, r := range refs {
		keys[i] = Fold(r)
	}
	rows, err := t.byKeys(ctx, keys, gateColumns, scanGate)
	if err != nil {
		return nil, fmt.Errorf("load people as the gate sees them: %w", err)
	}
	if err := fill(ctx, t, rows, &gateParts); err != nil {
		return nil, err
	}
	return inOrder(keys, rows), nil
}

// byKeys selects people by folded id or user name.
func (t *txn) byKeys(ctx context.Context, keys []string, text string, scan func(*sqldb.Rows) (*row, error)) ([]*row, error) {
	ids, names := idsAndNames(keys)
	var all []*row
	for _, by := range []struct {
		where string
		keys  []string
	}{{"where u.id in {texts $1}", ids}, {"where u.upn_key in {texts $1} and u.deleted is null", names}} {
		if len(by.keys) == 0 {
			continue
		}
		found, err := sqldb.All(ctx, t, scan, text+by.where, sqldb.Texts(by.keys))
		if err != nil {
			return nil, err
		}
		all = append(all, found...)
	}
	return all, nil
}

// idsAndNames tells references apart: a user name has an @ in it, an id has not.
func idsAndNames(keys []string) (ids, names []string) {
	for _, k := range keys {
		if !strings.Contains(k, "@") {
			ids = append(ids, k)
			continue
		}
		names = append(names, k)
		if id := formerID(k); id != "" {
			ids = append(ids, id)
		}
	}
	return ids, names
}

// inOrder puts people in the order in which they were asked for, by folded id or
// user name.
func inOrder(keys []string, rows []*row) []*org.Person {
	found := make(map[string]*org.Person, 2*len(rows))
	for _, r := range rows {
		found[Fold(r.UPN)] = &r.Person
		found[string(r.ID)] = &r.Person
	}
	out := make([]*org.Person, len(keys))
	for i, k := range keys {
		out[i] = found[k]
	}
	return out
}
