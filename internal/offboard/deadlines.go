package offboard

import (
	"time"

	"leaver/internal/org"
)

// Deadline is a day on which something of some people becomes irreversible, or
// moves out of reach.
type Deadline struct {
	Day    time.Time
	Clock  string // user, mailbox, drive or driveGone, as the catalogue names the clocks
	Count  int
	More   bool      // there are more than Count
	Sample []org.Ref // the first few of them
}

// DeadlineMost is how far the people of a deadline are counted: whoever looks at the
// calendar does not wait for a hundred thousand.
const DeadlineMost = 100

// Bound keeps a count to what it may be, and says so.
func (d *Deadline) Bound() {
	if d.Count > DeadlineMost {
		d.Count, d.More = DeadlineMost, true
	}
}
