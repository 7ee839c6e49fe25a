package offboard_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	"leaver/internal/blob"
	"leaver/internal/offboard"
	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

// interrupted is the real store of bodies with something that happens before a
// body is removed.
type interrupted struct {
	*blob.Store
	before func() error
}

func (i interrupted) Delete(ctx context.Context, hashes ...string) error {
	if err := i.before(); err != nil {
		return err
	}
	return i.Store.Delete(ctx, hashes...)
}

// TestBodiesBroughtAgain: a body that is being removed can't be referred to, one
// that was removed has to be brought again, and one that was taken up stays.
func TestBodiesBroughtAgain(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		anna := storetest.Add(t, s, storetest.Person(1, "anna"))[0]
		at := offboard.Place{Owner: anna.ID, Drive: anna.Drive.ID}
		put := func() string {
			t.Helper()
			hash, _, err := o.blobs.Put(t.Context(), strings.NewReader("the same"))
			if err != nil {
				t.Fatal(err)
			}
			return hash
		}
		hash := put()
		add := func(name string) error {
			_, err := o.AddFile(t.Context(), boss, at, offboard.File{Name: name, Size: 8, Body: hash})
			return err
		}
		goes := func(err error) bool { r := org.RefusalOf(err); return r != nil && r.Reason == "body.goes" }
		if err := o.DropBody(t.Context(), hash); err != nil {
			t.Fatal(err)
		}
		var during error
		o.Bodies = interrupted{o.blobs, func() error { during = add("during"); return nil }}
		if n, err := o.RemoveBodies(t.Context()); n != 1 || err != nil || !goes(during) {
			t.Errorf("removed %d, %v; meanwhile %v", n, err, during)
		}
		if err := add("after"); !goes(err) {
			t.Errorf("a file without its body is taken: %v", err)
		}
		put()
		if err := add("again"); err != nil {
			t.Fatal(err)
		}
		if n, err := o.RemoveBodies(t.Context()); n != 0 || err != nil {
			t.Errorf("removed %d, %v of what is in use", n, err)
		}
		if err := add("again"); org.RefusalOf(err) == nil || org.RefusalOf(err).Reason != "file.exists" {
			t.Errorf("R-API-63: got %v", err)
		}
	})
}

// TestClaimsEnd: whoever stops in the middle of removing holds nobody up for
// longer than a claim lasts.
func TestClaimsEnd(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		o := newOffice(t, s)
		anna := storetest.Add(t, s, storetest.Person(1, "anna"))[0]
		hash, _, err := o.blobs.Put(t.Context(), strings.NewReader("x"))
		if err != nil {
			t.Fatal(err)
		}
		if err := o.DropBody(t.Context(), hash); err != nil {
			t.Fatal(err)
		}
		broken := errors.New("the power went")
		o.Bodies = interrupted{o.blobs, func() error { return broken }}
		if _, err := o.RemoveBodies(t.Context()); !errors.Is(err, broken) {
			t.Fatalf("got %v", err)
		}
		o.Bodies = o.blobs
		if n, err := o.RemoveBodies(t.Context()); n != 0 || err != nil {
			t.Errorf("another removed %d of what is claimed, %v", n, err)
		}
		o.time = o.time.Add(3 * time.Minute)
		if _, err := o.AddFile(t.Context(), boss, offboard.Place{Owner: anna.ID, Drive: anna.Drive.ID}, offboard.File{Name: "x", Size: 1, Body: hash}); err != nil {
			t.Error(err)
		}
		if n, err := o.RemoveBodies(t.Context()); n != 0 || err != nil {
			t.Errorf("removed %d, %v", n, err)
		}
		if has, err := o.blobs.Has(t.Context(), hash); !has || err != nil {
			t.Errorf("the body of a file is gone: %v", err)
		}
	})
}
