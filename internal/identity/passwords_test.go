package identity

import (
	"bytes"
	"context"
	"crypto/rand"
	"errors"
	"regexp"
	"strings"
	"testing"
	"time"
)

func TestPasswords(t *testing.T) {
	p := NewPasswords()
	one, err := p.Hash(t.Context(), "pässwörd")
	if err != nil {
		t.Fatal(err)
	}
	two, err := p.Hash(t.Context(), "pässwörd")
	if err != nil {
		t.Fatal(err)
	}
	if one == two || !strings.HasPrefix(one, "$argon2id$v=19$m=19456,t=2,p=1$") {
		t.Errorf("hashes %q and %q", one, two)
	}
	cheap := "$argon2id$v=19$m=8,t=1,p=1$" + "c2FsdHNhbHQ$" + strings.Repeat("A", 43)
	for _, tt := range []struct {
		name, hash, word string
		want             bool
	}{
		{"right", one, "pässwörd", true},
		{"wrong", one, "passwort", false},
		{"empty", one, "", false},
		{"longer", one, "pässwörd ", false},
		{"no hash", "", "pässwörd", false},
		{"no hash, empty", "", "", false},
		{"other hash", "$2a$10$abcdefghijklmnopqrstuv", "pässwörd", false},
		{"huge cost", strings.Replace(one, "m=19456", "m=4194304", 1), "pässwörd", false},
		{"other cost", strings.Replace(one, "t=2", "t=3", 1), "pässwörd", false},
		{"cost of nothing", strings.Replace(one, "t=2", "t=0", 1), "pässwörd", false},
		{"cheap", cheap, "pässwörd", false},
		{"very long", one, strings.Repeat("x", 1<<20), false},
		{"the decoy", p.decoy, "", false},
	} {
		got, err := p.Check(t.Context(), tt.hash, tt.word)
		if err != nil || got != tt.want {
			t.Errorf("%s: %t, %v", tt.name, got, err)
		}
	}
}

// TestCheapPasswords: each hash says what it costs, so that those of both hashers are
// checked by both.
func TestCheapPasswords(t *testing.T) {
	for _, by := range [][2]*Passwords{{CheapPasswords(), CheapPasswords()}, {CheapPasswords(), NewPasswords()}, {NewPasswords(), CheapPasswords()}} {
		hash, err := by[0].Hash(t.Context(), "pässwörd")
		if err != nil {
			t.Fatal(err)
		}
		for word, want := range map[string]bool{"pässwörd": true, "passwort": false} {
			if got, err := by[1].Check(t.Context(), hash, word); err != nil || got != want {
				t.Errorf("%s of %s: %t, %v", word, hash, got, err)
			}
		}
	}
}

func TestPasswordsWaitForAPlace(t *testing.T) {
	p := NewPasswords()
	for range cap(p.slots) {
		p.slots <- struct{}{}
	}
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	if _, err := p.Check(ctx, "", ""); !errors.Is(err, context.Canceled) {
		t.Errorf("got %v", err)
	}
}

func TestCheckPolicy(t *testing.T) {
	for password, want := range map[string]bool{
		"Welkom-2026!": true, "Abcdefg1": true, "abcdefg1": false, "Abcdefgh": false, "Abc-1": false, "ABCDEF12": false,
		"abc def 1": true, "Anna.DeVries1": false, "Été-ça-va": true, "Abcdefg1\n": false, "Abcdefg\xff1": false,
		"Aa1" + strings.Repeat("x", 253): true, "Aa1" + strings.Repeat("x", 254): false, "": false,
	} {
		err := CheckPolicy(password, annaUPN)
		if (err == nil) != want {
			t.Errorf("CheckPolicy(%q) = %v", password, err)
		}
		if err != nil && (!errors.Is(err, ErrWeakPassword) || !strings.Contains(err.Error(), "specified password does not comply")) {
			t.Errorf("refused with %v", err)
		}
	}
}

func TestNewPassword(t *testing.T) {
	form := regexp.MustCompile(`^[CDFHJKMNPRTVWXYcdfhjkmnprtvwxy34679]{4}(-[CDFHJKMNPRTVWXYcdfhjkmnprtvwxy34679]{4}){2}$`)
	seen := map[string]bool{}
	for range 500 {
		p, err := NewPassword(rand.Reader)
		if err != nil || !form.MatchString(p) || CheckPolicy(p, annaUPN) != nil || seen[p] {
			t.Fatalf("got %q, %v", p, err)
		}
		seen[p] = true
	}
	if _, err := NewPassword(bytes.NewReader([]byte("short"))); err == nil {
		t.Error("no error without random bytes")
	}
}

func TestSecrets(t *testing.T) {
	hash, err := HashSecret("s3cret")
	if err != nil {
		t.Fatal(err)
	}
	if !CheckSecret(hash, "s3cret") || CheckSecret(hash, "s3cretx") || CheckSecret("", "") || CheckSecret("$sha256$$", "") || CheckSecret("$sha256$zz$zz", "") {
		t.Error("CheckSecret answers wrong")
	}
	s, err := NewSecret(rand.Reader)
	if err != nil || len(s) != 43 {
		t.Errorf("NewSecret = %q, %v", s, err)
	}
	if !isID(newID()) || isID("6a3d4c5e-0000-4000-8000-00000000000g") || isID("6a3d4c5e00000-4000-8000-000000000001") || isID("") {
		t.Error("isID answers wrong")
	}
}

func TestLockOut(t *testing.T) {
	f := newFixture(t)
	try := func(name, word, address string) error {
		_, err := f.server.SignIn(t.Context(), Credentials{Name: name, Password: word, Address: address})
		return err
	}
	for _, name := range []string{annaUPN, "nobody@lindeboom.example"} {
		for i := range freeAttempts {
			if err := try(name, "wrong", "192.0.2.1"); !errors.Is(err, ErrBadPassword) {
				t.Fatalf("%s, attempt %d: %v", name, i, err)
			}
		}
		if err := try(strings.ToUpper(name)+" ", password, "192.0.2.1"); !errors.Is(err, ErrLocked) {
			t.Errorf("%s: the right password opened a locked account: %v", name, err)
		}
	}
	why, ok := errors.AsType[*Refusal](try(annaUPN, password, "192.0.2.1"))
	if !ok || why.RetryAfter != 2*time.Second {
		t.Errorf("wait %+v", why)
	}
	if err := try(annaUPN, password, "192.0.2.2"); err != nil {
		t.Errorf("from another address: %v", err)
	}
	f.clock.advance(2 * time.Second)
	if err := try(annaUPN, password, "192.0.2.1"); err != nil {
		t.Errorf("after the wait: %v", err)
	}
	if err := try(annaUPN, "wrong", "192.0.2.1"); !errors.Is(err, ErrBadPassword) {
		t.Errorf("counting starts anew: %v", err)
	}
}

func TestLockGrows(t *testing.T) {
	for failures, want := range map[int]time.Duration{0: 0, 4: 0, 5: 2 * time.Second, 6: 4 * time.Second, 10: 64 * time.Second, 14: longestLock, 1000: longestLock} {
		if got := lockFor(failures); got != want {
			t.Errorf("lockFor(%d) = %s, want %s", failures, got, want)
		}
	}
}

func TestLockedPage(t *testing.T) {
	f := newFixture(t)
	path := authorizePath + "?" + ask(cliID, "http://localhost:1").Encode()
	for range freeAttempts {
		f.post(path, values("username", annaUPN, "password", "wrong"))
	}
	a := f.post(path, values("username", annaUPN, "password", password))
	if a.status != 429 || a.header.Get("Retry-After") == "" || !strings.Contains(a.body, "identity.error.50053") {
		t.Errorf("got %d %v %s", a.status, a.header, a.body)
	}
	if b := f.token("grant_type", "password", "client_id", cliID, "username", annaUPN, "password", password, "scope", "User.Read"); b.code() != 50053 {
		t.Errorf("the password grant doesn't know: %s", b.body)
	}
}

func TestSignInsAreHeard(t *testing.T) {
	var heard []SignInEvent
	f := newFixture(t, func(c *Config) {
		c.SignedIn = func(_ context.Context, e SignInEvent) { heard = append(heard, e) }
	})
	f.appToken()
	for _, word := range []string{password, "wrong"} {
		_, _ = f.server.SignIn(t.Context(), Credentials{Name: annaUPN, Password: word, Address: "192.0.2.1"})
	}
	want := []SignInEvent{
		{At: f.clock.Now(), Name: "Scripts", AppID: daemonID, Address: "127.0.0.1"},
		{At: f.clock.Now(), PersonID: annaID, Name: annaUPN, Address: "192.0.2.1"},
		{At: f.clock.Now(), PersonID: annaID, Name: annaUPN, Address: "192.0.2.1", Code: 50126},
	}
	if len(heard) != len(want) {
		t.Fatalf("heard %+v", heard)
	}
	for i := range want {
		if heard[i] != want[i] {
			t.Errorf("heard %+v, want %+v", heard[i], want[i])
		}
	}
}
