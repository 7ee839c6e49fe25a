package practice

import (
	"context"
	"fmt"
	"strings"
	"time"

	"golang.org/x/sync/errgroup"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// perPerson is how many messages, files or folders a person may have: the room
// between the ids of one person and the next.
const perPerson = 64

// putBodies stores the bodies of all messages and files. Many people have the
// same letters, so that there are few bodies however many people there are.
func (m *maker) putBodies(ctx context.Context) error {
	texts := map[string]bool{}
	for _, l := range [][]letter{letters("nl"), letters("en"), replies("nl"), replies("en"), annasLetters()} {
		for _, x := range l {
			texts[x.body] = true
		}
	}
	for _, d := range [][]document{documents(), annasDocuments()} {
		for _, x := range d {
			texts[x.text] = true
		}
	}
	put := make(map[string]*stored, len(texts))
	var group errgroup.Group
	group.SetLimit(8) // each waits for the disk
	for text := range texts {
		s := &stored{}
		put[text] = s
		group.Go(func() (err error) {
			s.hash, s.size, err = m.deps.Bodies.Put(ctx, strings.NewReader(text))
			return err
		})
	}
	if err := group.Wait(); err != nil {
		return fmt.Errorf("store the messages and files: %w", err)
	}
	for text, s := range put {
		m.bodies[text] = *s
	}
	return nil
}

// post fills the folders of one mailbox.
type post struct {
	m       *maker
	n       int
	owner   *org.Person
	at      time.Time // when the newest message came
	last    int       // messages so far
	folders []offboard.Folder
}

// content gives somebody messages and files that came before a moment.
func (m *maker) content(c *offboard.Newcomer, n int, before time.Time) {
	if c.Person.Mailbox != nil && c.Folders == nil {
		b := m.post(c, n, before)
		language := c.Person.PreferredLanguage
		came, sent := letters(language), replies(language)
		for i := range 3 + draw(drawContent, 5*n, 4) {
			b.add(inbox, came[(n+i)%len(came)], m.sender(n+i, c), c.Person.UPN)
		}
		for i := range 1 + draw(drawContent, 5*n+1, 2) {
			b.add(sentItems, sent[i], &c.Person, m.sender(n+i, c).UPN)
		}
		if n%3 == 0 {
			b.add(drafts, sent[2], &c.Person)
		}
		if n%4 == 0 {
			b.add(archive, came[(n+7)%len(came)], m.sender(n+7, c), c.Person.UPN)
		}
		c.Folders = b.folders
	}
	if c.Person.Drive != nil && c.Files == nil {
		m.documents(c, n, before)
	}
}

// The folders of a mailbox, by place.
const (
	inbox = iota
	sentItems
	drafts
	deletedItems
	archive
)

// post starts the folders of a mailbox, named in the language of its owner.
func (m *maker) post(c *offboard.Newcomer, n int, before time.Time) *post {
	names := []string{"Postvak IN", "Verzonden items", "Concepten", "Verwijderde items", "Archief"}
	if c.Person.PreferredLanguage == "en" {
		names = []string{"Inbox", "Sent Items", "Drafts", "Deleted Items", "Archive"}
	}
	b := &post{m: m, n: n, owner: &c.Person, at: before.Add(-time.Duration(20+draw(drawDate, n, 400)) * time.Minute)}
	for i, known := range []string{"inbox", "sentitems", "drafts", "deleteditems", "archive"} {
		b.folders = append(b.folders, offboard.Folder{ID: id(ofFolder, perPerson*n+i), Name: names[i], WellKnown: known})
	}
	return b
}

// add puts a message in a folder; each is some hours older than the one before,
// and none older than its owner's account.
func (b *post) add(folder int, l letter, from *org.Person, to ...string) {
	if b.at.Before(b.owner.Created) {
		return
	}
	body := b.m.bodies[l.body]
	b.folders[folder].Messages = append(b.folders[folder].Messages, offboard.Message{
		ID: id(ofMessage, perPerson*b.n+b.last), Subject: l.subject, SenderName: from.DisplayName, SenderAddress: from.UPN, Recipients: to,
		Received: b.at, Read: folder != inbox || b.last > 1, Preview: preview(l.body), Size: body.size, Body: body.hash,
	})
	b.last++
	b.at = b.at.Add(-time.Duration(3+draw(drawDate, perPerson*b.n+b.last, 60)) * time.Hour)
}

// preview is how a message begins, on one line. R-API-52
func preview(body string) string {
	line := []rune(strings.Join(strings.Fields(body), " "))
	return string(line[:min(len(line), 255)])
}

// sender picks a colleague who is always there, for somebody else.
func (m *maker) sender(n int, other *offboard.Newcomer) *org.Person {
	writers := []string{"bram.jansen", "hanna.bos", "sara.blom", "helpdesk", "reader", "rosa.vandam", "umar.yilmaz", "tim.wolters"}
	p := m.somebody(writers[n%len(writers)])
	if p.UPN == other.Person.UPN {
		return m.somebody(writers[(n+1)%len(writers)])
	}
	return p
}

// somebody is one of the cast as a sender or recipient.
func (m *maker) somebody(local string) *org.Person {
	c := m.cast[m.ids[local]]
	return &org.Person{User: org.User{UPN: address(c.local), DisplayName: c.given + " " + c.surname}}
}

// documents gives somebody a few files, two of them in a folder.
func (m *maker) documents(c *offboard.Newcomer, n int, before time.Time) {
	all := documents()
	folder := offboard.File{ID: id(ofFile, perPerson*n), Name: "Lesmateriaal", Folder: true, Created: c.Person.Created, Modified: c.Person.Created}
	if c.Person.PreferredLanguage == "en" {
		folder.Name = "Teaching material"
	}
	for i := range 2 {
		folder.Files = append(folder.Files, m.file(all[(n+i)%3], n, 1+i, c.Person.Created, before))
	}
	c.Files = []offboard.File{folder}
	for i := range 1 + draw(drawContent, 5*n+2, 3) {
		c.Files = append(c.Files, m.file(all[3+(n+i)%5], n, 3+i, c.Person.Created, before))
	}
	measure(c.Person.Drive, c.Files)
}

// file makes a file that was last changed between two moments.
func (m *maker) file(d document, n, place int, after, before time.Time) offboard.File {
	body := m.bodies[d.text]
	hours := draw(drawDate, perPerson*n+place, min(int(before.Sub(after)/time.Hour), 200*24))
	at := before.Add(-time.Duration(hours) * time.Hour)
	return offboard.File{
		ID: id(ofFile, perPerson*n+place), Name: d.name, Mime: d.mime, Size: body.size, Body: body.hash, Created: at.Add(at.Sub(after) / -3), Modified: at,
	}
}

// measure makes the size of a drive that of what is in it.
func measure(d *org.Drive, files []offboard.File) {
	for i := range files {
		d.Items++
		d.Size += org.Bytes(files[i].Size)
		measure(d, files[i].Files)
	}
}

// annasContent gives anna.devries her twelve messages, her five files, of which
// hanna.bos can read one, and the laptop that has them all.
func (m *maker) annasContent(c *offboard.Newcomer) {
	n := m.ids["anna.devries"]
	b, l := m.post(c, n, m.now), annasLetters()
	printer := &org.Person{User: org.User{UPN: "verkoop@dewaterval.example", DisplayName: "Drukkerij De Waterval"}}
	press := &org.Person{User: org.User{UPN: "redactie@stadsblad.example", DisplayName: "Redactie Stadsblad"}}
	own := c.Person.UPN
	for i, from := range []*org.Person{m.somebody("bram.jansen"), m.somebody("hanna.bos"), m.somebody("sara.blom"), printer, press, m.somebody("umar.yilmaz"), m.somebody("bram.jansen")} {
		b.add(inbox, l[i], from, own)
	}
	b.add(sentItems, l[7], &c.Person, address("hanna.bos"))
	b.add(sentItems, l[8], &c.Person, press.UPN, address("bram.jansen"))
	b.add(sentItems, l[9], &c.Person, printer.UPN)
	b.add(drafts, l[10], &c.Person)
	b.add(archive, l[11], m.somebody("billing"), own)
	c.Folders = b.folders

	for i, d := range annasDocuments() {
		c.Files = append(c.Files, m.file(d, n, i, c.Person.Created, m.now))
	}
	c.Files[0].Shared = []offboard.Share{{ID: id(ofShare, n), Who: userID(m.ids["hanna.bos"]), Role: "read"}}
	measure(c.Person.Drive, c.Files)
	c.Devices = []offboard.Device{{Name: "LINDEBOOM-LT-0142", LastSync: m.now.Add(-26 * time.Hour)}}
}
