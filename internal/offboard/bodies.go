package offboard

import (
	"context"
	"errors"
	"time"

	"leaver/internal/org"
)

// BodyQueue holds the bodies that were let go of until their files are removed.
//
// A body is named by its content, so somebody may bring it again while it is
// being removed. Whoever removes it claims it first; whoever refers to it takes
// it off the queue in the transaction of the reference. One of the two is refused
// by the other, and no reference is kept to a file that goes.
type BodyQueue interface {
	// Bodies hands out queued bodies that nothing refers to; ForgetBodies takes
	// them off the queue when the files are gone.
	Bodies(ctx context.Context, limit int) ([]string, error)
	ForgetBodies(ctx context.Context, hashes []string) error
	// ClaimBodies hands them out to be removed until a moment; it leaves out what
	// another has claimed.
	ClaimBodies(ctx context.Context, now, until time.Time, limit int) ([]string, error)
	// KeepBody takes a body off the queue, because something refers to it from now
	// on; false when it is being removed.
	KeepBody(ctx context.Context, hash string, now time.Time) (bool, error)
	// QueueBody lets go of a body.
	QueueBody(ctx context.Context, hash string) error
}

// keepBodies takes up the bodies that a transaction refers to. One that is being
// removed, or that was removed since it was stored, has to be brought again.
func (d *Desk) keepBodies(ctx context.Context, tx Tx, hashes ...string) error {
	for _, hash := range hashes {
		if hash == "" {
			continue
		}
		kept, err := tx.KeepBody(ctx, hash, d.Now())
		if err == nil && kept {
			kept, err = d.Bodies.Has(ctx, hash)
		}
		if err != nil {
			return err
		}
		if !kept {
			return org.Refuse(org.Unavailable, "body.goes", "R-API-61")
		}
	}
	return nil
}

// bodiesOf lists the bodies of a file and of what is in it.
func bodiesOf(f *File) []string {
	hashes := []string{f.Body}
	for i := range f.Files {
		hashes = append(hashes, bodiesOf(&f.Files[i])...)
	}
	return hashes
}

// DropBody lets go of a body that was stored for something that was then
// refused; the next sweep removes it, unless something else refers to it.
func (d *Desk) DropBody(ctx context.Context, hash string) error {
	return d.Store.Change(ctx, func(tx Tx) error { return tx.QueueBody(ctx, hash) })
}

// The times of removing bodies: how long a claim holds, and how much of it the
// removing itself may take, so that it is over when the claim is.
const (
	claimTime  = 2 * time.Minute
	removeTime = time.Minute
)

// RemoveBodies removes from disk the bodies that were let go of. The queue is
// part of the transaction that let go of them; removing is safe to repeat.
func (d *Desk) RemoveBodies(ctx context.Context) (int, error) {
	removed := 0
	for {
		n, err := d.removeSome(ctx)
		removed += n
		if err != nil || n == 0 {
			return removed, err
		}
	}
}

func (d *Desk) removeSome(ctx context.Context) (int, error) {
	var bodies []string
	err := d.Store.Read(ctx, func(tx Tx) (err error) {
		bodies, err = tx.Bodies(ctx, 1)
		return err
	})
	if err != nil || len(bodies) == 0 {
		return 0, err
	}
	if err := d.Store.Change(ctx, func(tx Tx) (err error) {
		now := d.Now()
		bodies, err = tx.ClaimBodies(ctx, now, now.Add(claimTime), 1000)
		return err
	}); err != nil || len(bodies) == 0 {
		return 0, err
	}
	removing, cancel := context.WithTimeoutCause(ctx, removeTime, errSlowDisk)
	defer cancel()
	if err := d.Bodies.Delete(removing, bodies...); err != nil {
		return 0, err
	}
	return len(bodies), d.Store.Change(ctx, func(tx Tx) error { return tx.ForgetBodies(ctx, bodies) })
}

var errSlowDisk = errors.New("removing bodies takes too long")
