package sqldb

import (
	"fmt"
	"path/filepath"
	"testing"

	sqlite3 "modernc.org/sqlite/lib"
)

// TestSession looks inside: the lock is gone, and statements are prepared once and
// never without bound.
func TestSession(t *testing.T) {
	db, err := Open(t.Context(), Options{Path: filepath.Join(t.TempDir(), "a.db")})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	s, fresh, err := db.readers.take(t.Context())
	if err != nil || !fresh {
		t.Fatal(fresh, err)
	}
	defer db.readers.give(s)
	if (*sqlite3.Tsqlite3)(at(s.lite.db)).Fmutex != 0 {
		t.Error("the connection still has its lock")
	}
	for i := range 3 * maxStatements {
		text := fmt.Sprintf("select %d", i)
		first, err := s.lite.prepare(text)
		if err != nil {
			t.Fatal(err)
		}
		if again, err := s.lite.prepare(text); again != first || err != nil {
			t.Fatalf("%s was prepared twice: %v", text, err)
		}
		if len(s.lite.stmts) > maxStatements {
			t.Fatalf("%d statements are kept", len(s.lite.stmts))
		}
	}
}

func TestTextsAreBounded(t *testing.T) {
	db := &DB{}
	for i := range 2 * maxTexts {
		want := fmt.Sprintf("select max(%d, 1)", i)
		if got, err := db.text(fmt.Sprintf("select {greatest}(%d, 1)", i)); got != want || err != nil {
			t.Fatal(got, err)
		}
	}
	n := 0
	db.texts.Range(func(any, any) bool { n++; return true })
	if n > maxTexts {
		t.Errorf("%d texts are kept", n)
	}
}
