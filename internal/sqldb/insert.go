package sqldb

import (
	"context"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/jackc/pgx/v5"
)

// copyFrom is the number of rows from which PostgreSQL's copy protocol is the
// faster way in.
const copyFrom = 8

// InsertRows adds rows to a table as fast as the database takes them and gives
// their number. Names of table and columns must not come from outside. The error
// of a few rows may come as late as with [Tx.Later].
func (tx *Tx) InsertRows(ctx context.Context, table string, cols []string, rows [][]any) (int64, error) {
	for _, row := range rows {
		if len(row) != len(cols) {
			return 0, fmt.Errorf("insert into %s: %d values for %d columns", table, len(row), len(cols))
		}
	}
	switch text := tx.db.insertText(table, cols); {
	case tx.db.dialect == SQLite:
		// SQLite is fastest with one row for each call of a prepared statement.
		for i, row := range rows {
			if _, err := tx.Exec(ctx, text, row...); err != nil {
				return int64(i), err
			}
		}
	case len(rows) >= copyFrom:
		return tx.copyRows(ctx, table, cols, rows)
	default:
		if err := tx.LaterAll(ctx, nil, text, rows); err != nil {
			return 0, err
		}
	}
	return int64(len(rows)), nil
}

// ExecAll runs a statement once for each list of arguments, in order: on
// PostgreSQL with one round trip for all. It gives how many went well.
func (tx *Tx) ExecAll(ctx context.Context, text string, rows [][]any) (int, error) {
	if tx.db.dialect == SQLite || len(rows) < 2 {
		for i, row := range rows {
			if _, err := tx.Exec(ctx, text, row...); err != nil {
				return i, err
			}
		}
		return len(rows), nil
	}
	for done := 0; done < len(rows); {
		portion := rows[done:min(len(rows), done+maxQueue)]
		before := len(tx.s.wire.queue)
		if _, err := tx.later(ctx, nil, text, portion); err != nil {
			return done, err
		}
		if err := tx.flush(ctx); err != nil {
			return done + max(0, tx.s.wire.done-before), err
		}
		done += len(portion)
	}
	return len(rows), nil
}

func (tx *Tx) copyRows(ctx context.Context, table string, cols []string, rows [][]any) (int64, error) {
	text := "copy " + table
	_, ctx, err := tx.ready(ctx, text)
	if err != nil {
		return 0, err
	}
	tx.alter(text)
	if err := tx.flush(ctx); err != nil {
		return 0, err
	}
	n, err := tx.s.pg.CopyFrom(ctx, pgx.Identifier{table}, cols, pgx.CopyFromRows(rows))
	return n, tx.spoil(text, tx.s.note(err))
}

// inserting is a statement that was made for a table before.
type inserting struct {
	cols []string
	text string
}

func (db *DB) insertText(table string, cols []string) string {
	if known, ok := db.inserts.Load(table); ok {
		if known := known.(inserting); slices.Equal(known.cols, cols) { //nolint:forcetypeassert // nothing else is stored
			return known.text
		}
	}
	made := inserting{slices.Clone(cols), insertText(table, cols)}
	db.inserts.Store(table, made)
	return made.text
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
