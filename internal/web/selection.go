package web

import (
	"net/url"
	"slices"

	"leaver/internal/odata"
	"leaver/internal/offboard"
	"leaver/internal/org"
)

// mostSelected is how many people a selection may hold. More than anybody looks
// over in a list come as a file.
const mostSelected = 10_000

// selection is whom somebody ticked in the list, on this page of it and others.
// It is kept as a draft: the address of a page has room for the draft's name, not
// for a thousand people's.
type selection struct {
	ID  string // of the draft, "" while nobody is selected
	ids []string
	has map[string]bool
}

// selection takes up what the list sent: the ticks of the page that it was, "on"
// being those that it had. A draft that became a run is a thing of the past.
func (v *visit) selection(sent url.Values) (*selection, error) {
	s := &selection{ID: sent.Get("pick"), has: map[string]bool{}}
	if err := v.loadSelection(s); err != nil {
		return nil, err
	}
	before := len(s.ids)
	changed := sent.Has("nobody") && before > 0
	if sent.Has("nobody") {
		s.ids, s.has = nil, map[string]bool{}
	} else {
		for _, id := range sent["on"] {
			if s.has[id] && !has(sent["sel"], id) {
				delete(s.has, id)
				changed = true
			}
		}
		s.ids = slices.DeleteFunc(s.ids, func(id string) bool { return !s.has[id] })
		changed = v.pick(s, sent["sel"]) || changed
	}
	if !changed {
		return s, nil
	}
	return s, v.saveSelection(s)
}

func (v *visit) loadSelection(s *selection) error {
	if s.ID == "" {
		return nil
	}
	d, err := v.srv.Store.Draft(v.ctx(), s.ID)
	if err != nil {
		return err
	}
	if d == nil || d.OwnerID != v.Actor.ID || d.Departure != "" {
		s.ID = ""
		return nil
	}
	u, err := unpack(d.Content)
	for _, w := range u.People {
		s.ids, s.has[w.User] = append(s.ids, w.User), true
	}
	return err
}

// pick adds people, as far as there is room; true when anybody is new.
func (v *visit) pick(s *selection, ids []string) bool {
	added := false
	for _, id := range ids {
		switch {
		case id == "" || s.has[id]:
		case len(s.ids) >= mostSelected:
			v.say("warning", v.T("web.users.full", "limit", mostSelected))
			return added
		default:
			s.ids, s.has[id], added = append(s.ids, id), true, true
		}
	}
	return added
}

// pickAll adds everybody who matches what the list shows.
func (v *visit) pickAll(s *selection, q offboard.UserQuery) error {
	q.Select, q.OrderBy = []string{"id"}, []odata.Order{{Path: "displayName"}}
	q.Top, q.SkipToken, q.Count = 999, "", false
	for {
		page, err := v.srv.Store.Users(v.ctx(), q)
		if err != nil {
			return err
		}
		ids := make([]string, len(page.Rows))
		for i := range page.Rows {
			ids[i] = string(page.Rows[i].ID)
		}
		v.pick(s, ids)
		if page.Next == "" || len(s.ids) >= mostSelected {
			return v.saveSelection(s)
		}
		q.SkipToken = page.Next
	}
}

func (v *visit) saveSelection(s *selection) error {
	if s.ID == "" {
		s.ID = v.srv.NewID()
	}
	u := upload{}
	for _, id := range s.ids {
		u.People = append(u.People, offboard.Wish{User: id})
	}
	content, err := pack(u)
	if err != nil {
		return err
	}
	return v.srv.Store.SaveDraft(v.ctx(), offboard.Draft{ID: s.ID, OwnerID: v.Actor.ID, Created: v.srv.Now(), Content: content}, v.srv.Now())
}

// selected says that somebody is selected.
func (s *selection) selected(id org.UserID) bool { return s.has[string(id)] }

// elsewhere is how many are selected who are not among these.
func (s *selection) elsewhere(rows []offboard.UserRow) int {
	n := len(s.ids)
	for i := range rows {
		if s.selected(rows[i].ID) {
			n--
		}
	}
	return n
}
