package tabular

import (
	"fmt"
	"io"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// Encoding is how the characters of a file are stored.
type Encoding string

// The encodings that are read. Files are always written in UTF-8.
const (
	UTF8    Encoding = "utf-8"
	UTF16LE Encoding = "utf-16le"
	UTF16BE Encoding = "utf-16be"
)

const byteOrderMark = "\ufeff"

// load reads the whole file, up to the limit, and turns it into UTF-8.
func (f *File) load(r io.Reader, maxBytes int64, out *reporter) error {
	var b strings.Builder
	n, err := io.Copy(&b, io.LimitReader(r, maxBytes+1))
	if err != nil {
		return fmt.Errorf("read csv: %w", err)
	}
	if n > maxBytes {
		out.problem(0, 0, TooLarge, args{"max": size(maxBytes)})
		return nil
	}
	raw := b.String()
	if isWorkbook(raw) {
		out.problem(0, 0, ExcelWorkbook, nil)
		return nil
	}
	f.Encoding = detectEncoding(raw)
	switch f.Encoding {
	case UTF16LE:
		raw = fromUTF16(raw, 0)
	case UTF16BE:
		raw = fromUTF16(raw, 1)
	case UTF8:
	}
	f.text, f.Dialect.BOM = strings.CutPrefix(raw, byteOrderMark)
	switch {
	case strings.IndexByte(f.text, 0) >= 0:
		out.problem(0, 0, Binary, nil)
	case strings.TrimSpace(f.text) == "":
		out.problem(0, 0, Empty, nil)
	}
	return nil
}

// isWorkbook recognises the files that Excel makes when nobody chooses CSV: the
// zip of .xlsx (and .ods) and the older .xls.
func isWorkbook(raw string) bool {
	return strings.HasPrefix(raw, "PK\x03\x04") || strings.HasPrefix(raw, "\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1")
}

// detectEncoding looks at the byte order mark and, where there is none, at where
// the zero bytes are: headings are plain letters, so every other byte of UTF-16
// is zero at the start of the file.
func detectEncoding(raw string) Encoding {
	switch {
	case strings.HasPrefix(raw, "\xff\xfe"):
		return UTF16LE
	case strings.HasPrefix(raw, "\xfe\xff"):
		return UTF16BE
	}
	var zeros [2]int
	sample := min(len(raw), 256)
	for i := range sample {
		if raw[i] == 0 {
			zeros[i%2]++
		}
	}
	few, most := sample/20, sample*2/5
	switch {
	case zeros[1] >= most && zeros[0] <= few && most > 0:
		return UTF16LE
	case zeros[0] >= most && zeros[1] <= few && most > 0:
		return UTF16BE
	}
	return UTF8
}

// fromUTF16 turns UTF-16 into UTF-8; low is where in each pair the low byte
// stands. What can't be decoded becomes a byte that isn't UTF-8, so that it is
// reported with its row and column later.
func fromUTF16(raw string, low int) string {
	var b strings.Builder
	b.Grow(len(raw)/2 + len(raw)/8)
	unit := func(i int) rune {
		return rune(raw[i+low]) | rune(raw[i+1-low])<<8
	}
	for i := 0; i+1 < len(raw); i += 2 {
		c := unit(i)
		if utf16.IsSurrogate(c) {
			pair := rune(utf8.RuneError)
			if i+3 < len(raw) {
				pair = utf16.DecodeRune(c, unit(i+2))
			}
			if pair == utf8.RuneError {
				b.WriteByte(0xff)
				continue
			}
			c, i = pair, i+2
		}
		b.WriteRune(c)
	}
	if len(raw)%2 == 1 {
		b.WriteByte(0xff)
	}
	return b.String()
}

func containsReplacement(s string) bool { return strings.ContainsRune(s, utf8.RuneError) }
