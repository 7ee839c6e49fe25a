package store

import (
	"context"
	"errors"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// Users gives a page of people. R-API-12 R-API-30
func (s *Store) Users(ctx context.Context, q offboard.UserQuery) (offboard.Page[offboard.UserRow], error) {
	columns, with := s.users.selected(q.Select)
	if with == 0 && !q.Counts() && q.Box == "" && q.Search == nil {
		page, err := s.usersIn(ctx, s.db, q, columns)
		return page, outage(err)
	}
	var page offboard.Page[offboard.UserRow]
	err := s.db.View(ctx, func(tx *sqldb.Tx) (err error) { // several statements on one snapshot
		if page, err = s.usersIn(ctx, tx, q, columns); err == nil {
			err = loadParts(ctx, tx, page.Rows, with)
		}
		return err
	})
	return page, outage(err)
}

func (s *Store) usersIn(ctx context.Context, db sqldb.Querier, q offboard.UserQuery, columns []userColumn) (offboard.Page[offboard.UserRow], error) {
	l, err := s.userList(ctx, db, &q)
	if err != nil {
		return offboard.Page[offboard.UserRow]{}, err
	}
	l.columns = columns
	counted := q.Counts() && unfiltered(&q)
	page, err := l.page(ctx, db, &q.ListQuery, q.Counts() && !counted)
	if q.Relation == offboard.DeletedPeople {
		for i := range page.Rows {
			formerName(&page.Rows[i])
		}
	}
	if err != nil || !counted {
		return page, err
	}
	n, err := headCount(ctx, db, q.Relation)
	page.Count = &n
	return page, err
}

// CountUsers answers $count for people. R-API-13
func (s *Store) CountUsers(ctx context.Context, q offboard.UserQuery) (int64, error) {
	if unfiltered(&q) {
		n, err := headCount(ctx, s.db, q.Relation)
		return n, outage(err)
	}
	l, err := s.userList(ctx, s.db, &q)
	if err != nil {
		return 0, outage(err)
	}
	n, err := l.count(ctx, s.db, &q.ListQuery)
	return n, outage(err)
}

// unfiltered says that a query is about all active or all deleted people.
func unfiltered(q *offboard.UserQuery) bool {
	return (q.Relation == offboard.ActivePeople || q.Relation == offboard.DeletedPeople) && q.View == offboard.Everybody && strings.TrimSpace(q.Box) == "" &&
		q.Filter == nil && q.Search == nil
}

// headCount reads the numbers that every change keeps.
func headCount(ctx context.Context, db sqldb.Querier, r offboard.Relation) (int64, error) {
	column := "people"
	if r == offboard.DeletedPeople {
		column = "deleted_people"
	}
	n, err := sqldb.One(ctx, db, sqldb.Value[int64], "select "+column+" from organization")
	if errors.Is(err, sqldb.ErrNoRows) {
		return 0, nil
	}
	return n, err
}

// The columns that people are sorted by.
var (
	byKey     = odata.SortColumn{Name: "pk", SQL: "u.pk", Kind: odata.Integer}
	byDisplay = []odata.SortColumn{{Name: "displayName", SQL: "u.display_key", Kind: odata.FoldedString}, byKey}
	byUPN     = []odata.SortColumn{{Name: "userPrincipalName", SQL: "u.upn_key", Kind: odata.FoldedString}, byKey}
	bySurname = []odata.SortColumn{{Name: "surname", SQL: "u.surname_key", Kind: odata.FoldedString}, byKey}
	byMail    = []odata.SortColumn{{Name: "mail", SQL: "u.mail_key", Kind: odata.FoldedString}, byKey}
	byDeleted = []odata.SortColumn{{Name: "deletedDateTime", SQL: "u.deleted", Kind: odata.Seconds}, byKey}
)

// userList is the list that a query asks for, without its columns.
func (s *Store) userList(ctx context.Context, db sqldb.Querier, q *offboard.UserQuery) (*list[offboard.UserRow], error) {
	l := &list[offboard.UserRow]{resource: s.users.resource, scope: strings.Join([]string{"users", string(q.Relation), q.Of, string(q.View), q.Box}, "\x00")}
	l.order = []odata.SortColumn{byKey}
	l.from = " from users u where u.deleted is null"
	switch q.Relation {
	case offboard.DeletedPeople:
		l.from, l.order, l.resource = " from users u where u.deleted is not null", byDeleted, s.users.deleted
	case offboard.MembersOf, offboard.OwnersOf:
		l.from = " from " + peopleOf(q.Relation == offboard.OwnersOf) + ` x cross join users u
 where x.group_pk = (select pk from groups where id = $1) and u.pk = x.user_pk and u.deleted is null` // R-DEL-13
		l.args, l.order = []any{q.Of}, []odata.SortColumn{{Name: "pk", SQL: "x.user_pk", Kind: odata.Integer}}
	case offboard.HoldersOf:
		l.from = " from role_assignments x cross join users u where x.role = $1 and not x.suspended and u.pk = x.user_pk and u.deleted is null"
		l.args, l.order = []any{q.Of}, []odata.SortColumn{{Name: "pk", SQL: "x.user_pk", Kind: odata.Integer}}
	case offboard.ReportsTo:
		l.from = " from users u where u.manager_pk is not null and u.manager_pk = (select x.pk from users x where x.id = $1) and u.deleted is null"
		l.args = []any{q.Of}
	case offboard.ActivePeople:
		l.active(q)
	}
	if q.Search != nil {
		if err := l.narrow(ctx, db, q.Search); err != nil {
			return nil, err
		}
	}
	if q.Box == "" {
		return l, nil
	}
	return l, l.box(ctx, db, q.Box)
}

// User finds one active person by id or user name with what names select; nil
// when there is none. R-API-11 R-API-34
func (s *Store) User(ctx context.Context, ref string, names []string) (*offboard.UserRow, error) {
	column, key := "u.id", Fold(ref)
	if strings.Contains(ref, "@") {
		column = "u.upn_key"
	}
	return s.oneUser(ctx, names, activeBy[column], key)
}

// activeBy are the conditions that find one active person.
var activeBy = map[string]string{"u.id": "u.id = $1 and u.deleted is null", "u.upn_key": "u.upn_key = $1 and u.deleted is null"}

// DeletedUser finds one deleted person by id. R-API-31
func (s *Store) DeletedUser(ctx context.Context, id org.UserID, names []string) (*offboard.UserRow, error) {
	u, err := s.oneUser(ctx, names, "u.id = $1 and u.deleted is not null", Fold(string(id)))
	if u != nil {
		formerName(u)
	}
	return u, err
}

// formerName gives a deleted person the name that they carry now. R-DEL-22
func formerName(u *offboard.UserRow) {
	if u.UPN != "" { // it was asked for
		u.UPN = org.DeletedUPN(u.ID, u.UPN)
	}
}

func (s *Store) oneUser(ctx context.Context, names []string, condition string, args ...any) (*offboard.UserRow, error) {
	columns, with := s.users.selected(names)
	l := list[offboard.UserRow]{columns: columns}
	text, ready := s.users.ready[condition]
	if !ready || len(names) > 0 {
		text = l.selected(nil) + " from users u where " + condition
	}
	r, err := l.one(ctx, s.db, text, args...)
	if err != nil || r == nil || with == 0 {
		return r, outage(err)
	}
	one := []offboard.UserRow{*r}
	err = loadParts(ctx, s.db, one, with)
	return &one[0], outage(err)
}
