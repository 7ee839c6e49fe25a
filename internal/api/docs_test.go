package api_test

import (
	"os"
	"strings"
	"testing"
)

// TestDocumentNamesEveryCall keeps docs/api.md whole.
func TestDocumentNamesEveryCall(t *testing.T) {
	s := quiet(t, storetestSQLite(t))
	text, err := os.ReadFile("../../docs/api.md")
	if err != nil {
		t.Fatal(err)
	}
	calls := 0
	for path, item := range s.doc.Paths.Map() {
		for method := range item.Operations() {
			calls++
			if call := "`" + method + " " + strings.TrimPrefix(path, "/") + "`"; !strings.Contains(string(text), call) {
				t.Errorf("docs/api.md does not name %s", call)
			}
		}
	}
	if got := strings.Count(string(text), "\n| `"); got != calls {
		t.Errorf("docs/api.md names %d calls, there are %d", got, calls)
	}
}
