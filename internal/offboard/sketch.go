package offboard

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"sync"
	"time"

	"leaver/internal/org"
)

// sketch is what of a plan the run will write into the journal. It is kept for a
// short while, since a plan that is shown is mostly confirmed next: when nothing at
// all was changed since, everybody would only be planned again to the same end.
type sketch struct {
	asked   [sha256.Size]byte // who asked for what
	version int64             // of the organization, when it was planned
	now     time.Time         // of the organization
	org     *org.Organization
	plan    org.Plan // without the items
	items   []Item
	steps   map[string][]org.Step // those of many people are the same
	buf     []byte
}

// sketches keeps the newest one.
type sketches struct {
	mu     sync.Mutex
	newest *sketch
	expiry *time.Timer
}

// sketchLife is how long a plan is kept for whoever looks at it before confirming.
const sketchLife = 2 * time.Minute

// sketchOf begins a sketch. The plan of one person is as quickly made anew.
func (d *Desk) sketchOf(actor org.Actor, req *Request) *sketch {
	if len(req.People) < 2 {
		return nil
	}
	return &sketch{asked: fingerprint(actor, req), steps: map[string][]org.Step{}, items: make([]Item, 0, len(req.People))}
}

// fingerprint tells requests apart.
func fingerprint(actor org.Actor, req *Request) [sha256.Size]byte {
	h := sha256.New()
	var b []byte
	text := func(s string) {
		b = append(binary.AppendUvarint(b[:0], uint64(len(s))), s...)
		h.Write(b)
	}
	choices := func(c *org.Choices) {
		if *c == (org.Choices{}) {
			text("")
			return
		}
		text(encode(c))
	}
	actor.RequestID = ""
	who, err := json.Marshal(actor)
	if err != nil {
		who = []byte(actor.ID) // cannot happen: it can always be written
	}
	text(string(who))
	choices(&req.Defaults)
	for i := range req.People {
		text(req.People[i].User)
		choices(&req.People[i].Choices)
	}
	return [sha256.Size]byte(h.Sum(nil))
}

// begin notes what the plan is made from. Where it is not known what others change
// meanwhile, there is no sketch.
func (s *sketch) begin(ctx context.Context, p *planning) {
	if s == nil {
		return
	}
	version, known := p.tx.Version(ctx)
	if !known {
		s.items = nil
	}
	s.version, s.now, s.org = version, p.now, p.org
}

// add notes one person.
func (s *sketch) add(l *org.Leaver, it *org.Item) {
	if s == nil || s.items == nil {
		return
	}
	item := pending(len(s.items), it, l)
	if len(item.Steps) > 0 {
		s.buf = org.AppendSteps(s.buf[:0], item.Steps)
		same, known := s.steps[string(s.buf)]
		if !known {
			same = item.Steps
			s.steps[string(s.buf)] = same
		}
		item.Steps = same
	}
	s.items = append(s.items, item)
}

// keep keeps a sketch in the place of the one before.
func (d *Desk) keep(s *sketch, plan *org.Plan) {
	if s == nil || s.items == nil {
		return
	}
	s.plan, s.steps, s.buf = *plan, nil, nil
	k := &d.sketches
	k.mu.Lock()
	defer k.mu.Unlock()
	k.newest = s
	if k.expiry != nil {
		k.expiry.Stop()
	}
	k.expiry = time.AfterFunc(sketchLife, func() {
		d.forget(s)
		d.rest(len(s.items))
	})
}

// forget lets go of a sketch, of whichever there is with nil.
func (d *Desk) forget(s *sketch) {
	k := &d.sketches
	k.mu.Lock()
	defer k.mu.Unlock()
	if k.newest != nil && (s == nil || k.newest == s) {
		k.newest = nil
		k.expiry.Stop()
		k.expiry = nil // which keeps the sketch, too
	}
}

// sketched gives the sketch of the plan that is confirmed, if it holds: for the
// same request, of the same person, on an organization in which nothing was changed
// since, and by a clock by which the same can still be given back.
func (d *Desk) sketched(ctx context.Context, tx Tx, actor org.Actor, req *Request, hash string, now time.Time) *sketch {
	k := &d.sketches
	k.mu.Lock()
	s := k.newest
	k.mu.Unlock()
	version, known := tx.Version(ctx)
	switch {
	case s == nil || !known || s.version != version || s.plan.Hash != hash:
		return nil
	case now.Before(s.now) || now.Sub(s.now) > sketchLife || fingerprint(actor, req) != s.asked:
		return nil
	}
	for i := range s.org.Subscriptions {
		sub := &s.org.Subscriptions[i]
		was, wasLater := sub.Reducible(s.now)
		is, isLater := sub.Reducible(now)
		if wasLater != isLater || (was == nil) != (is == nil) || was != nil && was.Reason != is.Reason { // R-LIC-21
			return nil
		}
	}
	return s
}
