package identity

import (
	"crypto/rand"
	"crypto/rsa"
	"encoding/base64"
	"errors"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
	"github.com/go-jose/go-jose/v4/jwt"
)

// forge signs changed claims with the server's own key.
func (f *fixture) forge(change func(*accessClaims)) string {
	f.t.Helper()
	now := f.clock.Now().Unix()
	c := accessClaims{
		Audience: graphResource, Issuer: f.url + "/" + tenantID + "/v2.0", IssuedAt: now, NotBefore: now, Expiry: now + 3600,
		AppID: daemonID, Kind: "app", ObjectID: "sp-daemon", TenantID: tenantID,
	}
	change(&c)
	token, err := f.server.sign(f.t.Context(), c)
	if err != nil {
		f.t.Fatal(err)
	}
	return token
}

func TestVerifyRefuses(t *testing.T) {
	f := newFixture(t)
	good := f.appToken()
	parts := strings.Split(good, ".")
	raw := base64.RawURLEncoding
	payload, err := raw.DecodeString(parts[1])
	if err != nil {
		t.Fatal(err)
	}
	richer := strings.Replace(string(payload), "Directory.Read.All", "Directory.ReadWrite.All", 1)
	kid := f.server.keys.loaded.Load().keys[0].id
	stranger, err := rsa.GenerateKey(rand.Reader, 2048)
	if err != nil {
		t.Fatal(err)
	}
	signed := func(alg jose.SignatureAlgorithm, key any) string {
		signer, err := jose.NewSigner(jose.SigningKey{Algorithm: alg, Key: jose.JSONWebKey{Key: key, KeyID: kid}}, nil)
		if err != nil {
			t.Fatal(err)
		}
		token, err := jwt.Signed(signer).Claims(accessClaims{Audience: graphResource, Issuer: f.url + "/" + tenantID + "/v2.0", Expiry: 1 << 40, Kind: "app", ObjectID: "x", TenantID: tenantID}).Serialize()
		if err != nil {
			t.Fatal(err)
		}
		return token
	}
	tests := []struct {
		name, token string
		want        error
	}{
		{"empty", "", ErrSignature},
		{"words", "not a token", ErrSignature},
		{"two parts", parts[0] + "." + parts[1], ErrSignature},
		{"no signature", parts[0] + "." + parts[1] + ".", ErrSignature},
		{"alg none", raw.EncodeToString([]byte(`{"alg":"none","typ":"JWT"}`)) + "." + parts[1] + ".", ErrSignature},
		{"alg none with the signature", raw.EncodeToString([]byte(`{"alg":"none","kid":"`+kid+`"}`)) + "." + parts[1] + "." + parts[2], ErrSignature},
		{"more permissions", parts[0] + "." + raw.EncodeToString([]byte(richer)) + "." + parts[2], ErrSignature},
		{"half a signature", good[:len(good)-100], ErrSignature},
		{"a foreign key", signed(jose.RS256, stranger), ErrSignature},
		{"HMAC with the public key", signed(jose.HS256, f.server.keys.loaded.Load().keys[0].private.N.Bytes()), ErrSignature},
		{"unknown key id", raw.EncodeToString([]byte(`{"alg":"RS256","kid":"x"}`)) + "." + parts[1] + "." + parts[2], ErrSignature},
		{"JSON form", `{"payload":"` + parts[1] + `","protected":"` + parts[0] + `","signature":"` + parts[2] + `"}`, ErrSignature},
		{"very long", strings.Repeat("a", maxToken+1), ErrSignature},
		{"other organization", f.forge(func(c *accessClaims) { c.TenantID = "other" }), ErrIssuer},
		{"other issuer", f.forge(func(c *accessClaims) { c.Issuer = "https://x/other/v2.0" }), ErrIssuer},
		{"issuer of nowhere", f.forge(func(c *accessClaims) { c.Issuer = "/" + tenantID + "/v2.0" }), ErrIssuer},
		{"other audience", f.forge(func(c *accessClaims) { c.Audience = "https://vault.example" }), ErrAudience},
		{"app as audience", f.forge(func(c *accessClaims) { c.Audience = daemonID }), ErrAudience},
		{"over", f.forge(func(c *accessClaims) { c.Expiry = f.clock.Now().Unix() }), ErrTokenExpired},
		{"not yet", f.forge(func(c *accessClaims) { c.NotBefore = f.clock.Now().Unix() + 120 }), ErrInvalidToken},
		{"of nobody", f.forge(func(c *accessClaims) { c.ObjectID = "" }), ErrInvalidToken},
		{"of no kind", f.forge(func(c *accessClaims) { c.Kind = "" }), ErrInvalidToken},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			got, err := f.server.Verify(t.Context(), tt.token)
			if !errors.Is(err, tt.want) || !errors.Is(err, ErrInvalidToken) || got.Subject != "" {
				t.Errorf("Verify = %+v, %v, want %v", got, err, tt.want)
			}
		})
	}
	if _, err := f.server.Verify(t.Context(), good); err != nil {
		t.Errorf("the good token: %v", err)
	}
}

func TestVerifyWithFixedAddress(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.PublicURL = "https://login.lindeboom.example/" })
	token := f.appToken()
	if c := claims(t, token); c["iss"] != "https://login.lindeboom.example/"+tenantID+"/v2.0" {
		t.Errorf("iss = %v", c["iss"])
	}
	if _, err := f.server.Verify(t.Context(), token); err != nil {
		t.Errorf("own token: %v", err)
	}
	other := f.forge(func(c *accessClaims) { c.Issuer = "https://other.example/" + tenantID + "/v2.0" })
	if _, err := f.server.Verify(t.Context(), other); !errors.Is(err, ErrIssuer) {
		t.Errorf("token of another address: %v", err)
	}
}

func TestVerifyForgets(t *testing.T) {
	f := newFixture(t)
	token := f.appToken()
	for range 2 {
		if _, err := f.server.Verify(t.Context(), token); err != nil {
			t.Fatal(err)
		}
	}
	f.clock.advance(tokenLifetime - time.Second)
	if _, err := f.server.Verify(t.Context(), token); err != nil {
		t.Errorf("a second before the end: %v", err)
	}
	f.clock.advance(time.Second)
	if _, err := f.server.Verify(t.Context(), token); !errors.Is(err, ErrTokenExpired) {
		t.Errorf("at the end: %v", err)
	}
	if got := f.server.verified.recent.Len(); got != 0 {
		t.Errorf("%d tokens are remembered", got)
	}
}

// TestVerifyWithoutItsKey removes a key, as after a theft: a remembered token
// must not outlive it by more than the time a node trusts its copy.
func TestVerifyWithoutItsKey(t *testing.T) {
	f := newFixture(t)
	token := f.appToken()
	if _, err := f.server.Verify(t.Context(), token); err != nil {
		t.Fatal(err)
	}
	clear(f.db.signing)
	f.clock.advance(keyReload)
	if _, err := f.server.Verify(t.Context(), token); !errors.Is(err, ErrSignature) {
		t.Errorf("got %v", err)
	}
}

func TestVerifyCacheIsBounded(t *testing.T) {
	c := newVerifyCache(3)
	entry := func(n byte) *verified { return &verified{token: string(rune(n)), keyID: fmt.Sprint(n)} }
	for n := range byte(3) {
		c.put(entry(n))
	}
	if c.get("\x00") == nil { // now 1 is the one not used for longest
		t.Fatal("0 is not there")
	}
	c.put(entry(3))
	c.put(entry(3))
	for n, want := range map[byte]bool{0: true, 1: false, 2: true, 3: true} {
		if got := c.get(string(rune(n))) != nil; got != want {
			t.Errorf("%d is there: %t", n, got)
		}
	}
	if len(c.byToken) != 3 || c.recent.Len() != 3 {
		t.Errorf("%d and %d entries", len(c.byToken), c.recent.Len())
	}
}

func TestVerifyDatabaseAway(t *testing.T) {
	f := newFixture(t)
	token := f.appToken()
	f.clock.advance(keyReload)
	f.db.broken = errors.New("away")
	if _, err := f.server.Verify(t.Context(), token); err == nil || errors.Is(err, ErrInvalidToken) {
		t.Errorf("got %v, want an error that is not the token's", err)
	}
}

func BenchmarkVerify(b *testing.B) {
	f := newFixture(b)
	token := f.appToken()
	b.Run("remembered", func(b *testing.B) {
		b.ReportAllocs()
		for b.Loop() {
			if _, err := f.server.Verify(b.Context(), token); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("remembered by many", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			for pb.Next() {
				if _, err := f.server.Verify(b.Context(), token); err != nil {
					b.Error(err)
				}
			}
		})
	})
	b.Run("new", func(b *testing.B) {
		for b.Loop() {
			if _, err := f.server.verifySlowly(b.Context(), token); err != nil {
				b.Fatal(err)
			}
		}
	})
}

func BenchmarkClientCredentials(b *testing.B) {
	f := newFixture(b)
	for b.Loop() {
		f.appToken()
	}
}

func FuzzVerify(f *testing.F) {
	x := newFixture(f)
	good := x.appToken()
	f.Add(good)
	f.Add(good[:40])
	f.Add("e30.e30.e30")
	f.Add("..")
	f.Fuzz(func(t *testing.T, token string) {
		if _, err := x.server.Verify(t.Context(), token); err != nil && !errors.Is(err, ErrInvalidToken) {
			t.Errorf("Verify(%q) = %v: that is our fault, not the token's", token, err)
		} else if err == nil && token != good {
			t.Errorf("Verify(%q) accepts a token that we never made", token)
		}
	})
}
