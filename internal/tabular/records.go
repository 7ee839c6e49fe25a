package tabular

import (
	"iter"
	"strings"
	"unicode"
	"unicode/utf8"
)

// record is one row of cells on its way to becoming a person, a departure or a
// restore.
type record struct {
	file    *File
	out     *reporter // nil when the row was validated before
	scanner *scanner
	row     int
	cells   []string
}

// records walks over the rows that count.
func (f *File) records(out *reporter) iter.Seq[*record] {
	return func(yield func(*record) bool) {
		s := &scanner{text: f.text, pos: f.body, separator: f.Dialect.separator(), row: f.bodyRow}
		in := &record{file: f, out: out, scanner: s}
		for s.next() {
			if s.blank() || isExample(s.cells[0]) {
				continue
			}
			in.row, in.cells = s.row, s.cells
			if !yield(in) {
				return
			}
		}
	}
}

// isExample recognises the row that shows how to fill in a template, in the
// languages of the templates. R-BULK-10
func isExample(cell string) bool {
	word, _, ok := strings.Cut(trimmed(cell), ":")
	return ok && (strings.EqualFold(word, "Example") || strings.EqualFold(word, "Voorbeeld"))
}

// raw answers the cell of a field as it stands in the file.
func (in *record) raw(f field) string {
	column := in.file.layout.column[f]
	if column == 0 || column > len(in.cells) {
		return ""
	}
	return in.cells[column-1]
}

// key answers the cell of a field that is matched and not shown: without the
// blanks and invisible characters that come along when a cell is pasted.
func (in *record) key(f field) string { return trimmed(unguard(in.raw(f))) }

// problem reports what is wrong with the cell of a field.
func (in *record) problem(f field, code Code, a args) {
	in.out.problem(in.row, in.file.layout.column[f], code, a)
}

// original answers the cells as they stood in the file, one for each heading,
// for the results. Passwords aren't repeated there.
func (in *record) original() []string {
	cells := make([]string, len(in.file.Headings))
	for i := range min(len(cells), len(in.cells)) {
		if i+1 != in.file.layout.secret {
			cells[i] = unguard(in.cells[i])
		}
	}
	return cells
}

// inspect reports what is wrong with the row before anybody asks what its cells
// mean, and says whether its cells stand where they belong.
func (in *record) inspect() bool {
	whole := in.inspectShape()
	if in.extraCells() {
		a := args{"columns": len(in.file.Headings)}
		if in.file.Format.ignoresExtraCells() { // R-BULK-10
			in.out.warn(in.row, 0, ExtraCells, a)
		} else {
			in.out.problem(in.row, 0, ExtraCells, a)
			whole = false
		}
	}
	if !whole {
		return false
	}
	layout := &in.file.layout
	for i := range min(len(in.cells), len(layout.used)) {
		if layout.used[i] {
			in.inspectCell(i)
		}
	}
	return true
}

// inspectShape reports faults in quoting, and bytes that aren't UTF-8.
func (in *record) inspectShape() bool {
	if in.file.flawed {
		for i, cell := range in.cells {
			if !utf8.ValidString(cell) {
				in.out.problem(in.row, i+1, BadUTF8, nil)
			}
		}
	}
	if in.scanner.stray > 0 {
		in.out.problem(in.row, in.scanner.stray, StrayQuote, nil)
	}
	if in.scanner.unterminated > 0 {
		in.out.problem(in.row, in.scanner.unterminated, UnterminatedQuote, nil)
	}
	return in.scanner.stray == 0 && in.scanner.unterminated == 0
}

// extraCells says that the row has text behind the last heading.
func (in *record) extraCells() bool {
	if in.scanner.count > len(in.cells) {
		return true
	}
	for i := len(in.file.Headings); i < len(in.cells); i++ {
		if trimmed(in.cells[i]) != "" {
			return true
		}
	}
	return false
}

// inspectCell looks at the characters of a cell that will be used.
func (in *record) inspectCell(i int) {
	cell, column := in.cells[i], i+1
	secret := column == in.file.layout.secret
	if !secret {
		cell = strings.TrimSpace(cell)
	}
	if hasControl(cell, in.multiline(column)) {
		in.out.problem(in.row, column, ControlCharacter, nil)
	}
	if secret {
		return
	}
	if in.file.damaged && containsReplacement(cell) && utf8.ValidString(cell) {
		in.out.warn(in.row, column, ReplacementCharacter, args{"value": shown(cell)})
	}
	if looksLikeFormula(cell) {
		in.out.warn(in.row, column, Formula, args{"value": shown(cell)})
	}
}

// multiline says that the cells of a column may hold several lines.
func (in *record) multiline(column int) bool {
	at := &in.file.layout.column
	return column == at[fieldStreet] || column == at[fieldReplyInside] || column == at[fieldReplyOutside]
}

// hasControl says that text holds control characters other than, where lines are
// allowed, those that shape lines.
func hasControl(text string, lines bool) bool {
	for i := range len(text) {
		c := text[i]
		switch {
		case lines && (c == '\n' || c == '\r' || c == '\t'):
		case c < ' ', c == 0x7f:
			return true
		case c == 0xc2 && i+1 < len(text) && text[i+1] < 0xa0: // U+0080 to U+009F
			return true
		}
	}
	return false
}

// looksLikeFormula says that a spreadsheet might compute a cell. It is taken as
// plain text here; a phone number with its + is not worth a warning.
func looksLikeFormula(cell string) bool {
	if cell == "" {
		return false
	}
	switch cell[0] {
	case '=', '@':
		return true
	case '+', '-':
		return strings.Trim(cell, "+-0123456789 ()./") != ""
	}
	return false
}

// trimmed takes off blanks and the invisible characters that come along when a
// cell is pasted from a page.
func trimmed(s string) string {
	if n := len(s); n == 0 || isPlainByte(s[0]) && isPlainByte(s[n-1]) {
		return s
	}
	return strings.TrimFunc(s, func(c rune) bool {
		return unicode.IsSpace(c) || c >= 0x200b && c <= 0x200f || c == 0xfeff
	})
}

func isPlainByte(c byte) bool { return c > ' ' && c < 0x7f }
