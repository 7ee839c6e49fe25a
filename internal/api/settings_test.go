package api_test

import (
	"net/http"
	"strings"
	"testing"
)

// TestNullIsNoSetting: what can't be is refused and named, not passed over.
func TestNullIsNoSetting(t *testing.T) {
	s := open(t, storetestSQLite(t))
	for field, body := range map[string]object{
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
