package api

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"mime"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"leaver/internal/locale"
	"leaver/internal/odata"
	"leaver/internal/wire"
)

// How large a body may be: a file, or a departure of 200,000 people, and
// everything else.
const (
	largeBody = 64 << 20
	smallBody = 1 << 20
)

// wrong is a request that can't be carried out as it stands. The text of its
// code stands in the catalogue, under "api."; values come in pairs with names.
func wrong(r *http.Request, code, target string, values ...any) *wire.Fault {
	args := map[string]any{}
	for i := 0; i+1 < len(values); i += 2 {
		if name, ok := values[i].(string); ok {
			args[name] = values[i+1]
		}
	}
	f := wire.BadRequest(code, locale.Text(wire.Lang(r), "api."+code, args))
	if target != "" {
		f.Details = []wire.Detail{{Target: target, Code: code, Message: f.Message}}
	}
	return f
}

// said are the faults of package wire, which speaks English as Graph does, by
// their code; here they are said in the reader's language.
var said = map[string]string{
	"InvalidAuthenticationToken": "request.signIn",
	"RequestEntityTooLarge":      "request.tooLarge",
	"UnsupportedMediaType":       "request.encoding",
	"TooManyRequests":            "request.throttled",
	"BadRequest":                 "request.unreadable",
}

// translate says in the reader's language what was found wrong below.
func translate(r *http.Request, err error) error {
	var query *odata.Error
	if errors.As(err, &query) {
		return wrong(r, "request.badToken", "$skiptoken")
	}
	var fault *wire.Fault
	if !errors.As(err, &fault) {
		return err
	}
	code, known := said[fault.Code]
	if !known {
		return err
	}
	own := *fault
	own.Message = wrong(r, code, "").Message
	if fault.Code == "BadRequest" {
		own.Code = code
	}
	return &own
}

// decode reads a JSON body into a struct. Unknown properties and wrong types are
// refused by name. An empty body is left as it is when it may be.
func (c *call) decode(into any, limit int64, mayBeEmpty bool) error {
	b, err := wire.Body(c.r, limit)
	if err != nil {
		return err
	}
	b = bytes.TrimPrefix(bytes.TrimSpace(b), []byte("\xef\xbb\xbf"))
	if len(b) == 0 {
		if mayBeEmpty {
			return nil
		}
		return wrong(c.r, "request.noBody", "")
	}
	if kind := c.r.Header.Get("Content-Type"); kind != "" {
		media, _, err := mime.ParseMediaType(kind)
		if err != nil || media != "application/json" && !strings.HasSuffix(media, "+json") {
			f := wrong(c.r, "request.notJSONType", "Content-Type", "kind", shown(kind))
			f.Status = http.StatusUnsupportedMediaType
			return f
		}
	}
	if b[0] != '{' || !utf8.Valid(b) {
		return wrong(c.r, "request.notJSON", "")
	}
	if name, twice := wire.Repeated(b); twice {
		return wrong(c.r, "request.repeated", shown(name), "field", shown(name))
	}
	if err := c.unmarshal(b, into); err != nil || c.r.Method != http.MethodPatch {
		return err
	}
	return c.nulls(b, reflect.TypeOf(into).Elem())
}

// nulls refuses null for what a change can't take away: it would be passed over,
// and look as if it had been done. What null does clear is a [clearable].
func (c *call) nulls(b []byte, form reflect.Type) error {
	var given map[string]json.RawMessage
	if err := json.Unmarshal(b, &given); err != nil {
		return wrong(c.r, "request.notJSON", "")
	}
	for i := range form.NumField() {
		field := form.Field(i)
		if kind := field.Type.Kind(); kind != reflect.Pointer && kind != reflect.Slice {
			continue
		}
		name, _, _ := strings.Cut(field.Tag.Get("json"), ",")
		for as, value := range given {
			if strings.EqualFold(as, name) && string(value) == "null" {
				return wrong(c.r, "request.wrongType", name, "field", name, "given", "null")
			}
		}
	}
	return nil
}

func (c *call) unmarshal(b []byte, into any) error {
	dec := json.NewDecoder(bytes.NewReader(b))
	dec.DisallowUnknownFields()
	err := dec.Decode(into)
	if err == nil {
		if _, err = dec.Token(); errors.Is(err, io.EOF) {
			return nil
		}
		return wrong(c.r, "request.notJSON", "")
	}
	if bad := (*json.UnmarshalTypeError)(nil); errors.As(err, &bad) {
		field := fieldOf(bad, reflect.TypeOf(into).Elem())
		return wrong(c.r, "request.wrongType", field, "field", field, "given", bad.Value)
	}
	if name, ok := strings.CutPrefix(err.Error(), "json: unknown field "); ok { // the package has no type for it
		name = shown(strings.Trim(name, `"`))
		return wrong(c.r, "request.unknownField", name, "field", name)
	}
	return wrong(c.r, "request.notJSON", "")
}

// fieldOf is the path of a property, without the structs of ours that stand in
// between, or that the form holds.
func fieldOf(bad *json.UnmarshalTypeError, form reflect.Type) string {
	path := slices.DeleteFunc(strings.Split(bad.Field, "."), func(step string) bool {
		held, ok := form.FieldByName(step)
		return ok && held.Anonymous || step != "" && unicode.IsUpper(rune(step[0]))
	})
	return shown(strings.Join(path, "."))
}

// maxShown is how much of what a stranger sent an answer repeats.
const maxShown = 100

// shown makes what a stranger sent fit to be repeated.
func shown(s string) string {
	runes := []rune(strings.Map(func(c rune) rune {
		if unicode.IsControl(c) || unicode.Is(unicode.Bidi_Control, c) {
			return unicode.ReplacementChar
		}
		return c
	}, strings.ToValidUTF8(s, string(unicode.ReplacementChar))))
	if len(runes) > maxShown {
		return string(runes[:maxShown]) + "…"
	}
	return string(runes)
}
