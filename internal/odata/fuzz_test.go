package odata

import (
	"errors"
	"net/url"
	"strings"
	"testing"
)

// wellFormed checks what holds for every error: it is an *Error with a code, and
// it repeats little of what was asked.
func wellFormed(t *testing.T, err error) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok || e.Code == "" || e.Message == "" || e.Position < -1 || len(e.Message) > 1000 {
		t.Errorf("error is %#v", err)
	}
}

// checkSQL checks that a compiled query is whole: brackets match, placeholders
// and arguments too, and no text of the caller's is in it.
func checkSQL(t *testing.T, c Compiled) {
	t.Helper()
	if strings.Count(c.Where, "(") != strings.Count(c.Where, ")") {
		t.Errorf("brackets don't match in %s", c.Where)
	}
	if n := strings.Count(c.Where, "$"); n != len(c.Args) {
		t.Errorf("%d placeholders, %d arguments in %s", n, len(c.Args), c.Where)
	}
	rest := strings.NewReplacer(`escape '\'`, "", "'shared'", "").Replace(c.Where)
	if strings.ContainsAny(rest, `'"\;`) {
		t.Errorf("text of the caller's in %s", c.Where)
	}
}

func FuzzFilter(f *testing.F) {
	for _, pair := range filters() {
		f.Add(pair[0])
	}
	users := userTable()
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseFilter(text, Limits{})
		if err != nil {
			wellFormed(t, err)
			return
		}
		again, err := ParseFilter(e.String(), Limits{Length: 1 << 20, Depth: 1000, Nodes: 1 << 20})
		if err != nil {
			t.Fatalf("%q becomes %q, which is refused: %v", text, e.String(), err)
		}
		if sexp(again) != sexp(e) {
			t.Errorf("%q is %s, and by way of %q %s", text, sexp(e), e.String(), sexp(again))
		}
		c, err := users.Filter(e, 1)
		if err != nil {
			wellFormed(t, err)
			return
		}
		checkSQL(t, c)
	})
}

func FuzzSearch(f *testing.F) {
	for _, text := range []string{
		`"displayName:wa" OR "displayName:to"`, `("mail:a" AND pizza) "12:30"`, `"a\"b\\"`, `((a))`, `OR`, `"a`,
	} {
		f.Add(text)
	}
	users := userTable()
	f.Fuzz(func(t *testing.T, text string) {
		e, err := ParseSearch(text, Limits{})
		if err != nil {
			wellFormed(t, err)
			return
		}
		again, err := ParseSearch(e.String(), Limits{Length: 1 << 20, Depth: 1000, Nodes: 1 << 20})
		if err != nil {
			t.Fatalf("%q becomes %q, which is refused: %v", text, e, err)
		}
		if again.String() != e.String() {
			t.Errorf("%q becomes %q and then %q", text, e, again)
		}
		c, err := users.Compile(Query{Search: e}, 1)
		if err != nil {
			wellFormed(t, err)
			return
		}
		checkSQL(t, c)
	})
}

func FuzzQuery(f *testing.F) {
	for _, raw := range []string{
		"$select=id,displayName&$top=5&$count=true&$orderby=displayName desc,id",
		"%24filter=groupTypes/any(c:c+eq+'Unified')&%24top=100",
		"$expand=manager($levels=max;$select=id,displayName),memberOf($filter=a eq ';')",
		"$search=%22displayName:wa%22&$skiptoken=abc&$deltatoken=latest&$format=json&$skip=1",
	} {
		f.Add(raw)
	}
	users := userTable()
	f.Fuzz(func(t *testing.T, raw string) {
		q, err := Parse(raw, Options{})
		if err != nil {
			wellFormed(t, err)
			return
		}
		if q.SkipToken != "" {
			if _, err := DecodeToken(q.SkipToken, "q"); err != nil {
				wellFormed(t, err)
			}
		}
		next, err := Parse(WithSkipToken(raw, "T"), Options{})
		if err != nil || next.SkipToken != "T" || next.Fingerprint("") != q.Fingerprint("") {
			t.Errorf("the next page of %q is %q: %v", raw, WithSkipToken(raw, "T"), err)
		}
		if _, err := users.Select(q.Select); err != nil {
			wellFormed(t, err)
		}
		c, err := users.Compile(q, 1)
		if err != nil {
			wellFormed(t, err)
			return
		}
		checkSQL(t, c)
	})
}

func BenchmarkFilter(b *testing.B) {
	text := "startswith(displayName,'an') and accountEnabled eq true and assignedLicenses/any(x:x/skuId eq " + skuA + ")"
	users := userTable()
	b.Run("parse", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := ParseFilter(text, Limits{}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("compile", func(b *testing.B) {
		e, err := ParseFilter(text, Limits{})
		if err != nil {
			b.Fatal(err)
		}
		b.ReportAllocs()
		for b.Loop() {
			if _, err := users.Filter(e, 1); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("request", func(b *testing.B) {
		raw := "$select=id,displayName,mail&$top=100&$count=true&$filter=" + url.QueryEscape(text)
		b.ReportAllocs()
		for b.Loop() {
			q, err := Parse(raw, Options{})
			if err != nil {
				b.Fatal(err)
			}
			if _, err := users.Compile(q, 1); err != nil {
				b.Fatal(err)
			}
		}
	})
}
