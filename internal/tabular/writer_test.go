package tabular

import (
	"bytes"
	"errors"
	"fmt"
	"iter"
	"reflect"
	"slices"
	"strings"
	"testing"
	"time"

	"pgregory.net/rapid"
)

// fallible gives values without errors.
func fallible[T any](values []T) iter.Seq2[T, error] {
	return func(yield func(T, error) bool) {
		for _, v := range values {
			if !yield(v, nil) {
				return
			}
		}
	}
}

func results(t *testing.T, f *File) string {
	t.Helper()
	var b bytes.Buffer
	w := NewResultWriter(&b, f.Dialect, f.Headings)
	for d := range f.Departures() {
		if err := w.Write(d.Cells, Outcome{"refused", "user.synced", "R-AD-01", "=uit AD; \"ja\""}); err != nil {
			t.Fatal(err)
		}
	}
	if err := w.Flush(); err != nil {
		t.Fatal(err)
	}
	return b.String()
}

func TestResults(t *testing.T) {
	for _, test := range []struct{ name, in, want string }{
		{
			"R-BULK-11 the columns of the input and four more", "\ufeffversion:v1.0;\r\nNote;userPrincipalName\r\n=1+1;a@x.nl\r\n",
			"\ufeffNote;userPrincipalName;outcome;code;rule;message\r\n'=1+1;a@x.nl;refused;user.synced;R-AD-01;\"'=uit AD; \"\"ja\"\"\"\r\n",
		},
		{"without BOM, LF", "upn\na@x.nl\n", "upn,outcome,code,rule,message\na@x.nl,refused,user.synced,R-AD-01,\"'=uit AD; \"\"ja\"\"\"\n"},
		{
			"results of results", "upn,Outcome,code,rule,message\na@x.nl,failed,x,,old\n",
			"upn,outcome,code,rule,message\na@x.nl,refused,user.synced,R-AD-01,\"'=uit AD; \"\"ja\"\"\"\n",
		},
	} {
		t.Run(test.name, func(t *testing.T) {
			if got := results(t, sound(t, test.in, ForDepartures)); got != test.want {
				t.Errorf("got  %q\nwant %q", got, test.want)
			}
		})
	}
	t.Run("no rows", func(t *testing.T) {
		if got := results(t, &File{Headings: []string{"upn"}}); got != "upn,outcome,code,rule,message\r\n" {
			t.Errorf("got %q", got)
		}
	})
	t.Run("a password isn't repeated", func(t *testing.T) {
		for p := range sound(t, create+"\nA,a@x.nl, Geheim ,No,,,,,\n", ForPeople).People() {
			if p.Password != " Geheim " || slices.Contains(p.Cells, p.Password) {
				t.Errorf("password %q, cells %q", p.Password, p.Cells)
			}
		}
	})
}

func TestGuard(t *testing.T) {
	for cell, want := range map[string]string{
		"=1+1": "'=1+1", "+31": "'+31", "-1": "'-1", "@x": "'@x", "\tx": "'\tx", "\rx": "'\rx", "'=x": "''=x", "＝1": "'＝1",
		"": "", "x=1": "x=1", "O'Brien": "O'Brien", "'s": "'s", "'": "'",
	} {
		if got := guard(cell); got != want || unguard(got) != cell {
			t.Errorf("guard(%q) = %q, want %q; back to %q", cell, got, want, unguard(got))
		}
	}
}

// TestWriterRoundTrip writes any rows of any cells and scans them back.
func TestWriterRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		d := Dialect{
			Separator: rapid.SampledFrom([]byte{0, ',', ';', '\t'}).Draw(t, "separator"),
			LineEnd:   rapid.SampledFrom([]string{"", "\n", "\r\n"}).Draw(t, "line end"),
		}
		cell := rapid.OneOf(rapid.String(), rapid.StringMatching(`[',;"=+@ \t\r\n-]{0,5}`))
		rows := rapid.SliceOfN(rapid.SliceOfN(cell, 1, 5), 1, 5).Draw(t, "rows")
		var b bytes.Buffer
		w := NewWriter(&b, d)
		for _, row := range rows {
			if err := w.Write(row...); err != nil {
				t.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			t.Fatal(err)
		}
		s := scanner{text: b.String(), separator: d.separator()}
		for _, want := range rows {
			if !s.next() || s.stray+s.unterminated > 0 {
				t.Fatalf("no sound row for %q in %q", want, b.String())
			}
			var got []string
			for _, c := range s.cells {
				got = append(got, unguard(c))
			}
			if !slices.Equal(got, want) {
				t.Fatalf("got %q, want %q", got, want)
			}
		}
		if s.next() {
			t.Fatalf("one row more: %q", s.cells)
		}
	})
}

// person draws somebody as they can be in a directory.
func person(t *rapid.T, i int) PersonRow {
	printable := rapid.Custom(func(t *rapid.T) string {
		return strings.TrimSpace(rapid.StringOfN(rapid.RuneFrom([]rune(`ab ,;"'=+-@é日👩יم`)), 0, 40, -1).Draw(t, "text"))
	})
	maybe := rapid.SampledFrom([]*bool{nil, new(true), new(false)})
	moment := rapid.Custom(func(t *rapid.T) *time.Time {
		n := rapid.Int64Range(0, 4e9).Draw(t, "seconds")
		if n%3 == 0 {
			return nil
		}
		return new(time.Unix(n, 0).UTC())
	})
	p := PersonRow{
		Row: i + 2, UserPrincipalName: fmt.Sprintf("o'user+%d#EXT#@x.nl", i), ObjectID: fmt.Sprintf("00000000-0000-4000-8000-%012x", i),
		UsageLocation: rapid.SampledFrom([]string{"", "NL", "BE"}).Draw(t, "location"),
		Blocked:       maybe.Draw(t, "blocked"), DirSynced: maybe.Draw(t, "synced"),
		Licenses:       rapid.SampledFrom([][]string{nil, {"E3"}, {"Enterprise Mobility + Security E3", "Visio"}}).Draw(t, "licences"),
		ProxyAddresses: rapid.SampledFrom([][]string{nil, {"SMTP:a+b@x.nl", "smtp:c@x.nl"}, {"X500:/o=a", "SIP:a@x.nl"}}).Draw(t, "addresses"),
		DeletedAt:      moment.Draw(t, "deleted"), CreatedAt: moment.Draw(t, "created"),
	}
	for _, text := range personTexts {
		*text.in(&p) = printable.Draw(t, "text")
	}
	return p
}

func TestUsersExportRoundTrip(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		var people []PersonRow
		for i := range rapid.IntRange(1, 4).Draw(t, "people") {
			people = append(people, person(t, i))
		}
		d := Dialect{Separator: rapid.SampledFrom([]byte{',', ';', '\t'}).Draw(t, "separator"), BOM: rapid.Bool().Draw(t, "bom")}
		var b bytes.Buffer
		if err := WriteUsersExport(&b, d, fallible(people)); err != nil {
			t.Fatal(err)
		}
		f, err := Read(&b, Options{})
		if err != nil || f.Format != UsersExport || f.Err() != nil {
			t.Fatalf("%v, %s, %v", err, f.Format, f.Problems)
		}
		if f.Dialect.BOM != d.BOM || f.Dialect.Separator != d.Separator {
			t.Errorf("dialect %+v, want %+v", f.Dialect, d)
		}
		var got []PersonRow
		for p := range f.People() {
			p.Cells = nil
			got = append(got, p)
		}
		if !reflect.DeepEqual(got, people) {
			t.Fatalf("got  %+v\nwant %+v", got, people)
		}
	})
}

func TestDeletedUsersReadBackAsRestores(t *testing.T) {
	at := time.Date(2026, 11, 1, 9, 0, 0, 0, time.UTC)
	var b bytes.Buffer
	err := WriteDeletedUsers(&b, Dialect{}, fallible([]DeletedRow{
		{annaID, "anna@x.nl", "=Anna", []string{"E3", "Visio"}, at, at.AddDate(0, 0, 30), 12},
	}))
	if err != nil {
		t.Fatal(err)
	}
	if want := annaID + ",anna@x.nl,'=Anna,E3+Visio,2026-11-01 09:00:00Z,2026-12-01 09:00:00Z,12\r\n"; !strings.HasSuffix(b.String(), "Days left\r\n"+want) {
		t.Errorf("got %q", b.String())
	}
	n := 0
	for r := range sound(t, b.String(), ForRestores).Restores() {
		n++
		if r.ObjectID != annaID {
			t.Errorf("got %q", r.ObjectID)
		}
	}
	if n != 1 {
		t.Errorf("got %d rows, want 1", n)
	}
}

func TestBulkDeleteTemplate(t *testing.T) {
	t.Run("R-BULK-10 filled in as it says", func(t *testing.T) {
		var b bytes.Buffer
		if err := WriteBulkDeleteTemplate(&b, Dialect{}); err != nil {
			t.Fatal(err)
		}
		f := sound(t, b.String()+"a@x.nl\r\n", ForAny)
		if f.Format != EntraBulkDelete || f.Rows != 1 {
			t.Errorf("got %s with %d rows", f.Format, f.Rows)
		}
	})
}

func TestWriteTable(t *testing.T) {
	broken := errors.New("database went away")
	var b bytes.Buffer
	err := WriteTable(&b, Dialect{LineEnd: "\n"}, []string{"when", "who"}, func(yield func([]string, error) bool) {
		_ = yield([]string{"now", ""}, nil) && yield(nil, broken)
	})
	if !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
	if err := WriteTable(&b, Dialect{LineEnd: "\n"}, []string{"when"}, fallible([][]string{{""}, {"a,b"}})); err != nil || b.String() != "when\n\"\"\n\"a,b\"\n" {
		t.Errorf("got %v %q", err, b.String())
	}
	if err := WriteTable(failingWriter{broken}, Dialect{}, []string{"when"}, fallible([][]string{})); !errors.Is(err, broken) {
		t.Errorf("got %v, want %v", err, broken)
	}
}

type failingWriter struct{ err error }

func (w failingWriter) Write([]byte) (int, error) { return 0, w.err }
