package web

import (
	"errors"
	"net/http"
	"net/url"
	"strings"

	"github.com/a-h/templ"

	"leaver/internal/identity"
)

// signInForm is what the sign-in page shows and carries along.
type signInForm struct {
	Name  string
	Error string
	To    string // where to go afterwards
	// Kept is a form that was sent when nobody was signed in any more: nothing
	// that was typed gets lost.
	Kept string
}

func signInPage(v *visit) error {
	if v.Person != nil {
		return v.redirect("/")
	}
	return v.render(signInView(v, signInForm{To: local(v.r.URL.Query().Get("to"))}))
}

// askToSignIn sends whoever is not signed in to the door. A form that was sent
// is kept; a live part of a page is told apart by the status.
func (v *visit) askToSignIn() error {
	if v.r.Method == http.MethodGet {
		if v.live() {
			v.w.WriteHeader(http.StatusUnauthorized)
			return nil
		}
		to := url.Values{"to": {v.r.URL.RequestURI()}}
		if v.r.URL.Path == "/" {
			return v.redirect("/signin")
		}
		return v.redirect("/signin?" + to.Encode())
	}
	f := signInForm{To: local(v.r.URL.Path)}
	if err := v.parse(); err != nil {
		return err
	}
	f.Kept = v.r.PostForm.Encode()
	v.Said = append(v.Said, said{Kind: "warning", Text: v.T("web.signin.over")})
	v.show(http.StatusUnauthorized, signInView(v, f))
	return nil
}

func signIn(v *visit) error {
	f := signInForm{Name: v.form("name"), To: local(v.form("to")), Kept: v.r.PostFormValue("kept")}
	if !v.srv.door.open(v.address()) {
		f.Error = v.T("web.signin.slow")
		v.w.Header().Set("Retry-After", "3")
		v.show(http.StatusTooManyRequests, signInView(v, f))
		return nil
	}
	p, err := v.srv.Identity.SignIn(v.ctx(), identity.Credentials{Name: f.Name, Password: v.r.PostFormValue("password"), Address: v.address()})
	switch {
	case errors.Is(err, identity.ErrMustChangePassword):
		v.show(http.StatusOK, changeView(v, f))
		return nil
	case err != nil:
		return v.wrongSignIn(err, f, signInView)
	}
	return v.arrive(p, f)
}

// changeExpired takes a new password in the place of one that must be changed.
func changeExpired(v *visit) error {
	f := signInForm{Name: v.form("name"), To: local(v.form("to")), Kept: v.r.PostFormValue("kept")}
	if v.r.PostFormValue("new") != v.r.PostFormValue("again") {
		f.Error = v.T("identity.change.mismatch")
		v.show(http.StatusUnprocessableEntity, changeView(v, f))
		return nil
	}
	p, err := v.srv.Identity.ChangePassword(v.ctx(),
		identity.Credentials{Name: f.Name, Password: v.r.PostFormValue("password"), Address: v.address()}, v.r.PostFormValue("new"))
	if err != nil {
		return v.wrongSignIn(err, f, changeView)
	}
	return v.arrive(p, f)
}

// wrongSignIn says what was wrong, in one way for a name that nobody has and a
// password that is wrong.
func (v *visit) wrongSignIn(err error, f signInForm, view signInTemplate) error {
	why, ok := errors.AsType[*identity.Refusal](err)
	if !ok {
		return err
	}
	f.Error = v.T(why.Key(), "seconds", int(why.RetryAfter.Seconds())+1, "code", why.Code)
	v.show(http.StatusUnprocessableEntity, view(v, f))
	return nil
}

// arrive lets somebody in whose password was right, past the passkey if there is one.
func (v *visit) arrive(p identity.Person, f signInForm) error {
	person, err := v.person(p.ID)
	if err != nil {
		return err
	}
	keys, err := v.srv.Store.Passkeys(v.ctx(), person.ID)
	if err != nil {
		return err
	}
	if err := v.enter(p, len(keys) > 0); err != nil {
		return err
	}
	v.Person = person
	v.Actor.ID, v.Actor.Name, v.Actor.Roles = person.ID, person.UPN, person.Roles
	v.chooseLanguage(person)
	if v.session.Pending {
		v.Kept = f
		return v.askForPasskey("")
	}
	return v.goOn(f)
}

// goOn continues where somebody was sent to the door.
func (v *visit) goOn(f signInForm) error {
	if f.Kept == "" {
		return v.redirect(f.To)
	}
	values, err := url.ParseQuery(f.Kept)
	if err != nil {
		return v.redirect(f.To)
	}
	return v.render(resumeView(v, backTo(f.To), values))
}

// backTo is the page that shows a form again which was sent to a path. Of the
// wizard that is the page with the choices, from wherever one was.
func backTo(to string) string {
	for _, end := range []string{"/delete/plan", "/delete/run"} {
		if at, ok := strings.CutSuffix(to, end); ok {
			return at + "/delete"
		}
	}
	return to
}

func signOut(v *visit) error {
	if err := v.srv.Store.EndWebSessions(v.ctx(), v.Person.ID, v.session.ID, ""); err != nil {
		return err
	}
	v.setCookie(v.cookieName(), "", -1, true)
	return v.redirect("/signin")
}

// setPreferences keeps language, theme and density in the browser, and goes back
// to the page that they were set on.
func setPreferences(v *visit) error {
	const year = 365 * 24 * 60 * 60
	for name, values := range map[string][]string{"lang": {"nl", "en"}, "theme": {"auto", "light", "dark"}, "density": {"calm", "compact"}} {
		for _, value := range values {
			if v.form(name) == value {
				v.setCookie(name, value, year, true)
			}
		}
	}
	to := "/"
	if u, err := url.Parse(v.r.Header.Get("Referer")); err == nil && u.Host == v.r.Host {
		to = local(u.RequestURI())
	}
	return v.redirect(to)
}

// home is where each role begins.
func home(v *visit) error {
	switch {
	case !v.Admin():
		return v.redirect("/account") // R-ROLE-05
	case v.May(readDirectory):
		return v.redirect("/users")
	}
	return v.redirect("/account")
}

// signInTemplate is a page at the door.
type signInTemplate func(v *visit, f signInForm) templ.Component
