package graph

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"leaver/internal/wire"
)

// Limits of a path: longer ones are nobody's.
const (
	maxPath     = 8 << 10
	maxSegments = 64

	usualSegments = 8
)

// vocabulary are the words of the routes, by their lower-case form. What isn't
// in it is a key. Graph's paths are matched without regard to case, in two
// spellings of a key and two of a type.
type vocabulary map[string]string

// learn takes up the words of a route's pattern.
func (v vocabulary) learn(pattern string) {
	_, path, _ := strings.Cut(pattern, " ")
	for word := range strings.SplitSeq(path, "/") {
		if word != "" && word[0] != '{' {
			v[strings.ToLower(word)] = word
		}
	}
}

// address is a path in the one spelling that the routes know.
type address struct {
	version  string
	segments []string // unescaped
}

// parse brings a path, as it came in the request line, into that spelling:
//
//	/V1.0//Users('anne%40d')/MemberOf/graph.group -> users, anne@d, memberOf, microsoft.graph.group
//	/v1.0/me/drive/root:/a/b.txt:/content         -> me, drive, root, path, a/b.txt, content
func (v vocabulary) parse(escaped string) (address, error) {
	var a address
	if len(escaped) > maxPath {
		return a, &wire.Fault{Status: http.StatusRequestURITooLong, Code: "BadRequest", Message: "The address is too long."}
	}
	raw := make([]string, 0, usualSegments)
	for segment := range strings.SplitSeq(escaped, "/") {
		if segment == "" {
			continue // clients double slashes
		}
		plain, err := url.PathUnescape(segment)
		if err != nil || climbing(plain) || !wire.IsText(plain) {
			return a, badPath()
		}
		raw = append(raw, plain)
	}
	if len(raw) == 0 || len(raw) > maxSegments {
		return a, badPath()
	}
	a.version = strings.ToLower(raw[0])
	a.segments = make([]string, 0, len(raw)+1)
	v.read(&a, raw[1:])
	if slices.ContainsFunc(a.segments, climbing) {
		return a, badPath() // id='' or users('..')
	}
	return a, nil
}

// climbing says that a mux would take a segment for a step, not for a name.
func climbing(segment string) bool { return segment == "" || segment == "." || segment == ".." }

func badPath() *wire.Fault {
	return wire.BadRequest("BadRequest", "Invalid request path.")
}

// read turns segments into words and keys.
func (v vocabulary) read(a *address, raw []string) {
	for i := 0; i < len(raw); i++ {
		segment := raw[i]
		if base, ok := v.anchor(segment, raw[:i]); ok {
			a.segments = append(a.segments, base)
			i += a.climb(raw[i+1:])
			continue
		}
		if word, ok := v.word(segment); ok {
			a.segments = append(a.segments, word)
			continue
		}
		name, key, called := invocation(segment)
		word, ok := v.word(name)
		switch {
		case !called || !ok:
			a.segments = append(a.segments, named(segment))
		case key == "" && strings.HasSuffix(segment, "()"):
			a.segments = append(a.segments, word) // delta()
		default:
			a.segments = append(a.segments, word, named(key))
		}
	}
}

// word finds a word in any case; a type has a short spelling, and an operation
// may carry the name of its namespace.
func (v vocabulary) word(segment string) (string, bool) {
	lower := strings.ToLower(segment)
	if w, ok := v[lower]; ok {
		return w, true
	}
	short, spaced := strings.CutPrefix(strings.TrimPrefix(lower, "microsoft."), "graph.")
	if !spaced {
		return "", false
	}
	if w, ok := v["microsoft.graph."+short]; ok {
		return w, true
	}
	w, ok := v[short]
	return w, ok
}

// anchor finds the item that a path of names begins at: "root:" or, behind
// "items", "{id}:".
func (v vocabulary) anchor(segment string, before []string) (base string, ok bool) {
	base, ok = strings.CutSuffix(segment, ":")
	if !ok {
		return "", false
	}
	if strings.EqualFold(base, "root") {
		return "root", true
	}
	return base, base != "" && len(before) > 0 && strings.EqualFold(before[len(before)-1], "items")
}

// climb takes the names of a path up to the colon that ends it and says how
// many segments that was.
func (a *address) climb(rest []string) int {
	var names []string
	for _, segment := range rest {
		if last, ended := strings.CutSuffix(segment, ":"); ended {
			if last != "" {
				names = append(names, last)
			}
			a.path(names)
			if last == "" {
				return len(names) + 1
			}
			return len(names)
		}
		names = append(names, segment)
	}
	a.path(names)
	return len(rest)
}

func (a *address) path(names []string) {
	if len(names) > 0 {
		a.segments = append(a.segments, "path", strings.Join(names, "/"))
	}
}

// invocation takes name(key) apart.
func invocation(segment string) (name, key string, ok bool) {
	open := strings.IndexByte(segment, '(')
	if open <= 0 || !strings.HasSuffix(segment, ")") {
		return "", "", false
	}
	return segment[:open], unquote(segment[open+1 : len(segment)-1]), true
}

// unquote reads a key: 'it”s' or name='it”s' or bare.
func unquote(key string) string {
	name, value, isNamed := strings.Cut(key, "=")
	if isNamed && !strings.ContainsRune(name, '\'') {
		return name + "=" + unquote(value)
	}
	if len(key) >= 2 && key[0] == '\'' && key[len(key)-1] == '\'' {
		return strings.ReplaceAll(key[1:len(key)-1], "''", "'")
	}
	return key
}

// named takes the names off keys that go by their value; alternate keys keep
// theirs.
func named(key string) string {
	name, value, ok := strings.Cut(key, "=")
	if ok && (strings.EqualFold(name, "id") || strings.EqualFold(name, "userPrincipalName")) {
		return unquote(value)
	}
	if ok && (strings.EqualFold(name, "roleTemplateId") || strings.EqualFold(name, "commerceSubscriptionId")) {
		return strings.ToLower(name) + "=" + unquote(value)
	}
	return key
}

// url is the address as the mux reads it.
func (a *address) url() *url.URL {
	path := make([]byte, 0, 64) // most are shorter
	for _, s := range a.segments {
		path = append(append(path, '/'), s...)
	}
	if len(path) == 0 {
		path = append(path, '/')
	}
	plain := string(path)
	if !slices.ContainsFunc(a.segments, func(s string) bool { return strings.ContainsFunc(s, special) }) {
		return &url.URL{Path: plain}
	}
	var escaped strings.Builder
	for _, s := range a.segments {
		escaped.WriteByte('/')
		escaped.WriteString(url.PathEscape(s))
	}
	return &url.URL{Path: plain, RawPath: escaped.String()}
}

// special says that a character may have to be escaped in a path, or be part of a
// key that looks like two.
func special(c rune) bool {
	switch {
	case c >= 'a' && c <= 'z', c >= 'A' && c <= 'Z', c >= '0' && c <= '9', c == '-', c == '.', c == '@', c == '$':
		return false
	}
	return true
}

// is says that the address begins with these words.
func (a *address) is(words ...string) bool {
	if len(a.segments) < len(words) {
		return false
	}
	for i, w := range words {
		if a.segments[i] != w {
			return false
		}
	}
	return true
}
