package tabular

import (
	"cmp"
	"fmt"
	"slices"
	"strings"
	"unicode"
)

// Code names what is wrong with a file or a cell. It is the key of a sentence in
// the message catalogue and stays the same between versions.
type Code string

// What can be wrong with a file as a whole.
const (
	Empty           Code = "csv.empty"
	TooLarge        Code = "csv.tooLarge"
	Binary          Code = "csv.binary"
	ExcelWorkbook   Code = "csv.excelWorkbook"
	UnknownFormat   Code = "csv.unknownFormat"
	MissingColumn   Code = "csv.missingColumn"
	DuplicateColumn Code = "csv.duplicateColumn"
	TooManyColumns  Code = "csv.tooManyColumns"
	NoRows          Code = "csv.noRows"
	TooManyRows     Code = "csv.tooManyRows"
)

// What can be wrong with a row or a cell.
const (
	UnterminatedQuote Code = "csv.unterminatedQuote"
	StrayQuote        Code = "csv.strayQuote"
	ExtraCells        Code = "csv.extraCells" // a warning in the Entra bulk files, which ignore them
	BadUTF8           Code = "csv.badUTF8"
	ControlCharacter  Code = "csv.controlCharacter"
	TooLong           Code = "csv.tooLong"
	EmptyUser         Code = "csv.emptyUser"
	EmptyCell         Code = "csv.emptyCell"
	BadUPN            Code = "csv.badUPN"
	BadGUID           Code = "csv.badGUID"
	BadBool           Code = "csv.badBool"
	BadDate           Code = "csv.badDate"
	BadAddress        Code = "csv.badAddress"
	BadUsageLocation  Code = "csv.badUsageLocation"
	DuplicateUser     Code = "csv.duplicateUser"
	DuplicateObject   Code = "csv.duplicateObject"
)

// What is worth a look and stops nothing.
const (
	UnknownColumn        Code = "csv.unknownColumn"
	Formula              Code = "csv.formula"
	ReplacementCharacter Code = "csv.replacementCharacter"
)

// arguments lists, for every code, the arguments its message can use. Row,
// column and heading belong to the problem itself.
var arguments = map[Code][]string{
	Empty: nil, TooLarge: {"max"}, Binary: nil, ExcelWorkbook: nil, UnknownFormat: nil,
	MissingColumn: {"heading"}, DuplicateColumn: {"heading", "first"}, TooManyColumns: {"max"},
	NoRows: nil, TooManyRows: {"max"},
	UnterminatedQuote: nil, StrayQuote: nil, ExtraCells: {"columns"}, BadUTF8: nil, ControlCharacter: nil,
	TooLong: {"max"}, EmptyUser: nil, EmptyCell: nil, BadUPN: {"value"}, BadGUID: {"value"},
	BadBool: {"value"}, BadDate: {"value"}, BadAddress: {"value"}, BadUsageLocation: {"value"},
	DuplicateUser: {"value", "firstRow"}, DuplicateObject: {"value", "firstRow"},
	UnknownColumn: {"heading"}, Formula: {"value"}, ReplacementCharacter: {"value"},
}

// Codes lists every code in alphabetical order, so that a catalogue can be
// checked against it.
func Codes() []Code {
	codes := make([]Code, 0, len(arguments))
	for code := range arguments {
		codes = append(codes, code)
	}
	slices.Sort(codes)
	return codes
}

// Arguments names what the message of a code can use besides row, column and
// heading.
func (c Code) Arguments() []string { return slices.Clone(arguments[c]) }

// Problem is one thing that is wrong, or worth a look, and where it stands.
type Problem struct {
	Row     int    // as a spreadsheet counts them, from 1; 0: the file as a whole
	Column  int    // from 1; 0: the row as a whole
	Heading string // of that column, as it stands in the file
	Code    Code
	Args    map[string]any
}

// String writes the problem for a log. People read the catalogue.
func (p Problem) String() string {
	switch {
	case p.Row == 0:
		return string(p.Code)
	case p.Column == 0:
		return fmt.Sprintf("row %d: %s", p.Row, p.Code)
	}
	return fmt.Sprintf("row %d column %d: %s", p.Row, p.Column, p.Code)
}

// Problems is all that is wrong with one file. As an error it is for logs.
type Problems []Problem

// Error names the first problem and counts the others.
func (p Problems) Error() string {
	if len(p) == 0 {
		return "no problems"
	}
	if len(p) == 1 {
		return p[0].String()
	}
	return fmt.Sprintf("%s and %d more", p[0], len(p)-1)
}

type args = map[string]any

// size is an amount of bytes, which the catalogue writes as such.
type size int64

// ByteCount answers the amount.
func (s size) ByteCount() int64 { return int64(s) }

// reporter collects the problems of one file, up to a limit. A nil reporter
// takes them and forgets them.
type reporter struct {
	file    *File
	max     int
	row     int   // of the last problem
	columns []int // of that row that have a problem
}

// problem adds a problem, unless that cell already has one: what is wrong with
// its characters explains what else is wrong with it.
func (r *reporter) problem(row, column int, code Code, a args) {
	if r == nil {
		return
	}
	if row != r.row {
		r.row, r.columns = row, r.columns[:0]
	}
	if column > 0 && slices.Contains(r.columns, column) {
		return
	}
	r.columns = append(r.columns, column)
	if len(r.file.Problems) >= r.max {
		r.file.MoreProblems++
		return
	}
	r.file.Problems = append(r.file.Problems, r.locate(row, column, code, a))
}

// warn adds a warning.
func (r *reporter) warn(row, column int, code Code, a args) {
	if r == nil {
		return
	}
	if len(r.file.Warnings) >= r.max {
		r.file.MoreWarnings++
		return
	}
	r.file.Warnings = append(r.file.Warnings, r.locate(row, column, code, a))
}

func (r *reporter) locate(row, column int, code Code, a args) Problem {
	p := Problem{Row: row, Column: column, Code: code, Args: a}
	if column > 0 && column <= len(r.file.Headings) {
		p.Heading = r.file.Headings[column-1]
	}
	return p
}

// sortRow puts the problems of the last row in the order of its columns.
func (r *reporter) sortRow(row int) {
	from := len(r.file.Problems)
	for from > 0 && r.file.Problems[from-1].Row == row {
		from--
	}
	slices.SortStableFunc(r.file.Problems[from:], func(a, b Problem) int { return cmp.Compare(a.Column, b.Column) })
}

// maxShown is how much of a cell a message repeats.
const maxShown = 80

// shown makes the text of a cell fit to be repeated in a message: short, valid,
// and without characters that steer a terminal or the direction of the text.
func shown(cell string) string {
	var b strings.Builder
	n := 0
	for _, c := range cell {
		if n++; n > maxShown {
			b.WriteRune('…')
			break
		}
		if unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
			c = unicode.ReplacementChar
		}
		b.WriteRune(c)
	}
	return b.String()
}
