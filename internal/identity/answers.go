package identity

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strconv"
	"time"
)

// timeLayout is how the platform writes times.
const timeLayout = "2006-01-02 15:04:05Z"

// failure is an error as clients of the protocol read it.
type failure struct {
	Error         string `json:"error"`
	Description   string `json:"error_description"`
	Codes         []int  `json:"error_codes"`
	Timestamp     string `json:"timestamp"`
	TraceID       string `json:"trace_id"`
	CorrelationID string `json:"correlation_id"`
	URI           string `json:"error_uri"`
}

// failure says why something did not work.
func (c *call) failure(why *Refusal) failure {
	at := c.now.UTC().Format(timeLayout)
	return failure{
		Error: answers[why.Code].oauth, Codes: []int{why.Code}, Timestamp: at, TraceID: c.trace, CorrelationID: c.correlation,
		Description: fmt.Sprintf("%s Trace ID: %s Correlation ID: %s Timestamp: %s", why.Error(), c.trace, c.correlation, at),
		URI:         fmt.Sprintf("https://login.microsoftonline.com/error?code=%d", why.Code),
	}
}

// fail answers an error. What is no refusal is ours: it is logged and the
// client may try again.
func (s *Server) fail(c *call, err error) {
	why, ok := errors.AsType[*Refusal](err)
	if !ok {
		if c.ctx().Err() == nil {
			c.log.ErrorContext(c.ctx(), "identity request failed", "request-id", c.trace, "path", c.r.URL.Path, "error", err)
		}
		why = &Refusal{Code: 90033, RetryAfter: 5 * time.Second}
	}
	if why.RetryAfter > 0 {
		c.w.Header().Set("Retry-After", strconv.Itoa(int((why.RetryAfter+time.Second-1)/time.Second)))
	}
	if c.page {
		s.errorPage(c, why)
		return
	}
	if _, _, basic := c.r.BasicAuth(); basic && why.status() == http.StatusUnauthorized {
		c.w.Header().Set("WWW-Authenticate", `Basic realm="`+c.tenant.ID+`"`)
	}
	_ = c.json(why.status(), c.failure(why))
}

// json answers a value that nobody may keep.
func (c *call) json(status int, value any) error {
	body, err := json.Marshal(value)
	if err != nil {
		return fmt.Errorf("write the answer: %w", err)
	}
	header := c.w.Header()
	header.Set("Content-Type", "application/json; charset=utf-8")
	if header.Get("Cache-Control") == "" {
		header.Set("Cache-Control", "no-store, no-cache")
		header.Set("Pragma", "no-cache")
	}
	header.Set("Content-Length", strconv.Itoa(len(body)))
	c.w.WriteHeader(status)
	_, err = c.w.Write(body)
	if err != nil {
		// The client is gone; there is nobody to tell.
		c.log.DebugContext(c.ctx(), "answer not delivered", "request-id", c.trace, "error", err)
	}
	return nil
}

// maxForm is more than any form of the protocol needs.
const maxForm = 64 << 10

// form reads the parameters in the body. Some clients leave the content type out.
func (c *call) form() (url.Values, error) {
	if header := c.r.Header.Get("Content-Type"); header != "" {
		if kind, _, err := mime.ParseMediaType(header); err != nil || kind != "application/x-www-form-urlencoded" {
			return nil, refuse(9002313, "send application/x-www-form-urlencoded")
		}
	}
	body, err := io.ReadAll(http.MaxBytesReader(c.w, c.r.Body, maxForm))
	if err != nil {
		return nil, refuse(9002313, "the body is too long or broke off")
	}
	return readForm(string(body))
}

// readForm reads form parameters. Each may be there once: with two, we and
// something between the client and us could look at different ones.
func readForm(body string) (url.Values, error) {
	values, err := url.ParseQuery(body)
	if err != nil {
		return nil, refuse(9002313, "the body is no form")
	}
	for name, all := range values {
		if len(all) > 1 {
			return nil, refuse(9002313, "the parameter '"+shorten(name)+"' is there twice")
		}
	}
	return values, nil
}

// shorten keeps what a stranger sent from filling an answer.
func shorten(s string) string {
	const most = 100
	if r := []rune(s); len(r) > most {
		return string(r[:most]) + "…"
	}
	return s
}
