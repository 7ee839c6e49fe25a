package archtest

import (
	"go/ast"
	"strings"
	"testing"
)

// maxLines is where a file has become two.
const maxLines = 500

func TestFilesAreShort(t *testing.T) {
	for _, s := range sources(t) {
		if lines := strings.Count(s.text, "\n"); lines > maxLines && !s.isGenerated() {
			t.Errorf("%s has %d lines, over %d: split it by subject", s.name, lines, maxLines)
		}
	}
}

func TestNoInit(t *testing.T) {
	for _, s := range goSources(t) {
		for _, decl := range s.file.Decls {
			if f, ok := decl.(*ast.FuncDecl); ok && f.Recv == nil && f.Name.Name == "init" {
				t.Errorf("%s: func init: do it in a function that the program calls", s.pos.Position(f.Pos()))
			}
		}
	}
}

// TestNoClock keeps the time an argument: the practice organization moves its
// clock, and tests stand still.
func TestNoClock(t *testing.T) {
	for _, s := range goSources(t) {
		if s.isTest() || s.isCommand() || isTestKit(s.folder()) || s.folder() == "internal/soak" {
			continue
		}
		ast.Inspect(s.file, func(node ast.Node) bool {
			call, ok := node.(*ast.SelectorExpr)
			if !ok || call.Sel.Name != "Now" {
				return true
			}
			if name, ok := call.X.(*ast.Ident); ok && name.Name == "time" {
				t.Errorf("%s: time.Now: take now as an argument, or a field Now func() time.Time that cmd fills in", s.pos.Position(call.Pos()))
			}
			return true
		})
	}
}

// TestPackageComments wants one comment for each package that isn't only tests.
func TestPackageComments(t *testing.T) {
	commented := map[string]bool{}
	for _, s := range goSources(t) {
		if s.isTest() {
			continue
		}
		doc := s.file.Doc.Text()
		want := "Package " + s.file.Name.Name + " "
		if s.file.Name.Name == "main" {
			want = "Command "
		}
		commented[s.folder()] = commented[s.folder()] || strings.HasPrefix(doc, want)
	}
	for folder, ok := range commented {
		if !ok {
			t.Errorf("%s has no package comment: say above the package clause of its main file what it promises (\"Package x …\", \"Command x …\")", folder)
		}
	}
}
