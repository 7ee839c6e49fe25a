package api_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestNullTakesNothingAway: what can't be without a value is refused and named,
// not passed over.
func TestNullTakesNothingAway(t *testing.T) {
	s := open(t, storetestSQLite(t))
	app := want[object](t, s, http.StatusCreated, ask{method: "POST", path: "apps", body: object{"displayName": "Scripts"}})
	for _, c := range []struct{ path, field string }{
		{"apps/" + app["id"].(string), "displayName"},
		{"apps/" + app["id"].(string), "permissions"},
		{"mailboxes/" + upn("anna.devries"), "type"},
		{"mailboxes/" + upn("anna.devries"), "aliases"},
		{"mailboxes/" + upn("anna.devries"), "automaticReplies"},
	} {
		f := want[fault](t, s, http.StatusBadRequest, ask{method: "PATCH", path: c.path, body: object{strings.ToUpper(c.field): nil}})
		if f.Error.Code != "request.wrongType" || f.Error.Details[0].Target != c.field {
			t.Errorf("%s of %s: got %+v", c.field, c.path, f)
		}
	}
	want[object](t, s, http.StatusOK, ask{method: "PATCH", path: "mailboxes/" + upn("carla.smit"), body: object{"forwardTo": nil}})
	for field, body := range map[string]object{
		"displayName":              {"displayName": nil},
		"settings.massDeleteCount": {"settings": object{"massDeleteCount": nil}},
		"settings.education":       {"settings": object{"massDeleteCount": 7, "education": nil}},
		"settings":                 {"settings": nil},
	} {
		before := s.do(t, ask{method: "GET", path: "organization"})
		f := want[fault](t, s, http.StatusBadRequest, ask{method: "PATCH", path: "organization", body: body})
		if f.Error.Code != "request.wrongType" || f.Error.Details[0].Target != field || !strings.Contains(f.Error.Message, "null") {
			t.Errorf("%s: got %+v", field, f)
		}
		if after := s.do(t, ask{method: "GET", path: "organization"}); string(after.text) != string(before.text) {
			t.Errorf("%s: it was changed to %s", field, after.text)
		}
	}
}
