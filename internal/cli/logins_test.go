package cli

import (
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"

	"leaver/internal/graphclient"
	"leaver/internal/locale"
)

// rotating is a server by which a token to renew with is good once.
type rotating struct {
	mu sync.Mutex
	n  int
}

func (s *rotating) RoundTrip(r *http.Request) (*http.Response, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := r.ParseForm(); err != nil {
		return nil, err
	}
	status, body := 400, `{"error":"invalid_grant","error_description":"AADSTS70008: used"}`
	if r.PostForm.Get("refresh_token") == fmt.Sprint("r", s.n) {
		s.n++
		status, body = 200, fmt.Sprintf(`{"access_token":"a%d","refresh_token":"r%d","expires_in":3600,"token_type":"Bearer"}`, s.n, s.n)
	}
	return &http.Response{StatusCode: status, Header: http.Header{}, Body: io.NopCloser(strings.NewReader(body))}, nil
}

// TestRenewingAtOnce: of processes that renew one sign-in at once, one does, and the
// others use what it got.
func TestRenewingAtOnce(t *testing.T) {
	dir, server := t.TempDir(), &rotating{}
	address := &url.URL{Scheme: "http", Host: "leaver.test"}
	saved := login{Name: "anna", ClientID: "c", RefreshToken: "r0"}
	session := func() *session {
		s, _ := newSession(t, locale.English, 0)
		s.ConfigDir, s.Now = dir, time.Now
		return s
	}
	if err := session().keepLogin(address.String(), &saved); err != nil {
		t.Fatal(err)
	}
	var all sync.WaitGroup
	for range 8 {
		s := session()
		all.Go(func() {
			own := saved
			tokens := s.loginSession(&graphclient.Authority{Server: address, HTTP: &http.Client{Transport: server}, Now: time.Now}, address.String(), &own)
			if got, err := tokens.Token(t.Context(), ""); err != nil || got != "a1" {
				t.Errorf("got %q, %v", got, err)
			}
		})
	}
	all.Wait()
	kept, err := session().readLogins()
	if err != nil || kept.Servers[address.String()].RefreshToken != "r1" || server.n != 1 {
		t.Errorf("kept %+v after %d renewals, %v", kept.Servers[address.String()], server.n, err)
	}
}

// TestSigningInAtOnce: no process loses the sign-in of another.
func TestSigningInAtOnce(t *testing.T) {
	dir := t.TempDir()
	var all sync.WaitGroup
	for i := range 20 {
		s, _ := newSession(t, locale.English, 0)
		s.ConfigDir = dir
		all.Go(func() {
			if err := s.keepLogin(fmt.Sprint("http://", i), &login{Name: "anna"}); err != nil {
				t.Error(err)
			}
		})
	}
	all.Wait()
	s, _ := newSession(t, locale.English, 0)
	s.ConfigDir = dir
	if kept, err := s.readLogins(); err != nil || len(kept.Servers) != 20 {
		t.Errorf("%d sign-ins of 20 are kept, %v", len(kept.Servers), err)
	}
}
