package e2e

import (
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// inherited is a school in which anna was deleted and her files went to bram.
// Beside what she had there is a folder in a folder with a page in it, and a
// folder of so many files.
func inherited(t testing.TB, many int) (s *school, drive string) {
	t.Helper()
	s = newSchool(t, 0)
	owner := s.person(t, anna)
	drive = "/drives/" + string(owner.Drive.ID)
	add := func(item string, f offboard.File) string {
		t.Helper()
		f.Created, f.Modified = s.now(), s.now()
		made, err := s.desk.AddFile(t.Context(), boss, offboard.Place{Owner: owner.ID, Drive: owner.Drive.ID, Item: item}, f)
		if err != nil {
			t.Fatal(err)
		}
		return made.ID
	}
	outer := add("", offboard.File{Name: "Open dag 2026: rondleidingen, roosters en afspraken met de mentoren", Folder: true})
	inner := add(outer, offboard.File{Name: "Foto's & <b>verslag</b>", Folder: true})
	add(inner, offboard.File{Name: "leeg.html", Mime: "text/html"})
	add(inner, offboard.File{Name: strings.Repeat("heellangenaam", 12) + ".pdf"})
	full := add("", offboard.File{Name: "Archief", Folder: true})
	for i := range many {
		add(full, offboard.File{Name: fmt.Sprintf("stuk %03d.txt", i)})
	}
	c := signedIn(t, s, "admin")
	at := "/users/" + string(owner.ID) + "/delete"
	plan := c.post(at+"/plan", "licenses", "remove", "mail", "gone", "files", "other", "filesTo", "bram.jansen@lindeboom.example")
	values := plan.hidden()
	values.Set("sure", "yes")
	run := c.send(c.form(at+"/run", values))
	s.wait(t, strings.TrimPrefix(run.path, "/leavers/"))
	return s, drive
}

// TestHeir finds the files of somebody who left, with a browser and without an
// administrator role.
func TestHeir(t *testing.T) {
	t.Parallel()
	axe := axeScript(t)
	s, drive := inherited(t, 0)
	for _, l := range []look{{lang: "nl", width: 390}, {lang: "en", width: 1440}, {lang: "en", width: 390, dark: true, noScript: true}} {
		t.Run(fmt.Sprintf("R-OD-04 %s %d dark %t script %t", l.lang, l.width, l.dark, !l.noScript), func(t *testing.T) {
			b := newTab(t, s, l)
			check := func(what string) {
				t.Helper()
				if dir := os.Getenv("LEAVER_PICTURES"); dir != "" {
					b.picture(filepath.Join(dir, fmt.Sprintf("%s-%d-%t-%s.png", l.lang, l.width, l.dark, what)))
				}
				if !l.noScript {
					b.accessible(axe, everyRule, what)
				}
				b.onOneLine(what)
				if cut := eval[int](b, `[...document.querySelectorAll('.files td')].filter(x => x.getBoundingClientRect().right > innerWidth).length`); cut > 0 {
					t.Errorf("%s: %d cells stand beside the page", what, cut)
				}
			}
			b.signIn("bram.jansen")
			b.open("/account")
			b.sees(map[string]string{"nl": "Bestanden waar u bij kunt", "en": "Files you have access to"}[l.lang])
			check("account")
			b.press(`a[href="` + drive + `"]`)
			b.sees("Anna de Vries")
			b.sees(map[string]string{"nl": "Map, 1 item", "en": "Folder, 1 item"}[l.lang])
			check("drive")
			file := eval[string](b, `[...document.querySelectorAll('main a')].find(a => a.textContent.startsWith('Café')).getAttribute('href')`)
			if !l.noScript {
				got, err := chromedp.Run(b.ctx, chromedp.Evaluate[string](`fetch('`+file+`').then(r => r.text())`, chromedp.EvalAwaitPromise))
				if err != nil || !strings.HasPrefix(got, "post;bedrag\r\nlicht en geluid;1250,00\r\n") || !strings.HasSuffix(got, "catering;€ 610,00\r\n") {
					t.Errorf("the file is %q (%v)", got, err)
				}
			}
			b.press(`main tbody tr:nth-child(2) a`) // behind the empty folder
			b.press(`main tbody tr a`)
			b.sees("leeg.html")
			check("folder")
			b.press(`main nav a`)
			b.sees("Persrelaties.csv")
		})
	}
}

// onOneLine holds the ways back to one line each, with the whole of what was cut as
// their title.
func (b *tab) onOneLine(what string) {
	b.t.Helper()
	const bad = `[...document.querySelectorAll('.crumb, .path > :not([aria-hidden])')].filter(x => x.getClientRects().length !== 1 ||
		x.offsetHeight > 1.7 * parseFloat(getComputedStyle(x).lineHeight) || x.scrollWidth > x.clientWidth && !x.textContent.endsWith(x.title)).map(x => x.textContent)`
	for _, text := range eval[[]string](b, bad) {
		b.t.Errorf("%s: %q does not stand on one line, or has no title", what, text)
	}
}

// TestLongNamesAreCut: somebody's name may be as long as it likes.
func TestLongNamesAreCut(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	storetest.Edit(t, s.store, anna, func(p *org.Person) { p.DisplayName = strings.TrimSpace(strings.Repeat("Wolfeschlegelsteinhausen ", 8)) })
	for _, width := range []int{390, 1440} {
		b := newTab(t, s, look{lang: "nl", width: width})
		b.signIn("admin")
		b.open("/users/" + s.id(t, "anna.devries") + "/delete")
		b.onOneLine("the wizard")
		if wide := eval[float64](b, `document.documentElement.scrollWidth - innerWidth`); wide > 0 {
			t.Errorf("the wizard is %v pixels too wide", wide)
		}
	}
}

func TestFilesOfOthers(t *testing.T) {
	t.Parallel()
	s, drive := inherited(t, 101)
	bram, stranger := signedIn(t, s, "bram.jansen"), signedIn(t, s, "mila.kok")
	top := bram.get(drive)
	file, folder := top.link(t, "Huisstijl (2024).txt"), top.link(t, "Archief")

	t.Run("until when", func(t *testing.T) {
		account := bram.get("/account")
		account.says(t, "Files of Anna de Vries")
		account.says(t, "Until ")
		account.says(t, "Your own files")
		bram.get("/drives").says(t, "Files of Anna de Vries")
	})
	t.Run("a file is saved, never shown", func(t *testing.T) {
		a := bram.get(file)
		if a.body != "Groen: #2f6b3a. Geel: #f2c230. Nooit schuin, nooit met schaduw.\n" {
			t.Errorf("got %q", a.body)
		}
		if h := a.header; h.Get("Content-Disposition") != `attachment; filename="Huisstijl (2024).txt"` || h.Get("X-Content-Type-Options") != "nosniff" ||
			h.Get("Content-Security-Policy") == "" {
			t.Errorf("got %v", h)
		}
		inner := bram.get(bram.get(top.link(t, "Open dag 2026")).link(t, "Foto&#39;s &amp; &lt;b&gt;verslag&lt;/b&gt;"))
		if a := bram.get(inner.link(t, "leeg.html")); a.body != "" || !strings.HasPrefix(a.header.Get("Content-Disposition"), "attachment") {
			t.Errorf("a page of somebody's is %v", a.header)
		}
	})
	t.Run("folders first, then by name", func(t *testing.T) {
		text := top.text()
		at := -1
		for _, name := range []string{"Archief", "Open dag 2026", "Café", "Draaiboek", "Huisstijl"} {
			next := strings.Index(text, name)
			if next < at {
				t.Errorf("%s stands too early:\n%s", name, text)
			}
			at = next
		}
	})
	t.Run("a large folder page by page", func(t *testing.T) {
		first := bram.get(folder)
		first.says(t, "stuk 099.txt")
		if strings.Contains(first.body, "stuk 100.txt") {
			t.Error("all on one page")
		}
		next := first.link(t, "Next")
		bram.get(next).says(t, "stuk 100.txt")
		if a := bram.get(folder + "?after=nonsense"); a.status != http.StatusOK || !strings.Contains(a.body, "stuk 000.txt") {
			t.Errorf("a page that is no more gives %d", a.status)
		}
	})
	t.Run("R-OD-04 not for strangers, whatever their role", func(t *testing.T) {
		for name, c := range map[string]*client{"mila": stranger, "admin": signedIn(t, s, "admin")} {
			for _, at := range []string{drive, folder, file} {
				if a := c.get(at); a.status != http.StatusNotFound || strings.Contains(a.body, "Anna") {
					t.Errorf("%s at %s gets %d:\n%s", name, at, a.status, a.text())
				}
			}
			if text := c.get("/account").text(); strings.Contains(text, "Anna de Vries") {
				t.Errorf("%s is told of it: %s", name, text)
			}
		}
		if a := newClient(t, s).get(file); a.path != "/signin" {
			t.Errorf("nobody gets to %s", a.path)
		}
	})
	t.Run("an item by another drive", func(t *testing.T) {
		own := "/drives/" + string(s.person(t, "bram.jansen@lindeboom.example").Drive.ID)
		if a := bram.get(own + strings.TrimPrefix(file, drive)); a.status != http.StatusNotFound {
			t.Errorf("got %d", a.status)
		}
		if a := bram.get(drive + "/items/nothing/content"); a.status != http.StatusNotFound {
			t.Errorf("got %d", a.status)
		}
	})
	t.Run("R-OD-20 archived", func(t *testing.T) {
		if _, err := s.desk.ChangeOrganization(t.Context(), boss, func(o *org.Organization) error { o.Settings.Education = false; return nil }); err != nil {
			t.Fatal(err)
		}
		sara := storetest.Edit(t, s.store, "sara.blom@lindeboom.example", func(p *org.Person) {
			p.Drive.Unlicensed = s.now().AddDate(-1, 0, 0).Truncate(time.Second)
			p.Drive.Grants = []org.DriveGrant{{Who: org.UserID(s.id(t, "bram.jansen"))}}
		})
		a := bram.get("/drives/" + string(sara.Drive.ID))
		if a.status != http.StatusLocked {
			t.Errorf("got %d", a.status)
		}
		a.says(t, "archived")
		bram.get("/account").says(t, "archived")
		if a := stranger.get("/drives/" + string(sara.Drive.ID)); a.status != http.StatusNotFound {
			t.Errorf("a stranger gets %d", a.status)
		}
	})
	t.Run("R-OD-06 when the time is over", func(t *testing.T) {
		signedIn(t, s, "admin").post("/clock", "days", "31")
		for _, at := range []string{drive, folder, file} {
			a := bram.get(at)
			if a.status != http.StatusNotFound {
				t.Errorf("%s answers %d", at, a.status)
			}
			a.says(t, "could be opened until")
		}
		bram.get("/account").says(t, "In the recycle bin")
	})
}
