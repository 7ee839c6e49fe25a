package api

import (
	"context"
	"errors"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// startRequest confirms a plan.
type startRequest struct {
	planRequest
	Hash     string `json:"hash" doc:"Of the plan that was shown."`
	Override string `json:"override,omitempty" doc:"massDelete confirms a run above the threshold by name."`
}

// departureView is one run over one or many people.
type departureView struct {
	ID        org.DepartureID              `json:"id"`
	Status    offboard.Status              `json:"status"`
	CreatedBy actorView                    `json:"createdBy"`
	Created   time.Time                    `json:"createdDateTime"`
	Ended     *time.Time                   `json:"endedDateTime" doc:"Null while it runs."`
	Undoing   bool                         `json:"undoing" doc:"It is being put back, or was."`
	Total     int                          `json:"total"`
	Counts    map[offboard.ItemOutcome]int `json:"counts" doc:"How many people there are of each outcome."`
	Items     []itemView                   `json:"items"`
	NextItems string                       `json:"items@odata.nextLink,omitempty" doc:"Where the next items are."`
}

type actorView struct {
	ID     org.UserID `json:"id"`
	Name   string     `json:"name"`
	App    bool       `json:"app"`
	System bool       `json:"system"`
}

func actorOf(a *org.Actor) actorView { return actorView{a.ID, a.Name, a.App, a.System} }

// itemView is one person of a run.
type itemView struct {
	User        string               `json:"user" doc:"User principal name."`
	ID          string               `json:"id,omitempty"`
	DisplayName string               `json:"displayName,omitempty"`
	Plan        org.Outcome          `json:"plan" doc:"What was confirmed."`
	Outcome     offboard.ItemOutcome `json:"outcome"`
	Code        string               `json:"code"`
	Rule        string               `json:"rule"`
	Message     string               `json:"message" doc:"In the language of the reader."`
	Undone      bool                 `json:"undone" doc:"The person was put back since."`
	Notes       []noteView           `json:"notes,omitempty" doc:"What could not be done, or not be put back."`
	Steps       []stepView           `json:"steps"`
}

type stepView struct {
	Kind    org.StepKind         `json:"kind"`
	Outcome offboard.ItemOutcome `json:"outcome"`
	Started *time.Time           `json:"startedDateTime"`
	Ended   *time.Time           `json:"endedDateTime"`
	Summary string               `json:"summary" doc:"In the language of the reader."`
}

// orNull is a time, or null for never.
func orNull(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

func departureOf(dep *offboard.Departure) departureView {
	out := departureView{
		ID: dep.ID, Status: dep.Status, CreatedBy: actorOf(&dep.CreatedBy), Created: dep.Created, Ended: orNull(dep.Ended), Undoing: dep.Undoing,
		Total: dep.Total, Counts: map[offboard.ItemOutcome]int{}, Items: []itemView{},
	}
	for outcome, n := range dep.Counts {
		if n != 0 {
			out.Counts[outcome] = n
		}
	}
	return out
}

func itemOf(lang locale.Lang, it *offboard.Item) itemView {
	out := itemView{
		User: it.User.Name, ID: it.User.ID, DisplayName: it.User.DisplayName, Plan: it.Plan, Outcome: it.Outcome, Code: it.Code, Rule: it.Rule,
		Message: messageOf(lang, it), Undone: it.Undone, Steps: make([]stepView, len(it.Steps)),
	}
	if len(it.Notes) > 0 {
		out.Notes = notesOf(lang, it.Notes)
	}
	for i := range it.Steps {
		s, outcome, tense := &it.Steps[i], it.StepOutcome(i), "step"
		if outcome == offboard.ItemDone {
			tense = "stepDone"
		}
		summary := locale.Text(lang, tense+strings.TrimPrefix(s.Key(), "step"), s.Args().Map())
		out.Steps[i] = stepView{s.Kind, outcome, orNull(it.Ran), orNull(it.Ran), summary}
	}
	return out
}

// messageOf says in one sentence how it went for one person.
func messageOf(lang locale.Lang, it *offboard.Item) string {
	args := map[string]any{"user": it.User.String(), "date": it.Ran.Add(org.UserRetention)}
	switch {
	case it.Undone && it.Outcome == offboard.ItemDone:
		return locale.Text(lang, "api.item.undone", args)
	case it.Outcome == offboard.ItemDone && it.Plan == org.OutcomeKeep:
		return locale.Text(lang, "api.item.kept", args)
	case it.Outcome == offboard.ItemDone:
		return locale.Text(lang, "api.item.deleted", args)
	case locale.Has(lang, "refusal."+it.Code):
		return wire.Sentence(lang, &org.Refusal{Reason: it.Code, Args: it.Args})
	}
	return locale.Text(lang, "outcome."+string(it.Outcome), nil)
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
	before, err := c.skipped()
	if err != nil {
		return err
	}
	found, err := a.Desk.Departures(c.ctx(), c.actor, org.DepartureID(before), top+1)
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
	dep, items, err := a.Desk.Departure(c.ctx(), c.actor, org.DepartureID(c.r.PathValue("id")), int(after), top+1)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, a.departureWith(c, dep, items, top))
}

// undoPatience is how long the caller of undo is kept waiting for its end.
const undoPatience = 10 * time.Second

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
	ctx, cancel := context.WithTimeout(c.ctx(), undoPatience)
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
			scopes: deletePeople, body: planRequest{}, example: people + `}`, answer: planView{}, serve: (*API).plan,
		},
		{
			method: http.MethodPost, path: "departures", id: "startDeparture", tag: "departures", summary: "Confirm a plan and begin the run",
			about:  "Answers 409 PlanChanged when the facts moved since the plan. The same Idempotency-Key with the same plan gives the same departure; nothing is done twice.",
			scopes: deletePeople, body: startRequest{}, example: people + `,"hash":"8d2f5f0a"}`, keyed: true, status: http.StatusCreated, answer: departureView{},
			refuses: []int{http.StatusConflict}, serve: (*API).start,
		},
		{
			method: http.MethodGet, path: "departures", id: "listDepartures", tag: "departures", summary: "Departures, newest first, each with its first items",
			scopes: deletePeople, query: []param{topParam, skipParam}, answer: list[departureView]{}, serve: (*API).departures,
		},
		{
			method: http.MethodGet, path: "departures/{id}", id: "getDeparture", tag: "departures", summary: "One departure with a page of its items",
			scopes: deletePeople, query: []param{topParam, skipParam}, answer: departureView{}, refuses: []int{http.StatusNotFound}, serve: (*API).departure,
		},
	}
}
