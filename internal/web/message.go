package web

import (
	"bytes"
	"encoding/base64"
	"errors"
	"io"
	"mime"
	"net/http"
	"net/mail"
	"strconv"
	"strings"
	"unicode"

	"leaver/internal/mailtext"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// What of a message a page shows: bytes of its text, and recipients before the
// rest is folded.
const (
	maxLetter     = 64 << 10
	fewRecipients = 8
)

// letterData is the page of one message.
type letterData struct {
	P      *org.Person
	M      *offboard.MessageRow
	Folder *offboard.FolderRow // nil when it stands in none
	Text   mailtext.Text
	Lost   bool   // the text can't be read
	Back   string // the list that it was chosen from
}

// place is where a message lies.
func (d *letterData) place(v *visit) string {
	if d.Folder == nil {
		return v.boxTitle(d.P)
	}
	return v.boxTitle(d.P) + " · " + d.Folder.Name
}

// letter finds the message that the path names.
func (v *visit) letter() (*org.Person, *offboard.MessageRow, error) {
	p, err := v.openBox()
	if err != nil {
		return nil, nil, err
	}
	m, err := v.srv.Store.Message(v.ctx(), p.ID, v.r.PathValue("message"))
	if err == nil && m == nil {
		err = noLetter()
	}
	return p, m, err
}

// letterPage shows one message. Its text is shown as text, whatever it is: what
// strangers write never becomes a part of a page of ours. R-WIZ-12
func letterPage(v *visit) error {
	p, m, err := v.letter()
	if err != nil {
		return err
	}
	d := letterData{P: p, M: m}
	asked := v.r.URL.Query()
	d.Back = boxAddress(p, m.FolderID, asked.Get("q"), asked.Get("after"))
	if m.FolderID != "" {
		if d.Folder, err = v.srv.Store.MailFolder(v.ctx(), p.ID, m.FolderID); err != nil {
			return err
		}
	}
	if d.Text, err = v.letterText(m); err != nil { // the rest of it can still be read
		v.srv.Log.Error("read a message", "message", m.ID, "body", m.Body, "request", v.ID, "error", err)
		d.Lost = true
	}
	return v.render(letterView(v, d))
}

func (v *visit) letterText(m *offboard.MessageRow) (mailtext.Text, error) {
	body, err := v.letterBody(m)
	if err != nil {
		return mailtext.Text{}, err
	}
	defer body.Close()
	return mailtext.Read(body, maxLetter)
}

// letterBody is the text of a message as it came.
func (v *visit) letterBody(m *offboard.MessageRow) (io.ReadCloser, error) {
	if m.Body == "" {
		return io.NopCloser(strings.NewReader(m.Content)), nil
	}
	return v.srv.Bodies.Open(v.ctx(), m.Body)
}

// downloadLetter gives a message as a file, for a program that reads mail.
func downloadLetter(v *visit) error {
	_, m, err := v.letter()
	if err != nil {
		return err
	}
	// Read once before the answer begins: a text that is missing or spoiled must
	// not look whole.
	start, size, err := v.measure(m)
	if err != nil {
		return err
	}
	body, err := v.letterBody(m)
	if err != nil {
		return err
	}
	defer body.Close()
	head := letterHead(m, start, size)
	h := v.w.Header()
	h.Set("Cache-Control", "private, no-cache")
	h.Set("Content-Type", "message/rfc822")
	h.Set("Content-Disposition", mime.FormatMediaType("attachment", map[string]string{"filename": v.letterName(m)}))
	h.Set("Content-Length", strconv.FormatInt(int64(len(head))+folded(size), 10))
	v.w.WriteHeader(http.StatusOK)
	_, _ = io.WriteString(v.w, head) // fails only when the client has gone
	lines := &folder{to: v.w}
	encoder := base64.NewEncoder(base64.StdEncoding, lines)
	_, err = io.Copy(encoder, body)
	if err == nil {
		err = encoder.Close()
	}
	if err == nil {
		err = lines.end()
	}
	if err != nil && v.ctx().Err() == nil {
		v.srv.Log.Error("write a message", "message", m.ID, "request", v.ID, "error", err)
	}
	return errAnswered
}

// measure reads a body to its end; it gives its beginning and its size.
func (v *visit) measure(m *offboard.MessageRow) (start []byte, size int64, err error) {
	body, err := v.letterBody(m)
	if err != nil {
		return nil, 0, err
	}
	defer body.Close()
	var b bytes.Buffer
	if size, err = io.CopyN(&b, body, maxLetter); errors.Is(err, io.EOF) {
		return b.Bytes(), size, nil
	}
	if err != nil {
		return nil, 0, err
	}
	rest, err := io.Copy(io.Discard, body)
	return b.Bytes(), size + rest, err
}

// letterHead is what stands above the text of a message in a file. The text begins
// with start and has so many bytes.
func letterHead(m *offboard.MessageRow, start []byte, size int64) string {
	kind, charset := "text/plain", mailtext.Charset(start, size > int64(len(start)))
	if mailtext.IsHTML(mailtext.Decode(start)) {
		kind = "text/html"
	}
	if strings.HasPrefix(charset, "utf-16") {
		charset = "utf-16" // the mark in front says the rest
	}
	var b strings.Builder
	field := func(name, value string) {
		if value != "" {
			b.WriteString(name + ": " + value + "\r\n")
		}
	}
	field("Date", m.Received.UTC().Format("Mon, 02 Jan 2006 15:04:05 +0000"))
	field("From", mailAddressOf(m.SenderName, m.SenderAddress))
	for _, to := range []struct {
		name string
		list []string
	}{{"To", m.Recipients}, {"Cc", m.Copies}} {
		var addresses []string
		for _, a := range to.list {
			addresses = append(addresses, mailAddressOf("", a))
		}
		field(to.name, strings.Join(addresses, ",\r\n "))
	}
	field("Subject", mime.QEncoding.Encode("utf-8", mailtext.Line(m.Subject)))
	field("MIME-Version", "1.0")
	field("Content-Type", kind+"; charset="+charset)
	field("Content-Transfer-Encoding", "base64")
	return b.String() + "\r\n"
}

// mailAddressOf writes an address for the head of a message: on one line, whatever
// is in it.
func mailAddressOf(name, address string) string {
	address = strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.IsSpace(c) || strings.ContainsRune("<>,;", c) {
			return -1
		}
		return c
	}, mailtext.Line(address))
	if address == "" && name == "" {
		return ""
	}
	return (&mail.Address{Name: mailtext.Line(name), Address: address}).String()
}

// letterName is what a message is called as a file.
func (v *visit) letterName(m *offboard.MessageRow) string {
	const limit = 80
	name := strings.Map(func(c rune) rune {
		if strings.ContainsRune(`/\:*?"<>|`, c) {
			return '-'
		}
		return c
	}, v.subjectOf(m))
	runes := []rune(name)
	return strings.Trim(string(runes[:min(len(runes), limit)]), " .") + ".eml"
}

// lineLength is how long the lines of a body in a file are.
const lineLength = 76

// folded is how long a body of so many bytes is in a file.
func folded(size int64) int64 {
	n := (size + 2) / 3 * 4
	return n + (n+lineLength-1)/lineLength*2
}

// folder breaks what is written into lines.
type folder struct {
	to io.Writer
	at int
}

// Write implements io.Writer.
func (f *folder) Write(p []byte) (int, error) {
	done := 0
	for done < len(p) {
		n := min(lineLength-f.at, len(p)-done)
		if _, err := f.to.Write(p[done : done+n]); err != nil {
			return done, err
		}
		done += n
		if f.at += n; f.at == lineLength {
			if err := f.end(); err != nil {
				return done, err
			}
		}
	}
	return done, nil
}

// end ends a line that has begun.
func (f *folder) end() error {
	if f.at == 0 {
		return nil
	}
	f.at = 0
	_, err := io.WriteString(f.to, "\r\n")
	return err
}
