package store

import (
	"context"
	"fmt"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// loadParts loads what stands in other tables, for a whole page.
func loadParts(ctx context.Context, db sqldb.Querier, rows []offboard.UserRow, with partSet) error {
	if with == 0 || len(rows) == 0 {
		return nil
	}
	byKey := make(map[int64]*offboard.UserRow, len(rows))
	keys := make([]int64, len(rows))
	for i := range rows {
		keys[i], byKey[rows[i].Key] = rows[i].Key, &rows[i]
	}
	found, err := db.Query(ctx, partsText(with), sqldb.Ints(keys))
	if err != nil {
		return fmt.Errorf("load what belongs to people: %w", err)
	}
	defer found.Close()
	for found.Next() {
		var kind, user, n int64
		var a, b, c, d string
		var flag bool
		if err := found.Scan(&kind, &user, &a, &b, &c, &d, &flag, &n); err != nil {
			return err
		}
		setPart(byKey[user], partSet(kind), a, b, c, d, flag, n)
	}
	return found.Err()
}

// partsText is the one statement for all parts: kind, person, four texts, a flag
// and a number.
func partsText(with partSet) string {
	var selects []string
	for _, p := range []struct {
		kind partSet
		text string
	}{
		{withAddresses, "select 1 as kind, user_pk, value, '' as b, '' as c, '' as d, is_primary, ordinal from addresses where user_pk in {ints $1}"},
		{withLicenses, `select 2, l.user_pk, p.sku, coalesce(g.id, ''), l.disabled_plans, l.error, false, l.assigned
 from licenses l join products p on p.pk = l.product_pk left join groups g on g.pk = l.group_pk where l.user_pk in {ints $1}`},
		{withRoles, "select 4, user_pk, role, '', '', '', false, 0 from role_assignments where user_pk in {ints $1} and not suspended"},
		{withManager, `select 8, u.pk, m.id, m.upn, m.display_name, '', false, 0 from users u join users m on m.pk = u.manager_pk
 where u.pk in {ints $1} and m.deleted is null`},
		{withMailbox, "select 16, user_pk, type, forward_to, '', '', disconnected is not null, 0 from mailboxes where user_pk in {ints $1}"},
	} {
		if with&p.kind != 0 {
			selects = append(selects, p.text)
		}
	}
	return strings.Join(selects, " union all ") + " order by 1, 2, 8, 3, 4"
}

func setPart(r *offboard.UserRow, kind partSet, a, b, c, d string, flag bool, n int64) {
	switch kind {
	case withAddresses:
		r.Addresses = append(r.Addresses, org.Address{Value: a, Primary: flag})
	case withLicenses:
		r.Licenses = append(r.Licenses, org.License{Sku: org.SkuID(a), Group: org.GroupID(b), DisabledPlans: splitLines(c), Error: d, Assigned: at(n)})
	case withRoles:
		r.Roles = append(r.Roles, org.RoleID(a))
	case withManager:
		r.Manager = &org.Ref{ID: a, Name: b, DisplayName: c}
	case withMailbox:
		r.MailboxType, r.ForwardTo, r.MailboxState = org.MailboxType(a), b, org.MailboxActive
		if flag {
			r.MailboxState = org.MailboxDisconnected
		}
	}
}
