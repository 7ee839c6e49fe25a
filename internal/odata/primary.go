package odata

import (
	"slices"
	"strings"
)

// primary reads what stands before or between operators.
func (p *filterParser) primary() (Expr, *Error) {
	if err := p.count(); err != nil {
		return nil, err
	}
	t := p.tok
	switch t.kind {
	case tokenLiteral:
		literal := t.literal
		return &literal, p.advance()
	case tokenOpen:
		if err := p.advance(); err != nil {
			return nil, err
		}
		e, err := p.expr(bindOr)
		if err != nil {
			return nil, err
		}
		return e, p.expect(tokenClose)
	case tokenName:
		if err := p.advance(); err != nil {
			return nil, err
		}
		return p.named(t)
	default:
		return nil, p.syntax(t.at)
	}
}

// named reads what begins with a name, which is passed already.
func (p *filterParser) named(t token) (Expr, *Error) {
	switch word := strings.ToLower(t.text); {
	case word == "not" && p.tok.kind != tokenSlash:
		x, err := p.expr(bindNot)
		return &NotExpr{X: x, At: t.at}, err
	case p.tok.kind == tokenOpen:
		return p.call(t, word)
	case word == "null":
		return &Literal{Kind: Null, At: t.at}, nil
	case word == "true" || word == "false":
		return &Literal{Kind: Bool, Value: word == "true", At: t.at}, nil
	default:
		return p.path(t)
	}
}

// call reads the arguments of a function.
func (p *filterParser) call(name token, word string) (Expr, *Error) {
	if !slices.Contains([]string{"startswith", "endswith", "contains", "tolower", "toupper"}, word) {
		return nil, p.invalid(name.at, "An unknown function with name '%s' was found. This may also be a function import "+
			"or a key lookup on a navigation property, which is not allowed.", echo(name.text))
	}
	e := &CallExpr{Func: word, At: name.at}
	for {
		if err := p.advance(); err != nil { // over the parenthesis or comma
			return nil, err
		}
		arg, err := p.expr(bindOr)
		if err != nil {
			return nil, err
		}
		e.Args = append(e.Args, arg)
		if p.tok.kind != tokenComma {
			break
		}
	}
	if p.tok.kind != tokenClose {
		return nil, p.syntax(p.tok.at)
	}
	arity := 2
	if strings.HasPrefix(word, "to") {
		arity = 1
	}
	if len(e.Args) != arity {
		return nil, p.invalid(name.at, "No function signature for the function with name '%s' matches the specified arguments.", word)
	}
	return e, p.advance()
}

// path reads the rest of a path; it may end in any(), all() or $count.
func (p *filterParser) path(first token) (Expr, *Error) {
	if first.text[0] == '$' {
		return nil, p.syntax(first.at)
	}
	e := &PathExpr{Segments: []string{first.text}, At: first.at}
	for p.tok.kind == tokenSlash {
		if err := p.advance(); err != nil {
			return nil, err
		}
		t := p.tok
		if err := p.expect(tokenName); err != nil {
			return nil, err
		}
		if err := p.count(); err != nil {
			return nil, err
		}
		switch word := strings.ToLower(t.text); {
		case word == "$count":
			return &CountExpr{Path: e, At: first.at}, nil
		case t.text[0] == '$':
			return nil, p.syntax(t.at)
		case p.tok.kind == tokenOpen && (word == "any" || word == "all"):
			return p.lambda(&LambdaExpr{Path: e, All: word == "all", At: first.at})
		}
		e.Segments = append(e.Segments, t.text)
	}
	return e, nil
}

// lambda reads "(x:body)", or "()" after any.
func (p *filterParser) lambda(e *LambdaExpr) (Expr, *Error) {
	if err := p.advance(); err != nil {
		return nil, err
	}
	if p.tok.kind == tokenClose && !e.All {
		return e, p.advance()
	}
	e.Var = p.tok.text
	if strings.HasPrefix(e.Var, "$") {
		return nil, p.syntax(p.tok.at)
	}
	if err := p.expect(tokenName); err != nil {
		return nil, err
	}
	if err := p.expect(tokenColon); err != nil {
		return nil, err
	}
	body, err := p.expr(bindOr)
	if err != nil {
		return nil, err
	}
	e.Body = body
	return e, p.expect(tokenClose)
}
