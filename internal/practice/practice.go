// Package practice makes the practice organization: Lindeboom College, a school
// that does not exist, with people who each show one rule and as many others as
// asked for. It is the same at every start: the same ids, names and sizes, and
// dates that lie as far from the start.
package practice

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"leaver/internal/catalog"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// What the practice organization is called and how its people sign in.
const (
	Name     = "Lindeboom College"
	Domain   = "lindeboom.example"
	Password = "Welkom-2026!" // of every account
	TenantID = "0f6c2f7e-3a54-4d0b-9d6e-5c1d0e8a7b21"
)

// Users is how many people there are when nobody asks for another number.
const Users = 250

// Errors that callers tell apart.
var (
	ErrNotEmpty = errors.New("there is an organization already: choose an empty folder or database")
	ErrHalfMade = errors.New("the making of this practice organization was interrupted: remove the folder or database and start again")
)

// Bodies takes the bodies of messages and files.
type Bodies interface {
	Put(ctx context.Context, r io.Reader) (hash string, size int64, err error)
}

// Deps is what making the organization needs.
type Deps struct {
	Store        offboard.Store
	Bodies       Bodies
	PasswordHash string // of Password
	Now          time.Time
}

// Make makes the practice organization in an empty store with a number of
// active people, or with those who are always there when that is more. progress
// is told how many people are done and may be nil. A store in which Make was
// interrupted is not to be used: see Made.
func Make(ctx context.Context, d Deps, users int, progress func(done, total int)) error {
	made, err := Made(ctx, d.Store)
	switch {
	case err != nil:
		return err
	case made:
		return ErrNotEmpty
	}
	if progress == nil {
		progress = func(int, int) {}
	}
	m := newMaker(d, users)
	for _, step := range []func(context.Context) error{m.putBodies, m.organization, m.alwaysThere, m.past} {
		if err := step(ctx); err != nil {
			return fmt.Errorf("make the practice organization: %w", err)
		}
	}
	progress(m.done, m.total)
	grown := offboard.Growth{Store: d.Store}
	for m.done < m.total {
		if err := m.generate(ctx); err != nil {
			return fmt.Errorf("make the practice organization: %w", err)
		}
		if err := grown.To(ctx, m.done, m.total); err != nil {
			return fmt.Errorf("make the practice organization: %w", err)
		}
		progress(m.done, m.total)
	}
	if err := m.finish(ctx); err != nil {
		return fmt.Errorf("make the practice organization: %w", err)
	}
	return nil
}

// Made tells whether a store holds a whole organization, or nothing; the
// practice organization half made is ErrHalfMade.
func Made(ctx context.Context, s offboard.Store) (bool, error) {
	made := false
	err := s.Read(ctx, func(tx offboard.Tx) error {
		made = false
		o, err := tx.Organization(ctx)
		if r := org.RefusalOf(err); r != nil && r.Reason == "organization.none" {
			return nil
		}
		if err != nil {
			return err
		}
		if made = o.ID != TenantID; made {
			return nil
		}
		// The last thing that Make writes is among the first rows of the trail.
		entries, err := tx.Entries(ctx, 0, pastEntries)
		for i := range entries {
			made = made || entries[i].Action == offboard.ActInit
		}
		if err == nil && !made {
			err = ErrHalfMade
		}
		return err
	})
	return made, err
}

// maker makes one practice organization.
type maker struct {
	deps     Deps
	now      time.Time
	extra    int // people beyond those of a normal start
	done     int // active people so far
	total    int // active people to be
	next     int // the next one to generate
	cast     []character
	ids      map[string]int // places in the cast, by name
	names    names
	sections []string // names of the groups of one subject
	offers   []catalog.Offer
	org      *org.Organization
	bodies   map[string]stored         // by text
	moves    map[org.SkuID]map[int]int // seats taken less seats given back, by days before the start
}

// stored is a body that has been put.
type stored struct {
	hash string
	size int64
}

func newMaker(d Deps, users int) *maker {
	m := &maker{
		deps: d, now: d.Now.UTC().Truncate(time.Second), cast: cast(), ids: map[string]int{}, bodies: map[string]stored{}, moves: map[org.SkuID]map[int]int{},
		names: names{givenNames(), surnames()}, offers: catalog.Offers(),
	}
	for i, c := range m.cast {
		m.ids[c.key()] = i
		if !c.leaves() {
			m.total++
		}
	}
	m.total = max(m.total, users)
	m.extra = max(0, m.total-Users)
	for _, g := range m.groups()[firstSection:firstClass] {
		m.sections = append(m.sections, g.DisplayName)
	}
	return m
}

// ago is a moment before the start.
func (m *maker) ago(days int) time.Time { return m.now.Add(-time.Duration(days) * org.Day) }

// seed writes people.
func (m *maker) seed(ctx context.Context, people []offboard.Newcomer) error {
	return m.deps.Store.Change(ctx, func(tx offboard.Tx) error { return tx.Seed(ctx, people) })
}
