package identity

import (
	"net/url"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// logout ends nothing, as this server keeps no session of its own in the
// browser; it sends the person back to where the app is registered.
func (s *Server) logout(c *call) error {
	params, err := c.params()
	if err != nil {
		return err
	}
	target := params.Get("post_logout_redirect_uri")
	client := params.Get("client_id")
	if client == "" {
		client = s.hintedClient(c, params.Get("id_token_hint"))
	}
	if target != "" && client != "" {
		app, err := s.app(c, client)
		if err != nil {
			return err
		}
		u, err := url.Parse(target)
		if err != nil || !registered(app, target) {
			return refuse(50011, shorten(target), app.AppID)
		}
		if state := params.Get("state"); state != "" {
			query := u.Query()
			query.Set("state", state)
			u.RawQuery = query.Encode()
		}
		c.goTo(u.String())
		return nil
	}
	return s.messagePage(c, "identity.signout.title", "identity.signout.lead", nil)
}

// hintedClient answers the app that an ID token of ours was made for, even if
// its time is over.
func (s *Server) hintedClient(c *call, hint string) string {
	if hint == "" || len(hint) > maxToken {
		return ""
	}
	token, err := jwt.ParseSigned(hint, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil || len(token.Headers) != 1 {
		return ""
	}
	key, err := s.keys.lookup(c.ctx(), token.Headers[0].KeyID)
	if err != nil || key == nil {
		return ""
	}
	var claims idClaims
	if err := token.Claims(key, &claims); err != nil {
		return ""
	}
	return claims.Audience
}
