package web

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"net/http"
	"slices"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/tabular"
)

// upload is a draft: who is to leave, as they were selected or read from a file.
type upload struct {
	File     string          `json:"file,omitempty"` // its name
	Dialect  tabular.Dialect `json:"dialect,omitzero"`
	Headings []string        `json:"headings,omitempty"`
	People   []offboard.Wish `json:"people"`
	Cells    [][]string      `json:"cells,omitempty"`
	Defaults severalForm     `json:"defaults"` // as they were when it was run
}

// severalForm are the choices for everybody of whom the file says nothing.
type severalForm struct {
	Licenses string // remove, stop or keep
	Files    string // manager or none
	Aliases  bool
	Hold     bool
}

// severalData is the page before many people are deleted.
type severalData struct {
	ID      string
	Upload  upload
	Form    severalForm
	Plan    org.Plan
	Delete  int
	Keep    int
	Refused []org.Item
	Going   []org.Item
	Typed   string
	Wrong   bool
	Ran     org.DepartureID // the run that this became
}

// shownItems is how many people of a plan its page names.
const shownItems = 200

// severalStart is the page on which a file is handed in.
type severalStart struct {
	File     string
	Problems []tabular.Problem
	More     int
	Warnings []tabular.Problem
	Failed   string
}

func severalPage(v *visit) error {
	v.Section = "several"
	return v.render(severalStartView(v, severalStart{}))
}

// severalTemplate gives an empty file to fill in. R-BULK-10
func severalTemplate(v *visit) error {
	v.attachment("leavers.csv")
	headings := []string{
		"userPrincipalName", "removeLicenses", "reduceSubscriptions", "mailTo", "mailboxDisplayName", "replyInside", "replyOutside", "removeAliases",
		"filesTo", "holdMailbox",
	}
	return tabular.WriteTable(v.w, tabular.Dialect{BOM: true}, headings, func(func([]string, error) bool) {})
}

// severalSelected begins with the people who were selected in the list. R-BULK-01
func severalSelected(v *visit) error {
	picked, err := v.selection(v.r.PostForm)
	if err != nil {
		return err
	}
	u := upload{}
	for _, id := range picked.ids {
		u.People = append(u.People, offboard.Wish{User: id})
	}
	if len(u.People) == 0 {
		v.Section = "several"
		v.say("warning", v.T("web.several.selectFirst"))
		v.show(http.StatusUnprocessableEntity, severalStartView(v, severalStart{}))
		return nil
	}
	if len(u.People) == 1 {
		return v.redirect("/users/" + u.People[0].User + "/delete") // R-WIZ-01
	}
	return v.saveUpload(u)
}

// severalUpload reads a file whole, and shows everything that is wrong with it
// at once. R-BULK-10 R-BULK-11
func severalUpload(v *visit) error {
	v.Section = "several"
	v.r.Body = http.MaxBytesReader(v.w, v.r.Body, tabular.DefaultMaxBytes+1<<20)
	in, head, err := v.r.FormFile("file")
	if err != nil {
		failed := v.T("web.several.noFile")
		if _, large := errors.AsType[*http.MaxBytesError](err); large {
			failed = v.T(string(tabular.TooLarge), "max", org.Bytes(tabular.DefaultMaxBytes))
		}
		v.show(http.StatusUnprocessableEntity, severalStartView(v, severalStart{Failed: failed}))
		return nil
	}
	defer in.Close()
	file, err := tabular.Read(in, tabular.Options{For: tabular.ForDepartures})
	if err != nil {
		return fmt.Errorf("read %s: %w", head.Filename, err)
	}
	if len(file.Problems) > 0 {
		s := severalStart{File: head.Filename, Problems: file.Problems, More: file.MoreProblems, Warnings: file.Warnings}
		v.show(http.StatusUnprocessableEntity, severalStartView(v, s))
		return nil
	}
	u := upload{File: head.Filename, Dialect: file.Dialect, Headings: file.Headings}
	for row := range file.Departures() {
		u.People = append(u.People, wishOf(row))
		u.Cells = append(u.Cells, row.Cells)
	}
	return v.saveUpload(u)
}

// wishOf is what a row of a file asks for; an empty cell asks nothing.
func wishOf(row tabular.DepartureRow) offboard.Wish {
	w := offboard.Wish{User: row.User, Choices: org.Choices{
		RemoveLicenses: row.RemoveLicenses, ReduceSubscriptions: row.ReduceSubscriptions, HoldMailbox: row.HoldMailbox, MailTo: row.MailTo,
		MailboxDisplayName: row.MailboxDisplayName, ReplyInside: row.ReplyInside, ReplyOutside: row.ReplyOutside, FilesTo: row.FilesTo,
	}}
	switch {
	case len(row.RemoveAliases) == 1 && row.RemoveAliases[0] == tabular.All:
		w.Choices.RemoveAliases = &org.Aliases{All: true}
	case row.RemoveAliases != nil:
		w.Choices.RemoveAliases = &org.Aliases{List: row.RemoveAliases}
	}
	return w
}

func (v *visit) saveUpload(u upload) error {
	content, err := pack(u)
	if err != nil {
		return err
	}
	d := offboard.Draft{ID: v.srv.NewID(), OwnerID: v.Actor.ID, Created: v.srv.Now(), Content: content}
	if err := v.srv.Store.SaveDraft(v.ctx(), d, v.srv.Now()); err != nil {
		return err
	}
	return v.redirect("/several/" + d.ID)
}

func pack(u upload) ([]byte, error) {
	var b bytes.Buffer
	zw := gzip.NewWriter(&b)
	if err := json.NewEncoder(zw).Encode(u); err != nil {
		return nil, fmt.Errorf("pack a draft: %w", err)
	}
	err := zw.Close()
	return b.Bytes(), err
}

func unpack(content []byte) (upload, error) {
	var u upload
	zr, err := gzip.NewReader(bytes.NewReader(content))
	if err != nil {
		return u, fmt.Errorf("unpack a draft: %w", err)
	}
	return u, json.NewDecoder(io.LimitReader(zr, 1<<30)).Decode(&u)
}

// draft loads a draft of whoever asks; those of others are not there for them.
func (v *visit) draft() (*offboard.Draft, upload, error) {
	id := v.r.PathValue("draft")
	d, err := v.srv.Store.Draft(v.ctx(), id)
	if err != nil {
		return nil, upload{}, err
	}
	if d == nil || d.OwnerID != v.Actor.ID {
		return nil, upload{}, org.Refuse(org.NotFound, "departure.notFound", "", org.Arg{Name: "id", Value: id})
	}
	u, err := unpack(d.Content)
	return d, u, err
}

// severalPlan shows what deleting them would do.
func severalPlan(v *visit) error {
	d, u, err := v.draft()
	if err != nil {
		return err
	}
	f := severalForm{Licenses: "remove", Files: "manager", Aliases: v.May(org.ManageMailbox)}
	if q := v.r.URL.Query(); q.Has("licenses") {
		f = severalForm{Licenses: oneOf(q.Get("licenses"), "remove", "stop", "keep"), Files: oneOf(q.Get("files"), "manager", "none"), Aliases: q.Get("aliases") == "yes", Hold: q.Get("hold") == "yes"}
	}
	if d.Departure != "" {
		f = u.Defaults
	}
	s, err := v.several(d, u, f)
	if err != nil {
		return err
	}
	return v.render(severalView(v, s))
}

// oneOf is a value when it is among these, and the first of them otherwise.
func oneOf(value string, among ...string) string {
	if slices.Contains(among, value) {
		return value
	}
	return among[0]
}

// defaults are the choices of the form.
func (f *severalForm) defaults() org.Choices {
	yes, no, none := true, false, org.FilesToNobody
	c := org.Choices{}
	switch f.Licenses {
	case "stop":
		c.ReduceSubscriptions = &yes
	case "keep":
		c.RemoveLicenses = &no
	}
	if f.Files == "none" {
		c.FilesTo = &none
	}
	if f.Aliases {
		c.RemoveAliases = &org.Aliases{All: true}
	}
	if f.Hold {
		c.HoldMailbox = &yes
	}
	return c
}

func (v *visit) several(d *offboard.Draft, u upload, f severalForm) (*severalData, error) {
	v.Section = "several"
	s := &severalData{ID: d.ID, Upload: u, Form: f, Ran: d.Departure}
	var err error
	s.Plan, err = v.srv.Desk.PlanEach(v.ctx(), v.Actor, offboard.Request{People: u.People, Defaults: f.defaults()}, func(it *org.Item) error {
		switch it.Outcome {
		case org.OutcomeRefused:
			s.Refused = append(s.Refused, *it)
			return nil
		case org.OutcomeKeep:
			s.Keep++
		case org.OutcomeDelete:
			s.Delete++
		}
		if len(s.Going) < shownItems {
			s.Going = append(s.Going, *it)
		}
		return nil
	})
	if err != nil {
		return nil, err
	}
	return s, nil
}

// severalRun confirms the plan that was shown. The draft itself is the key: it
// becomes one run, however often the button is pressed.
func severalRun(v *visit) error {
	d, u, err := v.draft()
	if err != nil {
		return err
	}
	if d.Departure != "" {
		return v.redirect("/leavers/" + string(d.Departure))
	}
	f := severalForm{
		Licenses: oneOf(v.form("licenses"), "remove", "stop", "keep"), Files: oneOf(v.form("files"), "manager", "none"),
		Aliases: v.form("aliases") == "yes", Hold: v.form("hold") == "yes",
	}
	confirm := offboard.Confirmation{Hash: v.form("hash"), Idempotent: d.ID}
	typed := v.form("typed")
	if typed != "" && typed == v.form("leaving") {
		confirm.Override = offboard.MassDelete // R-AD-07
	}
	if confirm.Override == "" && v.form("sure") != "yes" {
		v.say("critical", v.T("web.several.confirmFirst"))
		return v.severalAgain(d, u, f, typed, http.StatusUnprocessableEntity)
	}
	dep, err := v.srv.Desk.Start(v.ctx(), v.Actor, offboard.Request{People: u.People, Defaults: f.defaults()}, confirm)
	if r := org.RefusalOf(err); r != nil {
		v.refuse(r)
		return v.severalAgain(d, u, f, typed, statuses[r.Kind])
	}
	if err != nil {
		return err
	}
	u.Defaults = f
	if d.Content, err = pack(u); err != nil {
		return err
	}
	d.Departure = dep.ID
	if err := v.srv.Store.SaveDraft(v.ctx(), *d, v.srv.Now()); err != nil {
		return err
	}
	return v.redirect("/leavers/" + string(dep.ID))
}

// severalAgain shows the plan as it is now, after it could not be carried out.
func (v *visit) severalAgain(d *offboard.Draft, u upload, f severalForm, typed string, status int) error {
	s, err := v.several(d, u, f)
	if err != nil {
		return err
	}
	s.Typed, s.Wrong = typed, s.Plan.MassDelete
	v.show(status, severalView(v, s))
	return nil
}

// fields are the choices, to be carried from page to page.
func (f *severalForm) fields() [][2]string {
	yes := func(b bool) string {
		if b {
			return "yes"
		}
		return ""
	}
	return [][2]string{{"licenses", f.Licenses}, {"files", f.Files}, {"aliases", yes(f.Aliases)}, {"hold", yes(f.Hold)}}
}

// problem says what is wrong with a file, or with a row of it.
func (v *visit) problem(p tabular.Problem) string {
	m := map[string]any{"row": p.Row, "column": p.Column, "heading": p.Heading}
	for name, value := range p.Args {
		m[name] = value
	}
	pairs := make([]any, 0, 2*len(m))
	for name, value := range m {
		pairs = append(pairs, name, value)
	}
	return v.T(string(p.Code), pairs...)
}

// place says where in a file a problem is.
func (v *visit) place(p tabular.Problem) string {
	switch {
	case p.Row == 0:
		return v.T("web.several.wholeFile")
	case p.Heading == "":
		return v.T("web.several.row", "row", v.plain(p.Row))
	}
	return v.T("web.several.cell", "row", v.plain(p.Row), "heading", p.Heading)
}

// firstProblems and firstItems keep a page readable.
func firstProblems(all []tabular.Problem) []tabular.Problem { return all[:min(len(all), 500)] }

func firstItems(all []org.Item) []org.Item { return all[:min(len(all), shownItems)] }

// notable are the consequences that ask for a look.
func notable(all []org.Consequence) []org.Consequence {
	return slices.DeleteFunc(slices.Clone(all), func(c org.Consequence) bool { return c.Severity == org.Info })
}
