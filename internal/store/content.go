package store

import (
	"context"
	"fmt"
	"slices"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// saveMailbox writes what changed about a mailbox; one that is gone takes its
// messages with it.
func (t *txn) saveMailbox(ctx context.Context, c *offboard.Change) error {
	before, after := c.Before.Mailbox, c.After.Mailbox
	switch {
	case before == nil && after == nil:
		return nil
	case after == nil || before != nil && after.Fresh:
		keys, err := sqldb.All(ctx, t, sqldb.Value[int64], "select pk from mailboxes where user_pk = $1", c.After.Key)
		if err != nil {
			return err
		}
		if err := t.dropMailboxes(ctx, keys); err != nil || after == nil {
			return err
		}
		before = nil
	case before != nil && sameMailbox(before, after):
		return t.savePermissions(ctx, c)
	}
	replies, err := encode(after.Replies, after.Replies == org.Replies{})
	if err != nil {
		return fmt.Errorf("replies: %w", err)
	}
	args := []any{
		string(after.Type), after.ForwardTo, Fold(after.ForwardTo), after.KeepCopy, replies, after.Litigation, joined(after.Holds),
		after.Archive, int64(after.Size), null(after.Disconnected), c.After.Key,
	}
	if before == nil {
		if err := t.insertMailbox(ctx, args); err != nil {
			return err
		}
	} else if err := t.Later(ctx, `update mailboxes set type = $1, forward_to = $2, forward_key = $3, keep_copy = $4, replies = $5,
 litigation = $6, holds = $7, archive = $8, size = $9, disconnected = $10 where user_pk = $11`, args...); err != nil {
		return err
	}
	return t.savePermissions(ctx, c)
}

func (t *txn) insertMailbox(ctx context.Context, args []any) error {
	err := t.Later(ctx, `insert into mailboxes (type, forward_to, forward_key, keep_copy, replies, litigation, holds, archive, size,
 disconnected, user_pk, id, former_name, former_id) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, '', '')`,
		append(args, t.newID())...)
	if err != nil {
		return fmt.Errorf("add mailbox: %w", err)
	}
	return nil
}

func sameMailbox(a, b *org.Mailbox) bool {
	return a.Type == b.Type && a.ForwardTo == b.ForwardTo && a.KeepCopy == b.KeepCopy && a.Replies == b.Replies && a.Litigation == b.Litigation &&
		slices.Equal(a.Holds, b.Holds) && a.Archive == b.Archive && a.Size == b.Size && a.Disconnected.Equal(b.Disconnected)
}

func (t *txn) savePermissions(ctx context.Context, c *offboard.Change) error {
	var before []org.Permission
	if c.Before.Mailbox != nil {
		before = c.Before.Mailbox.Permissions
	}
	after := c.After.Mailbox.Permissions
	for _, p := range before {
		if !slices.Contains(after, p) {
			if err := t.Later(ctx, `delete from mailbox_permissions where mailbox_pk = (select pk from mailboxes where user_pk = $1)
 and who_pk = (select pk from users where id = $2) and permission = $3`, c.After.Key, string(p.Who), string(p.Right)); err != nil {
				return err
			}
		}
	}
	for _, p := range after {
		if !slices.Contains(before, p) {
			if err := t.Later(ctx, `insert into mailbox_permissions (mailbox_pk, who_pk, permission)
 select m.pk, w.pk, $3 from mailboxes m, users w where m.user_pk = $1 and w.id = $2 on conflict do nothing`,
				c.After.Key, string(p.Who), string(p.Right)); err != nil {
				return err
			}
		}
	}
	return nil
}

// saveDrive writes what changed about a drive.
func (t *txn) saveDrive(ctx context.Context, c *offboard.Change) error {
	before, after := c.Before.Drive, c.After.Drive
	switch {
	case before == nil && after == nil:
		return nil
	case after == nil:
		keys, err := sqldb.All(ctx, t, sqldb.Value[int64], "select pk from drives where user_pk = $1", c.After.Key)
		if err != nil {
			return err
		}
		return t.dropDrives(ctx, keys)
	case before == nil:
		if after.ID == "" {
			after.ID = org.DriveID(t.newID())
		}
		_, err := t.Exec(ctx, `insert into drives (id, user_pk, size, items, held, unlicensed, former_name, former_id) values ($1, $2, $3, $4, $5, $6, '', '')`,
			string(after.ID), c.After.Key, int64(after.Size), after.Items, after.Held, null(after.Unlicensed))
		if err != nil {
			return fmt.Errorf("add drive: %w", err)
		}
	case before.Size != after.Size || before.Items != after.Items || before.Held != after.Held || !before.Unlicensed.Equal(after.Unlicensed):
		if err := t.Later(ctx, "update drives set size = $1, items = $2, held = $3, unlicensed = $4 where user_pk = $5",
			int64(after.Size), after.Items, after.Held, null(after.Unlicensed), c.After.Key); err != nil {
			return err
		}
	}
	return t.saveGrants(ctx, c)
}

func (t *txn) saveGrants(ctx context.Context, c *offboard.Change) error {
	var before []org.DriveGrant
	if c.Before.Drive != nil {
		before = c.Before.Drive.Grants
	}
	for _, g := range before {
		if !slices.Contains(c.After.Drive.Grants, g) {
			if err := t.Later(ctx, `delete from drive_grants where drive_pk = (select pk from drives where user_pk = $1)
 and who_pk = (select pk from users where id = $2)`, c.After.Key, string(g.Who)); err != nil {
				return err
			}
		}
	}
	for _, g := range c.After.Drive.Grants {
		if !slices.Contains(before, g) {
			if err := t.Later(ctx, `insert into drive_grants (drive_pk, who_pk) select d.pk, w.pk from drives d, users w
 where d.user_pk = $1 and w.id = $2 on conflict do nothing`, c.After.Key, string(g.Who)); err != nil {
				return err
			}
		}
	}
	return nil
}

// dropMailboxes removes mailboxes with everything in them and queues their bodies.
func (t *txn) dropMailboxes(ctx context.Context, keys []int64) error {
	return t.each(ctx, keys,
		`insert into body_queue (body) select distinct body from messages where mailbox_pk in {ints $1} and body <> '' on conflict do nothing`,
		"delete from messages where mailbox_pk in {ints $1}",
		"delete from folders where mailbox_pk in {ints $1}",
		"delete from mailbox_permissions where mailbox_pk in {ints $1}",
		"delete from mailboxes where pk in {ints $1}")
}

// dropDrives removes drives with everything in them and queues their bodies.
func (t *txn) dropDrives(ctx context.Context, keys []int64) error {
	return t.each(ctx, keys,
		`insert into body_queue (body) select distinct body from drive_items where drive_pk in {ints $1} and body <> '' on conflict do nothing`,
		"delete from item_permissions where drive_pk in {ints $1}",
		"delete from drive_items where drive_pk in {ints $1}",
		"delete from drive_devices where drive_pk in {ints $1}",
		"delete from drive_grants where drive_pk in {ints $1}",
		"delete from drives where pk in {ints $1}")
}
