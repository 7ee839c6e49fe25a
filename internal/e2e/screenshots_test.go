package e2e

import (
	"os"
	"path/filepath"
	"strconv"
	"testing"

	"github.com/chromedp/chromedp"
)

// TestScreenshots takes a picture of each page, for people to look at.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("LEAVER_SCREENSHOTS")
	if dir == "" {
		t.Skip("no LEAVER_SCREENSHOTS: no folder to put pictures in")
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	in, s := browser(t), newSchool(t, 250)
	for _, l := range []look{{lang: "en", width: 1440}, {lang: "nl", width: 390}, {lang: "nl", width: 1440, dark: true}} {
		name := l.lang + "-" + strconv.Itoa(l.width)
		if l.dark {
			name += "-dark"
		}
		t.Run(name, func(t *testing.T) { walk(newTab(t, in, s, l), filepath.Join(dir, name)) })
	}
}

// walk goes through the pages and takes their pictures.
func walk(b *tab, prefix string) {
	take := func(name string) { b.picture(prefix + "-" + name + ".png") }
	b.open("/signin")
	take("01-signin")
	b.signIn("admin")
	take("02-users")
	anna := b.find("Anna de Vries")
	b.open("/users/" + anna)
	take("03-person")
	b.open("/users/" + anna + "/delete")
	take("04-delete")
	b.do(chromedp.Click(chromedp.CSS("#mail-share")), chromedp.WaitVisible(chromedp.CSS("#replyInside")))
	take("05-delete-share")
	b.press("aside .primary")
	take("06-plan")
}

// find gives the id of somebody by the search box.
func (b *tab) find(name string) string {
	b.t.Helper()
	b.open("/users?q=" + name[:4])
	id := eval[string](b, `[...document.querySelectorAll('.who a')].find(a => a.textContent === `+strconv.Quote(name)+`)?.getAttribute('href').split('/').pop() ?? ''`)
	if id == "" {
		b.t.Fatalf("%s is not there\nat %s", name, b.where())
	}
	return id
}
