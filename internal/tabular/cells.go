package tabular

import (
	"strings"
	"time"
	"unicode/utf8"
)

// text reads a cell that people will read.
func (in *record) text(f field, longest int) string {
	cell := strings.TrimSpace(unguard(in.raw(f)))
	in.checkLength(f, cell, longest)
	return cell
}

func (in *record) checkLength(f field, cell string, longest int) {
	if len(cell) > longest && utf8.RuneCountInString(cell) > longest {
		in.problem(f, TooLong, args{"max": longest})
	}
}

// maxList is how long a list of addresses or products may be.
const maxList = 64 << 10

// list reads a cell that holds several things. One that is too long is reported
// and not taken apart.
func (in *record) list(f field) string {
	cell := in.key(f)
	if len(cell) > maxList {
		in.problem(f, TooLong, args{"max": maxList})
		return ""
	}
	return cell
}

// truth reads a cell that says yes or no; an empty one says neither.
func (in *record) truth(f field) *bool {
	cell := in.key(f)
	if cell == "" {
		return nil
	}
	value, ok := parseBool(cell)
	if !ok {
		in.problem(f, BadBool, args{"value": shown(cell)})
		return nil
	}
	if in.file.layout.inverse[f] {
		value = !value
	}
	return &value
}

// parseBool reads the words for yes and no that the formats and their Dutch
// translations use.
func parseBool(cell string) (value, ok bool) {
	switch strings.ToLower(cell) {
	case "true", "yes", "1", "ja", "waar":
		return true, true
	case "false", "no", "0", "nee", "onwaar":
		return false, true
	}
	return false, false
}

// moment reads a cell that says when something happened, in UTC.
func (in *record) moment(f field) *time.Time {
	cell := in.key(f)
	if cell == "" {
		return nil
	}
	at, ok := parseTime(cell)
	if !ok {
		in.problem(f, BadDate, args{"value": shown(cell)})
		return nil
	}
	return &at
}

// parseTime reads the ways in which Microsoft 365, Entra and a Dutch Excel write
// a time. With slashes the month comes first, with dashes the day, and what
// doesn't name its zone is UTC: that is how those programs mean it.
func parseTime(cell string) (time.Time, bool) {
	cell = strings.ReplaceAll(strings.ReplaceAll(cell, "\u202f", " "), "\u00a0", " ") // newer systems put those before AM
	cell = strings.ToUpper(cell)
	for _, layout := range [...]string{
		"2006-01-02 15:04:05Z07:00", time.RFC3339, "2006-01-02 15:04:05", "2006-01-02T15:04:05", "2006-01-02 15:04", "2006-01-02",
		"1/2/2006 3:04:05 PM", "1/2/2006 3:04 PM", "1/2/2006 15:04:05", "1/2/2006 15:04", "1/2/2006",
		"2-1-2006 15:04:05", "2-1-2006 15:04", "2-1-2006",
	} {
		if at, err := time.Parse(layout, cell); err == nil {
			return at.UTC(), true
		}
	}
	return time.Time{}, false
}

// guid reads a cell that holds an object id, in lower case.
func (in *record) guid(f field) string {
	cell := in.key(f)
	if cell != "" && !isGUID(cell) {
		in.problem(f, BadGUID, args{"value": shown(cell)})
	}
	return strings.ToLower(cell)
}

func isGUID(s string) bool {
	if len(s) != 36 {
		return false
	}
	for i := range len(s) {
		c := s[i]
		dash := i == 8 || i == 13 || i == 18 || i == 23
		hex := c >= '0' && c <= '9' || c >= 'a' && c <= 'f' || c >= 'A' && c <= 'F'
		if dash != (c == '-') || !dash && !hex {
			return false
		}
	}
	return true
}

// somebody reads a cell that names a user, by user principal name or id.
func (in *record) somebody(f field) string {
	cell := in.key(f)
	if cell != "" && !ValidUPN(cell) && !isGUID(cell) {
		in.problem(f, BadUPN, args{"value": shown(cell)})
	}
	return cell
}

// The longest user principal name: 64 characters, an @ and 48.
const maxUPN = 113

// ValidUPN says whether s is written as a user principal name. It doesn't say
// that the domain is one of the organization's, or that the name exists.
func ValidUPN(s string) bool {
	local, domain, ok := strings.Cut(s, "@")
	if !ok || len(s) > maxUPN || local == "" || local[0] == '.' || local[len(local)-1] == '.' {
		return false
	}
	for i := range len(local) {
		// The + isn't allowed for members and is found in the names of guests.
		if c := local[i]; !isAlphanumeric(c) && strings.IndexByte("'.-_!#^~+", c) < 0 {
			return false
		}
	}
	return validDomain(domain)
}

func validDomain(domain string) bool {
	labels := 0
	for label := range strings.SplitSeq(domain, ".") {
		labels++
		if label == "" || len(label) > 63 || label[0] == '-' || label[len(label)-1] == '-' {
			return false
		}
		for i := range len(label) {
			if !isAlphanumeric(label[i]) && label[i] != '-' {
				return false
			}
		}
	}
	return labels > 1
}

func isAlphanumeric(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9'
}
