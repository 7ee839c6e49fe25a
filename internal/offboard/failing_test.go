package offboard_test

import (
	"context"

	"leaver/internal/offboard"
	"leaver/internal/store"
)

// failing is the database of a node that dies: from some call on, nothing
// reaches it any more.
type failing struct {
	*store.Store
	fail func() error
}

func (f failing) Change(ctx context.Context, do func(offboard.Tx) error) error {
	if err := f.fail(); err != nil {
		return err
	}
	return f.Store.Change(ctx, do)
}

// nobody keeps no bodies.
type nobody struct{}

func (nobody) Has(context.Context, string) (bool, error) { return true, nil }
func (nobody) Delete(context.Context, ...string) error   { return nil }
