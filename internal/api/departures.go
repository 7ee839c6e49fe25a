package api

import (
	"cmp"
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// startRequest confirms a plan.
type startRequest struct {
	planRequest
	Hash     string `json:"hash" doc:"Of the plan that was shown."`
	Override string `json:"override,omitempty" doc:"massDelete confirms a run above the threshold by name."`
}

// start serves POST departures.
func (a *API) start(c *call) error {
	key := c.r.Header.Get("Idempotency-Key")
	if len(key) > 255 || strings.ContainsFunc(key, func(r rune) bool { return r < ' ' || r > '~' }) {
		return wrong(c.r, "request.badKey", "Idempotency-Key", "max", 255)
	}
	var body startRequest
	if err := c.decode(&body, largeBody, false); err != nil {
		return err
	}
	switch {
	case body.Hash == "":
		return wrong(c.r, "request.missing", "hash", "field", "hash")
	case body.Override != "" && body.Override != offboard.MassDelete:
		return wrong(c.r, "request.badValue", "override", "field", "override", "value", shown(body.Override), "allowed", []string{offboard.MassDelete})
	}
	if err := body.named(c); err != nil {
		return err
	}
	dep, err := a.Desk.Start(c.ctx(), c.actor, body.request(), offboard.Confirmation{Hash: body.Hash, Idempotent: key, Override: body.Override})
	if err != nil {
		return err
	}
	return a.answerDeparture(c, http.StatusCreated, dep.ID)
}

// answerDeparture answers a departure with its first items.
func (a *API) answerDeparture(c *call, status int, id org.DepartureID) error {
	dep, items, err := a.Desk.Departure(c.ctx(), c.actor, id, -1, defaultPage+1)
	if err != nil {
		return err
	}
	if status == http.StatusCreated {
		c.w.Header().Set("Location", a.link(c, departurePath(id)))
	}
	return c.answer(status, a.departureWith(c, dep, items, defaultPage))
}

func departurePath(id org.DepartureID) string { return "departures/" + url.PathEscape(string(id)) }

// departureWith is a departure with a page of its items; one more than a page
// says that there is a next one.
func (a *API) departureWith(c *call, dep *offboard.Departure, items []offboard.Item, top int) departureView {
	out := departureOf(dep)
	for i := range items[:min(top, len(items))] {
		out.Items = append(out.Items, itemOf(c.lang, &items[i]))
	}
	if len(items) > top {
		q := url.Values{"$skiptoken": {token(strconv.Itoa(items[top-1].Ordinal))}}
		if top != defaultPage {
			q.Set("$top", strconv.Itoa(top))
		}
		out.NextItems = a.link(c, departurePath(dep.ID)) + "?" + q.Encode()
	}
	return out
}

// shownItems is how many items a list shows of each departure.
const shownItems = 20

// departures serves GET departures: newest first, each with its first items.
func (a *API) departures(c *call) error {
	top, err := c.top(20)
	if err != nil {
		return err
	}
	found, err := a.listed(c, top)
	if err != nil {
		return err
	}
	out := list[departureView]{Value: []departureView{}}
	for i := range found[:min(top, len(found))] {
		dep, items, err := a.Desk.Departure(c.ctx(), c.actor, found[i].ID, -1, shownItems+1)
		if err != nil {
			return err
		}
		out.Value = append(out.Value, a.departureWith(c, dep, items, shownItems))
	}
	if len(found) > top {
		out.Next = a.next(c, "departures", token(string(found[top-1].ID)))
	}
	return c.answer(http.StatusOK, out)
}

// listed gives the departures of a page and one more, or the one that the caller
// began with a key.
func (a *API) listed(c *call, top int) ([]offboard.Departure, error) {
	if key := c.r.URL.Query().Get(keyParam); key != "" {
		dep, err := a.Desk.DepartureOf(c.ctx(), c.actor, key)
		if err != nil || dep == nil {
			return nil, err
		}
		return []offboard.Departure{*dep}, nil
	}
	before, err := c.skipped()
	if err != nil {
		return nil, err
	}
	return a.Desk.Departures(c.ctx(), c.actor, org.DepartureID(before), top+1)
}

const keyParam = "idempotencyKey"

// departure serves GET departures/{id}.
func (a *API) departure(c *call) error {
	top, err := c.top(defaultPage)
	if err != nil {
		return err
	}
	after, err := c.skippedNumber(-1)
	if err != nil {
		return err
	}
	brief, err := c.flag("brief")
	if err != nil {
		return err
	}
	load := a.Desk.Departure
	if brief {
		load = a.Desk.Remarks
	}
	dep, items, err := load(c.ctx(), c.actor, org.DepartureID(c.r.PathValue("id")), int(after), top+1)
	if err != nil {
		return err
	}
	view := a.departureWith(c, dep, items, top)
	if brief && view.NextItems != "" {
		view.NextItems += "&brief=true"
	}
	return c.answer(http.StatusOK, view)
}

func (a *API) patience() time.Duration { return cmp.Or(a.Patience, 10*time.Second) }

// undo serves POST departures/{id}/undo. The way back is carried out like a run:
// a short one is waited for, so that the answer says what could not come back;
// a longer one answers 202 and goes on.
func (a *API) undo(c *call) error {
	if err := c.decode(&struct{}{}, smallBody, true); err != nil {
		return err
	}
	dep, err := a.Desk.Undo(c.ctx(), c.actor, org.DepartureID(c.r.PathValue("id")))
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(c.ctx(), a.patience())
	defer cancel()
	status := http.StatusOK
	if err := a.await(ctx, c, dep.ID); err != nil {
		if !errors.Is(err, context.DeadlineExceeded) {
			return err
		}
		status = http.StatusAccepted
	}
	return a.answerDeparture(c, status, dep.ID)
}

// await waits until a departure has ended.
func (a *API) await(ctx context.Context, c *call, id org.DepartureID) error {
	moved, stop := a.Desk.Watch(id)
	defer stop()
	tick := time.NewTicker(a.poll())
	defer tick.Stop()
	for {
		dep, _, err := a.Desk.Departure(ctx, c.actor, id, -1, 0)
		if err != nil || !dep.Ended.IsZero() {
			return err
		}
		select {
		case <-ctx.Done():
			return ctx.Err()
		case <-moved:
		case <-tick.C:
		}
	}
}

func departureRoutes() []route {
	const people = `{"users":[{"user":"anna.devries@lindeboom.example","mailTo":"bram.jansen@lindeboom.example","replyInside":"auto"}],"defaults":{"removeLicenses":true}`
	return []route{
		{
			method: http.MethodPost, path: "departures/plan", id: "planDeparture", tag: "departures", summary: "What deleting people would do; writes nothing at all",
			scopes: deletePeople, query: []param{{"brief", "boolean", "What it comes to, without the items."}},
			body: planRequest{}, example: people + `}`, answer: planView{}, serve: (*API).plan,
		},
		{
			method: http.MethodPost, path: "departures", id: "startDeparture", tag: "departures", summary: "Confirm a plan and begin the run",
			about:  "Answers 409 PlanChanged when the facts moved since the plan. The same Idempotency-Key with the same plan gives the same departure; nothing is done twice.",
			scopes: deletePeople, body: startRequest{}, example: people + `,"hash":"8d2f5f0a"}`, keyed: true, status: http.StatusCreated, answer: departureView{},
			refuses: []int{http.StatusConflict}, serve: (*API).start,
		},
		{
			method: http.MethodGet, path: "departures", id: "listDepartures", tag: "departures", summary: "Departures, newest first, each with its first items",
			scopes: followRuns, query: []param{topParam, skipParam, {keyParam, "string", "Only the one that the caller began with this key."}}, answer: list[departureView]{}, serve: (*API).departures,
		},
		{
			method: http.MethodGet, path: "departures/{id}", id: "getDeparture", tag: "departures", summary: "One departure with a page of its items",
			scopes: followRuns, query: []param{topParam, skipParam, {"brief", "boolean", "Only items that are not done, or have notes."}},
			answer: departureView{}, refuses: []int{http.StatusNotFound}, serve: (*API).departure,
		},
	}
}
