package e2e

import (
	"strings"
	"testing"

	"github.com/chromedp/cdproto/webauthn"
	"github.com/chromedp/chromedp"

	"leaver/internal/practice"
)

// TestPasskey adds a passkey and signs in with it, with an authenticator that the
// browser plays.
func TestPasskey(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	s.URL = strings.Replace(s.URL, "127.0.0.1", "localhost", 1) // passkeys belong to names
	b := newTab(t, s, look{lang: "en"})
	must(b, chromedp.Call, webauthn.Enable, webauthn.EnableParams{})
	must(b, chromedp.Call, webauthn.AddVirtualAuthenticator, webauthn.AddVirtualAuthenticatorParams{Options: &webauthn.VirtualAuthenticatorOptions{
		Protocol: "ctap2", Transport: "internal", HasResidentKey: true, HasUserVerification: true, IsUserVerified: true, AutomaticPresenceSimulation: true,
	}})
	b.signIn("admin")
	b.open("/account")
	b.press("form[data-passkey-new] button")
	b.sees("The passkey was added.")
	b.signOut()

	b.signIn("admin")
	b.sees("Now use your passkey.")
	b.open("/users")
	if text := eval[string](b, `document.body.innerText`); strings.Contains(text, "Anna de Vries") {
		t.Error("the password alone opens the list")
	}
	b.press("form[data-passkey] button")
	b.sees("Active users")

	t.Run("without it", func(t *testing.T) {
		c := newClient(t, s)
		a := c.post("/signin", "name", "admin@lindeboom.example", "password", practice.Password)
		a.says(t, "Now use your passkey.")
		c.post("/signin/passkey", "answer", "{}").says(t, "This passkey is not yours here.")
		if a := c.get("/users"); strings.Contains(a.text(), "Anna de Vries") {
			t.Error("a wrong answer opens the list")
		}
	})
	b.open("/account")
	b.press(`form[action="/account/passkeys/remove"] button`)
	b.sees("The passkey was removed.")
}
