package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

const (
	driveColumns = `select d.id, coalesce(u.id, d.former_id), coalesce(u.upn, d.former_name), coalesce(u.display_name, ''),
 coalesce(u.deleted, d.owner_deleted), d.size, d.items, d.held`
	driveTables = " from drives d left join users u on u.pk = d.user_pk where "
)

func scanDrive(r *sqldb.Rows) (*offboard.DriveRow, error) {
	d := &offboard.DriveRow{}
	return d, driveInto(r, d)
}

func driveInto(r *sqldb.Rows, d *offboard.DriveRow, more ...any) error {
	err := r.Scan(append([]any{&d.ID, &d.Owner.ID, &d.Owner.Name, &d.Owner.DisplayName, seconds{&d.Deleted}, &d.Size, &d.Items, &d.Held}, more...)...)
	d.Owner.Name = org.OriginalUPN(org.UserID(d.Owner.ID), d.Owner.Name)
	return err
}

func (s *Store) oneDrive(ctx context.Context, condition, arg string) (*offboard.DriveRow, error) {
	d, err := sqldb.One(ctx, s.db, scanDrive, driveColumns+driveTables+condition, arg)
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	if err == nil {
		d.Grants, err = grantees(ctx, s.db, d.ID)
	}
	return d, outage(err)
}

// Drive finds a drive by its id, whether its owner is still there or not; nil
// when there is none. R-SM-07
func (s *Store) Drive(ctx context.Context, id org.DriveID) (*offboard.DriveRow, error) {
	return s.oneDrive(ctx, "d.id = $1", string(id))
}

// DriveOf finds the drive of an active person; nil when there is none. R-API-60
func (s *Store) DriveOf(ctx context.Context, user org.UserID) (*offboard.DriveRow, error) {
	return s.oneDrive(ctx, "u.id = $1 and u.deleted is null", string(user))
}

// ownerKey is what drives are sorted by: the name of the owner, or the user name
// of one who is gone.
const ownerKey = "coalesce(u.display_key, lower(d.former_name))"

// OpenDrives gives a page of the drives of others that somebody was given access
// to, also of those who are gone. R-OD-04 R-SM-07
func (s *Store) OpenDrives(ctx context.Context, q offboard.OpenDriveQuery) (offboard.Page[offboard.DriveRow], error) {
	var page offboard.Page[offboard.DriveRow]
	id, name, _ := strings.Cut(q.After, " ")
	keys := []string{}
	found, err := sqldb.All(ctx, s.db, func(r *sqldb.Rows) (offboard.DriveRow, error) {
		d, key := offboard.DriveRow{Grants: []org.UserID{q.Who}}, ""
		err := driveInto(r, &d, &key)
		keys = append(keys, key)
		return d, err
	}, driveColumns+", "+ownerKey+driveTables+`d.pk in (select x.drive_pk from drive_grants x join users w on w.pk = x.who_pk where w.id = $1)
 and (`+ownerKey+" > $2 or "+ownerKey+" = $2 and d.id > $3) order by "+ownerKey+", d.id limit $4", string(q.Who), name, id, q.Limit+1)
	if err != nil {
		return page, outage(fmt.Errorf("list the drives that somebody has access to: %w", err))
	}
	if page.Rows = found; len(found) > q.Limit {
		page.Rows = found[:q.Limit]
		page.Next = string(found[q.Limit-1].ID) + " " + keys[q.Limit-1]
	}
	return page, nil
}

// fileResource is what can be asked about files; i is the table of items.
func fileResource() *odata.Resource {
	return odata.NewResource(odata.Description{
		Name: "DriveItem", Type: "microsoft.graph.driveItem", Basic: true,
		Properties: []odata.Property{
			{Name: "id", SQL: "i.id", Ops: odata.OpsEqual, NotNull: true},
			{Name: "name", SQL: "i.name", Ops: textOps | odata.OpSort, NotNull: true},
			{Name: "size", SQL: "i.size", Kind: odata.Integer, Ops: odata.OpsOrdered | odata.OpSort, NotNull: true},
			{Name: "createdDateTime", SQL: "i.created", Kind: odata.Seconds, Ops: odata.OpsOrdered | odata.OpSort, NotNull: true},
			{Name: "lastModifiedDateTime", SQL: "i.modified", Kind: odata.Seconds, Ops: odata.OpsOrdered | odata.OpSort, NotNull: true},
		},
	})
}

func fileColumns() []column[offboard.FileRow] {
	return []column[offboard.FileRow]{
		{"i.id", func(r *offboard.FileRow) any { return &r.ID }},
		{"d.id", func(r *offboard.FileRow) any { return &r.Drive }},
		{"(select p.id from drive_items p where p.pk = i.parent_pk)", func(r *offboard.FileRow) any { return text{&r.ParentID} }},
		{"i.name", func(r *offboard.FileRow) any { return &r.Name }},
		{"i.folder", func(r *offboard.FileRow) any { return &r.Folder }},
		{"i.size", func(r *offboard.FileRow) any { return &r.Size }},
		{"i.mime", func(r *offboard.FileRow) any { return &r.Mime }},
		{"i.body", func(r *offboard.FileRow) any { return &r.Body }},
		{"i.created", func(r *offboard.FileRow) any { return seconds{&r.Created} }},
		{"i.modified", func(r *offboard.FileRow) any { return seconds{&r.Modified} }},
		{
			"case when i.folder then (select count(*) from drive_items c where c.drive_pk = i.drive_pk and c.parent_pk = i.pk) else 0 end",
			func(r *offboard.FileRow) any { return &r.Children },
		},
	}
}

// itemTables joins items with their drive, $1.
const itemTables = " from drives d join drive_items i on i.drive_pk = d.pk where d.id = $1"

// Files gives a page of what lies in a folder of a drive, by name. R-API-61
func (s *Store) Files(ctx context.Context, q offboard.FileQuery) (offboard.Page[offboard.FileRow], error) {
	l := list[offboard.FileRow]{
		resource: s.files, scope: "files\x00" + string(q.Drive) + "\x00" + q.Parent, columns: fileColumns(), from: itemTables, args: []any{string(q.Drive)},
		order: []odata.SortColumn{{Name: "name", SQL: "i.name"}, {Name: "pk", SQL: "i.pk", Kind: odata.Integer}},
	}
	if q.FoldersFirst {
		l.scope += "\x00folders first"
		l.order = append([]odata.SortColumn{
			{Name: "folder", SQL: "case when i.folder then 0 else 1 end", Kind: odata.Integer}, {Name: "key", SQL: "lower(i.name)"},
		}, l.order...)
	}
	if q.Parent == "" {
		l.from += " and i.parent_pk is null"
	} else {
		l.from += " and i.parent_pk = (select p.pk from drive_items p where p.id = $2)"
		l.args = append(l.args, q.Parent)
	}
	page, err := l.page(ctx, s.db, &q.ListQuery, q.Count)
	return page, outage(err)
}

// File finds one file or folder of a drive; nil when there is none.
func (s *Store) File(ctx context.Context, drive org.DriveID, id string) (*offboard.FileRow, error) {
	l := list[offboard.FileRow]{columns: fileColumns()}
	f, err := l.one(ctx, s.db, l.selected(nil)+itemTables+" and i.id = $2", string(drive), id)
	return f, outage(err)
}

// FileAt finds what lies at a path; nil when there is nothing.
func (s *Store) FileAt(ctx context.Context, drive org.DriveID, path []string) (*offboard.FileRow, error) {
	l := list[offboard.FileRow]{columns: fileColumns()}
	var at *offboard.FileRow
	err := s.db.View(ctx, func(tx *sqldb.Tx) error {
		at = nil
		for _, name := range path {
			condition, args := " and i.name = $2 and i.parent_pk is null", []any{string(drive), name}
			if at != nil {
				condition, args = " and i.name = $2 and i.parent_pk = (select p.pk from drive_items p where p.id = $3)", append(args, at.ID)
			}
			var err error
			if at, err = l.one(ctx, tx, l.selected(nil)+itemTables+condition+" order by i.pk", args...); err != nil || at == nil {
				return err
			}
		}
		return nil
	})
	return at, outage(err)
}

// Shares lists who has access to a file or folder, by itself or by one above it.
// R-API-62
func (s *Store) Shares(ctx context.Context, drive org.DriveID, item string) ([]offboard.ShareRow, error) {
	found, err := sqldb.All(ctx, s.db, func(r *sqldb.Rows) (offboard.ShareRow, error) {
		var x offboard.ShareRow
		err := r.Scan(&x.ID, &x.Item, &x.To.ID, &x.To.Name, &x.To.DisplayName, &x.Role, seconds{&x.Expires})
		x.Who = org.UserID(x.To.ID)
		return x, err
	}, `with recursive above(pk, parent_pk, id, depth) as (
 select i.pk, i.parent_pk, i.id, 0 from drives d join drive_items i on i.drive_pk = d.pk where d.id = $1 and i.id = $2
 union all select i.pk, i.parent_pk, i.id, a.depth + 1 from above a join drive_items i on i.pk = a.parent_pk where a.depth < 100)
 select p.id, a.id, w.id, w.upn, w.display_name, p.role, p.expires from above a join item_permissions p on p.item_pk = a.pk
 join users w on w.pk = p.who_pk where w.deleted is null order by a.depth, p.pk`, string(drive), item)
	return found, outage(err)
}
