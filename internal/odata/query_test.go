package odata

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/google/go-cmp/cmp/cmpopts"
)

// ignoreAt leaves out where things stood: spellings differ in that only.
func ignoreAt() cmp.Option {
	return cmpopts.IgnoreFields(Order{}, "At")
}

func TestParseSpellings(t *testing.T) {
	want := Query{
		Select: []string{"id", "displayName"}, Top: 5, Count: true,
		OrderBy: []Order{{Path: "displayName", Desc: true}},
	}
	for _, raw := range []string{
		"$select=id,displayName&$top=5&$count=true&$orderby=displayName desc",
		"%24select=id%2CdisplayName&%24top=5&%24count=true&%24orderby=displayName%20desc",
		"select=id,displayName&top=5&count=true&orderby=displayName+desc",
		"$SELECT=id,displayName&$Top=5&$Count=True&$orderBy=displayName+DESC",
		"&&$select=id, displayName,ID&includeHiddenFolders=true&$top=5&$count=true&$orderby=displayName%20%20desc&x=%zz",
	} {
		t.Run("R-API-12 "+raw, func(t *testing.T) {
			got, err := Parse(raw, Options{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(want, got, ignoreAt()); diff != "" {
				t.Error(diff)
			}
		})
	}
}

func TestParseFilterSpellings(t *testing.T) {
	want := `[and [any c: groupTypes [eq c <4 Unified>]] [eq displayName <4 o'brien & co>]]`
	for _, raw := range []string{
		"$filter=groupTypes/any(c:c+eq+'Unified')+and+displayName+eq+'o''brien+%26+co'&$top=100",
		"%24filter=groupTypes%2fany(c%3ac%20eq%20%27Unified%27)%20and%20displayName%20eq%20%27o%27%27brien%20%26%20co%27",
		"filter=groupTypes/any(c:c eq 'Unified') and displayName eq 'o''brien %26 co'",
	} {
		q, err := Parse(raw, Options{})
		if err != nil {
			t.Errorf("%s: %v", raw, err)
		} else if got := sexp(q.Filter); got != want {
			t.Errorf("%s: got %s, want %s", raw, got, want)
		}
	}
}

func TestParseOptions(t *testing.T) {
	t.Run("nothing", func(t *testing.T) {
		q, err := Parse("", Options{})
		if err != nil || !cmp.Equal(q, Query{}) {
			t.Errorf("got %+v, %v", q, err)
		}
	})
	t.Run("R-API-73 tokens", func(t *testing.T) {
		q, err := Parse("$deltaToken=latest&$skipToken=ab_-&$format=json&$skip=0&$select=*", Options{})
		want := Query{DeltaToken: "latest", SkipToken: "ab_-", Format: "json", Select: []string{"*"}}
		if err != nil || !cmp.Equal(q, want) {
			t.Errorf("got %+v, %v", q, err)
		}
	})
	t.Run("R-API-20 expand", func(t *testing.T) {
		q, err := Parse("$expand=manager($levels=max;$select=id,displayName), memberOf"+
			",directReports($filter=displayName eq 'a;b)(' or id eq ',';$top=5;$expand=manager(select=id)),*", Options{})
		if err != nil {
			t.Fatal(err)
		}
		if len(q.Expand) != 4 {
			t.Fatalf("%d relations: %+v", len(q.Expand), q.Expand)
		}
		reports := q.Expand[2].Query
		if got, want := sexp(reports.Filter), `[or [eq displayName <4 a;b)(>] [eq id <4 ,>]]`; got != want {
			t.Errorf("filter is %s, want %s", got, want)
		}
		q.Expand[2].Query.Filter = nil
		want := []Expand{
			{Path: "manager", Levels: LevelsMax, Query: Query{Select: []string{"id", "displayName"}}},
			{Path: "memberOf"},
			{Path: "directReports", Query: Query{
				Top: 5, Expand: []Expand{{Path: "manager", Query: Query{Select: []string{"id"}}}},
			}},
			{Path: "*"},
		}
		if diff := cmp.Diff(want, q.Expand); diff != "" {
			t.Error(diff)
		}
	})
	t.Run("orders say where they stand", func(t *testing.T) {
		q, err := Parse("$orderby=  displayName , deletedDateTime desc,from/emailAddress/name asc", Options{})
		want := []Order{{"displayName", false, 2}, {"deletedDateTime", true, 16}, {"from/emailAddress/name", false, 37}}
		if err != nil || !cmp.Equal(q.OrderBy, want) {
			t.Errorf("got %+v, %v", q.OrderBy, err)
		}
	})
	t.Run("largest page", func(t *testing.T) {
		if q, err := Parse("$top=999", Options{}); err != nil || q.Top != 999 {
			t.Errorf("got %d, %v", q.Top, err)
		}
		if q, err := Parse("$top=1000", Options{MaxTop: 1000}); err != nil || q.Top != 1000 {
			t.Errorf("got %d, %v", q.Top, err)
		}
	})
}

func TestParseErrors(t *testing.T) {
	page := func(n string) string {
		return "Invalid page size specified: '" + n + "'. Must be between 1 and 999 inclusive."
	}
	number := func(v, option string) string {
		return "Invalid value '" + v + "' for " + option + " query option found. The " + option +
			" query option requires a non-negative integer value."
	}
	term := func(v string) string {
		return "Parsing OData Select and Expand failed: Term '" + v + "' is not valid in a $select or $expand expression."
	}
	tests := []struct{ rule, raw, code, want string }{
		{"R-API-12", "$top=1000", CodeRequestInvalid, page("1000")},
		{"R-API-12", "$top=0", CodeRequestInvalid, page("0")},
		{"R-API-12", "$top=-1", CodeRequestInvalid, page("-1")},
		{"R-API-12", "$top=99999999999999999999", CodeRequestInvalid, page("99999999999999999999")},
		{"R-API-12", "$top=many", CodeBadRequest, number("many", "$top")},
		{"R-API-12", "$top=-", CodeBadRequest, number("-", "$top")},
		{"R-API-12", "$top=1.5", CodeBadRequest, number("1.5", "$top")},
		{"", "$skip=-1", CodeBadRequest, number("-1", "$skip")},
		{"", "$skip=9999999999", CodeBadRequest, number("9999999999", "$skip")},
		{"", "$count=yes", CodeBadRequest, "Invalid value 'yes' for $count query option found. Valid values are 'true, false'."},
		{"", "$top=", CodeBadRequest, "The value for OData query '$top' cannot be empty."},
		{"", "$filter", CodeBadRequest, "The value for OData query '$filter' cannot be empty."},
		{"", "$orderBy=%20", CodeBadRequest, "The value for OData query '$orderby' cannot be empty."},
		{"", "$apply=x", CodeBadRequest, "The query parameter '$apply' is not supported."},
		{"", "$levels=max", CodeBadRequest, "The query parameter '$levels' is not supported."},
		{"", "$top=1&top=2", CodeBadRequest, "Query option '$top' was specified more than once, but it must be specified at most once."},
		{"", "$filter=a&%24FILTER=a", CodeBadRequest, "Query option '$filter' was specified more than once, but it must be specified at most once."},
		{"", "$filter=%zz", CodeBadRequest, "The value for OData query '$filter' is not valid."},
		{"", "%zz=1", CodeBadRequest, "The query parameter '%zz' is not valid."},
		{"", "$select=%00", CodeBadRequest, "The value for OData query '$select' is not valid text."},
		{"", "$select=id,", CodeBadRequest, term("")},
		{"", "$select=id,a b", CodeBadRequest, term("a b")},
		{"", "$select=$ref", CodeBadRequest, term("$ref")},
		{"", "$select=a//b", CodeBadRequest, term("a//b")},
		{"", "$expand=manager(", CodeBadRequest, term("manager(")},
		{"", "$expand=manager)", CodeBadRequest, term("manager)")},
		{"", "$expand=manager($select=id)x", CodeBadRequest, term("manager($select=id)x")},
		{"", "$expand=manager('", CodeBadRequest, term("manager('")},
		{"", "$expand=manager,", CodeBadRequest, term("")},
		{"", "$expand=manager()", CodeBadRequest, "The query parameter '' is not supported."},
		{"", "$expand=manager($format=json)", CodeBadRequest, "The query parameter '$format' is not supported."},
		{"", "$expand=manager(x=1)", CodeBadRequest, "The query parameter 'x' is not supported."},
		{"", "$expand=manager($select=id;select=id)", CodeBadRequest, "Query option '$select' was specified more than once, but it must be specified at most once."},
		{"R-API-20", "$expand=manager($levels=0)", CodeBadRequest, "Invalid value '0' for $levels query option found. It has to be 'max' or at least 1."},
		{"R-API-20", "$expand=manager($levels=all)", CodeBadRequest, number("all", "$levels")},
		{
			"", "$expand=" + strings.Repeat("a($expand=", 6) + "a" + strings.Repeat(")", 6), CodeBadRequest,
			"Parsing OData Select and Expand failed: The request includes a $expand path which is too deep. The maximum depth allowed is 5.",
		},
		{"", "$orderby=displayName up", CodeBadRequest, "Syntax error at position 12 in 'displayName up'."},
		{"", "$orderby=a,,b", CodeBadRequest, "Syntax error at position 2 in 'a,,b'."},
		{"", "$orderby=a asc b", CodeBadRequest, "Syntax error at position 0 in 'a asc b'."},
		{"", "$skip=10", CodeRequestInvalid, "'$skip' is not supported by the service."},
		{"R-API-05", "$filter=a eq", CodeBadRequest, "Invalid filter clause: Syntax error at position 4 in 'a eq'."},
		{"R-API-15", "$search=displayName:wa", CodeBadRequest, "Syntax error: character ':' is not valid at position 11 in 'displayName:wa'."},
	}
	for _, tt := range tests {
		t.Run(strings.TrimSpace(tt.rule+" "+tt.raw), func(t *testing.T) {
			opts := Options{}
			if tt.raw == "$skip=10" {
				opts.Refuse = []string{"$skip"}
			}
			_, err := Parse(tt.raw, opts)
			wantError(t, err, tt.code, tt.want)
		})
	}
}

func TestSearch(t *testing.T) {
	tests := [][2]string{
		{`"displayName:wa" OR "displayName:to"`, `"displayName:wa" OR "displayName:to"`},
		{`"displayName:wa" AND "mail:to"`, `"displayName:wa" AND "mail:to"`},
		{`"displayName:wa" "mail:to"`, `"displayName:wa" AND "mail:to"`},
		{`"displayName:wa"AND"mail:to"`, `"displayName:wa" AND "mail:to"`},
		{`"a:1" OR "b:2" AND "c:3"`, `"a:1" OR "b:2" AND "c:3"`},
		{`("a:1" OR "b:2") AND "c:3"`, `("a:1" OR "b:2") AND "c:3"`},
		{`("a:1" OR ("b:2"))`, `"a:1" OR "b:2"`},
		{`"a:1" OR ("b:2" OR "c:3")`, `"a:1" OR ("b:2" OR "c:3")`},
		{`pizza`, `"pizza"`},
		{`pizza ANDES`, `"pizza" AND "ANDES"`},
		{`"displayName:O\"Neill \\ co"`, `"displayName:O\"Neill \\ co"`},
		{`"displayName:a OR b"`, `"displayName:a OR b"`},
		{`"12:30"`, `"12:30"`},
		{`  "displayName:Zoë"  `, `"displayName:Zoë"`},
	}
	for _, tt := range tests {
		t.Run("R-API-15 "+tt[0], func(t *testing.T) {
			e, err := ParseSearch(tt[0], Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if e.String() != tt[1] {
				t.Errorf("got %s, want %s", e, tt[1])
			}
			again, err := ParseSearch(e.String(), Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(e, again, cmpopts.IgnoreFields(SearchTerm{}, "At")); diff != "" {
				t.Error(diff)
			}
		})
	}
	t.Run("R-API-15 a term is taken apart at its first colon", func(t *testing.T) {
		e, err := ParseSearch(`"subject:re: you"`, Limits{})
		want := &SearchTerm{Property: "subject", Value: "re: you"}
		if err != nil || !cmp.Equal(e, SearchExpr(want)) {
			t.Errorf("got %#v, %v", e, err)
		}
	})
}

func TestSearchErrors(t *testing.T) {
	tests := [][2]string{
		{`displayName:wa`, `Syntax error: character ':' is not valid at position 11 in 'displayName:wa'.`},
		{`startswith(displayName,'Garth')`, `Syntax error: character '(' is not valid at position 10 in 'startswith(displayName,'Garth')'.`},
		{`"displayName:wa`, `There is an unterminated string literal at position 0 in '"displayName:wa'.`},
		{`"displayName:wa\"`, `There is an unterminated string literal at position 0 in '"displayName:wa\"'.`},
		{`"é" OR`, `Expression expected at position 6 in '"é" OR'.`},
		{`OR "a:b"`, `Syntax error: character 'O' is not valid at position 0 in 'OR "a:b"'.`},
		{`("a:b"`, `Expression expected at position 6 in '("a:b"'.`},
		{`"a:b")`, `Syntax error: character ')' is not valid at position 5 in '"a:b")'.`},
		{strings.Repeat("(", 9000), "Recursion depth exceeded allowed limit."},
		{strings.Repeat("a ", 4000), "The node count limit of '1000' has been exceeded."},
	}
	for _, tt := range tests {
		_, err := ParseSearch(tt[0], Limits{})
		wantError(t, err, CodeBadRequest, tt[1])
	}
}
