package practice_test

import (
	"testing"

	"leaver/internal/practice"
)

// TestSeatsOverTime: what was bought has a past that leads to the numbers of
// today without a jump, for every product. R-LIC-42
func TestSeatsOverTime(t *testing.T) {
	s, _ := made(t, practice.Users)
	subscriptions, err := s.Subscriptions(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	for _, sub := range subscriptions {
		points, err := s.SeatHistory(t.Context(), sub.ID)
		if err != nil {
			t.Fatal(err)
		}
		if len(points) < 2 {
			t.Fatalf("%s has %d points", sub.SkuPartNumber, len(points))
		}
		if last := points[len(points)-1]; last.Total != sub.Total || last.Assigned != sub.Assigned || !last.At.Equal(start) {
			t.Errorf("%s ends at %+v, and has %d seats, %d taken", sub.SkuPartNumber, last, sub.Total, sub.Assigned)
		}
		for i, p := range points {
			if p.Assigned == 0 || p.Assigned > p.Total || p.At.After(start) {
				t.Errorf("%s: point %d is %+v", sub.SkuPartNumber, i, p)
			}
			if i == 0 {
				continue
			}
			before := points[i-1]
			if !p.At.After(before.At) || p.Total < before.Total {
				t.Errorf("%s: %+v comes after %+v", sub.SkuPartNumber, p, before)
			}
			if jump := max(p.Assigned-before.Assigned, before.Assigned-p.Assigned); jump > max(4, sub.Total/5) {
				t.Errorf("%s jumps from %+v to %+v", sub.SkuPartNumber, before, p)
			}
		}
		t.Log(sub.SkuPartNumber, points)
	}
}
