package offboard

import (
	"context"
	"fmt"
	"iter"
	"runtime/debug"
)

// inAdvance runs what makes portions in a goroutine of its own, one portion ahead of
// whoever takes their parts one by one. When the loop over them ends, the goroutine
// has ended.
func inAdvance[T any](portions iter.Seq2[[]T, error]) iter.Seq2[*T, error] {
	type made struct {
		part []T
		err  error
	}
	return func(yield func(*T, error) bool) {
		parts, stop := make(chan made), make(chan struct{})
		go func() {
			defer close(parts)
			defer func() {
				if p := recover(); p != nil { // nobody else would catch it here
					err := fmt.Errorf("panic: %v\n%s", p, debug.Stack())
					select {
					case parts <- made{err: err}:
					case <-stop:
					}
				}
			}()
			for part, err := range portions {
				select {
				case parts <- made{part, err}:
				case <-stop:
					return
				}
			}
		}()
		defer func() {
			close(stop)
			for range parts { // until it has ended
			}
		}()
		for m := range parts {
			if m.err != nil {
				yield(nil, m.err)
				return
			}
			for i := range m.part {
				if !yield(&m.part[i], nil) {
					return
				}
			}
		}
	}
}

// ahead loads what the next transaction is about while this one is written. The next
// takes it if this one is all that has changed since.
type ahead[T any] struct {
	flight *flight[T]
}

type flight[T any] struct {
	before int64 // the version that this transaction began on
	value  *T    // nil: it was not to be had
	done   chan struct{}
}

// load begins to load, once for each transaction. Where it is not known what others
// change meanwhile, it does not.
func (a *ahead[T]) load(ctx context.Context, store Store, tx Tx, load func(Tx) (*T, error)) {
	version, known := tx.Version(ctx)
	if !known || a.flight != nil {
		return
	}
	f := &flight[T]{before: version, done: make(chan struct{})}
	a.flight = f
	go func() {
		defer close(f.done)
		defer func() { _ = recover() }()        // it will happen again where it is told
		_ = store.Read(ctx, func(tx Tx) error { // what fails here is loaded when its turn comes
			began, known := tx.Version(ctx)
			v, err := load(tx)
			if err == nil && known && began >= version {
				f.value = v
			}
			return err
		})
	}()
}

// take waits for what is being loaded, if anything is, and gives it with the version
// that it holds behind.
func (a *ahead[T]) take() (value *T, before int64) {
	f := a.flight
	a.flight = nil
	if f == nil {
		return nil, 0
	}
	<-f.done
	return f.value, f.before
}

// alone says that exactly one change was made since a version.
func alone(ctx context.Context, tx Tx, before int64) bool {
	version, known := tx.Version(ctx)
	return known && version == before+1
}
