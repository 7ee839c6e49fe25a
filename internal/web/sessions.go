package web

import (
	"crypto/rand"
	"net"
	"net/http"
	"net/url"
	"strings"
	"time"

	"leaver/internal/identity"
	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// seenEvery is how often it is noted that a session is used.
const seenEvery = time.Minute

// load finds out who asks: the organization, its time, and the person whose
// session the cookie is. The roles are those of this moment; a session does not
// outlive the person's epoch, so that it ends with the account. R-DEL-12
func (v *visit) load() error {
	token := cookie(v.r, v.cookieName())
	var s *offboard.WebSession
	if token != "" {
		var err error
		if s, err = v.srv.Store.WebSession(v.ctx(), identity.Handle(token)); err != nil {
			return err
		}
	}
	if s != nil && v.over(s) {
		s = nil
	}
	var p *org.Person
	err := v.read(func(tx offboard.Tx) error {
		o, err := tx.Organization(v.ctx())
		if err != nil {
			return err
		}
		offset, err := tx.Clock(v.ctx())
		if err != nil {
			return err
		}
		v.Org, v.Now, p = o, v.srv.Now().Add(offset).UTC().Truncate(time.Second), nil
		if s == nil {
			return nil
		}
		people, err := tx.People(v.ctx(), []string{string(s.PersonID)})
		if err == nil {
			p = people[0]
		}
		return err
	})
	if err != nil {
		return err
	}
	if p == nil || !p.Active() || !p.AccountEnabled || p.SessionEpoch != s.Epoch {
		v.chooseLanguage(nil)
		return nil
	}
	v.Person, v.session = p, *s
	v.Actor = org.Actor{ID: p.ID, Name: p.UPN, Roles: p.Roles, RequestID: v.ID}
	v.chooseLanguage(p)
	return v.touch()
}

// over says that a session has run out: unused for too long, or too old.
func (v *visit) over(s *offboard.WebSession) bool {
	now := v.srv.Now()
	return !now.Before(s.Expires) || now.Sub(s.Seen) > v.srv.Idle
}

// touch notes now and then that the session is used.
func (v *visit) touch() error {
	now := v.srv.Now()
	if now.Sub(v.session.Seen) < seenEvery {
		return nil
	}
	v.session.Seen = now
	return v.srv.Store.SaveWebSession(v.ctx(), v.session, now)
}

// chooseLanguage: the reader's own choice first, then what the directory says
// about the person, what the browser asks for, and the organization's language.
func (v *visit) chooseLanguage(p *org.Person) {
	preferred := ""
	if p != nil {
		preferred = p.PreferredLanguage
	}
	fallback := locale.Choose(locale.English, v.Org.Settings.DefaultLanguage)
	v.Lang = locale.Choose(fallback, cookie(v.r, "lang"), preferred, v.r.Header.Get("Accept-Language"))
}

// enter starts a session for somebody whose password was right. pending waits
// for a passkey.
func (v *visit) enter(p identity.Person, pending bool) error {
	token, err := identity.NewSecret(rand.Reader)
	if err != nil {
		return err
	}
	now := v.srv.Now()
	v.session = offboard.WebSession{
		Handle: identity.Handle(token), ID: v.srv.NewID(), PersonID: org.UserID(p.ID), Epoch: p.SessionEpoch, Created: now, Seen: now,
		Expires: now.Add(v.srv.Longest), Address: v.address(), Agent: agentName(v.r.UserAgent()), Pending: pending,
	}
	if err := v.srv.Store.SaveWebSession(v.ctx(), v.session, now); err != nil {
		return err
	}
	v.setCookie(v.cookieName(), token, 0, true)
	return nil
}

// secure says that the browser reached us over TLS.
func (v *visit) secure() bool {
	return v.r.TLS != nil || v.srv.BehindProxy && strings.EqualFold(v.r.Header.Get("X-Forwarded-Proto"), "https")
}

// cookieName is that of the session. Over TLS it is bound to this host.
func (v *visit) cookieName() string {
	if v.secure() {
		return "__Host-leaver"
	}
	return "leaver" // http, on this machine only
}

// setCookie sets a cookie; age 0 lasts as long as the browser, below 0 takes it away.
func (v *visit) setCookie(name, value string, age int, hidden bool) {
	http.SetCookie(v.w, &http.Cookie{ //nolint:gosec // Secure wherever there is TLS; a loopback address has none
		Name: name, Value: value, Path: "/", MaxAge: age, HttpOnly: hidden, Secure: v.secure(), SameSite: http.SameSiteLaxMode,
	})
}

// address is where the browser is, for the lock-out and the list of sessions.
func (v *visit) address() string {
	if v.srv.BehindProxy {
		all := strings.Split(v.r.Header.Get("X-Forwarded-For"), ",")
		if last := strings.TrimSpace(all[len(all)-1]); last != "" {
			return last // the one that our own proxy saw
		}
	}
	host, _, err := net.SplitHostPort(v.r.RemoteAddr)
	if err != nil {
		return v.r.RemoteAddr
	}
	return host
}

// agentName is a browser and a system, as far as they say.
func agentName(agent string) string {
	find := func(names ...string) string {
		for _, n := range names {
			if key, name, _ := strings.Cut(n, "="); strings.Contains(agent, key) {
				return name
			}
		}
		return ""
	}
	browser := find("Edg/=Edge", "OPR/=Opera", "Firefox/=Firefox", "Chrome/=Chrome", "Safari/=Safari", "curl/=curl")
	system := find("Windows=Windows", "Android=Android", "iPhone=iPhone", "iPad=iPad", "Mac OS=macOS", "Linux=Linux")
	return strings.Trim(browser+", "+system, ", ")
}

// local answers a path on this server, or "/" for anything else.
func local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || !strings.HasPrefix(u.Path, "/") || strings.HasPrefix(to, "//") || strings.Contains(to, `\`) {
		return "/"
	}
	return to
}
