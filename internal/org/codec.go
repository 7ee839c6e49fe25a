package org

import (
	"bytes"
	"encoding/json"
	"strconv"
	"time"
	"unicode/utf8"
)

// codec goes through the fields of a value in their order and writes them as JSON,
// or reads what it would have written: what it does not know it does not skip, and
// is lost. Zero values are left out, but for must.
type codec struct {
	b     []byte // written so far, or left to read
	reads bool
	lost  bool
}

// sign writes a character, or takes it if it is the next one.
func (c *codec) sign(s byte) bool {
	if !c.reads {
		c.b = append(c.b, s)
		return true
	}
	if len(c.b) == 0 || c.b[0] != s {
		return false
	}
	c.b = c.b[1:]
	return true
}

func (c *codec) expect(s byte) { c.lost = !c.sign(s) || c.lost }

// name begins a field; false when the one to read is another.
func (c *codec) name(name string) bool {
	if !c.reads {
		if c.b[len(c.b)-1] != '{' {
			c.b = append(c.b, ',')
		}
		c.b = append(append(append(c.b, '"'), name...), '"', ':')
		return true
	}
	b := c.b
	if len(b) > 0 && b[0] == ',' {
		b = b[1:]
	}
	n := len(name)
	if len(b) < n+3 || b[0] != '"' || b[n+1] != '"' || b[n+2] != ':' || string(b[1:n+1]) != name {
		return false
	}
	c.b = b[n+3:]
	return true
}

func (c *codec) object(fields func()) {
	c.expect('{')
	fields()
	c.expect('}')
}

func elements[T any](c *codec, all *[]T, each func(*T)) {
	c.expect('[')
	if c.reads {
		*all = []T{}
		for !c.lost && !c.sign(']') {
			if len(*all) > 0 {
				c.expect(',')
			}
			*all = append(*all, *new(T))
			each(&(*all)[len(*all)-1])
		}
		return
	}
	for i := range *all {
		if i > 0 {
			c.b = append(c.b, ',')
		}
		each(&(*all)[i])
	}
	c.b = append(c.b, ']')
}

func objects[T any](c *codec, name string, all *[]T, fields func(*T)) {
	if (c.reads || len(*all) > 0) && c.name(name) {
		elements(c, all, func(v *T) { c.object(func() { fields(v) }) })
	}
}

func texts[T ~string](c *codec, name string, all *[]T) {
	if (c.reads || len(*all) > 0) && c.name(name) {
		elements(c, all, func(v *T) { value(c, v) })
	}
}

func part[T any](c *codec, name string, v **T, fields func(*T)) {
	if (c.reads || *v != nil) && c.name(name) {
		if c.reads {
			*v = new(T)
		}
		c.object(func() { fields(*v) })
	}
}

func must[T ~string](c *codec, name string, v *T) {
	if c.name(name) {
		value(c, v)
	}
}

func str[T ~string](c *codec, name string, v *T) {
	if (c.reads || *v != "") && c.name(name) {
		value(c, v)
	}
}

func number[T ~int | ~int64](c *codec, name string, v *T) {
	switch {
	case !c.reads && *v == 0, !c.name(name):
	case !c.reads:
		c.b = strconv.AppendInt(c.b, int64(*v), 10)
	default:
		end := bytes.IndexAny(c.b, ",}")
		n, err := strconv.ParseInt(string(c.b[:max(end, 0)]), 10, strconv.IntSize)
		*v, c.b, c.lost = T(n), c.b[max(end, 0):], c.lost || err != nil
	}
}

func (c *codec) flag(name string, v *bool) {
	if (c.reads || *v) && c.name(name) {
		c.bool(v)
	}
}

func (c *codec) bool(v *bool) {
	if !c.reads {
		c.b = strconv.AppendBool(c.b, *v)
		return
	}
	var yes, no bool
	if c.b, yes = bytes.CutPrefix(c.b, []byte("true")); !yes {
		c.b, no = bytes.CutPrefix(c.b, []byte("false"))
	}
	*v, c.lost = yes, c.lost || !yes && !no
}

func (c *codec) time(name string, v *time.Time) {
	switch {
	case !c.reads && v.IsZero(), !c.name(name):
	case !c.reads:
		c.b = append(v.AppendFormat(append(c.b, '"'), time.RFC3339Nano), '"')
	default:
		c.lost = v.UnmarshalText([]byte(c.quoted())) != nil || c.lost
	}
}

func value[T ~string](c *codec, v *T) {
	if !c.reads {
		c.b = AppendText(c.b, string(*v))
		return
	}
	*v = T(c.quoted())
}

// quoted takes a text.
func (c *codec) quoted() string {
	end, plain := 1, true
	for end < len(c.b) && c.b[end] != '"' {
		if c.b[end] == '\\' {
			plain = false
			end++
		}
		end++
	}
	if end >= len(c.b) || c.b[0] != '"' {
		c.lost = true
		return ""
	}
	quoted := c.b[:end+1]
	c.b = c.b[end+1:]
	if plain {
		return string(quoted[1:end])
	}
	var s string
	c.lost = json.Unmarshal(quoted, &s) != nil || c.lost
	return s
}

// AppendText writes a text as encoding/json does.
func AppendText(b []byte, s string) []byte {
	for i := 0; i < len(s); i++ {
		if c := s[i]; c < ' ' || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' || c >= utf8.RuneSelf && !plain(s[i:]) {
			text, err := json.Marshal(s)
			if err != nil {
				text = []byte(`""`) // cannot happen: a text can always be written
			}
			return append(b, text...)
		} else if c >= utf8.RuneSelf {
			_, n := utf8.DecodeRuneInString(s[i:])
			i += n - 1
		}
	}
	return append(append(append(b, '"'), s...), '"')
}

// plain says that the character that a text begins with is written as it is.
func plain(s string) bool {
	r, n := utf8.DecodeRuneInString(s)
	return (r != utf8.RuneError || n > 1) && r != '\u2028' && r != '\u2029'
}
