package identity

import (
	"context"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4/jwt"
)

// tokenLifetime is how long an access token lives. R-DEL-12
const tokenLifetime = time.Hour

// clockSkew is how far apart the clocks of two nodes may be.
const clockSkew = time.Minute

// accessClaims is what stands in an access token. The names are those that
// clients parse; epo is ours.
type accessClaims struct {
	Audience    string   `json:"aud"`
	Issuer      string   `json:"iss"`
	IssuedAt    int64    `json:"iat"`
	NotBefore   int64    `json:"nbf"`
	Expiry      int64    `json:"exp"`
	AppName     string   `json:"app_displayname,omitempty"`
	AppID       string   `json:"appid"`
	AppAuth     string   `json:"appidacr"`
	Azp         string   `json:"azp"`
	Methods     []string `json:"amr,omitempty"`
	Epoch       int64    `json:"epo"`
	Kind        string   `json:"idtyp"`
	Name        string   `json:"name,omitempty"`
	ObjectID    string   `json:"oid"`
	Permissions []string `json:"roles,omitempty"`
	Scopes      string   `json:"scp,omitempty"`
	Subject     string   `json:"sub"`
	TenantID    string   `json:"tid"`
	UniqueName  string   `json:"unique_name,omitempty"`
	UPN         string   `json:"upn,omitempty"`
	ID          string   `json:"uti"`
	Version     string   `json:"ver"`
	Roles       []string `json:"wids,omitempty"`
}

// idClaims is what stands in an ID token.
type idClaims struct {
	Audience  string `json:"aud"`
	Issuer    string `json:"iss"`
	IssuedAt  int64  `json:"iat"`
	NotBefore int64  `json:"nbf"`
	Expiry    int64  `json:"exp"`
	AuthTime  int64  `json:"auth_time,omitempty"`
	Name      string `json:"name,omitempty"`
	Nonce     string `json:"nonce,omitempty"`
	ObjectID  string `json:"oid"`
	Username  string `json:"preferred_username"`
	Subject   string `json:"sub"`
	TenantID  string `json:"tid"`
	ID        string `json:"uti"`
	Version   string `json:"ver"`
}

// tokens is the answer of the token endpoint.
type tokens struct {
	Type         string `json:"token_type"`
	Scope        string `json:"scope,omitempty"`
	ExpiresIn    int    `json:"expires_in"`
	ExtExpiresIn int    `json:"ext_expires_in"`
	AccessToken  string `json:"access_token"`
	RefreshToken string `json:"refresh_token,omitempty"`
	IDToken      string `json:"id_token,omitempty"`
	ClientInfo   string `json:"client_info,omitempty"`
}

// sign makes a JWT of claims.
func (s *Server) sign(ctx context.Context, claims any) (string, error) {
	key, err := s.keys.current(ctx)
	if err != nil {
		return "", err
	}
	token, err := jwt.Signed(key.signer).Claims(claims).Serialize()
	if err != nil {
		return "", fmt.Errorf("sign a token: %w", err)
	}
	return token, nil
}

// access fills what the access tokens of apps and people have in common.
func (c *call) access(app App, auth, audience string) accessClaims {
	now := c.now.Unix()
	return accessClaims{
		Audience: audience, Issuer: c.base + "/" + c.tenant.ID + "/v2.0", IssuedAt: now, NotBefore: now, Expiry: now + int64(tokenLifetime/time.Second),
		AppName: app.DisplayName, AppID: app.AppID, AppAuth: auth, Azp: app.AppID,
		TenantID: c.tenant.ID, ID: newID(), Version: "1.0",
	}
}

// appTokens gives an app a token for what it may do on its own.
func (s *Server) appTokens(c *call, app App, auth, audience string) (tokens, error) {
	claims := c.access(app, auth, audience)
	claims.Kind, claims.ObjectID, claims.Subject = "app", app.ID, app.ID
	claims.Permissions, claims.Roles, claims.Epoch = app.Permissions, app.Roles, app.SessionEpoch
	token, err := s.sign(c.ctx(), claims)
	if err != nil {
		return tokens{}, err
	}
	seconds := int(tokenLifetime / time.Second)
	return tokens{Type: "Bearer", ExpiresIn: seconds, ExtExpiresIn: seconds, AccessToken: token}, nil
}

// anyMember stands in wids behind the roles that somebody holds; clients expect
// the claim to be there.
const anyMember = "b79fbf4d-3ef9-4689-8143-76b194e85509"

// signedIn is a person who signed in through an app.
type signedIn struct {
	app    App
	auth   string // how the app showed who it is
	person Person
	family string
	nonce  string
	at     time.Time // of the sign-in
}

// personTokens gives an app what it asked for in the name of a person.
func (s *Server) personTokens(c *call, who signedIn, asked scopes) (tokens, error) {
	granted, err := asked.granted(who.app)
	if err != nil {
		return tokens{}, err
	}
	claims := c.access(who.app, who.auth, asked.resource)
	claims.Kind, claims.ObjectID, claims.Subject = "user", who.person.ID, who.person.ID
	claims.Scopes, claims.Roles, claims.Epoch = strings.Join(granted, " "), append(slices.Clone(who.person.Roles), anyMember), who.person.SessionEpoch
	claims.Name, claims.UPN, claims.UniqueName, claims.Methods = who.person.DisplayName, who.person.UPN, who.person.UPN, []string{"pwd"}
	seconds := int(tokenLifetime / time.Second)
	answer := tokens{Type: "Bearer", ExpiresIn: seconds, ExtExpiresIn: seconds, Scope: asked.answer(granted)}
	if answer.AccessToken, err = s.sign(c.ctx(), claims); err != nil {
		return tokens{}, err
	}
	if asked.openid {
		if answer.IDToken, err = s.idToken(c, who); err != nil {
			return tokens{}, err
		}
	}
	if answer.ClientInfo, err = clientInfo(who.person.ID, c.tenant.ID); err != nil {
		return tokens{}, err
	}
	if asked.offline {
		answer.RefreshToken, err = s.newRefreshToken(c, who, asked.raw)
	}
	return answer, err
}

func (s *Server) idToken(c *call, who signedIn) (string, error) {
	now := c.now.Unix()
	return s.sign(c.ctx(), idClaims{
		Audience: who.app.AppID, Issuer: c.issuer(), IssuedAt: now, NotBefore: now, Expiry: now + int64(tokenLifetime/time.Second),
		AuthTime: who.at.Unix(), Name: who.person.DisplayName, Nonce: who.nonce, ObjectID: who.person.ID, Username: who.person.UPN,
		Subject: who.person.ID, TenantID: c.tenant.ID, ID: newID(), Version: "2.0",
	})
}

// clientInfo tells MSAL which account the tokens are of.
func clientInfo(personID, tenantID string) (string, error) {
	info, err := json.Marshal(struct {
		UID  string `json:"uid"`
		UTID string `json:"utid"`
	}{personID, tenantID})
	if err != nil {
		return "", fmt.Errorf("write client_info: %w", err)
	}
	return base64.RawURLEncoding.EncodeToString(info), nil
}

// refreshLifetime is how long a refresh token may lie unused.
const refreshLifetime = 90 * 24 * time.Hour

func (s *Server) newRefreshToken(c *call, who signedIn, scope string) (string, error) {
	secret, err := NewSecret(rand.Reader)
	if err != nil {
		return "", err
	}
	err = s.cfg.Grants.Save(c.ctx(), Grant{
		Handle: Handle(secret), Kind: KindRefresh, Family: who.family, AppID: who.app.AppID, PersonID: who.person.ID,
		ExpiresAt: c.now.Add(refreshLifetime),
		Details:   Details{Epoch: who.person.SessionEpoch, Scope: scope, SignedInAt: who.at},
	})
	if err != nil {
		return "", fmt.Errorf("store a refresh token: %w", err)
	}
	return secret, nil
}
