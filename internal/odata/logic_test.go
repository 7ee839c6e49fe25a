package odata

import (
	"database/sql"
	"math/rand/v2"
	"strings"
	"testing"
)

// TestLogic joins conditions with known results at random. What the whole finds
// has to be what sets of rows give.
func TestLogic(t *testing.T) {
	leaves := [][2]string{
		{`mail eq 'anne@contoso.com'`, "1"},
		{`mail eq null`, "3"},
		{`mail ne 'bob@fabrikam.com'`, "134a"},
		{`mail ge 'bob'`, "24a"},
		{`startswith(mail,'x')`, "4a"},
		{`endswith(mail,'@contoso.com')`, "14a"},
		{`mail in ('bob@fabrikam.com', null)`, "23"},
		{`accountEnabled eq true`, "14a"},
		{`accountEnabled eq false`, "2"},
		{`total gt 1`, "23"},
		{`deletedDateTime eq null`, "14a"},
		{`assignedLicenses/any()`, "12a"},
		{`proxyAddresses/all(p:startswith(p,'smtp:'))`, "123a"},
		{`assignedLicenses/$count gt 1`, "1"},
		{`mailboxSettings/userPurpose eq 'shared'`, "3"},
	}
	const everybody = "1234a"
	random := rand.New(rand.NewPCG(7, 11))
	var tree func(depth int) (string, string)
	tree = func(depth int) (string, string) {
		if depth == 0 {
			leaf := leaves[random.IntN(len(leaves))]
			return leaf[0], leaf[1]
		}
		text, left := tree(depth - 1)
		other, right := tree(depth - 1)
		keep := func(in func(id string) bool) string {
			var ids strings.Builder
			for _, id := range strings.Split(everybody, "") {
				if in(id) {
					ids.WriteString(id)
				}
			}
			return ids.String()
		}
		l := func(id string) bool { return strings.Contains(left, id) }
		r := func(id string) bool { return strings.Contains(right, id) }
		switch random.IntN(4) {
		case 0:
			return "(" + text + ") and (" + other + ")", keep(func(id string) bool { return l(id) && r(id) })
		case 1:
			return "(" + text + ") or (" + other + ")", keep(func(id string) bool { return l(id) || r(id) })
		case 2:
			return "(" + text + ") eq false", keep(func(id string) bool { return !l(id) })
		default:
			return "not (" + text + ")", keep(func(id string) bool { return !l(id) })
		}
	}
	users := userTable()
	databases(t, func(t *testing.T, db *sql.DB) {
		for range 300 {
			filter, want := tree(1 + random.IntN(4))
			c, err := users.Compile(mustParse(t, "$filter", filter), 2)
			if err != nil {
				t.Fatalf("%s: %v", filter, err)
			}
			if got := found(t, db, c.Where, "", c.Args); got != want {
				t.Errorf("%s finds %q, want %q by %s", filter, got, want, c.Where)
			}
		}
	})
}

// TestLargest runs the largest queries that pass: databases have limits too.
func TestLargest(t *testing.T) {
	users := userTable()
	databases(t, func(t *testing.T, db *sql.DB) {
		for name, q := range map[string]Query{
			"ors":     mustParse(t, "$filter", "accountEnabled"+strings.Repeat(" or accountEnabled", 499)),
			"nots":    mustParse(t, "$filter", "not accountEnabled"+strings.Repeat(" or not accountEnabled", 332)),
			"list":    mustParse(t, "$filter", "mail in ('a'"+strings.Repeat(",'a'", 996)+")"),
			"deep":    mustParse(t, "$filter", strings.Repeat("not (flag or ", 16)+"flag"+strings.Repeat(")", 16)),
			"lambdas": mustParse(t, "$filter", "assignedLicenses/any()"+strings.Repeat(" or assignedLicenses/any()", 300)),
			"words":   mustParse(t, "$search", strings.Repeat("a OR ", 99)+"a"),
		} {
			t.Run(name, func(t *testing.T) {
				c, err := users.Compile(q, 2)
				if err != nil {
					t.Fatal(err)
				}
				found(t, db, c.Where, "", c.Args)
			})
		}
	})
}
