package identity

import (
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"net/http"
	"net/url"
	"regexp"
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
	if c["roles"] != nil || fmt.Sprint(c["wids"]) != "["+globalAdmin+"]" {
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
		{"verifier without challenge", ask(webID, "https://web.example/other", "code_challenge", "-", "code_challenge_method", "-"), 0,
			[]string{"client_id", webID, "client_secret", "practice-secret", "redirect_uri", "https://web.example/other"}, 501481},
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

func TestAuthorizeRefuses(t *testing.T) {
	f := newFixture(t)
	shown := []struct {
		name  string
		asked url.Values
		code  string
	}{
		{"no app", url.Values{}, "AADSTS900144"},
		{"unknown app", ask("9", "https://web.example/other"), "AADSTS700016"},
		{"foreign redirect", ask(webID, "https://evil.example/"), "AADSTS50011"},
		{"redirect with a tail", ask(webID, "https://web.example/other/x"), "AADSTS50011"},
		{"redirect as a script", ask(webID, "javascript:alert(1)"), "AADSTS50011"},
		{"loopback host of another name", ask(cliID, "http://localhost.evil.example/"), "AADSTS50011"},
		{"loopback with a user", ask(cliID, "http://x@localhost/"), "AADSTS50011"},
		{"no redirect, two registered", ask(webID, "", "redirect_uri", "-"), "AADSTS900971"},
		{"twice", url.Values{"client_id": {"a", "b"}}, "AADSTS9002313"},
	}
	for _, tt := range shown {
		a := f.get(authorizePath + "?" + tt.asked.Encode())
		if a.status != 400 || a.header.Get("Location") != "" || !strings.Contains(a.body, tt.code) || !strings.Contains(a.body, "en:identity.error.") {
			t.Errorf("%s: %d %s", tt.name, a.status, a.body)
		}
	}
	sent := []struct {
		name  string
		asked url.Values
		err   string
		code  string
	}{
		{"no PKCE", ask(cliID, "http://localhost:1", "code_challenge", "-", "code_challenge_method", "-"), "invalid_request", "AADSTS9002325"},
		{"plain PKCE", ask(cliID, "http://localhost:1", "code_challenge_method", "plain"), "invalid_request", "AADSTS50147"},
		{"PKCE without a method", ask(cliID, "http://localhost:1", "code_challenge_method", "-"), "invalid_request", "AADSTS50147"},
		{"short challenge", ask(cliID, "http://localhost:1", "code_challenge", "abc"), "invalid_request", "AADSTS50147"},
		{"implicit", ask(cliID, "http://localhost:1", "response_type", "token"), "unsupported_response_type", "AADSTS700054"},
		{"silent", ask(cliID, "http://localhost:1", "prompt", "none"), "login_required", "AADSTS50058"},
		{"scope the app has not", ask(cliID, "http://localhost:1", "scope", "Mail.Read"), "consent_required", "AADSTS65001"},
		{"unknown resource", ask(cliID, "http://localhost:1", "scope", "api://x/y"), "invalid_resource", "AADSTS500011"},
		{"no scope", ask(cliID, "http://localhost:1", "scope", "-"), "invalid_request", "AADSTS900144"},
		{"unknown mode", ask(cliID, "http://localhost:1", "response_mode", "pigeon"), "invalid_request", "AADSTS70007"},
	}
	for _, tt := range sent {
		a := f.get(authorizePath + "?" + tt.asked.Encode())
		target, err := url.Parse(a.header.Get("Location"))
		if err != nil || a.status != 303 || target.Host != "localhost:1" {
			t.Errorf("%s: %d %q %v", tt.name, a.status, a.header.Get("Location"), err)
			continue
		}
		if q := target.Query(); q.Get("error") != tt.err || !strings.Contains(q.Get("error_description"), tt.code) || q.Get("state") != "st&te" {
			t.Errorf("%s: %v", tt.name, q)
		}
	}
}

func TestResponseModes(t *testing.T) {
	f := newFixture(t)
	typed := values("username", annaUPN, "password", password)
	q := f.post(authorizePath+"?"+ask(webID, "https://web.example/back?x=1").Encode(), typed)
	if target, err := url.Parse(q.header.Get("Location")); err != nil || target.Query().Get("x") != "1" || target.Query().Get("code") == "" {
		t.Errorf("query: %q", q.header.Get("Location"))
	}
	fr := f.post(authorizePath+"?"+ask(webID, "https://web.example/other", "response_mode", "fragment").Encode(), typed)
	if got := fr.header.Get("Location"); !strings.HasPrefix(got, "https://web.example/other#") || !strings.Contains(got, "code=") {
		t.Errorf("fragment: %q", got)
	}
	fp := f.post(authorizePath+"?"+ask(webID, "https://web.example/other", "response_mode", "form_post", "state", `"><script>`).Encode(), typed)
	if fp.status != 200 || !strings.Contains(fp.body, `action="https://web.example/other"`) || !strings.Contains(fp.body, `name="code" value="`) || strings.Contains(fp.body, `"><script>`) {
		t.Errorf("form_post: %d %s", fp.status, fp.body)
	}
}

// TestFormCarriesTheRequest sends what the page holds and nothing else, as a
// browser does after the app opened the page with a POST.
func TestFormCarriesTheRequest(t *testing.T) {
	f := newFixture(t)
	page := f.post(authorizePath, ask(webID, "https://web.example/other", "client_info", "1"))
	form := values("username", annaUPN, "password", password)
	for _, m := range regexp.MustCompile(`<input type="hidden" name="([^"]*)" value="([^"]*)">`).FindAllStringSubmatch(page.body, -1) {
		form.Set(m[1], strings.ReplaceAll(m[2], "&amp;", "&"))
	}
	a := f.post(authorizePath, form)
	target, err := url.Parse(a.header.Get("Location"))
	if err != nil || target.Query().Get("state") != "st&te" || target.Query().Get("client_info") == "" {
		t.Fatalf("got %d %q %s", a.status, a.header.Get("Location"), a.body)
	}
	token := f.redeem(target.Query().Get("code"), "client_id", webID, "client_secret", "practice-secret", "redirect_uri", "https://web.example/other")
	if token.status != 200 || claims(t, token.text("id_token"))["nonce"] != "n0nce" || claims(t, token.text("access_token"))["appidacr"] != "1" {
		t.Errorf("got %d %s", token.status, token.body)
	}
}

func TestPages(t *testing.T) {
	f := newFixture(t)
	r, err := http.NewRequestWithContext(t.Context(), "GET", f.url+authorizePath+"?"+ask(webID, "https://web.example/other").Encode(), nil)
	if err != nil {
		t.Fatal(err)
	}
	r.Header.Set("Accept-Language", "nl-NL,nl;q=0.9")
	a := f.do(r)
	policy := a.header.Get("Content-Security-Policy")
	if !strings.Contains(a.body, `<html lang="nl">`) || !strings.Contains(a.body, "nl:identity.signin.submit") || strings.Contains(a.body, "<b>app") {
		t.Errorf("page: %s", a.body)
	}
	if !strings.Contains(policy, "default-src 'none'") || strings.Contains(policy, "unsafe") || a.header.Get("X-Frame-Options") != "DENY" || a.header.Get("Cache-Control") != "no-store" {
		t.Errorf("headers: %v", a.header)
	}
	nonce := regexp.MustCompile(`'nonce-([^']+)'`).FindStringSubmatch(policy)
	if len(nonce) != 2 || !strings.Contains(a.body, `<style nonce="`+nonce[1]+`">`) {
		t.Errorf("the page's nonce is not %v", nonce)
	}
	if regexp.MustCompile(`(?i)(src|href)\s*=`).MatchString(a.body) {
		t.Error("the page loads something")
	}
}

func TestSignInFromAnotherSite(t *testing.T) {
	f := newFixture(t)
	r := f.request(authorizePath+"?"+ask(cliID, "http://localhost:1").Encode(), values("username", annaUPN, "password", password))
	r.Header.Set("Sec-Fetch-Site", "cross-site")
	if a := f.do(r); a.status != 400 || a.header.Get("Location") != "" {
		t.Errorf("got %d %v", a.status, a.header)
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

func TestDeviceCode(t *testing.T) {
	f := newFixture(t)
	start := func() answered {
		a := f.post("/organizations/oauth2/v2.0/devicecode", values("client_id", cliID, "scope", "openid offline_access User.Read"))
		if a.status != 200 || a.text("verification_uri") != f.url+"/devicelogin" || a.json["interval"] != 5.0 || a.json["expires_in"] != 900.0 || !strings.Contains(a.text("message"), a.text("user_code")) {
			t.Fatalf("got %d %s", a.status, a.body)
		}
		return a
	}
	poll := func(grant, code string) answered {
		return f.token("grant_type", grant, "client_id", cliID, "device_code", code)
	}
	begun := start()
	code := begun.text("user_code")
	written := strings.ToLower(code[:4]) + "-" + code[4:] + " "
	if a := poll("device_code", begun.text("device_code")); a.text("error") != "authorization_pending" || a.code() != 70016 {
		t.Errorf("waiting: %s", a.body)
	}
	if a := f.post("/devicelogin", values("user_code", "BCDFGHJKL")); a.status != 400 || !strings.Contains(a.body, "identity.error.70018") {
		t.Errorf("wrong code: %d %s", a.status, a.body)
	}
	if a := f.post("/"+tenantID+"/oauth2/deviceauth", values("user_code", written)); a.status != 200 || !strings.Contains(a.body, "identity.device.confirm|app=Command line") {
		t.Errorf("confirm: %d %s", a.status, a.body)
	}
	if a := f.post("/devicelogin", values("user_code", written, "username", annaUPN, "password", "wrong")); a.status != 400 || !strings.Contains(a.body, "identity.error.50126") {
		t.Errorf("wrong password: %d %s", a.status, a.body)
	}
	if a := f.post("/devicelogin", values("user_code", written, "username", annaUPN, "password", password)); a.status != 200 || !strings.Contains(a.body, "device.approved.title") {
		t.Fatalf("approve: %d %s", a.status, a.body)
	}
	if a := f.post("/devicelogin", values("user_code", written, "username", annaUPN, "password", password)); a.status != 400 || !strings.Contains(a.body, "identity.error.90120") {
		t.Errorf("approve twice: %d %s", a.status, a.body)
	}
	got := poll(deviceGrant, begun.text("device_code"))
	if got.status != 200 || got.text("id_token") == "" || got.text("refresh_token") == "" || claims(t, got.text("access_token"))["oid"] != annaID {
		t.Fatalf("got %d %s", got.status, got.body)
	}
	if a := poll("device_code", begun.text("device_code")); a.code() != 54005 {
		t.Errorf("poll again: %s", a.body)
	}

	declined := start()
	if a := f.post("/devicelogin", values("user_code", declined.text("user_code"), "decline", "1")); !strings.Contains(a.body, "device.declined.title") {
		t.Errorf("decline: %s", a.body)
	}
	if a := poll("device_code", declined.text("device_code")); a.text("error") != "authorization_declined" {
		t.Errorf("declined: %s", a.body)
	}
	late := start()
	f.clock.advance(deviceLifetime)
	if a := poll("device_code", late.text("device_code")); a.text("error") != "expired_token" || a.code() != 70020 {
		t.Errorf("late: %s", a.body)
	}
	if a := f.post("/devicelogin", values("user_code", late.text("user_code"))); !strings.Contains(a.body, "identity.error.70018") {
		t.Errorf("late code: %s", a.body)
	}
	if a := f.get("/devicelogin?otc=ABC"); a.status != 200 || !strings.Contains(a.body, `value="ABC"`) {
		t.Errorf("page: %d %s", a.status, a.body)
	}
}

func TestPasswordGrant(t *testing.T) {
	f := newFixture(t)
	with := func(word string) answered {
		return f.token("grant_type", "password", "client_id", cliID, "username", strings.ToUpper(annaUPN), "password", word, "scope", "openid offline_access User.Read")
	}
	if a := with(password); a.status != 200 || claims(t, a.text("access_token"))["upn"] != annaUPN || a.text("refresh_token") == "" {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if a := with("wrong"); a.status != 400 || a.code() != 50126 {
		t.Errorf("wrong password: %s", a.body)
	}
	f.db.changePerson(annaID, func(p *Person) { p.MustChangePassword = true })
	if a := with(password); a.code() != 50055 {
		t.Errorf("must change: %s", a.body)
	}
	f.db.changePerson(annaID, func(p *Person) { p.Enabled = false })
	if a := with(password); a.code() != 50057 {
		t.Errorf("disabled: %s", a.body)
	}
	f.db.changePerson(annaID, func(p *Person) { p.PasswordHash = "" })
	if a := with(""); a.code() != 900144 {
		t.Errorf("empty password: %s", a.body)
	}
	if a := with("x"); a.code() != 50126 {
		t.Errorf("no hash: %s", a.body)
	}
}

func TestChangePasswordAtSignIn(t *testing.T) {
	f := newFixture(t)
	f.db.changePerson(annaID, func(p *Person) { p.MustChangePassword = true })
	path := authorizePath + "?" + ask(cliID, "http://localhost:40123").Encode()
	typed := func(next, again string) answered {
		return f.post(path, values("username", annaUPN, "password", password, "new_password", next, "new_password_again", again))
	}
	if a := f.post(path, values("username", annaUPN, "password", password)); a.status != 200 || !strings.Contains(a.body, "identity.change.title") || strings.Contains(a.body, password) {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	for name, tt := range map[string]struct{ next, again, want string }{
		"two spellings": {"Nieuw-2026-x", "Nieuw-2026-y", "identity.change.mismatch"},
		"too easy":      {"welkom", "welkom", "identity.error.120002"},
		"own name":      {"Anna.DeVries-1", "Anna.DeVries-1", "identity.error.120002"},
		"the same":      {password, password, "identity.error.120002"},
	} {
		if a := typed(tt.next, tt.again); a.status != 400 || !strings.Contains(a.body, tt.want) || !strings.Contains(a.body, `name="new_password"`) {
			t.Errorf("%s: %d %s", name, a.status, a.body)
		}
	}
	a := typed("Nieuw-2026-x", "Nieuw-2026-x")
	target, err := url.Parse(a.header.Get("Location"))
	if err != nil || a.status != 303 {
		t.Fatalf("got %d %s", a.status, a.body)
	}
	if got := f.redeem(target.Query().Get("code")); got.status != 200 || claims(t, got.text("access_token"))["epo"] != 8.0 {
		t.Errorf("got %d %s", got.status, got.body)
	}
	if _, err := f.server.SignIn(t.Context(), Credentials{Name: annaUPN, Password: password}); err == nil {
		t.Error("the old password still works")
	}
}

func TestLogout(t *testing.T) {
	f := newFixture(t)
	hint := f.signedInTokens().text("id_token")
	path := "/common/oauth2/v2.0/logout?"
	if a := f.get(path); a.status != 200 || !strings.Contains(a.body, "identity.signout.title") {
		t.Errorf("got %d %s", a.status, a.body)
	}
	if a := f.get(path + values("id_token_hint", hint, "post_logout_redirect_uri", "http://localhost:9/", "state", "s").Encode()); a.header.Get("Location") != "http://localhost:9/?state=s" {
		t.Errorf("got %d %v", a.status, a.header)
	}
	if a := f.get(path + values("client_id", cliID, "post_logout_redirect_uri", "https://evil.example/").Encode()); a.status != 400 || a.header.Get("Location") != "" {
		t.Errorf("got %d %v", a.status, a.header)
	}
	if a := f.get(path + values("post_logout_redirect_uri", "https://evil.example/").Encode()); a.header.Get("Location") != "" {
		t.Errorf("got %d %v", a.status, a.header)
	}
}
