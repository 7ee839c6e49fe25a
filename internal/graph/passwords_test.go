package graph_test

import (
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/org"
)

// account loads somebody as they are kept.
func (s *school) account(id string) *org.Person {
	s.t.Helper()
	var p *org.Person
	fatal(s.t, s.store.Read(s.t.Context(), func(tx offboard.Tx) error {
		people, err := tx.People(s.t.Context(), []string{id})
		p = people[0]
		return err
	}))
	return p
}

// TestPasswordProfile: what a passwordProfile says is done, and nothing else.
func TestPasswordProfile(t *testing.T) {
	t.Parallel()
	s := newSchool(t)
	anna, app := s.id("anna.devries"), s.as("")
	change := func(body string) (before, after *org.Person) {
		t.Helper()
		before = s.account(anna)
		s.clock.advance(time.Minute)
		app.in(t).patch("/users/"+anna, body).want(204)
		return before, s.account(anna)
	}
	for _, body := range []string{`{"passwordProfile":null}`, `{"passwordProfile":null,"jobTitle":"a"}`, `{"passwordProfile":{},"jobTitle":"b"}`} {
		if before, after := change(body); after.MustChangePassword || after.PasswordHash != before.PasswordHash {
			t.Errorf("R-API-17 %s changes the password", body)
		}
	}
	if _, after := change(`{"passwordProfile":{"forceChangePasswordNextSignIn":true}}`); !after.MustChangePassword {
		t.Error("R-API-17 the password need not be changed")
	}
	for _, body := range []string{`{"passwordProfile":{"password":"Anders-2026!"}}`, `{"passwordProfile":{"password":"Anders-2027!"},"jobTitle":"c"}`} {
		before, after := change(body)
		if after.PasswordHash == before.PasswordHash || after.SessionEpoch == before.SessionEpoch || !after.SessionsValidFrom.After(before.SessionsValidFrom) {
			t.Errorf("R-API-17 %s ends no sessions", body)
		}
	}
	for _, body := range []string{
		`{"passwordProfile":{"password":""}}`, `{"passwordProfile":{"password":""},"jobTitle":"d"}`,
		`{"passwordProfile":{"password":"Anna.deVries-1"}}`, `{"passwordProfile":{"password":"Nieuwe.Naam-1"},"userPrincipalName":"nieuwe.naam@lindeboom.example"}`,
	} {
		app.patch("/users/"+anna, body).refused(400, "Request_BadRequest", "specified password does not comply")
	}
}
