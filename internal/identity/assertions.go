package identity

import (
	"crypto/sha1" //nolint:gosec // names a certificate, proves nothing
	"crypto/sha256"
	"crypto/subtle"
	"crypto/x509"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"encoding/pem"
	"errors"
	"fmt"
	"net/url"
	"strings"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// maxAssertion is the longest time that a client assertion may be good for.
const maxAssertion = 24 * time.Hour

var assertionAlgorithms = []jose.SignatureAlgorithm{jose.RS256, jose.PS256}

// assertedClient reads the client id out of an assertion, unchecked, for
// clients that name themselves nowhere else.
func assertedClient(assertion string) string {
	token, err := jwt.ParseSigned(assertion, assertionAlgorithms)
	if err != nil {
		return ""
	}
	var claims jwt.Claims
	if err := token.UnsafeClaimsWithoutVerification(&claims); err != nil {
		return ""
	}
	return claims.Subject
}

// checkAssertion checks a JWT that the app signed with a registered certificate.
func (s *Server) checkAssertion(c *call, app App, assertion string) error {
	if len(assertion) > maxToken {
		return refuse(700027, "it is too long.")
	}
	token, err := jose.ParseSignedCompact(assertion, assertionAlgorithms)
	if err != nil {
		return refuse(700027, "it is no JWT signed with RS256 or PS256.")
	}
	payload, err := verifyAssertion(token, app.Certificates, c.now)
	if err != nil {
		return err
	}
	var claims jwt.Claims
	if err := json.Unmarshal(payload, &claims); err != nil {
		return refuse(700027, "its claims can't be read.")
	}
	switch {
	case !strings.EqualFold(claims.Issuer, app.AppID) || !strings.EqualFold(claims.Subject, app.AppID):
		return refuse(700027, "'iss' and 'sub' must both be the client id.")
	case claims.Expiry == nil:
		return refuse(700027, "'exp' is missing.")
	case !s.addressed(c, claims.Audience):
		return refuse(700027, "'aud' is not the token endpoint of this organization.")
	}
	expiry := claims.Expiry.Time()
	early := claims.NotBefore != nil && claims.NotBefore.Time().After(c.now.Add(5*clockSkew))
	if early || !c.now.Before(expiry.Add(clockSkew)) || expiry.Sub(c.now) > maxAssertion {
		return refuse(700024, c.now.UTC().Format(timeLayout), expiry.UTC().Format(timeLayout))
	}
	return s.useAssertion(c, app, assertion, claims.ID, expiry)
}

// verifyAssertion answers the payload when one of the certificates signed it.
// Where the header names a certificate, only that one counts.
func verifyAssertion(token *jose.JSONWebSignature, certificates []string, now time.Time) ([]byte, error) {
	reason := "The key was not found among the registered certificates."
	for _, text := range certificates {
		certificate := readCertificate(text)
		if certificate == nil || !named(token, certificate) {
			continue
		}
		payload, err := token.Verify(certificate.PublicKey)
		if err != nil {
			reason = "The signature doesn't fit the registered certificate."
			continue
		}
		if now.Before(certificate.NotBefore) || now.After(certificate.NotAfter) {
			reason = "The certificate is outside its valid time range."
			continue
		}
		return payload, nil
	}
	return nil, refuse(700027, reason)
}

func readCertificate(text string) *x509.Certificate {
	block, _ := pem.Decode([]byte(text))
	if block == nil {
		return nil
	}
	certificate, err := x509.ParseCertificate(block.Bytes)
	if err != nil {
		return nil
	}
	return certificate
}

// named tells whether the header of token names certificate, or none at all.
func named(token *jose.JSONWebSignature, certificate *x509.Certificate) bool {
	header := token.Signatures[0].Protected.ExtraHeaders
	x256, _ := header["x5t#S256"].(string)
	x1, _ := header["x5t"].(string)
	sum256, sum1 := sha256.Sum256(certificate.Raw), sha1.Sum(certificate.Raw) //nolint:gosec // see the import
	switch {
	case x256 != "":
		return isThumbprint(x256, sum256[:])
	case x1 != "":
		return isThumbprint(x1, sum1[:])
	}
	return true
}

func isThumbprint(text string, sum []byte) bool {
	got, err := base64.RawURLEncoding.DecodeString(strings.TrimRight(text, "="))
	return err == nil && subtle.ConstantTimeCompare(got, sum) == 1
}

// addressed tells whether one of the audiences is this token endpoint or this
// organization as an issuer.
func (s *Server) addressed(c *call, audience jwt.Audience) bool {
	for _, one := range audience {
		u, err := url.Parse(one)
		if err != nil || !sameOrigin(u.Scheme+"://"+u.Host, c.base) {
			continue
		}
		authority, rest, _ := strings.Cut(strings.Trim(u.Path, "/"), "/")
		switch strings.ToLower(rest) {
		case "oauth2/v2.0/token", "oauth2/token", "v2.0", "":
			if knows(c.tenant, authority) {
				return true
			}
		}
	}
	return false
}

// useAssertion keeps an assertion from being used by somebody else. Clients
// keep one for minutes and send it with every request of that time, so the
// same assertion from the same address is not refused.
func (s *Server) useAssertion(c *call, app App, assertion, id string, expiry time.Time) error {
	if id == "" {
		id = assertion
	}
	sum := sha256.Sum256([]byte(assertion + "\x00" + c.address))
	seen := Grant{
		Handle: Handle("assertion\x00" + app.AppID + "\x00" + id), Kind: KindAssertion, AppID: app.AppID,
		ExpiresAt: expiry.Add(clockSkew), Details: Details{Bound: hex.EncodeToString(sum[:])},
	}
	err := s.cfg.Grants.Save(c.ctx(), seen)
	if err == nil {
		return nil
	}
	if !errors.Is(err, ErrExists) {
		return fmt.Errorf("store an assertion: %w", err)
	}
	first, err := s.cfg.Grants.Find(c.ctx(), seen.Handle)
	if err != nil && !errors.Is(err, ErrNotFound) {
		return fmt.Errorf("find an assertion: %w", err)
	}
	if first.Details.Bound != seen.Details.Bound {
		return refuse(700027, "Its 'jti' was used already. Make a new assertion.")
	}
	return nil
}
