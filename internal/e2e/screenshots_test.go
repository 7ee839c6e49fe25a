package e2e

import (
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"leaver/internal/catalog"
)

// TestScreenshots takes a picture of each page, for people to look at.
func TestScreenshots(t *testing.T) {
	dir := os.Getenv("LEAVER_SCREENSHOTS")
	if dir == "" {
		return // not a test of its own: make screenshots asks for the pictures
	}
	if err := os.MkdirAll(dir, 0o700); err != nil {
		t.Fatal(err)
	}
	s := newSchool(t, 250)
	later := newSchool(t, 0)
	later.leaveBehind(t, signedIn(t, later, "admin"), "femke.mulder")
	heirs, box, letters := handed(t)
	left, drive := inherited(t, 0)
	for _, l := range []look{{lang: "en", width: 1440}, {lang: "nl", width: 390}, {lang: "nl", width: 1440, dark: true}, {lang: "en", width: 390, dark: true}} {
		name := l.lang + "-" + strconv.Itoa(l.width)
		if l.dark {
			name += "-dark"
		}
		t.Run(name, func(t *testing.T) {
			walk(newTab(t, s, l), filepath.Join(dir, name))
			b := newTab(t, later, l)
			b.signIn("admin")
			b.open("/deleted/left")
			b.picture(filepath.Join(dir, name+"-13-left.png"))
			inherit(newTab(t, heirs, l), filepath.Join(dir, name), map[string]string{
				"28-mailboxes": "/mail", "29-mailbox": box, "30-found": box + "?q=bank", "31-message": letters["hostile"], "31-message-many": letters["many"],
			})
			inherit(newTab(t, left, l), filepath.Join(dir, name), map[string]string{"32-drives": "/drives", "33-drive": drive})
		})
	}
}

// walk goes through the pages and takes their pictures.
func walk(b *tab, prefix string) {
	take := func(name string) { b.picture(prefix + "-" + name + ".png") }
	page := func(name, path string) { b.open(path); take(name) }
	page("01-signin", "/signin")
	b.signIn("admin")
	page("02-users", "/users")
	page("02-users-found", "/users?q=an")
	anna := b.find("Anna de Vries")
	page("03-person", "/users/"+anna)
	for _, x := range []string{"account", "licenses", "mail", "drive", "groups", "roles"} {
		page("03-person-"+x, "/users/"+anna+"/"+x)
	}
	page("03-groups", "/groups")
	page("03-groups-new", "/groups/new")
	docenten := b.s.groupAt(b.t, "Docenten")
	for _, x := range []string{"", "/members", "/owners", "/licenses"} {
		page("03-group"+strings.ReplaceAll(x, "/", "-"), docenten+x)
	}
	b.click("#l-" + string(catalog.A3Faculty))
	b.press("main .primary")
	take("03-group-licenses-plan")
	page("03-group-licenses-failed", b.s.overfull(b.t)+"/licenses")
	b.open(docenten + "/members?q=gijs")
	b.press("#list form button")
	take("03-group-leaving")
	page("03-group-unified", b.s.groupAt(b.t, "Rooster"))
	page("04-delete", "/users/"+anna+"/delete")
	b.choose("#mail-share", "#replyInside")
	take("05-delete-share")
	b.press("aside .primary")
	take("06-plan")
	page("04-delete-synced", "/users/"+b.find("Eva Bakker")+"/delete")
	page("04-delete-forwards", "/users/"+b.find("Carla Smit")+"/delete")
	page("03-person-hanna", "/users/"+b.find("Hanna Bos"))

	mila := b.find("Mila Kok")
	b.open("/users/" + mila + "/delete")
	b.press("aside .primary")
	take("06-plan-delete")
	b.click("#sure")
	b.press("button.danger")
	b.ended()
	take("07-result")
	b.press("#run form button")
	b.ended()
	take("08-undone")

	page("09-several", "/several")
	b.upload("userPrincipalName;mailTo\nanna.devries@lindeboom.example;geen\n;\nnobody\n")
	take("10-several-errors")
	b.upload("userPrincipalName\nanna.devries@lindeboom.example\neva.bakker@lindeboom.example\nkim.degroot@lindeboom.example\nniemand@lindeboom.example\nlars.vos@lindeboom.example\n")
	take("11-several-plan")
	page("12-deleted", "/deleted")
	page("13-deleted-olaf", eval[string](b, `[...document.querySelectorAll('.who a')].find(a => a.textContent.startsWith('Olaf'))?.getAttribute('href') ?? '/deleted'`))
	page("14-products", "/products")
	page("15-product", eval[string](b, `document.querySelector('.card h2 a').getAttribute('href')`))
	page("16-add", "/users/new")
	page("17-leavers", "/leavers")
	page("18-calendar", "/leavers/calendar")
	b.open("/leavers")
	page("19-record", eval[string](b, `document.querySelector('tbody a').getAttribute('href')`)+"/record")
	page("20-audit", "/audit")
	page("21-settings", "/settings")
	page("21-settings-domains", "/settings/domains")
	page("21-settings-apps", "/settings/apps")
	page("21-settings-app", "/settings/apps/"+b.s.firstApp(b.t))
	page("22-clock", "/clock")
	page("23-account", "/account")
	page("24-design", "/design")
	b.signOut()
	b.signIn("mila.kok")
	take("25-own-page")
	page("26-refused", "/users")
}

// inherit takes the pictures of what an heir sees.
func inherit(b *tab, prefix string, pages map[string]string) {
	b.signIn("bram.jansen")
	for _, name := range slices.Sorted(maps.Keys(pages)) {
		b.open(pages[name])
		b.picture(prefix + "-" + name + ".png")
	}
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
