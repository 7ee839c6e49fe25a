// Package wire is what the Graph surface and /api/v1 share over HTTP: the one
// place where an error becomes an answer, the shape of those answers, request
// ids, reading and writing JSON, and who a request comes from. It knows no
// operation and no resource.
package wire

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"runtime/debug"
	"time"

	"leaver/internal/locale"
	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// Surface is one HTTP interface and how it answers errors.
type Surface struct {
	Log   *slog.Logger
	Now   func() time.Time
	NewID func() string
	// Refused words the refusal of a rule: Directory and Drive are the ways of
	// Graph, /api/v1 has its own.
	Refused func(r *http.Request, x *org.Refusal) *Fault
}

// With gives the same surface with other words for refusals.
func (s Surface) With(refused func(r *http.Request, x *org.Refusal) *Fault) *Surface {
	s.Refused = refused
	return &s
}

// Handle makes a handler of a function that answers or gives an error. It is
// the one place where an error becomes an answer and, when it is our fault, a
// line in the log.
func (s *Surface) Handle(f func(w http.ResponseWriter, r *http.Request) error) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = s.identify(w, r)
		out := &writer{ResponseWriter: w}
		if err := s.guarded(out, r, f); err != nil {
			s.answer(out, r, err)
		}
	})
}

// guarded runs a handler; a fault in the program is an error like another, for
// one request must not take the process down.
func (s *Surface) guarded(w http.ResponseWriter, r *http.Request, f func(http.ResponseWriter, *http.Request) error) (err error) {
	defer func() {
		if p := recover(); p != nil {
			if p == http.ErrAbortHandler { //nolint:errorlint // net/http compares it the same way
				panic(p) //nolint:forbidigo // the way of net/http to cut a connection
			}
			err = fmt.Errorf("panic: %v\n%s", p, debug.Stack())
		}
	}()
	return f(w, r)
}

// answer writes an error, where nothing has been written yet.
func (s *Surface) answer(w *writer, r *http.Request, err error) {
	if errors.Is(err, offboard.ErrSubjectChanged) && !w.begun {
		return // it is served once more, see Auth.As
	}
	fault := s.FaultOf(r, err)
	if w.lost {
		fault.Status = StatusClientLeft
	}
	if fault.Status >= http.StatusInternalServerError && fault.Status != http.StatusNotImplemented {
		s.Log.ErrorContext(r.Context(), "request failed", "request-id", RequestID(r), "method", r.Method, "path", r.URL.Path,
			"status", fault.Status, "error", err.Error())
	}
	if w.begun {
		panic(http.ErrAbortHandler) //nolint:forbidigo // half an answer is no answer: this cuts the connection
	}
	s.WriteFault(w, r, fault)
}

// StatusClientLeft is what is counted and logged for a request whose client left
// before there was an answer: nobody's fault, and no 5xx.
const StatusClientLeft = 499

// gone says that the client left before there was an answer.
func gone(r *http.Request, err error) bool {
	return r.Context().Err() != nil && errors.Is(err, context.Canceled)
}

// FaultOf says what an error looks like from outside. What is not a refusal or
// a fault of the request is internal, and never shown.
func (s *Surface) FaultOf(r *http.Request, err error) *Fault {
	var (
		fault *Fault
		query *odata.Error
		large *http.MaxBytesError
	)
	switch {
	case gone(r, err):
		return &Fault{Status: StatusClientLeft, Code: "ClientClosedRequest", Message: "The client left before there was an answer."}
	case errors.As(err, &fault):
		return fault
	case errors.As(err, &query):
		return &Fault{Status: http.StatusBadRequest, Code: query.Code, Message: query.Message}
	case errors.As(err, &large):
		return tooLarge(large.Limit)
	}
	if refusal := org.RefusalOf(err); refusal != nil {
		return s.Refused(r, refusal)
	}
	return s.Refused(r, &org.Refusal{Kind: org.Internal})
}

// writer remembers whether an answer has begun, and whether it got lost on its
// way to a client that is gone.
type writer struct {
	http.ResponseWriter
	begun, lost bool
}

func (w *writer) WriteHeader(status int) {
	w.begun = true
	w.ResponseWriter.WriteHeader(status)
}

func (w *writer) Write(b []byte) (int, error) {
	w.begun = true
	n, err := w.ResponseWriter.Write(b)
	w.lost = w.lost || err != nil
	return n, err
}

// Unwrap lets http.ResponseController reach the connection.
func (w *writer) Unwrap() http.ResponseWriter { return w.ResponseWriter }

// Lang is the language of whoever asks.
func Lang(r *http.Request) locale.Lang { return locale.Match(r.Header.Get("Accept-Language")) }

// Sentence says in a language what a rule refused, and what to do about it.
func Sentence(lang locale.Lang, x *org.Refusal) string {
	text := Text(lang, x)
	key := "hint." + x.Reason
	if hint := locale.Text(lang, key, x.Args.Map()); hint != key {
		text += " " + hint
	}
	return text
}

// Text says in a language what a rule refused.
func Text(lang locale.Lang, x *org.Refusal) string {
	return locale.Text(lang, "refusal."+x.Reason, x.Args.Map())
}
