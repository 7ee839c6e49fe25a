package archtest

import (
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path"
	"strings"
	"testing"
)

// A source is one Go or templ file of the repository.
type source struct {
	name string // with slashes, from the root
	text string
	file *ast.File // nil for templ
	pos  *token.FileSet
}

func (s source) folder() string { return path.Dir(s.name) }

func (s source) isTest() bool { return strings.HasSuffix(s.name, "_test.go") }

// isCommand tells whether the file belongs to a program that wires parts.
func (s source) isCommand() bool {
	return strings.HasPrefix(s.name, "cmd/") || strings.HasPrefix(s.name, "scripts/")
}

// isGenerated tells whether a tool wrote the file.
func (s source) isGenerated() bool {
	return strings.HasSuffix(s.name, "_templ.go") || s.file != nil && ast.IsGenerated(s.file)
}

// sources reads the repository, without tools/ and clients/, which are modules
// of their own.
func sources(t *testing.T) []source {
	t.Helper()
	root := os.DirFS("../..")
	var all []source
	err := fs.WalkDir(root, ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		if entry.IsDir() {
			if name != "." && isForeign(root, name) {
				return fs.SkipDir
			}
			return nil
		}
		if ext := path.Ext(name); ext != ".go" && ext != ".templ" {
			return nil
		}
		text, err := fs.ReadFile(root, name)
		if err != nil {
			return err
		}
		s := source{name: name, text: string(text), pos: token.NewFileSet()}
		if path.Ext(name) == ".go" {
			if s.file, err = parser.ParseFile(s.pos, name, text, parser.ParseComments|parser.SkipObjectResolution); err != nil {
				return err
			}
		}
		all = append(all, s)
		return nil
	})
	if err != nil {
		t.Fatalf("read the sources: %v", err)
	}
	return all
}

// isForeign tells whether a folder holds no sources of this module.
func isForeign(root fs.FS, name string) bool {
	base := path.Base(name)
	if strings.HasPrefix(base, ".") || strings.HasPrefix(base, "_") || base == "testdata" || base == "node_modules" {
		return true
	}
	_, err := fs.Stat(root, path.Join(name, "go.mod"))
	return err == nil
}

// goSources are the Go files that people wrote.
func goSources(t *testing.T) []source {
	t.Helper()
	var all []source
	for _, s := range sources(t) {
		if s.file != nil && !s.isGenerated() {
			all = append(all, s)
		}
	}
	return all
}
