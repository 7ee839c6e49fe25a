package api_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"
)

// TestBrief asks for what a large file comes to without its people: the plan, its
// progress, and those of whom there is something to say.
func TestBrief(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		users := wishes(upn("mila.kok"), upn("eva.bakker"), "nobody@lindeboom.example", upn("rosa.vandam"))
		body := object{"users": users}
		whole := s.plan(t, body)
		brief := want[planned](t, s, http.StatusOK, ask{method: "POST", path: "departures/plan?brief=true", body: body})
		if brief.Hash != whole.Hash || brief.Leaving != 2 || len(brief.Items) != 0 || len(whole.Items) != 4 {
			t.Errorf("in brief %+v", brief)
		}
		body["hash"] = whole.Hash
		dep := want[departed](t, s, http.StatusCreated, ask{method: "POST", path: "departures", body: body})
		ctx, cancel := context.WithTimeout(t.Context(), tooLong)
		defer cancel()
		resp := s.stream(ctx, t, dep.ID, "", "?brief=true")
		defer resp.Body.Close()
		all := events(t, resp)
		if n := len(all); n < 2 || all[n-1].name != "end" || all[n-2].name != "progress" {
			t.Fatalf("events %v", all)
		}
		if last := all[len(all)-2].data; last["done"] != 4.0 || last["bad"] != 2.0 || last["total"] != 4.0 {
			t.Errorf("progress %v", last)
		}
		first := want[departed](t, s, http.StatusOK, ask{method: "GET", path: "departures/" + dep.ID + "?brief=true&$top=1"})
		if len(first.Items) != 1 || first.Items[0].User != upn("eva.bakker") || first.Counts["done"] != 2 {
			t.Fatalf("in brief %+v", first)
		}
		_, next, _ := strings.Cut(first.Next, "/api/v1/")
		second := want[departed](t, s, http.StatusOK, ask{method: "GET", path: next})
		if len(second.Items) != 1 || second.Items[0].User != "nobody@lindeboom.example" || second.Next != "" {
			t.Errorf("behind %s: %+v", next, second)
		}
	})
}

// TestPlanOfMany has more items than are held as they are.
func TestPlanOfMany(t *testing.T) {
	s := quiet(t, storetestSQLite(t))
	var names []string
	for i := range 1500 {
		names = append(names, fmt.Sprintf("nobody%04d@lindeboom.example", i))
	}
	names = append(names, upn("mila.kok"))
	plan := s.plan(t, object{"users": wishes(names...)})
	if len(plan.Items) != len(names) || plan.Leaving != 1 {
		t.Fatalf("%d items, %d leave", len(plan.Items), plan.Leaving)
	}
	for i, it := range plan.Items {
		if it.User != names[i] {
			t.Fatalf("item %d is of %s", i, it.User)
		}
	}
}
