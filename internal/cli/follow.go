package cli

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"
	"time"

	"leaver/internal/graphclient"
)

// follow shows how a run goes on until it has ended, and answers how it ended.
// The run is the server's: interrupting only stops the looking.
func (s *session) follow(ctx context.Context, l *link, id string) (*graphclient.Departure, error) {
	bar := s.bar()
	defer bar.clear()
	head, err := l.Departure(ctx, id, 1)
	for waits := 0; err == nil && head.V.Running(); waits++ {
		bar.show(&head.V)
		s.watch(ctx, l, id, bar)
		if head, err = l.Departure(ctx, id, 1); err == nil && head.V.Running() {
			err = pause(ctx, min(time.Duration(waits+1)*100*time.Millisecond, 2*time.Second))
		}
	}
	if ctx.Err() != nil {
		code := "interruptedRun"
		if l.local {
			code = "interruptedHere"
		}
		return nil, fault(ExitInterrupted, code, "id", id)
	}
	if err != nil {
		return nil, err
	}
	return &head.V, nil
}

// watch reads the events of a run until they end. Where there are none, the
// caller asks again by itself.
func (s *session) watch(ctx context.Context, l *link, id string, bar *bar) {
	for event, err := range l.DepartureEvents(ctx, id) {
		if err != nil || event.Name == "end" {
			return
		}
		var p struct{ Done, Bad, Total int }
		if json.Unmarshal(event.Data, &p) != nil || p.Total == 0 {
			continue
		}
		bar.bad = p.Bad
		bar.draw(p.Done, p.Total)
	}
}

// pause waits, unless the user interrupts.
func pause(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// A bar shows progress on a terminal, and nothing elsewhere.
type bar struct {
	s    *session
	w    io.Writer
	bad  int // how many were refused or failed so far
	line string
	last time.Time
}

func (s *session) bar() *bar {
	b := &bar{s: s}
	if s.Terminal.Err && !s.Quiet {
		b.w = s.Stderr
	}
	return b
}

const barCells = 30

// redraw is how often the bar is drawn: more often nobody sees.
const redraw = 50 * time.Millisecond

// show draws what is known of a run.
func (b *bar) show(d *graphclient.Departure) {
	ended := 0
	for outcome, n := range d.Counts {
		if outcome != "pending" && outcome != "running" {
			ended += n
		}
	}
	b.bad = d.Counts[outcomeFailed] + d.Counts[outcomeRefused]
	b.draw(ended, d.Total)
}

// draw draws the bar anew when it has changed.
func (b *bar) draw(ended, total int) {
	now := b.s.Now()
	if b.w == nil || ended < total && now.Sub(b.last) < redraw {
		return
	}
	b.last = now
	total = max(total, ended, 1)
	full := barCells * ended / total
	line := fmt.Sprintf("%s%s %s", strings.Repeat("█", full), strings.Repeat("░", barCells-full),
		b.s.text("cli.progress", "count", ended, "total", total))
	if b.bad > 0 {
		line += ", " + b.s.text("cli.progressBad", "count", b.bad)
	}
	columns := b.s.Terminal.Width
	if columns <= 0 {
		columns = 80
	}
	if line = cut(line, columns-1); line != b.line {
		fmt.Fprintf(b.w, "\r\x1b[K%s", line)
		b.line = line
	}
}

// clear takes the bar away.
func (b *bar) clear() {
	if b.line != "" {
		fmt.Fprint(b.w, "\r\x1b[K")
	}
}
