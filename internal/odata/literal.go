package odata

import (
	"math"
	"strconv"
	"strings"
	"time"
)

// guidLength is the length of a GUID in its usual form with dashes.
const guidLength = 36

// isGUID says whether text is a GUID with dashes and without braces.
func isGUID(text string) bool {
	if len(text) != guidLength {
		return false
	}
	for i := range guidLength {
		c := text[i]
		if i == 8 || i == 13 || i == 18 || i == 23 {
			if c != '-' {
				return false
			}
		} else if !isHex(c) {
			return false
		}
	}
	return true
}

func isHex(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

// bareLiteral reads a constant that begins with a digit or a minus: a number, a
// date or a moment. It reports false when the text is none of them.
func bareLiteral(raw string) (Literal, bool) {
	if t, kind, ok := parseTime(raw); ok {
		return Literal{Kind: kind, Value: t, Raw: raw}, true
	}
	if n, err := strconv.ParseInt(raw, 10, 64); err == nil {
		return Literal{Kind: Int, Value: n}, true
	}
	// ParseFloat also takes hexadecimal, "Inf" and underscores, OData doesn't.
	if strings.Trim(raw, "0123456789.eE+-") != "" {
		return Literal{}, false
	}
	f, err := strconv.ParseFloat(raw, 64)
	if err != nil || math.IsInf(f, 0) {
		return Literal{}, false
	}
	return Literal{Kind: Decimal, Value: f, Raw: raw}, true
}

// parseTime reads a date or a moment with its zone; seconds may be left out.
func parseTime(raw string) (time.Time, LiteralKind, bool) {
	if len(raw) < len(time.DateOnly) || raw[4] != '-' {
		return time.Time{}, Null, false
	}
	if len(raw) == len(time.DateOnly) {
		t, err := time.Parse(time.DateOnly, raw)
		return t, Date, err == nil
	}
	upper := strings.ToUpper(raw)
	t, err := time.Parse(time.RFC3339, upper)
	if err != nil {
		t, err = time.Parse("2006-01-02T15:04Z07:00", upper)
	}
	return t.UTC(), DateTime, err == nil
}
