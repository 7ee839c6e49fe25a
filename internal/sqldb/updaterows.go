package sqldb

import (
	"context"
	"fmt"
	"strconv"
	"strings"
)

// updateSet is how many rows PostgreSQL changes with one statement.
const updateSet = 1000

// UpdateRows gives columns of rows new values as fast as the database takes them. The
// columns are named in cols, the last of them is the key, and each key comes once. Names of
// table and columns must not come from outside. An error may come as late as with
// [Tx.Later]. With word, which words the error of the row i, each row has
// a statement of its own.
func (tx *Tx) UpdateRows(ctx context.Context, word func(i int, err error) error, table string, cols []string, rows [][]any) error {
	for _, row := range rows {
		if len(row) != len(cols) {
			return fmt.Errorf("update %s: %d values for %d columns", table, len(row), len(cols))
		}
	}
	if tx.db.dialect == SQLite || len(rows) < copyFrom || word != nil {
		return tx.LaterAll(ctx, word, updateText(table, cols), rows)
	}
	for len(rows) > 0 {
		n := min(len(rows), updateSet)
		text, args, err := updateArrays(table, cols, rows[:n])
		if err != nil {
			return err
		}
		if err := tx.Later(ctx, text, args...); err != nil {
			return err
		}
		if err := tx.Hurry(ctx); err != nil {
			return err
		}
		rows = rows[n:]
	}
	return nil
}

// updateText changes one row.
func updateText(table string, cols []string) string {
	b := append(make([]byte, 0, 256), "update "+table+" set "...)
	key := len(cols) - 1
	for i, c := range cols[:key] {
		if i > 0 {
			b = append(b, ", "...)
		}
		b = strconv.AppendInt(append(b, c+" = $"...), int64(i+1), 10)
	}
	return string(strconv.AppendInt(append(b, " where "+cols[key]+" = $"...), int64(key+1), 10))
}

// updateArrays changes many rows, each column from an array of its own.
func updateArrays(table string, cols []string, rows [][]any) (text string, args []any, err error) {
	var set, from strings.Builder
	key := len(cols) - 1
	args = make([]any, len(cols))
	arrays := make([]array, len(cols))
	for _, row := range rows {
		if row, err = plain(row); err != nil {
			return "", nil, err
		}
		for i, v := range row {
			if err := arrays[i].add(v); err != nil {
				return "", nil, fmt.Errorf("column %s: %w", cols[i], err)
			}
		}
	}
	for i, c := range cols {
		if i < key {
			fmt.Fprintf(&set, "%s = x.%s, ", c, c)
		}
		kind := arrays[i].kind
		if kind == "" { // nothing but nulls, of whatever type
			kind = "bigint"
		}
		fmt.Fprintf(&from, "$%d::%s[], ", i+1, kind)
		args[i] = append(arrays[i].text, '}')
	}
	return fmt.Sprintf("update %s as t set %s from unnest(%s) as x(%s) where t.%s = x.%s", table,
		strings.TrimSuffix(set.String(), ", "), strings.TrimSuffix(from.String(), ", "), strings.Join(cols, ", "), cols[key], cols[key]), args, nil
}

// array is a column as PostgreSQL reads arrays.
type array struct {
	kind string
	text []byte
}

func (a *array) add(v any) error {
	kind := a.kind
	switch v.(type) {
	case int64, int:
		kind = "bigint"
	case string:
		kind = "text"
	case bool:
		kind = "boolean"
	case nil:
	default:
		return fmt.Errorf("a %T does not go into an array", v)
	}
	if a.kind != "" && kind != a.kind {
		return fmt.Errorf("a %s among values of type %s", kind, a.kind)
	}
	a.kind = kind
	if len(a.text) == 0 {
		a.text = append(a.text, '{')
	} else {
		a.text = append(a.text, ',')
	}
	switch v := v.(type) {
	case nil:
		a.text = append(a.text, "NULL"...)
	case int64:
		a.text = strconv.AppendInt(a.text, v, 10)
	case int:
		a.text = strconv.AppendInt(a.text, int64(v), 10)
	case bool:
		a.text = strconv.AppendBool(a.text, v)
	case string:
		a.quote(v)
	}
	return nil
}

// quote writes a text with a backslash before what would end it.
func (a *array) quote(s string) {
	a.text = append(a.text, '"')
	for {
		i := strings.IndexAny(s, `"\`)
		if i < 0 {
			break
		}
		a.text = append(append(a.text, s[:i]...), '\\', s[i])
		s = s[i+1:]
	}
	a.text = append(append(a.text, s...), '"')
}
