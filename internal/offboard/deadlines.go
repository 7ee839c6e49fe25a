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
	Sample []org.Ref // the first few of them
}
