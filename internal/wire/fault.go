package wire

import (
	"math"
	"net/http"
	"strconv"
	"time"
)

// Fault is an answer that says no, as Graph shapes it. R-API-02
type Fault struct {
	Status     int
	Code       string
	Message    string
	Details    []Detail
	RetryAfter time.Duration // none when 0
	Header     http.Header   // more headers; may be nil
}

// Detail is one of several things that are wrong. R-API-03
type Detail struct {
	Target  string `json:"target,omitempty"`
	Code    string `json:"code"`
	Message string `json:"message,omitempty"`
	Rule    string `json:"rule,omitempty"`
	Row     int    `json:"row,omitempty"`
	Column  int    `json:"column,omitempty"` // from 1; its heading is the target
}

// Error makes a Fault an error.
func (f *Fault) Error() string { return strconv.Itoa(f.Status) + " " + f.Code + ": " + f.Message }

// BadRequest is a request that can't be carried out as it stands.
func BadRequest(code, message string) *Fault {
	return &Fault{Status: http.StatusBadRequest, Code: code, Message: message}
}

// envelope is the body of a Fault. R-API-02
type envelope struct {
	Error errorBody `json:"error"`
}

type errorBody struct {
	Code    string     `json:"code"`
	Message string     `json:"message"`
	Inner   innerError `json:"innerError"`
	Details []Detail   `json:"details,omitempty"`
}

type innerError struct {
	Code            string `json:"code,omitempty"`
	Date            string `json:"date"`
	Message         string `json:"message,omitempty"`
	RequestID       string `json:"request-id"`
	ClientRequestID string `json:"client-request-id"`
	Status          string `json:"status,omitempty"`
}

// Envelope is the body of an answer that says no. R-API-02 R-API-03
func (s *Surface) Envelope(r *http.Request, f *Fault) any {
	inner := innerError{
		Date: s.Now().UTC().Format("2006-01-02T15:04:05"), RequestID: RequestID(r), ClientRequestID: ClientRequestID(r),
	}
	if f.Status == http.StatusTooManyRequests {
		inner.Code, inner.Message, inner.Status = "429", "Please retry after", "429" // R-API-06
	}
	return envelope{errorBody{Code: f.Code, Message: f.Message, Inner: inner, Details: f.Details}}
}

// WriteFault answers with a fault.
func (s *Surface) WriteFault(w http.ResponseWriter, r *http.Request, f *Fault) {
	for name, values := range f.Header {
		w.Header()[http.CanonicalHeaderKey(name)] = values
	}
	if f.RetryAfter > 0 {
		w.Header().Set("Retry-After", strconv.FormatFloat(math.Ceil(f.RetryAfter.Seconds()*1000)/1000, 'f', -1, 64)) // R-API-06
	}
	w.Header().Del("Content-Length")
	JSON(w, f.Status, s.Envelope(r, f))
}
