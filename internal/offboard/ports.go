// Package offboard holds the use cases: each operation of Leaver is one function
// of the Desk, called alike by Graph, /api/v1, the admin centre and the command
// line. A function loads what is named, asks package org what is to happen,
// saves all of it with its audit row in one transaction, and leaves work outside
// the database to after the commit. The ports it needs are declared here.
package offboard

import (
	"context"
	"time"

	"leaver/internal/org"
)

// Store is where an organization is kept. Change is durable when it returns nil;
// the function given to it may run more than once and must set its results
// afresh. Read gives one consistent snapshot.
type Store interface {
	Change(ctx context.Context, f func(Tx) error) error
	Read(ctx context.Context, f func(Tx) error) error
	// Beginning gives a context for a Change that begins with one person, to delete them
	// or to restore them: in a line of changes they may be asked for before its turn.
	Beginning(ctx context.Context, ref string, restore bool) context.Context
	// Analyze tells the database how large its tables have become; see Growth.
	Analyze(ctx context.Context) error
}

// Tx is what a use case can do inside one transaction.
type Tx interface {
	Organizations
	People
	Crowd
	Journal
	Trail
	Remains
	Leftovers
	Reminders
	Delegations
	BodyQueue
	Groups
	Memberships
	Content
	Apps
	Seeder
}

// Organizations keeps the organization itself.
type Organizations interface {
	// Organization gives settings, domains, subscriptions, products and counts.
	Organization(ctx context.Context) (*org.Organization, error)
	SaveOrganization(ctx context.Context, o *org.Organization) error
	// SaveSubscription stores a subscription (new when its id is not known) and a
	// point of its history.
	SaveSubscription(ctx context.Context, s org.Subscription, now time.Time) error
	// SaveProducts adds or renames products.
	SaveProducts(ctx context.Context, ps org.Products) error
	// OverAssigned names those of somebody's products that have more people than
	// seats once the change is saved.
	OverAssigned(ctx context.Context, before, after *org.Person) ([]string, error)
	// Clock is how far a practice organization's clock has been moved.
	Clock(ctx context.Context) (time.Duration, error)
	SetClock(ctx context.Context, offset time.Duration) error
	// DomainUsers is how many people, deleted ones too, have a user name or an
	// address in a domain.
	DomainUsers(ctx context.Context, domain string) (int, error)
}

// People keeps persons.
type People interface {
	// People loads persons by id or user name, in the order asked, nil where
	// there is none. A soft-deleted person answers to the id only, and to the
	// prefixed name.
	People(ctx context.Context, refs []string) ([]*org.Person, error)
	// DeletedByName gives, for each name as it was asked, the ids of the people in
	// Deleted users who had it, newest deletion first.
	DeletedByName(ctx context.Context, names []string) (map[string][]org.UserID, error)
	// Around loads what surrounds persons, in their order.
	Around(ctx context.Context, people []*org.Person) ([]org.Surroundings, error)
	// Heirs looks up the people that choices name, by org.HeirKey; those absent
	// or deleted are left out. References may be empty, and come more than once.
	Heirs(ctx context.Context, refs []string) (map[string]org.Heir, error)
	// World says what stands in the way of putting somebody back under a name.
	World(ctx context.Context, current, before *org.Person, upn string) (org.World, error)
	// Save stores the difference between persons before and after; an After
	// without Key is new. Seats and head counts follow.
	Save(ctx context.Context, changes []Change) error
}

// Crowd loads people who go together.
type Crowd interface {
	// Gates gives people like People does, with what the gate looks at and no more.
	Gates(ctx context.Context, refs []string) ([]*org.Person, error)
	// PeopleByKey gives people by their keys, in the order asked, nil where there is
	// none.
	PeopleByKey(ctx context.Context, keys []int64) ([]*org.Person, error)
	// Version goes up with every change, by one with one change alone. A snapshot may
	// know of later changes than its version says. It is not always known.
	Version(ctx context.Context) (n int64, known bool)
	// Wanted says whether somebody waits for this change to end.
	Wanted(ctx context.Context) (bool, error)
}

// Change is one person before and after. By is the item that carries them out, if
// one does: from then on it is the newest of theirs.
type Change struct {
	Before, After org.Person
	By            *Item
}

// Journal keeps departures: what was planned, what was done, and the state before.
type Journal interface {
	AddDeparture(ctx context.Context, d *Departure, items []Item) error
	Departure(ctx context.Context, id org.DepartureID) (*Departure, error)
	// DepartureByKey finds a departure by its idempotency key and creator, or nil.
	DepartureByKey(ctx context.Context, creator org.UserID, key string) (*Departure, error)
	SaveDeparture(ctx context.Context, d *Departure) error
	// Items pages through a departure's items by ordinal; with states only those.
	Items(ctx context.Context, d *Departure, after, limit int, states ...ItemOutcome) ([]Item, error)
	// Outcomes is Items without the states before, which are most of an item.
	Outcomes(ctx context.Context, d *Departure, after, limit int) ([]Item, error)
	// Remarks pages through those that are not done or have notes.
	Remarks(ctx context.Context, d *Departure, after, limit int) ([]Item, error)
	SaveItems(ctx context.Context, d *Departure, items []Item) error
	// LastItems finds, for each person, the newest item that took them away, with
	// its before-state; nil where there is none.
	LastItems(ctx context.Context, people []*org.Person) ([]*Item, error)
	// Departed finds a person, with the newest item that took them away; nil where
	// there is none.
	Departed(ctx context.Context, ref string) (*org.Person, *Item, error)
	// MarkUndone notes on an item that its person was put back.
	MarkUndone(ctx context.Context, it *Item, notes []org.Note) error
	// Undoable gives the next items that were done and not put back.
	Undoable(ctx context.Context, d *Departure, limit int) ([]Item, error)
	// Claimable says whether there is a departure to claim.
	Claimable(ctx context.Context, node string, now time.Time) (bool, error)
	// Claim takes a departure that nobody works on, until the lease runs out, or
	// gives nil when there is none.
	Claim(ctx context.Context, node string, now, until time.Time) (*Departure, error)
	Departures(ctx context.Context, before org.DepartureID, limit int) ([]Departure, error)
	// RunOf names the departure that an item belongs to; "" when it is not there any
	// more.
	RunOf(ctx context.Context, it *Item) (org.DepartureID, error)
}

// Trail keeps the audit trail.
type Trail interface {
	// Audit appends entries, chaining each to the one before.
	Audit(ctx context.Context, entries ...Entry) error
	// AuditHead is what the newest entry was when it was written.
	AuditHead(ctx context.Context) (seq int64, hash []byte, err error)
	// Entries gives the trail from a sequence number on, oldest first.
	Entries(ctx context.Context, after int64, limit int) ([]Entry, error)
}

// Remains keeps what has a clock of its own and what outlives its owner.
type Remains interface {
	// Due lists deleted people whose clock has run out, oldest first: those behind
	// one of them, or the first.
	Due(ctx context.Context, deletedBefore time.Time, after *org.Person, limit int) ([]*org.Person, error)
	// Purge removes persons for good, keeping what Remains says, and queues their
	// bodies for removal.
	Purge(ctx context.Context, people []Purged, now time.Time) error
	// Expire removes mailboxes and drives whose own clock has run out, and queues
	// their bodies; it says what went.
	Expire(ctx context.Context, s org.Settings, now time.Time, limit int) ([]Expired, error)
}

// Reminders finds the drives that heirs have little time left for.
type Reminders interface {
	// Remind gives the drives with heirs of people who were deleted up to a moment,
	// oldest first, each once: a drive that was given is not given again. It gives
	// about as many as limit, and none when there are no more.
	Remind(ctx context.Context, deletedUpTo time.Time, limit int) ([]Reminder, error)
}

// Delegations finds the drives that nobody was given.
type Delegations interface {
	// Undelegated gives the people with a drive who were deleted without a plan
	// between two moments, oldest first, each once, about as many as limit, and none
	// when there are no more.
	Undelegated(ctx context.Context, deletedFrom, deletedUpTo time.Time, limit int) ([]*org.Person, error)
}

// Reminder is a drive, when its owner was deleted, and the ids of who has access.
type Reminder struct {
	Owner   org.Ref
	Drive   org.DriveID
	Deleted time.Time
	Heirs   []string
}

// Purged is a person to purge and what remains.
type Purged struct {
	Person  *org.Person
	Remains org.Remains
}

// Expired names a mailbox or drive whose clock ran out.
type Expired struct {
	Kind  string // mailbox, drive, driveRecycled
	Owner org.Ref
	Rule  string
}

// Groups keeps memberships.
type Groups interface {
	// Group finds a group by id or nil.
	Group(ctx context.Context, id org.GroupID) (*org.Group, error)
	SaveGroup(ctx context.Context, g *org.Group) error
	// ChangeMembers adds and removes members or owners.
	ChangeMembers(ctx context.Context, g *org.Group, owners bool, add, remove []*org.Person) error
	// MembersOf gives the active members or owners of a group.
	MembersOf(ctx context.Context, g *org.Group, owners bool) ([]org.Ref, error)
	DeleteGroup(ctx context.Context, g *org.Group) error
}
