// Package web is the admin centre: pages made on the server, plain forms and
// links, in Dutch and English. Every task works without JavaScript; one small
// script of ours adds what forms can't do. No rule lives here: what may be done,
// and why not, is asked of the Desk.
package web

import (
	"context"
	"log/slog"
	"net/http"
	"time"

	"leaver/internal/identity"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// Options are what an admin centre is made of. All are needed, except where it
// says otherwise.
type Options struct {
	Desk     *offboard.Desk
	Store    Store
	Bodies   Bodies
	Identity SignIns
	Log      *slog.Logger
	Now      func() time.Time // the real clock, by which sessions live
	NewID    func() string
	// BehindProxy says that a proxy of ours sets X-Forwarded-For and -Proto.
	BehindProxy bool
	// Idle and Longest are how long a session lives: without being used, and at
	// all. An hour and twelve when zero.
	Idle, Longest time.Duration
}

// SignIns checks who somebody is.
type SignIns interface {
	SignIn(ctx context.Context, with identity.Credentials) (identity.Person, error)
	ChangePassword(ctx context.Context, with identity.Credentials, password string) (identity.Person, error)
}

// Server serves the admin centre.
type Server struct {
	Options
	assets assets
	door   *door
	mux    http.Handler
}

// New makes the admin centre.
func New(o Options) (*Server, error) {
	a, err := loadAssets()
	if err != nil {
		return nil, err
	}
	if o.Idle == 0 {
		o.Idle = time.Hour
	}
	if o.Longest == 0 {
		o.Longest = 12 * time.Hour
	}
	s := &Server{Options: o, assets: a, door: newDoor(o.Now)}
	s.mux = http.NewCrossOriginProtection().Handler(s.routes())
	return s, nil
}

// ServeHTTP answers a request.
func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	h.Set("Content-Security-Policy", policy)
	h.Set("X-Content-Type-Options", "nosniff")
	h.Set("Referrer-Policy", "same-origin")
	h.Set("Cross-Origin-Opener-Policy", "same-origin")
	s.mux.ServeHTTP(w, r)
}

// policy lets a page load what this server serves and nothing else, and run no
// script or style that stands in the page itself.
const policy = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
	"form-action 'self'; frame-ancestors 'none'; base-uri 'none'"

// op is what a page needs its reader to be allowed, "" for any administrator.
type op = org.Operation

// routes is every page there is.
func (s *Server) routes() http.Handler {
	mux := http.NewServeMux()
	anyone := func(pattern string, h handler) { mux.Handle(pattern, s.handle(h, false)) }
	signedIn := func(pattern string, h handler) { mux.Handle(pattern, s.handle(h, true)) }
	may := func(o op, pattern string, h handler) { signedIn(pattern, allowed(o, h)) }

	mux.HandleFunc("GET /assets/{file}", s.asset)
	anyone("GET /signin", signInPage)
	anyone("POST /signin", signIn)
	anyone("POST /signin/password", changeExpired)
	anyone("POST /signin/passkey", answerPasskey)
	anyone("POST /preferences", setPreferences)
	anyone("GET /design", designPage)
	signedIn("POST /signout", signOut)
	signedIn("GET /{$}", home)
	signedIn("GET /account", accountPage)
	signedIn("POST /account/password", changePassword)
	signedIn("POST /account/sessions", endSessions)
	signedIn("POST /account/passkeys", addPasskey)
	signedIn("POST /account/passkeys/remove", removePasskey)
	signedIn("GET /drives", drivesPage)
	signedIn("GET /drives/{id}", folderPage)
	signedIn("GET /drives/{id}/items/{item}", folderPage)
	signedIn("GET /drives/{id}/items/{item}/content", downloadFile)
	signedIn("GET /mail", boxesPage)
	signedIn("GET /mail/{id}", boxPage)
	signedIn("GET /mail/{id}/folders/{folder}", boxPage)
	signedIn("GET /mail/{id}/messages/{message}", letterPage)
	signedIn("GET /mail/{id}/messages/{message}/content", downloadLetter)

	may(org.ReadDirectory, "GET /users", usersPage)
	may(org.CreateUser, "GET /users/new", newUserPage)
	may(org.CreateUser, "POST /users/new", addUser)
	may(org.ReadDirectory, "GET /users/{id}", personPage)
	may(org.ReadDirectory, "POST /users/{id}/password", resetPassword)
	may(org.ReadDirectory, "POST /users/{id}/sessions", revokeSessions)
	may(org.ReadDirectory, "POST /users/{id}/signin", setSignIn)
	may(org.ReadDirectory, "POST /users/{id}/forwarding", stopForwarding)
	may(org.ReadDirectory, "GET /users/{id}/account", profilePage)
	may(org.ReadDirectory, "POST /users/{id}/account", saveProfile)
	may(org.ReadDirectory, "GET /users/{id}/licenses", licensesPage)
	may(org.AssignLicense, "POST /users/{id}/licenses", saveLicenses)
	may(org.ReadDirectory, "GET /users/{id}/mail", mailPage)
	may(org.ManageMailbox, "POST /users/{id}/mail", saveMail)
	may(org.ReadDirectory, "GET /users/{id}/drive", drivePage)
	may(org.ManageDrive, "POST /users/{id}/drive", saveDrive)
	may(org.ReadDirectory, "GET /users/{id}/groups", groupsPage)
	may(org.ReadDirectory, "POST /users/{id}/groups", saveGroup)
	may(org.ReadDirectory, "GET /users/{id}/roles", rolesPage)
	may(org.ManageRole, "POST /users/{id}/roles", saveRoles)
	may(org.DeleteUser, "GET /users/{id}/delete", wizardPage)
	may(org.DeleteUser, "POST /users/{id}/delete", wizardChoices)
	may(org.DeleteUser, "POST /users/{id}/delete/plan", wizardPlan)
	may(org.DeleteUser, "POST /users/{id}/delete/run", wizardRun)

	may(org.ReadDirectory, "GET /groups", groupListPage)
	may(org.ReadDirectory, "GET /groups/new", newGroupPage)
	may(org.ReadDirectory, "POST /groups/new", addGroup)
	may(org.ReadDirectory, "GET /groups/{id}", groupPage)
	may(org.ReadDirectory, "POST /groups/{id}", saveGroupForm)
	may(org.ReadDirectory, "GET /groups/{id}/members", groupMembersPage)
	may(org.ReadDirectory, "POST /groups/{id}/members", saveGroupMembers)
	may(org.ReadDirectory, "GET /groups/{id}/owners", groupOwnersPage)
	may(org.ReadDirectory, "POST /groups/{id}/owners", saveGroupOwners)
	may(org.ReadDirectory, "GET /groups/{id}/licenses", groupLicensesPage)
	may(org.AssignLicense, "POST /groups/{id}/licenses", saveGroupLicenses)

	may(org.DeleteUser, "GET /several", severalPage)
	may(org.DeleteUser, "POST /several", severalSelected)
	may(org.DeleteUser, "POST /several/file", severalUpload)
	may(org.DeleteUser, "GET /several/template.csv", severalTemplate)
	may(org.DeleteUser, "GET /several/{draft}", severalPlan)
	may(org.DeleteUser, "POST /several/{draft}", severalRun)

	may(org.ReadDepartures, "GET /leavers", leaversPage)
	may(org.ReadDeletedPeople, "GET /leavers/calendar", calendarPage)
	may(org.ReadDepartures, "GET /leavers/{id}", leaverPage)
	may(org.ReadDepartures, "GET /leavers/{id}/events", leaverEvents)
	may(org.ReadDepartures, "GET /leavers/{id}/results.csv", leaverResults)
	may(org.ReadDepartures, "GET /leavers/{id}/record", leaverRecord)
	may(org.RestoreUser, "POST /leavers/{id}/undo", undoLeaver)

	may(org.ReadDeletedPeople, "GET /deleted", deletedPage)
	may(org.RestoreUser, "POST /deleted/restore", restoreSeveral)
	may(org.ReadDeletedPeople, "GET /deleted/left", leftPage)
	may(org.ReadDeletedPeople, "POST /deleted/left", saveLeft)
	may(org.ReadDeletedPeople, "GET /deleted/{id}", deletedPerson)
	may(org.RestoreUser, "POST /deleted/{id}/restore", restorePerson)
	may(org.PurgeUser, "POST /deleted/{id}/purge", purgePerson)

	may(org.ReadBilling, "GET /products", productsPage)
	may(org.ReadBilling, "GET /products/{id}", productPage)
	may(org.SetQuantity, "POST /products/{id}", changeQuantity)

	may(org.ReadAudit, "GET /audit", auditPage)
	may(org.ReadAudit, "GET /audit/export.csv", auditExport)
	may(org.ReadAudit, "POST /audit/check", auditCheck)
	may(org.ReadDirectory, "GET /settings", settingsPage)
	may(org.ReadDirectory, "POST /settings", saveSettings)
	may(org.ReadDirectory, "GET /settings/domains", domainsPage)
	may(org.ManageSettings, "POST /settings/domains", saveDomains)
	may(org.ManageApps, "GET /settings/apps", appsPage)
	may(org.ManageApps, "POST /settings/apps", addApp)
	may(org.ManageApps, "GET /settings/apps/{id}", appPage)
	may(org.ManageApps, "POST /settings/apps/{id}", saveApp)
	may(org.ReadDirectory, "GET /clock", clockPage)
	may(org.AdvanceClock, "POST /clock", advanceClock)
	anyone("/", notFound)
	return mux
}
