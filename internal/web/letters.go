package web

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"leaver/internal/mailtext"
	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// How many mailboxes the account page and a page of mailboxes show, and how many
// messages a page of a folder.
const (
	fewBoxes    = 20
	boxesMax    = 50
	letterPart  = 50
	maxSubject  = 120 // characters of a subject in a list
	maxPreview  = 200 // characters of a message's beginning in a list
	maxMailFind = 200 // characters of a search
)

// openBox is a mailbox that the reader has a right in.
type openBox struct {
	offboard.OpenMailbox
	Own  bool
	Open bool // it can be read here, now
}

// openBoxes are some of them, and where the next page begins.
type openBoxes struct {
	List  []openBox
	Next  string
	First bool
}

// openBoxes lists the reader's own mailbox and those they were given a right in.
// R-MBX-12
func (v *visit) openBoxes(after string, limit int) (openBoxes, error) {
	all := openBoxes{First: after == ""}
	page, err := v.srv.Store.OpenMailboxes(v.ctx(), offboard.OpenMailboxQuery{Who: v.Person.ID, After: after, Limit: limit})
	if err != nil {
		return all, err
	}
	ids := []string{string(v.Person.ID)}
	for i := range page.Rows {
		ids = append(ids, page.Rows[i].Owner.ID)
	}
	owners, err := v.people(ids)
	if err != nil {
		return all, err
	}
	if own := owners[ids[0]]; all.First && own != nil && v.opens(own) {
		unread := 0
		inbox, err := v.srv.Store.MailFolder(v.ctx(), own.ID, inboxName)
		if err != nil {
			return all, err
		}
		if inbox != nil {
			unread = inbox.Unread
		}
		all.List = append(all.List, openBox{offboard.OpenMailbox{Owner: own.Ref(), Unread: unread}, true, true})
	}
	for i, row := range page.Rows {
		if owner := owners[ids[1+i]]; owner != nil && owner.ID != v.Person.ID {
			all.List = append(all.List, openBox{row, false, v.opens(owner)})
		}
	}
	all.Next = page.Next
	return all, nil
}

// opens says that the reader may read a mailbox, and that it is in use. R-MBX-12 R-SM-03
func (v *visit) opens(p *org.Person) bool {
	return p.OpensMailbox(v.Person.ID) && p.Active() && p.MailboxState(v.Now) == org.MailboxActive
}

// why is the key of why a mailbox can't be read here.
func (x *openBox) why() string {
	if slices.Contains(x.Rights, org.FullAccess) {
		return "web.letters.closed"
	}
	return "web.letters.sendOnly" // R-MBX-12
}

// boxesPage lists more mailboxes than the account page does.
func boxesPage(v *visit) error {
	v.Section = "account"
	all, err := v.openBoxes(v.r.URL.Query().Get("after"), boxesMax)
	if err != nil {
		return err
	}
	return v.render(boxesView(v, all))
}

// openBox finds the mailbox that the path names. Who has no full access to it
// learns nothing of it, whatever their role. R-MBX-12
func (v *visit) openBox() (*org.Person, error) {
	v.Section = "account"
	p, err := v.person(v.r.PathValue("id"))
	if r := org.RefusalOf(err); r != nil && r.Kind == org.NotFound {
		return nil, boxNotOpen()
	}
	switch {
	case err != nil:
		return nil, err
	case !p.OpensMailbox(v.Person.ID):
		return nil, boxNotOpen()
	case !v.opens(p):
		v.show(http.StatusNotFound, closedBoxView(v, p)) // R-DEL-12 R-SM-03
		return nil, errAnswered
	}
	return p, nil
}

func boxNotOpen() error { return org.Refuse(org.NotFound, "mailbox.notOpen", "R-MBX-12") }

func noLetter() error { return org.Refuse(org.NotFound, "mailbox.noItem", "") }

// boxTitle is what the pages of a mailbox are called.
func (v *visit) boxTitle(p *org.Person) string {
	if p.ID == v.Person.ID {
		return v.T("web.letters.own")
	}
	return v.T("web.letters.of", "person", nameOf(p.Ref()))
}

const inboxName = "inbox"

// boxData is a page of messages: of a folder, or those that were looked for in
// all of them.
type boxData struct {
	P       *org.Person
	Folders []offboard.FolderRow
	Folder  *offboard.FolderRow // nil where messages of all folders stand
	Box     string              // what was typed in the search box
	Rows    []offboard.MessageRow
	Next    string
	After   string // where this page begins, "" for the first
}

// boxPage shows the messages of a folder, the newest first. R-WIZ-12 R-API-52
func boxPage(v *visit) error {
	p, err := v.openBox()
	if err != nil {
		return err
	}
	asked := v.r.URL.Query()
	d := boxData{P: p, After: asked.Get("after"), Box: firstRunes(mailtext.Line(asked.Get("q")), maxMailFind)}
	q := offboard.MessageQuery{User: p.ID}
	q.Top, q.SkipToken = letterPart, d.After
	if d.Box != "" {
		q.Filter = finds(d.Box)
	} else if d.Folder, err = v.folder(p); err != nil {
		return err
	}
	if d.Folder != nil {
		q.Folder = d.Folder.ID
	}
	page, err := v.srv.Store.Messages(v.ctx(), q)
	if err != nil && d.After != "" {
		return v.redirect(d.address("")) // a page that is no more: begin anew
	}
	if err != nil {
		return err
	}
	d.Rows, d.Next = page.Rows, page.Next
	if d.Folders, err = v.srv.Store.MailFolders(v.ctx(), p.ID, "", false); err != nil {
		return err
	}
	return v.render(boxView(v, d))
}

// finds looks for a text in what a list of messages shows of them.
func finds(text string) odata.Expr {
	in := func(path ...string) odata.Expr {
		return &odata.CallExpr{Func: "contains", Args: []odata.Expr{&odata.PathExpr{Segments: path}, &odata.Literal{Kind: odata.Text, Value: text, Raw: text}}}
	}
	return &odata.LogicalExpr{Or: true, Terms: []odata.Expr{in("subject"), in("from", "emailAddress", "name"), in("from", "emailAddress", "address")}}
}

// folder finds the folder that the path names, the inbox without one; nil when
// the mailbox has no folder yet.
func (v *visit) folder(p *org.Person) (*offboard.FolderRow, error) {
	ref := v.r.PathValue("folder")
	f, err := v.srv.Store.MailFolder(v.ctx(), p.ID, orText(ref, inboxName))
	if err == nil && f == nil && ref != "" {
		return nil, noLetter()
	}
	return f, err
}

// address is that of this list, from a page on.
func (d *boxData) address(after string) string {
	folder := ""
	if d.Folder != nil {
		folder = d.Folder.ID
	}
	return boxAddress(d.P, folder, d.Box, after)
}

// boxAddress is that of a list of messages: of a folder, or of what is looked for.
func boxAddress(p *org.Person, folder, box, after string) string {
	at, query := "/mail/"+url.PathEscape(string(p.ID)), url.Values{}
	if box != "" {
		query.Set("q", box)
	} else if folder != "" {
		at += "/folders/" + url.PathEscape(folder)
	}
	if after != "" {
		query.Set("after", after)
	}
	if len(query) > 0 {
		at += "?" + query.Encode()
	}
	return at
}

// letterAddress is that of a message, which keeps the way back to this list.
func (d *boxData) letterAddress(m *offboard.MessageRow) string {
	at, query := messageAddress(d.P, m.ID), url.Values{}
	for name, value := range map[string]string{"q": d.Box, "after": d.After} {
		if value != "" {
			query.Set(name, value)
		}
	}
	if len(query) > 0 {
		at += "?" + query.Encode()
	}
	return at
}

func messageAddress(p *org.Person, id string) string {
	return "/mail/" + url.PathEscape(string(p.ID)) + "/messages/" + url.PathEscape(id)
}

// Outgoing says that what lies in this folder was written by its owner, so that
// to whom says more than from whom.
func (d *boxData) Outgoing() bool {
	return d.Folder != nil && (d.Folder.WellKnown == "sentitems" || d.Folder.WellKnown == "drafts")
}

// subject, sender and recipients of a message, as they are shown. Whoever wrote
// it could put anything there.
func (v *visit) subjectOf(m *offboard.MessageRow) string {
	return orText(mailtext.Line(m.Subject), v.T("web.letters.noSubject"))
}

func (v *visit) senderOf(m *offboard.MessageRow) string {
	return orText(mailtext.Line(m.SenderName), mailtext.Line(m.SenderAddress), v.T("web.letters.unknown"))
}

func (v *visit) recipientsOf(m *offboard.MessageRow) string {
	all := slices.Concat(m.Recipients, m.Copies)
	if len(all) == 0 {
		return v.T("web.letters.nobody")
	}
	first := mailtext.Line(all[0])
	if more := len(all) - 1; more > 0 {
		return v.T("web.letters.andMore", "address", first, "count", more)
	}
	return first
}

func beginningOf(m *offboard.MessageRow) string {
	return firstRunes(mailtext.Line(m.Preview), maxPreview)
}

// firstRunes is the beginning of a text, with a sign that there was more.
func firstRunes(s string, limit int) string {
	if runes := []rune(s); len(runes) > limit {
		return strings.TrimSpace(string(runes[:limit])) + "…"
	}
	return s
}
