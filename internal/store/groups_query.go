package store

import (
	"context"
	"errors"
	"strconv"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// groupResource is what can be asked about groups; g is the table of groups.
func groupResource() *odata.Resource {
	kind := odata.Property{SQL: "x.value", Kind: odata.FoldedString, Ops: odata.OpEq | odata.OpNot | odata.OpIn, NotNull: true}
	return odata.NewResource(odata.Description{
		Name: "Group", Type: "microsoft.graph.group", Search: []string{"displayName", "description", "mail"},
		Properties: []odata.Property{
			{Name: "id", SQL: "g.id", Kind: odata.Identifier, Ops: odata.OpsEqual | odata.OpSort, NotNull: true},
			{Name: "displayName", SQL: "g.display_key", Kind: odata.FoldedString, Ops: textOps | odata.OpSort | odata.OpSearch, NotNull: true, Words: true},
			searched("description", "g.description", true),
			searched("mail", "g.mail", false),
			unfolded("mailNickname", "g.mail_nickname", textOps),
			{Name: "securityEnabled", SQL: "g.security", Kind: odata.Boolean, Ops: odata.OpsEqual, NotNull: true},
			{Name: "mailEnabled", SQL: "g.mail_enabled", Kind: odata.Boolean, Ops: odata.OpsEqual, NotNull: true},
			{Name: "isAssignableToRole", SQL: "g.role_assignable", Kind: odata.Boolean, Ops: odata.OpsEqual, NotNull: true},
			{Name: "onPremisesSyncEnabled", SQL: "case when g.synced then true end", Kind: odata.Boolean, Ops: odata.OpsEqual},
			{Name: "membershipRule", SQL: "nullif(g.rule, '')", Ops: odata.OpEq | odata.OpNe | odata.OpNot},
			{Name: "createdDateTime", SQL: "g.created", Kind: odata.Seconds, Ops: odata.OpsOrdered | odata.OpSort, NotNull: true},
			{Name: "groupTypes", Ops: odata.OpAny | odata.OpAll | odata.OpNot | odata.OpCount, Collection: &odata.Collection{
				Exists: `exists (select 1 from (select 'unified' as value where g.unified
 union all select 'dynamicmembership' as value where g.rule <> '') x where %s)`, Element: &kind,
			}},
			{Name: "assignedLicenses", Ops: odata.OpAny | odata.OpAll | odata.OpNot | odata.OpCount, Collection: &odata.Collection{
				Exists: "exists (select 1 from group_licenses l join products p on p.pk = l.product_pk where l.group_pk = g.pk and %s)",
				Count:  "(select count(*) from group_licenses l where l.group_pk = g.pk)", Type: "microsoft.graph.assignedLicense",
				Properties: []odata.Property{{Name: "skuId", SQL: "p.sku", Kind: odata.Identifier, Ops: odata.OpEq | odata.OpIn | odata.OpNot, NotNull: true}},
			}},
		},
	})
}

// groupList are the columns of a group in a list.
func groupColumnList() []column[org.Group] {
	return []column[org.Group]{
		{"g.pk", func(g *org.Group) any { return &g.Key }},
		{"g.id", func(g *org.Group) any { return &g.ID }},
		{"g.display_name", func(g *org.Group) any { return &g.DisplayName }},
		{"g.description", func(g *org.Group) any { return &g.Description }},
		{"g.mail", func(g *org.Group) any { return &g.Mail }},
		{"g.mail_nickname", func(g *org.Group) any { return &g.MailNickname }},
		{"g.unified", func(g *org.Group) any { return &g.Unified }},
		{"g.security", func(g *org.Group) any { return &g.Security }},
		{"g.mail_enabled", func(g *org.Group) any { return &g.MailEnabled }},
		{"g.rule", func(g *org.Group) any { return &g.Rule }},
		{"g.synced", func(g *org.Group) any { return &g.Synced }},
		{"g.role_assignable", func(g *org.Group) any { return &g.RoleAssignable }},
		{"g.created", func(g *org.Group) any { return seconds{&g.Created} }},
	}
}

var (
	byGroupKey     = odata.SortColumn{Name: "pk", SQL: "g.pk", Kind: odata.Integer}
	byGroupDisplay = []odata.SortColumn{{Name: "displayName", SQL: "g.display_key", Kind: odata.FoldedString}, byGroupKey}
)

func (s *Store) groupList(q *offboard.GroupQuery) *list[org.Group] {
	l := &list[org.Group]{resource: s.groups, scope: strings.Join([]string{"groups", string(q.MemberID), string(q.OwnerID), string(q.View), q.Box}, "\x00"), columns: s.groupColumns}
	l.from, l.order = " from groups g where g.deleted is null", []odata.SortColumn{byGroupKey}
	if id, owns := q.MemberID, q.OwnerID != ""; id != "" || owns {
		if owns {
			id = q.OwnerID
		}
		l.from = " from " + peopleOf(owns) + ` x cross join groups g
 where x.user_pk = (select pk from users where id = $1) and g.pk = x.group_pk and g.deleted is null`
		l.args, l.order = []any{string(id)}, []odata.SortColumn{{Name: "pk", SQL: "x.group_pk", Kind: odata.Integer}}
	}
	if condition := groupViews[q.View]; condition != "" {
		l.from += " and " + condition
	}
	for _, e := range conjuncts(q.Filter) {
		if call, ok := e.(*odata.CallExpr); ok && call.Func == "startswith" && pathOf(call.Args[0]) == "displayname" {
			l.order = byGroupDisplay
		}
	}
	if box := Fold(q.Box); box != "" {
		n := len(l.args)
		l.from += " and g.display_key >= $" + strconv.Itoa(n+1) + " and g.display_key < $" + strconv.Itoa(n+2)
		l.args, l.order = append(l.args, box, box+beyondAll), byGroupDisplay
	}
	return l
}

// groupViews are the conditions of the admin centre's views of groups.
var groupViews = map[offboard.GroupView]string{
	offboard.UnifiedGroups: "g.unified", offboard.SecurityGroups: "g.security and not g.unified and not g.mail_enabled",
	offboard.MailGroups: "g.mail_enabled and not g.unified", offboard.RoleGroups: "g.role_assignable",
	offboard.GivingGroups:  "exists (select 1 from group_licenses l where l.group_pk = g.pk)",
	offboard.DynamicGroups: "g.rule <> ''", offboard.SyncedGroups: "g.synced",
}

// Groups gives a page of groups: all, or those that somebody is in or owns.
// R-API-21
func (s *Store) Groups(ctx context.Context, q offboard.GroupQuery) (offboard.Page[org.Group], error) {
	page, err := s.groupList(&q).page(ctx, s.db, &q.ListQuery, q.Counts())
	if err != nil || len(page.Rows) == 0 {
		return page, outage(err)
	}
	byKey := make(map[int64]*org.Group, len(page.Rows))
	keys := make([]int64, len(page.Rows))
	for i := range page.Rows {
		g := &page.Rows[i]
		keys[i], byKey[g.Key] = g.Key, g
	}
	rows, err := s.db.Query(ctx, `select x.group_pk, p.sku, x.disabled_plans from group_licenses x join products p on p.pk = x.product_pk
 where x.group_pk in {ints $1} order by x.group_pk, p.pk`, sqldb.Ints(keys))
	if err != nil {
		return page, outage(err)
	}
	defer rows.Close()
	for rows.Next() {
		var key int64
		var l org.License
		if err := rows.Scan(&key, &l.Sku, lines{&l.DisabledPlans}); err != nil {
			return page, err
		}
		l.Group = byKey[key].ID
		byKey[key].Licenses = append(byKey[key].Licenses, l)
	}
	return page, outage(rows.Err())
}

// CountGroups answers $count for groups. R-API-21
func (s *Store) CountGroups(ctx context.Context, q offboard.GroupQuery) (int64, error) {
	n, err := s.groupList(&q).count(ctx, s.db, &q.ListQuery)
	return n, outage(err)
}

// Group finds a group by id; nil when there is none.
func (s *Store) Group(ctx context.Context, id org.GroupID) (*org.Group, error) {
	var g *org.Group
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) {
		g, err = (&txn{Tx: tx}).Group(ctx, id)
		return err
	})
	return g, outage(err)
}

// MemberGroups gives the ids of the groups that somebody is a member of. Groups
// hold people only, so that there is nothing to follow.
func (s *Store) MemberGroups(ctx context.Context, id org.UserID, securityOnly bool) ([]org.GroupID, error) {
	ids, err := sqldb.All(ctx, s.db, sqldb.Value[org.GroupID], `select g.id from group_members x cross join groups g
 where x.user_pk = (select pk from users where id = $1) and g.pk = x.group_pk and g.deleted is null and (g.security or not $2) order by x.group_pk`, string(id), securityOnly)
	return ids, outage(err)
}

// RoleAssignments lists who holds which role: all of it, of one role, or of one
// person. R-API-71
func (s *Store) RoleAssignments(ctx context.Context, role org.RoleID, principal org.UserID) ([]offboard.RoleAssignment, error) {
	found, err := sqldb.All(ctx, s.db, scanAssignment, assignments+` and (r.role = $1 or $1 = '') and (u.id = $2 or $2 = '') order by r.pk`, string(role), string(principal))
	return found, outage(err)
}

// RoleAssignment finds one by its id; nil when there is none. R-API-71
func (s *Store) RoleAssignment(ctx context.Context, id string) (*offboard.RoleAssignment, error) {
	a, err := sqldb.One(ctx, s.db, scanAssignment, assignments+" and r.id = $1", Fold(id))
	if errors.Is(err, sqldb.ErrNoRows) {
		return nil, nil
	}
	return &a, outage(err)
}

const assignments = `select r.id, r.role, u.id, u.upn, u.display_name from role_assignments r join users u on u.pk = r.user_pk
 where not r.suspended and u.deleted is null`

func scanAssignment(r *sqldb.Rows) (offboard.RoleAssignment, error) {
	var a offboard.RoleAssignment
	return a, r.Scan(&a.ID, &a.Role, &a.Principal.ID, &a.Principal.Name, &a.Principal.DisplayName)
}

// ActiveRoles lists the roles that anybody holds. R-API-70
func (s *Store) ActiveRoles(ctx context.Context) ([]org.RoleID, error) {
	roles, err := sqldb.All(ctx, s.db, sqldb.Value[org.RoleID], `select distinct r.role from role_assignments r join users u on u.pk = r.user_pk
 where not r.suspended and u.deleted is null order by r.role`)
	return roles, outage(err)
}
