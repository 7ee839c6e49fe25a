package web

import (
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// door holds back an address that knocks too often. It is on top of the lock-out
// of accounts, which all nodes share.
type door struct {
	now    func() time.Time
	mu     sync.Mutex
	knocks map[string]*rate.Limiter
}

const (
	knocksAtOnce  = 20
	knocksEvery   = 3 * time.Second
	doorRemembers = 10_000
)

func newDoor(now func() time.Time) *door {
	return &door{now: now, knocks: map[string]*rate.Limiter{}}
}

// open says whether an address may try now.
func (d *door) open(address string) bool {
	d.mu.Lock()
	defer d.mu.Unlock()
	l := d.knocks[address]
	if l == nil {
		if len(d.knocks) >= doorRemembers {
			clear(d.knocks) // memory stays flat under a flood
		}
		l = rate.NewLimiter(rate.Every(knocksEvery), knocksAtOnce)
		d.knocks[address] = l
	}
	return l.AllowN(d.now(), 1)
}
