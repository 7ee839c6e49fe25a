package store

import (
	"context"
	"strings"

	"leaver/internal/sqldb"
)

// partsByID and partsByName are what belongs to one person whose key is not known
// yet, so that they can be asked for together with the person.
var (
	partsByID   = strings.ReplaceAll(rolesAndGroups+belongings, "in {ints $1}", "= (select u.pk from users u where u.id = $1)")
	partsByName = strings.ReplaceAll(rolesAndGroups+belongings, "in {ints $1}", "= (select u.pk from users u where u.upn_key = $1 and u.deleted is null)")
)

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
