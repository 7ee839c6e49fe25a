package tabular

import "strings"

// Dialect is how a file is written down. The zero value is RFC 4180: commas,
// CRLF, no byte order mark.
type Dialect struct {
	Separator byte   // 0: a comma
	BOM       bool   // whether the file begins with a byte order mark
	LineEnd   string // empty: CRLF
}

func (d Dialect) separator() byte {
	if d.Separator == 0 {
		return ','
	}
	return d.Separator
}

func (d Dialect) lineEnd() string {
	if d.LineEnd == "" {
		return "\r\n"
	}
	return d.LineEnd
}

// separators are the characters that can stand between cells, in the order in
// which they win when the headings don't decide.
const separators = ",;\t"

// preamble is what stands before the headings.
type preamble struct {
	separator byte // from Excel's "sep=;" line
	version   bool // there is a "version:v1.0" line, R-BULK-10 O-06
	tail      byte // the separator behind the version, when there is one
	end       int  // where the headings begin
	rows      int  // how many rows stand before them
}

// readPreamble looks at the lines before the headings: blank ones, "sep=;" and
// "version:v1.0", also with the separators or quotes a spreadsheet adds.
func readPreamble(text string) preamble {
	var p preamble
	for p.end < len(text) {
		line, next := cutLine(text, p.end)
		bare := strings.ToLower(trimmed(strings.Trim(trimmed(line), `",;`+"\t")))
		switch {
		case bare == "":
		case strings.HasPrefix(bare, "version:"):
			p.version, p.tail = true, mostFrequent(line)
		case strings.HasPrefix(strings.ToLower(line), "sep=") && len(strings.TrimRight(line, " ")) == 5:
			p.separator = line[4]
		default:
			return p
		}
		p.end = next
		p.rows++
	}
	return p
}

// cutLine answers the line at from and where the next one begins.
func cutLine(text string, from int) (line string, next int) {
	n := strings.IndexAny(text[from:], "\r\n")
	if n < 0 {
		return text[from:], len(text)
	}
	next = from + n + 1
	if text[next-1] == '\r' && next < len(text) && text[next] == '\n' {
		next++
	}
	return text[from : from+n], next
}

// detectDialect finds the separator and the line end from the line of headings.
func (f *File) detectDialect(p preamble) {
	line, next := cutLine(f.text, p.end)
	f.Dialect.Separator = ','
	for _, c := range []byte{p.separator, mostFrequent(line), p.tail} {
		if c != 0 {
			f.Dialect.Separator = c
			break
		}
	}
	if strings.HasSuffix(f.text[:next], "\n") && !strings.HasSuffix(f.text[:next], "\r\n") {
		f.Dialect.LineEnd = "\n"
	}
}

// mostFrequent answers the separator that a line has most of outside quotes, or
// 0 when it has none.
func mostFrequent(line string) byte {
	var counts [len(separators)]int
	quoted := false
	for i := range len(line) {
		if line[i] == '"' {
			quoted = !quoted
		}
		if n := strings.IndexByte(separators, line[i]); n >= 0 && !quoted {
			counts[n]++
		}
	}
	best, most := byte(0), 0
	for i, n := range counts {
		if n > most {
			best, most = separators[i], n
		}
	}
	return best
}
