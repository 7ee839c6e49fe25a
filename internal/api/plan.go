package api

import (
	"encoding/json"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// wish is one person who leaves, with the choices made for them.
type wish struct {
	User string `json:"user" doc:"User principal name or id."`
	org.Choices
}

// planRequest asks for a plan.
type planRequest struct {
	Users    []wish      `json:"users" doc:"Who leaves, at most 200,000."`
	Defaults org.Choices `json:"defaults,omitzero" doc:"What holds for everybody who has no choice of their own."`
}

// named refuses a request that leaves open who somebody in it is.
func (p *planRequest) named(c *call) error {
	for i := range p.Users {
		if strings.TrimSpace(p.Users[i].User) == "" {
			return wrong(c.r, "request.missing", "users.user", "field", "users["+strconv.Itoa(i)+"].user")
		}
	}
	return nil
}

func (p *planRequest) request() offboard.Request {
	out := offboard.Request{People: make([]offboard.Wish, len(p.Users)), Defaults: p.Defaults}
	for i := range p.Users {
		out.People[i] = offboard.Wish{User: p.Users[i].User, Choices: p.Users[i].Choices}
	}
	return out
}

// planView is a plan. The items are written one by one: see writePlan.
type planView struct {
	Hash       string     `json:"hash" doc:"Names this plan; a run takes it and refuses when the facts have moved."`
	Leaving    int        `json:"leaving" doc:"How many items are not refused."`
	MassDelete bool       `json:"massDelete" doc:"The run must be confirmed with override massDelete."`
	Savings    savings    `json:"savings"`
	Items      []planItem `json:"items"`
}

type planItem struct {
	User         string        `json:"user" doc:"User principal name."`
	ID           string        `json:"id,omitempty"`
	DisplayName  string        `json:"displayName,omitempty"`
	Outcome      org.Outcome   `json:"outcome"`
	Steps        []planStep    `json:"steps"`
	Consequences []consequence `json:"consequences"`
	Refusals     []refusalView `json:"refusals"`
}

type planStep struct {
	Kind       org.StepKind `json:"kind"`
	Summary    string       `json:"summary" doc:"In the language of the reader."`
	Reversible bool         `json:"reversible" doc:"Undo puts it back."`
}

type consequence struct {
	Rule     string       `json:"rule"`
	Severity org.Severity `json:"severity"`
	Text     string       `json:"text" doc:"In the language of the reader."`
	Date     time.Time    `json:"date,omitzero"`
}

type refusalView struct {
	Code   string   `json:"code"`
	Rule   string   `json:"rule"`
	Kind   org.Kind `json:"kind"`
	Target string   `json:"target,omitempty" doc:"The choice that is in the way."`
	Text   string   `json:"text" doc:"In the language of the reader."`
	Hint   string   `json:"hint,omitempty" doc:"What to do about it."`
}

// savings is the money that stops being spent, now and later.
type savings struct {
	Now      []amount `json:"now" doc:"For each currency, what stops at once."`
	Later    []saving `json:"later" doc:"What stops at a renewal."`
	Products []saving `json:"products" doc:"Both, for each product."`
}

type amount struct {
	Amount   json.Number `json:"amount"`
	Currency string      `json:"currency"`
	Per      string      `json:"per" doc:"month or year."`
}

type saving struct {
	amount
	From    time.Time `json:"from"`
	Product string    `json:"product"`
	Seats   int       `json:"seats"`
}

// amountOf writes money in the main unit of its currency.
func amountOf(m org.Money, per string) amount {
	cents := locale.Cents(m.Currency)
	text := strconv.FormatFloat(float64(m.Minor)/math.Pow10(cents), 'f', cents, 64)
	return amount{Amount: json.Number(text), Currency: m.Currency, Per: per}
}

func savingsOf(all []org.Saving, now time.Time) savings {
	out := savings{Now: []amount{}, Later: []saving{}, Products: []saving{}}
	sums := map[string]int64{}
	var currencies []string
	for _, s := range all {
		row := saving{amountOf(s.Monthly, "month"), s.From, s.Product, s.Seats}
		out.Products = append(out.Products, row)
		if s.From.After(now) {
			out.Later = append(out.Later, row)
			continue
		}
		if _, there := sums[s.Monthly.Currency]; !there {
			currencies = append(currencies, s.Monthly.Currency)
		}
		sums[s.Monthly.Currency] += s.Monthly.Minor
	}
	for _, c := range currencies {
		out.Now = append(out.Now, amountOf(org.Money{Minor: sums[c], Currency: c}, "month"))
	}
	return out
}

// plan serves POST departures/plan. It writes nothing to the organization.
func (a *API) plan(c *call) error {
	brief, err := c.flag("brief")
	if err != nil {
		return err
	}
	var body planRequest
	if err := c.decode(&body, largeBody, false); err != nil {
		return err
	}
	if err := body.named(c); err != nil {
		return err
	}
	req := body.request()
	body.Users = nil // a large plan needs the room
	items := newSpool(len(req.People) > plainItems)
	plan, err := a.Desk.PlanEach(c.ctx(), c.actor, req, func(it *org.Item) error {
		if brief {
			return nil
		}
		return items.add(planItemOf(c.lang, it))
	})
	if err != nil {
		return err
	}
	now, err := a.Desk.OrganizationTime(c.ctx())
	if err != nil {
		return err
	}
	return c.writePlan(&plan, items, now)
}

// writePlan writes a plan: what it comes to, and then the items.
func (c *call) writePlan(plan *org.Plan, items *spool, now time.Time) error {
	head, err := json.Marshal(planView{Hash: plan.Hash, Leaving: plan.Leaving, MassDelete: plan.MassDelete, Savings: savingsOf(plan.Savings, now), Items: []planItem{}})
	if err != nil {
		return err
	}
	c.w.Header().Set("Content-Type", "application/json; charset=utf-8")
	c.w.Header().Set("Cache-Control", "no-store")
	c.w.WriteHeader(http.StatusOK)
	if _, err := c.w.Write(head[:len(head)-len("]}")]); err != nil {
		return nil // the client has left: there is nobody to tell
	}
	if err := items.writeTo(c.w); err != nil {
		return nil //nolint:nilerr // the same
	}
	_, _ = c.w.Write([]byte("]}"))
	return nil
}

func planItemOf(lang locale.Lang, it *org.Item) planItem {
	out := planItem{
		User: it.User.Name, ID: it.User.ID, DisplayName: it.User.DisplayName, Outcome: it.Outcome,
		Steps: stepsOf(lang, it.Steps), Consequences: make([]consequence, len(it.Consequences)), Refusals: make([]refusalView, len(it.Refusals)),
	}
	for i := range it.Consequences {
		x := &it.Consequences[i]
		out.Consequences[i] = consequence{x.Rule, x.Severity, locale.Text(lang, "consequence."+x.Key, x.Args.Map()), x.Date}
	}
	for i, x := range it.Refusals {
		out.Refusals[i] = refusalOf(lang, x)
	}
	return out
}

func stepsOf(lang locale.Lang, steps []org.Step) []planStep {
	out := make([]planStep, len(steps))
	for i := range steps {
		s := &steps[i]
		out[i] = planStep{s.Kind, locale.Text(lang, s.Key(), s.Args().Map()), s.Reversible()}
	}
	return out
}

func refusalOf(lang locale.Lang, x *org.Refusal) refusalView {
	out := refusalView{Code: x.Reason, Rule: x.Rule, Kind: x.Kind, Target: x.Target, Text: wire.Text(lang, x)}
	if key := "hint." + x.Reason; locale.Has(lang, key) {
		out.Hint = locale.Text(lang, key, x.Args.Map())
	}
	return out
}

// noteView says something about a person put back.
type noteView struct {
	Code     string       `json:"code"`
	Rule     string       `json:"rule,omitempty"`
	Severity org.Severity `json:"severity"`
	Text     string       `json:"text" doc:"In the language of the reader."`
}

func notesOf(lang locale.Lang, notes []org.Note) []noteView {
	out := make([]noteView, len(notes))
	for i, n := range notes {
		out[i] = noteView{n.Key, n.Rule, n.Severity, locale.Text(lang, "note."+n.Key, n.Args.Map())}
	}
	return out
}
