package e2e

import (
	"html"
	"io"
	"net/http"
	"net/http/cookiejar"
	"net/url"
	"regexp"
	"strings"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/practice"
	"leaver/internal/store/storetest"
)

// client is somebody with the plainest of browsers: it follows links and sends
// forms, and runs nothing.
type client struct {
	t testing.TB
	s *school
	*http.Client
	lang string
}

func newClient(t testing.TB, s *school) *client {
	t.Helper()
	jar, err := cookiejar.New(nil)
	if err != nil {
		t.Fatal(err)
	}
	at, err := url.Parse(s.URL)
	if err != nil {
		t.Fatal(err)
	}
	jar.SetCookies(at, []*http.Cookie{{Name: "lang", Value: "en"}})
	return &client{t, s, &http.Client{Jar: jar}, "en"}
}

// signedIn is a client with somebody's session.
func signedIn(t testing.TB, s *school, name string) *client {
	t.Helper()
	c := newClient(t, s)
	a := c.post("/signin", "name", name+"@lindeboom.example", "password", practice.Password)
	if a.status != http.StatusOK || a.path == "/signin" {
		t.Fatalf("%s can't sign in: %d\n%s", name, a.status, a.text())
	}
	return c
}

// answer is a page as it came.
type answer struct {
	status int
	path   string // where the client ended up
	body   string
	header http.Header
}

func (c *client) send(r *http.Request) answer {
	c.t.Helper()
	r.Header.Set("Accept-Language", c.lang)
	res, err := c.Do(r)
	if err != nil {
		c.t.Fatal(err)
	}
	defer res.Body.Close()
	body, err := io.ReadAll(res.Body)
	if err != nil {
		c.t.Fatal(err)
	}
	return answer{res.StatusCode, res.Request.URL.Path, string(body), res.Header}
}

func (c *client) get(path string) answer {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodGet, c.s.URL+path, nil)
	if err != nil {
		c.t.Fatal(err)
	}
	return c.send(r)
}

// post sends a form: pairs of name and value.
func (c *client) post(path string, pairs ...string) answer {
	c.t.Helper()
	values := url.Values{}
	for i := 0; i+1 < len(pairs); i += 2 {
		values.Add(pairs[i], pairs[i+1])
	}
	return c.send(c.form(path, values))
}

func (c *client) form(path string, values url.Values) *http.Request {
	c.t.Helper()
	r, err := http.NewRequestWithContext(c.t.Context(), http.MethodPost, c.s.URL+path, strings.NewReader(values.Encode()))
	if err != nil {
		c.t.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	return r
}

var (
	inputTag  = regexp.MustCompile(`<(?:input|button)\b[^>]*>`)
	attribute = regexp.MustCompile(`\b(name|value|type)="([^"]*)"`)
	tags      = regexp.MustCompile(`(?s)<(?:script|style|head)\b.*?</(?:script|style|head)>|<[^>]*>`)
	spaces    = regexp.MustCompile(`\s+`)
)

// hidden are the hidden fields of a page.
func (a answer) hidden() url.Values {
	values := url.Values{}
	for _, tag := range inputTag.FindAllString(a.body, -1) {
		found := map[string]string{}
		for _, m := range attribute.FindAllStringSubmatch(tag, -1) {
			found[m[1]] = html.UnescapeString(m[2])
		}
		if found["type"] == "hidden" {
			values.Add(found["name"], found["value"])
		}
	}
	return values
}

// text is what a page says.
func (a answer) text() string {
	body := strings.ReplaceAll(a.body, "<wbr>", "") // a place to break is no space
	return strings.TrimSpace(spaces.ReplaceAllString(html.UnescapeString(tags.ReplaceAllString(body, " ")), " "))
}

func (a answer) says(t testing.TB, want string) {
	t.Helper()
	if !strings.Contains(a.text(), want) {
		t.Errorf("%s (%d) does not say %q:\n%s", a.path, a.status, want, a.text())
	}
}

// link is where a link leads, found by how its text begins.
func (a answer) link(t testing.TB, text string) string {
	t.Helper()
	before, _, ok := strings.Cut(a.body, text)
	at := strings.LastIndex(before, `href="`)
	if !ok || at < 0 {
		t.Fatalf("%s has no %s", a.path, text)
	}
	href, _, _ := strings.Cut(before[at+len(`href="`):], `"`)
	return html.UnescapeString(href)
}

// id is the id of somebody of the school, active or the newest deleted one.
func (s *school) id(t testing.TB, name string) string {
	t.Helper()
	return string(s.person(t, name+"@lindeboom.example").ID)
}

func (s *school) person(t testing.TB, ref string) *org.Person {
	t.Helper()
	p := storetest.Load(t, s.store, ref)[0]
	if p == nil {
		t.Fatalf("%s is not there", ref)
	}
	return p
}

// wait lets a run come to its end and gives it.
func (s *school) wait(t testing.TB, id string) *offboard.Departure {
	t.Helper()
	moved, stop := s.desk.Watch(org.DepartureID(id))
	defer stop()
	for {
		var dep *offboard.Departure
		storetest.Read(t, s.store, func(tx offboard.Tx) (err error) {
			dep, err = tx.Departure(t.Context(), org.DepartureID(id))
			return err
		})
		if dep == nil {
			t.Fatalf("there is no run %s", id)
		}
		if !dep.Ended.IsZero() {
			return dep
		}
		select {
		case <-moved:
		case <-t.Context().Done():
			t.Fatal("the run does not end")
		}
	}
}

// run lets these people leave, and gives the run when it has ended.
func (s *school) run(t testing.TB, people ...offboard.Wish) string {
	t.Helper()
	req := offboard.Request{People: people}
	plan, err := s.desk.Plan(t.Context(), boss, req)
	if err != nil {
		t.Fatal(err)
	}
	dep, err := s.desk.Start(t.Context(), boss, req, offboard.Confirmation{Hash: plan.Hash, Override: offboard.MassDelete})
	if err != nil {
		t.Fatal(err)
	}
	s.wait(t, string(dep.ID))
	return string(dep.ID)
}

// leave deletes somebody in the plainest way and gives the run.
func (c *client) leave(name string) string { c.t.Helper(); return c.remove(name, "gone") }

// leaveHeld deletes somebody and keeps the mail by a hold.
func (c *client) leaveHeld(name string) { c.t.Helper(); c.remove(name, "hold") }

func (c *client) remove(name, mail string) string {
	c.t.Helper()
	at := "/users/" + c.s.id(c.t, name) + "/delete"
	plan := c.post(at+"/plan", "licenses", "remove", "mail", mail, "files", "none")
	values := plan.hidden()
	values.Set("sure", "yes")
	a := c.send(c.form(at+"/run", values))
	id, ok := strings.CutPrefix(a.path, "/leavers/")
	if !ok {
		c.t.Fatalf("%s was not deleted: %d %s\n%s", name, a.status, a.path, a.text())
	}
	c.s.wait(c.t, id)
	return id
}

// deleted is the id of somebody in Deleted users.
func (s *school) deleted(t testing.TB, name string) string {
	t.Helper()
	page, err := s.store.Users(t.Context(), offboard.UserQuery{Relation: offboard.DeletedPeople, Box: name})
	if err != nil || len(page.Rows) == 0 {
		t.Fatalf("%s is not in Deleted users: %v", name, err)
	}
	return string(page.Rows[0].ID)
}
