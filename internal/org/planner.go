package org

import (
	"crypto/sha256"
	"encoding/hex"
	"time"
)

// Planner makes the plan of a departure without holding the people in it, however
// many they are. The caller shows it everybody twice, in the same order: who
// leaves is decided before what each leaves to whom, so that nobody inherits from a
// colleague who goes too.
type Planner struct {
	planner
	refused map[int][]*Refusal // by place
	decided int                // how many were shown in the first round
	planned int                // and in the second
	sum     [sha256.Size]byte
	digest  digest
}

// planner carries what the items of one plan share.
type planner struct {
	facts   Facts
	org     Organization // with the Global Administrators that remain so far
	actor   Actor
	now     time.Time
	leaving map[UserID]Outcome     // everybody who leaves in this plan, and how
	subs    map[SubscriptionID]int // seats reduced so far
	plan    Plan
	scratch []Step // where the steps of one person are laid out
}

// NewPlanner begins a plan for so many people. Of the facts, the people are not
// looked at.
func NewPlanner(facts Facts, actor Actor, now time.Time, people int) *Planner {
	return &Planner{planner: planner{
		facts: facts, org: *facts.Org, actor: actor, now: now,
		leaving: make(map[UserID]Outcome, people), scratch: make([]Step, 0, 12),
	}, refused: map[int][]*Refusal{}, digest: make(digest, 0, 3072)}
}

// Decide is the first round: whether this person leaves. Of somebody whose choices
// are [Choices.Plain] it needs no more than the gate looks at.
func (p *Planner) Decide(l *Leaver) {
	if rs := p.refusals(l); len(rs) > 0 {
		p.refused[p.decided] = rs
	} else {
		p.leaves(&l.Person, l.outcome())
	}
	p.decided++
}

// Item is the second round: the plan for this person.
func (p *Planner) Item(l *Leaver) Item {
	it := p.item(l, p.refused[p.planned])
	p.planned++
	if it.Outcome != OutcomeRefused {
		p.plan.Leaving++
	}
	p.hash(&it)
	return it
}

// hash makes one hash over all that was decided, without the dates: they move with
// the clock, what they are attached to does not. Each item is hashed together with
// the sum so far, so that the memory for one does for a hundred thousand.
func (p *Planner) hash(it *Item) {
	p.digest = append(p.digest[:0], p.sum[:]...)
	p.digest.item(it)
	p.sum = sha256.Sum256(p.digest)
}

// Plan is what both rounds came to, without the items.
func (p *Planner) Plan() Plan {
	p.plan.MassDelete = p.org.Settings.MassDelete(p.plan.Leaving, p.org.People)
	p.plan.Hash = hex.EncodeToString(p.sum[:])
	return p.plan
}

// MakePlan decides what a departure of these people does. It changes nothing
// and depends on nothing but its arguments.
func MakePlan(facts Facts, actor Actor, now time.Time) Plan {
	p := NewPlanner(facts, actor, now, len(facts.People))
	for i := range facts.People {
		p.Decide(&facts.People[i])
	}
	items := make([]Item, len(facts.People))
	for i := range facts.People {
		items[i] = p.Item(&facts.People[i])
	}
	plan := p.Plan()
	plan.Items = items
	return plan
}
