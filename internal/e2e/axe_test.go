package e2e

import (
	"errors"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"sync"
	"testing"

	"github.com/chromedp/chromedp"

	"leaver/internal/catalog"
)

// axeVersion is the version of axe-core that pages are held to. It comes from the
// registry of npm when the test runs, and is no part of the project.
const axeVersion = "4.14.1"

// axe is the text of axe-core, fetched once for all tests.
var axe = sync.OnceValues(func() (string, error) {
	npm, err := exec.LookPath("npm")
	if err != nil {
		return "", errors.New("there is no npm here: install Node.js")
	}
	dir, err := os.MkdirTemp("", "leaver-axe-")
	if err != nil {
		return "", err
	}
	folders.Store(dir, true)
	install := exec.Command(npm, "install", "--prefix", dir, "--no-audit", "--no-fund", "--no-update-notifier", "--ignore-scripts", "--prefer-offline", "axe-core@"+axeVersion)
	if out, err := install.CombinedOutput(); err != nil {
		return "", fmt.Errorf("npm can't fetch axe-core: %w\n%s", err, out)
	}
	script, err := os.ReadFile(filepath.Join(dir, "node_modules", "axe-core", "axe.min.js"))
	return string(script), err
})

// axeScript is the text of axe-core; without npm the test is skipped, or fails
// where the suite must be whole.
func axeScript(t testing.TB) string {
	t.Helper()
	script, err := axe()
	switch {
	case err == nil:
	case os.Getenv("LEAVER_REQUIRE_NODE") != "":
		t.Fatal(err)
	default:
		t.Skip(err)
	}
	return script
}

// violation is something that axe found on a page.
type violation struct {
	ID      string   `json:"id"`
	Targets []string `json:"targets"`
	Why     string   `json:"why"`
}

// Every rule, and those that depend on how a page looks: a page whose words were
// judged once needs those only in another light or width.
const (
	everyRule    = `{type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice']}`
	rulesOfLooks = `{type: 'rule', values: ['color-contrast', 'link-in-text-block', 'scrollable-region-focusable', 'target-size', 'css-orientation-lock']}`
)

const runAxe = `axe.run({runOnly: %s, resultTypes: ['violations']}).then(r =>
  r.violations.map(v => ({id: v.id, targets: v.nodes.slice(0, 4).map(n => n.target.join(' ')), why: v.nodes[0].failureSummary})))`

// accessible holds the page to rules of axe, and to its width.
func (b *tab) accessible(axe, rules, what string) {
	b.t.Helper()
	b.do(chromedp.Evaluate[chromedp.Void](axe))
	found, err := chromedp.Run(b.ctx, chromedp.Evaluate[[]violation](fmt.Sprintf(runAxe, rules), chromedp.EvalAwaitPromise))
	if err != nil {
		b.t.Fatal(err)
	}
	for _, v := range found {
		b.t.Errorf("%s: %s at %q\n%s", what, v.ID, v.Targets, v.Why)
	}
	if wide := eval[float64](b, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
		b.t.Errorf("%s is %v pixels too wide", what, wide)
	}
}

func TestAccessible(t *testing.T) {
	t.Parallel()
	axe := axeScript(t)
	s := newSchool(t, 0)
	pages := everyPage(t, signedIn(t, s, "admin"))
	for name, l := range map[string]look{
		"light": {lang: "en"}, "dark and narrow": {lang: "nl", width: 390, dark: true}, "dark at 200 percent": {lang: "en", width: 720, dark: true},
	} {
		rules := everyRule
		if name == "dark at 200 percent" { // in the words of the first
			rules = rulesOfLooks
		}
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			b := newTab(t, s, l)
			check := func(what string) {
				t.Helper()
				b.accessible(axe, rules, what)
			}
			b.open("/signin")
			check("/signin")
			b.signIn("admin")
			for _, at := range pages {
				b.open(at)
				check(at)
			}
			b.open("/users/" + s.id(t, "anna.devries") + "/delete")
			b.choose("#mail-share", "#mailTo")
			check("the wizard")
			b.press("aside .primary")
			check("the plan")
			b.upload("userPrincipalName\nanna.devries@lindeboom.example\neva.bakker@lindeboom.example\n")
			check("the plan for several")
			b.upload("userPrincipalName\nnobody\n")
			check("a file with errors")
			docenten := s.groupAt(t, "Docenten")
			b.open(docenten + "/licenses")
			b.click("#l-" + string(catalog.A3Faculty))
			b.press("main .primary")
			check("what becomes of the members of a group")
			b.open(docenten + "/members?q=gijs")
			b.press("#list form button")
			check("somebody who loses something by leaving a group")
			b.open("/nothing")
			check("no page")
			b.open("/deleted/" + s.deleted(t, "Olaf Dijk"))
			check("a name that is taken")
		})
	}
}
