package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"leaver/internal/org"
)

// On PostgreSQL nearly all that a restore asks for is asked with the person, whose key is
// not known yet: what stands in the way of the name and the addresses that they have, and
// how many seats there are of their products.

// wayBack is asked of somebody's id: kind, a name to find it by, id, name, display name,
// whether it is a group, and a number. An address that stands under somebody is nobody
// else's, so of people only the user name is looked for.
const wayBack = `select * from (with p as materialized (select u.pk, u.upn_key from users u where u.id = $1)
 select 1, '', '', '', '', false, 0::bigint from users x where x.upn_key = (select upn_key from p) and x.deleted is null and x.pk <> (select pk from p)
 union all select 2, a.address_key, u.id, u.upn, u.display_name, false, 0 from addresses a join users u on u.pk = a.user_pk
   where a.address_key = (select upn_key from p) and a.user_pk <> (select pk from p)
 union all select 2, lower(g.mail), g.id, g.mail, g.display_name, true, 0 from groups g
   where lower(g.mail) = any(array(select address_key from addresses where user_pk = (select pk from p) union all select upn_key from p))
   and g.mail <> '' and g.deleted is null
 union all (select 3, x.sku, '', '', x.display_name, false, (select coalesce(sum(s.total), 0)::bigint from subscriptions s where s.product_pk = x.pk)
   from products x where x.pk in (select l.product_pk from licenses l where l.user_pk = (select pk from p)) order by x.pk)) way`

// licensingByID is licensing for somebody whose key is not known yet.
var licensingByID = strings.Replace(licensing, "m.user_pk = $1", "m.user_pk = (select u.pk from users u where u.id = $1)", 1)

// returning is somebody about to be restored.
type returning struct {
	key int64
	id  string // by which they were asked for; "" when what they need was not asked along
	// products are theirs, in order, nil when that is not known.
	products []bought
}

// foresee asks along for what a restore needs.
func (t *txn) foresee(ctx context.Context, id string) error {
	t.departed.id = id
	for _, text := range []string{wayBack, licensingByID} {
		if err := t.Ahead(ctx, text, id); err != nil {
			return err
		}
	}
	return nil
}

// usual says that somebody comes back with the name and the addresses that are on record.
func (t *txn) usual(current, before *org.Person, upn string) bool {
	if t.departed.key != current.Key || t.departed.id == "" || t.nameMoved(upn) || Fold(upn) != Fold(org.OriginalUPN(current.ID, current.UPN)) {
		return false
	}
	own := map[string]bool{Fold(upn): true}
	for _, a := range current.Addresses {
		own[Fold(a.Value)] = true
	}
	return !slices.ContainsFunc(before.Addresses, func(a org.Address) bool { return !own[Fold(a.Value)] })
}

// wayOf is World for somebody who comes back as usual.
func (t *txn) wayOf(ctx context.Context) (org.World, error) {
	w := org.World{Taken: map[string]org.Ref{}, Groups: map[string]bool{}}
	rows, err := t.Query(ctx, wayBack, t.departed.id)
	if err != nil {
		return w, fmt.Errorf("look for what stands in the way: %w", err)
	}
	defer rows.Close()
	t.departed.products = nil
	for rows.Next() {
		var kind, n int64
		var key string
		var r org.Ref
		var group bool
		if err := rows.Scan(&kind, &key, &r.ID, &r.Name, &r.DisplayName, &group, &n); err != nil {
			return w, err
		}
		switch kind {
		case 1:
			w.UPNTaken = true
		case 2:
			w.Taken[key], w.Groups[key] = r, group
		default:
			t.departed.products = append(t.departed.products, bought{org.SkuID(key), r.DisplayName, n})
		}
	}
	return w, rows.Err()
}

// bought gives the seats that there are of products of somebody about to be restored, in
// the order of the products, if they were asked along.
func (r *returning) bought(after *org.Person, has []org.SkuID) (found []bought, known bool) {
	if r.key != after.Key {
		return nil, false
	}
	for _, b := range r.products {
		if slices.Contains(has, b.sku) {
			found = append(found, b)
		}
	}
	return found, len(has) > 0 && len(found) == len(has)
}
