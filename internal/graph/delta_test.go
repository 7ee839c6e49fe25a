package graph_test

import (
	"net/url"
	"strings"
	"testing"
)

// changes follows a round of delta to its end and gives what came, by id, and
// where the next round begins.
func (c *client) changes(from string) (map[string]map[string]any, string) {
	c.t.Helper()
	all := map[string]map[string]any{}
	for {
		a := c.get(from).want(200)
		for _, u := range a.rows() {
			all[u["id"].(string)] = u
		}
		if from = a.str("@odata.nextLink"); from == "" {
			return all, a.str("@odata.deltaLink")
		}
	}
}

func TestDelta(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	anna, mila := s.id("anna.devries"), s.id("mila.kok")
	people := len(app.get("/users?$top=999&$select=id").rows())
	first, link := app.changes("/users/delta?$select=displayName,jobTitle,manager")
	t.Run("R-API-73 the first round holds everybody", func(t *testing.T) {
		if len(first) != people || first[anna]["displayName"] != "Anna de Vries" || first[anna]["manager@delta"] == nil {
			t.Errorf("%d people, want %d; %v", len(first), people, first[anna])
		}
		if none, _ := app.changes(link); len(none) != 0 {
			t.Errorf("changes of nothing: %v", none)
		}
	})
	_, latest := app.changes("/users/delta?$deltatoken=latest")
	if !strings.Contains(latest, "?$deltatoken=") {
		t.Errorf("R-API-73 clients look for $deltatoken in %s", latest)
	}
	app.patch("/users/"+mila, `{"jobTitle":"Docent"}`).want(204)
	app.delete("/users/" + anna).want(204)
	for _, from := range []string{link, latest} {
		t.Run("R-API-74 changed and deleted", func(t *testing.T) {
			got, next := app.changes(from)
			if len(got) != 2 || got[mila]["jobTitle"] != "Docent" || got[anna]["@removed"].(map[string]any)["reason"] != "changed" {
				t.Errorf("got %v", got)
			}
			link = next
		})
	}
	t.Run("R-API-74 restored, then gone for good", func(t *testing.T) {
		app.post("/directory/deletedItems/"+anna+"/restore", nil).want(200)
		got, next := app.changes(link)
		if got[anna] == nil || got[anna]["@removed"] != nil {
			t.Errorf("got %v", got)
		}
		app.delete("/users/" + anna).want(204)
		app.delete("/directory/deletedItems/" + anna).want(204)
		if got, _ = app.changes(next); got[anna]["@removed"].(map[string]any)["reason"] != "deleted" {
			t.Errorf("got %v", got)
		}
	})
	t.Run("R-API-73 only what is asked for is followed", func(t *testing.T) {
		_, from := app.changes("/users/delta?$deltatoken=latest&$select=displayName,manager")
		app.patch("/users/"+mila, `{"department":"Talen"}`).want(204)
		if got, _ := app.changes(from); len(got) != 0 {
			t.Errorf("a change of something else came along: %v", got)
		}
		app.put("/users/"+mila+"/manager/$ref", map[string]any{"@odata.id": "https://x/v1.0/users/" + s.id("bram.jansen")}).want(204)
		if got, _ := app.changes(from); got[mila]["displayName"] != "Mila Kok" || got[mila]["manager@delta"] == nil {
			t.Errorf("got %v", got)
		}
	})
	t.Run("R-API-73 Prefer: return=minimal", func(t *testing.T) {
		_, from := app.changes("/users/delta?$deltatoken=latest&$select=displayName,jobTitle,city")
		app.patch("/users/"+mila, `{"city":"Ede","faxNumber":"1"}`).want(204)
		a := app.with("Prefer", "return=minimal").get(from).want(200)
		if a.header.Get("Preference-Applied") != "return=minimal" || len(a.rows()) != 1 {
			t.Fatalf("got %v %v", a.header, a.body)
		}
		if u := a.rows()[0]; len(u) != 2 || u["city"] != "Ede" || u["id"] != mila {
			t.Errorf("got %v", u)
		}
		if u := app.get(from).want(200).rows()[0]; len(u) != 4 {
			t.Errorf("without it: %v", u)
		}
		app.delete("/users/" + mila).want(204)
		app.post("/directory/deletedItems/"+mila+"/restore", nil).want(200)
		if u := app.with("Prefer", "return=minimal").get(from).want(200).rows()[0]; len(u) != 4 {
			t.Errorf("whoever came back comes whole: %v", u)
		}
	})
	t.Run("R-API-73 only by id", func(t *testing.T) {
		got, _ := app.changes("/users/delta?$filter=" + url.QueryEscape("id eq '"+mila+"'"))
		if len(got) != 1 || got[mila] == nil {
			t.Errorf("got %v", got)
		}
		app.get("/users/delta?$filter="+url.QueryEscape("displayName eq 'x'")).refused(400, "Request_UnsupportedQuery", "")
		app.get("/users/delta?$expand=manager").want(400)
	})
	t.Run("R-API-75 tokens of another organization and garbage", func(t *testing.T) {
		app.get("/users/delta?$deltatoken=eyJzIjo5OTk5OTk5OX0").refused(410, "syncStateNotFound", "") // {"s":99999999}
		app.get("/users/delta?$deltatoken=!!!").want(400)
		app.get("/users/delta?$skiptoken=!!!").want(400)
	})
}
