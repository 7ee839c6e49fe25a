package api

import (
	"bytes"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// mailboxView is the mailbox of one person. How it is set up is absent for a
// reader whose roles don't open it.
type mailboxView struct {
	UserPrincipalName string           `json:"userPrincipalName"`
	DisplayName       string           `json:"displayName"`
	Type              org.MailboxType  `json:"type"`
	State             org.MailboxState `json:"state"`
	PrimaryAddress    *string          `json:"primaryAddress"`
	Aliases           []string         `json:"aliases" doc:"The addresses besides the primary one."`
	Archive           bool             `json:"archive"`
	Size              org.Bytes        `json:"size" doc:"In bytes."`
	*mailboxSettings
	Gone     time.Time      `json:"goneDateTime,omitzero" doc:"When the mailbox is gone for good; absent while nothing threatens it."`
	Withheld []withheldView `json:"withheld,omitempty" doc:"What is left out because the reader's roles don't open it."`
}

// mailboxSettings is how a mailbox is set up.
type mailboxSettings struct {
	ForwardTo        *string      `json:"forwardTo"`
	KeepCopy         bool         `json:"keepCopy" doc:"Forwarded mail also stays here."`
	LitigationHold   bool         `json:"litigationHold"`
	Holds            []string     `json:"holds" doc:"Other holds, by name."`
	AutomaticReplies repliesView  `json:"automaticReplies"`
	Permissions      []permission `json:"permissions"`
}

// repliesView is the automatic reply, in Graph's words. What it says is absent for
// a reader whose roles don't open it.
type repliesView struct {
	Status   string            `json:"status" doc:"disabled, alwaysEnabled or scheduled."`
	Audience org.ReplyAudience `json:"externalAudience"`
	*replyTexts
	Start *time.Time `json:"scheduledStartDateTime"`
	End   *time.Time `json:"scheduledEndDateTime"`
}

type replyTexts struct {
	Inside  string `json:"internalReplyMessage"`
	Outside string `json:"externalReplyMessage"`
}

// permission is what somebody may do in a mailbox.
type permission struct {
	Who    named       `json:"who"`
	Rights []org.Right `json:"rights"`
}

func (l *lens) mailbox(p *org.Person) mailboxView {
	m := p.Mailbox
	out := mailboxView{
		UserPrincipalName: p.Ref().Name, DisplayName: p.DisplayName, Type: m.Type, State: p.MailboxState(l.now), Aliases: []string{},
		Archive: m.Archive, Size: m.Size, Gone: org.ClocksOf(p, l.org.Settings, l.now).Mailbox,
	}
	for _, a := range p.Addresses {
		if a.Primary {
			out.PrimaryAddress = &a.Value
		} else {
			out.Aliases = append(out.Aliases, a.Value)
		}
	}
	if l.opens(org.ReadMailbox, p, &out.Withheld, "forwardTo", "keepCopy", "litigationHold", "holds", "automaticReplies", "permissions") {
		out.mailboxSettings = l.settings(p, &out.Withheld)
	}
	return out
}

func (l *lens) settings(p *org.Person, withheld *[]withheldView) *mailboxSettings {
	m := p.Mailbox
	out := &mailboxSettings{
		ForwardTo: text(m.ForwardTo), KeepCopy: m.KeepCopy, LitigationHold: m.Litigation, Holds: some(m.Holds), AutomaticReplies: repliesOf(&m.Replies),
		Permissions: []permission{},
	}
	if l.opens(org.ReadReplies, p, withheld, "automaticReplies.internalReplyMessage", "automaticReplies.externalReplyMessage") {
		out.AutomaticReplies.replyTexts = &replyTexts{m.Replies.Inside, m.Replies.Outside}
	}
	for _, x := range m.Permissions {
		i := slices.IndexFunc(out.Permissions, func(y permission) bool { return y.Who.ID == string(x.Who) })
		if i < 0 {
			out.Permissions = append(out.Permissions, permission{Who: nameIn(l.names, x.Who)})
			i = len(out.Permissions) - 1
		}
		out.Permissions[i].Rights = append(out.Permissions[i].Rights, x.Right)
	}
	return out
}

func repliesOf(r *org.Replies) repliesView {
	out := repliesView{Status: r.Status, Audience: r.Audience, Start: orNull(r.Start), End: orNull(r.End)}
	if out.Status == "" {
		out.Status = "disabled"
	}
	if out.Audience == "" {
		out.Audience = org.AudienceNone
	}
	return out
}

// clearable is a text that null clears; absent, it stays as it is.
type clearable struct {
	given bool
	text  string
}

// UnmarshalJSON reads a text or null.
func (x *clearable) UnmarshalJSON(b []byte) error {
	x.given, x.text = true, ""
	if bytes.Equal(b, []byte("null")) {
		return nil
	}
	return json.Unmarshal(b, &x.text)
}

// mailboxRequest asks for changes of a mailbox; what is absent stays.
type mailboxRequest struct {
	Type           *org.MailboxType `json:"type,omitempty"`
	ForwardTo      clearable        `json:"forwardTo,omitzero" doc:"An address; null turns forwarding off."`
	KeepCopy       *bool            `json:"keepCopy,omitempty"`
	Aliases        *[]string        `json:"aliases,omitempty" doc:"The full list. An entry that begins with SMTP: in capitals becomes the primary address; without one the primary address stays."`
	AddAliases     []string         `json:"addAliases,omitempty"`
	RemoveAliases  []string         `json:"removeAliases,omitempty"`
	LitigationHold *bool            `json:"litigationHold,omitempty"`
	Replies        *repliesRequest  `json:"automaticReplies,omitempty"`
	TakeOver       bool             `json:"takeOver,omitempty" doc:"Take an address although it is reserved for a deleted person."`
}

type repliesRequest struct {
	Status   string            `json:"status" doc:"disabled, alwaysEnabled or scheduled."`
	Audience org.ReplyAudience `json:"externalAudience,omitempty"`
	Inside   string            `json:"internalReplyMessage,omitempty"`
	Outside  string            `json:"externalReplyMessage,omitempty"`
	Start    time.Time         `json:"scheduledStartDateTime,omitzero"`
	End      time.Time         `json:"scheduledEndDateTime,omitzero"`
}

// mailbox serves GET mailboxes/{user}.
func (a *API) mailbox(c *call) error {
	l, p, err := a.look(c, c.r.PathValue("user"))
	if err != nil {
		return err
	}
	if r := org.MayRead(c.actor, org.ReadMailbox, p); r != nil {
		return r // R-ROLE-11
	}
	if p.Mailbox == nil {
		return org.Refuse(org.NotFound, "mailbox.none", "R-API-05", org.Arg{Name: "user", Value: p.Ref()})
	}
	return c.answer(http.StatusOK, l.mailbox(p))
}

// look finds one person for whoever may see them.
func (a *API) look(c *call, ref string) (*lens, *org.Person, error) {
	found, err := a.Desk.Look(c.ctx(), c.actor, ref)
	if err != nil {
		return nil, nil, err
	}
	return &lens{found.Org, found.Names, found.Now, c.actor, c.lang}, found.People[0], nil
}

// changeMailbox serves PATCH mailboxes/{user}. R-API-53
func (a *API) changeMailbox(c *call) error {
	var body mailboxRequest
	if err := c.decode(&body, smallBody, false); err != nil {
		return err
	}
	change, err := c.mailboxChange(&body)
	if err != nil {
		return err
	}
	if body.Aliases != nil {
		change.Addresses = func(had []org.Address) []org.Address { return addresses(had, *body.Aliases) }
	}
	if _, err := a.Desk.ChangeMailbox(c.ctx(), c.actor, c.r.PathValue("user"), change); err != nil {
		return err
	}
	return a.mailbox(c)
}

func (c *call) mailboxChange(body *mailboxRequest) (offboard.MailboxChange, error) {
	change := offboard.MailboxChange{
		Type: body.Type, KeepCopy: body.KeepCopy, Add: body.AddAliases, Remove: body.RemoveAliases, TakeOver: body.TakeOver, Litigation: body.LitigationHold,
	}
	if body.ForwardTo.given {
		change.ForwardTo = &body.ForwardTo.text
	}
	if body.Aliases != nil && len(body.AddAliases)+len(body.RemoveAliases) > 0 {
		return change, wrong(c.r, "request.together", "aliases", "first", "aliases", "second", "addAliases, removeAliases")
	}
	r := body.Replies
	if r == nil {
		return change, nil
	}
	if !slices.Contains([]string{"disabled", "alwaysEnabled", "scheduled"}, r.Status) {
		return change, wrong(c.r, "request.badValue", "automaticReplies.status", "field", "automaticReplies.status", "value", shown(r.Status),
			"allowed", []string{"disabled", "alwaysEnabled", "scheduled"})
	}
	audiences := []org.ReplyAudience{"", org.AudienceNone, org.AudienceContacts, org.AudienceAll}
	if !slices.Contains(audiences, r.Audience) {
		return change, wrong(c.r, "request.badValue", "automaticReplies.externalAudience", "field", "automaticReplies.externalAudience",
			"value", shown(string(r.Audience)), "allowed", []string{"none", "contactsOnly", "all"})
	}
	change.Replies = &org.Replies{Status: r.Status, Audience: r.Audience, Inside: r.Inside, Outside: r.Outside, Start: r.Start.UTC(), End: r.End.UTC()}
	return change, nil
}

// addresses makes the full list of addresses: as proxyAddresses spells them,
// SMTP: in capitals is the primary one; without one that stays as it was.
func addresses(had []org.Address, aliases []string) []org.Address {
	var out []org.Address
	primary := ""
	for _, a := range had {
		if a.Primary {
			primary = a.Value
		}
	}
	for _, x := range aliases {
		if value, ok := strings.CutPrefix(x, "SMTP:"); ok {
			primary = value
		}
	}
	if primary != "" {
		out = append(out, org.Address{Value: primary, Primary: true})
	}
	for _, x := range aliases {
		if len(x) > 5 && strings.EqualFold(x[:5], "smtp:") {
			x = x[5:]
		}
		if !slices.ContainsFunc(out, func(a org.Address) bool { return strings.EqualFold(a.Value, x) }) {
			out = append(out, org.Address{Value: x})
		}
	}
	return out
}

// rightsRequest are the rights that somebody is to have in a mailbox.
type rightsRequest struct {
	Rights []org.Right `json:"rights"`
}

// permit serves PUT mailboxes/{user}/permissions/{who}.
func (a *API) permit(c *call) error {
	var body rightsRequest
	if err := c.decode(&body, smallBody, false); err != nil {
		return err
	}
	known := []org.Right{org.FullAccess, org.SendAs, org.SendOnBehalf}
	if len(body.Rights) == 0 {
		return wrong(c.r, "request.missing", "rights", "field", "rights")
	}
	for _, r := range body.Rights {
		if !slices.Contains(known, r) {
			return wrong(c.r, "request.badValue", "rights", "field", "rights", "value", shown(string(r)), "allowed", []string{"FullAccess", "SendAs", "SendOnBehalf"})
		}
	}
	if _, err := a.Desk.SetPermission(c.ctx(), c.actor, c.r.PathValue("user"), c.r.PathValue("who"), body.Rights); err != nil {
		return err
	}
	return a.mailbox(c)
}

// forbid serves DELETE mailboxes/{user}/permissions/{who}.
func (a *API) forbid(c *call) error {
	if _, err := a.Desk.SetPermission(c.ctx(), c.actor, c.r.PathValue("user"), c.r.PathValue("who"), nil); err != nil {
		return err
	}
	return c.done()
}

// releaseMailbox serves POST mailboxes/{user}/release. R-MBX-25
func (a *API) releaseMailbox(c *call) error {
	if err := c.decode(&struct{}{}, smallBody, true); err != nil {
		return err
	}
	if err := a.Desk.ReleaseMailbox(c.ctx(), c.actor, c.r.PathValue("user")); err != nil {
		return err
	}
	return c.done()
}

func mailboxRoutes() []route {
	return []route{
		{
			method: http.MethodPost, path: "mailboxes/{user}/release", id: "releaseMailbox", tag: "mailboxes", summary: "Lift the holds of the mailbox of a purged person",
			about:  "By the id or user name that the owner had. The next sweep removes the mailbox.",
			scopes: writeMail, status: http.StatusNoContent, refuses: []int{http.StatusNotFound}, serve: (*API).releaseMailbox,
		},
		{
			method: http.MethodGet, path: "mailboxes/{user}", id: "getMailbox", tag: "mailboxes", summary: "Type, forwarding, addresses, holds and delegates of a mailbox",
			scopes: readMail, answer: mailboxView{}, refuses: []int{http.StatusNotFound}, serve: (*API).mailbox,
		},
		{
			method: http.MethodPatch, path: "mailboxes/{user}", id: "changeMailbox", tag: "mailboxes", summary: "Change a mailbox: what Graph cannot say",
			scopes: writeMail, body: mailboxRequest{}, example: `{"type":"shared","forwardTo":null,"addAliases":["anna@lindeboom.example"]}`, answer: mailboxView{},
			refuses: []int{http.StatusNotFound, http.StatusConflict}, serve: (*API).changeMailbox,
		},
		{
			method: http.MethodPut, path: "mailboxes/{user}/permissions/{who}", id: "grantMailbox", tag: "mailboxes", summary: "Give somebody exactly these rights in a mailbox",
			scopes: writeMail, body: rightsRequest{}, example: `{"rights":["FullAccess","SendAs"]}`, answer: mailboxView{},
			refuses: []int{http.StatusNotFound, http.StatusConflict}, serve: (*API).permit,
		},
		{
			method: http.MethodDelete, path: "mailboxes/{user}/permissions/{who}", id: "revokeMailbox", tag: "mailboxes", summary: "Take every right in a mailbox away from somebody",
			scopes: writeMail, status: http.StatusNoContent, refuses: []int{http.StatusNotFound}, serve: (*API).forbid,
		},
	}
}
