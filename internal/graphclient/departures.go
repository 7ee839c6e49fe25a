package graphclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"io"
	"iter"
	"net/http"
	"net/url"
	"time"
)

// Choices are what can be asked for with a departure: one list, one meaning. A
// nil field is left to the default.
type Choices struct {
	RemoveLicenses      *bool   `json:"removeLicenses,omitempty"`
	ReduceSubscriptions *bool   `json:"reduceSubscriptions,omitempty"`
	MailTo              *string `json:"mailTo,omitempty"`
	MailboxDisplayName  *string `json:"mailboxDisplayName,omitempty"`
	ReplyInside         *string `json:"replyInside,omitempty"`
	ReplyOutside        *string `json:"replyOutside,omitempty"`
	RemoveAliases       any     `json:"removeAliases,omitempty"` // "all", or []string
	FilesTo             *string `json:"filesTo,omitempty"`
	HoldMailbox         *bool   `json:"holdMailbox,omitempty"`
}

// A Wish is one person who leaves, with the choices made for them.
type Wish struct {
	User string `json:"user"`
	Choices
}

// DepartureRequest asks for a plan, or with Hash for a run.
type DepartureRequest struct {
	Users    []Wish  `json:"users"`
	Defaults Choices `json:"defaults"`
	Hash     string  `json:"hash,omitempty"`
	Override string  `json:"override,omitempty"`
}

// A Plan is what deleting people would do.
type Plan struct {
	Hash       string     `json:"hash"`
	Items      []PlanItem `json:"items"`
	Savings    Savings    `json:"savings"`
	MassDelete bool       `json:"massDelete"`
	Leaving    int        `json:"leaving"`
}

// A PlanItem is the plan for one person.
type PlanItem struct {
	User         string        `json:"user"`
	ID           string        `json:"id"`
	DisplayName  string        `json:"displayName"`
	Outcome      string        `json:"outcome"`
	Steps        []PlanStep    `json:"steps"`
	Consequences []Consequence `json:"consequences"`
	Refusals     []Refusal     `json:"refusals"`
}

// A PlanStep is one thing that will be done.
type PlanStep struct {
	Kind       string `json:"kind"`
	Summary    string `json:"summary"`
	Reversible bool   `json:"reversible"`
}

// A Consequence is something to know beforehand.
type Consequence struct {
	Rule     string    `json:"rule"`
	Severity string    `json:"severity"`
	Text     string    `json:"text"`
	Date     time.Time `json:"date"`
}

// A Refusal is a rule that says no.
type Refusal struct {
	Code string `json:"code"`
	Rule string `json:"rule"`
	Text string `json:"text"`
	Hint string `json:"hint"`
	Kind string `json:"kind"`
}

// Savings are amounts that stop being spent.
type Savings struct {
	Now      []Amount `json:"now"`
	Later    []Amount `json:"later"`
	Products []any    `json:"products"`
}

// An Amount is money, in its main unit.
type Amount struct {
	Amount   float64   `json:"amount"`
	Currency string    `json:"currency"`
	Per      string    `json:"per"`
	From     time.Time `json:"from"`
	Product  string    `json:"product"`
	Seats    int       `json:"seats"`
}

// Plan shows what a departure would do. Nothing is changed.
func (c *Client) Plan(ctx context.Context, r DepartureRequest) (Answer[Plan], error) {
	return call[Plan](ctx, c, request{method: http.MethodPost, path: "/api/v1/departures/plan", body: r})
}

// PlanBriefly is Plan without the items.
func (c *Client) PlanBriefly(ctx context.Context, r DepartureRequest) (Answer[Plan], error) {
	return call[Plan](ctx, c, request{method: http.MethodPost, path: "/api/v1/departures/plan", query: briefly, body: r})
}

var briefly = url.Values{"brief": {"true"}}

// PlanEach is Plan for many people: each gets their items as they come in, and
// they are not kept. begin, when it is not nil, is told before what the plan comes to.
func (c *Client) PlanEach(ctx context.Context, r DepartureRequest, begin func(*Plan) error, each func(*PlanItem)) (Plan, error) {
	var plan Plan
	err := c.PlanParts(ctx, r, func(name string, value json.RawMessage) error {
		switch {
		case name == "items" && value != nil:
			var item PlanItem
			err := json.Unmarshal(value, &item)
			if err == nil {
				each(&item)
			}
			return err
		case name != "items":
			one, err := json.Marshal(map[string]json.RawMessage{name: value})
			if err != nil {
				return err
			}
			return json.Unmarshal(one, &plan)
		case begin != nil:
			return begin(&plan)
		}
		return nil
	})
	return plan, err
}

// PlanParts is Plan as it is sent, in parts: the value of each property, and of
// "items" first nil and then item by item.
func (c *Client) PlanParts(ctx context.Context, r DepartureRequest, part func(name string, value json.RawMessage) error) error {
	resp, err := c.send(ctx, request{method: http.MethodPost, path: "/api/v1/departures/plan", body: r})
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	err = eachPart(json.NewDecoder(resp.Body), part)
	if bad := (*json.SyntaxError)(nil); errors.As(err, &bad) || errors.Is(err, io.ErrUnexpectedEOF) || errors.Is(err, io.EOF) {
		err = &Unreachable{Server: c.Server.String(), Cause: err}
	}
	return err
}

func eachPart(in *json.Decoder, part func(name string, value json.RawMessage) error) error {
	one := func(name string) error {
		var value json.RawMessage
		if err := in.Decode(&value); err != nil {
			return err
		}
		return part(name, value)
	}
	if _, err := in.Token(); err != nil {
		return err
	}
	for in.More() {
		token, err := in.Token()
		if err != nil {
			return err
		}
		name, _ := token.(string)
		if name != "items" {
			if err := one(name); err != nil {
				return err
			}
			continue
		}
		if err := part(name, nil); err != nil {
			return err
		}
		if _, err := in.Token(); err != nil {
			return err
		}
		for in.More() {
			if err := one(name); err != nil {
				return err
			}
		}
		if _, err := in.Token(); err != nil {
			return err
		}
	}
	_, err := in.Token()
	return err
}

// A Departure is a run over one or many people.
type Departure struct {
	ID        string         `json:"id"`
	Status    string         `json:"status"`
	CreatedBy any            `json:"createdBy"`
	Created   time.Time      `json:"createdDateTime"`
	Total     int            `json:"total"`
	Counts    map[string]int `json:"counts"`
	Items     []RunItem      `json:"items"`
	NextItems string         `json:"items@odata.nextLink"`
}

// Running says that the run hasn't ended.
func (d *Departure) Running() bool { return d.Status == "running" }

// A RunItem is what became of one person.
type RunItem struct {
	User        string    `json:"user"`
	ID          string    `json:"id"`
	DisplayName string    `json:"displayName"`
	Outcome     string    `json:"outcome"`
	Code        string    `json:"code"`
	Rule        string    `json:"rule"`
	Message     string    `json:"message"`
	Notes       []Note    `json:"notes"`
	Steps       []RunStep `json:"steps"`

	text json.RawMessage // as the server sent it, with what this client does not know
}

// UnmarshalJSON keeps the text beside the values.
func (r *RunItem) UnmarshalJSON(text []byte) error {
	type known RunItem
	r.text = bytes.Clone(text)
	return json.Unmarshal(text, (*known)(r))
}

// MarshalJSON gives the text as it was sent.
func (r RunItem) MarshalJSON() ([]byte, error) {
	type known RunItem
	if r.text == nil {
		return json.Marshal(known(r))
	}
	return r.text, nil
}

// A RunStep is what became of one step.
type RunStep struct {
	Kind    string    `json:"kind"`
	Outcome string    `json:"outcome"`
	Started time.Time `json:"startedDateTime"`
	Ended   time.Time `json:"endedDateTime"`
}

// A Note says something about a person put back.
type Note struct {
	Code     string `json:"code"`
	Rule     string `json:"rule"`
	Severity string `json:"severity"`
	Text     string `json:"text"`
}

// StartDeparture confirms a plan: r carries its hash. The same key gives the same run.
func (c *Client) StartDeparture(ctx context.Context, r DepartureRequest, key string) (Answer[Departure], error) {
	return call[Departure](ctx, c, request{
		method: http.MethodPost, path: "/api/v1/departures", body: r, header: http.Header{"Idempotency-Key": {key}},
	})
}

func departurePath(id string) string { return "/api/v1/departures/" + url.PathEscape(id) }

// Departure asks for a run with its first items.
func (c *Client) Departure(ctx context.Context, id string, top int) (Answer[Departure], error) {
	q := url.Values{}
	setTop(q, top)
	return call[Departure](ctx, c, request{method: http.MethodGet, path: departurePath(id), query: q})
}

// DepartureItems goes through all items of a run.
func (c *Client) DepartureItems(ctx context.Context, id string) iter.Seq2[RunItem, error] {
	return c.items(ctx, id, url.Values{"$top": {"1000"}})
}

// DepartureRemarks goes through those that are not done or have notes.
func (c *Client) DepartureRemarks(ctx context.Context, id string) iter.Seq2[RunItem, error] {
	return c.items(ctx, id, url.Values{"$top": {"1000"}, "brief": {"true"}})
}

func (c *Client) items(ctx context.Context, id string, query url.Values) iter.Seq2[RunItem, error] {
	return func(yield func(RunItem, error) bool) {
		r := request{method: http.MethodGet, path: departurePath(id), query: query}
		for {
			got, err := call[Departure](ctx, c, r)
			if err != nil {
				yield(RunItem{}, err)
				return
			}
			for _, item := range got.V.Items {
				if !yield(item, nil) {
					return
				}
			}
			if got.V.NextItems == "" {
				return
			}
			r.path, r.query = got.V.NextItems, nil
		}
	}
}

// Departures lists the runs, newest first.
func (c *Client) Departures(ctx context.Context, top int) iter.Seq2[Answer[Departure], error] {
	q := url.Values{}
	setTop(q, top)
	return list[Departure](ctx, c, request{path: "/api/v1/departures", query: q})
}

// DepartureByKey finds the run that was begun with an idempotency key; nil when
// there is none.
func (c *Client) DepartureByKey(ctx context.Context, key string) (*Departure, error) {
	found := list[Departure](ctx, c, request{path: "/api/v1/departures", query: url.Values{"idempotencyKey": {key}}})
	for d, err := range found {
		return &d.V, err
	}
	return nil, nil
}

// UndoDeparture puts back what a run changed.
func (c *Client) UndoDeparture(ctx context.Context, id string) (Answer[Departure], error) {
	return call[Departure](ctx, c, request{method: http.MethodPost, path: departurePath(id) + "/undo", body: struct{}{}})
}

// DepartureRecord writes the state before a run: JSON, CSV or HTML by its
// media type.
func (c *Client) DepartureRecord(ctx context.Context, w io.Writer, id, accept string) error {
	return c.copyTo(ctx, w, request{
		method: http.MethodGet, path: departurePath(id) + "/record", header: http.Header{"Accept": {accept}},
	})
}
