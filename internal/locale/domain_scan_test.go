package locale

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"path/filepath"
	"slices"
	"strings"
	"testing"
)

// A use is a place in the sources that names a domain message.
type use struct {
	key  string // with its area: refusal.user.self
	at   string
	args []string // the names of the values that the place gives
	open bool     // it may give more: what it gives doesn't show in the source
}

// A wrapper is a function that makes a refusal of a reason it is given.
type wrapper struct {
	reason int // which argument is the reason
	args   []string
}

// scanner reads one package after another.
type scanner struct {
	files    *token.FileSet
	inOrg    bool
	wrappers map[string]wrapper
	body     *ast.BlockStmt // of the function that is being read
	uses     []use
	literals map[string]bool // every string of the sources
	prefixes []string        // beginnings of keys that the program completes
}

// scan reads the sources of every package but this one, tests apart.
func scan(t *testing.T) *scanner {
	t.Helper()
	s := &scanner{files: token.NewFileSet(), literals: map[string]bool{}}
	packages := map[string][]*ast.File{}
	err := filepath.WalkDir("..", func(path string, entry fs.DirEntry, err error) error {
		name := entry.Name()
		switch {
		case err != nil:
			return err
		case entry.IsDir() && (name == "locale" || name == "testdata"):
			return filepath.SkipDir
		case entry.IsDir() || filepath.Ext(name) != ".go" || strings.HasSuffix(name, "_test.go"):
			return nil
		}
		file, err := parser.ParseFile(s.files, path, nil, parser.SkipObjectResolution)
		packages[filepath.Dir(path)] = append(packages[filepath.Dir(path)], file)
		return err
	})
	if err != nil {
		t.Fatalf("read the sources: %v", err)
	}
	for _, files := range packages {
		s.readPackage(files)
	}
	slices.SortFunc(s.uses, func(a, b use) int { return strings.Compare(a.key+a.at, b.key+b.at) })
	return s
}

func (s *scanner) readPackage(files []*ast.File) {
	s.inOrg = files[0].Name.Name == "org"
	s.wrappers = map[string]wrapper{}
	for _, file := range files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
				s.findWrappers(f)
			}
		}
	}
	for _, file := range files {
		for _, decl := range file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Body != nil {
				s.readFunction(f)
			}
		}
		ast.Inspect(file, func(n ast.Node) bool {
			if text, ok := literal(n); ok {
				s.literals[text] = true
			}
			return true
		})
	}
}

// findWrappers looks at a function, and at the closures that it gives names.
func (s *scanner) findWrappers(f *ast.FuncDecl) {
	s.addWrapper(f.Name.Name, f.Type, f.Body)
	ast.Inspect(f.Body, func(n ast.Node) bool {
		assign, ok := n.(*ast.AssignStmt)
		if !ok || len(assign.Lhs) != 1 || len(assign.Rhs) != 1 {
			return true
		}
		name, named := assign.Lhs[0].(*ast.Ident)
		closure, ok := assign.Rhs[0].(*ast.FuncLit)
		if named && ok {
			s.addWrapper(name.Name, closure.Type, closure.Body)
		}
		return true
	})
}

func (s *scanner) addWrapper(name string, signature *ast.FuncType, body *ast.BlockStmt) {
	var params []string
	for _, field := range signature.Params.List {
		for _, p := range field.Names {
			params = append(params, p.Name)
		}
	}
	ast.Inspect(body, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok || !s.isRefuse(call.Fun) || len(call.Args) < 3 {
			return true
		}
		if reason, ok := call.Args[1].(*ast.Ident); ok && slices.Contains(params, reason.Name) {
			args, _ := s.argNames(body, call.Args[3:])
			s.wrappers[name] = wrapper{slices.Index(params, reason.Name), args}
		}
		return true
	})
}

func (s *scanner) readFunction(f *ast.FuncDecl) {
	s.body = f.Body
	before := len(s.uses)
	ast.Inspect(f.Body, func(n ast.Node) bool {
		switch n := n.(type) {
		case *ast.CallExpr:
			s.readCall(n)
		case *ast.ReturnStmt:
			s.readReturn(f.Name.Name, n)
		case *ast.CompositeLit:
			s.readNote(n)
		}
		return true
	})
	if s.inOrg && f.Name.Name == "Reducible" { // teller.bill makes its keys of these reasons
		for _, u := range s.uses[before:] {
			key := "consequence.bill." + strings.TrimPrefix(u.key, "refusal.subscription.")
			s.uses = append(s.uses, use{key: key, at: u.at, args: []string{"product", "price", "date"}})
		}
	}
}

// readNote finds the message of a note that is written out.
func (s *scanner) readNote(n *ast.CompositeLit) {
	if name, from := called(n.Type); name != "Note" || from != "org" {
		return
	}
	u := use{at: s.position(n)}
	for _, e := range n.Elts {
		pair, ok := e.(*ast.KeyValueExpr)
		if !ok {
			continue
		}
		switch field, _ := called(pair.Key); field {
		case "Key":
			if sum, ok := pair.Value.(*ast.BinaryExpr); ok {
				if prefix, ok := literal(sum.X); ok {
					s.prefixes = append(s.prefixes, "note."+prefix)
				}
			}
			if key, ok := literal(pair.Value); ok {
				u.key = "note." + key
			}
		case "Args":
			u.args, u.open = s.argNames(s.body, []ast.Expr{pair.Value})
		}
	}
	if u.key != "" {
		s.uses = append(s.uses, u)
	}
}

// readReturn finds why a shared mailbox needs a licence: teller.sharedMailbox
// says the reason that NeedsLicense returns.
func (s *scanner) readReturn(function string, n *ast.ReturnStmt) {
	if !s.inOrg || function != "NeedsLicense" {
		return
	}
	if reason, ok := literal(n.Results[0]); ok && reason != "" {
		s.uses = append(s.uses, use{key: "consequence." + reason, at: s.position(n), args: []string{"size", "limit"}})
	}
}

func (s *scanner) readCall(call *ast.CallExpr) {
	name, _ := called(call.Fun)
	w, isWrapper := s.wrappers[name]
	switch {
	case s.isRefuse(call.Fun):
		s.add("refusal.", call, 1, 3)
	case isWrapper:
		s.add("refusal.", call, w.reason, w.reason+1, w.args...)
	case !s.inOrg:
	case name == "say":
		s.add("consequence.", call, 2, 3)
	case name == "date":
		s.add("consequence.", call, 3, 4, "date")
	case name == "note":
		s.add("note.", call, 2, 3)
	}
}

// add notes the message whose key stands at argument key of a call, with the
// values from argument from on and those that the called function adds.
func (s *scanner) add(area string, call *ast.CallExpr, key, from int, more ...string) {
	if len(call.Args) <= key {
		return
	}
	args, open := s.argNames(s.body, call.Args[min(from, len(call.Args)):])
	args = append(args, more...)
	for _, text := range texts(s.body, call.Args[key]) {
		s.uses = append(s.uses, use{key: area + text, at: s.position(call), args: args, open: open})
	}
}
