package graph_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/practice"
	"leaver/internal/store/storetest"
)

// The lines of the matrix of R-ROLE-13, as the rule has them: what a target
// holds, and which of the four roles may act on it.
var matrix = map[string]string{
	"no role":         "auth user privileged global",
	"role group":      "privileged global",
	"restricted unit": "privileged global",
	"auth":            "auth privileged global",
	"readers":         "auth user privileged global",
	"support":         "user privileged global",
	"top":             "privileged global",
	"other":           "privileged global",
}

// lines says which line of the matrix each role stands in.
var lines = map[org.RoleID]string{
	org.AuthAdmin:        "auth",
	org.DirectoryReaders: "readers", org.GuestInviter: "readers", org.MessageCenterReader: "readers", org.PasswordAdmin: "readers", org.ReportsReader: "readers",
	org.UserExperienceSuccess: "readers", org.UsageSummaryReader: "readers",
	org.GroupsAdmin: "support", org.HelpdeskAdmin: "support", org.UserAdmin: "support",
	org.GlobalAdmin: "top", org.PrivilegedAuthAdmin: "top", org.PrivilegedRoleAdmin: "top",
	org.BillingAdmin: "other", org.LicenseAdmin: "other", org.ExchangeAdmin: "other", org.SharePointAdmin: "other", org.GlobalReader: "other",
	org.ServiceSupportAdmin: "other", org.TeamsAdmin: "other", org.ApplicationAdministrator: "other",
}

// columns are the four roles of the matrix.
var columns = map[org.RoleID]string{
	org.AuthAdmin: "auth", org.UserAdmin: "user", org.PrivilegedAuthAdmin: "privileged", org.GlobalAdmin: "global",
}

// may says what the matrix says: every line that a target stands in has to name
// the caller's column.
func may(caller org.RoleID, lines []string) bool {
	for _, l := range lines {
		if !slices.Contains(strings.Fields(matrix[l]), columns[caller]) {
			return false
		}
	}
	return true
}

// goal is somebody to act on.
type goal struct {
	id    string
	name  string
	lines []string
}

// cast adds a caller for each role, as a person and as an app, and a target for
// each line of the matrix.
func (s *school) cast() (callers map[string]*client, roles map[string]org.RoleID, targets []goal) {
	s.t.Helper()
	callers, roles = map[string]*client{}, map[string]org.RoleID{}
	hash, err := hashed()
	fatal(s.t, err)
	var people []org.Person
	add := func(name string, roles ...org.RoleID) org.Person {
		p := storetest.Plain(int64(5000+len(people)), name)
		p.UPN, p.Mail, p.PasswordHash, p.Roles = name+domain, "", hash, roles
		people = append(people, p)
		return p
	}
	target := func(name string, lines []string, roles ...org.RoleID) *org.Person {
		p := add("target-"+name, roles...)
		targets = append(targets, goal{string(p.ID), name, lines})
		return &people[len(people)-1]
	}
	target("none", []string{"no role"})
	target("restricted", []string{"restricted unit"}).InRestrictedUnit = true
	target("two", []string{"support", "other"}, org.HelpdeskAdmin, org.BillingAdmin)
	target("grouped", []string{"role group"})
	for i, d := range org.RoleDefinitions() {
		target(fmt.Sprint("role", i), []string{lines[d.ID]}, d.ID)
		add(fmt.Sprint("caller", i), d.ID)
		s.app(offboard.App{
			ID: fmt.Sprint("app-", i), AppID: fmt.Sprintf("a0000000-0000-4000-8000-%012d", i), DisplayName: fmt.Sprint("app ", i), Roles: []org.RoleID{d.ID},
			AppDetails: offboard.AppDetails{Permissions: permissions},
		})
	}
	add("caller-none")
	saved := storetest.Add(s.t, s.store, people...)
	i := slices.IndexFunc(saved, func(p *org.Person) bool { return p.UPN == "target-grouped"+domain })
	storetest.Group(s.t, s.store, org.Group{ID: "99999999-9999-4999-8999-000000000001", DisplayName: "Rollen", Security: true, RoleAssignable: true}, saved[i:i+1], nil)
	for i, d := range org.RoleDefinitions() {
		person, app := d.DisplayName, "app with "+d.DisplayName
		callers[person], roles[person] = s.as(fmt.Sprint("caller", i)), d.ID
		callers[app], roles[app] = &client{t: s.t, s: s, token: s.token(fmt.Sprintf("a0000000-0000-4000-8000-%012d", i), "", allScopes)}, d.ID
	}
	callers["nobody"] = s.as("caller-none")
	return callers, roles, targets
}

// Every role, as a person and as an app, on every kind of target: what the
// matrix says is what happens.
func TestSensitiveActions(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	callers, roles, targets := s.cast()
	admin := s.as("admin")
	n := 0
	for name, c := range callers {
		for _, g := range targets {
			allowed := may(roles[name], g.lines)
			n++
			patched := c.patch("/users/"+g.id, fmt.Sprintf(`{"mobilePhone":"+31 6 %d"}`, n)).status
			if want := status(allowed, http.StatusNoContent); patched != want {
				t.Errorf("R-ROLE-13 %s changes the phone of %s: got %d, want %d", name, g.name, patched, want)
			}
			deleted := c.delete("/users/" + g.id).status
			if want := status(allowed, http.StatusNoContent); deleted != want {
				t.Errorf("R-ROLE-13 R-ROLE-14 %s deletes %s: got %d, want %d", name, g.name, deleted, want)
			}
			if deleted != http.StatusNoContent {
				continue
			}
			if restored := c.post("/directory/deletedItems/"+g.id+"/restore", nil).status; restored != http.StatusOK {
				t.Errorf("R-ROLE-19 %s restores %s: got %d", name, g.name, restored)
				admin.post("/directory/deletedItems/"+g.id+"/restore", nil)
			}
		}
	}
}

func status(allowed bool, done int) int {
	if allowed {
		return done
	}
	return http.StatusForbidden
}

// Restoring and purging ask the same of a caller as deleting did.
func TestRestoreAndPurgeByRole(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	callers, roles, targets := s.cast()
	admin := s.as("admin")
	for _, g := range targets {
		admin.delete("/users/" + g.id).want(204)
		for name, c := range callers {
			if may(roles[name], g.lines) {
				continue
			}
			if got := c.post("/directory/deletedItems/"+g.id+"/restore", nil).status; got != http.StatusForbidden {
				t.Errorf("R-ROLE-19 %s restores %s: got %d", name, g.name, got)
			}
			if got := c.delete("/directory/deletedItems/" + g.id).status; got != http.StatusForbidden {
				t.Errorf("R-ROLE-20 %s purges %s: got %d", name, g.name, got)
			}
		}
		admin.delete("/directory/deletedItems/" + g.id).want(204)
	}
}

// What each property of R-ROLE-13 asks, on one target that a User Administrator
// may not touch and one that they may.
func TestSensitiveProperties(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	c := s.as("useradmin")
	for _, body := range []string{
		`{"accountEnabled":false}`, `{"businessPhones":["1"]}`, `{"mobilePhone":"1"}`, `{"onPremisesImmutableId":"x"}`, `{"otherMails":["a@b.example"]}`,
		`{"userPrincipalName":"%s2@lindeboom.example"}`, `{"passwordProfile":{"password":"Anders-2026!"}}`,
	} {
		high, low := body, body
		if strings.Contains(body, "%s") {
			high, low = fmt.Sprintf(body, "ivo"), fmt.Sprintf(body, "mila")
		}
		c.patch("/users/ivo.peters@lindeboom.example", high).refused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
		path := "/users/mila.kok@lindeboom.example"
		c.patch(path, low).want(204)
		c.patch("/users/mila2@lindeboom.example", `{"userPrincipalName":"mila.kok@lindeboom.example"}`)
	}
	c.patch("/users/ivo.peters@lindeboom.example", `{"jobTitle":"x"}`).want(204) // not a sensitive one
	c.patch("/users/eva.bakker@lindeboom.example", `{"jobTitle":"x"}`).refused(400, "Request_BadRequest", "on-premises mastered Directory Sync objects")
}

// The narrower matrix for passwords and sessions.
func TestResetByRole(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	for _, c := range []struct {
		caller, target string
		want           int
	}{
		{"helpdesk", "mila.kok", 200},
		{"helpdesk", "tim.wolters", 200},
		{"helpdesk", "ivo.peters", 403},
		{"helpdesk", "useradmin", 403},
		{"useradmin", "helpdesk", 200},
		{"useradmin", "ivo.peters", 403},
		{"admin", "ivo.peters", 200},
		{"license", "mila.kok", 403},
		{"mila.kok", "mila.kok", 200},
	} {
		if got := s.as(c.caller).post("/users/"+c.target+domain+"/revokeSignInSessions", nil).status; got != c.want {
			t.Errorf("R-ROLE-17 %s signs %s out: got %d, want %d", c.caller, c.target, got, c.want)
		}
	}
}

// From the moment of a block, a deletion or a revocation no old token works.
// R-DEL-12 R-API-22
func TestTokensDieAtOnce(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	for name, end := range map[string]func(path string) *answer{
		"revoked": func(path string) *answer { return app.post(path+"/revokeSignInSessions", nil).want(200) },
		"blocked": func(path string) *answer { return app.patch(path, `{"accountEnabled":false}`).want(204) },
		"deleted": func(path string) *answer { return app.delete(path).want(204) },
	} {
		who := map[string]string{"revoked": "anna.devries", "blocked": "mila.kok", "deleted": "bram.jansen"}[name]
		c := s.as(who)
		c.get("/me").want(200)
		end("/users/" + who + domain)
		c.get("/me").refused(401, "InvalidAuthenticationToken", "")
	}
	s.as("admin").get("/users?$top=1").want(200)
	_, err := s.desk.RemoveRole(t.Context(), org.Actor{System: true}, "useradmin"+domain, org.UserAdmin)
	fatal(t, err)
	s.as("useradmin").get("/users?$top=1").want(403) // roles count as they are now, not as the token says
}

// A token may do what it carries and no more, whatever the roles.
func TestScopes(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	admin := func(scope string) *client {
		return &client{t: t, s: s, token: s.token(practice.App().ClientID, "admin"+domain, "https://graph.microsoft.com/"+scope)}
	}
	mila := "/users/mila.kok@lindeboom.example"
	admin("User.Read").get("/me").want(200)
	admin("User.Read").get(mila).refused(403, "Authorization_RequestDenied", "Insufficient privileges")
	admin("User.Read").delete(mila).refused(403, "Authorization_RequestDenied", "Insufficient privileges")
	admin("Organization.Read.All").get("/subscribedSkus").want(200)
	admin("Organization.Read.All").get("/groups").want(403)
	admin("Group.ReadWrite.All").get("/groups").want(200)
	admin("User.ReadWrite.All").patch(mila, `{"jobTitle":"x"}`).want(204)
	s.app(offboard.App{ID: "reader", AppID: "b1111111-1111-4111-8111-111111111111", AppDetails: offboard.AppDetails{Permissions: []string{"User.Read.All"}}})
	reader := &client{t: t, s: s, token: s.token("b1111111-1111-4111-8111-111111111111", "", allScopes)}
	reader.get(mila).want(200) // an app needs no role to read
	reader.patch(mila, `{"jobTitle":"y"}`).want(403)
	s.app(offboard.App{ID: "writer", AppID: "b2222222-2222-4222-8222-222222222222", AppDetails: offboard.AppDetails{Permissions: []string{"User.ReadWrite.All"}}})
	writer := &client{t: t, s: s, token: s.token("b2222222-2222-4222-8222-222222222222", "", allScopes)}
	writer.delete(mila).refused(403, "Authorization_RequestDenied", "") // R-API-19: an app needs a role too
}
