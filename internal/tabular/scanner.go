package tabular

import "strings"

// maxColumns is more than any of the formats has. The cells of a row beyond it
// are counted and not kept, so that a file of commas can't fill the memory.
const maxColumns = 1024

// scanner cuts text into rows and cells. It takes LF, CRLF and CR, counts rows
// as a spreadsheet does (a blank line is a row, a cell with line breaks is in
// one), and goes on after a fault so that all faults can be reported.
type scanner struct {
	text      string
	pos       int
	separator byte

	row   int      // of cells, from 1
	cells []string // of the row; valid until the next call of next
	count int      // the number of cells, also of those that weren't kept

	stray        int // the first cell with text behind its closing quote, from 1; 0: none
	unterminated int // the cell whose closing quote never came
}

// next reads one row and says whether there was one.
func (s *scanner) next() bool {
	if s.pos >= len(s.text) {
		return false
	}
	s.row++
	s.cells, s.count, s.stray, s.unterminated = s.cells[:0], 0, 0, 0
	for {
		s.count++
		cell := s.cell()
		if s.count <= maxColumns {
			s.cells = append(s.cells, cell)
		}
		if s.endOfRow() {
			return true
		}
	}
}

// endOfRow steps over what ends a cell and says whether it ended the row too.
func (s *scanner) endOfRow() bool {
	if s.pos >= len(s.text) {
		return true
	}
	c := s.text[s.pos]
	s.pos++
	if c == s.separator {
		return false
	}
	if c == '\r' && s.pos < len(s.text) && s.text[s.pos] == '\n' {
		s.pos++
	}
	return true
}

// cell reads one cell and stops at what ends it.
func (s *scanner) cell() string {
	start := s.pos
	i := s.skipBlanks(start)
	if i < len(s.text) && s.text[i] == '"' {
		return s.quoted(i + 1)
	}
	s.pos = s.endOfCell(i)
	return s.text[start:s.pos]
}

// quoted reads a cell whose opening quote stands before start.
func (s *scanner) quoted(start int) string {
	doubled := false
	end := start
	for {
		n := strings.IndexByte(s.text[end:], '"')
		if n < 0 {
			s.unterminated, s.pos = s.count, len(s.text)
			return s.text[start:]
		}
		end += n
		if end+1 >= len(s.text) || s.text[end+1] != '"' {
			break
		}
		doubled = true
		end += 2
	}
	cell := s.text[start:end]
	if doubled {
		cell = strings.ReplaceAll(cell, `""`, `"`)
	}
	s.pos = s.skipBlanks(end + 1)
	if rest := s.endOfCell(s.pos); rest > s.pos {
		if s.stray == 0 {
			s.stray = s.count
		}
		cell += s.text[end+1 : rest]
		s.pos = rest
	}
	return cell
}

func (s *scanner) skipBlanks(i int) int {
	for i < len(s.text) && (s.text[i] == ' ' || s.text[i] == '\t') && s.text[i] != s.separator {
		i++
	}
	return i
}

func (s *scanner) endOfCell(i int) int {
	for ; i < len(s.text); i++ {
		if c := s.text[i]; c == s.separator || c == '\n' || c == '\r' {
			break
		}
	}
	return i
}

// blank says that no cell of the row holds anything.
func (s *scanner) blank() bool {
	if s.count > len(s.cells) {
		return false
	}
	for _, cell := range s.cells {
		if trimmed(cell) != "" {
			return false
		}
	}
	return true
}
