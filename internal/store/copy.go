package store

import (
	"context"
	"errors"
	"fmt"

	"leaver/internal/blob"
	"leaver/internal/sqldb"
)

// Errors of Copy that callers tell apart.
var (
	// ErrNotEmpty: there is something at the place to copy to.
	ErrNotEmpty = errors.New("the place to copy to is not empty")
	// ErrMoving: the organization changed in a way that can't be followed.
	ErrMoving = errors.New("people were purged meanwhile")
	// ErrDiffers: what was written is not what was read.
	ErrDiffers = errors.New("the copy is not the same as the original")
)

// copyPortion is how many rows go in one transaction.
const copyPortion = 4000

// Copied says what was copied.
type Copied struct {
	Tables    map[string]TableSum `json:"tables"`
	Bodies    int                 `json:"bodies"`
	BodyBytes int64               `json:"bodyBytes"`
}

// Rows is the number of rows in all tables.
func (c *Copied) Rows() int64 {
	var n int64
	for _, t := range c.Tables {
		n += t.Rows
	}
	return n
}

// Copy moves an organization from one database to another, empty one, of
// whichever kinds they are, with its bodies when there are two places for them.
// It reads one snapshot; what changes meanwhile does not come along, so let
// nobody write. Every table is read back and compared. When it fails, the
// target is not an organization: empty it and start again. progress is told
// what was copied so far, and may be nil.
func Copy(ctx context.Context, from, to *Store, bodiesFrom, bodiesTo *blob.Store, progress func(Copied)) (Copied, error) {
	c := &copying{from: from, to: to, progress: progress, done: Copied{Tables: map[string]TableSum{}}}
	if progress == nil {
		c.progress = func(Copied) {}
	}
	err := c.ready(ctx)
	if err == nil {
		err = from.db.View(ctx, func(tx *sqldb.Tx) error {
			c.done = Copied{Tables: map[string]TableSum{}}
			if bodiesFrom != nil && bodiesTo != nil {
				if err := c.bodies(ctx, tx, bodiesFrom, bodiesTo); err != nil {
					return err
				}
			}
			return c.tables(ctx, tx)
		})
	}
	if err == nil {
		err = c.verify(ctx)
	}
	if err == nil {
		err = to.together(ctx)
	}
	if err == nil {
		err = to.Analyze(ctx)
	}
	if err != nil {
		return c.done, outage(fmt.Errorf("copy the organization: %w", err))
	}
	return c.done, nil
}

// copying is one Copy under way.
type copying struct {
	from, to *Store
	progress func(Copied)
	done     Copied
}

// ready refuses a target that holds anything.
func (c *copying) ready(ctx context.Context) error {
	return c.to.db.View(ctx, func(tx *sqldb.Tx) error {
		tables, err := listTables(ctx, tx)
		if err != nil {
			return err
		}
		for _, t := range tables {
			n, err := sqldb.All(ctx, tx, sqldb.Value[int64], "select 1 from "+t.name+" limit 1")
			if err != nil {
				return err
			}
			if len(n) > 0 {
				return fmt.Errorf("%w: table %s has rows", ErrNotEmpty, t.name)
			}
		}
		return nil
	})
}

// tables copies table after table in the order of their keys.
func (c *copying) tables(ctx context.Context, tx *sqldb.Tx) error {
	list, err := listTables(ctx, tx)
	if err != nil {
		return err
	}
	for _, t := range list {
		sum, err := t.read(ctx, tx, func(rows [][]any) error { return c.insert(ctx, &t, rows) })
		if err != nil {
			return err
		}
		c.done.Tables[t.name] = sum
		c.progress(c.done)
	}
	return nil
}

// insert writes rows, and lets PostgreSQL number on from there.
func (c *copying) insert(ctx context.Context, t *table, rows [][]any) error {
	return c.to.db.Update(ctx, func(tx *sqldb.Tx) error {
		if _, err := tx.InsertRows(ctx, t.name, t.columns, rows); err != nil {
			return err
		}
		if c.to.db.Dialect() != sqldb.Postgres || len(t.key) != 1 || t.key[0] != "pk" {
			return nil
		}
		_, err := tx.Exec(ctx, "select setval(s, $1) from pg_get_serial_sequence('"+t.name+"', 'pk') s where s is not null", rows[len(rows)-1][0])
		return err
	})
}

// verify reads the copy back.
func (c *copying) verify(ctx context.Context) error {
	sums, err := c.to.Sums(ctx)
	if err != nil {
		return err
	}
	for name, want := range c.done.Tables {
		if got := sums[name]; got != want {
			return fmt.Errorf("%w: table %s has %d rows with hash %s, the original %d with %s", ErrDiffers, name, got.Rows, got.Hash, want.Rows, want.Hash)
		}
	}
	return nil
}

// bodies copies what the rows refer to.
func (c *copying) bodies(ctx context.Context, tx *sqldb.Tx, from, to *blob.Store) error {
	return eachBody(ctx, tx, func(h string) error {
		size, err := copyBody(ctx, from, to, h)
		if errors.Is(err, blob.ErrNotFound) {
			return c.from.absent(ctx, h, err)
		}
		if err != nil {
			return err
		}
		c.done.Bodies, c.done.BodyBytes = c.done.Bodies+1, c.done.BodyBytes+size
		if c.done.Bodies%1000 == 0 {
			c.progress(c.done)
		}
		return nil
	})
}

// eachBody calls do for every body that something refers to, once, in order.
func eachBody(ctx context.Context, tx *sqldb.Tx, do func(h string) error) error {
	rows, err := tx.Query(ctx, referredBodies)
	if err != nil {
		return fmt.Errorf("list bodies: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var h string
		if err := rows.Scan(&h); err != nil {
			return err
		}
		if err := do(h); err != nil {
			return err
		}
	}
	return rows.Err()
}

// absent says what it means that a body is not there: it was purged since the
// snapshot, or it is lost.
func (s *Store) absent(ctx context.Context, h string, missing error) error {
	n, err := sqldb.One(ctx, s.db, sqldb.Value[int64], "select (select count(*) from messages where body = $1 and body <> '') + (select count(*) from drive_items where body = $1 and body <> '')", h)
	switch {
	case err != nil:
		return err
	case n == 0:
		return fmt.Errorf("%w: %w", ErrMoving, missing)
	}
	return missing
}

func copyBody(ctx context.Context, from, to *blob.Store, h string) (int64, error) {
	body, err := from.Open(ctx, h)
	if err != nil {
		return 0, err
	}
	got, size, err := to.Put(ctx, body)
	if err = errors.Join(err, body.Close()); err != nil {
		return 0, fmt.Errorf("copy body %s: %w", h, err)
	}
	if got != h {
		return 0, fmt.Errorf("copy body %s: %w", h, ErrDiffers)
	}
	return size, nil
}

// EachBody calls do for every body that something refers to, once, in the order
// of their hashes.
func (s *Store) EachBody(ctx context.Context, do func(h blob.Hash) error) error {
	return outage(s.db.View(ctx, func(tx *sqldb.Tx) error { return eachBody(ctx, tx, do) }))
}

// Purged says whether nothing refers to a body any more.
func (s *Store) Purged(ctx context.Context, h blob.Hash) (bool, error) {
	err := s.absent(ctx, h, blob.ErrNotFound)
	if errors.Is(err, ErrMoving) {
		return true, nil
	}
	if errors.Is(err, blob.ErrNotFound) {
		return false, nil
	}
	return false, outage(err)
}
