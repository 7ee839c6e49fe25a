package graphclient

import (
	"context"
	"net/http"
	"net/url"
	"testing"
	"testing/synctest"
	"time"
)

// TestRefusedTokenIsRenewedOnce: a token that was revoked is replaced, and a
// second "no" is the answer.
func TestRefusedTokenIsRenewedOnce(t *testing.T) {
	for name, good := range map[string]string{"the second token is good": "Bearer token-2", "none is good": "none"} {
		t.Run(name, func(t *testing.T) {
			made, asked := 0, 0
			c := newClient(func(r *http.Request) *http.Response {
				asked++
				if r.Header.Get("Authorization") == good {
					return answer(200, `{"id":"org"}`)
				}
				return answer(401, `{"error":{"code":"InvalidAuthenticationToken","message":"no"}}`)
			})
			c.Tokens = &Session{Now: time.Now, Renew: func(context.Context, Grant) (Grant, error) {
				made++
				return Grant{AccessToken: "token-" + string(rune('0'+made)), Expires: time.Now().Add(time.Hour)}, nil
			}}
			_, err := c.Organization(t.Context())
			if (err == nil) != (good != "none") || asked != 2 || made != 2 {
				t.Errorf("%v after %d requests with %d tokens", err, asked, made)
			}
		})
	}
}

func TestTokenIsKeptUntilItsEnd(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		made := 0
		s := &Session{Now: time.Now, Renew: func(_ context.Context, last Grant) (Grant, error) {
			made++
			return Grant{AccessToken: last.AccessToken + "x", Expires: time.Now().Add(time.Hour)}, nil
		}}
		for _, step := range []struct {
			wait time.Duration
			want string
		}{{0, "x"}, {time.Minute, "x"}, {58 * time.Minute, "x"}, {time.Minute, "xx"}} {
			time.Sleep(step.wait) // of the bubble's clock
			if got, err := s.Token(t.Context(), ""); err != nil || got != step.want {
				t.Errorf("after %v: token %q, %v, want %q", step.wait, got, err, step.want)
			}
		}
	})
}

// TestDevice signs in in a browser: pending, too fast, and done.
func TestDevice(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		answers := []string{"authorization_pending", "slow_down", "authorization_pending"}
		var times []time.Duration
		begin := time.Now()
		serve := roundTrip(func(r *http.Request) *http.Response {
			if err := r.ParseForm(); err != nil || r.PostForm.Get("client_id") != "cli" {
				t.Errorf("form %v, %v", r.PostForm, err)
			}
			if r.URL.Path == "/organizations/oauth2/v2.0/devicecode" {
				return answer(200, `{"device_code":"secret","user_code":"ABC","verification_uri":"http://x","interval":5,"expires_in":900}`)
			}
			times = append(times, time.Since(begin))
			if len(answers) > 0 {
				next := answers[0]
				answers = answers[1:]
				return answer(400, `{"error":"`+next+`","error_description":"wait"}`)
			}
			return answer(200, `{"access_token":"at","refresh_token":"rt","expires_in":3600}`)
		})
		a := &Authority{Server: &url.URL{Scheme: "http", Host: "leaver.test"}, HTTP: &http.Client{Transport: serve}, Now: time.Now}
		d, err := a.StartDevice(t.Context(), "cli")
		if err != nil || d.UserCode != "ABC" {
			t.Fatalf("%+v, %v", d, err)
		}
		grant, err := a.AwaitDevice(t.Context(), "cli", d)
		if err != nil || grant.AccessToken != "at" || grant.RefreshToken != "rt" || !grant.Expires.After(time.Now().Add(59*time.Minute)) {
			t.Errorf("%+v, %v", grant, err)
		}
		want := []time.Duration{5 * time.Second, 10 * time.Second, 20 * time.Second, 30 * time.Second}
		for i := range want {
			if i >= len(times) || times[i] != want[i] {
				t.Fatalf("asked after %v, want after %v", times, want)
			}
		}
	})
}

// TestRefreshKeepsTheToken: a server need not give a new refresh token.
func TestRefreshKeepsTheToken(t *testing.T) {
	serve := roundTrip(func(*http.Request) *http.Response { return answer(200, `{"access_token":"new","expires_in":60}`) })
	a := &Authority{Server: &url.URL{Scheme: "http", Host: "leaver.test"}, HTTP: &http.Client{Transport: serve}, Now: time.Now}
	if grant, err := a.Refresh(t.Context(), "cli", "old"); err != nil || grant.AccessToken != "new" || grant.RefreshToken != "old" {
		t.Errorf("%+v, %v", grant, err)
	}
}
