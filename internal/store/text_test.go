package store_test

import (
	"testing"

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
			if _, err := s.User(t.Context(), name, []string{"id"}); err != nil && (org.RefusalOf(err) == nil || org.RefusalOf(err).Reason != "store.badText") {
				t.Errorf("user %q: %v", name, err)
			}
		}
	})
}
