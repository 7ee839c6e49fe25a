package graph_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"testing"

	"leaver/internal/graph"
	"leaver/internal/offboard"
	"leaver/internal/practice"
	"leaver/internal/wire"
)

func TestMail(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	anna := "/users/anna.devries@lindeboom.example"
	t.Run("R-API-52 folders and messages", func(t *testing.T) {
		app := s.as("")
		total := 0.0
		for _, f := range app.get(anna + "/mailFolders").want(200).rows() {
			total += f["totalItemCount"].(float64)
		}
		if total != 12 {
			t.Errorf("%v messages in the folders, want 12", total)
		}
		if n := len(app.get(anna + "/messages?$top=100").want(200).rows()); n != 12 {
			t.Errorf("%d messages, want 12", n)
		}
		if n := len(app.get(anna + "/messages").want(200).rows()); n != 10 {
			t.Errorf("%d messages on a page, want 10", n)
		}
		inbox := app.get(anna + "/mailFolders/inbox/messages?$top=100&$select=subject,from,body").want(200).rows()
		if len(inbox) == 0 || inbox[0]["body"].(map[string]any)["content"] == "" {
			t.Errorf("got %v", inbox)
		}
		app.get(anna + "/mailFolders('inbox')").want(200)
		app.get(anna + "/mailFolders/Inbox/childFolders").want(200)
		app.get(anna+"/mailFolders/none/childFolders").refused(404, "ErrorItemNotFound", "")
		app.get(anna+"/mailFolders/none").refused(404, "ErrorItemNotFound", "")
		all, seen := app.get(anna+"/mailFolders").want(200).rows(), 0
		for next := anna + "/mailFolders?$skip=1&$top=2"; next != ""; {
			page := app.get(next).want(200)
			seen += len(page.rows())
			next, _ = page.body["@odata.nextLink"].(string)
		}
		if seen != len(all)-1 {
			t.Errorf("%d folders by pages behind the first, want %d", seen, len(all)-1)
		}
		id := inbox[0]["id"]
		if id == nil {
			id = app.get(anna + "/messages?$top=1").rows()[0]["id"]
		}
		app.get(anna + "/messages/" + id.(string)).want(200)
		app.get(anna+"/messages/none").refused(404, "ErrorItemNotFound", "")
		app.get(anna+"/mailFolders/none/messages").refused(404, "ErrorItemNotFound", "")
		app.get("/users/mila.kok@lindeboom.example/messages").refused(404, "MailboxNotEnabledForRESTAPI", "") // O-09
	})
	t.Run("whose mail may be read", func(t *testing.T) {
		s.as("anna.devries").get("/me/messages").want(200)
		s.as("bram.jansen").get("/users/daan.visser@lindeboom.example/messages").want(200) // full access
		s.as("bram.jansen").get(anna+"/messages").refused(403, "ErrorAccessDenied", "")
		s.as("admin").get(anna+"/messages").refused(403, "ErrorAccessDenied", "") // a role opens nobody's mail
		s.app(offboard.App{ID: "app-no-mail", AppID: "a1111111-1111-4111-8111-111111111111", AppDetails: offboard.AppDetails{Permissions: []string{"User.Read.All"}}})
		blind := &client{t: t, s: s, token: s.token("a1111111-1111-4111-8111-111111111111", "", allScopes)}
		blind.get(anna+"/messages").refused(403, "Authorization_RequestDenied", "Insufficient privileges to complete the operation.")
	})
	t.Run("R-API-50 R-API-51 settings", func(t *testing.T) {
		app := s.as("")
		if got := app.get("/users('daan.visser@lindeboom.example')/mailboxSettings").want(200).str("userPurpose"); got != "shared" {
			t.Errorf("got %s", got)
		}
		body := `{"automaticRepliesSetting":{"status":"scheduled","externalAudience":"all","internalReplyMessage":"<p>weg</p>","externalReplyMessage":"away",
"scheduledStartDateTime":{"dateTime":"2026-06-01T09:00:00.0000000","timeZone":"W. Europe Standard Time"},"scheduledEndDateTime":{"dateTime":"2026-06-08T09:00:00","timeZone":"UTC"}}}`
		s.as("anna.devries").patch("/me/mailboxSettings", body).want(200)
		a := app.get(anna + "/mailboxSettings/automaticRepliesSetting").want(200)
		if a.str("status") != "scheduled" || a.str("internalReplyMessage") != "<p>weg</p>" || !strings.Contains(string(a.raw), "2026-06-01T07:00:00") {
			t.Errorf("got %s", a.raw)
		}
		app.patch(anna+"/mailboxSettings", `{"userPurpose":"shared"}`).want(400)
		app.patch(anna+"/mailboxSettings", `{"automaticRepliesSetting":{"status":"sometimes"}}`).want(400)
		app.patch(anna+"/mailboxSettings", `{"automaticRepliesSetting":{"status":""}}`).want(400)
		app.patch(anna+"/mailboxSettings", `{"automaticRepliesSetting":{"externalAudience":""}}`).want(400)
		s.as("bram.jansen").patch(anna+"/mailboxSettings", `{"automaticRepliesSetting":{"status":"disabled"}}`).want(403)
	})
	t.Run("R-MBX-12 R-MBX-16 sending", func(t *testing.T) {
		letter := func(to string) string {
			return `{"message":{"subject":"Overdracht","body":{"contentType":"HTML","content":"<p>Dag <b>Bram</b></p>"},"toRecipients":[{"emailAddress":{"address":"` + to + `"}}]},"saveToSentItems":true}`
		}
		count := func(who, folder string) int {
			return len(s.as("").get("/users/" + who + domain + "/mailFolders/" + folder + "/messages?$top=100&$filter=subject eq 'Overdracht'").want(200).rows())
		}
		s.as("anna.devries").post("/me/sendMail", letter("bram.jansen@lindeboom.example")).want(202)
		s.as("").post("/users/anna.devries@lindeboom.example/sendMail", letter("carla.smit@lindeboom.example")).want(202) // she forwards to bram and keeps a copy
		if a, b, c := count("anna.devries", "sentitems"), count("bram.jansen", "inbox"), count("carla.smit", "inbox"); a != 2 || b != 2 || c != 1 {
			t.Errorf("sent %d, bram has %d, carla has %d", a, b, c)
		}
		rows := s.as("bram.jansen").get("/me/messages?$top=1&$select=bodyPreview,body,isRead").want(200).rows()
		if rows[0]["bodyPreview"] != "Dag Bram" || rows[0]["isRead"] != false {
			t.Errorf("got %v", rows[0])
		}
		if body := rows[0]["body"].(map[string]any); body["contentType"] != "html" || !strings.Contains(body["content"].(string), "<p>Dag <b>Bram</b></p>") {
			t.Errorf("R-API-52: what was sent as HTML is %v", body)
		}
		s.as("anna.devries").post("/me/sendMail", letter("x@elsewhere.example")).want(400)
		s.as("anna.devries").post("/me/sendMail", `{"message":{"subject":"x"}}`).refused(400, "ErrorInvalidRecipients", "")
		s.as("anna.devries").post("/users/bram.jansen@lindeboom.example/sendMail", letter("anna.devries@lindeboom.example")).want(403)
	})
	t.Run("R-API-52 a copy is told from the message", func(t *testing.T) {
		s.as("anna.devries").post("/me/sendMail", `{"message":{"subject":"Kopie","toRecipients":[{"emailAddress":{"address":"bram.jansen@lindeboom.example"}}],
"ccRecipients":[{"emailAddress":{"address":"rosa.vandam@lindeboom.example"}}]}}`).want(202)
		for _, who := range []string{"bram.jansen", "rosa.vandam", "anna.devries"} {
			rows := s.as(who).get("/me/messages?$top=1&$filter=subject eq 'Kopie'").want(200).rows()
			if len(rows) != 1 || addressesIn(rows[0]["toRecipients"]) != "bram.jansen@lindeboom.example" || addressesIn(rows[0]["ccRecipients"]) != "rosa.vandam@lindeboom.example" {
				t.Errorf("%s sees %v", who, rows)
			}
		}
	})
	t.Run("R-API-52 Mail.ReadBasic opens no texts", func(t *testing.T) {
		s.app(offboard.App{ID: "app-outline", AppID: "a2222222-1111-4111-8111-111111111111", AppDetails: offboard.AppDetails{Permissions: []string{"Mail.ReadBasic.All"}}})
		outline := &client{t: t, s: s, token: s.token("a2222222-1111-4111-8111-111111111111", "", allScopes)}
		first := outline.get(anna + "/messages?$top=1").want(200).rows()[0]
		one := anna + "/messages/" + first["id"].(string)
		for _, m := range []map[string]any{
			first, outline.get(one).want(200).body, outline.get(one + "?$select=subject,body,bodyPreview").want(200).body,
			outline.get(anna + "/mailFolders/inbox/messages?$select=subject,BodyPreview,body").want(200).rows()[0],
		} {
			if m["subject"] == nil || m["body"] != nil || m["bodyPreview"] != nil {
				t.Errorf("got %v", m)
			}
		}
		if m := s.as("").get(one).want(200).body; m["body"] == nil || m["bodyPreview"] == nil {
			t.Errorf("Mail.Read opens %v", m)
		}
	})
	t.Run("R-API-52 a subject is one line of text", func(t *testing.T) {
		s.as("anna.devries").post("/me/sendMail", `{"message":{"subject":"Een\u0000\r\nregel","toRecipients":[{"emailAddress":{"address":"bram.jansen@lindeboom.example"}}]}}`).want(202)
		if rows := s.as("bram.jansen").get("/me/messages?$filter=subject eq 'Een regel'").want(200).rows(); len(rows) != 1 {
			t.Errorf("got %v", rows)
		}
	})
	t.Run("R-API-52 a copy is kept unless the text says no", func(t *testing.T) {
		for i, save := range []string{`"false"`, `"True"`, `false`} {
			subject := "Bewaar " + strconv.Itoa(i)
			s.as("anna.devries").post("/me/sendMail", `{"message":{"subject":"`+subject+`","toRecipients":[{"emailAddress":{"address":"bram.jansen@lindeboom.example"}}]},"saveToSentItems":`+save+`}`).want(202)
			rows := s.as("anna.devries").get("/me/messages?$filter=subject eq '" + subject + "'").want(200).rows()
			if (len(rows) > 0) != (i == 1) {
				t.Errorf("saveToSentItems %s kept %d", save, len(rows))
			}
		}
		s.as("anna.devries").post("/me/sendMail", `{"message":{"subject":"x","toRecipients":[{"emailAddress":{"address":"bram.jansen@lindeboom.example"}}]},"saveToSentItems":"maybe"}`).want(400)
	})
	t.Run("R-MBX-16 a blind copy stays blind", func(t *testing.T) {
		s.as("anna.devries").post("/me/sendMail", `{"message":{"subject":"Blind","toRecipients":[{"emailAddress":{"address":"bram.jansen@lindeboom.example"}}],
"bccRecipients":[{"emailAddress":{"address":"rosa.vandam@lindeboom.example"}}]},"saveToSentItems":true}`).want(202)
		for who, want := range map[string]int{"bram.jansen": 1, "rosa.vandam": 1, "anna.devries": 2} {
			rows := s.as(who).get("/me/messages?$top=1&$filter=subject eq 'Blind'").want(200).rows()
			if len(rows) != 1 || len(rows[0]["toRecipients"].([]any)) != want {
				t.Errorf("%s sees %v", who, rows)
			}
		}
	})
	t.Run("R-API-54 R-API-55 there are no calendars here", func(t *testing.T) {
		s.as("").get(anna+"/calendar/calendarPermissions").refused(501, "NotImplemented", "Calendars")
	})
}

// addressesIn are the addresses of a list of recipients.
func addressesIn(list any) string {
	var all []string
	for _, r := range list.([]any) {
		all = append(all, r.(map[string]any)["emailAddress"].(map[string]any)["address"].(string))
	}
	return strings.Join(all, " ")
}

func TestDrive(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	anna := "/users/anna.devries@lindeboom.example"
	drive := app.get(anna + "/drive").want(200)
	base := "/drives/" + drive.str("id")
	t.Run("R-API-60 the drive and its root", func(t *testing.T) {
		if drive.body["quota"].(map[string]any)["state"] != "normal" || drive.body["driveType"] != "business" {
			t.Errorf("got %s", drive.raw)
		}
		if url := drive.str("webUrl"); !strings.HasSuffix(url, "/personal/anna_devries_lindeboom_example/Documents") {
			t.Errorf("R-OD-11: webUrl %s", url)
		}
		for _, path := range []string{base, "/v2.0" + base, "/beta" + base, base + "/root", anna + "/drive/root", base + "/items/root"} {
			app.get(path).want(200)
		}
		if n := len(app.get(anna + "/drives").want(200).rows()); n != 1 {
			t.Errorf("%d drives", n)
		}
		if n := len(app.get("/users/mila.kok@lindeboom.example/drives").want(200).rows()); n != 0 {
			t.Errorf("%d drives", n)
		}
		app.get("/users/mila.kok@lindeboom.example/photo/$value").refused(404, "ImageNotFound", "")
		app.get("/users/mila.kok@lindeboom.example/drive").refused(404, "itemNotFound", "User's mysite not found.")
		app.get("/drives/none").refused(404, "itemNotFound", "")
	})
	files := app.get(base + "/root/children").want(200).rows()
	t.Run("R-API-61 upload, download, replace", func(t *testing.T) {
		me := s.as("anna.devries")
		made := me.with("Content-Type", "text/plain").put("/me/drive/root:/map/dieper/brief één.txt:/content", []byte("hallo")).want(201)
		if got := string(me.get(base + "/items/" + made.str("id") + "/content").want(200).raw); got != "hallo" {
			t.Errorf("got %q", got)
		}
		again := me.with("Content-Type", "text/plain").put(anna+"/drive/root:/map/dieper/brief één.txt:/content", []byte("hallo allemaal")).want(200)
		if again.str("id") != made.str("id") || again.body["size"] != 14.0 {
			t.Errorf("got %s", again.raw)
		}
		if got := string(me.get("/me/drive/root:/map/dieper/brief één.txt:/content").want(200).raw); got != "hallo allemaal" {
			t.Errorf("got %q", got)
		}
		if n := len(me.get("/me/drive/root:/map:/children").want(200).rows()); n != 1 {
			t.Errorf("%d children", n)
		}
		me.put("/me/drive/root:/map:/content", []byte("x")).refused(409, "nameAlreadyExists", "")
		me.put("/me/drive/root:/a*b:/content", []byte("x")).refused(400, "invalidRequest", "")
		me.post("/me/drive/root/children", `{"name":"nieuw","folder":{},"@microsoft.graph.conflictBehavior":"fail"}`).want(201)
		me.post("/me/drive/root/children", `{"name":"nieuw","folder":{}}`).refused(409, "nameAlreadyExists", "")
		s.as("bram.jansen").put(base+"/root:/x.txt:/content", []byte("x")).refused(403, "accessDenied", "")
	})
	t.Run("R-API-61 R-API-62 share and stop sharing", func(t *testing.T) {
		item := ""
		for _, f := range files {
			if f["file"] != nil {
				item = f["id"].(string)
			}
		}
		mila := s.as("mila.kok")
		mila.get(base+"/items/"+item).refused(403, "accessDenied", "")
		a := s.as("anna.devries").post(base+"/items/"+item+"/invite", `{"recipients":[{"email":"mila.kok@lindeboom.example"}],"roles":["read"],"requireSignIn":true,"sendInvitation":false,"message":"x"}`).want(200)
		share := a.rows()[0]["id"].(string)
		mila.get(base + "/items/" + item).want(200)
		mila.get(base+"/root/children").refused(403, "accessDenied", "")
		if n := len(app.get(base + "/items/" + item + "/permissions").want(200).rows()); n < 2 {
			t.Errorf("%d permissions", n)
		}
		app.delete(base + "/items/" + item + "/permissions/" + share).want(204)
		app.delete(base+"/items/"+item+"/permissions/"+share).refused(404, "itemNotFound", "That access is not there any more.")
		mila.get(base+"/items/"+item).refused(403, "accessDenied", "")
		invite := func(fields string) *answer {
			return app.post(base+"/items/"+item+"/invite", `{"roles":["read"],`+fields+`}`)
		}
		if to := invite(`"recipients":[{"alias":"mila.kok"}],"expirationDateTime":"2100-01-01T00:00:00Z"`).want(200).rows()[0]; to["expirationDateTime"] == nil {
			t.Errorf("R-API-61 an alias until a day: %v", to)
		}
		mila.get(base + "/items/" + item).want(200)
		invite(`"recipients":[{"email":"mila.kok@lindeboom.example","alias":null,"objectId":null}],"requireSignIn":null,"sendInvitation":null,"message":null`).want(200)
		for _, body := range []string{`{"roles":`, `{"roles":"read"}`, `{"roles":["read"],"recipients":[{"email":5}]}`, `{"nope":1}`, `[]`, ``} {
			app.post(base+"/items/"+item+"/invite", body).refused(400, "invalidRequest", "") // R-API-63
		}
		app.get(base+"/root/children?$filter=nope eq 1").refused(400, "invalidRequest", "")
		invite(`"recipients":[{"alias":"nobody"}]`).refused(400, "invalidRequest", "not an active user")
		invite(`"recipients":[{"alias":"mila.kok"}],"expirationDateTime":"2020-01-01T00:00:00Z"`).refused(400, "invalidRequest", "in the future")
		app.post(base+"/items/"+item+"/invite", `{"recipients":[{"email":"nobody@lindeboom.example"}],"roles":["read"]}`).refused(400, "invalidRequest", "")
		app.post(base+"/items/"+item+"/invite", `{"recipients":[],"roles":["owner"]}`).refused(400, "invalidRequest", "")
	})
	t.Run("R-OD-01 R-API-64 how long drives are kept", func(t *testing.T) {
		if got := app.get("/admin/sharepoint/settings").want(200).body["deletedUserPersonalSiteRetentionPeriodInDays"]; got != 30.0 {
			t.Errorf("got %v", got)
		}
		s.as("sharepoint").patch("/admin/sharepoint/settings", `{"deletedUserPersonalSiteRetentionPeriodInDays":365}`).want(200)
		s.as("sharepoint").patch("/admin/sharepoint/settings", `{"deletedUserPersonalSiteRetentionPeriodInDays":29}`).want(400)
		s.as("useradmin").patch("/admin/sharepoint/settings", `{"deletedUserPersonalSiteRetentionPeriodInDays":60}`).want(403)
		s.as("reader").get("/admin/sharepoint/settings").want(200)
	})
	t.Run("R-SM-07 a deleted user's drive stays for those who were given it", func(t *testing.T) {
		app.delete(anna).want(204)
		app.get(base + "/root/children").want(200)
		s.as("").put(base+"/root:/x.txt:/content", []byte("x")).want(404)
	})
}

func TestGzipBodies(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	var b bytes.Buffer
	z := gzip.NewWriter(&b)
	fatal(t, json.NewEncoder(z).Encode(map[string]any{"jobTitle": "gepakt"}))
	fatal(t, z.Close())
	path := "/users/mila.kok@lindeboom.example"
	s.as("").with("Content-Encoding", "gzip").patch(path, b.Bytes()).want(204)
	if got := s.as("").get(path).str("jobTitle"); got != "gepakt" {
		t.Errorf("got %s", got)
	}
	s.as("").with("Content-Encoding", "gzip").patch(path, "not gzip").want(400)
	s.as("").with("Content-Encoding", "br").patch(path, "x").want(415)
}

func TestOrganization(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	app := s.as("")
	rows := app.get("/organization").want(200).rows()
	if len(rows) != 1 || rows[0]["displayName"] != practice.Name {
		t.Errorf("got %v", rows)
	}
	app.get("/organization/" + practice.TenantID).want(200)
	app.get("/organization/none").want(404)
	app.get("/domains").want(200)
	app.get("/domains/" + practice.Domain).want(200)
	app.get("/domains/elsewhere.example").want(404)
	(&client{t: t, s: s}).get("/v1.0/").want(200)
	if a := (&client{t: t, s: s}).get("/$metadata").want(200); !strings.Contains(string(a.raw), `<EntityType Name="user"`) {
		t.Error("no metadata")
	}
	s.as("").get("/me").refused(400, "BadRequest", "/me request is only valid with delegated authentication flow.")
	if got := s.as("mila.kok").get("/me").want(200).str("displayName"); got != "Mila Kok" {
		t.Errorf("got %s", got)
	}
	s.as("mila.kok").get("/me/licenseDetails").want(200)
	for _, path := range []string{"/organization", "/domains"} {
		app.get(path+"?$expand=extensions").refused(400, "Request_BadRequest", "'$expand' is not supported")
	}
	for _, devices := range []string{"ownedDevices", "registeredDevices"} { // R-DEL-20
		for _, path := range []string{"/me/" + devices, "/users/mila.kok@lindeboom.example/" + devices, "/me/" + devices + "/microsoft.graph.device"} {
			if a := s.as("mila.kok").get(path).want(200); len(a.rows()) != 0 || !strings.HasSuffix(a.str("@odata.context"), "$metadata#directoryObjects") {
				t.Errorf("%s: got %s", path, a.raw)
			}
		}
		app.get("/users/anna.devries@lindeboom.example/"+devices+"/$count").refused(400, "Request_BadRequest", "$count is not currently supported.")
		app.get("/users/nobody@lindeboom.example/" + devices).want(404)
		if got := app.get("/users/anna.devries@lindeboom.example?$expand=" + devices).want(200).body[devices]; fmt.Sprint(got) != "[]" {
			t.Errorf("R-DEL-20 expanded: got %v", got)
		}
	}
	s.as("mila.kok").get("/users").refused(403, "Authorization_RequestDenied", "Insufficient privileges")
}

func TestThrottling(t *testing.T) {
	t.Parallel()
	s := newSchool(t, func(c *graph.Config) { c.Throttle = wire.NewThrottle(wire.Limits{Units: 20, Writes: 3}, c.Now) })
	app := s.as("")
	path := "/users/mila.kok@lindeboom.example?$select=id"
	a := app.get(path).want(200)
	if a.header.Get("x-ms-resource-unit") != "1" {
		t.Errorf("R-API-08 cost %s", a.header.Get("x-ms-resource-unit"))
	}
	var codes []int
	for range 25 {
		a = app.get(path)
		codes = append(codes, a.status)
	}
	if !slices.Contains(codes, 200) {
		t.Error("nothing got through")
	}
	a.refused(429, "TooManyRequests", "Please retry again later.") // R-API-06 R-API-07
	if a.header.Get("Retry-After") != "10" || !strings.HasPrefix(a.header.Get("x-ms-throttle-scope"), "Tenant_Application/") {
		t.Errorf("R-API-06 R-API-08 headers %v", a.header)
	}
	some := `{"requests":[{"id":"1","method":"GET","url":"` + path + `"},{"id":"2","method":"GET","url":"/users"}]}`
	for id, p := range app.post("/$batch", some).responses() { // the batch itself goes through
		if p["status"] != 429.0 || p["headers"].(map[string]any)["Retry-After"] != "10" {
			t.Errorf("R-BULK-15 %s: got %v", id, p)
		}
	}
	s.clock.advance(10_000_000_000)
	for id, p := range app.post("/$batch", some).responses() {
		if p["status"] != 200.0 {
			t.Errorf("R-BULK-15 %s: got %v", id, p)
		}
	}
	s.clock.advance(10_000_000_000)
	app.get(path).want(200)
	for range 3 {
		app.patch("/users/mila.kok@lindeboom.example", `{"jobTitle":"x"}`).want(204)
	}
	a = app.patch("/users/mila.kok@lindeboom.example", `{"jobTitle":"x"}`).want(429)
	if a.header.Get("x-ms-throttle-information") != "WriteLimitExceeded" {
		t.Errorf("R-API-07 R-API-08 got %v", a.header)
	}
}
