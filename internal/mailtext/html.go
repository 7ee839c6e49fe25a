package mailtext

import (
	"strconv"
	"strings"

	"golang.org/x/net/html"
)

// plain reads HTML as a browser without pictures, styles and script would show
// it. It stops a little after limit bytes and says whether there was more.
func plain(source string, limit int) (text string, cut bool) {
	w := &writer{}
	z := html.NewTokenizer(strings.NewReader(source))
	hidden := "" // the element whose content is passed over
	for w.out.Len() <= limit {
		switch kind := z.Next(); kind {
		case html.CommentToken, html.DoctypeToken:
		case html.ErrorToken:
			return w.end(), false
		case html.TextToken:
			if hidden == "" {
				w.write(string(z.Text()))
			}
		case html.StartTagToken, html.SelfClosingTagToken:
			tag, more := z.TagName()
			name := string(tag)
			if hidden != "" {
				continue
			}
			w.opens(name, attributes(z, more))
			if unseen[name] && (kind == html.StartTagToken || !foreign[name]) {
				hidden = name
			}
			if name == "noscript" { // what it holds is for us
				z.NextIsNotRawText()
			}
		case html.EndTagToken:
			tag, _ := z.TagName()
			switch name := string(tag); hidden {
			case "":
				w.closes(name)
			case name:
				hidden = ""
			}
		}
	}
	return w.end(), true
}

// unseen are the elements whose content is no text to read.
var unseen = map[string]bool{
	"script": true, "style": true, "title": true, "textarea": true, "iframe": true, "noembed": true, "noframes": true, "xmp": true, "svg": true, "math": true, "template": true,
}

// foreign are those that a slash at the end of the tag closes.
var foreign = map[string]bool{"svg": true, "math": true}

// attributes keeps those that are looked at; of several of one name the first
// counts.
func attributes(z *html.Tokenizer, more bool) map[string]string {
	var found map[string]string
	for more {
		var key, value []byte
		key, value, more = z.TagAttr()
		name := string(key)
		if _, known := found[name]; known || name != "href" && name != "alt" && name != "start" {
			continue
		}
		if found == nil {
			found = map[string]string{}
		}
		found[name] = string(value)
	}
	return found
}

// maxAddress is how much of the address of a link is shown.
const maxAddress = 500

// address is where a link leads, in words; "" when it leads nowhere that people
// go to.
func address(href string) string {
	href = strings.Map(func(c rune) rune {
		if c <= ' ' || shown(c) < 0 || shown(c) == '\n' {
			return -1 // a browser doesn't see them either
		}
		return c
	}, href)
	scheme, _, ok := strings.Cut(href, ":")
	switch strings.ToLower(scheme) {
	case "http", "https", "mailto", "tel":
	default:
		ok = false
	}
	if !ok {
		return ""
	}
	if len(href) > maxAddress {
		href = strings.ToValidUTF8(href[:maxAddress], "") + "…"
	}
	return href
}

// list is a list that is open, with the number of its last item.
type list struct {
	numbered bool
	n        int
}

func (l *list) mark() string {
	if l == nil || !l.numbered {
		return "• "
	}
	l.n++
	return strconv.Itoa(l.n) + ". "
}
