package offboard

import (
	"cmp"
	"time"
)

const (
	// patience is how long one transaction of a run or a sweep may keep others waiting
	// who want to change something.
	patience = 250 * time.Millisecond
	// solitude is how long one may take while nobody has waited for a while, and so how
	// long the first who comes waits at most.
	solitude = 600 * time.Millisecond
	// calmPortions in which nobody waited make a while.
	calmPortions = 8
)

// firstPortion is how many people the first transaction takes, leastPortion how
// many it takes however long it lasts, largestPortion how many however short: names
// and addresses stand all over the indexes, whose pages are written once for all of them.
const (
	firstPortion   = 250
	leastPortion   = 25
	largestPortion = 4000
)

// pace finds out how many people one transaction of a run or a sweep takes: on the
// own disk they are thousands, over a slow network to the database some dozens. Large
// portions write each page once for many people; while others wait, they are as
// small as those can bear.
type pace struct {
	size int
	calm int // portions since somebody waited, as far as that matters
}

// portion gives the number of people.
func (p *pace) portion() int { return cmp.Or(p.size, firstPortion) }

// took learns from a transaction of n people, and from whether somebody waited for its
// end.
func (p *pace) took(n int, time time.Duration, wanted bool) {
	if p.calm = min(p.calm+1, calmPortions); wanted {
		p.calm = 0
	}
	limit := patience
	if p.calm == calmPortions {
		limit = solitude
	}
	size := p.portion()
	switch {
	case n < leastPortion: // too few to tell
		return
	case time > limit:
		size = max(leastPortion, int(int64(n)*int64(limit)/int64(time)))
	case n >= size && time < limit/8:
		size *= 4
	case n >= size && time < limit/2:
		size *= 2
	}
	p.size = min(size, largestPortion)
}
