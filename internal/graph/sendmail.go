package graph

import (
	"net/http"
	"strings"
	"unicode"
	"unicode/utf8"

	"leaver/internal/mailtext"
	"leaver/internal/offboard"
	"leaver/internal/wire"
)

// maxRecipients is how many people one message may go to.
const maxRecipients = 500

// sendMail answers POST /users/{id}/sendMail.
func (s *Server) sendMail(w http.ResponseWriter, r *http.Request, c *call) error {
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return err
	}
	m := offboard.Outgoing{Save: true}
	readSave(o, &m.Save)
	given := o.Object("message")
	if err := o.Done("microsoft.graph.sendMail"); err != nil {
		return err
	}
	if given == nil {
		return wire.BadRequest("ErrorInvalidRequest", "The message is missing.")
	}
	text, err := fillMessage(given, &m)
	if err != nil {
		return err
	}
	if m.Body, m.Size, err = s.cfg.Bodies.Put(r.Context(), strings.NewReader(text)); err != nil {
		return err
	}
	if err := s.cfg.Desk.SendMail(r.Context(), c.caller.Actor, r.PathValue("user"), m); err != nil {
		return s.drop(r.Context(), m.Body, err)
	}
	w.WriteHeader(http.StatusAccepted)
	return nil
}

// readSave reads saveToSentItems, which Microsoft's own examples write as a text.
func readSave(o *wire.Object, save *bool) {
	switch strings.ToLower(string(o.Raw("saveToSentItems"))) {
	case `"true"`:
		*save = true
	case `"false"`:
		*save = false
	default:
		o.Bool("saveToSentItems", save)
	}
}

// fillMessage reads a message and gives its text.
func fillMessage(o *wire.Object, m *offboard.Outgoing) (string, error) {
	var text, kind string
	o.String("subject", &m.Subject)
	m.Subject = strings.Join(strings.FieldsFunc(m.Subject, unicode.IsControl), " ") // it is one line
	if body := o.Object("body"); body != nil {
		body.String("contentType", &kind)
		body.String("content", &text)
		if err := body.Done("microsoft.graph.itemBody"); err != nil {
			return "", err
		}
	}
	for _, list := range []string{"toRecipients", "ccRecipients", "bccRecipients"} {
		people, _ := o.Objects(list)
		for _, p := range people {
			address, err := addressOf(p)
			if err != nil {
				return "", err
			}
			switch list {
			case "bccRecipients":
				m.Bcc = append(m.Bcc, address)
			case "ccRecipients":
				m.Cc = append(m.Cc, address)
			default:
				m.To = append(m.To, address)
			}
		}
	}
	for _, name := range []string{"importance", "replyTo", "from", "sender", "categories", "isReadReceiptRequested", "isDeliveryReceiptRequested"} {
		o.Raw(name) // they change nothing about where a message goes
	}
	if err := o.Done("microsoft.graph.message"); err != nil {
		return "", err
	}
	switch all := len(m.To) + len(m.Cc) + len(m.Bcc); {
	case all == 0:
		return "", wire.BadRequest("ErrorInvalidRecipients", "At least one recipient isn't valid.")
	case all > maxRecipients:
		return "", wire.BadRequest("ErrorInvalidRecipients", "A message may go to 500 people.")
	}
	if strings.EqualFold(kind, "html") && !mailtext.IsHTML(text) {
		text = "<html><body>" + text + "</body></html>" // as Exchange does: what it is shows from itself
	}
	m.Preview = preview(text)
	return text, nil
}

func addressOf(o *wire.Object) (string, error) {
	var name, address string
	inner := o.Object("emailAddress")
	if err := o.Done("microsoft.graph.recipient"); err != nil {
		return "", err
	}
	if inner == nil {
		return "", wire.BadRequest("ErrorInvalidRecipients", "At least one recipient isn't valid.")
	}
	inner.String("name", &name)
	inner.String("address", &address)
	return address, inner.Done("microsoft.graph.emailAddress")
}

// maxPreview is how much of a message its preview holds.
const maxPreview = 255

// preview is the beginning of a text, without the marks of HTML.
func preview(text string) string {
	shown := mailtext.Of([]byte(text), maxPreview*utf8.UTFMax)
	line := []rune(strings.Join(strings.Fields(shown.Text), " "))
	return string(line[:min(len(line), maxPreview)])
}
