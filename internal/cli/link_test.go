package cli

import (
	"io"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"leaver/internal/graphclient"
	"leaver/internal/locale"
)

// said is a server that says the same to everything.
type said struct {
	status int
	body   string
}

func (s said) RoundTrip(*http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: s.status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(s.body))}, nil
}

// TestLoginOver: a sign-in is over when its token is refused, and not when the
// server is busy.
func TestLoginOver(t *testing.T) {
	for _, c := range []struct {
		server said
		want   string
	}{
		{said{400, `{"error":"invalid_grant","error_description":"AADSTS70008: over"}`}, "loginOver"},
		{said{429, `{"error":{"code":"TooManyRequests","message":"wait"}}`}, "TooManyRequests"},
		{said{503, `{"error":{"code":"ServiceUnavailable","message":"wait"}}`}, "ServiceUnavailable"},
	} {
		synctest.Test(t, func(t *testing.T) {
			s, _ := newSession(t, locale.English, 0)
			s.ConfigDir, s.Now = t.TempDir(), time.Now
			address := &url.URL{Scheme: "http", Host: "leaver.test"}
			tokens := s.loginSession(&graphclient.Authority{Server: address, HTTP: &http.Client{Transport: c.server}, Now: time.Now}, address.String(), &login{RefreshToken: "r"})
			_, err := tokens.Token(t.Context(), "")
			if got := s.asFault(err).Code; got != c.want {
				t.Errorf("%d: got %s, want %s", c.server.status, got, c.want)
			}
		})
	}
}
