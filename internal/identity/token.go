package identity

import (
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"errors"
	"fmt"
	"net/url"
)

const deviceGrant = "urn:ietf:params:oauth:grant-type:device_code"

// token serves the token endpoint.
func (s *Server) token(c *call) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	kind := form.Get("grant_type")
	if kind == "" {
		return refuse(900144, "grant_type")
	}
	grants := map[string]func(*call, url.Values, App, string) (tokens, error){
		"client_credentials": s.forApp,
		"authorization_code": s.forCode,
		deviceGrant:          s.forDevice,
		"device_code":        s.forDevice,
		"refresh_token":      s.forRefresh,
		"password":           s.forPassword,
	}
	serve, ok := grants[kind]
	if !ok {
		return refuse(70003, shorten(kind))
	}
	app, auth, err := s.client(c, form)
	if err != nil {
		return err
	}
	if auth == authNone && !app.PublicClient {
		return refuse(7000218)
	}
	answer, err := serve(c, form, app, auth)
	if err != nil {
		return err
	}
	return c.json(200, answer)
}

// forApp is the client credentials grant.
func (s *Server) forApp(c *call, form url.Values, app App, auth string) (tokens, error) {
	if auth == authNone {
		return tokens{}, refuse(7000218)
	}
	if form.Get("scope") == "" && form.Get("resource") == "" {
		return tokens{}, refuse(900144, "scope")
	}
	asked, err := s.readScopes(c, form.Get("scope"), form.Get("resource"))
	if err != nil {
		return tokens{}, err
	}
	if !asked.all || len(asked.names) > 0 {
		return tokens{}, refuse(1002012, shorten(asked.raw))
	}
	answer, err := s.appTokens(c, app, auth, asked.resource)
	if err == nil {
		s.heard(c.ctx(), SignInEvent{Name: app.DisplayName, AppID: app.AppID, Address: c.address})
	}
	return answer, err
}

// forCode redeems an authorization code.
func (s *Server) forCode(c *call, form url.Values, app App, auth string) (tokens, error) {
	grant, err := s.spend(c, form, app, "code", KindCode)
	if err != nil {
		return tokens{}, err
	}
	verifier := form.Get("code_verifier")
	switch {
	case form.Get("redirect_uri") != grant.Details.RedirectURI:
		return tokens{}, refuse(50011, shorten(form.Get("redirect_uri")), app.AppID)
	case grant.Details.Challenge == "" && auth == authNone:
		return tokens{}, refuse(9002325)
	case grant.Details.Challenge == "" && verifier != "", grant.Details.Challenge != "" && !proves(verifier, grant.Details.Challenge):
		return tokens{}, refuse(501481)
	}
	return s.forGrant(c, form, grant, app, auth)
}

// proves tells whether challenge was made of verifier.
func proves(verifier, challenge string) bool {
	sum := sha256.Sum256([]byte(verifier))
	return subtle.ConstantTimeCompare([]byte(base64.RawURLEncoding.EncodeToString(sum[:])), []byte(challenge)) == 1
}

// forRefresh redeems a refresh token; the next one comes with the answer.
func (s *Server) forRefresh(c *call, form url.Values, app App, auth string) (tokens, error) {
	grant, err := s.spend(c, form, app, "refresh_token", KindRefresh)
	if err != nil {
		return tokens{}, err
	}
	return s.forGrant(c, form, grant, app, auth)
}

// forGrant gives the tokens for a grant that was just spent, if the person may
// still come in.
func (s *Server) forGrant(c *call, form url.Values, grant Grant, app App, auth string) (tokens, error) {
	person, err := s.stillIn(c, grant)
	if err != nil {
		return tokens{}, err
	}
	raw := form.Get("scope")
	if raw == "" {
		raw = grant.Details.Scope
	}
	asked, err := s.readScopes(c, raw, form.Get("resource"))
	if err != nil {
		return tokens{}, err
	}
	asked.offline = asked.offline || grant.Kind == KindRefresh
	return s.personTokens(c, signedIn{
		app: app, auth: auth, person: person, family: grant.Family, nonce: grant.Details.Nonce, at: grant.Details.SignedInAt,
	}, asked)
}

// stillIn finds the person of a grant. Who was deleted or blocked, or whose
// sessions were revoked since, gets no token. R-DEL-12
func (s *Server) stillIn(c *call, grant Grant) (Person, error) {
	person, err := s.cfg.Directory.PersonByID(c.ctx(), grant.PersonID)
	switch {
	case errors.Is(err, ErrNotFound):
		return Person{}, refuse(500341)
	case err != nil:
		return Person{}, fmt.Errorf("find person: %w", err)
	case !person.Enabled:
		return Person{}, refuse(50057)
	case person.SessionEpoch != grant.Details.Epoch:
		return Person{}, refuse(50173)
	}
	return person, nil
}

// find answers a grant that can be handed in.
func (s *Server) find(c *call, handle, parameter string, kind GrantKind) (Grant, error) {
	grant, err := s.cfg.Grants.Find(c.ctx(), handle)
	return s.living(c, grant, parameter, kind, err)
}

// spend takes the grant that the form hands in. A code or token that comes a
// second time was stolen, from the first or from the second who sends it:
// everything that came from the same sign-in dies.
func (s *Server) spend(c *call, form url.Values, app App, parameter string, kind GrantKind) (Grant, error) {
	secret := form.Get(parameter)
	if secret == "" {
		return Grant{}, refuse(900144, parameter)
	}
	// Looked at first, so that a stranger's app can't spend it.
	grant, err := s.find(c, Handle(secret), parameter, kind)
	if err != nil {
		return Grant{}, err
	}
	if grant.AppID != app.AppID {
		return Grant{}, refuse(70000, parameter)
	}
	grant, err = s.cfg.Grants.Spend(c.ctx(), Handle(secret), c.now)
	if grant, err = s.living(c, grant, parameter, kind, err); err != nil {
		return Grant{}, err
	}
	if grant.SpentAt.IsZero() {
		return grant, nil
	}
	if err := s.revokeFamily(c, grant.Family); err != nil {
		return Grant{}, err
	}
	if kind == KindCode {
		return Grant{}, refuse(54005)
	}
	return Grant{}, refuse(50173)
}

// living refuses what is unknown, over or revoked.
func (s *Server) living(c *call, grant Grant, parameter string, kind GrantKind, err error) (Grant, error) {
	switch {
	case errors.Is(err, ErrNotFound) || err == nil && grant.Kind != kind:
		return Grant{}, refuse(70000, parameter)
	case err != nil:
		return Grant{}, fmt.Errorf("read a %s: %w", parameter, err)
	case !c.now.Before(grant.ExpiresAt):
		return Grant{}, refuse(70008)
	}
	_, err = s.cfg.Grants.Find(c.ctx(), familyHandle(grant.Family))
	switch {
	case err == nil:
		return Grant{}, refuse(50173)
	case !errors.Is(err, ErrNotFound):
		return Grant{}, fmt.Errorf("read a sign-in: %w", err)
	}
	return grant, nil
}

// revokeFamily leaves a mark that outlives every token of the sign-in. A mark
// also stops the token that another node is handing out at this moment.
func (s *Server) revokeFamily(c *call, family string) error {
	err := s.cfg.Grants.Save(c.ctx(), Grant{
		Handle: familyHandle(family), Kind: KindRevoked, Family: family, ExpiresAt: c.now.Add(2 * refreshLifetime),
	})
	if err != nil && !errors.Is(err, ErrExists) {
		return fmt.Errorf("revoke a sign-in: %w", err)
	}
	return nil
}

func familyHandle(family string) string { return Handle("revoked\x00" + family) }

// forPassword is the grant where the app has the person's password.
func (s *Server) forPassword(c *call, form url.Values, app App, auth string) (tokens, error) {
	if !s.cfg.AllowPassword {
		return tokens{}, refuse(7000229)
	}
	for _, name := range []string{"username", "password", "scope"} {
		if form.Get(name) == "" {
			return tokens{}, refuse(900144, name)
		}
	}
	asked, err := s.readScopes(c, form.Get("scope"), "")
	if err != nil {
		return tokens{}, err
	}
	person, err := s.SignIn(c.ctx(), Credentials{Name: form.Get("username"), Password: form.Get("password"), Address: c.address, AppID: app.AppID})
	if err != nil {
		return tokens{}, err
	}
	family, err := NewSecret(rand.Reader)
	if err != nil {
		return tokens{}, err
	}
	return s.personTokens(c, signedIn{app: app, auth: auth, person: person, family: family, at: c.now}, asked)
}
