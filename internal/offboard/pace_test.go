package offboard

import (
	"testing"
	"time"
)

// TestPace lets portions find the size that fits into the time that others wait.
func TestPace(t *testing.T) {
	for _, perPerson := range []time.Duration{0, 40 * time.Microsecond, 500 * time.Microsecond, 20 * time.Millisecond} {
		var p pace
		waited := []time.Duration{}
		for range 20 {
			n := p.portion(2000)
			took := time.Duration(n) * perPerson
			waited = append(waited, took)
			p.took(n, took)
		}
		last, n := waited[len(waited)-1], p.portion(2000)
		if last > patience && n > leastPortion {
			t.Errorf("at %s a person others wait %s for %d", perPerson, last, n)
		}
		if last < patience/4 && n < 2000 {
			t.Errorf("at %s a person only %d are taken, in %s", perPerson, n, last)
		}
	}
	var p pace
	p.took(3, time.Second) // somebody else was in the way
	if n := p.portion(2000); n != firstPortion {
		t.Errorf("after three people %d are taken", n)
	}
}
