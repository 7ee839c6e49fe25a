package odata

import (
	"database/sql"
	"slices"
	"strings"
	"testing"

	_ "github.com/jackc/pgx/v5/stdlib" // both databases have to understand the SQL
	_ "modernc.org/sqlite"

	"leaver/internal/sqldb/sqltest"
)

const (
	skuA = "aaaaaaaa-0000-4000-8000-000000000001"
	skuB = "bbbbbbbb-0000-4000-8000-000000000002"
	noon = 1795262400 // 2026-11-21T12:00:00Z
)

// people are the rows that filters are tried on. An empty text is null here.
type person struct {
	id, name, mail, sensitive string
	enabled                   any // bool or nil
	total                     any // int or nil
	deleted                   any // seconds or nil
	proxies, skus             []string
}

func people() []person {
	id := func(n string) string { return strings.Repeat(n, 8) + "-0000-4000-8000-000000000000" }
	return []person{
		{id: id("1"), name: "Anne", mail: "Anne@Contoso.com", sensitive: "AbC", enabled: true, total: 1, proxies: []string{"SMTP:anne@contoso.com", "smtp:a@contoso.com"}, skus: []string{skuA, skuB}},
		{id: id("2"), name: "Bob", mail: "bob@fabrikam.com", sensitive: "abc", enabled: false, total: 2, deleted: noon, proxies: []string{"SMTP:bob@fabrikam.com"}, skus: []string{skuA}},
		{id: id("3"), name: "O'Brien", enabled: nil, total: 3, deleted: noon + 60},
		{id: id("4"), name: "Ännchen van Dam-Waal", mail: "x_y%z@contoso.com", enabled: true, proxies: []string{"sip:x@contoso.com"}},
		{id: id("a"), name: "Anneke Water", mail: "xaybz@contoso.com", enabled: true, total: -5, skus: []string{skuB}},
	}
}

func userTable() *Resource {
	text := OpsOrdered | OpStartsWith | OpEndsWith | OpContains | OpSort | OpSearch
	return NewResource(Description{
		Name: "User", Type: "microsoft.graph.user", Search: []string{"displayName", "mail"},
		Properties: []Property{
			{Name: "id", SQL: "u.id", Kind: Identifier, Ops: OpEq | OpNe | OpNot | OpIn | OpSort, NotNull: true},
			{Name: "displayName", SQL: "u.name", Kind: FoldedString, Ops: text, NotNull: true, Words: true},
			{Name: "mail", SQL: "u.mail", Kind: FoldedString, Ops: text},
			{Name: "employeeId", SQL: "u.sensitive", Kind: String, Ops: text},
			{Name: "department", SQL: "u.sensitive", Ops: OpEq | OpStartsWith, Advanced: OpStartsWith},
			{Name: "companyName"},
			{Name: "accountEnabled", SQL: "u.enabled", Kind: Boolean, Ops: OpsEqual},
			{Name: "flag", SQL: "u.flag", Kind: BooleanInt, Ops: OpsEqual, NotNull: true},
			{Name: "total", SQL: "u.total", Kind: Integer, Ops: OpsOrdered | OpSort},
			{Name: "ratio", SQL: "u.ratio", Kind: Float, Ops: OpsOrdered},
			{Name: "deletedDateTime", SQL: "u.deleted", Kind: Seconds, Ops: OpsOrdered | OpSort, Advanced: OpSort},
			{Name: "userType", SQL: "u.total", Kind: String, Ops: OpsEqual, Arg: func(v any) (any, bool) {
				n, ok := map[any]int64{"Member": 1, "Guest": 2}[v]
				return n, ok
			}},
			{Name: "mailboxSettings/userPurpose", Kind: String, Ops: OpEq | OpNe | OpNot | OpIn | OpSearch, Compile: func(b *Builder, c Condition) {
				// "shared" is whoever has no account of their own.
				b.Write("u.enabled is null and (")
				for i, v := range c.Values {
					if i > 0 {
						b.Write(" or ")
					}
					b.Arg(v)
					b.Write(" = 'shared'")
				}
				b.Write(")")
			}},
			{
				Name: "proxyAddresses", Ops: OpAny | OpAll | OpNot, Collection: &Collection{
					Exists:  "exists (select 1 from proxies p where p.person = u.id and %s)",
					Element: &Property{SQL: "p.address", Kind: FoldedString, Ops: OpEq | OpNot | OpGe | OpLe | OpStartsWith, NotNull: true},
				},
			},
			{
				Name: "assignedLicenses", Ops: OpAny | OpNot | OpCount, Collection: &Collection{
					Exists: "exists (select 1 from licenses l where l.person = u.id and %s)",
					Count:  "(select count(*) from licenses l where l.person = u.id)",
					Type:   "microsoft.graph.assignedLicense",
					Properties: []Property{
						{Name: "skuId", SQL: "l.sku", Kind: Identifier, Ops: OpEq | OpIn, NotNull: true},
					},
				},
			},
		},
	})
}

// databases opens the people in SQLite and in PostgreSQL.
func databases(t *testing.T, each func(t *testing.T, db *sql.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) {
		each(t, fill(t, "sqlite", ":memory:", "text"))
	})
	t.Run("postgres", func(t *testing.T) {
		each(t, fill(t, "pgx", sqltest.PostgresURL(t, nil), `text collate "C"`))
	})
}

func fill(t testing.TB, driver, source, text string) *sql.DB {
	t.Helper()
	db, err := sql.Open(driver, source)
	if err != nil {
		t.Fatal(err)
	}
	db.SetMaxOpenConns(1) // each connection to memory would be a database of its own
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	exec := func(statement string, args ...any) {
		if _, err := db.ExecContext(t.Context(), strings.ReplaceAll(statement, "{text}", text), args...); err != nil {
			t.Fatalf("%s: %v", statement, err)
		}
	}
	exec(`create table users (id {text} primary key, name {text} not null, mail {text}, sensitive {text},
		enabled boolean, flag bigint not null, total bigint, ratio double precision, deleted bigint)`)
	exec("create index users_name on users (name, id)")
	exec("create table proxies (person {text}, address {text})")
	exec("create table licenses (person {text}, sku {text})")
	for _, p := range people() {
		null := func(s string) any {
			if s == "" {
				return nil
			}
			return s
		}
		flag, ratio := 0, 0.5
		if p.enabled == true {
			flag, ratio = 1, 2
		}
		exec("insert into users values ($1, $2, $3, $4, $5, $6, $7, $8, $9)", p.id, Fold(p.name), null(Fold(p.mail)),
			null(p.sensitive), p.enabled, flag, p.total, ratio, p.deleted)
		for _, address := range p.proxies {
			exec("insert into proxies values ($1, $2)", p.id, Fold(address))
		}
		for _, sku := range p.skus {
			exec("insert into licenses values ($1, $2)", p.id, sku)
		}
	}
	return db
}

// names gives the first characters of the ids of the rows that a condition finds.
func found(t testing.TB, db *sql.DB, where, order string, args []any) string {
	t.Helper()
	text := "select u.id from users u where $1 <> 'x' and " + where
	if order != "" {
		text += " order by " + order
	}
	rows, err := db.QueryContext(t.Context(), text, append([]any{"y"}, args...)...)
	if err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	var ids []string
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, id[:1])
	}
	if err := rows.Err(); err != nil {
		t.Fatalf("%s: %v", text, err)
	}
	if order == "" {
		slices.Sort(ids)
	}
	return strings.Join(ids, "")
}
