// Package cli holds the commands of leaver. Each of them speaks HTTP through
// graphclient, to a server on the network or, with --data or --database, to the
// same handlers in this process: a command exists once, and permissions, errors
// and JSON are the same either way.
//
// Data goes to standard output; everything else, progress and questions too,
// to standard error. What comes from a directory is never written to a terminal
// as it is: see clean.
package cli

import (
	"bufio"
	"context"
	"io"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/alecthomas/kong"

	"leaver/internal/locale"
)

// A Program is one run of leaver: what it has been given by whoever started it.
type Program struct {
	Version  string
	Stdin    io.Reader
	Stdout   io.Writer
	Stderr   io.Writer
	Getenv   func(string) string
	Terminal Terminal
	// ConfigDir is the folder in which this user's programs keep their settings;
	// empty when there is none.
	ConfigDir string
	Now       func() time.Time
	// NewKey makes the key by which a run is started once only.
	NewKey func() string
	Host   Host
}

// Terminal says what is connected to one.
type Terminal struct {
	In, Out, Err bool
	Width        int // in columns; 0: not known
	// ReadPassword reads a line without showing it.
	ReadPassword func() (string, error)
}

// Host does what can't be done over HTTP: it opens, makes and serves
// organizations. The errors it gives may be Faults.
type Host interface {
	// Open opens an organization in this process, for its operator.
	Open(ctx context.Context, at Place) (Opened, error)
	// Demo serves a practice organization until ctx ends.
	Demo(ctx context.Context, o DemoOptions) error
	// Init makes a new organization.
	Init(ctx context.Context, o InitOptions) error
	// Serve serves an organization until ctx ends.
	Serve(ctx context.Context, o ServeOptions) error
	// ExampleConfig is an annotated configuration file.
	ExampleConfig(lang locale.Lang) string
	Keeper
}

// Place says where an organization is kept: a folder or a database, not both.
type Place struct {
	Data     string
	Database string
}

// Opened is an organization that this process has open.
type Opened struct {
	// HTTP carries out requests as the operator.
	HTTP http.RoundTripper
	// Close lets work that has begun come to a safe point.
	Close func() error
}

// DemoOptions are those of leaver demo.
type DemoOptions struct {
	Listen string
	Place  Place
	Users  int
	Lang   locale.Lang
	JSON   bool
	Out    io.Writer
	// Progress is told how many people have been made.
	Progress func(done, total int)
}

// InitOptions are those of leaver init.
type InitOptions struct {
	Place         Place
	Name          string
	Domain        string
	Admin         string // user name of the first Global Administrator
	AdminName     string // display name
	Password      string
	UsageLocation string
	Practice      bool // its clock can be moved: to rehearse with an import
	Language      string
}

// ServeOptions are those of leaver serve. What is empty is taken from the file.
type ServeOptions struct {
	Config string
	Place  Place
	Listen string
	Lang   locale.Lang
	Out    io.Writer
}

// session is a run that knows its language and flags.
type session struct {
	*Program
	globals
	lang locale.Lang
	out  *bufio.Writer
	// typed is standard input for questions, one line at a time.
	typed *bufio.Reader
	ink   ink
	link  *link
}

// Run carries out a command line, without the program's name, and answers the
// exit status. ctx ends when the user interrupts.
func (p *Program) Run(ctx context.Context, args []string) int {
	s := p.newSession(p.language(args))
	grammar := &commands{}
	parser, err := kong.New(grammar, kong.Name("leaver"), kong.NoDefaultHelp(), kong.Exit(func(int) {}))
	if err != nil {
		return s.report(err)
	}
	s.describe(parser.Model.Node)
	if node, wanted := helpWanted(parser, args); wanted {
		s.help(node)
		return s.finish(nil)
	}
	if len(args) == 1 && args[0] == "--version" { // what everybody tries first
		args = []string{"version"}
	}
	parsed, err := parser.Parse(args)
	if err != nil {
		return s.report(s.usageFault(err))
	}
	s.globals = grammar.globals
	if s.Server != "" && (s.Data != "" || s.Database != "") {
		return s.report(usage("serverAndData"))
	}
	s.ink = newInk(s.Terminal.Out && !s.NoColor && p.Getenv("NO_COLOR") == "" && p.Getenv("TERM") != "dumb" && !s.JSON)
	parsed.BindTo(ctx, (*context.Context)(nil))
	return s.finish(parsed.Run(s))
}

func (p *Program) newSession(lang locale.Lang) *session {
	return &session{Program: p, lang: lang, out: bufio.NewWriterSize(p.Stdout, 1<<16), typed: bufio.NewReader(p.Stdin)}
}

// finish closes what was opened and answers the exit status.
func (s *session) finish(err error) int {
	if s.link != nil {
		if closing := s.link.close(); err == nil {
			err = closing
		}
	}
	if flushing := s.out.Flush(); err == nil {
		err = flushing
	}
	return s.report(err)
}

// language is the language of the whole run: that of --lang, or of the
// environment, where the first variable that is set counts.
func (p *Program) language(args []string) locale.Lang {
	for i, arg := range args {
		if arg == "--" {
			break
		}
		if value, ok := strings.CutPrefix(arg, "--lang="); ok {
			return locale.Choose(locale.English, value)
		}
		if arg == "--lang" && i+1 < len(args) {
			return locale.Choose(locale.English, args[i+1])
		}
	}
	for _, name := range []string{"LC_ALL", "LC_MESSAGES", "LANG"} {
		if value := p.Getenv(name); value != "" {
			return locale.Choose(locale.English, value)
		}
	}
	return locale.English
}

// helpWanted tells whether the command line asks for help, and on what.
func helpWanted(parser *kong.Kong, args []string) (*kong.Node, bool) {
	end := len(args)
	if i := slices.Index(args, "--"); i >= 0 {
		end = i
	}
	words := slices.Clone(args[:end])
	asks := len(args) == 0
	if end > 0 && words[0] == "help" {
		asks, words = true, words[1:]
	}
	words = slices.DeleteFunc(words, func(word string) bool {
		help := word == "--help" || word == "-h"
		asks = asks || help
		return help
	})
	if !asks {
		return nil, false
	}
	traced, err := kong.Trace(parser, words)
	if err != nil {
		return parser.Model.Node, true
	}
	return selected(traced), true
}

// selected is the deepest command that was named.
func selected(parsed *kong.Context) *kong.Node {
	if parsed == nil {
		return nil
	}
	node := parsed.Model.Node
	for _, step := range parsed.Path {
		if step.Command != nil {
			node = step.Command
		}
	}
	return node
}

// text answers a message in the language of the run.
func (s *session) text(key string, args ...any) string {
	return locale.Text(s.lang, key, named(args))
}

// named makes arguments of a message from names and values by turns. Texts are
// cleaned: they may come from a directory.
func named(pairs []any) map[string]any {
	all := map[string]any{}
	for i := 0; i+1 < len(pairs); i += 2 {
		name, _ := pairs[i].(string)
		all[name] = pairs[i+1]
		if text, ok := pairs[i+1].(string); ok {
			all[name] = clean(text)
		}
	}
	return all
}
