package e2e

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"leaver/internal/blob"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// hostile is what somebody might send to make a page do something.
const hostile = `<!DOCTYPE html><html><head><title>no</title><style>body{display:none}</style></head><body onload="fetch('/deleted')">
<p>Beste Anna,</p><script>document.title = 'taken'</script><img src="https://tracker.example/pixel.gif" alt="Logo van de bank" onerror="document.title = 'taken'">
<form action="/users/new" method="post"><input name="x"><button>Verder</button></form>
<p>Log in op <a href="https://evil.example/?bank">www.bank.example</a> of <a href="javascript:document.title='taken'">klik hier</a>.</p>
<iframe src="/account"></iframe><table><tr><td>Bedrag</td><td>&euro; 12,50</td></tr></table><blockquote>Eerder schreef u: &lt;b&gt;ja&lt;/b&gt;</blockquote></body></html>`

// put brings a message into somebody's mailbox, with its text on the shelf.
func (s *school) put(t testing.TB, to *org.Person, folder string, m offboard.Message, text string) string {
	t.Helper()
	hash, size, err := shelf{s.desk.Bodies.(*blob.Store)}.Put(t.Context(), strings.NewReader(text))
	if err != nil {
		t.Fatal(err)
	}
	m.ID, m.Body, m.Size = newID(), hash, size
	storetest.Change(t, s.store, func(tx offboard.Tx) error {
		there, err := tx.Deliver(t.Context(), to.ID, folder, m)
		if err == nil && !there {
			t.Error("there is no mailbox")
		}
		return err
	})
	return "/mail/" + string(to.ID) + "/messages/" + m.ID
}

// handed is a school in which anna left and her mail went to bram, with letters in
// it that nobody would want to get.
func handed(t testing.TB) (s *school, box string, letters map[string]string) {
	t.Helper()
	s = newSchool(t, 0)
	owner := s.person(t, anna)
	now := s.now()
	from := func(subject string) offboard.Message {
		now = now.Add(-time.Minute)
		return offboard.Message{
			Subject: subject, SenderName: "Uw \u202eknab", SenderAddress: "helpdesk@bank.example", Recipients: []string{"anna.devries@lindeboom.example"}, Received: now, Preview: "Beste Anna, " + subject,
		}
	}
	many := from("Aan iedereen")
	for i := range 40 {
		many.Recipients = append(many.Recipients, fmt.Sprintf("collega%02d@lindeboom.example", i))
	}
	many.Copies = []string{"directie@lindeboom.example"}
	bare := from("\r\nX-Evil: yes\x00")
	bare.SenderName, bare.SenderAddress, bare.Recipients, bare.Preview = "", "", nil, ""
	letters = map[string]string{
		"hostile": s.put(t, owner, "inbox", from("Controleer uw rekening <script>alert(1)</script>"), hostile),
		"rtl":     s.put(t, owner, "inbox", from("שלום, factuur \u202efdp.exe"), "שלום עולם\n\nHet bestand heet factuur\u202efdp.exe en is van vandaag.\n"),
		"windows": s.put(t, owner, "inbox", from("Caf\xe9"), "Caf\xe9 \x80 5,00\r\nGroet\r\n"),
		"huge":    s.put(t, owner, "inbox", from(strings.Repeat("Heel-lang-onderwerp-zonder-spaties", 12)), strings.Repeat("Een regel van een heel lang bericht, met é erin.\n", 40_000)+"het einde"),
		"many":    s.put(t, owner, "inbox", many, "Hoi allemaal"),
		"bare":    s.put(t, owner, "inbox", bare, ""),
	}
	s.handOver(t)
	return s, "/mail/" + string(owner.ID), letters
}

// handOver lets anna go and gives her mail to bram.
func (s *school) handOver(t testing.TB) {
	t.Helper()
	c := signedIn(t, s, "admin")
	at := "/users/" + s.id(t, "anna.devries") + "/delete"
	plan := c.post(at+"/plan", "licenses", "remove", "mail", "share", "mailTo", "bram.jansen@lindeboom.example", "outside", "none", "files", "none")
	values := plan.hidden()
	values.Set("sure", "yes")
	run := c.send(c.form(at+"/run", values))
	s.wait(t, strings.TrimPrefix(run.path, "/leavers/"))
}

// TestHeirReadsMail reads the mail of somebody who left, with a browser and
// without an administrator role.
func TestHeirReadsMail(t *testing.T) {
	t.Parallel()
	axe := axeScript(t)
	s, box, letters := handed(t)
	say := func(l look, en, nl string) string { return map[string]string{"en": en, "nl": nl}[l.lang] }
	for _, l := range []look{{lang: "nl", width: 390}, {lang: "en", width: 1440}, {lang: "nl", width: 1440, dark: true}, {lang: "en", width: 390, dark: true, noScript: true}} {
		t.Run(fmt.Sprintf("R-WIZ-12 %s %d dark %t script %t", l.lang, l.width, l.dark, !l.noScript), func(t *testing.T) {
			b := newTab(t, s, l)
			check := func(what string) {
				t.Helper()
				if dir := os.Getenv("LEAVER_PICTURES"); dir != "" {
					b.picture(filepath.Join(dir, fmt.Sprintf("%s-%d-%t-%s.png", l.lang, l.width, l.dark, what)))
				}
				rules := everyRule
				if l.dark { // in the words of the first
					rules = rulesOfLooks
				}
				if !l.noScript {
					b.accessible(axe, rules, what)
				}
				if wide := eval[float64](b, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
					t.Errorf("%s is %v pixels too wide", what, wide)
				}
			}
			b.signIn("bram.jansen")
			b.open("/account")
			b.sees(say(l, "Mailboxes you have access to", "Postvakken waar u bij kunt"))
			check("mail-account")
			b.press(`a[href="` + box + `"]`)
			b.sees(say(l, "Mailbox of Anna de Vries", "Postvak van Anna de Vries"))
			check("mail-inbox")
			b.press(`a[href="` + letters["hostile"] + `"]`)
			b.sees("www.bank.example <https://evil.example/?bank>")
			check("mail-hostile")
			if title := eval[string](b, `document.title`); strings.Contains(title, "taken") {
				t.Errorf("the message did something: %s", title)
			}
			if n := eval[int](b, `document.querySelectorAll('.letter *, iframe, main img, main form, main script').length`); n != 0 {
				t.Errorf("%d elements came out of the message", n)
			}
			b.press(`.crumb`)
			b.press(`.folders li:nth-child(2) a`)
			b.sees(say(l, "To", "Aan"))
			check("mail-sent")
			b.press(`.letters a`)
			b.sees("Anna de Vries")
			for _, name := range []string{"rtl", "huge", "many", "bare"} {
				b.open(letters[name])
				check("mail-" + name)
			}
			b.open(box)
			b.fill("#q", "nieuwsbrief")
			b.press(`form[role="search"] button`)
			b.sees("Nieuwsbrief november")
			check("mail-search")
			b.open(box + "?q=" + "nietsgevonden")
			check("mail-nothing")
			b.open("/mail")
			check("mail-boxes")
		})
	}
}

func TestMailOfOthers(t *testing.T) {
	t.Parallel()
	s, box, letters := handed(t)
	bram := signedIn(t, s, "bram.jansen")
	refused := func(t *testing.T, who string, c *client) {
		t.Helper()
		for _, at := range []string{box, box + "?q=a", box + "/folders/inbox", letters["rtl"], letters["rtl"] + "/content", "/mail/anna.devries@lindeboom.example"} {
			if a := c.get(at); a.status != http.StatusNotFound || strings.Contains(a.body, "Anna") || strings.Contains(a.body, "factuur") {
				t.Errorf("%s at %s gets %d:\n%s", who, at, a.status, a.text())
			}
		}
		if text := c.get("/account").text(); strings.Contains(text, "Anna de Vries") {
			t.Errorf("%s is told of it: %s", who, text)
		}
	}
	t.Run("R-MBX-12 not for strangers, whatever their role", func(t *testing.T) {
		for _, name := range []string{"mila.kok", "admin", "exchange", "reader"} {
			refused(t, name, signedIn(t, s, name))
		}
		if a := newClient(t, s).get(letters["rtl"]); a.path != "/signin" {
			t.Errorf("nobody gets to %s", a.path)
		}
	})
	t.Run("a message by another mailbox", func(t *testing.T) {
		own := "/mail/" + s.id(t, "bram.jansen")
		bram.get(own).says(t, "Your own mailbox")
		for _, at := range []string{own + strings.TrimPrefix(letters["rtl"], box), own + "/folders/nothing", box + "/messages/nothing", box + "/messages/nothing/content"} {
			if a := bram.get(at); a.status != http.StatusNotFound {
				t.Errorf("%s answers %d", at, a.status)
			}
		}
	})
	t.Run("what a message says", func(t *testing.T) {
		a := bram.get(letters["hostile"])
		for _, want := range []string{"Controleer uw rekening <script>alert(1)</script>", "Uw knab <helpdesk@bank.example>", "[Logo van de bank]", "klik hier.", "€ 12,50", "> Eerder schreef u: <b>ja</b>"} {
			a.says(t, want)
		}
		for _, never := range []string{"tracker.example", "javascript:", "onerror", "<iframe", "\u202e"} {
			if strings.Contains(a.body, never) {
				t.Errorf("the page has %q", never)
			}
		}
		if csp := a.header.Get("Content-Security-Policy"); !strings.Contains(csp, "default-src 'none'") || strings.Contains(csp, "unsafe") {
			t.Errorf("the policy is %s", csp)
		}
		bram.get(letters["windows"]).says(t, "Café € 5,00 Groet")
		many := bram.get(letters["many"])
		many.says(t, "33 others")
		many.says(t, "collega39@lindeboom.example")
		many.says(t, "Cc directie@lindeboom.example")
		bare := bram.get(letters["bare"])
		for _, want := range []string{"X-Evil: yes", "(Unknown sender)", "(Nobody)", "This message has no text."} {
			bare.says(t, want)
		}
	})
	t.Run("a long one is cut, and can be saved", func(t *testing.T) {
		a := bram.get(letters["huge"])
		a.says(t, "This message is longer")
		if len(a.body) > 100<<10 || strings.Contains(a.body, "het einde") {
			t.Errorf("the page has %d bytes", len(a.body))
		}
		saved := saved(t, bram.get(letters["huge"]+"/content"))
		if text := body(t, saved); len(text) < 1<<20 || !strings.HasSuffix(text, "het einde") {
			t.Errorf("the file has %d bytes of text", len(text))
		}
	})
	t.Run("a message as a file", func(t *testing.T) {
		a := bram.get(letters["hostile"] + "/content")
		if h := a.header; !strings.HasPrefix(h.Get("Content-Disposition"), "attachment;") || h.Get("X-Content-Type-Options") != "nosniff" || h.Get("Content-Type") != "message/rfc822" {
			t.Errorf("it comes as %v", h)
		}
		m := saved(t, a)
		subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
		if err != nil || subject != "Controleer uw rekening <script>alert(1)</script>" || m.Header.Get("Content-Type") != "text/html; charset=utf-8" {
			t.Errorf("its subject is %q (%v), its type %s", subject, err, m.Header.Get("Content-Type"))
		}
		if from, err := m.Header.AddressList("From"); err != nil || from[0].Address != "helpdesk@bank.example" || from[0].Name != "Uw knab" {
			t.Errorf("it is from %v, %v", from, err)
		}
		if date, err := m.Header.Date(); err != nil || time.Since(date) > time.Hour {
			t.Errorf("it is of %v, %v", date, err)
		}
		if text := body(t, m); text != hostile {
			t.Errorf("its text is %q", text)
		}
		bare := saved(t, bram.get(letters["bare"]+"/content"))
		if bare.Header.Get("X-Evil") != "" || bare.Header.Get("Subject") != "X-Evil: yes" {
			t.Errorf("a subject made a header: %v", bare.Header)
		}
		if to, err := saved(t, bram.get(letters["many"]+"/content")).Header.AddressList("To"); err != nil || len(to) != 41 {
			t.Errorf("it went to %d, %v", len(to), err)
		}
		if kind := saved(t, bram.get(letters["windows"]+"/content")).Header.Get("Content-Type"); kind != "text/plain; charset=windows-1252" {
			t.Errorf("a letter of Windows is %s", kind)
		}
	})
	t.Run("a text that is lost", func(t *testing.T) {
		owner := s.person(t, anna)
		m := offboard.Message{ID: newID(), Subject: "Weg", SenderAddress: "a@b.example", Received: s.now(), Body: strings.Repeat("0", 64)}
		storetest.Change(t, s.store, func(tx offboard.Tx) error { return second(tx.Deliver(t.Context(), owner.ID, "archive", m)) })
		at := box + "/messages/" + m.ID
		bram.get(at).says(t, "The text of this message can't be read.")
		if a := bram.get(at + "/content"); a.status != http.StatusInternalServerError {
			t.Errorf("the file answers %d", a.status)
		}
	})
	t.Run("reading changes nothing", func(t *testing.T) {
		before := bram.get(box).text()
		bram.get(letters["rtl"])
		bram.get(letters["rtl"] + "/content")
		if after := bram.get(box).text(); after != before || !strings.Contains(before, "Unread") {
			t.Errorf("it says %s", after)
		}
	})
	t.Run("R-API-52 page by page, the newest first", func(t *testing.T) { pageByPage(t, s, bram, box) })
	t.Run("R-MBX-12 to send is not to read", func(t *testing.T) {
		for name, rights := range map[string][]org.Right{"tim.wolters": {org.SendAs}, "sara.blom": {org.SendOnBehalf}} {
			if _, err := s.desk.SetPermission(t.Context(), boss, anna, name+"@lindeboom.example", rights); err != nil {
				t.Fatal(err)
			}
			c := signedIn(t, s, name)
			c.get("/account").says(t, "You can send for this address")
			if a := c.get(box); a.status != http.StatusNotFound || strings.Contains(c.get("/account").body, `href="`+box) {
				t.Errorf("%s gets %d", name, a.status)
			}
		}
	})
	t.Run("R-SM-03 a mailbox that is closed", func(t *testing.T) {
		storetest.Edit(t, s.store, anna, func(p *org.Person) {
			p.Mailbox.Type, p.Mailbox.Disconnected = org.UserMailbox, s.now().AddDate(0, 0, -1).Truncate(time.Second)
		})
		if a := bram.get(letters["rtl"]); a.status != http.StatusNotFound || strings.Contains(a.body, "factuur") {
			t.Errorf("it answers %d", a.status)
		}
		bram.get(box).says(t, "This mailbox can't be opened now")
		account := bram.get("/account")
		account.says(t, "This mailbox can't be opened now")
		if strings.Contains(account.body, `href="`+box) {
			t.Error("there is a link to what is closed")
		}
		storetest.Edit(t, s.store, anna, func(p *org.Person) { p.Mailbox.Type, p.Mailbox.Disconnected = org.SharedMailbox, time.Time{} })
	})
	t.Run("R-MBX-12 not any more, once it is taken back", func(t *testing.T) {
		bram.get(letters["rtl"]).says(t, "factuur")
		if _, err := s.desk.SetPermission(t.Context(), boss, anna, "bram.jansen@lindeboom.example", nil); err != nil {
			t.Fatal(err)
		}
		refused(t, "bram", bram)
	})
}

// pageByPage fills a folder and reads it to its end.
func pageByPage(t *testing.T, s *school, bram *client, box string) {
	t.Helper()
	owner := s.person(t, anna)
	storetest.Change(t, s.store, func(tx offboard.Tx) error {
		for i := range 51 {
			m := offboard.Message{ID: newID(), Subject: fmt.Sprintf("Bewaard %02d", i), SenderAddress: "archief@lindeboom.example", Received: s.now().AddDate(0, 0, i-100)}
			if _, err := tx.Deliver(t.Context(), owner.ID, "drafts", m); err != nil {
				return err
			}
		}
		return nil
	})
	first := bram.get(box + "?q=archief@LINDEBOOM")
	first.says(t, "Bewaard 50")
	if strings.Contains(first.text(), "Bewaard 00") {
		t.Error("all on one page")
	}
	if text := first.text(); strings.Index(text, "Bewaard 50") > strings.Index(text, "Bewaard 49") {
		t.Error("the oldest comes first")
	}
	next := bram.get(first.link(t, "Next"))
	next.says(t, "Bewaard 00")
	letter := bram.get(next.link(t, "Bewaard 00"))
	letter.says(t, "archief@lindeboom.example")
	if back := letter.link(t, "← Mailbox of"); back != first.link(t, "Next") {
		t.Errorf("the way back is %s", back)
	}
	if a := bram.get(box + "?after=nonsense"); a.status != http.StatusOK || !strings.Contains(a.body, letterSubject) {
		t.Errorf("a page that is no more gives %d", a.status)
	}
}

// letterSubject is a part of a message that came in.
const letterSubject = "Controleer uw rekening"

// saved reads a message that came as a file.
func saved(t *testing.T, a answer) *mail.Message {
	t.Helper()
	m, err := mail.ReadMessage(strings.NewReader(a.body))
	if err != nil || a.status != http.StatusOK || a.header.Get("Content-Length") != fmt.Sprint(len(a.body)) {
		t.Fatalf("%s gives %d, %v, %s bytes of %d", a.path, a.status, err, a.header.Get("Content-Length"), len(a.body))
	}
	return m
}

// body is the text of a message that came as a file.
func body(t *testing.T, m *mail.Message) string {
	t.Helper()
	raw, err := io.ReadAll(m.Body)
	if err != nil {
		t.Fatal(err)
	}
	for line := range bytes.Lines(raw) {
		if len(line) > 78 {
			t.Fatalf("a line of %d bytes", len(line))
		}
	}
	text, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, bytes.NewReader(raw)))
	if err != nil {
		t.Fatal(err)
	}
	return string(text)
}
