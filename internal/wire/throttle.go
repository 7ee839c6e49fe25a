package wire

import (
	"net/http"
	"strconv"
	"sync"
	"time"
)

// Limits is how much one app may ask for. Microsoft's own are 5000 units in ten
// seconds and 3000 writes in 150 seconds for a school of our size; ours are
// generous unless set, for nobody else shares this server. R-API-07
type Limits struct {
	Units  int // resource units in ten seconds; 0: DefaultUnits, below 0: no limit
	Writes int // writes in 150 seconds; 0: DefaultWrites, below 0: no limit
}

// The limits of a server that sets none.
const (
	DefaultUnits  = 500_000
	DefaultWrites = 300_000
)

const (
	unitWindow  = 10 * time.Second
	writeWindow = 150 * time.Second
)

// Throttle counts what the apps of an organization use on this node, on all
// surfaces together.
type Throttle struct {
	limits Limits
	now    func() time.Time
	mu     sync.Mutex
	apps   map[string]*usage
}

// usage is what one app used in the windows that run now.
type usage struct{ units, writes window }

type window struct {
	began time.Time
	used  int
}

// NewThrottle makes a Throttle by the real clock.
func NewThrottle(l Limits, now func() time.Time) *Throttle {
	if l.Units == 0 {
		l.Units = DefaultUnits
	}
	if l.Writes == 0 {
		l.Writes = DefaultWrites
	}
	return &Throttle{limits: l, now: now, apps: map[string]*usage{}}
}

// take counts n, or says how long to wait until there is room again.
func (w *window) take(n, limit int, length time.Duration, now time.Time) (wait time.Duration) {
	if now.Sub(w.began) >= length || now.Before(w.began) {
		w.began, w.used = now, 0
	}
	if w.used+n > limit && w.used > 0 {
		return w.began.Add(length).Sub(now)
	}
	w.used += n
	return 0
}

// Admit counts a request of an app, or refuses it with the time to wait.
// R-API-06 R-API-07 R-API-08
func (t *Throttle) Admit(w http.ResponseWriter, c *Caller, units int, write bool) error {
	h := w.Header()
	h.Set("X-Ms-Resource-Unit", strconv.Itoa(units))
	t.mu.Lock()
	defer t.mu.Unlock()
	u := t.apps[c.AppID]
	if u == nil {
		u = &usage{} // there are no more of them than app registrations
		t.apps[c.AppID] = u
	}
	now := t.now()
	if t.limits.Units > 0 {
		if wait := u.units.take(units, t.limits.Units, unitWindow, now); wait > 0 {
			return t.refuse(c, "ResourceUnitLimitExceeded", "Read", wait)
		}
		if part := float64(u.units.used) / float64(t.limits.Units); part > 0.8 {
			h.Set("X-Ms-Throttle-Limit-Percentage", strconv.FormatFloat(part, 'f', 2, 64))
		}
	}
	if write && t.limits.Writes > 0 {
		if wait := u.writes.take(1, t.limits.Writes, writeWindow, now); wait > 0 {
			return t.refuse(c, "WriteLimitExceeded", "Write", wait)
		}
	}
	return nil
}

func (t *Throttle) refuse(c *Caller, information, limit string, wait time.Duration) error {
	return &Fault{
		Status: http.StatusTooManyRequests, Code: "TooManyRequests", Message: "Please retry again later.", RetryAfter: wait,
		Header: http.Header{
			"x-ms-throttle-information": {information},
			"x-ms-throttle-scope":       {"Tenant_Application/" + limit + "Limit/" + c.AppID + "/" + c.TenantID},
		},
	}
}
