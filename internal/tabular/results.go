package tabular

import (
	"io"
	"slices"
)

// Outcome is what became of one row of a bulk run: the four columns that stand
// behind those of the input.
type Outcome struct {
	Outcome string // done, skipped, needsHuman, refused or failed
	Code    string
	Rule    string
	Message string // in the reader's language
}

// outcomeHeadings are the headings of those columns.
var outcomeHeadings = []string{"outcome", "code", "rule", "message"}

// ResultWriter writes the results of a bulk run as they come: the columns of the
// input and the outcome of each row. R-BULK-11 R-SM-14
type ResultWriter struct {
	out     *Writer
	columns []string // the headings of the input
	extra   []string // headings behind the outcome
	line    []string
	started bool
}

// NewResultWriter writes results to w for an input with the given dialect and
// headings (File.Dialect, File.Headings). When the input was itself a file of
// results, its outcomes are replaced.
func NewResultWriter(w io.Writer, d Dialect, headings []string) *ResultWriter {
	return &ResultWriter{out: NewWriter(w, d), columns: headings[:inputColumns(headings)]}
}

// Add puts columns behind the outcome. It is called before the first row.
func (w *ResultWriter) Add(headings ...string) { w.extra = append(w.extra, headings...) }

// inputColumns counts the headings before those of an earlier outcome.
func inputColumns(headings []string) int {
	n := len(headings) - len(outcomeHeadings)
	if n < 0 {
		return len(headings)
	}
	for i, name := range outcomeHeadings {
		if plain(headings[n+i]) != name {
			return len(headings)
		}
	}
	return n
}

// Write writes one row: the Cells of the input row, its outcome, and the cells of
// the columns that Add put behind it.
func (w *ResultWriter) Write(cells []string, o Outcome, extra ...string) error {
	if err := w.start(); err != nil {
		return err
	}
	w.line = w.line[:0]
	for i := range w.columns {
		cell := ""
		if i < len(cells) {
			cell = cells[i]
		}
		w.line = append(w.line, cell)
	}
	w.line = append(w.line, o.Outcome, o.Code, o.Rule, o.Message)
	w.line = append(w.line, extra...)
	return w.out.Write(w.line...)
}

// Flush writes what is still in memory, and the headings when there were no rows.
func (w *ResultWriter) Flush() error {
	if err := w.start(); err != nil {
		return err
	}
	return w.out.Flush()
}

func (w *ResultWriter) start() error {
	if w.started {
		return nil
	}
	w.started = true
	return w.out.Write(slices.Concat(w.columns, outcomeHeadings, w.extra)...)
}
