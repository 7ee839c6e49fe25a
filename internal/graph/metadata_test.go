package graph_test

import "testing"

// TestFullMetadata: asked for everything, each object says where it is found, and
// it is found there.
func TestFullMetadata(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("").with("Accept", "application/json;odata.metadata=full")
	anna := "/users/" + s.id("anna.devries")
	drive := "/drives/" + app.get(anna+"/drive").want(200).str("id")
	item := app.get(drive + "/root/children").want(200).rows()[0]["id"].(string)
	for _, path := range []string{
		anna, anna + "/memberOf", anna + "/licenseDetails", anna + "/messages", anna + "/mailFolders", anna + "/drive", drive + "/root", drive + "/root/children",
		drive + "/items/" + item + "/permissions", drive + "/root/permissions", "/groups", "/subscribedSkus", "/directory/subscriptions", "/domains", "/organization",
		"/directoryRoles", "/roleManagement/directory/roleAssignments", "/roleManagement/directory/roleDefinitions",
	} {
		a := app.get(path).want(200)
		one := a.body
		if rows, ok := a.body["value"].([]any); ok {
			one = rows[0].(map[string]any)
		}
		at, _ := one["@odata.id"].(string)
		if at == "" {
			t.Errorf("%s: no @odata.id in %v", path, one)
			continue
		}
		if found := app.get(at).want(200).body; found["id"] != one["id"] {
			t.Errorf("%s: at %s is %v", path, at, found["id"])
		}
	}
}
