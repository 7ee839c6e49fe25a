package graph

import (
	"net/http"
	"slices"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/wire"
)

// userType is how errors name the type of people.
const userType = "microsoft.graph.user"

// textFields are the texts of an account that a request may set.
func textFields(u *org.User) map[string]*string {
	return map[string]*string{
		"displayName": &u.DisplayName, "givenName": &u.GivenName, "surname": &u.Surname, "mailNickname": &u.MailNickname, "jobTitle": &u.JobTitle,
		"department": &u.Department, "companyName": &u.CompanyName, "officeLocation": &u.OfficeLocation, "mobilePhone": &u.MobilePhone,
		"faxNumber": &u.FaxNumber, "employeeId": &u.EmployeeID, "streetAddress": &u.StreetAddress, "city": &u.City, "state": &u.State,
		"postalCode": &u.PostalCode, "country": &u.Country, "usageLocation": &u.UsageLocation, "preferredLanguage": &u.PreferredLanguage,
		"userType": &u.UserType, "onPremisesImmutableId": &u.OnPremisesImmutableID, "userPrincipalName": &u.UPN, "mail": &u.Mail,
	}
}

// readOnly are properties that a request may not set. R-API-18
var readOnly = []string{
	"id", "deletedDateTime", "createdDateTime", "proxyAddresses", "assignedLicenses", "assignedPlans", "licenseAssignmentStates", "provisionedPlans",
	"onPremisesSyncEnabled", "signInSessionsValidFromDateTime", "identities", "imAddresses", "creationType", "externalUserState",
	"onPremisesLastSyncDateTime", "onPremisesSecurityIdentifier", "securityIdentifier", "lastPasswordChangeDateTime", "isManagementRestricted",
}

// fillUser reads the properties of an account into u and says what is wrong
// with them.
func fillUser(o *wire.Object, u *org.User) error {
	for name, field := range textFields(u) {
		o.String(name, field)
	}
	o.Bool("accountEnabled", &u.AccountEnabled)
	o.Strings("businessPhones", &u.BusinessPhones)
	o.Strings("otherMails", &u.OtherMails)
	listed := !u.HiddenFromLists
	if o.Null("showInAddressList") {
		o.Raw("showInAddressList")
		u.HiddenFromLists = false
	} else if o.Bool("showInAddressList", &listed) {
		u.HiddenFromLists = !listed
	}
	for _, name := range readOnly {
		if o.Has(name) {
			return &wire.Fault{
				Status: http.StatusBadRequest, Code: "Request_BadRequest",
				Message: "Property '" + name + "' is read-only and cannot be set.",
				Details: []wire.Detail{{Target: name, Code: "ReadOnly"}},
			}
		}
	}
	return checkUserType(u)
}

// leaveOut lets a request name what the type has and this organization does not
// keep, as long as it says nothing about it; a value would be lost.
func leaveOut(o *wire.Object, t *modelType) error {
	for _, name := range o.Unknown() {
		p := t.find(name)
		if p == nil {
			continue // Done says that the type does not have it
		}
		if v := string(o.Raw(name)); v != "null" && v != "[]" && v != "{}" {
			return &wire.Fault{
				Status: http.StatusBadRequest, Code: "Request_BadRequest", Message: "Property '" + p.name + "' is not kept by this organization. Leave it out, or give null.",
				Details: []wire.Detail{{Target: p.name, Code: "NotSupported"}},
			}
		}
	}
	return nil
}

func checkUserType(u *org.User) error {
	switch {
	case strings.EqualFold(u.UserType, "Member"):
		u.UserType = "Member"
	case strings.EqualFold(u.UserType, "Guest"):
		u.UserType = "Guest"
	case u.UserType != "":
		return wire.BadValue("userType", "User")
	}
	return nil
}

// password is a passwordProfile that a request brought.
type password struct {
	given      bool
	text       string
	forces     bool // it says whether the password has to be changed
	mustChange bool
}

// asks says that something is to change.
func (p *password) asks() bool { return p.given || p.forces }

// readPassword reads a passwordProfile.
func readPassword(o *wire.Object) (password, error) {
	p := password{mustChange: true}
	in := o.Object("passwordProfile")
	if in == nil {
		return p, o.Err
	}
	p.given = in.String("password", &p.text) && !in.Null("password")
	p.forces = in.Bool("forceChangePasswordNextSignIn", &p.mustChange)
	in.Raw("forceChangePasswordNextSignInWithMfa")
	return p, in.Done("microsoft.graph.passwordProfile")
}

// inProfile names what Graph calls the password in a refusal of it.
func inProfile(err error) error {
	if r := org.RefusalOf(err); r != nil && r.Reason == "user.password" {
		return r.On("passwordProfile")
	}
	return err
}

// bound reads manager@odata.bind.
func bound(o *wire.Object, name string) (string, error) {
	var link string
	if !o.String(name+"@odata.bind", &link) {
		return "", o.Err
	}
	return referenceOf(link)
}

// createUser answers POST /users. R-API-10
func (s *Server) createUser(w http.ResponseWriter, r *http.Request, c *call) error {
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return err
	}
	n := offboard.NewUser{}
	if err := fillUser(o, &n.User); err != nil {
		return err
	}
	p, err := readPassword(o)
	if err != nil {
		return err
	}
	if n.Manager, err = bound(o, "manager"); err != nil {
		return err
	}
	if err := leaveOut(o, s.model["user"]); err != nil {
		return err
	}
	if err := o.Done(userType); err != nil {
		return err
	}
	if err := required(o, p); err != nil {
		return err
	}
	n.Password, n.MustChange = p.text, p.mustChange
	added, err := s.cfg.Desk.CreateUser(r.Context(), c.caller.Actor, n)
	if err != nil {
		return inProfile(err)
	}
	u := offboard.UserRow{User: added.Person.User}
	w.Header().Set("Location", c.base+"/users/"+string(u.ID))
	if createdQuietly(w, r) {
		return nil
	}
	return s.writeUser(r.Context(), w, c, http.StatusCreated, s.people.plain, &u, nil)
}

// required refuses a new account without what it needs. R-API-10
func required(o *wire.Object, p password) error {
	var missing []string
	for _, name := range []string{"accountEnabled", "displayName", "mailNickname", "userPrincipalName"} {
		if !o.Has(name) || o.Null(name) {
			missing = append(missing, name)
		}
	}
	if !p.given {
		missing = append(missing, "passwordProfile")
	}
	if missing == nil {
		return nil
	}
	f := wire.BadRequest("Request_BadRequest", "A value is required for property '"+missing[0]+"' of resource 'User'.")
	for _, name := range missing {
		f.Details = append(f.Details, wire.Detail{Target: name, Code: "MissingValue", Message: "A value is required for property '" + name + "' of resource 'User'."})
	}
	return f
}

// patchUser answers PATCH /users/{id}. A password alone goes by the rules for
// resetting one; with anything else it is a part of the change. R-API-17
func (s *Server) patchUser(w http.ResponseWriter, r *http.Request, c *call) error {
	o, err := wire.ReadObject(r, false)
	if err != nil {
		return err
	}
	var trial org.User
	if err := fillUser(o, &trial); err != nil {
		return err
	}
	p, err := readPassword(o)
	if err != nil {
		return err
	}
	manager, err := bound(o, "manager")
	if err != nil {
		return err
	}
	if err := leaveOut(o, s.model["user"]); err != nil {
		return err
	}
	if err := o.Done(userType); err != nil {
		return err
	}
	ref, err := s.change(r, c, o, p, manager)
	if err != nil {
		return inProfile(err)
	}
	return s.changedUser(w, r, c, ref)
}

// changedUser answers a change of an account: with nothing, or with the account
// when the client prefers that.
func (s *Server) changedUser(w http.ResponseWriter, r *http.Request, c *call, ref string) error {
	if prefers(r) != wantsRepresentation {
		wire.NoContent(w)
		return nil
	}
	u, err := s.user(r.Context(), ref, nil)
	if err != nil {
		return err
	}
	wantsRepresentation.applied(w)
	return s.writeUser(r.Context(), w, c, http.StatusOK, s.people.plain, u, nil)
}

// change carries out a change of an account, and of its manager with it. It
// gives what the account can be found by afterwards.
func (s *Server) change(r *http.Request, c *call, o *wire.Object, p password, manager string) (string, error) {
	ctx, user := r.Context(), r.PathValue("user")
	others := slices.ContainsFunc(o.Names(), func(n string) bool { return !strings.EqualFold(n, "passwordProfile") && !strings.Contains(n, "@") })
	switch {
	case !others && manager != "" && !p.asks():
		return user, s.cfg.Desk.SetManager(ctx, c.caller.Actor, user, manager)
	case !others && manager == "" && p.given && p.text != "": // the desk would invent one for none
		_, err := s.cfg.Desk.SetPassword(ctx, c.caller.Actor, user, p.text, p.mustChange)
		return user, err
	case !others && !p.asks():
		_, err := s.user(ctx, user, []string{"id"}) // nothing to change; still an answer whether there is one
		return user, err
	}
	hash := ""
	if p.given {
		var err error
		if hash, err = s.cfg.Desk.HashPassword(p.text); err != nil {
			return user, err
		}
	}
	edit := offboard.UserEdit{Edit: func(person *org.Person) error {
		if p.asks() {
			person.MustChangePassword = p.mustChange
		}
		if err := fillUser(o, &person.User); err != nil || !p.given {
			return err
		}
		person.PasswordHash = hash
		return s.cfg.Desk.Strong(p.text, person.UPN)
	}}
	if manager != "" {
		edit.Manager = &manager
	}
	after, err := s.cfg.Desk.EditUser(ctx, c.caller.Actor, user, edit)
	return string(after.ID), err
}

// deleteUser answers DELETE /users/{id|upn}. R-API-19
func (s *Server) deleteUser(w http.ResponseWriter, r *http.Request, c *call) error {
	if err := s.cfg.Desk.DeleteUser(r.Context(), c.caller.Actor, r.PathValue("user")); err != nil {
		return err
	}
	wire.NoContent(w)
	return nil
}

// revoke answers POST /users/{id}/revokeSignInSessions. R-API-22
func (s *Server) revoke(w http.ResponseWriter, r *http.Request, c *call) error {
	if err := s.cfg.Desk.RevokeSessions(r.Context(), c.caller.Actor, r.PathValue("user")); err != nil {
		return err
	}
	c.write(w, http.StatusOK, func(dst []byte) []byte {
		return append(append(appendName(c.appendContext(dst, "Edm.Boolean"), "value"), "true"...), '}')
	})
	return nil
}
