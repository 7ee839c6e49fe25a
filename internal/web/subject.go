package web

import (
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"leaver/internal/org"
)

// part is one of the pages about a person.
type part struct {
	Name  string // the end of the address, "" for the page that shows everything
	Label string
}

// parts are the pages about a person, in the order shown: those of mailbox and
// drive for whoever may read these.
func (v *visit) parts(p *org.Person) []part {
	all := []part{{"", "web.person.overview"}, {"account", "web.person.account"}, {"licenses", "web.person.licenses"}}
	if org.MayRead(v.Actor, org.ReadMailbox, p) == nil {
		all = append(all, part{"mail", "web.person.mail"})
	}
	if org.MayRead(v.Actor, org.ReadDrive, p) == nil {
		all = append(all, part{"drive", "web.person.drive"})
	}
	return append(all, part{"groups", "web.person.groups"}, part{"roles", "web.person.roles"})
}

func (x part) href(p *org.Person) string {
	if x.Name == "" {
		return "/users/" + string(p.ID)
	}
	return "/users/" + string(p.ID) + "/" + x.Name
}

// subject loads the active person that the address names. Of somebody deleted
// the page there is shown in its place.
func (v *visit) subject() (*org.Person, error) {
	v.Section = "users"
	p, err := v.person(v.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if p.Active() {
		return p, nil
	}
	if err := v.redirect("/deleted/" + string(p.ID)); err != nil {
		return nil, err
	}
	return nil, errAnswered
}

// errMoved says that what a form was made from is not so any more.
var errMoved = errors.New("something changed since the page was shown")

// fingerprint tells values from others: a form carries that of what it was made
// from, so that nobody undoes unseen what somebody else did meanwhile.
func fingerprint(values ...any) string {
	b, err := json.Marshal(values)
	if err != nil {
		return ""
	}
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:9])
}

// unmoved says whether a form was made from these values.
func (v *visit) unmoved(values ...any) error {
	if v.form("was") != fingerprint(values...) {
		return errMoved
	}
	return nil
}

// settle ends a form: when it was carried out, the page is shown anew with a
// word of thanks; what was refused stands above the form, with what was typed.
func (v *visit) settle(err error, to, done string, again func(status int) error) error {
	switch r := org.RefusalOf(err); {
	case errors.Is(err, errMoved):
		v.say("warning", v.T("web.moved"))
		return again(http.StatusPreconditionFailed)
	case r != nil:
		v.refuse(r)
		return again(statuses[r.Kind])
	case err != nil:
		return err
	}
	return v.redirect(to + "?done=" + done)
}

// choosing is a field in which one person is named: what was typed, and whom that
// may mean.
type choosing struct {
	Text  string
	Found []org.Ref
	Asked bool // nobody, or more than one, is meant
}

// chosen reads such a field: somebody offered who was clicked, or what was typed.
func (v *visit) chosen(field string, not org.UserID) (choosing, error) {
	c := choosing{Text: v.form(field)}
	if name, value, ok := strings.Cut(v.form("set"), "="); ok && name == field {
		c.Text = value
	}
	var err error
	c.Text, c.Found, err = v.resolve(c.Text, not)
	c.Asked = err == nil && (c.Text == "" || !strings.Contains(c.Text, "@") || len(c.Found) > 0)
	return c, err
}
