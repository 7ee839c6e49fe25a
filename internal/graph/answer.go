package graph

import (
	"net/http"
	"strconv"
	"sync"
	"time"

	"leaver/internal/wire"
)

// buffers are kept between answers: a page of people takes some 50 kB.
var buffers = sync.Pool{New: func() any { return new([]byte) }}

// maxKept is how large a buffer is worth keeping.
const maxKept = 1 << 20

// write answers with what build appends.
func (c *call) write(w http.ResponseWriter, status int, build func(dst []byte) []byte) {
	held, _ := buffers.Get().(*[]byte)
	body := build((*held)[:0])
	wire.Bytes(w, status, c.contentType(), body)
	if cap(body) <= maxKept {
		*held = body
		buffers.Put(held)
	}
}

// appendContext begins an object with its @odata.context.
func (c *call) appendContext(dst []byte, context string) []byte {
	dst = append(dst, '{')
	if c.level == none || context == "" {
		return dst
	}
	dst = appendName(dst, "@odata.context")
	return appendString(dst, c.base+"/$metadata#"+context)
}

// list is what a collection says beside its rows.
type list struct {
	context string
	next    string
	delta   string
	count   *int64
}

// collection answers with a collection; one appends the row with a number.
func (c *call) collection(w http.ResponseWriter, l list, n int, one func(dst []byte, i int) []byte) {
	c.write(w, http.StatusOK, func(dst []byte) []byte {
		dst = c.appendContext(dst, l.context)
		if l.count != nil {
			dst = strconv.AppendInt(appendName(dst, "@odata.count"), *l.count, 10)
		}
		if l.next != "" {
			dst = appendString(appendName(dst, "@odata.nextLink"), l.next)
		}
		if l.delta != "" {
			dst = appendString(appendName(dst, "@odata.deltaLink"), l.delta)
		}
		dst = append(appendName(dst, "value"), '[')
		for i := range n {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = one(dst, i)
		}
		return append(dst, ']', '}')
	})
}

// number answers $count. R-API-13
func number(w http.ResponseWriter, n int64) {
	wire.Bytes(w, http.StatusOK, "text/plain; charset=utf-8", strconv.AppendInt(nil, n, 10))
}

// thing is an object of the answers that are not people: its type, and its
// properties in order.
type thing struct {
	typ   string // without namespace; "" for a part of another thing
	path  string // below the base, for @odata.id
	props []prop
}

type prop struct {
	name  string
	value any // string, bool, int, int64, time.Time, []string, thing, []thing, raw or nil
}

// raw is JSON that is ready.
type raw []byte

// put adds a property.
func (t *thing) put(name string, value any) { t.props = append(t.props, prop{name, value}) }

// style is how things are written in one answer.
type style struct {
	level level
	base  string
	typed bool // say the type of each: the collection holds several
	pick  []string
	model *modelType
}

// style is how the things of this call are written.
func (c *call) style(t *modelType, pick []string) style {
	return style{level: c.level, base: c.base, pick: pick, model: t}
}

// append appends a thing behind what its object may have begun with.
func (s style) append(dst []byte, t *thing) []byte {
	dst = append(dst, '{')
	return append(s.appendProps(dst, t), '}')
}

func (s style) appendProps(dst []byte, t *thing) []byte {
	if t.typ != "" && (s.level == full || s.typed && s.level == minimal) {
		dst = appendString(appendName(dst, "@odata.type"), "#microsoft.graph."+t.typ)
	}
	if t.path != "" && s.level == full {
		dst = appendString(appendName(dst, "@odata.id"), s.base+t.path)
	}
	if s.pick == nil {
		for _, p := range t.props {
			dst = appendValue(appendName(dst, p.name), p.value)
		}
		return dst
	}
	for _, name := range s.pick {
		dst = s.appendPicked(appendName(dst, name), t, name)
	}
	return dst
}

func (s style) appendPicked(dst []byte, t *thing, name string) []byte {
	for _, p := range t.props {
		if p.name == name {
			return appendValue(dst, p.value)
		}
	}
	if p := s.model.find(name); p != nil {
		return append(dst, p.blank...)
	}
	return append(dst, "null"...)
}

func appendValue(dst []byte, value any) []byte {
	switch v := value.(type) {
	case string:
		return appendString(dst, v)
	case bool:
		return appendBool(dst, v)
	case int:
		return strconv.AppendInt(dst, int64(v), 10)
	case int64:
		return strconv.AppendInt(dst, v, 10)
	case time.Time:
		return appendTime(dst, v)
	case []string:
		return appendTexts(dst, v)
	case raw:
		return append(dst, v...)
	case thing:
		return style{level: none}.append(dst, &v)
	case []thing:
		dst = append(dst, '[')
		for i := range v {
			if i > 0 {
				dst = append(dst, ',')
			}
			dst = style{level: none}.append(dst, &v[i])
		}
		return append(dst, ']')
	}
	return append(dst, "null"...)
}

// text is a value that is null when empty.
func text(s string) any {
	if s == "" {
		return nil
	}
	return s
}

// entity answers with one thing.
func (c *call) entity(w http.ResponseWriter, status int, context string, s style, t *thing) {
	c.write(w, status, func(dst []byte) []byte {
		return append(s.appendProps(c.appendContext(dst, context), t), '}')
	})
}

// things answers with a collection of things.
func (c *call) things(w http.ResponseWriter, l list, s style, all []thing) {
	c.collection(w, l, len(all), func(dst []byte, i int) []byte { return s.append(dst, &all[i]) })
}
