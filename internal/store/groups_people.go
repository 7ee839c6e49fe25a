package store

import (
	"context"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// GroupSizes counts the active members and owners of groups, each as far as
// offboard.CountedMembers.
func (s *Store) GroupSizes(ctx context.Context, ids []org.GroupID) (map[org.GroupID]offboard.GroupSize, error) {
	sizes := make(map[org.GroupID]offboard.GroupSize, len(ids))
	texts := make([]string, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	rows, err := s.db.Query(ctx, "select g.id, "+sizeOf(false)+", "+sizeOf(true)+" from groups g where g.id in {texts $1} and g.deleted is null",
		sqldb.Texts(texts), offboard.CountedMembers)
	if err != nil {
		return nil, outage(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id org.GroupID
		var n offboard.GroupSize
		if err := rows.Scan(&id, &n.Members, &n.Owners); err != nil {
			return nil, err
		}
		sizes[id] = n
	}
	return sizes, outage(rows.Err())
}

// sizeOf is how many people of the group g there are, up to a limit. R-DEL-13
func sizeOf(owners bool) string {
	return "(select count(*) from (select 1 as one from " + peopleOf(owners) + ` x join users u on u.pk = x.user_pk
 where x.group_pk = g.pk and u.deleted is null limit $2) y)`
}

// GroupFailures lists the products that a group could not give to its members, in
// the members' order. R-LIC-16
func (s *Store) GroupFailures(ctx context.Context, id org.GroupID, limit int) ([]offboard.GroupFailure, error) {
	found, err := sqldb.All(ctx, s.db, func(r *sqldb.Rows) (offboard.GroupFailure, error) {
		var f offboard.GroupFailure
		return f, r.Scan(&f.Person.ID, &f.Person.Name, &f.Person.DisplayName, &f.Sku, &f.Error)
	}, `select u.id, u.upn, u.display_name, p.sku, l.error from licenses l join users u on u.pk = l.user_pk join products p on p.pk = l.product_pk
 where l.group_pk = (select pk from groups where id = $1) and l.error <> '' and u.deleted is null order by l.user_pk, l.product_pk limit $2`, string(id), limit)
	return found, outage(err)
}
