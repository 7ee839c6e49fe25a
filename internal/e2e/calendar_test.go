package e2e

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// crowdOf are so many people of an organization whom nothing keeps from leaving.
func (s *school) crowdOf(t testing.TB, n int) []offboard.Wish {
	t.Helper()
	page, err := s.store.Users(t.Context(), offboard.UserQuery{ListQuery: offboard.ListQuery{Query: odata.Query{Top: 240}}})
	if err != nil {
		t.Fatal(err)
	}
	var wishes []offboard.Wish
	for _, row := range page.Rows {
		if string(row.ID) != s.id(t, "admin") { // who looks at it
			wishes = append(wishes, offboard.Wish{User: string(row.ID)})
		}
	}
	plan, err := s.desk.Plan(t.Context(), boss, offboard.Request{People: wishes})
	if err != nil {
		t.Fatal(err)
	}
	var able []offboard.Wish
	for i := range plan.Items {
		if plan.Items[i].Outcome == org.OutcomeDelete && len(able) < n {
			able = append(able, wishes[i])
		}
	}
	if len(able) < n {
		t.Fatalf("only %d can leave", len(able))
	}
	return able
}

// TestCalendarOfManyLeavers: a day of many people is not counted to its end, and many
// days are shown page by page.
func TestCalendarOfManyLeavers(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 250)
	s.run(t, s.crowdOf(t, offboard.DeadlineMost+10)...)
	c := signedIn(t, s, "admin")
	a := c.get("/leavers/calendar")
	a.says(t, fmt.Sprintf("more than %d people", offboard.DeadlineMost))
	a.says(t, "and others")
	if err := s.store.DB().Update(t.Context(), func(tx *sqldb.Tx) error {
		_, err := tx.Exec(t.Context(), "update users set deleted = deleted - (pk % 27) * 86400 where deleted is not null")
		return err
	}); err != nil {
		t.Fatal(err)
	}
	days := regexp.MustCompile(`<strong>([^<]*)</strong>`)
	var seen []string
	for at := "/leavers/calendar"; ; {
		a := c.get(at)
		for _, day := range days.FindAllStringSubmatch(a.body[strings.Index(a.body, "<ol>"):], -1) {
			if slices.Contains(seen, day[1]) {
				t.Errorf("R-SM-04: %s is on two pages", day[1])
			}
			seen = append(seen, day[1])
		}
		if !strings.Contains(a.body, "calendar?from=") {
			break
		}
		at = a.link(t, "Next")
	}
	if len(seen) < 50 {
		t.Errorf("R-SM-04: %d days on all pages: %q", len(seen), seen)
	}
}
