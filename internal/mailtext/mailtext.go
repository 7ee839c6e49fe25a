// Package mailtext makes of the body of a message a text that can be shown to
// people. Whoever wrote the message is not trusted: no markup comes out of here,
// no character that turns the reading direction or can't be seen, and never more
// than was asked for. What comes out is plain text and has to be escaped as such.
package mailtext

import (
	"io"
	"strings"
	"unicode"
	"unicode/utf16"
	"unicode/utf8"

	"golang.org/x/text/encoding/charmap"
)

// Text is what of a body is shown.
type Text struct {
	Text string
	Cut  bool // there was more
}

// maxSource is how much of a body is looked at.
const maxSource = 2 << 20

// Read gives the text of a body that is read from its beginning; see Of.
func Read(body io.Reader, limit int) (Text, error) {
	b, err := io.ReadAll(io.LimitReader(body, maxSource+1))
	if err != nil {
		return Text{}, err
	}
	if len(b) <= maxSource {
		return Of(b, limit), nil
	}
	t := Of(whole(b[:maxSource]), limit)
	t.Cut = true
	return t, nil
}

// whole leaves out the last character of a beginning where it is not all there.
func whole(b []byte) []byte {
	for n := 1; n < utf8.UTFMax && n <= len(b); n++ {
		if last := b[len(b)-n:]; utf8.RuneStart(last[0]) {
			if !utf8.FullRune(last) {
				return b[:len(b)-n]
			}
			break
		}
	}
	return b
}

// Of gives the text of a body, as UTF-8 and of so many bytes at most. HTML is
// read as a person would see it: without its marks, with the addresses of its
// links in words.
func Of(body []byte, limit int) Text {
	text := Decode(body)
	if !IsHTML(text) {
		return clean(text, limit)
	}
	plain, cut := plain(text, limit)
	t := clean(plain, limit)
	t.Cut = t.Cut || cut
	return t
}

// Line gives a text that stands on one line: a subject, a name, an address.
func Line(s string) string {
	return strings.Join(strings.Fields(clean(Decode([]byte(s)), len(s)*longest).Text), " ")
}

// IsHTML says that a body is a page and not plain text.
func IsHTML(text string) bool {
	text = strings.TrimLeft(strings.TrimPrefix(text, bom), " \t\r\n\f")
	for strings.HasPrefix(text, "<!--") || strings.HasPrefix(text, "<?xml") { // what may stand before a page
		if rest, ok := strings.CutPrefix(text, "<!--"); ok {
			_, text, _ = strings.Cut(rest, "-->")
		} else {
			_, text, _ = strings.Cut(text, ">")
		}
		text = strings.TrimLeft(text, " \t\r\n\f")
	}
	for _, start := range []string{"<!doctype html", "<html"} {
		if n := len(start); len(text) > n && strings.EqualFold(text[:n], start) && strings.ContainsRune(" \t\r\n\f>/", rune(text[n])) {
			return true
		}
	}
	return false
}

const (
	bom     = "\ufeff"
	longest = 3 // bytes that a byte of another encoding may become
)

// Decode makes UTF-8 of a body. It may be UTF-16 with a mark in front; a byte
// that is no UTF-8 is read as the Windows of Western Europe would, which is what
// wrote most of those letters.
func Decode(body []byte) string {
	switch Charset(body, false) {
	case "utf-16le":
		return fromUTF16(body[2:], 0, 1)
	case "utf-16be":
		return fromUTF16(body[2:], 1, 0)
	}
	if utf8.Valid(body) {
		return string(body)
	}
	var b strings.Builder
	for len(body) > 0 {
		c, size := utf8.DecodeRune(body)
		if c == utf8.RuneError && size == 1 {
			c = charmap.Windows1252.DecodeByte(body[0])
		}
		b.WriteRune(c)
		body = body[size:]
	}
	return b.String()
}

// Charset names the encoding of a body, by its beginning; more says that there is
// more of it than that.
func Charset(beginning []byte, more bool) string {
	switch string(beginning[:min(2, len(beginning))]) {
	case "\xff\xfe":
		return "utf-16le"
	case "\xfe\xff":
		return "utf-16be"
	}
	if more {
		beginning = whole(beginning)
	}
	if utf8.Valid(beginning) {
		return "utf-8"
	}
	return "windows-1252"
}

func fromUTF16(body []byte, low, high int) string {
	units := make([]uint16, 0, len(body)/2)
	for ; len(body) > 1; body = body[2:] {
		units = append(units, uint16(body[low])|uint16(body[high])<<8)
	}
	return string(utf16.Decode(units))
}

// Bounds of what one letter can do to the page around it.
const (
	maxBlank = 3 // line ends in a row
	maxMarks = 4 // accents on one letter: more of them run over the lines around
)

// clean leaves out what can't be seen or moves other text about.
func clean(text string, limit int) Text {
	var b strings.Builder
	blank, marks, after := 0, 0, rune(0)
	for _, c := range text {
		if c == '\n' && after == '\r' {
			after = c
			continue // one end of a line
		}
		after = c
		if c = shown(c); c < 0 {
			continue
		}
		blank, marks = next(c == '\n', blank), next(unicode.In(c, unicode.Mn, unicode.Me), marks)
		if blank > maxBlank || marks > maxMarks {
			continue
		}
		if b.Len()+utf8.RuneLen(c) > limit {
			return Text{b.String(), true}
		}
		b.WriteRune(c)
	}
	return Text{strings.TrimRight(b.String(), "\n\t "), false}
}

// next counts on what comes in a row.
func next(again bool, n int) int {
	if again {
		return n + 1
	}
	return 0
}

// shown is what a character is shown as, -1 for not at all.
func shown(c rune) rune {
	switch {
	case c == '\r' || c == '\u2028' || c == '\u2029' || c == '\v' || c == '\f':
		return '\n'
	case c == '\n' || c == '\t':
		return c
	case unicode.IsControl(c), c >= '\u202a' && c <= '\u202e', c >= '\u2066' && c <= '\u2069', c == '\ufeff', c >= 0xe0000 && c <= 0xe007f:
		return -1 // turns the direction, or hides text within text
	}
	return c
}
