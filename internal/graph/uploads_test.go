package graph_test

import (
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
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

// TestIfMatch: whoever names the version that they saw replaces no other, and two who
// saw the same one do not both.
func TestIfMatch(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	anna := s.as("anna.devries").with("Content-Type", "text/plain")
	const at = "/me/drive/root:/samen.txt:/content"
	anna.with("If-Match", "*").put(at, "one").refused(412, "resourceModified", "")
	anna.put(at, "one").want(201)
	old := anna.get(at).want(200).header.Get("Etag")
	anna.with("If-Match", `"another", `+old).put(at, "two").want(200)
	anna.with("If-Match", old).put(at, "three").refused(412, "resourceModified", "")
	now := anna.get(at).want(200).header.Get("Etag")
	var won atomic.Int64
	atOnce(8, func(who int) {
		switch a := anna.with("If-Match", now).put(at, fmt.Sprint("version ", who)); a.status {
		case 200:
			won.Add(1)
		case 412:
		default:
			t.Errorf("got %d: %s", a.status, a.raw)
		}
	})
	if won.Load() != 1 {
		t.Errorf("%d of 8 replaced one version", won.Load())
	}
	anna.with("If-Match", "*").put(at, "last").want(200)
}

// TestParts: a file can be asked for in parts, and again only when it changed.
func TestParts(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	anna := s.as("anna.devries").with("Content-Type", "text/plain")
	const at = "/me/drive/root:/lang.txt:/content"
	anna.put(at, "0123456789").want(201)
	for parts, want := range map[string]string{"bytes=0-3": "0123", "bytes=4-": "456789", "bytes=-2": "89"} {
		a := anna.with("Range", parts).get(at).want(206)
		if string(a.raw) != want || !strings.HasSuffix(a.header.Get("Content-Range"), "/10") {
			t.Errorf("%s: got %q, %v", parts, a.raw, a.header)
		}
	}
	if a := anna.with("Range", "bytes=0-1,8-9").get(at).want(206); !strings.Contains(string(a.raw), "89") {
		t.Errorf("got %q", a.raw)
	}
	anna.with("Range", "bytes=20-").get(at).want(416)
	tag := anna.get(at).want(200).header.Get("Etag")
	anna.with("If-None-Match", tag).get(at).want(304)
	anna.put(at, "abcdefghij").want(200)
	if a := anna.with("If-None-Match", tag).get(at).want(200); string(a.raw) != "abcdefghij" {
		t.Errorf("the same second, other content: got %q", a.raw)
	}
	if a := anna.with("Range", "bytes=0-1", "If-Range", tag).get(at).want(200); string(a.raw) != "abcdefghij" {
		t.Errorf("a part of another version: got %q", a.raw)
	}
}

// TestWholeDrive: inviting to the root is access to everything in the drive.
func TestWholeDrive(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	anna, rosa := s.as("anna.devries"), s.as("rosa.vandam")
	drive := "/drives/" + anna.get("/me/drive").want(200).str("id")
	rosa.get(drive+"/root/children").refused(403, "accessDenied", "")
	rosa.post(drive+"/root/invite", invitation("rosa.vandam", "write")).want(403)
	for _, body := range []string{invitation("rosa.vandam", "read"), invitation("nobody", "write"), strings.Replace(invitation("rosa.vandam", "write"), "{", `{"expirationDateTime":"2027-01-01T00:00:00Z",`, 1)} {
		anna.post(drive+"/root/invite", body).refused(400, "invalidRequest", "")
	}
	made := anna.post(drive+"/items/root/invite", invitation("rosa.vandam", "write")).want(200).rows()
	id := made[0]["id"].(string)
	rosa.get(drive + "/root/children").want(200)
	rosa.put(drive+"/root:/van rosa.txt:/content", "x").want(201)
	rosa.post(drive+"/root/invite", invitation("bram.jansen", "write")).want(403)
	if rows := anna.get(drive + "/root/permissions").want(200).rows(); len(rows) != 2 || rows[1]["id"] != id {
		t.Errorf("got %v", rows)
	}
	if got := anna.get(drive + "/root/permissions/" + id).want(200).str("id"); got != id {
		t.Errorf("got %s", got)
	}
	anna.get(drive+"/root/permissions/none").refused(404, "itemNotFound", "")
	anna.delete(drive + "/root/permissions/" + id).want(204)
	anna.delete(drive+"/root/permissions/"+id).refused(404, "itemNotFound", "")
	rosa.get(drive + "/root/children").want(403)
}

func invitation(who, role string) string {
	return `{"recipients":[{"email":"` + who + `@lindeboom.example"}],"roles":["` + role + `"],"requireSignIn":true,"message":"` + strings.Repeat("é", 2000) + `"}`
}
