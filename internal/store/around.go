package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// surroundings are the rows around people, in one statement: kind, the leaver,
// the id, name and display name of what is there, and one more id.
const surroundings = `select 1, u.pk, m.id, m.upn, m.display_name, case when m.enabled then '' else 'blocked' end from users u join users m on m.pk = u.manager_pk
   where u.pk in {ints $1} and m.deleted is null
 union all select 2, x.user_pk, '', '', '', '' from group_members x join groups g on g.pk = x.group_pk where x.user_pk in {ints $1} and g.deleted is null
 union all select 3, x.user_pk, g.id, '', g.display_name, coalesce(o.id, '')
   from group_owners x join groups g on g.pk = x.group_pk
   left join group_owners y on y.group_pk = x.group_pk and y.user_pk <> x.user_pk
   left join users o on o.pk = y.user_pk and o.deleted is null
   where x.user_pk in {ints $1} and g.deleted is null
 union all select 4, r.manager_pk, r.id, r.upn, r.display_name, '' from users r where r.manager_pk in {ints $1} and r.deleted is null
 union all select 5, a.user_pk, o.id, o.upn, o.display_name, '' from addresses a join mailboxes m on m.forward_key = a.address_key
   join users o on o.pk = m.user_pk where a.user_pk in {ints $1} and m.forward_key <> '' and o.deleted is null
 union all select case when m.type = 'shared' then 10 else 6 end, x.who_pk, o.id, o.upn, o.display_name, coalesce(w.id, '')
   from mailbox_permissions x join mailboxes m on m.pk = x.mailbox_pk join users o on o.pk = m.user_pk
   left join mailbox_permissions y on y.mailbox_pk = x.mailbox_pk and y.permission = 'FullAccess' and y.who_pk <> x.who_pk
   left join users w on w.pk = y.who_pk and w.deleted is null
   where x.who_pk in {ints $1} and x.permission = 'FullAccess' and o.deleted is null
 union all select 7, d.user_pk, '', v.name, '', '' from drives d join drive_devices v on v.drive_pk = d.pk where d.user_pk in {ints $1}
 union all select 8, d.user_pk, w.id, w.upn, w.display_name, i.id from drives d join item_permissions p on p.drive_pk = d.pk
   join drive_items i on i.pk = p.item_pk join users w on w.pk = p.who_pk where d.user_pk in {ints $1} and w.pk <> d.user_pk
 union all select 9, l.user_pk, g.id, '', g.display_name, p.sku from licenses l join groups g on g.pk = l.group_pk join products p on p.pk = l.product_pk where l.user_pk in {ints $1}
 order by 1, 2, 5, 4, 3`

var surroundingsBy = inWays(surroundings)

// Around implements offboard.People.
func (t *txn) Around(ctx context.Context, people []*org.Person) ([]org.Surroundings, error) {
	out := make([]org.Surroundings, len(people))
	if len(people) == 0 {
		return out, nil
	}
	at := make(map[int64]int, len(people))
	keys := make([]int64, len(people))
	for i, p := range people {
		at[p.Key], keys[i] = i, p.Key
	}
	how, args := set(keys)
	rows, err := t.Query(ctx, surroundingsBy[how], args...)
	if err != nil {
		return nil, fmt.Errorf("load what surrounds people: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var kind, user int64
		var r org.Ref
		var other string
		if err := rows.Scan(&kind, &user, &r.ID, &r.Name, &r.DisplayName, &other); err != nil {
			return nil, err
		}
		if i, ok := at[user]; ok {
			surround(&out[i], kind, r, other)
		}
	}
	for i := range out {
		out[i].SharedWith = slices.CompactFunc(out[i].SharedWith, func(a, b org.Ref) bool { return a.ID == b.ID })
	}
	return out, rows.Err()
}

func surround(s *org.Surroundings, kind int64, r org.Ref, other string) {
	switch kind {
	case 1:
		s.Manager, s.ManagerBlocked = &r, other != ""
	case 2:
		s.Groups++
	case 3:
		i := slices.IndexFunc(s.Owned, func(g org.OwnedGroup) bool { return g.Group.ID == r.ID })
		if i < 0 {
			s.Owned = append(s.Owned, org.OwnedGroup{Group: r})
			i = len(s.Owned) - 1
		}
		if other != "" {
			s.Owned[i].Others = append(s.Owned[i].Others, org.UserID(other))
		}
	case 4:
		s.Reports = append(s.Reports, r)
	case 5:
		s.Forwarders = append(s.Forwarders, r)
	case 6, 10:
		i := slices.IndexFunc(s.Delegated, func(d org.DelegatedMailbox) bool { return d.Mailbox.ID == r.ID })
		if i < 0 {
			s.Delegated = append(s.Delegated, org.DelegatedMailbox{Mailbox: r, Shared: kind == 10})
			i = len(s.Delegated) - 1
		}
		if other != "" {
			s.Delegated[i].Others = append(s.Delegated[i].Others, org.UserID(other))
		}
	case 7:
		s.Devices = append(s.Devices, r.Name)
	case 8:
		s.SharedItems++
		s.SharedWith = append(s.SharedWith, r)
	case 9:
		s.Inherited = append(s.Inherited, org.InheritedLicense{Sku: org.SkuID(other), Group: r})
	}
}

// Heirs implements offboard.People.
func (t *txn) Heirs(ctx context.Context, refs []string) (map[string]org.Heir, error) {
	heirs := map[string]org.Heir{}
	keys := distinct(refs)
	if len(keys) == 0 {
		return heirs, nil
	}
	people, err := t.People(ctx, keys)
	if err != nil {
		return nil, err
	}
	o, err := t.Products(ctx)
	if err != nil {
		return nil, err
	}
	for i, p := range people {
		if p == nil || !p.Active() {
			continue
		}
		heirs[keys[i]] = org.Heir{
			Ref: p.Ref(), Mail: p.Mail, Enabled: p.AccountEnabled, Exchange: p.Mailbox != nil && o.Licensed(p, org.Exchange), // R-MBX-09
			Language: p.PreferredLanguage, Reads: p.Mailbox != nil && p.Mailbox.Disconnected.IsZero(),
		}
	}
	return heirs, nil
}

// distinct are the keys of heirs, each once. Many leavers go to few heirs.
func distinct(refs []string) []string {
	seen := map[string]bool{"": true}
	var keys []string
	for _, ref := range refs {
		if k := org.HeirKey(ref); !seen[k] {
			seen[k] = true
			keys = append(keys, k)
		}
	}
	return keys
}

// owners finds who has addresses, people other than $2 and groups, by two conditions.
func owners(ofPeople, ofGroups string) string {
	return "select a.address_key, u.id, u.upn, u.display_name, false from addresses a join users u on u.pk = a.user_pk where " + ofPeople + ` and a.user_pk <> $2
 union all select lower(mail), id, mail, display_name, true from groups where ` + ofGroups + " and mail <> '' and deleted is null"
}

// orBearer finds as well, under no address, who other than $2 bears the user name $3.
const orBearer = " union all select '', id, upn, display_name, false from users where upn_key = $3 and deleted is null and pk <> $2"

var (
	ownerOf         = owners("a.address_key = $1", "lower(mail) = $1")
	ownerOrBearerOf = ownerOf + orBearer
	// Of groups PostgreSQL would look at each to join them with a set.
	ownersOrBearerOf = owners("a.address_key in {texts $1}", "lower(mail) = any(array(select jsonb_array_elements_text($1::jsonb)))") + orBearer
)

// World implements offboard.People.
func (t *txn) World(ctx context.Context, current, before *org.Person, upn string) (org.World, error) {
	if t.usual(current, before, upn) {
		return t.wayOf(ctx)
	}
	w := org.World{Taken: map[string]org.Ref{}, Groups: map[string]bool{}}
	var keys []string
	for _, a := range append(slices.Clone(before.Addresses), org.Address{Value: upn}) {
		keys = append(keys, Fold(a.Value))
	}
	slices.Sort(keys)
	keys = slices.Compact(keys)
	if !current.Active() && t.departed.id == "" { // who comes back gets what groups give by now
		if err := t.Ahead(ctx, licensing, current.Key); err != nil {
			return w, err
		}
	}
	if t.departed.key == current.Key {
		if text, args := seatsBought(before.Seats()); text != "" { // most likely they get what they had
			if err := t.Ahead(ctx, text, args...); err != nil {
				return w, err
			}
		}
	}
	if t.Dialect() == sqldb.Postgres {
		err := t.owned(ctx, &w, ownersOrBearerOf, sqldb.Texts(keys), current.Key, Fold(upn))
		return w, err
	}
	// Here a few statements take less than to make a set.
	if err := t.owned(ctx, &w, ownerOrBearerOf, keys[0], current.Key, Fold(upn)); err != nil {
		return w, err
	}
	for _, key := range keys[1:] {
		if err := t.owned(ctx, &w, ownerOf, key, current.Key); err != nil {
			return w, err
		}
	}
	return w, nil
}

// owned notes the owners of addresses that a statement finds.
func (t *txn) owned(ctx context.Context, w *org.World, text string, args ...any) error {
	type owner struct {
		key   string
		ref   org.Ref
		group bool
	}
	found, err := sqldb.All(ctx, t, func(r *sqldb.Rows) (owner, error) {
		var o owner
		return o, r.Scan(&o.key, &o.ref.ID, &o.ref.Name, &o.ref.DisplayName, &o.group)
	}, text, args...)
	if err != nil {
		return fmt.Errorf("look for addresses and a user name: %w", err)
	}
	for _, o := range found {
		if o.key == "" {
			w.UPNTaken = true
			continue
		}
		key := strings.ToLower(o.key)
		w.Taken[key], w.Groups[key] = o.ref, o.group
	}
	return nil
}

var _ offboard.Tx = (*txn)(nil)
