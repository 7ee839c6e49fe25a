package api_test

import (
	"net/http"
	"testing"
)

// testDomains adds a domain, uses it and removes another. R-ROLE-22 R-API-10
func testDomains(t *testing.T, s *site) {
	o := want[object](t, s, http.StatusOK, ask{method: "POST", path: "domains", body: object{"domain": "Second.example"}})
	if at(t, o, "domains.1") != "second.example" {
		t.Errorf("got %v", o["domains"])
	}
	want[fault](t, s, http.StatusConflict, ask{method: "POST", path: "domains", body: object{"domain": "second.example"}})
	want[fault](t, s, http.StatusBadRequest, ask{method: "POST", path: "domains", body: object{"domain": "nodots"}})
	want[fault](t, s, http.StatusBadRequest, ask{method: "POST", path: "domains", body: object{}})
	want[fault](t, s, http.StatusForbidden, ask{as: "useradmin@lindeboom.example", method: "POST", path: "domains", body: object{"domain": "third.example"}})
	o = want[object](t, s, http.StatusOK, ask{method: "POST", path: "domains/second.example/default"})
	if at(t, o, "domains.0") != "second.example" {
		t.Errorf("got %v", o["domains"])
	}
	want[fault](t, s, http.StatusConflict, ask{method: "DELETE", path: "domains/second.example"})
	want[fault](t, s, http.StatusConflict, ask{method: "DELETE", path: "domains/lindeboom.example"})
	want[object](t, s, http.StatusOK, ask{method: "POST", path: "domains/lindeboom.example/default"})
	want[object](t, s, http.StatusNoContent, ask{method: "DELETE", path: "domains/second.example"})
	want[fault](t, s, http.StatusNotFound, ask{method: "DELETE", path: "domains/second.example"})
}
