package store

import (
	"strings"

	"leaver/internal/odata"
)

// What most properties can do in a query. R-API-16
const (
	textOps  = odata.OpsOrdered | odata.OpStartsWith | odata.OpEndsWith | odata.OpContains
	plainOps = odata.OpEq | odata.OpNe | odata.OpNot | odata.OpIn | odata.OpStartsWith
)

// folded is a text property over a column that holds folded text. An empty
// column counts as null.
func folded(name, column string, ops odata.Op) odata.Property {
	return odata.Property{Name: name, SQL: column, Kind: odata.FoldedString, Ops: ops, NotNull: true, Compile: texts{column: column}.compile}
}

// sparse is folded over a column that is indexed where it is not empty.
func sparse(name, column string, ops odata.Op) odata.Property {
	return odata.Property{Name: name, SQL: column, Kind: odata.FoldedString, Ops: ops, NotNull: true, Compile: texts{column: column, partial: true}.compile}
}

// unfolded is a text property over a column that holds text as it was given.
// Letters of ASCII are compared without regard to case.
func unfolded(name, column string, ops odata.Op) odata.Property {
	return odata.Property{
		Name: name, SQL: column, Ops: ops, NotNull: true,
		Compile: texts{column: "lower(" + column + ")", before: "lower(", after: ` {postgres collate "C"})`}.compile,
	}
}

// searched is unfolded with a search that no table of words serves; by words says
// whether it finds the beginning of each or of the text.
func searched(name, column string, words bool) odata.Property {
	p := unfolded(name, column, textOps|odata.OpSearch)
	p.Compile = texts{column: "lower(" + column + ")", before: "lower(", after: ` {postgres collate "C"})`, words: words, bare: true}.compile
	return p
}

// exact is a text property compared as it is, indexed where it is not empty.
func exact(name, column string, ops odata.Op) odata.Property {
	return odata.Property{Name: name, SQL: column, Ops: ops, NotNull: true, Compile: texts{column: column, partial: true}.compile}
}

// texts writes conditions on a text column in which empty means null.
type texts struct {
	column        string
	partial       bool // the index leaves empty texts out: say so, that it is used
	before, after string
	words         bool // a search finds the beginning of every word
	bare          bool // and not by way of the words of people
}

// beyondAll is behind every text with the same beginning.
const beyondAll = "\U0010FFFF"

func (x texts) arg(b *odata.Builder, v any) {
	b.Write(x.before)
	b.Arg(v)
	b.Write(x.after)
}

func (x texts) compile(b *odata.Builder, c odata.Condition) {
	if c.Op == odata.OpSearch {
		x.search(b, c)
		return
	}
	if x.partial && c.Values[0] != nil {
		b.Write(x.column + " <> '' and ")
	}
	switch c.Op {
	case odata.OpEq, odata.OpIn:
		x.oneOf(b, c.Values)
	case odata.OpStartsWith:
		x.prefix(b, c.Values[0])
	case odata.OpEndsWith:
		x.like(b, "%", c.Values[0], "")
	case odata.OpContains:
		x.like(b, "%", c.Values[0], "%")
	default:
		sign := map[odata.Op]string{odata.OpGt: " > ", odata.OpGe: " >= ", odata.OpLt: " < ", odata.OpLe: " <= "}[c.Op]
		b.Write(x.column + sign)
		x.arg(b, c.Values[0])
		if !x.partial {
			b.Write(" and " + x.column + " <> ''")
		}
	}
}

func (x texts) oneOf(b *odata.Builder, values []any) {
	b.Write(x.column + " in (")
	for i, v := range values {
		if i > 0 {
			b.Write(", ")
		}
		if v == nil {
			b.Write("''")
			continue
		}
		x.arg(b, v)
	}
	b.Write(")")
}

// prefix writes a range, which an index serves.
func (x texts) prefix(b *odata.Builder, v any) {
	s, _ := v.(string)
	if s == "" {
		b.Write(x.column + " <> ''") // every text begins with nothing, null doesn't
		return
	}
	b.Write(x.column + " >= ")
	x.arg(b, s)
	b.Write(" and " + x.column + " < ")
	x.arg(b, s+beyondAll)
}

func (x texts) like(b *odata.Builder, before string, v any, after string) {
	s, _ := v.(string)
	b.Write(x.column + " like ")
	x.arg(b, before+strings.NewReplacer(`\`, `\\`, `%`, `\%`, `_`, `\_`).Replace(s)+after)
	b.Write(` escape '\'`)
}

// search writes that each word of the text is the beginning of a word of the
// column; of people, the table of words says first who comes into question. R-API-15
func (x texts) search(b *odata.Builder, c odata.Condition) {
	s, _ := c.Values[0].(string)
	if !x.words {
		first, _, _ := strings.Cut(s, " ")
		x.narrow(b, first)
		if x.partial {
			b.Write(x.column + " <> '' and ")
		}
		x.prefix(b, s)
		return
	}
	for i, word := range strings.Fields(s) {
		if i > 0 {
			b.Write(" and ")
		}
		x.narrow(b, word)
		b.Write("(")
		x.prefix(b, word)
		for _, start := range wordStarts {
			b.Write(" or ")
			x.like(b, "%"+string(start), word, "%")
		}
		b.Write(")")
	}
}

// narrow writes who has a word beginning so.
func (x texts) narrow(b *odata.Builder, word string) {
	if x.bare {
		return
	}
	b.Write("u.pk in (select w.user_pk from user_words w where " + wordRange)
	writeRange(b, word)
	b.Write(") and ")
}

const wordRange = "w.word >= "

// writeRange writes what follows wordRange.
func writeRange(b *odata.Builder, word string) {
	word = strings.TrimLeft(word, wordStarts)
	b.Arg(word)
	b.Write(" and w.word < ")
	b.Arg(word + beyondAll)
}

// flag is a property over a column that is true or false, with an index over
// those where it is not.
func flag(name, column string) odata.Property {
	return odata.Property{
		Name: name, SQL: column, Kind: odata.Boolean, Ops: odata.OpsEqual, NotNull: true,
		Compile: func(b *odata.Builder, c odata.Condition) {
			for i, v := range c.Values {
				if i > 0 {
					b.Write(" or ")
				}
				switch v {
				case true:
					b.Write(column)
				case false:
					b.Write("not " + column)
				default:
					b.Write("1 = 0") // never null
				}
			}
		},
	}
}
