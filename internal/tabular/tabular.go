// Package tabular reads and writes the spreadsheets that people are added,
// deleted and restored with: the files of the Microsoft 365 admin centre, those
// of the Entra bulk operations, and Leaver's own list of departures.
//
// A file is validated as a whole before a single row of it comes out: Read
// collects every problem at once, each with its row, its column and a code for
// the message catalogue, and the row iterators of a file with problems are
// empty. Rows are read from the text again on each iteration, so that a file of
// a hundred thousand rows costs its own size in memory and little more.
package tabular

import (
	"io"
	"unicode/utf8"
)

// The limits that hold when Options doesn't set others.
const (
	DefaultMaxBytes    = 64 << 20
	DefaultMaxRows     = 1_000_000
	DefaultMaxProblems = 10_000
)

// Purpose is what a file is going to be used for. It decides which columns are
// required and which are of no interest: a users export can also say who leaves.
type Purpose int

// The purposes. ForAny lets the headings decide.
const (
	ForAny Purpose = iota
	ForPeople
	ForDepartures
	ForRestores
)

// Options set what Read accepts. The zero value takes any format within the
// default limits.
type Options struct {
	For         Purpose
	MaxBytes    int64
	MaxRows     int
	MaxProblems int // and as many warnings; more are only counted
}

func (o Options) withDefaults() Options {
	if o.MaxBytes <= 0 {
		o.MaxBytes = DefaultMaxBytes
	}
	if o.MaxRows <= 0 {
		o.MaxRows = DefaultMaxRows
	}
	if o.MaxProblems <= 0 {
		o.MaxProblems = DefaultMaxProblems
	}
	return o
}

// File is a file that was read and validated. The rows it gives share their
// text with it.
type File struct {
	Format   Format
	Encoding Encoding
	Dialect  Dialect  // how to write the results of this file
	Headings []string // as they stand in the file
	Rows     int      // rows that count: not blank, not an example

	Problems     Problems // what has to be put right first, in order of row
	MoreProblems int      // how many did not fit in Problems
	Warnings     []Problem
	MoreWarnings int

	text    string
	body    int // where in text the first row after the headings begins
	bodyRow int // the number of the row before it
	layout  layout
	flawed  bool // text holds bytes that aren't UTF-8
	damaged bool // text holds replacement characters
}

// Err answers the problems of the file as an error, or nil when it has none.
func (f *File) Err() error {
	if len(f.Problems) == 0 {
		return nil
	}
	return f.Problems
}

// Read reads a whole file and validates it. The error is about reading only;
// what is wrong with the file itself is in File.Problems.
func Read(r io.Reader, opts Options) (*File, error) {
	opts = opts.withDefaults()
	f := &File{}
	out := &reporter{file: f, max: opts.MaxProblems}
	if err := f.load(r, opts.MaxBytes, out); err != nil {
		return nil, err
	}
	if len(f.Problems) > 0 {
		return f, nil
	}
	f.flawed = !utf8.ValidString(f.text)
	f.damaged = containsReplacement(f.text)
	if f.readHeadings(opts.For, out) { // nothing else is worth saying without the columns
		f.validate(opts.MaxRows, out)
	}
	return f, nil
}

// validate reads every row once and reports all that is wrong.
func (f *File) validate(maxRows int, out *reporter) {
	seen := seenRows{users: map[string]int{}, objects: map[string]int{}}
	for in := range f.records(out) {
		if f.Rows == maxRows {
			out.problem(in.row, 0, TooManyRows, args{"max": maxRows})
			return
		}
		f.Rows++
		switch {
		case !in.inspect(): // its cells don't stand where they belong: nothing they say counts
		case f.Format == EntraBulkRestore:
			seen.restore(in, in.restore())
		case f.Format.departures():
			seen.departure(in, in.departure())
		default:
			seen.person(in, in.person())
		}
		out.sortRow(in.row)
	}
	if f.Rows == 0 && len(f.Problems) == 0 {
		out.problem(0, 0, NoRows, nil)
	}
}
