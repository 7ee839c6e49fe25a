package odata

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"strconv"
	"strings"
)

// tokenVersion is the form of tokens; others are refused.
const tokenVersion = 1

// Token says where a page ended: the values of the order's columns in its last
// row. They are strings, int64s, float64s, booleans and nils.
type Token struct {
	Values []any
}

// wireToken is a token as it travels.
type wireToken struct {
	Version int             `json:"v"`
	Sum     string          `json:"s"`
	Values  json.RawMessage `json:"k"`
}

// Fingerprint identifies what a query asks, apart from where its page begins and
// how large it is. Scope is what else a token must not be carried over: the path.
func (q Query) Fingerprint(scope string) string {
	var b strings.Builder
	b.WriteString(scope)
	if q.Filter != nil {
		b.WriteString("\x00f" + q.Filter.String())
	}
	if q.Search != nil {
		b.WriteString("\x00s" + q.Search.String())
	}
	for _, o := range q.OrderBy {
		b.WriteString("\x00o" + strings.ToLower(o.Path))
		if o.Desc {
			b.WriteString(" desc")
		}
	}
	return b.String()
}

// Encode gives the text of a $skiptoken. It is no secret and no proof: whoever
// forges one sees a page that they might have asked for anyway.
func (t Token) Encode(fingerprint string) (string, error) {
	values, err := json.Marshal(t.Values)
	if err != nil {
		return "", fmt.Errorf("write page token: %w", err)
	}
	text, err := json.Marshal(wireToken{Version: tokenVersion, Sum: checksum(fingerprint, values), Values: values})
	if err != nil {
		return "", fmt.Errorf("write page token: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(text), nil
}

// checksum ties the values of a token to the query that it belongs to.
func checksum(fingerprint string, values []byte) string {
	h := fnv.New64a()
	// A hash never fails to take bytes.
	_, _ = h.Write([]byte(fingerprint))
	_, _ = h.Write([]byte{0})
	_, _ = h.Write(values)
	return base64.RawURLEncoding.EncodeToString(h.Sum(nil))
}

// DecodeToken reads a $skiptoken. A token that is garbage, of another version or
// of another query is a 400.
func DecodeToken(text, fingerprint string) (Token, error) {
	refused := badToken()
	raw, err := base64.RawURLEncoding.DecodeString(text)
	if err != nil {
		return Token{}, refused
	}
	var wire wireToken
	if err := json.Unmarshal(raw, &wire); err != nil || wire.Version != tokenVersion {
		return Token{}, refused
	}
	if wire.Sum != checksum(fingerprint, wire.Values) {
		return Token{}, refused
	}
	decoder := json.NewDecoder(bytes.NewReader(wire.Values))
	decoder.UseNumber()
	var t Token
	if err := decoder.Decode(&t.Values); err != nil {
		return Token{}, refused
	}
	for i, v := range t.Values {
		var ok bool
		if t.Values[i], ok = plain(v); !ok {
			return Token{}, refused
		}
	}
	return t, nil
}

func badToken() *Error {
	return requestInvalid("The specified page token value is not valid for this request. " +
		"Repeat the request without $skiptoken and follow @odata.nextLink as it is.")
}

// plain turns a JSON value into what it was before; false when it was never one
// of ours.
func plain(v any) (any, bool) {
	switch v := v.(type) {
	case nil, bool:
		return v, true
	case string:
		return v, strings.IndexByte(v, 0) < 0 // no page ends at such a text, and no database compares it
	case json.Number:
		if n, err := v.Int64(); err == nil {
			return n, true
		}
		f, err := v.Float64()
		return f, err == nil
	default:
		return nil, false
	}
}

// WithSkipToken gives the query of the next page's link: the same query with the
// token in it.
func WithSkipToken(rawQuery, token string) string { return with(rawQuery, "skiptoken", token) }

// WithSkip gives the query of the next page's link where pages are counted.
func WithSkip(rawQuery string, rows int) string { return with(rawQuery, "skip", strconv.Itoa(rows)) }

// with gives a query with another value of an option.
func with(rawQuery, option, value string) string {
	var kept []string
	for part := range strings.SplitSeq(rawQuery, "&") {
		name, _, _ := strings.Cut(part, "=")
		name = strings.ToLower(strings.Replace(name, "%24", "$", 1))
		if part != "" && strings.TrimPrefix(name, "$") != option {
			kept = append(kept, part)
		}
	}
	return strings.Join(append(kept, "$"+option+"="+value), "&")
}
