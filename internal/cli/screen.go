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

// labels is how wide the labels of a description are, with the gap behind them.
const labels = 26

// field writes one line of a description, when there is something to say.
func (s *session) field(label, value string) {
	if value == "" {
		return
	}
	padding := strings.Repeat(" ", max(labels-width(label), 1))
	indent := strings.Repeat(" ", labels)
	s.printf("%s%s%s\n", s.ink.draw(s.ink.faint, label), padding, wrapped(clean(value), s.columns(), indent))
}

// title writes the heading of a part.
func (s *session) title(text string) { s.printf("\n%s\n", s.ink.draw(s.ink.strong, text)) }
