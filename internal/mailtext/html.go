package mailtext

import (
	"html"
	"strconv"
	"strings"
	"unicode/utf8"
)

// plain reads HTML as a browser without pictures, styles and script would show
// it. It stops a little after limit bytes and says whether there was more.
func plain(source string, limit int) (text string, cut bool) {
	w := &writer{}
	for rest := source; rest != ""; {
		if w.out.Len() > limit {
			return w.end(), true
		}
		at := strings.IndexByte(rest, '<')
		if at < 0 {
			at = len(rest)
		}
		// A text is read in pieces, so that no answer costs more than it shows.
		if piece := min(at, limit+onePiece); piece > 0 {
			piece = wholeEntities(rest, piece, at)
			w.write(html.UnescapeString(rest[:piece]))
			rest = rest[piece:]
			continue
		}
		rest = w.tag(rest)
	}
	return w.end(), false
}

// onePiece is more of a text than what is cut at its end.
const onePiece = 1 << 10

// wholeEntities moves the end of a piece of text back to where no letter and no
// named character is cut in two; all is where the text ends.
func wholeEntities(s string, piece, all int) int {
	const room = 40 // for the name of a character
	if piece == all {
		return piece
	}
	if at := strings.LastIndexByte(s[max(0, piece-room):piece], '&'); at >= 0 && max(0, piece-room)+at > 0 {
		return max(0, piece-room) + at
	}
	for back := piece; back > max(0, piece-utf8.UTFMax); back-- {
		if utf8.RuneStart(s[back]) {
			return back
		}
	}
	return piece
}

// tag reads what begins with < and gives what comes behind it.
func (w *writer) tag(s string) string {
	switch {
	case strings.HasPrefix(s, "<!--"):
		return afterComment(s[len("<!--"):])
	case strings.HasPrefix(s, "<!"), strings.HasPrefix(s, "<?"):
		return behind(s, ">")
	case strings.HasPrefix(s, "</") && len(s) > 2 && letter(s[2]):
		name, rest := tagName(s[2:])
		_, rest = attributes(rest)
		w.closes(name)
		return rest
	case strings.HasPrefix(s, "</"):
		return behind(s, ">")
	case len(s) > 1 && letter(s[1]):
		name, rest := tagName(s[1:])
		attrs, behind := attributes(rest)
		w.opens(name, attrs)
		if empty := strings.HasSuffix(rest[:len(rest)-len(behind)], "/>"); unseen[name] && (!empty || name != "svg" && name != "math") {
			return afterElement(behind, name)
		}
		return behind
	}
	w.write("<")
	return s[1:]
}

// unseen are the elements whose content is no text to read.
var unseen = map[string]bool{
	"script": true, "style": true, "title": true, "textarea": true, "iframe": true, "noembed": true, "noframes": true, "xmp": true, "svg": true, "math": true, "template": true,
}

func letter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// behind is what comes after a mark, nothing where there is none.
func behind(s, mark string) string {
	_, rest, _ := strings.Cut(s, mark)
	return rest
}

// afterComment gives what comes behind a comment that has begun.
func afterComment(s string) string {
	for _, empty := range []string{">", "->"} {
		if rest, ok := strings.CutPrefix(s, empty); ok {
			return rest
		}
	}
	return behind(s, "-->")
}

// afterElement gives what comes behind the end of an element that has begun.
func afterElement(s, name string) string {
	for {
		at := strings.Index(s, "</")
		if at < 0 {
			return ""
		}
		s = s[at+2:]
		if len(s) >= len(name) && strings.EqualFold(s[:len(name)], name) && (len(s) == len(name) || strings.IndexByte(" \t\r\n\f/>", s[len(name)]) >= 0) {
			return behind(s, ">")
		}
	}
}

// tagName reads the name of a tag, in small letters.
func tagName(s string) (name, rest string) {
	end := strings.IndexAny(s, " \t\r\n\f/>")
	if end < 0 {
		end = len(s)
	}
	return strings.ToLower(s[:end]), s[end:]
}

// attributes reads what a tag says up to its end. Of several of one name the
// first counts; only those are kept that are looked at.
func attributes(s string) (found map[string]string, rest string) {
	for {
		s = strings.TrimLeft(s, " \t\r\n\f/")
		if s == "" {
			return found, ""
		}
		if s[0] == '>' {
			return found, s[1:]
		}
		end := strings.IndexAny(s[1:], " \t\r\n\f/>=") + 1 // a name may begin with anything
		if end == 0 {
			return found, ""
		}
		name, value := strings.ToLower(s[:end]), ""
		s = strings.TrimLeft(s[end:], " \t\r\n\f")
		if strings.HasPrefix(s, "=") {
			value, s = attributeValue(strings.TrimLeft(s[1:], " \t\r\n\f"))
		}
		if _, known := found[name]; !known && (name == "href" || name == "alt" || name == "start") {
			if found == nil {
				found = map[string]string{}
			}
			found[name] = html.UnescapeString(value)
		}
	}
}

func attributeValue(s string) (value, rest string) {
	if s != "" && (s[0] == '"' || s[0] == '\'') {
		value, rest, _ = strings.Cut(s[1:], s[:1])
		return value, rest
	}
	end := strings.IndexAny(s, " \t\r\n\f>")
	if end < 0 {
		return s, ""
	}
	return s[:end], s[end:]
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
