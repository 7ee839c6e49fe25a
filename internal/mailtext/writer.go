package mailtext

import (
	"strconv"
	"strings"
)

// deepest is how far quotes and lists are told apart.
const deepest = 8

// writer lays text out in lines, as the elements around it ask for.
type writer struct {
	out    strings.Builder
	breaks int    // line ends that are due before the next text
	space  string // what is due between this word and the next
	fresh  bool   // the mark of an item stands there, and nothing behind it yet
	quotes int    // how many quotes stand open
	quoted int    // how many there were at the last text
	pre    int    // how many elements that keep their spaces
	lists  []*list
	link   string // where the open link leads
	from   int    // where its text begins
}

// layout is how many line ends stand before and behind an element.
var layout = map[string]int{
	"p": 2, "h1": 2, "h2": 2, "h3": 2, "h4": 2, "h5": 2, "h6": 2, "ul": 2, "ol": 2, "dl": 2, "table": 2, "blockquote": 2, "pre": 2, "hr": 2,
	"div": 1, "li": 1, "tr": 1, "dt": 1, "dd": 1, "section": 1, "article": 1, "header": 1, "footer": 1, "main": 1, "aside": 1, "nav": 1, "address": 1,
	"center": 1, "form": 1, "fieldset": 1, "figure": 1, "figcaption": 1, "caption": 1, "details": 1, "summary": 1, "body": 1, "option": 1, "legend": 1,
}

func (w *writer) opens(name string, attrs map[string]string) {
	w.apart(layout[name])
	switch name {
	case "br":
		w.apart(w.breaks + 1)
	case "hr":
		w.write("———")
		w.apart(2)
	case "td", "th":
		w.between("\t")
	case "blockquote":
		w.quotes++
	case "pre":
		w.pre++
	case "ul", "ol":
		l := &list{numbered: name == "ol"}
		if n, err := strconv.Atoi(attrs["start"]); err == nil && n > 0 && n < 1e6 {
			l.n = n - 1
		}
		if len(w.lists) < deepest {
			w.lists = append(w.lists, l)
		}
	case "li":
		w.item()
	case "img", "area":
		if alt := strings.Join(strings.Fields(attrs["alt"]), " "); alt != "" {
			w.write("[" + alt + "]")
		}
	case "a":
		w.endLink()
		w.link, w.from = address(attrs["href"]), w.out.Len()
	}
}

func (w *writer) closes(name string) {
	switch name {
	case "a":
		w.endLink()
	case "blockquote":
		w.quotes = max(0, w.quotes-1)
	case "pre":
		w.pre = max(0, w.pre-1)
	case "ul", "ol":
		if n := len(w.lists); n > 0 {
			w.lists = w.lists[:n-1]
		}
	}
	w.apart(layout[name])
}

// item begins an item of the innermost list.
func (w *writer) item() {
	var in *list
	if n := len(w.lists); n > 0 {
		in = w.lists[n-1]
	}
	w.put(strings.Repeat("  ", max(0, len(w.lists)-1)) + in.mark())
	w.fresh = true
}

// apart asks for line ends before what comes next.
func (w *writer) apart(lines int) {
	if lines > 0 && !w.fresh {
		w.breaks, w.space = max(w.breaks, lines), ""
	}
}

// between asks for something between what stands on this line and what comes.
func (w *writer) between(space string) {
	if w.breaks == 0 && w.out.Len() > 0 && !w.fresh && w.space != "\t" {
		w.space = space
	}
}

// write adds text; spaces count once, except where they are kept.
func (w *writer) write(s string) {
	if w.pre > 0 {
		w.put(s)
		return
	}
	for s != "" {
		word := strings.TrimLeft(s, " \t\r\n\f")
		if len(word) < len(s) {
			w.between(" ")
		}
		end := strings.IndexAny(word, " \t\r\n\f")
		if end < 0 {
			end = len(word)
		}
		w.put(word[:end])
		s = word[end:]
	}
}

// put adds text as it is, behind the line ends and spaces that are due.
func (w *writer) put(s string) {
	if s == "" {
		return
	}
	quote := strings.Repeat("> ", min(w.quotes, deepest))
	switch {
	case w.out.Len() == 0:
		w.out.WriteString(quote)
	case w.breaks > 0: // an empty line belongs to the text outside of a quote
		empty := "\n" + strings.TrimSpace(strings.Repeat("> ", min(w.quotes, w.quoted, deepest)))
		w.out.WriteString(strings.Repeat(empty, min(w.breaks, maxBlank)-1) + "\n" + quote)
	default:
		w.out.WriteString(w.space)
	}
	w.breaks, w.space, w.fresh, w.quoted = 0, "", false, w.quotes
	if w.pre > 0 && quote != "" {
		s = strings.ReplaceAll(s, "\n", "\n"+quote)
	}
	w.out.WriteString(s)
}

// endLink says behind the text of a link where it leads, unless the text says so.
func (w *writer) endLink() {
	to := w.link
	if w.link = ""; to == "" {
		return
	}
	said := strings.TrimSpace(w.out.String()[min(w.from, w.out.Len()):])
	if bare(said) == bare(to) {
		return
	}
	breaks := w.breaks
	w.breaks = 0
	w.between(" ")
	w.put("<" + to + ">")
	w.apart(breaks)
}

// bare is an address without what people leave away.
func bare(s string) string {
	s = strings.ToLower(strings.TrimSpace(s))
	for _, scheme := range []string{"mailto:", "tel:", "https://", "http://"} {
		s = strings.TrimPrefix(s, scheme)
	}
	return strings.TrimSuffix(s, "/")
}

// end gives what was written.
func (w *writer) end() string {
	w.endLink()
	return w.out.String()
}
