package graph

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"leaver/internal/wire"
)

// maxBatch is how many requests one batch may hold. R-BULK-15
const maxBatch = 20

// part is one request of a batch. Its id is a string or a number, and comes
// back as it was.
type part struct {
	ID        json.RawMessage   `json:"id"`
	Method    string            `json:"method"`
	URL       string            `json:"url"`
	Headers   map[string]string `json:"headers"`
	Body      json.RawMessage   `json:"body"`
	DependsOn []json.RawMessage `json:"dependsOn"`
}

// reply is the answer to one request of a batch.
type reply struct {
	ID      json.RawMessage   `json:"id"`
	Status  int               `json:"status"`
	Headers map[string]string `json:"headers,omitempty"`
	Body    any               `json:"body,omitempty"`
}

// batch answers several requests at once, in their order. A request waits for
// those it depends on, and is not tried when one of them failed. R-BULK-15
func (s *Server) batch(w http.ResponseWriter, r *http.Request, c *call) error {
	parts, err := readBatch(r)
	if err != nil {
		return err
	}
	order, err := inOrder(parts)
	if err != nil {
		return err
	}
	replies := make([]reply, len(parts))
	failed := map[string]bool{}
	for _, i := range order {
		p := &parts[i]
		id := key(p.ID)
		if broken := firstFailed(p.DependsOn, failed); broken != "" {
			fault := &wire.Fault{
				Status: http.StatusFailedDependency, Code: "FailedDependency", Message: "Failed since request " + broken + " failed.",
			}
			replies[i] = reply{p.ID, fault.Status, jsonHeader(), s.surface.Envelope(r, fault)}
		} else {
			replies[i] = s.run(r, c, p)
		}
		failed[id] = replies[i].Status >= http.StatusBadRequest
	}
	wire.JSON(w, http.StatusOK, map[string]any{"responses": replies})
	return nil
}

func jsonHeader() map[string]string { return map[string]string{"Content-Type": "application/json"} }

// readBatch reads and checks a batch: what is wrong with the batch itself
// refuses all of it.
func readBatch(r *http.Request) ([]part, error) {
	b, err := wire.Payload(r)
	if err != nil {
		return nil, err
	}
	var body struct {
		Requests []part `json:"requests"`
	}
	if len(b) == 0 || json.Unmarshal(b, &body) != nil {
		return nil, wire.BadRequest("BadRequest", "Invalid batch payload format.")
	}
	switch n := len(body.Requests); {
	case n == 0:
		return nil, wire.BadRequest("BadRequest", "The batch request must contain at least one request in 'requests'.")
	case n > maxBatch:
		return nil, wire.BadRequest("BadRequest", fmt.Sprintf("Number of batch request steps exceeds the maximum value of %d.", maxBatch))
	}
	seen := map[string]bool{}
	for i := range body.Requests {
		p := &body.Requests[i]
		id := key(p.ID)
		switch {
		case id == "":
			return nil, wire.BadRequest("BadRequest", "Every request of a batch needs an id, a string or a number.")
		case seen[id]:
			return nil, wire.BadRequest("BadRequest", fmt.Sprintf("Request id %.50q is not unique in the batch.", id))
		case p.Method == "" || p.URL == "":
			return nil, wire.BadRequest("BadRequest", fmt.Sprintf("Request %.50q needs a method and a url.", id))
		case p.hasBody() && p.kind() == "": // R-BULK-15
			return nil, wire.BadRequest("BadRequest", fmt.Sprintf("Write request id : %.50s does not contain Content-Type header or body.", id))
		}
		seen[id] = true
	}
	return body.Requests, nil
}

// inOrder gives the requests in an order in which each comes behind those that
// it depends on, and as they stand otherwise.
func inOrder(parts []part) ([]int, error) {
	var order []int
	done := map[string]bool{}
	for len(order) < len(parts) {
		before := len(order)
		for i := range parts {
			p := &parts[i]
			if done[key(p.ID)] || slices.ContainsFunc(p.DependsOn, func(d json.RawMessage) bool { return !done[key(d)] }) {
				continue
			}
			done[key(p.ID)] = true
			order = append(order, i)
		}
		if len(order) == before {
			return nil, wire.BadRequest("BadRequest", "A request of the batch depends on itself, or on one that is not there.")
		}
	}
	return order, nil
}

// key is an id as a key: 1 and "1" are the same, as they are for Graph.
func key(id json.RawMessage) string {
	var text string
	if json.Unmarshal(id, &text) == nil {
		return text
	}
	var n json.Number
	if json.Unmarshal(id, &n) == nil {
		return n.String()
	}
	return ""
}

func firstFailed(dependsOn []json.RawMessage, failed map[string]bool) string {
	for _, d := range dependsOn {
		if failed[key(d)] {
			return key(d)
		}
	}
	return ""
}

// run answers one request of a batch as if it had come alone.
func (s *Server) run(r *http.Request, c *call, p *part) reply {
	rec := &recorder{header: http.Header{}}
	s.surface.Handle(func(w http.ResponseWriter, _ *http.Request) error {
		inner, a, err := s.partRequest(r, c, p)
		if err != nil {
			return err
		}
		if open(&a) {
			return s.dispatch(w, inner, callOf(inner), &a)
		}
		return s.admitted(w, inner, callOf(inner), &a)
	}).ServeHTTP(rec, r)
	return rec.reply(p.ID)
}

// partRequest makes a request of a part, with the caller and the version of the
// batch. Its address is relative: "/users" or "users?$top=1"; one that names
// the version again is understood.
func (s *Server) partRequest(r *http.Request, c *call, p *part) (*http.Request, address, error) {
	rel, err := url.Parse("/" + strings.TrimLeft(p.URL, "/"))
	if err != nil || strings.Contains(p.URL, "://") {
		return nil, address{}, wire.BadRequest("BadRequest", "The url of a batched request must be relative.")
	}
	path := rel.EscapedPath()
	if first, _, _ := strings.Cut(strings.TrimLeft(path, "/"), "/"); !strings.EqualFold(first, "v1.0") && !strings.EqualFold(first, "beta") {
		path = strings.TrimPrefix(c.base, c.host) + path
	}
	a, err := s.address(path)
	if err != nil {
		return nil, a, err
	}
	if a.is("$batch") {
		return nil, a, wire.BadRequest("BadRequest", "A batch can't hold a batch.")
	}
	body, err := p.content()
	if err != nil {
		return nil, a, err
	}
	inner := r.Clone(r.Context())
	inner.Method, inner.URL, inner.Body, inner.ContentLength = strings.ToUpper(p.Method), rel, io.NopCloser(bytes.NewReader(body)), int64(len(body))
	inner.Header = http.Header{"Accept-Language": r.Header["Accept-Language"], "Accept": r.Header["Accept"]}
	for name, value := range p.Headers {
		inner.Header.Set(name, value)
	}
	made := s.newCall(inner, a.version, path)
	made.caller = c.caller
	return inner.WithContext(withCall(r.Context(), made)), a, nil
}

// content is the body of a part: JSON stands there as it is, text as a string, and
// everything else as a string in base64. R-BULK-15
func (p *part) content() ([]byte, error) {
	if !p.hasBody() {
		return nil, nil
	}
	media, _, _ := strings.Cut(p.kind(), ";")
	if strings.HasSuffix(strings.TrimSpace(media), "json") {
		return p.Body, nil
	}
	var text string
	if err := json.Unmarshal(p.Body, &text); err != nil {
		return nil, wire.BadRequest("BadRequest", "The body of a request that is not JSON must be a string.")
	}
	if strings.HasPrefix(media, "text/") {
		return []byte(text), nil
	}
	plain := strings.NewReplacer("-", "+", "_", "/").Replace(strings.TrimRight(text, "="))
	b, err := base64.RawStdEncoding.DecodeString(plain)
	if err != nil {
		return nil, wire.BadRequest("BadRequest", "The body of a request that is neither JSON nor text must be in base64.")
	}
	return b, nil
}

func (p *part) hasBody() bool { return len(p.Body) > 0 && !bytes.Equal(p.Body, []byte("null")) }

// kind is the media type of a part's body, "" when it has none.
func (p *part) kind() string {
	for name, value := range p.Headers {
		if strings.EqualFold(name, "Content-Type") {
			return strings.ToLower(strings.TrimSpace(value))
		}
	}
	return ""
}

// recorder keeps the answer to a part.
type recorder struct {
	header http.Header
	status int
	body   bytes.Buffer
}

func (w *recorder) Header() http.Header { return w.header }

func (w *recorder) WriteHeader(status int) {
	if w.status == 0 {
		w.status = status
	}
}

func (w *recorder) Write(b []byte) (int, error) {
	w.WriteHeader(http.StatusOK)
	return w.body.Write(b)
}

func (w *recorder) reply(id json.RawMessage) reply {
	if w.status == 0 {
		w.status = http.StatusOK
	}
	out := reply{ID: id, Status: w.status, Headers: map[string]string{}}
	for _, name := range []string{"Content-Type", "Location", "Retry-After", "Cache-Control", "Preference-Applied", "OData-EntityId"} {
		if v := w.header.Get(name); v != "" {
			out.Headers[name] = v
		}
	}
	switch body := w.body.Bytes(); {
	case len(body) == 0:
	case strings.HasPrefix(w.header.Get("Content-Type"), "application/json"):
		out.Body = json.RawMessage(body)
	case strings.HasPrefix(w.header.Get("Content-Type"), "text/plain"):
		out.Body = string(body)
	default:
		out.Body = body // base64, as Graph has it
	}
	return out
}
