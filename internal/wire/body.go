package wire

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"strings"
	"unicode/utf8"
)

// Limits of a JSON body. R-API-09
const (
	MaxBody  = 4 << 20
	maxDepth = 32
)

func tooLarge(limit int64) *Fault {
	return &Fault{
		Status: http.StatusRequestEntityTooLarge, Code: "RequestEntityTooLarge",
		Message: fmt.Sprintf("The request body is too large. It may be %d bytes.", limit),
	}
}

// malformed is the answer to a body that isn't what it should be.
func malformed(format string, args ...any) *Fault {
	return BadRequest("BadRequest", fmt.Sprintf(format, args...))
}

func unreadable() *Fault { return malformed("The request body could not be read.") }

// Body reads the whole body of a request, unpacked where it came as gzip, up to
// limit bytes. Packed and unpacked count alike, so that a small body can't
// become a large one.
func Body(r *http.Request, limit int64) ([]byte, error) {
	in := io.LimitReader(r.Body, limit+1)
	switch enc := strings.ToLower(strings.TrimSpace(r.Header.Get("Content-Encoding"))); enc {
	case "", "identity":
	case "gzip":
		unpacked, err := gzip.NewReader(in)
		if err != nil {
			return nil, malformed("The request body is not valid gzip.")
		}
		in = io.LimitReader(unpacked, limit+1)
	default:
		return nil, &Fault{
			Status: http.StatusUnsupportedMediaType, Code: "UnsupportedMediaType",
			Message: "The request body has a content encoding that is not supported: use gzip or none.",
		}
	}
	b, err := io.ReadAll(in)
	switch large := (*http.MaxBytesError)(nil); {
	case errors.As(err, &large):
		return nil, tooLarge(large.Limit)
	case err != nil:
		return nil, unreadable()
	case int64(len(b)) > limit:
		return nil, tooLarge(limit)
	}
	return b, nil
}

// Payload reads a JSON body and checks its form: one value, not nested too
// deep, nothing behind it. An empty body is nil.
func Payload(r *http.Request) ([]byte, error) {
	b, err := Body(r, MaxBody)
	if err != nil {
		return nil, err
	}
	b = bytes.TrimPrefix(bytes.TrimSpace(b), []byte("\xef\xbb\xbf"))
	if len(b) == 0 {
		return nil, nil
	}
	if kind := r.Header.Get("Content-Type"); kind != "" {
		media, _, err := mime.ParseMediaType(kind)
		if err != nil || media != "application/json" && !strings.HasSuffix(media, "+json") {
			return nil, &Fault{
				Status: http.StatusUnsupportedMediaType, Code: "RequestBodyRead",
				Message: "Entity only allows writes with a JSON Content-Type header.",
			}
		}
	}
	return b, checkForm(b)
}

func checkForm(b []byte) error {
	if !utf8.Valid(b) {
		return malformed("Unable to read JSON request payload. It is not valid UTF-8.")
	}
	if depth(b) > maxDepth {
		return malformed("Unable to read JSON request payload. It is nested too deep.")
	}
	if !json.Valid(b) {
		return malformed("Unable to read JSON request payload. Please ensure Content-Type header is set and payload is of valid JSON format.")
	}
	if name, twice := Repeated(b); twice {
		return malformed("The property '%s' is given more than once.", echo(name))
	}
	return nil
}

// depth is how deep arrays and objects stand inside each other.
func depth(b []byte) int {
	deepest, now, quoted := 0, 0, false
	for i := 0; i < len(b); i++ {
		switch c := b[i]; {
		case quoted && c == '\\':
			i++
		case c == '"':
			quoted = !quoted
		case quoted:
		case c == '{' || c == '[':
			now++
			deepest = max(deepest, now)
		case c == '}' || c == ']':
			now--
		}
	}
	return deepest
}

// Decode reads a JSON body into a struct. Names are matched without regard to
// case; unknown ones and wrong types are refused by name.
func Decode(r *http.Request, v any) error {
	b, err := Payload(r)
	if err != nil {
		return err
	}
	if b == nil {
		return malformed("A request body is needed, in JSON.")
	}
	return Unmarshal(b, v)
}

// Unmarshal is Decode for a body, or a part of one, that was read already.
func Unmarshal(b []byte, v any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	err := dec.Decode(v)
	if err == nil {
		return nil
	}
	if wrong := (*json.UnmarshalTypeError)(nil); errors.As(err, &wrong) {
		return badType(wrong.Field)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok { // the package has no type for it
		name = strings.Trim(name, `"`)
		f := malformed("The property '%s' is not known here.", name)
		f.Details = []Detail{{Target: name, Code: "UnknownProperty", Message: f.Message}}
		return f
	}
	return malformed("Unable to read JSON request payload: %s.", strings.TrimPrefix(err.Error(), "json: "))
}

// badType is the answer to a value of the wrong type.
func badType(property string) *Fault {
	f := BadRequest("Request_BadRequest", fmt.Sprintf("A value of the wrong type was given for property '%s'.", property))
	f.Details = []Detail{{Target: property, Code: "InvalidValue", Message: f.Message}}
	return f
}
