package offboard

import (
	"context"
	"log/slog"
	"runtime/debug"
	"strings"
	"time"

	"leaver/internal/org"
)

// Desk is where every operation of Leaver is done. It keeps no state that
// another node would need.
type Desk struct {
	Store  Store
	Bodies Bodies
	// Now is the real clock; a practice organization's offset is added to it.
	Now   func() time.Time
	NewID func() string
	// HashPassword makes the stored form of a password; NewPassword invents one.
	HashPassword func(string) (string, error)
	NewPassword  func() string
	// CheckPassword says whether an account may have a password; nil: any.
	CheckPassword func(password, upn string) error
	// ReplyTemplates are the prewritten automatic replies by language. R-WIZ-10
	ReplyTemplates map[string]string
	// WriteLetter words what an heir of files is told, in the heir's language. Nil:
	// nobody is told. R-OD-05
	WriteLetter func(*org.Organization, Letter) (subject, text string)
	// Catalog names products that an import may bring in.
	Catalog  org.Products
	Log      *slog.Logger
	Node     string        // names this process among those that share the database
	Lease    time.Duration // how long a claimed run is this node's alone
	Portion  int           // how many people one transaction of a run takes; as many as are quick when zero
	wake     chan struct{}
	watch    watchers
	sketches sketches
}

// Bodies keeps the bodies of messages and files, named by their hash. The desk
// only looks whether they are there, and lets go of them.
type Bodies interface {
	Has(ctx context.Context, hash string) (bool, error)
	Delete(ctx context.Context, hashes ...string) error
}

// now is the organization's time, in whole seconds. A practice organization has
// a clock that can be moved.
func (d *Desk) now(ctx context.Context, tx Tx) (time.Time, error) {
	offset, err := tx.Clock(ctx)
	return d.Now().Add(offset).UTC().Truncate(time.Second), err
}

// Strong refuses a password that somebody chose and this account may not have. R-API-17
func (d *Desk) Strong(password, upn string) error {
	if d.CheckPassword == nil || d.CheckPassword(password, upn) == nil {
		return nil
	}
	return org.Refuse(org.Invalid, "user.password", "R-API-17").On("password")
}

// OrganizationTime is the organization's time now.
func (d *Desk) OrganizationTime(ctx context.Context) (time.Time, error) {
	var now time.Time
	err := d.Store.Read(ctx, func(tx Tx) (err error) {
		now, err = d.now(ctx, tx)
		return err
	})
	return now, err
}

// one loads the person that a reference names, or refuses.
func one(ctx context.Context, tx Tx, ref string) (*org.Person, error) {
	people, err := tx.People(ctx, []string{ref})
	if err != nil {
		return nil, err
	}
	if people[0] == nil {
		return nil, notFound(ref)
	}
	return people[0], nil
}

func notFound(ref string) error {
	return org.Refuse(org.NotFound, "user.notFound", "R-SM-10", org.Arg{Name: "user", Value: strings.TrimSpace(ref)})
}

// active loads an active person, or refuses.
func active(ctx context.Context, tx Tx, ref string) (*org.Person, error) {
	p, err := one(ctx, tx, ref)
	if err == nil && !p.Active() {
		return nil, org.Refuse(org.NotFound, "user.notFound", "R-DEL-06", org.Arg{Name: "user", Value: strings.TrimSpace(ref)})
	}
	return p, err
}

// entry starts an audit entry.
func entry(actor org.Actor, action string, target org.Ref, at time.Time, detail string) Entry {
	return Entry{At: at, Actor: actor, Action: action, Target: target, Result: "success", Request: actor.RequestID, Detail: detail}
}

// largeRun is how many people make a run large.
const largeRun = 2000

// rest gives the memory that something large took back to the machine: the garbage
// collector would keep it until the next time.
func (d *Desk) rest(people int) {
	if people >= largeRun {
		debug.FreeOSMemory()
	}
}
