package tabular

import (
	"encoding/binary"
	"errors"
	"slices"
	"strings"
	"testing"
	"testing/iotest"
	"unicode/utf16"
)

// names are display names that break things.
var names = []string{
	`Jan "Jantje" Smit`, "O'Brien", "Smit, Jan; jr.", "יוסי כהן", "محمد علي", "👩‍🏫 Juf Ans", "José Ñandú", "李小龍", "a\u0301", "R&D <b>", "'s-Gravesande",
}

// encode stores text in UTF-16.
func encode(text string, order binary.AppendByteOrder) string {
	var raw []byte
	for _, unit := range utf16.Encode([]rune(text)) {
		raw = order.AppendUint16(raw, unit)
	}
	return string(raw)
}

func TestEncodingsAndDialects(t *testing.T) {
	for _, separator := range []string{",", ";", "\t"} {
		for _, lineEnd := range []string{"\n", "\r\n", "\r"} {
			lines := []string{"userPrincipalName" + separator + "displayName"}
			for i, name := range names {
				lines = append(lines, string(rune('a'+i))+"@x.nl"+separator+`"`+strings.ReplaceAll(name, `"`, `""`)+`"`)
			}
			text := strings.Join(lines, lineEnd)
			for _, test := range []struct {
				name, raw string
				encoding  Encoding
				bom       bool
			}{
				{"UTF-8", text, UTF8, false},
				{"UTF-8 with BOM", "\ufeff" + text, UTF8, true},
				{"UTF-16LE with BOM", encode("\ufeff"+text, binary.LittleEndian), UTF16LE, true},
				{"UTF-16BE with BOM", encode("\ufeff"+text, binary.BigEndian), UTF16BE, true},
				{"UTF-16LE", encode(text, binary.LittleEndian), UTF16LE, false},
				{"UTF-16BE", encode(text, binary.BigEndian), UTF16BE, false},
			} {
				t.Run(test.name+" "+separator+lineEnd, func(t *testing.T) {
					f := sound(t, test.raw, ForPeople)
					if f.Encoding != test.encoding || f.Dialect.BOM != test.bom || f.Dialect.Separator != separator[0] || (f.Dialect.LineEnd == "\n") != (lineEnd == "\n") {
						t.Errorf("got %s %+v", f.Encoding, f.Dialect)
					}
					var got []string
					for p := range f.People() {
						got = append(got, p.DisplayName)
					}
					if !slices.Equal(got, names) {
						t.Errorf("got %q, want %q", got, names)
					}
				})
			}
		}
	}
}

func TestBrokenUTF16(t *testing.T) {
	raw := encode("\ufeff"+twoColumns+"a@x.nl,A", binary.LittleEndian)
	for _, test := range []struct{ name, raw string }{
		{"half a pair", raw + "\x3d\xd8B\x00\n\x00"},
		{"half a pair at the end", raw + "\x3d\xd8"},
		{"the wrong half first", raw + "\x00\xdc\x3d\xd8"},
		{"an odd byte", raw + "x"},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := read(t, test.raw, ForPeople)
			if got := brief(f.Problems); !slices.Equal(got, []string{"2:2 badUTF8"}) {
				t.Errorf("got %q", got)
			}
		})
	}
}

func TestDialectOddities(t *testing.T) {
	for _, test := range []struct {
		name, text string
		separator  byte
		cells      []string
	}{
		{"Excel's sep line", "sep=;\r\nuserPrincipalName;mailTo\r\na@x.nl;b@x.nl\r\n", ';', []string{"a@x.nl", "b@x.nl"}},
		{"separators in a quoted heading", "\"note, a, b, c\";userPrincipalName\n\"x;y\";a@x.nl\n", ';', []string{"x;y", "a@x.nl"}},
		{"separator known from the version line", "version:v1.0;\nUser name [userPrincipalName] Required\na@x.nl;\n", ';', []string{"a@x.nl"}},
		{"empty columns at the end", "userPrincipalName,mailTo,,\na@x.nl,b@x.nl,,\n", ',', []string{"a@x.nl", "b@x.nl"}},
		{"fewer cells than headings", "userPrincipalName,mailTo\na@x.nl\n", ',', []string{"a@x.nl", ""}},
		{"blanks around quotes", "userPrincipalName, mailboxDisplayName\na@x.nl, \"Smit, Jan\" \n", ',', []string{"a@x.nl", "Smit, Jan"}},
		{"quotes inside a cell", "userPrincipalName,mailboxDisplayName\na@x.nl,Jan \"J\" Smit\n", ',', []string{"a@x.nl", `Jan "J" Smit`}},
		{"blank and pasted characters around a name", "\ufeffuserPrincipalName\n\u200b a@x.nl\u00a0\n", ',', []string{"\u200b a@x.nl\u00a0"}},
	} {
		t.Run(test.name, func(t *testing.T) {
			f := sound(t, test.text, ForDepartures)
			n := 0
			for d := range f.Departures() {
				n++
				if d.User != "a@x.nl" || !slices.Equal(d.Cells, test.cells) {
					t.Errorf("got %q %q, want %q", d.User, d.Cells, test.cells)
				}
			}
			if n != 1 || f.Dialect.Separator != test.separator {
				t.Errorf("got %d rows, separator %q", n, f.Dialect.Separator)
			}
		})
	}
}

func TestReadPassesErrorsOn(t *testing.T) {
	broken := errors.New("line went down")
	if _, err := Read(iotest.ErrReader(broken), Options{}); !errors.Is(err, broken) {
		t.Errorf("got %v", err)
	}
	if err := read(t, "", ForAny).Err(); err == nil {
		t.Error("an empty file has no error")
	} else if problems, ok := errors.AsType[Problems](err); !ok || len(problems) != 1 {
		t.Errorf("got %T", err)
	}
}
