package odata

import (
	"strconv"
	"strings"
	"time"
)

// Expr is a node of a filter: one of the pointer types below. String gives back
// a filter that parses to the same tree.
type Expr interface {
	String() string
	pos() int // bytes before the node in the filter
}

// LogicalExpr joins two or more conditions, all by "and" or all by "or".
type LogicalExpr struct {
	Or    bool
	Terms []Expr
	At    int
}

// NotExpr is true where X is not.
type NotExpr struct {
	X  Expr
	At int
}

// CompareExpr is a comparison; Op is one of OpEq to OpLe.
type CompareExpr struct {
	Op          Op
	Left, Right Expr
	At          int
}

// InExpr is true where X is one of List.
type InExpr struct {
	X    Expr
	List []*Literal
	At   int
}

// CallExpr calls startswith, endswith, contains (two arguments), tolower or
// toupper (one). Func is in lower case.
type CallExpr struct {
	Func string
	Args []Expr
	At   int
}

// PathExpr names a property, or a part of one: a/b.
type PathExpr struct {
	Segments []string
	At       int
}

// LambdaExpr asks whether any or all of a collection meet Body. Body is nil for
// any(), which asks whether there is one at all.
type LambdaExpr struct {
	Path *PathExpr
	All  bool
	Var  string
	Body Expr
	At   int
}

// CountExpr is the number of things in a collection: path/$count.
type CountExpr struct {
	Path *PathExpr
	At   int
}

// LiteralKind says what a constant is.
type LiteralKind int

// The kinds of constants, with the Go type of their Value.
const (
	Null     LiteralKind = iota // nil
	Bool                        // bool
	Int                         // int64
	Decimal                     // float64
	Text                        // string
	GUID                        // string, lower case
	DateTime                    // time.Time
	Date                        // time.Time, midnight UTC
	Enum                        // string, the member; Raw is the type's name
)

// edm is the name of a kind in OData's type system, as Graph's errors have it.
func (k LiteralKind) edm() string {
	return [...]string{
		"null", "Edm.Boolean", "Edm.Int32", "Edm.Double", "Edm.String", "Edm.Guid",
		"Edm.DateTimeOffset", "Edm.Date", "Edm.Enum",
	}[k]
}

// Literal is a constant.
type Literal struct {
	Kind  LiteralKind
	Value any
	Raw   string // as written, where Value doesn't say it all
	At    int
}

func (e *LogicalExpr) pos() int { return e.At }
func (e *NotExpr) pos() int     { return e.At }
func (e *CompareExpr) pos() int { return e.At }
func (e *InExpr) pos() int      { return e.At }
func (e *CallExpr) pos() int    { return e.At }
func (e *PathExpr) pos() int    { return e.At }
func (e *LambdaExpr) pos() int  { return e.At }
func (e *CountExpr) pos() int   { return e.At }
func (e *Literal) pos() int     { return e.At }

func (e *LogicalExpr) String() string {
	word := " and "
	if e.Or {
		word = " or "
	}
	terms := make([]string, len(e.Terms))
	for i, t := range e.Terms {
		terms[i] = t.String()
		// A logical term was in parentheses, or it would be part of this one.
		if inner, ok := t.(*LogicalExpr); ok && (inner.Or || !e.Or) {
			terms[i] = "(" + terms[i] + ")"
		}
	}
	return strings.Join(terms, word)
}

func (e *NotExpr) String() string { return "not (" + e.X.String() + ")" }

func (e *CompareExpr) String() string {
	return operand(e.Left, true) + " " + comparisonOf(e.Op).word + " " + operand(e.Right, false)
}

func (e *InExpr) String() string {
	items := make([]string, len(e.List))
	for i, l := range e.List {
		items[i] = l.String()
	}
	return operand(e.X, true) + " in (" + strings.Join(items, ", ") + ")"
}

// operand writes a side of a comparison, in parentheses where it has to be.
// Comparisons lean left: a eq b eq c is (a eq b) eq c.
func operand(e Expr, left bool) string {
	switch e.(type) {
	case *LogicalExpr, *NotExpr:
		return "(" + e.String() + ")"
	case *CompareExpr, *InExpr:
		if !left {
			return "(" + e.String() + ")"
		}
	}
	return e.String()
}

func (e *CallExpr) String() string {
	args := make([]string, len(e.Args))
	for i, a := range e.Args {
		args[i] = a.String()
	}
	return e.Func + "(" + strings.Join(args, ", ") + ")"
}

func (e *PathExpr) String() string { return strings.Join(e.Segments, "/") }

func (e *LambdaExpr) String() string {
	word := "/any("
	if e.All {
		word = "/all("
	}
	if e.Body == nil {
		return e.Path.String() + word + ")"
	}
	return e.Path.String() + word + e.Var + ":" + e.Body.String() + ")"
}

func (e *CountExpr) String() string { return e.Path.String() + "/$count" }

func (e *Literal) String() string {
	switch v := e.Value.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(v)
	case int64:
		return strconv.FormatInt(v, 10)
	case string:
		if e.Kind == GUID {
			return v
		}
		quoted := "'" + strings.ReplaceAll(v, "'", "''") + "'"
		if e.Kind == Enum {
			return e.Raw + quoted
		}
		return quoted
	case time.Time:
		return e.Raw
	default:
		return e.Raw
	}
}
