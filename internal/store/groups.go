package store

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"leaver/internal/org"
	"leaver/internal/sqldb"
)

const groupColumns = `pk, id, display_name, description, mail, mail_nickname, unified, security, mail_enabled, rule, synced, role_assignable, created`

func scanGroup(r *sqldb.Rows) (*org.Group, error) { return scanGroupAnd(r) }

// scanGroupAnd scans a group and the columns behind it.
func scanGroupAnd(r *sqldb.Rows, more ...any) (*org.Group, error) {
	g := &org.Group{}
	var created int64
	err := r.Scan(append([]any{
		&g.Key, &g.ID, &g.DisplayName, &g.Description, &g.Mail, &g.MailNickname, &g.Unified, &g.Security, &g.MailEnabled, &g.Rule,
		&g.Synced, &g.RoleAssignable, &created,
	}, more...)...)
	g.Created = at(created)
	return g, err
}

// Group implements offboard.Groups.
func (t *txn) Group(ctx context.Context, id org.GroupID) (*org.Group, error) {
	g, err := sqldb.One(ctx, t, scanGroup, "select "+groupColumns+" from groups where id = $1 and deleted is null", string(id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	if err != nil {
		return nil, fmt.Errorf("load group %s: %w", id, err)
	}
	return g, t.loadGiven(ctx, g)
}

// loadGiven loads the licences that a group gives.
func (t *txn) loadGiven(ctx context.Context, g *org.Group) (err error) {
	g.Licenses, err = sqldb.All(ctx, t, func(r *sqldb.Rows) (org.License, error) {
		l := org.License{Group: g.ID}
		var plans string
		err := r.Scan(&l.Sku, &plans)
		l.DisabledPlans = splitLines(plans)
		return l, err
	}, givenBy, g.Key)
	return err
}

const givenBy = "select p.sku, x.disabled_plans from group_licenses x join products p on p.pk = x.product_pk where x.group_pk = $1 order by p.pk"

// licensing are the groups of somebody that give licences, each once for each
// product that it gives.
var licensing = "select g." + strings.ReplaceAll(groupColumns, ", ", ", g.") + `, p.sku, x.disabled_plans
 from group_members m join group_licenses x on x.group_pk = m.group_pk join groups g on g.pk = m.group_pk join products p on p.pk = x.product_pk
 where m.user_pk = $1 and g.deleted is null order by m.group_pk, p.pk`

// LicensingGroups implements offboard.Memberships.
func (t *txn) LicensingGroups(ctx context.Context, p *org.Person) ([]*org.Group, error) {
	var groups []*org.Group
	text, who := licensing, any(p.Key)
	if t.departed.key == p.Key && t.departed.id != "" {
		text, who = licensingByID, t.departed.id
	}
	_, err := sqldb.All(ctx, t, func(r *sqldb.Rows) (struct{}, error) {
		var l org.License
		var plans string
		g, err := scanGroupAnd(r, &l.Sku, &plans)
		if n := len(groups); n == 0 || groups[n-1].Key != g.Key {
			groups = append(groups, g)
		}
		g = groups[len(groups)-1]
		l.Group, l.DisabledPlans = g.ID, splitLines(plans)
		g.Licenses = append(g.Licenses, l)
		return struct{}{}, err
	}, text, who)
	if err != nil {
		return nil, fmt.Errorf("load the groups that give licences to %s: %w", p.ID, err)
	}
	return groups, nil
}

// SaveGroup implements offboard.Groups.
func (t *txn) SaveGroup(ctx context.Context, g *org.Group) error {
	err := t.QueryRow(ctx, `insert into groups (id, display_name, display_key, description, mail, mail_nickname, unified, security, mail_enabled,
 rule, synced, role_assignable, created) values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)
 on conflict (id) do update set display_name = excluded.display_name, display_key = excluded.display_key, description = excluded.description,
 mail = excluded.mail, mail_nickname = excluded.mail_nickname, rule = excluded.rule returning pk`, string(g.ID), g.DisplayName, Fold(g.DisplayName),
		g.Description, g.Mail, g.MailNickname, g.Unified, g.Security, g.MailEnabled, g.Rule, g.Synced, g.RoleAssignable, unix(g.Created)).Scan(&g.Key)
	if err != nil {
		return fmt.Errorf("save group %s: %w", g.ID, err)
	}
	if _, err := t.Exec(ctx, "delete from group_licenses where group_pk = $1", g.Key); err != nil {
		return err
	}
	for _, l := range g.Licenses {
		if _, err := t.Exec(ctx, `insert into group_licenses (group_pk, product_pk, disabled_plans)
 values ($1, (select pk from products where sku = $2), $3)`, g.Key, string(l.Sku), joined(l.DisabledPlans)); err != nil {
			return err
		}
	}
	return nil
}

// peopleOf is the table of a group's members or owners.
func peopleOf(owners bool) string {
	if owners {
		return "group_owners"
	}
	return "group_members"
}

// ChangeMembers implements offboard.Groups.
func (t *txn) ChangeMembers(ctx context.Context, g *org.Group, owners bool, add, remove []*org.Person) error {
	table := peopleOf(owners)
	for _, p := range add {
		if _, err := t.Exec(ctx, "insert into "+table+" (user_pk, group_pk) values ($1, $2)", p.Key, g.Key); err != nil {
			if errors.Is(err, sqldb.ErrDuplicate) {
				return org.Refuse(org.Conflict, "group.alreadyMember", "R-API-72", org.Arg{Name: "user", Value: p.Ref()}, org.Arg{Name: "group", Value: g.Ref()})
			}
			return err
		}
	}
	for _, p := range remove {
		n, err := t.Exec(ctx, "delete from "+table+" where user_pk = $1 and group_pk = $2", p.Key, g.Key)
		if err != nil {
			return err
		}
		if n == 0 {
			return org.Refuse(org.NotFound, "group.notMember", "R-API-72", org.Arg{Name: "user", Value: p.Ref()}, org.Arg{Name: "group", Value: g.Ref()})
		}
	}
	return nil
}

// MembersOf implements offboard.Groups. Memberships of deleted people stay and are hidden. O-07
func (t *txn) MembersOf(ctx context.Context, g *org.Group, owners bool) ([]org.Ref, error) {
	return sqldb.All(ctx, t, func(r *sqldb.Rows) (org.Ref, error) {
		var ref org.Ref
		return ref, r.Scan(&ref.ID, &ref.Name, &ref.DisplayName)
	}, "select u.id, u.upn, u.display_name from "+peopleOf(owners)+` x join users u on u.pk = x.user_pk
 where x.group_pk = $1 and u.deleted is null order by u.pk`, g.Key) // R-DEL-13
}

// AddressOwner implements offboard.Memberships.
func (t *txn) AddressOwner(ctx context.Context, address string) (owner *org.Ref, group bool, err error) {
	found, err := sqldb.One(ctx, t, func(r *sqldb.Rows) (org.Ref, error) {
		var ref org.Ref
		return ref, r.Scan(&ref.ID, &ref.Name, &ref.DisplayName, &group)
	}, `select u.id, u.upn, u.display_name, false from addresses a join users u on u.pk = a.user_pk where a.address_key = $1
 union all select id, upn, display_name, false from users where upn_key = $1 and deleted is null
 union all select id, mail, display_name, true from groups where lower(mail) = $2 and mail <> '' and deleted is null limit 1`, Fold(address), strings.ToLower(address))
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, false, nil
	}
	if err != nil {
		return nil, false, fmt.Errorf("look for the address %s: %w", address, err)
	}
	return &found, group, nil
}

// DeleteGroup implements offboard.Groups. A Microsoft 365 group could come back,
// a security group could not; here both go to stay simple and honest. R-PERM-06
//
// Nobody active has a licence through it any more (R-LIC-18); what is on record
// of deleted members goes with it.
func (t *txn) DeleteGroup(ctx context.Context, g *org.Group) error {
	return t.each(ctx, []int64{g.Key}, `delete from licenses where group_pk in {ints $1} and user_pk in (select user_pk from group_members where group_pk in {ints $1})`,
		`update users set licensed = exists (select 1 from licenses l where l.user_pk = users.pk and l.error = '')
 where licensed and deleted is not null and pk in (select user_pk from group_members where group_pk in {ints $1})`,
		"delete from group_members where group_pk in {ints $1}", "delete from group_owners where group_pk in {ints $1}",
		"delete from group_licenses where group_pk in {ints $1}", "delete from groups where pk in {ints $1}")
}
