package identity

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/url"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"
)

const verifier = "a-verifier-that-is-long-enough-for-the-rules-of-pkce-0123456789"

func challenge() string {
	sum := sha256.Sum256([]byte(verifier))
	return base64.RawURLEncoding.EncodeToString(sum[:])
}

// ask is what an app with a browser sends first.
func ask(app, redirect string, more ...string) url.Values {
	return mergeValues(values("client_id", app, "response_type", "code", "redirect_uri", redirect, "scope", "openid profile offline_access User.Read",
		"state", "st&te", "nonce", "n0nce", "code_challenge", challenge(), "code_challenge_method", "S256"), values(more...))
}

func mergeValues(into, more url.Values) url.Values {
	for name, value := range more {
		if value[0] == "-" {
			into.Del(name)
		} else {
			into[name] = value
		}
	}
	return into
}

const authorizePath = "/organizations/oauth2/v2.0/authorize"

// signInForCode types name and password into the form and answers the redirect.
func (f *fixture) signInForCode(asked url.Values) url.Values {
	f.t.Helper()
	a := f.post(authorizePath+"?"+asked.Encode(), values("username", annaUPN, "password", password))
	if a.status != 303 {
		f.t.Fatalf("got %d %s", a.status, a.body)
	}
	target, err := url.Parse(a.header.Get("Location"))
	if err != nil {
		f.t.Fatal(err)
	}
	return target.Query()
}

func (f *fixture) redeem(code string, more ...string) answered {
	f.t.Helper()
	form := mergeValues(values("grant_type", "authorization_code", "client_id", cliID, "code", code,
		"redirect_uri", "http://localhost:40123", "code_verifier", verifier, "client_info", "1"), values(more...))
	return f.post("/organizations/oauth2/v2.0/token", form)
}

// signedInTokens goes the whole way with the public app.
func (f *fixture) signedInTokens() answered {
	f.t.Helper()
	a := f.redeem(f.signInForCode(ask(cliID, "http://localhost:40123")).Get("code"))
	if a.status != 200 {
		f.t.Fatalf("got %d %s", a.status, a.body)
	}
	return a
}

func (f *fixture) refresh(token string, more ...string) answered {
	f.t.Helper()
	return f.post("/common/oauth2/v2.0/token", mergeValues(values("grant_type", "refresh_token", "client_id", cliID, "refresh_token", token), values(more...)))
}

func TestAuthorizationCode(t *testing.T) {
	f := newFixture(t)
	asked := ask(cliID, "http://localhost:40123")
	page := f.get(authorizePath + "?" + asked.Encode() + "&login_hint=anna@x")
	if page.status != 200 || !strings.Contains(page.body, "en:identity.signin.title") || !strings.Contains(page.body, `value="anna@x"`) || !strings.Contains(page.body, `name="state" value="st&amp;te"`) {
		t.Fatalf("page: %d %s", page.status, page.body)
	}
	back := f.signInForCode(asked)
	if back.Get("state") != "st&te" || back.Get("code") == "" {
		t.Fatalf("sent back %v", back)
	}
	a := f.redeem(back.Get("code"))
	if a.status != 200 {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	c := claims(t, a.text("access_token"))
	for name, want := range map[string]any{
		"idtyp": "user", "oid": annaID, "upn": annaUPN, "name": "Anna de Vries", "scp": "User.Read openid profile", "appid": cliID,
		"appidacr": "0", "epo": 7.0, "tid": tenantID, "aud": "https://graph.microsoft.com",
	} {
		if c[name] != want {
			t.Errorf("%s = %v, want %v", name, c[name], want)
		}
	}
	if c["roles"] != nil || fmt.Sprint(c["wids"]) != "["+globalAdmin+" b79fbf4d-3ef9-4689-8143-76b194e85509]" {
		t.Errorf("roles %v, wids %v", c["roles"], c["wids"])
	}
	id := claims(t, a.text("id_token"))
	for name, want := range map[string]any{
		"aud": cliID, "iss": f.url + "/organizations/v2.0", "nonce": "n0nce", "oid": annaID, "preferred_username": annaUPN, "tid": tenantID, "ver": "2.0",
	} {
		if id[name] != want {
			t.Errorf("id token: %s = %v, want %v", name, id[name], want)
		}
	}
	info, err := base64.RawURLEncoding.DecodeString(a.text("client_info"))
	if err != nil || string(info) != `{"uid":"`+annaID+`","utid":"`+tenantID+`"}` {
		t.Errorf("client_info %q, %v", info, err)
	}
	if a.text("refresh_token") == "" || a.text("scope") != "openid profile User.Read" {
		t.Errorf("refresh %q, scope %q", a.text("refresh_token"), a.text("scope"))
	}
	got, err := f.server.Verify(t.Context(), a.text("access_token"))
	if err != nil || got.IsApp || got.Subject != annaID || !slices.Equal(got.Scopes, []string{"User.Read", "openid", "profile"}) || got.Epoch != 7 {
		t.Errorf("Verify = %+v, %v", got, err)
	}
	if _, err := f.server.Verify(t.Context(), a.text("id_token")); err == nil {
		t.Error("an ID token passed as an access token")
	}
}

func TestNothingSecretIsStored(t *testing.T) {
	f := newFixture(t)
	back := f.signInForCode(ask(cliID, "http://localhost:40123"))
	a := f.redeem(back.Get("code"))
	stored := fmt.Sprintf("%+v", f.db.grants)
	for _, secret := range []string{back.Get("code"), a.text("refresh_token"), a.text("access_token")} {
		if secret == "" || strings.Contains(stored, secret) {
			t.Errorf("%q can be read in the database", secret)
		}
	}
}

func TestCodeIsRefused(t *testing.T) {
	f := newFixture(t)
	tests := []struct {
		name string
		ask  url.Values
		wait time.Duration
		more []string
		code int
	}{
		{"wrong verifier", ask(cliID, "http://localhost:40123"), 0, []string{"code_verifier", "other"}, 501481},
		{"no verifier", ask(cliID, "http://localhost:40123"), 0, []string{"code_verifier", "-"}, 501481},
		{"other redirect", ask(cliID, "http://localhost:40123"), 0, []string{"redirect_uri", "http://localhost:1"}, 50011},
		{"other app", ask(cliID, "http://localhost:40123"), 0, []string{"client_id", webID, "client_secret", "practice-secret"}, 70000},
		{"too late", ask(cliID, "http://localhost:40123"), codeLifetime, nil, 70008},
		{"scope the app has not", ask(cliID, "http://localhost:40123"), 0, []string{"scope", "Mail.Read"}, 65001},
		{
			"verifier without challenge", ask(webID, "https://web.example/other", "code_challenge", "-", "code_challenge_method", "-"), 0,
			[]string{"client_id", webID, "client_secret", "practice-secret", "redirect_uri", "https://web.example/other"},
			501481,
		},
		{"a confidential app without its secret", ask(webID, "https://web.example/other"), 0, []string{"client_id", webID, "redirect_uri", "https://web.example/other"}, 7000218},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			code := f.signInForCode(tt.ask).Get("code")
			f.clock.advance(tt.wait)
			if a := f.redeem(code, tt.more...); a.code() != tt.code {
				t.Errorf("got %d %s, want %d", a.status, a.body, tt.code)
			}
		})
	}
}

func TestCodeTwiceKillsTheSignIn(t *testing.T) {
	f := newFixture(t)
	code := f.signInForCode(ask(cliID, "http://localhost:40123")).Get("code")
	first := f.redeem(code)
	if a := f.redeem(code); a.code() != 54005 {
		t.Errorf("second time: %s", a.body)
	}
	if a := f.refresh(first.text("refresh_token")); a.code() != 50173 {
		t.Errorf("the first one's refresh token lives: %d %s", a.status, a.body)
	}
}

func TestCodeOnceForManyAtATime(t *testing.T) {
	f := newFixture(t)
	code := f.signInForCode(ask(cliID, "http://localhost:40123")).Get("code")
	var done sync.WaitGroup
	status := make([]int, 8)
	for i := range status {
		done.Go(func() { status[i] = f.redeem(code).status })
	}
	done.Wait()
	good := 0
	for _, got := range status {
		switch got {
		case 200:
			good++
		case 400:
		default:
			t.Errorf("status %d", got)
		}
	}
	if good > 1 {
		t.Errorf("%d of them got tokens", good)
	}
}

func TestRefresh(t *testing.T) {
	f := newFixture(t)
	first := f.signedInTokens().text("refresh_token")
	a := f.refresh(first, "scope", "https://graph.microsoft.com/.default offline_access")
	if a.status != 200 || claims(t, a.text("access_token"))["scp"] != "User.Read Directory.AccessAsUser.All" || !strings.Contains(a.text("scope"), "https://graph.microsoft.com/.default") {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	second := a.text("refresh_token")
	if second == "" || second == first {
		t.Fatal("the refresh token did not change")
	}
	if a := f.refresh(second, "client_id", webID, "client_secret", "practice-secret"); a.code() != 70000 {
		t.Errorf("another app: %s", a.body)
	}
	if a := f.redeem(second); a.code() != 70000 {
		t.Errorf("as a code: %s", a.body)
	}
	third := f.refresh(second)
	if third.status != 200 {
		t.Fatalf("a stranger spent the token: %s", third.body)
	}
	if a := f.refresh(first); a.code() != 50173 {
		t.Errorf("an old token: %s", a.body)
	}
	if a := f.refresh(third.text("refresh_token")); a.code() != 50173 {
		t.Errorf("the newest token after an old one came: %d %s", a.status, a.body)
	}
	late := f.signedInTokens().text("refresh_token")
	f.clock.advance(refreshLifetime)
	if a := f.refresh(late); a.code() != 70008 {
		t.Errorf("after its time: %s", a.body)
	}
}

// TestLosingAccess proves that no new token comes after a delete, a block or a
// revoke, whatever is handed in.
func TestLosingAccess(t *testing.T) {
	for name, tt := range map[string]struct {
		change func(*fixture)
		code   int
	}{
		"R-DEL-12 deleted":       {func(f *fixture) { f.db.mu.Lock(); delete(f.db.people, annaID); f.db.mu.Unlock() }, 500341},
		"R-DEL-12 blocked":       {func(f *fixture) { f.db.changePerson(annaID, func(p *Person) { p.Enabled = false }) }, 50057},
		"R-API-22 revoked":       {func(f *fixture) { f.db.changePerson(annaID, func(p *Person) { p.SessionEpoch++ }) }, 50173},
		"app registration gone":  {func(f *fixture) { f.db.mu.Lock(); delete(f.db.apps, cliID); f.db.mu.Unlock() }, 700016},
		"app switched off":       {func(f *fixture) { f.db.changeApp(cliID, func(a *App) { a.Enabled = false }) }, 7000112},
		"permission taken again": {func(f *fixture) { f.db.changeApp(cliID, func(a *App) { a.Delegated = nil }) }, 65001},
	} {
		t.Run(name, func(t *testing.T) {
			f := newFixture(t)
			code := f.signInForCode(ask(cliID, "http://localhost:40123")).Get("code")
			token := f.signedInTokens().text("refresh_token")
			device := f.post("/common/oauth2/v2.0/devicecode", values("client_id", cliID, "scope", "User.Read"))
			if a := f.post("/devicelogin", values("user_code", device.text("user_code"), "username", annaUPN, "password", password)); a.status != 200 {
				t.Fatalf("device: %d %s", a.status, a.body)
			}
			tt.change(f)
			if a := f.redeem(code); a.code() != tt.code {
				t.Errorf("code: %d %s", a.status, a.body)
			}
			if a := f.refresh(token); a.code() != tt.code {
				t.Errorf("refresh token: %d %s", a.status, a.body)
			}
			if a := f.token("grant_type", "device_code", "client_id", cliID, "device_code", device.text("device_code")); a.code() != tt.code {
				t.Errorf("device code: %d %s", a.status, a.body)
			}
		})
	}
}
