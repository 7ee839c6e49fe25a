package odata

import (
	"encoding/base64"
	"math"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
)

func TestToken(t *testing.T) {
	q := mustParse(t, "$filter", "startswith(displayName,'a')")
	here := q.Fingerprint("users")
	values := []any{"Zoë <&> \u2028", int64(math.MaxInt64), int64(-1), 0.5, true, nil, ""}
	text, err := Token{Values: values}.Encode(here)
	if err != nil {
		t.Fatal(err)
	}
	if strings.Trim(text, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-_") != "" {
		t.Errorf("%s has to be escaped in a link", text)
	}
	got, err := DecodeToken(text, here)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(values, got.Values); diff != "" {
		t.Error(diff)
	}
	for name, raw := range map[string]string{
		"filter": "$filter=startswith(displayName,'b')",
		"none":   "",
		"order":  "$filter=startswith(displayName,'a')&$orderby=displayName",
		"search": `$filter=startswith(displayName,'a')&$search="a"`,
	} {
		other, err := Parse(raw, Options{})
		if err != nil {
			t.Fatal(err)
		}
		if _, err := DecodeToken(text, other.Fingerprint("users")); err == nil {
			t.Errorf("the token passes with another query: %s", name)
		}
	}
	if _, err := DecodeToken(text, q.Fingerprint("groups")); err == nil {
		t.Error("the token passes on another path")
	}
	same, err := Parse("filter=StartsWith( displayName, 'a' )&$top=3&$select=id&$count=true", Options{})
	if err != nil {
		t.Fatal(err)
	}
	if _, err := DecodeToken(text, same.Fingerprint("users")); err != nil {
		t.Errorf("the same query in another spelling: %v", err)
	}
}

func TestTokenRefused(t *testing.T) {
	good, err := Token{Values: []any{"a"}}.Encode("q")
	if err != nil {
		t.Fatal(err)
	}
	plain, err := base64.RawURLEncoding.DecodeString(good)
	if err != nil {
		t.Fatal(err)
	}
	code := base64.RawURLEncoding.EncodeToString
	for name, text := range map[string]string{
		"empty":      "",
		"garbage":    "X'4453707402000100000'",
		"no JSON":    code([]byte("hello")),
		"cut":        good[:len(good)-4],
		"version":    code([]byte(strings.Replace(string(plain), `"v":1`, `"v":2`, 1))),
		"changed":    code([]byte(strings.Replace(string(plain), `"a"`, `"b"`, 1))),
		"structures": code([]byte(`{"v":1,"s":"` + checksum("q", []byte(`[{}]`)) + `","k":[{}]}`)),
		"no list":    code([]byte(`{"v":1,"s":"` + checksum("q", []byte(`{}`)) + `","k":{}}`)),
		"no text":    code([]byte(`{"v":1,"s":"` + checksum("q", []byte(`["a\u0000"]`)) + `","k":["a\u0000"]}`)),
		"too large":  code([]byte(`{"v":1,"s":"` + checksum("q", []byte(`[1e999]`)) + `","k":[1e999]}`)),
	} {
		_, err := DecodeToken(text, "q")
		if err == nil {
			t.Errorf("%s: passes", name)
			continue
		}
		wantError(t, err, CodeRequestInvalid, badToken().Message)
	}
}

func TestWithSkipToken(t *testing.T) {
	for _, tt := range [][2]string{
		{"", "$skiptoken=T"},
		{"$top=5", "$top=5&$skiptoken=T"},
		{"%24top=5&%24skipToken=old&$filter=a%20eq+'b'", "%24top=5&$filter=a%20eq+'b'&$skiptoken=T"},
		{"skiptoken=old&x=1", "x=1&$skiptoken=T"},
	} {
		if got := WithSkipToken(tt[0], "T"); got != tt[1] {
			t.Errorf("%s: got %s, want %s", tt[0], got, tt[1])
		}
	}
}
