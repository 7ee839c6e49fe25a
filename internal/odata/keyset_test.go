package odata

import (
	"database/sql"
	"errors"
	"strings"
	"testing"
)

// TestPaging walks through all rows in pages of one and of two and has to meet
// each once, in order, whatever the order is.
func TestPaging(t *testing.T) {
	unique := SortColumn{Name: "id", SQL: "u.id", Kind: Identifier}
	downwards := unique
	downwards.Desc = true
	tests := []struct {
		orderby string
		last    SortColumn
		want    string
	}{
		{"", unique, "1234a"},
		{"", downwards, "a4321"},
		{"id desc", unique, "a4321"},
		{"displayName", unique, "1a234"},
		{"displayName desc", unique, "432a1"},
		{"displayName desc", downwards, "432a1"},
		{"mail", unique, "312" + "4a"},
		{"mail desc", unique, "a4213"},
		{"total", unique, "4a123"},
		{"total desc", unique, "321a4"},
		{"deletedDateTime", unique, "14a23"},
		{"deletedDateTime", downwards, "a4123"},
		{"deletedDateTime desc", unique, "3214a"},
		{"deletedDateTime desc", downwards, "32a41"},
		{"deletedDateTime,mail desc", unique, "a4123"},
		{"deletedDateTime desc,mail,displayName desc", unique, "3214a"},
		{"deletedDateTime,total,mail", downwards, "4a123"},
	}
	users := userTable()
	databases(t, func(t *testing.T, db *sql.DB) {
		for _, tt := range tests {
			t.Run("R-API-12 "+tt.orderby, func(t *testing.T) {
				var q Query
				if tt.orderby != "" {
					q = mustParse(t, "$orderby", tt.orderby)
				}
				c, err := users.Compile(q, 2)
				if err != nil {
					t.Fatal(err)
				}
				columns := append(c.Sort, tt.last)
				if got := walk(t, db, q, columns); got != tt.want {
					t.Errorf("got %s, want %s", got, tt.want)
				}
			})
		}
	})
}

// walk reads page after page, carrying nothing over but the token.
func walk(t *testing.T, db *sql.DB, q Query, columns []SortColumn) string {
	t.Helper()
	var ids strings.Builder
	where, args, token := "1 = 1", []any{}, ""
	for range 10 {
		text := "select u.id"
		for _, c := range columns {
			text += ", " + c.SQL
		}
		text += " from users u where " + where + " order by " + OrderBy(columns) + " limit 1"
		values := make([]any, 1+len(columns))
		targets := make([]any, len(values))
		for i := range values {
			targets[i] = &values[i]
		}
		err := db.QueryRowContext(t.Context(), text, args...).Scan(targets...)
		if errors.Is(err, sql.ErrNoRows) {
			return ids.String()
		}
		if err != nil {
			t.Fatalf("%s %v: %v", text, args, err)
		}
		id, _ := values[0].(string)
		ids.WriteString(id[:1])
		if token, err = (Token{Values: values[1:]}).Encode(q.Fingerprint("users")); err != nil {
			t.Fatal(err)
		}
		read, err := DecodeToken(token, q.Fingerprint("users"))
		if err != nil {
			t.Fatal(err)
		}
		if where, args, err = After(columns, read.Values, 1); err != nil {
			t.Fatal(err)
		}
	}
	return "no end: " + ids.String()
}

func TestAfter(t *testing.T) {
	name := SortColumn{Name: "displayName", SQL: "name", Kind: FoldedString}
	id := SortColumn{Name: "id", SQL: "n", Kind: Integer}
	backwards := name
	backwards.Desc = true
	maybe := name
	maybe.Nullable = true
	for _, tt := range []struct {
		columns []SortColumn
		values  []any
		want    string
	}{
		{[]SortColumn{id}, []any{int64(1)}, "n > $5"},
		{[]SortColumn{name, id}, []any{"a", int64(1)}, "(name, n) > ($5, $6)"},
		{[]SortColumn{backwards, id}, []any{"a", int64(1)}, "(name <= $5 and (name < $6 or n > $7))"},
		{[]SortColumn{maybe, id}, []any{nil, int64(1)}, "(name is not null or n > $5)"},
	} {
		got, args, err := After(tt.columns, tt.values, 5)
		if err != nil || got != tt.want || strings.Count(got, "$") != len(args) {
			t.Errorf("got %s %v, %v, want %s", got, args, err, tt.want)
		}
	}
	for name, values := range map[string][]any{
		"too few":   {"a"},
		"none":      nil,
		"null":      {nil, int64(1)},
		"number":    {int64(3), int64(1)},
		"text":      {"a", "b"},
		"nul":       {"a\x00", int64(1)},
		"truth":     {true, int64(1)},
		"fraction":  {"a", 1.5},
		"structure": {"a", []any{}},
	} {
		if _, _, err := After([]SortColumn{{Kind: FoldedString}, id}, values, 1); err == nil {
			t.Errorf("a made up token passes: %s", name)
		} else {
			wantError(t, err, CodeRequestInvalid, badToken().Message)
		}
	}
}

func TestOrderBy(t *testing.T) {
	for _, tt := range []struct{ orderby, code, want string }{
		{"nickname", CodeBadRequest, "Could not find a property named 'nickname' on type 'microsoft.graph.user'."},
		{"accountEnabled", CodeUnsupportedQuery, "Unsupported sort property 'accountEnabled' for 'User'."},
	} {
		_, err := userTable().Compile(mustParse(t, "$orderby", tt.orderby), 1)
		wantError(t, err, tt.code, tt.want)
	}
}
