package odata

import "strings"

// SortColumn is one column of an order.
type SortColumn struct {
	Name     string // the property
	SQL      string
	Kind     Kind
	Desc     bool
	Nullable bool // null comes before every value, as in .NET's order
	opaque   bool // the column holds what the property's Arg makes of a Kind
}

// sort looks up the properties of an $orderby.
func (c *compiler) sort(orders []Order) ([]SortColumn, error) {
	var columns []SortColumn
	for _, o := range orders {
		p := c.resource.Property(o.Path)
		if p == nil {
			return nil, badRequest(o.At, "%s", noProperty(o.Path, c.resource.typ))
		}
		if p.Ops&OpSort == 0 {
			return nil, unsupported(o.At, "Unsupported sort property '%s' for '%s'.", p.Name, c.resource.name)
		}
		if p.Advanced&OpSort != 0 { // R-API-30
			c.demand(unsupported(o.At, "Unsupported sort property '%s' for '%s'.", p.Name, c.resource.name))
		}
		columns = append(columns, SortColumn{
			Name: p.Name, SQL: p.SQL, Kind: p.Kind, Desc: o.Desc, Nullable: !p.NotNull, opaque: p.Arg != nil,
		})
	}
	return columns, nil
}

// OrderBy writes an order, without the words "order by". Where nulls go is said
// out loud, for the databases don't agree.
func OrderBy(columns []SortColumn) string {
	parts := make([]string, len(columns))
	for i, c := range columns {
		parts[i] = c.SQL
		switch {
		case c.Desc && c.Nullable:
			parts[i] += " desc nulls last"
		case c.Desc:
			parts[i] += " desc"
		case c.Nullable:
			parts[i] += " nulls first"
		}
	}
	return strings.Join(parts, ", ")
}

// After writes the condition for rows that come after the one with the values,
// in the order of the columns; the last column has to be unique and not null.
// Arguments are numbered from first. Values that don't fit the columns are those
// of a token that somebody made up: the error is a 400.
func After(columns []SortColumn, values []any, first int) (string, []any, error) {
	if len(columns) == 0 || len(columns) != len(values) {
		return "", nil, badToken()
	}
	b := Builder{first: first}
	uniform := true
	for i, c := range columns {
		if !c.fits(values[i]) {
			return "", nil, badToken()
		}
		uniform = uniform && !c.Nullable && c.Desc == columns[0].Desc
	}
	if uniform && len(columns) > 1 {
		b.row(columns, values)
	} else {
		b.after(columns, values)
	}
	return b.sql.String(), b.args, nil
}

// fits says whether the column can hold the value.
func (c SortColumn) fits(value any) bool {
	switch v := value.(type) {
	case nil:
		return c.Nullable
	case string:
		text := c.Kind == String || c.Kind == FoldedString || c.Kind == Identifier
		return (text || c.opaque) && !strings.ContainsRune(v, 0)
	case bool:
		return c.Kind == Boolean || c.opaque
	case int64:
		return c.Kind == Integer || c.Kind == Seconds || c.Kind == BooleanInt || c.Kind == Float || c.opaque
	case float64:
		return c.Kind == Float || c.opaque
	default:
		return false
	}
}

// row compares all columns at once, which indexes over all of them serve.
func (b *Builder) row(columns []SortColumn, values []any) {
	b.Write("(")
	for i, c := range columns {
		if i > 0 {
			b.Write(", ")
		}
		b.Write(c.SQL)
	}
	b.Write(")" + columns[0].beyond() + "(")
	b.list(values)
	b.Write(")")
}

func (c SortColumn) beyond() string {
	if c.Desc {
		return " < "
	}
	return " > "
}

// after compares column by column: beyond the first value, or level with it and
// after the rest.
func (b *Builder) after(columns []SortColumn, values []any) {
	c, value := columns[0], values[0]
	last := len(columns) == 1
	switch {
	case value == nil && c.Desc: // only other nulls can follow
		b.Write("(" + c.SQL + " is null and ")
	case value == nil:
		b.Write("(" + c.SQL + " is not null or ")
	case last && (!c.Desc || !c.Nullable):
		b.Write(c.SQL + c.beyond())
		b.Arg(value)
		return
	case c.Desc && c.Nullable: // the nulls follow too
		b.Write("(" + c.SQL + " is null or " + c.SQL + " < ")
		b.Arg(value)
		b.Write(" or " + c.SQL + " = ")
		b.Arg(value)
		b.Write(" and ")
	default: // the outer comparison is the one that an index serves
		b.Write("(" + c.SQL + strings.TrimSuffix(c.beyond(), " ") + "= ")
		b.Arg(value)
		b.Write(" and (" + c.SQL + c.beyond())
		b.Arg(value)
		b.Write(" or ")
		b.after(columns[1:], values[1:])
		b.Write("))")
		return
	}
	if last {
		b.constant(false)
	} else {
		b.after(columns[1:], values[1:])
	}
	b.Write(")")
}
