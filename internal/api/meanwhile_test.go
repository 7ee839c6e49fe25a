package api_test

import (
	"context"
	"net/http"
	"testing"

	"leaver/internal/offboard"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// meanwhile is a database to which something happens before the next change.
type meanwhile struct {
	*store.Store
	happens func()
}

func (m *meanwhile) Change(ctx context.Context, f func(offboard.Tx) error) error {
	if happens := m.happens; happens != nil {
		m.happens = nil
		happens()
	}
	return m.Store.Change(ctx, f)
}

// TestAliasesAsTheyAre: a list of aliases leaves the primary address as it is, also
// when that has just become another.
func TestAliasesAsTheyAre(t *testing.T) {
	st := storetest.SQLite(t)
	s := quiet(t, st)
	path := "mailboxes/" + upn("rosa.vandam")
	s.desk.Store = &meanwhile{st, func() {
		want[object](t, s, http.StatusOK, ask{method: "PATCH", path: path, body: `{"aliases":["SMTP:roos@lindeboom.example"]}`})
	}}
	box := want[object](t, s, http.StatusOK, ask{method: "PATCH", path: path, body: `{"aliases":["rvd@lindeboom.example"]}`})
	if box["primaryAddress"] != upn("roos") || len(box["aliases"].([]any)) != 1 {
		t.Errorf("R-API-18 got %v and %v", box["primaryAddress"], box["aliases"])
	}
}
