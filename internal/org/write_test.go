package org

import (
	"encoding/json"
	"math/rand/v2"
	"reflect"
	"testing"
	"time"
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
