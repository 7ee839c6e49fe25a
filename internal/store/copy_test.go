package store_test

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"strings"
	"testing"

	"leaver/internal/blob"
	"leaver/internal/offboard"
	"leaver/internal/sqldb"
	"leaver/internal/sqldb/sqltest"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// TestCopy moves a lived-in organization to the other kind of database, and
// from there to a third one.
func TestCopy(t *testing.T) {
	originals, _ := shelf(t)
	storetest.Each(t, func(t *testing.T, from *store.Store) {
		c := clinic(t, from, originals)
		other := store.New(sqltest.SQLite(t, store.Migrations()), storetest.IDs())
		if from.DB().Dialect() == sqldb.SQLite {
			other = store.New(sqltest.Postgres(t, store.Migrations()), storetest.IDs())
		}
		third := storetest.SQLite(t)
		want, err := from.Sums(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		for _, way := range []struct{ from, to *store.Store }{{from, other}, {other, third}} {
			bodies, _ := shelf(t)
			steps := 0
			done, err := store.Copy(t.Context(), way.from, way.to, c.Bodies, bodies, func(store.Copied) { steps++ })
			if err != nil {
				t.Fatal(err)
			}
			got, err := way.to.Sums(t.Context())
			if err != nil || !maps.Equal(got, want) || !maps.Equal(done.Tables, want) {
				t.Errorf("got %v, %v, want %v", got, err, want)
			}
			if done.Bodies != 6 || done.Rows() == 0 || steps < len(want) { // five letters, one of somebody purged, and a file that all have
				t.Errorf("copied %d rows and %d bodies in %d steps", done.Rows(), done.Bodies, steps)
			}
			if found, err := way.to.Check(t.Context(), store.Checkup{Now: c.Now, Bodies: bodies, Deep: true}); err != nil || len(found) > 0 {
				t.Errorf("the copy: %v, %v", found, err)
			}
			if _, err := store.Copy(t.Context(), way.from, way.to, nil, nil, nil); !errors.Is(err, store.ErrNotEmpty) {
				t.Errorf("a second copy to the same place: %v", err)
			}
		}
		t.Run("and the copy numbers on", func(t *testing.T) {
			for _, s := range []*store.Store{other, third} {
				if p := storetest.Add(t, s, storetest.Person(77, "later"))[0]; p.Key <= 6 {
					t.Errorf("the next person has key %d", p.Key)
				}
			}
		})
	})
}

// TestCopyMissingBody: a body that is lost is not passed over in silence, nor is
// one that was purged while the copy was under way.
func TestCopyMissingBody(t *testing.T) {
	from := storetest.SQLite(t)
	originals, _ := shelf(t)
	clinic(t, from, originals)
	var first string
	if err := from.EachBody(t.Context(), func(h blob.Hash) error { first = h; return nil }); err != nil {
		t.Fatal(err)
	}
	if err := originals.Delete(t.Context(), first); err != nil {
		t.Fatal(err)
	}
	bodies, _ := shelf(t)
	to := storetest.SQLite(t)
	if _, err := store.Copy(t.Context(), from, to, originals, bodies, nil); !errors.Is(err, blob.ErrNotFound) || errors.Is(err, store.ErrMoving) {
		t.Errorf("a lost body: %v", err)
	}
	if err := to.Read(t.Context(), func(tx offboard.Tx) error { _, err := tx.Organization(t.Context()); return err }); err == nil {
		t.Error("what was half copied is an organization")
	}
	if gone, err := from.Purged(t.Context(), first); gone || err != nil {
		t.Errorf("somebody still refers to it: %v, %v", gone, err)
	}
	if gone, err := from.Purged(t.Context(), strings.Repeat("0", 64)); !gone || err != nil {
		t.Errorf("nobody refers to this: %v, %v", gone, err)
	}
}

func TestCopyIsInterrupted(t *testing.T) {
	from, to := storetest.SQLite(t), storetest.SQLite(t)
	originals, _ := shelf(t)
	clinic(t, from, originals)
	ctx, stop := context.WithCancel(t.Context())
	if _, err := store.Copy(ctx, from, to, nil, nil, func(c store.Copied) {
		if c.Rows() > 20 {
			stop()
		}
	}); !errors.Is(err, context.Canceled) {
		t.Fatalf("got %v", err)
	}
	if _, err := store.Copy(t.Context(), from, to, nil, nil, nil); !errors.Is(err, store.ErrNotEmpty) {
		t.Errorf("after an interrupted copy: %v", err)
	}
}

// TestSumsSeeEverything: any change to any column changes the sum of its table.
func TestSumsSeeEverything(t *testing.T) {
	s := storetest.SQLite(t)
	originals, _ := shelf(t)
	clinic(t, s, originals)
	for _, text := range []string{"update users set enabled = not enabled where pk = 1", "update mailboxes set due = null where due is not null", "update audit set hash = x'00' where seq = 1", "update addresses set ordinal = 9 where user_pk = 2"} {
		before, err := s.Sums(t.Context())
		if err != nil {
			t.Fatal(err)
		}
		spoil(t, s, text)
		if after, err := s.Sums(t.Context()); err != nil || maps.Equal(before, after) {
			t.Errorf("%s is not seen: %v", text, err)
		}
	}
	ro, err := store.Open(t.Context(), sqldb.Options{Path: filepath.Join(t.TempDir(), "none.db"), ReadOnly: true}, storetest.IDs())
	if err == nil {
		t.Error("opened a file that is not there", ro.Close())
	}
}
