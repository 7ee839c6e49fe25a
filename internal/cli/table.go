package cli

import (
	"fmt"
	"slices"
	"strings"
)

// table writes rows under headings. The first rows decide how wide the columns
// are, so that a list of a million rows costs no more memory than one of a page.
type table struct {
	s        *session
	headings []string
	right    map[int]bool // columns of numbers
	spare    []int        // columns that are left out first where there is no room
	wraps    bool         // the last column is written in as many lines as it needs
	upright  bool         // too narrow for columns: each row is written as a block
	held     [][]string
	widths   []int // of a column that is left out: -1
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

// dispensable says which columns a narrow terminal can do without, in the order
// in which they go.
func (t *table) dispensable(columns ...int) *table {
	t.spare = columns
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
	if !t.upright {
		head := make([]string, len(t.headings))
		for i, h := range t.headings {
			head[i] = t.s.ink.draw(t.s.ink.strong, cut(h, max(t.widths[i], 0)))
		}
		t.write(head)
	}
	for _, cells := range t.held {
		t.write(cells)
	}
	t.held = nil
}

const gap = "  "

// measure gives each column what it needs. On a terminal that is too narrow the
// widest give way, then columns are left out; the first one, which names what
// the row is about, is never cut, and neither are numbers and dates.
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
	const comfortable, least = 16, 8
	full := slices.Clone(t.widths)
	t.narrow(limit, comfortable, full)
	for _, spare := range t.spare {
		if t.needs() <= limit {
			return
		}
		full[spare] = -1
		t.widths = slices.Clone(full)
		t.narrow(limit, comfortable, full)
	}
	if t.needs() > limit {
		t.narrow(limit, least, full)
	}
	t.upright = t.needs() > limit
}

// short is how wide a date, a state or a small number is: such a cell says
// nothing once it is cut.
const short = 12

// narrow takes from the widest columns until the table fits or all are as
// narrow as they may be. full is how wide they would like to be.
func (t *table) narrow(limit, least int, full []int) {
	for t.needs() > limit {
		widest := 0
		for i := len(t.widths) - 1; i > 0; i-- {
			wide := t.widths[i] > least && (full[i] > short || i == len(t.widths)-1 && t.wraps)
			if wide && !t.right[i] && (widest == 0 || t.widths[i] > t.widths[widest]) {
				widest = i
			}
		}
		if widest == 0 {
			return
		}
		t.widths[widest]--
	}
}

// needs is how wide the table is.
func (t *table) needs() int {
	total := -len(gap)
	for i, w := range t.widths {
		if t.wraps && i == len(t.widths)-1 {
			w = max(w, 20)
		}
		if w >= 0 {
			total += w + len(gap)
		}
	}
	return total
}

func (t *table) write(cells []string) {
	if t.upright {
		t.block(cells)
		return
	}
	var b strings.Builder
	indent := 0
	for i, cell := range cells {
		last := i == len(cells)-1
		switch {
		case t.widths[i] < 0:
			continue
		case t.s.columns() == 0, i == 0, t.right[i]:
		case last && t.wraps:
			cell = wrapped(cell, max(t.widths[i], 20)+indent, strings.Repeat(" ", indent))
		default:
			cell = cut(cell, t.widths[i])
		}
		padding := strings.Repeat(" ", max(t.widths[i]-width(cell), 0))
		switch {
		case t.right[i]:
			b.WriteString(padding + cell + gap)
		case last:
			b.WriteString(cell)
		default:
			b.WriteString(cell + padding + gap)
		}
		indent += t.widths[i] + len(gap)
	}
	fmt.Fprintln(t.s.out, strings.TrimRight(b.String(), " "))
}

// block writes a row as lines, one for each cell that says something.
func (t *table) block(cells []string) {
	columns := t.s.columns()
	fmt.Fprintln(t.s.out, t.s.ink.draw(t.s.ink.strong, wrapped(cells[0], columns, gap)))
	label := 0
	for _, h := range t.headings[1:] {
		label = max(label, width(h))
	}
	label = min(label, max(columns/2-len(gap), 4))
	for i, cell := range cells[1:] {
		if cell == "" {
			continue
		}
		head := cut(t.headings[i+1], label)
		indent := strings.Repeat(" ", len(gap)+label+len(gap))
		if columns-len(indent) < 20 { // no room beside the heading
			indent = gap + gap
			fmt.Fprintln(t.s.out, gap+head+"\n"+indent+wrapped(cell, columns, indent))
			continue
		}
		fmt.Fprintln(t.s.out, gap+head+strings.Repeat(" ", label-width(head))+gap+wrapped(cell, columns, indent))
	}
}
