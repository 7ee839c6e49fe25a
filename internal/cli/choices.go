package cli

import (
	"io"
	"os"
	"slices"
	"strings"

	"leaver/internal/graphclient"
	"leaver/internal/tabular"
)

// choiceFlags are what can be asked for with a departure. A flag that isn't
// given leaves the choice to the default.
type choiceFlags struct {
	KeepLicences bool     `name:"keep-licences" aliases:"keep-licenses" group:"choices"`
	StopPaying   bool     `group:"choices"`
	MailTo       *string  `placeholder:"UPN" group:"choices"`
	Rename       *string  `placeholder:"TEXT" group:"choices"`
	ReplyInside  *string  `placeholder:"TEXT|auto" group:"choices"`
	ReplyOutside *string  `placeholder:"TEXT|auto|same" group:"choices"`
	RemoveAlias  []string `placeholder:"A,B|all" group:"choices"`
	FilesTo      *string  `placeholder:"UPN|none" group:"choices"`
	Hold         bool     `group:"choices"`
}

func (f *choiceFlags) choices() graphclient.Choices {
	c := graphclient.Choices{
		MailTo: f.MailTo, MailboxDisplayName: f.Rename, ReplyInside: f.ReplyInside, ReplyOutside: f.ReplyOutside, FilesTo: f.FilesTo,
	}
	yes, no := true, false
	if f.KeepLicences {
		c.RemoveLicenses = &no
	}
	if f.StopPaying {
		c.ReduceSubscriptions = &yes
	}
	if f.Hold {
		c.HoldMailbox = &yes
	}
	if len(f.RemoveAlias) > 0 {
		c.RemoveAliases = aliases(f.RemoveAlias)
	}
	return c
}

// aliases gives a list of addresses, or the word for all of them.
func aliases(list []string) any {
	if len(list) == 1 && strings.EqualFold(list[0], tabular.All) {
		return tabular.All
	}
	return list
}

// texts are the flags that take one text.
func (f *choiceFlags) texts() []textFlag {
	return []textFlag{
		{"--mail-to", f.MailTo},
		{"--rename", f.Rename},
		{"--reply-inside", f.ReplyInside},
		{"--reply-outside", f.ReplyOutside},
		{"--files-to", f.FilesTo},
	}
}

type textFlag struct {
	name  string
	value *string
}

// empty names a flag that was given without saying anything. Where a script's
// variable is empty, somebody's mail would go without a word.
func (f *choiceFlags) empty() string {
	for _, flag := range f.texts() {
		if flag.value != nil && blank(*flag.value) {
			return flag.name
		}
	}
	if f.RemoveAlias != nil && !slices.ContainsFunc(f.RemoveAlias, func(a string) bool { return !blank(a) }) {
		return "--remove-alias"
	}
	return ""
}

func blank(text string) bool { return strings.TrimSpace(text) == "" }

// words writes the flags as they would be typed.
func (f *choiceFlags) words() []string {
	var words []string
	if f.KeepLicences {
		words = append(words, "--keep-licences")
	}
	if f.StopPaying {
		words = append(words, "--stop-paying")
	}
	if f.Hold {
		words = append(words, "--hold")
	}
	for _, flag := range f.texts() {
		if flag.value != nil {
			words = append(words, flag.name, *flag.value)
		}
	}
	if len(f.RemoveAlias) > 0 {
		words = append(words, "--remove-alias", strings.Join(f.RemoveAlias, ","))
	}
	return words
}

// quote writes words so that a shell reads them back.
func quote(words []string) string {
	quoted := make([]string, len(words))
	for i, w := range words {
		quoted[i] = w
		if w == "" || strings.ContainsFunc(w, needsQuotes) {
			quoted[i] = "'" + strings.ReplaceAll(w, "'", `'\''`) + "'"
		}
	}
	return strings.Join(quoted, " ")
}

func needsQuotes(r rune) bool {
	return !strings.ContainsRune("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789@%+=:,./_-", r)
}

// leavers says who leaves: named on the command line, or in a file.
type leavers struct {
	User []string `arg:"" optional:"" name:"user"`
	CSV  string   `name:"csv" placeholder:"FILE"`
	choiceFlags
}

// ask is a departure to ask for, and the file it came from, if it did.
type ask struct {
	request graphclient.DepartureRequest
	file    *tabular.File
	cells   [][]string // of the rows of the file, in the order of the people
}

// whoIs refuses a command line that names nobody, or in two ways.
func whoIs(users []string, file string) error {
	switch {
	case file != "" && len(users) > 0:
		return usage("usersAndCSV")
	case file == "" && len(users) == 0:
		return usage("noUsers")
	case slices.ContainsFunc(users, blank): // an empty variable of a script
		return usage("emptyName")
	}
	return nil
}

// ask reads who leaves, and what becomes of what they leave behind.
func (l *leavers) ask(s *session) (*ask, error) {
	a := &ask{request: graphclient.DepartureRequest{Defaults: l.choices(), Users: []graphclient.Wish{}}}
	if err := whoIs(l.User, l.CSV); err != nil {
		return nil, err
	}
	if flag := l.empty(); flag != "" {
		return nil, usage("emptyFlag", "flag", flag)
	}
	if l.CSV == "" {
		for _, user := range l.User {
			a.request.Users = append(a.request.Users, graphclient.Wish{User: user})
		}
		return a, nil
	}
	file, err := s.readTable(l.CSV, tabular.ForDepartures)
	if err != nil {
		return nil, err
	}
	a.file = file
	for row := range file.Departures() {
		a.request.Users = append(a.request.Users, wishOf(row))
		a.cells = append(a.cells, row.Cells)
	}
	return a, nil
}

// wishOf gives what a row of a file asks for; an empty cell asks nothing.
func wishOf(row tabular.DepartureRow) graphclient.Wish {
	w := graphclient.Wish{User: row.User, Choices: graphclient.Choices{
		RemoveLicenses: row.RemoveLicenses, ReduceSubscriptions: row.ReduceSubscriptions, HoldMailbox: row.HoldMailbox,
		MailTo: row.MailTo, MailboxDisplayName: row.MailboxDisplayName,
		ReplyInside: row.ReplyInside, ReplyOutside: row.ReplyOutside, FilesTo: row.FilesTo,
	}}
	if row.RemoveAliases != nil {
		w.RemoveAliases = aliases(row.RemoveAliases)
	}
	return w
}

// input opens a file, or standard input for "-".
func (s *session) input(name string) (io.ReadCloser, error) {
	if name == "-" {
		return io.NopCloser(s.Stdin), nil
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, fileFault(name, err)
	}
	return file, nil
}

// readTable reads and validates a whole file. When anything is wrong with it,
// everything that is wrong is told at once and nothing has been sent.
func (s *session) readTable(name string, purpose tabular.Purpose) (*tabular.File, error) {
	in, err := s.input(name)
	if err != nil {
		return nil, err
	}
	defer in.Close()
	return s.checkTable(name, in, purpose)
}

// checkTable is readTable for a file that is open.
func (s *session) checkTable(name string, in io.Reader, purpose tabular.Purpose) (*tabular.File, error) {
	file, err := tabular.Read(in, tabular.Options{For: purpose})
	if err != nil {
		return nil, fileFault(name, err)
	}
	for _, p := range file.Warnings {
		s.tell("cli.csv.warning", "where", s.place(p), "text", s.problem(p))
	}
	if len(file.Problems) == 0 {
		return file, nil
	}
	if name == "-" {
		name = s.text("cli.stdin")
	}
	if len(file.Problems) == 1 && file.MoreProblems == 0 {
		return nil, s.oneProblem(name, file.Problems[0])
	}
	for _, p := range file.Problems {
		s.note(s.text("cli.csv.problem", "where", s.place(p), "text", s.problem(p)))
	}
	return nil, usage("csv.invalid", "file", name, "count", len(file.Problems)+file.MoreProblems)
}

// oneProblem says the only thing that is wrong with a file, on the one line
// that a failure has.
func (s *session) oneProblem(name string, p tabular.Problem) error {
	said := s.text("cli.csv.problem", "where", name, "text", s.problem(p))
	if p.Row > 0 {
		said = s.text("cli.csv.problem", "where", name+": "+s.place(p), "text", s.problem(p))
	}
	f := usage("csv.invalid")
	f.Said, f.Advice = said, s.text("cli.csv.nothingSent")
	return f
}

// problem says what is wrong with a cell, a row or a file.
func (s *session) problem(p tabular.Problem) string {
	pairs := []any{"row", p.Row, "column", p.Column, "heading", p.Heading}
	for name, value := range p.Args {
		pairs = append(pairs, name, value)
	}
	return s.text(string(p.Code), pairs...)
}

// place says where a problem stands.
func (s *session) place(p tabular.Problem) string {
	switch {
	case p.Row == 0:
		return s.text("cli.csv.file")
	case p.Column == 0:
		return s.text("cli.csv.row", "row", p.Row)
	case p.Heading == "":
		return s.text("cli.csv.cell", "row", p.Row, "column", p.Column)
	}
	return s.text("cli.csv.named", "row", p.Row, "column", p.Column, "heading", p.Heading)
}
