package graph_test

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
)

func TestUsers(t *testing.T) {
	t.Parallel()
	sqltest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		s := schoolOn(t, db)
		app := s.as("")
		t.Run("R-API-11 the default set of one person", func(t *testing.T) {
			a := app.get("/users/anna.devries@lindeboom.example").want(200)
			var names []string
			for name := range a.body {
				names = append(names, name)
			}
			slices.Sort(names)
			want := []string{
				"@odata.context", "businessPhones", "displayName", "givenName", "id", "jobTitle", "mail", "mobilePhone", "officeLocation",
				"preferredLanguage", "surname", "userPrincipalName",
			}
			if !slices.Equal(names, want) {
				t.Errorf("got %v, want %v", names, want)
			}
			if a.str("displayName") != "Anna de Vries" || a.str("userPrincipalName") != "anna.devries@lindeboom.example" {
				t.Errorf("got %s", a.raw)
			}
		})
		t.Run("R-API-12 pages end and hold everybody once", func(t *testing.T) {
			all := app.get("/users?$select=id&$top=999").want(200).rows()
			seen := map[string]bool{}
			pages := 0
			for next := "/users?$top=7&$select=id,displayName"; next != ""; pages++ {
				a := app.get(next).want(200)
				for _, u := range a.rows() {
					seen[u["id"].(string)] = true
				}
				next = a.str("@odata.nextLink")
				if next != "" && !strings.HasPrefix(next, s.server.URL+"/v1.0/users?") {
					t.Fatalf("nextLink %s is not absolute", next)
				}
			}
			if len(seen) != len(all) || pages != (len(all)+6)/7 {
				t.Errorf("%d people on %d pages, want %d", len(seen), pages, len(all))
			}
		})
		t.Run("R-API-12 a page of 1000 is refused", func(t *testing.T) {
			app.get("/users?$top=1000").refused(400, "Request_BadRequest", "Invalid page size specified: '1000'. Must be between 1 and 999 inclusive.")
		})
		t.Run("R-API-13 $count takes the header", func(t *testing.T) {
			app.get("/users/$count").refused(400, "Request_BadRequest", "$count is not currently supported.")
			if got := string(app.eventual().get("/users/$count").want(200).raw); got != fmt.Sprint(len(app.get("/users?$top=999&$select=id").rows())) {
				t.Errorf("got %s", got)
			}
		})
		t.Run("R-API-14 advanced queries take the header", func(t *testing.T) {
			if a := app.get("/users?$count=true&$top=1").want(200); a.body["@odata.count"] != nil {
				t.Error("a count without the header")
			}
			a := app.eventual().get("/users?$count=true&$top=1").want(200)
			if n, _ := a.body["@odata.count"].(float64); n < 20 {
				t.Errorf("count %v", a.body["@odata.count"])
			}
			app.get("/users?$filter=accountEnabled ne true").want(400)
			app.eventual().get("/users?$count=true&$filter=accountEnabled ne true").want(200)
			app.get(`/users?$search="displayName:anna"`).refused(400, "Request_UnsupportedQuery", "ConsistencyLevel: eventual")
		})
		t.Run("R-API-15 $search finds words", func(t *testing.T) {
			rows := app.eventual().get("/users?$search=" + url.QueryEscape(`"displayName:vries"`)).want(200).rows()
			if len(rows) == 0 || !strings.Contains(rows[0]["displayName"].(string), "Vries") {
				t.Errorf("got %v", rows)
			}
		})
		t.Run("R-API-16 filters", func(t *testing.T) {
			anna := s.id("anna.devries")
			for _, filter := range []string{
				"mail eq 'anna.devries@lindeboom.example'", "startsWith(displayName,'Anna de')", "id eq '" + anna + "'",
				"proxyAddresses/any(p:p eq 'smtp:a.devries@lindeboom.example')", "userPrincipalName eq 'ANNA.DEVRIES@lindeboom.example' and accountEnabled eq true",
			} {
				rows := app.get("/users?$select=id&$filter=" + url.QueryEscape(filter)).want(200).rows()
				if !slices.ContainsFunc(rows, func(u map[string]any) bool { return u["id"] == anna }) {
					t.Errorf("%s: anna is not among %v", filter, rows)
				}
			}
			app.get("/users?$filter=" + url.QueryEscape("nonsense eq 1")).want(400)
			app.get("/users?$select=nonsense").refused(400, "BadRequest", "Could not find a property named 'nonsense' on type 'microsoft.graph.user'")
		})
		t.Run("R-API-11 every property of the type can be selected", func(t *testing.T) {
			a := app.get("/users/anna.devries@lindeboom.example?$select=*").want(200)
			if len(a.body) < 60 {
				t.Errorf("only %d properties", len(a.body))
			}
			a = app.get("/users/ANNA.devries@lindeboom.example?$select=ID,ProxyAddresses,assignedlicenses,LicenseAssignmentStates,assignedPlans,identities,mailboxSettings").want(200)
			if !slices.Contains(a.body["proxyAddresses"].([]any), any("SMTP:anna.devries@lindeboom.example")) {
				t.Errorf("got %v", a.body["proxyAddresses"])
			}
			if len(a.body["assignedLicenses"].([]any)) != 1 || len(a.body["assignedPlans"].([]any)) == 0 {
				t.Errorf("got %s", a.raw)
			}
		})
		t.Run("R-API-20 manager and expand", func(t *testing.T) {
			bram := s.id("bram.jansen")
			if got := app.get("/users/anna.devries@lindeboom.example/manager?$select=id").want(200).str("id"); got != bram {
				t.Errorf("got %s", got)
			}
			a := app.get("/users/anna.devries@lindeboom.example?$expand=manager($select=displayName,userPrincipalName,id,mail)").want(200)
			if m, _ := a.body["manager"].(map[string]any); m["id"] != bram || m["@odata.type"] != "#microsoft.graph.user" || m["jobTitle"] != nil {
				t.Errorf("got %v", a.body["manager"])
			}
			app.eventual().get("/users/anna.devries@lindeboom.example?$select=id&$count=true&$expand=manager($levels=max;$select=id)").want(200) // as the documentation asks
			a = app.get("/users/anna.devries@lindeboom.example?$select=id&$expand=manager($levels=max;$select=id)").want(200)
			if m, _ := a.body["manager"].(map[string]any); m["manager"] == nil {
				t.Errorf("no manager's manager: %s", a.raw)
			}
			rows := app.get("/users?$expand=manager&$select=id&$filter=" + url.QueryEscape("startsWith(userPrincipalName,'anna.devries')")).want(200).rows()
			if m, _ := rows[0]["manager"].(map[string]any); m["id"] != bram {
				t.Errorf("got %v", rows)
			}
		})
	})
}

func TestUserSpellings(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	anna := s.id("anna.devries")
	for _, path := range []string{
		"/users/anna.devries@lindeboom.example", "/users/anna.devries%40lindeboom.example", "/users('anna.devries@lindeboom.example')",
		"/users('anna.devries%40lindeboom.example')", "/Users/" + anna, "/users/" + strings.ToUpper(anna), "/users('" + anna + "')",
		"//v1.0//users//" + anna, "/beta/users/" + anna, "/V1.0/USERS/" + anna, "/users/" + anna + "?%24select=id", "/users/" + anna + "?select=id",
		"/users(userPrincipalName='anna.devries@lindeboom.example')",
	} {
		if got := app.get(path).want(200).str("id"); got != anna {
			t.Errorf("%s: got %s", path, got)
		}
	}
	t.Run("R-API-05 who isn't there", func(t *testing.T) {
		app.get("/users/nobody@lindeboom.example").refused(404, "Request_ResourceNotFound",
			"Resource 'nobody@lindeboom.example' does not exist or one of its queried reference-property objects are not present.")
	})
}

func TestMetadataLevels(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	anna := s.id("anna.devries")
	a := s.as("").with("Accept", "application/json;odata.metadata=none").get("/users/" + anna).want(200)
	if a.body["@odata.context"] != nil || !strings.Contains(a.header.Get("Content-Type"), "odata.metadata=none") {
		t.Errorf("none: %s", a.raw)
	}
	a = s.as("").with("Accept", "application/json;odata.metadata=full").get("/users?$top=3").want(200)
	for _, u := range a.rows() {
		link, _ := u["@odata.id"].(string)
		if u["@odata.type"] != "#microsoft.graph.user" || link == "" {
			t.Fatalf("full: %v", u)
		}
		if got := s.as("").get(link).want(200).str("id"); got != u["id"] {
			t.Errorf("@odata.id of %v leads to %s", u["id"], got)
		}
	}
}

func TestLifeOfAUser(t *testing.T) {
	t.Parallel()
	sqltest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		s := schoolOn(t, db)
		app := s.as("")
		body := map[string]any{
			"@odata.type": "#microsoft.graph.user", "accountEnabled": true, "displayName": "Zoë Nieuw", "MailNickName": "zoe", "userPrincipalName": "zoe@lindeboom.example",
			"passwordProfile": map[string]any{"password": "Welkom-2026?", "forceChangePasswordNextSignIn": false}, "usageLocation": "NL", "aboutMe": nil,
			"manager@odata.bind": "https://graph.microsoft.com/v1.0/users/" + s.id("bram.jansen"),
		}
		made := app.post("/users", body).want(201)
		id := made.str("id")
		if made.header.Get("Location") == "" || app.get("/users/"+id).want(200).str("displayName") != "Zoë Nieuw" {
			t.Errorf("R-API-10 got %s", made.raw)
		}
		app.post("/users", body).refused(400, "Request_BadRequest", "Another object with the same value for property userPrincipalName already exists.")
		details := app.post("/users", body).body["error"].(map[string]any)["details"].([]any)[0].(map[string]any)
		if details["code"] != "ObjectConflict" || details["target"] != "userPrincipalName" {
			t.Errorf("R-API-03 details %v", details)
		}

		app.patch("/users/"+id, `{"JOBTITLE":"Docent","mobilePhone":"+31 6","department":null,"@odata.type":"#microsoft.graph.user"}`).want(204)
		a := app.get("/users/" + id + "?$select=jobTitle,mobilePhone,department")
		if a.str("jobTitle") != "Docent" || a.str("mobilePhone") != "+31 6" {
			t.Errorf("R-API-17 got %s", a.raw)
		}
		app.patch("/users/"+id, `{"mobilePhone":null}`).want(204)
		if app.get("/users/" + id).body["mobilePhone"] != nil {
			t.Error("null does not clear")
		}
		app.patch("/users/"+id, `{"employeeType":"x"}`).refused(400, "Request_BadRequest", "not kept")
		app.patch("/users/"+id, `{"proxyAddresses":["smtp:x@lindeboom.example"]}`).refused(400, "Request_BadRequest", "read-only") // R-API-18
		app.patch("/users/"+id, `{"mail":"bad"}`).refused(400, "Request_BadRequest", "“bad” is not an e-mail address.")
		app.patch("/users/"+id, `{"mailNickname":"a b"}`).refused(400, "Request_BadRequest", "Invalid value specified for property 'mailNickname' of resource 'User'.")
		app.patch("/users/"+id, `{"usageLocation":"UK"}`).refused(400, "Request_BadRequest", "Invalid value specified for property 'usageLocation' of resource 'User'.")
		app.patch("/users/"+id, `{"preferredLanguage":"?"}`).refused(400, "Request_BadRequest", "Invalid value specified for property 'preferredLanguage' of resource 'User'.")
		app.patch("/users/"+id, `{"passwordProfile":{"password":"kort"}}`).refused(400, "Request_BadRequest", "specified password does not comply")
		app.patch("/users/"+id, `{"passwordProfile":{"password":"Anders-2026!"}}`).want(204)
		app.patch("/users/"+id, `{"passwordProfile":{"password":"Anders-2026?"},"jobTitle":"x"}`).want(204)

		app.delete("/users/" + id).want(204)
		app.get("/users/"+id).refused(404, "Request_ResourceNotFound", id) // R-API-34
		app.delete("/users/"+id).refused(404, "Request_ResourceNotFound", id)
		gone := app.get("/directory/deletedItems/" + id + "?$select=id,userPrincipalName,deletedDateTime").want(200)
		if want := strings.ReplaceAll(id, "-", "") + "zoe@lindeboom.example"; gone.str("userPrincipalName") != want || gone.str("deletedDateTime") == "" {
			t.Errorf("R-API-35 got %s", gone.raw)
		}
		if got := app.post("/directory/deletedItems/"+id+"/restore", nil).want(200).str("userPrincipalName"); got != "zoe@lindeboom.example" {
			t.Errorf("R-API-32 got %s", got)
		}
		app.delete("/users/zoe@lindeboom.example").want(204)
		app.delete("/directory/deletedItems/" + id).want(204) // R-API-33
		app.get("/directory/deletedItems/"+id).refused(404, "Request_ResourceNotFound", id)
		if s.trail(offboard.ActDelete) < 2 {
			t.Error("the trail misses a deletion")
		}
	})
}

func TestNewUsersNeed(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	full := map[string]any{
		"accountEnabled": true, "displayName": "A", "mailNickname": "a", "userPrincipalName": "new@lindeboom.example", "passwordProfile": map[string]any{"password": "Welkom-2026?"},
	}
	for name := range full {
		body := map[string]any{}
		for k, v := range full {
			if k != name {
				body[k] = v
			}
		}
		s.as("").post("/users", body).refused(400, "Request_BadRequest", "A value is required for property '"+name+"'") // R-API-10
	}
	body := map[string]any{}
	for k, v := range full {
		body[k] = v
	}
	body["userPrincipalName"] = "new@elsewhere.example"
	s.as("").post("/users", body).refused(400, "Request_BadRequest", "verified domain")
}
