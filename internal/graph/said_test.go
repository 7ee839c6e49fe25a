package graph_test

import (
	"net/url"
	"testing"
)

// TestSaidInPlace: what is not offered is refused by what it is, not by what it
// resembles.
func TestSaidInPlace(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("").eventual()
	anna := "/users/anna.devries@lindeboom.example"
	t.Run("a key that is empty", func(t *testing.T) {
		for _, path := range []string{"/users('')", "/users(id='')", "/groups('')"} {
			app.in(t).get(path).want(400)
		}
		app.in(t).get("/users/delta()?$select=id").want(200)
	})
	t.Run("R-API-14 R-API-16 what can be asked of a property", func(t *testing.T) {
		filter := func(f string) *answer { return app.in(t).get("/users?$count=true&$filter=" + url.QueryEscape(f)) }
		for _, f := range []string{"endswith(mail,'.example')", "endswith(userPrincipalName,'.example')"} {
			if len(filter(f).want(200).rows()) == 0 {
				t.Errorf("%s finds nobody", f)
			}
		}
		for f, property := range map[string]string{
			"endswith(displayName,'s')": "displayName", "contains(displayName,'s')": "displayName", "contains(mail,'s')": "mail",
			"signInSessionsValidFromDateTime ge 2020-01-01T00:00:00Z":                      "signInSessionsValidFromDateTime",
			"assignedPlans/any(a:a/servicePlanId eq 9e700747-8b1d-45e5-ab8d-ef187ceec156)": "assignedPlans",
		} {
			filter(f).refused(400, "Request_UnsupportedQuery", "Unsupported or invalid query filter clause specified for property '"+property+"' of resource 'User'.")
		}
		filter("nothing eq 'x'").refused(400, "BadRequest", "Could not find a property named 'nothing'")
	})
	t.Run("R-API-42 a plan that the product doesn't have", func(t *testing.T) {
		sku := app.in(t).get(anna + "?$select=assignedLicenses").want(200).body["assignedLicenses"].([]any)[0].(map[string]any)["skuId"].(string)
		const none = "00000000-0000-4000-8000-000000000000"
		app.in(t).post(anna+"/assignLicense", `{"addLicenses":[{"skuId":"`+sku+`","disabledPlans":["`+none+`"]}],"removeLicenses":[]}`).
			refused(400, "Request_BadRequest", "Service plan "+none+" is not a part of license "+sku+".")
	})
	t.Run("a parameter that is missing", func(t *testing.T) {
		app.in(t).post(anna+"/getMemberGroups", "{}").refused(400, "Request_BadRequest", "The missing parameters are: securityEnabledOnly.")
		app.in(t).post(anna+"/getMemberGroups", `{"securityEnabledOnly":false}`).want(200)
	})
	t.Run("R-API-52 how many messages", func(t *testing.T) {
		if got := string(app.in(t).get(anna + "/messages/$count").want(200).raw); got != "12" {
			t.Errorf("got %s", got)
		}
		app.in(t).get(anna + "/mailFolders/inbox/messages/$count?$filter=isRead eq true").want(200)
		app.in(t).get(anna+"/mailFolders/none/messages/$count").refused(404, "ErrorItemNotFound", "")
		s.as("bram.jansen").in(t).get(anna + "/messages/$count").want(403)
	})
	t.Run("what Graph has and we have not", func(t *testing.T) {
		app.in(t).get("/groups/delta").refused(501, "NotImplemented", "")
		app.in(t).patch(anna+"/calendar/calendarPermissions/x", "{}").refused(501, "NotImplemented", "")
	})
}
