package identity

import (
	"crypto/rand"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"time"
)

const (
	deviceLifetime = 15 * time.Minute
	deviceInterval = 5
	// userCodeSigns has no vowels, so that no word comes out, and no digits, so
	// that nobody takes one for a letter.
	userCodeSigns  = "BCDFGHJKLMNPQRSTVWXZ"
	userCodeLength = 9
)

// deviceCode starts a sign-in of an app that has no browser.
func (s *Server) deviceCode(c *call) error {
	form, err := c.form()
	if err != nil {
		return err
	}
	id := form.Get("client_id")
	if id == "" {
		return refuse(900144, "client_id")
	}
	app, err := s.app(c, id)
	if err != nil {
		return err
	}
	if form.Get("scope") == "" && form.Get("resource") == "" {
		return refuse(900144, "scope")
	}
	asked, err := s.readScopes(c, form.Get("scope"), form.Get("resource"))
	if err != nil {
		return err
	}
	if _, err := asked.granted(app); err != nil {
		return err
	}
	secret, userCode, err := s.newDeviceCode(c, app, asked.raw)
	if err != nil {
		return err
	}
	page := c.base + "/devicelogin"
	return c.json(200, map[string]any{
		"user_code": userCode, "device_code": secret, "verification_uri": page, "verification_url": page,
		"expires_in": int(deviceLifetime / time.Second), "interval": deviceInterval,
		"message": s.cfg.Text(c.lang, "identity.device.message", map[string]any{"url": page, "code": userCode}),
	})
}

// newDeviceCode stores the code that the app polls with and the one that the
// person types, which stands for the first.
func (s *Server) newDeviceCode(c *call, app App, scope string) (secret, userCode string, err error) {
	if secret, err = NewSecret(rand.Reader); err != nil {
		return "", "", err
	}
	if userCode, err = pick(rand.Reader, userCodeSigns, userCodeLength); err != nil {
		return "", "", err
	}
	device := Grant{
		Handle: Handle(secret), Kind: KindDevice, Family: Handle("family\x00" + secret), AppID: app.AppID,
		ExpiresAt: c.now.Add(deviceLifetime), Details: Details{Scope: scope},
	}
	user := Grant{
		Handle: userCodeHandle(userCode), Kind: KindUserCode, Family: device.Family, AppID: app.AppID,
		ExpiresAt: device.ExpiresAt, Details: Details{Device: device.Handle},
	}
	for _, grant := range []Grant{device, user} {
		if err := s.cfg.Grants.Save(c.ctx(), grant); err != nil {
			return "", "", fmt.Errorf("store a device code: %w", err)
		}
	}
	return secret, userCode, nil
}

// userCodeHandle finds a code however the person wrote it.
func userCodeHandle(code string) string {
	plain := strings.Map(func(r rune) rune {
		if r == '-' || r == ' ' {
			return -1
		}
		return r
	}, strings.ToUpper(code))
	return Handle("user code\x00" + plain)
}

func decisionHandle(device string) string { return Handle("decision\x00" + device) }

// forDevice answers a poll.
func (s *Server) forDevice(c *call, form url.Values, app App, auth string) (tokens, error) {
	secret := form.Get("device_code")
	if secret == "" {
		secret = form.Get("code") // as the older form called it
	}
	if secret == "" {
		return tokens{}, refuse(900144, "device_code")
	}
	device, err := s.find(c, Handle(secret), "device_code", KindDevice)
	if errors.Is(err, &Refusal{Code: 70008}) {
		return tokens{}, refuse(70020)
	}
	if err != nil {
		return tokens{}, err
	}
	if device.AppID != app.AppID {
		return tokens{}, refuse(70000, "device_code")
	}
	decision, err := s.cfg.Grants.Find(c.ctx(), decisionHandle(device.Handle))
	if errors.Is(err, ErrNotFound) {
		return tokens{}, refuse(70016)
	}
	if err != nil {
		return tokens{}, fmt.Errorf("read a decision: %w", err)
	}
	if decision.Details.Declined {
		return tokens{}, refuse(65004)
	}
	spent, err := s.cfg.Grants.Spend(c.ctx(), device.Handle, c.now)
	if err != nil {
		return tokens{}, fmt.Errorf("spend a device code: %w", err)
	}
	if !spent.SpentAt.IsZero() {
		if err := s.revokeFamily(c, device.Family); err != nil {
			return tokens{}, err
		}
		return tokens{}, refuse(54005)
	}
	decision.Family, decision.Details.Scope = device.Family, device.Details.Scope
	return s.forGrant(c, form, decision, app, auth)
}

// deviceAuth is the page where a person types the code of a device and signs in.
func (s *Server) deviceAuth(c *call) error {
	params, err := c.params()
	if err != nil {
		return err
	}
	code := params.Get("user_code")
	if code == "" {
		code = params.Get("otc")
	}
	if c.r.Method != http.MethodPost {
		return s.codePage(c, http.StatusOK, code, nil)
	}
	if err := s.origins.Check(c.r); err != nil {
		return refuse(9002313, "the form was sent by another site")
	}
	user, app, err := s.readUserCode(c, code)
	if why, ok := errors.AsType[*Refusal](err); ok {
		return s.codePage(c, why.status(), code, why)
	}
	if err != nil {
		return err
	}
	switch {
	case params.Has("decline"):
		return s.decide(c, user, Grant{Details: Details{Declined: true}}, app)
	case !params.Has("password"):
		return s.signInPage(c, deviceView(app, code, ""), nil)
	}
	typed := Credentials{Name: params.Get("username"), Password: params.Get("password"), Address: c.address, AppID: app.AppID}
	person, err := s.signInByForm(c, typed, params)
	if err != nil {
		return s.signInPage(c, deviceView(app, code, typed.Name), err)
	}
	return s.decide(c, user, Grant{PersonID: person.ID, Details: Details{Epoch: person.SessionEpoch, SignedInAt: c.now}}, app)
}

// readUserCode finds what a typed code stands for. Guessing is slowed down as
// guessing passwords is.
func (s *Server) readUserCode(c *call, code string) (Grant, App, error) {
	key := "device code|" + c.address
	until, err := s.cfg.Attempts.LockedUntil(c.ctx(), key)
	if err != nil {
		return Grant{}, App{}, fmt.Errorf("read attempts: %w", err)
	}
	if wait := until.Sub(c.now); wait > 0 {
		return Grant{}, App{}, &Refusal{Code: ErrLocked.Code, RetryAfter: wait}
	}
	user, err := s.cfg.Grants.Find(c.ctx(), userCodeHandle(code))
	if err != nil && !errors.Is(err, ErrNotFound) {
		return Grant{}, App{}, fmt.Errorf("find a device code: %w", err)
	}
	if err != nil || user.Kind != KindUserCode || !c.now.Before(user.ExpiresAt) {
		if err := s.cfg.Attempts.Failed(c.ctx(), key, c.now, lockFor); err != nil {
			return Grant{}, App{}, fmt.Errorf("count an attempt: %w", err)
		}
		return Grant{}, App{}, refuse(70018)
	}
	if err := s.cfg.Attempts.Cleared(c.ctx(), key); err != nil {
		return Grant{}, App{}, fmt.Errorf("clear attempts: %w", err)
	}
	if !user.SpentAt.IsZero() {
		return Grant{}, App{}, refuse(90120)
	}
	app, err := s.app(c, user.AppID)
	return user, app, err
}

// decide stores what the person said, once.
func (s *Server) decide(c *call, user, decision Grant, app App) error {
	spent, err := s.cfg.Grants.Spend(c.ctx(), user.Handle, c.now)
	if err != nil {
		return fmt.Errorf("spend a user code: %w", err)
	}
	if !spent.SpentAt.IsZero() {
		return refuse(90120)
	}
	decision.Handle, decision.Kind, decision.Family = decisionHandle(user.Details.Device), KindDecision, user.Family
	decision.AppID, decision.ExpiresAt = user.AppID, user.ExpiresAt
	if err := s.cfg.Grants.Save(c.ctx(), decision); err != nil {
		return fmt.Errorf("store a decision: %w", err)
	}
	args := map[string]any{"app": app.DisplayName}
	if decision.Details.Declined {
		return s.messagePage(c, "identity.device.declined.title", "identity.device.declined.lead", args)
	}
	return s.messagePage(c, "identity.device.approved.title", "identity.device.approved.lead", args)
}
