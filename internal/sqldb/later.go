package sqldb

import (
	"bytes"
	"context"
	"slices"
)

// Later runs a statement when it likes, but before the next one: on PostgreSQL both
// go in one round trip. An error comes with one of the next statements, or ends the
// transaction.
func (tx *Tx) Later(ctx context.Context, text string, args ...any) error {
	_, err := tx.later(ctx, nil, text, [][]any{args})
	return err
}

// LaterAll runs a statement once for each list of arguments when it likes, as
// Later does. word, if there is one, words the error of the list i.
func (tx *Tx) LaterAll(ctx context.Context, word func(i int, err error) error, text string, rows [][]any) error {
	i, err := tx.later(ctx, word, text, rows)
	if err != nil && word != nil && tx.db.dialect == SQLite {
		err = word(i, err)
	}
	return err
}

// later gives the number of the list that could not be run.
func (tx *Tx) later(ctx context.Context, word func(int, error) error, text string, rows [][]any) (int, error) {
	if tx.db.dialect == SQLite {
		for i, row := range rows {
			if _, err := tx.Exec(ctx, text, row...); err != nil {
				return i, err
			}
		}
		return len(rows), nil
	}
	text, ctx, err := tx.ready(ctx, text)
	if err != nil || len(rows) == 0 {
		return 0, err
	}
	tx.alter(text)
	for i, row := range rows {
		if len(tx.s.wire.queue) >= maxQueue {
			if err := tx.flush(ctx); err != nil {
				return i, err
			}
		}
		e := errand{text: text, args: row, job: tx.job}
		if word != nil {
			e.word = func(err error) error { return word(i, err) }
		}
		if err := tx.s.wire.later(e); err != nil {
			return i, err
		}
	}
	return len(rows), nil
}

// Hurry sends what waits without waiting for the end of it: PostgreSQL works on it
// while its caller makes ready what comes next. An error comes as with Later.
func (tx *Tx) Hurry(ctx context.Context) error {
	if tx.failed != nil || tx.db.dialect == SQLite || tx.s.idle || len(tx.ahead) > 0 {
		return tx.failed
	}
	return tx.spoil("a statement before", tx.s.note(tx.s.wire.start(tx.shield(ctx))))
}

// maxQueue bounds what waits: nobody reads the answers while it is being sent.
const maxQueue = 500

// flush sends what waits and takes its errors.
func (tx *Tx) flush(ctx context.Context) error {
	if tx.failed != nil || tx.db.dialect == SQLite {
		return tx.failed
	}
	if err := tx.s.note(tx.s.wire.flush(tx.shield(ctx))); err != nil {
		return tx.spoil("a statement before", err)
	}
	return tx.admit()
}

// Ahead says that a query will follow soon, unless something is changed before: on
// PostgreSQL it goes with the next statement, and its rows wait here.
func (tx *Tx) Ahead(ctx context.Context, text string, args ...any) error {
	if tx.db.dialect == SQLite {
		return nil
	}
	text, _, err := tx.ready(ctx, text)
	if err != nil {
		return err
	}
	if args, err = plain(args); err != nil {
		return err
	}
	if slices.ContainsFunc(tx.ahead, func(k *kept) bool { return k.asks(text, args) }) {
		return nil
	}
	k := &kept{text: text, args: args}
	tx.ahead = append(tx.ahead, k)
	return tx.s.wire.later(errand{text: text, args: args, job: tx.job, keep: k})
}

// fetched gives what was asked for ahead, or nil.
func (tx *Tx) fetched(ctx context.Context, text string, args []any) (*kept, error) {
	for i, k := range tx.ahead {
		if !k.asks(text, args) {
			continue
		}
		tx.ahead = slices.Delete(tx.ahead, i, i+1)
		if k.c != nil {
			return k, nil
		}
		return k, tx.again(ctx, func() error { return tx.flush(ctx) })
	}
	return nil, nil
}

func (k *kept) asks(text string, args []any) bool {
	return k.text == text && slices.EqualFunc(k.args, args, same)
}

// again runs the first thing that is sent once more when it turns out that the
// connection was lost while it was idle.
func (tx *Tx) again(ctx context.Context, send func() error) error {
	for {
		err := send()
		if err == nil || !tx.s.dead || !tx.s.idle || ctx.Err() != nil {
			tx.s.idle = false
			return err
		}
		if tx.s, err = tx.db.replace(ctx, tx.s); err != nil {
			return err
		}
		tx.failed = nil
	}
}

func same(a, b any) bool {
	x, ok := a.([]byte)
	y, both := b.([]byte)
	if ok || both {
		return ok && both && bytes.Equal(x, y)
	}
	return a == b
}
