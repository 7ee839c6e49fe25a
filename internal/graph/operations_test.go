package graph_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// operation is a request that roles decide on. The Global Administrator may do
// all of them.
type operation struct {
	rule, name   string
	method, path string
	body         func(n int) string // n: how often it was allowed
	done         []int              // the answers to whoever may
	may          []org.RoleID       // beside the Global Administrator
	apps         []org.RoleID       // for programs, where it differs
	everyApp     bool               // a program needs no role
	nobodyElse   bool               // for people no role opens it
	others       bool               // who may is read from apps for programs
}

func always(body string) func(int) string { return func(int) string { return body } }

// operations are the writes of this surface that ask for a role, and the reads
// that not every role opens.
func operations() []operation {
	change := []org.RoleID{org.UserAdmin, org.AuthAdmin, org.PrivilegedAuthAdmin}
	reset := append([]org.RoleID{org.HelpdeskAdmin, org.PasswordAdmin}, change...)
	license := []org.RoleID{org.UserAdmin, org.LicenseAdmin}
	group := []org.RoleID{org.UserAdmin, org.GroupsAdmin}
	ok, none := []int{200}, []int{204}
	const noChange = `{"addLicenses":[],"removeLicenses":[]}`
	return []operation{
		{rule: "R-NE-03", name: "add a user", method: "POST", path: "/users", done: []int{201}, may: license, body: func(n int) string {
			return fmt.Sprintf(`{"accountEnabled":true,"displayName":"N","mailNickname":"n%d","userPrincipalName":"n%d@lindeboom.example","passwordProfile":{"password":"Zx-1234-abcd"}}`, n, n)
		}},
		{rule: "R-API-17", name: "change a user", method: "PATCH", path: "/users/{mila}", done: none, may: change, body: func(n int) string { return fmt.Sprintf(`{"jobTitle":"%d"}`, n) }},
		{rule: "R-ROLE-09", name: "set the usage location", method: "PATCH", path: "/users/{mila}", done: none, may: license, body: func(n int) string {
			return `{"usageLocation":"` + []string{"BE", "NL"}[n%2] + `"}`
		}},
		{rule: "R-API-20", name: "set the manager", method: "PUT", path: "/users/{mila}/manager/$ref", done: none, may: change, body: always(`{"@odata.id":"https://x/v1.0/users/{bram}"}`)},
		{rule: "R-ROLE-17", name: "reset a password", method: "PATCH", path: "/users/{mila}", done: none, may: reset, body: always(`{"passwordProfile":{"password":"Zx-1234-abcd"}}`)},
		{rule: "R-ROLE-18", name: "end sessions", method: "POST", path: "/users/{mila}/revokeSignInSessions", done: ok, may: reset},
		{rule: "R-API-41", name: "assign licences", method: "POST", path: "/users/{anna}/assignLicense", done: ok, may: license, body: always(noChange)},
		{rule: "R-API-44", name: "reprocess licences", method: "POST", path: "/users/{anna}/reprocessLicenseAssignment", done: ok, may: license},
		{rule: "R-API-44", name: "license a group", method: "POST", path: "/groups/{group}/assignLicense", done: []int{202}, may: license, body: always(noChange)},
		{rule: "R-API-72", name: "change a group", method: "PATCH", path: "/groups/{group}", done: none, may: group, body: func(n int) string { return fmt.Sprintf(`{"description":"%d"}`, n) }},
		{rule: "R-API-72", name: "add a member", method: "POST", path: "/groups/{group}/members/$ref", done: []int{204, 400}, may: group, body: always(`{"@odata.id":"https://x/v1.0/users/{mila}"}`)},
		{rule: "R-API-72", name: "remove an owner", method: "DELETE", path: "/groups/{group}/owners/{bram}/$ref", done: []int{204, 404}, may: group},
		{rule: "R-API-72", name: "add a group", method: "POST", path: "/groups", done: []int{201}, may: group, body: func(n int) string {
			return fmt.Sprintf(`{"displayName":"G%d","mailEnabled":false,"mailNickname":"g%d","securityEnabled":true}`, n, n)
		}},
		{rule: "R-API-71", name: "give a role", method: "POST", path: "/roleManagement/directory/roleAssignments", done: []int{201, 400}, may: []org.RoleID{org.PrivilegedRoleAdmin}, body: always(`{"principalId":"{rosa}","roleDefinitionId":"` + string(org.ReportsReader) + `","directoryScopeId":"/"}`)},
		{rule: "R-API-70", name: "take a role away", method: "DELETE", path: "/directoryRoles/" + string(org.GuestInviter) + "/members/{rosa}/$ref", done: []int{204, 404}, may: []org.RoleID{org.PrivilegedRoleAdmin}},
		{rule: "R-API-64", name: "set how long drives stay", method: "PATCH", path: "/admin/sharepoint/settings", done: ok, may: []org.RoleID{org.SharePointAdmin}, body: always(`{"deletedUserPersonalSiteRetentionPeriodInDays":30}`)},
		{rule: "R-API-64", name: "see how long drives stay", method: "GET", path: "/admin/sharepoint/settings", done: ok, may: []org.RoleID{org.SharePointAdmin, org.GlobalReader}, everyApp: true},
		{rule: "R-API-50", name: "set somebody's replies", method: "PATCH", path: "/users/{anna}/mailboxSettings", done: ok, may: []org.RoleID{org.ExchangeAdmin}, body: always(`{"automaticRepliesSetting":{"status":"disabled"}}`)},
		{rule: "R-API-52", name: "read somebody's mail", method: "GET", path: "/users/{anna}/messages", done: ok, nobodyElse: true, everyApp: true},
		{rule: "R-MBX-12", name: "send in somebody's name", method: "POST", path: "/users/{anna}/sendMail", done: []int{202}, nobodyElse: true, others: true, apps: []org.RoleID{org.ExchangeAdmin}, body: always(`{"message":{"subject":"x","toRecipients":[{"emailAddress":{"address":"bram.jansen@lindeboom.example"}}]}}`)},
		{rule: "R-API-60", name: "look into somebody's drive", method: "GET", path: "/users/{anna}/drive/root/children", done: ok, nobodyElse: true, everyApp: true},
		{rule: "R-API-61", name: "share somebody's drive", method: "POST", path: "/users/{anna}/drive/root/invite", done: ok, nobodyElse: true, others: true, apps: []org.RoleID{org.SharePointAdmin}, body: always(`{"recipients":[{"objectId":"{bram}"}],"roles":["write"]}`)},
		{rule: "R-API-61", name: "put a file in somebody's drive", method: "PUT", path: "/users/{anna}/drive/root:/x.txt:/content", done: []int{200, 201}, nobodyElse: true, others: true, apps: []org.RoleID{org.SharePointAdmin}, body: always("x")},
		{rule: "R-ROLE-19", name: "see deleted users", method: "GET", path: "/directory/deletedItems/microsoft.graph.user", done: ok, everyApp: true, may: append([]org.RoleID{
			org.HelpdeskAdmin, org.LicenseAdmin, org.ExchangeAdmin, org.SharePointAdmin, org.GlobalReader,
		}, change...)},
		{rule: "R-ROLE-05", name: "see users", method: "GET", path: "/users?$top=1", done: ok, everyApp: true, may: everybodyWithARole()},
	}
}

func everybodyWithARole() (roles []org.RoleID) {
	for _, d := range org.RoleDefinitions() {
		roles = append(roles, d.ID)
	}
	return roles
}

// allowed says whether a caller may: what stands in the table.
func (o *operation) allowed(role org.RoleID, isApp bool) bool {
	switch {
	case isApp && o.everyApp:
		return true
	case isApp && o.others:
		return role == org.GlobalAdmin || slices.Contains(o.apps, role)
	case o.nobodyElse:
		return false
	}
	return role == org.GlobalAdmin || slices.Contains(o.may, role)
}

// TestEveryRoleEveryOperation sends every operation for every role, as a person
// and as a program that was given every permission: whoever may gets it done,
// all others get 403 and change nothing.
func TestEveryRoleEveryOperation(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	callers, roles, _ := s.cast()
	names := strings.NewReplacer("{mila}", s.id("mila.kok"), "{anna}", s.id("anna.devries"), "{bram}", s.id("bram.jansen"), "{rosa}", s.id("rosa.vandam"),
		"{group}", string(storetest.Group(t, s.store, org.Group{ID: "99999999-9999-4999-8999-000000000002", DisplayName: "Iedereen", Security: true}, nil, nil).ID))
	for _, owner := range []string{"{rosa}", "{bram}"} {
		s.as("admin").post(names.Replace("/groups/{group}/owners/$ref"), names.Replace(`{"@odata.id":"https://x/v1.0/users/`+owner+`"}`)).want(204)
	}
	for _, o := range operations() {
		t.Run(o.rule+" "+o.name, func(t *testing.T) {
			n := 0
			for name, c := range callers {
				isApp := strings.HasPrefix(name, "app with ")
				var body any
				if o.body != nil {
					body = names.Replace(o.body(n))
				}
				before := s.entries(t)
				a := c.in(t).do(o.method, names.Replace(o.path), body)
				switch {
				case o.allowed(roles[name], isApp):
					n++
					if !slices.Contains(o.done, a.status) {
						t.Errorf("%s: got %d, want %v: %.300s", name, a.status, o.done, a.raw)
					}
				case a.status != http.StatusForbidden:
					t.Errorf("%s: got %d, want 403: %.300s", name, a.status, a.raw)
				case s.entries(t) != before:
					t.Errorf("%s: a refused request left something in the trail", name)
				}
			}
			if n == 0 {
				t.Error("nobody may")
			}
		})
	}
}

// entries counts the rows of the trail.
func (s *school) entries(t *testing.T) int64 {
	t.Helper()
	n, err := s.store.HeadSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

// resets says on whom the two narrow roles may act; the others follow the matrix
// of R-ROLE-13. R-ROLE-10 R-ROLE-17
var resets = map[org.RoleID][]org.RoleID{
	org.PasswordAdmin: {org.DirectoryReaders, org.GuestInviter, org.PasswordAdmin},
	org.HelpdeskAdmin: {
		org.DirectoryReaders, org.GuestInviter, org.HelpdeskAdmin, org.MessageCenterReader, org.PasswordAdmin, org.ReportsReader, org.UsageSummaryReader,
		org.UserExperienceSuccess,
	},
}

// TestEveryResetByRole: sessions of every kind of target, ended by every role, as
// a person and as a program.
func TestEveryResetByRole(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	callers, roles, targets := s.cast()
	held := map[string]org.RoleID{"none": ""}
	for i, d := range org.RoleDefinitions() {
		held[fmt.Sprint("role", i)] = d.ID
	}
	for name, c := range callers {
		for _, g := range targets {
			allowed := may(roles[name], g.lines)
			if list, narrow := resets[roles[name]]; narrow {
				role, single := held[g.name]
				allowed = single && (role == "" || slices.Contains(list, role))
			}
			if got, want := c.post("/users/"+g.id+"/revokeSignInSessions", nil).status, status(allowed, http.StatusOK); got != want {
				t.Errorf("R-ROLE-17 %s signs %s out: got %d, want %d", name, g.name, got, want)
			}
		}
	}
}
