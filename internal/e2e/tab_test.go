package e2e

import (
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"time"

	"github.com/chromedp/cdproto/input"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"

	"leaver/internal/practice"
)

// open goes to a page of the school.
func (b *tab) open(path string) {
	b.t.Helper()
	b.leads("open "+path, func() error {
		gone, err := chromedp.Call(b.ctx, page.Navigate, page.NavigateParams{URL: b.s.URL + path})
		if err == nil && gone.ErrorText != "" {
			err = errors.New(gone.ErrorText)
		}
		return err
	})
}

// leads does what leads to another page and waits until that is whole. The browser
// tells of pages that come and go, but a live page tells the same of itself when it
// takes another address: what is asked for is that the page is another.
func (b *tab) leads(what string, act func() error) {
	b.t.Helper()
	eval[bool](b, `globalThis.left = true`)
	if err := act(); err != nil {
		b.t.Fatalf("%s: %v\nat %s", what, err, b.where())
	}
	b.waitFor(`!globalThis.left && document.readyState === 'complete'`)
}

// signIn signs somebody in by the form.
func (b *tab) signIn(name string) {
	b.t.Helper()
	b.open("/signin")
	b.fill("#name", name+"@lindeboom.example")
	b.fill("#password", practice.Password)
	b.press("button.primary")
}

// settle waits until a live page has followed what was chosen.
func (b *tab) settle() {
	b.t.Helper()
	b.waitFor(`!document.querySelector('form.busy')`)
}

// waitFor asks the page until it says yes. It is asked from here: a page may be on
// its way to the next, or run no script.
func (b *tab) waitFor(script string) {
	b.t.Helper()
	b.until(script, func() (bool, error) { return chromedp.Run(b.ctx, chromedp.Evaluate[bool](script)) })
}

// until asks until the answer is yes.
func (b *tab) until(what string, ask func() (bool, error)) {
	b.t.Helper()
	for {
		yes, err := ask()
		if err != nil && !betweenPages(err) {
			b.t.Fatalf("%s: %v\nat %s", what, err, b.where())
		}
		if err == nil && yes {
			return
		}
		select {
		case <-time.After(10 * time.Millisecond):
		case <-b.ctx.Done():
			b.t.Fatalf("%s: the time is over, at last: %v\nat %s", what, err, b.where())
		}
	}
}

// betweenPages says that a question fell into the change of one page to another.
func betweenPages(err error) bool {
	for _, text := range []string{"Cannot find context", "Cannot find default execution context", "context was destroyed", "Inspected target navigated"} {
		if strings.Contains(err.Error(), text) {
			return true
		}
	}
	return false
}

// middle is the place where something can be clicked, nothing while it can't: it is
// not there or disabled, the page follows an earlier choice and may move it from
// under the mouse, or something else lies over it.
const middle = `(() => {
	const x = document.querySelector(%s);
	if (!x || x.disabled || document.querySelector('form.busy')) return '';
	x.scrollIntoViewIfNeeded();
	const r = x.getClientRects()[0];
	if (!r) return '';
	const at = [r.x + r.width / 2, r.y + r.height / 2], top = document.elementFromPoint(...at);
	return top && (x.contains(top) || top.closest('label')?.control === x) ? at.join(' ') : '';
})()`

// steady is the place of something that stands still.
func (b *tab) steady(selector string) (x, y float64) {
	b.t.Helper()
	script, last := fmt.Sprintf(middle, strconv.Quote(selector)), ""
	b.until("click "+selector, func() (bool, error) {
		at, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](script))
		still := at != "" && at == last
		last = at
		return still, err
	})
	if _, err := fmt.Sscan(last, &x, &y); err != nil {
		b.t.Fatalf("%s stands at %q", selector, last)
	}
	return x, y
}

// click clicks something.
func (b *tab) click(selector string) {
	b.t.Helper()
	x, y := b.steady(selector)
	b.do(chromedp.MouseClickXY(x, y))
}

// press clicks something that leads to another page, and waits for that page.
func (b *tab) press(selector string) {
	b.t.Helper()
	x, y := b.steady(selector)
	b.leads("press "+selector, func() error { return chromedp.Do(b.ctx, chromedp.MouseClickXY(x, y)) })
}

// fill writes into a field, in the place of what stands there. A live page leaves a
// field alone that has the focus.
func (b *tab) fill(selector, text string) {
	b.t.Helper()
	b.settle()
	b.waitFor(fmt.Sprintf(`(() => { const x = document.querySelector(%s); x?.focus(); x?.select(); return !!x && document.activeElement === x; })()`, strconv.Quote(selector)))
	must(b, chromedp.Call, input.InsertText, input.InsertTextParams{Text: text})
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

// ended waits until a run has ended: the page follows it, and without script it is
// asked for again.
func (b *tab) ended() {
	b.t.Helper()
	const over = `!document.querySelector('progress')`
	if !b.noScript {
		b.waitFor(over)
		return
	}
	for !eval[bool](b, over) {
		b.leads("reload", func() error { return second(chromedp.Call(b.ctx, page.Reload, page.ReloadParams{})) })
	}
}

// upload hands in a file on the page for it.
func (b *tab) upload(content string) {
	b.t.Helper()
	name := filepath.Join(b.t.TempDir(), "leavers.csv")
	if err := os.WriteFile(name, []byte(content), 0o600); err != nil {
		b.t.Fatal(err)
	}
	b.open("/several")
	choose := func() error {
		return chromedp.Do(b.ctx, chromedp.SetUploadFiles(chromedp.CSS("#file"), []string{name}))
	}
	if !b.noScript {
		b.leads("upload", choose)
		return
	}
	if err := choose(); err != nil {
		b.t.Fatal(err)
	}
	b.press("button.primary")
}

// eval asks the page something.
func eval[T any](b *tab, script string) T {
	b.t.Helper()
	v, err := chromedp.Run(b.ctx, chromedp.Evaluate[T](script))
	if err != nil && strings.Contains(err.Error(), "Cannot find context") { // so that nothing of it was done
		b.waitFor(`document.readyState === 'complete'`)
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
