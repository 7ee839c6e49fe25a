package offboard

import (
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
