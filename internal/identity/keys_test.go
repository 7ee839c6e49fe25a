package identity

import (
	"fmt"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/go-jose/go-jose/v4"
)

func (f *fixture) keyID(token string) string {
	f.t.Helper()
	parsed, err := jose.ParseSignedCompact(token, []jose.SignatureAlgorithm{jose.RS256})
	if err != nil {
		f.t.Fatal(err)
	}
	return parsed.Signatures[0].Protected.KeyID
}

func (f *fixture) publicKeys() map[string]map[string]any {
	f.t.Helper()
	a := f.get("/common/discovery/v2.0/keys")
	all, _ := a.json["keys"].([]any)
	byID := map[string]map[string]any{}
	for _, one := range all {
		if k, ok := one.(map[string]any); ok {
			byID[fmt.Sprint(k["kid"])] = k
		}
	}
	return byID
}

func TestRotation(t *testing.T) {
	f := newFixture(t)
	before := f.appToken()
	if keys := f.publicKeys(); len(keys) != 1 || keys[f.keyID(before)]["kty"] != "RSA" || keys[f.keyID(before)]["use"] != "sig" {
		t.Fatalf("keys %v", keys)
	}
	if err := f.server.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if got := f.keyID(f.appToken()); got != f.keyID(before) {
		t.Error("the new key signs before clients had time to read it")
	}
	if got := len(f.publicKeys()); got != 2 {
		t.Errorf("%d keys are shown", got)
	}
	f.clock.advance(keyLead + time.Second)
	after := f.appToken()
	if f.keyID(after) == f.keyID(before) {
		t.Error("the new key doesn't sign")
	}
	for _, token := range []string{before, after} {
		if _, err := f.server.Verify(t.Context(), token); err != nil {
			t.Errorf("after rotating: %v", err)
		}
	}
	f.clock.advance(keyAfterlife + time.Minute)
	if err := f.server.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	if keys := f.publicKeys(); len(keys) != 2 || keys[f.keyID(before)] != nil {
		t.Errorf("the oldest key is still shown: %v", keys)
	}
}

func TestRotationByAge(t *testing.T) {
	f := newFixture(t, func(c *Config) { c.RotateAfter = 24 * time.Hour })
	first := f.keyID(f.appToken())
	f.clock.advance(24*time.Hour + time.Second)
	f.appToken()
	f.clock.advance(keyLead)
	if f.keyID(f.appToken()) == first || len(f.db.signing) != 2 {
		t.Errorf("after a day: %d keys", len(f.db.signing))
	}
}

// TestTwoNodes has two servers on one database: what one signs the other takes,
// also at the first moment.
func TestTwoNodes(t *testing.T) {
	a, b := newFixture(t), newFixture(t)
	b.server.cfg.Keys, b.server.keys.store = a.db, a.db
	b.publicKeys() // b has read the keys
	token := a.appToken()
	if err := a.server.Rotate(t.Context()); err != nil {
		t.Fatal(err)
	}
	a.clock.advance(keyLead + time.Second)
	b.clock.advance(keyLead + time.Second)
	for _, token := range []string{token, a.appToken()} {
		if _, err := b.server.Verify(t.Context(), token); err != nil {
			t.Errorf("the other node: %v", err)
		}
	}
}

// TestStrayKeyIDs sends tokens of unknown keys, which must not make us read
// the database for each of them.
func TestStrayKeyIDs(t *testing.T) {
	f := newFixture(t)
	good := f.appToken()
	_, rest, _ := strings.Cut(good, ".")
	before := f.db.keyReads
	for range 100 {
		if _, err := f.server.Verify(t.Context(), "eyJhbGciOiJSUzI1NiIsImtpZCI6IngifQ."+rest); err == nil {
			t.Fatal("accepted")
		}
	}
	if got := f.db.keyReads - before; got > 5 {
		t.Errorf("%d reads", got)
	}
}

func TestFirstKeyIsMadeOnce(t *testing.T) {
	f := newFixture(t)
	var done sync.WaitGroup
	for range 8 {
		done.Go(func() {
			if _, err := f.server.keys.current(t.Context()); err != nil {
				t.Error(err)
			}
		})
	}
	done.Wait()
	if got := len(f.db.signing); got != 1 {
		t.Errorf("%d keys", got)
	}
}

func TestKeyIsNotShown(t *testing.T) {
	k, err := generateKey(time.Date(2026, 11, 21, 10, 0, 0, 0, time.UTC))
	if err != nil {
		t.Fatal(err)
	}
	for _, text := range []string{fmt.Sprint(k), fmt.Sprintf("%+v", k), fmt.Sprintf("%#v", k), fmt.Sprintf("%v", []Key{k})} {
		if text != "signing key "+k.ID && text != "[signing key "+k.ID+"]" {
			t.Errorf("shown as %q", text)
		}
	}
	f := newFixture(t)
	f.appToken()
	for _, k := range f.publicKeys() {
		for _, private := range []string{"d", "p", "q", "dp", "dq", "qi"} {
			if k[private] != nil {
				t.Errorf("the key set shows %q", private)
			}
		}
	}
	for _, k := range f.db.signing {
		if _, err := parseKey(Key{ID: k.ID, PKCS8: []byte("x")}); err == nil {
			t.Error("a broken key was read")
		}
	}
}
