package offboard

import (
	"cmp"
	"sync/atomic"
	"time"
)

// patience is how long one transaction of a run or a sweep may keep everybody else
// who wants to change something waiting.
const patience = 250 * time.Millisecond

// firstPortion is how many people the first transaction takes, leastPortion how
// many it takes however long it lasts.
const (
	firstPortion = 250
	leastPortion = 25
)

// pace finds out how many people one transaction takes: on the own disk they are
// thousands, over a slow network to the database some dozens.
type pace struct{ size atomic.Int64 }

// portion gives the number of people, at most most.
func (p *pace) portion(most int) int {
	return min(most, cmp.Or(int(p.size.Load()), firstPortion))
}

// took learns from a transaction of n people, which others had to wait for.
func (p *pace) took(n int, time time.Duration) {
	size := cmp.Or(p.size.Load(), firstPortion)
	switch {
	case n < leastPortion: // too few to tell
	case time > patience:
		size = max(leastPortion, int64(n)*int64(patience)/int64(time))
	case time < patience/2 && int64(n) >= size:
		size = min(2*size, purgeChunk)
	}
	p.size.Store(size)
}
