package offboard_test

import (
	"context"
	"fmt"
	"slices"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestLoadedAhead runs a departure in several transactions. What was loaded while the
// one before was written is taken as long as nobody else changed anything; who was
// changed meanwhile is refused, as if nothing had been loaded.
func TestLoadedAhead(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		anna := "anna@contoso.com"
		people := []org.Person{storetest.Person(1, "anna")}
		var names []string
		for i := range int64(6) {
			p := storetest.Person(2+i, fmt.Sprint("p", i))
			people, names = append(people, p), append(names, p.UPN)
		}
		storetest.Add(t, s, people...)
		for _, c := range []struct {
			name   string
			change func() // before the second of three transactions
			loads  int    // in transactions
			want   []offboard.ItemOutcome
		}{
			{"nobody changes anything", func() {}, 1, slices.Repeat([]offboard.ItemOutcome{offboard.ItemDone}, 6)},
			{"somebody else is changed", func() {
				storetest.Edit(t, s, anna, func(p *org.Person) { p.DisplayName += "!" })
			}, 2, slices.Repeat([]offboard.ItemOutcome{offboard.ItemDone}, 6)},
			{"one of them is changed", func() {
				storetest.Edit(t, s, names[3], func(p *org.Person) { p.DisplayName += "!" })
			}, 2, []offboard.ItemOutcome{
				offboard.ItemDone, offboard.ItemDone, offboard.ItemDone, offboard.ItemRefused, offboard.ItemDone, offboard.ItemDone,
			}},
			{"who inherits is deleted", func() { storetest.Delete(t, s, anna, o.time) }, 2, []offboard.ItemOutcome{
				offboard.ItemDone, offboard.ItemDone, offboard.ItemRefused, offboard.ItemRefused, offboard.ItemRefused, offboard.ItemRefused,
			}},
		} {
			t.Run(c.name, func(t *testing.T) {
				dep := o.confirm(t, org.Choices{FilesTo: &anna}, names...)
				counting := &looking{Store: s}
				calls := 0
				node := o.node("test", between{counting, func() {
					if calls++; calls == 3 { // claim, the first, then this
						c.change()
					}
				}})
				node.Portion = 2
				if _, err := node.WorkOnce(t.Context()); err != nil {
					t.Fatal(err)
				}
				most := map[bool]int{true: c.loads, false: 3}[s.DB().Dialect() == sqldb.SQLite] // on PostgreSQL others take numbers as well
				if counting.loads < c.loads || counting.loads > most {
					t.Errorf("people were loaded in %d transactions, want %d", counting.loads, c.loads)
				}
				if counting.asked != 3 {
					t.Errorf("in three portions it was asked %d times whether somebody waits", counting.asked)
				}
				var got []offboard.ItemOutcome
				for _, it := range o.items(t, dep) {
					got = append(got, it.Outcome)
				}
				if !slices.Equal(got, c.want) {
					t.Errorf("outcomes %v, want %v", got, c.want)
				}
				if _, err := o.Undo(t.Context(), boss, dep.ID); err != nil {
					t.Fatal(err)
				}
				o.work(t)
			})
		}
	})
}

// between is a database to which something happens between the transactions of a
// node.
type between struct {
	*looking
	happens func()
}

func (b between) Change(ctx context.Context, f func(offboard.Tx) error) error {
	b.happens()
	return b.looking.Change(ctx, f)
}
