package store_test

import (
	"fmt"
	"reflect"
	"strings"
	"testing"
	"time"

	"leaver/internal/offboard"
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
		got, _, err := s.Deadlines(t.Context(), settings, storetest.Noon, storetest.Noon.AddDate(0, 0, 60), 40)
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
		got, _, err := s.Deadlines(t.Context(), settings, storetest.Noon.Add(time.Hour), storetest.Noon.AddDate(0, 0, 120), 40)
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

// leaversOf lets people leave, so many on each of the last days, with drives and
// mailboxes.
func leaversOf(t *testing.T, s *store.Store, days, each int) {
	t.Helper()
	n := 0
	for day := range days {
		var people []org.Person
		for range each {
			n++
			people = append(people, org.Depart(storetest.Person(int64(n), fmt.Sprintf("p%d", n)), org.DeleteSteps(), storetest.Noon.AddDate(0, 0, -day)))
		}
		storetest.Add(t, s, people...)
	}
}

// TestDeadlinesAreCountedSoFar: a day of many people says that there are more, one of
// as many as are counted has its number.
func TestDeadlinesAreCountedSoFar(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		leaversOf(t, s, 1, offboard.DeadlineMost)
		count := func() offboard.Deadline {
			t.Helper()
			got, next, err := s.Deadlines(t.Context(), org.DefaultSettings(), storetest.Noon, storetest.Noon.AddDate(0, 0, 40), 40)
			if err != nil || len(got) == 0 || got[0].Clock != "user" || !next.IsZero() {
				t.Fatalf("got %+v, on at %v, %v", got, next, err)
			}
			return got[0]
		}
		if d := count(); d.Count != offboard.DeadlineMost || d.More || len(d.Sample) != 5 {
			t.Errorf("as many as are counted: %+v", d)
		}
		storetest.Add(t, s, storetest.Person(9999, "zoe"))
		storetest.Delete(t, s, "zoe@contoso.com", storetest.Noon.Add(time.Second))
		if d := count(); d.Count != offboard.DeadlineMost || !d.More || len(d.Sample) != 5 {
			t.Errorf("one more: %+v", d)
		}
	})
}

// TestDeadlinesPageByPage: a list that goes on misses no day and has none twice.
func TestDeadlinesPageByPage(t *testing.T) {
	storetest.Each(t, func(t *testing.T, s *store.Store) {
		storetest.Contoso(t, s)
		leaversOf(t, s, 12, 7)
		from, to := storetest.Noon.Add(time.Second), storetest.Noon.AddDate(0, 0, 180)
		whole, next, err := s.Deadlines(t.Context(), org.DefaultSettings(), from, to, 1000)
		if err != nil || !next.IsZero() || len(whole) < 36 {
			t.Fatalf("the whole list: %d lines, on at %v, %v", len(whole), next, err)
		}
		var parts []offboard.Deadline
		for pages := 0; ; pages++ {
			part, next, err := s.Deadlines(t.Context(), org.DefaultSettings(), from, to, 5)
			if err != nil || len(part) == 0 || len(part) > 5 || pages > len(whole) {
				t.Fatalf("page %d: %d lines, on at %v, %v", pages, len(part), next, err)
			}
			if parts = append(parts, part...); next.IsZero() {
				break
			}
			from = next
		}
		if !reflect.DeepEqual(parts, whole) {
			t.Errorf("R-SM-04: page by page %+v, want %+v", parts, whole)
		}
	})
}

// TestDeadlinesOfADayAreReadByAnIndex: whatever a day holds, it is read in the order
// of an index and up to a limit, so nothing is sorted and no table gone through.
func TestDeadlinesOfADayAreReadByAnIndex(t *testing.T) {
	s := storetest.SQLite(t)
	storetest.Contoso(t, s)
	leaversOf(t, s, 1, 7)
	plans, err := store.DeadlinePlans(t.Context(), s)
	if err != nil {
		t.Fatal(err)
	}
	for _, plan := range plans {
		if strings.Contains(plan, "TEMP B-TREE") || strings.Contains(plan, "SCAN") || !strings.Contains(plan, ">? AND ") {
			t.Error(plan)
		}
	}
}
