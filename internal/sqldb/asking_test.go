package sqldb_test

import (
	"errors"
	"slices"
	"testing"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

const bornText = "select born from people where name = $1"

// TestAsking lets several who share a commit count up the rows of people, each beginning
// with the question how far somebody is, which is asked before its turn. Nobody counts
// on from an answer that is not so any more.
func TestAsking(t *testing.T) {
	boom := errors.New("boom")
	for name, c := range map[string]struct {
		who  []string // in this order
		note []any    // nil: whom they count; "-": nothing
		fail int      // who fails after they counted, 0 for nobody
		want []int64  // of anna and bram
	}{
		"independent":      {who: []string{"anna", "bram"}, want: []int64{1, 1}},
		"one twice":        {who: []string{"anna", "bram", "anna", "bram", "anna"}, want: []int64{3, 2}},
		"without a note":   {who: []string{"anna", "anna", "bram", "anna"}, note: []any{"-", "-", "-", "-"}, want: []int64{3, 1}},
		"one without":      {who: []string{"bram", "anna", "anna"}, note: []any{nil, "-", nil}, want: []int64{2, 1}},
		"one that fails":   {who: []string{"anna", "bram", "anna", "anna"}, fail: 3, want: []int64{2, 1}},
		"first that fails": {who: []string{"anna", "anna", "bram"}, fail: 1, want: []int64{1, 1}},
	} {
		t.Run(name, func(t *testing.T) {
			sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
				ctx := t.Context()
				startCount(t, db)
				addAll(t, db, "anna", "bram")
				fs := make([]func() error, len(c.who))
				for i, who := range c.who {
					about := db.Asking(ctx, func(note any) bool { return note != who }, sqldb.Question{Text: bornText, Args: []any{who}})
					fs[i] = func() error {
						return db.Update(about, func(tx *sqldb.Tx) error {
							var n *int64
							if err := tx.QueryRow(ctx, bornText, who).Scan(&n); err != nil {
								return err
							}
							next := int64(1)
							if n != nil {
								next += *n
							}
							switch {
							case len(c.note) <= i || c.note[i] == nil:
								tx.Note(who)
							case c.note[i] != "-":
								tx.Note(c.note[i])
							}
							err := tx.Later(ctx, "update people set born = $1 where name = $2", next, who)
							if c.fail == i+1 {
								err = errors.Join(err, boom)
							}
							return err
						})
					}
				}
				for i, err := range inLine(t, db, fs...) {
					if want := c.fail == i+1; want != errors.Is(err, boom) || !want && err != nil {
						t.Errorf("%d: %v", i, err)
					}
				}
				got, err := sqldb.All(ctx, db, sqldb.Value[int64], "select born from people where name in ('anna', 'bram') order by name")
				if err != nil || !slices.Equal(got, c.want) {
					t.Errorf("counted %v, %v; want %v", got, err, c.want)
				}
			})
		})
	}
}

// TestAskingEarly: on PostgreSQL an answer comes from before the changes of those that
// go first, so who vouches for a change that matters is believed.
func TestAskingEarly(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		startCount(t, db)
		var seen, told int
		var n int64
		about := db.Asking(ctx, func(any) bool { return true }, sqldb.Question{Text: bornText, Args: []any{"all"}})
		write := func() error {
			return db.Update(about, func(tx *sqldb.Tx) error {
				tx.Note("harmless")
				_, err := tx.Exec(ctx, "update people set born = 5 where name = 'all'")
				return err
			})
		}
		look := func() error {
			return db.Update(about, func(tx *sqldb.Tx) error {
				seen++
				told = len(tx.Meanwhile())
				return tx.QueryRow(ctx, bornText, "all").Scan(&n)
			})
		}
		for i, err := range inLine(t, db, write, look) {
			if err != nil {
				t.Errorf("%d: %v", i, err)
			}
		}
		want := []int64{1, 0, 5}
		if db.Dialect() == sqldb.Postgres {
			want = []int64{1, 1, 0}
		}
		if got := []int64{int64(seen), int64(told), n}; !slices.Equal(got, want) {
			t.Errorf("runs, notes and what was seen: %v, want %v", got, want)
		}
	})
}

// TestAskingWrong: a question that the database refuses is the matter of whose it is.
func TestAskingWrong(t *testing.T) {
	sqltest.Each(t, schema(), func(t *testing.T, db *sqldb.DB) {
		ctx := t.Context()
		startCount(t, db)
		ask := func(text string, f func(tx *sqldb.Tx) error) func() error {
			about := db.Asking(ctx, func(any) bool { return true }, sqldb.Question{Text: text})
			return func() error { return db.Update(about, f) }
		}
		f := func(tx *sqldb.Tx) error { _, err := count(ctx, tx); return err }
		wrong := "select nothing from nowhere"
		errs := inLine(t, db, ask("select 1", f), ask(wrong, func(tx *sqldb.Tx) error { _, err := tx.Query(ctx, wrong); return err }), ask("select 2", f))
		if errs[0] != nil || errs[1] == nil || errs[2] != nil {
			t.Errorf("errors: %v", errs)
		}
		if n := counted(t, db); n != 2 {
			t.Errorf("counted %d", n)
		}
	})
}
