package graph_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
)

func TestDeletedItems(t *testing.T) {
	t.Parallel()
	sqltest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		s := schoolOn(t, db)
		app := s.as("")
		t.Run("R-API-30 the cast is mandatory, in both spellings", func(t *testing.T) {
			app.get("/directory/deletedItems").refused(400, "Request_UnsupportedQuery", "Only specific instances can be queried.")
			want := len(app.get("/directory/deletedItems/microsoft.graph.user").want(200).rows())
			if want < 4 || len(app.get("/directory/deleteditems/graph.user?$select=id").want(200).rows()) != want {
				t.Errorf("%d deleted people", want)
			}
			if n := string(app.eventual().get("/directory/deletedItems/microsoft.graph.user/$count").want(200).raw); n != "4" {
				t.Errorf("count %s", n)
			}
			app.eventual().get("/directory/deletedItems/microsoft.graph.user?$count=true&$orderby=deletedDateTime desc").want(200)
			app.get("/directory/deletedItems/microsoft.graph.user?$orderby=displayName").want(200)
		})
		deleted := map[string]string{}
		for _, u := range app.get("/directory/deletedItems/microsoft.graph.user?$select=id,displayName").rows() {
			deleted[u["displayName"].(string)] = u["id"].(string)
		}
		t.Run("R-API-31 R-API-36 one of them", func(t *testing.T) {
			id := deleted["Quinten Prins"]
			if got := app.get("/directory/deletedItems/" + id).want(200).str("displayName"); got != "Quinten Prins" {
				t.Errorf("got %s", got)
			}
			app.get("/users/"+id).refused(404, "Request_ResourceNotFound", id)
			app.post("/users/"+id+"/microsoft.graph.restore", "{}").want(404)
			app.post("/directory/deletedItems/"+s.id("anna.devries")+"/restore", nil).refused(404, "Request_ResourceNotFound", "") // R-SM-02
			app.delete("/directory/deletedItems/"+s.id("anna.devries")).refused(404, "Request_ResourceNotFound", "")
		})
		t.Run("R-RES-08 R-RES-11 a name that is taken", func(t *testing.T) {
			id := deleted["Olaf Dijk"]
			a := app.post("/directory/deletedItems/"+id+"/restore", nil).refused(400, "Request_BadRequest", "same value for property userPrincipalName already exists")
			if !strings.Contains(string(a.raw), "ObjectConflict") {
				t.Errorf("no details: %s", a.raw)
			}
			got := app.post("/directory/deletedItems/"+id+"/restore", `{"newUserPrincipalName":"olaf.oud@lindeboom.example"}`).want(200)
			if got.str("userPrincipalName") != "olaf.oud@lindeboom.example" {
				t.Errorf("got %s", got.raw)
			}
		})
		t.Run("R-RES-09 R-RES-11 an address that is taken", func(t *testing.T) {
			id := deleted["Pien Schouten"]
			app.post("/directory/deletedItems/"+id+"/restore", `{}`).refused(400, "Request_BadRequest", "same value for property proxyAddresses already exists")
			app.post("/directory/deletedItems/"+id+"/restore", `{"autoReconcileProxyConflict":true}`).want(200)
			a := app.get("/users/" + id + "?$select=proxyAddresses").want(200)
			if strings.Contains(string(a.raw), `"smtp:pien@`) {
				t.Errorf("the address came along: %s", a.raw)
			}
		})
		t.Run("R-API-37 a security group goes for good", func(t *testing.T) {
			id := app.post("/groups", `{"displayName":"Tijdelijk","mailNickname":"tijdelijk","mailEnabled":false,"securityEnabled":true}`).want(201).str("id")
			app.delete("/groups/" + id).want(204)
			if rows := app.get("/directory/deletedItems/microsoft.graph.group").want(200).rows(); len(rows) != 0 {
				t.Errorf("got %v", rows)
			}
			app.get("/directory/deletedItems/"+id).refused(404, "Request_ResourceNotFound", id)
		})
		t.Run("R-API-33 purged is gone", func(t *testing.T) {
			id := deleted["Quinten Prins"]
			app.delete("/directory/deletedItems/" + id).want(204)
			app.delete("/directory/deletedItems/"+id).refused(404, "Request_ResourceNotFound", id)
			app.post("/directory/deletedItems/"+id+"/restore", nil).refused(404, "Request_ResourceNotFound", id)
		})
	})
}

// Two administrators delete the same person at the same moment: one of them did
// it, the other is told that there is nobody.
func TestTwoAdministratorsDeleteOnePerson(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	first, second := s.as("admin"), s.as("useradmin")
	anna := s.id("anna.devries")
	rounds := 1000
	if testing.Short() {
		rounds = 100
	}
	before := s.trail(offboard.ActDelete)
	for range rounds {
		codes := make([]int, 2)
		var wg sync.WaitGroup
		for i, c := range []*client{first, second} {
			wg.Go(func() { codes[i] = c.delete("/users/" + anna).status })
		}
		wg.Wait()
		if codes[0]+codes[1] != http.StatusNoContent+http.StatusNotFound {
			t.Fatalf("got %v, want one 204 and one 404", codes)
		}
		first.post("/directory/deletedItems/"+anna+"/restore", nil).want(200)
	}
	if n := s.trail(offboard.ActDelete) - before; n != rounds {
		t.Errorf("%d entries in the trail, want %d", n, rounds)
	}
}
