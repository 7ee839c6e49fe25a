package odata

import "strings"

// lambda writes any and all. All is "not any that isn't".
func (c *compiler) lambda(e *LambdaExpr, negated bool) error {
	op := OpAny
	if e.All {
		op = OpAll
	}
	t, err := c.target(e.Path)
	if err != nil {
		return err
	}
	col := t.property.Collection
	if col == nil {
		return c.unsupported(e, t.name)
	}
	if err := c.may(e, t, op); err != nil {
		return err
	}
	before, after, _ := strings.Cut(col.Exists, "%s")
	if negated != e.All {
		c.b.Write("not ")
	}
	c.b.Write(before)
	defer func(outer *scope, nots int) { c.scope, c.nots = outer, nots }(c.scope, c.nots)
	c.scope, c.nots = &scope{name: e.Var, property: t.name, collection: col, outer: c.scope}, 0
	if e.Body == nil {
		c.b.constant(true)
	} else if err := c.condition(e.Body, e.All); err != nil {
		return err
	}
	c.b.Write(after)
	return nil
}

// count writes a comparison of the size of a collection. Whether there is an
// element at all is asked with exists, which need not count.
func (c *compiler) count(e *CountExpr, op Op, value *Literal, negated bool) error {
	t, err := c.target(e.Path)
	if err != nil {
		return err
	}
	n, ok := value.Value.(int64)
	if !ok {
		return mismatch(e.At, "Edm.Int32", value.Kind.edm(), op)
	}
	col := t.property.Collection
	if col == nil {
		return c.unsupported(e, t.name)
	}
	if err := c.may(e, t, OpCount); err != nil {
		return err
	}
	none := n == 0 && (op == OpEq || op == OpLe) || n == 1 && op == OpLt
	some := n == 0 && (op == OpNe || op == OpGt) || n == 1 && op == OpGe
	if none || some {
		if none != negated {
			c.b.Write("not ")
		}
		c.b.Write(strings.Replace(col.Exists, "%s", "1 = 1", 1))
		return nil
	}
	if col.Count == "" {
		return c.unsupported(e, t.name)
	}
	sign := comparisonOf(op).sql
	if negated {
		sign = comparisonOf(op).opposite
	}
	c.b.Write(col.Count + sign)
	c.b.Arg(n)
	return nil
}
