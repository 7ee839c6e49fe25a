package store_test

import (
	"testing"
	"time"

	"leaver/internal/org"
	"leaver/internal/store"
	"leaver/internal/store/storetest"
)

func TestDeadlines(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		for i, name := range []string{"anna", "bram", "carla", "daan", "eva", "femke", "gijs"} {
			storetest.Add(t, s, storetest.Person(int64(i), name))
			storetest.Delete(t, s, name+"@contoso.com", storetest.Noon.Add(time.Duration(i)*time.Minute))
		}
		storetest.Add(t, s, storetest.Person(8, "hanna"))
		storetest.Delete(t, s, "hanna@contoso.com", storetest.Noon.AddDate(0, 0, -10))
		settings := org.DefaultSettings()
		settings.DriveRetentionDays = 40
		got, err := s.Deadlines(t.Context(), settings, storetest.Noon, storetest.Noon.AddDate(0, 0, 60))
		if err != nil {
			t.Fatal(err)
		}
		type line struct {
			clock string
			day   string
			count int
			names int
		}
		want := []line{
			{"user", "2026-12-11", 1, 1}, {"user", "2026-12-21", 7, 5}, {"drive", "2026-12-21", 1, 1}, {"drive", "2026-12-31", 7, 5},
		}
		if len(got) != len(want) {
			t.Fatalf("R-SM-04: got %+v, want %+v", got, want)
		}
		for i, w := range want {
			g := line{got[i].Clock, got[i].Day.Format(time.DateOnly), got[i].Count, len(got[i].Sample)}
			if g != w {
				t.Errorf("R-SM-04: line %d is %+v, want %+v", i, g, w)
			}
		}
		if name := got[0].Sample[0].Name; name != "hanna@contoso.com" {
			t.Errorf("R-API-35: got %s, want the name before the deletion", name)
		}
	})
}
