package sqldb_test

import (
	"errors"
	"fmt"
	"reflect"
	"strings"
	"testing"
	"testing/fstest"

	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
)

type boxed struct {
	id, number int64
	label      string
	open       bool
	until      any
}

// TestUpdateRows changes few rows, which have a statement each, and many, which
// share theirs: what is there afterwards is the same on both databases.
func TestUpdateRows(t *testing.T) {
	migrations := fstest.MapFS{"0001_boxes.sql": &fstest.MapFile{Data: []byte(`-- +goose Up
create table boxes (id bigint primary key, number bigint not null, label {text} not null, open boolean not null, until bigint, hue {text});
create unique index boxes_number on boxes (number);
`)}}
	labels := []string{"", "NULL", `a "quoted" \ one`, "{1,2}", "é €", "a\nb", strings.Repeat(`\"`, 2000)}
	sqltest.Each(t, migrations, func(t *testing.T, db *sqldb.DB) {
		for _, n := range []int{0, 1, 2, 8, 1000, 2500} {
			var want []boxed
			var before, after [][]any
			for i := range int64(n) {
				b := boxed{id: i, number: -i, label: labels[int(i)%len(labels)], open: i%3 == 0}
				if i%2 == 0 {
					b.until = i
				}
				want = append(want, b)
				before = append(before, []any{i, i + 1, "before", false, 7, "grey"})
				after = append(after, []any{b.number, b.label, b.open, b.until, nil, b.id})
			}
			before = append(before, []any{1 << 40, 1 << 40, "untouched", true, 1, "grey"})
			if err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				if _, err := tx.Exec(t.Context(), "delete from boxes"); err != nil {
					return err
				}
				if _, err := tx.InsertRows(t.Context(), "boxes", []string{"id", "number", "label", "open", "until", "hue"}, before); err != nil {
					return err
				}
				return tx.UpdateRows(t.Context(), nil, "boxes", []string{"number", "label", "open", "until", "hue", "id"}, after)
			}); err != nil {
				t.Fatalf("%d rows: %v", n, err)
			}
			got, err := sqldb.All(t.Context(), db, func(r *sqldb.Rows) (boxed, error) {
				var b boxed
				var until int64
				err := r.Scan(&b.id, &b.number, &b.label, &b.open, &until)
				if until >= 0 {
					b.until = until
				}
				return b, err
			}, "select id, number, label, open, coalesce(until, -1) from boxes where hue is null order by id")
			if err != nil {
				t.Fatal(err)
			}
			if !reflect.DeepEqual(got, want) {
				t.Errorf("%d rows: something else is there", n)
			}
		}
		refuses := func(name string, is error, word func(int, error) error, rows [][]any) {
			t.Helper()
			err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
				return tx.UpdateRows(t.Context(), word, "boxes", []string{"number", "id"}, rows)
			})
			if err == nil || is != nil && !errors.Is(err, is) {
				t.Errorf("%s: %v", name, err)
			}
		}
		var taken [][]any
		for i := range int64(20) {
			taken = append(taken, []any{1 << 40, i})
		}
		refuses("a number that is taken", sqldb.ErrDuplicate, nil, taken)
		word := func(i int, err error) error { return fmt.Errorf("row %d: %w", i, err) }
		err := db.Update(t.Context(), func(tx *sqldb.Tx) error {
			return tx.UpdateRows(t.Context(), word, "boxes", []string{"number", "id"}, [][]any{{5000, 1}, {1 << 40, 2}})
		})
		if err == nil || !strings.Contains(err.Error(), "row 1: ") || !errors.Is(err, sqldb.ErrDuplicate) {
			t.Errorf("of whose number is taken is said: %v", err)
		}
		refuses("a value too many", nil, nil, [][]any{{1, 2, 3}})
	})
}
