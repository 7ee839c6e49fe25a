package offboard

import (
	"encoding/json"
	"fmt"
	"strconv"

	"leaver/internal/org"
)

// detail is what an audit entry of a departure says. No secret is in it.
type detail struct {
	Departure org.DepartureID `json:"departure,omitempty"`
	Steps     []org.StepKind  `json:"steps,omitempty"`
	Before    stateOf         `json:"before"`
	After     stateOf         `json:"after"`
	Notes     []org.Note      `json:"notes,omitempty"`
}

type stateOf struct {
	UPN     string          `json:"userPrincipalName"`
	Name    string          `json:"displayName"`
	Enabled bool            `json:"accountEnabled"`
	Deleted bool            `json:"deleted,omitempty"`
	Roles   []org.RoleID    `json:"roles,omitempty"`
	Skus    []org.SkuID     `json:"licenses,omitempty"`
	Mailbox org.MailboxType `json:"mailbox,omitempty"`
}

func stateOfPerson(p *org.Person) stateOf {
	s := stateOf{UPN: p.UPN, Name: p.DisplayName, Enabled: p.AccountEnabled, Deleted: !p.Active(), Roles: p.Roles, Skus: p.Seats()}
	if p.Mailbox != nil {
		s.Mailbox = p.Mailbox.Type
	}
	return s
}

func departureDetail(id org.DepartureID, it *Item, before, after *org.Person) string {
	d := detail{Departure: id, Steps: make([]org.StepKind, 0, len(it.Steps)), Before: stateOfPerson(before), After: stateOfPerson(after), Notes: it.Notes}
	for i := range it.Steps {
		if it.StepOutcome(i) == ItemDone {
			d.Steps = append(d.Steps, it.Steps[i].Kind)
		}
	}
	return d.text()
}

// text writes a detail by hand, but for its notes, as encode does: a run writes one
// for each person.
func (d *detail) text() string {
	b := append(make([]byte, 0, 768), '{')
	if d.Departure != "" {
		b = append(org.AppendText(append(b, `"departure":`...), string(d.Departure)), ',')
	}
	if len(d.Steps) > 0 {
		b = append(appendTexts(append(b, `"steps":`...), d.Steps), ',')
	}
	b = d.Before.append(append(b, `"before":`...))
	b = d.After.append(append(b, `,"after":`...))
	if len(d.Notes) > 0 {
		b = append(append(b, `,"notes":`...), encode(d.Notes)...)
	}
	return string(append(b, '}'))
}

func (s *stateOf) append(b []byte) []byte {
	b = org.AppendText(append(b, `{"userPrincipalName":`...), s.UPN)
	b = org.AppendText(append(b, `,"displayName":`...), s.Name)
	b = strconv.AppendBool(append(b, `,"accountEnabled":`...), s.Enabled)
	if s.Deleted {
		b = append(b, `,"deleted":true`...)
	}
	if len(s.Roles) > 0 {
		b = appendTexts(append(b, `,"roles":`...), s.Roles)
	}
	if len(s.Skus) > 0 {
		b = appendTexts(append(b, `,"licenses":`...), s.Skus)
	}
	if s.Mailbox != "" {
		b = org.AppendText(append(b, `,"mailbox":`...), string(s.Mailbox))
	}
	return append(b, '}')
}

func appendTexts[T ~string](b []byte, list []T) []byte {
	b = append(b, '[')
	for i, s := range list {
		if i > 0 {
			b = append(b, ',')
		}
		b = org.AppendText(b, string(s))
	}
	return append(b, ']')
}

// encode writes an audit detail; its types can always be written.
func encode(v any) string {
	b, err := json.Marshal(v)
	if err != nil {
		return fmt.Sprintf(`{"error":%q}`, err.Error())
	}
	return string(b)
}
