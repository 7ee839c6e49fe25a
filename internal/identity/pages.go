package identity

import (
	"bytes"
	"crypto/rand"
	_ "embed"
	"errors"
	"fmt"
	"html/template"
	"net/http"
	"net/url"
	"time"
)

//go:embed pages.html
var pageSource string

func parsePages() (*template.Template, error) {
	pages, err := template.New("pages").Parse(pageSource)
	if err != nil {
		return nil, fmt.Errorf("read the pages: %w", err)
	}
	return pages, nil
}

// view is what a page shows.
type view struct {
	Lang         string
	Nonce        string
	Organization string
	Title, Lead  string
	Error        string
	Reference    string
	Hidden       []field
	Name         string
	Code         string
	Target       template.URL

	change bool // ask for a new password too
	device bool
	app    string
	text   func(lang, key string, args map[string]any) string
}

type field struct{ Name, Value string }

// T answers a text of the page.
func (v view) T(key string) string {
	return v.text(v.Lang, key, map[string]any{"app": v.app})
}

// view is the sign-in form of an authorization.
func (a authorization) view(name string) view {
	v := view{Name: name, app: a.app.DisplayName}
	for _, key := range carried {
		if a.params.Has(key) {
			v.Hidden = append(v.Hidden, field{key, a.params.Get(key)})
		}
	}
	return v
}

func deviceView(app App, code, name string) view {
	return view{Name: name, app: app.DisplayName, device: true, Hidden: []field{{"user_code", code}}}
}

// Device tells the template that a device waits for the sign-in.
func (v view) Device() bool { return v.device }

// Change tells the template that a new password is needed.
func (v view) Change() bool { return v.change }

// signInPage asks for name and password, and for a new password where err says
// that the old one has had its time.
func (s *Server) signInPage(c *call, v view, err error) error {
	status := http.StatusOK
	v.Title, v.Lead = "identity.signin.title", "identity.signin.lead"
	if v.device {
		v.Lead = "identity.device.confirm"
	}
	why, refused := errors.AsType[*Refusal](err)
	switch {
	case err == nil:
	case errors.Is(err, errMismatch):
		v.Error, v.change, status = s.text(c, "identity.change.mismatch", nil), true, http.StatusBadRequest
	case !refused:
		return err
	case errors.Is(err, ErrMustChangePassword):
		v.change = true
	default:
		// Who typed a new password keeps that form, unless the old one was wrong.
		v.change = errors.Is(err, ErrWeakPassword)
		v.Error, status = s.explain(c, why), http.StatusBadRequest
		if why.RetryAfter > 0 {
			status = http.StatusTooManyRequests
			c.w.Header().Set("Retry-After", fmt.Sprint(int(why.RetryAfter/time.Second)+1))
		}
	}
	if v.change {
		v.Title, v.Lead = "identity.change.title", "identity.change.lead"
	}
	return s.render(c, status, "signin", v)
}

// codePage asks for the code that a device shows.
func (s *Server) codePage(c *call, status int, code string, why *Refusal) error {
	v := view{Title: "identity.device.title", Lead: "identity.device.lead", Code: code}
	if why != nil {
		v.Error = s.explain(c, why)
	}
	return s.render(c, status, "code", v)
}

// messagePage says one thing.
func (s *Server) messagePage(c *call, title, lead string, args map[string]any) error {
	app, _ := args["app"].(string)
	return s.render(c, http.StatusOK, "message", view{Title: title, Lead: lead, app: app})
}

// postPage sends an answer to an app with a form that submits itself.
func (s *Server) postPage(c *call, target string, answer url.Values) error {
	v := view{Title: "identity.post.title", Lead: "identity.post.lead", Target: template.URL(target)} //nolint:gosec // registered for the app, http or https
	for name := range answer {
		v.Hidden = append(v.Hidden, field{name, answer.Get(name)})
	}
	return s.render(c, http.StatusOK, "post", v)
}

// errorPage shows a refusal that no app hears of.
func (s *Server) errorPage(c *call, why *Refusal) {
	v := view{
		Title: "identity.error.title", Error: s.explain(c, why),
		Reference: fmt.Sprintf("%s · %s · %s", why.Error(), c.trace, c.now.UTC().Format(timeLayout)),
	}
	if err := s.render(c, why.status(), "message", v); err != nil {
		c.log.ErrorContext(c.ctx(), "page not shown", "request-id", c.trace, "error", err)
	}
}

// explain says a refusal in the reader's language.
func (s *Server) explain(c *call, why *Refusal) string {
	args := map[string]any{"code": fmt.Sprintf("AADSTS%d", why.Code), "seconds": int(why.RetryAfter/time.Second) + 1}
	if len(why.Args) > 0 {
		args["name"] = why.Args[0]
	}
	return s.text(c, why.Key(), args)
}

func (s *Server) text(c *call, key string, args map[string]any) string {
	return s.cfg.Text(c.lang, key, args)
}

// render writes a page that loads nothing, runs nothing of others and can't be
// put into a frame. It sets no form-action: browsers would apply it to the
// redirect that follows the form, which leads to the app.
func (s *Server) render(c *call, status int, name string, v view) error {
	nonce, err := NewSecret(rand.Reader)
	if err != nil {
		return err
	}
	v.Nonce, v.Lang, v.text, v.Organization = nonce, c.lang, s.cfg.Text, c.tenant.DisplayName
	v.Title = v.T(v.Title)
	if v.Lead != "" {
		v.Lead = v.T(v.Lead)
	}
	var page bytes.Buffer
	if err := s.pages.ExecuteTemplate(&page, name, v); err != nil {
		return fmt.Errorf("write page %s: %w", name, err)
	}
	header := c.w.Header()
	header.Set("Content-Type", "text/html; charset=utf-8")
	header.Set("Content-Security-Policy", fmt.Sprintf(
		"default-src 'none'; style-src 'nonce-%[1]s'; script-src 'nonce-%[1]s'; base-uri 'none'; frame-ancestors 'none'", nonce))
	header.Set("X-Frame-Options", "DENY")
	header.Set("Referrer-Policy", "no-referrer")
	header.Set("Cache-Control", "no-store")
	c.w.WriteHeader(status)
	if _, err := c.w.Write(page.Bytes()); err != nil {
		// The browser is gone; there is nobody to tell.
		c.log.DebugContext(c.ctx(), "page not delivered", "request-id", c.trace, "error", err)
	}
	return nil
}
