package identity

import (
	"crypto"
	"crypto/rand"
	"crypto/rsa"
	"crypto/sha1"
	"crypto/sha256"
	"crypto/x509"
	"crypto/x509/pkix"
	"encoding/base64"
	"encoding/pem"
	"math/big"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// certificate makes a key and its self-signed certificate.
func certificate(t *testing.T, from, until time.Time) (*rsa.PrivateKey, *x509.Certificate, string) {
	t.Helper()
	key, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	form := &x509.Certificate{SerialNumber: big.NewInt(1), Subject: pkix.Name{CommonName: "scripts"}, NotBefore: from, NotAfter: until}
	der, err := x509.CreateCertificate(rand.Reader, form, form, &key.PublicKey, key)
	if err != nil {
		t.Fatal(err)
	}
	parsed, err := x509.ParseCertificate(der)
	if err != nil {
		t.Fatal(err)
	}
	return key, parsed, string(pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: der}))
}

type assertion struct {
	alg    jose.SignatureAlgorithm
	key    crypto.PrivateKey
	header map[jose.HeaderKey]any
	claims jwt.Claims
}

func (a assertion) sign(t *testing.T) string {
	t.Helper()
	signer, err := jose.NewSigner(jose.SigningKey{Algorithm: a.alg, Key: a.key}, &jose.SignerOptions{ExtraHeaders: a.header})
	if err != nil {
		t.Fatal(err)
	}
	text, err := jwt.Signed(signer).Claims(a.claims).Serialize()
	if err != nil {
		t.Fatal(err)
	}
	return text
}

func TestClientAssertion(t *testing.T) {
	f := newFixture(t)
	now := f.clock.Now()
	key, cert, text := certificate(t, now.Add(-time.Hour), now.Add(time.Hour*24*90))
	oldKey, _, oldText := certificate(t, now.Add(-48*time.Hour), now.Add(-time.Hour))
	strange, _, _ := certificate(t, now, now.Add(time.Hour))
	f.db.changeApp(daemonID, func(a *App) { a.Certificates = []string{"no PEM", oldText, text} })
	sum1, sum256 := sha1.Sum(cert.Raw), sha256.Sum256(cert.Raw)
	thumb := map[jose.HeaderKey]any{"x5t": base64.RawURLEncoding.EncodeToString(sum1[:])}
	thumb256 := map[jose.HeaderKey]any{"x5t#S256": base64.RawURLEncoding.EncodeToString(sum256[:])}
	wrongThumb := map[jose.HeaderKey]any{"x5t": base64.RawURLEncoding.EncodeToString(make([]byte, 20))}
	endpoint := f.url + "/" + tenantID + "/oauth2/v2.0/token"
	claim := func(change func(*jwt.Claims)) jwt.Claims {
		c := jwt.Claims{
			Issuer: daemonID, Subject: daemonID, Audience: jwt.Audience{endpoint}, ID: newID(),
			Expiry: jwt.NewNumericDate(now.Add(10 * time.Minute)), NotBefore: jwt.NewNumericDate(now),
		}
		if change != nil {
			change(&c)
		}
		return c
	}
	tests := []struct {
		name string
		a    assertion
		code int
	}{
		{"RS256 with x5t", assertion{jose.RS256, key, thumb, claim(nil)}, 0},
		{"PS256 with x5t#S256", assertion{jose.PS256, key, thumb256, claim(nil)}, 0},
		{"no thumbprint", assertion{jose.RS256, key, nil, claim(nil)}, 0},
		{"no jti", assertion{jose.RS256, key, thumb, claim(func(c *jwt.Claims) { c.ID = "" })}, 0},
		{"issuer as audience", assertion{jose.RS256, key, thumb, claim(func(c *jwt.Claims) { c.Audience = jwt.Audience{f.url + "/common/v2.0"} })}, 0},
		{"double slash in audience", assertion{jose.RS256, key, thumb, claim(func(c *jwt.Claims) { c.Audience = jwt.Audience{f.url + "//" + tenantID + "/oauth2/v2.0/token"} })}, 0},
		{"another certificate's name", assertion{jose.RS256, key, wrongThumb, claim(nil)}, 700027},
		{"a stranger's key", assertion{jose.RS256, strange, thumb, claim(nil)}, 700027},
		{"old certificate", assertion{jose.RS256, oldKey, nil, claim(nil)}, 700027},
		{"RS512", assertion{jose.RS512, key, thumb, claim(nil)}, 700027},
		{"HS256 with the public part", assertion{jose.HS256, cert.Raw, thumb, claim(nil)}, 700027},
		{"audience elsewhere", assertion{jose.RS256, key, thumb, claim(func(c *jwt.Claims) {
			c.Audience = jwt.Audience{"https://evil.example/" + tenantID + "/oauth2/v2.0/token"}
		})}, 700027},
		{"audience of another organization", assertion{jose.RS256, key, thumb, claim(func(c *jwt.Claims) { c.Audience = jwt.Audience{f.url + "/other/v2.0"} })}, 700027},
		{"no audience", assertion{jose.RS256, key, thumb, claim(func(c *jwt.Claims) { c.Audience = nil })}, 700027},
		{"another issuer", assertion{jose.RS256, key, thumb, claim(func(c *jwt.Claims) { c.Issuer = webID })}, 700027},
		{"another subject", assertion{jose.RS256, key, thumb, claim(func(c *jwt.Claims) { c.Subject = webID })}, 700027},
		{"no end", assertion{jose.RS256, key, thumb, claim(func(c *jwt.Claims) { c.Expiry = nil })}, 700027},
		{"over", assertion{jose.RS256, key, thumb, claim(func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(now.Add(-2 * time.Minute)) })}, 700024},
		{"good for a year", assertion{jose.RS256, key, thumb, claim(func(c *jwt.Claims) { c.Expiry = jwt.NewNumericDate(now.AddDate(1, 0, 0)) })}, 700024},
		{"not yet", assertion{jose.RS256, key, thumb, claim(func(c *jwt.Claims) { c.NotBefore = jwt.NewNumericDate(now.Add(9 * time.Minute)) })}, 700024},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			a := f.token("grant_type", "client_credentials", "client_id", daemonID, "scope", ".default",
				"client_assertion_type", assertionType, "client_assertion", tt.a.sign(t))
			if a.code() != tt.code || tt.code == 0 && a.status != 200 || tt.code != 0 && a.status != 401 {
				t.Fatalf("got %d %s, want %d", a.status, a.body, tt.code)
			}
			if tt.code == 0 && claims(t, a.text("access_token"))["appidacr"] != "2" {
				t.Error("the token doesn't say that a certificate was used")
			}
		})
	}
}

func TestClientAssertionTwice(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.BehindProxy = true })
	now := f.clock.Now()
	key, _, text := certificate(t, now.Add(-time.Hour), now.Add(time.Hour))
	f.db.changeApp(daemonID, func(a *App) { a.Certificates = []string{text} })
	make2 := func(expiry time.Duration) string {
		return assertion{jose.RS256, key, nil, jwt.Claims{
			Issuer: daemonID, Subject: daemonID, Audience: jwt.Audience{"http://" + hostOf(f.url) + "/common/oauth2/v2.0/token"}, ID: "one",
			Expiry: jwt.NewNumericDate(now.Add(expiry)),
		}}.sign(t)
	}
	send := func(from, text string) answered {
		r := f.request("/common/oauth2/v2.0/token", values("grant_type", "client_credentials", "scope", ".default",
			"client_assertion_type", assertionType, "client_assertion", text))
		r.Header.Set("X-Forwarded-For", "198.51.100.1, "+from)
		return f.do(r)
	}
	first := make2(time.Minute * 5)
	if a := send("192.0.2.1", first); a.status != 200 {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if a := send("192.0.2.1", first); a.status != 200 {
		t.Errorf("a client that keeps its assertion for minutes: %d %s", a.status, a.body)
	}
	if a := send("192.0.2.2", first); a.code() != 700027 {
		t.Errorf("from another address: %d %s", a.status, a.body)
	}
	if a := send("192.0.2.1", make2(time.Minute*6)); a.code() != 700027 {
		t.Errorf("another assertion with the same id: %d %s", a.status, a.body)
	}
}
