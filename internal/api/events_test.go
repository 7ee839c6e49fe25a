package api_test

import (
	"bufio"
	"context"
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func storetestSQLite(t *testing.T) *store.Store {
	t.Helper()
	return storetest.SQLite(t)
}

// event is one server-sent event.
type event struct {
	id, name string
	data     map[string]any
}

// stream opens the progress of a departure.
func (s *site) stream(ctx context.Context, t *testing.T, id, last string, query ...string) *http.Response {
	t.Helper()
	req, err := http.NewRequestWithContext(ctx, http.MethodGet, s.url+"departures/"+id+"/events"+strings.Join(query, ""), http.NoBody)
	if err != nil {
		t.Fatal(err)
	}
	req.Header.Set("Authorization", "Bearer "+admin)
	req.Header.Set("Accept", "text/event-stream")
	if last != "" {
		req.Header.Set("Last-Event-ID", last)
	}
	resp, err := s.http.Do(req)
	if err != nil {
		t.Fatal(err)
	}
	return resp
}

// follow reads the progress of a departure to its end.
func (s *site) follow(t *testing.T, id, last string) []event {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), tooLong)
	defer cancel()
	resp := s.stream(ctx, t, id, last)
	defer resp.Body.Close()
	if resp.StatusCode != http.StatusOK || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		t.Fatalf("got %d %s", resp.StatusCode, resp.Header.Get("Content-Type"))
	}
	s.mu.Lock()
	s.seen["followDeparture"] = true
	s.mu.Unlock()
	all := events(t, resp)
	if len(all) == 0 || all[len(all)-1].name != "end" {
		t.Fatalf("the stream ended without an end: %v", all)
	}
	return all
}

func events(t *testing.T, resp *http.Response) []event {
	t.Helper()
	var all []event
	var e event
	lines := bufio.NewScanner(resp.Body)
	for lines.Scan() {
		switch field, value, _ := strings.Cut(lines.Text(), ": "); field {
		case "":
			if e.name != "" {
				all = append(all, e)
			}
			e = event{}
		case "id":
			e.id = value
		case "event":
			e.name = value
		case "data":
			if err := json.Unmarshal([]byte(value), &e.data); err != nil {
				t.Fatalf("data %q: %v", value, err)
			}
		}
	}
	return all
}

func TestEvents(t *testing.T) {
	each(t, func(t *testing.T, s *site) {
		body := object{"users": wishes(upn("mila.kok"), upn("eva.bakker"), upn("rosa.vandam"))}
		body["hash"] = s.plan(t, body).Hash
		dep := want[departed](t, s, http.StatusCreated, ask{method: "POST", path: "departures", body: body})
		all := s.follow(t, dep.ID, "")
		if len(all) != 4 {
			t.Fatalf("got %v", all)
		}
		for i, user := range []string{upn("mila.kok"), upn("eva.bakker"), upn("rosa.vandam")} {
			if e := all[i]; e.name != "item" || e.data["user"] != user || e.data["done"] != float64(i+1) || e.data["total"] != 3.0 || e.data["message"] == "" {
				t.Errorf("event %d is %+v", i, e)
			}
		}
		if all[1].data["outcome"] != "refused" || all[1].data["rule"] != "R-AD-01" {
			t.Errorf("got %+v", all[1])
		}
		if all[3].data["status"] != "partial" {
			t.Errorf("got %+v", all[3])
		}
		rest := s.follow(t, dep.ID, all[1].id)
		if len(rest) != 2 || rest[0].data["user"] != upn("rosa.vandam") {
			t.Errorf("going on behind the second event: got %v", rest)
		}
	})
}

// TestEventsOfUndo: the stream of a way back tells who came back and who did not,
// and ends.
func TestEventsOfUndo(t *testing.T) {
	s := open(t, storetest.SQLite(t))
	dep := s.run(t, object{"users": wishes(upn("rosa.vandam"), upn("mila.kok"))})
	want[object](t, s, http.StatusCreated, ask{method: "POST", path: "people", body: object{"userPrincipalName": upn("mila.kok"), "displayName": "Another", "generatePassword": true}})
	back := want[departed](t, s, http.StatusOK, ask{method: "POST", path: "departures/" + dep.ID + "/undo"})
	if back.Status != "undone" || !back.Items[0].Undone || back.Items[1].Undone || !strings.Contains(back.Items[1].Message, "Deleted users") {
		t.Errorf("R-SM-13 got %+v", back)
	}
	all := s.follow(t, dep.ID, "")
	if len(all) != 3 || all[0].data["undone"] != true || all[1].data["undone"] != nil {
		t.Errorf("got %v", all)
	}
}

// TestEventsOfAnotherNode: what this node does not run itself is read from the
// journal.
func TestEventsOfAnotherNode(t *testing.T) {
	each2(t, func(t *testing.T, s *site) {
		body := object{"users": wishes(upn("mila.kok"))}
		body["hash"] = s.plan(t, body).Hash
		dep := want[departed](t, s, http.StatusCreated, ask{method: "POST", path: "departures", body: body})
		resp := s.stream(t.Context(), t, dep.ID, "")
		defer resp.Body.Close()
		other := &offboard.Desk{Store: s.store, Now: s.desk.Now, NewID: newIDs("elsewhere"), Log: s.desk.Log, Node: "elsewhere", Lease: time.Minute}
		if worked, err := other.WorkOnce(t.Context()); err != nil || !worked {
			t.Fatalf("worked %v: %v", worked, err)
		}
		if all := events(t, resp); len(all) != 2 || all[1].name != "end" {
			t.Errorf("got %v", all)
		}
	})
}

// each2 is each without anybody who carries departures out.
func each2(t *testing.T, f func(t *testing.T, s *site)) {
	t.Helper()
	storetest.Each(t, func(t *testing.T, st *store.Store) { f(t, quiet(t, st)) })
}

func TestEventsEndWithTheClient(t *testing.T) {
	s := quiet(t, storetestSQLite(t))
	body := object{"users": wishes(upn("mila.kok"))}
	body["hash"] = s.plan(t, body).Hash
	dep := want[departed](t, s, http.StatusCreated, ask{method: "POST", path: "departures", body: body})
	ctx, leave := context.WithCancel(t.Context())
	resp := s.stream(ctx, t, dep.ID, "")
	leave()
	resp.Body.Close()
	// The listener's Close, in the cleanup of the site, waits for every handler:
	// one that went on following would keep this test from ending.
}
