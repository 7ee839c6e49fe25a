package cli

import (
	"fmt"
	"strings"
	"unicode"
	"unicode/utf8"

	"charm.land/lipgloss/v2"
)

// clean makes a text safe to write to a terminal: what would move the cursor,
// change its colours, or turn the writing round, is written as an escape.
func clean(text string) string {
	if !strings.ContainsFunc(text, unsafe) && utf8.ValidString(text) {
		return text
	}
	var b strings.Builder
	for _, r := range strings.ToValidUTF8(text, "\uFFFD") {
		switch {
		case r == '\n':
			b.WriteString(`\n`)
		case r == '\t':
			b.WriteString(`\t`)
		case unsafe(r) && r < 0x100:
			fmt.Fprintf(&b, `\x%02x`, r)
		case unsafe(r):
			fmt.Fprintf(&b, `\u%04x`, r)
		default:
			b.WriteRune(r)
		}
	}
	return b.String()
}

// unsafe tells whether a character does something instead of showing something.
func unsafe(r rune) bool {
	switch {
	case unicode.IsControl(r):
		return true
	case r == '\u2028' || r == '\u2029' || r == '\u061C' || r == '\uFEFF':
		return true
	case r >= '\u202A' && r <= '\u202E', r >= '\u2066' && r <= '\u2069': // turn the direction
		return true
	case r >= 0xE0000 && r <= 0xE007F && r != 0xE007F && r < 0xE0020: // tags that show nothing
		return true
	}
	return false
}

// width is how many columns a text takes.
func width(text string) int { return lipgloss.Width(text) }

// cut shortens a text to a number of columns.
func cut(text string, columns int) string {
	if width(text) <= columns {
		return text
	}
	if columns <= 1 {
		return strings.Repeat("…", max(columns, 0))
	}
	return strings.TrimRight(lipgloss.NewStyle().MaxWidth(columns-1).Render(text), " ") + "…"
}

// wrapped writes a text in lines of at most so many columns (0: no limit), the
// later ones behind an indent.
func wrapped(text string, columns int, indent string) string {
	if columns <= 0 {
		return text
	}
	lines := strings.Split(lipgloss.Wrap(text, max(columns-width(indent), 20), " "), "\n")
	return strings.Join(lines, "\n"+indent)
}

// ink colours, or doesn't.
type ink struct {
	on                                   bool
	strong, faint, good, warning, danger lipgloss.Style
}

func newInk(on bool) ink {
	style := lipgloss.NewStyle
	if !on {
		return ink{}
	}
	return ink{
		on: on, strong: style().Bold(true), faint: style().Faint(true),
		good: style().Foreground(lipgloss.Color("2")), warning: style().Foreground(lipgloss.Color("3")),
		danger: style().Foreground(lipgloss.Color("1")).Bold(true),
	}
}

// draw writes text in a style.
func (i *ink) draw(style lipgloss.Style, text string) string {
	if !i.on {
		return text
	}
	return style.Render(text)
}

// table writes rows under headings. The first rows decide how wide the columns
// are, so that a list of a million rows costs no more memory than one of a page.
type table struct {
	s        *session
	headings []string
	right    map[int]bool // columns of numbers
	wraps    bool         // the last column is written in as many lines as it needs
	held     [][]string
	widths   []int
}

// heldRows is how many rows decide the widths.
const heldRows = 500

func (s *session) table(headings ...string) *table {
	return &table{s: s, headings: headings, right: map[int]bool{}}
}

// numbers says which columns stand against their right side.
func (t *table) numbers(columns ...int) *table {
	for _, c := range columns {
		t.right[c] = true
	}
	return t
}

// wrapping says that the last column is text that has to be read whole.
func (t *table) wrapping() *table {
	t.wraps = true
	return t
}

// row adds a row. Its cells are cleaned here.
func (t *table) row(cells ...string) {
	for i := range cells {
		cells[i] = clean(cells[i])
	}
	if t.widths != nil {
		t.write(cells)
		return
	}
	t.held = append(t.held, cells)
	if len(t.held) == heldRows {
		t.begin()
	}
}

// end writes what is left.
func (t *table) end() {
	if t.widths == nil && len(t.held) > 0 {
		t.begin()
	}
}

func (t *table) begin() {
	t.measure()
	head := make([]string, len(t.headings))
	for i, h := range t.headings {
		head[i] = t.s.ink.draw(t.s.ink.strong, cut(h, t.widths[i]))
	}
	t.write(head)
	for _, cells := range t.held {
		t.write(cells)
	}
	t.held = nil
}

const gap = "  "

// measure gives each column what it needs, and on a terminal takes from the
// widest until the table fits.
func (t *table) measure() {
	t.widths = make([]int, len(t.headings))
	for i, h := range t.headings {
		t.widths[i] = width(h)
		for _, cells := range t.held {
			t.widths[i] = max(t.widths[i], width(cells[i]))
		}
	}
	limit := t.s.columns()
	if limit == 0 {
		return
	}
	room := limit - len(gap)*(len(t.widths)-1)
	for _, least := range []int{12, 6} { // the first column names somebody: it gives way last
		for sum(t.widths) > room {
			widest := len(t.widths) - 1
			for i := len(t.widths) - 1; i >= 0; i-- {
				if t.widths[i] > t.widths[widest] && (i > 0 || least < 12) {
					widest = i
				}
			}
			if t.widths[widest] <= least {
				break
			}
			t.widths[widest]--
		}
	}
}

func sum(all []int) int {
	total := 0
	for _, n := range all {
		total += n
	}
	return total
}

func (t *table) write(cells []string) {
	var b strings.Builder
	indent := 0
	for i, cell := range cells {
		last := i == len(cells)-1
		switch {
		case t.s.columns() == 0:
		case last && t.wraps:
			cell = wrapped(cell, max(t.widths[i], 20)+indent, strings.Repeat(" ", indent))
		default:
			cell = cut(cell, t.widths[i])
		}
		padding := strings.Repeat(" ", max(t.widths[i]-width(cell), 0))
		switch {
		case t.right[i]:
			b.WriteString(padding + cell)
		case last:
			b.WriteString(cell)
		default:
			b.WriteString(cell + padding)
		}
		if !last {
			b.WriteString(gap)
		}
		indent += t.widths[i] + len(gap)
	}
	fmt.Fprintln(t.s.out, strings.TrimRight(b.String(), " "))
}

// columns is how wide the terminal is that data goes to; 0 when it goes
// somewhere else, where nothing is cut off.
func (s *session) columns() int {
	if !s.Terminal.Out {
		return 0
	}
	if s.Terminal.Width <= 0 {
		return 80
	}
	return s.Terminal.Width
}

// printf writes data.
func (s *session) printf(format string, args ...any) { fmt.Fprintf(s.out, format, args...) }

// tell writes a remark, unless there should be none.
func (s *session) tell(key string, args ...any) {
	if !s.Quiet {
		s.note(s.text(key, args...))
	}
}

// note writes a line to standard error, after the data that comes before it.
func (s *session) note(line string) {
	_ = s.out.Flush() // a broken pipe shows again when the run ends
	fmt.Fprintln(s.Stderr, line)
}

// field writes one line of a description, when there is something to say.
func (s *session) field(label, value string) {
	if value == "" {
		return
	}
	const labels = 26
	padding := strings.Repeat(" ", max(labels-width(label), 1))
	indent := strings.Repeat(" ", labels)
	s.printf("%s%s%s\n", s.ink.draw(s.ink.faint, label), padding, wrapped(clean(value), s.columns(), indent))
}

// title writes the heading of a part.
func (s *session) title(text string) { s.printf("\n%s\n", s.ink.draw(s.ink.strong, text)) }
