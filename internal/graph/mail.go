package graph

import (
	"io"
	"net/http"
	"slices"
	"strings"

	"leaver/internal/mailtext"
	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/wire"
)

// mailMissing is what Exchange says of something that isn't in a mailbox.
func mailMissing() *wire.Fault {
	return &wire.Fault{Status: http.StatusNotFound, Code: "ErrorItemNotFound", Message: "The specified object was not found in the store."}
}

// countMessages answers GET /users/{id}/messages/$count and its kin.
func (s *Server) countMessages(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip", "$top", "$orderby", "$select", "$expand")
	if err != nil {
		return err
	}
	h, err := s.mailbox(r, c, "")
	if err != nil {
		return err
	}
	if err := s.inFolder(r, h); err != nil {
		return err
	}
	options.Count, options.Top = true, 1
	page, err := s.cfg.Reads.Messages(r.Context(), offboard.MessageQuery{ListQuery: options, User: h.ID, Folder: r.PathValue("folder")})
	if err != nil {
		return err
	}
	var n int64
	if page.Count != nil {
		n = *page.Count
	}
	number(w, n)
	return nil
}

// listMessages answers GET /users/{id}/messages and …/mailFolders/{folder}/messages.
// R-API-52
func (s *Server) listMessages(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.parse(r, odata.Options{MaxTop: 1000}) // one more than the directory gives
	if err != nil {
		return err
	}
	pick, err := s.pickMessage(c, options.Select)
	if err != nil {
		return err
	}
	h, err := s.mailbox(r, c, "")
	if err != nil {
		return err
	}
	if err := s.inFolder(r, h); err != nil {
		return err
	}
	page, err := s.cfg.Reads.Messages(r.Context(), offboard.MessageQuery{ListQuery: options, User: h.ID, Folder: r.PathValue("folder")})
	if err != nil {
		return err
	}
	all := make([]thing, len(page.Rows))
	for i := range page.Rows {
		t, err := s.messageFor(r, c, h, &page.Rows[i], pick)
		if err != nil {
			return err
		}
		all[i] = *t
	}
	head := list{context: picked("users('"+string(h.ID)+"')/messages", pick), next: c.next(r, page.Next), count: page.Count}
	c.things(w, head, c.style(s.model["message"], pick), all)
	return nil
}

// firstOf gives an error, or what stands for there being none.
func firstOf(err error, otherwise *wire.Fault) error {
	if err != nil {
		return err
	}
	return otherwise
}

// wants says that a property is to be written: selected, or nothing was.
func wants(pick []string, name string) bool {
	for _, p := range pick {
		if p == name {
			return true
		}
	}
	return pick == nil
}

// getMessage answers GET /users/{id}/messages/{message}.
func (s *Server) getMessage(w http.ResponseWriter, r *http.Request, c *call) error {
	options, err := c.options(r, "$skip", "$filter", "$search", "$orderby", "$count")
	if err != nil {
		return err
	}
	pick, err := s.pickMessage(c, options.Select)
	if err != nil {
		return err
	}
	h, err := s.mailbox(r, c, "")
	if err != nil {
		return err
	}
	m, err := s.cfg.Reads.Message(r.Context(), h.ID, r.PathValue("message"))
	if err != nil || m == nil {
		return firstOf(err, mailMissing())
	}
	t, err := s.messageFor(r, c, h, m, pick)
	if err != nil {
		return err
	}
	c.entity(w, http.StatusOK, picked("users('"+string(h.ID)+"')/messages", pick)+"/$entity", c.style(s.model["message"], pick), t)
	return nil
}

// opensTexts says that a token opens what messages say, and not only from whom to
// whom they go and about what. R-API-52
func (c *call) opensTexts() bool {
	return c.caller.Scopes == nil || carries(c.caller.Scopes, []string{"Mail.Read", "Mail.ReadWrite", "Mail.Read.Shared", "Mail.ReadWrite.Shared"})
}

func isText(property string) bool { return property == "body" || property == "bodyPreview" }

// pickMessage gives the properties of messages that are selected and open.
func (s *Server) pickMessage(c *call, names []string) ([]string, error) {
	pick, err := s.model["message"].pick(names)
	if err != nil || pick == nil || c.opensTexts() {
		return pick, err
	}
	return slices.DeleteFunc(slices.Clone(pick), isText), nil
}

// messageFor is a message as far as a token opens it, with its text where that is
// wanted.
func (s *Server) messageFor(r *http.Request, c *call, h *holder, m *offboard.MessageRow, pick []string) (*thing, error) {
	t := messageThing(m)
	t.path = "/users/" + string(h.ID) + "/messages/" + m.ID
	if !c.opensTexts() {
		t.props = slices.DeleteFunc(t.props, func(p prop) bool { return isText(p.name) })
		return t, nil
	}
	if !wants(pick, "body") {
		return t, nil
	}
	return t, s.putBody(r, t, m)
}

// maxBody is how much of a message's text an answer holds.
const maxBody = 1 << 20

// putBody puts the text of a message into its answer.
func (s *Server) putBody(r *http.Request, t *thing, m *offboard.MessageRow) error {
	content := m.Content
	if m.Body != "" {
		body, err := s.cfg.Bodies.Open(r.Context(), m.Body)
		if err != nil {
			return err
		}
		defer func() { _ = body.Close() }() // only read
		b, err := io.ReadAll(io.LimitReader(body, maxBody))
		if err != nil {
			return err
		}
		content = strings.ToValidUTF8(string(b), "\ufffd")
	}
	kind := "text"
	if mailtext.IsHTML(content) {
		kind = "html"
	}
	b := thing{}
	b.put("contentType", kind)
	b.put("content", content)
	t.put("body", b)
	return nil
}

func messageThing(m *offboard.MessageRow) *thing {
	t := &thing{typ: "message"}
	from := recipient(m.SenderName, m.SenderAddress)
	t.put("id", m.ID)
	t.put("createdDateTime", m.Received)
	t.put("lastModifiedDateTime", m.Received)
	t.put("receivedDateTime", m.Received)
	t.put("sentDateTime", m.Received)
	t.put("hasAttachments", false)
	t.put("subject", m.Subject)
	t.put("bodyPreview", m.Preview)
	t.put("importance", "normal")
	t.put("parentFolderId", text(m.FolderID))
	t.put("isRead", m.Read)
	t.put("isDraft", false)
	t.put("sender", from)
	t.put("from", from)
	t.put("toRecipients", recipients(m.Recipients))
	t.put("ccRecipients", recipients(m.Copies))
	t.put("bccRecipients", []thing{})
	t.put("replyTo", []thing{})
	return t
}

func recipients(addresses []string) []thing {
	all := make([]thing, len(addresses))
	for i, a := range addresses {
		all[i] = recipient("", a)
	}
	return all
}

func recipient(name, address string) thing {
	if name == "" {
		name = address
	}
	a := thing{}
	a.put("name", name)
	a.put("address", address)
	t := thing{}
	t.put("emailAddress", a)
	return t
}
