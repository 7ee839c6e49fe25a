package wire

import (
	"fmt"
	"net/http"
	"strings"
)

// Mux is net/http's mux with the surface's own answers for what is not there.
type Mux struct {
	*http.ServeMux
	surface *Surface
}

// NewMux makes a mux that answers unknown paths and methods as the surface does.
func (s *Surface) NewMux() *Mux {
	m := &Mux{http.NewServeMux(), s}
	m.Handle("/", s.Handle(m.unknown))
	return m
}

// Route serves a pattern with a function that answers or gives an error.
func (m *Mux) Route(pattern string, f func(w http.ResponseWriter, r *http.Request) error) {
	m.Handle(pattern, m.surface.Handle(f))
}

// unknown answers 405 where another method would have been served, else 404.
// R-API-04 R-API-05
func (m *Mux) unknown(_ http.ResponseWriter, r *http.Request) error {
	if allow := m.allowed(r); len(allow) > 0 {
		return &Fault{
			Status: http.StatusMethodNotAllowed, Code: "Request_BadRequest", Message: "Specified HTTP method is not allowed for the request target.",
			Header: http.Header{"Allow": {strings.Join(allow, ", ")}},
		}
	}
	segment := r.URL.Path[strings.LastIndexByte(strings.TrimRight(r.URL.Path, "/"), '/')+1:]
	return &Fault{
		Status: http.StatusNotFound, Code: "BadRequest",
		Message: fmt.Sprintf("Resource not found for the segment '%s'.", echo(segment)),
	}
}

// maxEcho is how much of what a stranger sent an error repeats.
const maxEcho = 100

func echo(text string) string { return strings.ToValidUTF8(text[:min(len(text), maxEcho)], "") }

func (m *Mux) allowed(r *http.Request) []string {
	var allow []string
	for _, method := range []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete} {
		probe := &http.Request{Method: method, URL: r.URL, Host: r.Host}
		if _, pattern := m.Handler(probe); pattern != "/" && pattern != "" {
			allow = append(allow, method)
		}
	}
	return allow
}
