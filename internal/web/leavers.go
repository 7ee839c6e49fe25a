package web

import (
	"fmt"
	"io"
	"net/http"
	"strconv"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// runData is what the page of one run shows.
type runData struct {
	Dep     *offboard.Departure
	Items   []offboard.Item
	Next    int // the ordinal to go on from, -1 on the last page
	First   bool
	Waiting bool // it has not ended
	CanUndo bool
	Until   time.Time // how long undo is possible; zero: no clock runs
}

// itemsPage is how many people of a run a page shows.
const itemsPage = 100

// departure loads one run, or refuses.
func (v *visit) departure(id string) (*offboard.Departure, error) {
	var dep *offboard.Departure
	err := v.read(func(tx offboard.Tx) (err error) {
		dep, err = tx.Departure(v.ctx(), org.DepartureID(id))
		return err
	})
	if err == nil && dep == nil {
		return nil, org.Refuse(org.NotFound, "departure.notFound", "", org.Arg{Name: "id", Value: id})
	}
	return dep, err
}

// leaverPage shows a run: its progress while it goes on, and its result.
func leaverPage(v *visit) error {
	v.Section = "leavers"
	d, err := v.run(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	if d.Waiting {
		v.Refresh = 2
	}
	return v.render(runView(v, d))
}

func (v *visit) run(id string) (*runData, error) {
	dep, err := v.departure(id)
	if err != nil {
		return nil, err
	}
	after := -1
	if n, err := strconv.Atoi(v.r.URL.Query().Get("after")); err == nil {
		after = n
	}
	d := &runData{Dep: dep, Next: -1, First: after < 0, Waiting: dep.Ended.IsZero()}
	err = v.read(func(tx offboard.Tx) (err error) {
		d.Items, err = tx.Items(v.ctx(), dep, after, itemsPage+1)
		return err
	})
	if err != nil {
		return nil, err
	}
	dep.Withhold(v.Actor, d.Items)
	if len(d.Items) > itemsPage {
		d.Items = d.Items[:itemsPage]
		d.Next = d.Items[itemsPage-1].Ordinal
	}
	for i := range d.Items {
		it := &d.Items[i]
		if it.Plan == org.OutcomeDelete && it.Outcome == offboard.ItemDone && !it.Undone {
			d.Until = it.Ran.Add(org.UserRetention) // R-DEL-01
		}
	}
	d.CanUndo = !d.Waiting && (!dep.Undoing && dep.Counts[offboard.ItemDone] > 0 || dep.Left() > 0) && v.May(org.RestoreUser) &&
		(d.Until.IsZero() || v.Now.Before(d.Until))
	return d, nil
}

// ended counts the people of a run who have an outcome.
func ended(dep *offboard.Departure) int {
	return dep.Total - dep.Counts[offboard.ItemPending] - dep.Counts[offboard.ItemRunning]
}

// undoLeaver puts back what a run changed. Asked twice it is done once.
func undoLeaver(v *visit) error {
	id := v.r.PathValue("id")
	if _, err := v.srv.Desk.Undo(v.ctx(), v.Actor, org.DepartureID(id)); err != nil {
		r := org.RefusalOf(err)
		if r == nil {
			return err
		}
		v.refuse(r)
		v.Section = "leavers"
		d, err := v.run(id)
		if err != nil {
			return err
		}
		v.show(statuses[r.Kind], runView(v, d))
		return nil
	}
	return v.redirect("/leavers/" + id)
}

// look is how often a run is looked at without being told that it moved: it may
// be another node's.
const look = time.Second

// leaverEvents tells a page that a run moves, and when it has ended.
func leaverEvents(v *visit) error {
	id := org.DepartureID(v.r.PathValue("id"))
	if _, err := v.departure(string(id)); err != nil {
		return err
	}
	h := v.w.Header()
	h.Set("Content-Type", "text/event-stream")
	h.Set("Cache-Control", "no-store")
	out := http.NewResponseController(v.w)
	moved, stop := v.srv.Desk.Watch(id)
	defer stop()
	tick := time.NewTicker(look)
	defer tick.Stop()
	last := ""
	for {
		dep, err := v.departure(string(id))
		if err != nil {
			return errAnswered
		}
		if now := fmt.Sprint(dep.Status, dep.Counts); now != last {
			last = now
			_, _ = io.WriteString(v.w, "event: progress\ndata: "+v.plain(ended(dep))+"\n\n") //nolint:gosec // two numbers; Flush tells when the client has gone
		}
		if !dep.Ended.IsZero() {
			_, _ = io.WriteString(v.w, "event: end\ndata: ended\n\n")
			_ = out.Flush() // the client may have gone
			return errAnswered
		}
		if err := out.Flush(); err != nil {
			return errAnswered
		}
		select {
		case <-v.ctx().Done():
			return errAnswered
		case <-moved:
		case <-tick.C:
		}
	}
}

// leaversList is the list of runs.
type leaversList struct {
	Runs  []runRow
	Next  string
	First bool
}

// runRow is one run of the list, with the name of who left when it is one.
type runRow struct {
	Dep *offboard.Departure
	One *offboard.Item
}

const runsPage = 30

func leaversPage(v *visit) error {
	v.Section = "leavers"
	before := v.r.URL.Query().Get("before")
	l := leaversList{First: before == ""}
	err := v.read(func(tx offboard.Tx) error {
		l.Runs, l.Next = nil, ""
		deps, err := tx.Departures(v.ctx(), org.DepartureID(before), runsPage+1)
		if err != nil {
			return err
		}
		if len(deps) > runsPage {
			deps = deps[:runsPage]
			l.Next = string(deps[runsPage-1].ID)
		}
		for i := range deps {
			row := runRow{Dep: &deps[i]}
			if deps[i].Total == 1 {
				items, err := tx.Outcomes(v.ctx(), &deps[i], -1, 1)
				if err != nil {
					return err
				}
				if len(items) > 0 {
					row.One = &items[0]
				}
			}
			l.Runs = append(l.Runs, row)
		}
		return nil
	})
	if err != nil {
		return err
	}
	return v.render(leaversView(v, l))
}

// statusKind colours the status of a run.
func statusKind(s offboard.Status) string {
	switch s {
	case offboard.Done:
		return "good"
	case offboard.Partial:
		return "warning"
	case offboard.Failed:
		return "critical"
	case offboard.Running, offboard.Undone:
	}
	return "accent"
}

// outcomeKind colours what became of one person.
func outcomeKind(o offboard.ItemOutcome) string {
	switch o {
	case offboard.ItemDone:
		return "good"
	case offboard.ItemRefused, offboard.ItemNeedsHuman:
		return "warning"
	case offboard.ItemFailed:
		return "critical"
	case offboard.ItemPending, offboard.ItemRunning, offboard.ItemSkipped:
	}
	return ""
}

// why is the sentence for an item that was not done.
func (v *visit) why(it *offboard.Item) *org.Refusal {
	if it.Code == "" {
		return nil
	}
	return &org.Refusal{Reason: it.Code, Rule: it.Rule, Args: it.Args}
}

// runTitle names a run: by the person, or by how many they are.
func (v *visit) runTitle(d *runData) string {
	if d.Dep.Total == 1 && len(d.Items) == 1 {
		return v.T("web.run.title", "person", nameOf(d.Items[0].User))
	}
	return v.T("web.leavers.people", "count", d.Dep.Total)
}

// itemHref is the page of a person of a run, who may be deleted or not.
func itemHref(it *offboard.Item) string {
	if it.User.ID == "" {
		return ""
	}
	return "/users/" + it.User.ID
}

// outcomes are what can become of a person, in the order shown.
func outcomes() []offboard.ItemOutcome {
	return []offboard.ItemOutcome{
		offboard.ItemDone, offboard.ItemPending, offboard.ItemRunning, offboard.ItemSkipped, offboard.ItemNeedsHuman, offboard.ItemRefused, offboard.ItemFailed,
	}
}

func noteKind(s org.Severity) string {
	if s == org.Info {
		return ""
	}
	return string(s)
}

// plain is a number as machines read it.
func (v *visit) plain(n int) string { return strconv.Itoa(n) }
