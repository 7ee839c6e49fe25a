package api_test

import (
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"leaver/internal/api"
)

type planned struct {
	Hash       string
	Leaving    int
	MassDelete bool
	Items      []struct {
		User, ID, DisplayName, Outcome string
		Steps                          []struct {
			Kind, Summary string
			Reversible    bool
		}
		Consequences []struct{ Rule, Severity, Text, Date string }
		Refusals     []struct{ Code, Rule, Text, Hint, Target string }
	}
	Savings struct {
		Now   []struct{ Amount float64 }
		Later []struct{ From, Product string }
	}
}

type departed struct {
	ID, Status string
	CreatedBy  struct{ Name string }
	Total      int
	Counts     map[string]int
	Items      []struct {
		User, Outcome, Code, Rule, Message string
		Undone                             bool
		Notes                              []struct{ Code, Text string }
		Steps                              []struct{ Kind, Outcome, StartedDateTime, EndedDateTime, Summary string }
	}
	Next string `json:"items@odata.nextLink"`
}

type wish = map[string]any

func wishes(users ...string) []wish {
	out := make([]wish, len(users))
	for i, u := range users {
		out[i] = wish{"user": u}
	}
	return out
}

// plan asks for a plan.
func (s *site) plan(t *testing.T, body object, header ...string) planned {
	t.Helper()
	return want[planned](t, s, http.StatusOK, ask{method: "POST", path: "departures/plan", body: body, header: header})
}

// run confirms a plan of a body and waits for the end of the run.
func (s *site) run(t *testing.T, body object) departed {
	t.Helper()
	body["hash"] = s.plan(t, body).Hash
	started := want[departed](t, s, http.StatusCreated, ask{method: "POST", path: "departures", body: body})
	s.follow(t, started.ID, "")
	return want[departed](t, s, http.StatusOK, ask{method: "GET", path: "departures/" + started.ID})
}

func TestPlan(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		body := object{"users": []wish{
			{"user": upn("anna.devries"), "mailTo": upn("bram.jansen"), "replyInside": "auto", "replyOutside": "same", "filesTo": upn("bram.jansen"), "removeAliases": []string{upn("a.devries")}},
			{"user": upn("mila.kok")},
			{"user": upn("eva.bakker")},
			{"user": "nobody@lindeboom.example"},
		}, "defaults": object{"removeLicenses": true}}
		before := want[object](t, s, http.StatusOK, ask{method: "GET", path: "people/" + upn("anna.devries")})
		plan := s.plan(t, body)
		if len(plan.Items) != 4 || plan.Leaving != 2 || plan.Hash == "" {
			t.Fatalf("got %d items of which %d leave, hash %q", len(plan.Items), plan.Leaving, plan.Hash)
		}
		anna := plan.Items[0]
		if anna.Outcome != "keepAsSharedMailbox" || anna.User != upn("anna.devries") || anna.ID == "" || anna.DisplayName == "" {
			t.Errorf("R-DEL-32: got %+v", anna)
		}
		var kinds []string
		for _, step := range anna.Steps {
			kinds = append(kinds, step.Kind)
			if step.Summary == "" || strings.Contains(step.Summary, "{") {
				t.Errorf("the summary of %s is %q", step.Kind, step.Summary)
			}
		}
		if got, want := strings.Join(kinds, " "), "blockSignIn rotatePassword revokeSessions setAutomaticReplies convertMailbox grantMailbox removeAliases grantDrive removeLicenses"; got != want {
			t.Errorf("R-WIZ-16: got %s, want %s", got, want)
		}
		if len(anna.Consequences) == 0 || anna.Consequences[0].Text == "" || anna.Consequences[0].Rule == "" {
			t.Errorf("got consequences %+v", anna.Consequences)
		}
		if r := plan.Items[2].Refusals; len(r) != 1 || r[0].Rule != "R-AD-01" || r[0].Text == "" || r[0].Hint == "" {
			t.Errorf("R-AD-01: got %+v", r)
		}
		if r := plan.Items[3].Refusals; len(r) != 1 || r[0].Code != "user.notFound" {
			t.Errorf("R-SM-10: got %+v", r)
		}
		if again := s.plan(t, body); again.Hash != plan.Hash {
			t.Error("the same plan has another hash")
		}
		if dutch := s.plan(t, body, "Accept-Language", "fr, nl;q=0.9, en;q=0.3"); dutch.Items[0].Steps[0].Summary == anna.Steps[0].Summary || dutch.Hash != plan.Hash {
			t.Errorf("in Dutch it is still %q", dutch.Items[0].Steps[0].Summary)
		}
		after := want[object](t, s, http.StatusOK, ask{method: "GET", path: "people/" + upn("anna.devries")})
		if at(t, before, "accountEnabled") != at(t, after, "accountEnabled") {
			t.Error("planning changed something")
		}
	})
}

func TestDepartureFromPlanToUndo(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		body := object{"users": []wish{{"user": upn("anna.devries"), "mailTo": upn("bram.jansen")}, {"user": upn("mila.kok")}, {"user": upn("eva.bakker")}}}
		dep := s.run(t, body)
		if dep.Status != "partial" || dep.Counts["done"] != 2 || dep.Counts["refused"] != 1 || dep.CreatedBy.Name == "" {
			t.Fatalf("got %+v", dep)
		}
		anna, eva := dep.Items[0], dep.Items[2]
		if anna.Outcome != "done" || len(anna.Steps) == 0 || anna.Steps[0].Outcome != "done" || anna.Steps[0].StartedDateTime == "" || anna.Steps[0].EndedDateTime == "" {
			t.Errorf("got %+v", anna)
		}
		if eva.Outcome != "refused" || eva.Rule != "R-AD-01" || eva.Code != "user.synced" || !strings.Contains(eva.Message, "Active Directory") {
			t.Errorf("got %+v", eva)
		}
		box := want[object](t, s, http.StatusOK, ask{method: "GET", path: "mailboxes/" + upn("anna.devries")})
		if box["type"] != "shared" {
			t.Errorf("R-WIZ-12: the mailbox is %v", box["type"])
		}
		back := want[departed](t, s, http.StatusOK, ask{method: "POST", path: "departures/" + dep.ID + "/undo"})
		if back.Status != "undone" || !back.Items[0].Undone || len(back.Items[0].Notes) == 0 || back.Items[0].Notes[0].Text == "" {
			t.Errorf("got %+v", back)
		}
		box = want[object](t, s, http.StatusOK, ask{method: "GET", path: "mailboxes/" + upn("anna.devries")})
		if box["type"] != "user" {
			t.Errorf("R-MBX-01: the mailbox is %v", box["type"])
		}
		mila := want[object](t, s, http.StatusOK, ask{method: "GET", path: "people/" + upn("mila.kok")})
		if mila["deletedDateTime"] != nil {
			t.Error("R-RES-01: still deleted")
		}
		if again := want[departed](t, s, http.StatusOK, ask{method: "POST", path: "departures/" + dep.ID + "/undo"}); again.Status != "undone" {
			t.Errorf("undone twice: got %s", again.Status)
		}
	})
}

// TestUndoThatTakesLong: who has waited long enough is told that the way back goes on,
// and can ask again.
func TestUndoThatTakesLong(t *testing.T) {
	each2(t, func(t *testing.T, s *site) {
		hasty := serve(t, s.store, func(a *api.API) { a.Patience = time.Nanosecond })
		hasty.describe()
		body := object{"users": wishes(upn("mila.kok"))}
		body["hash"] = s.plan(t, body).Hash
		dep := want[departed](t, s, http.StatusCreated, ask{method: "POST", path: "departures", body: body})
		s.carryOut(t)
		undo := ask{method: "POST", path: "departures/" + dep.ID + "/undo"}
		if goes := want[departed](t, hasty, http.StatusAccepted, undo); goes.Status != "running" || goes.Items[0].Undone {
			t.Errorf("R-SM-13 got %+v", goes)
		}
		s.carryOut(t)
		if back := want[departed](t, s, http.StatusOK, undo); back.Status != "undone" || !back.Items[0].Undone {
			t.Errorf("R-SM-13 got %+v", back)
		}
	})
}

// carryOut does what waits for a worker.
func (s *site) carryOut(t *testing.T) {
	t.Helper()
	for worked := true; worked; {
		var err error
		if worked, err = s.desk.WorkOnce(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
}

func TestIdempotencyKey(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		before := len(s.departures(t))
		body := object{"users": wishes(upn("mila.kok"))}
		body["hash"] = s.plan(t, body).Hash
		first := want[departed](t, s, http.StatusCreated, ask{method: "POST", path: "departures", body: body, header: []string{"Idempotency-Key", "one"}})
		s.follow(t, first.ID, "")
		got := s.do(t, ask{method: "POST", path: "departures", body: body, header: []string{"Idempotency-Key", "one"}})
		if got.StatusCode != http.StatusCreated || !strings.HasSuffix(got.Header.Get("Location"), "/api/v1/departures/"+first.ID) {
			t.Errorf("again: got %d at %s: %s", got.StatusCode, got.Header.Get("Location"), got.text)
		}
		other := object{"users": wishes(upn("rosa.vandam"))}
		other["hash"] = s.plan(t, other).Hash
		f := want[fault](t, s, http.StatusConflict, ask{method: "POST", path: "departures", body: other, header: []string{"Idempotency-Key", "one"}})
		if f.Error.Code != "departure.keyReused" {
			t.Errorf("another plan: got %+v", f)
		}
		if n := len(s.departures(t)); n != before+1 {
			t.Errorf("got %d departures", n)
		}
	})
}

// departures lists every departure through all pages.
func (s *site) departures(t *testing.T) []departed {
	t.Helper()
	var all []departed
	next := "departures?$top=2"
	for next != "" {
		page := want[struct {
			Value []departed
			Next  string `json:"@odata.nextLink"`
		}](t, s, http.StatusOK, ask{method: "GET", path: next})
		all, next = append(all, page.Value...), page.Next
	}
	return all
}

func TestStalePlan(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		body := object{"users": []wish{{"user": upn("anna.devries"), "mailTo": upn("bram.jansen")}}}
		body["hash"] = s.plan(t, body).Hash
		want[object](t, s, http.StatusOK, ask{method: "PATCH", path: "mailboxes/" + upn("anna.devries"), body: object{"litigationHold": true}})
		for lang, word := range map[string]string{"en": "changed", "nl": "veranderd"} {
			f := want[fault](t, s, http.StatusConflict, ask{method: "POST", path: "departures", body: body, header: []string{"Accept-Language", lang}})
			if f.Error.Code != "PlanChanged" || !strings.Contains(f.Error.Message, word) {
				t.Errorf("in %s: got %+v", lang, f)
			}
		}
		if p := want[object](t, s, http.StatusOK, ask{method: "GET", path: "people/" + upn("anna.devries")}); p["accountEnabled"] != true {
			t.Error("something was done")
		}
	})
}

func TestMassDeleteIsConfirmedByName(t *testing.T) {
	s := open(t, storetestSQLite(t))
	want[object](t, s, http.StatusOK, ask{method: "PATCH", path: "organization", body: object{"settings": object{"massDeleteCount": 1}}})
	body := object{"users": wishes(upn("mila.kok"), upn("rosa.vandam"))}
	plan := s.plan(t, body)
	if !plan.MassDelete {
		t.Fatal("R-AD-07: the plan does not say that it is a mass deletion")
	}
	body["hash"] = plan.Hash
	f := want[fault](t, s, http.StatusConflict, ask{method: "POST", path: "departures", body: body})
	if f.Error.Code != "departure.massDelete" || f.rule() != "R-AD-07" || f.Error.Details[0].Target != "override" {
		t.Errorf("R-AD-07: got %+v", f)
	}
	body["override"] = "massDelete"
	want[departed](t, s, http.StatusCreated, ask{method: "POST", path: "departures", body: body})
}

// TestTwoAdministratorsAtOnce: one of two runs over the same person does it, the
// other says why not.
func TestTwoAdministratorsAtOnce(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		body := object{"users": wishes(upn("rosa.vandam"))}
		body["hash"] = s.plan(t, body).Hash
		ids := make([]string, 2)
		var both sync.WaitGroup
		for i, who := range []string{admin, admin2} {
			both.Go(func() {
				got := s.do(t, ask{as: who, method: "POST", path: "departures", body: body})
				if got.StatusCode == http.StatusCreated {
					ids[i] = got.Header.Get("Location")[strings.LastIndex(got.Header.Get("Location"), "/")+1:]
				} else if got.StatusCode != http.StatusConflict {
					t.Errorf("got %d: %s", got.StatusCode, got.text)
				}
			})
		}
		both.Wait()
		done := 0
		for _, id := range ids {
			if id == "" {
				continue // it came after the other had run: PlanChanged
			}
			s.follow(t, id, "")
			dep := want[departed](t, s, http.StatusOK, ask{method: "GET", path: "departures/" + id})
			done += dep.Counts["done"]
			if dep.Counts["done"] == 0 && dep.Items[0].Code != "user.notFound" {
				t.Errorf("the other got %+v", dep.Items[0])
			}
		}
		if done != 1 {
			t.Errorf("R-SM-14: it was done %d times", done)
		}
	})
}
