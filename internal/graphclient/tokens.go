package graphclient

import (
	"context"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"
)

// Bearer is one access token that somebody else got.
type Bearer string

// Token implements TokenSource. A token that was refused is given again: there
// is no other.
func (b Bearer) Token(context.Context, string) (string, error) { return string(b), nil }

// A Grant is what the token endpoint gave.
type Grant struct {
	AccessToken  string
	RefreshToken string
	Expires      time.Time
}

// An Authority is where tokens come from: the identity endpoints of a server.
// Now is the real clock.
type Authority struct {
	Server *url.URL
	HTTP   *http.Client
	Tenant string // "organizations" when empty
	Now    func() time.Time
}

func (a *Authority) path(endpoint string) string {
	tenant := a.Tenant
	if tenant == "" {
		tenant = "organizations"
	}
	return "/" + url.PathEscape(tenant) + "/oauth2/v2.0/" + endpoint
}

// tokenAnswer is what the token endpoint says.
type tokenAnswer struct {
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token"`
	ExpiresIn    int    `json:"expires_in"`
}

// ask posts a form to the token endpoint.
func (a *Authority) ask(ctx context.Context, form url.Values) (Grant, error) {
	answer, err := post[tokenAnswer](ctx, a, "token", form)
	if err != nil {
		return Grant{}, err
	}
	lifetime := time.Duration(answer.ExpiresIn) * time.Second
	return Grant{AccessToken: answer.AccessToken, RefreshToken: answer.RefreshToken, Expires: a.Now().Add(lifetime)}, nil
}

func post[T any](ctx context.Context, a *Authority, endpoint string, form url.Values) (T, error) {
	c := Client{Server: a.Server, HTTP: a.HTTP}
	answer, err := call[T](ctx, &c, request{
		method: http.MethodPost, path: a.path(endpoint), body: strings.NewReader(form.Encode()),
		header: http.Header{"Content-Type": {"application/x-www-form-urlencoded"}},
	})
	return answer.V, err
}

// Secret asks for a token of an app, by its client secret.
func (a *Authority) Secret(ctx context.Context, clientID, secret string) (Grant, error) {
	return a.ask(ctx, url.Values{
		"grant_type": {"client_credentials"}, "client_id": {clientID}, "client_secret": {secret}, "scope": {graphScope},
	})
}

// Password asks for a token of a person, by name and password.
func (a *Authority) Password(ctx context.Context, clientID, name, password string) (Grant, error) {
	return a.ask(ctx, url.Values{
		"grant_type": {"password"}, "client_id": {clientID}, "username": {name}, "password": {password}, "scope": {personScope},
	})
}

// Refresh asks for another token of the same sign-in.
func (a *Authority) Refresh(ctx context.Context, clientID, token string) (Grant, error) {
	grant, err := a.ask(ctx, url.Values{
		"grant_type": {"refresh_token"}, "client_id": {clientID}, "refresh_token": {token}, "scope": {personScope},
	})
	if grant.RefreshToken == "" {
		grant.RefreshToken = token
	}
	return grant, err
}

const (
	graphScope  = "https://graph.microsoft.com/.default"
	personScope = graphScope + " offline_access openid profile"
)

// A Device is a sign-in that a person completes in a browser.
type Device struct {
	Code      string `json:"device_code"`
	UserCode  string `json:"user_code"`
	Address   string `json:"verification_uri"`
	Interval  int    `json:"interval"`
	ExpiresIn int    `json:"expires_in"`
	Message   string `json:"message"`
}

// StartDevice begins a sign-in in a browser.
func (a *Authority) StartDevice(ctx context.Context, clientID string) (Device, error) {
	return post[Device](ctx, a, "devicecode", url.Values{"client_id": {clientID}, "scope": {personScope}})
}

// AwaitDevice asks, as often as the server wants it, whether the person has
// signed in.
func (a *Authority) AwaitDevice(ctx context.Context, clientID string, d Device) (Grant, error) {
	interval := time.Duration(max(d.Interval, 1)) * time.Second
	for {
		timer := time.NewTimer(interval)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return Grant{}, ctx.Err()
		}
		grant, err := a.ask(ctx, url.Values{
			"grant_type": {"urn:ietf:params:oauth:grant-type:device_code"}, "client_id": {clientID}, "device_code": {d.Code},
		})
		switch codeOf(err) {
		case "authorization_pending":
		case "slow_down":
			interval += 5 * time.Second
		default:
			return grant, err
		}
	}
}

func codeOf(err error) string {
	if e, ok := err.(*Error); ok { //nolint:errorlint // the authority answers its errors unwrapped
		return e.Code
	}
	return ""
}

// A Session keeps a token for as long as it is good and gets the next one when
// it isn't.
type Session struct {
	// Renew gets a new token; last is the grant before.
	Renew func(ctx context.Context, last Grant) (Grant, error)
	// Last is the grant to begin with.
	Last Grant
	Now  func() time.Time

	mu sync.Mutex
}

// Margin is how long before its end a token isn't used any more.
const Margin = 30 * time.Second

// Token implements TokenSource.
func (s *Session) Token(ctx context.Context, spent string) (string, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	good := s.Last.AccessToken != "" && s.Last.AccessToken != spent && s.Now().Before(s.Last.Expires.Add(-Margin))
	if good {
		return s.Last.AccessToken, nil
	}
	grant, err := s.Renew(ctx, s.Last)
	if err != nil {
		return "", err
	}
	s.Last = grant
	return grant.AccessToken, nil
}
