package e2e

import (
	"net/http"
	"slices"
	"strings"
	"testing"

	"leaver/internal/org"
	"leaver/internal/store/storetest"
)

func TestDeletedUsers(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	list := c.get("/deleted")
	list.says(t, "Noor Hendriks")
	list.says(t, "1 day left")
	list.says(t, "Mail is gone since") // R-SM-05

	t.Run("R-SM-02 somebody who is not there", func(t *testing.T) {
		a := c.get("/deleted/nobody@lindeboom.example")
		a.says(t, "Nobody with the name or id nobody@lindeboom.example is in Deleted users.")
		a.says(t, "Look the name or id up in Deleted users.")
		if a := c.post("/deleted/nobody@lindeboom.example/purge", "typed", "nobody@lindeboom.example"); a.status != http.StatusNotFound {
			t.Errorf("got %d", a.status)
		}
	})
	t.Run("R-RES-08 the user name is taken", func(t *testing.T) {
		at := "/deleted/" + s.deleted(t, "Olaf Dijk")
		a := c.get(at)
		a.says(t, "an active user has this user name now")
		a.says(t, "Give the restored account another name here.")
		a = c.post(at+"/restore", "password", "auto")
		if a.status != http.StatusConflict {
			t.Errorf("without a new name: %d\n%s", a.status, a.text())
		}
		a = c.post(at+"/restore", "password", "auto", "newName", "olaf.dijk2@lindeboom.example")
		a.says(t, "1 person is back")
		a.says(t, "Tk7m-Rw4x-Hn9p")
		if p := s.person(t, "olaf.dijk2@lindeboom.example"); !p.Active() {
			t.Error("olaf is not back")
		}
	})
	t.Run("R-RES-09 an address belongs to somebody else", func(t *testing.T) {
		at := "/deleted/" + s.deleted(t, "Pien Schouten")
		c.get(at).says(t, "pien@lindeboom.example belongs to Sara Blom")
		c.post(at+"/restore", "password", "own", "own", "Welkom-2027!").says(t, "pien@lindeboom.example did not come back")
	})
	t.Run("R-RES-04 a password that is too easy", func(t *testing.T) {
		for _, easy := range []string{"kort", "Quinten.Prins-1"} {
			c.post("/deleted/"+s.deleted(t, "Quinten Prins")+"/restore", "password", "own", "own", easy).says(t, "does not comply with the password rules")
		}
	})
	t.Run("R-RES-07 several, each on their own", func(t *testing.T) {
		gone := "00000000-0000-4000-8000-000000000000"
		a := c.post("/deleted/restore", "sel", s.deleted(t, "Quinten Prins"), "sel", gone)
		a.says(t, "1 person is back")
		a.says(t, "1 person could not be restored.")
		c.post("/deleted/restore").says(t, "Select the people to restore first.")
	})
	t.Run("R-RES-15 restored already", func(t *testing.T) {
		id := s.id(t, "quinten.prins")
		a := c.post("/deleted/"+id+"/restore", "password", "auto")
		if a.status != http.StatusConflict {
			t.Errorf("got %d", a.status)
		}
		a.says(t, "is not in Deleted users any more")
	})
	t.Run("R-PERM-01 for good, with the name typed", func(t *testing.T) {
		id := s.deleted(t, "Noor Hendriks")
		c.post("/deleted/"+id+"/purge", "typed", "noor").says(t, "That is not the user name.")
		c.post("/deleted/"+id+"/purge", "typed", "noor.hendriks@lindeboom.example").says(t, "The account was deleted permanently.")
		if p := storetest.Load(t, s.store, id)[0]; p != nil {
			t.Error("noor is still there")
		}
	})
}

func TestProducts(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "billing")
	o, _, err := s.desk.Organization(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	at := func(part string) string {
		i := slices.IndexFunc(o.Subscriptions, func(x org.Subscription) bool { return x.SkuPartNumber == part })
		if i < 0 {
			t.Fatalf("there is no subscription of %s", part)
		}
		return "/products/" + string(o.Subscriptions[i].ID)
	}
	t.Run("R-LIC-26 fewer now", func(t *testing.T) {
		c.post(at("ENTERPRISEPACK"), "total", "59", "when", "now").says(t, "The number of licences was changed.")
	})
	t.Run("R-LIC-21 not below what is assigned", func(t *testing.T) {
		a := c.post(at("ENTERPRISEPACK"), "total", "1", "when", "now")
		if a.status != http.StatusConflict || !strings.Contains(a.body, `value="1"`) {
			t.Errorf("got %d, want a refusal that keeps what was typed", a.status)
		}
	})
	t.Run("R-LIC-32 a commitment: at the renewal instead", func(t *testing.T) {
		page := at("M365EDU_A3_FACULTY")
		a := c.post(page, "total", "149", "when", "now")
		if a.status != http.StatusConflict {
			t.Errorf("got %d", a.status)
		}
		a.says(t, "commitment")
		c.post(page, "total", "149", "when", "renewal").says(t, "The change is scheduled for the renewal.")
		c.get("/products").says(t, "149 licences from")
		c.post(page, "total", "150", "when", "now").says(t, "no change is scheduled")
	})
	t.Run("R-LIC-30 bought through a partner", func(t *testing.T) {
		signedIn(t, s, "admin").post(at("SPB"), "total", "19", "when", "now").says(t, "partner")
	})
	t.Run("R-ROLE-22 which only a Global Administrator sees", func(t *testing.T) {
		signedIn(t, s, "admin").get("/products").says(t, "Microsoft 365 Business Premium")
		list := c.get("/products")
		list.says(t, "What was bought through a partner is shown to Global Administrators only.")
		if strings.Contains(list.body, at("SPB")) || strings.Contains(list.body, "Business Premium") {
			t.Error("it stands in the list")
		}
		if a := c.get(at("SPB")); a.status != http.StatusForbidden {
			t.Errorf("got %d", a.status)
		}
		if a := c.post(at("SPB"), "total", "19", "when", "now"); a.status != http.StatusForbidden {
			t.Errorf("got %d", a.status)
		}
	})
}

func TestAddingSomebody(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	o, _, err := s.desk.Organization(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	pbi := ""
	for _, p := range o.Products {
		if p.PartNumber == "POWER_BI_PRO" {
			pbi = string(p.Sku)
		}
	}
	form := func(name string, more ...string) answer {
		return c.post("/users/new", append([]string{"given", "Nieuw", "surname", "Gezicht", "name", name, "domain", "lindeboom.example", "location", "nl", "license", pbi, "password", "auto"}, more...)...)
	}
	form("nieuw1").says(t, "Tk7m-Rw4x-Hn9p") // the last free seat
	a := form("nieuw2")
	if a.status != http.StatusConflict || !strings.Contains(a.body, `value="nieuw2"`) {
		t.Errorf("R-LIC-34: got %d, want a refusal that keeps what was typed", a.status)
	}
	a.says(t, "to buy one in the same step")
	who := form("nieuw2", "manager", "bra")
	who.says(t, "Who is meant?")
	if !strings.Contains(who.body, `value="nieuw2"`) {
		t.Error("what was typed is lost")
	}
	form("nieuw2", "buy", "yes", "set", "manager=bram.jansen@lindeboom.example").says(t, "A licence of Power BI Pro was bought")
	if a := form("nieuw2", "buy", "yes"); a.status < 400 {
		t.Errorf("R-API-10: the same name twice gives %d", a.status)
	}
	if p := s.person(t, "nieuw2@lindeboom.example"); p.DisplayName != "Nieuw Gezicht" || len(p.Licenses) != 1 || string(p.ManagerID) != s.id(t, "bram.jansen") {
		t.Errorf("got %+v", p)
	}
}

func TestAudit(t *testing.T) {
	t.Parallel()
	s := newSchool(t, 0)
	c := signedIn(t, s, "admin")
	c.leave("mila.kok")
	c.get("/audit?target=mila.kok%40lindeboom.example").says(t, "User deleted")
	c.get("/audit?action=Hard+Delete+user&actor=nobody").says(t, "Nothing matches this filter.")
	if a := c.get("/audit/export.csv?action=Delete+user"); !strings.Contains(a.body, "mila.kok@lindeboom.example") {
		t.Errorf("the export is %s", a.body)
	}
	c.post("/audit/check").says(t, "The trail is whole")

	c.get("/leavers/calendar").says(t, "Mila Kok")
	c.get("/leavers").says(t, "Mila Kok")
}
