package archtest

import (
	"path"
	"slices"
	"strconv"
	"strings"
	"testing"
)

func TestImports(t *testing.T) {
	told := map[string]bool{}
	for _, s := range sources(t) {
		if s.file == nil || s.isTest() || isTestKit(s.folder()) {
			continue
		}
		if _, known := shapes[s.folder()]; !known {
			if !told[s.folder()] {
				t.Errorf("package %s has no line in internal/archtest/table_test.go: add one", s.folder())
			}
			told[s.folder()] = true
			continue
		}
		for _, spec := range s.file.Imports {
			imported, err := strconv.Unquote(spec.Path.Value)
			if err != nil {
				t.Fatalf("%s: %v", s.name, err)
			}
			if advice := wrong(s.folder(), imported); advice != "" {
				t.Errorf("%s imports %s: %s", s.pos.Position(spec.Pos()), imported, advice)
			}
		}
	}
}

// wrong tells what to do when a package may not import another.
func wrong(folder, imported string) string {
	shape := shapes[folder]
	first, _, _ := strings.Cut(imported, "/")
	switch {
	case isTestKit(imported):
		return "that package is for tests"
	case first == "leaver":
		if allowed(shape.ours, strings.TrimPrefix(imported, "leaver/internal/")) {
			return ""
		}
		return folder + " may not know that package: take an interface in its place, declared where it is used, or move what both need to internal/org"
	case strings.Contains(first, "."):
		return wrongModule(folder, imported)
	case slices.Contains(shape.barred, imported):
		return folder + " stays free of that: let the caller pass in what is needed"
	}
	return ""
}

// wrongModule tells what to do about an import from outside.
func wrongModule(folder, imported string) string {
	for module := imported; module != "."; module = path.Dir(module) {
		users, known := modules[module]
		switch {
		case known && allowed(users, folder):
			return ""
		case known:
			return "only " + strings.Join(users, ", ") + " may use that module: go through one of them, or change internal/archtest/table_test.go"
		}
	}
	return "the module has no line in internal/archtest/table_test.go: add one, and a sentence in docs/decisions, or do without"
}

// isTestKit tells whether a package is there for the tests of others.
func isTestKit(name string) bool {
	name = strings.TrimPrefix(name, "leaver/")
	return strings.HasPrefix(name, "internal/") && strings.Count(name, "/") > 1 && strings.HasSuffix(name, "test")
}

func allowed(list []string, name string) bool {
	return slices.Contains(list, "any") || slices.Contains(list, name)
}

func TestWrong(t *testing.T) {
	tests := []struct {
		folder, imported string
		want             string // a piece of the advice, or empty
	}{
		{"internal/org", "strings", ""},
		{"internal/org", "context", "free of that"},
		{"internal/org", "leaver/internal/locale", "may not know"},
		{"internal/org", "golang.org/x/text/language", "only internal/locale"},
		{"internal/graph", "leaver/internal/org", ""},
		{"internal/graph", "leaver/internal/web", "may not know"},
		{"internal/graph", "leaver/internal/store", "may not know"},
		{"internal/store", "leaver/internal/graph", "may not know"},
		{"internal/offboard", "leaver/internal/store", "may not know"},
		{"internal/cli", "leaver/internal/offboard", "may not know"},
		{"internal/web", "leaver/cmd/leaver", "may not know"},
		{"cmd/leaver", "leaver/internal/store", ""},
		{"internal/store", "github.com/jackc/pgx/v5/stdlib", "only internal/sqldb"},
		{"internal/sqldb", "github.com/jackc/pgx/v5/stdlib", ""},
		{"internal/graph", "github.com/jackc/pgx", "has no line"},
		{"internal/store", "leaver/internal/sqldb/sqltest", "for tests"},
	}
	for _, tt := range tests {
		got := wrong(tt.folder, tt.imported)
		if tt.want == "" && got != "" || !strings.Contains(got, tt.want) {
			t.Errorf("%s imports %s: got %q, want %q", tt.folder, tt.imported, got, tt.want)
		}
	}
}
