package tabular

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"runtime"
	"strings"
	"testing"
	"time"
	"unicode/utf8"
)

// FuzzRead reads anything for any purpose. Whatever comes in, what comes out is
// either problems or rows that a later step can trust.
func FuzzRead(f *testing.F) {
	for _, text := range []string{
		addOld + "\na@x.nl,A,B,\"A \"\"B\"\"\",,,,+31,,,,,,,\n", export + "\n", "version:v1.0,,\n" + create + "\nExample: x,,,\nA,a@x.nl,pw,No\n",
		choice + "\na@x.nl,ja,,b@x.nl,,auto,same,all,none,0\n", "sep=;\r\rupn;hold\ra@x.nl;'=1\r", "PK\x03\x04", "\xff\xfe\x00\xd8",
		encode("upn\na@x.nl\n", binary.BigEndian), "version:v1.0\nObject ID [objectId] Required\n" + annaID + "\n",
		"User principal name,Display name,Proxy addresses,Licenses,When created\na@x.nl,\"A\nB\",a+b@x+,+ +,1/1/2024\n",
	} {
		for purpose := range 4 {
			f.Add([]byte(text), purpose)
		}
	}
	f.Fuzz(func(t *testing.T, raw []byte, purpose int) {
		file, err := Read(bytes.NewReader(raw), Options{For: Purpose(uint(purpose) % 4), MaxRows: 1000})
		if err != nil {
			t.Fatalf("reading from memory: %v", err)
		}
		rows := 0
		for p := range file.People() {
			rows++
			checkRow(t, p.Row, p.Cells, file)
			if p.UserPrincipalName == "" || !utf8.ValidString(p.DisplayName) || hasControl(p.DisplayName, false) || len(p.UsageLocation) == 1 {
				t.Errorf("person %+v", p)
			}
		}
		for d := range file.Departures() {
			rows++
			checkRow(t, d.Row, d.Cells, file)
			if !ValidUPN(d.User) && !isGUID(d.User) || d.MailTo != nil && !ValidUPN(*d.MailTo) && !isGUID(*d.MailTo) {
				t.Errorf("departure %+v", d)
			}
		}
		for r := range file.Restores() {
			rows++
			checkRow(t, r.Row, r.Cells, file)
			if !isGUID(r.ObjectID) {
				t.Errorf("restore %+v", r)
			}
		}
		if len(file.Problems) == 0 && (rows != file.Rows || rows == 0) {
			t.Errorf("%d rows came out, %d were counted", rows, file.Rows)
		}
		if len(file.Problems) > 0 && rows > 0 {
			t.Errorf("%d rows came out of a file with problems", rows)
		}
	})
}

func checkRow(t *testing.T, row int, cells []string, file *File) {
	t.Helper()
	if row < 2 || len(cells) != len(file.Headings) {
		t.Errorf("row %d has %d cells for %d headings", row, len(cells), len(file.Headings))
	}
}

// manyDepartures is a file of n people who leave.
func manyDepartures(n int) string {
	var b strings.Builder
	b.WriteString(choice + "\r\n")
	for i := range n {
		fmt.Fprintf(&b, "voornaam.achternaam%06d@lindeboom.example,true,,bram.jansen@lindeboom.example,\"Mail van %d, oud\",auto,same,all,,nee\r\n", i, i)
	}
	return b.String()
}

func TestHundredThousandRows(t *testing.T) {
	const n = 100_000
	text := manyDepartures(n)
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	start := time.Now()
	f := sound(t, text, ForDepartures)
	runtime.GC()
	runtime.ReadMemStats(&after)
	rows := 0
	for range f.Departures() {
		rows++
	}
	took := time.Since(start)
	t.Logf("%d rows, %d bytes, in %v; kept %d KiB", rows, len(text), took, (int64(after.HeapAlloc)-int64(before.HeapAlloc))>>10)
	if rows != n {
		t.Errorf("got %d rows, want %d", rows, n)
	}
	if kept := int64(after.HeapAlloc) - int64(before.HeapAlloc); kept > 3*int64(len(text)) {
		t.Errorf("keeps %d bytes for a file of %d", kept, len(text))
	}
	runtime.KeepAlive(f)
	runtime.KeepAlive(text)
}

func BenchmarkDepartures100000(b *testing.B) {
	text := manyDepartures(100_000)
	b.SetBytes(int64(len(text)))
	b.ReportAllocs()
	for b.Loop() {
		f, err := Read(strings.NewReader(text), Options{For: ForDepartures})
		if err != nil || f.Err() != nil {
			b.Fatal(err, f.Err())
		}
		var out bytes.Buffer
		w := NewResultWriter(&out, f.Dialect, f.Headings)
		for d := range f.Departures() {
			if err := w.Write(d.Cells, Outcome{Outcome: "done"}); err != nil {
				b.Fatal(err)
			}
		}
		if err := w.Flush(); err != nil {
			b.Fatal(err)
		}
	}
}

func BenchmarkPeople100000(b *testing.B) {
	var text strings.Builder
	text.WriteString(export + "\r\n")
	for i := range 100_000 {
		fmt.Fprintf(&text, "False,Utrecht,NL,Zorg,False,Naam %d,Naam,Achternaam,Office 365 E3+Visio Plan 2,0612345678,00000000-0000-4000-8000-%012x,B2,030,3511AB,nl-NL,"+
			"SMTP:u%d@x.nl+smtp:v%d@x.nl,,UT,Dam 1,Docent,NL,u%d@x.nl,2024-05-21 08:11:33Z\r\n", i, i, i, i, i)
	}
	b.SetBytes(int64(text.Len()))
	b.ReportAllocs()
	for b.Loop() {
		f, err := Read(strings.NewReader(text.String()), Options{For: ForPeople})
		if err != nil || f.Err() != nil {
			b.Fatal(err, f.Err())
		}
		n := 0
		for range f.People() {
			n++
		}
		if n != 100_000 {
			b.Fatal(n)
		}
	}
}
