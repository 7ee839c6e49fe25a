package odata

import "strings"

// Limits bounds what a filter or a search may cost. Zero fields have the
// defaults.
type Limits struct {
	Length int // bytes of one option, 16384
	Nodes  int // names, constants and operators, 1000
	Depth  int // parentheses, nots and calls inside each other, 50
}

func (l Limits) orDefaults() Limits {
	if l.Length == 0 {
		l.Length = 16384
	}
	if l.Nodes == 0 {
		l.Nodes = 1000
	}
	if l.Depth == 0 {
		l.Depth = 50
	}
	return l
}

// How tightly operators bind. not takes a whole comparison, as Graph's own
// documents use it.
const (
	bindOr = iota + 1
	bindAnd
	bindNot
	bindCompare
)

// filterParser is a Pratt parser: tok is the token that is looked at.
type filterParser struct {
	lexer
	tok    token
	limits Limits
	nodes  int
	depth  int
}

// ParseFilter reads the text of a $filter.
func ParseFilter(text string, limits Limits) (Expr, error) {
	limits = limits.orDefaults()
	if err := checkText("$filter", text, limits); err != nil {
		return nil, err
	}
	p := filterParser{lexer: lexer{text: text}, limits: limits}
	e, err := p.whole()
	if err != nil {
		return nil, err // not err itself being returned with e: a nil *Error is no nil error
	}
	return e, nil
}

func (p *filterParser) whole() (Expr, *Error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	e, err := p.expr(bindOr)
	if err != nil {
		return nil, err
	}
	if p.tok.kind != tokenEnd {
		return nil, p.syntax(p.tok.at)
	}
	return e, nil
}

func (p *filterParser) advance() *Error {
	t, err := p.scan()
	p.tok = t
	return err
}

// expect moves over a token that has to stand here.
func (p *filterParser) expect(kind tokenKind) *Error {
	if p.tok.kind != kind {
		return p.syntax(p.tok.at)
	}
	return p.advance()
}

// count takes one node off the budget.
func (p *filterParser) count() *Error {
	p.nodes++
	if p.nodes > p.limits.Nodes {
		return p.invalid(p.tok.at, "The node count limit of '%d' has been exceeded.", p.limits.Nodes)
	}
	return nil
}

// expr reads an expression of operators that bind at least as tightly as bind.
func (p *filterParser) expr(bind int) (Expr, *Error) {
	p.depth++
	defer func() { p.depth-- }()
	if p.depth > p.limits.Depth {
		return nil, p.invalid(p.tok.at, "Recursion depth exceeded allowed limit.")
	}
	left, err := p.primary()
	if err != nil {
		return nil, err
	}
	for {
		op, binds := infix(p.tok)
		if binds == 0 || binds < bind {
			return left, nil
		}
		if err := p.count(); err != nil {
			return nil, err
		}
		switch {
		case binds < bindCompare:
			left, err = p.logical(left, binds)
		case op == OpIn:
			left, err = p.in(left)
		default:
			left, err = p.compare(left, op)
		}
		if err != nil {
			return nil, err
		}
	}
}

// infix says what operator a token is between two expressions and how it
// binds; 0 when it is none.
func infix(t token) (Op, int) {
	if t.kind != tokenName || len(t.text) > len("and") {
		return 0, 0
	}
	switch strings.ToLower(t.text) {
	case "or":
		return 0, bindOr
	case "and":
		return 0, bindAnd
	case "eq":
		return OpEq, bindCompare
	case "ne":
		return OpNe, bindCompare
	case "gt":
		return OpGt, bindCompare
	case "ge":
		return OpGe, bindCompare
	case "lt":
		return OpLt, bindCompare
	case "le":
		return OpLe, bindCompare
	case "in":
		return OpIn, bindCompare
	default:
		return 0, 0
	}
}

// logical gathers all terms of a row of ands or ors into one node.
func (p *filterParser) logical(left Expr, binds int) (Expr, *Error) {
	e := &LogicalExpr{Or: binds == bindOr, Terms: []Expr{left}, At: left.pos()}
	for {
		if _, next := infix(p.tok); next != binds {
			return e, nil
		}
		if err := p.count(); err != nil {
			return nil, err
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
		term, err := p.expr(binds + 1)
		if err != nil {
			return nil, err
		}
		e.Terms = append(e.Terms, term)
	}
}

func (p *filterParser) compare(left Expr, op Op) (Expr, *Error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	right, err := p.expr(bindCompare + 1)
	if err != nil {
		return nil, err
	}
	return &CompareExpr{Op: op, Left: left, Right: right, At: left.pos()}, nil
}

// in reads the list after "x in"; it has constants only and at least one.
func (p *filterParser) in(left Expr) (Expr, *Error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if err := p.expect(tokenOpen); err != nil {
		return nil, err
	}
	e := &InExpr{X: left, At: left.pos()}
	for {
		item, err := p.primary()
		if err != nil {
			return nil, err
		}
		literal, ok := item.(*Literal)
		if !ok {
			return nil, p.syntax(item.pos())
		}
		e.List = append(e.List, literal)
		if p.tok.kind != tokenComma {
			return e, p.expect(tokenClose)
		}
		if err := p.advance(); err != nil {
			return nil, err
		}
	}
}
