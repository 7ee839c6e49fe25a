package wire

import (
	"bytes"
	"encoding/json"
	"strings"
)

// few is how many names of an object are compared one by one; more go into a map.
const few = 32

// Repeated finds a property that an object of a JSON text gives twice, in any
// case and at any depth. Readers of JSON disagree on which of the two counts, and
// in a list ours would mix them with those of another object: such a text is
// refused. A text that is no JSON is left to whoever parses it.
func Repeated(text []byte) (name string, found bool) {
	s := scan{text: text}
	for s.at < len(text) {
		switch c := text[s.at]; c {
		case '{', '[':
			s.open = append(s.open, level{list: c == '[', first: len(s.names)})
			s.named = c == '{'
		case '}', ']':
			s.close()
		case ',':
			s.named = len(s.open) > 0 && !s.open[len(s.open)-1].list
		case '"':
			quoted := s.quoted()
			if s.named && s.add(quoted) {
				return string(quoted), true
			}
			s.named = false
			continue
		}
		s.at++
	}
	return "", false
}

// scan walks over a JSON text.
type scan struct {
	text  []byte
	at    int
	named bool     // the next text is the name of a property
	names [][]byte // of all objects that are open
	open  []level
}

// level is an object or a list that is open.
type level struct {
	list  bool
	first int // its first name
	many  map[string]bool
}

func (s *scan) close() {
	if n := len(s.open); n > 0 {
		s.names = s.names[:s.open[n-1].first]
		s.open = s.open[:n-1]
	}
	s.named = false
}

// quoted takes a text without its quotes, as it is when read.
func (s *scan) quoted() []byte {
	begin, escaped := s.at, false
	for s.at++; s.at < len(s.text) && s.text[s.at] != '"'; s.at++ {
		if s.text[s.at] == '\\' {
			escaped = true
			s.at++
		}
	}
	s.at++
	end := min(s.at, len(s.text))
	if escaped {
		var plain string
		if json.Unmarshal(s.text[begin:end], &plain) == nil {
			return []byte(plain)
		}
	}
	return bytes.Trim(s.text[begin:end], `"`)
}

// add notes a name of the innermost object and says whether it was there.
func (s *scan) add(name []byte) bool {
	in := &s.open[len(s.open)-1]
	own := s.names[in.first:]
	if len(own) < few {
		for _, n := range own {
			if bytes.EqualFold(n, name) {
				return true
			}
		}
		s.names = append(s.names, name)
		return false
	}
	if in.many == nil {
		in.many = make(map[string]bool, 2*few)
		for _, n := range own {
			in.many[strings.ToLower(string(n))] = true
		}
	}
	key := strings.ToLower(string(name))
	if in.many[key] {
		return true
	}
	in.many[key] = true
	return false
}
