package store

import (
	"context"
	"fmt"
	"slices"
	"strconv"
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
	if len(q.OrderBy) > 0 {
		return
	}
	l.steady = plain(q)
	for _, e := range conjuncts(q.Filter) {
		if order := indexed(e); order != nil {
			l.order = order
			return
		}
	}
	for _, e := range conjuncts(q.Filter) {
		if terms := alternatives(e); terms != nil {
			l.either(terms)
			return
		}
	}
	if sku := skuAsked(q.Filter); sku != "" {
		l.from = ` from licenses l cross join users u where l.product_pk = (select pk from products where sku = $1) and l.error = ''
 and l.group_pk = (select min(y.group_pk) from licenses y where y.user_pk = l.user_pk and y.product_pk = l.product_pk and y.error = '')
 and u.pk = l.user_pk and u.deleted is null`
		l.args, l.order = []any{sku}, []odata.SortColumn{{Name: "pk", SQL: "l.user_pk", Kind: odata.Integer}}
	}
}

// plain says that a query asks for everybody, or for those whose name begins so: the
// index that keeps the order is the one to go by.
func plain(q *offboard.UserQuery) bool {
	if q.Search != nil || q.Box != "" {
		return false
	}
	begins, ok := q.Filter.(*odata.CallExpr)
	return q.Filter == nil || ok && indexed(begins) != nil
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

// either narrows a list down to those whom one of several conditions finds. Each
// condition has an index, but left to itself SQLite would take everybody in
// order and look.
func (l *list[T]) either(terms []odata.Expr) {
	var found []string
	args := l.args
	for _, term := range terms {
		c, err := l.resource.Filter(term, 1+len(args))
		if err != nil {
			return // the page will say so
		}
		found = append(found, "select u.pk from users u where u.deleted is null and "+c.Where)
		args = append(args, c.Args...)
	}
	l.from += " and u.pk in (" + strings.Join(found, " union ") + ")"
	l.args = args
}

// alternatives are the terms of a condition that asks for one of several prefixes
// or values, each of which an index serves; nil when it is another condition.
func alternatives(e odata.Expr) []odata.Expr {
	l, ok := e.(*odata.LogicalExpr)
	if !ok || !l.Or || slices.ContainsFunc(l.Terms, func(e odata.Expr) bool { return !lookedUp(e) }) {
		return nil
	}
	return l.Terms
}

// lookedUp says that an index finds the few who meet a condition.
func lookedUp(e odata.Expr) bool {
	if order := indexed(e); order != nil {
		c, ok := e.(*odata.CompareExpr)
		return !ok || pathOf(c.Left) == "displayname" || pathOf(c.Left) == "surname"
	}
	c, ok := e.(*odata.CompareExpr)
	if !ok || c.Op != odata.OpEq {
		return false
	}
	value, _ := c.Right.(*odata.Literal)
	return value != nil && value.Value != nil && slices.Contains([]string{"id", "mail", "userprincipalname", "employeeid", "manager/id"}, pathOf(c.Left))
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

// few is how many people a word may find for them to be fetched and sorted. When
// all words find more, people are taken in order and looked at: then a page is
// full soon.
const few = 5000

// many is how many people a word may find for the set of them to be made.
const many = 20_000

// The orders of few people: PostgreSQL would go through everybody in the order of
// an index, hoping to have a page full soon; this keeps it from that.
var (
	fewByKey     = []odata.SortColumn{{Name: "pk", SQL: "{postgres +}u.pk", Kind: odata.Integer}}
	fewByDisplay = []odata.SortColumn{{Name: "displayName", SQL: "u.display_key{postgres || ''}", Kind: odata.FoldedString}, byKey}
)

// rarest finds the word that the fewest people have, when those are few, and
// their keys; -1 when all words are common.
func rarest(ctx context.Context, db sqldb.Querier, words []string) (int, []int64, error) {
	best, found := -1, []int64(nil)
	for i, w := range words {
		keys, err := sqldb.All(ctx, db, sqldb.Value[int64], "select user_pk from user_words where word >= $1 and word < $2 limit $3", w, w+beyondAll, few)
		if err != nil {
			return -1, nil, err
		}
		if len(keys) < few && (best < 0 || len(keys) < len(found)) {
			best, found = i, keys
		}
	}
	return best, found, nil
}

// box narrows a list down to those found by what was typed in a search box,
// sorted by name. How it is done depends on how many the rarest word finds, so
// that both a rare and a common one are quick among a million people.
func (l *list[T]) box(ctx context.Context, db sqldb.Querier, typed string) error {
	terms := strings.Fields(Fold(typed))
	for i := range terms {
		terms[i] = strings.TrimLeft(terms[i], wordStarts)
	}
	if terms = slices.DeleteFunc(terms, func(t string) bool { return t == "" }); len(terms) == 0 {
		return nil
	}
	best, keys, err := rarest(ctx, db, terms)
	if err != nil {
		return err
	}
	order := byDisplay
	if best >= 0 {
		l.where("u.pk in {ints %s}", sqldb.Ints(keys))
		terms, order = slices.Delete(terms, best, best+1), fewByDisplay
	}
	for _, t := range terms {
		n := int64(many)
		if best < 0 {
			if n, err = sqldb.One(ctx, db, sqldb.Value[int64], "select count(*) from (select 1 as one from user_words where word >= $1 and word < $2 limit $3) x",
				t, t+beyondAll, many); err != nil {
				return err
			}
		}
		l.beginning(t, n < many)
	}
	if l.order[0] != byDeleted[0] {
		l.order = order
	}
	return nil
}

// beginning keeps those who have a word that begins so, by looking at each who
// comes by: in a set of all who have it, when that is not too large to make.
// "is true" keeps both databases from having ideas of their own.
func (l *list[T]) beginning(word string, set bool) {
	if set {
		l.where("(u.pk in (select w.user_pk from user_words w where w.word >= %s and w.word < %s)) is true", word, word+beyondAll)
		return
	}
	l.where("({sqlite instr}{postgres strpos}("+wordsOfUser+", %s) > 0) is true", " "+word)
}

// wordsOfUser is all that somebody is found by, as one text with a space before
// each word.
const wordsOfUser = `' ' || replace(replace(u.display_key || ' ' || lower(u.given_name) || ' ' || u.surname_key, '-', ' '), '(', ' ') || ' ' ||
 u.mail_key || ' ' || u.upn_key`

// narrow lets a search begin with the people who have its rarest word. What it
// says about properties is compiled as well, and still has to hold. R-API-15
func (l *list[T]) narrow(ctx context.Context, db sqldb.Querier, search odata.SearchExpr) error {
	best, keys, err := rarest(ctx, db, required(search))
	if err != nil || best < 0 {
		return err
	}
	l.where("u.pk in {ints %s}", sqldb.Ints(keys))
	if l.order[0] == byKey {
		l.order = fewByKey
	}
	return nil
}

// required are the words that everybody has who is found by a search.
func required(search odata.SearchExpr) []string {
	var words []string
	switch e := search.(type) {
	case *odata.SearchTerm:
		for _, w := range strings.Fields(Fold(e.Value)) {
			if w = strings.TrimLeft(w, wordStarts); w != "" {
				words = append(words, w)
			}
		}
	case *odata.SearchLogical:
		for _, t := range e.Terms {
			if !e.Or {
				words = append(words, required(t)...)
			}
		}
	}
	return words
}

// where adds a condition that always holds; %s stands for each of its arguments.
func (l *list[T]) where(condition string, args ...any) {
	places := make([]any, len(args))
	for i := range args {
		places[i] = "$" + strconv.Itoa(len(l.args)+i+1)
	}
	l.from += " and " + fmt.Sprintf(condition, places...)
	l.args = append(l.args, args...)
}
