package api

import (
	"cmp"
	"encoding/json"
	"fmt"
	"net/http"
	"strconv"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// progress is the data of an event "item".
type progress struct {
	User    string               `json:"user"`
	Outcome offboard.ItemOutcome `json:"outcome"`
	Code    string               `json:"code"`
	Rule    string               `json:"rule"`
	Message string               `json:"message"`
	Undone  bool                 `json:"undone,omitempty"`
	Done    int                  `json:"done"`
	Total   int                  `json:"total"`
}

// tally is the data of an event "progress".
type tally struct {
	Done  int `json:"done"`
	Bad   int `json:"bad"` // of them, refused or failed
	Total int `json:"total"`
}

// ending is the data of the event "end".
type ending struct {
	Status offboard.Status              `json:"status"`
	Counts map[offboard.ItemOutcome]int `json:"counts"`
	Total  int                          `json:"total"`
}

// How often a stream shows that it is alive, and how many items one look at the
// journal takes.
const (
	heartbeat  = 15 * time.Second
	eventChunk = 250
)

func (a *API) poll() time.Duration { return cmp.Or(a.Poll, 500*time.Millisecond) }

// follower streams the progress of one departure to one client.
type follower struct {
	*call
	api  *API
	out  *http.ResponseController
	id   org.DepartureID
	last int // ordinal of the last item that was told
	// brief: only how many.
	brief bool
	told  tally
}

// events serves GET departures/{id}/events. People are told in the order of
// their ordinals, whoever runs the departure: what is told comes from the
// journal. A client that comes back says in Last-Event-ID where it was.
func (a *API) events(c *call) error {
	brief, err := c.flag("brief")
	if err != nil {
		return err
	}
	f := &follower{brief: brief, call: c, api: a, out: http.NewResponseController(c.w), id: org.DepartureID(c.r.PathValue("id")), last: -1}
	if text := c.r.Header.Get("Last-Event-ID"); text != "" {
		n, err := strconv.Atoi(text)
		if err != nil || n < 0 {
			return wrong(c.r, "request.badEventID", "Last-Event-ID")
		}
		f.last = n
	}
	if _, _, err := a.Desk.Departure(c.ctx(), c.actor, f.id, f.last, 0); err != nil {
		return err
	}
	_ = f.out.SetWriteDeadline(time.Time{}) // a stream has no end of its own; not every connection has deadlines
	h := c.w.Header()
	h.Set("Content-Type", "text/event-stream; charset=utf-8")
	h.Set("Cache-Control", "no-store")
	h.Set("X-Accel-Buffering", "no")
	c.w.WriteHeader(http.StatusOK)
	if err := f.out.Flush(); err != nil { // the client is to know at once that it is heard
		return fmt.Errorf("begin a stream of events: %w", err)
	}
	return f.follow()
}

// follow tells what there is and waits for more, until the departure ends or the
// client goes.
func (f *follower) follow() error {
	moved, stop := f.api.Desk.Watch(f.id)
	defer stop()
	tick := time.NewTicker(f.api.poll())
	defer tick.Stop()
	beat := time.NewTicker(heartbeat)
	defer beat.Stop()
	for {
		ended, err := f.tell()
		if err != nil || ended {
			return err
		}
		select {
		case <-f.ctx().Done():
			return nil // the client is gone: there is nobody to tell
		case <-moved:
		case <-tick.C:
		case <-beat.C:
			if _, err := f.api.Auth.Caller(f.r); err != nil {
				return err // the follower's own account was closed meanwhile, R-DEL-12
			}
			if err := f.write(": still here\n\n"); err != nil {
				return nil
			}
		}
	}
}

// tell tells everything that is new, and whether that was the end.
func (f *follower) tell() (ended bool, err error) {
	if f.brief {
		return f.tellBriefly()
	}
	for {
		dep, items, err := f.api.Desk.Departure(f.ctx(), f.actor, f.id, f.last, eventChunk)
		if err != nil {
			if f.ctx().Err() != nil {
				return true, nil
			}
			return false, err
		}
		for i := range items {
			if !settled(dep, &items[i]) {
				return false, nil
			}
			if err := f.item(dep, &items[i]); err != nil {
				return true, nil // the client is gone
			}
			f.last = items[i].Ordinal
		}
		if len(items) == eventChunk {
			continue
		}
		if dep.Ended.IsZero() {
			return false, nil
		}
		return true, f.end(dep)
	}
}

func (f *follower) end(dep *offboard.Departure) error {
	return f.event("end", "", ending{dep.Status, departureOf(dep).Counts, dep.Total})
}

// tellBriefly tells how many people are done, if that are more.
func (f *follower) tellBriefly() (ended bool, err error) {
	dep, _, err := f.api.Desk.Departure(f.ctx(), f.actor, f.id, -1, 0)
	if err != nil {
		return f.ctx().Err() != nil, err
	}
	now := tally{
		Done: dep.Total - dep.Counts[offboard.ItemPending] - dep.Counts[offboard.ItemRunning],
		Bad:  dep.Counts[offboard.ItemRefused] + dep.Counts[offboard.ItemFailed], Total: dep.Total,
	}
	if dep.Undoing && dep.Ended.IsZero() {
		now.Done = dep.Next
	}
	if now != f.told {
		f.told = now
		if err := f.event("progress", "", now); err != nil {
			return true, nil //nolint:nilerr // the client is gone
		}
	}
	if dep.Ended.IsZero() {
		return false, nil
	}
	return true, f.end(dep)
}

// settled says that a person's turn is over: in the run, or on the way back.
func settled(dep *offboard.Departure, it *offboard.Item) bool {
	if it.Outcome == offboard.ItemPending || it.Outcome == offboard.ItemRunning {
		return false
	}
	return !dep.Undoing || it.Undone || it.Ordinal < dep.Next || it.Outcome != offboard.ItemDone
}

func (f *follower) item(dep *offboard.Departure, it *offboard.Item) error {
	return f.event("item", strconv.Itoa(it.Ordinal), progress{
		User: it.User.Name, Outcome: it.Outcome, Code: it.Code, Rule: it.Rule, Message: messageOf(f.lang, it), Undone: it.Undone,
		Done: it.Ordinal + 1, Total: dep.Total,
	})
}

func (f *follower) event(name, id string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return err
	}
	if id != "" {
		id = "id: " + id + "\n"
	}
	return f.write(fmt.Sprintf("event: %s\n%sdata: %s\n\n", name, id, b))
}

func (f *follower) write(text string) error {
	if _, err := f.w.Write([]byte(text)); err != nil {
		return err
	}
	return f.out.Flush()
}
