package tabular

import (
	"bufio"
	"fmt"
	"io"
	"iter"
	"strings"
	"unicode/utf8"
)

// Writer writes rows of cells as they come. A cell that a spreadsheet would
// compute gets a quote before it; Read takes that quote off again.
type Writer struct {
	out     *bufio.Writer
	dialect Dialect
	line    []byte
	started bool
}

// NewWriter writes to w in UTF-8, in the given dialect.
func NewWriter(w io.Writer, d Dialect) *Writer {
	return &Writer{out: bufio.NewWriterSize(w, 32<<10), dialect: d}
}

// Write writes one row.
func (w *Writer) Write(cells ...string) error {
	w.line = w.line[:0]
	if !w.started && w.dialect.BOM {
		w.line = append(w.line, byteOrderMark...)
	}
	w.started = true
	for i, cell := range cells {
		if i > 0 {
			w.line = append(w.line, w.dialect.separator())
		}
		w.line = appendCell(w.line, guard(cell), len(cells) == 1)
	}
	w.line = append(w.line, w.dialect.lineEnd()...)
	if _, err := w.out.Write(w.line); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}

// Flush writes what is still in memory.
func (w *Writer) Flush() error {
	if err := w.out.Flush(); err != nil {
		return fmt.Errorf("write csv: %w", err)
	}
	return nil
}

// appendCell appends a cell, in quotes where a reader could misunderstand it
// without: with any separator, since programs guess that, and around an empty
// cell that is alone, which would be a blank line.
func appendCell(line []byte, cell string, alone bool) []byte {
	if cell == "" && !alone {
		return line
	}
	if cell != "" && !strings.ContainsAny(cell, separators+"\"\r\n") && cell[0] != ' ' && cell[len(cell)-1] != ' ' {
		return append(line, cell...)
	}
	line = append(line, '"')
	line = append(line, strings.ReplaceAll(cell, `"`, `""`)...)
	return append(line, '"')
}

// guard puts a quote before a cell that a spreadsheet would compute. A cell that
// looks guarded already gets one more, so that unguard always gives back what
// guard was given.
func guard(cell string) string {
	if startsFormula(strings.TrimLeft(cell, "'")) {
		return "'" + cell
	}
	return cell
}

// unguard takes off what guard put on.
func unguard(cell string) string {
	if cell == "" || cell[0] != '\'' || !startsFormula(strings.TrimLeft(cell, "'")) {
		return cell
	}
	return cell[1:]
}

// startsFormula says that a spreadsheet may take a cell for a formula. The wide
// forms count in East Asian versions.
func startsFormula(cell string) bool {
	c, _ := utf8.DecodeRuneInString(cell)
	return cell != "" && strings.ContainsRune("=+-@\t\r\n＝＋－＠", c)
}

// WriteTable writes headings and rows, one at a time: the audit trail, or any
// other list. An error among the rows ends it.
func WriteTable(w io.Writer, d Dialect, headings []string, rows iter.Seq2[[]string, error]) error {
	out := NewWriter(w, d)
	if err := out.Write(headings...); err != nil {
		return err
	}
	for cells, err := range rows {
		if err != nil {
			return err
		}
		if err := out.Write(cells...); err != nil {
			return err
		}
	}
	return out.Flush()
}
