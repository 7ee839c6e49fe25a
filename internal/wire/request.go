package wire

import (
	"context"
	"net/http"
	"strings"
	"unicode/utf8"
)

// requestKey is where a request's id is kept.
type requestKey struct{}

// clientRequestID is the header of the client's own id, spelled as net/http keeps
// it: another spelling costs a copy for each look.
const clientRequestID = "Client-Request-Id"

// maxClientID is how much of the client's own request id is repeated.
const maxClientID = 128

// identify gives the request its id and says it to the client, whose own id
// comes back when asked for, as Graph does.
func (s *Surface) identify(w http.ResponseWriter, r *http.Request) *http.Request {
	id := RequestID(r)
	if id != "" && len(w.Header()["Request-Id"]) > 0 {
		return r // a handler around this one has done it
	}
	if id == "" {
		id = s.NewID()
		r = r.WithContext(context.WithValue(r.Context(), requestKey{}, id))
	}
	w.Header().Set("Request-Id", id)
	if own := ownID(r); own != "" {
		w.Header().Set(clientRequestID, own)
	}
	return r
}

// Identify is the middleware that gives every request below it an id, for what
// is logged and answered before a handler is reached.
func (s *Surface) Identify(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { next.ServeHTTP(w, s.identify(w, r)) })
}

// RequestID is the id of a request, or "" where none was given.
func RequestID(r *http.Request) string {
	id, _ := r.Context().Value(requestKey{}).(string)
	return id
}

// ClientRequestID is the id that the client gave the request, or else ours.
func ClientRequestID(r *http.Request) string {
	if own := ownID(r); own != "" {
		return own
	}
	return RequestID(r)
}

// ownID is the client's id, as far as it can be repeated in a header.
func ownID(r *http.Request) string {
	id := r.Header.Get(clientRequestID)
	if len(id) > maxClientID || strings.ContainsFunc(id, func(c rune) bool { return c <= ' ' || c > '~' }) {
		return ""
	}
	return id
}

// IsText says that a text has nothing in it that none can have, and no database can
// compare.
func IsText(s string) bool { return utf8.ValidString(s) && strings.IndexByte(s, 0) < 0 }
