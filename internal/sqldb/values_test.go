package sqldb_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

func TestQueryRow(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		var name string
		if err := db.QueryRow(ctx, "select name from people").Scan(&name); !errors.Is(err, sqldb.ErrNoRows) {
			t.Errorf("err = %v", err)
		}
		if _, err := sqldb.One(ctx, db, sqldb.Value[string], "select name from people"); !errors.Is(err, sqldb.ErrNoRows) {
			t.Errorf("err = %v", err)
		}
		if err := db.QueryRow(ctx, "select nothing").Scan(&name); err == nil {
			t.Error("a wrong statement gave no error")
		}
		// Twice the number of connections: each was given back.
		for range 20 {
			if err := db.Ping(ctx); err != nil {
				t.Fatal(err)
			}
		}
	})
}

func TestMacrosOnTheDatabase(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		addAll(t, db, "anna", "Bram", "Émile", "50%", "a_b")
		for _, c := range []struct {
			where string
			arg   any
			want  []string
		}{
			{"n in {ints $1}", sqldb.Ints([]int64{2, 1, 99}), []string{"Bram", "anna"}},
			{"name in {texts $1}", sqldb.Texts([]string{"Émile", `x"y`}), []string{"Émile"}},
			{"id in {blobs $1}", sqldb.Blobs([][]byte{[]byte("id of anna"), {0}}), []string{"anna"}},
			{"name {ilike} $1", "BR%", []string{"Bram"}},
			{`name {ilike} $1 escape '\'`, sqldb.EscapeLike("50%"), []string{"50%"}},
			{`name {ilike} $1 escape '\'`, sqldb.EscapeLike("A_") + "%", []string{"a_b"}},
			{"{greatest}(n, 2) = 2 and {least}(n, 2) = $1", 1, []string{"anna"}},
			{"enabled and name >= $1 and name < 'c'", "a", []string{"a_b", "anna"}},
			{"name < $1", "a", []string{"50%", "Bram"}},
		} {
			got, err := sqldb.All(ctx, db, sqldb.Value[string], "select name from people where "+c.where+" order by name", c.arg)
			if err != nil || !slices.Equal(got, c.want) {
				t.Errorf("%s %v: got %v, %v, want %v", c.where, c.arg, got, err, c.want)
			}
		}
		if _, err := db.Query(ctx, "select {what}"); err == nil {
			t.Error("unknown macro was let through")
		}
	})
}

func TestTypes(t *testing.T) {
	type userID string
	type kind int
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "insert into people(id, name, enabled, born, note) values ($1, $2, $3, $4, $5)",
				[]byte{0, 255}, userID("anna"), false, kind(7), `{"b": [1, 2]}`)
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		var (
			id      []byte
			name    userID
			enabled bool
			born    kind
			note    string
			none    *int64
			count   int64
		)
		err = db.QueryRow(ctx, "select id, name, enabled, born, note, nullif(born, 7), count(*) over () from people").
			Scan(&id, &name, &enabled, &born, &note, &none, &count)
		if err != nil || !slices.Equal(id, []byte{0, 255}) || name != "anna" || enabled || born != 7 || note != `{"b": [1, 2]}` || none != nil || count != 1 {
			t.Error(id, name, enabled, born, note, none, count, err)
		}
	})
}

func TestInsertRows(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		cols := []string{"id", "name", "enabled", "born", "note"}
		insert := func(from, to int) error {
			var rows [][]any
			for i := from; i < to; i++ {
				rows = append(rows, []any{fmt.Appendf(nil, "%d", i), fmt.Sprintf("p%04d", i), i%2 == 0, nil, "{}"})
			}
			return db.Update(ctx, func(tx *sqldb.Tx) error {
				n, err := tx.InsertRows(ctx, "people", cols, rows)
				if err == nil && n != int64(to-from) {
					t.Errorf("%d rows, want %d", n, to-from)
				}
				return err
			})
		}
		for _, r := range [][2]int{{0, 0}, {0, 3}, {3, 1203}} {
			if err := insert(r[0], r[1]); err != nil {
				t.Fatal(err)
			}
		}
		if err := insert(1200, 1300); !errors.Is(err, sqldb.ErrDuplicate) {
			t.Errorf("err = %v", err)
		}
		if got := names(t, db); len(got) != 1203 || got[1202] != "p1202" {
			t.Errorf("%d names", len(got))
		}
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.InsertRows(ctx, "people", cols, [][]any{{1}})
			return err
		})
		if err == nil {
			t.Error("a row that is too short was let through")
		}
	})
}

func TestForeignKeys(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			_, err := tx.Exec(ctx, "insert into roles(person, role) values ($1, $2)", 99, "reader")
			return err
		})
		if !errors.Is(err, sqldb.ErrConstraint) || errors.Is(err, sqldb.ErrDuplicate) {
			t.Errorf("err = %v", err)
		}
	})
}

func TestManyStatements(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		addAll(t, db, "anna")
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			for i := range 1200 {
				var n int
				if err := tx.QueryRow(ctx, fmt.Sprintf("select n + %d from people where name = $1", i), "anna").Scan(&n); err != nil || n != 1+i {
					return fmt.Errorf("%d: %d: %w", i, n, err)
				}
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
	})
}
