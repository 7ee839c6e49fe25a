package store

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// key finds one key, 0 when there is none.
func (t *txn) key(ctx context.Context, query string, args ...any) (int64, error) {
	var pk int64
	err := t.QueryRow(ctx, query, args...).Scan(&pk)
	if errors.Is(err, sqldb.ErrNoRows) {
		return 0, nil
	}
	return pk, err
}

// Deliver implements offboard.Content.
func (t *txn) Deliver(ctx context.Context, to org.UserID, folder string, m offboard.Message) (bool, error) {
	mailbox, err := t.key(ctx, "select m.pk from mailboxes m join users u on u.pk = m.user_pk where u.id = $1", string(to))
	if err != nil || mailbox == 0 {
		return false, err
	}
	well := strings.ToLower(folder)
	place, err := t.key(ctx, "select pk from folders where mailbox_pk = $1 and well_known = $2", mailbox, well)
	if err == nil && place == 0 {
		place, err = t.addFolder(ctx, mailbox, folder)
	}
	if err != nil {
		return false, fmt.Errorf("find the folder %s: %w", folder, err)
	}
	if m.ID == "" {
		m.ID = t.newID()
	}
	if _, err := t.Exec(ctx, `insert into messages (id, mailbox_pk, folder_pk, subject, sender_name, sender_address, recipients, received, is_read,
 preview, size, body, content) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)`, m.ID, mailbox, place, m.Subject, m.SenderName, m.SenderAddress,
		addressed(&m), unix(m.Received), m.Read, m.Preview, m.Size, m.Body, m.Content); err != nil {
		return false, fmt.Errorf("deliver a message: %w", err)
	}
	_, err = t.Exec(ctx, "update mailboxes set size = size + $1 where pk = $2", m.Size, mailbox)
	return true, err
}

// addFolder adds a folder with a well-known name.
func (t *txn) addFolder(ctx context.Context, mailbox int64, name string) (int64, error) {
	return t.key(ctx, `insert into folders (id, mailbox_pk, parent_pk, name, well_known, hidden) values ($1, $2, null, $3, $4, false) returning pk`,
		t.newID(), mailbox, name, strings.ToLower(name))
}

// AddFile implements offboard.Content.
func (t *txn) AddFile(ctx context.Context, drive org.DriveID, parent string, f offboard.File) (bool, error) {
	pk, err := t.key(ctx, "select pk from drives where id = $1", string(drive))
	if err != nil || pk == 0 {
		return false, err
	}
	var above any
	if parent != "" {
		folder, err := t.key(ctx, "select pk from drive_items where id = $1 and drive_pk = $2 and folder", parent, pk)
		if err != nil || folder == 0 {
			return false, err
		}
		above = folder
	}
	if there, err := t.lies(ctx, pk, above, f.Name); err != nil || there {
		return false, cmp.Or(err, error(org.Refuse(org.Conflict, "file.exists", "R-API-63", org.Arg{Name: "file", Value: f.Name})))
	}
	size, items, err := t.addFile(ctx, pk, above, &f)
	if err != nil {
		return false, fmt.Errorf("add the file %s: %w", f.Name, err)
	}
	_, err = t.Exec(ctx, "update drives set size = size + $1, items = items + $2 where pk = $3", size, items, pk)
	return true, err
}

// lies says whether something lies in a folder of a drive under a name. R-API-63
func (t *txn) lies(ctx context.Context, drive int64, folder any, name string) (bool, error) {
	condition, args := "parent_pk is null", []any{drive, name}
	if folder != nil {
		condition, args = "parent_pk = $3", append(args, folder)
	}
	n, err := t.key(ctx, "select pk from drive_items where drive_pk = $1 and name = $2 and "+condition, args...)
	return n > 0, err
}

// addFile adds a file with all that is in it and says how much that was.
func (t *txn) addFile(ctx context.Context, drive int64, parent any, f *offboard.File) (size, items int64, err error) {
	if f.ID == "" {
		f.ID = t.newID()
	}
	pk, err := t.key(ctx, `insert into drive_items (id, drive_pk, parent_pk, name, folder, size, mime, body, created, modified)
 values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning pk`, f.ID, drive, parent, f.Name, f.Folder, f.Size, f.Mime, f.Body, unix(f.Created), unix(f.Modified))
	if err != nil {
		return 0, 0, err
	}
	for i := range f.Shared {
		if _, err := t.share(ctx, drive, pk, &f.Shared[i]); err != nil {
			return 0, 0, err
		}
	}
	size, items = f.Size, 1
	for i := range f.Files {
		s, n, err := t.addFile(ctx, drive, pk, &f.Files[i])
		if err != nil {
			return 0, 0, err
		}
		size, items = size+s, items+n
	}
	return size, items, nil
}

// AddShare implements offboard.Content. R-API-61
func (t *txn) AddShare(ctx context.Context, drive org.DriveID, item string, s offboard.Share) (*offboard.Share, error) {
	var pk, owner int64
	err := t.QueryRow(ctx, "select i.pk, i.drive_pk from drive_items i join drives d on d.pk = i.drive_pk where d.id = $1 and i.id = $2", string(drive), item).Scan(&pk, &owner)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, err
	}
	if ok, err := t.share(ctx, owner, pk, &s); err != nil || !ok {
		return nil, err
	}
	return &s, nil
}

func (t *txn) share(ctx context.Context, drive, item int64, s *offboard.Share) (bool, error) {
	who, err := t.key(ctx, "select pk from users where id = $1 and deleted is null", string(s.Who))
	if err != nil || who == 0 {
		return false, err
	}
	var had string
	err = t.QueryRow(ctx, "update item_permissions set role = $1, expires = $2 where item_pk = $3 and who_pk = $4 returning id", s.Role, null(s.Expires), item, who).Scan(&had)
	if err == nil {
		s.ID = had
		return true, nil
	}
	if !errors.Is(err, sqldb.ErrNoRows) {
		return false, err
	}
	if s.ID == "" {
		s.ID = t.newID()
	}
	_, err = t.Exec(ctx, "insert into item_permissions (id, item_pk, drive_pk, who_pk, role, expires) values ($1, $2, $3, $4, $5, $6)",
		s.ID, item, drive, who, s.Role, null(s.Expires))
	return err == nil, err
}

// RemoveShare implements offboard.Content. R-API-62
func (t *txn) RemoveShare(ctx context.Context, drive org.DriveID, item, share string) (bool, error) {
	n, err := t.Exec(ctx, `delete from item_permissions where id = $1 and item_pk = (select i.pk from drive_items i where i.id = $2)
 and drive_pk = (select d.pk from drives d where d.id = $3)`, share, item, string(drive))
	return n > 0, err
}

var _ offboard.Content = (*txn)(nil)
