package identity

import (
	"net/url"
	"strings"
	"testing"
)

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
