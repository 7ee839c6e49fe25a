package store_test

import (
	"errors"
	"testing"
	"time"

	"leaver/internal/identity"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestTextThatIsNone: a name that PostgreSQL can't even compare is a mistake of
// whoever asks for it, and SQLite knows nobody who has it.
func TestTextThatIsNone(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		for _, name := range []string{"a\x00b", "\xff\xfe"} {
			err := s.Read(t.Context(), func(tx offboard.Tx) error {
				_, err := tx.People(t.Context(), []string{name})
				return err
			})
			if r := org.RefusalOf(err); err != nil && (r == nil || r.Kind != org.Invalid || r.Reason != "store.badText") {
				t.Errorf("%q: %v", name, err)
			}
			who := s.Identity(noon)
			if _, err := who.App(t.Context(), name); !errors.Is(err, identity.ErrNotFound) {
				t.Errorf("R-API-04 app %q: %v", name, err)
			}
			if _, err := who.PersonByName(t.Context(), name); !errors.Is(err, identity.ErrNotFound) {
				t.Errorf("R-API-04 person %q: %v", name, err)
			}
			failed := who.Failed(t.Context(), name+"|::1", noon(), func(int) time.Duration { return time.Minute })
			if until, err := who.LockedUntil(t.Context(), name+"|::1"); failed != nil || err != nil || !until.After(noon()) {
				t.Errorf("R-API-04 guesses at %q: %v, locked until %v, %v", name, failed, until, err)
			}
			if err := who.Cleared(t.Context(), name+"|::1"); err != nil {
				t.Errorf("R-API-04 guesses at %q: %v", name, err)
			}
			if _, err := s.User(t.Context(), name, []string{"id"}); err != nil && (org.RefusalOf(err) == nil || org.RefusalOf(err).Reason != "store.badText") {
				t.Errorf("user %q: %v", name, err)
			}
		}
	})
}
