package identity

import (
	"errors"
	"fmt"
	"net/url"
	"strings"
)

// How an app showed who it is, as the appidacr claim says it.
const (
	authNone        = "0"
	authSecret      = "1"
	authCertificate = "2"
)

const assertionType = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer"

// client finds the app that sends form and checks what it shows.
func (s *Server) client(c *call, form url.Values) (App, string, error) {
	id, secret, err := c.credentials(form)
	if err != nil {
		return App{}, "", err
	}
	assertion := form.Get("client_assertion")
	if id == "" && assertion != "" {
		id = assertedClient(assertion)
	}
	if id == "" {
		return App{}, "", refuse(900144, "client_id")
	}
	app, err := s.app(c, id)
	if err != nil {
		return App{}, "", err
	}
	switch {
	case assertion == "" && secret == "":
		return app, authNone, nil
	case len(app.Secrets) == 0 && len(app.Certificates) == 0 && app.PublicClient:
		return App{}, "", refuse(700025)
	case assertion != "":
		if form.Get("client_assertion_type") != assertionType {
			return App{}, "", refuse(90100, "client_assertion_type")
		}
		return app, authCertificate, s.checkAssertion(c, app, assertion)
	}
	return app, authSecret, c.checkSecret(app, secret)
}

// app finds an enabled app.
func (s *Server) app(c *call, id string) (App, error) {
	app, err := s.cfg.Directory.App(c.ctx(), id)
	switch {
	case errors.Is(err, ErrNotFound):
		return App{}, refuse(700016, shorten(id), c.tenant.DisplayName)
	case err != nil:
		return App{}, fmt.Errorf("find app: %w", err)
	case !app.Enabled:
		return App{}, refuse(7000112, app.AppID, app.DisplayName)
	}
	return app, nil
}

// credentials reads the client id and secret from the body or the header, not
// from both.
func (c *call) credentials(form url.Values) (id, secret string, err error) {
	id, secret = form.Get("client_id"), form.Get("client_secret")
	user, password, basic := c.r.BasicAuth()
	if !basic {
		if c.r.Header.Get("Authorization") != "" {
			return "", "", refuse(9002313, "the Authorization header is not Basic")
		}
		return id, secret, nil
	}
	// The two parts are form-encoded (RFC 6749 2.3.1), but many clients send
	// them as they are.
	if plain, err := url.QueryUnescape(user); err == nil {
		user = plain
	}
	if id != "" && !strings.EqualFold(id, user) || secret != "" {
		return "", "", refuse(9002313, "the client shows itself in two ways")
	}
	return user, password, nil
}

// checkSecret compares with every secret of the app, so that the time tells nothing.
func (c *call) checkSecret(app App, secret string) error {
	plain, err := url.QueryUnescape(secret)
	_, _, basic := c.r.BasicAuth()
	encoded := basic && err == nil && plain != secret
	good, expired := false, false
	for _, known := range app.Secrets {
		matches := CheckSecret(known.Hash, secret) || encoded && CheckSecret(known.Hash, plain)
		over := !known.ExpiresAt.IsZero() && !c.now.Before(known.ExpiresAt)
		good = good || matches && !over
		expired = expired || matches && over
	}
	switch {
	case good:
		return nil
	case expired:
		return refuse(7000222, app.AppID)
	}
	return refuse(7000215, app.AppID)
}
