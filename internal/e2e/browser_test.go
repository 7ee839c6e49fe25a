package e2e

import (
	"context"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"leaver/internal/practice"
)

// browserPath is where the browser is, "" where there is none.
func browserPath() string {
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if path, err := exec.LookPath(name); err == nil {
			return path
		}
	}
	return ""
}

// chromium looks for the browser; without one a test is skipped, or fails where
// the suite must be whole.
func chromium(t testing.TB) {
	t.Helper()
	switch {
	case browserPath() != "":
	case os.Getenv("LEAVER_REQUIRE_CHROMIUM") != "":
		t.Fatal("there is no Chromium here: install it, scripts/setup does on Debian")
	default:
		t.Skip("there is no Chromium here")
	}
}

// running is a browser.
type running struct {
	ctx  context.Context
	stop func()
}

// idle are the browsers that no test has now. A page behind another one draws
// nothing and may take no click, so that each has a browser to itself as long as
// its test lasts; the next test finds that one started.
var idle = make(chan running, 64)

func TestMain(m *testing.M) {
	code := m.Run()
	close(idle)
	for b := range idle {
		b.stop()
	}
	folders.Range(func(dir, _ any) bool { _ = os.RemoveAll(dir.(string)); return true })
	os.Exit(code)
}

// browser gives a browser to a test, to itself alone.
func browser(t testing.TB) context.Context {
	t.Helper()
	chromium(t)
	var b running
	select {
	case b = <-idle:
	default:
		b = start(t)
	}
	t.Cleanup(func() { idle <- b })
	return b.ctx
}

func start(t testing.TB) running {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browserPath()), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("lang", "en-US"))
	actx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
	ctx, done := chromedp.NewContext(actx)
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	return running{ctx, func() { done(); stop() }}
}

// tab is one page of a browser, in front of a school.
type tab struct {
	t        testing.TB
	ctx      context.Context
	s        *school
	noScript bool
}

// look is how a tab sees the world.
type look struct {
	lang     string
	width    int
	dark     bool
	noScript bool
}

func newTab(t testing.TB, s *school, l look) *tab {
	t.Helper()
	ctx, done := chromedp.NewContext(browser(t), chromedp.WithNewBrowserContext())
	t.Cleanup(done)
	// The tab lives as long as the context of its first action, longer than the
	// time the test has: where it hangs can be asked then.
	if err := chromedp.Do(ctx, chromedp.Navigate("about:blank")); err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(ctx, 4*time.Minute)
	t.Cleanup(cancel)
	if l.width == 0 {
		l.width = 1440
	}
	height, scheme := 900, "light"
	if l.width < 600 {
		height = 844
	}
	if l.dark {
		scheme = "dark"
	}
	b := &tab{t, ctx, s, l.noScript}
	b.do(chromedp.EmulateViewport(int64(l.width), int64(height)))
	must(b, chromedp.Call, emulation.SetEmulatedMedia, emulation.SetEmulatedMediaParams{Features: []*emulation.MediaFeature{
		{Name: "prefers-color-scheme", Value: scheme}, {Name: "prefers-reduced-motion", Value: "reduce"},
	}})
	must(b, chromedp.Call, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: l.noScript})
	must(b, chromedp.Call, network.Enable, network.EnableParams{})
	must(b, chromedp.Call, network.SetExtraHTTPHeaders, network.SetExtraHTTPHeadersParams{Headers: network.Headers{"Accept-Language": l.lang}})
	b.speak(l.lang)
	return b
}

// must sends the browser a command, or fails the test.
func must[P, R any](b *tab, call func(context.Context, cdp.Command[P, R], P) (R, error), cmd cdp.Command[P, R], params P) {
	b.t.Helper()
	if _, err := call(b.ctx, cmd, params); err != nil {
		b.t.Fatal(err)
	}
}

// do carries out actions, or fails the test.
func (b *tab) do(actions ...chromedp.Action[chromedp.Void]) {
	b.t.Helper()
	if err := chromedp.Do(b.ctx, actions...); err != nil {
		b.t.Fatalf("%v\nat %s", err, b.where())
	}
}

// where is the address and what the page says, for a test that failed.
func (b *tab) where() string {
	ctx, done := context.WithTimeout(context.WithoutCancel(b.ctx), 5*time.Second)
	defer done()
	at, _ := chromedp.Run(ctx, chromedp.Location())
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText.slice(0, 2000)`))
	return at + "\n" + text
}

// open goes to a page of the school.
func (b *tab) open(path string) {
	b.t.Helper()
	b.do(chromedp.Navigate(b.s.URL + path))
}

// signIn signs somebody in by the form.
func (b *tab) signIn(name string) {
	b.t.Helper()
	b.open("/signin")
	b.do(chromedp.SetValue(chromedp.CSS("#name"), name+"@lindeboom.example"), chromedp.SetValue(chromedp.CSS("#password"), practice.Password))
	b.press("button.primary")
}

// settle waits until a live page has followed what was chosen.
func (b *tab) settle() {
	b.t.Helper()
	if !b.noScript {
		b.waitFor(`!document.querySelector('form.busy')`)
	}
}

// waitFor waits until the page says yes.
func (b *tab) waitFor(script string) {
	b.t.Helper()
	for range 20 {
		_, err := chromedp.Run(b.ctx, chromedp.Poll[bool](script))
		if err == nil {
			return
		}
		if !betweenPages(err) {
			b.t.Fatalf("%s: %v\nat %s", script, err, b.where())
		}
		b.do(chromedp.Sleep(50 * time.Millisecond))
	}
	b.t.Fatalf("%s: the pages change all the time\nat %s", script, b.where())
}

// betweenPages says that a question fell into the change of one page to another.
func betweenPages(err error) bool {
	return strings.Contains(err.Error(), "Cannot find context") || strings.Contains(err.Error(), "context was destroyed")
}

// click clicks something that stands still: a page that follows an earlier choice
// may move it from under the mouse.
func (b *tab) click(selector string) {
	b.t.Helper()
	b.settle()
	b.do(chromedp.Click(chromedp.CSS(selector)))
}

// press clicks something that leads to another page, and waits for that page.
func (b *tab) press(selector string) {
	b.t.Helper()
	b.settle()
	if _, err := chromedp.RunResponse(b.ctx, chromedp.Click(chromedp.CSS(selector))); err != nil {
		b.t.Fatalf("press %s: %v\nat %s", selector, err, b.where())
	}
	b.loaded()
}

// loaded waits until the page is whole.
func (b *tab) loaded() {
	b.t.Helper()
	b.waitFor(`document.readyState === 'complete'`)
}

// speak switches the pages to a language, by the switch that people have.
func (b *tab) speak(lang string) {
	b.t.Helper()
	must(b, chromedp.Call, network.SetCookie, network.SetCookieParams{Name: "lang", Value: lang, URL: b.s.URL})
}

// signOut leaves.
func (b *tab) signOut() {
	b.t.Helper()
	b.open("/account")
	b.press(`form[action="/signout"] button`)
}

// ended waits until a run has ended, as somebody without script would: by
// asking again.
func (b *tab) ended() {
	b.t.Helper()
	for range 100 {
		if !eval[bool](b, `!!document.querySelector('progress')`) {
			return
		}
		b.do(chromedp.Sleep(100*time.Millisecond), chromedp.Reload())
	}
	b.t.Fatalf("the run does not end\nat %s", b.where())
}

// upload hands in a file on the page for it.
func (b *tab) upload(content string) {
	b.t.Helper()
	name := filepath.Join(b.t.TempDir(), "leavers.csv")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.open("/several")
	b.do(chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{name}))
	if eval[bool](b, `location.pathname === '/several' && !document.documentElement.classList.contains('js')`) {
		b.press("button.primary")
		return
	}
	b.waitFor(`location.pathname !== '/several'`)
}

// eval asks the page something.
func eval[T any](b *tab, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil && strings.Contains(err.Error(), "Cannot find context") { // so that nothing of it was done
		b.loaded()
		v, err = chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	}
	if err != nil {
		b.t.Fatalf("%s: %v\nat %s", script, err, b.where())
	}
	return v
}

// picture takes a picture of the whole page.
func (b *tab) picture(path string) {
	b.t.Helper()
	eval[any](b, `scrollTo(0, 0)`)
	png, err := chromedp.Run(b.ctx, chromedp.FullScreenshot(100))
	if err != nil {
		b.t.Fatal(err)
	}
	if err := os.WriteFile(path, png, 0o600); err != nil {
		b.t.Fatal(err)
	}
}
