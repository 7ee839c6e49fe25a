package e2e

import (
	"compress/gzip"
	"io"
	"net/http"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"leaver/internal/org"
)

// everyPage lists an address of each page that an administrator has.
func everyPage(t testing.TB, c *client) []string {
	t.Helper()
	link := func(page, prefix string) string {
		_, rest, ok := strings.Cut(c.get(page).body, `href="`+prefix)
		if !ok {
			t.Fatalf("%s has no link to %s", page, prefix)
		}
		id, _, _ := strings.Cut(rest, `"`)
		return prefix + id
	}
	run := "/leavers/" + c.leave("rosa.vandam")
	anna := "/users/" + c.s.id(t, "anna.devries")
	app := "/settings/apps/" + c.s.firstApp(t)
	c.s.furnish(t, c)
	drive, box := "/drives/"+string(c.s.person(t, "admin@lindeboom.example").Drive.ID), "/mail/"+c.s.id(t, "admin")
	draft := c.post("/several", "sel", c.s.id(t, "anna.devries"), "sel", c.s.id(t, "eva.bakker")).path
	docenten, rooster := c.s.groupAt(t, "Docenten"), c.s.groupAt(t, "Rooster")
	return []string{
		"/groups", "/groups?show=licenses&q=d", "/groups/new", rooster, rooster + "/members", rooster + "/owners", docenten, docenten + "/members", docenten + "/licenses",
		c.s.overfull(t) + "/licenses",
		"/users", "/users?view=admins&q=a", anna, anna + "/account", anna + "/licenses", anna + "/mail", anna + "/drive", anna + "/groups", anna + "/roles",
		"/users/" + c.s.id(t, "carla.smit") + "/licenses", "/users/" + c.s.id(t, "daan.visser") + "/mail", anna + "/delete", "/deleted/left", "/settings/domains", "/settings/apps", app, "/users/" + c.s.id(t, "eva.bakker") + "/delete", "/users/new",
		"/several", "/deleted", "/deleted/" + c.s.deleted(t, "Rosa van Dam"), "/leavers", run, run + "/record", "/leavers/calendar", "/products",
		link("/products", "/products/"), "/audit", "/settings", "/clock", "/account", "/design",
		draft, "/drives", drive, link(drive, drive+"/items/"), "/mail", box, box + "/folders/sentitems", link(box, box+"/messages/"),
	}
}

// noPages are what can be asked for by GET and is none of the pages in everyPage,
// with where it is tested.
var noPages = map[string]string{
	"/signin":                               "TestAccessible, for who is not signed in",
	"/{$}":                                  "leads on to a page",
	"/leavers/{id}/events":                  "tells that a run moved",
	"/leavers/{id}/results.csv":             "a file",
	"/several/template.csv":                 "a file",
	"/audit/export.csv":                     "a file",
	"/drives/{id}/items/{item}/content":     "a file",
	"/mail/{id}/messages/{message}/content": "a file",
}

// TestEveryPageIsLookedAt: a page that is new is held to what the others are.
func TestEveryPageIsLookedAt(t *testing.T) {
	t.Parallel()
	source, err := os.ReadFile(filepath.Join("..", "web", "web.go"))
	if err != nil {
		t.Fatal(err)
	}
	mux, patterns := http.NewServeMux(), []string{}
	for _, m := range regexp.MustCompile(`(?:anyone|signedIn|may)\((?:org\.\w+, )?"GET (/[^"]*)"`).FindAllStringSubmatch(string(source), -1) {
		patterns = append(patterns, m[1])
		mux.Handle("GET "+m[1], http.NotFoundHandler())
	}
	if n := strings.Count(string(source), `"GET `); len(patterns) != n-1 { // the stylesheet and the script are no pages
		t.Fatalf("%d of %d routes can be read", len(patterns), n)
	}
	looked := map[string]bool{}
	for _, at := range everyPage(t, signedIn(t, newSchool(t, 0), "admin")) {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, at, nil)
		if err != nil {
			t.Fatal(err)
		}
		_, pattern := mux.Handler(r)
		looked[strings.TrimPrefix(pattern, "GET ")] = true
	}
	for _, p := range patterns {
		if _, none := noPages[p]; looked[p] == none {
			t.Errorf("%s has to stand in everyPage or, with a reason, in noPages", p)
		}
	}
	for p := range noPages {
		if !slices.Contains(patterns, p) {
			t.Errorf("there is no %s any more", p)
		}
	}
}

// furnish sees to it that the pages have something to show: somebody with access,
// two domains, and what was left behind by somebody who is gone.
func (s *school) furnish(t testing.TB, c *client) {
	t.Helper()
	c.leaveHeld("femke.mulder")
	for what, err := range map[string]error{
		"purge femke": s.desk.PurgeUser(t.Context(), boss, s.deleted(t, "Femke Mulder")),
		"add domain":  s.desk.AddDomain(t.Context(), boss, "lindeboom.org"),
		"grant drive": second(s.desk.GrantDrive(t.Context(), boss, "anna.devries@lindeboom.example", "sara.blom@lindeboom.example", true)),
		"grant mail": second(s.desk.SetPermission(t.Context(), boss, "anna.devries@lindeboom.example", "bram.jansen@lindeboom.example",
			[]org.Right{org.FullAccess, org.SendAs})),
	} {
		if err != nil {
			t.Fatalf("%s: %v", what, err)
		}
	}
}

func second[T any](_ T, err error) error { return err }

// missing finds what a text that is not there, or a value that was not given,
// leaves on a page.
var missing = regexp.MustCompile(`\{[a-zA-Z]+\}|\b(?:web|clock|role|refusal|hint|outcome|identity|consequence|step|note)\.[a-z][A-Za-z.]+\b|%!|<nil>`)

func TestPagesAreWholeInBothLanguages(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	pages := everyPage(t, c)
	texts := map[string]string{}
	for _, lang := range []string{"en", "nl"} {
		c.post("/preferences", "lang", lang)
		for _, at := range pages {
			a := c.get(at)
			if found := missing.FindString(a.text()); found != "" {
				t.Errorf("%s in %s shows %q", at, lang, found)
			}
			if !strings.Contains(a.body, `<html lang="`+lang+`"`) {
				t.Errorf("%s is not in %s", at, lang)
			}
			if lang == "en" {
				texts[at] = a.text()
			} else if texts[at] == a.text() {
				t.Errorf("%s says the same in both languages", at)
			}
		}
	}
}

func TestPagesAreLight(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 1000)
	c := signedIn(t, s, "admin")
	packed := func(path string) int {
		r, err := http.NewRequestWithContext(t.Context(), http.MethodGet, s.URL+path, nil)
		if err != nil {
			t.Fatal(err)
		}
		r.Header.Set("Accept-Encoding", "gzip")
		res, err := c.Do(r)
		if err != nil {
			t.Fatal(err)
		}
		defer res.Body.Close()
		if res.Header.Get("Content-Encoding") != "gzip" {
			t.Errorf("%s comes unpacked", path)
		}
		body, err := io.ReadAll(res.Body)
		if err != nil {
			t.Fatal(err)
		}
		if strings.HasPrefix(path, "/assets/") && !strings.Contains(res.Header.Get("Cache-Control"), "immutable") {
			t.Errorf("%s is asked for each time", path)
		}
		if _, err := gzip.NewReader(strings.NewReader(string(body))); err != nil {
			t.Errorf("%s: %v", path, err)
		}
		return len(body)
	}
	assets := 0
	for _, m := range regexp.MustCompile(`/assets/[a-z0-9.]+`).FindAllString(c.get("/users").body, -1) {
		assets += packed(m)
	}
	if assets > 20<<10 {
		t.Errorf("the assets weigh %d bytes", assets)
	}
	for _, at := range everyPage(t, c) {
		warm := packed(at)
		if warm > 20<<10 || warm+assets > 100<<10 {
			t.Errorf("%s weighs %d bytes warm and %d cold", at, warm, warm+assets)
		}
	}
	t.Logf("assets %d bytes, the list %d bytes", assets, packed("/users"))
}
