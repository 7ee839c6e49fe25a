package cli

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/alecthomas/kong"

	"leaver/internal/locale"
	"leaver/internal/tabular"
)

func grammar(t *testing.T) *kong.Kong {
	t.Helper()
	parser, err := kong.New(&commands{}, kong.Name("leaver"), kong.NoDefaultHelp())
	if err != nil {
		t.Fatal(err)
	}
	return parser
}

// TestEverythingIsExplained fails for a command, flag or argument without its
// text, and for a command without an example, in either language.
func TestEverythingIsExplained(t *testing.T) {
	for _, lang := range locale.Languages() {
		s, out := newSession(t, lang, 0)
		root := grammar(t).Model.Node
		s.describe(root)
		forCommands(root, "", func(path string, node *kong.Node) {
			out.Reset()
			s.help(node)
			text := written(t, s, out)
			if i := strings.Index(text, "cli."); i >= 0 {
				t.Errorf("%s: leaver%s --help has no text for %.60q", lang, path, text[i:])
			}
			if !strings.Contains(text, "\n  leaver"+path) {
				t.Errorf("%s: leaver%s --help has no example", lang, path)
			}
			if len(node.Children) > 0 {
				return
			}
			if usage := "  leaver" + path; !strings.Contains(text, usage) {
				t.Errorf("%s: leaver%s --help doesn't say how it is called", lang, path)
			}
		})
	}
}

// TestLabelsFit: what is described stands in one column, in either language.
func TestLabelsFit(t *testing.T) {
	for _, lang := range locale.Languages() {
		for _, key := range locale.Keys("cli") {
			if !strings.HasPrefix(key, "cli.label.") && !strings.HasPrefix(key, "cli.swept.") {
				continue
			}
			if text := locale.Text(lang, key, nil); width(text) >= labels {
				t.Errorf("%s %s: %q is wider than %d", lang, key, text, labels-1)
			}
		}
	}
}

// TestHelpFits: on a terminal of 80 columns no line of help is wider, except
// examples, which are to be copied.
func TestHelpFits(t *testing.T) {
	s, out := newSession(t, locale.Dutch, 80)
	root := grammar(t).Model.Node
	s.describe(root)
	forCommands(root, "", func(path string, node *kong.Node) {
		out.Reset()
		s.help(node)
		for line := range strings.SplitSeq(written(t, s, out), "\n") {
			if width(line) > 80 && !strings.HasPrefix(line, "  leaver ") {
				t.Errorf("leaver%s --help has a line of %d columns: %s", path, width(line), line)
			}
		}
	})
}

// TestExamplesParse: what stands in the help can be typed.
func TestExamplesParse(t *testing.T) {
	for _, lang := range locale.Languages() {
		for _, key := range locale.Keys("cli") {
			if !strings.HasPrefix(key, "cli.example.") {
				continue
			}
			for line := range strings.SplitSeq(locale.Text(lang, key, nil), "\n") {
				words := shellWords(line)
				words = words[slices.Index(words, "leaver")+1:]
				if i := slices.IndexFunc(words, func(w string) bool { return w == ">" || w == "<" || w == "|" }); i >= 0 {
					words = words[:i]
				}
				if _, err := grammar(t).Parse(words); err != nil {
					t.Errorf("%s: %s: %s: %v", lang, key, line, err)
				}
			}
		}
	}
}

// shellWords splits a line as a shell does, as far as examples need it.
func shellWords(line string) []string {
	var words []string
	var word strings.Builder
	quoted, begun := false, false
	for _, r := range strings.NewReplacer("<(", "", ")", "").Replace(line) {
		switch {
		case r == '"':
			quoted, begun = !quoted, true
		case r == ' ' && !quoted:
			if begun {
				words = append(words, word.String())
			}
			word.Reset()
			begun = false
		default:
			word.WriteRune(r)
			begun = true
		}
	}
	if begun {
		words = append(words, word.String())
	}
	return words
}

// TestFaultsHaveAdvice: what happened, and what to do.
func TestFaultsHaveAdvice(t *testing.T) {
	plain := []string{ // there is nothing to do, or it goes without saying
		"internal", "interrupted", "notConfirmed", "allRefused", "copyToItself", "notBackup",
	}
	for _, lang := range locale.Languages() {
		for _, key := range locale.Keys("cli") {
			code, ok := strings.CutPrefix(key, "cli.fault.")
			if !ok || strings.HasPrefix(code, "usage") {
				continue
			}
			code = strings.TrimSuffix(strings.TrimSuffix(code, ".one"), ".other")
			if !locale.Has(lang, "cli.advice."+code) && !slices.Contains(plain, code) {
				t.Errorf("%s: %s says what happened, and nothing says what to do", lang, key)
			}
		}
	}
}

// TestProblemsHaveTexts: everything that can be wrong with a file is said in
// both languages, with all that is known about it.
func TestProblemsHaveTexts(t *testing.T) {
	for _, lang := range locale.Languages() {
		s, _ := newSession(t, lang, 0)
		for _, code := range tabular.Codes() {
			args := map[string]any{}
			for _, name := range code.Arguments() {
				args[name] = "«" + name + "»"
			}
			text := s.problem(tabular.Problem{Row: 2, Column: 3, Heading: "«heading»", Code: code, Args: args})
			if text == string(code) || strings.Contains(text, "{") {
				t.Errorf("%s: %s reads %q", lang, code, text)
			}
			for name := range args {
				if name != "firstRow" && !strings.Contains(text, "«"+name+"»") {
					t.Errorf("%s: %s doesn't say {%s}: %q", lang, code, name, text)
				}
			}
		}
	}
}

func TestLanguage(t *testing.T) {
	tests := []struct {
		args string
		env  map[string]string
		want locale.Lang
	}{
		{"", nil, locale.English},
		{"", map[string]string{"LANG": "nl_NL.UTF-8"}, locale.Dutch},
		{"", map[string]string{"LANG": "nl_NL.UTF-8", "LC_MESSAGES": "en_US.UTF-8"}, locale.English},
		{"", map[string]string{"LANG": "en_US.UTF-8", "LC_ALL": "nl_BE"}, locale.Dutch},
		{"", map[string]string{"LANG": "C.UTF-8"}, locale.English},
		{"--lang nl", map[string]string{"LC_ALL": "en_US"}, locale.Dutch},
		{"plan --lang=nl x", nil, locale.Dutch},
		{"plan -- --lang=nl", nil, locale.English},
	}
	for _, tt := range tests {
		p := &Program{Getenv: func(name string) string { return tt.env[name] }}
		if got := p.language(strings.Fields(tt.args)); got != tt.want {
			t.Errorf("%q with %v: %s, want %s", tt.args, tt.env, got, tt.want)
		}
	}
}

// TestParserSpeaksDutch: none of what is typed wrongly is answered in English.
func TestParserSpeaksDutch(t *testing.T) {
	for _, line := range []string{
		"--bogus", "delete --mailto x", "user", "usr list", "user show", "user show a b", "mailbox grant a", "user list --limit x",
		"mailbox set a --type x", "completion", "completion tcsh", "plan --mail-to", "departures record 1 --format pdf", "user add a --licence",
		"restore a --password-file x --keep-password", "subscription set-quantity A many", "settings set", "clock advance",
	} {
		var out, errs bytes.Buffer
		p := &Program{Stdin: strings.NewReader(""), Stdout: &out, Stderr: &errs, Getenv: func(string) string { return "" }}
		exit := p.Run(context.Background(), append([]string{"--lang", "nl"}, strings.Fields(line)...))
		text := errs.String()
		if exit != ExitUsage || !strings.HasPrefix(text, "leaver: ") || strings.Count(text, "\n") != 1 {
			t.Errorf("leaver %s: exit %d, %q", line, exit, text)
		}
		for _, english := range []string{"expected", "unknown", "missing", "must be", "unexpected ", "did you", "can't"} {
			if strings.Contains(strings.ToLower(strings.SplitN(text, ": ", 3)[2]), english) {
				t.Errorf("leaver %s: speaks English: %s", line, text)
			}
		}
	}
}
