package odata

import (
	"strings"
	"unicode/utf8"
)

// parseSelect reads a list of names. Names that differ in case only are one.
func parseSelect(text string) ([]string, error) {
	var names []string
	seen := map[string]bool{}
	for part := range strings.SplitSeq(text, ",") {
		name := strings.TrimSpace(part)
		if name != "*" && !isPath(name) {
			return nil, badTerm(text, part, name)
		}
		if key := strings.ToLower(name); !seen[key] {
			seen[key] = true
			names = append(names, name)
		}
	}
	return names, nil
}

// badTerm is Graph's answer to what is no name in $select or $expand.
func badTerm(text, part, term string) *Error {
	at := strings.Index(text, part)
	return badRequest(characters(text, max(at, 0)),
		"Parsing OData Select and Expand failed: Term '%s' is not valid in a $select or $expand expression.", echo(term))
}

// isPath says whether text is a name or names with slashes between.
func isPath(text string) bool {
	for name := range strings.SplitSeq(text, "/") {
		if name == "" || name[0] == '$' {
			return false
		}
		for i, r := range name {
			if !isNameRune(r, i == 0) {
				return false
			}
		}
	}
	return true
}

// parseOrderBy reads properties with asc or desc behind them.
func parseOrderBy(text string) ([]Order, error) {
	var orders []Order
	at := 0
	for part := range strings.SplitSeq(text, ",") {
		words := strings.Fields(part)
		order := Order{At: at}
		switch {
		case len(words) == 0 || len(words) > 2 || !isPath(words[0]):
			return nil, orderError(text, at)
		case len(words) == 2 && strings.EqualFold(words[1], "desc"):
			order.Desc = true
		case len(words) == 2 && !strings.EqualFold(words[1], "asc"):
			return nil, orderError(text, at+strings.LastIndex(part, words[1]))
		}
		order.Path = words[0]
		order.At += strings.Index(part, words[0])
		orders = append(orders, order)
		at += len(part) + 1
	}
	return orders, nil
}

func orderError(text string, at int) *Error {
	n := characters(text, at)
	return badRequest(n, "Syntax error at position %d in '%s'.", n, echo(text))
}

// expand reads relations, each with options in parentheses:
// manager($levels=max;$select=id),memberOf. R-API-20
func (p *optionParser) expand(text string) ([]Expand, error) {
	depth := p.depth + 1
	if depth > maxExpandDepth {
		return nil, badRequest(noPosition, "Parsing OData Select and Expand failed: "+
			"The request includes a $expand path which is too deep. The maximum depth allowed is %d.", maxExpandDepth)
	}
	parts, ok := splitOutside(text, ',')
	if !ok {
		return nil, badTerm(text, text, text)
	}
	var relations []Expand
	for _, part := range parts {
		name, options, has := strings.Cut(strings.TrimSpace(part), "(")
		relation := Expand{Path: strings.TrimSpace(name)}
		if relation.Path != "*" && !isPath(relation.Path) || has && !strings.HasSuffix(options, ")") {
			return nil, badTerm(text, part, strings.TrimSpace(part))
		}
		if has {
			inner := optionParser{opts: p.opts, depth: depth}
			if err := inner.options(strings.TrimSuffix(options, ")")); err != nil {
				return nil, err
			}
			relation.Query, relation.Levels = inner.query, inner.levels
		}
		relations = append(relations, relation)
	}
	return relations, nil
}

// options reads what stands in the parentheses behind a relation.
func (p *optionParser) options(text string) error {
	parts, ok := splitOutside(text, ';')
	if !ok {
		return badTerm(text, text, text)
	}
	for _, part := range parts {
		name, value, _ := strings.Cut(part, "=")
		option, _, err := p.recognize(strings.TrimSpace(name))
		if err != nil {
			return err
		}
		if err := p.set(option, strings.TrimSpace(value)); err != nil {
			return err
		}
	}
	return nil
}

// splitOutside cuts text at the separators outside quotes and parentheses. It
// reports false when those don't match up.
func splitOutside(text string, separator byte) ([]string, bool) {
	var parts []string
	start, open := 0, 0
	var quote byte
	for i := range len(text) {
		switch c := text[i]; {
		case quote != 0:
			if c == quote {
				quote = 0
			}
		case c == '\'' || c == '"':
			quote = c
		case c == '(':
			open++
		case c == ')':
			if open--; open < 0 {
				return nil, false
			}
		case c == separator && open == 0:
			parts = append(parts, text[start:i])
			start = i + 1
		}
	}
	return append(parts, text[start:]), open == 0 && quote == 0
}

// Fold brings text to the form in which strings without case are compared. A
// column of Kind FoldedString holds what Fold gives.
func Fold(text string) string { return strings.ToLower(text) }

// prefixEnd is the least text that is greater than every text with the prefix,
// where texts are compared by bytes. It reports false when there is none.
func prefixEnd(prefix string) (string, bool) {
	for prefix != "" {
		r, size := utf8.DecodeLastRuneInString(prefix)
		prefix = prefix[:len(prefix)-size]
		switch r {
		case utf8.MaxRune:
			continue // nothing is greater: carry
		case '\ud7ff':
			r = '\ue000' // surrogates are no text
		default:
			r++
		}
		return prefix + string(r), true
	}
	return "", false
}
