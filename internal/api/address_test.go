package api_test

import (
	"io"
	"net/http"
	"strings"
	"testing"
)

// TestSlashes: a slash too many leads where the path without it leads, as over
// Graph, for every method, and a slash within a name stays one.
func TestSlashes(t *testing.T) {
	s := open(t, storetestSQLite(t))
	send := func(method, path, body string) (int, string) {
		t.Helper()
		req, err := http.NewRequestWithContext(t.Context(), method, strings.TrimSuffix(s.url, "/api/v1/")+path, strings.NewReader(body))
		if err != nil {
			t.Fatal(err)
		}
		req.Header.Set("Authorization", "Bearer "+admin)
		resp, err := http.DefaultTransport.RoundTrip(req) // follows nothing
		if err != nil {
			t.Fatal(err)
		}
		defer resp.Body.Close()
		text, err := io.ReadAll(resp.Body)
		if err != nil {
			t.Fatal(err)
		}
		return resp.StatusCode, string(text)
	}
	for _, c := range []struct {
		method, path, body string
		status             int
		says               string
	}{
		{"GET", "/api/v1/organization/", "", 200, "Lindeboom College"},
		{"GET", "/api/v1//organization", "", 200, "Lindeboom College"},
		{"GET", "/api/v1/people/" + upn("anna.devries") + "///", "", 200, "Anna de Vries"},
		{"PATCH", "/api/v1/organization/", `{"displayName":"Linde"}`, 200, "Linde"},
		{"DELETE", "/api/v1/organization/", "", 405, "request.method"},
		{"GET", "/api/v1/secrets/", "", 404, "request.noSuchPath"},
		{"GET", "/api/v1/people/organization%2F", "", 404, "user.notFound"},
		{"GET", "/api/v1/", "", 404, "request.noSuchPath"},
	} {
		if status, text := send(c.method, c.path, c.body); status != c.status || !strings.Contains(text, c.says) {
			t.Errorf("%s %s: got %d %.200s, want %d %s", c.method, c.path, status, text, c.status, c.says)
		}
	}
}

// TestAccept: who takes none of the forms that an answer has gets 406, and
// nothing is done before it is said.
func TestAccept(t *testing.T) {
	s := open(t, storetestSQLite(t))
	for _, c := range []struct {
		accept string
		status int
	}{
		{"", 200},
		{"*/*", 200},
		{"application/*;q=0.1", 200},
		{"text/html,application/xhtml+xml,*/*;q=0.8", 200},
		{"application/json;odata.metadata=none", 200},
		{"application/xml", 406},
		{"text/html", 406},
		{"application/json;q=0, */*", 406},
	} {
		got := s.do(t, ask{method: "PATCH", path: "organization", body: object{"displayName": "x" + c.accept}, header: []string{"Accept", c.accept}})
		if got.StatusCode != c.status {
			t.Errorf("R-API-04 Accept %q: got %d %s, want %d", c.accept, got.StatusCode, got.text, c.status)
		}
		o := want[object](t, s, http.StatusOK, ask{method: "GET", path: "organization"})
		if done := o["displayName"] == "x"+c.accept; done != (c.status == 200) {
			t.Errorf("R-API-04 Accept %q: the name is %v", c.accept, o["displayName"])
		}
	}
	want[fault](t, s, http.StatusNotAcceptable, ask{method: "GET", path: "exports/users", header: []string{"Accept", "application/json"}})
	if got := s.do(t, ask{method: "GET", path: "departures/x/events", header: []string{"Accept", "text/csv"}}); got.StatusCode != http.StatusNotAcceptable {
		t.Errorf("R-API-04 events as CSV: got %d", got.StatusCode)
	}
}
