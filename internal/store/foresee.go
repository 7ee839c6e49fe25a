package store

import (
	"context"
	"strings"

	"leaver/internal/sqldb"
)

// partsByID and partsByName are what belongs to one person whose key is not known
// yet, so that it can be asked for together with the person. The person is looked
// up once, and few tables are opened: that is what takes the time. Only PostgreSQL
// is asked this.
var (
	partsByID   = strings.Replace(partsOfOne, "{whom}", "u.id = $1", 1)
	partsByName = strings.Replace(partsOfOne, "{whom}", "u.upn_key = $1 and u.deleted is null", 1)
)

const partsOfOne = `select * from (with p as materialized (select u.pk, m.pk as box, d.pk as drive` + personTables + `where {whom})
 select 1, user_pk, role, '', suspended, 0, '', '' from role_assignments where user_pk = (select pk from p)
 union all select 6, (select pk from p), '', '', false, 0, '', '' from groups g where g.role_assignable
   and (exists (select 1 from group_members x where x.user_pk = (select pk from p) and x.group_pk = g.pk)
   or exists (select 1 from group_owners x where x.user_pk = (select pk from p) and x.group_pk = g.pk))
 union all select 2, user_pk, value, '', is_primary, ordinal, '', '' from addresses where user_pk = (select pk from p)
 union all select 3, l.user_pk, x.sku, coalesce((select g.id from groups g where g.pk = l.group_pk), ''), false, l.assigned, l.disabled_plans, l.error
   from licenses l join products x on x.pk = l.product_pk where l.user_pk = (select pk from p)
 union all select 4, (select pk from p), w.id, x.permission, false, 0, '', ''
   from mailbox_permissions x join users w on w.pk = x.who_pk where x.mailbox_pk = (select box from p)
 union all select 5, (select pk from p), w.id, '', false, 0, '', ''
   from drive_grants x join users w on w.pk = x.who_pk where x.drive_pk = (select drive from p)) parts`

// foreseen is a statement for what belongs to the person that was asked for last.
type foreseen struct{ text, key string }

// alone loads the row of one person by folded id or user name. On PostgreSQL, what
// nearly everybody asks for next comes with it.
func (t *txn) alone(ctx context.Context, key string) ([]*row, error) {
	text, parts := personByID, partsByID
	if strings.Contains(key, "@") {
		text, parts = personByName, partsByName
	}
	if t.Dialect() == sqldb.Postgres {
		t.parts = foreseen{parts, key}
		if err := t.Ahead(ctx, parts, key); err != nil {
			return nil, err
		}
		if t.changes && !t.head.read {
			if err := t.Ahead(ctx, headText); err != nil {
				return nil, err
			}
		}
	}
	return sqldb.All(ctx, t, scanPerson, text, key)
}

// belongings loads what belongs to people, just loaded, beyond their own row.
func (t *txn) belongings(ctx context.Context, people []*row) error {
	if f := t.parts; len(people) == 1 && f.text != "" {
		t.parts = foreseen{}
		return gather(ctx, t, map[int64]*row{people[0].Key: people[0]}, f.text, f.key)
	}
	return complete(ctx, t, people)
}
