package store

import (
	"context"
	"fmt"

	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// DeletedByName implements offboard.People: by the name from before. R-API-35
func (t *txn) DeletedByName(ctx context.Context, names []string) (map[string][]org.UserID, error) {
	keys := make([]string, len(names))
	for i, n := range names {
		keys[i] = Fold(n)
	}
	type named struct {
		key string
		id  org.UserID
	}
	found, err := sqldb.All(ctx, t, func(r *sqldb.Rows) (named, error) {
		var n named
		return n, r.Scan(&n.key, &n.id)
	}, `select upn_key, id from users where deleted is not null and upn_key in {texts $1}
 order by deleted desc, pk desc`, sqldb.Texts(keys))
	if err != nil {
		return nil, fmt.Errorf("look for deleted people by name: %w", err)
	}
	byKey := map[string][]org.UserID{}
	for _, n := range found {
		byKey[n.key] = append(byKey[n.key], n.id)
	}
	out := make(map[string][]org.UserID, len(names))
	for i, n := range names {
		out[n] = byKey[keys[i]]
	}
	return out, nil
}
