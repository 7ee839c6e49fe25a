package store_test

import (
	"testing"
	"time"

	"leaver/internal/offboard"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func TestWebSessions(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), storetest.Noon
		save := func(handle, id string, expires time.Time) {
			t.Helper()
			x := offboard.WebSession{Handle: handle, ID: id, PersonID: "anna", Epoch: 3, Created: now, Seen: now, Expires: expires, Agent: "Firefox", Pending: true}
			if err := s.SaveWebSession(ctx, x, now); err != nil {
				t.Fatal(err)
			}
		}
		save("h1", "1", now.Add(time.Hour))
		save("h2", "2", now.Add(time.Hour))
		save("h3", "3", now.Add(-time.Hour))
		got, err := s.WebSession(ctx, "h1")
		if err != nil || got == nil || got.PersonID != "anna" || got.Epoch != 3 || !got.Pending || !got.Expires.Equal(now.Add(time.Hour)) {
			t.Fatalf("got %+v, %v, want the session as it was saved", got, err)
		}
		got.Pending = false
		if err := s.SaveWebSession(ctx, *got, now); err != nil {
			t.Fatal(err)
		}
		if all, err := s.WebSessions(ctx, "anna"); err != nil || len(all) != 2 {
			t.Errorf("got %d sessions, %v, want 2: what is over is thrown away", len(all), err)
		}
		if err := s.EndWebSessions(ctx, "anna", "", "h1"); err != nil {
			t.Fatal(err)
		}
		if all, err := s.WebSessions(ctx, "anna"); err != nil || len(all) != 1 || all[0].Handle != "h1" || all[0].Pending {
			t.Errorf("got %+v, %v, want only the one that was kept, changed", all, err)
		}
		if err := s.EndWebSessions(ctx, "anna", "1", ""); err != nil {
			t.Fatal(err)
		}
		if got, err := s.WebSession(ctx, "h1"); err != nil || got != nil {
			t.Errorf("got %+v, %v, want none", got, err)
		}
	})
}

func TestPasskeysAndDrafts(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		ctx, now := t.Context(), storetest.Noon
		k := offboard.Passkey{ID: "k", PersonID: "anna", Name: "phone", Credential: "{}", Created: now}
		if err := s.SavePasskey(ctx, k); err != nil {
			t.Fatal(err)
		}
		k.Credential, k.Used = `{"n":1}`, now
		if err := s.SavePasskey(ctx, k); err != nil {
			t.Fatal(err)
		}
		if all, err := s.Passkeys(ctx, "anna"); err != nil || len(all) != 1 || all[0] != k {
			t.Errorf("got %+v, %v, want %+v", all, err, k)
		}
		if err := s.RemovePasskey(ctx, "bram", "k"); err != nil {
			t.Fatal(err)
		}
		if all, _ := s.Passkeys(ctx, "anna"); len(all) != 1 {
			t.Error("somebody else removed the passkey")
		}
		if err := s.RemovePasskey(ctx, "anna", "k"); err != nil {
			t.Fatal(err)
		}
		if all, _ := s.Passkeys(ctx, "anna"); len(all) != 0 {
			t.Error("the passkey is still there")
		}

		d := offboard.Draft{ID: "d", OwnerID: "anna", Created: now, Content: []byte{0, 1, 2}}
		if err := s.SaveDraft(ctx, d, now); err != nil {
			t.Fatal(err)
		}
		d.Departure = "x"
		if err := s.SaveDraft(ctx, d, now); err != nil {
			t.Fatal(err)
		}
		if got, err := s.DraftOf(ctx, "x"); err != nil || got == nil || string(got.Content) != "\x00\x01\x02" || got.ID != "d" {
			t.Errorf("got %+v, %v, want the draft", got, err)
		}
		if got, err := s.DraftOf(ctx, ""); err != nil || got != nil {
			t.Errorf("got %+v, %v, want none: no departure is not a departure", got, err)
		}
		if err := s.SaveDraft(ctx, offboard.Draft{ID: "e", Created: now.AddDate(0, 0, 31)}, now.AddDate(0, 0, 31)); err != nil {
			t.Fatal(err)
		}
		if got, err := s.Draft(ctx, "d"); err != nil || got != nil {
			t.Errorf("got %+v, %v, want none: it is old", got, err)
		}
	})
}
