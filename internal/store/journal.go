package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

const departureColumns = `pk, id, status, actor, created, coalesce(ended, 0), hash, idempotent, total, counts, node, lease, undoing, undone_by, next`

func scanDeparture(r *sqldb.Rows) (*offboard.Departure, error) {
	d := &offboard.Departure{}
	var actor, counts string
	var created, ended, lease int64
	err := r.Scan(&d.Key, &d.ID, &d.Status, &actor, &created, &ended, &d.Hash, &d.Idempotent, &d.Total, &counts, &d.Node, &lease, &d.Undoing, &d.UndoneBy, &d.Next)
	if err != nil {
		return nil, err
	}
	d.Created, d.Ended, d.Lease = at(created), at(ended), at(lease)
	if err := json.Unmarshal([]byte(actor), &d.CreatedBy); err != nil {
		return nil, fmt.Errorf("actor of departure %s: %w", d.ID, err)
	}
	return d, json.Unmarshal([]byte(counts), &d.Counts)
}

// oneDeparture gives the departure that a condition selects, or nil.
func (t *txn) oneDeparture(ctx context.Context, condition string, args ...any) (*offboard.Departure, error) {
	d, err := sqldb.One(ctx, t, scanDeparture, "select "+departureColumns+" from departures where "+condition, args...)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	return d, err
}

// keyDigits is how many digits at the end of the id of a departure are its key,
// which spares an index of ids: the last part of a GUID.
const keyDigits = 12

// withKey puts the key of a departure in the place of the last digits of an id.
func withKey(id org.DepartureID, key int64) (org.DepartureID, error) {
	digits := strconv.FormatInt(key, 16)
	if len(id) < keyDigits || len(digits) > keyDigits {
		return "", fmt.Errorf("departure %d can't have an id like %q", key, id)
	}
	return id[:len(id)-keyDigits] + org.DepartureID(strings.Repeat("0", keyDigits-len(digits))+digits), nil
}

// Departure implements offboard.Journal.
func (t *txn) Departure(ctx context.Context, id org.DepartureID) (*offboard.Departure, error) {
	key, err := strconv.ParseInt(string(id[max(0, len(id)-keyDigits):]), 16, 64)
	if err != nil {
		return nil, nil //nolint:nilerr // such an id names none
	}
	return t.oneDeparture(ctx, "pk = $1 and id = $2", key, string(id))
}

// DepartureByKey implements offboard.Journal.
func (t *txn) DepartureByKey(ctx context.Context, creator org.UserID, key string) (*offboard.Departure, error) {
	return t.oneDeparture(ctx, "actor_id = $1 and idempotent = $2 and idempotent <> ''", string(creator), key)
}

// Departures implements offboard.Journal: newest first.
func (t *txn) Departures(ctx context.Context, before org.DepartureID, limit int) ([]offboard.Departure, error) {
	key := int64(1) << 62
	if before != "" {
		d, err := t.Departure(ctx, before)
		if err != nil || d == nil {
			return nil, err
		}
		key = d.Key
	}
	return sqldb.All(ctx, t, func(r *sqldb.Rows) (offboard.Departure, error) {
		d, err := scanDeparture(r)
		if err != nil {
			return offboard.Departure{}, err
		}
		return *d, nil
	}, "select "+departureColumns+" from departures where pk < $1 order by pk desc limit $2", key, limit)
}

// AddDeparture implements offboard.Journal.
func (t *txn) AddDeparture(ctx context.Context, d *offboard.Departure, items []offboard.Item) error {
	actor, err := json.Marshal(d.CreatedBy)
	if err != nil {
		return err
	}
	counts, err := json.Marshal(d.Counts)
	if err != nil {
		return err
	}
	if err := t.readHead(ctx); err != nil {
		return err
	}
	d.Key, t.head.next = t.head.next, t.head.next+1 // nobody else gives numbers meanwhile
	if d.ID, err = withKey(d.ID, d.Key); err != nil {
		return err
	}
	err = t.Later(ctx, `insert into departures (pk, id, status, actor_id, actor, created, ended, hash, idempotent, total, counts, node, lease, undoing, undone_by, next)
 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)`, d.Key, string(d.ID), string(d.Status), string(d.CreatedBy.ID), string(actor),
		unix(d.Created), null(d.Ended), d.Hash, d.Idempotent, d.Total, string(counts), d.Node, unix(d.Lease), d.Undoing, d.UndoneBy, d.Next)
	if err != nil {
		return fmt.Errorf("add departure: %w", err)
	}
	for part := range slices.Chunk(items, 1000) { // so that the rows of all never stand in memory at once
		if err := t.addItems(ctx, d, part); err != nil {
			return fmt.Errorf("add the items of a departure: %w", err)
		}
	}
	return nil
}

// SaveDeparture implements offboard.Journal.
func (t *txn) SaveDeparture(ctx context.Context, d *offboard.Departure) error {
	counts, err := json.Marshal(d.Counts)
	if err != nil {
		return err
	}
	_, err = t.Exec(ctx, "update departures set status = $1, ended = $2, counts = $3, node = $4, lease = $5, undoing = $6, undone_by = $7, next = $8 where pk = $9",
		string(d.Status), null(d.Ended), string(counts), d.Node, unix(d.Lease), d.Undoing, d.UndoneBy, d.Next, d.Key)
	return err
}

// claimable are the departures that a node may work on.
const claimable = "ended is null and (lease <= $1 or node = $2)"

// Claimable implements offboard.Journal.
func (t *txn) Claimable(ctx context.Context, node string, now time.Time) (bool, error) {
	return sqldb.One(ctx, t, sqldb.Value[bool], "select exists (select 1 from departures where "+claimable+")", now.Unix(), node)
}

// Claim implements offboard.Journal.
func (t *txn) Claim(ctx context.Context, node string, now, until time.Time) (*offboard.Departure, error) {
	d, err := t.oneDeparture(ctx, claimable+" order by lease, pk limit 1", now.Unix(), node)
	if err != nil || d == nil {
		return nil, err
	}
	d.Node, d.Lease = node, until
	return d, t.SaveDeparture(ctx, d)
}

// Items implements offboard.Journal.
func (t *txn) Items(ctx context.Context, d *offboard.Departure, after, limit int, states ...offboard.ItemOutcome) ([]offboard.Item, error) {
	if len(states) == 0 {
		return sqldb.All(ctx, t, itemScanner(), "select "+itemColumns+" from departure_items where pk > $1 and pk < $2 order by pk limit $3",
			itemKey(d.Key, after), itemKey(d.Key, maxItems), limit)
	}
	// In the order of the key, whatever their outcome: PostgreSQL would sort all that
	// are behind for each portion if it could make a join of this.
	which, args := make([]string, len(states)), []any{itemKey(d.Key, after), itemKey(d.Key, maxItems), limit}
	for i, s := range states {
		args = append(args, string(s))
		which[i] = "$" + strconv.Itoa(len(args))
	}
	return sqldb.All(ctx, t, itemScanner(), "select "+itemColumns+" from departure_items where pk > $1 and pk < $2 and outcome in ("+
		strings.Join(which, ", ")+") order by pk limit $3", args...)
}

// Outcomes implements offboard.Journal.
func (t *txn) Outcomes(ctx context.Context, d *offboard.Departure, after, limit int) ([]offboard.Item, error) {
	return sqldb.All(ctx, t, itemScanner(), "select "+outcomeColumns+", '' from departure_items where pk > $1 and pk < $2 order by pk limit $3",
		itemKey(d.Key, after), itemKey(d.Key, maxItems), limit)
}

// Remarks implements offboard.Journal. What a text of somebody's says has its quotes
// escaped, so that it can't be taken for a name.
func (t *txn) Remarks(ctx context.Context, d *offboard.Departure, after, limit int) ([]offboard.Item, error) {
	return sqldb.All(ctx, t, itemScanner(), "select "+outcomeColumns+`, '' from departure_items where pk > $1 and pk < $2
 and (outcome <> 'done' or detail like '%"notes":[%') order by pk limit $3`, itemKey(d.Key, after), itemKey(d.Key, maxItems), limit)
}

// MarkUndone implements offboard.Journal.
func (t *txn) MarkUndone(ctx context.Context, it *offboard.Item, notes []org.Note) error {
	it.Undone, it.Notes = true, append(it.Notes, notes...)
	detail, _, err := encodeItem(&offboard.Item{Choices: it.Choices, Steps: it.Steps, Args: it.Args, Notes: it.Notes, Skipped: it.Skipped, State: it.State})
	if err != nil {
		return err
	}
	if err = t.Later(ctx, "update departure_items set undone = true, detail = $1 where pk = $2", detail, itemKey(it.Departure, it.Ordinal)); err != nil {
		return fmt.Errorf("write item %d: %w", it.Ordinal, err)
	}
	return nil
}

// Undoable implements offboard.Journal.
func (t *txn) Undoable(ctx context.Context, d *offboard.Departure, limit int) ([]offboard.Item, error) {
	return sqldb.All(ctx, t, itemScanner(), "select "+itemColumns+` from departure_items where pk >= $1 and pk < $2 and outcome = 'done' and not undone
 order by pk limit $3`, itemKey(d.Key, d.Next), itemKey(d.Key, maxItems), limit)
}
