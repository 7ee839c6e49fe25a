package graph_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"leaver/internal/catalog"
	"leaver/internal/org"
)

func (s *school) group(name string) string {
	s.t.Helper()
	rows := s.as("").get("/groups?$select=id&$filter=" + url.QueryEscape("displayName eq '"+name+"'")).want(200).rows()
	if len(rows) == 0 {
		s.t.Fatalf("no group %s", name)
	}
	return rows[0]["id"].(string)
}

func TestGroups(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	anna, hanna := s.id("anna.devries"), s.id("hanna.bos")
	t.Run("lists, counts and filters", func(t *testing.T) {
		app.get("/groups?$filter=groupTypes/any(c:c+eq+'Unified')&$top=100").want(200)
		app.get("/groups?$top=5").want(200)
		app.eventual().get("/groups/$count").want(200)
		app.get("/groups?$select=id,assignedLicenses,nonsense").want(400)
		if n := len(app.get("/users/umar.yilmaz@lindeboom.example/memberOf/microsoft.graph.group?$top=999&$select=id").want(200).rows()); n != 120 {
			t.Errorf("R-API-21 umar is in %d groups, want 120", n)
		}
		if got := string(app.eventual().get("/users/umar.yilmaz@lindeboom.example/transitiveMemberOf/graph.group/$count").want(200).raw); got != "120" {
			t.Errorf("R-API-21 counted %s", got)
		}
		if n := len(app.post("/users/umar.yilmaz@lindeboom.example/getMemberGroups", `{"securityEnabledOnly":false}`).want(200).body["value"].([]any)); n != 120 {
			t.Errorf("getMemberGroups gives %d", n)
		}
		for _, path := range []string{"/users/umar.yilmaz@lindeboom.example/memberOf/microsoft.graph.group", "/users/hanna.bos@lindeboom.example/directReports/graph.user"} {
			for _, option := range []string{"$filter=startswith(displayName,'A')", "$orderby=displayName"} {
				app.get(path+"?"+option).refused(400, "Request_UnsupportedQuery", "") // R-API-14 R-API-21
				app.eventual().get(path+"?"+option).refused(400, "Request_UnsupportedQuery", "")
				app.eventual().get(path + "?$count=true&" + option).want(200)
			}
		}
		roles := false
		for _, x := range app.get("/users/ivo.peters@lindeboom.example/memberOf?$top=999").want(200).rows() {
			roles = roles || x["@odata.type"] == "#microsoft.graph.directoryRole" && x["roleTemplateId"] == string(org.BillingAdmin)
		}
		a := app.eventual().get("/users/ivo.peters@lindeboom.example/memberOf?$count=true&$top=999").want(200)
		if n, _ := a.body["@odata.count"].(float64); int(n) != len(a.rows()) {
			t.Errorf("R-API-21 counted %v of %d", n, len(a.rows()))
		}
		if !roles {
			t.Error("R-API-21 no role among the memberships")
		}
		if n := len(app.get("/users/" + hanna + "/ownedObjects").want(200).rows()); n < 2 {
			t.Errorf("hanna owns %d", n)
		}
	})
	made := app.post("/groups", map[string]any{
		"displayName": "Nieuw", "mailEnabled": false, "mailNickname": "nieuw", "securityEnabled": true, "description": "x", "groupTypes": []string{},
		"owners@odata.bind": []string{"https://graph.microsoft.com/v1.0/users/" + hanna},
	}).want(201)
	id := made.str("id")
	t.Run("members and owners by reference", func(t *testing.T) {
		ref := map[string]any{"@odata.id": "https://graph.microsoft.com/v1.0/directoryObjects/" + anna + "/Microsoft.DirectoryServices.User"}
		app.post("/groups/"+id+"/members/$ref", ref).want(204)
		app.post("/groups/"+id+"/members/$ref", ref).refused(400, "Request_BadRequest", "One or more added object references already exist for the following modified properties: 'members'.")
		app.patch("/groups/"+id, map[string]any{"members@odata.bind": []string{s.server.URL + "/v1.0/users('" + hanna + "')"}}).want(204)
		if n := len(app.get("/groups/" + id + "/Members?$select=id,displayName").want(200).rows()); n != 2 {
			t.Errorf("%d members", n)
		}
		app.get("/groups/" + id + "/members/microsoft.graph.user?$top=1").want(200)
		app.get("/groups/" + id + "/members/$ref").want(200)
		app.get("/groups/" + id + "?$expand=owners,members").want(200)
		app.delete("/groups/" + id + "/members/" + anna + "/$ref").want(204)
		app.delete("/groups/"+id+"/members/"+anna+"/$ref").refused(404, "Request_ResourceNotFound", "")
		app.delete("/groups/" + id + "/members/$ref?$id=" + url.QueryEscape("https://graph.microsoft.com/v1.0/directoryObjects/"+hanna)).want(204)
		app.delete("/groups/" + id + "/owners/" + hanna + "/$ref").want(400) // R-API-72
	})
	t.Run("R-API-21 which of some groups somebody is in", func(t *testing.T) {
		check := "/users/" + s.id("gijs.dekker") + "/checkMemberGroups"
		docenten := s.group("Docenten")
		a := app.post(check, map[string]any{"groupIds": []string{strings.ToUpper(docenten), id, "x"}}).want(200)
		if got := fmt.Sprint(a.body["value"]); got != "["+docenten+"]" {
			t.Errorf("got %s, want %s", got, docenten)
		}
		for _, body := range []string{`{}`, `{"groupIds":null}`, `{"groupIds":"x"}`, `{"groupIds":["` + strings.Repeat(`x","`, 20) + `x"]}`} {
			app.post(check, body).refused(400, "Request_BadRequest", "")
		}
	})
	t.Run("change and remove", func(t *testing.T) {
		app.patch("/groups/"+id, `{"DisplayName":"Anders"}`).want(204)
		if got := app.get("/groups/" + id + "?$select=displayName").str("displayName"); got != "Anders" {
			t.Errorf("got %s", got)
		}
		app.delete("/groups/" + id).want(204)
		app.get("/groups/"+id).refused(404, "Request_ResourceNotFound", id)
	})
	t.Run("R-API-44 R-LIC-18 licences of a group", func(t *testing.T) {
		docenten := s.group("Docenten")
		a := app.post("/groups/"+docenten+"/assignLicense", `{"addLicenses":[{"skuId":"`+string(catalog.A3Faculty)+`","disabledPlans":[]}],"removeLicenses":[]}`).want(202)
		if a.str("id") != docenten {
			t.Errorf("got %s", a.raw)
		}
		app.delete("/groups/" + docenten).want(400)
	})
}

func TestRoles(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	mila := s.id("mila.kok")
	t.Run("R-API-70 directoryRoles", func(t *testing.T) {
		if n := len(app.get("/directoryRoles").want(200).rows()); n < 8 {
			t.Errorf("%d roles", n)
		}
		app.get("/directoryRoles/" + string(org.UserAdmin)).want(200)
		path := "/directoryRoles/roleTemplateId=" + string(org.UserAdmin) + "/members"
		before := len(app.get(path).want(200).rows())
		app.post("/directoryRoles/"+string(org.UserAdmin)+"/members/$ref", map[string]any{"@odata.id": s.server.URL + "/v1.0/directoryObjects/" + mila}).want(204)
		if n := len(app.get(path).rows()); n != before+1 {
			t.Errorf("%d holders, want %d", n, before+1)
		}
		app.delete("/directoryRoles(roleTemplateId='" + string(org.UserAdmin) + "')/members/" + mila + "/$ref").want(204)
		app.delete("/directoryRoles/"+string(org.UserAdmin)+"/members/"+mila+"/$ref").refused(404, "Request_ResourceNotFound", mila)

		none := "62e90394-69f5-4237-9190-012177145e11"
		app.get("/directoryRoles/roleTemplateId="+none+"/members").refused(404, "Request_ResourceNotFound", "Resource '"+none+"' does not exist")
		rows := app.get("/directoryRoles?$select=displayName&$expand=MEMBERS($select=id)&$filter=" + url.QueryEscape("roleTemplateId eq '"+string(org.GlobalAdmin)+"'")).want(200).rows()
		if len(rows) != 1 || len(rows[0]) != 2 || len(rows[0]["members"].([]any)) != 2 {
			t.Errorf("R-API-70 with their holders: %v", rows)
		}
		app.get("/directoryRoles?$expand=owners").refused(400, "Request_UnsupportedQuery", "directoryRole")
		admin := app.get("/users/admin@lindeboom.example?$select=id&$expand=memberof($select=id,displayName)").want(200)
		if held, _ := admin.body["memberOf"].([]any); len(held) != 1 || held[0].(map[string]any)["@odata.type"] != "#microsoft.graph.directoryRole" {
			t.Errorf("R-API-21 the roles of an administrator among memberOf: %s", admin.raw)
		}
	})
	t.Run("R-API-71 roleManagement", func(t *testing.T) {
		a := app.post("/roleManagement/directory/roleAssignments", map[string]any{
			"@odata.type": "#microsoft.graph.unifiedRoleAssignment", "principalId": mila, "roleDefinitionId": string(org.LicenseAdmin), "directoryScopeId": "/",
		}).want(201)
		rows := app.get("/roleManagement/directory/roleAssignments?$filter=" + url.QueryEscape("principalId eq '"+mila+"'")).want(200).rows()
		if len(rows) != 1 || rows[0]["id"] != a.str("id") {
			t.Errorf("got %v", rows)
		}
		app.get("/roleManagement/directory/roleAssignments/" + a.str("id")).want(200)
		both := "principalId eq '" + mila + "' and roleDefinitionId eq '"
		list := "/roleManagement/directory/roleAssignments?$filter="
		if n := len(app.get(list + url.QueryEscape(both+string(org.LicenseAdmin)+"'")).want(200).rows()); n != 1 {
			t.Errorf("%d of a person and a role, want 1", n)
		}
		if n := len(app.get(list + url.QueryEscape(both+string(org.UserAdmin)+"'")).want(200).rows()); n != 0 {
			t.Errorf("%d of a person and another role, want 0", n)
		}
		app.get(list+url.QueryEscape("principalId eq '"+mila+"' or roleDefinitionId eq '"+mila+"'")).refused(400, "Request_UnsupportedQuery", "principalId")
		one := app.get("/roleManagement/directory/roleAssignments/" + a.str("id") + "?$select=id&$expand=principal($select=userPrincipalName),roleDefinition($select=displayName)").want(200)
		if principal, _ := one.body["principal"].(map[string]any); principal["userPrincipalName"] != "mila.kok@lindeboom.example" || principal["@odata.type"] != "#microsoft.graph.user" {
			t.Errorf("principal of %s", one.raw)
		}
		if role, _ := one.body["roleDefinition"].(map[string]any); role["displayName"] != "License Administrator" || len(one.body) != 4 {
			t.Errorf("roleDefinition of %s", one.raw)
		}
		app.post("/roleManagement/directory/roleAssignments", map[string]any{"principalId": mila, "roleDefinitionId": mila, "directoryScopeId": "/"}).
			refused(400, "Request_BadRequest", "There is no role "+mila+".")
		app.delete("/roleManagement/directory/roleAssignments/" + a.str("id")).want(204)
		app.get("/roleManagement/directory/roleAssignments/" + a.str("id")).want(404)
		app.get("/roleManagement/directory/roleDefinitions").want(200)
		app.get("/roleManagement/directory/roleDefinitions/" + string(org.GlobalAdmin)).want(200)
		s.as("useradmin").post("/roleManagement/directory/roleAssignments", map[string]any{"principalId": mila, "roleDefinitionId": string(org.UserAdmin), "directoryScopeId": "/"}).
			refused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	})
}

func TestRelations(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	mila, bram := s.id("mila.kok"), s.id("bram.jansen")
	ref := map[string]any{"@odata.id": "https://graph.microsoft.com/v1.0/users/" + bram}
	t.Run("R-API-20 manager", func(t *testing.T) {
		app.put("/users/"+mila+"/manager/$ref", ref).want(204)
		if got := app.get("/users/" + mila + "/manager").want(200).str("id"); got != bram {
			t.Errorf("got %s", got)
		}
		if link := app.get("/users/" + mila + "/manager/$ref").want(200).str("@odata.id"); !strings.Contains(link, bram) {
			t.Errorf("got %s", link)
		}
		reports := app.get("/users/" + bram + "/directReports?$select=id").want(200)
		if !strings.Contains(string(reports.raw), mila) {
			t.Errorf("got %s", reports.raw)
		}
		app.delete("/users/" + mila + "/manager/$ref").want(204)
		app.delete("/users/"+mila+"/manager/$ref").refused(404, "Request_ResourceNotFound", "")
		s.as("helpdesk").delete("/users/"+mila+"/manager/$ref").refused(403, "Authorization_RequestDenied", "")
		app.get("/users/"+mila+"/manager").refused(404, "Request_ResourceNotFound", "")
		app.put("/users/"+mila+"/manager/$ref", `{"@odata.id":"https://graph.microsoft.com/v1.0/nonsense"}`).want(400)
		app.put("/users/"+mila+"/manager/$ref", `{"@odata.id":"https://graph.microsoft.com/v1.0/users/00000000-0000-4000-8000-000000000000"}`).want(404)
	})
	t.Run("directoryObjects of each kind", func(t *testing.T) {
		for _, id := range []string{mila, s.group("Docenten"), string(org.GlobalAdmin)} {
			if got := app.get("/directoryObjects/" + id).want(200); got.str("id") != id || got.str("@odata.type") == "" {
				t.Errorf("got %s", got.raw)
			}
		}
		app.get("/directoryObjects/00000000-0000-4000-8000-000000000000").want(404)
	})
}

// TestGroupsWithPeople: a list of groups can bring who is in them.
func TestGroupsWithPeople(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	hanna := s.id("hanna.bos")
	rows := app.get("/groups?$expand=owners($select=id)&$select=displayName&$top=100&$filter=displayName eq 'Rooster'").want(200).rows()
	if len(rows) != 1 || len(rows[0]) != 2 || rows[0]["owners"].([]any)[0].(map[string]any)["id"] != hanna {
		t.Errorf("got %v", rows)
	}
	for _, g := range app.get("/groups?$expand=members&$top=5").want(200).rows() {
		if _, ok := g["members"].([]any); !ok || g["displayName"] == nil {
			t.Errorf("got %v", g)
		}
	}
	app.get("/groups?$expand=members&$top=101").refused(400, "Request_UnsupportedQuery", "")
	app.get("/groups?$expand=licences").want(400)
	app.get("/users/umar.yilmaz@lindeboom.example/messages?$top=1000").want(200)
	app.get("/users/umar.yilmaz@lindeboom.example/messages?$top=1001").want(400)
}

// TestNewGroups: what Graph makes, and what it refuses.
func TestNewGroups(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	body := func(pairs ...any) map[string]any {
		m := map[string]any{"displayName": "Nieuw", "mailEnabled": true, "mailNickname": "nieuw", "securityEnabled": false, "groupTypes": []string{"Unified"}}
		for i := 0; i+1 < len(pairs); i += 2 {
			m[pairs[i].(string)] = pairs[i+1]
		}
		return m
	}
	if got := app.post("/groups", body()).want(201).str("mail"); got != "nieuw@lindeboom.example" {
		t.Errorf("the group's address is %q", got)
	}
	const taken = "Another object with the same value for property mailNickname already exists."
	app.post("/groups", body()).refused(400, "Request_BadRequest", taken)
	app.post("/groups", body("mailNickname", "rooster")).refused(400, "Request_BadRequest", taken)
	app.post("/groups", body("mailNickname", "twee woorden")).refused(400, "Request_BadRequest", "Invalid value specified for property 'mailNickname' of resource 'Group'.")
	app.post("/groups", body("displayName", strings.Repeat("x", 257))).refused(400, "Request_BadRequest", "Invalid value specified for property 'displayName' of resource 'Group'.")
	for _, none := range []any{nil, ""} {
		app.post("/groups", body("mailNickname", none)).refused(400, "Request_BadRequest", "A value is required for property 'mailNickname' of resource 'Group'.")
		app.patch("/groups/"+s.group("Docenten"), map[string]any{"mailNickname": none}).refused(400, "Request_BadRequest", "mailNickname")
	}
	app.post("/groups", body("displayName", " ")).refused(400, "Request_BadRequest", "A value is required for property 'displayName' of resource 'Group'.")
	app.post("/groups", body("groupTypes", []string{})).refused(400, "Request_BadRequest",
		"The service does not currently support writes of mail-enabled groups. Please ensure that the mail-enablement property is unset and the security-enablement property is set.")
	app.post("/groups", body("isAssignableToRole", true)).want(400)
	app.post("/groups", body("isAssignableToRole", true, "securityEnabled", true, "mailNickname", "rollen")).want(201)
}

// TestShortLists: lists that are not in the database have pages, too, and lose
// nothing when a row between them goes.
func TestShortLists(t *testing.T) { // R-API-70 R-API-71
	t.Parallel()
	app := newSchool(t).as("")
	whole := app.get("/roleManagement/directory/roleAssignments").want(200).rows()
	path, seen := "/roleManagement/directory/roleAssignments?$top=2&$expand=principal", []string{}
	for pages := 0; path != "" && pages < len(whole); pages++ {
		a := app.get(path).want(200)
		for _, row := range a.rows() {
			seen = append(seen, row["id"].(string))
		}
		if pages == 1 {
			app.delete("/roleManagement/directory/roleAssignments/" + seen[len(seen)-1]).want(204) // the row that the link names
		}
		_, path, _ = strings.Cut(a.str("@odata.nextLink"), "/v1.0")
	}
	if slices.Sort(seen); len(slices.Compact(seen)) != len(whole) {
		t.Errorf("%d of %d assignments on the pages", len(seen), len(whole))
	}
	if n := app.get("/roleManagement/directory/roleDefinitions?$top=1").want(200); len(n.rows()) != 1 || n.str("@odata.nextLink") == "" {
		t.Errorf("got %s", n.raw)
	}
	app.get("/directoryRoles?$skiptoken=x").refused(400, "Request_BadRequest", "$skiptoken")
}
