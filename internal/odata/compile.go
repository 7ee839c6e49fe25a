package odata

import "strings"

// Compiled is a query as SQL.
type Compiled struct {
	// Where is a condition over the row; "" when everything is wanted.
	Where string
	Args  []any
	// Sort is the $orderby. What pages follow needs a unique column behind it.
	Sort []SortColumn
	// Search says that there was a $search.
	Search bool
	// Advanced is the answer to give unless the query is an advanced one; nil
	// when it need not be.
	Advanced *Error
}

// Allow says whether a request may run: advanced queries need the header
// ConsistencyLevel: eventual and $count=true, a search the header alone. R-API-14
func (c Compiled) Allow(eventual, count bool) error {
	switch {
	case c.Search && !eventual:
		return requestUnsupported("Request with $search query parameter only works through MSGraph with a special " +
			"request header: 'ConsistencyLevel: eventual'") // R-API-05
	case c.Advanced != nil && (!eventual || !count):
		return c.Advanced
	default:
		return nil
	}
}

func requestUnsupported(text string) *Error { return unsupported(noPosition, "%s", text) }

// Compile turns the filter, search and order of a query into SQL, with arguments
// numbered from first.
func (r *Resource) Compile(q Query, first int) (Compiled, error) {
	c := compiler{resource: r, b: Builder{first: first}}
	if q.Filter != nil {
		if err := c.condition(q.Filter, false); err != nil {
			return Compiled{}, err
		}
	}
	if q.Search != nil {
		if q.Filter != nil {
			c.b.Write(" and ")
		}
		if err := c.search(q.Search); err != nil {
			return Compiled{}, err
		}
	}
	sort, err := c.sort(q.OrderBy)
	if err != nil {
		return Compiled{}, err
	}
	if len(sort) > 0 && q.Filter != nil {
		c.demand(requestUnsupported("Sorting not supported for current query.")) // R-API-14
	}
	return Compiled{
		Where: c.b.sql.String(), Args: c.b.args, Sort: sort, Search: q.Search != nil, Advanced: c.advanced,
	}, nil
}

// Filter compiles a filter that stands alone.
func (r *Resource) Filter(e Expr, first int) (Compiled, error) {
	return r.Compile(Query{Filter: e}, first)
}

// compiler walks a filter and writes it. Conditions have two values only: every
// leaf is written in its positive or its negative form, so that null, which SQL
// would carry upwards, counts as "not so" at once.
type compiler struct {
	resource *Resource
	b        Builder
	scope    *scope
	nots     int // of the nots that the walk is under
	words    int // of the search, so far
	advanced *Error
}

// scope is a lambda's variable and what it stands for.
type scope struct {
	name       string
	property   string // of the collection
	collection *Collection
	outer      *scope
}

// demand notes why the query has to be an advanced one; the first reason counts.
func (c *compiler) demand(reason *Error) {
	if c.advanced == nil && !c.resource.basic {
		c.advanced = reason
	}
}

func (c *compiler) unsupported(e Expr, property string) *Error {
	return unsupportedClause(e.pos(), property, c.resource.name)
}

// condition writes a condition, or its opposite.
func (c *compiler) condition(e Expr, negated bool) error {
	switch e := e.(type) {
	case *LogicalExpr:
		return c.logical(e, negated)
	case *NotExpr:
		c.demand(requestUnsupported("Unsupported Query.")) // R-API-14
		return c.not(e.X, negated)
	case *CompareExpr:
		return c.compare(e, negated)
	case *InExpr:
		return c.in(e, negated)
	case *CallExpr:
		return c.call(e, negated)
	case *LambdaExpr:
		return c.lambda(e, negated)
	case *PathExpr:
		t, err := c.target(e)
		if err != nil {
			return err
		}
		return c.apply(e, t, OpEq, []*Literal{{Kind: Bool, Value: true, At: e.At}}, negated)
	default:
		return invalidFilter(e.pos(), "The $filter expression must evaluate to a single boolean value.")
	}
}

func (c *compiler) not(e Expr, negated bool) error {
	c.nots++
	defer func() { c.nots-- }()
	return c.condition(e, !negated)
}

func (c *compiler) logical(e *LogicalExpr, negated bool) error {
	word := " and "
	if e.Or != negated { // De Morgan
		word = " or "
	}
	c.b.Write("(")
	for i, t := range e.Terms {
		if i > 0 {
			c.b.Write(word)
		}
		if err := c.condition(t, negated); err != nil {
			return err
		}
	}
	c.b.Write(")")
	return nil
}

// compare writes a comparison. The constant may stand on either side; a
// condition may be compared with true and false.
func (c *compiler) compare(e *CompareExpr, negated bool) error {
	left, right, op := e.Left, e.Right, e.Op
	if _, ok := constant(left); ok {
		left, right, op = right, left, comparisonOf(op).mirrored
	}
	value, ok := constant(right)
	if !ok {
		return c.notComparable(left, right)
	}
	if n, ok := left.(*CountExpr); ok {
		return c.count(n, op, value, negated)
	}
	if isCondition(left) {
		truth, ok := value.Value.(bool)
		if !ok || op != OpEq && op != OpNe {
			return mismatch(e.At, "Edm.Boolean", value.Kind.edm(), op)
		}
		if truth == (op == OpEq) {
			return c.condition(left, negated)
		}
		return c.not(left, negated)
	}
	t, err := c.target(left)
	if err != nil {
		return err
	}
	return c.apply(e, t, op, []*Literal{value}, negated)
}

// notComparable refuses a comparison without a constant.
func (c *compiler) notComparable(left, right Expr) error {
	for _, e := range []Expr{left, right} {
		if path, ok := e.(*PathExpr); ok {
			if _, err := c.target(path); err != nil {
				return err
			}
		}
	}
	return unsupported(left.pos(), "A property can be compared with a constant only.")
}

func mismatch(at int, left, right string, op Op) *Error {
	return invalidFilter(at, "A binary operator with incompatible types was detected. "+
		"Found operand types '%s' and '%s' for operator kind '%s'.", left, right, comparisonOf(op).kind)
}

// constant gives the value of an expression without properties.
func constant(e Expr) (*Literal, bool) {
	switch e := e.(type) {
	case *Literal:
		return e, true
	case *CallExpr:
		if len(e.Args) != 1 {
			return nil, false
		}
		inner, ok := constant(e.Args[0])
		if !ok || inner.Kind != Text {
			return nil, false
		}
		text, _ := inner.Value.(string)
		if e.Func == "toupper" {
			return &Literal{Kind: Text, Value: strings.ToUpper(text), At: e.At}, true
		}
		return &Literal{Kind: Text, Value: strings.ToLower(text), At: e.At}, true
	default:
		return nil, false
	}
}

// isCondition says whether an expression is true or false by its form.
func isCondition(e Expr) bool {
	switch e := e.(type) {
	case *LogicalExpr, *NotExpr, *CompareExpr, *InExpr, *LambdaExpr:
		return true
	case *CallExpr:
		return len(e.Args) == 2
	default:
		return false
	}
}

func (c *compiler) in(e *InExpr, negated bool) error {
	t, err := c.target(e.X)
	if err != nil {
		return err
	}
	return c.apply(e, t, OpIn, e.List, negated)
}

func (c *compiler) call(e *CallExpr, negated bool) error {
	var op Op
	switch e.Func {
	case "startswith":
		op = OpStartsWith
	case "endswith":
		op = OpEndsWith
	case "contains":
		op = OpContains
	default:
		return invalidFilter(e.At, "The $filter expression must evaluate to a single boolean value.")
	}
	value, ok := constant(e.Args[1])
	if !ok {
		return c.notComparable(e.Args[0], e.Args[1])
	}
	if _, ok := constant(e.Args[0]); ok {
		return unsupported(e.At, "Unsupported Query.")
	}
	t, err := c.target(e.Args[0])
	if err != nil {
		return err
	}
	return c.apply(e, t, op, []*Literal{value}, negated)
}
