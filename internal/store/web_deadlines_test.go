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

// TestDeadlinesAfterAShorterRetention: drives that a shorter retention moved to the
// recycle bin go from there 93 days later, all on one day; the others by their own.
func TestDeadlinesAfterAShorterRetention(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		for i, ago := range []int{300, 100, 40, 10} {
			name := []string{"anna", "bram", "carla", "daan"}[i]
			storetest.Add(t, s, storetest.Person(int64(i+1), name))
			storetest.Delete(t, s, name+"@contoso.com", storetest.Noon.AddDate(0, 0, -ago))
		}
		settings := org.Settings{DriveRetentionDays: 30, DriveRetentionPast: []org.PastRetention{{Days: 365, Until: storetest.Noon}}}
		got, err := s.Deadlines(t.Context(), settings, storetest.Noon.Add(time.Hour), storetest.Noon.AddDate(0, 0, 120))
		if err != nil {
			t.Fatal(err)
		}
		counts := map[string]int{}
		for _, d := range got {
			counts[d.Clock+" "+d.Day.Format(time.DateOnly)] = len(d.Sample)
		}
		for want, n := range map[string]int{
			"drive " + storetest.Noon.AddDate(0, 0, 20).Format(time.DateOnly):      1,
			"driveGone " + storetest.Noon.AddDate(0, 0, 93).Format(time.DateOnly):  3,
			"driveGone " + storetest.Noon.AddDate(0, 0, 113).Format(time.DateOnly): 1,
		} {
			if counts[want] != n {
				t.Errorf("R-OD-02 R-OD-06: %s names %d, want %d, of %v", want, counts[want], n, counts)
			}
		}
	})
}
