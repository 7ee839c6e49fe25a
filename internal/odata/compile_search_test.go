package odata

import (
	"database/sql"
	"strings"
	"testing"
)

func TestSearchFinds(t *testing.T) {
	tests := [][2]string{
		{`"displayName:wa" OR "displayName:bo"`, "24a"},
		{`"displayName:an"`, "1a"},
		{`"displayName:WA an"`, "a"},
		{`"displayName:wa" AND "mail:x_"`, "4"},
		{`"displayName:wa" "mail:xa"`, "a"},
		{`"displayName:nne"`, ""},
		{`"displayName:%"`, ""},
		{`"mail:contoso"`, ""},
		{`"bob"`, "2"},
		{`bob`, "2"},
		{`"mailboxSettings/userPurpose:shared"`, "3"},
	}
	users := userTable()
	databases(t, func(t *testing.T, db *sql.DB) {
		for _, tt := range tests {
			t.Run("R-API-15 "+tt[0], func(t *testing.T) {
				c, err := users.Compile(mustParse(t, "$search", tt[0]), 2)
				if err != nil {
					t.Fatal(err)
				}
				if got := found(t, db, c.Where, "", c.Args); got != tt[1] {
					t.Errorf("got %q, want %q by %s %v", got, tt[1], c.Where, c.Args)
				}
			})
		}
		t.Run("R-API-15 with a filter", func(t *testing.T) {
			q, err := Parse(`$search="displayName:an"&$filter=total lt 0 or total eq 7`, Options{})
			if err != nil {
				t.Fatal(err)
			}
			c, err := users.Compile(q, 2)
			if err != nil {
				t.Fatal(err)
			}
			if got := found(t, db, c.Where, "", c.Args); got != "a" {
				t.Errorf("got %q by %s", got, c.Where)
			}
		})
	})
}

func TestSearchRefused(t *testing.T) {
	users := userTable()
	for _, tt := range []struct{ search, code, want string }{
		{`"nickname:x"`, CodeBadRequest, "Could not find a property named 'nickname' on type 'microsoft.graph.user'."},
		{`"department:x"`, CodeUnsupportedQuery, "Unsupported search clause specified for property 'department' of resource 'User'."},
		{`"displayName:"`, CodeBadRequest, `The search "displayName:" has to be of the form "property:text".`},
		{
			`"displayName:` + strings.Repeat("a ", 60) + `" OR "displayName:` + strings.Repeat("a ", 41) + `"`, CodeUnsupportedQuery,
			"The search has more than 100 words.",
		},
		{`""`, CodeBadRequest, `The search "" has to be of the form "property:text".`},
	} {
		_, err := users.Compile(mustParse(t, "$search", tt.search), 1)
		wantError(t, err, tt.code, tt.want)
	}
}
