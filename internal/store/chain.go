package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// The items by which somebody left are a chain: users.departed is the key of the
// newest one, and departure_items.earlier that of the one before. It is in the order
// in which they were carried out, which need not be that of their keys. An item that
// was undone stays on it; one that was refused never was.

// lastItems are the newest items, not undone, of people.
var lastItems = inWays("select " + itemColumns + ` from departure_items where pk in (
 with recursive chain(pk) as (select departed from users where pk in {ints $1}
  union select i.earlier from chain c join departure_items i on i.pk = c.pk where i.undone)
 select pk from chain) and not undone`)

// LastItems implements offboard.Journal.
func (t *txn) LastItems(ctx context.Context, people []*org.Person) ([]*offboard.Item, error) {
	out := make([]*offboard.Item, len(people))
	at := make(map[int64]int, len(people))
	keys := make([]int64, len(people))
	for i, p := range people {
		at[p.Key], keys[i] = i, p.Key
	}
	how, set := scattered, any(sqldb.Ints(keys))
	if len(keys) == 1 {
		how, set = single, keys[0]
	}
	items, err := sqldb.All(ctx, t, itemScanner(), lastItems[how], set)
	if err != nil {
		return nil, fmt.Errorf("look for the state before: %w", err)
	}
	for i := range items {
		out[at[items[i].UserKey]] = &items[i]
	}
	return out, nil
}

const itemByID = itemByKey + "(select u.departed from users u where u.id = $1)"

const itemByKey = "select " + itemColumns + " from departure_items where pk = "

// Departed implements offboard.Journal. On PostgreSQL the item comes with the
// person.
func (t *txn) Departed(ctx context.Context, ref string) (*org.Person, *offboard.Item, error) {
	text, key := "", any(Fold(ref))
	t.departed = returning{}
	if t.Dialect() == sqldb.Postgres && !strings.Contains(ref, "@") {
		text = itemByID
		if err := t.Ahead(ctx, text, key); err != nil {
			return nil, nil, err
		}
		if err := t.foresee(ctx, Fold(ref)); err != nil {
			return nil, nil, err
		}
	}
	people, err := t.People(ctx, []string{ref})
	if err != nil || people[0] == nil {
		return nil, nil, err
	}
	p := people[0]
	t.departed.key = p.Key
	if p.Departed == 0 {
		return p, nil, nil
	}
	if text == "" {
		text, key = itemByKey+"$1", p.Departed
	}
	item, err := sqldb.One(ctx, t, itemScanner(), text, key)
	switch {
	case errors.Is(err, sqldb.ErrNoRows):
		return p, nil, nil
	case err != nil:
		return nil, nil, fmt.Errorf("look for the state before: %w", err)
	case !item.Undone:
		return p, &item, nil
	}
	last, err := t.LastItems(ctx, people) // they left in another way since, or are back
	if err != nil {
		return nil, nil, err
	}
	return p, last[0], nil
}

var emptied = inWays("update departure_items set before = '' where pk in {ints $1} returning earlier")

// forgetBefore empties the items that these keys begin with, to the first of each
// person, so that nothing of them stays readable. Most have one, and few many. R-PERM-02
func (t *txn) forgetBefore(ctx context.Context, keys []int64) error {
	seen := map[int64]bool{0: true}
	for {
		keys = slices.DeleteFunc(keys, func(k int64) bool {
			known := seen[k]
			seen[k] = true
			return known
		})
		if len(keys) == 0 {
			return nil
		}
		how, all := portions(keys)
		keys = keys[:0]
		for _, args := range all {
			earlier, err := sqldb.All(ctx, t, sqldb.Value[int64], emptied[how], args...)
			if err != nil {
				return fmt.Errorf("forget the state before: %w", err)
			}
			keys = append(keys, earlier...)
		}
	}
}
