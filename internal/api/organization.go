package api

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// organizationView is the organization itself.
type organizationView struct {
	ID            string       `json:"id"`
	DisplayName   string       `json:"displayName"`
	Domains       []string     `json:"domains" doc:"The first is the default one."`
	Practice      bool         `json:"practice" doc:"A practice organization: its clock can be moved."`
	Time          time.Time    `json:"time" doc:"By the organization's clock."`
	People        int          `json:"people" doc:"Active accounts."`
	UsageLocation string       `json:"usageLocation"`
	Settings      org.Settings `json:"settings"`
}

// organizationRequest changes the organization; of the settings only those named.
type organizationRequest struct {
	DisplayName *string         `json:"displayName,omitempty"`
	Settings    json.RawMessage `json:"settings,omitempty" doc:"Any of the settings."`
}

// organization serves GET organization. Everybody in it may see it.
func (a *API) organization(c *call) error {
	o, now, err := a.Desk.Organization(c.ctx())
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, organizationView{o.ID, o.DisplayName, some(o.Domains), o.Practice, now, o.People, o.UsageLocation, o.Settings})
}

// changeOrganization serves PATCH organization. R-OD-02 R-AD-07
func (a *API) changeOrganization(c *call) error {
	var body organizationRequest
	if err := c.decode(&body, smallBody, false); err != nil {
		return err
	}
	settings, err := a.settings(c, body.Settings)
	if err != nil {
		return err
	}
	_, err = a.Desk.ChangeOrganization(c.ctx(), c.actor, func(o *org.Organization) error {
		if body.DisplayName != nil {
			o.DisplayName = strings.TrimSpace(*body.DisplayName)
		}
		if settings == nil {
			return nil
		}
		return json.Unmarshal(settings, &o.Settings)
	})
	if err != nil {
		return err
	}
	return a.organization(c)
}

// settings checks the form of settings, and replaces the user name of the
// secondary owner by the id.
func (a *API) settings(c *call, raw json.RawMessage) (json.RawMessage, error) {
	if raw == nil {
		return nil, nil
	}
	var named map[string]json.RawMessage
	if err := json.Unmarshal(raw, &named); err != nil {
		return nil, c.unmarshal(raw, &org.Settings{}) // which says what it is instead
	}
	for _, name := range slices.Sorted(maps.Keys(named)) {
		if string(named[name]) == "null" { // no setting can be without a value
			return nil, wrong(c.r, "request.wrongType", "settings."+shown(name), "field", shown(name), "given", "null")
		}
	}
	var form org.Settings
	if err := c.unmarshal(raw, &form); err != nil {
		return nil, err
	}
	if form.SecondaryOwner == "" {
		return raw, nil
	}
	_, p, err := a.look(c, string(form.SecondaryOwner))
	if err != nil {
		return nil, err
	}
	for name := range named {
		if strings.EqualFold(name, "secondaryOwner") {
			named[name] = json.RawMessage(strconv.Quote(string(p.ID)))
		}
	}
	return json.Marshal(named)
}

// clockView is the clock of a practice organization.
type clockView struct {
	Time   time.Time `json:"time"`
	Offset string    `json:"offset" doc:"How far it was moved, such as 720h0m0s."`
}

// advancedView is the clock after it was moved.
type advancedView struct {
	Time  time.Time      `json:"time"`
	Swept offboard.Swept `json:"swept" doc:"What was due by then, and was done."`
}

type clockRequest struct {
	By string `json:"by" doc:"Such as 720h, 30d or 2w."`
}

// clock serves GET clock.
func (a *API) clock(c *call) error {
	now, offset, err := a.Desk.Clock(c.ctx())
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, clockView{now, offset.String()})
}

// advance serves POST clock/advance, for practice organizations only.
func (a *API) advance(c *call) error {
	var body clockRequest
	if err := c.decode(&body, smallBody, false); err != nil {
		return err
	}
	if _, _, err := a.Desk.Clock(c.ctx()); err != nil {
		return err // 404 where the clock can't be moved, whatever was asked
	}
	by, ok := parseStep(body.By)
	if !ok {
		return wrong(c.r, "request.badStep", "by", "value", shown(body.By))
	}
	now, swept, err := a.Desk.AdvanceClock(c.ctx(), c.actor, by)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, advancedView{now, swept})
}

// parseStep reads a length of time as Go writes it, and whole days and weeks.
func parseStep(text string) (time.Duration, bool) {
	text = strings.TrimSpace(text)
	for unit, length := range map[string]time.Duration{"d": org.Day, "w": 7 * org.Day} {
		number, ok := strings.CutSuffix(text, unit)
		if !ok {
			continue
		}
		n, err := strconv.Atoi(number)
		if err != nil || n < 0 || n > 100_000 {
			return 0, false
		}
		return time.Duration(n) * length, true
	}
	by, err := time.ParseDuration(text)
	return by, err == nil
}

// sweep serves POST sweep: everything whose date has come is done now.
func (a *API) sweep(c *call) error {
	if err := c.decode(&struct{}{}, smallBody, true); err != nil {
		return err
	}
	swept, err := a.Desk.Sweep(c.ctx(), nil)
	if err != nil {
		return err
	}
	return c.answer(http.StatusOK, swept)
}

func organizationRoutes() []route {
	return []route{
		{
			method: http.MethodGet, path: "organization", id: "getOrganization", tag: "organization", summary: "The organization, its settings and its clock",
			answer: organizationView{}, serve: (*API).organization,
		},
		{
			method: http.MethodPatch, path: "organization", id: "changeOrganization", tag: "organization", summary: "Change the name or settings",
			scopes: writeBills, body: organizationRequest{}, example: `{"settings":{"massDeleteCount":100}}`, answer: organizationView{}, serve: (*API).changeOrganization,
		},
		{
			method: http.MethodGet, path: "clock", id: "getClock", tag: "organization", summary: "The clock of a practice organization",
			answer: clockView{}, refuses: []int{http.StatusNotFound}, serve: (*API).clock,
		},
		{
			method: http.MethodPost, path: "clock/advance", id: "advanceClock", tag: "organization", summary: "Move the clock of a practice organization forward",
			about: "Everything that is due by then is done. Answers 404 where the organization is not a practice organization.", scopes: writeBills,
			body: clockRequest{}, example: `{"by":"720h"}`, answer: advancedView{}, refuses: []int{http.StatusNotFound}, serve: (*API).advance,
		},
		{
			method: http.MethodPost, path: "sweep", id: "sweep", tag: "organization", summary: "Do everything whose date has come",
			scopes: deletePeople, may: org.PurgeUser, answer: offboard.Swept{}, serve: (*API).sweep,
		},
	}
}
