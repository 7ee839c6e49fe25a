package api

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/tabular"
)

// recordView is the state before a departure. The items are written one by one.
type recordView struct {
	departureHead
	Items []recordItem `json:"items"`
}

// departureHead is a departure without its items.
type departureHead struct {
	ID        org.DepartureID              `json:"id"`
	Status    offboard.Status              `json:"status"`
	CreatedBy actorView                    `json:"createdBy"`
	Created   time.Time                    `json:"createdDateTime"`
	Ended     *time.Time                   `json:"endedDateTime"`
	Total     int                          `json:"total"`
	Counts    map[offboard.ItemOutcome]int `json:"counts"`
}

// recordItem is one person as they were before.
type recordItem struct {
	User        string               `json:"user"`
	ID          string               `json:"id,omitempty"`
	DisplayName string               `json:"displayName,omitempty"`
	Outcome     offboard.ItemOutcome `json:"outcome"`
	Code        string               `json:"code"`
	Rule        string               `json:"rule"`
	Message     string               `json:"message" doc:"In the language of the reader."`
	Undone      bool                 `json:"undone"`
	Ran         *time.Time           `json:"ranDateTime"`
	Before      *belongings          `json:"before" doc:"Null when nothing was changed, and after the account was purged."`
	Choices     org.Choices          `json:"choices"`
	Steps       []planStep           `json:"steps"`
	Notes       []noteView           `json:"notes" doc:"What could not be put back."`
	Withheld    []withheldView       `json:"withheld,omitempty" doc:"What is left out because the reader's roles don't open it. The state before has its own lists."`
}

// record serves GET departures/{id}/record: as JSON, as CSV, or as a page to print.
func (a *API) record(c *call) error {
	kind, err := c.accepts(kindJSON, kindCSV, kindHTML)
	if err != nil {
		return err
	}
	var out recordWriter
	switch kind {
	case kindCSV:
		out = &recordCSV{}
	case kindHTML:
		out = &recordPage{api: a}
	default:
		out = &recordJSON{}
	}
	o, _, err := a.Desk.Organization(c.ctx())
	if err != nil {
		return err
	}
	names := namesNeeded{api: a, known: map[org.UserID]org.Ref{}}
	err = eachChunk(c, a.Desk.Record, func(dep *offboard.Departure) error { return out.begin(c, o, headOf(dep)) }, func(items []offboard.Item) error {
		if err := names.of(c.ctx(), items); err != nil {
			return err
		}
		for i := range items {
			if err := out.item(recordItemOf(c, o, names.known, &items[i])); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		return err
	}
	return out.end()
}

// recordWriter writes a record in one format, person by person.
type recordWriter interface {
	begin(c *call, o *org.Organization, head departureHead) error
	item(it recordItem) error
	end() error
}

func headOf(dep *offboard.Departure) departureHead {
	v := departureOf(dep)
	return departureHead{v.ID, v.Status, v.CreatedBy, v.Created, v.Ended, v.Total, v.Counts}
}

func recordItemOf(c *call, o *org.Organization, names map[org.UserID]org.Ref, it *offboard.Item) recordItem {
	out := recordItem{
		User: it.User.Name, ID: it.User.ID, DisplayName: it.User.DisplayName, Outcome: it.Outcome, Code: it.Code, Rule: it.Rule,
		Message: messageOf(c.lang, it), Undone: it.Undone, Ran: orNull(it.Ran), Choices: it.Choices, Steps: stepsOf(c.lang, it.Steps), Notes: notesOf(c.lang, it.Notes),
		Withheld: withheldOf(c.lang, it, func(string) bool { return true }),
	}
	if it.Before != nil {
		l := lens{o, names, it.Ran, c.actor, c.lang}
		b := l.belongings(it.Before)
		out.Before = &b
	}
	return out
}

// namesNeeded looks up, once, who is mentioned in the states before.
type namesNeeded struct {
	api   *API
	known map[org.UserID]org.Ref
}

// mostKnown is how many names are kept between chunks.
const mostKnown = 20_000

func (n *namesNeeded) of(ctx context.Context, items []offboard.Item) error {
	if len(n.known) > mostKnown {
		clear(n.known)
	}
	var ids []string
	for i := range items {
		if items[i].Before == nil {
			continue
		}
		for _, id := range offboard.Mentioned(items[i].Before) {
			if _, known := n.known[org.UserID(id)]; !known {
				ids = append(ids, id)
			}
		}
	}
	if len(ids) == 0 {
		return nil
	}
	slices.Sort(ids)
	found, err := n.api.Desk.Names(ctx, slices.Compact(ids))
	for id, ref := range found {
		n.known[id] = ref
	}
	return err
}

// recordJSON writes a record as JSON.
type recordJSON struct {
	out   *bufio.Writer
	enc   *json.Encoder
	begun bool
}

func (w *recordJSON) begin(c *call, _ *org.Organization, head departureHead) error {
	b, err := json.Marshal(recordView{head, []recordItem{}})
	if err != nil {
		return err
	}
	c.file(kindJSON, "")
	w.out = bufio.NewWriterSize(c.w, 32<<10)
	w.enc = json.NewEncoder(w.out)
	w.enc.SetEscapeHTML(false)
	_, err = w.out.Write(b[:len(b)-len("]}")])
	return err
}

func (w *recordJSON) item(it recordItem) error {
	if w.begun {
		if err := w.out.WriteByte(','); err != nil {
			return err
		}
	}
	w.begun = true
	return w.enc.Encode(it)
}

func (w *recordJSON) end() error {
	if _, err := w.out.WriteString("]}"); err != nil {
		return err
	}
	return w.out.Flush()
}

// recordHeadings are the columns of a record as CSV.
var recordHeadings = []string{
	"userPrincipalName", "id", "displayName", "outcome", "code", "rule", "ranDateTime", "undone", "accountEnabled", "mail", "addresses", "manager", "roles",
	"licenses", "mailboxType", "forwardTo", "keepCopy", "litigationHold", "mailboxPermissions", "driveId", "driveSize", "driveGrants", "department",
	"jobTitle", "usageLocation", "preferredLanguage", "steps", "message",
}

// recordCSV writes a record as CSV, one line for each person.
type recordCSV struct{ out *tabular.Writer }

func (w *recordCSV) begin(c *call, _ *org.Organization, head departureHead) error {
	c.file(kindCSV, "departure-"+string(head.ID)+"-record.csv")
	w.out = tabular.NewWriter(c.w, dialect)
	return w.out.Write(recordHeadings...)
}

func (w *recordCSV) item(it recordItem) error {
	line := make([]string, 0, len(recordHeadings))
	line = append(line, it.User, it.ID, it.DisplayName, string(it.Outcome), it.Code, it.Rule, timeCell(it.Ran), boolCell(&it.Undone))
	if b := it.Before; b != nil {
		line = append(line, b.cells()...)
	}
	for len(line) < len(recordHeadings)-2 {
		line = append(line, "")
	}
	kinds := make([]string, len(it.Steps))
	for i, s := range it.Steps {
		kinds[i] = string(s.Kind)
	}
	return w.out.Write(append(line, strings.Join(kinds, ";"), it.Message)...)
}

func (w *recordCSV) end() error { return w.out.Flush() }

func timeCell(t *time.Time) string {
	if t == nil {
		return ""
	}
	return t.Format(time.RFC3339)
}

// loading gives a departure with items behind an ordinal.
type loading func(ctx context.Context, actor org.Actor, id org.DepartureID, after, limit int) (*offboard.Departure, []offboard.Item, error)

// eachChunk calls do for portions of the items of a departure, in order. The
// first look comes before begin, so that a refusal can still be answered.
func eachChunk(c *call, load loading, begin func(dep *offboard.Departure) error, do func(items []offboard.Item) error) error {
	id := org.DepartureID(c.r.PathValue("id"))
	dep, items, err := load(c.ctx(), c.actor, id, -1, journalChunk)
	if err != nil {
		return err
	}
	if err := begin(dep); err != nil {
		return err
	}
	for {
		if err := do(items); err != nil || len(items) < journalChunk {
			return err
		}
		if _, items, err = load(c.ctx(), c.actor, id, items[len(items)-1].Ordinal, journalChunk); err != nil {
			return err
		}
	}
}

func followRoutes() []route {
	missing := []int{http.StatusNotFound}
	return []route{
		{
			method: http.MethodGet, path: "departures/{id}/events", id: "followDeparture", tag: "departures", summary: "Progress as server-sent events",
			about:  "One event item for each person, in order, then one event end. The id of an event is the person's place: sent back as Last-Event-ID, the stream goes on behind it.",
			scopes: followRuns, query: []param{{"brief", "boolean", "How many people are done instead of each of them: events progress, then end."}},
			kinds: []string{"text/event-stream"}, refuses: missing, serve: (*API).events,
		},
		{
			method: http.MethodPost, path: "departures/{id}/undo", id: "undoDeparture", tag: "departures", summary: "Put back what the run changed",
			about:  "As far as the clocks allow; what could not come back stands in the notes of each item. Asked for again, it tries those again for whom it was refused. A long way back answers 202 and goes on.",
			scopes: deletePeople, answer: departureView{}, later: true, refuses: []int{http.StatusNotFound, http.StatusConflict}, serve: (*API).undo,
		},
		{
			method: http.MethodGet, path: "departures/{id}/record", id: "getRecord", tag: "departures", summary: "The state before: JSON, CSV, or a page to print",
			scopes: followRuns, answer: recordView{}, kinds: []string{kindCSV, kindHTML}, refuses: missing, serve: (*API).record,
		},
		{
			method: http.MethodGet, path: "departures/{id}/result", id: "getResult", tag: "departures", summary: "The input with what became of each row, as CSV",
			scopes: followRuns, kinds: []string{kindCSV}, refuses: missing, serve: (*API).result,
		},
	}
}
