package odata

import (
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"
)

// sexp writes a tree with everything in brackets, so that a test sees what was
// understood and not what String makes of it.
func sexp(e Expr) string {
	join := func(word string, list ...Expr) string {
		parts := []string{word}
		for _, x := range list {
			parts = append(parts, sexp(x))
		}
		return "[" + strings.Join(parts, " ") + "]"
	}
	switch e := e.(type) {
	case *LogicalExpr:
		if e.Or {
			return join("or", e.Terms...)
		}
		return join("and", e.Terms...)
	case *NotExpr:
		return join("not", e.X)
	case *CompareExpr:
		return join(comparisonOf(e.Op).word, e.Left, e.Right)
	case *InExpr:
		list := []Expr{e.X}
		for _, l := range e.List {
			list = append(list, l)
		}
		return join("in", list...)
	case *CallExpr:
		return join(e.Func, e.Args...)
	case *PathExpr:
		return strings.Join(e.Segments, ".")
	case *CountExpr:
		return join("count", e.Path)
	case *LambdaExpr:
		word := "any"
		if e.All {
			word = "all"
		}
		if e.Body == nil {
			return join(word, e.Path)
		}
		return join(word+" "+e.Var+":", e.Path, e.Body)
	case *Literal:
		if t, ok := e.Value.(time.Time); ok {
			return fmt.Sprintf("<%d %s>", e.Kind, t.Format(time.RFC3339Nano))
		}
		return fmt.Sprintf("<%d %v>", e.Kind, e.Value)
	}
	return fmt.Sprintf("?%T", e)
}

const (
	guid      = "84a66f8a-e6b3-4d2c-8b0a-0a8f5d0a3d5e"
	guidUpper = "84A66F8A-E6B3-4D2C-8B0A-0A8F5D0A3D5E"
)

// filters are filters that clients send, and what they mean.
func filters() [][2]string {
	return [][2]string{
		// R-API-16, each operator on each kind of value
		{`accountEnabled eq true`, `[eq accountEnabled <1 true>]`},
		{`accountEnabled ne false`, `[ne accountEnabled <1 false>]`},
		{`accountEnabled EQ True`, `[eq accountEnabled <1 true>]`},
		{`accountEnabled in (true, false)`, `[in accountEnabled <1 true> <1 false>]`},
		{`not (accountEnabled eq true)`, `[not [eq accountEnabled <1 true>]]`},
		{`not accountEnabled eq true`, `[not [eq accountEnabled <1 true>]]`},
		{`NOT(accountEnabled eq true)`, `[not [eq accountEnabled <1 true>]]`},
		{`not not accountEnabled`, `[not [not accountEnabled]]`},
		{`accountEnabled`, `accountEnabled`},
		{`userPrincipalName eq 'anne@contoso.com'`, `[eq userPrincipalName <4 anne@contoso.com>]`},
		{`userPrincipalName ne 'anne@contoso.com'`, `[ne userPrincipalName <4 anne@contoso.com>]`},
		{`userPrincipalName ge 'a' and userPrincipalName le 'b'`, `[and [ge userPrincipalName <4 a>] [le userPrincipalName <4 b>]]`},
		{`userPrincipalName gt 'a' or userPrincipalName lt 'b'`, `[or [gt userPrincipalName <4 a>] [lt userPrincipalName <4 b>]]`},
		{`userPrincipalName in ('a@x.nl','b@x.nl')`, `[in userPrincipalName <4 a@x.nl> <4 b@x.nl>]`},
		{`startswith(userPrincipalName,'anne')`, `[startswith userPrincipalName <4 anne>]`},
		{`startsWith(userPrincipalName, 'anne')`, `[startswith userPrincipalName <4 anne>]`},
		{`STARTSWITH( userPrincipalName , 'anne' )`, `[startswith userPrincipalName <4 anne>]`},
		{`endsWith(mail,'@contoso.com')`, `[endswith mail <4 @contoso.com>]`},
		{`endswith(userPrincipalName,'@contoso.com')`, `[endswith userPrincipalName <4 @contoso.com>]`},
		{`contains(subject,'hello')`, `[contains subject <4 hello>]`},
		{`startswith(displayName,'a') eq true`, `[eq [startswith displayName <4 a>] <1 true>]`},
		{`startswith(displayName,'a') eq false`, `[eq [startswith displayName <4 a>] <1 false>]`},
		{`mail eq 'john@x.nl'`, `[eq mail <4 john@x.nl>]`},
		{`mail eq null`, `[eq mail <0 <nil>>]`},
		{`mail ne null`, `[ne mail <0 <nil>>]`},
		{`mail in ('a', null)`, `[in mail <4 a> <0 <nil>>]`},
		{`'john@x.nl' eq mail`, `[eq <4 john@x.nl> mail]`},
		{`mailNickname eq 'anne'`, `[eq mailNickname <4 anne>]`},
		{`usageLocation in ('NL')`, `[in usageLocation <4 NL>]`},
		{`usageLocation eq ''`, `[eq usageLocation <4 >]`},
		{`displayName eq 'o''brien'`, `[eq displayName <4 o'brien>]`},
		{`displayName eq ''''`, `[eq displayName <4 '>]`},
		{`displayName eq 'a and b or (c'`, `[eq displayName <4 a and b or (c>]`},
		{`displayName eq 'Zoë 日本'`, `[eq displayName <4 Zoë 日本>]`},
		{`tolower(displayName) eq 'anne'`, `[eq [tolower displayName] <4 anne>]`},
		{`toupper(displayName) eq toupper('anne')`, `[eq [toupper displayName] [toupper <4 anne>]]`},
		{`startswith(tolower(displayName),'a')`, `[startswith [tolower displayName] <4 a>]`},
		{`onPremisesSyncEnabled eq true`, `[eq onPremisesSyncEnabled <1 true>]`},
		{`onPremisesSyncEnabled ne true`, `[ne onPremisesSyncEnabled <1 true>]`},
		{`onPremisesSyncEnabled in (true)`, `[in onPremisesSyncEnabled <1 true>]`},
		{`userType eq 'Guest'`, `[eq userType <4 Guest>]`},
		{`userType eq microsoft.graph.userType'Guest'`, `[eq userType <8 Guest>]`},
		{`id eq '` + guid + `'`, `[eq id <4 ` + guid + `>]`},
		{`id in ('` + guid + `', '` + guidUpper + `')`, `[in id <4 ` + guid + `> <4 ` + guidUpper + `>]`},
		{`id eq '1' or id eq '2' or id eq '3'`, `[or [eq id <4 1>] [eq id <4 2>] [eq id <4 3>]]`},

		// moments
		{`deletedDateTime ge 2026-11-21T03:00:00Z`, `[ge deletedDateTime <6 2026-11-21T03:00:00Z>]`},
		{`deletedDateTime le 2026-11-21T03:00:00.123Z`, `[le deletedDateTime <6 2026-11-21T03:00:00.123Z>]`},
		{`deletedDateTime gt 2026-11-21T03:00Z`, `[gt deletedDateTime <6 2026-11-21T03:00:00Z>]`},
		{`deletedDateTime lt 2026-11-21T03:00:00+01:00`, `[lt deletedDateTime <6 2026-11-21T02:00:00Z>]`},
		{`deletedDateTime lt 2026-11-21T03:00:00-01:30`, `[lt deletedDateTime <6 2026-11-21T04:30:00Z>]`},
		{`deletedDateTime ge 2026-11-21t03:00:00z`, `[ge deletedDateTime <6 2026-11-21T03:00:00Z>]`},
		{`createdDateTime ge 2026-11-21`, `[ge createdDateTime <7 2026-11-21T00:00:00Z>]`},
		{`not (deletedDateTime ge 2026-11-21T03:00:00Z)`, `[not [ge deletedDateTime <6 2026-11-21T03:00:00Z>]]`},
		{`deletedDateTime eq null`, `[eq deletedDateTime <0 <nil>>]`},

		// numbers
		{`total gt 3`, `[gt total <2 3>]`},
		{`total gt -3`, `[gt total <2 -3>]`},
		{`total ge 1.5`, `[ge total <3 1.5>]`},
		{`total ge -1e3`, `[ge total <3 -1000>]`},
		{`total eq 9223372036854775807`, `[eq total <2 9223372036854775807>]`},
		{`total eq 9223372036854775808`, `[eq total <3 9.223372036854776e+18>]`},
		{`3 lt total`, `[lt <2 3> total]`},

		// collections
		{`assignedLicenses/any(x:x/skuId eq ` + guid + `)`, `[any x: assignedLicenses [eq x.skuId <5 ` + guid + `>]]`},
		{`assignedLicenses/any(x:x/skuId eq ` + guidUpper + `)`, `[any x: assignedLicenses [eq x.skuId <5 ` + guid + `>]]`},
		{`assignedLicenses/any(s:s/skuId in (` + guid + `,` + guid + `))`, `[any s: assignedLicenses [in s.skuId <5 ` + guid + `> <5 ` + guid + `>]]`},
		{`not assignedLicenses/any(x:x/skuId eq ` + guid + `)`, `[not [any x: assignedLicenses [eq x.skuId <5 ` + guid + `>]]]`},
		{`assignedLicenses/any()`, `[any assignedLicenses]`},
		{`not assignedLicenses/any()`, `[not [any assignedLicenses]]`},
		{`assignedLicenses/$count eq 0`, `[eq [count assignedLicenses] <2 0>]`},
		{`assignedLicenses/$count ne 0 and accountEnabled eq true`, `[and [ne [count assignedLicenses] <2 0>] [eq accountEnabled <1 true>]]`},
		{`assignedLicenses/$COUNT gt 2`, `[gt [count assignedLicenses] <2 2>]`},
		{`proxyAddresses/any(p:startsWith(p,'smtp:'))`, `[any p: proxyAddresses [startswith p <4 smtp:>]]`},
		{`proxyAddresses/any(p:p eq 'smtp:a@x.nl')`, `[any p: proxyAddresses [eq p <4 smtp:a@x.nl>]]`},
		{`proxyAddresses/any(p: p ge 'a' and p le 'b')`, `[any p: proxyAddresses [and [ge p <4 a>] [le p <4 b>]]]`},
		{`proxyAddresses/Any(p : p eq 'x')`, `[any p: proxyAddresses [eq p <4 x>]]`},
		{`proxyAddresses/all(p:startswith(p,'smtp'))`, `[all p: proxyAddresses [startswith p <4 smtp>]]`},
		{`groupTypes/any(c:c eq 'Unified')`, `[any c: groupTypes [eq c <4 Unified>]]`},
		{`NOT groupTypes/any(c:c eq 'Unified') and mailEnabled eq true`, `[and [not [any c: groupTypes [eq c <4 Unified>]]] [eq mailEnabled <1 true>]]`},
		{`plans/any(a:a/id eq ` + guid + ` and a/state eq 'Suspended')`, `[any a: plans [and [eq a.id <5 ` + guid + `>] [eq a.state <4 Suspended>]]]`},
		{`a/any(x:x/b/any(y:y eq x/c))`, `[any x: a [any y: x.b [eq y x.c]]]`},
		{`members/any(m:m/id eq '1')`, `[any m: members [eq m.id <4 1>]]`},

		// paths
		{`from/emailAddress/address eq 'a@x.nl'`, `[eq from.emailAddress.address <4 a@x.nl>]`},
		{`mailboxSettings/userPurpose eq 'shared'`, `[eq mailboxSettings.userPurpose <4 shared>]`},
		{`extension_b7d8e648520f41d3b9c0fdeb91768a0a_team eq 'x'`, `[eq extension_b7d8e648520f41d3b9c0fdeb91768a0a_team <4 x>]`},
		{`onPremisesExtensionAttributes/extensionAttribute1 eq 'x'`, `[eq onPremisesExtensionAttributes.extensionAttribute1 <4 x>]`},
		{`any eq 'x'`, `[eq any <4 x>]`},
		{`décès eq 1`, `[eq décès <2 1>]`},

		// what binds how
		{`a eq 1 and b eq 2 and c eq 3`, `[and [eq a <2 1>] [eq b <2 2>] [eq c <2 3>]]`},
		{`a eq 1 or b eq 2 and c eq 3`, `[or [eq a <2 1>] [and [eq b <2 2>] [eq c <2 3>]]]`},
		{`a eq 1 and b eq 2 or c eq 3`, `[or [and [eq a <2 1>] [eq b <2 2>]] [eq c <2 3>]]`},
		{`(a eq 1 or b eq 2) and c eq 3`, `[and [or [eq a <2 1>] [eq b <2 2>]] [eq c <2 3>]]`},
		{`a eq 1 and (b eq 2 and c eq 3)`, `[and [eq a <2 1>] [and [eq b <2 2>] [eq c <2 3>]]]`},
		{`a eq 1 or (b eq 2 or c eq 3)`, `[or [eq a <2 1>] [or [eq b <2 2>] [eq c <2 3>]]]`},
		{`not a eq 1 and b eq 2`, `[and [not [eq a <2 1>]] [eq b <2 2>]]`},
		{`not (a eq 1 and b eq 2)`, `[not [and [eq a <2 1>] [eq b <2 2>]]]`},
		{`((((a eq 1))))`, `[eq a <2 1>]`},
		{`a eq 1 eq true`, `[eq [eq a <2 1>] <1 true>]`},
		{`true eq (a eq 1)`, `[eq <1 true> [eq a <2 1>]]`},
		{`(a in (1)) eq true`, `[eq [in a <2 1>] <1 true>]`},
		{`(not a) eq true`, `[eq [not a] <1 true>]`},
		{`(a or b) eq true`, `[eq [or a b] <1 true>]`},
		{`a eq 1 or not (b eq 2 or startswith(c,'x')) and d eq null`, `[or [eq a <2 1>] [and [not [or [eq b <2 2>] [startswith c <4 x>]]] [eq d <0 <nil>>]]]`},
	}
}

func TestFilter(t *testing.T) {
	for _, f := range filters() {
		t.Run("R-API-16 "+f[0], func(t *testing.T) {
			e, err := ParseFilter(f[0], Limits{})
			if err != nil {
				t.Fatal(err)
			}
			if got := sexp(e); got != f[1] {
				t.Errorf("got  %s\nwant %s", got, f[1])
			}
			again, err := ParseFilter(e.String(), Limits{})
			if err != nil {
				t.Fatalf("%q: %v", e.String(), err)
			}
			if got := sexp(again); got != f[1] {
				t.Errorf("by way of %q:\ngot  %s\nwant %s", e.String(), got, f[1])
			}
		})
	}
}

func TestFilterErrors(t *testing.T) {
	syntax := func(pos int, text string) string {
		return fmt.Sprintf("Invalid filter clause: Syntax error at position %d in '%s'.", pos, text)
	}
	tests := []struct {
		filter string
		pos    int
		want   string
	}{
		{`displayName eq`, 14, syntax(14, `displayName eq`)},
		{`eq 'x'`, 3, syntax(3, `eq 'x'`)},
		{`a eq 1 b`, 7, syntax(7, `a eq 1 b`)},
		{`(a eq 1`, 7, syntax(7, `(a eq 1`)},
		{`a eq 1)`, 6, syntax(6, `a eq 1)`)},
		{`a eq 1 and`, 10, syntax(10, `a eq 1 and`)},
		{`and a eq 1`, 4, syntax(4, `and a eq 1`)},
		{`a in ()`, 6, syntax(6, `a in ()`)},
		{`a in (1,)`, 8, syntax(8, `a in (1,)`)},
		{`a in (b)`, 6, syntax(6, `a in (b)`)},
		{`a in 1`, 5, syntax(5, `a in 1`)},
		{`a/ eq 1`, 6, syntax(6, `a/ eq 1`)},
		{`/a eq 1`, 0, syntax(0, `/a eq 1`)},
		{`a/$ref eq 1`, 2, syntax(2, `a/$ref eq 1`)},
		{`$it eq 1`, 0, syntax(0, `$it eq 1`)},
		{`a/any(x)`, 7, syntax(7, `a/any(x)`)},
		{`a/any(x:)`, 8, syntax(8, `a/any(x:)`)},
		{`a/all()`, 6, syntax(6, `a/all()`)},
		{`a/any(:x)`, 6, syntax(6, `a/any(:x)`)},
		{`a/any($x:b)`, 6, syntax(6, `a/any($x:b)`)},
		{`a = 1`, 2, syntax(2, `a = 1`)},
		{`é eq ;`, 5, syntax(5, `é eq ;`)},
		{`not`, 3, syntax(3, `not`)},
		{`startswith()`, 11, syntax(11, `startswith()`)},
		{`startswith(a`, 12, syntax(12, `startswith(a`)},
		{`startswith(a,'x'`, 16, syntax(16, `startswith(a,'x'`)},
		{
			`startsWith(displayName,'O'Brien')`, 26,
			syntax(26, `startsWith(displayName,'O'Brien')`),
		},
		{`a eq 'x`, 5, "Invalid filter clause: There is an unterminated string literal at position 5 in 'a eq 'x'."},
		{`a eq b.c'x`, 8, "Invalid filter clause: There is an unterminated string literal at position 8 in 'a eq b.c'x'."},
		{
			`startswith(a)`, 0,
			"Invalid filter clause: No function signature for the function with name 'startswith' matches the specified arguments.",
		},
		{
			`tolower(a,'b') eq 'x'`, 0,
			"Invalid filter clause: No function signature for the function with name 'tolower' matches the specified arguments.",
		},
		{
			`length(a) eq 3`, 0,
			"Invalid filter clause: An unknown function with name 'length' was found. This may also be a function import or a key lookup on a navigation property, which is not allowed.",
		},
		{`a eq 12x`, 5, "Invalid filter clause: Unrecognized 'Edm.String' literal '12x' at '5' in 'a eq 12x'."},
		{`a eq 0x1p4`, 5, "Invalid filter clause: Unrecognized 'Edm.String' literal '0x1p4' at '5' in 'a eq 0x1p4'."},
		{`a eq -Inf`, 5, "Invalid filter clause: Unrecognized 'Edm.String' literal '-Inf' at '5' in 'a eq -Inf'."},
		{`a ge 2026-02-30`, 5, "Invalid filter clause: Unrecognized 'Edm.String' literal '2026-02-30' at '5' in 'a ge 2026-02-30'."},
		{`a ge 2026-11-21T03:00:00`, 5, "Invalid filter clause: Unrecognized 'Edm.String' literal '2026-11-21T03:00:00' at '5' in 'a ge 2026-11-21T03:00:00'."},
		{`a eq 1e999`, 5, "Invalid filter clause: Unrecognized 'Edm.String' literal '1e999' at '5' in 'a eq 1e999'."},
		{`   `, -1, "The value for OData query '$filter' cannot be empty."},
		{"a eq '\x00'", -1, "The value for OData query '$filter' is not valid text."},
		{"a eq '\xff'", -1, "The value for OData query '$filter' is not valid text."},
	}
	for _, tt := range tests {
		t.Run("R-API-05 "+tt.filter, func(t *testing.T) {
			_, err := ParseFilter(tt.filter, Limits{})
			wantError(t, err, CodeBadRequest, tt.want)
			if e, ok := errors.AsType[*Error](err); ok && e.Position != tt.pos {
				t.Errorf("position is %d, want %d", e.Position, tt.pos)
			}
		})
	}
}

// wantError checks the code and the words of an error.
func wantError(t *testing.T, err error, code, message string) {
	t.Helper()
	e, ok := errors.AsType[*Error](err)
	if !ok {
		t.Fatalf("error is %v, want %s: %s", err, code, message)
	}
	if e.Code != code || e.Message != message {
		t.Errorf("got  %s: %s\nwant %s: %s", e.Code, e.Message, code, message)
	}
}

func TestFilterLimits(t *testing.T) {
	deep := "Invalid filter clause: Recursion depth exceeded allowed limit."
	many := "Invalid filter clause: The node count limit of '1000' has been exceeded."
	tests := []struct{ name, filter, want string }{
		{"parentheses", strings.Repeat("(", 8000) + "a" + strings.Repeat(")", 8000), deep},
		{"nots", strings.Repeat("not ", 4000) + "a", deep},
		{"calls", strings.Repeat("tolower(", 2000), deep},
		{"lambdas", strings.Repeat("a/any(x:", 2000), deep},
		{"rights", "a" + strings.Repeat(" eq (b", 2000), deep},
		{"ors", "a" + strings.Repeat(" or a", 3000), many},
		{"comparisons", "a" + strings.Repeat(" eq a", 3000), many},
		{"list", "a in (1" + strings.Repeat(",1", 5000) + ")", many},
		{"segments", "a" + strings.Repeat("/a", 5000), many},
		{"length", "a eq '" + strings.Repeat("x", 16384) + "'", "The value for OData query '$filter' is longer than 16384 bytes."},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			_, err := ParseFilter(tt.filter, Limits{})
			wantError(t, err, CodeBadRequest, tt.want)
		})
	}
	t.Run("what Graph's clients send passes", func(t *testing.T) {
		ids := strings.Repeat("'"+guid+"',", 299) + "'" + guid + "'"
		if _, err := ParseFilter("id in ("+ids+")", Limits{}); err != nil {
			t.Error(err)
		}
	})
	t.Run("an error repeats little", func(t *testing.T) {
		_, err := ParseFilter("a eq '"+strings.Repeat("é", 5000), Limits{})
		if err == nil || len(err.Error()) > 600 {
			t.Errorf("error of %d bytes", len(err.Error()))
		}
	})
}
