package graph_test

import (
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
)

// onAnotherNode gives what changes the database without a word to the node of the test.
func onAnotherNode(t *testing.T, db *sqldb.DB) func(text string, args ...any) {
	return func(text string, args ...any) {
		t.Helper()
		fatal(t, db.Update(t.Context(), func(tx *sqldb.Tx) error {
			_, err := tx.Exec(t.Context(), text, args...)
			return err
		}))
	}
}

// TestCallersAreAskedForEachTime changes callers as another node does, between two
// requests of theirs: whatever the second one asks, and whether or not it would ask
// the database, the answer is that of who they are now. R-DEL-12
func TestCallersAreAskedForEachTime(t *testing.T) {
	t.Parallel()
	sqltest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		s := schoolOn(t, db)
		elsewhere := onAnotherNode(t, db)
		c := s.as("useradmin")
		for _, path := range []string{
			"/me", "/users/mila.kok" + domain, "/users/nobody" + domain, "/users?$top=2", "/users?$filter=nonsense", "/users?$search=x", "/users?$count=true",
			"/groups", "/subscribedSkus", "/nothing", "/users/mila.kok" + domain + "/nothing", "/organization", "/users/mila.kok" + domain + "/photo",
		} {
			for what, change := range map[string][2]string{
				"blocked": {"update users set enabled = false where upn_key = $1", "update users set enabled = true where upn_key = $1"},
				"revoked": {"update users set session_epoch = session_epoch + 1 where upn_key = $1", "update users set session_epoch = session_epoch - 1 where upn_key = $1"},
				"deleted": {"update users set deleted = 5 where upn_key = $1", "update users set deleted = null where upn_key = $1"},
			} {
				before := c.get(path)
				if before.status == 401 {
					t.Fatalf("%s: %s", path, before.raw)
				}
				elsewhere(change[0], "useradmin"+domain)
				a := c.get(path).refused(401, "InvalidAuthenticationToken", "")
				if a.header.Get("WWW-Authenticate") == "" || len(a.header.Values("Odata-Version")) != 1 {
					t.Errorf("%s, %s: %v", path, what, a.header)
				}
				elsewhere(change[1], "useradmin"+domain)
				if after := c.get(path); after.status != before.status {
					t.Errorf("%s: %d, and no longer %s %d", path, before.status, what, after.status)
				}
			}
		}
		for range 2 { // roles count as they are now, and nothing else is seen in between
			c.get("/users?$top=1").want(200)
			elsewhere("update role_assignments set suspended = true where role = $1", string(org.UserAdmin))
			c.get("/users?$top=1").refused(403, "Authorization_RequestDenied", "")
			elsewhere("update role_assignments set suspended = false where role = $1", string(org.UserAdmin))
		}
		if log := s.log.String(); strings.Contains(log, "request failed") {
			t.Errorf("the log says %s", log)
		}
	})
}

// TestCallersAreAskedForWithTheirChanges: a change of somebody who was let in a moment
// ago does not happen when they were blocked, signed out, deleted or lost their role
// meanwhile, on another node; and one that is served twice has its body twice. R-DEL-12
func TestCallersAreAskedForWithTheirChanges(t *testing.T) {
	t.Parallel()
	sqltest.Each(t, store.Migrations(), func(t *testing.T, db *sqldb.DB) {
		s := schoolOn(t, db)
		elsewhere := onAnotherNode(t, db)
		all, c := s.as(""), s.as("useradmin")
		here, gone := s.id("mila.kok"), s.id("anna.devries")
		all.delete("/users/" + gone).want(204)
		deletions := s.trail(offboard.ActDelete)
		if deletions == 0 {
			t.Fatal("no deletion in the trail")
		}
		for what, change := range map[string][2]string{
			"blocked": {"update users set enabled = false where upn_key = $1", "update users set enabled = true where upn_key = $1"},
			"revoked": {"update users set session_epoch = session_epoch + 1 where upn_key = $1", "update users set session_epoch = session_epoch - 1 where upn_key = $1"},
			"deleted": {"update users set deleted = 5 where upn_key = $1", "update users set deleted = null where upn_key = $1"},
		} {
			for _, path := range []string{"/users/" + here, "/users/mila.kok" + domain, "/users/nobody" + domain, "/directory/deletedItems/" + gone} {
				c.get("/users/" + here).want(200)
				elsewhere(change[0], "useradmin"+domain)
				if c.delete(path).status != 401 {
					t.Errorf("%s and still deletes %s", what, path)
				}
				elsewhere(change[1], "useradmin"+domain)
			}
			c.get("/users/" + here).want(200)
			elsewhere(change[0], "useradmin"+domain)
			c.post("/directory/deletedItems/"+gone+"/restore", `{}`).refused(401, "InvalidAuthenticationToken", "")
			elsewhere(change[1], "useradmin"+domain)
			c.get("/directory/deletedItems/" + gone).want(200)
		}
		c.get("/users/" + here).want(200)
		elsewhere("update role_assignments set suspended = true where role = $1", string(org.UserAdmin))
		c.delete("/users/"+here).refused(403, "Authorization_RequestDenied", "")
		elsewhere("update role_assignments set suspended = false where role = $1", string(org.UserAdmin))
		if n := s.trail(offboard.ActDelete); n != deletions {
			t.Errorf("%d deletions in the trail, %d before", n, deletions)
		}

		c.get("/users/" + here).want(200)
		elsewhere("update role_assignments set role = $1 where user_pk = (select pk from users where upn_key = $2)", string(org.GlobalAdmin), "useradmin"+domain)
		back := c.post("/directory/deletedItems/"+gone+"/restore", `{"newUserPrincipalName":"anna.oud`+domain+`"}`).want(200)
		if got := back.str("userPrincipalName"); got != "anna.oud"+domain {
			t.Errorf("restored as %s", got)
		}
		if log := s.log.String(); strings.Contains(log, "request failed") {
			t.Errorf("the log says %s", log)
		}
	})
}
