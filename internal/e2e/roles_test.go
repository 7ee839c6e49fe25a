package e2e

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"testing"
)

// sections are the parts of the admin centre, by the address that a menu has.
var sections = []string{"/users", "/groups", "/several", "/deleted", "/leavers", "/products", "/audit", "/settings"}

// seen says which parts each role of the practice organization sees. R-ROLE-05 R-ROLE-07
var seen = map[string][]string{
	"admin":      sections,
	"useradmin":  sections,
	"reader":     {"/users", "/groups", "/deleted", "/leavers", "/products", "/audit", "/settings"},
	"billing":    {"/users", "/groups", "/products", "/settings"},
	"license":    {"/users", "/groups", "/deleted", "/products", "/settings"},
	"exchange":   {"/users", "/groups", "/deleted", "/leavers", "/audit", "/settings"},
	"sharepoint": {"/users", "/groups", "/deleted", "/leavers", "/audit", "/settings"},
	"helpdesk":   {"/users", "/groups", "/deleted", "/settings"},
	"mila.kok":   {},
}

func TestEveryRoleSeesWhatItMayDo(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	for name, want := range seen {
		t.Run("R-ROLE-07 "+name, func(t *testing.T) {
			c := signedIn(t, s, name)
			start := c.get("/")
			for _, at := range sections {
				a := c.get(at)
				may := slices.Contains(want, at)
				if may && a.status != http.StatusOK || !may && a.status != http.StatusForbidden {
					t.Errorf("%s answers %d, want it to be seen: %t", at, a.status, may)
				}
				if shown := strings.Contains(start.body, `href="`+at+`"`); shown != may {
					t.Errorf("the menu shows %s: %t, want %t", at, shown, may)
				}
			}
			calendar, may := c.get("/leavers/calendar"), slices.Contains(want, "/deleted") // the dates of those who are there
			if linked := strings.Contains(c.get("/deleted").body, `href="/leavers/calendar"`); linked != may || (calendar.status == http.StatusOK) != may {
				t.Errorf("R-SM-04: the calendar is linked: %t, and answers %d, want it to be seen: %t", linked, calendar.status, may)
			}
		})
	}
}

// changes are forms that change something, and who may send them. Everybody else
// is refused by the server, whatever a page shows. R-ROLE-03 R-ROLE-04
var changes = []struct {
	path   string
	fields []string
	may    []string
}{
	{"/users/{id}/delete", nil, []string{"admin", "useradmin"}},
	{"/several", []string{"sel", "x"}, []string{"admin", "useradmin"}},
	{"/users/new", nil, []string{"admin", "useradmin", "license"}},
	{"/deleted/{deleted}/restore", []string{"password", "own"}, []string{"admin", "useradmin"}},
	{"/deleted/{deleted}/purge", []string{"typed", "somebody"}, []string{"admin", "useradmin"}},
	{"/products/{sub}", []string{"total", "x"}, []string{"admin", "billing"}},
	{"/audit/check", nil, []string{"admin", "useradmin", "reader", "exchange", "sharepoint"}},
	{"/clock", []string{"days", "x"}, []string{"admin"}},
	{"/settings", []string{"name", "Lindeboom College", "driveRetention", "30", "massCount", "{count}", "massPercent", "60", "purgedMailbox", "30", "language", "nl"}, []string{"admin"}},
	{"/users/{id}/signin", []string{"allow", "yes"}, []string{"admin", "useradmin"}},
	{"/users/{id}/sessions", nil, []string{"admin", "useradmin", "helpdesk"}},
	{"/users/{id}/forwarding", nil, []string{"admin", "exchange"}},
	{"/users/{id}/account", []string{"jobTitle", "x"}, []string{"admin", "useradmin", "license"}}, // whose form has the country of use
	{"/users/{id}/licenses", nil, []string{"admin", "useradmin", "license"}},
	{"/users/{id}/mail", []string{"do", "x"}, []string{"admin", "exchange"}},
	{"/users/{id}/drive", []string{"who", "x"}, []string{"admin", "sharepoint"}},
	{"/users/{id}/groups", []string{"group", "{group}", "do", "add"}, []string{"admin", "useradmin"}},
	{"/users/{id}/roles", nil, []string{"admin"}},
	{"/groups/new", []string{"kind", "security", "name", " "}, []string{"admin", "useradmin"}},
	{"/groups/{group}", []string{"name", "x"}, []string{"admin", "useradmin"}},
	{"/groups/{licensing}", []string{"do", "remove", "sure", "yes"}, []string{"admin", "useradmin"}},
	{"/groups/{group}/members", []string{"who", "nobody@lindeboom.example"}, []string{"admin", "useradmin"}},
	{"/groups/{group}/owners", []string{"do", "remove", "who", "nobody"}, []string{"admin", "useradmin"}},
	{"/groups/{group}/licenses", nil, []string{"admin", "useradmin", "license"}},
	{"/deleted/left", []string{"do", "restore", "ref", "x", "who", "x@lindeboom.example"}, []string{"admin", "sharepoint"}},
	{"/deleted/left", []string{"do", "releaseMailbox", "ref", "x", "sure", "yes"}, []string{"admin", "exchange"}},
	{"/settings/domains", []string{"domain", "x"}, []string{"admin"}},
	{"/settings/apps", nil, []string{"admin"}},
	{"/settings/apps/x", nil, []string{"admin"}},
}

func TestTheServerRefusesTheRest(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	admin := signedIn(t, s, "admin")
	page := admin.get("/products").body
	_, rest, _ := strings.Cut(page, `href="/products/`)
	sub, _, _ := strings.Cut(rest, `"`)
	page = admin.get("/deleted").body
	_, rest, _ = strings.Cut(page, `href="/deleted/`)
	deleted, _, _ := strings.Cut(rest, `"`)
	page = admin.get("/users/" + s.id(t, "anna.devries") + "/groups").body
	_, rest, _ = strings.Cut(page, `name="group" value="`)
	group, _, _ := strings.Cut(rest, `"`)
	for i, name := range slices.Sorted(maps.Keys(seen)) {
		c := signedIn(t, s, name)
		replace := strings.NewReplacer("{id}", s.id(t, "anna.devries"), "{sub}", sub, "{deleted}", deleted, "{group}", group, "{licensing}", string(s.group(t, "Docenten").ID), "{count}", strconv.Itoa(400+i))
		for _, x := range changes {
			fields := make([]string, len(x.fields))
			for i, f := range x.fields {
				fields[i] = replace.Replace(f)
			}
			a := c.post(replace.Replace(x.path), fields...)
			refused := a.status == http.StatusForbidden
			if may := slices.Contains(x.may, name); may == refused {
				t.Errorf("R-ROLE-07 %s sends %s: %d, want it to be allowed: %t\n%s", name, x.path, a.status, may, a.text())
			}
		}
	}
}

func TestWhoHasNoRoleIsToldWhomToAsk(t *testing.T) {
	t.Parallel()
	c := signedIn(t, newSchool(t, 0), "mila.kok")
	a := c.get("/")
	if a.path != "/account" {
		t.Errorf("R-ROLE-05: home is %s, want the own page", a.path)
	}
	a.says(t, "contact the technical support")
	a.says(t, "helpdesk@lindeboom.example")
	a = c.get("/users")
	if a.status != http.StatusForbidden {
		t.Errorf("R-ROLE-05: the list answers %d, want 403", a.status)
	}
	a.says(t, "Contact the technical support of your organization.")
}
