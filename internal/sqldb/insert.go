package sqldb

import (
	"context"
	"fmt"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// copyFrom is the number of rows from which PostgreSQL's copy protocol is the
// faster way in.
const copyFrom = 8

// InsertRows adds rows to a table as fast as the database takes them and gives
// their number. Names of table and columns must not come from outside.
func (tx *Tx) InsertRows(ctx context.Context, table string, cols []string, rows [][]any) (int64, error) {
	for _, row := range rows {
		if len(row) != len(cols) {
			return 0, fmt.Errorf("insert into %s: %d values for %d columns", table, len(row), len(cols))
		}
	}
	if tx.s.pg != nil && len(rows) >= copyFrom {
		return tx.copyRows(ctx, table, cols, rows)
	}
	// SQLite is fastest with one row for each call of a prepared statement.
	text := insertText(table, cols)
	for i, row := range rows {
		if _, err := tx.Exec(ctx, text, row...); err != nil {
			return int64(i), err
		}
	}
	return int64(len(rows)), nil
}

// ExecAll runs a statement once for each list of arguments, in order: on
// PostgreSQL with one round trip for all. It gives how many went well.
func (tx *Tx) ExecAll(ctx context.Context, text string, rows [][]any) (int, error) {
	if tx.s.pg == nil || len(rows) < 2 {
		for i, row := range rows {
			if _, err := tx.Exec(ctx, text, row...); err != nil {
				return i, err
			}
		}
		return len(rows), nil
	}
	text, ctx, err := tx.ready(ctx, text)
	if err != nil {
		return 0, err
	}
	tx.changed = true
	batch := &pgx.Batch{}
	for _, row := range rows {
		batch.Queue(text, row...)
	}
	results := tx.s.pg.SendBatch(ctx, batch)
	done := 0
	for done < len(rows) && err == nil {
		if _, err = results.Exec(); err == nil {
			done++
		}
	}
	if e := results.Close(); err == nil {
		err = e
	}
	return done, tx.spoil(text, tx.s.note(err))
}

func (tx *Tx) copyRows(ctx context.Context, table string, cols []string, rows [][]any) (int64, error) {
	text := "copy " + table
	_, ctx, err := tx.ready(ctx, text)
	if err != nil {
		return 0, err
	}
	tx.changed = true
	n, err := tx.s.pg.CopyFrom(ctx, pgx.Identifier{table}, cols, pgx.CopyFromRows(rows))
	return n, tx.spoil(text, tx.s.note(err))
}

func insertText(table string, cols []string) string {
	var b strings.Builder
	b.WriteString("insert into " + table + "(" + strings.Join(cols, ", ") + ") values (")
	for i := range cols {
		if i > 0 {
			b.WriteString(", ")
		}
		b.WriteString("$" + strconv.Itoa(i+1))
	}
	return b.String() + ")"
}
