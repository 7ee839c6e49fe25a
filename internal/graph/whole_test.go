package graph_test

import "testing"

// TestAllOrNothing: a request that asks for several things and is refused for one
// of them changes none.
func TestAllOrNothing(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	mila, bram := s.id("mila.kok"), s.id("bram.jansen")
	const nobody = "https://graph.microsoft.com/v1.0/users/00000000-0000-4000-8000-000000000000"
	t.Run("R-API-20 somebody and their manager", func(t *testing.T) {
		before := app.in(t).get("/users/" + mila + "?$select=displayName,jobTitle").want(200).body
		app.in(t).patch("/users/"+mila, map[string]any{"jobTitle": "Docent", "manager@odata.bind": nobody}).want(404)
		if after := app.in(t).get("/users/" + mila + "?$select=displayName,jobTitle").want(200).body; after["jobTitle"] != before["jobTitle"] {
			t.Errorf("got %v", after)
		}
		app.in(t).patch("/users/"+mila, map[string]any{"jobTitle": "Docent", "manager@odata.bind": "https://x/v1.0/users/" + mila}).want(400)
		app.in(t).patch("/users/"+mila, map[string]any{"jobTitle": "Docent", "manager@odata.bind": "https://x/v1.0/users/" + bram}).want(204)
		a := app.in(t).get("/users/" + mila + "?$select=jobTitle&$expand=manager($select=id)").want(200)
		if m, _ := a.body["manager"].(map[string]any); a.body["jobTitle"] != "Docent" || m["id"] != bram {
			t.Errorf("got %v", a.body)
		}
	})
	t.Run("R-API-20 the manager alone", func(t *testing.T) {
		rosa := s.id("rosa.vandam")
		app.in(t).patch("/users/"+rosa, map[string]any{"manager@odata.bind": "https://x/v1.0/users/" + bram}).want(204)
		if got := app.in(t).get("/users/" + rosa + "/manager").want(200).str("id"); got != bram {
			t.Errorf("got %s", got)
		}
	})
	t.Run("R-API-72 a group and who joins it", func(t *testing.T) {
		group := app.in(t).post("/groups", `{"displayName":"Samen","mailEnabled":false,"mailNickname":"samen","securityEnabled":true}`).want(201).str("id")
		both := []string{"https://x/v1.0/directoryObjects/" + mila, nobody}
		app.in(t).patch("/groups/"+group, map[string]any{"description": "Anders", "members@odata.bind": both}).want(404)
		if got := app.in(t).get("/groups/" + group + "?$expand=members").want(200).body; got["description"] != nil || len(got["members"].([]any)) != 0 {
			t.Errorf("got %v", got)
		}
		app.in(t).patch("/groups/"+group, map[string]any{"description": "Anders", "members@odata.bind": both[:1], "owners@odata.bind": both[:1]}).want(204)
		got := app.in(t).get("/groups/" + group + "?$expand=members").want(200).body
		if got["description"] != "Anders" || len(got["members"].([]any)) != 1 || len(app.in(t).get("/groups/"+group+"/owners").rows()) != 1 {
			t.Errorf("got %v", got)
		}
	})
}

// TestPrefer: a client says how much it wants to hear of what it wrote.
func TestPrefer(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	quiet, loud := s.as("").with("Prefer", "return=minimal"), s.as("").with("Prefer", "respond-async, return=representation")
	const person = `{"accountEnabled":true,"displayName":"Stille","mailNickname":"stille","userPrincipalName":"stille@lindeboom.example","passwordProfile":{"password":"Zx-1234-abcd"}}`
	a := quiet.post("/users", person).want(204)
	if a.header.Get("Preference-Applied") != "return=minimal" || a.header.Get("OData-EntityId") == "" || a.header.Get("OData-EntityId") != a.header.Get("Location") {
		t.Errorf("got %v", a.header)
	}
	quiet.get(a.header.Get("Location")).want(200)
	a = loud.patch("/users/stille@lindeboom.example", `{"jobTitle":"Conciërge","userPrincipalName":"luid@lindeboom.example"}`).want(200)
	if a.body["jobTitle"] != "Conciërge" || a.body["userPrincipalName"] != "luid@lindeboom.example" || a.header.Get("Preference-Applied") != "return=representation" {
		t.Errorf("got %v %v", a.header, a.body)
	}
	quiet.patch("/users/luid@lindeboom.example", `{"jobTitle":null}`).want(204)
	group := quiet.post("/groups", `{"displayName":"Stil","mailEnabled":false,"mailNickname":"stil","securityEnabled":true}`).want(204).header.Get("Location")
	if a = loud.patch(group, `{"displayName":"Luid"}`).want(200); a.body["displayName"] != "Luid" {
		t.Errorf("got %v", a.body)
	}
}
