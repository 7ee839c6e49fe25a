package api

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"leaver/internal/org"
	"leaver/internal/wire"
)

// route is one line of the table: how a call is reached, what goes in and what
// comes out. The handlers are registered from it, and the OpenAPI description is
// made of it.
type route struct {
	method, path string
	id           string // operationId
	tag          string
	summary      string
	about        string // more than fits the summary
	scopes       []string
	// may is the operation that the caller's role must cover, where no use case
	// of the Desk judges it.
	may   org.Operation
	query []param
	// body is a value of the type that the body is read into; bodyKind is the
	// media type, JSON when empty.
	body     any
	bodyKind string
	optional bool // the body may be left out
	example  string
	keyed    bool // takes an Idempotency-Key
	status   int  // of the answer, 200 when zero
	later    bool // may also answer 202
	answer   any
	kinds    []string // other media types that the answer can have
	refuses  []int    // statuses besides those that every call can have
	serve    func(*API, *call) error
}

// param is a query parameter.
type param struct {
	name  string
	kind  string // string, integer, boolean or date-time
	about string
}

// The permissions that a token must carry one of. A token of a person is limited
// by the person's roles as well.
var (
	readPeople   = []string{"Directory.Read.All", "Directory.ReadWrite.All", "User.Read.All", "User.ReadWrite.All"}
	writePeople  = []string{"Directory.ReadWrite.All", "User.ReadWrite.All"}
	deletePeople = []string{"User.DeleteRestore.All", "User.ReadWrite.All", "Directory.ReadWrite.All"}
	readDeleted  = append([]string{"User.DeleteRestore.All"}, readPeople...)
	followRuns   = append([]string{"AuditLog.Read.All"}, deletePeople...)
	readTrail    = []string{"AuditLog.Read.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	readBills    = []string{"Organization.Read.All", "Organization.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	writeBills   = []string{"Organization.ReadWrite.All", "Directory.ReadWrite.All"}
	readMail     = []string{"MailboxSettings.Read", "MailboxSettings.ReadWrite", "User.Read.All", "User.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	writeMail    = []string{"MailboxSettings.ReadWrite", "User.ReadWrite.All", "Directory.ReadWrite.All"}
	readFiles    = []string{"Files.Read.All", "Files.ReadWrite.All", "Sites.Read.All", "Sites.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	writeFiles   = []string{"Files.ReadWrite.All", "Sites.ReadWrite.All", "Sites.FullControl.All", "Directory.ReadWrite.All"}
	readApps     = []string{"Application.Read.All", "Application.ReadWrite.All", "Directory.Read.All", "Directory.ReadWrite.All"}
	writeApps    = []string{"Application.ReadWrite.All"}
	writeDomains = []string{"Domain.ReadWrite.All", "Directory.ReadWrite.All"}
)

// allows refuses a token that does not carry the permission, a caller whose role
// does not cover the operation, and parameters that nobody knows.
func (route *route) allows(c *call) error {
	if err := c.carries(route.scopes); err != nil {
		return err
	}
	if route.may != "" {
		if r := org.May(c.actor, route.may); r != nil {
			return r
		}
	}
	return route.reads(c.r)
}

// reads refuses an address that is broken, that holds what is no text, or whose
// parameters nobody knows or are given twice. Below it everything is text that a
// database can compare. R-API-04
func (route *route) reads(r *http.Request) error {
	query, err := url.ParseQuery(r.URL.RawQuery)
	if err != nil || !wire.IsText(r.URL.Path) {
		return wrong(r, "request.badAddress", "")
	}
	for name, values := range query {
		switch {
		case !slices.ContainsFunc(route.query, func(p param) bool { return p.name == name }):
			return wrong(r, "request.unknownParameter", shown(name), "name", shown(name))
		case len(values) > 1:
			return wrong(r, "request.repeated", name, "field", name)
		case !wire.IsText(values[0]):
			return wrong(r, "request.badAddress", name)
		}
	}
	return nil
}

// asThePerson is the delegated permission to do whatever the person may do.
const asThePerson = "Directory.AccessAsUser.All"

// carries refuses a token that has none of the permissions.
func (c *call) carries(scopes []string) error {
	if c.actor.Scopes == nil || len(scopes) == 0 || slices.ContainsFunc(c.actor.Scopes, func(s string) bool {
		return !c.actor.App && strings.EqualFold(s, asThePerson) || slices.ContainsFunc(scopes, func(x string) bool { return strings.EqualFold(x, s) })
	}) {
		return nil
	}
	f := wrong(c.r, "request.noScope", "", "scopes", scopes)
	f.Status = http.StatusForbidden
	return f
}

// routes is the table.
func routes() []route {
	return slices.Concat(departureRoutes(), followRoutes(), organizationRoutes(), peopleRoutes(), fileRoutes(), deletedRoutes(), subscriptionRoutes(),
		mailboxRoutes(), driveRoutes(), auditRoutes(), appRoutes(), domainRoutes())
}

// methods are those that routes have. HEAD goes with GET.
var methods = []string{http.MethodGet, http.MethodPost, http.MethodPut, http.MethodPatch, http.MethodDelete}

// notServed answers 405 where other methods would have been served, else 404.
// R-API-04
func notServed(mux *http.ServeMux, served map[string][]string, r *http.Request) error {
	_, pattern := mux.Handler(&http.Request{Method: http.MethodGet, URL: r.URL, Host: r.Host})
	_, path, _ := strings.Cut(pattern, " ")
	if allow := served[path]; len(allow) > 0 {
		f := wrong(r, "request.method", "", "method", shown(r.Method), "allowed", allow)
		f.Status, f.Header = http.StatusMethodNotAllowed, http.Header{"Allow": {strings.Join(allow, ", ")}}
		return f
	}
	f := wrong(r, "request.noSuchPath", "", "path", shown(r.URL.Path))
	f.Status = http.StatusNotFound
	return f
}

// statusOf is the status of a refusal.
var statusOf = map[org.Kind]int{
	org.Invalid: http.StatusBadRequest, org.Unauthenticated: http.StatusUnauthorized, org.Denied: http.StatusForbidden,
	org.NotFound: http.StatusNotFound, org.Conflict: http.StatusConflict, org.Stale: http.StatusConflict,
	org.Throttled: http.StatusTooManyRequests, org.Unavailable: http.StatusServiceUnavailable, org.Internal: http.StatusInternalServerError,
}

// refused words the refusal of a rule in the reader's language: its reason is the
// code, the rule stands in the details.
func refused(r *http.Request, x *org.Refusal) *wire.Fault {
	if x.Reason == "" {
		f := wrong(r, "request.internal", "", "id", wire.RequestID(r))
		f.Status = http.StatusInternalServerError
		return f
	}
	lang := wire.Lang(r)
	f := &wire.Fault{Status: statusOf[x.Kind], Code: x.Reason, Message: wire.Sentence(lang, x)}
	if x.Kind == org.Unavailable {
		f.RetryAfter = wire.Wait
	}
	if x.Rule != "" || x.Target != "" {
		d := wire.Detail{Target: x.Target, Code: x.Rule, Message: wire.Text(lang, x), Rule: x.Rule}
		if d.Code == "" {
			d.Code = x.Reason
		}
		f.Details = []wire.Detail{d}
	}
	return f
}
