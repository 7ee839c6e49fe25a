package api

import (
	"bufio"
	"crypto/rand"
	_ "embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"time"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

//go:embed record.html
var recordTemplate string

// recordPage writes a record as a page to print.
type recordPage struct {
	api  *API
	lang locale.Lang
	page *template.Template
	out  *bufio.Writer
}

// words are what the page says in the reader's language.
type words struct{ lang locale.Lang }

// T is a text of the catalogue.
func (w words) T(key string) string { return locale.Text(w.lang, key, nil) }

// When writes a moment.
func (w words) When(t time.Time) string { return locale.DateTime(w.lang, t) + " UTC" }

// Word is a status in words.
func (w words) Word(s offboard.Status) string { return locale.Text(w.lang, "outcome."+string(s), nil) }

type pageHead struct {
	words
	Lang         locale.Lang
	Nonce        string
	Organization string
	Practice     bool
	Head         departureHead
}

type pageItem struct {
	words
	It   recordItem
	Rows []pageRow
}

// pageRow is one line about what somebody had.
type pageRow struct{ Name, Value string }

func (w *recordPage) begin(c *call, o *org.Organization, head departureHead) error {
	var err error
	if w.page, err = template.New("record").Parse(recordTemplate); err != nil {
		return fmt.Errorf("read the page of a record: %w", err)
	}
	raw := make([]byte, 16)
	if _, err := rand.Read(raw); err != nil {
		return fmt.Errorf("make a nonce: %w", err)
	}
	nonce := base64.StdEncoding.EncodeToString(raw)
	h := c.w.Header()
	h.Set("Content-Security-Policy", "default-src 'none'; style-src 'nonce-"+nonce+"'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'")
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "no-referrer")
	c.file(kindHTML, "")
	w.lang, w.out = c.lang, bufio.NewWriterSize(c.w, 32<<10)
	return w.page.ExecuteTemplate(w.out, "head", pageHead{words{c.lang}, c.lang, nonce, o.DisplayName, o.Practice, head})
}

func (w *recordPage) item(it recordItem) error {
	return w.page.ExecuteTemplate(w.out, "item", pageItem{words{w.lang}, it, w.rows(it.Before)})
}

func (w *recordPage) end() error {
	if err := w.page.ExecuteTemplate(w.out, "tail", nil); err != nil {
		return err
	}
	return w.out.Flush()
}

// rows says what somebody had, line by line.
func (w *recordPage) rows(b *belongings) []pageRow {
	if b == nil {
		return nil
	}
	yes := func(v bool) string {
		if v {
			return locale.Text(w.lang, "api.record.yes", nil)
		}
		return locale.Text(w.lang, "api.record.no", nil)
	}
	row := func(key, value string) pageRow { return pageRow{locale.Text(w.lang, "api.record."+key, nil), value} }
	list := []pageRow{
		row("enabled", yes(b.AccountEnabled)), row("department", textCell(b.Department)), row("jobTitle", textCell(b.JobTitle)),
		row("manager", b.managerLabel()), row("roles", joinLines(b.Roles, func(r roleView) string { return locale.Text(w.lang, "role."+string(r.ID), nil) })),
		row("licenses", joinLines(b.Licenses, licenseView.label)), row("addresses", joinLines(b.Addresses, func(a addressView) string { return a.Value })),
	}
	if m := b.Mailbox; m != nil {
		list = append(list, row("mailbox", locale.Text(w.lang, "api.record.type."+string(m.Type), nil)), row("size", locale.Bytes(w.lang, int64(m.Size))))
		if s := m.mailboxSettings; s != nil {
			list = append(list, row("forwardTo", textCell(s.ForwardTo)), row("delegates", joinLines(s.Permissions, permission.cell)))
			if s.AutomaticReplies.replyTexts != nil {
				list = append(list, row("replies", s.AutomaticReplies.Inside))
			}
			if s.LitigationHold {
				list = append(list, row("hold", yes(true)))
			}
		}
		list = append(list, w.withheld(m.Withheld)...)
	}
	if d := b.Drive; d != nil {
		list = append(list, row("drive", locale.Bytes(w.lang, int64(d.Size))))
		if d.driveSettings != nil {
			list = append(list, row("grants", joinLines(d.Grants, named.label)))
		}
		list = append(list, w.withheld(d.Withheld)...)
	}
	return list
}

// withheld says what the reader's roles don't open.
func (w *recordPage) withheld(all []withheldView) []pageRow {
	rows := make([]pageRow, len(all))
	for i, x := range all {
		rows[i] = pageRow{locale.Text(w.lang, "api.record.withheld", nil), x.Message}
	}
	return rows
}

func joinLines[T any](items []T, cell func(T) string) string {
	text := ""
	for i, x := range items {
		if i > 0 {
			text += ", "
		}
		text += cell(x)
	}
	return text
}
