package org

import (
	"fmt"
	"testing"
	"time"
)

// TestChangedRetention holds what a changed retention does to drives of people
// who are deleted already.
func TestChangedRetention(t *testing.T) {
	day := func(n int) time.Time { return time.Date(2026, 1, 1, 12, 0, 0, 0, time.UTC).Add(time.Duration(n) * Day) }
	// 365 days until day 400, 30 until day 500, then 60.
	s := Settings{DriveRetentionDays: 365}
	change := func(days, at int) {
		after := s
		after.DriveRetentionDays = days
		after.Retain(s, day(at))
		s = after
	}
	change(30, 400)
	change(30, 450) // the same again is no change
	change(60, 500)
	if len(s.DriveRetentionPast) != 2 {
		t.Fatalf("got %d changes", len(s.DriveRetentionPast))
	}
	for _, c := range []struct {
		rule           string
		deleted, moves int
	}{
		{"R-OD-01 its time was over before", 10, 375},
		{"R-OD-06 the shorter one moves it when it comes, not before", 100, 400},
		{"R-OD-02 counted from the deletion", 380, 410},
		{"R-OD-06 a longer one brings nothing back out of the recycle bin", 465, 495},
		{"R-OD-02 a longer one counts for who is in the process", 475, 535},
		{"R-OD-02 and for who is deleted next", 600, 660},
	} {
		t.Run(c.rule, func(t *testing.T) {
			d := &Drive{}
			for at, want := range map[int]DriveState{c.moves - 1: DriveRetained, c.moves: DriveRecycleBin, c.moves + 92: DriveRecycleBin, c.moves + 93: DriveGone} {
				if got := d.DriveStateAt(day(c.deleted), day(at), s); got != want {
					t.Errorf("on day %d the drive is %s, want %s", at, got, want)
				}
			}
			if got := s.DriveEnds(day(c.deleted)); !got.Equal(day(c.moves)) {
				t.Errorf("it moves on %v, want %v", got, day(c.moves))
			}
		})
	}
	t.Run("R-OD-02 the sweep takes exactly those that are due", func(t *testing.T) {
		for at := range 800 {
			last := s.DriveEndedBy(day(at))
			for deleted := 0; deleted < 800; deleted += 3 {
				ended := !s.DriveEnds(day(deleted)).After(day(at))
				if got := !day(deleted).After(last); got != ended {
					t.Fatalf("deleted on day %d: ended by day %d is %t, want %t", deleted, at, got, ended)
				}
			}
		}
	})
	t.Run("R-OD-02 the spans meet", func(t *testing.T) {
		spans := s.DriveSpans()
		for i := 1; i < len(spans); i++ {
			if !spans[i].After.Equal(spans[i-1].Until) {
				t.Errorf("between %v and %v there is a gap", spans[i-1].Until, spans[i].After)
			}
		}
		if got := fmt.Sprint(len(spans), spans[len(spans)-1].Until.IsZero()); got != "4 true" {
			t.Errorf("got %s spans, the last without end", got)
		}
	})
}
