package api_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// roleCall is one call of the API: what whoever may is answered, and who may beside
// the Global Administrator.
type roleCall struct {
	rule, method, path, body string
	done                     int
	may                      []org.RoleID
	everybody                bool // without a role, too
}

func roleCalls() []roleCall {
	remove := []org.RoleID{org.UserAdmin, org.AuthAdmin, org.PrivilegedAuthAdmin}
	trail := []org.RoleID{org.UserAdmin, org.PrivilegedAuthAdmin, org.ExchangeAdmin, org.SharePointAdmin, org.GlobalReader, org.ReportsReader}
	follow := append([]org.RoleID{org.AuthAdmin}, trail...)
	bills := []org.RoleID{org.BillingAdmin, org.LicenseAdmin, org.UserAdmin, org.GlobalReader}
	exchange, sharePoint, apps := []org.RoleID{org.ExchangeAdmin}, []org.RoleID{org.SharePointAdmin}, []org.RoleID{org.ApplicationAdministrator}
	var all []org.RoleID
	for _, d := range org.RoleDefinitions() {
		all = append(all, d.ID)
	}
	const rosa, grant = "rosa.vandam@lindeboom.example", "/grants/bram.jansen@lindeboom.example"
	const permission = "mailboxes/" + rosa + "/permissions/bram.jansen@lindeboom.example"
	return []roleCall{
		{"R-ROLE-02", "POST", "departures/plan", `{"users":[{"user":"mila.kok@lindeboom.example"}]}`, 200, remove, false},
		{"R-ROLE-02", "POST", "departures", `{"users":[{"user":"mila.kok@lindeboom.example"}],"hash":"x"}`, 409, remove, false},
		{"R-ROLE-19", "POST", "departures/{departure}/undo", "", 200, remove, false},
		{"R-DEL-21", "GET", "departures", "", 200, follow, false},
		{"R-DEL-21", "GET", "departures/{departure}", "", 200, follow, false},
		{"R-DEL-21", "GET", "departures/{departure}/record", "", 200, follow, false},
		{"R-DEL-21", "GET", "departures/{departure}/result", "", 200, follow, false},
		{"R-DEL-21", "GET", "departures/{departure}/events", "", 200, follow, false},
		{"R-ROLE-05", "GET", "people/" + rosa, "", 200, all, false},
		{"R-ROLE-11", "GET", "mailboxes/" + rosa, "", 200, append([]org.RoleID{org.ExchangeAdmin, org.GlobalReader}, remove...), false},
		{"R-ROLE-11", "GET", "drives/" + rosa, "", 200, append([]org.RoleID{org.SharePointAdmin, org.GlobalReader}, remove...), false},
		{"R-ROLE-05", "GET", "exports/users", "", 200, all, false},
		{"R-NE-03", "POST", "people", `{"userPrincipalName":"p%d@lindeboom.example","displayName":"P","generatePassword":true}`, 201, []org.RoleID{org.UserAdmin, org.LicenseAdmin}, false},
		{"R-NE-03", "POST", "imports", "User Name,Display Name\r\nimport%d@lindeboom.example,I\r\n", 200, []org.RoleID{org.UserAdmin}, false},
		{"R-ROLE-19", "GET", "deleted", "", 200, append([]org.RoleID{org.HelpdeskAdmin, org.LicenseAdmin, org.ExchangeAdmin, org.SharePointAdmin, org.GlobalReader}, remove...), false},
		{"R-ROLE-19", "POST", "deleted/none/restore", "", 404, remove, false},
		{"R-ROLE-20", "DELETE", "deleted/none", "", 404, remove, false},
		{"R-ROLE-20", "POST", "sweep", "", 200, remove, false},
		{"R-ROLE-06", "GET", "subscriptions", "", 200, bills, false},
		{"R-ROLE-06", "GET", "subscriptions/{subscription}", "", 200, bills, false},
		{"R-ROLE-06", "GET", "subscriptions/{subscription}/history", "", 200, bills, false},
		{"R-ROLE-06", "PATCH", "subscriptions/{subscription}", `{"totalLicenses":60}`, 200, []org.RoleID{org.BillingAdmin}, false},
		{"R-ROLE-11", "PATCH", "mailboxes/" + rosa, `{"litigationHold":false}`, 200, exchange, false},
		{"R-ROLE-11", "PUT", permission, `{"rights":["SendAs"]}`, 200, exchange, false},
		{"R-ROLE-11", "DELETE", permission, "", 204, exchange, false},
		{"R-MBX-25", "POST", "mailboxes/none/release", "", 404, exchange, false},
		{"R-ROLE-11", "PUT", "drives/" + rosa + grant, "", 200, sharePoint, false},
		{"R-ROLE-11", "DELETE", "drives/" + rosa + grant, "", 204, sharePoint, false},
		{"R-OD-06", "POST", "drives/none/restore", `{"to":"` + rosa + `"}`, 404, sharePoint, false},
		{"R-OD-09", "POST", "drives/none/release", "", 404, sharePoint, false},
		{"R-ROLE-22", "GET", "organization", "", 200, all, true},
		{"R-ROLE-22", "PATCH", "organization", `{"displayName":"Lindeboom %d"}`, 200, nil, false},
		{"R-API-64", "PATCH", "organization", `{"settings":{"deletedUserPersonalSiteRetentionPeriodInDays":%d}}`, 200, sharePoint, false},
		{"R-DEL-21", "GET", "audit", "", 200, trail, false},
		{"R-DEL-21", "GET", "audit/verify", "", 200, trail, false},
		{"R-ROLE-05", "GET", "clock", "", 200, all, true},
		{"R-ROLE-05", "POST", "clock/advance", `{"by":"1s"}`, 200, nil, false},
		{"R-ROLE-05", "GET", "apps", "", 200, apps, false},
		{"R-ROLE-05", "GET", "apps/app-0", "", 200, apps, false},
		{"R-ROLE-05", "POST", "apps", `{"displayName":"x"}`, 201, apps, false},
		{"R-ROLE-05", "DELETE", "apps/none", "", 404, apps, false},
	}
}

// TestEveryRoleEveryCall sends every call for every role, as a person and as a
// program with every permission: whoever may is answered, all others get 403,
// and nothing is changed.
func TestEveryRoleEveryCall(t *testing.T) {
	s := open(t, storetestSQLite(t))
	callers := s.roleCallers(t)
	dep := s.run(t, object{"users": wishes(upn("tim.wolters"))})
	want[object](t, s, http.StatusOK, ask{method: "POST", path: "departures/" + dep.ID + "/undo"})
	names := strings.NewReplacer("{departure}", dep.ID,
		"{subscription}", want[page](t, s, http.StatusOK, ask{method: "GET", path: "subscriptions"}).Value[0]["id"].(string))
	for _, c := range roleCalls() {
		t.Run(c.rule+" "+c.method+" "+c.path, func(t *testing.T) {
			n := 100
			for who, role := range callers {
				a := ask{as: who, method: c.method, path: names.Replace(c.path)}
				if c.body != "" {
					a.body = strings.ReplaceAll(c.body, "%d", fmt.Sprint(n))
				}
				if c.path == "imports" {
					a.header = []string{"Content-Type", "text/csv"}
				}
				before := s.entries(t)
				got := s.do(t, a)
				switch {
				case c.everybody || role == org.GlobalAdmin || slices.Contains(c.may, role):
					n++
					if got.StatusCode != c.done {
						t.Errorf("%s, %s: got %d, want %d: %.300s", who, role.Name(), got.StatusCode, c.done, got.text)
					}
				case got.StatusCode != http.StatusForbidden:
					t.Errorf("%s, %s: got %d, want 403: %.300s", who, role.Name(), got.StatusCode, got.text)
				case s.entries(t) != before:
					t.Errorf("%s, %s: a refused call left something in the trail", who, role.Name())
				}
			}
		})
	}
}

// roleCallers adds a person and a program for every role, and a person without
// one, and gives who holds which.
func (s *site) roleCallers(t *testing.T) map[string]org.RoleID {
	t.Helper()
	callers := map[string]org.RoleID{"caller@lindeboom.example": ""}
	people := []org.Person{roleHolder(0, "caller")}
	for i, d := range org.RoleDefinitions() {
		p := roleHolder(i+1, fmt.Sprint("caller", i), d.ID)
		people = append(people, p)
		app := offboard.App{ID: fmt.Sprint("app-", i), AppID: fmt.Sprintf("a0000000-0000-4000-8000-%012d", i), DisplayName: "A", Roles: p.Roles, Enabled: true}
		storetest.Change(t, s.store, func(tx offboard.Tx) error { return tx.SaveApp(t.Context(), &app) })
		callers[p.UPN], callers["app/"+app.ID] = d.ID, d.ID
	}
	storetest.Add(t, s.store, people...)
	return callers
}

// entries counts the rows of the trail.
func (s *site) entries(t *testing.T) int64 {
	t.Helper()
	n, err := s.store.HeadSeq(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func roleHolder(i int, name string, roles ...org.RoleID) org.Person {
	p := storetest.Plain(int64(7000+i), name)
	p.UPN, p.Mail, p.Roles = name+"@lindeboom.example", "", roles
	return p
}
