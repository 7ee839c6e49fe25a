package cli

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"leaver/internal/locale"
)

// newSession is a run that writes to a buffer: a terminal of so many columns,
// or no terminal for 0.
func newSession(t *testing.T, lang locale.Lang, columns int) (*session, *bytes.Buffer) {
	t.Helper()
	var out bytes.Buffer
	p := &Program{
		Stdin: strings.NewReader(""), Stdout: &out, Stderr: &out, Getenv: func(string) string { return "" },
		Terminal: Terminal{Out: columns > 0, Width: columns}, Now: func() time.Time { return time.Date(2026, 11, 21, 4, 0, 0, 0, time.UTC) },
	}
	return p.newSession(lang), &out
}

func written(t *testing.T, s *session, out *bytes.Buffer) string {
	t.Helper()
	if err := s.out.Flush(); err != nil {
		t.Fatal(err)
	}
	return out.String()
}

func TestClean(t *testing.T) {
	for text, want := range map[string]string{
		"Anna de Vries": "Anna de Vries",
		"Zoë 家族 👩‍👩‍👧 محمد":       "Zoë 家族 👩‍👩‍👧 محمد",
		"\x1b[2J\x1b]0;owned\a":   `\x1b[2J\x1b]0;owned\x07`,
		"one\ntwo\r\tthree":       `one\ntwo\x0d\tthree`,
		"evil\u202Etxt.exe":       `evil\u202etxt.exe`,
		"a\u2066b\u2069c\u2028d":  `a\u2066b\u2069c\u2028d`,
		"\u009b31mred":            `\x9b31mred`,
		"cut \xff off":            "cut \uFFFD off",
		"\uFEFFmark \u061C arab":  `\ufeffmark \u061c arab`,
		"DEL \x7f":                `DEL \x7f`,
		"nothing to do: “quotes”": "nothing to do: “quotes”",
	} {
		if got := clean(text); got != want {
			t.Errorf("clean(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestCut(t *testing.T) {
	for _, tt := range []struct {
		text    string
		columns int
		want    string
	}{
		{"Anna", 4, "Anna"},
		{"Annabel", 4, "Ann…"},
		{"家族会議", 8, "家族会議"},
		{"家族会議", 7, "家族会…"},
		{"家族会議", 6, "家族…"},
		{"👩‍👩‍👧👩‍👩‍👧", 3, "👩‍👩‍👧…"},
		{"Anna", 1, "…"},
		{"Anna", 0, ""},
	} {
		if got := cut(tt.text, tt.columns); got != tt.want || width(got) > tt.columns {
			t.Errorf("cut(%q, %d) = %q (%d columns), want %q", tt.text, tt.columns, got, width(got), tt.want)
		}
	}
}

// TestTableFits: whatever the names are, no line is wider than the terminal,
// and the columns stand below each other. Who it is about is never cut.
func TestTableFits(t *testing.T) {
	rows := [][]string{
		{"anna@lindeboom.example", "Anna de Vries", "12"},
		{"zoe@lindeboom.example", "Zoë 家族会議家族会議家族会議 👩‍👩‍👧👩‍👩‍👧", "1,234"},
		{"evil@lindeboom.example", "\x1b[31mred\nand more\u202E" + strings.Repeat("x", 300), "0"},
	}
	for _, columns := range []int{24, 40, 79, 200} {
		s, out := newSession(t, locale.English, columns)
		table := s.table("User name", "Name", "Steps").numbers(2)
		for _, row := range rows {
			table.row(row...)
		}
		table.end()
		lines := strings.Split(strings.TrimRight(written(t, s, out), "\n"), "\n")
		if columns > 24 && len(lines) != len(rows)+1 {
			t.Fatalf("%d columns: %d lines, want %d:\n%s", columns, len(lines), len(rows)+1, out)
		}
		for _, line := range lines {
			if width(line) > columns {
				t.Errorf("%d columns: a line of %d: %q", columns, width(line), line)
			}
			if strings.ContainsAny(line, "\x1b\u202E") {
				t.Errorf("%d columns: the name reaches the terminal as it is: %q", columns, line)
			}
		}
		for _, row := range rows {
			if !strings.Contains(out.String(), row[0]) {
				t.Errorf("%d columns: %s can't be read:\n%s", columns, row[0], out)
			}
		}
		if columns == 79 && !strings.HasSuffix(lines[1], "   12") {
			t.Errorf("numbers don't stand right:\n%s", out)
		}
	}
}

// TestTableOfMany: who comes after the rows that decided the widths is named whole
// as well.
func TestTableOfMany(t *testing.T) {
	s, out := newSession(t, locale.English, 60)
	table := s.table("User name", "Name", "Steps").numbers(2)
	for range heldRows {
		table.row("a@lindeboom.example", "Anna", "1")
	}
	table.row("willemijn.vanderveldt@lindeboom.example", "Willemijn", "1,234")
	table.end()
	text := written(t, s, out)
	if last := text[strings.LastIndex(strings.TrimSpace(text), "\n")+1:]; !strings.HasPrefix(last, "willemijn.vanderveldt@lindeboom.example  Wil…") || !strings.HasSuffix(last, "1,234\n") {
		t.Errorf("got %q", last)
	}
}

// TestTableLeavesOut: a narrow terminal does without the columns that matter
// least, and with too little room for any each row becomes a block.
func TestTableLeavesOut(t *testing.T) {
	for columns, want := range map[int]string{
		48: "SKU             Product                    Total\nENTERPRISEPACK  Office 365 E3 for higher…     60\n",
		24: "ENTERPRISEPACK\n  Product\n    Office 365 E3 for\n    higher education\n  Total\n    60\n  Bought\n    directly\n",
	} {
		s, out := newSession(t, locale.English, columns)
		table := s.table("SKU", "Product", "Total", "Bought").numbers(2).dispensable(3)
		table.row("ENTERPRISEPACK", "Office 365 E3 for higher education", "60", "directly")
		table.end()
		if got := written(t, s, out); got != want {
			t.Errorf("%d columns: got\n%s\nwant\n%s", columns, got, want)
		}
	}
}

// TestTableWraps: a message is read whole, in as many lines as it needs.
func TestTableWraps(t *testing.T) {
	s, out := newSession(t, locale.English, 60)
	table := s.table("User name", "Why").wrapping()
	table.row("anna@lindeboom.example", "the first rule says no because of something that takes many words to explain")
	table.row("bram@lindeboom.example", "short")
	table.end()
	want := `User name               Why
anna@lindeboom.example  the first rule says no because of
                        something that takes many words to
                        explain
bram@lindeboom.example  short
`
	if got := written(t, s, out); got != want {
		t.Errorf("got\n%s\nwant\n%s", got, want)
	}
}

// TestTableIsWhole: what doesn't go to a terminal isn't cut off.
func TestTableIsWhole(t *testing.T) {
	s, out := newSession(t, locale.English, 0)
	table := s.table("User name", "Name")
	name := strings.Repeat("x", 500)
	for range 2*heldRows + 1 {
		table.row("anna@lindeboom.example", name)
	}
	table.end()
	text := written(t, s, out)
	if got := strings.Count(text, name); got != 2*heldRows+1 {
		t.Errorf("%d whole names, want %d", got, 2*heldRows+1)
	}
	if strings.Contains(text, "\x1b") {
		t.Error("there are colours where there is no terminal")
	}
}

func TestWrapped(t *testing.T) {
	text := wrapped("one two three four five six seven eight nine ten eleven", 30, "    ")
	for i, line := range strings.Split(text, "\n") {
		if width(line) > 30 || i > 0 && !strings.HasPrefix(line, "    ") {
			t.Errorf("line %d is %q", i, line)
		}
	}
	if got := strings.Join(strings.Fields(text), " "); got != "one two three four five six seven eight nine ten eleven" {
		t.Errorf("words were lost: %q", got)
	}
}

func TestSentence(t *testing.T) {
	for text, want := range map[string]string{"Stopped": "Stopped.", "Really?": "Really?", " a b. ": "a b.", "": "", "See:": "See:"} {
		if got := sentence(text); got != want {
			t.Errorf("sentence(%q) = %q, want %q", text, got, want)
		}
	}
}

func TestQuote(t *testing.T) {
	got := quote([]string{"leaver", "--rename", "Anna's mail", "", "a@b.example", "x;rm -rf"})
	if want := `leaver --rename 'Anna'\''s mail' '' a@b.example 'x;rm -rf'`; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
