package graph_test

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"
)

// responses are the parts of an answer to a batch, by id as text.
func (a *answer) responses() map[string]map[string]any {
	a.t.Helper()
	out := map[string]map[string]any{}
	for _, r := range a.want(200).body["responses"].([]any) {
		p := r.(map[string]any)
		out[fmt.Sprint(p["id"])] = p
	}
	return out
}

func TestBatch(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	t.Run("R-BULK-15 twenty at once, ids in kind, relative addresses", func(t *testing.T) {
		var parts []map[string]any
		for i := range 20 {
			var id any = i + 1
			if i%2 == 1 {
				id = fmt.Sprint("n", i+1)
			}
			parts = append(parts, map[string]any{"id": id, "method": "GET", "url": []string{"/users?$top=1&$select=id", "users/anna.devries@lindeboom.example", "/v1.0/organization"}[i%3]})
		}
		a := app.post("/$batch", map[string]any{"requests": parts})
		got := a.responses()
		if len(got) != 20 {
			t.Fatalf("%d answers", len(got))
		}
		for id, p := range got {
			if p["status"] != 200.0 {
				t.Errorf("%s: %v", id, p)
			}
		}
		if _, isNumber := a.body["responses"].([]any)[0].(map[string]any)["id"].(float64); !isNumber {
			t.Error("a number came back as something else")
		}
		next := got["1"]["body"].(map[string]any)["@odata.nextLink"].(string)
		app.get(next).want(200)
	})
	t.Run("R-BULK-15 what depends on a failure is not tried", func(t *testing.T) {
		got := app.post("/$batch", `{"requests":[
 {"id":"3","method":"PATCH","url":"/users/mila.kok@lindeboom.example","dependsOn":["2"],"headers":{"Content-Type":"application/json"},"body":{"jobTitle":"nooit"}},
 {"id":"1","method":"GET","url":"/users/nobody@lindeboom.example"},
 {"id":"2","method":"GET","url":"/users/mila.kok@lindeboom.example","dependsOn":["1"]},
 {"id":"4","method":"GET","url":"/users/$count","headers":{"ConsistencyLevel":"eventual"}},
 {"id":"5","method":"POST","url":"/users","headers":{"Content-Type":"application/json"},"body":{}},
 {"id":"6","method":"PATCH","url":"/users/mila.kok@lindeboom.example","headers":{"content-type":"application/json"},"body":{"department":"Ja"},"dependsOn":["4"]}]}`).responses()
		for id, want := range map[string]float64{"1": 404, "2": 424, "3": 424, "4": 200, "5": 400, "6": 204} {
			if got[id]["status"] != want {
				t.Errorf("%s: got %v, want %v", id, got[id], want)
			}
		}
		a := app.get("/users/mila.kok@lindeboom.example?$select=jobTitle,department")
		if a.str("jobTitle") == "nooit" || a.str("department") != "Ja" {
			t.Errorf("got %s", a.raw)
		}
	})
	for name, body := range map[string]string{
		"too many":    `{"requests":[` + strings.TrimSuffix(strings.Repeat(`{"id":"x","method":"GET","url":"/me"},`, 21), ",") + `]}`,
		"none":        `{"requests":[]}`,
		"the same id": `{"requests":[{"id":"1","method":"GET","url":"/me"},{"id":1,"method":"GET","url":"/me"}]}`,
		"no id":       `{"requests":[{"method":"GET","url":"/me"}]}`,
		"no url":      `{"requests":[{"id":"1","method":"GET"}]}`,
		"unknown dep": `{"requests":[{"id":"1","method":"GET","url":"/me","dependsOn":["2"]}]}`,
		"a circle":    `{"requests":[{"id":"1","method":"GET","url":"/me","dependsOn":["2"]},{"id":"2","method":"GET","url":"/me","dependsOn":["1"]}]}`,
		"itself":      `{"requests":[{"id":"1","method":"GET","url":"/me","dependsOn":["1"]}]}`,
		"no type":     `{"requests":[{"id":"1","method":"PATCH","url":"/users/mila.kok@lindeboom.example","body":{"jobTitle":"x"}}]}`,
		"a list":      `[]`, "a word": `"x"`, "half": `{"requests":[`, "nothing": ``,
	} {
		t.Run("malformed: "+name, func(t *testing.T) { app.post("/$batch", body).refused(400, "BadRequest", "") })
	}
	t.Run("R-BULK-15 null is no body", func(t *testing.T) {
		id := app.get("/users/mila.kok@lindeboom.example?$select=id").str("id")
		got := app.post("/$batch", `{"requests":[{"id":"1","method":"DELETE","url":"/users/`+id+`","body":null},
 {"id":"2","method":"POST","url":"/directory/deletedItems/`+id+`/restore","headers":{"Content-Type":"application/json"},"body":null,"dependsOn":["1"]}]}`).responses()
		if got["1"]["status"] != 204.0 || got["2"]["status"] != 200.0 {
			t.Errorf("got %v", got)
		}
	})
	t.Run("R-BULK-15 a body that is no JSON is in base64, text as it is", func(t *testing.T) {
		const to = "/users/anna.devries@lindeboom.example/drive/root:/"
		put := func(name, kind, body string) map[string]any {
			return map[string]any{"id": name, "method": "PUT", "url": to + name + ":/content", "headers": map[string]any{"Content-Type": kind}, "body": body}
		}
		got := app.post("/$batch", map[string]any{"requests": []any{
			put("a.bin", "application/octet-stream", "AP-_PmE="), put("b.bin", "image/png", "AP+/PmE"), put("c.txt", "text/plain; charset=utf-8", "AP-_"), put("d.bin", "image/png", "!"),
		}}).responses()
		for name, want := range map[string]string{"a.bin": "\x00\xff\xbf>a", "b.bin": "\x00\xff\xbf>a", "c.txt": "AP-_"} {
			if got[name]["status"] != 201.0 {
				t.Errorf("%s: %v", name, got[name])
			} else if held := app.get(to + name + ":/content").want(200).raw; string(held) != want {
				t.Errorf("%s holds %q, want %q", name, held, want)
			}
		}
		if got["d.bin"]["status"] != 400.0 {
			t.Errorf("what is no base64: %v", got["d.bin"])
		}
	})
	t.Run("parts that can't be", func(t *testing.T) {
		got := app.post("/$batch", `{"requests":[{"id":"1","method":"POST","url":"/$batch","headers":{"Content-Type":"application/json"},"body":{"requests":[]}},{"id":"2","method":"GET","url":"https://elsewhere.example/users"},
{"id":"3","method":"GET","url":"/users/../groups"},{"id":"4","method":"BREW","url":"/users"},{"id":"5","method":"GET","url":"%zz"}]}`).responses()
		for id, want := range map[string]float64{"1": 400, "2": 400, "3": 400, "4": 405, "5": 400} {
			if got[id]["status"] != want {
				t.Errorf("%s: got %v, want %v", id, got[id], want)
			}
		}
	})
}

// A batch may hold anything: it is answered, and each part that is answered has
// a status of its own.
func FuzzBatch(f *testing.F) {
	s := newSchool(f)
	app := s.as("")
	for _, seed := range []string{
		`{"requests":[{"id":"1","method":"GET","url":"/users"}]}`, `{"requests":[{"id":1,"method":"GET","url":"users('x')/manager","dependsOn":[]}]}`,
		`{"requests":[{"id":null,"method":"","url":""}]}`, `{"requests":{}}`, `{"requests":[{"id":"1","method":"GET","url":"/drives/x/root:/a:/content","headers":{"Accept":"x\n"}}]}`,
	} {
		f.Add(seed)
	}
	f.Fuzz(func(t *testing.T, body string) {
		if strings.Contains(strings.ToUpper(body), "DELETE") {
			return // the organization is there for every input
		}
		a := app.in(t).post("/$batch", body)
		if a.status >= 500 {
			t.Fatalf("%q: %d %s", body, a.status, a.raw)
		}
		var out struct{ Responses []struct{ Status int } }
		fatal(t, json.Unmarshal(a.raw, &out))
		for _, r := range out.Responses {
			if r.Status < 200 || r.Status == 500 {
				t.Fatalf("%q: part answered %d: %s", body, r.Status, a.raw)
			}
		}
	})
}
