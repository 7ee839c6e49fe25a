package offboard

import (
	"context"
	"slices"
	"strings"

	"leaver/internal/org"
)

// Request asks for the departure of people.
type Request struct {
	People   []Wish
	Defaults org.Choices
}

// Wish is one person with the choices made for them.
type Wish struct {
	User    string // UPN or id
	Choices org.Choices
}

// MaxPeople is how many people one departure may have.
const MaxPeople = 200_000

// Plan shows what a departure would do. It writes nothing at all.
func (d *Desk) Plan(ctx context.Context, actor org.Actor, req Request) (org.Plan, error) {
	if err := req.check(actor); err != nil {
		return org.Plan{}, err
	}
	var plan org.Plan
	err := d.Store.Read(ctx, func(tx Tx) error {
		now, err := d.now(ctx, tx)
		if err != nil {
			return err
		}
		facts, err := d.facts(ctx, tx, req)
		if err != nil {
			return err
		}
		plan = org.MakePlan(facts, actor, now)
		return nil
	})
	return plan, err
}

func (req *Request) check(actor org.Actor) error {
	if r := org.May(actor, org.DeleteUser); r != nil {
		return r // the caller's role comes before everything else, R-SM-10 R-BULK-09
	}
	switch n := len(req.People); {
	case n == 0:
		return org.Refuse(org.Invalid, "departure.empty", "R-SM-14").On("users")
	case n > MaxPeople:
		return org.Refuse(org.Invalid, "departure.tooMany", "R-BULK-12", org.Arg{Name: "count", Value: n}, org.Arg{Name: "limit", Value: MaxPeople}).On("users")
	}
	return nil
}

// facts loads what a plan is made from, in portions so that a run of a hundred
// thousand people does not need one statement for all.
func (d *Desk) facts(ctx context.Context, tx Tx, req Request) (org.Facts, error) {
	o, err := tx.Organization(ctx)
	if err != nil {
		return org.Facts{}, err
	}
	f := org.Facts{Org: o, People: make([]org.Leaver, 0, len(req.People)), ReplyTemplates: d.ReplyTemplates}
	for part := range slices.Chunk(req.People, 1000) {
		if err := load(ctx, tx, &f, part, req.Defaults); err != nil {
			return f, err
		}
	}
	f.Heirs, err = heirs(ctx, tx, &f)
	return f, err
}

func load(ctx context.Context, tx Tx, f *org.Facts, part []Wish, defaults org.Choices) error {
	refs := make([]string, len(part))
	for i, w := range part {
		refs[i] = w.User
	}
	people, err := tx.People(ctx, refs)
	if err != nil {
		return err
	}
	found := slices.DeleteFunc(slices.Clone(people), func(p *org.Person) bool { return p == nil })
	around, err := tx.Around(ctx, found)
	if err != nil {
		return err
	}
	next := 0
	for i, p := range people {
		l := org.Leaver{Asked: strings.TrimSpace(refs[i]), Choices: part[i].Choices.Over(defaults)}
		if p != nil {
			l.Found, l.Person, l.Around = true, *p, around[next]
			next++
		}
		f.People = append(f.People, l)
	}
	return nil
}

// heirs looks up everybody that the choices name, and the secondary owner.
func heirs(ctx context.Context, tx Tx, f *org.Facts) (map[string]org.Heir, error) {
	seen := map[string]bool{}
	var refs []string
	add := func(ref string) {
		if k := org.HeirKey(ref); k != "" && !seen[k] {
			seen[k] = true
			refs = append(refs, ref)
		}
	}
	add(string(f.Org.Settings.SecondaryOwner))
	for i := range f.People {
		for _, ref := range f.People[i].Choices.References() {
			add(ref)
		}
	}
	return tx.Heirs(ctx, refs)
}
