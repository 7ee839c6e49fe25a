package store

import (
	"context"
	"errors"
	"fmt"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// ReplaceFile implements offboard.Content: the body from before is let go of.
func (t *txn) ReplaceFile(ctx context.Context, drive org.DriveID, f offboard.File, over *string) (bool, error) {
	var pk, owner, size int64
	var body string
	err := t.QueryRow(ctx, `select i.pk, i.drive_pk, i.size, i.body from drive_items i join drives d on d.pk = i.drive_pk
 where d.id = $1 and i.id = $2 and not i.folder`, string(drive), f.ID).Scan(&pk, &owner, &size, &body)
	if errors.Is(err, sqldb.ErrNoRows) {
		return false, nil
	}
	if err != nil {
		return false, fmt.Errorf("load the file %s: %w", f.ID, err)
	}
	if over != nil && *over != body {
		return false, org.Refuse(org.Stale, "file.changed", "R-API-61", org.Arg{Name: "file", Value: f.Name})
	}
	if body != "" && body != f.Body {
		if err := t.QueueBody(ctx, body); err != nil {
			return false, err
		}
	}
	if _, err := t.Exec(ctx, "update drive_items set size = $1, mime = $2, body = $3, modified = $4 where pk = $5", f.Size, f.Mime, f.Body, unix(f.Modified), pk); err != nil {
		return false, fmt.Errorf("replace the file %s: %w", f.ID, err)
	}
	_, err = t.Exec(ctx, "update drives set size = size + $1 where pk = $2", f.Size-size, owner)
	return true, err
}
