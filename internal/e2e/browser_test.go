package e2e

import (
	"context"
	"os"
	"os/exec"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
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

// start starts a browser. On a machine that is out of breath one may fail to come
// up, which says nothing of the pages.
func start(t testing.TB) running {
	t.Helper()
	opts := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.ExecPath(browserPath()), chromedp.NoSandbox,
		chromedp.Flag("disable-dev-shm-usage", true), chromedp.Flag("force-color-profile", "srgb"), chromedp.Flag("font-render-hinting", "none"),
		chromedp.Flag("lang", "en-US"))
	var err error
	for range 3 {
		actx, stop := chromedp.NewExecAllocator(context.Background(), opts...)
		ctx, done := chromedp.NewContext(actx)
		if err = chromedp.Do(ctx, chromedp.Navigate("about:blank")); err == nil {
			return running{ctx, func() { done(); stop() }}
		}
		done()
		stop()
	}
	t.Fatal(err)
	return running{}
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
	ctx, cancel := context.WithDeadline(ctx, patience(t))
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

// patience is when a test that hangs has to say where: a while before go test ends
// everything without asking.
func patience(t testing.TB) time.Time {
	if timed, ok := t.(interface{ Deadline() (time.Time, bool) }); ok {
		if end, ok := timed.Deadline(); ok {
			return end.Add(-30 * time.Second)
		}
	}
	return time.Now().Add(time.Hour)
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
	ctx, done := context.WithTimeout(context.WithoutCancel(b.ctx), 20*time.Second)
	defer done()
	at, _ := chromedp.Run(ctx, chromedp.Location())
	text, _ := chromedp.Run(ctx, chromedp.Evaluate[string](`document.body.innerText.slice(0, 2000)`))
	return at + "\n" + text
}
