package offboard

import (
	"context"
	"iter"
	"slices"
	"strings"
	"time"

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
	var items []org.Item
	plan, err := d.PlanEach(ctx, actor, req, func(it *org.Item) error {
		items = append(items, *it)
		return nil
	})
	plan.Items = items
	return plan, err
}

// PlanEach is Plan for many people, whose items are not kept: each gets them one by
// one, in the order asked for, before the plan as a whole is known.
func (d *Desk) PlanEach(ctx context.Context, actor org.Actor, req Request, each func(*org.Item) error) (org.Plan, error) {
	if err := req.check(actor); err != nil {
		return org.Plan{}, err
	}
	var plan org.Plan
	s := d.sketchOf(actor, &req)
	err := d.Store.Read(ctx, func(tx Tx) error {
		p, err := d.begins(ctx, tx, actor, &req)
		if err != nil {
			return err
		}
		s.begin(ctx, p)
		for l, err := range inAdvance(p.leavers(ctx)) {
			if err != nil {
				return err
			}
			it := p.Item(l)
			s.add(l, &it)
			if err := each(&it); err != nil {
				return err
			}
		}
		plan = p.Plan()
		return nil
	})
	if err == nil {
		d.keep(s, &plan)
	}
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

// planning is a plan while it is made: the first round is done, the second loads
// everybody anew. So the memory for a thousand people does for all.
type planning struct {
	*org.Planner
	tx   Tx
	req  *Request
	org  *org.Organization
	now  time.Time
	keys []int64 // of everybody asked for, 0 where there is nobody
}

// portion is how many people are loaded together.
const portion = 1000

// begins does the first round: who leaves.
func (d *Desk) begins(ctx context.Context, tx Tx, actor org.Actor, req *Request) (*planning, error) {
	p := &planning{tx: tx, req: req, keys: make([]int64, 0, len(req.People))}
	var err error
	if p.now, err = d.now(ctx, tx); err != nil {
		return nil, err
	}
	if p.org, err = tx.Organization(ctx); err != nil {
		return nil, err
	}
	heirs, err := tx.Heirs(ctx, req.heirs(p.org))
	if err != nil {
		return nil, err
	}
	p.Planner = org.NewPlanner(org.Facts{Org: p.org, Heirs: heirs, ReplyTemplates: d.ReplyTemplates}, actor, p.now, len(req.People))
	for part := range slices.Chunk(req.People, portion) {
		if err := p.decide(ctx, part); err != nil {
			return nil, err
		}
	}
	return p, nil
}

func (p *planning) decide(ctx context.Context, part []Wish) error {
	refs, plain := make([]string, len(part)), true
	for i := range part {
		refs[i] = part[i].User
		c := part[i].Choices.Over(p.req.Defaults)
		plain = plain && c.Plain()
	}
	load := p.tx.People
	if plain {
		load = p.tx.Gates
	}
	people, err := load(ctx, refs)
	if err != nil {
		return err
	}
	for i, person := range people {
		l := p.leaver(&part[i], person)
		p.Decide(&l)
		p.keys = append(p.keys, l.Person.Key)
	}
	return nil
}

func (p *planning) leaver(w *Wish, person *org.Person) org.Leaver {
	l := org.Leaver{Asked: strings.TrimSpace(w.User), Choices: w.Choices.Over(p.req.Defaults)}
	if person != nil {
		l.Found, l.Person = true, *person
	}
	return l
}

// leavers gives everybody with what surrounds them, for the second round.
func (p *planning) leavers(ctx context.Context) iter.Seq2[[]org.Leaver, error] {
	return func(yield func([]org.Leaver, error) bool) {
		for from := 0; from < len(p.keys); from += portion {
			to := min(from+portion, len(p.keys))
			part, err := p.load(ctx, p.req.People[from:to], p.keys[from:to])
			if !yield(part, err) || err != nil {
				return
			}
		}
	}
}

func (p *planning) load(ctx context.Context, part []Wish, keys []int64) ([]org.Leaver, error) {
	asked := slices.DeleteFunc(slices.Clone(keys), func(k int64) bool { return k == 0 })
	slices.Sort(asked)
	asked = slices.Compact(asked) // in the order in which they are stored, each once
	people, err := p.tx.PeopleByKey(ctx, asked)
	if err != nil {
		return nil, err
	}
	around, err := p.tx.Around(ctx, people)
	if err != nil {
		return nil, err
	}
	out := make([]org.Leaver, len(part))
	for i, key := range keys {
		n, there := slices.BinarySearch(asked, key)
		if !there {
			out[i] = p.leaver(&part[i], nil)
			continue
		}
		out[i] = p.leaver(&part[i], people[n])
		out[i].Around = around[n]
	}
	return out, nil
}

// heirs are everybody that the choices name, and the secondary owner.
func (req *Request) heirs(o *org.Organization) []string {
	refs := append([]string{string(o.Settings.SecondaryOwner)}, req.Defaults.References()...)
	for i := range req.People {
		refs = append(refs, req.People[i].Choices.References()...)
	}
	return refs
}
