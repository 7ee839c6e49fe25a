package wire

import (
	"bytes"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
)

// Object is a JSON object whose properties are read one by one: names in any
// case, wrong types refused by name, and what nobody asked for found in the
// end. The first thing that is wrong stays in Err; reading goes on with zero
// values, so that callers look once.
type Object struct {
	values map[string]json.RawMessage
	names  map[string]string // as the caller wrote them
	seen   map[string]bool
	prefix string
	Err    error
}

// ReadObject reads the body of a request as an object. An empty body is an
// empty object when it may be.
func ReadObject(r *http.Request, mayBeEmpty bool) (*Object, error) {
	b, err := Payload(r)
	switch {
	case err != nil:
		return nil, err
	case b == nil && !mayBeEmpty:
		return nil, malformed("Empty Payload. JSON content expected.")
	case b == nil:
		b = []byte("{}")
	}
	return NewObject(b, "")
}

// NewObject reads an object that is the value of a property.
func NewObject(b []byte, prefix string) (*Object, error) {
	o := &Object{values: map[string]json.RawMessage{}, names: map[string]string{}, seen: map[string]bool{}, prefix: prefix}
	raw := map[string]json.RawMessage{}
	if err := json.Unmarshal(b, &raw); err != nil || raw == nil {
		if prefix == "" {
			return nil, malformed("Unable to read JSON request payload. An object is expected.")
		}
		return nil, badType(strings.TrimSuffix(prefix, "/"))
	}
	for name, value := range raw {
		key := strings.ToLower(name) // none is there twice: Payload saw to it
		o.values[key], o.names[key] = value, name
	}
	return o, nil
}

// Raw gives a property as it stands, nil when it is absent.
func (o *Object) Raw(name string) json.RawMessage {
	key := strings.ToLower(name)
	o.seen[key] = true
	return o.values[key]
}

// Has says that a property is there, null or not.
func (o *Object) Has(name string) bool {
	_, ok := o.values[strings.ToLower(name)]
	return ok
}

// Null says that a property is there and null.
func (o *Object) Null(name string) bool {
	return bytes.Equal(o.values[strings.ToLower(name)], []byte("null"))
}

func (o *Object) fail(name string) {
	if o.Err == nil {
		o.Err = badType(o.prefix + name)
	}
}

func read[T any](o *Object, name string, into *T) bool {
	raw := o.Raw(name)
	if raw == nil {
		return false
	}
	var v T
	if !bytes.Equal(raw, []byte("null")) {
		if err := json.Unmarshal(raw, &v); err != nil {
			o.fail(name)
			return false
		}
	}
	*into = v // null clears
	return true
}

// String reads a property into a string and says whether it was there; null
// clears.
func (o *Object) String(name string, into *string) bool { return read(o, name, into) }

// Bool reads a property into a bool and says whether it was there. Null is no
// value for it.
func (o *Object) Bool(name string, into *bool) bool {
	if o.Null(name) {
		o.Raw(name)
		o.fail(name)
		return false
	}
	return read(o, name, into)
}

// Int reads a property into a whole number and says whether it was there.
func (o *Object) Int(name string, into *int) bool { return read(o, name, into) }

// Strings reads a list of strings and says whether it was there. A list with
// null in it is none.
func (o *Object) Strings(name string, into *[]string) bool {
	var list []*string
	if !read(o, name, &list) {
		return false
	}
	out := make([]string, 0, len(list))
	for _, s := range list {
		if s == nil {
			o.fail(name)
			return false
		}
		out = append(out, *s)
	}
	*into = out
	return true
}

// Object reads a property that is an object; nil when absent, null or wrong.
func (o *Object) Object(name string) *Object {
	raw := o.Raw(name)
	if raw == nil || o.Null(name) {
		return nil
	}
	in, err := NewObject(raw, o.prefix+name+"/")
	if err != nil && o.Err == nil {
		o.Err = err
	}
	return in
}

// Objects reads a property that is a list of objects and says whether it was
// there.
func (o *Object) Objects(name string) (list []*Object, ok bool) {
	raw := o.Raw(name)
	if raw == nil {
		return nil, false
	}
	var items []json.RawMessage
	if err := json.Unmarshal(raw, &items); err != nil || items == nil {
		o.fail(name)
		return nil, true
	}
	for _, item := range items {
		in, err := NewObject(item, o.prefix+name+"/")
		if err != nil {
			if o.Err == nil {
				o.Err = err
			}
			return nil, true
		}
		list = append(list, in)
	}
	return list, true
}

// Unknown lists what nobody asked for, in order, annotations (@odata.type and
// its kin) left out.
func (o *Object) Unknown() []string {
	var left []string
	for key, name := range o.names {
		if !o.seen[key] && !strings.Contains(name, "@") {
			left = append(left, o.prefix+name)
		}
	}
	slices.Sort(left)
	return left
}

// Done gives the first thing that was wrong: a wrong type, or a property that
// the type does not have.
func (o *Object) Done(typeName string) error {
	if o.Err != nil {
		return o.Err
	}
	if left := o.Unknown(); len(left) > 0 {
		f := malformed("The property '%s' does not exist on type '%s'. Make sure to only use property names that are defined by the type.", left[0], typeName)
		f.Details = []Detail{{Target: left[0], Code: "UnknownProperty", Message: f.Message}}
		return f
	}
	return nil
}

// Names lists the properties that are there, as the caller wrote them.
func (o *Object) Names() []string { return slices.Sorted(maps.Values(o.names)) }
