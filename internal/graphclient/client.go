// Package graphclient is a typed client for the Graph surface of a Leaver server
// and for its /api/v1. It waits when the server says so, follows next links as
// they are, keeps the server's own words about what went wrong, and answers
// values together with the JSON they came from.
package graphclient

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"time"
)

// A Client talks to one server. Server and HTTP are needed.
type Client struct {
	Server *url.URL
	HTTP   *http.Client
	// Tokens gives the access token of each request. Without it none is sent.
	Tokens TokenSource
	// Language is the Accept-Language in which the server explains itself.
	Language string
	Agent    string
	// Waiting is told, when set, that the server asked to wait before a retry.
	Waiting func(time.Duration)
}

// A TokenSource gives access tokens.
type TokenSource interface {
	// Token answers a token; not the one that is given as spent, which the server
	// has refused.
	Token(ctx context.Context, spent string) (string, error)
}

// An Answer is what the server said, as values and as it was sent.
type Answer[T any] struct {
	V    T
	JSON json.RawMessage
}

// UnmarshalJSON keeps the text beside the values.
func (a *Answer[T]) UnmarshalJSON(text []byte) error {
	a.JSON = bytes.Clone(text)
	return json.Unmarshal(text, &a.V)
}

// MarshalJSON gives the text as it was sent.
func (a Answer[T]) MarshalJSON() ([]byte, error) {
	if a.JSON == nil {
		return []byte("null"), nil
	}
	return a.JSON, nil
}

// request is one call.
type request struct {
	method string
	path   string // from the root of the server, escaped; or a whole next link
	query  url.Values
	body   any // nil, an io.Reader of something else than JSON, or a value
	header http.Header
}

// attempts is how often a request is sent when the server asks to wait.
const attempts = 5

// maxAnswer bounds what is read of an answer that isn't streamed.
const maxAnswer = 1 << 30

// send carries out a request and answers the response when it is a good one.
// The caller closes its body.
func (c *Client) send(ctx context.Context, r request) (*http.Response, error) {
	body, err := encode(r.body)
	if err != nil {
		return nil, err
	}
	spent := ""
	for try := 1; ; try++ {
		token, err := c.token(ctx, spent)
		if err != nil {
			return nil, err
		}
		req, err := c.build(ctx, r, body, token)
		if err != nil {
			return nil, err
		}
		resp, err := c.HTTP.Do(req)
		if err != nil {
			return nil, &Unreachable{Server: c.Server.String(), Cause: err}
		}
		if resp.StatusCode < 400 {
			return resp, nil
		}
		fault := readError(resp)
		switch {
		case resp.StatusCode == http.StatusUnauthorized && c.Tokens != nil && spent == "" && token != "":
			spent = token // it may have been revoked or run out: ask once for another
		case try < attempts && mayRepeat(r, resp.StatusCode):
			if err := c.wait(ctx, fault.RetryAfter, try); err != nil {
				return nil, err
			}
		default:
			return nil, fault
		}
	}
}

func (c *Client) token(ctx context.Context, spent string) (string, error) {
	if c.Tokens == nil {
		return "", nil
	}
	return c.Tokens.Token(ctx, spent)
}

// mayRepeat says that a request may be sent again. A throttled one was not
// looked at; what else is repeated has to be safe to do twice.
func mayRepeat(r request, status int) bool {
	switch status {
	case http.StatusTooManyRequests:
		return true
	case http.StatusServiceUnavailable:
		return r.method == http.MethodGet || r.header.Get("Idempotency-Key") != ""
	}
	return false
}

// wait does as Retry-After says, or waits a little longer each time.
func (c *Client) wait(ctx context.Context, d time.Duration, try int) error {
	if d <= 0 {
		d = time.Duration(1<<try) * 250 * time.Millisecond
	}
	if c.Waiting != nil {
		c.Waiting(d)
	}
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// encode writes the body once, so that it can be sent more than once.
func encode(body any) ([]byte, error) {
	switch b := body.(type) {
	case nil:
		return nil, nil
	case io.Reader:
		text, err := io.ReadAll(b)
		if err != nil {
			return nil, fmt.Errorf("read what to send: %w", err)
		}
		return text, nil
	}
	return json.Marshal(body)
}

func (c *Client) build(ctx context.Context, r request, body []byte, token string) (*http.Request, error) {
	target, err := c.resolve(r)
	if err != nil {
		return nil, err
	}
	var reader io.Reader
	if r.body != nil {
		reader = bytes.NewReader(body)
	}
	req, err := http.NewRequestWithContext(ctx, r.method, target.String(), reader)
	if err != nil {
		return nil, fmt.Errorf("%s %s: %w", r.method, target, err)
	}
	req.Header.Set("Accept", "application/json")
	if r.body != nil {
		req.Header.Set("Content-Type", "application/json")
	}
	for name, values := range r.header {
		req.Header[name] = values
	}
	setIf(req.Header, "Accept-Language", c.Language)
	setIf(req.Header, "User-Agent", c.Agent)
	if token != "" {
		req.Header.Set("Authorization", "Bearer "+token)
	}
	return req, nil
}

// resolve answers the address of a request. A token goes to our own server only,
// and the way that was asked for: a next link to another one is refused, and one
// without TLS is followed with it.
func (c *Client) resolve(r request) (*url.URL, error) {
	ref, err := url.Parse(r.path)
	if err != nil {
		return nil, fmt.Errorf("address %q: %w", r.path, err)
	}
	if ref.IsAbs() {
		if !strings.EqualFold(ref.Host, c.Server.Host) {
			return nil, fmt.Errorf("the server points to another server, %s", ref.Host)
		}
		ref.Scheme = c.Server.Scheme
		return ref, nil
	}
	target := c.Server.JoinPath(ref.EscapedPath())
	target.RawQuery = ref.RawQuery
	if len(r.query) > 0 {
		target.RawQuery = r.query.Encode()
	}
	return target, nil
}

func setIf(h http.Header, name, value string) {
	if value != "" {
		h.Set(name, value)
	}
}

// call carries out a request whose answer is one JSON value, or nothing.
func call[T any](ctx context.Context, c *Client, r request) (Answer[T], error) {
	var answer Answer[T]
	resp, err := c.send(ctx, r)
	if err != nil {
		return answer, err
	}
	defer resp.Body.Close()
	text, err := io.ReadAll(io.LimitReader(resp.Body, maxAnswer))
	if err != nil {
		return answer, &Unreachable{Server: c.Server.String(), Cause: err}
	}
	if len(bytes.TrimSpace(text)) == 0 {
		return answer, nil
	}
	if err := json.Unmarshal(text, &answer); err != nil {
		return answer, fmt.Errorf("%s %s: the answer is not what was expected: %w", r.method, r.path, err)
	}
	return answer, nil
}

// do carries out a request whose answer says nothing more.
func (c *Client) do(ctx context.Context, r request) error {
	resp, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	return resp.Body.Close()
}

// copyTo carries out a request whose answer is a file.
func (c *Client) copyTo(ctx context.Context, w io.Writer, r request) error {
	resp, err := c.send(ctx, r)
	if err != nil {
		return err
	}
	defer resp.Body.Close()
	if _, err := io.Copy(w, resp.Body); err != nil {
		return fmt.Errorf("%s %s: %w", r.method, r.path, err)
	}
	return nil
}

// Unreachable says that no answer came.
type Unreachable struct {
	Server string
	Cause  error
}

// Error names the server and the cause.
func (u *Unreachable) Error() string { return fmt.Sprintf("reach %s: %v", u.Server, u.Cause) }

// Unwrap answers the cause.
func (u *Unreachable) Unwrap() error { return u.Cause }

// An Error is a "no" of the server, in its own words.
type Error struct {
	Status     int
	Code       string
	Message    string
	Details    []Detail
	RequestID  string
	RetryAfter time.Duration
}

// A Detail names the field, the row or the rule behind an error.
type Detail struct {
	Target  string `json:"target"`
	Code    string `json:"code"`
	Message string `json:"message"`
	Hint    string `json:"hint"`
	Rule    string `json:"rule"`
	Row     int    `json:"row"`
	Column  int    `json:"column"`
}

// Error gives the code and the sentence.
func (e *Error) Error() string { return e.Code + ": " + e.Message }

// Rule is the rule that said no, or empty when it wasn't a rule.
func (e *Error) Rule() string {
	for _, d := range e.Details {
		if strings.HasPrefix(d.Rule, "R-") {
			return d.Rule
		}
		if strings.HasPrefix(d.Code, "R-") {
			return d.Code
		}
	}
	return ""
}

// Hint is what the server advises to do, or empty.
func (e *Error) Hint() string {
	for _, d := range e.Details {
		if d.Hint != "" {
			return d.Hint
		}
	}
	return ""
}

// IsStatus tells whether err is a "no" with this status.
func IsStatus(err error, status int) bool {
	var e *Error
	return errors.As(err, &e) && e.Status == status
}

// maxError is how much of an unexpected answer is looked at.
const maxError = 64 << 20

// readError reads the error of a response and closes its body.
func readError(resp *http.Response) *Error {
	defer resp.Body.Close()
	e := &Error{Status: resp.StatusCode, RequestID: resp.Header.Get("request-id")}
	if seconds, err := strconv.Atoi(resp.Header.Get("Retry-After")); err == nil && seconds > 0 {
		e.RetryAfter = time.Duration(min(seconds, 120)) * time.Second
	}
	text, _ := io.ReadAll(io.LimitReader(resp.Body, maxError)) // what came is looked at, cut or not
	var envelope struct {
		Error struct {
			Code    string   `json:"code"`
			Message string   `json:"message"`
			Details []Detail `json:"details"`
		} `json:"error"`
	}
	if err := json.Unmarshal(text, &envelope); err == nil && envelope.Error.Code != "" {
		e.Code, e.Message, e.Details = envelope.Error.Code, envelope.Error.Message, envelope.Error.Details
		return e
	}
	var oauth struct {
		Error       string `json:"error"`
		Description string `json:"error_description"`
	}
	if err := json.Unmarshal(text, &oauth); err == nil && oauth.Error != "" {
		said, _, _ := strings.Cut(oauth.Description, "Trace ID:") // what follows helps nobody who reads it
		e.Code, e.Message = oauth.Error, strings.TrimSpace(said)
		return e
	}
	e.Code, e.Message = "http."+strconv.Itoa(resp.StatusCode), http.StatusText(resp.StatusCode)
	return e
}
