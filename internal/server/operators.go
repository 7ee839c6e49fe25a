package server

import (
	"encoding/json"
	"net/http"
	"strings"

	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// operators are the paths for those who run the server.
func (s *Server) operators() map[string]http.Handler {
	return map[string]http.Handler{
		"/healthz": http.HandlerFunc(s.healthz),
		"/readyz":  http.HandlerFunc(s.readyz),
		"/metrics": promhttp.HandlerFor(s.opt.Metrics, promhttp.HandlerOpts{ErrorHandling: promhttp.ContinueOnError}),
	}
}

// health is the answer of /healthz and /readyz.
type health struct {
	Status   string `json:"status"`
	Practice bool   `json:"practice"`
	Version  string `json:"version"`
}

// healthz says that the process is alive, whatever the database does.
func (s *Server) healthz(w http.ResponseWriter, r *http.Request) {
	s.sayHealth(w, r, http.StatusOK, "ok")
}

// readyz says whether requests can be served now.
func (s *Server) readyz(w http.ResponseWriter, r *http.Request) {
	if err := s.opt.Ready(r.Context()); err != nil {
		s.opt.Log.WarnContext(r.Context(), "not ready", "error", err.Error())
		s.sayHealth(w, r, http.StatusServiceUnavailable, "unavailable")
		return
	}
	s.sayHealth(w, r, http.StatusOK, "ok")
}

// sayHealth answers in one word, or in JSON to those who take it.
func (s *Server) sayHealth(w http.ResponseWriter, r *http.Request, status int, word string) {
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("X-Content-Type-Options", "nosniff")
	if accept := r.Header.Get("Accept"); accept != "" && !strings.Contains(accept, "json") && !strings.Contains(accept, "*/*") {
		w.Header().Set("Content-Type", "text/plain; charset=utf-8")
		w.WriteHeader(status)
		_, _ = w.Write([]byte(word + "\n")) // whoever asked may be gone
		return
	}
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(status)
	_ = json.NewEncoder(w).Encode(health{word, s.opt.Practice, s.opt.Version}) // the same
}
