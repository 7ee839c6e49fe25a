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

// seatsInUse gives how many seats of a product are in use, with what was noted.
func (t *txn) seatsInUse(ctx context.Context, sku org.SkuID) (int64, error) {
	if err := t.readHead(ctx); err != nil {
		return 0, err
	}
	if at, to := seatsAt(t.head.seats, sku); to > 0 {
		n, err := strconv.ParseInt(t.head.seats[at:to], 10, 64)
		return n + t.head.taken[sku], err
	}
	all := map[org.SkuID]int64{}
	err := json.Unmarshal([]byte(t.head.seats), &all)
	return all[sku] + t.head.taken[sku], err
}

// seatsAt finds the number of a product in the text of the seats; 0, 0 when it takes
// encoding/json to find it.
func seatsAt(seats string, sku org.SkuID) (at, to int) {
	_, rest, there := strings.Cut(seats, `"`+string(sku)+`":`)
	end := strings.IndexAny(rest, ",}")
	if !there || end < 0 || strings.Contains(seats, `\`) {
		return 0, 0
	}
	at = len(seats) - len(rest)
	return at, at + end
}

// moreSeats counts in the text: nearly every delete gives the seat of a product back
// that others keep, which changes one number in it.
func moreSeats(seats string, sku org.SkuID, n int64) (string, error) {
	if at, to := seatsAt(seats, sku); to > 0 {
		if had, err := strconv.ParseInt(seats[at:to], 10, 64); err == nil && had+n != 0 {
			return seats[:at] + strconv.FormatInt(had+n, 10) + seats[to:], nil
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
