package odata

import "strings"

// search writes a search. R-API-15
func (c *compiler) search(e SearchExpr) error {
	switch e := e.(type) {
	case *SearchLogical:
		word := " and "
		if e.Or {
			word = " or "
		}
		return c.joined(word, len(e.Terms), func(i int) error { return c.search(e.Terms[i]) })
	case *SearchTerm:
		return c.term(e)
	default:
		return nil
	}
}

// joined writes n conditions in parentheses with a word between.
func (c *compiler) joined(word string, n int, write func(i int) error) error {
	c.b.Write("(")
	for i := range n {
		if i > 0 {
			c.b.Write(word)
		}
		if err := write(i); err != nil {
			return err
		}
	}
	c.b.Write(")")
	return nil
}

// term looks in the property of the term, or in those for terms without one.
func (c *compiler) term(e *SearchTerm) error {
	names := []string{e.Property}
	if e.Property == "" {
		names = c.resource.search
	}
	if len(names) == 0 || strings.TrimSpace(e.Value) == "" {
		return badRequest(e.At, `The search %s has to be of the form "property:text".`, echo(e.String()))
	}
	if c.words += len(strings.Fields(e.Value)); c.words > maxWords {
		return unsupported(e.At, "The search has more than %d words.", maxWords)
	}
	return c.joined(" or ", len(names), func(i int) error {
		p := c.resource.Property(names[i])
		if p == nil {
			return badRequest(e.At, "%s", noProperty(names[i], c.resource.typ))
		}
		if p.Ops&OpSearch == 0 {
			return unsupported(e.At, "Unsupported search clause specified for property '%s' of resource '%s'.",
				p.Name, c.resource.name)
		}
		return c.find(p, strings.TrimSpace(e.Value))
	})
}

// find writes that a property has a text: at its beginning, or each word of the
// text at the beginning of one of its words.
func (c *compiler) find(p *Property, text string) error {
	if p.Kind == FoldedString || p.Kind == Identifier {
		text = Fold(text)
	}
	t := target{property: p, name: p.Name, sql: p.SQL}
	switch {
	case p.Compile != nil:
		c.custom(p, Condition{Op: OpSearch, Values: []any{text}}, false)
		return nil
	case !p.Words:
		c.startsWith(t, text, false)
		return nil
	}
	words := strings.Fields(text)
	return c.joined(" and ", len(words), func(i int) error {
		return c.joined(" or ", 1+len(wordStarts), func(j int) error {
			if j == 0 {
				c.startsWith(t, words[i], false)
				return nil
			}
			c.b.Write(p.SQL + " like ")
			c.b.like("%"+wordStarts[j-1:j], words[i], "%")
			return nil
		})
	})
}

// maxWords bounds the words of a search: each costs a few patterns in each
// property.
const maxWords = 100

// wordStarts are the characters behind which a word of a name begins.
const wordStarts = " -("
