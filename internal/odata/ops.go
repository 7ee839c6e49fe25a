package odata

// Op is a set of things that a query can do with a property. Syntax trees hold
// single ones, property tables sets of them.
type Op uint32

// The operators.
const (
	OpEq Op = 1 << iota
	OpNe
	OpGt
	OpGe
	OpLt
	OpLe
	OpIn
	OpNot // may stand under not
	OpStartsWith
	OpEndsWith
	OpContains
	OpAny    // collections: any(x:…)
	OpAll    // collections: all(x:…)
	OpCount  // collections: /$count
	OpSort   // may stand in $orderby
	OpSearch // may stand in $search
)

// OpsOrdered are the operators that Graph gives most strings and times. R-API-16
const OpsOrdered = OpEq | OpNe | OpNot | OpGe | OpLe | OpGt | OpLt | OpIn

// OpsEqual are the operators that Graph gives booleans and enumerations. R-API-16
const OpsEqual = OpEq | OpNe | OpNot | OpIn

// comparison is one row of what is known about a comparison operator.
type comparison struct {
	op       Op
	word     string // as in a filter
	kind     string // as in Graph's errors
	sql      string
	opposite string // SQL that is true for exactly the other values
	mirrored Op     // with the operands the other way round
}

// comparisonOf returns what is known about a comparison operator.
func comparisonOf(op Op) comparison {
	switch op {
	case OpEq:
		return comparison{op, "eq", "Equal", " = ", " <> ", OpEq}
	case OpNe:
		return comparison{op, "ne", "NotEqual", " <> ", " = ", OpNe}
	case OpGt:
		return comparison{op, "gt", "GreaterThan", " > ", " <= ", OpLt}
	case OpGe:
		return comparison{op, "ge", "GreaterThanOrEqual", " >= ", " < ", OpLe}
	case OpLt:
		return comparison{op, "lt", "LessThan", " < ", " >= ", OpGt}
	case OpLe:
		return comparison{op, "le", "LessThanOrEqual", " <= ", " > ", OpGe}
	default:
		return comparison{op: op, word: "in", kind: "Equal"}
	}
}
