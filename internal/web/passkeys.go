package web

import (
	"encoding/base64"
	"encoding/json"
	"net"
	"net/http"
	"strings"

	"github.com/go-webauthn/webauthn/protocol"
	"github.com/go-webauthn/webauthn/webauthn"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// keyHolder is somebody with their passkeys, as the library wants to see them.
type keyHolder struct {
	person *org.Person
	keys   []offboard.Passkey
}

func (h *keyHolder) WebAuthnID() []byte          { return []byte(h.person.ID) }
func (h *keyHolder) WebAuthnName() string        { return h.person.UPN }
func (h *keyHolder) WebAuthnDisplayName() string { return h.person.DisplayName }

func (h *keyHolder) WebAuthnCredentials() []webauthn.Credential {
	var all []webauthn.Credential
	for _, k := range h.keys {
		var c webauthn.Credential
		if json.Unmarshal([]byte(k.Credential), &c) == nil {
			all = append(all, c)
		}
	}
	return all
}

// passkeysPossible says whether a browser would make a passkey for this address:
// a name, over TLS or on this very machine.
func (v *visit) passkeysPossible() bool {
	host := hostOf(v.r)
	return net.ParseIP(host) == nil && (v.secure() || host == "localhost")
}

func hostOf(r *http.Request) string {
	if host, _, err := net.SplitHostPort(r.Host); err == nil {
		return host
	}
	return r.Host
}

// relyingParty is this server, under the name by which it was asked.
func (v *visit) relyingParty() (*webauthn.WebAuthn, error) {
	scheme := "http://"
	if v.secure() {
		scheme = "https://"
	}
	return webauthn.New(&webauthn.Config{RPID: hostOf(v.r), RPDisplayName: v.Org.DisplayName, RPOrigins: []string{scheme + v.r.Host}})
}

func (v *visit) holder() (*keyHolder, error) {
	keys, err := v.srv.Store.Passkeys(v.ctx(), v.Person.ID)
	return &keyHolder{v.Person, keys}, err
}

// challenge keeps what the library has to remember between its two halves.
func (v *visit) challenge(data *webauthn.SessionData) error {
	text, err := json.Marshal(data)
	if err != nil {
		return err
	}
	v.session.Challenge = string(text)
	return v.srv.Store.SaveWebSession(v.ctx(), v.session, v.srv.Now())
}

// askForPasskey shows the second step of signing in.
func (v *visit) askForPasskey(problem string) error {
	h, err := v.holder()
	if err != nil {
		return err
	}
	rp, err := v.relyingParty()
	if err != nil {
		return err
	}
	options, data, err := rp.BeginLogin(h)
	if err != nil {
		return err
	}
	if err := v.challenge(data); err != nil {
		return err
	}
	text, err := json.Marshal(options)
	if err != nil {
		return err
	}
	v.show(http.StatusUnauthorized, passkeyView(v, string(text), problem))
	return nil
}

// answerPasskey takes the answer of a passkey at the door.
func answerPasskey(v *visit) error {
	v.Kept = signInForm{To: local(v.form("to")), Kept: v.r.PostFormValue("kept")}
	if v.Person == nil {
		return v.redirect("/signin")
	}
	if !v.srv.door.open(v.address()) {
		return v.askForPasskey(v.T("web.signin.slow"))
	}
	if err := v.checkPasskey(v.r.PostFormValue("answer")); err != nil {
		v.srv.Log.Warn("a passkey was refused", "person", v.Person.ID, "error", err)
		return v.askForPasskey(v.T("web.passkey.wrong"))
	}
	v.session.Pending, v.session.Challenge = false, ""
	if err := v.srv.Store.SaveWebSession(v.ctx(), v.session, v.srv.Now()); err != nil {
		return err
	}
	return v.goOn(v.Kept)
}

func (v *visit) checkPasskey(answer string) error {
	h, err := v.holder()
	if err != nil {
		return err
	}
	rp, err := v.relyingParty()
	if err != nil {
		return err
	}
	var data webauthn.SessionData
	if err := json.Unmarshal([]byte(v.session.Challenge), &data); err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialRequestResponseBytes([]byte(answer))
	if err != nil {
		return err
	}
	c, err := rp.ValidateLogin(h, data, parsed)
	if err != nil {
		return err
	}
	return v.keepPasskey(c, "")
}

// keepPasskey stores a passkey after it was made or used.
func (v *visit) keepPasskey(c *webauthn.Credential, name string) error {
	text, err := json.Marshal(c)
	if err != nil {
		return err
	}
	now := v.srv.Now()
	return v.srv.Store.SavePasskey(v.ctx(), offboard.Passkey{
		ID: base64.RawURLEncoding.EncodeToString(c.ID), PersonID: v.Person.ID, Name: name, Credential: string(text), Created: now, Used: now,
	})
}

// offerPasskey starts adding a passkey: its options for the account page.
func (v *visit) offerPasskey() (string, error) {
	if !v.passkeysPossible() {
		return "", nil
	}
	h, err := v.holder()
	if err != nil {
		return "", err
	}
	rp, err := v.relyingParty()
	if err != nil {
		return "", err
	}
	exclude := webauthn.Credentials(h.WebAuthnCredentials()).CredentialDescriptors()
	options, data, err := rp.BeginRegistration(h, webauthn.WithExclusions(exclude))
	if err != nil {
		return "", err
	}
	if err := v.challenge(data); err != nil {
		return "", err
	}
	text, err := json.Marshal(options)
	return string(text), err
}

// addPasskey takes the passkey that a browser has made.
func addPasskey(v *visit) error {
	err := v.newPasskey(v.r.PostFormValue("answer"), v.form("label"))
	if err != nil {
		v.srv.Log.Warn("a new passkey was refused", "person", v.Person.ID, "error", err)
		v.say("critical", v.T("web.passkey.notAdded"))
		return accountPage(v)
	}
	return v.redirect("/account?done=passkey")
}

func (v *visit) newPasskey(answer, label string) error {
	h, err := v.holder()
	if err != nil {
		return err
	}
	rp, err := v.relyingParty()
	if err != nil {
		return err
	}
	var data webauthn.SessionData
	if err := json.Unmarshal([]byte(v.session.Challenge), &data); err != nil {
		return err
	}
	parsed, err := protocol.ParseCredentialCreationResponseBytes([]byte(answer))
	if err != nil {
		return err
	}
	c, err := rp.CreateCredential(h, data, parsed)
	if err != nil {
		return err
	}
	if label = strings.TrimSpace(label); label == "" || len(label) > 60 {
		label = v.session.Agent
	}
	return v.keepPasskey(c, label)
}

func removePasskey(v *visit) error {
	if err := v.srv.Store.RemovePasskey(v.ctx(), v.Person.ID, v.form("id")); err != nil {
		return err
	}
	return v.redirect("/account?done=passkeyRemoved")
}
