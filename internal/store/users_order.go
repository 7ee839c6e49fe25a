package store

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/sqldb"
)

// active chooses the order, and with it the index, that serves a query for active
// people best.
func (l *list[T]) active(q *offboard.UserQuery) {
	if q.View != offboard.Everybody {
		l.view(q.View)
	} else {
		l.drive(q)
	}
}

// view narrows a list down to one of the admin centre's views, sorted by name:
// each view has an index of its own.
func (l *list[T]) view(v offboard.PeopleView) {
	condition, ok := map[offboard.PeopleView]string{
		offboard.Licensed: "u.licensed", offboard.Unlicensed: "not u.licensed", offboard.Blocked: "not u.enabled",
		offboard.Synced: "u.sync_state = 1", offboard.Shared: "u.shared",
	}[v]
	switch {
	case ok:
		l.from, l.order = l.from+" and "+condition, byDisplay
	case v == offboard.Admins: // a few among very many: begin with the few
		l.from = ` from (select distinct user_pk from role_assignments where not suspended) x cross join users u
 where u.pk = x.user_pk and u.deleted is null`
		l.order = byDisplay
	}
}

// drive chooses the order, and with it the index, that serves a filter best when
// the query leaves the order to us.
func (l *list[T]) drive(q *offboard.UserQuery) {
	for _, e := range conjuncts(q.Filter) {
		if order := indexed(e); order != nil {
			l.order = order
			return
		}
	}
	if sku := skuAsked(q.Filter); sku != "" && len(q.OrderBy) == 0 {
		l.from = ` from licenses l cross join users u where l.product_pk = (select pk from products where sku = $1) and l.error = ''
 and l.group_pk = (select min(y.group_pk) from licenses y where y.user_pk = l.user_pk and y.product_pk = l.product_pk and y.error = '')
 and u.pk = l.user_pk and u.deleted is null`
		l.args, l.order = []any{sku}, []odata.SortColumn{{Name: "pk", SQL: "l.user_pk", Kind: odata.Integer}}
	}
}

// conjuncts are the conditions of a filter that all have to hold.
func conjuncts(e odata.Expr) []odata.Expr {
	if l, ok := e.(*odata.LogicalExpr); ok && !l.Or {
		return l.Terms
	}
	if e == nil {
		return nil
	}
	return []odata.Expr{e}
}

// indexed gives the order whose index serves a condition, or nil.
func indexed(e odata.Expr) []odata.SortColumn {
	switch e := e.(type) {
	case *odata.CallExpr:
		if e.Func != "startswith" || len(e.Args) != 2 {
			return nil
		}
		return map[string][]odata.SortColumn{
			"displayname": byDisplay, "userprincipalname": byUPN, "surname": bySurname, "mail": byMail,
		}[pathOf(e.Args[0])]
	case *odata.CompareExpr:
		value, _ := e.Right.(*odata.Literal)
		if value == nil || e.Op != odata.OpEq {
			return nil
		}
		switch name := pathOf(e.Left); {
		case name == "displayname", name == "accountenabled" && value.Value == false, name == "onpremisessyncenabled" && value.Value == true:
			return byDisplay
		case name == "surname" && value.Value != nil:
			return bySurname
		}
	}
	return nil
}

// pathOf is the name of a property in lower case, or "".
func pathOf(e odata.Expr) string {
	p, ok := e.(*odata.PathExpr)
	if !ok {
		return ""
	}
	return strings.ToLower(strings.Join(p.Segments, "/"))
}

// skuAsked is the product of the condition assignedLicenses/any(x:x/skuId eq …),
// when the filter has one.
func skuAsked(filter odata.Expr) string {
	for _, e := range conjuncts(filter) {
		has, ok := e.(*odata.LambdaExpr)
		if !ok || has.All || !slices.Equal(has.Path.Segments, []string{"assignedLicenses"}) {
			continue
		}
		c, ok := has.Body.(*odata.CompareExpr)
		if !ok || c.Op != odata.OpEq || pathOf(c.Left) != strings.ToLower(has.Var)+"/skuid" {
			continue
		}
		if v, ok := c.Right.(*odata.Literal); ok {
			sku, _ := v.Value.(string)
			return strings.ToLower(sku)
		}
	}
	return ""
}

// few is how many people a word may find for their order to be worked out
// afterwards; above it the people are taken in order and looked up.
const few = 2000

// box narrows a list down to those found by what was typed in a search box,
// sorted by name. How it is done depends on how many the first word finds, so
// that both a rare and a common one are quick among a million people.
func (l *list[T]) box(ctx context.Context, db sqldb.Querier, typed string) error {
	terms := strings.Fields(Fold(typed))
	if len(terms) == 0 {
		return nil
	}
	slices.SortStableFunc(terms, func(a, b string) int { return len(b) - len(a) }) // the longest finds the fewest
	n, err := sqldb.One(ctx, db, sqldb.Value[int64], fmt.Sprintf("select count(*) from (select 1 as one from user_words where word >= $1 and word < $2 limit %d) x", few),
		terms[0], terms[0]+beyondAll)
	if err != nil {
		return err
	}
	plus := "" // before a column it keeps SQLite from beginning there
	if n >= few {
		plus = "+"
	}
	for _, t := range terms {
		l.from += fmt.Sprintf(" and %su.pk in (select w.user_pk from user_words w where w.word >= $%d and w.word < $%d)", plus, len(l.args)+1, len(l.args)+2)
		l.args = append(l.args, t, t+beyondAll)
		plus = "+"
	}
	if l.order[0] != byDeleted[0] {
		l.order = byDisplay
	}
	return nil
}
