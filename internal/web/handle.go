package web

import (
	"compress/gzip"
	"context"
	"errors"
	"io"
	"net/http"
	"strings"

	"github.com/a-h/templ"

	"leaver/internal/locale"
	"leaver/internal/org"
)

// handler answers one visit. It returns what it can't answer itself.
type handler func(v *visit) error

// maxForm is how large a form may be that is no file.
const maxForm = 2 << 20

// allowed lets a visit through to administrators whose role covers the
// operation; the others are told which roles do. R-ROLE-05
func allowed(o op, h handler) handler {
	return func(v *visit) error {
		if r := org.May(v.Actor, o); r != nil {
			return r
		}
		return h(v)
	}
}

// handle makes a visit of a request: it finds out who asks, runs the handler,
// and answers what that returned. It is the one place where an error becomes a
// page and a log line.
func (s *Server) handle(h handler, needsSession bool) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		v := s.visit(w, r)
		err := v.load()
		switch {
		case err != nil:
		case needsSession && v.Person == nil:
			err = v.askToSignIn()
		case needsSession && v.session.Pending && r.URL.Path != "/signout":
			err = v.askForPasskey("")
		default:
			err = v.parse()
			if err == nil {
				err = h(v)
			}
		}
		if err != nil {
			v.fail(err)
		}
	})
}

// parse reads the form, unless the request carries a file.
func (v *visit) parse() error {
	if v.r.Method != http.MethodPost || strings.HasPrefix(v.r.Header.Get("Content-Type"), "multipart/") {
		return nil
	}
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, maxForm)
	if err := v.r.ParseForm(); err != nil {
		v.show(http.StatusBadRequest, failure(v, v.T("web.error.invalid"), v.T("web.error.form"), ""))
		return errAnswered
	}
	return nil
}

// statuses is how each kind of refusal is answered.
var statuses = map[org.Kind]int{
	org.Invalid: http.StatusUnprocessableEntity, org.Unauthenticated: http.StatusUnauthorized, org.Denied: http.StatusForbidden,
	org.NotFound: http.StatusNotFound, org.Conflict: http.StatusConflict, org.Stale: http.StatusPreconditionFailed,
	org.Throttled: http.StatusTooManyRequests, org.Unavailable: http.StatusServiceUnavailable, org.Internal: http.StatusInternalServerError,
}

// errAnswered says that the visit has its answer already.
var errAnswered = errors.New("answered")

// fail answers with a page that says what is wrong.
func (v *visit) fail(err error) {
	if errors.Is(err, errAnswered) || errors.Is(err, context.Canceled) && v.ctx().Err() != nil {
		return // or whoever asked has gone
	}
	r := org.RefusalOf(err)
	if r == nil || r.Kind == org.Internal {
		v.srv.Log.Error("admin centre", "path", v.r.URL.Path, "request", v.ID, "error", err)
		v.show(http.StatusInternalServerError, failure(v, v.T("web.error.title"), v.T("web.error.text", "id", v.ID), ""))
		return
	}
	if r.Kind == org.Unavailable {
		v.srv.Log.Warn("admin centre", "path", v.r.URL.Path, "request", v.ID, "error", err)
		v.w.Header().Set("Retry-After", "10")
	}
	v.show(statuses[r.Kind], failure(v, v.T("web.error."+string(r.Kind)), v.Refusal(r), v.Hint(r)))
}

// render answers with a page.
func (v *visit) render(page templ.Component) error {
	v.show(http.StatusOK, page)
	return nil
}

// show writes a page, packed where the browser can unpack.
func (v *visit) show(status int, page templ.Component) {
	h := v.w.Header()
	h.Set("Content-Type", "text/html; charset=utf-8")
	h.Set("Vary", "Accept-Encoding, Cookie, Accept-Language")
	if h.Get("Cache-Control") == "" {
		h.Set("Cache-Control", "private, no-cache")
	}
	var out io.Writer = v.w
	if acceptsGzip(v.r) {
		h.Set("Content-Encoding", "gzip")
		zw := gzip.NewWriter(v.w)
		defer func() { _ = zw.Close() }() // fails only when the client has gone
		out = zw
	}
	v.w.WriteHeader(status)
	if err := page.Render(v.ctx(), out); err != nil && v.ctx().Err() == nil {
		v.srv.Log.Error("write a page", "path", v.r.URL.Path, "request", v.ID, "error", err)
	}
}

// secret keeps a page out of every cache: it shows something once.
func (v *visit) secret() { v.w.Header().Set("Cache-Control", "no-store") }

func notFound(v *visit) error {
	v.show(http.StatusNotFound, failure(v, v.T("web.error.notFound"), v.T("web.error.noPage"), ""))
	return nil
}

// visit starts a visit with what the request itself says.
func (s *Server) visit(w http.ResponseWriter, r *http.Request) *visit {
	v := &visit{srv: s, w: w, r: r, ID: s.NewID(), Theme: "auto", Density: "calm"}
	w.Header().Set("X-Request-Id", v.ID)
	v.Lang = locale.Choose(locale.English, cookie(r, "lang"), r.Header.Get("Accept-Language"))
	if t := cookie(r, "theme"); t == "light" || t == "dark" {
		v.Theme = t
	}
	if cookie(r, "density") == "compact" {
		v.Density = "compact"
	}
	return v
}

func cookie(r *http.Request, name string) string {
	c, err := r.Cookie(name)
	if err != nil {
		return ""
	}
	return c.Value
}
