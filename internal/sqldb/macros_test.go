package sqldb

import (
	"slices"
	"testing"
)

func TestExpand(t *testing.T) {
	for _, c := range []struct{ text, sqlite, postgres string }{
		{"select 1", "select 1", "select 1"},
		{"a {blob}, b {text}", "a blob, b text", `a bytea, b text collate "C"`},
		{"n in {ints $1}", "n in (select value from json_each($1))", "n in (select unnest(translate($1, '[]', '{}')::bigint[]))"},
		{"{greatest}(a, b) {ilike} $1", "max(a, b) like $1", "greatest(a, b) ilike $1"},
		{"t(a) {without rowid};", "t(a) without rowid;", "t(a) ;"},
		{"x{sqlite  a {blob} }{postgres b '}' {blob}}", "xa blob", "xb '}' bytea"},
		{`'{"a":1}' "{b}" -- {c}` + "\n{blob} /* {d} */", `'{"a":1}' "{b}" -- {c}` + "\nblob /* {d} */", `'{"a":1}' "{b}" -- {c}` + "\nbytea /* {d} */"},
		{"'it''s {x}' {blob}", "'it''s {x}' blob", "'it''s {x}' bytea"},
	} {
		for d, want := range []string{c.sqlite, c.postgres} {
			if got, err := expand(Dialect(d), c.text); got != want || err != nil {
				t.Errorf("%v %q = %q, %v, want %q", Dialect(d), c.text, got, err, want)
			}
		}
	}
	for _, text := range []string{"{nothing}", "{ints}", "{blob", "a {sqlite 'x}"} {
		if got, err := expand(SQLite, text); err == nil {
			t.Errorf("%q = %q, want an error", text, got)
		}
	}
}

func TestSets(t *testing.T) {
	got := []string{
		Ints([]int64{1, -2}), Ints[int64](nil), Texts([]string{`a"b`, "é"}), Texts[string](nil),
		Blobs([][]byte{{1, 255}, nil}), EscapeLike(`50%_\`),
	}
	want := []string{`[1,-2]`, `[]`, `["a\"b","é"]`, `[]`, `["01ff",""]`, `50\%\_\\`}
	if !slices.Equal(got, want) {
		t.Errorf("got %q, want %q", got, want)
	}
}

func FuzzExpand(f *testing.F) {
	f.Add("select {ints $1} from 'a' -- {")
	f.Add("{sqlite {postgres {blob}}}")
	f.Fuzz(func(t *testing.T, text string) {
		for _, d := range []Dialect{SQLite, Postgres} {
			_, _ = expand(d, text) // must end and not panic
		}
	})
}
