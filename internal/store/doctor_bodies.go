package store

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"leaver/internal/blob"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// referredBodies is every body that something refers to, once, in order.
const referredBodies = `select body from messages where body <> '' union select body from drive_items where body <> '' order by 1`

// freshBody is how old a body nobody refers to must be to be called left over:
// bodies are put before the row that refers to them.
const freshBody = time.Hour

// bodies compares the bodies that rows refer to with those that are there. Both
// come in the order of their hashes.
func (d *doctor) bodies(ctx context.Context, tx *sqldb.Tx) error {
	if d.Bodies == nil {
		return nil
	}
	rows, err := tx.Query(ctx, referredBodies)
	if err != nil {
		return err
	}
	defer rows.Close()
	m := &bodyCheck{d: d, rows: rows}
	if err := m.next(); err != nil {
		return err
	}
	if err := d.Bodies.Walk(ctx, func(b blob.Info) error { return m.there(ctx, b) }); err != nil {
		return err
	}
	for m.want != "" {
		m.missing = append(m.missing, m.want)
		if err := m.next(); err != nil {
			return err
		}
	}
	return d.reportBodies(ctx, m)
}

// bodyCheck walks two ordered lists at once.
type bodyCheck struct {
	d       *doctor
	rows    *sqldb.Rows
	want    string // the next body that something refers to, "" at the end
	missing []string
	left    tally
	spoiled tally
	unnamed []string // there, and nothing refers to them
}

func (m *bodyCheck) next() error {
	m.want = ""
	if m.rows.Next() {
		return m.rows.Scan(&m.want)
	}
	return m.rows.Err()
}

// there takes note of a body that is in the store.
func (m *bodyCheck) there(ctx context.Context, b blob.Info) error {
	for m.want != "" && m.want < b.Hash {
		m.missing = append(m.missing, m.want)
		if err := m.next(); err != nil {
			return err
		}
	}
	if m.want != b.Hash {
		if m.d.Deep && b.Put.Before(m.d.Now.Add(-freshBody)) {
			m.unnamed = append(m.unnamed, b.Hash)
		}
		return nil
	}
	if err := m.next(); err != nil || !m.d.Deep {
		return err
	}
	body, err := m.d.Bodies.Open(ctx, b.Hash)
	if err == nil {
		_, err = io.Copy(io.Discard, body)
		err = errors.Join(err, body.Close())
	}
	switch {
	case errors.Is(err, blob.ErrCorrupted):
		m.spoiled.add(b.Hash)
	case errors.Is(err, blob.ErrNotFound): // purged this moment
	case err != nil:
		return err
	}
	return nil
}

// reportBodies asks again, now, about what seemed missing or left over: the
// organization may have been served while the bodies were looked at.
func (d *doctor) reportBodies(ctx context.Context, m *bodyCheck) error {
	var missing tally
	for _, h := range m.missing {
		there, err := d.Bodies.Has(ctx, h)
		if err != nil && !errors.Is(err, blob.ErrBadHash) {
			return err
		}
		named, err := d.refersTo(ctx, h)
		if err != nil {
			return err
		}
		if !there && named {
			missing.add(h)
		}
	}
	for _, h := range m.unnamed {
		named, err := d.refersTo(ctx, h)
		if err != nil {
			return err
		}
		if !named {
			m.left.add(h)
		}
	}
	d.report(check{code: "bodyMissing", severity: org.Critical}, &missing)
	d.report(check{code: "bodySpoiled", severity: org.Critical}, &m.spoiled)
	d.report(check{code: "bodyLeftOver", severity: org.Warning}, &m.left)
	return nil
}

// refersTo says whether a row refers to a body now, or it waits to be removed.
func (d *doctor) refersTo(ctx context.Context, h string) (bool, error) {
	n, err := sqldb.One(ctx, d.store.db, sqldb.Value[int64], `select (select count(*) from messages where body = $1 and body <> '')
 + (select count(*) from drive_items where body = $1 and body <> '') + (select count(*) from body_queue where body = $1)`, h)
	if err != nil {
		return false, fmt.Errorf("look for who needs body %s: %w", h, err)
	}
	return n > 0, nil
}
