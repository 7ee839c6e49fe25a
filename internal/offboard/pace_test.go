package offboard

import (
	"testing"
	"time"

	"leaver/internal/org"
)

// TestPace lets portions find the size that fits into the time that others wait, and
// take longer only while there is nobody.
func TestPace(t *testing.T) {
	for _, perPerson := range []time.Duration{0, 40 * time.Microsecond, 500 * time.Microsecond, 5 * time.Millisecond, 20 * time.Millisecond} {
		var p pace
		var waited time.Duration
		portions := func(many int, wanted bool) (n int) {
			for range many {
				n = p.portion()
				waited = time.Duration(n) * perPerson
				p.took(n, waited, wanted)
			}
			return n
		}
		for _, c := range []struct {
			name   string
			many   int
			wanted bool
			limit  time.Duration
		}{
			{"nobody has waited yet", calmPortions, false, patience},
			{"nobody waits", 20, false, solitude},
			{"somebody waited for the one before", 1, true, solitude},
			{"somebody waits", 20, true, patience},
			{"nobody has waited for a moment", calmPortions, false, patience},
			{"nobody has waited for a while", 5, false, solitude},
		} {
			n := portions(c.many, c.wanted)
			if waited > c.limit && n > leastPortion {
				t.Errorf("at %s a person, %s: %d take %s", perPerson, c.name, n, waited)
			}
			if waited < c.limit/4 && n < largestPortion && c.many > 1 && c.limit == solitude {
				t.Errorf("at %s a person, %s: only %d are taken, in %s", perPerson, c.name, n, waited)
			}
		}
		if n := portions(1, true); n > leastPortion && p.portion() > n {
			t.Errorf("at %s a person the portion grows while others wait: %d", perPerson, n)
		}
	}
	var p pace
	p.took(3, time.Second, false) // too few to tell
	if n := p.portion(); n != firstPortion {
		t.Errorf("after three people %d are taken", n)
	}
}

// TestSlowedPace takes no more of what was loaded ahead than the pace allows by now.
func TestSlowedPace(t *testing.T) {
	c := &cargo{items: make([]Item, 5), people: make([]*org.Person, 5)}
	if all := c.first(5); all != c {
		t.Errorf("all five became %d", len(all.items))
	}
	if two := c.first(2); len(two.items) != 2 || len(two.people) != 2 || !two.full || len(c.items) != 5 || c.full {
		t.Errorf("of five the first two are %d items, %d people, more: %v", len(two.items), len(two.people), two.full)
	}
}
