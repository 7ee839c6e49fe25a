package api

import (
	"net/http"
	"time"

	"leaver/internal/locale"
	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// deletedView is somebody in Deleted users.
type deletedView struct {
	ID                org.UserID       `json:"id"`
	UserPrincipalName string           `json:"userPrincipalName" doc:"The name that they had."`
	DisplayName       string           `json:"displayName"`
	Deleted           time.Time        `json:"deletedDateTime"`
	DaysLeft          int              `json:"daysLeft" doc:"Until the account is permanently deleted."`
	Clocks            clocksView       `json:"clocks"`
	Mailbox           org.MailboxState `json:"mailbox" doc:"gone also when there never was one."`
	Licenses          []licenseView    `json:"licenses" doc:"On record; they come back with the account."`
	Notes             []noteView       `json:"notes" doc:"What a restore would run into."`
}

// deleted serves GET deleted. R-RES-05 R-SM-04
func (a *API) deleted(c *call) error {
	top, err := c.top(defaultPage)
	if err != nil {
		return err
	}
	values := c.r.URL.Query()
	page, err := a.Reads.Users(c.ctx(), offboard.UserQuery{
		ListQuery: offboard.ListQuery{Query: odata.Query{Select: []string{"id"}, Top: top, SkipToken: values.Get("$skiptoken")}},
		Relation:  offboard.DeletedPeople, Box: values.Get("search"),
	})
	if err != nil {
		return err
	}
	ids := make([]string, len(page.Rows))
	for i := range page.Rows {
		ids[i] = string(page.Rows[i].ID)
	}
	found, err := a.Desk.LookAtAll(c.ctx(), c.actor, org.ReadDeletedPeople, ids)
	if err != nil {
		return err
	}
	l := lens{found.Org, found.Names, found.Now, c.actor, c.lang}
	out := list[deletedView]{Value: []deletedView{}, Next: a.next(c, "deleted", page.Next)}
	for _, p := range found.People {
		if p != nil && !p.Active() {
			out.Value = append(out.Value, l.deleted(&found, p))
		}
	}
	return c.answer(http.StatusOK, out)
}

func (l *lens) deleted(found *offboard.Looked, p *org.Person) deletedView {
	clocks := l.clocks(p)
	out := deletedView{
		ID: p.ID, UserPrincipalName: p.Ref().Name, DisplayName: p.DisplayName, Deleted: p.Deleted, DaysLeft: org.DaysLeft(clocks.User, l.now),
		Clocks: clocks, Mailbox: p.MailboxState(l.now), Licenses: licensesOf(l.org, p), Notes: []noteView{},
	}
	var notes []org.Note
	if since, lost := found.LostMailbox(p); lost {
		notes = append(notes, org.Note{Key: "restore.mailboxGone", Rule: "R-SM-05", Severity: org.Critical, Args: org.Args{{Name: "date", Value: since}}})
	}
	if p.Synced {
		notes = append(notes, org.Note{Key: "restore.nowCloudOnly", Rule: "R-AD-10", Severity: org.Warning})
	}
	for _, sku := range p.Products() {
		if l.org.FreeSeats(sku) < 1 {
			notes = append(notes, org.Note{
				Key: "restore.overAssigned", Rule: "R-RES-06", Severity: org.Warning, Args: org.Args{{Name: "product", Value: l.org.Products.Name(sku)}},
			})
		}
	}
	out.Notes = notesOf(l.lang, notes)
	return out
}

// restoreRequest says how to bring somebody back.
type restoreRequest struct {
	NewUPN   string `json:"newUserPrincipalName,omitempty" doc:"When somebody else has the name now."`
	Password string `json:"password,omitempty" doc:"Without this and generatePassword the old password stays."`
	Generate bool   `json:"generatePassword,omitempty"`
}

// restoredView is somebody brought back.
type restoredView struct {
	User     personView `json:"user"`
	Notes    []noteView `json:"notes" doc:"What could not come back, and why."`
	Password string     `json:"password,omitempty" doc:"The one invented; it is shown this once."`
}

// restore serves POST deleted/{user}/restore. R-RES-01 R-RES-09
func (a *API) restore(c *call) error {
	var body restoreRequest
	if err := c.decode(&body, smallBody, true); err != nil {
		return err
	}
	who, err := a.Desk.FindDeleted(c.ctx(), c.actor, org.RestoreUser, c.r.PathValue("user"))
	if err != nil {
		return err
	}
	if err := onePassword(c, body.Password, body.Generate, false); err != nil {
		return err
	}
	back, err := a.Desk.RestoreUser(c.ctx(), c.actor, who.ID, offboard.Restoring{
		RestoreOptions: org.RestoreOptions{NewUPN: body.NewUPN, Reconcile: true}, Password: body.Password, NewPassword: body.Generate,
	})
	if err != nil {
		return err
	}
	out := restoredView{Notes: notesOf(c.lang, back.Notes), Password: back.Password}
	if out.User, err = a.personOf(c, who.ID); err != nil {
		return err
	}
	return c.answer(http.StatusOK, out)
}

// manyRequest names people.
type manyRequest struct {
	Users []string `json:"users" doc:"Ids, or the names that they had; at most 20,000."`
}

type restoreManyRequest struct {
	manyRequest
	Generate bool `json:"generatePassword,omitempty" doc:"Invent a password for each."`
}

// eachView is what became of one of many.
type eachView struct {
	User     string               `json:"user"`
	ID       string               `json:"id,omitempty"`
	Outcome  offboard.ItemOutcome `json:"outcome" doc:"done, refused or failed."`
	Code     string               `json:"code"`
	Rule     string               `json:"rule"`
	Message  string               `json:"message" doc:"In the language of the reader."`
	Notes    []noteView           `json:"notes"`
	Password string               `json:"password,omitempty" doc:"The one invented; it is shown this once."`
}

// restoreMany serves POST deleted/restore. R-RES-07
func (a *API) restoreMany(c *call) error {
	var body restoreManyRequest
	if err := c.decode(&body, largeBody, false); err != nil {
		return err
	}
	all, err := a.Desk.RestoreMany(c.ctx(), c.actor, body.Users, offboard.Restoring{RestoreOptions: org.RestoreOptions{Reconcile: true}, NewPassword: body.Generate})
	if err != nil {
		return err
	}
	return a.answerEach(c, all, "api.each.restored")
}

// purge serves DELETE deleted/{user}. R-PERM-01
func (a *API) purge(c *call) error {
	who, err := a.Desk.FindDeleted(c.ctx(), c.actor, org.PurgeUser, c.r.PathValue("user"))
	if err != nil {
		return err
	}
	if err := a.Desk.PurgeUser(c.ctx(), c.actor, who.ID); err != nil {
		return err
	}
	return c.done()
}

// purgeMany serves POST deleted/purge.
func (a *API) purgeMany(c *call) error {
	var body manyRequest
	if err := c.decode(&body, largeBody, false); err != nil {
		return err
	}
	all, err := a.Desk.PurgeMany(c.ctx(), c.actor, body.Users)
	if err != nil {
		return err
	}
	return a.answerEach(c, all, "api.each.purged")
}

// answerEach answers what became of each. The fault of one that failed for no
// rule is logged; the reader gets the request id.
func (a *API) answerEach(c *call, all []offboard.Each, good string) error {
	out := list[eachView]{Value: make([]eachView, len(all))}
	for i := range all {
		e := &all[i]
		v := eachView{User: e.User.Name, ID: e.User.ID, Outcome: offboard.ItemDone, Notes: notesOf(c.lang, e.Notes), Password: e.Password}
		if v.User == "" {
			v.User = e.Asked
		}
		switch r := org.RefusalOf(e.Err); {
		case e.Err == nil:
			v.Message = locale.Text(c.lang, good, map[string]any{"user": v.User})
		case r != nil:
			v.Outcome, v.Code, v.Rule, v.Message = offboard.ItemRefused, r.Reason, r.Rule, wire.Sentence(c.lang, r)
		default:
			a.Log.ErrorContext(c.ctx(), "one of many failed", "request-id", wire.RequestID(c.r), "target", e.User.ID, "error", e.Err)
			f := wrong(c.r, "request.internal", "", "id", wire.RequestID(c.r))
			v.Outcome, v.Code, v.Message = offboard.ItemFailed, f.Code, f.Message
		}
		out.Value[i] = v
	}
	return c.answer(http.StatusOK, out)
}

func deletedRoutes() []route {
	conflict := []int{http.StatusNotFound, http.StatusConflict}
	return []route{
		{
			method: http.MethodGet, path: "deleted", id: "listDeleted", tag: "deleted users", summary: "Deleted users with their clocks",
			scopes: readDeleted, may: org.ReadDeletedPeople, answer: list[deletedView]{}, serve: (*API).deleted,
			query: []param{topParam, skipParam, {"search", "string", "The beginning of a name."}},
		},
		{
			method: http.MethodPost, path: "deleted/{user}/restore", id: "restoreUser", tag: "deleted users", summary: "Bring somebody back with everything the deletion took",
			about:  "Addresses that belong to somebody else meanwhile are left with them and noted.",
			scopes: deletePeople, body: restoreRequest{}, optional: true, example: `{"generatePassword":true}`, answer: restoredView{}, refuses: conflict, serve: (*API).restore,
		},
		{
			method: http.MethodPost, path: "deleted/restore", id: "restoreUsers", tag: "deleted users", summary: "Bring people back, each on its own",
			scopes: deletePeople, body: restoreManyRequest{}, example: `{"users":["quinten.prins@lindeboom.example"]}`, answer: list[eachView]{}, serve: (*API).restoreMany,
		},
		{
			method: http.MethodDelete, path: "deleted/{user}", id: "purgeUser", tag: "deleted users", summary: "Delete somebody for good",
			about: "Nobody can undo this.", scopes: deletePeople, status: http.StatusNoContent, refuses: conflict, serve: (*API).purge,
		},
		{
			method: http.MethodPost, path: "deleted/purge", id: "purgeUsers", tag: "deleted users", summary: "Delete people for good, each on its own",
			scopes: deletePeople, body: manyRequest{}, example: `{"users":["quinten.prins@lindeboom.example"]}`, answer: list[eachView]{}, serve: (*API).purgeMany,
		},
	}
}
