package odata

import (
	"strings"
	"time"
)

// value turns a constant into an argument and the operator to use with it. It
// reports false for a value that no row can have.
func (c *compiler) value(e Expr, t target, op Op, l *Literal) (any, Op, bool, error) {
	if l.Kind == Null {
		if op&(OpEq|OpNe|OpIn) == 0 {
			return nil, op, false, c.unsupported(e, t.name)
		}
		return nil, op, true, nil
	}
	v, ok := t.property.Kind.value(l, op)
	if !ok {
		return nil, op, false, mismatch(l.At, t.property.Kind.edm(), l.Kind.edm(), op)
	}
	ok = true
	if t.property.Kind == Seconds {
		op, ok = wholeSeconds(l, op)
	}
	if t.property.Arg != nil && ok {
		v, ok = t.property.Arg(v)
	}
	return v, op, ok && v != nil, nil
}

// wholeSeconds gives the operator for a moment that was cut to its second, and
// reports false when no whole second can equal it.
func wholeSeconds(l *Literal, op Op) (Op, bool) {
	moment, _ := l.Value.(time.Time)
	if moment.Nanosecond() == 0 {
		return op, true
	}
	switch op {
	case OpGe:
		return OpGt, true
	case OpLt:
		return OpLe, true
	default:
		return op, op == OpGt || op == OpLe
	}
}

// value gives a constant as the kind has it; false when the types don't match.
func (k Kind) value(l *Literal, op Op) (any, bool) {
	text, isText := l.Value.(string)
	if op&(OpStartsWith|OpEndsWith|OpContains) != 0 && l.Kind != Text {
		return nil, false
	}
	switch k {
	case String:
		return text, isText
	case FoldedString:
		return Fold(text), isText
	case Identifier:
		part := op&(OpStartsWith|OpEndsWith|OpContains) != 0
		return strings.ToLower(text), isText && (part || isGUID(text))
	case Boolean:
		b, ok := l.Value.(bool)
		return b, ok
	case BooleanInt:
		b, ok := l.Value.(bool)
		if b {
			return int64(1), ok
		}
		return int64(0), ok
	case Integer:
		n, ok := l.Value.(int64)
		return n, ok
	case Float:
		if n, ok := l.Value.(int64); ok {
			return float64(n), true
		}
		f, ok := l.Value.(float64)
		return f, ok
	default:
		moment, ok := l.Value.(time.Time)
		return moment.Unix(), ok
	}
}
