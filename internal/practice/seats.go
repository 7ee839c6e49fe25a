package practice

import (
	"slices"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// move remembers that seats of a product were taken, or given back, some days
// before the start.
func (m *maker) move(sku org.SkuID, days, n int) {
	if m.moves[sku] == nil {
		m.moves[sku] = map[int]int{}
	}
	m.moves[sku][days] += n
}

// taken is how many seats of a product were taken some days before the start.
func (m *maker) taken(sku org.SkuID, days int) int {
	total := 0
	for at, n := range m.moves[sku] {
		if at >= days {
			total += n
		}
	}
	return total
}

// A quarter is how far the points of the past lie apart, in days, and the latest
// of them before the start.
const (
	quarter = 91
	lately  = 30
)

// seats is how a subscription came to be what it is: a few more seats were
// bought whenever they ran out, and nothing changed after the last purchase.
func (m *maker) seats(p purchase, last time.Time) []offboard.SeatPoint {
	bought := int(m.now.Sub(last) / org.Day)
	days := []int{p.since, min(bought, p.since), min(lately, p.since)}
	for d := p.since - quarter; d > lately; d -= quarter {
		days = append(days, d)
	}
	slices.Sort(days)
	days = slices.Compact(days)
	slices.Reverse(days)
	points := make([]offboard.SeatPoint, len(days))
	for i, d := range days {
		taken := m.taken(p.sku, d)
		const step = 5
		total := p.seats
		if d > bought {
			total = min(p.seats, (taken+step)/step*step)
		}
		points[i] = offboard.SeatPoint{At: m.ago(d), Total: total, Assigned: min(taken, total)}
	}
	return points
}
