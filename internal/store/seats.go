package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"leaver/internal/org"
)

// The seats in use stand by product in the row of the organization, which nearly every
// change writes anyway: in a table of their own they took a page and a statement more.

// seatsInUse are those of the product p.
const seatsInUse = `coalesce((select {sqlite (select j.value from json_each(o.seats) j where j.key = p.sku)}{postgres (o.seats::jsonb ->> p.sku)::bigint}
 from organization o), 0)`

// countSeats notes how many more seats of products are in use.
func (t *txn) countSeats(more map[org.SkuID]int64) {
	for sku, n := range more {
		if n == 0 {
			continue
		}
		if t.head.taken == nil {
			t.head.taken = map[org.SkuID]int64{}
		}
		t.head.taken[sku] += n
	}
}

// addSeats puts what was noted with what was there.
func (t *txn) addSeats(ctx context.Context) error {
	h := &t.head
	if len(h.taken) == 0 {
		return nil
	}
	if err := t.readHead(ctx); err != nil {
		return err
	}
	for sku, n := range h.taken {
		var err error
		if h.seats, err = moreSeats(h.seats, sku, n); err != nil {
			return fmt.Errorf("seats in use: %w", err)
		}
	}
	h.taken = nil
	return nil
}

// moreSeats counts in the text: nearly every delete gives the seat of a product back
// that others keep, which changes one number in it.
func moreSeats(seats string, sku org.SkuID, n int64) (string, error) {
	if _, rest, there := strings.Cut(seats, `"`+string(sku)+`":`); there && !strings.Contains(seats, `\`) {
		end := max(strings.IndexAny(rest, ",}"), 0)
		if had, err := strconv.ParseInt(rest[:end], 10, 64); err == nil && had+n != 0 {
			return seats[:len(seats)-len(rest)] + strconv.FormatInt(had+n, 10) + rest[end:], nil
		}
	}
	all := map[org.SkuID]int64{}
	if err := json.Unmarshal([]byte(seats), &all); err != nil {
		return "", err
	}
	if all[sku] += n; all[sku] == 0 {
		delete(all, sku)
	}
	text, err := json.Marshal(all)
	return string(text), err
}

// writeSeats writes the seats before somebody asks for them in the same transaction.
func (t *txn) writeSeats(ctx context.Context) error {
	if len(t.head.taken) == 0 {
		return nil
	}
	if err := t.addSeats(ctx); err != nil {
		return err
	}
	if err := t.Later(ctx, "update organization set seats = $1", t.head.seats); err != nil {
		return fmt.Errorf("write the seats in use: %w", err)
	}
	return nil
}
