package store

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/sqldb"
)

// maxItems is more than a departure may have people.
const maxItems = 1 << 18

var _ [maxItems - offboard.MaxPeople]struct{} // or the keys of two departures would meet

// itemKey is the key of an item. Those of one departure stand together in their
// order, without an index.
func itemKey(departure int64, ordinal int) int64 { return departure*maxItems + int64(ordinal) }

func itemNames() []string { return strings.Split("pk, "+itemColumns, ", ") }

const (
	outcomeColumns = `departure_pk, ordinal, user_pk, user_id, asked, name, display_name, plan, outcome, code, rule, ran, undone, earlier, detail`
	itemColumns    = outcomeColumns + ", before"
)

// itemDetail is what of an item nobody searches for.
type itemDetail struct {
	Choices org.Choices `json:"choices,omitzero"`
	Steps   []org.Step  `json:"steps,omitempty"`
	Args    org.Args    `json:"args,omitempty"`
	Notes   []org.Note  `json:"notes,omitempty"`
	Skipped []int       `json:"skipped,omitempty"`
	State   string      `json:"state,omitempty"`
}

// simple says that nothing came of an item but what was planned.
func simple(it *offboard.Item) bool { return len(it.Args)+len(it.Notes)+len(it.Skipped) == 0 }

func encodeDetail(it *offboard.Item) (string, error) {
	if it.Choices == (org.Choices{}) && simple(it) && len(it.Steps) > 0 {
		b := append(make([]byte, 0, 512), `{"steps":`...)
		b = org.AppendSteps(b, it.Steps)
		if it.State != "" {
			b = org.AppendText(append(b, `,"state":`...), it.State)
		}
		return string(append(b, '}')), nil
	}
	b, err := json.Marshal(itemDetail{it.Choices, it.Steps, it.Args, it.Notes, it.Skipped, it.State})
	return string(b), err
}

func encodeItem(it *offboard.Item) (detail, before string, err error) {
	if detail, err = encodeDetail(it); err != nil || it.Before == nil {
		return detail, "", err
	}
	return detail, string(org.AppendPerson(make([]byte, 0, 1024), it.Before)), nil
}

// plainDelete is the detail of whoever was deleted without choices: of most who are
// restored.
var plainDelete = string(append(org.AppendSteps([]byte(`{"steps":`), org.DeleteSteps()), '}'))

// itemScanner makes a scan function for items. The steps of many are the same, so
// they are read once and shared.
func itemScanner() func(*sqldb.Rows) (offboard.Item, error) {
	known := map[string]itemDetail{plainDelete: {Steps: org.DeleteSteps()}}
	return func(r *sqldb.Rows) (offboard.Item, error) {
		var it offboard.Item
		var ran int64
		var detail, before string
		err := r.Scan(&it.Departure, &it.Ordinal, &it.UserKey, &it.User.ID, &it.Asked, &it.User.Name, &it.User.DisplayName, &it.Plan, &it.Outcome, &it.Code, &it.Rule,
			&ran, &it.Undone, &it.Earlier, &detail, &before)
		if err != nil {
			return it, err
		}
		it.Ran = at(ran)
		if err := decodeDetail(&it, detail, known); err != nil {
			return it, fmt.Errorf("item %d: %w", it.Ordinal, err)
		}
		if before == "" {
			return it, nil
		}
		it.Before = &org.Person{}
		if err := org.ReadPerson([]byte(before), it.Before); err != nil {
			return it, fmt.Errorf("state before of item %d: %w", it.Ordinal, err)
		}
		it.Before.Key = it.UserKey
		return it, nil
	}
}

func decodeDetail(it *offboard.Item, detail string, known map[string]itemDetail) error {
	head, state, cut := strings.Cut(detail, `,"state":"`)
	state, ends := strings.CutSuffix(state, `"}`)
	sure := !cut || ends && !strings.ContainsAny(state, `"\`)
	d, there := known[head]
	if !sure || !there {
		d = itemDetail{}
		if err := json.Unmarshal([]byte(detail), &d); err != nil {
			return err
		}
	}
	if !sure || !cut {
		state = d.State
	}
	it.Choices, it.Steps, it.Args, it.Notes, it.Skipped, it.State = d.Choices, d.Steps, d.Args, d.Notes, d.Skipped, state
	if sure && !there && simple(it) {
		known[head] = d
	}
	return nil
}

// addItems writes items that are new.
func (t *txn) addItems(ctx context.Context, d *offboard.Departure, items []offboard.Item) error {
	rows := make([][]any, len(items))
	for i := range items {
		it := &items[i]
		detail, before, err := encodeItem(it)
		if err != nil {
			return err
		}
		rows[i] = []any{
			itemKey(d.Key, it.Ordinal), d.Key, it.Ordinal, it.UserKey, it.User.ID, it.Asked, it.User.Name, it.User.DisplayName, string(it.Plan), string(it.Outcome), it.Code,
			it.Rule, unix(it.Ran), it.Undone, it.Earlier, detail, before,
		}
	}
	_, err := t.InsertRows(ctx, "departure_items", itemNames(), rows)
	return err
}

// ranNames are the columns that say what came of an item.
func ranNames() []string {
	return []string{"outcome", "code", "rule", "ran", "undone", "earlier", "before"}
}

// SaveItems implements offboard.Journal. What was planned stays as it is, so of most
// of them the detail is not written again.
func (t *txn) SaveItems(ctx context.Context, d *offboard.Departure, items []offboard.Item) error {
	var plain, noted [][]any
	for i := range items {
		it := &items[i]
		before := ""
		if it.Before != nil {
			before = string(org.AppendPerson(make([]byte, 0, 1024), it.Before))
		}
		row := append(make([]any, 0, 9), string(it.Outcome), it.Code, it.Rule, unix(it.Ran), it.Undone, it.Earlier, before)
		if simple(it) && it.Notes == nil { // without any left, there were some: they go
			plain = append(plain, append(row, itemKey(d.Key, it.Ordinal)))
			continue
		}
		detail, err := encodeDetail(it)
		if err != nil {
			return err
		}
		noted = append(noted, append(row, detail, itemKey(d.Key, it.Ordinal)))
	}
	if err := t.UpdateRows(ctx, nil, "departure_items", append(ranNames(), "pk"), plain); err != nil {
		return fmt.Errorf("write items: %w", err)
	}
	if err := t.UpdateRows(ctx, nil, "departure_items", append(ranNames(), "detail", "pk"), noted); err != nil {
		return fmt.Errorf("write items: %w", err)
	}
	return nil
}
