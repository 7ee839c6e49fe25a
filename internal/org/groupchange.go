package org

import "slices"

// GroupChange is what a change of what a group gives does to those in it.
type GroupChange struct {
	Members  int
	Products []ProductChange
	// Mailboxes and Drives count those whose clock begins to run, Forwarding the
	// mailboxes among them that send mail on. R-LIC-08 R-OD-20 R-DEL-33
	Mailboxes, Drives, Forwarding int
}

// ProductChange is what becomes of one product.
type ProductChange struct {
	Sku    SkuID
	Given  bool // by the group, afterwards
	Free   int  // seats there were before
	Gain   int  // people who get it
	Lose   int  // people who have it no longer
	Keep   int  // people who had it and still do, from the group or otherwise
	NoSeat int  // people for whom there is no seat
	Clash  int  // people whose other services exclude it, or lack what it needs
	Block  int  // people who don't get it because another product of the group failed
	// Gaining and Losing are the first of those who get it, or have it no longer.
	Gaining, Losing []Ref
}

// namedInChange is how many people a change names for a product.
const namedInChange = 5

// NewGroupChange begins to count what happens when a group gives something else
// than before: products that come, go, or were tried before.
func (o *Organization) NewGroupChange(before []License, after *Group) GroupChange {
	var c GroupChange
	add := func(sku SkuID, given bool) {
		if !slices.ContainsFunc(c.Products, func(p ProductChange) bool { return p.Sku == sku }) {
			c.Products = append(c.Products, ProductChange{Sku: sku, Given: given, Free: max(0, o.FreeSeats(sku))})
		}
	}
	for _, l := range after.Licenses {
		add(l.Sku, true)
	}
	for _, l := range before {
		add(l.Sku, false)
	}
	return c
}

// Count adds what happens to one person.
func (c *GroupChange) Count(before, after *Person, group GroupID) {
	c.Members++
	had, has := before.Seats(), after.Seats()
	for i := range c.Products {
		p := &c.Products[i]
		was, is := slices.Contains(had, p.Sku), slices.Contains(has, p.Sku)
		failed := ""
		if n := slices.IndexFunc(after.Licenses, func(l License) bool { return l.Sku == p.Sku && l.Group == group }); n >= 0 {
			failed = after.Licenses[n].Error
		}
		switch {
		case is && was:
			p.Keep++
		case is:
			p.Gain++
			p.Gaining = alsoNamed(p.Gaining, before)
		case was:
			p.Lose++
			p.Losing = alsoNamed(p.Losing, before)
		case failed == "CountViolation":
			p.NoSeat++ // R-LIC-16
		case failed == "Other":
			p.Block++ // R-LIC-17
		case failed != "":
			p.Clash++
		}
	}
	if m := after.Mailbox; m != nil && !m.Disconnected.IsZero() && before.Mailbox != nil && before.Mailbox.Disconnected.IsZero() {
		c.Mailboxes++
		if m.ForwardTo != "" {
			c.Forwarding++
		}
	}
	if d := after.Drive; d != nil && !d.Unlicensed.IsZero() && before.Drive != nil && before.Drive.Unlicensed.IsZero() {
		c.Drives++
	}
}

func alsoNamed(list []Ref, p *Person) []Ref {
	if len(list) == namedInChange {
		return list
	}
	return append(list, p.Ref())
}

// Gains says that somebody gets something.
func (c *GroupChange) Gains() bool {
	return slices.ContainsFunc(c.Products, func(p ProductChange) bool { return p.Gain > 0 })
}

// Loses says that somebody loses something.
func (c *GroupChange) Loses() bool {
	return c.Mailboxes+c.Drives > 0 || slices.ContainsFunc(c.Products, func(p ProductChange) bool { return p.Lose > 0 })
}
