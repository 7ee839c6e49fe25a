package web

import (
	"errors"
	"net/http"

	"leaver/internal/identity"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

const readDirectory = org.ReadDirectory

// accountView is what somebody sees of themselves.
type account struct {
	Sessions []offboard.WebSession
	Passkeys []offboard.Passkey
	Offer    string // options for a new passkey; "" where none can be made
	Help     []org.Ref
	Drives   openDrives
	Boxes    openBoxes
	Problem  string
}

// accountPage is everybody's own page. Who holds no role sees nothing else, and
// is told whom to ask. R-ROLE-05
func accountPage(v *visit) error { return v.account("", http.StatusOK) }

func (v *visit) account(problem string, status int) error {
	v.Section = "account"
	v.done("passkey", "passkeyRemoved", "password", "sessions")
	a := account{Problem: problem}
	var err error
	if a.Sessions, err = v.srv.Store.WebSessions(v.ctx(), v.Person.ID); err != nil {
		return err
	}
	if a.Passkeys, err = v.srv.Store.Passkeys(v.ctx(), v.Person.ID); err != nil {
		return err
	}
	if a.Offer, err = v.offerPasskey(); err != nil {
		return err
	}
	if a.Drives, err = v.openDrives("", fewDrives); err != nil {
		return err
	}
	if a.Boxes, err = v.openBoxes("", fewBoxes); err != nil {
		return err
	}
	if !v.Admin() {
		if a.Help, err = v.helpers(); err != nil {
			return err
		}
	}
	v.show(status, accountView(v, a))
	return nil
}

// helpers are people whom somebody without a role can ask.
func (v *visit) helpers() ([]org.Ref, error) {
	for _, role := range []org.RoleID{org.HelpdeskAdmin, org.UserAdmin, org.GlobalAdmin} {
		q := offboard.UserQuery{Relation: offboard.HoldersOf, Of: string(role)}
		q.Select, q.Top = []string{"id", "userPrincipalName", "displayName", "accountEnabled"}, 3
		page, err := v.srv.Store.Users(v.ctx(), q)
		if err != nil {
			return nil, err
		}
		var refs []org.Ref
		for i := range page.Rows {
			if page.Rows[i].AccountEnabled {
				refs = append(refs, page.Rows[i].Ref())
			}
		}
		if len(refs) > 0 {
			return refs, nil
		}
	}
	return nil, nil
}

// done says above a page what was just done, when the address names one of these.
func (v *visit) done(keys ...string) {
	for _, k := range keys {
		if v.r.Method == http.MethodGet && v.r.URL.Query().Get("done") == k {
			v.say("good", v.T("web.done."+k))
		}
	}
}

func changePassword(v *visit) error {
	if v.r.PostFormValue("new") != v.r.PostFormValue("again") {
		return v.account(v.T("identity.change.mismatch"), http.StatusUnprocessableEntity)
	}
	p, err := v.srv.Identity.ChangePassword(v.ctx(),
		identity.Credentials{Name: v.Person.UPN, Password: v.r.PostFormValue("password"), Address: v.address()}, v.r.PostFormValue("new"))
	if why, ok := errors.AsType[*identity.Refusal](err); ok {
		return v.account(v.T(why.Key(), "seconds", int(why.RetryAfter.Seconds())+1, "code", why.Code), http.StatusUnprocessableEntity)
	}
	if err != nil {
		return err
	}
	if err := v.srv.Store.EndWebSessions(v.ctx(), v.Person.ID, "", ""); err != nil {
		return err
	}
	if err := v.enter(p, false); err != nil { // the other sessions end with the old password
		return err
	}
	return v.redirect("/account?done=password")
}

// endSessions ends one session, or all others.
func endSessions(v *visit) error {
	id := v.form("id")
	if err := v.srv.Store.EndWebSessions(v.ctx(), v.Person.ID, id, v.session.Handle); err != nil {
		return err
	}
	if id == v.session.ID {
		return v.redirect("/signin")
	}
	return v.redirect("/account?done=sessions")
}
