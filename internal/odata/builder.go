package odata

import (
	"strconv"
	"strings"
)

// Builder gathers SQL text and its numbered arguments.
type Builder struct {
	sql   strings.Builder
	args  []any
	first int
}

// Write appends SQL.
func (b *Builder) Write(sql string) { b.sql.WriteString(sql) }

// Arg appends a placeholder for an argument.
func (b *Builder) Arg(value any) {
	b.args = append(b.args, value)
	b.sql.WriteByte('$')
	b.sql.WriteString(strconv.Itoa(b.first + len(b.args) - 1))
}

// list appends placeholders with commas between.
func (b *Builder) list(values []any) {
	for i, v := range values {
		if i > 0 {
			b.Write(", ")
		}
		b.Arg(v)
	}
}

// constant appends a condition that is always true or always false. Databases
// have no spelling of a boolean in common.
func (b *Builder) constant(truth bool) {
	if truth {
		b.Write("1 = 1")
	} else {
		b.Write("1 = 0")
	}
}

// like appends a comparison with a pattern; the value is escaped.
func (b *Builder) like(before, value, after string) {
	b.Arg(before + strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(value) + after)
	b.Write(` escape '\'`)
}
