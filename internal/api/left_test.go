package api_test

import (
	"net/http"
	"testing"
)

// testLeft reaches what outlived an account that testDeleted purged.
func testLeft(t *testing.T, s *site) {
	const name = "quinten.prins"
	left := want[object](t, s, http.StatusOK, ask{as: "sharepoint@lindeboom.example", method: "POST", path: "drives/" + upn(name) + "/restore", body: object{"to": upn("bram.jansen")}})
	if left["held"] != true || left["ownerUserPrincipalName"] != upn(name) || len(left["grants"].([]any)) == 0 {
		t.Errorf("R-OD-06: got %v", left)
	}
	want[fault](t, s, http.StatusBadRequest, ask{method: "POST", path: "drives/" + upn(name) + "/restore", body: object{}})
	want[fault](t, s, http.StatusForbidden, ask{as: "exchange@lindeboom.example", method: "POST", path: "drives/" + upn(name) + "/release"})
	want[fault](t, s, http.StatusNotFound, ask{method: "POST", path: "drives/" + upn("bram.jansen") + "/release"})
	want[object](t, s, http.StatusNoContent, ask{method: "POST", path: "drives/" + left["id"].(string) + "/release"}) // R-OD-09
	released := func(status int, as string) {
		t.Helper()
		a := ask{as: as, method: "POST", path: "mailboxes/" + upn("femke.mulder") + "/release"}
		if status == http.StatusNoContent {
			want[object](t, s, status, a)
			return
		}
		want[fault](t, s, status, a)
	}
	released(http.StatusNotFound, "exchange@lindeboom.example") // the account is there
	s.run(t, object{"users": []object{{"user": upn("femke.mulder")}}})
	want[object](t, s, http.StatusNoContent, ask{method: "DELETE", path: "deleted/" + upn("femke.mulder")})
	released(http.StatusForbidden, "sharepoint@lindeboom.example")
	released(http.StatusNoContent, "exchange@lindeboom.example") // R-MBX-25
	released(http.StatusNotFound, "exchange@lindeboom.example")
}
