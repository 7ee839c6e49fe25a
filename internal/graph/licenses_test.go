package graph_test

import (
	"strings"
	"testing"

	"leaver/internal/catalog"
)

func TestLicenses(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	skus := map[string]map[string]any{}
	for _, k := range app.get("/subscribedSkus").want(200).rows() {
		skus[k["skuPartNumber"].(string)] = k
	}
	e3 := string(catalog.E3)
	t.Run("R-API-40 products and their seats", func(t *testing.T) {
		k := skus["ENTERPRISEPACK"]
		if k["skuId"] != e3 || k["capabilityStatus"] != "Enabled" || k["prepaidUnits"].(map[string]any)["enabled"] != 60.0 || len(k["servicePlans"].([]any)) == 0 {
			t.Errorf("got %v", k)
		}
		if got := app.get("/subscribedSkus/" + k["id"].(string) + "?$select=skuId").want(200).str("skuId"); got != e3 {
			t.Errorf("got %s", got)
		}
		app.get("/subscribedSkus/none").want(404)
	})
	t.Run("R-API-41 assign and remove", func(t *testing.T) {
		before := skus["ENTERPRISEPACK"]["consumedUnits"].(float64)
		mila := "/users/mila.kok@lindeboom.example"
		app.post(mila+"/assignLicense", `{"addLicenses":[{"skuId":"`+e3+`","disabledPlans":[]}],"removeLicenses":[]}`).want(200)
		if n := len(app.get(mila + "/licenseDetails").want(200).rows()); n != 1 {
			t.Errorf("R-API-43 %d licences", n)
		}
		detail := app.get(mila + "/licenseDetails").want(200).rows()[0]["id"].(string)
		if got := app.get(mila + "/licenseDetails/" + detail).want(200).str("skuId"); got != e3 {
			t.Errorf("R-API-43 got %s", got)
		}
		if got := app.get(mila + "/licenseDetails/" + detail + "?$select=skuPartNumber").want(200); got.str("skuPartNumber") != "ENTERPRISEPACK" || got.body["skuId"] != nil {
			t.Errorf("R-API-43 got %v", got.body)
		}
		app.get(mila+"/licenseDetails/none").refused(404, "Request_ResourceNotFound", "'none'")
		s.as("mila.kok").get("/me/licenseDetails/" + detail).want(200)
		s.as("mila.kok").get("/users/anna.devries@lindeboom.example/licenseDetails/x").want(403)
		after := app.get("/subscribedSkus/" + skus["ENTERPRISEPACK"]["id"].(string)).body["consumedUnits"].(float64)
		if after != before+1 {
			t.Errorf("consumed %v, want %v", after, before+1)
		}
		states := app.get(mila + "?$select=licenseAssignmentStates").want(200).body["licenseAssignmentStates"].([]any)
		if x := states[0].(map[string]any); x["state"] != "Active" || x["assignedByGroup"] != nil || x["error"] != "None" {
			t.Errorf("R-API-43 got %v", x)
		}
		app.post(mila+"/assignLicense", `{"addLicenses":[],"removeLicenses":["`+e3+`"]}`).want(200)
		app.post(mila+"/assignLicense", `{"addLicenses":[],"removeLicenses":["`+e3+`"]}`).refused(400, "Request_BadRequest", "User does not have a corresponding license.")
	})
	for _, c := range []struct{ name, user, body, text string }{
		{"both lists", "mila.kok", `{"removeLicenses":[]}`, "The missing parameters are: addLicenses."},
		{"no GUID", "mila.kok", `{"addLicenses":[{"skuId":"E3"}],"removeLicenses":[]}`, "Cannot convert a primitive value to the expected type 'Edm.Guid'."},
		{"unknown product", "mila.kok", `{"addLicenses":[{"skuId":"00000000-0000-4000-8000-000000000000"}],"removeLicenses":[]}`, "does not correspond to a valid company License."},
		{"inherited", "gijs.dekker", `{"addLicenses":[],"removeLicenses":["` + string(catalog.A3Faculty) + `"]}`, "inherited from a group membership"},
		{"unknown property", "mila.kok", `{"addLicenses":[{"sku":"x"}],"removeLicenses":[]}`, "does not exist on type"},
	} {
		t.Run("R-API-05 "+c.name, func(t *testing.T) {
			a := app.post("/users/"+c.user+domain+"/assignLicense", c.body).want(400)
			if !strings.Contains(string(a.raw), c.text) {
				t.Errorf("got %s", a.raw)
			}
		})
	}
	t.Run("R-API-05 no seats", func(t *testing.T) {
		pbi := string(catalog.PowerBIPro)
		add := `{"addLicenses":[{"skuId":"` + pbi + `"}],"removeLicenses":[]}`
		app.post("/users/mila.kok@lindeboom.example/assignLicense", add).want(200) // the last one
		app.post("/users/anna.devries@lindeboom.example/assignLicense", add).refused(400, "Request_BadRequest", "Subscription with SKU "+pbi+" does not have any available licenses.")
	})
	t.Run("R-API-05 R-LIC-13 no usage location", func(t *testing.T) {
		app.patch("/users/umar.yilmaz@lindeboom.example", `{"usageLocation":null}`).want(204)
		app.post("/users/umar.yilmaz@lindeboom.example/assignLicense", `{"addLicenses":[{"skuId":"`+string(catalog.A3Faculty)+`"}],"removeLicenses":[]}`).
			refused(400, "Request_BadRequest", "License assignment cannot be done for user with invalid usage location.")
	})
	t.Run("R-API-44 reprocess", func(t *testing.T) {
		app.post("/users/gijs.dekker@lindeboom.example/reprocessLicenseAssignment", nil).want(200)
	})
	t.Run("R-API-45 R-API-46 subscriptions", func(t *testing.T) {
		partners := 0
		for _, x := range app.get("/directory/subscriptions").want(200).rows() {
			if x["ownerTenantId"] != nil {
				partners++
			}
			id := x["id"].(string)
			if got := app.get("/directory/subscriptions/" + id).want(200).str("skuId"); got != x["skuId"] {
				t.Errorf("got %s", got)
			}
			app.get("/directory/subscriptions(commerceSubscriptionId='" + id + "')").want(200)
			app.patch("/directory/subscriptions/"+id, `{"totalLicenses":1}`).want(405)
		}
		if partners != 1 {
			t.Errorf("%d subscriptions through a partner", partners)
		}
	})
	t.Run("R-ROLE-22 what a partner sold", func(t *testing.T) {
		for who, want := range map[string]int{"admin": 1, "billing": 0, "license": 0, "reader": 0} {
			c, hidden := s.as(who), ""
			for _, k := range app.get("/subscribedSkus").want(200).rows() {
				if k["skuPartNumber"] == "SPB" {
					hidden = k["subscriptionIds"].([]any)[0].(string)
				}
			}
			partners := 0
			for _, x := range c.get("/directory/subscriptions").want(200).rows() {
				if x["ownerTenantId"] != nil {
					partners++
				}
			}
			if partners != want {
				t.Errorf("%s sees %d subscriptions of a partner, want %d", who, partners, want)
			}
			if status := c.get("/directory/subscriptions/" + hidden).status; status != map[int]int{0: 404, 1: 200}[want] {
				t.Errorf("%s: got %d", who, status)
			}
			for _, k := range c.get("/subscribedSkus").want(200).rows() {
				units := k["prepaidUnits"].(map[string]any)
				if k["skuPartNumber"] == "SPB" && (len(k["subscriptionIds"].([]any)) != want || units["enabled"] != 20.0) {
					t.Errorf("%s: got %v with %v", who, k["subscriptionIds"], units)
				}
			}
		}
	})
}
