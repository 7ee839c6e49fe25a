package sqldb_test

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

// addAll puts people in, in one transaction.
func addAll(t *testing.T, db *sqldb.DB, names ...string) {
	t.Helper()
	err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
		for _, name := range names {
			if err := add(t.Context(), tx, name); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestFailedStatementSpoils(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		addAll(t, db, "anna")
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := add(ctx, tx, "bram"); err != nil {
				return err
			}
			if err := add(ctx, tx, "anna"); !errors.Is(err, sqldb.ErrDuplicate) {
				t.Errorf("duplicate: %v", err)
			}
			if err := add(ctx, tx, "carla"); !errors.Is(err, sqldb.ErrDuplicate) {
				t.Errorf("statement after a failed one: %v", err)
			}
			return nil // the mistake: the error was ignored
		})
		if !errors.Is(err, sqldb.ErrDuplicate) {
			t.Errorf("err = %v", err)
		}
		if got := names(t, db); !slices.Equal(got, []string{"anna"}) {
			t.Errorf("names = %v", got)
		}
	})
}

func TestNested(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		boom := errors.New("boom")
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			for i, name := range []string{"anna", "anna", "bram", "carla"} {
				err := tx.Nested(ctx, func() error {
					if err := add(ctx, tx, name); err != nil {
						return err
					}
					if name == "bram" {
						return boom
					}
					return tx.Nested(ctx, func() error { return add(ctx, tx, name+" inner") })
				})
				if want := []error{nil, sqldb.ErrDuplicate, boom, nil}[i]; !errors.Is(err, want) {
					t.Errorf("%s: err = %v, want %v", name, err, want)
				}
			}
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if got, want := names(t, db), []string{"anna", "anna inner", "carla", "carla inner"}; !slices.Equal(got, want) {
			t.Errorf("names = %v, want %v", got, want)
		}
	})
}

func TestOpenRowsAreRefused(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		addAll(t, db, "anna", "bram")
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			rows, err := tx.Query(ctx, "select name from people")
			if err != nil {
				return err
			}
			rows.Next()
			_, err = tx.Exec(ctx, "update people set born = 1")
			return err // and the rows stay open
		})
		if err == nil {
			t.Error("a second statement beside open rows was allowed")
		}
		addAll(t, db, "carla") // the connection is fine
	})
}

func TestPanicAndGoexit(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := add(ctx, tx, "anna"); err != nil {
				return err
			}
			panic("boom")
		})
		if err == nil || !strings.Contains(err.Error(), "boom") {
			t.Errorf("err = %v", err)
		}
		err = db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := add(ctx, tx, "bram"); err != nil {
				return err
			}
			runtime.Goexit()
			return nil
		})
		if err == nil {
			t.Error("no error after Goexit")
		}
		addAll(t, db, "carla")
		if got := names(t, db); !slices.Equal(got, []string{"carla"}) {
			t.Errorf("names = %v", got)
		}
	})
}

func TestCanceledWaiter(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		running, release := make(chan bool), make(chan bool)
		first := make(chan error, 1)
		go func() {
			first <- db.Update(ctx, func(tx *sqldb.Tx) error {
				running <- true
				<-release
				return add(ctx, tx, "anna")
			})
		}()
		<-running
		waiting, cancel := context.WithCancel(ctx)
		second := make(chan error, 1)
		var ran atomic.Bool
		go func() {
			second <- db.Update(waiting, func(*sqldb.Tx) error {
				ran.Store(true)
				return nil
			})
		}()
		cancel()
		if err := <-second; !errors.Is(err, context.Canceled) {
			t.Errorf("waiting job: %v", err)
		}
		release <- true
		if err := <-first; err != nil {
			t.Error(err)
		}
		addAll(t, db, "bram")
		if ran.Load() {
			t.Error("the canceled job ran")
		}
	})
}

func TestCanceledBetweenStatements(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx, cancel := context.WithCancel(t.Context())
		err := db.Update(ctx, func(tx *sqldb.Tx) error {
			if err := add(ctx, tx, "anna"); err != nil {
				return err
			}
			cancel()
			return add(ctx, tx, "bram")
		})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("err = %v", err)
		}
		if got := names(t, db); len(got) != 0 {
			t.Errorf("names = %v", got)
		}
	})
}

func TestView(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		addAll(t, db, "anna")
		err := db.View(ctx, func(tx *sqldb.Tx) error {
			before := names(t, tx)
			addAll(t, db, "bram")
			if after := names(t, tx); !slices.Equal(before, after) {
				t.Errorf("the snapshot changed from %v to %v", before, after)
			}
			return nil
		})
		if err != nil {
			t.Error(err)
		}
		if got := names(t, db); len(got) != 2 {
			t.Errorf("names = %v", got)
		}
		err = db.View(ctx, func(tx *sqldb.Tx) error { return add(ctx, tx, "carla") })
		if !errors.Is(err, sqldb.ErrReadOnly) {
			t.Errorf("write in a view: %v", err)
		}
		var n int64
		err = db.QueryRow(ctx, "update people set born = 1 returning n").Scan(&n)
		if !errors.Is(err, sqldb.ErrReadOnly) {
			t.Errorf("write by a query: %v", err)
		}
	})
}

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
