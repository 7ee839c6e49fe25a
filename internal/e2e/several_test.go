package e2e

import (
	"bytes"
	"encoding/csv"
	"fmt"
	"mime/multipart"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// upload hands in a file.
func (c *client) upload(content string) answer {
	c.t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	part, err := w.CreateFormFile("file", "leavers.csv")
	if err != nil {
		c.t.Fatal(err)
	}
	fmt.Fprint(part, content)
	if err := w.Close(); err != nil {
		c.t.Fatal(err)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.s.URL+"/several/file", &body)
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", w.FormDataContentType())
	return c.send(r)
}

func TestAFileOfLeavers(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")

	t.Run("R-BULK-11 every error at once, with its row", func(t *testing.T) {
		a := c.upload("userPrincipalName,mailTo,holdMailbox\nanna.devries@lindeboom.example,,perhaps\nnobody,,\n,bram.jansen@lindeboom.example,\n")
		if a.status != http.StatusUnprocessableEntity {
			t.Errorf("got %d", a.status)
		}
		for _, want := range []string{"Row 2, holdMailbox", "Row 3, userPrincipalName", "Row 4", "3 things are wrong"} {
			a.says(t, want)
		}
	})
	t.Run("R-BULK-10 the template can be handed in", func(t *testing.T) {
		a := c.upload(c.get("/several/template.csv").body + "\"quinten.nobody@lindeboom.example\",,,,,,,,,\r\n")
		a.says(t, "Plan for 1 person")
	})

	plan := c.upload("userPrincipalName;mailTo\nanna.devries@lindeboom.example;bram.jansen@lindeboom.example\neva.bakker@lindeboom.example;\n" +
		"mila.kok@lindeboom.example;\nniemand@lindeboom.example;\n")
	for _, want := range []string{"2 people stay", "Eva Bakker", "niemand@lindeboom.example", "2 people leave", "Keep as shared mailbox"} {
		plan.says(t, want)
	}
	values := plan.hidden()
	c.send(c.form(plan.path, values)).says(t, "Confirm first")
	values.Set("sure", "yes")
	a := c.send(c.form(plan.path, values))
	id, ok := strings.CutPrefix(a.path, "/leavers/")
	if !ok {
		t.Fatalf("got %d %s\n%s", a.status, a.path, a.text())
	}
	s.wait(t, id)

	t.Run("R-SM-14 a refused row does not stop the others", func(t *testing.T) {
		if p := s.person(t, anna); p.Mailbox.Type != org.SharedMailbox {
			t.Error("anna's mailbox is not shared")
		}
		if p := storetest.Load(t, s.store, "mila.kok@lindeboom.example")[0]; p != nil {
			t.Error("mila is still active")
		}
		a := c.get("/leavers/" + id)
		a.says(t, "A part was done.")
		a.says(t, "comes from Active Directory")
	})
	t.Run("R-BULK-11 the results have the columns of the file and four more", func(t *testing.T) {
		in := csv.NewReader(strings.NewReader(c.get("/leavers/" + id + "/results.csv").body))
		in.Comma = ';'
		rows, err := in.ReadAll()
		if err != nil || len(rows) != 5 {
			t.Fatalf("got %q, %v", rows, err)
		}
		if got := strings.Join(rows[0], ","); got != "userPrincipalName,mailTo,outcome,code,rule,message" {
			t.Errorf("the headings are %s", got)
		}
		if got := rows[2]; got[2] != "refused" || got[4] != "R-AD-01" || got[5] == "" {
			t.Errorf("the row of eva is %q", got)
		}
	})
	t.Run("the same draft is one run", func(t *testing.T) {
		if again := c.send(c.form(plan.path, values)); again.path != a.path {
			t.Errorf("got %d %s, want %s", again.status, again.path, a.path)
		}
		c.get(plan.path).says(t, "This was confirmed and carried out.")
	})
	t.Run("a draft of somebody else is not there", func(t *testing.T) {
		if a := signedIn(t, s, "admin2").get(plan.path); a.status != http.StatusNotFound {
			t.Errorf("got %d", a.status)
		}
	})
	t.Run("R-SM-13 undo puts all of them back", func(t *testing.T) {
		c.post("/leavers/" + id + "/undo")
		s.wait(t, id)
		if p := s.person(t, "mila.kok@lindeboom.example"); !p.Active() {
			t.Error("mila is not back")
		}
	})
}

func TestASelectionOverPages(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 250)
	c := signedIn(t, s, "admin")
	boxes := func(a answer) []string {
		t.Helper()
		var ids []string
		for _, tag := range inputTag.FindAllString(a.body, -1) {
			if at := attributes(tag); at["name"] == "sel" {
				ids = append(ids, at["value"])
			}
		}
		if len(ids) < 2 {
			t.Fatal("the list can't be selected from")
		}
		return ids
	}
	const list = `name="pick"`
	first := c.get("/users")
	ids := boxes(first)
	f := first.filled(t, list)
	f["sel"], f["after"] = ids[:2], []string{next(first)}
	second := c.get("/users?" + f.Encode())
	second.says(t, "2 selected")
	more := boxes(second)
	if more[0] == ids[0] {
		t.Fatal("the second page is the first")
	}

	t.Run("back on the first page one is taken off, and a view keeps the rest", func(t *testing.T) {
		f := second.filled(t, list)
		f.Set("after", "")
		again := c.get("/users?" + f.Encode())
		f = again.filled(t, list)
		if got := f["sel"]; len(got) != 2 || len(f["on"]) != 2 {
			t.Fatalf("ticked are %q", got)
		}
		f["sel"], f["show"] = ids[:1], []string{"blocked"}
		blocked := c.get("/users?" + f.Encode())
		blocked.says(t, "1 selected")
		if a := c.send(c.form("/several", blocked.filled(t, list))); a.path != "/users/"+ids[0]+"/delete" {
			t.Errorf("R-WIZ-01: one person leads to %s", a.path)
		}
		f = blocked.filled(t, list)
		f.Set("nobody", "yes")
		c.get("/users?"+f.Encode()).says(t, "0 selected")
	})
	t.Run("R-BULK-01 ticks of two pages go on together", func(t *testing.T) {
		f := c.get("/users?"+url.Values{"sel": ids[:2], "after": {next(first)}}.Encode()).filled(t, list)
		f["sel"] = more[:1]
		c.send(c.form("/several", f)).says(t, "Plan for 3 people")
	})
	t.Run("everybody who matches", func(t *testing.T) {
		a := c.get("/users?everybody=yes")
		a.says(t, "250 selected")
		if _, err := url.ParseQuery(a.filled(t, list).Encode()); err != nil || len(a.filled(t, list)["on"]) != 50 {
			t.Errorf("the page carries %d of them", len(a.filled(t, list)["on"]))
		}
		c.send(c.form("/several", a.filled(t, list))).says(t, "Plan for 250 people")
	})
	t.Run("a selection is its owner's", func(t *testing.T) {
		pick := second.filled(t, list).Get("pick")
		signedIn(t, s, "admin2").get("/users?pick="+pick).says(t, "0 selected")
	})
	c.post("/several").says(t, "Nobody was selected.")
}

// next is what leads to the next page of a list.
func next(a answer) string {
	for _, tag := range inputTag.FindAllString(a.body, -1) {
		if at := attributes(tag); at["name"] == "after" && at["value"] != "" {
			return at["value"]
		}
	}
	return ""
}

func TestManyAtOnceAreConfirmedByNumber(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 60)
	c := signedIn(t, s, "admin")
	c.send(c.form("/settings", with(c.get("/settings").filled(t, `name="massCount"`), "massCount", "3")))
	plan := c.upload("userPrincipalName\nanna.devries@lindeboom.example\nmila.kok@lindeboom.example\nrosa.vandam@lindeboom.example\nlars.vos@lindeboom.example\n")
	plan.says(t, "That is more than the threshold")
	values := plan.hidden()
	for _, typed := range []string{"", "5"} {
		values.Set("typed", typed)
		values.Set("sure", "yes")
		if a := c.send(c.form(plan.path, values)); strings.HasPrefix(a.path, "/leavers/") {
			t.Fatalf("R-AD-07: confirmed with %q", typed)
		}
	}
	values.Set("typed", "4")
	if a := c.send(c.form(plan.path, values)); !strings.HasPrefix(a.path, "/leavers/") {
		t.Errorf("R-AD-07: got %d %s\n%s", a.status, a.path, a.text())
	}
}

// TestProgressIsTold follows a run by its events, as a page does.
func TestProgressIsTold(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 900)
	c := signedIn(t, s, "admin")
	page, err := s.store.Users(t.Context(), offboard.UserQuery{ListQuery: offboard.ListQuery{Query: odata.Query{Select: []string{"userPrincipalName"}, Top: 900}}})
	if err != nil {
		t.Fatal(err)
	}
	var file strings.Builder
	file.WriteString("userPrincipalName\n")
	for _, r := range page.Rows {
		file.WriteString(r.UPN + "\n")
	}
	plan := c.upload(file.String())
	plan.says(t, "Type the number")
	values := plan.hidden()
	_, rest, _ := strings.Cut(plan.text(), "Type the number ")
	values.Set("typed", strings.Fields(rest)[0])
	a := c.send(c.form(plan.path, values))
	events := c.get(a.path + "/events") // ends with the run
	if !strings.Contains(events.body, "event: progress\ndata: ") || !strings.HasSuffix(events.body, "event: end\ndata: ended\n\n") {
		t.Errorf("got %q", events.body)
	}
	if kind := events.header.Get("Content-Type"); kind != "text/event-stream" {
		t.Errorf("it is %s", kind)
	}
	c.get(a.path).says(t, "A part was done.") // the administrators and the one from Active Directory stay
	c.get(a.path+"?after=99").says(t, "First page")
}

func TestAUserAdministratorDeletesSeveral(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "useradmin")
	plan := c.upload("userPrincipalName\nanna.devries@lindeboom.example\nmila.kok@lindeboom.example\nivo.peters@lindeboom.example\n")
	plan.says(t, "2 people leave") // R-ROLE-04: without any choice that takes another role
	plan.says(t, "1 person stays") // R-ROLE-14: a Billing Administrator
	values := plan.hidden()
	values.Set("sure", "yes")
	if a := c.send(c.form(plan.path, values)); !strings.HasPrefix(a.path, "/leavers/") {
		t.Errorf("R-ROLE-04: got %d %s\n%s", a.status, a.path, a.text())
	}
}
