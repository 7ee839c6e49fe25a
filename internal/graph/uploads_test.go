package graph_test

import (
	"fmt"
	"net/http"
	"slices"
	"sync"
	"testing"
)

// atOnce runs a function n times at the same moment.
func atOnce(n int, f func(i int)) {
	var wait sync.WaitGroup
	begin := make(chan struct{})
	for i := range n {
		wait.Go(func() {
			<-begin
			f(i)
		})
	}
	close(begin)
	wait.Wait()
}

// TestOneNameOneFile: whoever uploads a name at the same moment as somebody else,
// or the first file into a folder that is not there yet, makes no second one.
func TestOneNameOneFile(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	anna := s.as("anna.devries")
	anna.get("/me/drive").want(200)
	statuses := make([]int, 16)
	atOnce(len(statuses), func(i int) { statuses[i] = anna.put("/me/drive/root:/zelfde.txt:/content", fmt.Sprint(i)).status })
	if n := len(slices.DeleteFunc(slices.Clone(statuses), func(s int) bool { return s != http.StatusCreated })); n != 1 {
		t.Errorf("R-API-61: %d made the file: %v", n, statuses)
	}
	atOnce(len(statuses), func(i int) {
		statuses[i] = anna.put(fmt.Sprintf("/me/drive/root:/nieuw/map/%d.txt:/content", i), "x").status
	})
	named := func(path string) (names []string) {
		for _, r := range anna.get(path + "?$top=100").want(200).rows() {
			names = append(names, r["name"].(string))
		}
		return names
	}
	names := named("/me/drive/root/children")
	for _, name := range []string{"zelfde.txt", "nieuw"} {
		if n := len(slices.DeleteFunc(slices.Clone(names), func(x string) bool { return x != name })); n != 1 {
			t.Errorf("R-API-61: %s is there %d times: %v", name, n, names)
		}
	}
	if n := len(named("/me/drive/root:/nieuw/map:/children")); n != len(statuses) {
		t.Errorf("%d of %d files arrived: %v", n, len(statuses), statuses)
	}
	folder := `{"name":"tegelijk","folder":{}}`
	atOnce(len(statuses), func(i int) { statuses[i] = anna.post("/me/drive/root/children", folder).status })
	if slices.Sort(statuses); statuses[0] != http.StatusCreated || statuses[1] != http.StatusConflict {
		t.Errorf("got %v", statuses)
	}
}

// TestConflictBehavior: what happens where a name is taken is the client's to say.
func TestConflictBehavior(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	anna := s.as("anna.devries")
	const at = "/me/drive/root:/plan.txt:/content"
	first := anna.put(at, "1").want(201).str("id")
	anna.put(at+"?@microsoft.graph.conflictBehavior=fail", "2").refused(409, "nameAlreadyExists", "")
	if got := anna.put(at+"?@microsoft.graph.conflictBehavior=rename", "2").want(201).str("name"); got != "plan 1.txt" {
		t.Errorf("got %s", got)
	}
	if got := anna.put(at+"?@microsoft.graph.conflictBehavior=replace", "3").want(200).str("id"); got != first {
		t.Errorf("got %s, want %s", got, first)
	}
	anna.post("/me/drive/root/children", `{"name":"map","folder":{}}`).want(201)
	anna.post("/me/drive/root/children", `{"name":"map","folder":{},"@microsoft.graph.conflictBehavior":"fail"}`).refused(409, "nameAlreadyExists", "")
	if got := anna.post("/me/drive/root/children", `{"name":"map","folder":{},"@microsoft.graph.conflictBehavior":"rename"}`).want(201).str("name"); got != "map 1" {
		t.Errorf("got %s", got)
	}
}

// TestBodiesStayWithTheirFiles: the sweep removes a body that nobody needs while
// somebody uploads the same one again, hundreds of times; every file that was
// answered for can be read.
func TestBodiesStayWithTheirFiles(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	anna := s.as("anna.devries").with("Content-Type", "text/plain")
	for i := range 150 {
		same := fmt.Sprintf("the same content, round %d", i)
		anna.put("/me/drive/root:/oud.txt:/content", same)
		anna.put("/me/drive/root:/oud.txt:/content", fmt.Sprint(i)) // lets go of it
		var a *answer
		atOnce(2, func(who int) {
			if who == 1 {
				if _, err := s.desk.RemoveBodies(t.Context()); err != nil {
					t.Error(err)
				}
				return
			}
			for range 100 {
				if a = anna.put(fmt.Sprintf("/me/drive/root:/nieuw %d.txt:/content", i), same); a.status != http.StatusServiceUnavailable {
					return
				}
			}
		})
		if got := anna.get("/me/drive/items/" + a.want(201).str("id") + "/content").want(200); string(got.raw) != same {
			t.Fatalf("round %d: %q", i, got.raw)
		}
	}
}
