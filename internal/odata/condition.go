package odata

import "strings"

// target is the property that a condition is about.
type target struct {
	property *Property
	name     string // for errors
	sql      string
}

// target finds the property that an expression is about. tolower and toupper
// change nothing where case doesn't count.
func (c *compiler) target(e Expr) (target, error) {
	switch e := e.(type) {
	case *PathExpr:
		return c.resolve(e)
	case *CallExpr:
		if len(e.Args) != 1 {
			break
		}
		t, err := c.target(e.Args[0])
		if err == nil && t.property.Kind == String && t.sql != "" {
			t.sql = strings.TrimPrefix(e.Func, "to") + "(" + t.sql + ")"
		}
		return t, err
	case *CountExpr:
		t, err := c.resolve(e.Path)
		if err != nil {
			return t, err
		}
		return t, c.unsupported(e, t.name)
	}
	return target{}, unsupported(e.pos(), "Unsupported Query.")
}

// resolve finds a path: in the innermost lambda with that variable, or in the
// resource.
func (c *compiler) resolve(e *PathExpr) (target, error) {
	for s := c.scope; s != nil; s = s.outer {
		if s.name != e.Segments[0] {
			continue
		}
		return c.element(e, s)
	}
	if c.scope != nil {
		return target{}, unsupported(e.At, "Complex query on property %s is not supported.", c.scope.property)
	}
	name := strings.Join(e.Segments, "/")
	p := c.resource.Property(name)
	if p == nil {
		return target{}, invalidFilter(e.At, "%s", noProperty(name, c.resource.typ))
	}
	return target{property: p, name: p.Name, sql: p.SQL}, nil
}

// element finds a path that begins with a lambda's variable.
func (c *compiler) element(e *PathExpr, s *scope) (target, error) {
	name := strings.Join(e.Segments[1:], "/")
	p := s.collection.Element
	if name != "" {
		p = s.collection.find(name)
	}
	switch {
	case p != nil:
		return target{property: p, name: s.property, sql: p.SQL}, nil
	case name == "":
		return target{}, c.unsupported(e, s.property)
	default:
		return target{}, invalidFilter(e.At, "%s", noProperty(name, s.collection.Type))
	}
}

// may says whether a property has an operator, and notes whether that is for
// advanced queries.
func (c *compiler) may(e Expr, t target, op Op) error {
	need := op
	if c.nots > 0 {
		need |= OpNot
		c.demand(requestUnsupported("Unsupported Query."))
	}
	if t.property.Ops&need != need {
		return c.unsupported(e, t.name)
	}
	switch op { // R-API-14
	case OpNe:
		c.demand(requestUnsupported("Unsupported property filter clause operator 'NotEqualsMatch'."))
	case OpEndsWith, OpContains, OpCount:
		c.demand(requestUnsupported("Unsupported Query."))
	default:
		if t.property.Advanced&op != 0 {
			c.demand(requestUnsupported("The request uses a filter property that is not indexed")) // R-API-05
		}
	}
	return nil
}

// apply writes one condition on one property, or its opposite.
func (c *compiler) apply(e Expr, t target, op Op, literals []*Literal, negated bool) error {
	if t.property.Collection != nil {
		return c.unsupported(e, t.name)
	}
	if err := c.may(e, t, op); err != nil {
		return err
	}
	values := make([]any, 0, len(literals))
	null := false
	for _, l := range literals {
		var v any
		var ok bool
		var err error
		v, op, ok, err = c.value(e, t, op, l)
		switch {
		case err != nil:
			return err
		case ok && v == nil:
			null = true
		case ok:
			values = append(values, v)
		}
	}
	if op == OpNe {
		op, negated = OpEq, !negated
	}
	if t.property.Compile != nil {
		if null {
			values = append(values, nil)
		}
		c.custom(t.property, Condition{Op: op, Values: values}, negated)
		return nil
	}
	if len(values) == 0 {
		c.isNull(t, null, negated)
		return nil
	}
	c.write(t, op, values, null, negated)
	return nil
}

// custom lets a property write its condition.
func (c *compiler) custom(p *Property, condition Condition, negated bool) {
	if len(condition.Values) == 0 {
		c.b.constant(negated)
		return
	}
	if negated {
		c.b.Write("not ")
	}
	c.b.Write("(")
	p.Compile(&c.b, condition)
	c.b.Write(")")
}

// isNull writes a condition that has null as its only value, or none at all.
func (c *compiler) isNull(t target, null, negated bool) {
	switch {
	case !null || t.property.NotNull:
		c.b.constant(negated)
	case negated:
		c.b.Write(t.sql + " is not null")
	default:
		c.b.Write(t.sql + " is null")
	}
}

// write writes a condition on values that are not null. Rows where the property
// is null meet it when null is one of the values, and else its opposite.
func (c *compiler) write(t target, op Op, values []any, null, negated bool) {
	if t.property.NotNull {
		c.leaf(t, op, values, negated)
		return
	}
	switch {
	case null != negated:
		c.b.Write("(" + t.sql + " is null or ")
	case null:
		c.b.Write("(" + t.sql + " is not null and ")
	default:
		c.leaf(t, op, values, negated)
		return
	}
	c.leaf(t, op, values, negated)
	c.b.Write(")")
}

func (c *compiler) leaf(t target, op Op, values []any, negated bool) {
	text, _ := values[0].(string)
	not := ""
	if negated {
		not = "not "
	}
	switch op {
	case OpIn:
		c.b.Write(t.sql + " " + not + "in (")
		c.b.list(values)
		c.b.Write(")")
	case OpStartsWith:
		c.startsWith(t, text, negated)
	case OpEndsWith:
		c.b.Write(t.sql + " " + not + "like ")
		c.b.like("%", text, "")
	case OpContains:
		c.b.Write(t.sql + " " + not + "like ")
		c.b.like("%", text, "%")
	default:
		sign := comparisonOf(op).sql
		if negated {
			sign = comparisonOf(op).opposite
		}
		c.b.Write(t.sql + sign)
		c.b.Arg(values[0])
	}
}

// startsWith writes a range, which an index serves, and not a pattern.
func (c *compiler) startsWith(t target, prefix string, negated bool) {
	if prefix == "" {
		// Every text begins with it. Null doesn't, and is dealt with by the caller
		// when negated.
		if !negated && !t.property.NotNull {
			c.b.Write(t.sql + " is not null")
		} else {
			c.b.constant(!negated)
		}
		return
	}
	end, ok := prefixEnd(prefix)
	low, join, high := " >= ", " and ", " < "
	if negated {
		low, join, high = " < ", " or ", " >= "
	}
	c.b.Write("(" + t.sql + low)
	c.b.Arg(prefix)
	if ok {
		c.b.Write(join + t.sql + high)
		c.b.Arg(end)
	}
	c.b.Write(")")
}
