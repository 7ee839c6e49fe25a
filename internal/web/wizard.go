package web

import (
	"net/http"
	"strings"

	"leaver/internal/locale"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// wizard is the guided delete of one person: the choices made, what a plan with
// them does, and which options a rule forbids.
type wizard struct {
	P       *org.Person
	Around  org.Surroundings
	Form    wizardForm
	Plan    org.Plan
	Item    org.Item
	Planned bool // the plan is of these choices; it is not while somebody is still to be chosen
	// Gate is why the account can't be deleted at all; Keep says that handing the
	// mail over, which keeps the account, is still possible.
	Gate *org.Refusal
	Keep bool
	// Off are the options that a rule forbids, with the reason. R-SM-11
	Off map[string]*org.Refusal
	// NoStop says why the bill goes on although somebody asks to stop paying.
	NoStop []org.Consequence
	// MailHeirs and FileHeirs are people to choose from, where what was typed
	// does not name one person.
	MailHeirs, FileHeirs []org.Ref
	Key                  string
}

// wizardPage starts the guided delete. R-WIZ-01 R-WIZ-02
func wizardPage(v *visit) error {
	w, err := v.wizard(nil)
	if err != nil {
		return err
	}
	return v.render(wizardView(v, w))
}

// wizardChoices shows the page again with the choices as they are now.
func wizardChoices(v *visit) error {
	f := readWizard(v)
	w, err := v.wizard(&f)
	if err != nil {
		return err
	}
	return v.render(wizardView(v, w))
}

// wizardPlan shows the whole plan, to be confirmed. R-WIZ-11
func wizardPlan(v *visit) error {
	f := readWizard(v)
	w, err := v.wizard(&f)
	if err != nil {
		return err
	}
	if !w.Planned || w.Item.Outcome == org.OutcomeRefused {
		v.sayWhyNot(w)
		v.show(http.StatusUnprocessableEntity, wizardView(v, w))
		return nil
	}
	w.Key = v.srv.NewID()
	return v.render(planView(v, w))
}

// sayWhyNot puts above the page why there is no plan to confirm yet.
func (v *visit) sayWhyNot(w *wizard) {
	if !w.Planned {
		v.say("critical", v.T("web.wizard.chooseFirst"))
		return
	}
	for _, r := range w.Item.Refusals {
		v.refuse(r)
	}
}

// wizardRun confirms the plan that was shown and begins the run. The same key
// twice, from a double click or the back button, gives the same run.
func wizardRun(v *visit) error {
	f := readWizard(v)
	w, err := v.wizard(&f)
	if err != nil {
		return err
	}
	w.Key = v.form("key")
	if v.form("sure") != "yes" {
		v.say("critical", v.T("web.plan.tick"))
		v.show(http.StatusUnprocessableEntity, planView(v, w))
		return nil
	}
	dep, err := v.srv.Desk.Start(v.ctx(), v.Actor, f.request(w.P), offboard.Confirmation{Hash: v.form("hash"), Idempotent: w.Key})
	if r := org.RefusalOf(err); r != nil {
		v.refuse(r)
		if !w.Planned || w.Item.Outcome == org.OutcomeRefused {
			v.show(statuses[r.Kind], wizardView(v, w))
			return nil
		}
		v.show(statuses[r.Kind], planView(v, w)) // the new plan, to be confirmed anew
		return nil
	}
	if err != nil {
		return err
	}
	return v.redirect("/leavers/" + string(dep.ID))
}

// wizard loads what the pages of the guided delete show. Without a form it is
// the first look at it. R-WIZ-03 R-WIZ-04
func (v *visit) wizard(f *wizardForm) (*wizard, error) {
	v.Section = "users"
	p, err := v.person(v.r.PathValue("id"))
	if err != nil {
		return nil, err
	}
	if !p.Active() && f == nil {
		return nil, org.Refuse(org.NotFound, "user.notFound", "R-SM-02", org.Arg{Name: "user", Value: p.Ref()})
	}
	w := &wizard{P: p, Off: map[string]*org.Refusal{}}
	err = v.read(func(tx offboard.Tx) error {
		around, err := tx.Around(v.ctx(), []*org.Person{p})
		if err == nil {
			w.Around = around[0]
		}
		return err
	})
	if err != nil {
		return nil, err
	}
	if f == nil {
		w.Form = v.firstChoices(w)
	} else {
		w.Form = *f
	}
	if w.keepsFiles() && w.Form.Files == "none" {
		w.Form.Files = "manager" // there is no default to decline
	}
	if err := v.probe(w); err != nil {
		return nil, err
	}
	if w.Off["aliases"] != nil {
		w.Form.Aliases = nil // ticked at first, and not for this actor to remove
	}
	if err := v.heirs(w); err != nil {
		return nil, err
	}
	return w, v.plan(w)
}

// firstChoices are what the wizard begins with: licences and aliases go, the
// files to the manager, the mail with the account. R-WIZ-04 R-OD-04
func (v *visit) firstChoices(w *wizard) wizardForm {
	lang := locale.Choose(v.Lang, w.P.PreferredLanguage)
	f := wizardForm{
		Licenses: "remove", Mail: "gone", Files: "manager", Reply: true, Outside: "same", Aliases: aliases(w.P),
		Rename: locale.Text(lang, "web.wizard.formerName", map[string]any{"name": w.P.DisplayName}),
	}
	if w.Around.Manager != nil {
		f.MailTo = w.Around.Manager.Name
	}
	return f
}

// keepsFiles says that the files go to nobody unless somebody is chosen: those
// of an account that stays, of somebody without a manager. R-OD-04
func (w *wizard) keepsFiles() bool { return w.Form.Mail == "share" && w.Around.Manager == nil }

// plan asks for the plan of the choices.
func (v *visit) plan(w *wizard) error {
	plan, err := v.srv.Desk.Plan(v.ctx(), v.Actor, w.Form.request(w.P))
	if err != nil {
		return err
	}
	w.Plan, w.Item = plan, plan.Items[0]
	w.Planned = !w.Form.open()
	if w.Planned {
		return nil
	}
	simple := w.Form
	simple.Mail, simple.Files = settled(simple.Mail, simple.mailOpen(), "gone"), settled(simple.Files, simple.filesOpen(), "manager")
	plan, err = v.srv.Desk.Plan(v.ctx(), v.Actor, simple.request(w.P))
	if err != nil {
		return err
	}
	w.Plan, w.Item = plan, plan.Items[0]
	return nil
}

func settled(choice string, open bool, instead string) string {
	if open {
		return instead
	}
	return choice
}

// nobody is a reference that names no one: what is refused with it beside the
// heir himself is refused with anybody.
const nobody = "?"

// probe finds out which options a rule forbids, by asking for plans with them.
// R-SM-11
func (v *visit) probe(w *wizard) error {
	yes, who := true, nobody
	keepLicenses := w.Form.Licenses != "keep"
	ask := func(c org.Choices) (org.Item, error) {
		plan, err := v.srv.Desk.Plan(v.ctx(), v.Actor, offboard.Request{People: []offboard.Wish{{User: string(w.P.ID), Choices: c}}})
		if err != nil {
			return org.Item{}, err
		}
		return plan.Items[0], nil
	}
	share, err := ask(org.Choices{MailTo: &who, RemoveLicenses: &keepLicenses})
	if err != nil {
		return err
	}
	w.Keep = v.note(w, "share", "mailTo", share)
	rest, err := ask(org.Choices{FilesTo: &who, HoldMailbox: &yes, RemoveLicenses: &yes, ReduceSubscriptions: &yes, RemoveAliases: &org.Aliases{All: true}})
	if err != nil {
		return err
	}
	if !v.note(w, "files", "filesTo", rest) {
		w.Gate = rest.Refusals[0]
	}
	v.note(w, "hold", "holdMailbox", rest)
	v.note(w, "aliases", "removeAliases", rest)
	v.note(w, "remove", "removeLicenses", rest)
	v.note(w, "stop", "reduceSubscriptions", rest)
	stop, err := ask(org.Choices{ReduceSubscriptions: &yes})
	if err != nil || stop.Outcome == org.OutcomeRefused {
		return err
	}
	for _, s := range stop.Steps {
		if s.Kind == org.ReduceSubscription {
			return nil
		}
	}
	for _, c := range stop.Consequences { // nothing would be reduced: the reasons stand here, R-WIZ-06
		if strings.HasPrefix(c.Key, "bill.") {
			w.NoStop = append(w.NoStop, c)
		}
	}
	return nil
}

// note keeps the refusal of one option; false means that the person can't leave
// this way at all, whatever the option.
func (v *visit) note(w *wizard, option, target string, it org.Item) bool {
	for _, r := range it.Refusals {
		switch {
		case r.Target == "":
			return false
		case r.Target == target && !strings.HasPrefix(r.Reason, "heir.") && w.Off[option] == nil:
			w.Off[option] = r
		}
	}
	return true
}

// heirs finds who is meant by what was typed, and prepares the replies.
func (v *visit) heirs(w *wizard) error {
	var err error
	f := &w.Form
	if f.Mail == "share" {
		if f.MailTo, w.MailHeirs, err = v.resolve(f.MailTo, w.P.ID); err != nil {
			return err
		}
		return v.prewrite(w)
	}
	if f.Files == "other" {
		f.FilesTo, w.FileHeirs, err = v.resolve(f.FilesTo, w.P.ID)
	}
	return err
}

// resolve gives the user name that a text means, or people it may mean.
func (v *visit) resolve(text string, not org.UserID) (string, []org.Ref, error) {
	if text == "" {
		return "", nil, nil
	}
	q := offboard.UserQuery{Box: text}
	q.Select, q.Top = []string{"userPrincipalName", "displayName"}, 7
	page, err := v.srv.Store.Users(v.ctx(), q)
	if err != nil {
		return text, nil, err
	}
	var refs []org.Ref
	for i := range page.Rows {
		r := page.Rows[i].Ref()
		if strings.EqualFold(r.Name, text) || strings.EqualFold(r.ID, text) {
			return r.Name, nil, nil
		}
		if page.Rows[i].ID != not {
			refs = append(refs, r)
		}
	}
	if len(refs) == 1 && strings.EqualFold(refs[0].DisplayName, text) {
		return refs[0].Name, nil, nil
	}
	return text, refs, nil
}

// prewrite fills in the polite reply, as long as nobody has written another. R-WIZ-10
func (v *visit) prewrite(w *wizard) error {
	f := &w.Form
	if !strings.Contains(f.MailTo, "@") {
		return nil
	}
	heir, err := v.person(f.MailTo)
	if org.RefusalOf(err) != nil {
		return nil // said by the plan
	}
	if err != nil {
		return err
	}
	lang := locale.Choose(locale.Choose(v.Lang, v.Org.Settings.DefaultLanguage), f.ReplyIn, w.P.PreferredLanguage)
	auto := strings.NewReplacer("{leaver}", w.P.DisplayName, "{heir}", heir.DisplayName, "{heirMail}", heir.Mail).
		Replace(v.srv.Desk.ReplyTemplates[string(lang)])
	if f.ReplyInside == "" || f.ReplyInside == f.ReplyAuto || f.ReplyIn != "" {
		f.ReplyInside = auto
	}
	if f.ReplyOutside == "" || f.ReplyOutside == f.ReplyAuto {
		f.ReplyOutside = auto
	}
	f.ReplyAuto = auto
	return nil
}
