package web

import (
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/tabular"
)

// leaverResults gives the outcome of a run as a file: the columns of the file
// that it came from, and four more. R-SM-14
func leaverResults(v *visit) error {
	dep, err := v.departure(v.r.PathValue("id"))
	if err != nil {
		return err
	}
	u := upload{Dialect: tabular.Dialect{BOM: true}}
	draft, err := v.srv.Store.DraftOf(v.ctx(), dep.ID)
	if err != nil {
		return err
	}
	if draft != nil {
		if u, err = unpack(draft.Content); err != nil {
			return err
		}
	}
	plain := len(u.Headings) == 0 || !dep.OpenTo(v.Actor) // the file itself names heirs, R-ROLE-11
	if plain {
		u.Headings = []string{"userPrincipalName", "displayName"}
	}
	v.attachment("results-" + dep.Created.Format("2006-01-02") + ".csv")
	out := tabular.NewResultWriter(v.w, u.Dialect, u.Headings)
	err = v.eachItem(dep, func(it *offboard.Item) error {
		cells := []string{it.User.Name, it.User.DisplayName}
		if !plain && it.Ordinal < len(u.Cells) {
			cells = u.Cells[it.Ordinal]
		}
		return out.Write(cells, v.outcome(it))
	})
	if err == nil {
		err = out.Flush()
	}
	if err != nil && v.ctx().Err() == nil {
		v.srv.Log.Error("write results", "departure", dep.ID, "request", v.ID, "error", err)
	}
	return errAnswered // the file has begun
}

// eachItem reads the items of a run, page by page.
func (v *visit) eachItem(dep *offboard.Departure, do func(it *offboard.Item) error) error {
	for after := -1; ; {
		var items []offboard.Item
		err := v.read(func(tx offboard.Tx) (err error) {
			items, err = tx.Outcomes(v.ctx(), dep, after, 1000)
			return err
		})
		if err != nil || len(items) == 0 {
			return err
		}
		dep.Withhold(v.Actor, items)
		for i := range items {
			if err := do(&items[i]); err != nil {
				return err
			}
			after = items[i].Ordinal
		}
	}
}

// outcome is what the four columns of a result say.
func (v *visit) outcome(it *offboard.Item) tabular.Outcome {
	o := tabular.Outcome{Outcome: string(it.Outcome), Code: it.Code, Rule: it.Rule}
	if why := v.why(it); why != nil {
		o.Message = strings.TrimSpace(v.Refusal(why) + " " + v.Hint(why))
	}
	if it.Undone {
		o.Outcome = string(offboard.Undone)
	}
	return o
}
