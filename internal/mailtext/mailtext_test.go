package mailtext

import (
	"io"
	"strings"
	"testing"
	"testing/iotest"
	"time"
	"unicode"
	"unicode/utf8"
)

func TestOf(t *testing.T) {
	page := func(body string) string {
		return "<html><head><title>no</title></head><body>" + body + "</body></html>"
	}
	for name, tt := range map[string]struct{ body, want string }{
		"plain text as it is":           {"Hoi Anna,\r\n\r\n  1 < 2 && <b>\r\nGroet\n", "Hoi Anna,\n\n  1 < 2 && <b>\nGroet"},
		"nothing":                       {"", ""},
		"Windows":                       {"caf\xe9, \x93na\xefef\x94 \x80 5 – ok", "café, “naïef” € 5 – ok"},
		"UTF-16":                        {"\xff\xfeA\x00\xe9\x00", "Aé"},
		"UTF-16, the other way":         {"\xfe\xff\x00A\x00\xe9", "Aé"},
		"what turns the direction":      {"invoice\u202efdp.exe \u2066x\u2069", "invoicefdp.exe x"},
		"Hebrew stays":                  {"שלום עולם\n", "שלום עולם"},
		"what can't be seen":            {"\ufeffa\x00b\x1b[31mc\u0085\U000e0041", "ab[31mc"},
		"many empty lines":              {"a\n\n\n\n\n\n\nb", "a\n\n\nb"},
		"accents on accents":            {"a" + strings.Repeat("\u0301", 40) + "b", "a" + strings.Repeat("\u0301", 4) + "b"},
		"line ends of all kinds":        {"a\rb\r\nc\u2028d\n\re", "a\nb\nc\nd\n\ne"},
		"paragraphs":                    {page("<p>Hoi  \n Anna,</p>\n<p>regel<br>regel</p><div>a</div><div>b</div>"), "Hoi Anna,\n\nregel\nregel\n\na\nb"},
		"entities, once":                {page("&lt;b&gt; &amp;lt; &eacute;&nbsp;&#x202e;x"), "<b> &lt; é\u00a0x"},
		"no script runs, nor is shown":  {page("a<script>alert('</p>')</script ><style>p{}</style>b<SCRIPT SRC=//x>y</SCRIPT>"), "ab"},
		"a script without an end":       {page("a<script>alert(1)"), "a"},
		"handlers":                      {page(`<img src=x onerror="alert(1)" alt="Een > foto">z<svg onload=alert(1)>q</svg><svg/>w`), "[Een > foto]zw"},
		"comments":                      {page("a<!-- x > y -->b<!-->c<!--->d<!doctype x>e<?php ?>f</ x>g<![endif]>h"), "abcdefgh"},
		"no tag":                        {page("1 < 2 and a<3 <- x <"), "1 < 2 and a<3 <- x <"},
		"a tag without an end":          {page("a <b title='"), "a"},
		"where a link leads":            {page(`<a href="https://evil.example/?a&amp;b">bank.example</a>, x`), "bank.example <https://evil.example/?a&b>, x"},
		"a link that says where":        {page(`<a href="https://a.example/">a.example</a> <a href='mailto:B@a.example'>b@a.example</a>`), "a.example b@a.example"},
		"a link that does something":    {page("<a href=\" java\tscript:alert(1)\">x</a><a href=data:text/html,y>y</a><a href=/z>z</a>"), "xyz"},
		"a link with what is not seen":  {page("<a href=\"ht\ntps://a\u202e.example\">x</a>"), "x <https://a.example>"},
		"a link around lines":           {page(`<a href="https://a.example"><div>x</div></a>y`), "x <https://a.example>\ny"},
		"a link that is open":           {page(`<a href="https://a.example">x<a href="https://b.example">y`), "x <https://a.example>y <https://b.example>"},
		"lists":                         {page("<ul><li>a<li><p>b</p><ol start=3><li>c<li>d</ol></ul>e"), "• a\n• b\n\n  3. c\n  4. d\n\ne"},
		"quotes":                        {page("a<blockquote>b<p>c</p><blockquote>d</blockquote></blockquote></blockquote>e"), "a\n\n> b\n>\n> c\n>\n> > d\n\ne"},
		"a table":                       {page("<table><tr><td>a</td> <td>b</td></tr><tr><th>c<td>d</table>e"), "a\tb\nc\td\n\ne"},
		"spaces that are kept":          {page("<pre>a\n  b</pre>c  d<hr>e"), "a\n  b\n\nc d\n\n———\n\ne"},
		"a page behind what may stand":  {" \n<?xml version=\"1.0\"?><!-- a > b --><!DOCTYPE html>\n<p>a", "a"},
		"the name of a page in a text":  {"<htmlx> <b>", "<htmlx> <b>"},
		"HTML in Windows":               {page("caf\xe9"), "café"},
		"the same attribute twice":      {page(`<a href=https://a.example href=https://b.example>x</a>`), "x <https://a.example>"},
		"an attribute that is no name":  {page(`<a ="' href='https://a.example'>x</a>`), "x <https://a.example>"},
		"a number that is no character": {page("&#0;&#1114112;a"), "\ufffd\ufffda"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Of([]byte(tt.body), 10_000); got.Text != tt.want || got.Cut {
				t.Errorf("got  %q (%t)\nwant %q", got.Text, got.Cut, tt.want)
			}
		})
	}
}

func TestOfIsCut(t *testing.T) {
	for name, tt := range map[string]struct{ body, want string }{
		"text":             {"abcdéf", "abcd"},
		"a letter":         {"abcdé", "abcd"},
		"HTML":             {"<html><p>abcdefg", "abcde"},
		"HTML, many parts": {"<html>" + strings.Repeat("<b>abc</b>", 100), "abcab"},
		"an entity":        {"<html>abcd&eacute;fgh", "abcd"},
	} {
		t.Run(name, func(t *testing.T) {
			if got := Of([]byte(tt.body), 5); got.Text != tt.want || !got.Cut {
				t.Errorf("got %q (%t), want %q", got.Text, got.Cut, tt.want)
			}
		})
	}
	long := strings.Repeat("é", maxSource/2)
	if got, err := Read(strings.NewReader(long), len(long)); err != nil || got.Cut || got.Text != long {
		t.Errorf("all of a long text: %d bytes, %t, %v", len(got.Text), got.Cut, err)
	}
	if got, err := Read(strings.NewReader("a"+long), 2*len(long)); err != nil || !got.Cut || got.Text != "a"+long[2:] {
		t.Errorf("a longer one: %d bytes, %t, %v", len(got.Text), got.Cut, err)
	}
	if _, err := Read(iotest.ErrReader(io.ErrUnexpectedEOF), 5); err == nil {
		t.Error("a body that can't be read is a text")
	}
	if got := Of([]byte("abcde"), 5); got.Cut || got.Text != "abcde" {
		t.Errorf("a text that just fits: %+v", got)
	}
}

// TestHostileBodiesTakeNoTime: what a body costs grows with its length only. With its
// square it would take many minutes; the limit leaves room for a busy machine.
func TestHostileBodiesTakeNoTime(t *testing.T) {
	const size = 1 << 20
	for _, part := range []string{"<", "</", "<!--", "<a ", "<a href=", "<a href='", "<script>", "</script", "<svg/>", "&", "&amp", "<ul><li>", "<blockquote>", "<br>", "<td>", "\xff", "<a href=http:x>", "<pre>\n"} {
		body := []byte("<html>" + strings.Repeat(part, size/len(part)))
		start := time.Now()
		got := Of(body, 64<<10)
		if took := time.Since(start); took > time.Minute || len(got.Text) > 64<<10 {
			t.Errorf("%q takes %v for %d bytes", part, took, len(got.Text))
		}
	}
}

func TestLine(t *testing.T) {
	for in, want := range map[string]string{
		"Re: offerte": "Re: offerte", " a\r\nBcc: x\t b ": "a Bcc: x b", "\u202eexe.fdp": "exe.fdp", "caf\xe9": "café", "": "", "\xe9\xe9\xe9": "ééé", "\x80": "€",
	} {
		if got := Line(in); got != want {
			t.Errorf("%q is %q, want %q", in, got, want)
		}
	}
}

func TestCharset(t *testing.T) {
	for in, want := range map[string]string{"": "utf-8", "é": "utf-8", "caf\xe9 x": "windows-1252", "caf\xc3": "windows-1252", "\xff\xfea\x00": "utf-16le", "\xfe\xff\x00a": "utf-16be"} {
		if got := Charset([]byte(in), false); got != want {
			t.Errorf("%q is %s, want %s", in, got, want)
		}
	}
	if got := Charset([]byte("caf\xc3"), true); got != "utf-8" {
		t.Errorf("what was cut in a letter is %s", got)
	}
}

// FuzzOf: whatever somebody sends, what is shown is text, and no more than asked for.
func FuzzOf(f *testing.F) {
	for _, s := range []string{
		"", "Hoi\r\n", "<html><p>a<br>b<ul><li>c</ul><a href=\"https://x.example\">y</a><script>z</script><!-- -->&eacute;&#0;<table><td>1<td>2", "\xff\xfea\x00\x00\xd8",
		"<!doctype html><blockquote><pre>\n\n</pre><img alt='x' src=y><svg/><title>", "<html>caf\xe9\u202e\u2066",
	} {
		f.Add([]byte(s), 100)
	}
	f.Fuzz(func(t *testing.T, body []byte, limit int) {
		limit = int(uint(limit) % 5000)
		got := Of(body, limit)
		if len(got.Text) > limit || !utf8.ValidString(got.Text) {
			t.Fatalf("%d bytes of at most %d: %q", len(got.Text), limit, got.Text)
		}
		for _, c := range got.Text {
			if unicode.IsControl(c) && c != '\n' && c != '\t' || c >= '\u202a' && c <= '\u202e' || c >= '\u2066' && c <= '\u2069' {
				t.Fatalf("%U in %q", c, got.Text)
			}
		}
		if again := Of(body, 1<<20); !again.Cut && len(again.Text) > limit+1 && !got.Cut {
			t.Fatalf("%q is said to be all of %q", got.Text, again.Text)
		}
		if line := Line(string(body)); strings.ContainsAny(line, "\r\n") || !utf8.ValidString(line) {
			t.Fatalf("a line %q", line)
		}
	})
}
