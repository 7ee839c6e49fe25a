package identity

import (
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"net"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// codeLifetime is how long an authorization code may take to come back.
const codeLifetime = 5 * time.Minute

// authorization is what an app asks a person for.
type authorization struct {
	app         App
	redirectURI string
	mode        string
	state       string
	nonce       string
	challenge   string
	scope       string
	clientInfo  bool
	params      url.Values // as they came, to carry through the form
}

// carried are the parameters that the sign-in form sends on.
var carried = []string{
	"client_id", "response_type", "redirect_uri", "response_mode", "scope", "resource", "state", "nonce", "prompt",
	"code_challenge", "code_challenge_method", "client_info",
}

// authorize serves the authorization endpoint: it shows the sign-in form and,
// once the person has signed in, sends a code to the app.
func (s *Server) authorize(c *call) error {
	params, err := c.params()
	if err != nil {
		return err
	}
	asked, err := s.readAuthorization(c, params)
	if err != nil {
		return err
	}
	if err := s.checkAuthorization(c, &asked); err != nil {
		why, ok := errors.AsType[*Refusal](err)
		if !ok {
			return err
		}
		return s.sendBack(c, asked, c.refusalParams(why))
	}
	typed, err := s.typed(c, params, asked.app)
	if err != nil {
		return err
	}
	if typed == nil {
		return s.signInPage(c, asked.view(params.Get("login_hint")), nil)
	}
	person, err := s.signInByForm(c, *typed, params)
	if err != nil {
		return s.signInPage(c, asked.view(typed.Name), err)
	}
	return s.sendCode(c, asked, person)
}

// params reads the query, and the form of a POST. Where both name the same
// parameter the form counts.
func (c *call) params() (url.Values, error) {
	params, err := readForm(c.r.URL.RawQuery)
	if err != nil || c.r.Method != http.MethodPost {
		return params, err
	}
	form, err := c.form()
	for name, value := range form {
		params[name] = value
	}
	return params, err
}

// typed answers what the person typed, or nil where the request only opens the
// form. An app may open the form with a POST from its own site; what a person
// types must come from ours.
func (s *Server) typed(c *call, params url.Values, app App) (*Credentials, error) {
	if c.r.Method != http.MethodPost || !params.Has("password") {
		return nil, nil
	}
	if err := s.origins.Check(c.r); err != nil {
		return nil, refuse(9002313, "the form was sent by another site")
	}
	return &Credentials{Name: params.Get("username"), Password: params.Get("password"), Address: c.address, AppID: app.AppID}, nil
}

// signInByForm signs in, with a new password where the form has one.
func (s *Server) signInByForm(c *call, typed Credentials, params url.Values) (Person, error) {
	if !params.Has("new_password") {
		return s.SignIn(c.ctx(), typed)
	}
	if params.Get("new_password") != params.Get("new_password_again") {
		return Person{}, errMismatch
	}
	return s.ChangePassword(c.ctx(), typed, params.Get("new_password"))
}

// errMismatch says that the two new passwords differ.
var errMismatch = errors.New("the new passwords differ")

// readAuthorization reads what must be right before anything may be sent back
// to the app: which app it is, and where it lives.
func (s *Server) readAuthorization(c *call, params url.Values) (authorization, error) {
	asked := authorization{
		mode: params.Get("response_mode"), state: params.Get("state"), nonce: params.Get("nonce"), scope: params.Get("scope"),
		challenge: params.Get("code_challenge"), clientInfo: params.Get("client_info") == "1", params: params,
	}
	id := params.Get("client_id")
	if id == "" {
		return asked, refuse(900144, "client_id")
	}
	var err error
	if asked.app, err = s.app(c, id); err != nil {
		return asked, err
	}
	asked.redirectURI = params.Get("redirect_uri")
	if asked.redirectURI == "" {
		if len(asked.app.RedirectURIs) != 1 {
			return asked, refuse(900971)
		}
		asked.redirectURI = asked.app.RedirectURIs[0]
	}
	if !registered(asked.app, asked.redirectURI) {
		return asked, refuse(50011, shorten(asked.redirectURI), asked.app.AppID)
	}
	return asked, nil
}

// registered tells whether the app may be answered at uri. An app on the
// person's own machine listens where it finds a free port, so there the port
// doesn't count.
func registered(app App, uri string) bool {
	got, err := url.Parse(uri)
	if err != nil || got.Scheme == "" || got.Fragment != "" || slices.Contains([]string{"javascript", "data", "vbscript", "file"}, strings.ToLower(got.Scheme)) {
		return false
	}
	return slices.ContainsFunc(app.RedirectURIs, func(known string) bool {
		if known == uri {
			return true
		}
		want, err := url.Parse(known)
		return err == nil && want.Scheme == "http" && got.Scheme == "http" && isLoopback(want.Hostname()) && got.Hostname() == want.Hostname() &&
			strings.TrimSuffix(got.Path, "/") == strings.TrimSuffix(want.Path, "/") && got.RawQuery == want.RawQuery && got.User == nil
	})
}

func isLoopback(host string) bool {
	ip := net.ParseIP(host)
	return host == "localhost" || ip != nil && ip.IsLoopback()
}

// checkAuthorization checks the rest; the app hears of what is wrong.
func (s *Server) checkAuthorization(c *call, asked *authorization) error {
	if asked.mode == "" {
		asked.mode = "query"
	}
	if !slices.Contains([]string{"query", "fragment", "form_post"}, asked.mode) {
		mode := asked.mode
		asked.mode = "query"
		return refuse(70007, shorten(mode))
	}
	switch kind := asked.params.Get("response_type"); {
	case kind == "":
		return refuse(900144, "response_type")
	case kind != "code":
		return refuse(700054, shorten(kind))
	}
	method := asked.params.Get("code_challenge_method")
	secretless := len(asked.app.Secrets) == 0 && len(asked.app.Certificates) == 0
	switch {
	case asked.challenge == "" && asked.app.PublicClient && secretless:
		return refuse(9002325)
	case asked.challenge == "" && method != "", asked.challenge != "" && (method != "S256" || !isSHA256(asked.challenge)):
		return refuse(50147)
	case asked.scope == "" && asked.params.Get("resource") == "":
		return refuse(900144, "scope")
	}
	read, err := s.readScopes(c, asked.scope, asked.params.Get("resource"))
	if err != nil {
		return err
	}
	if _, err := read.granted(asked.app); err != nil {
		return err
	}
	asked.scope = read.raw
	if asked.params.Get("prompt") == "none" {
		return refuse(50058) // everybody signs in anew, so nobody is signed in
	}
	return nil
}

func isSHA256(challenge string) bool {
	sum, err := base64.RawURLEncoding.DecodeString(challenge)
	return err == nil && len(sum) == 32
}

// sendCode makes a code for person and sends it to the app.
func (s *Server) sendCode(c *call, asked authorization, person Person) error {
	code, err := NewSecret(rand.Reader)
	if err != nil {
		return err
	}
	family, err := NewSecret(rand.Reader)
	if err != nil {
		return err
	}
	err = s.cfg.Grants.Save(c.ctx(), Grant{
		Handle: Handle(code), Kind: KindCode, Family: family, AppID: asked.app.AppID, PersonID: person.ID, ExpiresAt: c.now.Add(codeLifetime),
		Details: Details{
			Epoch: person.SessionEpoch, Scope: asked.scope, RedirectURI: asked.redirectURI, Challenge: asked.challenge,
			Nonce: asked.nonce, SignedInAt: c.now,
		},
	})
	if err != nil {
		return fmt.Errorf("store a code: %w", err)
	}
	answer := url.Values{"code": {code}}
	if asked.clientInfo {
		info, err := clientInfo(person.ID, c.tenant.ID)
		if err != nil {
			return err
		}
		answer.Set("client_info", info)
	}
	return s.sendBack(c, asked, answer)
}

// refusalParams is a refusal as an app hears of it.
func (c *call) refusalParams(why *Refusal) url.Values {
	told := c.failure(why)
	if why.Code == 65001 {
		told.Error = "consent_required"
	}
	return url.Values{"error": {told.Error}, "error_description": {told.Description}, "error_uri": {told.URI}}
}

// sendBack answers the app at its address, in the way that it chose.
func (s *Server) sendBack(c *call, asked authorization, answer url.Values) error {
	if asked.state != "" {
		answer.Set("state", asked.state)
	}
	target, err := url.Parse(asked.redirectURI)
	if err != nil {
		return refuse(50011, shorten(asked.redirectURI), asked.app.AppID)
	}
	switch asked.mode {
	case "form_post":
		if target.Scheme != "https" && target.Scheme != "http" {
			return refuse(70007, "form_post")
		}
		return s.postPage(c, asked.redirectURI, answer)
	case "fragment":
		c.goTo(asked.redirectURI + "#" + answer.Encode())
		return nil
	}
	query := target.Query()
	for name, value := range answer {
		query[name] = value
	}
	target.RawQuery = query.Encode()
	c.goTo(target.String())
	return nil
}

// goTo sends the browser on. See Other makes it forget the form, with the
// password that stands in it.
func (c *call) goTo(target string) {
	c.w.Header().Set("Location", target)
	c.w.Header().Set("Cache-Control", "no-store")
	c.w.Header().Set("Referrer-Policy", "no-referrer")
	c.w.WriteHeader(http.StatusSeeOther)
}
