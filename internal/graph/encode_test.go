package graph

import (
	"encoding/json"
	"testing"
	"time"
)

// What is appended has to be what everybody else reads back.
func FuzzAppendString(f *testing.F) {
	for _, s := range []string{"", "Anne de Vries", "\"\\\n\r\t\x00\x1f", "é😀\u2028", "a\xffb\xf0", "</script>"} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, s string) {
		var got string
		if err := json.Unmarshal(appendString(nil, s), &got); err != nil {
			t.Fatalf("%q: %v", s, err)
		}
		marshaled, err := json.Marshal(s)
		if err != nil {
			t.Fatal(err)
		}
		var want string
		if err := json.Unmarshal(marshaled, &want); err != nil {
			t.Fatal(err)
		}
		if got != want {
			t.Fatalf("%q: got %q, want %q", s, got, want)
		}
	})
}

func TestAppend(t *testing.T) {
	day := time.Date(2026, 3, 1, 13, 4, 5, 0, time.FixedZone("", 3600))
	for _, c := range []struct{ got, want string }{
		{string(appendText(nil, "")), "null"},
		{string(appendText(nil, "x")), `"x"`},
		{string(appendTexts(nil, []string{"a", `"`})), `["a","\""]`},
		{string(appendTexts[string](nil, nil)), `[]`},
		{string(appendTime(nil, day)), `"2026-03-01T12:04:05Z"`},
		{string(appendTime(nil, time.Time{})), "null"},
		{string(appendName([]byte("{"), "a")), `{"a":`},
		{string(appendName([]byte(`{"a":1`), "b")), `{"a":1,"b":`},
	} {
		if c.got != c.want {
			t.Errorf("got %s, want %s", c.got, c.want)
		}
	}
}
