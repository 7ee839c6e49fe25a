package org

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
	"unicode/utf8"
)

// TestWrite fills every field there is, some of them, and none: the text is that of
// encoding/json. A field that was added and forgotten is noticed.
func TestWrite(t *testing.T) {
	r := rand.New(rand.NewPCG(1, 2))
	for i := range 500 {
		share := []float64{1, 0, 0.5}[i%3]
		p := Person{}
		fillIn(r, share, reflect.ValueOf(&p).Elem())
		compare(t, AppendPerson(nil, &p), &p)
		compareRead(t, AppendPerson(nil, &p))
		steps := make([]Step, i%4)
		fillIn(r, share, reflect.ValueOf(steps))
		compare(t, AppendSteps(nil, steps), steps)
	}
	for _, s := range []string{"", "a", "\"", "\\", "<&>", "\x00\x1f\x7f", "é\u2028", "\u2029", "\xff", "a\xc3", "日本", "\ufffd"} {
		compare(t, AppendText(nil, s), s)
	}
}

func compare(t *testing.T, got []byte, v any) {
	t.Helper()
	want, err := json.Marshal(v)
	if err != nil || string(got) != string(want) {
		t.Fatalf("written by hand\n%s\nby encoding/json\n%s %v", got, want, err)
	}
}

// compareRead reads a text by hand, without encoding/json, and with it.
func compareRead(t *testing.T, text []byte) {
	t.Helper()
	var got, want Person
	if err := json.Unmarshal(text, &want); err != nil {
		t.Fatal(err)
	}
	c := codec{b: text, reads: true}
	c.object(func() { c.person(&got) })
	if c.lost || len(c.b) > 0 || !reflect.DeepEqual(got, want) {
		t.Fatalf("%s\nread by hand\n%+v\nby encoding/json\n%+v\nleft %q", text, got, want, c.b)
	}
}

// FuzzReadPerson gives texts that nobody wrote: what encoding/json reads comes out
// the same, and what it refuses is refused or read without harm.
func FuzzReadPerson(f *testing.F) {
	r := rand.New(rand.NewPCG(3, 4))
	for i := range 12 {
		p := Person{}
		fillIn(r, []float64{1, 0, 0.5}[i%3], reflect.ValueOf(&p).Elem())
		f.Add(AppendPerson(nil, &p))
	}
	for _, s := range []string{``, `{}`, ` {"id":"a"}`, `{"displayName":"b","id":"a"}`, `{"id":"a","id":"b"}`, `{"id":1}`, `{"drive":{"size":1.5}}`, `{"roles":[,]}`, `{"roles":[`, `{"id":"\u00e9\`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		var got, want Person
		err := ReadPerson(text, &got)
		if json.Unmarshal(text, &want) == nil && utf8.Valid(text) && (err != nil || !reflect.DeepEqual(got, want)) {
			t.Errorf("%q\nread by hand\n%+v %v\nby encoding/json\n%+v", text, got, err, want)
		}
	})
}

// fillIn gives a share of all fields a value.
func fillIn(r *rand.Rand, share float64, v reflect.Value) {
	if v.Kind() != reflect.Slice && v.Kind() != reflect.Struct && r.Float64() >= share {
		return
	}
	switch v.Kind() { //nolint:exhaustive // what there is in a person
	case reflect.String:
		v.SetString([]string{"a", "ä\"<", "x y"}[r.IntN(3)])
	case reflect.Int, reflect.Int64:
		v.SetInt(r.Int64N(1000))
	case reflect.Bool:
		v.SetBool(true)
	case reflect.Pointer:
		v.Set(reflect.New(v.Type().Elem()))
		fillIn(r, share, v.Elem())
	case reflect.Slice:
		if v.CanSet() {
			v.Set(reflect.MakeSlice(v.Type(), r.IntN(3), 3))
		}
		for i := range v.Len() {
			fillIn(r, share, v.Index(i))
		}
	case reflect.Struct:
		if v.Type() == reflect.TypeFor[time.Time]() {
			if r.Float64() < share {
				v.Set(reflect.ValueOf(time.Unix(r.Int64N(1<<31), 0).UTC()))
			}
			return
		}
		for i := range v.NumField() {
			fillIn(r, share, v.Field(i))
		}
	}
}
