package identity

import (
	"net/http"
	"net/url"
	"regexp"
	"strings"
	"testing"
)

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
