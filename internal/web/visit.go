package web

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// visit is one request: who asks, in which language, and how they like a page to
// look. Pages are made from it.
type visit struct {
	srv *Server
	w   http.ResponseWriter
	r   *http.Request

	Lang    locale.Lang
	Theme   string // auto, light or dark
	Density string // calm or compact
	ID      string // of the request

	Org *org.Organization // nil before there is one
	Now time.Time         // the organization's time

	// Of whoever is signed in; Person is nil for nobody.
	Actor   org.Actor
	Person  *org.Person
	session offboard.WebSession

	Section string     // which part of the menu this is
	Said    []said     // what stands above the page
	Kept    signInForm // on the way through the door
	Refresh int        // seconds after which a page without script asks again
}

// said is a sentence above a page.
type said struct {
	Kind  string // good, warning, critical or ""
	Text  string
	Hint  string
	Link  string
	Label string
}

func (v *visit) ctx() context.Context { return v.r.Context() }

// T is the message for a key, with its values in pairs of name and value.
func (v *visit) T(key string, pairs ...any) string {
	return locale.Text(v.Lang, key, args(pairs))
}

func args(pairs []any) map[string]any {
	m := make(map[string]any, len(pairs)/2)
	for i := 0; i+1 < len(pairs); i += 2 {
		if name, ok := pairs[i].(string); ok {
			m[name] = pairs[i+1]
		}
	}
	return m
}

// Date, ShortDate, DateTime, Number and Money write values as the reader does.
func (v *visit) Date(t time.Time) string      { return locale.Date(v.Lang, t.In(zone)) }
func (v *visit) ShortDate(t time.Time) string { return locale.ShortDate(v.Lang, t.In(zone)) }
func (v *visit) DateTime(t time.Time) string  { return locale.DateTime(v.Lang, t.In(zone)) }
func (v *visit) Number(n int) string          { return locale.Number(v.Lang, int64(n)) }
func (v *visit) Bytes(b org.Bytes) string     { return locale.Bytes(v.Lang, int64(b)) }
func (v *visit) DaysLeft(until time.Time) string {
	return locale.DaysLeft(v.Lang, org.DaysLeft(until, v.Now))
}
func (v *visit) List(items []string) string { return locale.List(v.Lang, items) }
func (v *visit) Money(m org.Money) string   { return locale.Money(v.Lang, m.Minor, m.Currency) }

// zone is the time zone of pages: that of the organization's times.
var zone = time.UTC

// May says whether whoever asks has a role that covers an operation.
func (v *visit) May(o org.Operation) bool { return org.May(v.Actor, o) == nil }

// Admin says that the page is seen by an administrator.
func (v *visit) Admin() bool { return v.Person != nil && v.Actor.Admin() }

// Role is the name of a role.
func (v *visit) Role(r org.RoleID) string {
	if key := "role." + string(r); locale.Has(v.Lang, key) {
		return v.T(key)
	}
	return r.Name()
}

// Roles are the names of roles.
func (v *visit) Roles(rs []org.RoleID) string {
	names := make([]string, len(rs))
	for i, r := range rs {
		names[i] = v.Role(r)
	}
	return v.List(names)
}

// Refusal and Hint say what a rule refused, and what to do about it.
func (v *visit) Refusal(r *org.Refusal) string {
	return locale.Text(v.Lang, "refusal."+r.Reason, r.Args.Map())
}

func (v *visit) Hint(r *org.Refusal) string {
	if key := "hint." + r.Reason; locale.Has(v.Lang, key) {
		return locale.Text(v.Lang, key, r.Args.Map())
	}
	return ""
}

// Consequence, Step, StepDone and Note are sentences about a plan and a run.
func (v *visit) Consequence(c org.Consequence) string {
	return locale.Text(v.Lang, "consequence."+c.Key, c.Args.Map())
}
func (v *visit) Step(s *org.Step) string { return locale.Text(v.Lang, s.Key(), s.Args().Map()) }
func (v *visit) StepDone(s *org.Step) string {
	key := "stepDone." + strings.TrimPrefix(s.Key(), "step.")
	return locale.Text(v.Lang, key, s.Args().Map())
}
func (v *visit) Note(n org.Note) string { return locale.Text(v.Lang, "note."+n.Key, n.Args.Map()) }

// say puts a sentence above the page.
func (v *visit) say(kind, text string) { v.Said = append(v.Said, said{Kind: kind, Text: text}) }

// refuse puts above the page what a rule refused.
func (v *visit) refuse(r *org.Refusal) {
	v.Said = append(v.Said, said{Kind: "critical", Text: v.Refusal(r), Hint: v.Hint(r)})
}

// read runs f on one snapshot of the organization.
func (v *visit) read(f func(tx offboard.Tx) error) error { return v.srv.Desk.Store.Read(v.ctx(), f) }

// person loads somebody by id or user name, active or deleted, or refuses.
func (v *visit) person(ref string) (*org.Person, error) {
	var p *org.Person
	err := v.read(func(tx offboard.Tx) error {
		people, err := tx.People(v.ctx(), []string{ref})
		if err == nil {
			p = people[0]
		}
		return err
	})
	if err == nil && p == nil {
		return nil, org.Refuse(org.NotFound, "user.notFound", "R-SM-10", org.Arg{Name: "user", Value: ref})
	}
	return p, err
}

// people loads several at once and gives those who are there, by id.
func (v *visit) people(ids []string) (map[string]*org.Person, error) {
	found := make(map[string]*org.Person, len(ids))
	if len(ids) == 0 {
		return found, nil
	}
	err := v.read(func(tx offboard.Tx) error {
		clear(found)
		people, err := tx.People(v.ctx(), ids)
		for _, p := range slices.DeleteFunc(people, func(p *org.Person) bool { return p == nil }) {
			found[string(p.ID)] = p
		}
		return err
	})
	return found, err
}

// redirect sends the browser on to a page of ours, by GET.
func (v *visit) redirect(to string) error {
	http.Redirect(v.w, v.r, local(to), http.StatusSeeOther) //nolint:gosec // local lets nothing through that leads elsewhere
	return nil
}

// form is a field of the form that was sent, without space around it.
func (v *visit) form(name string) string { return strings.TrimSpace(v.r.PostFormValue(name)) }

// live says that the script of the page asks, to renew parts of it.
func (v *visit) live() bool { return v.r.Header.Get("X-Live") != "" }
