package e2e

import (
	"fmt"
	"strconv"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

// TestStory is the whole story in a browser, in both languages, with script and
// without, wide and narrow.
func TestStory(t *testing.T) {
	t.Parallel()
	for _, l := range []look{
		{lang: "nl", width: 1440}, {lang: "en", width: 390}, {lang: "en", width: 1440, noScript: true}, {lang: "nl", width: 390, noScript: true},
	} {
		t.Run(fmt.Sprintf("%s %d script %t", l.lang, l.width, !l.noScript), func(t *testing.T) {
			t.Parallel()
			story(t, l)
		})
	}
}

const anna = "anna.devries@lindeboom.example"

func story(t *testing.T, l look) {
	s := newSchool(t, 0)
	b := newTab(t, s, l)
	b.signIn("admin")
	id := b.find("Anna de Vries")
	before := *s.person(t, anna)

	// Delete with every choice.
	b.open("/users/" + id)
	b.press(`a[href$="/delete"]`)
	b.choose("#licenses-stop", "")
	b.choose("#mail-share", "#mailTo")
	b.fill("#rename", "Anna (weg)")
	b.choose("#outside-other", "#replyOutside")
	b.fill("#replyOutside", "Gesloten.")
	b.choose("#files-other", "#filesTo")
	b.fill("#filesTo", "sara.blom@lindeboom.example")
	b.press("aside .primary")
	b.sees(map[string]string{"nl": "Plan voor Anna de Vries", "en": "Plan for Anna de Vries"}[l.lang])
	b.sees("Sara Blom")
	b.click("#sure")
	b.press("button.danger")
	b.ended()
	b.sees(map[string]string{"nl": "Het postvak is een gedeeld postvak geworden.", "en": "The mailbox became a shared mailbox."}[l.lang])
	p := s.person(t, anna)
	if p.Mailbox.Type != org.SharedMailbox || p.DisplayName != "Anna (weg)" || len(p.Licenses) != 0 || len(p.Addresses) != 1 || p.AccountEnabled ||
		p.Mailbox.Replies.Outside != "Gesloten." {
		t.Fatalf("R-WIZ-12: after the run anna is %+v with mailbox %+v", p, p.Mailbox)
	}

	// Check as the heirs.
	run := eval[string](b, `location.pathname`)
	for heir, what := range map[string]string{"bram.jansen": "Anna (weg)", "sara.blom": "Anna (weg)"} {
		signedIn(t, s, heir).get("/account").says(t, what)
	}

	// Undo.
	b.press("#run form button")
	b.ended()
	b.sees(map[string]string{"nl": "ongedaan gemaakt", "en": "undone"}[l.lang])
	if p := s.person(t, anna); !org.Same(*p, before) {
		t.Errorf("R-SM-13: after undo anna is\n%+v, was\n%+v", p, before)
	}
	_ = run

	// Delete, restore with a new password, delete again, and let the time run out.
	b.remove(id)
	b.open("/deleted")
	b.sees("Anna de Vries")
	b.press(`a[href="/deleted/` + id + `"]`)
	b.press(`form[action$="/restore"] .primary`)
	b.sees("Tk7m-Rw4x-Hn9p")
	if p := s.person(t, anna); !p.Active() || !p.MustChangePassword {
		t.Errorf("R-RES-04: restored anna is %+v", p)
	}
	b.remove(id)
	b.open("/clock")
	b.fill("#days", "31")
	b.press("main .primary")
	if p := storetest.Load(t, s.store, id)[0]; p != nil {
		t.Errorf("R-DEL-01: 31 days later anna is still there")
	}
	b.open("/audit?target=" + id)
	b.sees(map[string]string{"nl": "Definitief verwijderd", "en": "Deleted permanently"}[l.lang])
	if s := eval[float64](b, `document.documentElement.scrollWidth - innerWidth`); s > 0 {
		t.Errorf("the page is %v pixels too wide", s)
	}
}

// choose clicks a choice and lets its fields appear: at once with script, by the
// button without.
func (b *tab) choose(choice, appears string) {
	b.t.Helper()
	b.click(choice)
	if b.noScript {
		b.press("aside .btn:not(.primary)")
		return
	}
	if appears != "" {
		b.waitFor(`!!document.querySelector(` + strconv.Quote(appears) + `)?.checkVisibility()`)
	}
	b.settle()
}

// sees waits for nothing: the page says it, or the test fails.
func (b *tab) sees(want string) {
	b.t.Helper()
	if text := eval[string](b, `document.body.innerText`); !strings.Contains(text, want) {
		b.t.Fatalf("the page does not say %q\nat %s", want, b.where())
	}
}

// remove deletes somebody as the wizard proposes.
func (b *tab) remove(id string) {
	b.t.Helper()
	b.open("/users/" + id + "/delete")
	b.press("aside .primary")
	b.click("#sure")
	b.press("button.danger")
	b.ended()
	if p := b.s.person(b.t, id); p.Active() {
		b.t.Fatalf("%s was not deleted\nat %s", p.UPN, b.where())
	}
}

// TestKeyboard deletes somebody without a mouse: from the list to the undo.
func TestKeyboard(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	b := newTab(t, s, look{lang: "en"})
	b.open("/signin")
	b.tabTo("#name") // where the page puts the focus, a moment after it has loaded
	b.keys("admin@lindeboom.example", kb.Tab, "Welkom-2026!")
	b.enter()
	b.tabTo("#q")
	b.keys("mila")
	b.waitFor(`location.search.includes('mila') && document.querySelectorAll('tbody tr').length === 1`)
	b.tabTo("tbody .who a")
	b.enter()
	b.tabTo("a.danger")
	b.enter()
	b.tabTo("aside .primary")
	b.enter()
	b.tabTo("#sure")
	b.keys(" ")
	b.tabTo("button.danger")
	b.enter()
	b.ended()
	b.sees("The account moved to Deleted users.")
	b.tabTo("#run form button")
	b.enter()
	b.ended()
	b.sees("undone")
}

func (b *tab) keys(keys ...string) {
	b.t.Helper()
	for _, k := range keys {
		b.do(chromedp.KeyEvent(k))
	}
}

// enter presses the key and waits for the next page.
func (b *tab) enter() {
	b.t.Helper()
	b.leads("enter", func() error { return chromedp.Do(b.ctx, chromedp.KeyEvent(kb.Enter)) })
}

// tabTo goes on with the tab key until something has the focus, which must show.
func (b *tab) tabTo(selector string) {
	b.t.Helper()
	for range 120 {
		if eval[bool](b, `document.activeElement?.matches(`+strconv.Quote(selector)+`) ?? false`) {
			if eval[string](b, `getComputedStyle(document.activeElement).outlineStyle`) == "none" {
				b.t.Errorf("%s has the focus and doesn't show it", selector)
			}
			return
		}
		b.keys(kb.Tab)
	}
	b.t.Fatalf("the tab key never comes to %s\nat %s", selector, b.where())
}
