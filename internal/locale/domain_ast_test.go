package locale

import (
	"go/ast"
	"go/token"
	"strconv"
)

// argNames lists the names of Arg values; open says that there may be more.
func (s *scanner) argNames(body *ast.BlockStmt, values []ast.Expr) (names []string, open bool) {
	for _, v := range values {
		switch v := v.(type) {
		case *ast.BasicLit: // the rule, in a call of a wrapper
		case *ast.CompositeLit:
			names = append(names, namesIn(v)...)
		case *ast.Ident:
			made := madeAs(body, v.Name)
			if made == nil {
				open = true
				continue
			}
			names = append(names, namesIn(made)...)
		case *ast.CallExpr: // append(Args{…}, args...)
			more, _ := s.argNames(body, v.Args)
			names, open = append(names, more...), true
		default:
			open = true
		}
	}
	return names, open
}

// namesIn lists the names in an Arg{name, value} or an Args{{name, value}, …}.
func namesIn(c *ast.CompositeLit) []string {
	for i, e := range c.Elts {
		pair, keyed := e.(*ast.KeyValueExpr)
		if keyed {
			e = pair.Value
		}
		isName := i == 0
		if keyed {
			key, ok := pair.Key.(*ast.Ident)
			isName = ok && key.Name == "Name"
		}
		if name, ok := literal(e); ok && isName {
			return []string{name}
		}
	}
	var names []string
	for _, e := range c.Elts {
		if inner, ok := e.(*ast.CompositeLit); ok {
			names = append(names, namesIn(inner)...)
		}
	}
	return names
}

// madeAs finds what a variable of a function is made as, when that is written
// out and happens once.
func madeAs(body *ast.BlockStmt, name string) *ast.CompositeLit {
	var made *ast.CompositeLit
	times := 0
	ast.Inspect(body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok {
			return true
		}
		for i, left := range assign.Lhs {
			if id, ok := left.(*ast.Ident); ok && id.Name == name && i < len(assign.Rhs) {
				times++
				made, _ = assign.Rhs[i].(*ast.CompositeLit)
			}
		}
		return true
	})
	if times != 1 {
		return nil
	}
	return made
}

// texts lists what a string can be: itself, or for a variable of a function what
// is assigned to it, one by one or out of a list.
func texts(body *ast.BlockStmt, value ast.Expr) []string {
	if text, ok := literal(value); ok {
		return []string{text}
	}
	name, ok := value.(*ast.Ident)
	if !ok {
		return nil
	}
	var all []string
	take := func(from ast.Expr) {
		if text, ok := literal(from); ok && text != "" {
			all = append(all, text)
		}
	}
	isIt := func(e ast.Expr) bool { id, ok := e.(*ast.Ident); return ok && id.Name == name.Name }
	ast.Inspect(body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.AssignStmt:
			for i, right := range n.Rhs {
				if isIt(n.Lhs[i]) {
					take(right)
				}
			}
		case *ast.RangeStmt:
			list, ok := n.X.(*ast.CompositeLit)
			if !ok || !isIt(n.Value) {
				return true
			}
			for _, e := range list.Elts {
				if pair, ok := e.(*ast.KeyValueExpr); ok {
					e = pair.Value
				}
				take(e)
			}
		}
		return true
	})
	return all
}

// isRefuse tells whether a call is one of org.Refuse.
func (s *scanner) isRefuse(fun ast.Expr) bool {
	name, from := called(fun)
	return name == "Refuse" && (from == "org" || s.inOrg && from == "")
}

// called answers the name of what is called, and what it is a member of.
func called(fun ast.Expr) (name, of string) {
	switch f := fun.(type) {
	case *ast.Ident:
		return f.Name, ""
	case *ast.SelectorExpr:
		if x, ok := f.X.(*ast.Ident); ok {
			return f.Sel.Name, x.Name
		}
		return f.Sel.Name, "?"
	}
	return "", ""
}

func literal(n ast.Node) (string, bool) {
	lit, ok := n.(*ast.BasicLit)
	if !ok || lit.Kind != token.STRING {
		return "", false
	}
	text, err := strconv.Unquote(lit.Value)
	return text, err == nil
}

func (s *scanner) position(n ast.Node) string { return s.files.Position(n.Pos()).String() }
