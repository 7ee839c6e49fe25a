package odata

import (
	"strings"
	"unicode"
	"unicode/utf8"
)

// SearchExpr is a node of a search: a *SearchTerm or a *SearchLogical.
type SearchExpr interface {
	String() string
	searchNode()
}

// SearchTerm looks for Value, in one property or in those that are searched by
// default. It stands in quotes: "displayName:wa". R-API-15
type SearchTerm struct {
	Property string // "" when none is named
	Value    string
	At       int
}

// SearchLogical joins two or more searches.
type SearchLogical struct {
	Or    bool
	Terms []SearchExpr
}

func (*SearchTerm) searchNode()    {}
func (*SearchLogical) searchNode() {}

func (e *SearchTerm) String() string {
	text := e.Value
	if e.Property != "" {
		text = e.Property + ":" + text
	}
	return `"` + strings.NewReplacer(`\`, `\\`, `"`, `\"`).Replace(text) + `"`
}

func (e *SearchLogical) String() string {
	word := " AND "
	if e.Or {
		word = " OR "
	}
	terms := make([]string, len(e.Terms))
	for i, t := range e.Terms {
		terms[i] = t.String()
		if inner, ok := t.(*SearchLogical); ok && (inner.Or || !e.Or) {
			terms[i] = "(" + terms[i] + ")"
		}
	}
	return strings.Join(terms, word)
}

// searchParser reads a search by recursive descent.
type searchParser struct {
	text   string
	next   int
	limits Limits
	nodes  int
	depth  int
}

// ParseSearch reads the text of a $search: words and quoted terms, joined by AND
// and OR, grouped by parentheses. Terms side by side are joined by AND.
func ParseSearch(text string, limits Limits) (SearchExpr, error) {
	limits = limits.orDefaults()
	if err := checkText("$search", text, limits); err != nil {
		return nil, err
	}
	p := searchParser{text: text, limits: limits}
	e, err := p.or()
	if err != nil {
		return nil, err
	}
	p.skipSpace()
	if p.next < len(text) {
		return nil, p.unexpected()
	}
	return e, nil
}

func (p *searchParser) or() (SearchExpr, *Error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > p.limits.Depth {
		return nil, badRequest(characters(p.text, p.next), "Recursion depth exceeded allowed limit.")
	}
	return p.row(true, p.and)
}

func (p *searchParser) and() (SearchExpr, *Error) { return p.row(false, p.term) }

// row reads terms that are joined by one and the same word.
func (p *searchParser) row(or bool, term func() (SearchExpr, *Error)) (SearchExpr, *Error) {
	first, err := term()
	if err != nil {
		return nil, err
	}
	terms := []SearchExpr{first}
	for p.joined(or) {
		e, err := term()
		if err != nil {
			return nil, err
		}
		terms = append(terms, e)
	}
	if len(terms) == 1 {
		return first, nil
	}
	return &SearchLogical{Or: or, Terms: terms}, nil
}

// joined moves over AND or OR, where it stands here, and says whether another
// term of the row follows.
func (p *searchParser) joined(or bool) bool {
	p.skipSpace()
	word := p.word()
	switch {
	case or && word == "OR", !or && word == "AND":
		p.next += len(word)
		return true
	case or || word == "OR" || p.next == len(p.text):
		return false
	case p.text[p.next] == '(': // side by side, and no call of a function
		last, _ := utf8.DecodeLastRuneInString(p.text[:p.next])
		return !isWordRune(last)
	default:
		return p.text[p.next] == '"' || word != ""
	}
}

// term reads a quoted term, a word or a group.
func (p *searchParser) term() (SearchExpr, *Error) {
	p.nodes++
	if p.nodes > p.limits.Nodes {
		return nil, badRequest(characters(p.text, p.next), "The node count limit of '%d' has been exceeded.", p.limits.Nodes)
	}
	p.skipSpace()
	at := p.next
	switch word := p.word(); {
	case at == len(p.text):
		return nil, p.unexpected()
	case p.text[at] == '(':
		p.next++
		e, err := p.or()
		if err != nil {
			return nil, err
		}
		p.skipSpace()
		if p.next == len(p.text) || p.text[p.next] != ')' {
			return nil, p.unexpected()
		}
		p.next++
		return e, nil
	case p.text[at] == '"':
		return p.quoted(at)
	case word == "" || word == "AND" || word == "OR":
		return nil, p.unexpected()
	default:
		p.next += len(word)
		return &SearchTerm{Value: word, At: at}, nil
	}
}

// quoted reads "property:value" or "value"; a backslash guards a quote.
func (p *searchParser) quoted(at int) (SearchExpr, *Error) {
	var value strings.Builder
	for p.next = at + 1; p.next < len(p.text); p.next++ {
		c := p.text[p.next]
		if c == '\\' && p.next+1 < len(p.text) {
			p.next++
			c = p.text[p.next]
		} else if c == '"' {
			p.next++
			return searchTerm(value.String(), at), nil
		}
		value.WriteByte(c)
	}
	n := characters(p.text, at)
	return nil, badRequest(n, "There is an unterminated string literal at position %d in '%s'.", n, echo(p.text))
}

// searchTerm takes a term apart where what stands before its first colon can be
// a property.
func searchTerm(text string, at int) *SearchTerm {
	property, value, found := strings.Cut(text, ":")
	if !found || !isPath(property) {
		return &SearchTerm{Value: text, At: at}
	}
	return &SearchTerm{Property: property, Value: value, At: at}
}

func (p *searchParser) skipSpace() {
	for p.next < len(p.text) && p.text[p.next] == ' ' {
		p.next++
	}
}

// word is the word that stands here, without moving.
func (p *searchParser) word() string {
	end := strings.IndexFunc(p.text[p.next:], func(r rune) bool { return !isWordRune(r) })
	if end < 0 {
		return p.text[p.next:]
	}
	return p.text[p.next : p.next+end]
}

func isWordRune(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r))
}

func (p *searchParser) unexpected() *Error {
	n := characters(p.text, p.next)
	if p.next >= len(p.text) {
		return badRequest(n, "Expression expected at position %d in '%s'.", n, echo(p.text))
	}
	r, _ := utf8.DecodeRuneInString(p.text[p.next:])
	return badRequest(n, "Syntax error: character '%c' is not valid at position %d in '%s'.", r, n, echo(p.text))
}
