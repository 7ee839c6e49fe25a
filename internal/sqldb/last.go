package sqldb

import (
	"context"
	"strings"
)

// last is a statement that waits for the end of its transaction.
type last struct {
	table, text string
	args        []any
	left        any
	job         *job
}

// Last runs a statement that writes to a table at the end of the transaction, whoever
// else shares it: right before the commit, or before the next statement that names the
// table in its text. What is left with it is for the next Update of the same
// transaction, which finds it with [Tx.Left] and may give one statement for both: then
// this one is not run. So a row that nearly every change reads and writes is read and
// written once for all that share a commit. An error may come as late as with [Tx.Later].
func (tx *Tx) Last(ctx context.Context, table string, left any, text string, args ...any) error {
	w := tx.db.writer
	if w.last != nil && tx.took != w.last || tx.last != nil {
		if err := tx.overtake(ctx); err != nil {
			return err
		}
	}
	if tx.careful || tx.depth > 0 || tx.altered(table) { // it may be undone alone, or what is left is not all that there is
		if err := tx.overtake(ctx); err != nil {
			return err
		}
		return tx.Later(ctx, text, args...)
	}
	text, err := tx.may(ctx, text)
	if err != nil {
		return err
	}
	tx.alter(text)
	tx.last = &last{table: table, text: text, args: args, left: left, job: tx.job}
	return nil
}

// Left gives what the Update before this one left with its [Tx.Last], or nil: nothing
// was left, or its statement was run since. The next Last has to do for both.
func (tx *Tx) Left() any {
	tx.took = nil
	if !tx.write || tx.db.writer.last == nil {
		return nil
	}
	tx.took = tx.db.writer.last
	return tx.took.left
}

// maxTold is of how many statements an Update remembers what they may have changed:
// those that share a commit are short.
const maxTold = 32

// altered says whether this Update may have changed a table.
func (tx *Tx) altered(table string) bool {
	if len(tx.texts) == maxTold {
		return true
	}
	for _, text := range tx.texts {
		if strings.Contains(text, table) {
			return true
		}
	}
	return false
}

// due runs the statement that waits before one that names its table.
func (tx *Tx) due(ctx context.Context, text string) error {
	if l := tx.waiting(); l != nil && strings.Contains(text, l.table) {
		return tx.overtake(ctx)
	}
	return nil
}

func (tx *Tx) waiting() *last {
	switch {
	case !tx.write:
		return nil
	case tx.last != nil: // it stands for that of the others, too
		return tx.last
	}
	return tx.db.writer.last
}

// overtake runs the statement that waits. That of the others stays if this Update fails
// without a change of its own; if it fails with one, all of them run again.
func (tx *Tx) overtake(ctx context.Context) error {
	l := tx.waiting()
	if l == nil {
		return nil
	}
	tx.last, tx.db.writer.last = nil, nil
	return tx.run(ctx, l)
}

func (tx *Tx) run(ctx context.Context, l *last) error {
	if tx.db.dialect == Postgres {
		return tx.s.wire.later(errand{text: l.text, args: l.args, job: l.job})
	}
	_, err := tx.s.exec(tx.shield(ctx), l.text, l.args...)
	return tx.spoil(l.text, err)
}

// settle runs what waits for the end of the transaction.
func (w *writer) settle() error {
	l := w.last
	if l == nil {
		return nil
	}
	w.last = nil
	tx := &Tx{db: w.db, s: w.s, write: true, job: l.job}
	return tx.run(context.Background(), l)
}
