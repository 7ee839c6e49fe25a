package graphclient

import (
	"context"
	"errors"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"
)

// roundTrip is a server without a network, so that waiting costs no time.
type roundTrip func(*http.Request) *http.Response

func (f roundTrip) RoundTrip(r *http.Request) (*http.Response, error) {
	if err := r.Context().Err(); err != nil {
		return nil, err
	}
	return f(r), nil
}

func answer(status int, body string, header ...string) *http.Response {
	w := httptest.NewRecorder()
	for i := 0; i+1 < len(header); i += 2 {
		w.Header().Set(header[i], header[i+1])
	}
	w.WriteHeader(status)
	_, _ = w.WriteString(body)
	return w.Result()
}

func newClient(serve roundTrip) *Client {
	return &Client{
		Server: &url.URL{Scheme: "http", Host: "leaver.test"}, HTTP: &http.Client{Transport: serve}, Language: "nl", Agent: "test/1",
		Tokens: Bearer("token"),
	}
}

const throttled = `{"error":{"code":"TooManyRequests","message":"wait"}}`

func TestWaitsAsTold(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		asked := 0
		c := newClient(func(*http.Request) *http.Response {
			if asked++; asked < 3 {
				return answer(429, throttled, "Retry-After", "7")
			}
			return answer(200, `{"id":"org"}`)
		})
		begin := time.Now()
		got, err := c.Organization(t.Context())
		if err != nil || got.V.ID != "org" || asked != 3 {
			t.Errorf("got %+v, %v after %d requests", got.V, err, asked)
		}
		if took := time.Since(begin); took != 14*time.Second {
			t.Errorf("waited %v, want twice 7 seconds", took)
		}
	})
}

func TestGivesUp(t *testing.T) {
	tests := []struct {
		name   string
		status int
		send   func(context.Context, *Client) error
		want   int // requests
	}{
		{"throttled for good", 429, func(ctx context.Context, c *Client) error { return c.Purge(ctx, "a") }, attempts},
		{"reading while unavailable", 503, func(ctx context.Context, c *Client) error { _, err := c.Clock(ctx); return err }, attempts},
		{"writing while unavailable", 503, func(ctx context.Context, c *Client) error { return c.Purge(ctx, "a") }, 1},
		{"starting with a key while unavailable", 503, func(ctx context.Context, c *Client) error {
			_, err := c.StartDeparture(ctx, DepartureRequest{}, "key")
			return err
		}, attempts},
		{"refused", 409, func(ctx context.Context, c *Client) error { _, err := c.Clock(ctx); return err }, 1},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			synctest.Test(t, func(t *testing.T) {
				asked := 0
				c := newClient(func(*http.Request) *http.Response { asked++; return answer(tt.status, throttled) })
				if err := tt.send(t.Context(), c); !IsStatus(err, tt.status) || asked != tt.want {
					t.Errorf("%v after %d requests, want status %d after %d", err, asked, tt.status, tt.want)
				}
			})
		})
	}
}

func TestErrors(t *testing.T) {
	tests := []struct {
		body                      string
		code, message, rule, hint string
	}{
		{`{"error":{"code":"user.synced","message":"No.","details":[{"target":"user","code":"R-AD-01","hint":"Do."}]}}`, "user.synced", "No.", "R-AD-01", "Do."},
		{`{"error":{"code":"csv.invalid","message":"No.","details":[{"code":"csv.badUPN","row":2}]}}`, "csv.invalid", "No.", "", ""},
		{`{"error":"invalid_grant","error_description":"AADSTS50126: Wrong. Trace ID: 1 Correlation ID: 2"}`, "invalid_grant", "AADSTS50126: Wrong.", "", ""},
		{`<html>proxy</html>`, "http.418", "I'm a teapot", "", ""},
		{``, "http.418", "I'm a teapot", "", ""},
	}
	for _, tt := range tests {
		c := newClient(func(*http.Request) *http.Response { return answer(418, tt.body, "request-id", "id-1") })
		_, err := c.Organization(t.Context())
		var e *Error
		if !errors.As(err, &e) || e.Status != 418 || e.Code != tt.code || e.Message != tt.message || e.Rule() != tt.rule || e.Hint() != tt.hint {
			t.Errorf("%s reads as %+v, want %+v", tt.body, e, tt)
		}
	}
}

func TestWhatIsSent(t *testing.T) {
	var seen *http.Request
	c := newClient(func(r *http.Request) *http.Response { seen = r; return answer(200, `{}`) })
	if _, err := c.Person(t.Context(), "guest#EXT#@x.example/../y?"); err != nil {
		t.Fatal(err)
	}
	if got, want := seen.URL.EscapedPath(), "/api/v1/people/guest%23EXT%23@x.example%2F..%2Fy%3F"; got != want {
		t.Errorf("asked for %s, want %s", got, want)
	}
	for name, want := range map[string]string{"Authorization": "Bearer token", "Accept-Language": "nl", "User-Agent": "test/1", "Accept": "application/json"} {
		if got := seen.Header.Get(name); got != want {
			t.Errorf("%s is %q, want %q", name, got, want)
		}
	}
}

// TestPages follows next links as they are, stops when the caller does, and
// takes no token to another server.
func TestPages(t *testing.T) {
	asked := []string{}
	next := "http://leaver.test/v1.0/users?$skiptoken=a%2Bb"
	c := newClient(func(r *http.Request) *http.Response {
		asked = append(asked, r.URL.RequestURI())
		if len(asked) == 1 {
			return answer(200, fmt.Sprintf(`{"value":[{"id":"1","more":true},{"id":"2"}],"@odata.nextLink":%q}`, next))
		}
		return answer(200, `{"value":[{"id":"3"}]}`)
	})
	ids, raw := "", ""
	for u, err := range c.Users(t.Context(), UserQuery{Top: 2}) {
		if err != nil {
			t.Fatal(err)
		}
		ids += u.V.ID
		raw += string(u.JSON)
	}
	if ids != "123" || raw != `{"id":"1","more":true}{"id":"2"}{"id":"3"}` || len(asked) != 2 || asked[1] != "/v1.0/users?$skiptoken=a%2Bb" {
		t.Errorf("got %s as %s, asked %q", ids, raw, asked)
	}

	asked = nil
	for range c.Users(t.Context(), UserQuery{}) {
		break
	}
	if len(asked) != 1 {
		t.Errorf("asked for %d pages, want one: nobody wanted the second", len(asked))
	}

	asked, next = nil, "http://elsewhere.test/v1.0/users"
	var last error
	for _, err := range c.Users(t.Context(), UserQuery{}) {
		last = err
	}
	if last == nil || len(asked) != 1 {
		t.Errorf("followed a link to another server with our token: %v", last)
	}
}

// TestNextIsNoLessSafe: behind a proxy that ends TLS a server may write links
// without it; the token does not go over the network in the clear for that.
func TestNextIsNoLessSafe(t *testing.T) {
	c := newClient(func(r *http.Request) *http.Response {
		if r.URL.Scheme != "https" {
			t.Errorf("%s is asked for with %q", r.URL, r.Header.Get("Authorization"))
		}
		if r.URL.Query().Get("$skiptoken") == "" {
			return answer(200, `{"value":[{"id":"1"}],"@odata.nextLink":"http://leaver.test/v1.0/users?$skiptoken=a"}`)
		}
		return answer(200, `{"value":[{"id":"2"}]}`)
	})
	c.Server.Scheme = "https"
	n := 0
	for _, err := range c.Users(t.Context(), UserQuery{}) {
		if err != nil {
			t.Fatal(err)
		}
		n++
	}
	if n != 2 {
		t.Errorf("%d people, want 2", n)
	}
}

func TestEvents(t *testing.T) {
	c := newClient(func(*http.Request) *http.Response {
		return answer(200, ": still here\n\nid: 3\nevent: item\ndata: {\"a\":1,\ndata: \"b\":2}\n\nevent:end\ndata:{}\n\nevent: cut off")
	})
	var got []string
	for e, err := range c.DepartureEvents(t.Context(), "id") {
		if err != nil {
			t.Fatal(err)
		}
		got = append(got, e.Name+" "+string(e.Data))
	}
	if want := `item {"a":1,"b":2}|end {}`; strings.Join(got, "|") != want {
		t.Errorf("read %q, want %s", got, want)
	}
}

func TestUnreachable(t *testing.T) {
	c := newClient(nil)
	c.HTTP = &http.Client{Transport: failing{}}
	_, err := c.Organization(t.Context())
	var gone *Unreachable
	if !errors.As(err, &gone) || gone.Server != "http://leaver.test" || !errors.Is(err, io.ErrUnexpectedEOF) {
		t.Errorf("got %v, want that the server gave no answer", err)
	}
}

type failing struct{}

func (failing) RoundTrip(*http.Request) (*http.Response, error) { return nil, io.ErrUnexpectedEOF }
