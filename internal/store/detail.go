package store

import (
	"context"
	"fmt"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// details are the rows that surround one person, in one statement: kind, the id,
// name and display name of what is there, a text, two flags and a number.
const details = `select 1, g.id, '', g.display_name, '', m.user_pk is not null, o.user_pk is not null, 0 from groups g
   left join group_members m on m.group_pk = g.pk and m.user_pk = $1 left join group_owners o on o.group_pk = g.pk and o.user_pk = $1
   where g.pk in (select group_pk from group_members where user_pk = $1 union select group_pk from group_owners where user_pk = $1) and g.deleted is null
 union all select 2, r.id, r.upn, r.display_name, '', false, false, 0 from users r where r.manager_pk = $1 and r.deleted is null
 union all select 3, '', v.name, '', '', false, false, v.last_sync from drives d join drive_devices v on v.drive_pk = d.pk where d.user_pk = $1
 union all select 4, w.id, w.upn, w.display_name, x.permission, false, false, 0 from mailboxes m join mailbox_permissions x on x.mailbox_pk = m.pk
   join users w on w.pk = x.who_pk where m.user_pk = $1 and w.deleted is null
 union all select 4, w.id, w.upn, w.display_name, '', true, false, 0 from drives d join drive_grants x on x.drive_pk = d.pk
   join users w on w.pk = x.who_pk where d.user_pk = $1 and w.deleted is null
 union all select 5, o.id, o.upn, o.display_name, x.permission, false, false, 0 from mailbox_permissions x join mailboxes m on m.pk = x.mailbox_pk
   join users o on o.pk = m.user_pk where x.who_pk = $1 and o.deleted is null
 union all select 5, o.id, o.upn, o.display_name, '', true, false, 0 from drive_grants x join drives d on d.pk = x.drive_pk
   join users o on o.pk = d.user_pk where x.who_pk = $1 -- of deleted people too: they outlive the account, R-SM-07
 union all select 6, o.id, o.upn, o.display_name, '', false, false, 0 from addresses a join mailboxes m on m.forward_key = a.address_key
   join users o on o.pk = m.user_pk where a.user_pk = $1 and m.forward_key <> '' and o.deleted is null
 order by 1, 4, 3, 2, 6, 5`

// shared are the files that one person shared with others.
const shared = `select i.id, i.name, i.folder, w.id, w.upn, w.display_name, p.role from drives d join item_permissions p on p.drive_pk = d.pk
 join drive_items i on i.pk = p.item_pk join users w on w.pk = p.who_pk where d.user_pk = $1 and p.who_pk <> $1 and w.deleted is null
 order by i.name, i.pk, w.display_key limit 1000`

// Detail gives what surrounds one person, active or deleted; nil when there is
// nobody with that id.
func (s *Store) Detail(ctx context.Context, id org.UserID) (*offboard.Detail, error) {
	var d *offboard.Detail
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		keys, err := sqldb.All(ctx, tx, sqldb.Value[int64], "select pk from users where id = $1", string(id))
		if err != nil || len(keys) == 0 {
			return err
		}
		d, err = detail(ctx, tx, keys[0])
		return err
	})
	return d, outage(err)
}

func detail(ctx context.Context, tx *sqldb.Tx, key int64) (*offboard.Detail, error) {
	d := &offboard.Detail{}
	rows, err := tx.Query(ctx, details, key)
	if err != nil {
		return nil, fmt.Errorf("load what surrounds a person: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind, n int64
		var r org.Ref
		var right string
		var a, b bool
		if err := rows.Scan(&kind, &r.ID, &r.Name, &r.DisplayName, &right, &a, &b, &n); err != nil {
			return nil, err
		}
		switch kind {
		case 1:
			d.Groups = append(d.Groups, offboard.GroupLink{Ref: r, Member: a, Owner: b})
		case 2:
			d.Reports = append(d.Reports, r)
		case 3:
			d.Devices = append(d.Devices, offboard.Device{Name: r.Name, LastSync: at(n)})
		case 4:
			d.HasAccess = access(d.HasAccess, r, org.Right(right), a)
		case 5:
			r.Name = org.OriginalUPN(org.UserID(r.ID), r.Name)
			d.AccessTo = access(d.AccessTo, r, org.Right(right), a)
		case 6:
			d.Forwarders = append(d.Forwarders, r)
		}
	}
	if err := rows.Err(); err != nil {
		return nil, err
	}
	d.Shares, err = sqldb.All(ctx, tx, func(r *sqldb.Rows) (offboard.SharedFile, error) {
		var f offboard.SharedFile
		return f, r.Scan(&f.ItemID, &f.Name, &f.Folder, &f.With.ID, &f.With.Name, &f.With.DisplayName, &f.Role)
	}, shared, key)
	return d, err
}

// access adds a right to the entry of somebody, who stands at the end if there.
func access(list []offboard.Access, who org.Ref, right org.Right, drive bool) []offboard.Access {
	if n := len(list); n == 0 || list[n-1].Ref != who {
		list = append(list, offboard.Access{Ref: who})
	}
	last := &list[len(list)-1]
	last.Drive = last.Drive || drive
	if right != "" {
		last.Rights = append(last.Rights, right)
	}
	return list
}
