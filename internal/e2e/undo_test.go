package e2e

import (
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// TestUndoTheRest: who could not be put back for want of a role is offered again, and
// put back by somebody who has it. R-ROLE-13 R-SM-13
func TestUndoTheRest(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	storetest.Edit(t, s.store, s.id(t, "rosa.vandam"), func(p *org.Person) { p.Roles = []org.RoleID{org.ExchangeAdmin} })
	page := "/leavers/" + s.run(t, offboard.Wish{User: "rosa.vandam@lindeboom.example"}, offboard.Wish{User: "mila.kok@lindeboom.example"})
	undo := func(who string) *client {
		c := signedIn(t, s, who)
		c.post(page+"/undo", "", "")
		s.wait(t, strings.TrimPrefix(page, "/leavers/"))
		return c
	}
	c := undo("useradmin")
	c.get(page).says(t, "One person could not be put back.")
	c.get(page).says(t, "Undo the rest")
	c = undo("admin")
	if a := c.get(page); strings.Contains(a.body, page+"/undo") || strings.Contains(a.body, "could not be put back") {
		t.Errorf("undo is still offered:\n%s", a.text())
	}
	if p := s.person(t, "rosa.vandam@lindeboom.example"); !p.Active() || len(p.Roles) != 1 {
		t.Errorf("rosa is %+v", p.User)
	}
}
