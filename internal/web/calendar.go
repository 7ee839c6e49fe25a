package web

import (
	"net/url"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// calendarAhead is how far the calendar looks.
const calendarAhead = 180 * org.Day

// calendarLines is how many lines a page of the calendar has at most.
const calendarLines = 40

// calendar is a page of it.
type calendar struct {
	Days  []calendarDay
	First bool
	Next  time.Time // the day on which the next page begins
}

// calendarDay is one day with what becomes irreversible on it.
type calendarDay struct {
	Day  time.Time
	List []offboard.Deadline
}

// calendarPage shows what becomes irreversible when. It stands with the deleted people,
// whose dates it has: whoever sees those sees it too, also without the runs.
func calendarPage(v *visit) error {
	v.Section = "deleted"
	c, from := calendar{First: true}, v.Now
	if day, err := time.Parse(time.DateOnly, v.r.URL.Query().Get("from")); err == nil && day.After(from) {
		c.First, from = false, day
	}
	all, next, err := v.srv.Store.Deadlines(v.ctx(), v.Org.Settings, from, v.Now.Add(calendarAhead), calendarLines)
	if err != nil {
		return err
	}
	c.Next = next
	for _, d := range all {
		if n := len(c.Days); n == 0 || !c.Days[n-1].Day.Equal(d.Day) {
			c.Days = append(c.Days, calendarDay{Day: d.Day})
		}
		last := &c.Days[len(c.Days)-1]
		last.List = append(last.List, d)
	}
	return v.render(calendarView(v, c))
}

// recordData is a run with the state before it, to be printed.
type recordData struct {
	Dep   *offboard.Departure
	Items []offboard.Item
	Next  int
	Names map[string]*org.Person // of managers and delegates
}

// recordPageSize is how many people a page of the record has.
const recordPageSize = 50

// leaverRecord shows what was before a run, person by person.
func leaverRecord(v *visit) error {
	v.Section = "leavers"
	d, err := v.run(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	rec := recordData{Dep: d.Dep, Items: d.Items, Next: d.Next}
	if len(rec.Items) > recordPageSize {
		rec.Items = rec.Items[:recordPageSize]
		rec.Next = rec.Items[recordPageSize-1].Ordinal
	}
	var ids []string
	for i := range rec.Items {
		if p := rec.Items[i].Before; p != nil {
			ids = append(ids, namedIn(p)...)
		}
	}
	if rec.Names, err = v.people(ids); err != nil {
		return err
	}
	return v.render(recordView(v, rec))
}

// namedIn are the other people that somebody's state names.
func namedIn(p *org.Person) []string {
	var ids []string
	if p.ManagerID != "" {
		ids = append(ids, string(p.ManagerID))
	}
	if p.Mailbox != nil {
		for _, x := range p.Mailbox.Permissions {
			ids = append(ids, string(x.Who))
		}
	}
	if p.Drive != nil {
		for _, x := range p.Drive.Grants {
			ids = append(ids, string(x.Who))
		}
	}
	return ids
}

// name is how somebody is called in a record, who may be gone by now.
func (d *recordData) name(id org.UserID) string {
	if p := d.Names[string(id)]; p != nil {
		return p.Ref().String()
	}
	return string(id)
}

// delegates are the people with rights in somebody's mailbox or drive, each once,
// as far as the reader may know. R-ROLE-11
func (d *recordData) delegates(v *visit, p *org.Person) []string {
	var names []string
	add := func(id org.UserID) {
		if n := d.name(id); !has(names, n) {
			names = append(names, n)
		}
	}
	if p.Mailbox != nil && org.MayRead(v.Actor, org.ReadMailbox, p) == nil {
		for _, x := range p.Mailbox.Permissions {
			add(x.Who)
		}
	}
	if p.Drive != nil && org.MayRead(v.Actor, org.ReadDrive, p) == nil {
		for _, x := range p.Drive.Grants {
			add(x.Who)
		}
	}
	return names
}

// deadlineKind colours a clock by what is lost when it runs out.
func deadlineKind(clock string) string {
	switch clock {
	case "user", "mailbox", "driveGone":
		return "critical"
	}
	return "warning"
}

// leftOrPerson is the page about somebody of a deadline. Of those who are gone
// for good only what they left behind has one, and their name is not known.
func leftOrPerson(r org.Ref) string {
	if r.DisplayName == "" {
		return "/deleted/left?" + url.Values{"q": {r.Name}}.Encode()
	}
	return "/users/" + r.ID
}

// commaAfter stands behind one of so many names in a row, except the last.
func commaAfter(i, of int) string {
	if i < of-1 {
		return ","
	}
	return ""
}

// title names a run, as its own page does.
func (d *recordData) title(v *visit) string {
	if d.Dep.Total == 1 && len(d.Items) == 1 {
		return nameOf(d.Items[0].User)
	}
	return v.T("web.leavers.people", "count", d.Dep.Total)
}
