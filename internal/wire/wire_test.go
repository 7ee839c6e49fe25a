package wire_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"leaver/internal/odata"
	"leaver/internal/org"
	"leaver/internal/wire"
)

var noon = time.Date(2026, 11, 21, 12, 0, 0, 0, time.UTC)

func surface(log *bytes.Buffer) *wire.Surface {
	return &wire.Surface{
		Log: slog.New(slog.NewTextHandler(log, nil)), Now: func() time.Time { return noon }, NewID: func() string { return "id-1" }, Refused: wire.Directory,
	}
}

// run answers one request with a handler.
func run(s *wire.Surface, r *http.Request, f func(http.ResponseWriter, *http.Request) error) *httptest.ResponseRecorder {
	w := httptest.NewRecorder()
	s.Handle(f).ServeHTTP(w, r)
	return w
}

func fails(err error) func(http.ResponseWriter, *http.Request) error {
	return func(http.ResponseWriter, *http.Request) error { return err }
}

// Every kind of refusal has an answer, in the directory's way and in OneDrive's.
func TestEveryKindHasAnAnswer(t *testing.T) {
	for _, kind := range org.Kinds() {
		for name, words := range map[string]func(*http.Request, *org.Refusal) *wire.Fault{"directory": wire.Directory, "drive": wire.Drive} {
			f := words(nil, org.Refuse(kind, "user.forwards", "R-DEL-30"))
			if f.Status < 400 || f.Code == "" || f.Message == "" {
				t.Errorf("%s has no answer for %s: %+v", name, kind, f)
			}
		}
	}
}

func TestErrors(t *testing.T) {
	for _, c := range []struct {
		name    string
		err     error
		status  int
		code    string
		message string
		logged  bool
	}{
		{"R-API-05 not there", fmt.Errorf("load: %w", org.Refuse(org.NotFound, "user.notFound", "", org.Arg{Name: "user", Value: "x@y"})), 404, "Request_ResourceNotFound", "Resource 'x@y' does not exist or one of its queried reference-property objects are not present.", false},
		{"R-API-05 not allowed", org.Refuse(org.Denied, "user.outranks", "R-ROLE-14"), 403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.", false},
		{"R-API-05 no seats", org.Refuse(org.Conflict, "license.noSeats", "", org.Arg{Name: "sku", Value: "s-1"}), 400, "Request_BadRequest", "Subscription with SKU s-1 does not have any available licenses.", false},
		{"R-API-05 plans that need others", org.Refuse(org.Conflict, "license.depends", "", org.Arg{Name: "a", Value: "A"}, org.Arg{Name: "needs", Value: []string{"B", "C"}}), 400, "Request_BadRequest", "License assignment failed because service plan A depends on the service plan(s) B, C.", false},
		{"a refusal without exact words", org.Refuse(org.Conflict, "user.sharedMailbox", "R-DEL-30", org.Arg{Name: "user", Value: org.Ref{Name: "anna"}}), 400, "Request_BadRequest", "User cannot be deleted.", false},
		{"a wrong query", &odata.Error{Code: "Request_UnsupportedQuery", Message: "Unsupported Query."}, 400, "Request_UnsupportedQuery", "Unsupported Query.", false},
		{"a fault of ours", errors.New("secret detail"), 500, "InternalServerError", wire.InternalMessage, true},
		{"what there is not", &wire.Fault{Status: 501, Code: "NotImplemented", Message: "Calendars"}, 501, "NotImplemented", "Calendars", false},
		{"a database that is away", fmt.Errorf("%w: %w", org.Refuse(org.Unavailable, "store.unavailable", ""), errors.New("dial")), 503, "ServiceUnavailable", "The database can't be reached.", true},
	} {
		t.Run(c.name, func(t *testing.T) {
			var log bytes.Buffer
			w := run(surface(&log), httptest.NewRequest(http.MethodGet, "/x", nil), fails(c.err))
			var body struct {
				Error struct {
					Code, Message string
					InnerError    map[string]string
				}
			}
			if err := json.Unmarshal(w.Body.Bytes(), &body); err != nil {
				t.Fatal(err)
			}
			if w.Code != c.status || body.Error.Code != c.code || !strings.HasPrefix(body.Error.Message, c.message) {
				t.Errorf("got %d %s", w.Code, w.Body)
			}
			if body.Error.InnerError["date"] != "2026-11-21T12:00:00" || body.Error.InnerError["request-id"] != "id-1" {
				t.Errorf("R-API-02 got %s", w.Body)
			}
			if strings.Contains(w.Body.String(), "secret") || strings.Contains(w.Body.String(), "dial") {
				t.Errorf("the answer shows what is inside: %s", w.Body)
			}
			if got := strings.Contains(log.String(), "request-id=id-1"); got != c.logged {
				t.Errorf("logged %t, want %t: %s", got, c.logged, log.String())
			}
			if (w.Header().Get("Retry-After") != "") != (c.status == 503) {
				t.Errorf("Retry-After %q", w.Header().Get("Retry-After"))
			}
		})
	}
}

func TestAPanicIsOneRequestsTrouble(t *testing.T) {
	var log bytes.Buffer
	w := run(surface(&log), httptest.NewRequest(http.MethodGet, "/x", nil), func(http.ResponseWriter, *http.Request) error { panic("oops") })
	if w.Code != 500 || !strings.Contains(log.String(), "oops") || strings.Contains(w.Body.String(), "oops") {
		t.Errorf("got %d %s; log %s", w.Code, w.Body, log.String())
	}
}

func TestThrottledFaults(t *testing.T) {
	var log bytes.Buffer
	w := run(surface(&log), httptest.NewRequest(http.MethodGet, "/x", nil), fails(&wire.Fault{Status: 429, Code: "TooManyRequests", Message: "Please retry again later.", RetryAfter: 2128 * time.Millisecond}))
	if w.Header().Get("Retry-After") != "2.128" || !strings.Contains(w.Body.String(), `"innerError":{"code":"429"`) {
		t.Errorf("R-API-06 got %v %s", w.Header(), w.Body)
	}
}

func post(body string, headers ...string) *http.Request {
	r := httptest.NewRequest(http.MethodPost, "/x", strings.NewReader(body))
	for i := 0; i < len(headers); i += 2 {
		r.Header.Set(headers[i], headers[i+1])
	}
	return r
}

func packed(text string) string {
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	if _, err := z.Write([]byte(text)); err != nil || z.Close() != nil {
		return ""
	}
	return b.String()
}

func TestDecode(t *testing.T) {
	type shape struct {
		Name string   `json:"name"`
		List []string `json:"list"`
	}
	for _, c := range []struct {
		name   string
		r      *http.Request
		status int // 0: it is read
		text   string
	}{
		{"plain", post(`{"name":"x"}`), 0, ""},
		{"names in any case", post(`{"NAME":"x"}`), 0, ""},
		{"with a BOM", post("\xef\xbb\xbf{\"name\":\"x\"}"), 0, ""},
		{"gzip", post(packed(`{"name":"x"}`), "Content-Encoding", "gzip"), 0, ""},
		{"a JSON type of its own", post(`{"name":"x"}`, "Content-Type", "application/merge-patch+json"), 0, ""},
		{"nothing", post(``), 400, "needed"},
		{"half", post(`{"name":`), 400, "valid JSON"},
		{"two values", post(`{"name":"x"}{}`), 400, "valid JSON"},
		{"a wrong type", post(`{"name":1}`), 400, "'name'"},
		{"a wrong type inside", post(`{"list":[1]}`), 400, "'list'"},
		{"an unknown property", post(`{"nome":"x"}`), 400, "'nome'"},
		{"nested deep", post(`{"name":` + strings.Repeat("[", 40) + strings.Repeat("]", 40) + `}`), 400, "too deep"},
		{"brackets in a string", post(`{"name":"` + strings.Repeat("[", 40) + `\"{"}`), 0, ""},
		{"no UTF-8", post("{\"name\":\"\xff\"}"), 400, "UTF-8"},
		{"R-API-09 too large", post(`{"name":"` + strings.Repeat("x", wire.MaxBody) + `"}`), 413, "too large"},
		{"R-API-09 large once unpacked", post(packed(strings.Repeat(" ", wire.MaxBody+1)), "Content-Encoding", "gzip"), 413, "too large"},
		{"no gzip", post("x", "Content-Encoding", "gzip"), 400, "gzip"},
		{"another encoding", post("x", "Content-Encoding", "br"), 415, "gzip"},
		{"another type", post(`{}`, "Content-Type", "text/xml"), 415, "JSON"},
		{"a property twice", post(`{"name":"x","list":[],"name":"y"}`), 400, "'name' is given more than once"},
		{"a property twice in other cases", post(`{"name":"x","NAME":"y"}`), 400, "more than once"},
	} {
		t.Run(c.name, func(t *testing.T) {
			var v shape
			err := wire.Decode(c.r, &v)
			fault, _ := errors.AsType[*wire.Fault](err)
			switch {
			case c.status == 0 && (err != nil || v.Name == ""):
				t.Errorf("got %v, %+v", err, v)
			case c.status != 0 && (fault == nil || fault.Status != c.status || !strings.Contains(fault.Message, c.text)):
				t.Errorf("got %v, want %d %s", err, c.status, c.text)
			}
		})
	}
}

func TestObject(t *testing.T) {
	o, err := wire.ReadObject(post(`{"Name":"x","on":true,"list":["a"],"inner":{"a":null},"rows":[{"n":3}],"left":1,"@odata.type":"y"}`), false)
	if err != nil {
		t.Fatal(err)
	}
	var name, a string
	var on bool
	var list []string
	if !o.String("name", &name) || !o.Bool("ON", &on) || !o.Strings("list", &list) || name != "x" || !on || len(list) != 1 {
		t.Errorf("got %q %t %v", name, on, list)
	}
	if in := o.Object("inner"); in == nil || !in.Has("A") || !in.Null("a") || !in.String("a", &a) {
		t.Error("the object inside is not read")
	}
	var n int
	if rows, ok := o.Objects("rows"); !ok || len(rows) != 1 || !rows[0].Int("n", &n) || n != 3 {
		t.Error("the list of objects is not read")
	}
	if err := o.Done("thing"); err == nil || !strings.Contains(err.Error(), "'left' does not exist on type 'thing'") {
		t.Errorf("got %v", err)
	}
	for _, body := range []string{`{"name":1}`, `{"name":["a"]}`, `{"name":{}}`} {
		o, err := wire.ReadObject(post(body), false)
		if err != nil {
			t.Fatal(err)
		}
		o.String("name", &name)
		if o.Done("thing") == nil {
			t.Errorf("%s passes as a string", body)
		}
	}
}

// cut is a connection whose other end is gone.
type cut struct{ http.ResponseWriter }

func (cut) Write([]byte) (int, error) { return 0, errors.New("write: broken pipe") }

// TestAnAnswerThatGetsLost: what can't be written to a client that is gone is no
// line of error either.
func TestAnAnswerThatGetsLost(t *testing.T) {
	var log bytes.Buffer
	h := surface(&log).Handle(func(w http.ResponseWriter, _ *http.Request) error {
		_, err := w.Write([]byte("x"))
		return fmt.Errorf("write csv: %w", err)
	})
	defer func() {
		if p := recover(); p != http.ErrAbortHandler || log.Len() > 0 { //nolint:errorlint // as net/http compares it
			t.Errorf("got %v and %q", p, log.String())
		}
	}()
	h.ServeHTTP(cut{httptest.NewRecorder()}, httptest.NewRequest(http.MethodGet, "/x", nil))
}

func TestRepeated(t *testing.T) {
	var many, twice strings.Builder
	for i := range 100 {
		many.WriteString(`"n` + strings.Repeat("x", i) + `":1,`)
	}
	twice.WriteString(many.String() + `"N` + strings.Repeat("X", 70) + `":1,`)
	for text, want := range map[string]string{
		`{}`: "",
		`{"a":1,"b":{"a":2},"c":[{"a":3},{"a":4}]}`: "",
		`{"a":"a","b":"a,\"a\":"}`:                  "",
		`["a","a",{"a":["a","a"]}]`:                 "",
		`{"a":{"b":[{"c":1},{"C":2,"c":3}]}}`:       "c",
		`{"user":1,"\u0075ser":2}`:                  "user",
		`{"a":[{"x":1}],"b":1,"a":[{}]}`:            "a",
		`{"":1,"":2}`:                               "",
		"{" + many.String() + `"z":1}`:              "",
		"{" + twice.String() + `"z":1}`:             "N" + strings.Repeat("X", 70),
	} {
		name, found := wire.Repeated([]byte(text))
		if name != want || found != (want != "" || text == `{"":1,"":2}`) {
			t.Errorf("%.60s: got %q %t, want %q", text, name, found, want)
		}
	}
}

// FuzzRepeated: whatever the text, the walk ends, and it finds no name that
// stands there once.
func FuzzRepeated(f *testing.F) {
	for _, s := range []string{`{"a":{"b":1,"b":2}}`, `[{"a":1},{"a":1}]`, `{"a\"":1,"a":2}`, `{"a`, `]]}}`, `"`} {
		f.Add([]byte(s))
	}
	f.Fuzz(func(t *testing.T, text []byte) {
		name, found := wire.Repeated(text)
		escaped := bytes.ContainsRune(text, '\\')
		if found && !escaped && json.Valid(text) && bytes.Count(bytes.ToLower(text), bytes.ToLower([]byte(name))) < 2 {
			t.Errorf("%q stands once in %q", name, text)
		}
	})
}

// TestWhoeverLeavesIsNoFaultOfOurs: what goes wrong because the client left is
// neither a 5xx nor a line of error.
func TestWhoeverLeavesIsNoFaultOfOurs(t *testing.T) {
	var log bytes.Buffer
	ctx, leave := context.WithCancel(t.Context())
	h := surface(&log).Handle(func(_ http.ResponseWriter, r *http.Request) error {
		leave()
		return fmt.Errorf("load: %w", r.Context().Err())
	})
	w := httptest.NewRecorder()
	h.ServeHTTP(w, httptest.NewRequest(http.MethodGet, "/x", nil).WithContext(ctx))
	if w.Code != wire.StatusClientLeft || log.Len() > 0 {
		t.Errorf("got %d and %q, want %d and nothing", w.Code, log.String(), wire.StatusClientLeft)
	}
}

func TestMux(t *testing.T) {
	var log bytes.Buffer
	m := surface(&log).NewMux()
	m.Route("GET /a/{x}", func(w http.ResponseWriter, r *http.Request) error {
		wire.JSON(w, http.StatusOK, r.PathValue("x"))
		return nil
	})
	for _, c := range []struct {
		method, path string
		status       int
	}{{"GET", "/a/1", 200}, {"POST", "/a/1", 405}, {"GET", "/b", 404}} {
		w := httptest.NewRecorder()
		m.ServeHTTP(w, httptest.NewRequest(c.method, c.path, nil))
		if w.Code != c.status || w.Header().Get("request-id") == "" {
			t.Errorf("%s %s: got %d", c.method, c.path, w.Code)
		}
		if c.status == 405 && w.Header().Get("Allow") != "GET" {
			t.Errorf("Allow %q", w.Header().Get("Allow"))
		}
	}
}
